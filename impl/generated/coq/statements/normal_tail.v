(* normal_tail. Printed from derivations/statements/lemmas/normal_tail.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the integral Q of the density from x > 0 on is between x/(1 + x²) and 1/x times the density *)
Definition tail : Prop :=
  forall Q : R -> R,
  ((forall x : R,
  is_derive (fun t : R => Q t) x (- (sqrt 2 * exp (- (x ^ 2 / 2)) / (2 * sqrt PI)))) /\
  (is_lim (fun t : R => Q t) p_infty (Finite 0))) ->
  forall x : R,
  (0 < x) ->
  (sqrt 2 * x * exp (- (x ^ 2 / 2)) / (2 * sqrt PI * (x ^ 2 + 1)) <= Q x) /\
  (Q x <= sqrt 2 * exp (- (x ^ 2 / 2)) / (2 * sqrt PI * x)).
