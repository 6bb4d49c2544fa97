(* Rounding to nearest in a format: numbers stay, order is kept, and outside of underflow it is a factor 1 + d. *)
From Coq Require Import Reals ZArith Lia Lra.
From Flocq Require Import Core Relative Plus_error.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

Lemma bpow_nat (n : nat) : bpow radix2 (Z.of_nat n) = 2 ^ n.
Proof. rewrite bpow_powerRZ. now rewrite <- pow_powerRZ. Qed.

Section Format.
Variables (p e : nat).
Hypothesis bits : (1 <= p)%nat.
Hypothesis exponents : (1 <= e)%nat.
Let low : Z := (2 - Z.of_nat e - Z.of_nat p)%Z.
Let form : Z -> Z := FLT_exp low (Z.of_nat p).
Local Notation fl := (rounded p e).

Local Instance some_bits : Prec_gt_0 (Z.of_nat p).
Proof. unfold Prec_gt_0. lia. Qed.

(* x is a number of the format exactly where rounding leaves it *)
Lemma number_format (x : R) : fl x = x <-> generic_format radix2 form x.
Proof.
  split; intros same.
  - rewrite <- same. apply (generic_format_round radix2 form ZnearestE x).
  - now apply (round_generic radix2 form ZnearestE).
Qed.

Lemma rounded_number (x : R) : fl (fl x) = fl x.
Proof. apply number_format, (generic_format_round radix2 form ZnearestE x). Qed.

Lemma rounded_le (x y : R) : x <= y -> fl x <= fl y.
Proof. apply (round_le radix2 form ZnearestE). Qed.

Lemma rounded_opp (x : R) : fl (- x) = - fl x.
Proof. apply (round_NE_opp radix2 form x). Qed.

Lemma rounded_0 : fl 0 = 0.
Proof. apply round_0. apply valid_rnd_N. Qed.

Lemma rounded_abs (x : R) : fl (Rabs x) = Rabs (fl x).
Proof.
  destruct (Rle_dec 0 x) as [up|down].
  - rewrite !Rabs_pos_eq; [reflexivity| |exact up]. rewrite <- rounded_0. now apply rounded_le.
  - assert (x <= 0) by lra. rewrite !Rabs_left1; [apply rounded_opp| |assumption].
    rewrite <- rounded_0. now apply rounded_le.
Qed.

Lemma rounded_at_most (x y : R) : fl y = y -> x <= y -> fl x <= y.
Proof. intros same less. rewrite <- same. now apply rounded_le. Qed.

Lemma rounded_at_least (x y : R) : fl y = y -> y <= x -> y <= fl x.
Proof. intros same less. rewrite <- same. now apply rounded_le. Qed.

(* m 2^k, with a significand of p bits at most *)
Lemma number_dyadic (m k : Z) :
  (Z.abs m <= 2 ^ Z.of_nat p)%Z -> (low <= k)%Z -> fl (IZR m * bpow radix2 k) = IZR m * bpow radix2 k.
Proof.
  intros size range. apply number_format. destruct (Z.eq_dec (Z.abs m) (2 ^ Z.of_nat p)) as [top|less].
  - replace (IZR m * bpow radix2 k) with (F2R (Float radix2 (Z.sgn m) (k + Z.of_nat p))).
    + apply generic_format_FLT.
      exists (Float radix2 (Z.sgn m) (k + Z.of_nat p)); simpl; [reflexivity| |unfold low in *; lia].
      apply Z.le_lt_trans with 1%Z; [lia | apply (Zpower_gt_1 radix2); lia].
    + assert (signed : m = (Z.sgn m * 2 ^ Z.of_nat p)%Z) by (rewrite <- top; destruct m; simpl; lia).
      rewrite signed at 2. rewrite mult_IZR, (IZR_Zpower radix2) by lia.
      unfold F2R. cbn [Fnum Fexp]. rewrite bpow_plus. ring.
  - apply generic_format_FLT. exists (Float radix2 m k); simpl; [reflexivity | lia | exact range].
Qed.

Lemma number_power (k : Z) : (low <= k)%Z -> fl (bpow radix2 k) = bpow radix2 k.
Proof.
  intros range. rewrite <- (Rmult_1_l (bpow radix2 k)). apply (number_dyadic 1); [|exact range].
  pose proof (Zpower_gt_1 radix2 (Z.of_nat p) ltac:(lia)) as more. simpl in more |- *. lia.
Qed.

Lemma number_1 : fl 1 = 1.
Proof. apply (number_power 0). unfold low. lia. Qed.

Lemma number_whole (n : nat) : (n <= 2 ^ p)%nat -> fl (INR n) = INR n.
Proof.
  intros few. rewrite INR_IZR_INZ. rewrite <- (Rmult_1_r (IZR _)).
  apply (number_dyadic (Z.of_nat n) 0); [|unfold low; lia].
  rewrite Z.abs_eq by lia. apply Nat2Z.inj_le in few. now rewrite Nat2Z.inj_pow in few.
Qed.

Lemma roundoff : / 2 * bpow radix2 (- Z.of_nat p + 1) = / 2 ^ p.
Proof. rewrite bpow_plus, bpow_opp, bpow_nat. change (bpow radix2 1) with 2. field. apply pow_nonzero. lra. Qed.

Lemma rounded_factor (x : R) : 2 / 2 ^ e <= Rabs x -> exists d, Rabs d <= / 2 ^ p /\ fl x = x * (1 + d).
Proof.
  intros normal.
  destruct (relative_error_N_FLT_ex radix2 low (Z.of_nat p) ltac:(lia) (fun z => negb (Z.even z)) x)
    as [d [small same]].
  - replace (low + Z.of_nat p - 1)%Z with (1 + - Z.of_nat e)%Z by (unfold low; lia).
    rewrite bpow_plus, bpow_opp, bpow_nat. exact normal.
  - exists d. split; [now rewrite <- roundoff | exact same].
Qed.

Lemma sum_factor (x y : R) : fl x = x -> fl y = y -> exists d, Rabs d <= / 2 ^ p /\ fl (x + y) = (x + y) * (1 + d).
Proof.
  intros xn yn. apply number_format in xn. apply number_format in yn.
  destruct (FLT_plus_error_N_ex radix2 low (Z.of_nat p) (fun z => negb (Z.even z)) x y xn yn) as [d [small same]].
  exists d. split; [|exact same]. apply Rle_trans with (1 := small). unfold u_ro. rewrite roundoff.
  pose proof (pow_lt 2 p ltac:(lra)) as power. pose proof (Rinv_0_lt_compat _ power).
  apply (Rcomplements.Rle_div_l (/ 2 ^ p) (/ 2 ^ p) (1 + / 2 ^ p)); nra.
Qed.

(* with underflow: half the least positive number beside *)
Lemma rounded_with_underflow (x : R) :
  exists d t, Rabs d <= / 2 ^ p /\ Rabs t <= 2 / (2 ^ e * 2 ^ p) /\ fl x = x * (1 + d) + t.
Proof.
  destruct (relative_error_N_FLT'_ex radix2 low (Z.of_nat p) ltac:(lia) (fun z => negb (Z.even z)) x)
    as [d [t [small [tiny [_ same]]]]].
  exists d, t. split; [|split; [|exact same]].
  - apply Rle_trans with (1 := small). unfold u_ro. rewrite roundoff.
    pose proof (pow_lt 2 p ltac:(lra)) as power. pose proof (Rinv_0_lt_compat _ power).
    apply (Rcomplements.Rle_div_l (/ 2 ^ p) (/ 2 ^ p) (1 + / 2 ^ p)); nra.
  - apply Rle_trans with (1 := tiny). right. unfold low, Zminus. rewrite !bpow_plus, !bpow_opp, !bpow_nat.
    change (bpow radix2 2) with 4. field. split; apply pow_nonzero; lra.
Qed.

(* the relative error of rounding x *)
Definition off (x : R) : R := (fl x - x) / x.

Lemma rounded_off (x : R) : fl x = x * (off x + 1).
Proof. unfold off. destruct (Req_dec x 0) as [->|some]; [rewrite rounded_0; ring | field; exact some]. Qed.

Lemma off_small (x : R) : (exists d, Rabs d <= / 2 ^ p /\ fl x = x * (1 + d)) -> Rabs (off x) <= / 2 ^ p.
Proof.
  intros [d [small same]]. unfold off. rewrite same. destruct (Req_dec x 0) as [->|some].
  - unfold Rdiv. replace ((0 * (1 + d) - 0) * / 0) with 0 by ring. rewrite Rabs_R0.
    apply Rlt_le, Rinv_0_lt_compat, pow_lt. lra.
  - replace ((x * (1 + d) - x) / x) with d by (field; exact some). exact small.
Qed.

Lemma off_sum (x y : R) : fl x = x -> fl y = y -> Rabs (off (x + y)) <= / 2 ^ p.
Proof. intros xn yn. now apply off_small, sum_factor. Qed.

Lemma off_difference (x y : R) : fl x = x -> fl y = y -> Rabs (off (x - y)) <= / 2 ^ p.
Proof. intros xn yn. apply off_sum; [exact xn|]. now rewrite rounded_opp, yn. Qed.

Lemma off_normal (x : R) : x = 0 \/ 2 / 2 ^ e <= Rabs x -> Rabs (off x) <= / 2 ^ p.
Proof.
  intros [->|normal]; apply off_small; [|now apply rounded_factor].
  exists 0. rewrite Rabs_R0, rounded_0. split; [apply Rlt_le, Rinv_0_lt_compat, pow_lt; lra | ring].
Qed.
End Format.
