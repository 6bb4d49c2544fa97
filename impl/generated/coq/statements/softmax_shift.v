(* softmax_shift. Printed from derivations/statements/lemmas/softmax_shift.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the quotient of two weights is the exponential of the difference of their logits *)
Definition quotient : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall t : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  forall k : nat, (k < n_k)%nat ->
  let alpha := fun j : nat => exp (t j) / sum n_k (fun l : nat => exp (t l)) in
  alpha i / alpha k = exp (t i - t k).

(* shifts move the log-odds of two keys by the difference of theirs *)
Definition log_odds : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall t : nat -> R,
  forall x : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  forall k : nat, (k < n_k)%nat ->
  let alpha := fun j : nat => exp (t j) / sum n_k (fun l : nat => exp (t l)) in
  let beta := fun j : nat => exp (t j + x j) / sum n_k (fun l : nat => exp (t l + x l)) in
  ln (beta i / beta k) = ln (alpha i / alpha k) + x i - x k.

(* all weights stay as they are exactly if all shifts are equal *)
Definition unchanged : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall t : nat -> R,
  forall x : nat -> R,
  let alpha := fun j : nat => exp (t j) / sum n_k (fun l : nat => exp (t l)) in
  let beta := fun j : nat => exp (t j + x j) / sum n_k (fun l : nat => exp (t l + x l)) in
  (forall i : nat, (i < n_k)%nat ->
  beta i = alpha i) <->
  (forall i : nat, (i < n_k)%nat ->
  forall k : nat, (k < n_k)%nat ->
  x i = x k).
