(* sech_squared_convex. Printed from derivations/statements/lemmas/sech_squared_convex.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* f(x) = sech²(√x) is strictly decreasing for x ≥ 0 *)
Definition falls : Prop :=
  forall x : R,
  forall y : R,
  ((0 <= x) /\
  (x < y)) ->
  sech (sqrt y) ^ 2 < sech (sqrt x) ^ 2.

(* and strictly convex *)
Definition convex : Prop :=
  forall x : R,
  forall y : R,
  forall r : R,
  ((0 <= x) /\
  (0 <= y) /\
  (x <> y) /\
  (0 < r) /\
  (r < 1)) ->
  sech (sqrt (r * x + y * (1 - r))) ^ 2 < r * sech (sqrt x) ^ 2 + (1 - r) * sech (sqrt y) ^ 2.

(* so it has a tangent at every M > 0, and is above it everywhere else *)
Definition above_tangent : Prop :=
  forall M : R,
  (0 < M) ->
  exists s : R,
  ((is_derive (fun t : R => sech (sqrt t) ^ 2) M s) /\
  (forall x : R,
  ((0 <= x) /\
  (x <> M)) ->
  s * (- M + x) + sech (sqrt M) ^ 2 < sech (sqrt x) ^ 2)).
