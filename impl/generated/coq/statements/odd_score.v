(* odd_score. Printed from derivations/statements/lemmas/odd_score.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the additive score without bias changes its sign with query and key *)
Definition additive : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => - (W_h a f * k j f)) + sum d_q (fun r : nat => - (W_s a r * q i r))) * v a) = - sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r)) * v a).

(* and so does the concatenated one *)
Definition concatenated : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall v : nat -> R,
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => - (W a (d_q + f)%nat * k j f)) + sum d_q (fun r : nat => - (W a r * q i r))) * v a) = - sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r)) * v a).
