(* Which number a rounded result is: significands, the edge below a power of 2, and the edge to 0. *)
From Coq Require Import Reals ZArith Lia Lra.
From Flocq Require Import Core.
From Attnproof.theory Require Import prelude formats.
Open Scope R_scope.

Lemma nearest_even (r : R) (m : Z) : Rabs (r - IZR m) <= / 2 -> Z.even m = true -> ZnearestE r = m.
Proof.
  intros near even. destruct (Rle_lt_or_eq_dec _ _ near) as [less|tie]; [now apply Znearest_imp|].
  assert (floor : forall k, r = IZR k + / 2 -> Zfloor r = k).
  { intros k same. apply Zfloor_imp. rewrite plus_IZR. lra. }
  assert (half : forall k, r = IZR k + / 2 -> ZnearestE r = if Z.even k then k else (k + 1)%Z).
  { intros k same. unfold Znearest. rewrite (floor k same). rewrite Rcompare_Eq by lra.
    destruct (Z.even k); simpl; [reflexivity|]. rewrite Zceil_floor_neq; rewrite (floor k same); [reflexivity | lra]. }
  destruct (Rcase_abs (r - IZR m)) as [down|up].
  - rewrite Rabs_left in tie by exact down. rewrite (half (m - 1)%Z) by (rewrite minus_IZR; lra).
    rewrite Z.even_sub, even. simpl. ring.
  - rewrite Rabs_right in tie by exact up. rewrite (half m) by lra. now rewrite even.
Qed.

Section Nearest.
Variables (p e : nat).
Hypothesis bits : (1 <= p)%nat.
Hypothesis exponents : (1 <= e)%nat.
Let low : Z := (2 - Z.of_nat e - Z.of_nat p)%Z.
Local Notation fl := (rounded p e).

(* x has the exponent k: it is rounded to a multiple of 2^k *)
Lemma rounded_at (k : Z) (x : R) :
  (low <= k)%Z -> Rabs x < bpow radix2 (k + Z.of_nat p) -> k = low \/ bpow radix2 (k + Z.of_nat p - 1) <= Rabs x ->
  fl x = IZR (ZnearestE (x * bpow radix2 (- k))) * bpow radix2 k.
Proof.
  intros above less more. destruct (Req_dec x 0) as [->|some].
  { rewrite rounded_0, Rmult_0_l. rewrite (Znearest_imp _ 0 0); [ring|]. rewrite Rminus_0_r, Rabs_R0. lra. }
  assert (exponent : cexp radix2 (FLT_exp low (Z.of_nat p)) x = k).
  { unfold cexp, FLT_exp. pose proof (mag_le_bpow radix2 x _ some less) as top. destruct more as [->|more]; [lia|].
    pose proof (mag_ge_bpow radix2 x _ more). lia. }
  change (fl x) with (round radix2 (FLT_exp low (Z.of_nat p)) ZnearestE x).
  unfold round, scaled_mantissa, F2R. cbn [Fnum Fexp]. now rewrite exponent.
Qed.

Lemma rounded_is (m k : Z) (x : R) :
  (low <= k)%Z -> Rabs x < bpow radix2 (k + Z.of_nat p) -> k = low \/ bpow radix2 (k + Z.of_nat p - 1) <= Rabs x ->
  Rabs (x * bpow radix2 (- k) - IZR m) < / 2 -> fl x = IZR m * bpow radix2 k.
Proof. intros above less more near. rewrite (rounded_at k) by assumption. do 2 f_equal. now apply Znearest_imp. Qed.

Lemma rounded_tie (m k : Z) (x : R) :
  (low <= k)%Z -> Rabs x < bpow radix2 (k + Z.of_nat p) -> k = low \/ bpow radix2 (k + Z.of_nat p - 1) <= Rabs x ->
  Rabs (x * bpow radix2 (- k) - IZR m) <= / 2 -> Z.even m = true -> fl x = IZR m * bpow radix2 k.
Proof.
  intros above less more near even. rewrite (rounded_at k) by assumption. do 2 f_equal.
  now apply nearest_even.
Qed.

(* the number before 2^k is 2^k (1 - 2^-p) *)
Lemma below_power (k : Z) (x : R) : (low <= k - Z.of_nat p)%Z ->
  bpow radix2 k <= fl x <-> bpow radix2 k * (1 - 1 / (2 * 2 ^ p)) <= x.
Proof.
  intros range.
  assert (last : bpow radix2 (k - Z.of_nat p) = bpow radix2 k / 2 ^ p).
  { unfold Zminus. now rewrite bpow_plus, bpow_opp, bpow_nat. }
  pose proof (bpow_gt_0 radix2 k) as above. pose proof (pow_R1_Rle 2 p ltac:(lra)) as power.
  assert (two : 2 <= 2 ^ p) by (rewrite <- (pow_1 2) at 1; apply Rle_pow; [lra | exact bits]).
  assert (scale : bpow radix2 (- (k - Z.of_nat p)) = 2 ^ p / bpow radix2 k).
  { rewrite bpow_opp, last. field. lra. }
  assert (top : IZR (2 ^ Z.of_nat p) = 2 ^ p) by (rewrite (IZR_Zpower radix2) by lia; apply bpow_nat).
  assert (step : bpow radix2 k / 2 ^ p <= bpow radix2 k / 2).
  { apply Rmult_le_compat_l; [lra|]. apply Rinv_le_contravar; lra. }
  assert (scaled : forall y,
    y * bpow radix2 (- (k - Z.of_nat p)) - 2 ^ p = (y - bpow radix2 k) / (bpow radix2 k / 2 ^ p)).
  { intros y. rewrite scale. field. lra. }
  set (t := bpow radix2 k / 2 ^ p) in *. assert (0 < t) by (unfold t; apply Rdiv_lt_0_compat; lra).
  assert (edge : bpow radix2 k * (1 - 1 / (2 * 2 ^ p)) = bpow radix2 k - t / 2) by (unfold t; field; lra).
  assert (half : bpow radix2 (k - 1) = bpow radix2 k / 2) by (unfold Zminus; rewrite bpow_plus; simpl; lra).
  rewrite edge. split; intros less.
  - destruct (Rle_dec (bpow radix2 k - t / 2) x) as [yes|no]; [exact yes|]. exfalso.
    assert (before : fl (bpow radix2 k - t) = bpow radix2 k - t).
    { replace (bpow radix2 k - t) with (IZR (2 ^ Z.of_nat p - 1) * bpow radix2 (k - Z.of_nat p)).
      - apply number_dyadic; try assumption; lia.
      - rewrite minus_IZR, top, last. unfold t. field. lra. }
    destruct (Rle_dec x (bpow radix2 k - t)) as [small|between].
    + pose proof (rounded_le p e bits exponents _ _ small). lra.
    + rewrite (rounded_is (2 ^ Z.of_nat p - 1) (k - Z.of_nat p) x range) in less.
      * rewrite minus_IZR, top, last in less.
        replace ((2 ^ p - 1) * t) with (bpow radix2 k - t) in less by (unfold t; field; lra). lra.
      * replace (k - Z.of_nat p + Z.of_nat p)%Z with k by ring. apply Rabs_lt. lra.
      * right. replace (k - Z.of_nat p + Z.of_nat p - 1)%Z with (k - 1)%Z by ring. rewrite half, Rabs_pos_eq; lra.
      * rewrite minus_IZR, top. replace (x * _ - (2 ^ p - 1)) with ((x - bpow radix2 k + t) / t).
        -- apply Rabs_lt. split; [apply (Rmult_lt_reg_r t) | apply (Rmult_lt_reg_r t)]; try assumption;
             unfold Rdiv; rewrite ?Rmult_assoc, ?(Rinv_l t) by lra; lra.
        -- pose proof (scaled x) as same.
           replace ((x - bpow radix2 k + t) / t) with ((x - bpow radix2 k) / t + 1) by (field; lra). lra.
  - apply Rle_trans with (fl (bpow radix2 k - t / 2)); [|now apply rounded_le].
    rewrite (rounded_tie (2 ^ Z.of_nat p) (k - Z.of_nat p)).
    + rewrite top, last. unfold t. right. field. lra.
    + exact range.
    + replace (k - Z.of_nat p + Z.of_nat p)%Z with k by ring. rewrite Rabs_pos_eq; lra.
    + right. replace (k - Z.of_nat p + Z.of_nat p - 1)%Z with (k - 1)%Z by ring. rewrite half, Rabs_pos_eq; lra.
    + rewrite top, scaled. replace ((bpow radix2 k - t / 2 - bpow radix2 k) / t) with (- / 2) by (field; lra).
      rewrite Rabs_Ropp, Rabs_pos_eq; lra.
    + rewrite Z.even_pow by lia. reflexivity.
Qed.

(* up to half the least positive number all is 0 *)
Lemma above_zero (x : R) : 0 < fl x <-> bpow radix2 low / 2 < x.
Proof.
  pose proof (bpow_gt_0 radix2 low) as least.
  assert (half : fl (bpow radix2 low / 2) = 0).
  { rewrite (rounded_tie 0 low); [ring | lia | | now left | | reflexivity].
    - rewrite Rabs_pos_eq by lra. apply Rlt_le_trans with (bpow radix2 low); [lra|]. apply bpow_le. lia.
    - rewrite bpow_opp. replace (bpow radix2 low / 2 * / bpow radix2 low - 0) with (/ 2) by (field; lra).
      rewrite Rabs_pos_eq; lra. }
  split; intros less.
  - destruct (Rlt_dec (bpow radix2 low / 2) x) as [yes|no]; [exact yes|].
    pose proof (rounded_le p e bits exponents x (bpow radix2 low / 2) ltac:(lra)). lra.
  - destruct (Rle_dec (bpow radix2 low) x) as [more|between].
    + pose proof (rounded_at_least p e bits exponents x (bpow radix2 low)
        ltac:(apply number_power; try assumption; lia) more). lra.
    + rewrite (rounded_is 1 low); [rewrite Rmult_1_l; exact least | lia | | now left |].
      * rewrite Rabs_pos_eq by lra. apply Rlt_le_trans with (bpow radix2 low); [lra|]. apply bpow_le. lia.
      * rewrite bpow_opp. apply Rabs_lt. split; apply (Rmult_lt_reg_r (bpow radix2 low)); try assumption;
          rewrite Rmult_minus_distr_r, Rmult_assoc, Rinv_l by lra; lra.
Qed.
End Nearest.
