(* softmax_condition. Printed from derivations/statements/lemmas/softmax_condition.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* where logits move by at most Δ, the logarithm of a weight moves by at most 2Δ *)
Definition logarithm : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall t : nat -> R,
  forall x : nat -> R,
  forall Delta : R,
  forall i : nat, (i < n_k)%nat ->
  (forall l : nat, (l < n_k)%nat ->
  Rabs (x l) <= Delta) ->
  let alpha := fun j : nat => exp (t j) / sum n_k (fun l : nat => exp (t l)) in
  let beta := fun j : nat => exp (t j + x j) / sum n_k (fun l : nat => exp (t l + x l)) in
  Rabs (ln (beta i / alpha i)) <= 2 * Delta.

(* so do the log-odds of two keys *)
Definition log_odds : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall t : nat -> R,
  forall x : nat -> R,
  forall Delta : R,
  forall i : nat, (i < n_k)%nat ->
  forall k : nat, (k < n_k)%nat ->
  (forall l : nat, (l < n_k)%nat ->
  Rabs (x l) <= Delta) ->
  let alpha := fun j : nat => exp (t j) / sum n_k (fun l : nat => exp (t l)) in
  let beta := fun j : nat => exp (t j + x j) / sum n_k (fun l : nat => exp (t l + x l)) in
  Rabs (ln (alpha i / alpha k) - ln (beta i / beta k)) <= 2 * Delta.

(* and the weight by at most tanh(Δ/2) *)
Definition weight : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall t : nat -> R,
  forall x : nat -> R,
  forall Delta : R,
  forall i : nat, (i < n_k)%nat ->
  (forall l : nat, (l < n_k)%nat ->
  Rabs (x l) <= Delta) ->
  let alpha := fun j : nat => exp (t j) / sum n_k (fun l : nat => exp (t l)) in
  let beta := fun j : nat => exp (t j + x j) / sum n_k (fun l : nat => exp (t l + x l)) in
  Rabs (alpha i - beta i) <= tanh (Delta / 2).

(* which it does at 1/(1 + e^Δ), its own logit moved by Δ and all others by −Δ *)
Definition attained : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall t : nat -> R,
  forall x : nat -> R,
  forall Delta : R,
  forall i : nat, (i < n_k)%nat ->
  (forall l : nat, (l < n_k)%nat ->
  x l = Delta * (2 * delta i l - 1)) ->
  let alpha := fun j : nat => exp (t j) / sum n_k (fun l : nat => exp (t l)) in
  let beta := fun j : nat => exp (t j + x j) / sum n_k (fun l : nat => exp (t l + x l)) in
  (alpha i = / (exp Delta + 1)) ->
  - alpha i + beta i = tanh (Delta / 2).
