(* exponential_tangent. Printed from derivations/statements/lemmas/exponential_tangent.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the exponential is above its tangent at 0 *)
Definition tangent : Prop :=
  forall y : R,
  y + 1 <= exp y.

(* to the right of 0, e^(−y) lies between 1 − y and 1/(1 + y) *)
Definition falling : Prop :=
  forall y : R,
  (0 <= y) ->
  (1 - y <= exp (- y)) /\
  (exp (- y) <= / (y + 1)).

(* and e^y is above y²/2 *)
Definition square : Prop :=
  forall y : R,
  (0 <= y) ->
  y ^ 2 / 2 <= exp y.
