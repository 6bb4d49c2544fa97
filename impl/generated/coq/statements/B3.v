(* B3. Printed from derivations/statements/b3.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* a bias per key shifts the log-odds of two keys by the difference of their biases *)
Definition log_odds : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall b : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  forall k : nat, (k < n_k)%nat ->
  let t := fun j : nat => b j + e j in
  let alpha := fun j : nat => exp (t j) / sum n_k (fun l : nat => exp (t l)) in
  let beta := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  ln (alpha i / alpha k) = ln (beta i / beta k) + b i - b k.

(* a bias by position is equivariant under permutations of the keys exactly if it is the same at all positions *)
Definition by_position : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall b : nat -> R,
  (forall P : nat -> nat -> R,
  forall e : nat -> R,
  ((forall i : nat, (i < n_k)%nat ->
  forall m : nat, (m < n_k)%nat ->
  (P i m = 0) \/
  (P i m = 1)) /\
  (forall i : nat, (i < n_k)%nat ->
  sum n_k (fun m : nat => P i m) = 1) /\
  (forall m : nat, (m < n_k)%nat ->
  sum n_k (fun i : nat => P i m) = 1)) ->
  forall k : nat, (k < n_k)%nat ->
  exp (b k + sum n_k (fun m : nat => P k m * e m)) / sum n_k (fun l : nat => exp (b l + sum n_k (fun m : nat => P l m * e m))) = sum n_k (fun m : nat => exp (b m + e m) * P k m / sum n_k (fun l : nat => exp (b l + e l)))) <->
  (forall i : nat, (i < n_k)%nat ->
  forall k : nat, (k < n_k)%nat ->
  b i = b k).

(* two equal keys have the difference of their biases as log-odds *)
Definition equal_keys : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall b : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  forall k : nat, (k < n_k)%nat ->
  let t := fun j : nat => b j + e j in
  let alpha := fun j : nat => exp (t j) / sum n_k (fun l : nat => exp (t l)) in
  (e i = e k) ->
  ln (alpha i / alpha k) = b i - b k.

(* a bias that goes with its key keeps the equivariance *)
Definition by_key : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall b : nat -> R,
  forall P : nat -> nat -> R,
  forall e : nat -> R,
  ((forall i : nat, (i < n_k)%nat ->
  forall m : nat, (m < n_k)%nat ->
  (P i m = 0) \/
  (P i m = 1)) /\
  (forall i : nat, (i < n_k)%nat ->
  sum n_k (fun m : nat => P i m) = 1) /\
  (forall m : nat, (m < n_k)%nat ->
  sum n_k (fun i : nat => P i m) = 1)) ->
  forall k : nat, (k < n_k)%nat ->
  exp (sum n_k (fun m : nat => P k m * b m) + sum n_k (fun m : nat => P k m * e m)) / sum n_k (fun l : nat => exp (sum n_k (fun m : nat => P l m * b m) + sum n_k (fun m : nat => P l m * e m))) = sum n_k (fun m : nat => exp (b m + e m) * P k m / sum n_k (fun l : nat => exp (b l + e l))).
