(* S1. Printed from derivations/statements/s1.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the score lies between minus and plus the product of the norms *)
Definition between_the_norms : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall s : nat -> R,
  forall h : nat -> R,
  (- (sqrt (sum d (fun r : nat => h r ^ 2)) * sqrt (sum d (fun r : nat => s r ^ 2))) <= sum d (fun r : nat => h r * s r)) /\
  (sum d (fun r : nat => h r * s r) <= sqrt (sum d (fun r : nat => h r ^ 2)) * sqrt (sum d (fun r : nat => s r ^ 2))).

(* the score is the product of the norms exactly for a non-negative multiple of the query *)
Definition largest_exactly_when_parallel : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall s : nat -> R,
  forall h : nat -> R,
  (0 < sum d (fun r : nat => s r ^ 2)) ->
  (sum d (fun r : nat => h r * s r) = sqrt (sum d (fun r : nat => h r ^ 2)) * sqrt (sum d (fun r : nat => s r ^ 2))) <->
  (exists lambda : R,
  ((0 <= lambda) /\
  (forall r : nat, (r < d)%nat ->
  h r = lambda * s r))).

(* the score is minus the product of the norms exactly for a multiple of the query that is not positive *)
Definition smallest_exactly_when_opposite : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall s : nat -> R,
  forall h : nat -> R,
  (0 < sum d (fun r : nat => s r ^ 2)) ->
  (sum d (fun r : nat => h r * s r) = - (sqrt (sum d (fun r : nat => h r ^ 2)) * sqrt (sum d (fun r : nat => s r ^ 2)))) <->
  (exists lambda : R,
  ((lambda <= 0) /\
  (forall r : nat, (r < d)%nat ->
  h r = lambda * s r))).

(* for every norm of the key there is a key with the largest score, and one with the smallest *)
Definition attained_at_every_norm : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall s : nat -> R,
  forall rho : R,
  ((0 < sum d (fun r : nat => s r ^ 2)) /\
  (0 <= rho)) ->
  (exists h : nat -> R,
  ((sqrt (sum d (fun r : nat => h r ^ 2)) = rho) /\
  (sum d (fun r : nat => h r * s r) = rho * sqrt (sum d (fun r : nat => s r ^ 2))))) /\
  (exists h : nat -> R,
  ((sqrt (sum d (fun r : nat => h r ^ 2)) = rho) /\
  (sum d (fun r : nat => h r * s r) = - (rho * sqrt (sum d (fun r : nat => s r ^ 2)))))).

(* the score is 0 exactly where the squared norm of the sum is the sum of the squared norms (Pythagoras) *)
Definition zero_exactly_when_orthogonal : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall s : nat -> R,
  forall h : nat -> R,
  (sum d (fun r : nat => h r * s r) = 0) <->
  (sum d (fun r : nat => (h r + s r) ^ 2) = sum d (fun r : nat => h r ^ 2) + sum d (fun r : nat => s r ^ 2)).

(* in every width and for every deviation there is a white noise: features of mean 0, uncorrelated *)
Definition white_noise_exists : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall sigma : R,
  exists Omega : outcomes,
  (exists w : Omega -> nat -> R,
  ((forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => w o r)) /\
  (mean_of Omega (fun o : Omega => w o r) = 0)) /\
  (forall r : nat, (r < d)%nat ->
  forall f : nat, (f < d)%nat ->
  (has_mean Omega (fun o : Omega => w o f * w o r)) /\
  (mean_of Omega (fun o : Omega => w o f * w o r) = sigma ^ 2 * delta f r)))).

(* no linear detector of the query in white noise has a larger signal-to-noise ratio than |s|²/σ², and only multiples of the query have it, whatever the law of the noise *)
Definition matched_filter : Prop :=
  forall Omega : outcomes,
  forall d : nat, (1 <= d)%nat ->
  forall w : Omega -> nat -> R,
  forall sigma : R,
  forall s : nat -> R,
  forall h : nat -> R,
  ((forall r : nat, (r < d)%nat ->
  (has_mean Omega (fun o : Omega => w o r)) /\
  (mean_of Omega (fun o : Omega => w o r) = 0)) /\
  (forall r : nat, (r < d)%nat ->
  forall f : nat, (f < d)%nat ->
  (has_mean Omega (fun o : Omega => w o f * w o r)) /\
  (mean_of Omega (fun o : Omega => w o f * w o r) = sigma ^ 2 * delta f r)) /\
  (0 < sigma) /\
  (0 < sum d (fun r : nat => s r ^ 2)) /\
  (0 < sum d (fun r : nat => h r ^ 2))) ->
  let z := fun o : Omega => sum d (fun r : nat => (s r + w o r) * h r) in
  let mean := mean_of Omega (fun o : Omega => z o) in
  let variance := mean_of Omega (fun o : Omega => (- mean + z o) ^ 2) in
  (has_mean Omega (fun o : Omega => z o)) /\
  (has_mean Omega (fun o : Omega => (- mean + z o) ^ 2)) /\
  (mean ^ 2 / variance <= sum d (fun r : nat => s r ^ 2) / sigma ^ 2) /\
  ((mean ^ 2 / variance = sum d (fun r : nat => s r ^ 2) / sigma ^ 2) <->
  (exists lambda : R,
  (forall r : nat, (r < d)%nat ->
  h r = lambda * s r))).

(* a key that is scaled scales its score *)
Definition score_takes_the_factor_of_the_key : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall s : nat -> R,
  forall h : nat -> R,
  forall lambda : R,
  let y := fun r : nat => lambda * h r in
  sum d (fun r : nat => s r * y r) = lambda * sum d (fun r : nat => h r * s r).

(* in every width from 2 on there are a parallel key and one of a smaller cosine that has the larger score *)
Definition a_longer_key_can_score_higher : Prop :=
  forall d : nat, (2 <= d)%nat ->
  exists s : nat -> R,
  (exists h : nat -> R,
  (exists g : nat -> R,
  ((0 < sum d (fun r : nat => s r ^ 2)) /\
  (0 < sum d (fun r : nat => h r ^ 2)) /\
  (0 < sum d (fun r : nat => g r ^ 2)) /\
  (sum d (fun r : nat => g r * s r) / (sqrt (sum d (fun r : nat => g r ^ 2)) * sqrt (sum d (fun r : nat => s r ^ 2))) < sum d (fun r : nat => h r * s r) / (sqrt (sum d (fun r : nat => h r ^ 2)) * sqrt (sum d (fun r : nat => s r ^ 2)))) /\
  (sum d (fun r : nat => h r * s r) = sqrt (sum d (fun r : nat => h r ^ 2)) * sqrt (sum d (fun r : nat => s r ^ 2))) /\
  (sum d (fun r : nat => h r * s r) < sum d (fun r : nat => g r * s r))))).
