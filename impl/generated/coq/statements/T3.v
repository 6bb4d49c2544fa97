(* T3. Printed from derivations/statements/t3.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* every cumulant that exists is d times that of one product: independent products with the same cumulants *)
Definition cumulants_of_dot : Prop :=
  forall Omega : outcomes,
  forall d : nat, (1 <= d)%nat ->
  forall q : Omega -> nat -> R,
  forall k : Omega -> nat -> R,
  forall n : nat, (1 <= n)%nat ->
  forall kappa : nat -> R,
  ((forall t : nat, (t < d)%nat ->
  forall i : nat, (i < (n + 1)%nat)%nat ->
  forall j : nat, (j < (n + 1)%nat)%nat ->
  (((i + j)%nat <= n)%nat) ->
  (has_mean Omega (fun o : Omega => (k o t * q o t) ^ j * sum t (fun r : nat => k o r * q o r) ^ i)) /\
  (mean_of Omega (fun o : Omega => (k o t * q o t) ^ j * sum t (fun r : nat => k o r * q o r) ^ i) = mean_of Omega (fun o : Omega => (k o t * q o t) ^ j) * mean_of Omega (fun o : Omega => sum t (fun r : nat => k o r * q o r) ^ i))) /\
  (forall t : nat, (t < d)%nat ->
  forall m : nat, (m < n)%nat ->
  (has_mean Omega (fun o : Omega => (k o t * q o t) ^ (m + 1)%nat)) /\
  (mean_of Omega (fun o : Omega => (k o t * q o t) ^ (m + 1)%nat) = sum (m + 1)%nat (fun j : nat => sum (m + 1)%nat (fun i : nat => delta m (i + j)%nat * INR (fact m) * kappa i * mean_of Omega (fun o : Omega => (k o t * q o t) ^ j) / (INR (fact i) * INR (fact j))))))) ->
  forall m : nat, (m < n)%nat ->
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ (m + 1)%nat)) /\
  (mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ (m + 1)%nat) = sum (m + 1)%nat (fun j : nat => sum (m + 1)%nat (fun i : nat => INR d * delta m (i + j)%nat * INR (fact m) * kappa i * mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ j) / (INR (fact i) * INR (fact j))))).

(* so the deviation grows like the root of d, and the excess kurtosis falls like 1/d *)
Definition growth : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall kappa_2 : R,
  forall kappa_4 : R,
  forall s_2 : R,
  forall s_4 : R,
  ((0 < kappa_2) /\
  (s_2 = INR d * kappa_2) /\
  (s_4 = INR d * kappa_4)) ->
  (sqrt s_2 = sqrt (INR d) * sqrt kappa_2) /\
  (s_4 / s_2 ^ 2 = kappa_4 / (INR d * kappa_2 ^ 2)).

(* the mean is d times the product of the components' means *)
Definition mean_of_dot : Prop :=
  forall Omega : outcomes,
  forall d : nat, (1 <= d)%nat ->
  forall q : Omega -> nat -> R,
  forall k : Omega -> nat -> R,
  forall mu_q : R,
  forall mu_k : R,
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
  (mean_of Omega (fun o : Omega => k o r) = mu_k))) ->
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r))) /\
  (mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r)) = INR d * mu_k * mu_q).

(* and the variance is proportional to d: uncorrelated components, alike in each vector *)
Definition variance_of_dot : Prop :=
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
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r))) /\
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r)) ^ 2 + mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2) = INR d * (- (mu_k ^ 2 * mu_q ^ 2) + (mu_k ^ 2 + sigma_k ^ 2) * (mu_q ^ 2 + sigma_q ^ 2))).

(* one mean 0: the variance is the trace of the product of the two second moments' matrices *)
Definition variance_by_trace : Prop :=
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
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r))) /\
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r)) ^ 2 + mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2) = sum d (fun s : nat => sum d (fun r : nat => mean_of Omega (fun o : Omega => k o r * k o s) * mean_of Omega (fun o : Omega => q o r * q o s)))).

(* unit length, one direction isotropic: 1/d *)
Definition unit_vectors : Prop :=
  forall Omega : outcomes,
  forall d : nat, (1 <= d)%nat ->
  forall q : Omega -> nat -> R,
  forall k : Omega -> nat -> R,
  forall kappa_2 : R,
  (((forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  (has_mean Omega (fun o : Omega => k o r * k o s * q o r * q o s)) /\
  (mean_of Omega (fun o : Omega => k o r * k o s * q o r * q o s) = mean_of Omega (fun o : Omega => k o r * k o s) * mean_of Omega (fun o : Omega => q o r * q o s))) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => k o r * q o r)) /\
  (mean_of Omega (fun o : Omega => k o r * q o r) = mean_of Omega (fun o : Omega => k o r) * mean_of Omega (fun o : Omega => q o r)))) /\
  ((forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => q o r)) /\
  (mean_of Omega (fun o : Omega => q o r) = 0)) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => q o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 2) = kappa_2)) /\
  (forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  ((r <> s)%nat) ->
  (has_mean Omega (fun o : Omega => q o r * q o s)) /\
  (mean_of Omega (fun o : Omega => q o r * q o s) = 0))) /\
  (forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  has_mean Omega (fun o : Omega => k o r * k o s)) /\
  (forall o : Omega,
  sum d (fun r : nat => q o r ^ 2) = 1) /\
  (forall o : Omega,
  sum d (fun r : nat => k o r ^ 2) = 1)) ->
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r))) /\
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r)) ^ 2 + mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2) = / INR d).

(* layer-normalised, one direction isotropic among those of mean 0: d^2/(d - 1) *)
Definition layer_normalised : Prop :=
  forall Omega : outcomes,
  forall d : nat, (2 <= d)%nat ->
  forall q : Omega -> nat -> R,
  forall k : Omega -> nat -> R,
  forall kappa_2 : R,
  forall c : R,
  (((forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  (has_mean Omega (fun o : Omega => k o r * k o s * q o r * q o s)) /\
  (mean_of Omega (fun o : Omega => k o r * k o s * q o r * q o s) = mean_of Omega (fun o : Omega => k o r * k o s) * mean_of Omega (fun o : Omega => q o r * q o s))) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => k o r * q o r)) /\
  (mean_of Omega (fun o : Omega => k o r * q o r) = mean_of Omega (fun o : Omega => k o r) * mean_of Omega (fun o : Omega => q o r)))) /\
  ((forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => q o r)) /\
  (mean_of Omega (fun o : Omega => q o r) = 0)) /\
  (forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => q o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 2) = kappa_2)) /\
  (forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  ((r <> s)%nat) ->
  (has_mean Omega (fun o : Omega => q o r * q o s)) /\
  (mean_of Omega (fun o : Omega => q o r * q o s) = c))) /\
  (forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  has_mean Omega (fun o : Omega => k o r * k o s)) /\
  (forall o : Omega,
  sum d (fun r : nat => q o r ^ 2) = INR d) /\
  (forall o : Omega,
  sum d (fun r : nat => q o r) = 0) /\
  (forall o : Omega,
  sum d (fun r : nat => k o r ^ 2) = INR d) /\
  (forall o : Omega,
  sum d (fun r : nat => k o r) = 0)) ->
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r))) /\
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r)) ^ 2 + mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2) = INR d ^ 2 / (INR d - 1)).

(* components of one law with odd moments 0: variance and excess kurtosis from the second and fourth moment *)
Definition symmetric_components : Prop :=
  forall Omega : outcomes,
  forall d : nat, (1 <= d)%nat ->
  forall q : Omega -> nat -> R,
  forall k : Omega -> nat -> R,
  forall kappa_2 : R,
  forall kappa_4 : R,
  ((kappa_2 <> 0) /\
  (forall r : nat, (r < d)%nat ->
  forall j : nat, (j < 5)%nat ->
  (has_mean Omega (fun o : Omega => k o r ^ j * q o r ^ j)) /\
  (mean_of Omega (fun o : Omega => k o r ^ j * q o r ^ j) = mean_of Omega (fun o : Omega => k o r ^ j) * mean_of Omega (fun o : Omega => q o r ^ j))) /\
  (forall t : nat, (t < d)%nat ->
  forall i : nat, (i < 5)%nat ->
  forall j : nat, (j < 5)%nat ->
  (((i + j)%nat <= 4)%nat) ->
  (has_mean Omega (fun o : Omega => (k o t * q o t) ^ j * sum t (fun r : nat => k o r * q o r) ^ i)) /\
  (mean_of Omega (fun o : Omega => (k o t * q o t) ^ j * sum t (fun r : nat => k o r * q o r) ^ i) = mean_of Omega (fun o : Omega => (k o t * q o t) ^ j) * mean_of Omega (fun o : Omega => sum t (fun r : nat => k o r * q o r) ^ i))) /\
  (forall r : nat, (r < d)%nat ->
  ((has_mean Omega (fun o : Omega => q o r)) /\
  (mean_of Omega (fun o : Omega => q o r) = 0)) /\
  ((has_mean Omega (fun o : Omega => q o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 2) = kappa_2)) /\
  ((has_mean Omega (fun o : Omega => q o r ^ 3)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 3) = 0)) /\
  ((has_mean Omega (fun o : Omega => q o r ^ 4)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 4) = kappa_4))) /\
  (forall r : nat, (r < d)%nat ->
  ((has_mean Omega (fun o : Omega => k o r)) /\
  (mean_of Omega (fun o : Omega => k o r) = 0)) /\
  ((has_mean Omega (fun o : Omega => k o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 2) = kappa_2)) /\
  ((has_mean Omega (fun o : Omega => k o r ^ 3)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 3) = 0)) /\
  ((has_mean Omega (fun o : Omega => k o r ^ 4)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 4) = kappa_4)))) ->
  ((has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r))) /\
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r)) ^ 2 + mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2) = INR d * kappa_2 ^ 2)) /\
  ((has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 4)) /\
  (- 3 + mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 4) / mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2) ^ 2 = (- 3 + kappa_4 ^ 2 / kappa_2 ^ 4) / INR d)).

(* standard normal components: the generating function is that of the root of 2 G times Z, and (1 - x^2)^(-d/2) *)
Definition generating_function : Prop :=
  forall Omega : outcomes,
  forall Psi : outcomes,
  forall d : nat, (1 <= d)%nat ->
  forall q : Omega -> nat -> R,
  forall k : Psi -> nat -> R,
  forall G : Omega -> R,
  forall Z : Psi -> R,
  forall x : R,
  ((x ^ 2 < 1) /\
  ((forall o : Omega,
  forall t : nat, (t < d)%nat ->
  ((has_mean Psi (fun u : Psi => exp (x * k u t * q o t))) /\
  (mean_of Psi (fun u : Psi => exp (x * k u t * q o t)) = exp (x ^ 2 * q o t ^ 2 / 2))) /\
  ((has_mean Psi (fun u : Psi => exp (x * k u t * q o t) * exp (sum t (fun r : nat => x * k u r * q o r)))) /\
  (mean_of Psi (fun u : Psi => exp (x * k u t * q o t) * exp (sum t (fun r : nat => x * k u r * q o r))) = mean_of Psi (fun u : Psi => exp (x * k u t * q o t)) * mean_of Psi (fun u : Psi => exp (sum t (fun r : nat => x * k u r * q o r)))))) /\
  (forall t : nat, (t < d)%nat ->
  ((has_mean Omega (fun o : Omega => exp (x ^ 2 * q o t ^ 2 / 2))) /\
  (mean_of Omega (fun o : Omega => exp (x ^ 2 * q o t ^ 2 / 2)) = / sqrt (1 - x ^ 2))) /\
  ((has_mean Omega (fun o : Omega => exp (x ^ 2 * q o t ^ 2 / 2) * exp (sum t (fun r : nat => x ^ 2 * q o r ^ 2 / 2)))) /\
  (mean_of Omega (fun o : Omega => exp (x ^ 2 * q o t ^ 2 / 2) * exp (sum t (fun r : nat => x ^ 2 * q o r ^ 2 / 2))) = mean_of Omega (fun o : Omega => exp (x ^ 2 * q o t ^ 2 / 2)) * mean_of Omega (fun o : Omega => exp (sum t (fun r : nat => x ^ 2 * q o r ^ 2 / 2))))))) /\
  ((forall o : Omega,
  (has_mean Psi (fun u : Psi => exp (sqrt 2 * x * sqrt (G o) * Z u))) /\
  (mean_of Psi (fun u : Psi => exp (sqrt 2 * x * sqrt (G o) * Z u)) = exp (x ^ 2 * G o))) /\
  ((has_mean Omega (fun o : Omega => exp (x ^ 2 * G o))) /\
  (mean_of Omega (fun o : Omega => exp (x ^ 2 * G o)) = / Rpower (1 - x ^ 2) (INR d / 2))))) ->
  (mean_of Omega (fun o : Omega => mean_of Psi (fun u : Psi => exp (x * sum d (fun r : nat => k u r * q o r)))) = / Rpower (1 - x ^ 2) (INR d / 2)) /\
  (mean_of Omega (fun o : Omega => mean_of Psi (fun u : Psi => exp (sqrt 2 * x * sqrt (G o) * Z u))) = / Rpower (1 - x ^ 2) (INR d / 2)).

(* standard normal components: d and 6/d *)
Definition normal : Prop :=
  forall Omega : outcomes,
  forall d : nat, (1 <= d)%nat ->
  forall q : Omega -> nat -> R,
  forall k : Omega -> nat -> R,
  ((forall r : nat, (r < d)%nat ->
  forall j : nat, (j < 5)%nat ->
  (has_mean Omega (fun o : Omega => k o r ^ j * q o r ^ j)) /\
  (mean_of Omega (fun o : Omega => k o r ^ j * q o r ^ j) = mean_of Omega (fun o : Omega => k o r ^ j) * mean_of Omega (fun o : Omega => q o r ^ j))) /\
  (forall t : nat, (t < d)%nat ->
  forall i : nat, (i < 5)%nat ->
  forall j : nat, (j < 5)%nat ->
  (((i + j)%nat <= 4)%nat) ->
  (has_mean Omega (fun o : Omega => (k o t * q o t) ^ j * sum t (fun r : nat => k o r * q o r) ^ i)) /\
  (mean_of Omega (fun o : Omega => (k o t * q o t) ^ j * sum t (fun r : nat => k o r * q o r) ^ i) = mean_of Omega (fun o : Omega => (k o t * q o t) ^ j) * mean_of Omega (fun o : Omega => sum t (fun r : nat => k o r * q o r) ^ i))) /\
  (forall r : nat, (r < d)%nat ->
  ((has_mean Omega (fun o : Omega => q o r)) /\
  (mean_of Omega (fun o : Omega => q o r) = 0)) /\
  ((has_mean Omega (fun o : Omega => q o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 2) = 1)) /\
  ((has_mean Omega (fun o : Omega => q o r ^ 3)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 3) = 0)) /\
  ((has_mean Omega (fun o : Omega => q o r ^ 4)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 4) = 3))) /\
  (forall r : nat, (r < d)%nat ->
  ((has_mean Omega (fun o : Omega => k o r)) /\
  (mean_of Omega (fun o : Omega => k o r) = 0)) /\
  ((has_mean Omega (fun o : Omega => k o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 2) = 1)) /\
  ((has_mean Omega (fun o : Omega => k o r ^ 3)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 3) = 0)) /\
  ((has_mean Omega (fun o : Omega => k o r ^ 4)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 4) = 3)))) ->
  ((has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r))) /\
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r)) ^ 2 + mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2) = INR d)) /\
  ((has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 4)) /\
  (- 3 + mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 4) / mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2) ^ 2 = 6 / INR d)).

(* uniform on (-a, a) *)
Definition uniform : Prop :=
  forall Omega : outcomes,
  forall d : nat, (1 <= d)%nat ->
  forall q : Omega -> nat -> R,
  forall k : Omega -> nat -> R,
  forall a : R,
  ((0 < a) /\
  (forall r : nat, (r < d)%nat ->
  forall j : nat, (j < 5)%nat ->
  (has_mean Omega (fun o : Omega => k o r ^ j * q o r ^ j)) /\
  (mean_of Omega (fun o : Omega => k o r ^ j * q o r ^ j) = mean_of Omega (fun o : Omega => k o r ^ j) * mean_of Omega (fun o : Omega => q o r ^ j))) /\
  (forall t : nat, (t < d)%nat ->
  forall i : nat, (i < 5)%nat ->
  forall j : nat, (j < 5)%nat ->
  (((i + j)%nat <= 4)%nat) ->
  (has_mean Omega (fun o : Omega => (k o t * q o t) ^ j * sum t (fun r : nat => k o r * q o r) ^ i)) /\
  (mean_of Omega (fun o : Omega => (k o t * q o t) ^ j * sum t (fun r : nat => k o r * q o r) ^ i) = mean_of Omega (fun o : Omega => (k o t * q o t) ^ j) * mean_of Omega (fun o : Omega => sum t (fun r : nat => k o r * q o r) ^ i))) /\
  (forall r : nat, (r < d)%nat ->
  ((has_mean Omega (fun o : Omega => q o r)) /\
  (mean_of Omega (fun o : Omega => q o r) = 0)) /\
  ((has_mean Omega (fun o : Omega => q o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 2) = a ^ 2 / 3)) /\
  ((has_mean Omega (fun o : Omega => q o r ^ 3)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 3) = 0)) /\
  ((has_mean Omega (fun o : Omega => q o r ^ 4)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 4) = a ^ 4 / 5))) /\
  (forall r : nat, (r < d)%nat ->
  ((has_mean Omega (fun o : Omega => k o r)) /\
  (mean_of Omega (fun o : Omega => k o r) = 0)) /\
  ((has_mean Omega (fun o : Omega => k o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 2) = a ^ 2 / 3)) /\
  ((has_mean Omega (fun o : Omega => k o r ^ 3)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 3) = 0)) /\
  ((has_mean Omega (fun o : Omega => k o r ^ 4)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 4) = a ^ 4 / 5)))) ->
  ((has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r))) /\
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r)) ^ 2 + mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2) = a ^ 4 * INR d / 9)) /\
  ((has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 4)) /\
  (- 3 + mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 4) / mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2) ^ 2 = 6 / (25 * INR d))).

(* random signs *)
Definition rademacher : Prop :=
  forall Omega : outcomes,
  forall d : nat, (1 <= d)%nat ->
  forall q : Omega -> nat -> R,
  forall k : Omega -> nat -> R,
  ((forall r : nat, (r < d)%nat ->
  forall j : nat, (j < 5)%nat ->
  (has_mean Omega (fun o : Omega => k o r ^ j * q o r ^ j)) /\
  (mean_of Omega (fun o : Omega => k o r ^ j * q o r ^ j) = mean_of Omega (fun o : Omega => k o r ^ j) * mean_of Omega (fun o : Omega => q o r ^ j))) /\
  (forall t : nat, (t < d)%nat ->
  forall i : nat, (i < 5)%nat ->
  forall j : nat, (j < 5)%nat ->
  (((i + j)%nat <= 4)%nat) ->
  (has_mean Omega (fun o : Omega => (k o t * q o t) ^ j * sum t (fun r : nat => k o r * q o r) ^ i)) /\
  (mean_of Omega (fun o : Omega => (k o t * q o t) ^ j * sum t (fun r : nat => k o r * q o r) ^ i) = mean_of Omega (fun o : Omega => (k o t * q o t) ^ j) * mean_of Omega (fun o : Omega => sum t (fun r : nat => k o r * q o r) ^ i))) /\
  (forall r : nat, (r < d)%nat ->
  ((has_mean Omega (fun o : Omega => q o r)) /\
  (mean_of Omega (fun o : Omega => q o r) = 0)) /\
  ((has_mean Omega (fun o : Omega => q o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 2) = 1)) /\
  ((has_mean Omega (fun o : Omega => q o r ^ 3)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 3) = 0)) /\
  ((has_mean Omega (fun o : Omega => q o r ^ 4)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 4) = 1))) /\
  (forall r : nat, (r < d)%nat ->
  ((has_mean Omega (fun o : Omega => k o r)) /\
  (mean_of Omega (fun o : Omega => k o r) = 0)) /\
  ((has_mean Omega (fun o : Omega => k o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 2) = 1)) /\
  ((has_mean Omega (fun o : Omega => k o r ^ 3)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 3) = 0)) /\
  ((has_mean Omega (fun o : Omega => k o r ^ 4)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 4) = 1)))) ->
  ((has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r))) /\
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r)) ^ 2 + mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2) = INR d)) /\
  ((has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 4)) /\
  (- 3 + mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 4) / mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2) ^ 2 = - (2 / INR d))).

(* Laplace of scale b *)
Definition laplace : Prop :=
  forall Omega : outcomes,
  forall d : nat, (1 <= d)%nat ->
  forall q : Omega -> nat -> R,
  forall k : Omega -> nat -> R,
  forall b : R,
  ((0 < b) /\
  (forall r : nat, (r < d)%nat ->
  forall j : nat, (j < 5)%nat ->
  (has_mean Omega (fun o : Omega => k o r ^ j * q o r ^ j)) /\
  (mean_of Omega (fun o : Omega => k o r ^ j * q o r ^ j) = mean_of Omega (fun o : Omega => k o r ^ j) * mean_of Omega (fun o : Omega => q o r ^ j))) /\
  (forall t : nat, (t < d)%nat ->
  forall i : nat, (i < 5)%nat ->
  forall j : nat, (j < 5)%nat ->
  (((i + j)%nat <= 4)%nat) ->
  (has_mean Omega (fun o : Omega => (k o t * q o t) ^ j * sum t (fun r : nat => k o r * q o r) ^ i)) /\
  (mean_of Omega (fun o : Omega => (k o t * q o t) ^ j * sum t (fun r : nat => k o r * q o r) ^ i) = mean_of Omega (fun o : Omega => (k o t * q o t) ^ j) * mean_of Omega (fun o : Omega => sum t (fun r : nat => k o r * q o r) ^ i))) /\
  (forall r : nat, (r < d)%nat ->
  ((has_mean Omega (fun o : Omega => q o r)) /\
  (mean_of Omega (fun o : Omega => q o r) = 0)) /\
  ((has_mean Omega (fun o : Omega => q o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 2) = 2 * b ^ 2)) /\
  ((has_mean Omega (fun o : Omega => q o r ^ 3)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 3) = 0)) /\
  ((has_mean Omega (fun o : Omega => q o r ^ 4)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 4) = 24 * b ^ 4))) /\
  (forall r : nat, (r < d)%nat ->
  ((has_mean Omega (fun o : Omega => k o r)) /\
  (mean_of Omega (fun o : Omega => k o r) = 0)) /\
  ((has_mean Omega (fun o : Omega => k o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 2) = 2 * b ^ 2)) /\
  ((has_mean Omega (fun o : Omega => k o r ^ 3)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 3) = 0)) /\
  ((has_mean Omega (fun o : Omega => k o r ^ 4)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 4) = 24 * b ^ 4)))) ->
  ((has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r))) /\
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r)) ^ 2 + mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2) = 4 * b ^ 4 * INR d)) /\
  ((has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 4)) /\
  (- 3 + mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 4) / mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2) ^ 2 = 33 / INR d)).

(* Student's t of more than four degrees of freedom *)
Definition student_t : Prop :=
  forall Omega : outcomes,
  forall d : nat, (1 <= d)%nat ->
  forall q : Omega -> nat -> R,
  forall k : Omega -> nat -> R,
  forall nu : R,
  ((4 < nu) /\
  (forall r : nat, (r < d)%nat ->
  forall j : nat, (j < 5)%nat ->
  (has_mean Omega (fun o : Omega => k o r ^ j * q o r ^ j)) /\
  (mean_of Omega (fun o : Omega => k o r ^ j * q o r ^ j) = mean_of Omega (fun o : Omega => k o r ^ j) * mean_of Omega (fun o : Omega => q o r ^ j))) /\
  (forall t : nat, (t < d)%nat ->
  forall i : nat, (i < 5)%nat ->
  forall j : nat, (j < 5)%nat ->
  (((i + j)%nat <= 4)%nat) ->
  (has_mean Omega (fun o : Omega => (k o t * q o t) ^ j * sum t (fun r : nat => k o r * q o r) ^ i)) /\
  (mean_of Omega (fun o : Omega => (k o t * q o t) ^ j * sum t (fun r : nat => k o r * q o r) ^ i) = mean_of Omega (fun o : Omega => (k o t * q o t) ^ j) * mean_of Omega (fun o : Omega => sum t (fun r : nat => k o r * q o r) ^ i))) /\
  (forall r : nat, (r < d)%nat ->
  ((has_mean Omega (fun o : Omega => q o r)) /\
  (mean_of Omega (fun o : Omega => q o r) = 0)) /\
  ((has_mean Omega (fun o : Omega => q o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 2) = nu / (nu - 2))) /\
  ((has_mean Omega (fun o : Omega => q o r ^ 3)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 3) = 0)) /\
  ((has_mean Omega (fun o : Omega => q o r ^ 4)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 4) = 3 * nu ^ 2 / ((nu - 4) * (nu - 2))))) /\
  (forall r : nat, (r < d)%nat ->
  ((has_mean Omega (fun o : Omega => k o r)) /\
  (mean_of Omega (fun o : Omega => k o r) = 0)) /\
  ((has_mean Omega (fun o : Omega => k o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 2) = nu / (nu - 2))) /\
  ((has_mean Omega (fun o : Omega => k o r ^ 3)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 3) = 0)) /\
  ((has_mean Omega (fun o : Omega => k o r ^ 4)) /\
  (mean_of Omega (fun o : Omega => k o r ^ 4) = 3 * nu ^ 2 / ((nu - 4) * (nu - 2)))))) ->
  ((has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r))) /\
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r)) ^ 2 + mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2) = INR d * nu ^ 2 / (nu - 2) ^ 2)) /\
  ((has_mean Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 4)) /\
  (- 3 + mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 4) / mean_of Omega (fun o : Omega => sum d (fun r : nat => k o r * q o r) ^ 2) ^ 2 = (- 3 + 9 * (nu - 2) ^ 2 / (nu - 4) ^ 2) / INR d)).
