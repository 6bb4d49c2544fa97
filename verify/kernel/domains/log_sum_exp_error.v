(* What is within a factor of a positive number is positive. *)
From Coq Require Import Reals Lra Lia.
From Attnproof.theory Require Import prelude defined.
From Attnproof.needs Require Import log_sum_exp_error.
Open Scope R_scope.

Theorem factor_defined_holds : factor_defined.
Proof.
  unfold factor_defined. intros x z G [xp [Gp [[_ low] _]]]. pose proof (Rdiv_lt_0_compat x G xp Gp). repeat split; lra.
Qed.
