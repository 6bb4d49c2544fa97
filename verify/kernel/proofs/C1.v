(* C1: the proofs of its propositions. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums sizes.
From Attnproof.statements Require Import C1.
Open Scope R_scope.

Theorem bilinear_holds : bilinear.
Proof. unfold bilinear. intros. count. ring. Qed.

Theorem additive_holds : additive.
Proof. unfold additive. intros. count. ring. Qed.

Theorem concat_holds : concat.
Proof. unfold concat. intros. count. ring. Qed.

Theorem additive_with_bias_holds : additive_with_bias.
Proof. unfold additive_with_bias. intros. count. ring. Qed.
