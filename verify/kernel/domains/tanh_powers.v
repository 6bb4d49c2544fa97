(* tanh_powers: factorials are above 0, and the derivative at b is not 0. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude.
From Attnproof.needs Require Import tanh_powers.
Open Scope R_scope.

Theorem power_defined_holds : power_defined.
Proof.
  intros n c. split; [intros; lia|]. split.
  - intros _ m M x. split; [intros; lia|]. exists 1. split; [lra | intros; lia].
  - intros _ m M b h z [hp some]. split; [lra|]. split; [exact some|].
    split; [intros; split; apply INR_fact_neq_0 | now apply Rabs_no_R0].
Qed.
