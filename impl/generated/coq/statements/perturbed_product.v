(* perturbed_product. Printed from derivations/statements/lemmas/perturbed_product.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* off by a factor c of at most 1, 2/(1 + P) moves by at most (1 − c)/(2c) *)
Definition smaller : Prop :=
  forall P : R,
  forall c : R,
  ((0 < P) /\
  (0 < c) /\
  (c <= 1)) ->
  Rabs (2 / (P * c + 1) - 2 / (P + 1)) <= (1 - c) / (2 * c).

(* by one of at least 1, by at most (c − 1)/2 *)
Definition larger : Prop :=
  forall P : R,
  forall c : R,
  ((0 < P) /\
  (0 < c) /\
  (1 <= c)) ->
  Rabs (2 / (P * c + 1) - 2 / (P + 1)) <= c / 2 - 1 / 2.

(* 4P/(1 + P)² is off by a factor between c and 1/c *)
Definition slope : Prop :=
  forall P : R,
  forall c : R,
  ((0 < P) /\
  (0 < c)) ->
  exists r : R,
  ((4 * P * c / (P * c + 1) ^ 2 = 4 * P * r / (P + 1) ^ 2) /\
  (Rmin (/ c) c <= r) /\
  (r <= Rmax (/ c) c)).
