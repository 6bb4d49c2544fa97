(* A5: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums softmax tanh derivatives rules tanh_weights enclosure.
From Attnproof.theory Require Import formats rounded_units rounded_slopes.
From Attnproof.statements Require Import A5.
Open Scope R_scope.

Theorem separates_holds : separates.
Proof. intros x y A B. rewrite tanh_separates. unfold A, B. now rewrite (Rplus_comm 1). Qed.

Lemma sech_separates (x y : R) :
  sech (x + y) ^ 2 = 4 * exp (2 * x) * exp (2 * y) / (exp (2 * x) * exp (2 * y) + 1) ^ 2.
Proof.
  rewrite sech_sq, tanh_separates. pose proof (exp_pos (2 * x)). pose proof (exp_pos (2 * y)). field; repeat split; nra.
Qed.

Lemma moved_tanh (x y : R) : is_derive (fun t => tanh (t + y)) x (sech (x + y) ^ 2).
Proof.
  apply (is_derive_value _ _ (sech (x + y) ^ 2 * 1)); [|ring]. apply (slope_tanh (fun t => t + y)). auto_derive; auto.
Qed.

Theorem derivative_holds : derivative.
Proof.
  intros x y A B. unfold A, B. rewrite <- sech_separates. split; [apply moved_tanh|].
  rewrite (Rplus_comm x y). apply moved_tanh.
Qed.

Theorem same_scores_holds : same_scores.
Proof.
  intros nq _ nk _ dq _ dk _ da _ q k Ws Wh v A B i _ j _. apply sum_ext. intros a _. f_equal.
  rewrite Rplus_comm. apply (separates_holds (sum dq (fun r => Ws a r * q i r)) (sum dk (fun f => Wh a f * k j f))).
Qed.

Theorem counts_holds : counts.
Proof.
  intros nq _ nk _ da _. rewrite plus_INR, !sum_const. split; ring.
Qed.

Theorem sum_of_v_left_out_holds : sum_of_v_left_out.
Proof.
  intros nq _ nk some da _ v fraction t s i I j J.
  change (weight nk (t i) j = weight nk (s i) j). rewrite <- (weight_shift nk (s i) (sum da v) j some).
  apply weight_ext; [exact J|]. intros l _. unfold t, s. rewrite <- sum_scal_l, <- sum_opp, <- sum_plus.
  apply sum_ext. intros. ring.
Qed.

Theorem forward_range_holds : forward_range.
Proof. intros m _ x y [near_x near_y] A B. split; now apply exponential_range. Qed.

Theorem backward_range_holds : backward_range.
Proof.
  intros m _ x y [near_x near_y] A B.
  destruct (exponential_range m x near_x) as [low_a high_a]. destruct (exponential_range m y near_y) as [low_b high_b].
  fold A in low_a, high_a. fold B in low_b, high_b.
  assert (one : 1 <= 2 ^ m) by (apply pow_R1_Rle; lra).
  set (w := 2 ^ m) in *.
  assert (square : 2 ^ (2 * m)%nat = w * w) by (unfold w; rewrite <- pow_add; f_equal; lia).
  assert (fourth : 2 ^ (4 * m + 2)%nat = 4 * (w * w) * (w * w)).
  { unfold w. rewrite <- !pow_add. replace (4 * m + 2)%nat with (2 + ((m + m) + (m + m)))%nat by lia. rewrite !pow_add. ring. }
  rewrite square, fourth. clear square fourth near_x near_y.
  assert (inverse : 0 < / w <= 1) by (split; [apply Rinv_0_lt_compat; lra | rewrite <- Rinv_1; apply Rinv_le_contravar; lra]).
  assert (product : A * B <= w * w) by (apply Rmult_le_compat; lra).
  assert (least : / (w * w) <= A * B) by (rewrite Rinv_mult; apply Rmult_le_compat; lra).
  assert (big : 1 <= w * w) by nra.
  set (s := w * w) in *. replace (4 * A * B) with (4 * (A * B)) by ring. set (P := A * B) in *.
  assert (positive : 0 < / s) by (apply Rinv_0_lt_compat; lra).
  repeat split; [nra | nra |].
 
  apply (Rmult_le_reg_r (s * (P + 1) ^ 2)); [apply Rmult_lt_0_compat; nra|].
  replace (/ s * (s * (P + 1) ^ 2)) with ((P + 1) ^ 2) by (field; lra).
  replace (4 * P / (P + 1) ^ 2 * (s * (P + 1) ^ 2)) with (4 * (P * s)) by (field; nra).
  assert (unit : 1 <= P * s).
  { replace 1 with (/ s * s) by (field; lra). apply Rmult_le_compat_r; lra. }
  destruct (Rle_dec P 1) as [small|large]; nra.
Qed.

Theorem ranges_in_numbers_holds : ranges_in_numbers.
Proof. assert (97 / 140 <= ln 2) by interval with (Tactic.i_prec 40). unfold ranges_in_numbers. repeat split; lra. Qed.

Theorem overflow_holds : overflow.
Proof. intros m _ x y beyond A B. unfold A, B. rewrite <- exp_plus, power_exp. apply exp_le. lra. Qed.

Theorem overflow_in_numbers_holds : overflow_in_numbers.
Proof. assert (ln 2 <= 694 / 1000) by interval with (Tactic.i_prec 40). unfold overflow_in_numbers. lra. Qed.

Theorem rounded_unit_holds : rounded_unit.
Proof.
  intros p bits e some d _ aq ak y [wide near] w t program a below. destruct (near a below) as [nq nk].
  rewrite (Rplus_comm (ak a)). unfold t, w in program. specialize (program a below).
  rewrite (Rmult_comm (rounded p e (exp (2 * ak a)))) in program.
  change (7 / 2 ^ p) with (7 * / 2 ^ p). destruct program as [[_ ->]|[big ->]].
  - rewrite Rabs_minus_sym. now apply unit_error.
  - rewrite Rabs_minus_sym. now apply (overflow_error p e bits wide (aq a) (ak a)).
Qed.

Theorem rounded_score_holds : rounded_score.
Proof.
  intros p bits e some d some_d aq ak v y given w t program. rewrite <- sum_minus.
  unfold Rdiv. rewrite Rmult_assoc, (Rmult_comm (sum _ _)), <- Rmult_assoc, <- sum_scal_l.
  apply Rle_trans with (1 := sum_abs _ _). apply sum_le. intros a below.
  pose proof (rounded_unit_holds p bits e some d some_d aq ak y given program a below
    : Rabs (tanh (ak a + aq a) - y a) <= 7 / 2 ^ p) as unit.
  rewrite (Rmult_comm (v a)), <- Rmult_minus_distr_r, Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos | exact unit].
Qed.

Theorem lost_near_0_holds : lost_near_0.
Proof. intros p bits e _ x y [wide [above [small ->]]]. now apply small_is_lost. Qed.

Theorem direct_form_holds : direct_form.
Proof.
  intros p bits e _ x y [wide [xn [yn normal]]].
  pose proof (direct_error p e bits wide x y xn yn normal) as bound. eapply Rle_trans; [exact bound|].
  right. f_equal. rewrite Nat.mul_comm, pow_mult. field. apply pow_nonzero. lra.
Qed.

Theorem rounded_derivative_holds : rounded_derivative.
Proof.
  intros p bits e _ k _ x y [wide [enough [nx ny]]] w q r D.
  destruct (derivative_error p e bits wide x y k enough nx ny) as [top [square bound]].
  split; [exact top|]. split; [exact square|]. rewrite sech_separates.
  replace (4 * exp (2 * x) * exp (2 * y) / (exp (2 * x) * exp (2 * y) + 1) ^ 2)
    with (4 * (exp (2 * x) * exp (2 * y)) / (1 + exp (2 * x) * exp (2 * y)) ^ 2)
    by (rewrite (Rplus_comm 1); unfold Rdiv; ring).
  eapply Rle_trans; [exact bound|]. right. unfold Rdiv. ring.
Qed.

Theorem product_overflows_holds : product_overflows.
Proof.
  intros p bits e some x y [wide [nx [ny beyond]]] w q r.
  pose proof (overflow_of_product p e bits wide x y nx ny beyond) as big. fold w in big.
  assert (wn : rounded p e w = w) by (apply rounded_number; lia).
  pose proof (pow_lt 2 e ltac:(lra)) as power.
  assert (plus : w <= q) by (apply rounded_at_least; [lia | lia | exact wn | lra]).
  split; [exact big|]. split.
  - rewrite (four_times p e bits wide w wn). lra.
  - assert (256 <= 2 ^ e) by (replace 256 with (2 ^ 8) by ring; apply Rle_pow; [lra | lia]).
    apply Rle_trans with (1 := big). apply rounded_at_least; [lia | lia | exact wn | nra].
Qed.
