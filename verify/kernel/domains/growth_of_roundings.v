(* u < 1, since n u < 1. *)
From Coq Require Import Reals Lra Lia.
From Attnproof.theory Require Import prelude defined.
From Attnproof.needs Require Import growth_of_roundings.
Open Scope R_scope.

Theorem higham_defined_holds : higham_defined.
Proof.
  unfold higham_defined. intros n some u [least less]. apply (le_INR 1) in some. simpl in some. split; nra.
Qed.
