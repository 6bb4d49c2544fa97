(* T9: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums largest softmax tanh_weights enclosure.
From Attnproof.statements Require Import T9.
Open Scope R_scope.

Theorem unchanged_holds : unchanged.
Proof.
  intros n some e i below m s alpha beta. change (weight n s i = weight n e i).
  rewrite <- (weight_shift n e (- m) i some). apply weight_ext; [exact below|]. intros. unfold s. ring.
Qed.

Theorem exponents_and_terms_holds : exponents_and_terms.
Proof.
  intros n some e i below m s.
  assert (at_most : s i <= 0) by (unfold s, m; pose proof (largest_ge n (fun m => e m) i below); cbv beta in *; lra).
  split; [exact at_most|]. split; [apply exp_pos|]. rewrite <- exp_0. now apply exp_le.
Qed.

Theorem denominator_holds : denominator.
Proof.
  intros n some e m s. split.
  - destruct (largest_in n (fun m => e m) some) as [k [below same]].
    replace 1 with (exp (s k)).
    + apply (sum_single_le n (fun i => exp (s i))); [intros; apply Rlt_le, exp_pos | exact below].
    + rewrite <- exp_0. f_equal. unfold s, m. rewrite same. ring.
  - rewrite <- (Rmult_1_r (INR n)), <- sum_const. apply sum_le. intros i I.
    apply (exponents_and_terms_holds n some e i I).
Qed.

(* One edge: up to [last] below the level, from [next] on above it *)
Lemma edge (last next level x : R) :
  exp last < level -> level < exp next -> (x <= last -> exp x < level) /\ (next <= x -> level < exp x).
Proof.
  intros below above. split; intros less.
  - eapply Rle_lt_trans; [apply exp_le, less | exact below].
  - eapply Rlt_le_trans; [exact above | apply exp_le, less].
Qed.

(* Powers of 2 with whole exponents, which interval arithmetic reads. *)
Ltac powers := rewrite ?pow_powerRZ; simpl Z.of_nat.

Theorem overflow_fp16_holds : overflow_fp16.
Proof. intros p _ E _ x [-> ->]. apply edge; powers; interval with (Tactic.i_prec 100). Qed.

Theorem overflowing_sum_fp16_holds : overflowing_sum_fp16.
Proof. intros p _ E _ [-> ->]. powers. interval with (Tactic.i_prec 100). Qed.

Theorem underflow_fp16_holds : underflow_fp16.
Proof. intros p _ E _ x [-> ->]. apply edge; powers; interval with (Tactic.i_prec 100). Qed.

Theorem overflow_bf16_holds : overflow_bf16.
Proof. intros p _ E _ x [-> ->]. apply edge; powers; interval with (Tactic.i_prec 100). Qed.

Theorem overflowing_sum_bf16_holds : overflowing_sum_bf16.
Proof. intros p _ E _ [-> ->]. powers. interval with (Tactic.i_prec 100). Qed.

Theorem underflow_bf16_holds : underflow_bf16.
Proof. intros p _ E _ x [-> ->]. apply edge; powers; interval with (Tactic.i_prec 100). Qed.

Theorem overflow_fp32_holds : overflow_fp32.
Proof. intros p _ E _ x [-> ->]. apply edge; powers; interval with (Tactic.i_prec 100). Qed.

Theorem overflowing_sum_fp32_holds : overflowing_sum_fp32.
Proof. intros p _ E _ [-> ->]. powers. interval with (Tactic.i_prec 100). Qed.

Theorem underflow_fp32_holds : underflow_fp32.
Proof. intros p _ E _ x [-> ->]. apply edge; powers; interval with (Tactic.i_prec 100). Qed.

Theorem overflow_fp64_holds : overflow_fp64.
Proof. intros p _ E _ x [-> ->]. apply edge; powers; interval with (Tactic.i_prec 100). Qed.

Theorem overflowing_sum_fp64_holds : overflowing_sum_fp64.
Proof. intros p _ E _ [-> ->]. powers. interval with (Tactic.i_prec 100). Qed.

Theorem underflow_fp64_holds : underflow_fp64.
Proof. intros p _ E _ x [-> ->]. apply edge; powers; interval with (Tactic.i_prec 100). Qed.
