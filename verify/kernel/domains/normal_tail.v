(* normal_tail: pi is above 0, and so is 1 + x^2. *)
From Coq Require Import Reals Lra.
From Attnproof.theory Require Import prelude.
From Attnproof.needs Require Import normal_tail.
Open Scope R_scope.

Theorem tail_defined_holds : tail_defined.
Proof.
  intros Q _ x xp. pose proof PI_RGT_0. pose proof (pow2_ge_0 x). repeat split; lra.
Qed.
