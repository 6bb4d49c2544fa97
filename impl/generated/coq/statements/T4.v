(* T4. Printed from derivations/statements/t4.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* one mean 0: the trace of the product of the two second moments' matrices, over d *)
Definition scaled_by_trace : Prop :=
  forall Omega : outcomes,
  forall d : nat, (1 <= d)%nat ->
  forall q : Omega -> nat -> R,
  forall k : Omega -> nat -> R,
  (((forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  (has_mean Omega (fun o : Omega => k o r * k o s * q o r * q o s)) /\
  (mean_of Omega (fun o : Omega => k o r * k o s * q o r * q o s) = mean_of Omega (fun o : Omega => k o r * k o s) * mean_of Omega (fun o : Omega => q o r * q o s))) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => k o r * q o r)) /\
  (mean_of Omega (fun o : Omega => k o r * q o r) = mean_of Omega (fun o : Omega => k o r) * mean_of Omega (fun o : Omega => q o r)))) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => q o r)) /\
  (mean_of Omega (fun o : Omega => q o r) = 0))) ->
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) / sqrt (INR d))) /\
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2 / INR d)) /\
  (mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2 / INR d) - mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) / sqrt (INR d)) ^ 2 = sum d (fun s : nat => sum d (fun r : nat => mean_of Omega (fun o : Omega => k o r * k o s) * mean_of Omega (fun o : Omega => q o r * q o s))) / INR d).

(* 1 for unit variances where the components of one vector are uncorrelated *)
Definition kept_at_one : Prop :=
  forall Omega : outcomes,
  forall d : nat, (1 <= d)%nat ->
  forall q : Omega -> nat -> R,
  forall k : Omega -> nat -> R,
  (((forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  (has_mean Omega (fun o : Omega => k o r * k o s * q o r * q o s)) /\
  (mean_of Omega (fun o : Omega => k o r * k o s * q o r * q o s) = mean_of Omega (fun o : Omega => k o r * k o s) * mean_of Omega (fun o : Omega => q o r * q o s))) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => k o r * q o r)) /\
  (mean_of Omega (fun o : Omega => k o r * q o r) = mean_of Omega (fun o : Omega => k o r) * mean_of Omega (fun o : Omega => q o r)))) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => q o r)) /\
  (mean_of Omega (fun o : Omega => q o r) = 0)) /\
  (forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  (has_mean Omega (fun o : Omega => q o r * q o s)) /\
  (mean_of Omega (fun o : Omega => q o r * q o s) = delta r s)) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => k o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 2) = 1))) ->
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) / sqrt (INR d))) /\
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2 / INR d)) /\
  (mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2 / INR d) - mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) / sqrt (INR d)) ^ 2 = 1).

(* which is enough, and not necessary: components of both can be correlated *)
Definition not_necessary : Prop :=
  exists Omega : outcomes,
  (exists d : nat, (1 <= d)%nat /\
  (exists q : Omega -> nat -> R,
  (exists k : Omega -> nat -> R,
  ((forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  has_mean Omega (fun o : Omega => q o r * q o s)) /\
  (forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  has_mean Omega (fun o : Omega => k o r * k o s)) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => q o r)) /\
  (mean_of Omega (fun o : Omega => q o r) = 0)) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => k o r)) /\
  (mean_of Omega (fun o : Omega => k o r) = 0)) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => q o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 2) = 1)) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => k o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 2) = 1)) /\
  ((forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  (has_mean Omega (fun o : Omega => k o r * k o s * q o r * q o s)) /\
  (mean_of Omega (fun o : Omega => k o r * k o s * q o r * q o s) = mean_of Omega (fun o : Omega => k o r * k o s) * mean_of Omega (fun o : Omega => q o r * q o s))) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => k o r * q o r)) /\
  (mean_of Omega (fun o : Omega => k o r * q o r) = mean_of Omega (fun o : Omega => k o r) * mean_of Omega (fun o : Omega => q o r)))) /\
  (~ (forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  ((r <> s)%nat) ->
  (has_mean Omega (fun o : Omega => q o r * q o s)) /\
  (mean_of Omega (fun o : Omega => q o r * q o s) = 0))) /\
  (~ (forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  ((r <> s)%nat) ->
  (has_mean Omega (fun o : Omega => k o r * k o s)) /\
  (mean_of Omega (fun o : Omega => k o r * k o s) = 0))) /\
  ((has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) / sqrt (INR d))) /\
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2 / INR d)) /\
  (mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2 / INR d) - mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) / sqrt (INR d)) ^ 2 = 1)))))).

(* with means, components uncorrelated in both vectors *)
Definition with_means : Prop :=
  forall Omega : outcomes,
  forall d : nat, (1 <= d)%nat ->
  forall q : Omega -> nat -> R,
  forall k : Omega -> nat -> R,
  forall mu_q : R,
  forall mu_k : R,
  forall sigma_q : R,
  forall sigma_k : R,
  (((forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  (has_mean Omega (fun o : Omega => k o r * k o s * q o r * q o s)) /\
  (mean_of Omega (fun o : Omega => k o r * k o s * q o r * q o s) = mean_of Omega (fun o : Omega => k o r * k o s) * mean_of Omega (fun o : Omega => q o r * q o s))) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => k o r * q o r)) /\
  (mean_of Omega (fun o : Omega => k o r * q o r) = mean_of Omega (fun o : Omega => k o r) * mean_of Omega (fun o : Omega => q o r)))) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => q o r)) /\
  (mean_of Omega (fun o : Omega => q o r) = mu_q)) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => k o r)) /\
  (mean_of Omega (fun o : Omega => k o r) = mu_k)) /\
  (forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  (has_mean Omega (fun o : Omega => q o r * q o s)) /\
  (mean_of Omega (fun o : Omega => q o r * q o s) = mu_q ^ 2 + sigma_q ^ 2 * delta r s)) /\
  (forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  (has_mean Omega (fun o : Omega => k o r * k o s)) /\
  (mean_of Omega (fun o : Omega => k o r * k o s) = mu_k ^ 2 + sigma_k ^ 2 * delta r s))) ->
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) / sqrt (INR d))) /\
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2 / INR d)) /\
  (mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2 / INR d) - mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) / sqrt (INR d)) ^ 2 = mu_k ^ 2 * sigma_q ^ 2 + mu_q ^ 2 * sigma_k ^ 2 + sigma_k ^ 2 * sigma_q ^ 2).

(* what moves the weights is half the variance of a difference given the query; the rest is shared by all keys *)
Definition moving_part : Prop :=
  forall Omega : outcomes,
  forall Psi : outcomes,
  forall d : nat, (1 <= d)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall q : Omega -> nat -> R,
  forall k : Psi -> nat -> nat -> R,
  forall mu_q : R,
  forall mu_k : R,
  forall sigma_q : R,
  forall sigma_k : R,
  ((forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => q o r)) /\
  (mean_of Omega (fun o : Omega => q o r) = mu_q)) /\
  (forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  (has_mean Omega (fun o : Omega => q o r * q o s)) /\
  (mean_of Omega (fun o : Omega => q o r * q o s) = mu_q ^ 2 + sigma_q ^ 2 * delta r s)) /\
  ((forall j : nat, (j < n_k)%nat ->
  forall r : nat, (r < d)%nat ->
  (has_mean Psi (fun u : Psi => k u j r)) /\
  (mean_of Psi (fun u : Psi => k u j r) = mu_k)) /\
  (forall j : nat, (j < n_k)%nat ->
  forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  (has_mean Psi (fun u : Psi => k u j r * k u j s)) /\
  (mean_of Psi (fun u : Psi => k u j r * k u j s) = mu_k ^ 2 + sigma_k ^ 2 * delta r s)) /\
  (forall i : nat, (i < n_k)%nat ->
  forall j : nat, (j < n_k)%nat ->
  forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  ((i <> j)%nat) ->
  (has_mean Psi (fun u : Psi => k u i r * k u j s)) /\
  (mean_of Psi (fun u : Psi => k u i r * k u j s) = mu_k ^ 2)))) ->
  forall i : nat, (i < n_k)%nat ->
  forall j : nat, (j < n_k)%nat ->
  ((i <> j)%nat) ->
  (forall o : Omega,
  (has_mean Psi (fun u : Psi => sum d (fun r : nat => k u i r * q o r) / sqrt (INR d) - sum d (fun r : nat => k u j r * q o r) / sqrt (INR d))) /\
  (has_mean Psi (fun u : Psi => (sum d (fun r : nat => k u i r * q o r) / sqrt (INR d) - sum d (fun r : nat => k u j r * q o r) / sqrt (INR d)) ^ 2)) /\
  (- mean_of Psi (fun u : Psi => sum d (fun r : nat => k u i r * q o r) / sqrt (INR d) - sum d (fun r : nat => k u j r * q o r) / sqrt (INR d)) ^ 2 + mean_of Psi (fun u : Psi => (sum d (fun r : nat => k u i r * q o r) / sqrt (INR d) - sum d (fun r : nat => k u j r * q o r) / sqrt (INR d)) ^ 2) = 2 * sigma_k ^ 2 * sum d (fun r : nat => q o r ^ 2) / INR d)) /\
  ((has_mean Omega (fun o : Omega => - (mean_of Psi (fun u : Psi => sum d (fun r : nat => k u i r * q o r) / sqrt (INR d) - sum d (fun r : nat => k u j r * q o r) / sqrt (INR d)) ^ 2 / 2) + mean_of Psi (fun u : Psi => (sum d (fun r : nat => k u i r * q o r) / sqrt (INR d) - sum d (fun r : nat => k u j r * q o r) / sqrt (INR d)) ^ 2) / 2)) /\
  (mean_of Omega (fun o : Omega => - (mean_of Psi (fun u : Psi => sum d (fun r : nat => k u i r * q o r) / sqrt (INR d) - sum d (fun r : nat => k u j r * q o r) / sqrt (INR d)) ^ 2 / 2) + mean_of Psi (fun u : Psi => (sum d (fun r : nat => k u i r * q o r) / sqrt (INR d) - sum d (fun r : nat => k u j r * q o r) / sqrt (INR d)) ^ 2) / 2) = sigma_k ^ 2 * (mu_q ^ 2 + sigma_q ^ 2))) /\
  (forall o : Omega,
  has_mean Psi (fun u : Psi => sum d (fun r : nat => k u j r * q o r) / sqrt (INR d))) /\
  ((has_mean Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => k u j r * q o r) / sqrt (INR d)))) /\
  (mean_of Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => k u j r * q o r) / sqrt (INR d))) = sqrt (INR d) * mu_k * mu_q)) /\
  ((has_mean Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => k u j r * q o r) / sqrt (INR d)))) /\
  (has_mean Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => k u j r * q o r) / sqrt (INR d)) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => k u j r * q o r) / sqrt (INR d))) ^ 2 + mean_of Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => k u j r * q o r) / sqrt (INR d)) ^ 2) = mu_k ^ 2 * sigma_q ^ 2)) /\
  (forall o : Omega,
  has_mean Psi (fun u : Psi => sum d (fun r : nat => k u j r * q o r) ^ 2 / INR d)) /\
  (has_mean Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => k u j r * q o r) ^ 2 / INR d))) /\
  (mean_of Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => k u j r * q o r) ^ 2 / INR d)) - mean_of Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => k u j r * q o r) / sqrt (INR d))) ^ 2 = mu_k ^ 2 * sigma_q ^ 2 + sigma_k ^ 2 * (mu_q ^ 2 + sigma_q ^ 2)).

(* normal pairs of correlation rho: mean d rho, variance d (1 + rho^2), of which 2 d rho^2 is shared *)
Definition correlated : Prop :=
  forall Omega : outcomes,
  forall Psi : outcomes,
  forall d : nat, (1 <= d)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall q : Omega -> nat -> R,
  forall g : Psi -> nat -> nat -> R,
  forall rho : R,
  ((rho ^ 2 <= 1) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => q o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 2) = 1)) /\
  (forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  (has_mean Omega (fun o : Omega => q o r ^ 2 * q o s ^ 2)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 2 * q o s ^ 2) = 2 * delta r s + 1)) /\
  ((forall j : nat, (j < n_k)%nat ->
  forall r : nat, (r < d)%nat ->
  (has_mean Psi (fun u : Psi => g u j r)) /\
  (mean_of Psi (fun u : Psi => g u j r) = 0)) /\
  (forall j : nat, (j < n_k)%nat ->
  forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  (has_mean Psi (fun u : Psi => g u j r * g u j s)) /\
  (mean_of Psi (fun u : Psi => g u j r * g u j s) = delta r s)) /\
  (forall i : nat, (i < n_k)%nat ->
  forall j : nat, (j < n_k)%nat ->
  forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  ((i <> j)%nat) ->
  (has_mean Psi (fun u : Psi => g u i r * g u j s)) /\
  (mean_of Psi (fun u : Psi => g u i r * g u j s) = 0)))) ->
  forall i : nat, (i < n_k)%nat ->
  forall j : nat, (j < n_k)%nat ->
  ((i <> j)%nat) ->
  (forall o : Omega,
  (has_mean Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u i r) * q o r) - sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r))) /\
  (has_mean Psi (fun u : Psi => (sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u i r) * q o r) - sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r)) ^ 2)) /\
  (- mean_of Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u i r) * q o r) - sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r)) ^ 2 + mean_of Psi (fun u : Psi => (sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u i r) * q o r) - sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r)) ^ 2) = 2 * (1 - rho ^ 2) * sum d (fun r : nat => q o r ^ 2))) /\
  ((has_mean Omega (fun o : Omega => - (mean_of Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u i r) * q o r) - sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r)) ^ 2 / 2) + mean_of Psi (fun u : Psi => (sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u i r) * q o r) - sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r)) ^ 2) / 2)) /\
  (mean_of Omega (fun o : Omega => - (mean_of Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u i r) * q o r) - sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r)) ^ 2 / 2) + mean_of Psi (fun u : Psi => (sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u i r) * q o r) - sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r)) ^ 2) / 2) = INR d * (1 - rho ^ 2))) /\
  (forall o : Omega,
  has_mean Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r))) /\
  ((has_mean Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r)))) /\
  (mean_of Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r))) = INR d * rho)) /\
  ((has_mean Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r)))) /\
  (has_mean Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r)) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r))) ^ 2 + mean_of Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r)) ^ 2) = 2 * INR d * rho ^ 2)) /\
  (forall o : Omega,
  has_mean Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r) ^ 2)) /\
  (has_mean Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r) ^ 2))) /\
  (- mean_of Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r))) ^ 2 + mean_of Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r) ^ 2)) = 2 * INR d * rho ^ 2 + INR d * (1 - rho ^ 2)).

(* after the scaling at most 2 *)
Definition correlated_at_most_two : Prop :=
  forall Omega : outcomes,
  forall Psi : outcomes,
  forall d : nat, (1 <= d)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall q : Omega -> nat -> R,
  forall g : Psi -> nat -> nat -> R,
  forall rho : R,
  ((rho ^ 2 <= 1) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => q o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 2) = 1)) /\
  (forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  (has_mean Omega (fun o : Omega => q o r ^ 2 * q o s ^ 2)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 2 * q o s ^ 2) = 2 * delta r s + 1)) /\
  ((forall j : nat, (j < n_k)%nat ->
  forall r : nat, (r < d)%nat ->
  (has_mean Psi (fun u : Psi => g u j r)) /\
  (mean_of Psi (fun u : Psi => g u j r) = 0)) /\
  (forall j : nat, (j < n_k)%nat ->
  forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  (has_mean Psi (fun u : Psi => g u j r * g u j s)) /\
  (mean_of Psi (fun u : Psi => g u j r * g u j s) = delta r s)) /\
  (forall i : nat, (i < n_k)%nat ->
  forall j : nat, (j < n_k)%nat ->
  forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  ((i <> j)%nat) ->
  (has_mean Psi (fun u : Psi => g u i r * g u j s)) /\
  (mean_of Psi (fun u : Psi => g u i r * g u j s) = 0)))) ->
  forall i : nat, (i < n_k)%nat ->
  forall j : nat, (j < n_k)%nat ->
  ((i <> j)%nat) ->
  (forall o : Omega,
  has_mean Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r))) /\
  (has_mean Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r)))) /\
  (forall o : Omega,
  has_mean Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r) ^ 2)) /\
  (has_mean Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r) ^ 2))) /\
  ((- mean_of Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r))) ^ 2 + mean_of Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum d (fun r : nat => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r) ^ 2))) / INR d <= 2).

(* a gap between mean scores that grows like d: its scale is 1/d *)
Definition scale_of_a_gap : Prop :=
  forall delta_ : R,
  forall p : R,
  (delta_ <> 0) ->
  (exists c : R,
  ((c <> 0) /\
  (is_lim (fun x : R => delta_ * x / Rpower x p) p_infty (Finite c)))) <->
  (p = 1).

(* one that grows like the root of d: its scale is the root's *)
Definition scale_of_a_smaller_gap : Prop :=
  forall delta_ : R,
  forall p : R,
  (delta_ <> 0) ->
  (exists c : R,
  ((c <> 0) /\
  (is_lim (fun x : R => delta_ * sqrt x / Rpower x p) p_infty (Finite c)))) <->
  (p = 1 / 2).

(* the first over the root of d grows without bound like that root; a spread over d vanishes *)
Definition gap_and_spread : Prop :=
  forall delta_ : R,
  forall s : R,
  ((0 < delta_) ->
  is_lim (fun x : R => delta_ * sqrt x) p_infty p_infty) /\
  (is_lim (fun x : R => s / sqrt x) p_infty (Finite 0)).
