(* tanh_product. Printed from derivations/statements/lemmas/tanh_product.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* with tanh b = ½ the four units are within 82/45 h² R⁴ of x y where |x| and |y| are at most R *)
Definition near_the_product : Prop :=
  forall x : R,
  forall y : R,
  forall h : R,
  forall R_max : R,
  forall b : R,
  ((tanh b = 1 / 2) /\
  ((0 < h) /\
  (Rabs x <= R_max) /\
  (Rabs y <= R_max))) ->
  Rabs (x * y - (tanh (b - h * (x - y)) + tanh (b + h * (x - y)) - tanh (b - h * (x + y)) - tanh (b + h * (x + y))) / (3 * h ^ 2)) <= 82 * R_max ^ 4 * h ^ 2 / 45.
