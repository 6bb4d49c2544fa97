(* S5: the proofs of its propositions. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums slopes roots.
From Attnproof.statements Require Import S5.
Open Scope R_scope.

Theorem factor_shared_out_holds : factor_shared_out.
Proof.
  unfold factor_shared_out. intros. rewrite <- sum_div. apply sum_ext. intros r _.
  rewrite <- fourth_root by (apply lt_0_INR; lia).
  assert (0 < Rpower (INR d) (1 / 4)) by apply exp_pos. field. lra.
Qed.

Theorem gradients_over_root_holds : gradients_over_root.
Proof.
  unfold gradients_over_root. intros. pose proof (root_pos d H1).
  split; intros; apply slope_divided; try lra; intros t; rewrite <- sum_div; apply sum_ext; intros;
    rewrite <- sum_div; apply sum_ext; intros; field; lra.
Qed.
