(* Sums of a large number and a small one: exact, absorbed, or ties. *)
From Coq Require Import Reals ZArith Lia Lra.
From Coquelicot Require Import Coquelicot.
From Flocq Require Import Core.
From Attnproof.theory Require Import prelude formats nearest.
Open Scope R_scope.

Lemma power_of_two (c : R) (g : nat) : c = 2 ^ g \/ c = / 2 ^ g -> exists k, c = bpow radix2 k.
Proof.
  intros [-> | ->]; [exists (Z.of_nat g) | exists (- Z.of_nat g)%Z]; rewrite ?bpow_opp; now rewrite bpow_nat.
Qed.

Section Absorbing.
Variables (p e : nat).
Hypothesis bits : (2 <= p)%nat.
Hypothesis exponents : (1 <= e)%nat.
Let low : Z := (2 - Z.of_nat e - Z.of_nat p)%Z.
Local Notation fl := (rounded p e).

Lemma least_number : bpow radix2 low = 4 / (2 ^ e * 2 ^ p).
Proof.
  unfold low, Zminus. rewrite !bpow_plus, !bpow_opp, !bpow_nat. change (bpow radix2 2) with 4.
  field. split; apply pow_nonzero; lra.
Qed.

(* multiples of a power of two, up to 2^p times that *)
Lemma multiples_exact (c : R) (g i1 i2 j1 j2 : nat) : c = 2 ^ g \/ c = / 2 ^ g -> 4 / (2 ^ e * 2 ^ p) <= c ->
  Rabs (c * (INR j1 - INR j2)) + Rabs (c * (INR i1 - INR i2)) <= 2 ^ p * c ->
  fl (c * (INR j1 - INR j2) + c * (INR i1 - INR i2)) = c * (INR j1 - INR j2) + c * (INR i1 - INR i2).
Proof.
  intros power least most. destruct (power_of_two c g power) as [k is_c]. rewrite <- least_number, is_c in least.
  apply le_bpow in least. set (m := (Z.of_nat j1 - Z.of_nat j2 + (Z.of_nat i1 - Z.of_nat i2))%Z).
  assert (is_m : c * (INR j1 - INR j2) + c * (INR i1 - INR i2) = IZR m * bpow radix2 k).
  { unfold m. rewrite plus_IZR, !minus_IZR, <- !INR_IZR_INZ, <- is_c. ring. }
  rewrite is_m. apply number_dyadic; [lia | lia | | exact least].
  pose proof (Rabs_triang (c * (INR j1 - INR j2)) (c * (INR i1 - INR i2))) as sum. rewrite is_m in sum.
  pose proof (bpow_gt_0 radix2 k) as above. rewrite Rabs_mult, (Rabs_pos_eq (bpow _ _)) in sum by lra.
  apply le_IZR. rewrite abs_IZR, (IZR_Zpower radix2), bpow_nat by lia. apply (Rmult_le_reg_r (bpow radix2 k)); [lra|].
  rewrite <- is_c at 2. lra.
Qed.

(* at most u b/2 does not move b *)
Lemma absorbed_pos (b x : R) : fl b = b -> 0 < b -> Rabs x <= b / (2 * 2 ^ p) -> fl (b + x) = b.
Proof.
  intros number above small. pose proof (pow_lt 2 p ltac:(lra)) as power.
  pose proof (proj1 (number_format p e ltac:(lia) exponents b) number) as form.
  set (k := cexp radix2 (FLT_exp low (Z.of_nat p)) b).
  set (m := Ztrunc (scaled_mantissa radix2 (FLT_exp low (Z.of_nat p)) b)).
  assert (is_b : b = IZR m * bpow radix2 k) by exact form.
  pose proof (bpow_gt_0 radix2 k) as scale.
  assert (range : (low <= k)%Z) by (unfold k, cexp, FLT_exp; lia).
  assert (top : b < bpow radix2 (k + Z.of_nat p)).
  { apply Rlt_le_trans with (bpow radix2 (mag radix2 b)); [|apply bpow_le; unfold k, cexp, FLT_exp; lia].
    rewrite <- (Rabs_pos_eq b) at 1 by lra. apply bpow_mag_gt. }
  rewrite bpow_plus, bpow_nat in top.
  assert (half : Rabs x < bpow radix2 k / 2).
  { apply Rle_lt_trans with (1 := small). apply (Rmult_lt_reg_r (2 * 2 ^ p)); [lra|].
    replace (b / (2 * 2 ^ p) * (2 * 2 ^ p)) with b by (field; lra). lra. }
  assert (below : (m <= 2 ^ Z.of_nat p - 1)%Z).
  { apply Zlt_succ_le. apply lt_IZR. rewrite succ_IZR, minus_IZR, (IZR_Zpower radix2), bpow_nat by lia.
    apply (Rmult_lt_reg_r (bpow radix2 k)); [exact scale|]. rewrite <- is_b. lra. }
  assert (room : b <= bpow radix2 k * 2 ^ p - bpow radix2 k).
  { apply IZR_le in below. rewrite minus_IZR, (IZR_Zpower radix2), bpow_nat in below by lia. rewrite is_b. nra. }
  apply Rabs_lt_between in half. apply Rabs_le_between in small.
  assert (positive : 0 < b + x).
  { pose proof (pow_R1_Rle 2 p ltac:(lra)). assert (b / (2 * 2 ^ p) < b); [|lra].
    apply (Rmult_lt_reg_r (2 * 2 ^ p)); [lra|]. replace (b / (2 * 2 ^ p) * (2 * 2 ^ p)) with b by (field; lra). nra. }
  assert (value : k = low \/ bpow radix2 (k + Z.of_nat p - 1) <= Rabs (b + x) -> fl (b + x) = b).
  { intros more. rewrite is_b at 2. apply rounded_is; [lia | lia | exact range | | exact more |].
    - rewrite Rabs_pos_eq, bpow_plus, bpow_nat; lra.
    - rewrite bpow_opp.
      replace ((b + x) * / bpow radix2 k - IZR m) with (x / bpow radix2 k) by (rewrite is_b; field; lra).
      apply Rabs_lt_between. split; apply (Rmult_lt_reg_r (bpow radix2 k)); try exact scale;
        unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra. }
  destruct (Z.eq_dec k low) as [same|other]; [apply value; now left|].
  assert (least : bpow radix2 (k + Z.of_nat p - 1) <= b).
  { replace (k + Z.of_nat p - 1)%Z with (mag radix2 b - 1)%Z by (unfold k, cexp, FLT_exp, low in *; lia).
    pose proof (bpow_mag_le radix2 b ltac:(lra)) as size. now rewrite Rabs_pos_eq in size by lra. }
  destruct (Req_dec (bpow radix2 (k + Z.of_nat p - 1)) b) as [edge|inside].
  - destruct (Rle_dec 0 x) as [up|down]; [apply value; right; rewrite Rabs_pos_eq; lra|].
    apply Rle_antisym.
    + rewrite <- number at 2. apply rounded_le; [lia | lia | lra].
    + rewrite <- edge. apply below_power; [lia | lia | lia|]. rewrite edge.
      replace (b * (1 - 1 / (2 * 2 ^ p))) with (b - b / (2 * 2 ^ p)) by (field; lra). lra.
  - apply value. right. rewrite Rabs_pos_eq by lra.
    assert (more : (2 ^ (Z.of_nat p - 1) + 1 <= m)%Z).
    { apply Zlt_le_succ. apply lt_IZR. rewrite (IZR_Zpower radix2) by lia.
      apply (Rmult_lt_reg_r (bpow radix2 k)); [exact scale|]. rewrite <- is_b, <- bpow_plus.
      replace (Z.of_nat p - 1 + k)%Z with (k + Z.of_nat p - 1)%Z by ring. lra. }
    apply IZR_le in more. rewrite plus_IZR, (IZR_Zpower radix2) in more by lia.
    apply (Rmult_le_compat_r (bpow radix2 k)) in more; [|lra].
    rewrite <- is_b, Rmult_plus_distr_r, <- bpow_plus in more.
    replace (Z.of_nat p - 1 + k)%Z with (k + Z.of_nat p - 1)%Z in more by ring. lra.
Qed.

Lemma absorbed_any (b x : R) : fl b = b -> Rabs x <= Rabs b / (2 * 2 ^ p) -> fl (b + x) = b.
Proof.
  intros number small. destruct (Rtotal_order b 0) as [negative|[->|positive]].
  - rewrite (Rabs_left b) in small by exact negative. replace (b + x) with (- (- b + - x)) by ring.
    rewrite rounded_opp, absorbed_pos; [ring | now rewrite rounded_opp, number | lra | now rewrite Rabs_Ropp].
  - rewrite Rabs_R0 in small. unfold Rdiv in small. rewrite Rmult_0_l in small. pose proof (Rabs_pos x) as at_least.
    assert (zero : x = 0) by (destruct (Req_dec x 0) as [same|some]; [exact same | apply Rabs_pos_lt in some; lra]).
    rewrite zero, Rplus_0_l. apply rounded_0.
  - rewrite (Rabs_pos_eq b) in small by lra. now apply absorbed_pos.
Qed.

(* half way between two numbers the one with the even significand is taken *)
Lemma tie_down_and_up (b : R) (g : nat) : b = 2 ^ g \/ b = / 2 ^ g -> 2 / 2 ^ e <= b / 2 ^ p ->
  0 < b /\ fl b = b /\ fl (b / 2 ^ p) = b / 2 ^ p /\ fl (3 * b / 2 ^ p) = 3 * b / 2 ^ p /\
  fl (b + b / 2 ^ p) = b /\ fl (b + 3 * b / 2 ^ p) = b * (1 + 4 / 2 ^ p).
Proof.
  intros power least. destruct (power_of_two b g power) as [k is_b]. pose proof (bpow_gt_0 radix2 k) as above.
  rewrite <- is_b in above.
  assert (many : 4 <= 2 ^ p) by (replace 4 with (2 ^ 2) by ring; apply Rle_pow; [lra | exact bits]).
  assert (unit : b / 2 ^ p = bpow radix2 (k - Z.of_nat p)).
  { unfold Zminus. now rewrite bpow_plus, bpow_opp, bpow_nat, <- is_b. }
  assert (range : (1 - Z.of_nat e <= k - Z.of_nat p)%Z).
  { apply (le_bpow radix2). rewrite <- unit. unfold Zminus. rewrite bpow_plus, bpow_opp, bpow_nat. exact least. }
  assert (four : (4 <= 2 ^ Z.of_nat p)%Z) by (change 4%Z with (2 ^ 2)%Z; apply Z.pow_le_mono_r; lia).
  assert (spacing : bpow radix2 (k + 1 - Z.of_nat p) = 2 * b / 2 ^ p).
  { replace (k + 1 - Z.of_nat p)%Z with (1 + (k - Z.of_nat p))%Z by ring. rewrite bpow_plus, <- unit.
    change (bpow radix2 1) with 2. field. lra. }
  assert (scale : bpow radix2 (- (k + 1 - Z.of_nat p)) = 2 ^ p / (2 * b)) by (rewrite bpow_opp, spacing; field; lra).
  assert (first : IZR (2 ^ (Z.of_nat p - 1)) = 2 ^ p / 2).
  { rewrite (IZR_Zpower radix2) by lia. unfold Zminus. rewrite bpow_plus, bpow_nat. reflexivity. }
  assert (even : Z.even (2 ^ (Z.of_nat p - 1)) = true) by (rewrite Z.even_pow by lia; reflexivity).
  assert (next : bpow radix2 (k + 1 - Z.of_nat p + Z.of_nat p) = 2 * b).
  { replace (k + 1 - Z.of_nat p + Z.of_nat p)%Z with (1 + k)%Z by ring. now rewrite bpow_plus, <- is_b. }
  assert (own : bpow radix2 (k + 1 - Z.of_nat p + Z.of_nat p - 1) = b).
  { replace (k + 1 - Z.of_nat p + Z.of_nat p - 1)%Z with k by ring. now rewrite <- is_b. }
  assert (quarter : 0 < b / 2 ^ p <= b / 4).
  { split; [apply Rdiv_lt_0_compat; lra|]. apply Rmult_le_compat_l; [lra|]. apply Rinv_le_contravar; lra. }
  assert (thrice : 3 * b / 2 ^ p = 3 * (b / 2 ^ p)) by (unfold Rdiv; ring).
  split; [exact above|]. repeat split.
  - rewrite is_b. apply number_power; lia.
  - rewrite unit. apply number_power; lia.
  - rewrite thrice, unit. apply (number_dyadic p e ltac:(lia) exponents 3); lia.
  - rewrite (rounded_tie p e ltac:(lia) exponents (2 ^ (Z.of_nat p - 1)) (k + 1 - Z.of_nat p)).
    + rewrite first, spacing. field. lra.
    + lia.
    + rewrite next, Rabs_pos_eq; lra.
    + right. rewrite own, Rabs_pos_eq; lra.
    + rewrite scale, first. replace ((b + b / 2 ^ p) * (2 ^ p / (2 * b)) - 2 ^ p / 2) with (/ 2) by (field; lra).
      rewrite Rabs_pos_eq; lra.
    + exact even.
  - rewrite thrice. rewrite (rounded_tie p e ltac:(lia) exponents (2 ^ (Z.of_nat p - 1) + 2) (k + 1 - Z.of_nat p)).
    + rewrite plus_IZR, first, spacing. field. lra.
    + lia.
    + rewrite next, Rabs_pos_eq; lra.
    + right. rewrite own, Rabs_pos_eq; lra.
    + rewrite scale, plus_IZR, first.
      replace ((b + 3 * (b / 2 ^ p)) * (2 ^ p / (2 * b)) - (2 ^ p / 2 + 2)) with (- / 2) by (field; lra).
      rewrite Rabs_Ropp, Rabs_pos_eq; lra.
    + now rewrite Z.even_add, even.
Qed.
End Absorbing.
