(* B1. Printed from derivations/statements/b1.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* a bias added to the logits of all keys leaves the weights unchanged *)
Definition unchanged : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall b : R,
  forall i : nat, (i < n_k)%nat ->
  exp (b + e i) / sum n_k (fun l : nat => exp (b + e l)) = exp (e i) / sum n_k (fun l : nat => exp (e l)).

(* before a soft-cap, every bias other than 0 changes the weights of some scores of two keys or more *)
Definition before_softcap : Prop :=
  forall n_k : nat, (2 <= n_k)%nat ->
  forall kappa : R,
  forall b : R,
  ((0 < kappa) /\
  (b <> 0)) ->
  exists e : nat -> R,
  (exists i : nat, (i < n_k)%nat /\
  (exp (kappa * tanh ((b + e i) / kappa)) / sum n_k (fun l : nat => exp (kappa * tanh ((b + e l) / kappa))) <> exp (kappa * tanh (e i / kappa)) / sum n_k (fun l : nat => exp (kappa * tanh (e l / kappa))))).

(* with a sink term c in the denominator it changes every weight *)
Definition with_sink : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall c : R,
  forall b : R,
  forall i : nat, (i < n_k)%nat ->
  ((0 < c) /\
  (b <> 0)) ->
  exp (b + e i) / (c + sum n_k (fun l : nat => exp (b + e l))) <> exp (e i) / (c + sum n_k (fun l : nat => exp (e l))).

(* and with a sigmoid in place of the softmax *)
Definition with_sigmoid : Prop :=
  forall x : R,
  forall b : R,
  (b <> 0) ->
  sigmoid (b + x) <> sigmoid x.
