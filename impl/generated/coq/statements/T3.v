(* T3. Printed from derivations/statements/t3.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the mean is d times the product of the components' means *)
Definition mean_of_dot : Prop :=
  forall n_s : nat, (1 <= n_s)%nat ->
  forall w : nat -> R,
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall mu_q : R,
  forall mu_k : R,
  ((sum n_s (fun o : nat => w o) = 1) /\
  ((forall r : nat, (r < d)%nat ->
  forall s : nat, (s < d)%nat ->
  sum n_s (fun o : nat => k o r * k o s * q o r * q o s * w o) = sum n_s (fun o : nat => k o r * k o s * w o) * sum n_s (fun o : nat => q o r * q o s * w o)) /\
  (forall r : nat, (r < d)%nat ->
  sum n_s (fun o : nat => k o r * q o r * w o) = sum n_s (fun o : nat => k o r * w o) * sum n_s (fun o : nat => q o r * w o))) /\
  (forall r : nat, (r < d)%nat ->
  sum n_s (fun o : nat => q o r * w o) = mu_q) /\
  (forall r : nat, (r < d)%nat ->
  sum n_s (fun o : nat => k o r * w o) = mu_k)) ->
  sum n_s (fun o : nat => w o * sum d (fun r : nat => k o r * q o r)) = INR d * mu_k * mu_q.

(* and the variance is proportional to d: uncorrelated components, alike in each vector *)
Definition variance_of_dot : Prop :=
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
  - sum n_s (fun o : nat => w o * sum d (fun r : nat => k o r * q o r)) ^ 2 + sum n_s (fun o : nat => w o * sum d (fun r : nat => k o r * q o r) ^ 2) = INR d * (- (mu_k ^ 2 * mu_q ^ 2) + (mu_k ^ 2 + sigma_k ^ 2) * (mu_q ^ 2 + sigma_q ^ 2)).

(* one mean 0: the variance is the trace of the product of the two second moments' matrices *)
Definition variance_by_trace : Prop :=
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
  - sum n_s (fun o : nat => w o * sum d (fun r : nat => k o r * q o r)) ^ 2 + sum n_s (fun o : nat => w o * sum d (fun r : nat => k o r * q o r) ^ 2) = sum d (fun s : nat => sum d (fun r : nat => sum n_s (fun o : nat => k o r * k o s * w o) * sum n_s (fun o : nat => q o r * q o s * w o))).

(* unit length, one direction isotropic: 1/d *)
Definition unit_vectors : Prop :=
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
  sum n_s (fun o : nat => q o r * q o s * w o) = delta r s / INR d) /\
  (forall o : nat, (o < n_s)%nat ->
  sum d (fun r : nat => k o r ^ 2) = 1)) ->
  - sum n_s (fun o : nat => w o * sum d (fun r : nat => k o r * q o r)) ^ 2 + sum n_s (fun o : nat => w o * sum d (fun r : nat => k o r * q o r) ^ 2) = / INR d.

(* layer-normalised, one direction isotropic among those of mean 0: d^2/(d - 1) *)
Definition layer_normalised : Prop :=
  forall n_s : nat, (1 <= n_s)%nat ->
  forall w : nat -> R,
  forall d : nat, (2 <= d)%nat ->
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
  sum n_s (fun o : nat => q o r * q o s * w o) = (1 + / (INR d - 1)) * delta r s - / (INR d - 1)) /\
  (forall o : nat, (o < n_s)%nat ->
  sum d (fun r : nat => k o r ^ 2) = INR d) /\
  (forall o : nat, (o < n_s)%nat ->
  sum d (fun r : nat => k o r) = 0)) ->
  - sum n_s (fun o : nat => w o * sum d (fun r : nat => k o r * q o r)) ^ 2 + sum n_s (fun o : nat => w o * sum d (fun r : nat => k o r * q o r) ^ 2) = INR d ^ 2 / (INR d - 1).
