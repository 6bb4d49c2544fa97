(* S2: the proofs of its propositions. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums.
From Attnproof.statements Require Import S2.
Open Scope R_scope.

Theorem linear_in_the_query_holds : linear_in_the_query.
Proof.
  unfold linear_in_the_query. intros. rewrite <- !sum_scal_l, <- sum_plus. apply sum_ext. intros f' _.
  rewrite <- !sum_scal_l, <- sum_plus. apply sum_ext. intros. ring.
Qed.

Theorem linear_in_the_key_holds : linear_in_the_key.
Proof.
  unfold linear_in_the_key. intros. rewrite <- !sum_scal_l, <- sum_plus. apply sum_ext. intros f' _.
  rewrite <- !sum_scal_l, <- sum_plus. apply sum_ext. intros. ring.
Qed.

Theorem quadratic_in_both_holds : quadratic_in_both.
Proof.
  unfold quadratic_in_both. intros. rewrite <- sum_scal_l. apply sum_ext. intros f' _.
  rewrite <- sum_scal_l. apply sum_ext. intros. ring.
Qed.

(* All entries 1 and the factor 2: 4 d_q d_k is not 2 d_q d_k. *)
Theorem not_linear_in_both_holds : not_linear_in_both.
Proof.
  unfold not_linear_in_both. intros n_q _ n_k _ d_q some_q d_k some_k.
  exists (fun _ _ => 1), (fun _ _ => 1), (fun _ _ => 1), 2. intros i _ j _. rewrite !sum_const.
  assert (0 < INR d_q) by (apply lt_0_INR; lia). assert (0 < INR d_k) by (apply lt_0_INR; lia).
  intros same. nra.
Qed.
