(* sech_squared_formula. Printed from derivations/statements/lemmas/sech_squared_formula.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* with w = e^(−2|z|), which is at most 1, sech² z is 4w/(1 + w)² *)
Definition formula : Prop :=
  forall z : R,
  let w := exp (- (2 * Rabs z)) in
  (sech z ^ 2 = 4 * w / (w + 1) ^ 2) /\
  (w <= 1).

(* w off by a factor c > 0 puts it off by a factor within 1 ± |c − 1| *)
Definition off_by_a_factor : Prop :=
  forall z : R,
  forall c : R,
  (0 < c) ->
  let w := exp (- (2 * Rabs z)) in
  Rabs (4 * c * w / (c * w + 1) ^ 2 - sech z ^ 2) <= Rabs (c - 1) * sech z ^ 2.

(* of a number off by less than its size the reciprocal is off by at most Δ/(|x| (|x| − Δ)) *)
Definition reciprocal : Prop :=
  forall x : R,
  forall y : R,
  forall Delta : R,
  ((Rabs (x - y) <= Delta) /\
  (Delta < Rabs x)) ->
  Rabs (/ y - / x) <= Delta / ((- Delta + Rabs x) * Rabs x).
