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

(* Along the first axis: 0 among 0, 1, 2, ..., and 1 among 1, 2, 3, ..., have the same differences; softmax weighs all
   keys alike only for the first. *)
Theorem no_kernel_of_the_difference_holds : no_kernel_of_the_difference.
Proof.
  unfold no_kernel_of_the_difference. intros n two d some [g [alike all]]. pose proof (root_pos d some) as root.
  set (kappa := fun l => g (fun r => - (INR l * delta 0 r))).
  assert (along : forall x y, sum d (fun r => y * delta 0 r * (x * delta 0 r)) = y * x).
  { intros x y. rewrite (sum_ext d _ (fun r => delta 0 r * (y * x * delta 0 r))) by (intros; ring).
    rewrite (sum_delta d 0 (fun r => y * x * delta 0 r)), delta_same by lia. ring. }
  assert (first := all (fun r => 0 * delta 0 r) (fun l r => INR l * delta 0 r) kappa
    ltac:(intros l _; apply alike; intros; ring) 0%nat ltac:(lia)).
  assert (second := all (fun r => 1 * delta 0 r) (fun l r => (INR l + 1) * delta 0 r) kappa
    ltac:(intros l _; apply alike; intros; ring) 0%nat ltac:(lia)).
  cbv zeta beta in first, second. rewrite <- first in second. clear first.
  set (a := exp (/ sqrt (INR d))).
  rewrite !along in second.
  rewrite (sum_ext n (fun l => exp (sum d (fun r => INR l * delta 0 r * (0 * delta 0 r)) / sqrt (INR d))) (fun _ => 1))
    in second by (intros; rewrite along, Rmult_0_r; unfold Rdiv; rewrite Rmult_0_l; apply exp_0).
  rewrite (sum_ext n _ (fun l => exp ((INR l + 1) / sqrt (INR d)))) in second
    by (intros; rewrite along, Rmult_1_r; reflexivity).
  rewrite sum_const in second. simpl (INR 0) in second.
  replace (0 * 0 / sqrt (INR d)) with 0 in second by (field; lra). rewrite exp_0 in second.
  replace ((0 + 1) * 1 / sqrt (INR d)) with (/ sqrt (INR d)) in second by (field; lra). fold a in second.
  assert (0 < a) by apply exp_pos. pose proof (le_INR _ _ two) as size. simpl in size.
  assert (less : sum n (fun _ => a) < sum n (fun l => exp ((INR l + 1) / sqrt (INR d)))).
  { pose proof (Rinv_0_lt_compat _ root).
    apply (sum_lt n _ _ 1%nat); [intros l _ | lia | simpl; apply exp_increasing; unfold Rdiv; nra].
    pose proof (pos_INR l) as least. destruct (Req_dec (INR l) 0) as [->|other].
    - right. unfold a. f_equal. field. lra.
    - left. apply exp_increasing. unfold Rdiv. nra. }
  rewrite sum_const in less. set (z := sum n _) in *.
  assert (equal : a * (INR n * 1) = z); [|lra].
  apply (Rmult_eq_reg_r (/ z * / (INR n * 1)));
    [|apply Rmult_integral_contrapositive_currified; apply Rinv_neq_0_compat; nra].
  transitivity (a / z); [field; split; nra|]. rewrite second. field. split; nra.
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
