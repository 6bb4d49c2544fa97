(* S4: the proofs of its propositions. *)
From Coq Require Import Reals Lra Lia Psatz Arith.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums slopes.
From Attnproof.statements Require Import S4.
Open Scope R_scope.

Theorem same_scores_holds : same_scores.
Proof.
  unfold same_scores. intros. apply sum_ext. intros a below. destruct (H4 a below) as [left right].
  do 2 f_equal. f_equal; apply sum_ext; intros; now rewrite ?left, ?right by assumption.
Qed.

Theorem same_scores_with_bias_holds : same_scores_with_bias.
Proof.
  unfold same_scores_with_bias. intros. apply sum_ext. intros a below. destruct (H4 a below) as [left right].
  do 2 f_equal. rewrite !Rplus_assoc. do 2 f_equal; apply sum_ext; intros; now rewrite ?left, ?right by assumption.
Qed.

Theorem gradient_of_the_weights_holds : gradient_of_the_weights.
Proof.
  unfold gradient_of_the_weights. intros. split; intros; apply slope_same; intros; do 2 (apply sum_ext; intros);
    apply f_equal; apply sum_ext; intros a below; destruct (H4 a below) as [left right]; do 2 f_equal.
  - f_equal; apply sum_ext; intros; rewrite ?left, ?right by assumption; [reflexivity|].
    rewrite (delta_other r0) by lia. ring.
  - rewrite Rplus_comm. f_equal; apply sum_ext; intros; rewrite ?left, ?right, ?delta_shift by assumption;
      [reflexivity|].
    match goal with |- context [delta ?r (d_q + f0)] => rewrite (delta_other r) by lia end. ring.
Qed.

Theorem gradients_of_the_inputs_holds : gradients_of_the_inputs.
Proof.
  unfold gradients_of_the_inputs. intros. apply slope_same. intros. do 2 (apply sum_ext; intros).
  apply f_equal, sum_ext. intros a below. destruct (H4 a below) as [left right]. do 2 f_equal.
  f_equal; apply sum_ext; intros; rewrite ?left, ?right by assumption; reflexivity.
Qed.

Theorem every_matrix_has_blocks_holds : every_matrix_has_blocks.
Proof.
  unfold every_matrix_has_blocks. intros. exists W, (fun a f => W a (d_q + f)%nat). now split.
Qed.

Theorem blocks_are_unique_holds : blocks_are_unique.
Proof.
  unfold blocks_are_unique. intros. destruct H2 as [one two]. specialize (one a H3). specialize (two a H3).
  split; intros; [rewrite <- (proj1 one), <- (proj1 two) | rewrite <- (proj2 one), <- (proj2 two)]; auto.
Qed.

Theorem all_blocks_make_a_matrix_holds : all_blocks_make_a_matrix.
Proof.
  unfold all_blocks_make_a_matrix. intros.
  exists (fun a m => if (m <? d_q)%nat then W_s a m else W_h a (m - d_q)%nat). split; intros.
  - destruct (Nat.ltb_spec r d_q); [reflexivity | lia].
  - destruct (Nat.ltb_spec (d_q + f) d_q); [lia|]. f_equal. lia.
Qed.

Theorem as_many_parameters_holds : as_many_parameters.
Proof. unfold as_many_parameters. intros. rewrite !sum_const, plus_INR. ring. Qed.
