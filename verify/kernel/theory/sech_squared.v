(* sech^2 as a function of the square: it falls, and lies above its tangents. What that says of means. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums tanh derivatives.
Open Scope R_scope.

Lemma mean_value (u u' : R -> R) (a b : R) :
  a < b -> (forall t, a <= t <= b -> is_derive u t (u' t)) ->
  exists c, u b - u a = u' c * (b - a) /\ a < c < b.
Proof. intros less slope. apply (MVT_cor2 u u' a b less). intros t within. now apply is_derive_Reals, slope. Qed.

Lemma sech_opp (x : R) : sech (- x) = sech x.
Proof. unfold sech. now rewrite cosh_opp. Qed.

Lemma sech_abs (x : R) : sech (Rabs x) = sech x.
Proof. unfold Rabs. destruct Rcase_abs; [apply sech_opp | reflexivity]. Qed.

Lemma sech_zero : sech 0 = 1.
Proof. unfold sech, cosh. rewrite Ropp_0, exp_0. field. Qed.

Lemma sech_sq_pos (x : R) : 0 < sech x ^ 2.
Proof. apply pow_lt, sech_pos. Qed.

Lemma slope_sech_sq (x : R) : is_derive (fun t => sech t ^ 2) x (- 2 * tanh x * sech x ^ 2).
Proof.
  apply (is_derive_ext (fun t => 1 - tanh t ^ 2)); [intros; now rewrite sech_sq|].
  eapply is_derive_value.
  - apply (is_derive_comp (fun t => 1 - t ^ 2) tanh); [auto_derive; [exact I | reflexivity] | apply is_derive_tanh].
  - unfold scal; simpl; unfold mult; simpl. ring.
Qed.

Lemma sech_sq_falls (x y : R) : 0 <= x -> x < y -> sech y ^ 2 < sech x ^ 2.
Proof.
  intros xp less. rewrite !sech_sq. pose proof (tanh_increasing x y less).
  assert (0 <= tanh x) by (destruct xp as [p | <-]; [apply Rlt_le, tanh_pos, p | rewrite tanh_zero; lra]). nra.
Qed.

Lemma sech_sq_down (x y : R) : 0 <= x -> x <= y -> sech y ^ 2 <= sech x ^ 2.
Proof. intros xp [less | ->]; [apply Rlt_le, sech_sq_falls; assumption | apply Rle_refl]. Qed.

(* Minus the slope of sech^2 over 2t; it falls. *)
Definition steepness (t : R) : R := sech t ^ 2 * tanh t / t.

Lemma bracket_pos (t : R) : 0 < t -> t < tanh t + 3 * tanh t ^ 2 * t.
Proof.
  intros tp. set (u' := fun t => 2 * tanh t ^ 2 + 6 * t * tanh t * sech t ^ 2).
  destruct (mean_value (fun t => tanh t + 3 * tanh t ^ 2 * t - t) u' 0 t tp) as [c [same within]].
  - intros r _. unfold u'. eapply is_derive_value.
    + apply (is_derive_minus (fun t => tanh t + 3 * tanh t ^ 2 * t) (fun t => t)); [|apply is_derive_id].
      apply (is_derive_plus tanh (fun t => 3 * tanh t ^ 2 * t)); [apply is_derive_tanh|].
      apply (is_derive_mult (fun t => 3 * tanh t ^ 2) (fun t => t)); [|apply is_derive_id | intros; apply Rmult_comm].
      apply (is_derive_comp (fun x => 3 * x ^ 2) tanh); [auto_derive; [exact I | reflexivity] | apply is_derive_tanh].
    + unfold minus, plus, opp, scal, mult, one; cbn -[pow]. unfold mult; cbn -[pow]. rewrite !sech_sq. ring.
  - rewrite tanh_zero in same. assert (0 < u' c); [|nra].
    unfold u'. pose proof (tanh_pos c ltac:(lra)). pose proof (sech_sq_pos c).
    assert (0 < c * tanh c * sech c ^ 2) by (apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat|]; lra).
    assert (0 < tanh c ^ 2) by (apply pow_lt; assumption). lra.
Qed.

Lemma slope_steepness (t : R) :
  t <> 0 -> is_derive steepness t (sech t ^ 2 * (t - 3 * tanh t ^ 2 * t - tanh t) / t ^ 2).
Proof.
  intros nz. unfold steepness. eapply is_derive_value.
  - apply (is_derive_div (fun t => sech t ^ 2 * tanh t) (fun t => t)); [|apply is_derive_id | exact nz].
    apply (is_derive_mult (fun t => sech t ^ 2) tanh); [apply slope_sech_sq | apply is_derive_tanh |
      intros; apply Rmult_comm].
  - unfold minus, plus, opp, scal, mult, one; cbn -[pow]. rewrite !sech_sq. field. exact nz.
Qed.

Lemma steepness_falls (s t : R) : 0 < s -> s < t -> steepness t < steepness s.
Proof.
  intros sp less. set (u' := fun t => sech t ^ 2 * (t - 3 * tanh t ^ 2 * t - tanh t) / t ^ 2).
  destruct (mean_value steepness u' s t less) as [c [same within]].
  - intros r bounds. apply slope_steepness. lra.
  - pose proof (bracket_pos c ltac:(lra)). pose proof (sech_sq_pos c).
    assert (u' c < 0); [|nra]. unfold u'. assert (0 < / c ^ 2) by (apply Rinv_0_lt_compat; nra).
    unfold Rdiv. assert (sech c ^ 2 * (c - 3 * tanh c ^ 2 * c - tanh c) < 0) by nra. nra.
Qed.

(* Strictly above the tangent at the square of s, except there. *)
Lemma tangent_below (t s : R) :
  0 <= t -> 0 < s -> t <> s -> sech s ^ 2 - steepness s * (t ^ 2 - s ^ 2) < sech t ^ 2.
Proof.
  intros tp sp other.
  set (u := fun t => sech t ^ 2 + steepness s * t ^ 2).
  set (u' := fun t => - 2 * tanh t * sech t ^ 2 + steepness s * (2 * t)).
  assert (slope : forall r, is_derive u r (u' r)).
  { intros r. apply (is_derive_plus (fun t => sech t ^ 2) (fun t => steepness s * t ^ 2)); [apply slope_sech_sq|].
    auto_derive; [exact I | ring]. }
  assert (form : forall c, 0 < c -> u' c = 2 * c * (steepness s - steepness c)).
  { intros c cp. unfold u', steepness. field. lra. }
  assert (u s < u t); [|unfold u in *; lra].
  destruct (Rtotal_order t s) as [less | [same | more]]; [| contradiction |].
  - destruct (mean_value u u' t s less (fun r _ => slope r)) as [c [same within]].
    rewrite (form c) in same by lra. pose proof (steepness_falls c s ltac:(lra) ltac:(lra)).
    assert (0 < c * (steepness c - steepness s) * (s - t)) by (repeat apply Rmult_lt_0_compat; lra). nra.
  - destruct (mean_value u u' s t more (fun r _ => slope r)) as [c [same within]].
    rewrite (form c) in same by lra. pose proof (steepness_falls s c ltac:(lra) ltac:(lra)).
    assert (0 < c * (steepness s - steepness c) * (t - s)) by (repeat apply Rmult_lt_0_compat; lra). nra.
Qed.

Lemma steepness_pos (s : R) : 0 < s -> 0 < steepness s.
Proof.
  intros sp. unfold steepness. pose proof (sech_sq_pos s). pose proof (tanh_pos s sp).
  apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat|]; assumption.
Qed.

(* Of a number of any sign, equality included. *)
Lemma tangent_bound (z s : R) : 0 < s -> sech s ^ 2 - steepness s * (z ^ 2 - s ^ 2) <= sech z ^ 2.
Proof.
  intros sp. rewrite <- (sech_abs z), <- (pow2_abs z). destruct (Req_dec (Rabs z) s) as [->|other]; [lra|].
  apply Rlt_le, tangent_below; auto using Rabs_pos.
Qed.

(* The mean of sech^2 over units of mean square s^2 at most. *)
Lemma mean_at_least (d : nat) (z : nat -> R) (s : R) :
  (1 <= d)%nat -> 0 <= s -> sum d (fun a => z a ^ 2) <= INR d * s ^ 2 ->
  sech s ^ 2 <= sum d (fun a => sech (z a) ^ 2) / INR d.
Proof.
  intros some [sp | <-] small; (assert (0 < INR d) by (apply lt_0_INR; lia));
    apply (Rle_div_r _ _ (INR d)); try assumption; rewrite (Rmult_comm _ (INR d)), <- sum_const.
  - apply Rle_trans with (sum d (fun a => sech s ^ 2 - steepness s * (z a ^ 2 - s ^ 2))).
    + rewrite sum_minus, sum_scal_l, sum_minus, !sum_const. pose proof (steepness_pos s sp). nra.
    + apply sum_le. intros a _. now apply tangent_bound.
  - assert (nought : forall a, (a < d)%nat -> z a ^ 2 = 0).
    { apply sum_zero_each; [intros; apply pow2_ge_0|].
      assert (0 <= sum d (fun a => z a ^ 2)) by (apply sum_nonneg; intros; apply pow2_ge_0). lra. }
    apply sum_le. intros a below. replace (z a) with 0; [lra|]. pose proof (nought a below). nra.
Qed.

(* The mean is above it where the mean square is less, or where one unit is of another size. *)
Lemma mean_above (d : nat) (z : nat -> R) (s : R) :
  (1 <= d)%nat -> 0 < s -> sum d (fun a => z a ^ 2) < INR d * s ^ 2 ->
  sech s ^ 2 < sum d (fun a => sech (z a) ^ 2) / INR d.
Proof.
  intros some sp small. assert (0 < INR d) by (apply lt_0_INR; lia).
  apply (Rlt_div_r _ _ (INR d)); [assumption|]. rewrite (Rmult_comm _ (INR d)), <- sum_const.
  apply Rlt_le_trans with (sum d (fun a => sech s ^ 2 - steepness s * (z a ^ 2 - s ^ 2))).
  - rewrite sum_minus, sum_scal_l, sum_minus, !sum_const. pose proof (steepness_pos s sp). nra.
  - apply sum_le. intros a _. now apply tangent_bound.
Qed.

Lemma mean_attained_only (d : nat) (z : nat -> R) (s : R) (a : nat) :
  (1 <= d)%nat -> 0 < s -> sum d (fun a => z a ^ 2) <= INR d * s ^ 2 -> (a < d)%nat ->
  sum d (fun a => sech (z a) ^ 2) / INR d = sech s ^ 2 -> Rabs (z a) = s.
Proof.
  intros some sp small below same. assert (0 < INR d) by (apply lt_0_INR; lia).
  destruct (Req_dec (Rabs (z a)) s) as [is|other]; [exact is|exfalso].
  assert (less : sum d (fun a => sech s ^ 2 - steepness s * (z a ^ 2 - s ^ 2)) < sum d (fun a => sech (z a) ^ 2)).
  { apply sum_lt with (k := a); [intros; now apply tangent_bound | exact below |].
    rewrite <- (sech_abs (z a)), <- (pow2_abs (z a)). apply tangent_below; auto using Rabs_pos. }
  rewrite sum_minus, sum_scal_l, sum_minus, !sum_const in less. pose proof (steepness_pos s sp).
  assert (total : sum d (fun a => sech (z a) ^ 2) = INR d * sech s ^ 2) by (rewrite <- same; field; lra). nra.
Qed.
