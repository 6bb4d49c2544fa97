(* perturbed_factors. Printed from derivations/statements/lemmas/perturbed_factors.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* a product of factors, each off by at most e, is off by at most the product of |x| + e less that of |x| *)
Definition product : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall x : nat -> R,
  forall y : nat -> R,
  forall e : nat -> R,
  forall X : nat -> R,
  forall Y : nat -> R,
  forall A : nat -> R,
  forall B : nat -> R,
  ((forall k : nat, (k < n)%nat ->
  Rabs (x k - y k) <= e k) /\
  ((X 0%nat = 1) /\
  (forall k : nat, (k < n)%nat ->
  X (k + 1)%nat = X k * x k)) /\
  ((Y 0%nat = 1) /\
  (forall k : nat, (k < n)%nat ->
  Y (k + 1)%nat = Y k * y k)) /\
  ((A 0%nat = 1) /\
  (forall k : nat, (k < n)%nat ->
  A (k + 1)%nat = Rabs (x k) * A k)) /\
  ((B 0%nat = 1) /\
  (forall k : nat, (k < n)%nat ->
  B (k + 1)%nat = (Rabs (x k) + e k) * B k))) ->
  Rabs (X n - Y n) <= - A n + B n.

(* a sum of such products, each with a factor within 1 ± (G − 1), by at most G times these sums less the sizes *)
Definition sum_of_products : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall X : nat -> R,
  forall Y : nat -> R,
  forall B : nat -> R,
  forall f : nat -> R,
  forall G : R,
  (forall k : nat, (k < n)%nat ->
  (Rabs (X k - Y k) <= - Rabs (X k) + B k) /\
  (Rabs (f k - 1) <= G - 1)) ->
  Rabs (sum n (fun k : nat => Y k * f k) - sum n (fun k : nat => X k)) <= G * sum n (fun k : nat => B k) - sum n (fun k : nat => Rabs (X k)).

(* what underflows is off by at most half the least positive number, times what still comes, and at most doubles *)
Definition underflow : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (2 <= e_max)%nat ->
  forall z : R,
  forall r : R,
  (Rabs z < 2 / 2 ^ e_max) ->
  (Rabs (r * z - r * rounded p e_max z) <= 2 * Rabs r / (2 ^ e_max * 2 ^ p)) /\
  (Rabs (rounded p e_max z) <= 2 * Rabs z).
