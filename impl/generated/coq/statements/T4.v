(* T4. Printed from derivations/statements/t4.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* one mean 0: the trace of the product of the two second moments' matrices, over d *)
Definition scaled_by_trace : Prop :=
  forall n_s : nat, (1 <= n_s)%nat ->
  forall w : nat -> R,
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  ((sum n_s (fun o : nat => w o) = 1) /\
  ((forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  sum n_s (fun o : nat => k o r * k o s * q o r * q o s * w o) = sum n_s (fun o : nat => k o r * k o s * w o) * sum n_s (fun o : nat => q o r * q o s * w o)) /\
  (forall r : nat, (r < d)%nat ->
  sum n_s (fun o : nat => k o r * q o r * w o) = sum n_s (fun o : nat => k o r * w o) * sum n_s (fun o : nat => q o r * w o))) /\
  (forall r : nat, (r < d)%nat ->
  sum n_s (fun o : nat => q o r * w o) = 0)) ->
  sum n_s (fun o : nat => w o * sum d (fun r : nat => k o r * q o r) ^ 2 / INR d) - sum n_s (fun o : nat => w o * sum d (fun r : nat => k o r * q o r) / sqrt (INR d)) ^ 2 = sum d (fun s : nat => sum d (fun r : nat => sum n_s (fun o : nat => k o r * k o s * w o) * sum n_s (fun o : nat => q o r * q o s * w o))) / INR d.

(* 1 for unit variances where the components of one vector are uncorrelated *)
Definition kept_at_one : Prop :=
  forall n_s : nat, (1 <= n_s)%nat ->
  forall w : nat -> R,
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  ((sum n_s (fun o : nat => w o) = 1) /\
  ((forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  sum n_s (fun o : nat => k o r * k o s * q o r * q o s * w o) = sum n_s (fun o : nat => k o r * k o s * w o) * sum n_s (fun o : nat => q o r * q o s * w o)) /\
  (forall r : nat, (r < d)%nat ->
  sum n_s (fun o : nat => k o r * q o r * w o) = sum n_s (fun o : nat => k o r * w o) * sum n_s (fun o : nat => q o r * w o))) /\
  (forall r : nat, (r < d)%nat ->
  sum n_s (fun o : nat => q o r * w o) = 0) /\
  (forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  sum n_s (fun o : nat => q o r * q o s * w o) = delta r s) /\
  (forall r : nat, (r < d)%nat ->
  sum n_s (fun o : nat => k o r ^ 2 * w o) = 1)) ->
  sum n_s (fun o : nat => w o * sum d (fun r : nat => k o r * q o r) ^ 2 / INR d) - sum n_s (fun o : nat => w o * sum d (fun r : nat => k o r * q o r) / sqrt (INR d)) ^ 2 = 1.

(* with means, components uncorrelated in both vectors *)
Definition with_means : Prop :=
  forall n_s : nat, (1 <= n_s)%nat ->
  forall w : nat -> R,
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall mu_q : R,
  forall mu_k : R,
  forall sigma_q : R,
  forall sigma_k : R,
  ((sum n_s (fun o : nat => w o) = 1) /\
  ((forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  sum n_s (fun o : nat => k o r * k o s * q o r * q o s * w o) = sum n_s (fun o : nat => k o r * k o s * w o) * sum n_s (fun o : nat => q o r * q o s * w o)) /\
  (forall r : nat, (r < d)%nat ->
  sum n_s (fun o : nat => k o r * q o r * w o) = sum n_s (fun o : nat => k o r * w o) * sum n_s (fun o : nat => q o r * w o))) /\
  (forall r : nat, (r < d)%nat ->
  sum n_s (fun o : nat => q o r * w o) = mu_q) /\
  (forall r : nat, (r < d)%nat ->
  sum n_s (fun o : nat => k o r * w o) = mu_k) /\
  (forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  sum n_s (fun o : nat => q o r * q o s * w o) = mu_q ^ 2 + sigma_q ^ 2 * delta r s) /\
  (forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  sum n_s (fun o : nat => k o r * k o s * w o) = mu_k ^ 2 + sigma_k ^ 2 * delta r s)) ->
  sum n_s (fun o : nat => w o * sum d (fun r : nat => k o r * q o r) ^ 2 / INR d) - sum n_s (fun o : nat => w o * sum d (fun r : nat => k o r * q o r) / sqrt (INR d)) ^ 2 = mu_k ^ 2 * sigma_q ^ 2 + mu_q ^ 2 * sigma_k ^ 2 + sigma_k ^ 2 * sigma_q ^ 2.
