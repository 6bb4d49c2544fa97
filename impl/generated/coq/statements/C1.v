(* C1. Printed from derivations/statements/c1.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the bilinear score has d_q d_k parameters *)
Definition bilinear : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  sum d_k (fun f : nat => sum d_q (fun a : nat => 1)) = INR d_k * INR d_q.

(* the additive score has d_a (d_q + d_k + 1) *)
Definition additive : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  sum d_a (fun a : nat => 1) + sum d_k (fun f : nat => sum d_a (fun a : nat => 1)) + sum d_q (fun f : nat => sum d_a (fun a : nat => 1)) = INR d_a * INR (d_k + d_q + 1)%nat.

(* and so has the concat score *)
Definition concat : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  sum d_a (fun a : nat => 1) + sum (d_k + d_q)%nat (fun f : nat => sum d_a (fun a : nat => 1)) = INR d_a * INR (d_k + d_q + 1)%nat.

(* the additive score with a bias inside tanh has d_a (d_q + d_k + 2) *)
Definition additive_with_bias : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  2 * sum d_a (fun a : nat => 1) + sum d_k (fun f : nat => sum d_a (fun a : nat => 1)) + sum d_q (fun f : nat => sum d_a (fun a : nat => 1)) = INR d_a * INR (d_k + d_q + 2)%nat.
