(* rotary_relative. Printed from derivations/statements/lemmas/rotary_relative.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* scores depend on i − j only, for all queries and keys, exactly if angles are linear in the position *)
Definition relative : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall m : nat, (1 <= m)%nat ->
  forall theta : nat -> nat -> R,
  (forall q : nat -> R,
  forall h : nat -> R,
  forall i : nat, (i < n)%nat ->
  forall j : nat, (j < n)%nat ->
  forall k : nat, (k < n)%nat ->
  forall l : nat, (l < n)%nat ->
  (((i + l)%nat = (j + k)%nat)%nat) ->
  sum m (fun g : nat => (- (sin (theta i g) * q (g + m)%nat) + cos (theta i g) * q g) * (- (sin (theta j g) * h (g + m)%nat) + cos (theta j g) * h g) + (sin (theta i g) * q g + cos (theta i g) * q (g + m)%nat) * (sin (theta j g) * h g + cos (theta j g) * h (g + m)%nat)) = sum m (fun g : nat => (- (sin (theta k g) * q (g + m)%nat) + cos (theta k g) * q g) * (- (sin (theta l g) * h (g + m)%nat) + cos (theta l g) * h g) + (sin (theta k g) * q g + cos (theta k g) * q (g + m)%nat) * (sin (theta l g) * h g + cos (theta l g) * h (g + m)%nat))) <->
  (exists omega : nat -> R,
  (forall p : nat, (p < n)%nat ->
  forall g : nat, (g < m)%nat ->
  (cos (theta p g) = cos (INR p * omega g + theta 0%nat g)) /\
  (sin (theta p g) = sin (INR p * omega g + theta 0%nat g)))).
