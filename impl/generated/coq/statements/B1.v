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

(* with rounding: how far the logarithm of a computed weight over the exact one is from 0 *)
Definition rounded_log_ratio : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall m : nat, (m < n_k)%nat ->
  forall q : nat, (q < n_k)%nat ->
  forall e : nat -> R,
  forall T : nat -> R,
  forall delta_add : nat -> R,
  forall delta_reduce : nat -> R,
  forall delta_raise : nat -> R,
  forall delta_sum : nat -> R,
  forall delta_inv : nat -> R,
  forall delta_div : nat -> R,
  forall b : R,
  forall E_max : R,
  forall u : R,
  forall h : R,
  forall D : R,
  ((((q + 1)%nat = n_k)%nat) /\
  (D = 2 * E_max * u + u * (E_max + Rabs b) * (2 * u + 1) - ln (1 - h)) /\
  ((0 <= u) /\
  (u < 1) /\
  (0 <= h) /\
  (h < 1) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (e j) <= E_max) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (delta_raise j) <= h) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (delta_add j) <= u) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (delta_reduce j) <= u) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (delta_sum j) <= u) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (delta_inv j) <= u) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (delta_div j) <= u))) ->
  let t := fun j : nat => (b + e j) * (delta_add j + 1) in
  (forall j : nat, (j < n_k)%nat ->
  t j <= t m) ->
  let s := fun j : nat => (delta_reduce j + 1) * (t j - t m) in
  let p := fun j : nat => (delta_raise j + 1) * exp (s j) in
  ((T 0%nat = p 0%nat) /\
  (forall k : nat, (k < n_k)%nat ->
  (((k + 1)%nat <= q)%nat) ->
  T (k + 1)%nat = (T k + p (k + 1)%nat) * (delta_sum (k + 1)%nat + 1))) ->
  let beta := fun j : nat => (delta_div j + 1) * (delta_inv j + 1) * p j / T q in
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  forall i : nat, (i < n_k)%nat ->
  (0 < beta i) /\
  (Rabs (ln (beta i / alpha i)) <= 2 * D - INR (n_k + 1)%nat * ln (1 - u)).

(* and how far the computed weight is from the exact one *)
Definition rounded_weight : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall m : nat, (m < n_k)%nat ->
  forall q : nat, (q < n_k)%nat ->
  forall e : nat -> R,
  forall T : nat -> R,
  forall delta_add : nat -> R,
  forall delta_reduce : nat -> R,
  forall delta_raise : nat -> R,
  forall delta_sum : nat -> R,
  forall delta_inv : nat -> R,
  forall delta_div : nat -> R,
  forall b : R,
  forall E_max : R,
  forall u : R,
  forall h : R,
  forall D : R,
  ((((q + 1)%nat = n_k)%nat) /\
  (D = 2 * E_max * u + u * (E_max + Rabs b) * (2 * u + 1) - ln (1 - h)) /\
  ((0 <= u) /\
  (u < 1) /\
  (0 <= h) /\
  (h < 1) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (e j) <= E_max) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (delta_raise j) <= h) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (delta_add j) <= u) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (delta_reduce j) <= u) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (delta_sum j) <= u) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (delta_inv j) <= u) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (delta_div j) <= u))) ->
  let t := fun j : nat => (b + e j) * (delta_add j + 1) in
  (forall j : nat, (j < n_k)%nat ->
  t j <= t m) ->
  let s := fun j : nat => (delta_reduce j + 1) * (t j - t m) in
  let p := fun j : nat => (delta_raise j + 1) * exp (s j) in
  ((T 0%nat = p 0%nat) /\
  (forall k : nat, (k < n_k)%nat ->
  (((k + 1)%nat <= q)%nat) ->
  T (k + 1)%nat = (T k + p (k + 1)%nat) * (delta_sum (k + 1)%nat + 1))) ->
  let beta := fun j : nat => (delta_div j + 1) * (delta_inv j + 1) * p j / T q in
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  forall i : nat, (i < n_k)%nat ->
  Rabs (alpha i - beta i) <= / (1 - u) ^ (n_k + 1)%nat + tanh (D / 2) - 1.
