(* growth_of_roundings. Printed from derivations/statements/lemmas/growth_of_roundings.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* a product of n factors (1 + d)^(±1), |d| at most u < 1, lies between (1 − u)^n and (1 − u)^(−n) *)
Definition range : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall u : R,
  forall d : nat -> R,
  forall P : nat -> R,
  (((0 <= u) /\
  (u < 1)) /\
  ((P 0%nat = 1) /\
  (forall k : nat, (k < n)%nat ->
  (Rabs (d k) <= u) /\
  ((P (k + 1)%nat = (d k + 1) * P k) \/
  (P (k + 1)%nat = P k / (d k + 1)))))) ->
  ((1 - u) ^ n <= P n) /\
  (P n <= / (1 - u) ^ n).

(* its distance from 1 is at most G − 1 *)
Definition distance : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall u : R,
  forall d : nat -> R,
  forall P : nat -> R,
  (((0 <= u) /\
  (u < 1)) /\
  ((P 0%nat = 1) /\
  (forall k : nat, (k < n)%nat ->
  (Rabs (d k) <= u) /\
  ((P (k + 1)%nat = (d k + 1) * P k) \/
  (P (k + 1)%nat = P k / (d k + 1)))))) ->
  Rabs (P n - 1) <= - 1 + / (1 - u) ^ n.

(* a sum of terms, each with a factor at most g from 1, is off by at most g times the sum of their sizes *)
Definition sum_of_terms : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall p : nat -> R,
  forall f : nat -> R,
  forall g : R,
  (forall k : nat, (k < n)%nat ->
  Rabs (f k - 1) <= g) ->
  Rabs (sum n (fun k : nat => f k * p k) - sum n (fun k : nat => p k)) <= g * sum n (fun k : nat => Rabs (p k)).

(* where n u < 1, G − 1 is at most n u/(1 − n u) *)
Definition higham : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall u : R,
  ((0 <= u) /\
  (INR n * u < 1)) ->
  - 1 + / (1 - u) ^ n <= INR n * u / (- (INR n * u) + 1).
