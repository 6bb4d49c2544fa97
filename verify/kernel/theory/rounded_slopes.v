(* The direct form of tanh(a + b), and the derivative from exponentials, as a format computes them. *)
From Coq Require Import Reals Arith ZArith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Flocq Require Import Core Mult_error.
From Attnproof.theory Require Import prelude sums tanh tanh_weights rounding sech_squared formats ordered_sums.
From Attnproof.theory Require Import rounded_units.
Open Scope R_scope.

(* tanh is concave from 0 on, and 0 at 0: a relative error of its argument is not enlarged *)
Lemma tanh_concave (z c : R) : 0 < z -> 1 <= c -> tanh (c * z) <= c * tanh z.
Proof.
  intros above [more | <-]; [|rewrite !Rmult_1_l; lra].
  assert (moved : forall a b, 0 <= a -> a < b -> exists t, a <= t <= b /\ tanh b - tanh a = sech t ^ 2 * (b - a)).
  { intros a b low less. destruct (mean_value tanh (fun t => sech t ^ 2) a b less) as [t [same range]].
    - intros. apply is_derive_tanh.
    - exists t. split; [lra | exact same]. }
  destruct (moved 0 z ltac:(lra) above) as [h [[h0 hz] own]]. rewrite tanh_zero in own.
  destruct (moved z (c * z) ltac:(lra) ltac:(nra)) as [t [[tz _] rise]].
  pose proof (sech_sq_down h z h0 hz) as first. pose proof (sech_sq_down z t ltac:(lra) tz) as second.
  assert (further : 0 <= c * z - z) by nra.
  pose proof (Rmult_le_compat_r (c * z - z) _ _ further second) as bend.
  pose proof (Rmult_le_compat_r z _ _ (Rlt_le _ _ above) first) as start.
  assert (start' : (c - 1) * (sech z ^ 2 * z) <= (c - 1) * (sech h ^ 2 * z)) by (apply Rmult_le_compat_l; lra).
  assert (grown : c * tanh z = c * (sech h ^ 2 * z)) by (f_equal; lra). lra.
Qed.

Lemma tanh_moved (z d u : R) : 0 < z -> u < 1 -> Rabs d <= u -> Rabs (tanh (z * (1 + d)) - tanh z) <= u * tanh z.
Proof.
  intros above less small. apply Rabs_le_between in small. pose proof (tanh_pos z above).
  destruct (Rle_dec 0 d) as [up|down].
  - pose proof (tanh_concave z (1 + d) above ltac:(lra)) as most. rewrite Rmult_comm in most.
    assert (tanh z <= tanh (z * (1 + d))).
    { destruct (Req_dec d 0) as [->|some]; [right; f_equal; ring | apply Rlt_le, tanh_increasing; nra]. }
    apply Rabs_le. nra.
  - assert (sp : 0 < z * (1 + d)) by nra.
    assert (more : 1 <= / (1 + d)) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra).
    pose proof (tanh_concave (z * (1 + d)) (/ (1 + d)) sp more) as least.
    replace (/ (1 + d) * (z * (1 + d))) with z in least by (field; lra).
    apply (Rmult_le_compat_l (1 + d)) in least; [|lra]. rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l in least by lra.
    assert (tanh (z * (1 + d)) < tanh z) by (apply tanh_increasing; nra). apply Rabs_le. nra.
Qed.

Lemma tanh_moved_any (z d u : R) : u < 1 -> Rabs d <= u -> Rabs (tanh (z * (1 + d)) - tanh z) <= u * Rabs (tanh z).
Proof.
  intros less small. destruct (Rtotal_order z 0) as [negative|[->|positive]].
  - pose proof (tanh_moved (- z) d u ltac:(lra) less small) as bound.
    replace (- z * (1 + d)) with (- (z * (1 + d))) in bound by ring.
    rewrite !tanh_opp in bound. rewrite (Rabs_left (tanh z)).
    + replace (tanh (z * (1 + d)) - tanh z) with (- (- tanh (z * (1 + d)) - - tanh z)) by ring. now rewrite Rabs_Ropp.
    + rewrite <- tanh_zero. now apply tanh_increasing.
  - rewrite Rmult_0_l, tanh_zero, Rminus_0_r, Rabs_R0. lra.
  - rewrite (Rabs_pos_eq (tanh z)) by (apply Rlt_le, tanh_pos, positive). now apply tanh_moved.
Qed.

(* 4x/(1 + x)^2 moves by no more than its argument *)
Lemma near_slope (F x y : R) : 1 <= F -> 0 < x -> 0 < y -> near F x y ->
  near F (4 * x / (1 + x) ^ 2) (4 * y / (1 + y) ^ 2).
Proof.
  intros one xp yp [xy yx].
  assert (half : forall a b,
    0 < a -> 0 < b -> a <= F * b -> b <= F * a -> 4 * a / (1 + a) ^ 2 <= F * (4 * b / (1 + b) ^ 2)).
  { intros a b ap bp ab ba. assert (0 < (1 + a) ^ 2) by (apply pow_lt; lra).
    assert (0 < (1 + b) ^ 2) by (apply pow_lt; lra).
    apply (Rmult_le_reg_r ((1 + a) ^ 2 * (1 + b) ^ 2)); [apply Rmult_lt_0_compat; assumption|].
    replace (4 * a / (1 + a) ^ 2 * ((1 + a) ^ 2 * (1 + b) ^ 2)) with (4 * (a * (1 + b) ^ 2)) by (field; lra).
    replace (F * (4 * b / (1 + b) ^ 2) * ((1 + a) ^ 2 * (1 + b) ^ 2)) with (4 * (F * b * (1 + a) ^ 2)) by (field; lra).
    assert (form : F * b * (1 + a) ^ 2 - a * (1 + b) ^ 2
      = (F * b - a) + 2 * (a * b) * (F - 1) + a * b * (F * a - b)) by ring.
    assert (0 < a * b) by (apply Rmult_lt_0_compat; assumption).
    assert (0 <= 2 * (a * b) * (F - 1)) by (apply Rmult_le_pos; lra).
    assert (0 <= a * b * (F * a - b)) by (apply Rmult_le_pos; lra). lra. }
  split; apply half; assumption.
Qed.

Section Slopes.
Variables (p e : nat).
Hypothesis bits : (8 <= p)%nat.
Hypothesis wide : (p <= e)%nat.
Local Notation fl := (rounded p e).
Let u : R := / 2 ^ p.

Lemma direct_error (a b : R) : fl a = a -> fl b = b ->
  tanh (fl (a + b)) = 0 \/ 2 / 2 ^ e <= Rabs (tanh (fl (a + b))) ->
  Rabs (tanh (a + b) - fl (tanh (fl (a + b)))) <= (2 * u + u ^ 2) * Rabs (tanh (a + b)).
Proof.
  intros an bn normal. pose proof (roundoff_small p bits) as range. fold u in range.
  destruct (sum_factor p e ltac:(lia) ltac:(lia) a b an bn) as [d [small same]]. fold u in small.
  pose proof (off_normal p e ltac:(lia) ltac:(lia) _ normal) as turn. fold u in turn.
  pose proof (tanh_moved_any (a + b) d u ltac:(lra) small) as moved. rewrite <- same in moved.
  rewrite rounded_off. set (h := off p e (tanh (fl (a + b)))) in *. set (T := tanh (fl (a + b))) in *.
  set (t := tanh (a + b)) in *.
  replace (t - T * (h + 1)) with (- ((T - t) * (1 + h) + t * h)) by ring. rewrite Rabs_Ropp.
  apply Rle_trans with (1 := Rabs_triang _ _). rewrite !Rabs_mult.
  assert (Rabs (1 + h) <= 1 + u) by (apply Rabs_le_between in turn; apply Rabs_le; lra).
  assert (Rabs (T - t) * Rabs (1 + h) <= u * Rabs t * (1 + u)) by (apply Rmult_le_compat; auto using Rabs_pos).
  assert (Rabs t * Rabs h <= Rabs t * u) by (apply Rmult_le_compat_l; auto using Rabs_pos). nra.
Qed.

Lemma seven_factors : (/ (1 - u)) ^ 7 <= 1 + 8 * u.
Proof.
  pose proof (roundoff_small p bits) as range. fold u in range. rewrite pow_inv.
  assert (low : 1 - 7 * u <= (1 - u) ^ 7).
  { assert (two : 1 - 2 * u <= (1 - u) ^ 2) by nra. assert (three : 1 - 3 * u <= (1 - u) ^ 3) by nra.
    assert (four : 1 - 4 * u <= (1 - u) ^ 4) by nra.
    replace ((1 - u) ^ 7) with ((1 - u) ^ 3 * (1 - u) ^ 4) by ring. nra. }
  apply Rle_trans with (/ (1 - 7 * u)); [apply Rinv_le_contravar; lra|].
  apply (Rmult_le_reg_r (1 - 7 * u)); [lra|]. rewrite Rinv_l by lra. nra.
Qed.

Lemma near_trans (F G x y z : R) : 0 <= F -> 0 <= G -> near F x y -> near G y z -> near (F * G) x z.
Proof.
  intros fp gp [a1 a2] [c1 c2]. split.
  - apply Rle_trans with (1 := a1). rewrite Rmult_assoc. now apply Rmult_le_compat_l.
  - apply Rle_trans with (1 := c2). rewrite (Rmult_comm F), Rmult_assoc. now apply Rmult_le_compat_l.
Qed.

Lemma near_rounded (x : R) : 0 < x -> Rabs (off p e x) <= u -> 0 < fl x /\ near (/ (1 - u)) (fl x) x.
Proof.
  intros above small. pose proof (roundoff_small p bits) as range. fold u in range.
  pose proof (near_one u _ ltac:(lra) ltac:(lra) small) as [high low]. rewrite rounded_off.
  apply Rabs_le_between in small. split; [apply Rmult_lt_0_compat; lra|]. split; nra.
Qed.

Lemma power_number (j : nat) : (j < e)%nat -> fl (2 ^ j) = 2 ^ j /\ fl (/ 2 ^ j) = / 2 ^ j.
Proof. intros few. rewrite <- bpow_nat, <- bpow_opp. split; apply number_power; lia. Qed.

Lemma normal_from (x : R) (j : nat) : (j < e)%nat -> / 2 ^ j <= x -> Rabs (off p e x) <= u.
Proof.
  intros few least. apply off_normal; [lia | lia | right].
  assert (0 < / 2 ^ j) by (apply Rinv_0_lt_compat, pow_lt; lra).
  rewrite Rabs_pos_eq by lra. apply Rle_trans with (2 := least).
  assert (2 * 2 ^ j <= 2 ^ e) by (change (2 * 2 ^ j) with (2 ^ (S j)); apply Rle_pow; [lra | lia]).
  pose proof (pow_lt 2 j ltac:(lra)). apply (Rmult_le_reg_r (2 ^ e * 2 ^ j)); [nra|].
  replace (2 / 2 ^ e * (2 ^ e * 2 ^ j)) with (2 * 2 ^ j) by (field; nra).
  replace (/ 2 ^ j * (2 ^ e * 2 ^ j)) with (2 ^ e) by (field; lra). lra.
Qed.

Lemma four_times (w : R) : fl w = w -> fl (4 * w) = 4 * w.
Proof.
  intros number. apply (number_format p e ltac:(lia) ltac:(lia)) in number. apply number_format; [lia | lia|].
  rewrite Rmult_comm. change 4 with (bpow radix2 2). now apply mult_bpow_pos_exact_FLT.
Qed.

Lemma derivative_error (a b : R) (k : nat) :
  (4 * k + 2 <= e)%nat -> Rabs a <= INR k * ln 2 / 2 -> Rabs b <= INR k * ln 2 / 2 ->
  let w := fl (fl (exp (2 * a)) * fl (exp (2 * b))) in
  let r := fl (fl (w + 1) ^ 2) in
  let d := 4 * (exp (2 * a) * exp (2 * b)) / (1 + exp (2 * a) * exp (2 * b)) ^ 2 in
  4 * w < 2 * 2 ^ e /\ r < 2 * 2 ^ e /\ Rabs (fl (fl (4 * w) / r) - d) <= 8 * u * d.
Proof.
  intros enough near_a near_b w r d. pose proof (roundoff_small p bits) as range. fold u in range.
  destruct (exponential_range k a near_a) as [a0 a1]. destruct (exponential_range k b near_b) as [b0 b1].
  destruct (power_number k ltac:(lia)) as [top bottom]. destruct (power_number (2 * k) ltac:(lia)) as [top2 bottom2].
  pose proof (pow_R1_Rle 2 k ltac:(lra)) as one. set (M := 2 ^ k) in *.
  assert (square : 2 ^ (2 * k) = M * M) by (unfold M; rewrite <- pow_add; f_equal; lia). rewrite square in *.
  assert (inverse : 0 < / M) by (apply Rinv_0_lt_compat; lra). rewrite Rinv_mult in bottom2.
  pose proof (exp_pos (2 * a)) as ap. pose proof (exp_pos (2 * b)) as bp.
  set (A := exp (2 * a)) in *. set (B := exp (2 * b)) in *. set (F := / (1 - u)).
  pose proof (inverse_ge_1 u ltac:(lra) ltac:(lra)) as F1. fold F in F1.
  assert (lia_e : (1 <= p)%nat /\ (1 <= e)%nat) by lia. destruct lia_e as [p1 e1].
  destruct (near_rounded A ap (normal_from A k ltac:(lia) a0)) as [Ap nA].
  destruct (near_rounded B bp (normal_from B k ltac:(lia) b0)) as [Bp nB].
  assert (A0 : / M <= fl A <= M) by (split; [now apply rounded_at_least | now apply rounded_at_most]).
  assert (B0 : / M <= fl B <= M) by (split; [now apply rounded_at_least | now apply rounded_at_most]).
  assert (P0 : / M * / M <= fl A * fl B <= M * M) by (split; apply Rmult_le_compat; lra).
  assert (Pn : Rabs (off p e (fl A * fl B)) <= u).
  { apply (normal_from _ (2 * k)); [lia|]. rewrite square, Rinv_mult. lra. }
  destruct (near_rounded (fl A * fl B) ltac:(apply Rmult_lt_0_compat; lra) Pn) as [wp nw]. fold w in wp, nw.
  assert (w0 : / M * / M <= w <= M * M) by (split; [now apply rounded_at_least | now apply rounded_at_most]).
  assert (wx : near (F ^ 3) w (A * B)).
  { replace (F ^ 3) with (F * (F * F)) by ring. apply (near_trans _ _ _ (fl A * fl B)); [lra | nra | exact nw|].
    apply near_mult; try lra; assumption. }
  assert (wn : fl w = w) by now apply rounded_number.
  assert (unit : fl 1 = 1) by now apply number_1.
  destruct (near_rounded (w + 1) ltac:(lra) (off_sum p e p1 e1 w 1 wn unit)) as [qp nq].
  assert (q0 : 1 <= fl (w + 1)) by (apply rounded_at_least; [exact p1 | exact e1 | exact unit | lra]).
  assert (double : fl (2 * (M * M)) = 2 * (M * M)).
  { replace (2 * (M * M)) with (2 ^ (S (2 * k))) by (change (2 ^ S (2 * k)) with (2 * 2 ^ (2 * k)); now rewrite square).
    apply power_number. lia. }
  assert (q1 : fl (w + 1) <= 2 * (M * M)) by (apply rounded_at_most; [exact p1 | exact e1 | exact double | nra]).
  set (q := fl (w + 1)) in *.
  assert (rn : Rabs (off p e (q ^ 2)) <= u).
  { apply (normal_from _ 0); [lia|]. simpl. rewrite Rinv_1. nra. }
  destruct (near_rounded (q ^ 2) ltac:(nra) rn) as [rp nr]. fold r in rp, nr.
  assert (fourth : 4 * (M * M * (M * M)) = 2 ^ (4 * k + 2)).
  { rewrite <- square, <- pow_add. replace (4 * k + 2)%nat with (2 + (2 * k + 2 * k))%nat by lia.
    rewrite (pow_add 2 2). ring. }
  assert (most : 4 * (M * M * (M * M)) <= 2 ^ e) by (rewrite fourth; apply Rle_pow; [lra | exact enough]).
  assert (M2 : 1 <= M * M) by (clear - one; nra).
  assert (r1 : r <= 4 * (M * M * (M * M))).
  { apply rounded_at_most; [exact p1 | exact e1 | | nra]. rewrite fourth, <- bpow_nat. apply number_power; lia. }
  assert (rw : near (F ^ 3) r ((1 + w) ^ 2)).
  { replace (F ^ 3) with (F * (F * F)) by ring. apply (near_trans _ _ _ (q ^ 2)); [lra | nra | exact nr|].
    replace (q ^ 2) with (q * q) by ring. replace ((1 + w) ^ 2) with ((w + 1) * (w + 1)) by ring.
    apply near_mult; try lra; assumption. }
  assert (wp2 : 0 < (1 + w) ^ 2) by (apply pow_lt; lra).
  pose proof (near_inverse _ _ _ rp wp2 rw) as ri.
  assert (F3 : 1 <= F ^ 3) by (apply pow_R1_Rle; exact F1).
  assert (quotient : near (F ^ 3) (4 * w / r) (4 * w / (1 + w) ^ 2)).
  { destruct ri as [i1 i2]. apply (Rmult_le_compat_l (4 * w)) in i1, i2; try lra. unfold Rdiv. split; lra. }
  assert (slope : / (M * M) <= 4 * w / (1 + w) ^ 2).
  { apply (Rmult_le_reg_r (M * M * (1 + w) ^ 2)); [apply Rmult_lt_0_compat; lra|].
    replace (/ (M * M) * (M * M * (1 + w) ^ 2)) with ((1 + w) ^ 2) by (field; lra).
    replace (4 * w / (1 + w) ^ 2 * (M * M * (1 + w) ^ 2)) with (4 * w * (M * M)) by (field; lra).
    assert (more : 1 <= w * (M * M)).
    { replace 1 with (/ M * / M * (M * M)) by (field; lra). apply Rmult_le_compat_r; lra. }
    clear - more wp w0 M2. destruct (Rle_dec w 1); nra. }
  assert (F3' : F ^ 3 <= 2).
  { pose proof (pow_R1_Rle F 4 F1). pose proof seven_factors as seven. fold F in seven.
    replace (F ^ 7) with (F ^ 3 * F ^ 4) in seven by ring.
    assert (F ^ 3 * 1 <= F ^ 3 * F ^ 4) by (apply Rmult_le_compat_l; lra). lra. }
  assert (dn : Rabs (off p e (4 * w / r)) <= u).
  { apply (normal_from _ (S (2 * k))); [lia|]. change (2 ^ S (2 * k)) with (2 * 2 ^ (2 * k)). rewrite square, Rinv_mult.
    destruct quotient as [_ least]. pose proof (Rinv_0_lt_compat (M * M) ltac:(lra)) as M2p.
    clear - F3' F3 slope least M2p. nra. }
  destruct (near_rounded (4 * w / r) ltac:(apply Rdiv_lt_0_compat; lra) dn) as [Dp nD].
  assert (d_near : near (F ^ 7) (fl (4 * w / r)) d).
  { replace (F ^ 7) with (F * (F ^ 3 * F ^ 3)) by ring.
    apply (near_trans _ _ _ (4 * w / r)); [lra | nra | exact nD|].
    apply (near_trans _ _ _ (4 * w / (1 + w) ^ 2)); [lra | lra | exact quotient|].
    unfold d. apply near_slope; [exact F3 | exact wp | now apply Rmult_lt_0_compat | exact wx]. }
  split; [clear - w0 M2 most; nra|]. split; [lra|]. rewrite (four_times w wn).
  assert (product : 0 < A * B) by now apply Rmult_lt_0_compat.
  assert (dp : 0 < d) by (apply Rdiv_lt_0_compat; [| apply pow_lt]; lra).
  pose proof seven_factors as seven. fold F in seven. destruct d_near as [high low].
  assert (F7 : 1 <= F ^ 7) by (apply pow_R1_Rle; exact F1). set (G := F ^ 7) in *. set (D := fl (4 * w / r)) in *.
  assert (less : d - D <= (G - 1) * D) by lra. clear - range dp seven F7 high low less.
  apply Rabs_le. split; [|nra]. destruct (Rle_dec D d); nra.
Qed.
End Slopes.
