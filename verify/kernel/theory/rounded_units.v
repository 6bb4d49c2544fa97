(* tanh(a + b) and its derivative from one exponential of each, as a format computes them. *)
From Coq Require Import Reals Arith ZArith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Flocq Require Import Core.
From Attnproof.theory Require Import prelude sums tanh tanh_weights rounding rounded_separation formats nearest.
From Attnproof.theory Require Import ordered_sums.
Open Scope R_scope.

Lemma power_exp (m : nat) : 2 ^ m = exp (INR m * ln 2).
Proof. rewrite <- Rpower_pow by lra. reflexivity. Qed.

Lemma exponential_range (m : nat) (x : R) : Rabs x <= INR m * ln 2 / 2 -> / 2 ^ m <= exp (2 * x) <= 2 ^ m.
Proof.
  intros near. apply Rabs_le_between in near. rewrite power_exp, <- exp_Ropp. split; apply exp_le; lra.
Qed.

Section Units.
Variables (p e : nat).
Hypothesis bits : (8 <= p)%nat.
Hypothesis wide : (p <= e)%nat.
Local Notation fl := (rounded p e).
Let u : R := / 2 ^ p.

Lemma roundoff_small : 0 < u <= / 256.
Proof.
  pose proof (pow_lt 2 p ltac:(lra)). split; [now apply Rinv_0_lt_compat|].
  apply Rinv_le_contravar; [lra|]. replace 256 with (2 ^ 8) by ring. apply Rle_pow; [lra | exact bits].
Qed.

(* what an underflow may cost *)
Lemma underflow_small : 0 < 2 / (2 ^ e * 2 ^ p) <= u / 128.
Proof.
  pose proof (pow_lt 2 p ltac:(lra)) as power. pose proof (pow_lt 2 e ltac:(lra)) as power'.
  assert (256 <= 2 ^ e) by (replace 256 with (2 ^ 8) by ring; apply Rle_pow; [lra | lia]).
  replace (2 / (2 ^ e * 2 ^ p)) with (2 / 2 ^ e * u) by (unfold u; field; lra).
  assert (0 < 2 / 2 ^ e <= / 128).
  { split; [apply Rdiv_lt_0_compat; lra|]. apply (Rcomplements.Rle_div_l 2 (/ 128) (2 ^ e)); lra. }
  pose proof roundoff_small. split; [apply Rmult_lt_0_compat|]; nra.
Qed.

Lemma exponential_normal (x : R) : Rabs x <= (INR e - 1) * ln 2 / 2 -> 2 / 2 ^ e <= exp (2 * x).
Proof.
  intros near. apply Rabs_le_between in near. rewrite power_exp. rewrite <- (exp_ln 2) at 1 by lra.
  unfold Rdiv. rewrite <- exp_Ropp, <- exp_plus. apply exp_le. lra.
Qed.

Section Two.
Variables (a b : R).
Hypothesis near_a : Rabs a <= (INR e - 1) * ln 2 / 2.
Hypothesis near_b : Rabs b <= (INR e - 1) * ln 2 / 2.
Let w : R := fl (fl (exp (2 * a)) * fl (exp (2 * b))).

Lemma product_error : exists da db dp t, Rabs da <= u /\ Rabs db <= u /\ Rabs dp <= u /\ Rabs t <= u / 128 /\
  w = exp (2 * a) * (da + 1) * (exp (2 * b) * (db + 1)) * (dp + 1) + t.
Proof.
  assert (off_exp : forall x, Rabs x <= (INR e - 1) * ln 2 / 2 -> Rabs (off p e (exp (2 * x))) <= u).
  { intros x near. apply off_normal; [lia | lia | right]. pose proof (exp_pos (2 * x)).
    rewrite Rabs_pos_eq by lra. now apply exponential_normal. }
  destruct (rounded_with_underflow p e ltac:(lia) ltac:(lia) (fl (exp (2 * a)) * fl (exp (2 * b))))
    as [dp [t [small [tiny same]]]].
  exists (off p e (exp (2 * a))), (off p e (exp (2 * b))), dp, t.
  repeat split; [now apply off_exp | now apply off_exp | exact small | |].
  - pose proof underflow_small. lra.
  - unfold w. rewrite same, !(rounded_off p e (exp _)). ring.
Qed.

Lemma unit_error : Rabs (fl (1 - fl (2 / fl (w + 1))) - tanh (a + b)) <= 7 * u.
Proof.
  destruct product_error as [da [db [dp [t [sa [sb [sp [st is_w]]]]]]]]. pose proof roundoff_small as range.
  assert (one : fl 1 = 1) by (apply number_1; lia).
  assert (wn : fl w = w) by (apply rounded_number; lia).
  set (x := exp (2 * a) * (da + 1) * (exp (2 * b) * (db + 1)) * (dp + 1)) in *.
  assert (xp : 0 < x).
  { apply Rabs_le_between in sa. apply Rabs_le_between in sb. apply Rabs_le_between in sp.
    repeat apply Rmult_lt_0_compat; try apply exp_pos; lra. }
  pose proof (off_sum p e ltac:(lia) ltac:(lia) w 1 wn one) as sq. fold u in sq. set (dq := off p e (w + 1)) in *.
  assert (is_q : fl (w + 1) = (w + 1) * (dq + 1)) by apply rounded_off.
  destruct (rounded_with_underflow p e ltac:(lia) ltac:(lia) (2 / fl (w + 1))) as [dr [s [sr [ss is_r]]]].
  fold u in sr. set (r := fl (2 / fl (w + 1))) in *.
  assert (rn : fl r = r) by (apply rounded_number; lia).
  pose proof (off_difference p e ltac:(lia) ltac:(lia) 1 r one rn) as sd. fold u in sd.
  set (dd := off p e (1 - r)) in *.
  assert (is_t : fl (1 - r) = (1 - r) * (dd + 1)) by apply rounded_off.
  (* the underflow of the product is a part of the error of the sum *)
  set (dq' := (1 + t / (x + 1)) * (dq + 1) - 1).
  assert (part : Rabs (t / (x + 1)) <= u / 128).
  { unfold Rdiv. rewrite Rabs_mult, (Rabs_pos_eq (/ (x + 1))) by (apply Rlt_le, Rinv_0_lt_compat; lra).
    apply (Rmult_le_reg_r (x + 1)); [lra|]. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
    pose proof (Rabs_pos t). nra. }
  assert (same_q : (w + 1) * (dq + 1) = (1 + x) * (dq' + 1)) by (unfold dq'; rewrite is_w; field; lra).
  set (v := 128 / 127 * u). assert (vr : 0 <= v <= 1 / 250) by (unfold v; lra).
  assert (sq' : Rabs dq' <= v).
  { unfold dq'. apply Rabs_le_between in part. apply Rabs_le_between in sq. apply Rabs_le. unfold v.
    clear - part sq range. split; nra. }
  assert (uv : u <= v) by (unfold v; lra).
  pose proof (rounded_unit_error a b v da db dp dq' dr dd vr ltac:(lra) ltac:(lra) ltac:(lra) sq' ltac:(lra) ltac:(lra))
    as bound. cbv zeta in bound. fold x in bound.
  rewrite is_t, is_r, is_q, same_q.
  set (r0 := 2 / ((1 + x) * (dq' + 1)) * (dr + 1)) in *.
  replace ((1 - (2 / ((1 + x) * (dq' + 1)) * (1 + dr) + s)) * (dd + 1)) with ((1 - r0) * (dd + 1) - s * (dd + 1))
    by (unfold r0; ring).
  pose proof underflow_small as tiny. apply Rabs_le_between in bound. apply Rabs_le_between in sd.
  apply Rabs_le_between in ss. apply Rabs_le. unfold v in bound.
  clear - range tiny bound sd ss. split; nra.
Qed.

Lemma overflow_error : 2 * 2 ^ e <= w -> Rabs (1 - tanh (a + b)) <= 7 * u.
Proof.
  intros big. destruct product_error as [da [db [dp [t [sa [sb [sp [st is_w]]]]]]]]. pose proof roundoff_small as range.
  pose proof (three_factors u da db dp ltac:(lra) sa sb sp) as factor. set (x := exp (2 * a) * exp (2 * b)).
  set (F := (da + 1) * (db + 1) * (dp + 1)) in *.
  assert (form : w = x * F + t) by (rewrite is_w; unfold x, F; ring).
  assert (xp : 0 < x) by (apply Rmult_lt_0_compat; apply exp_pos).
  apply Rabs_le_between in factor. apply Rabs_le_between in st.
  assert (many : 256 <= 2 ^ e) by (replace 256 with (2 ^ 8) by ring; apply Rle_pow; [lra | lia]).
  assert (large : 2 ^ e <= x) by (rewrite form in big; clear - range factor st xp big many; nra).
  rewrite tanh_separates. fold x. replace (1 - (1 - 2 / (1 + x))) with (2 / (1 + x)) by ring.
  assert (2 / (1 + x) <= 2 * u).
  { unfold Rdiv. apply Rmult_le_compat_l; [lra|]. apply Rinv_le_contravar; [apply pow_lt; lra|].
    apply Rle_trans with (2 ^ e); [apply Rle_pow; [lra | exact wide] | lra]. }
  rewrite Rabs_pos_eq; [lra|]. apply Rdiv_le_0_compat; lra.
Qed.

Lemma overflow_of_product : INR (e + 2) * ln 2 / 2 <= a + b -> 2 * 2 ^ e <= w.
Proof.
  intros beyond. destruct product_error as [da [db [dp [t [sa [sb [sp [st is_w]]]]]]]].
  pose proof roundoff_small as range.
  pose proof (three_factors u da db dp ltac:(lra) sa sb sp) as factor. set (x := exp (2 * a) * exp (2 * b)).
  set (F := (da + 1) * (db + 1) * (dp + 1)) in *.
  assert (form : w = x * F + t) by (rewrite is_w; unfold x, F; ring).
  apply Rabs_le_between in factor. apply Rabs_le_between in st.
  assert (many : 256 <= 2 ^ e) by (replace 256 with (2 ^ 8) by ring; apply Rle_pow; [lra | lia]).
  assert (large : 4 * 2 ^ e <= x).
  { replace (4 * 2 ^ e) with (2 ^ (e + 2)) by (rewrite pow_add; ring). rewrite power_exp. unfold x. rewrite <- exp_plus.
    apply exp_le. lra. }
  rewrite form. clear - range factor st large many. nra.
Qed.
End Two.

(* b = 0 and a small: both exponentials are 1 *)
Lemma small_is_lost (a : R) : 0 < a -> a <= 1 / (4 * 2 ^ p) ->
  fl (1 - fl (2 / fl (fl (fl (exp (2 * a)) * fl (exp (2 * 0))) + 1))) = 0.
Proof.
  intros above small. pose proof roundoff_small as range. pose proof (pow_lt 2 p ltac:(lra)) as power.
  assert (one : fl 1 = 1) by (apply number_1; lia).
  assert (quarter : 1 / (4 * 2 ^ p) = u / 4) by (unfold u; field; lra). rewrite quarter in small.
  assert (first : 1 <= exp (2 * a)) by (rewrite <- exp_0; apply exp_le; lra).
  assert (last : exp (2 * a) < 1 + u).
  { pose proof (exp_ineq1_le (- (2 * a))) as tangent. rewrite exp_Ropp in tangent. pose proof (exp_pos (2 * a)).
    assert ((1 - 2 * a) * exp (2 * a) <= 1).
    { apply (Rmult_le_compat_r (exp (2 * a))) in tangent; [|lra]. rewrite Rinv_l in tangent by lra. lra. }
    nra. }
  assert (up : Z.of_nat p = (1 + (Z.of_nat p - 1))%Z) by ring.
  assert (scale : bpow radix2 (- (1 - Z.of_nat p)) = 2 ^ p / 2).
  { replace (- (1 - Z.of_nat p))%Z with (Z.of_nat p + -1)%Z by ring. rewrite bpow_plus, bpow_nat. reflexivity. }
  assert (near_1 : fl (exp (2 * a)) = 1).
  { rewrite (rounded_is p e ltac:(lia) ltac:(lia) (2 ^ (Z.of_nat p - 1)) (1 - Z.of_nat p)).
    - rewrite (IZR_Zpower radix2), <- bpow_plus by lia.
      replace (Z.of_nat p - 1 + (1 - Z.of_nat p))%Z with 0%Z by ring. reflexivity.
    - lia.
    - replace (1 - Z.of_nat p + Z.of_nat p)%Z with 1%Z by ring. change (bpow radix2 1) with 2. rewrite Rabs_pos_eq; lra.
    - right. replace (1 - Z.of_nat p + Z.of_nat p - 1)%Z with 0%Z by ring. change (bpow radix2 0) with 1.
      rewrite Rabs_pos_eq; lra.
    - rewrite scale, (IZR_Zpower radix2) by lia.
      replace (bpow radix2 (Z.of_nat p - 1)) with (2 ^ p / 2)
        by (unfold Zminus; rewrite bpow_plus, bpow_nat; reflexivity).
      replace (exp (2 * a) * (2 ^ p / 2) - 2 ^ p / 2) with ((exp (2 * a) - 1) * 2 ^ p / 2) by field.
      assert (inverse : u * 2 ^ p = 1) by (unfold u; apply Rinv_l; lra).
      rewrite Rabs_pos_eq by (apply Rdiv_le_0_compat; [apply Rmult_le_pos|]; lra). nra. }
  rewrite near_1, Rmult_0_r, exp_0, one, Rmult_1_l, one.
  assert (two : fl 2 = 2) by (apply (number_power p e ltac:(lia) ltac:(lia) 1); lia).
  replace (1 + 1) with 2 by ring. rewrite two. replace (2 / 2) with 1 by field. rewrite one.
  replace (1 - 1) with 0 by ring. apply rounded_0.
Qed.
End Units.
