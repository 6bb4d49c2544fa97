(* A1: the proofs of its propositions. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums softmax roots log_odds.
From Attnproof.statements Require Import A1.
Open Scope R_scope.

Theorem attention_is_the_regression_holds : attention_is_the_regression.
Proof.
  unfold attention_is_the_regression. intros. rewrite <- sum_div. apply sum_ext. intros. unfold Rdiv. ring.
Qed.

(* 0 among 0 and 1, and 1 among 1 and 2, have the same differences; softmax has 1/2, 1/2 only for the first. *)
Theorem no_kernel_of_the_difference_holds : no_kernel_of_the_difference.
Proof.
  unfold no_kernel_of_the_difference. intros d some [g all]. pose proof (root_pos d some).
  pose proof (all 0 INR 0%nat ltac:(lia)) as first. pose proof (all 1 (fun j => INR j + 1) 0%nat ltac:(lia)) as second.
  simpl in first, second. replace (1 - (0 + 1)) with (0 - 0) in second by ring.
  replace (1 - (1 + 1)) with (0 - 1) in second by ring. rewrite <- first in second.
  replace (0 * 0 / sqrt (INR d)) with 0 in second by (field; lra).
  replace (0 * 1 / sqrt (INR d)) with 0 in second by (field; lra). rewrite exp_0 in second.
  set (a := exp (1 * (0 + 1) / sqrt (INR d))) in *. set (b := exp (1 * (1 + 1) / sqrt (INR d))) in *.
  assert (less : a < b).
  { apply exp_increasing. unfold Rdiv. apply Rmult_lt_compat_r; [now apply Rinv_0_lt_compat | lra]. }
  assert (0 < a) by apply exp_pos.
  assert (equal : a = 1 / (0 + 1 + 1) * (0 + a + b)) by (rewrite <- second; field; lra). lra.
Qed.

Section Gaussian.
Variables (n d : nat) (q : nat -> R) (k : nat -> nat -> R).
Hypotheses (some : (1 <= n)%nat) (some_d : (1 <= d)%nat).
Let e (j : nat) : R := sum d (fun r => k j r * q r) / sqrt (INR d).
Let half (j : nat) : R := sum d (fun r => k j r ^ 2) / (2 * sqrt (INR d)).
Let common : R := - (sum d (fun r => q r ^ 2) / (2 * sqrt (INR d))).

Lemma exponent (j : nat) :
  - (sum d (fun r => (- k j r + q r) ^ 2) / (2 * Rpower (INR d) (1 / 4) ^ 2)) = e j - half j + common.
Proof.
  replace (Rpower (INR d) (1 / 4) ^ 2) with (sqrt (INR d))
    by (rewrite <- fourth_root by (apply lt_0_INR; lia); ring).
  pose proof (root_pos d some_d). unfold e, half, common.
  rewrite (sum_ext d _ (fun r => k j r ^ 2 - 2 * (k j r * q r) + q r ^ 2)) by (intros; ring).
  rewrite sum_plus, sum_minus, sum_scal_l. field. lra.
Qed.

Lemma gaussian_weight (j : nat) :
  exp (- (sum d (fun r => (- k j r + q r) ^ 2) / (2 * Rpower (INR d) (1 / 4) ^ 2)))
    / sum n (fun l => exp (- (sum d (fun r => (- k l r + q r) ^ 2) / (2 * Rpower (INR d) (1 / 4) ^ 2))))
  = weight n (fun l => e l - half l) j.
Proof.
  rewrite <- (weight_shift n _ common j some). unfold weight. rewrite exponent. f_equal. apply sum_ext. intros.
  now rewrite exponent.
Qed.

Lemma corrected_weight (j : nat) :
  exp (- (sum d (fun r => (- k j r + q r) ^ 2) / (2 * Rpower (INR d) (1 / 4) ^ 2))) * exp (half j)
    / sum n (fun l => exp (- (sum d (fun r => (- k l r + q r) ^ 2) / (2 * Rpower (INR d) (1 / 4) ^ 2))) * exp (half l))
  = weight n e j.
Proof.
  rewrite <- (weight_shift n e common j some). unfold weight. rewrite exponent, <- exp_plus.
  replace (e j - half j + common + half j) with (e j + common) by ring. f_equal. apply sum_ext. intros.
  rewrite exponent, <- exp_plus. f_equal. ring.
Qed.
End Gaussian.

Theorem gaussian_is_attention_with_a_bias_holds : gaussian_is_attention_with_a_bias.
Proof. unfold gaussian_is_attention_with_a_bias. intros. now apply gaussian_weight. Qed.

Theorem attention_is_a_corrected_gaussian_holds : attention_is_a_corrected_gaussian.
Proof. unfold attention_is_a_corrected_gaussian. intros. now apply corrected_weight. Qed.

Theorem log_odds_differ_by_the_norms_holds : log_odds_differ_by_the_norms.
Proof.
  unfold log_odds_differ_by_the_norms. intros n_k some d some_d q k i _ j _. pose proof (root_pos d some_d).
  rewrite !gaussian_weight by assumption. rewrite (log_odds n_k _ i j some).
  pose proof (log_odds n_k (fun l => sum d (fun r => k l r * q r) / sqrt (INR d)) i j some) as plain.
  unfold weight in plain. rewrite plain. field. lra.
Qed.

Theorem same_weights_exactly_for_equal_norms_holds : same_weights_exactly_for_equal_norms.
Proof.
  unfold same_weights_exactly_for_equal_norms. intros n_k some d some_d q k. pose proof (root_pos d some_d).
  set (e := fun l => sum d (fun r => k l r * q r) / sqrt (INR d)).
  set (half := fun l => sum d (fun r => k l r ^ 2) / (2 * sqrt (INR d))).
  assert (norms : forall l, sum d (fun r => k l r ^ 2) = half l * (2 * sqrt (INR d)))
    by (intros; unfold half; field; lra).
  pose proof (same_weights n_k (fun l => e l - half l) e some) as [to from]. split.
  - intros same i below j below'. assert (half i = half j); [|rewrite !norms; congruence].
    assert (equal : forall j, (j < n_k)%nat -> weight n_k (fun l => e l - half l) j = weight n_k e j).
    { intros l less. etransitivity; [symmetry; now apply gaussian_weight | exact (same l less)]. }
    pose proof (to equal i j below below') as gap. simpl in gap. lra.
  - intros equal j below. rewrite gaussian_weight by assumption. refine (from _ j below). intros i l less less'.
    assert (half i = half l) by (unfold half; now rewrite (equal i less l less')). lra.
Qed.
