(* G1: the proofs of its propositions. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums.
From Attnproof.statements Require Import G1.
Open Scope R_scope.

Theorem gate_of_the_query_holds : gate_of_the_query.
Proof.
  unfold gate_of_the_query. intros. apply sum_ext. intros. rewrite <- sum_scal_r. apply sum_ext. intros. ring.
Qed.

Theorem gate_is_linear_in_the_query_holds : gate_is_linear_in_the_query.
Proof.
  unfold gate_is_linear_in_the_query. intros. rewrite <- !sum_scal_l, <- sum_plus. apply sum_ext. intros. ring.
Qed.

(* The multiple of the column whose gate is y. *)
Theorem gate_takes_every_value_holds : gate_takes_every_value.
Proof.
  unfold gate_takes_every_value. intros d_q _ d_k _ W f0 _ some y.
  exists (fun r => y / sum d_q (fun r => W r f0 ^ 2) * W r f0).
  rewrite (sum_ext d_q _ (fun r => y / sum d_q (fun r => W r f0 ^ 2) * W r f0 ^ 2)) by (intros; ring).
  rewrite sum_scal_l. field. lra.
Qed.

Theorem closed_where_the_column_is_zero_holds : closed_where_the_column_is_zero.
Proof.
  unfold closed_where_the_column_is_zero. intros d_q _ d_k _ W f0 _ s none.
  rewrite (sum_ext d_q _ (fun _ => 0)); [apply sum_zero|]. intros r below.
  pose proof (sum_zero_each d_q _ (fun i _ => pow2_ge_0 (W i f0)) none r below) as nought. simpl in nought.
  assert (W r f0 = 0) as -> by nra. ring.
Qed.

Theorem gate_of_the_key_holds : gate_of_the_key.
Proof.
  unfold gate_of_the_key. intros. rewrite sum_swap. apply sum_ext. intros. rewrite <- sum_scal_r. apply sum_ext.
  intros. ring.
Qed.
