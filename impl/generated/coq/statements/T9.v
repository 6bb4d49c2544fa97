(* T9. Printed from derivations/statements/t9.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the weights are those of the scores less their maximum *)
Definition unchanged : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  let m := largest n_k (fun m : nat => e m) in
  let s := fun j : nat => - m + e j in
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  let beta := fun j : nat => exp (s j) / sum n_k (fun l : nat => exp (s l)) in
  beta i = alpha i.

(* every exponent is at most 0, every term above 0 and at most 1 *)
Definition exponents_and_terms : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  let m := largest n_k (fun m : nat => e m) in
  let s := fun j : nat => - m + e j in
  (s i <= 0) /\
  (0 < exp (s i)) /\
  (exp (s i) <= 1).

(* the denominator is at least 1 and at most the number of keys *)
Definition denominator : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  let m := largest n_k (fun m : nat => e m) in
  let s := fun j : nat => - m + e j in
  (1 <= sum n_k (fun i : nat => exp (s i))) /\
  (sum n_k (fun i : nat => exp (s i)) <= INR n_k).
