(* log_sum_exp: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums softmax largest derivatives.
From Attnproof.statements Require Import log_sum_exp.
Open Scope R_scope.

Lemma total_at_least (n : nat) (f : nat -> R) (k : nat) : (k < n)%nat -> f k <= ln (sum n (fun j => exp (f j))).
Proof.
  intros K. rewrite <- (ln_exp (f k)) at 1. apply Rcomplements.ln_le; [apply exp_pos|].
  apply (sum_single_le n (fun j => exp (f j)) k); [intros; apply Rlt_le, exp_pos | exact K].
Qed.

Theorem above_maximum_holds : above_maximum.
Proof.
  intros n some z sigma _. destruct (largest_in n (fun j => z j) some) as [k [K ->]].
  exact (total_at_least n (fun j => sigma * z j) k K).
Qed.

Theorem slope_holds : slope.
Proof.
  intros n some z sigma alpha. pose proof (total_pos n (fun j => sigma * z j) some) as above.
  eapply is_derive_value.
  - apply (is_derive_comp ln (fun t => sum n (fun j => exp (t * z j)))); [apply is_derive_ln, above|].
    apply (is_derive_sum n (fun j t => exp (t * z j)) sigma (fun j => z j * exp (sigma * z j))).
    intros j _. auto_derive; [exact I | ring].
  - unfold scal; simpl; unfold mult; simpl. rewrite <- sum_scal_r. apply sum_ext. intros i _. unfold alpha. field. lra.
Qed.

Theorem slope_at_most_holds : slope_at_most.
Proof.
  intros n some z sigma alpha.
  rewrite <- (Rmult_1_l (largest n (fun j => z j))), <- (weight_sum n (fun j => sigma * z j) some), <- sum_scal_r.
  apply sum_le. intros i I. apply Rmult_le_compat_l; [apply Rlt_le, weight_pos, some|].
  exact (largest_ge n (fun j => z j) i I).
Qed.

(* A mean of exponentials is at least the exponential of the mean. *)
Lemma mean_of_exponentials (n : nat) (w x : nat -> R) :
  (forall i, (i < n)%nat -> 0 <= w i) -> sum n w = 1 -> exp (sum n (fun i => w i * x i)) <= sum n (fun i => w i * exp (x i)).
Proof.
  intros nonneg one. set (m := sum n (fun i => w i * x i)).
  replace (exp m) with (sum n (fun i => exp m * (w i * (1 - m) + w i * x i))).
  - apply sum_le. intros i I.
    assert (tangent : x i - m + 1 <= exp (x i - m)).
    { destruct (Req_dec (x i - m) 0) as [->|other]; [rewrite exp_0; lra | pose proof (exp_ineq1 _ other); lra]. }
    replace (exp (x i)) with (exp m * exp (x i - m)) by (rewrite <- exp_plus; f_equal; ring).
    pose proof (exp_pos m). pose proof (nonneg i I).
    replace (exp m * (w i * (1 - m) + w i * x i)) with (exp m * w i * (x i - m + 1)) by ring.
    replace (w i * (exp m * exp (x i - m))) with (exp m * w i * exp (x i - m)) by ring.
    apply Rmult_le_compat_l; [now apply Rmult_le_pos; [apply Rlt_le|] | exact tangent].
  - rewrite sum_scal_l, sum_plus, sum_scal_r, one. fold m. ring.
Qed.

Theorem chord_holds : chord.
Proof.
  intros n some z sigma s _ alpha.
  pose proof (total_pos n (fun j => sigma * z j) some) as at_sigma. pose proof (total_pos n (fun j => s * z j) some) as at_s.
  assert (less : (s - sigma) * sum n (fun i => alpha i * z i) <= ln (sum n (fun j => exp (s * z j)) / sum n (fun j => exp (sigma * z j)))).
  { rewrite <- (ln_exp ((s - sigma) * _)). apply Rcomplements.ln_le; [apply exp_pos|].
    rewrite <- sum_scal_l.
    rewrite (sum_ext n _ (fun i => alpha i * ((s - sigma) * z i))) by (intros; ring).
    eapply Rle_trans.
    - apply (mean_of_exponentials n alpha); [intros; apply Rlt_le, weight_pos, some | now apply (weight_sum n (fun j => sigma * z j))].
    - apply Req_le. rewrite <- sum_div. apply sum_ext. intros i _. unfold alpha.
      replace (s * z i) with (sigma * z i + (s - sigma) * z i) by ring. rewrite exp_plus. field. lra. }
  rewrite Rcomplements.ln_div in less by assumption. lra.
Qed.
