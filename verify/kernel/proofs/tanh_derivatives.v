(* tanh_derivatives: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums tanh derivatives_of_tanh.
From Attnproof.statements Require Import tanh_derivatives.
Open Scope R_scope.

Theorem polynomials_holds : polynomials.
Proof.
  intros n. exists coefficient. split; [apply chain|]. intros m _. split; [apply leading|].
  intros i _ beyond. now apply coefficient_beyond.
Qed.

Theorem bounded_holds : bounded.
Proof.
  intros n. exists coefficient. split; [apply chain|]. intros m most x. apply Rle_trans with (2 := total_size n m ltac:(lia)).
  eapply Rle_trans; [apply sum_abs|]. apply sum_le. intros i _.
  rewrite Rabs_mult, coefficient_size, <- RPow_abs. rewrite <- (Rmult_1_l (size m i)) at 2.
  apply Rmult_le_compat_r; [apply size_nonneg|]. rewrite <- (pow1 i). apply pow_incr.
  split; [apply Rabs_pos | apply Rlt_le, tanh_abs_lt_1].
Qed.

Theorem not_0_at_some_point_holds : not_0_at_some_point.
Proof.
  intros n. exists coefficient. split; [apply chain|]. intros m most.
  destruct (some_point n m ltac:(lia)) as [j [below other]]. exists j. split; [exact below|].
  intros x at_point. rewrite at_point. exact other.
Qed.

Theorem odd_not_0_at_0_holds : odd_not_0_at_0.
Proof.
  intros n. exists coefficient. split; [apply chain|]. intros m _ q x [-> ->]. exact (odd_at_0 n q).
Qed.
