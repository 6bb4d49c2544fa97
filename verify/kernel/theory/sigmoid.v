(* The sigmoid: tanh is a sigmoid of twice the argument, stretched to (-1, 1). *)
From Coq Require Import Reals Lra.
From Attnproof.theory Require Import prelude tanh.
Open Scope R_scope.

Lemma tanh_sigmoid (x : R) : tanh x = 2 * sigmoid (2 * x) - 1.
Proof.
  rewrite tanh_exp. unfold sigmoid. rewrite exp_Ropp. pose proof (exp_pos (2 * x)). field. lra.
Qed.

Lemma sigmoid_pos (x : R) : 0 < sigmoid x.
Proof. unfold sigmoid. pose proof (exp_pos (- x)). apply Rinv_0_lt_compat. lra. Qed.

Lemma sigmoid_lt_1 (x : R) : sigmoid x < 1.
Proof.
  unfold sigmoid. pose proof (exp_pos (- x)). rewrite <- Rinv_1. apply Rinv_lt_contravar; lra.
Qed.
