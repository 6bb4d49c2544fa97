(* mean_value_tanh. Printed from derivations/statements/lemmas/mean_value_tanh.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* tanh moves by at most Δ sech² of the least size of the argument *)
Definition tanh_moves : Prop :=
  forall z : R,
  forall y : R,
  forall Delta : R,
  (Rabs (y - z) <= Delta) ->
  let l := Rmax (- Delta + Rabs z) 0 in
  Rabs (tanh y - tanh z) <= Delta * sech l ^ 2.

(* and sech² by at most Δ times its largest slope *)
Definition derivative_moves : Prop :=
  forall z : R,
  forall y : R,
  forall Delta : R,
  (Rabs (y - z) <= Delta) ->
  let l := Rmax (- Delta + Rabs z) 0 in
  let m := Delta + Rabs z in
  (Rabs (sech y ^ 2 - sech z ^ 2) <= 2 * Delta * tanh m * sech l ^ 2) /\
  (Rabs (sech y ^ 2 - sech z ^ 2) <= 4 * sqrt 3 * Delta / 9).
