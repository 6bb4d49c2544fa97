(* exponentials_in_range. Printed from derivations/statements/lemmas/exponentials_in_range.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* for |a| at most (k/2) ln 2, e^(2a) lies between 2^(−k) and 2^k *)
Definition range : Prop :=
  forall k : nat,
  forall a : R,
  (Rabs a <= INR k * ln 2 / 2) ->
  (/ 2 ^ k <= exp (2 * a)) /\
  (exp (2 * a) <= 2 ^ k).

(* which are normal numbers of a format with k at most e_max − 1 *)
Definition ends : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (2 <= e_max)%nat ->
  forall k : nat,
  (((k + 1)%nat <= e_max)%nat) ->
  ((rounded p e_max (/ 2 ^ k) = / 2 ^ k) /\
  (2 / 2 ^ e_max <= / 2 ^ k) /\
  (/ 2 ^ k < 2 * 2 ^ e_max)) /\
  ((rounded p e_max (2 ^ k) = 2 ^ k) /\
  (2 / 2 ^ e_max <= 2 ^ k) /\
  (2 ^ k < 2 * 2 ^ e_max)).

(* so rounding it is a factor within 1 ± u *)
Definition off_by_u : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (2 <= e_max)%nat ->
  forall k : nat,
  forall a : R,
  ((((k + 1)%nat <= e_max)%nat) /\
  (Rabs a <= INR k * ln 2 / 2)) ->
  Rabs (exp (2 * a) - rounded p e_max (exp (2 * a))) <= exp (2 * a) / 2 ^ p.

(* the largest k is 14 in fp16, 126 in bf16 and fp32, 1022 in fp64 *)
Definition largest_k : Prop :=
  forall k : nat,
  (forall e_max : nat, (2 <= e_max)%nat ->
  ((e_max = 15)%nat) ->
  (2 / 2 ^ e_max <= / 2 ^ k) <->
  ((k <= 14)%nat)) /\
  (forall e_max : nat, (2 <= e_max)%nat ->
  ((e_max = 127)%nat) ->
  (2 / 2 ^ e_max <= / 2 ^ k) <->
  ((k <= 126)%nat)) /\
  (forall e_max : nat, (2 <= e_max)%nat ->
  ((e_max = 1023)%nat) ->
  (2 / 2 ^ e_max <= / 2 ^ k) <->
  ((k <= 1022)%nat)).
