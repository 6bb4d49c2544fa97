(* Three numbers that sum to 0, with squares that sum to 3, lie on a circle. The sum of sech^2 is least where two of
   them are equal. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude tanh derivatives sech_squared two_parabolas enclosure.
Open Scope R_scope.

(* The point p cos t + q sin t of a turn, and its slope. *)
Definition turn (p q t : R) : R := p * cos t + q * sin t.

Lemma slope_turn (p q t : R) : is_derive (turn p q) t (turn q (- p) t).
Proof. unfold turn. auto_derive; [exact I | ring]. Qed.

Lemma slope_turned (p q t : R) :
  is_derive (fun t => sech (turn p q t) ^ 2) t (- 2 * fall (turn p q t) * turn q (- p) t).
Proof.
  eapply is_derive_value; [exact (is_derive_comp _ _ t _ _ (slope_sech_sq _) (slope_turn p q t))|].
  unfold scal, fall; cbn -[pow]. unfold mult; cbn -[pow]. ring.
Qed.

(* The second derivative, of a point x with the slope x'. *)
Definition bent (x x' : R) : R := - 2 * (sech x ^ 2 * (1 - 3 * tanh x ^ 2)) * x' ^ 2 + 2 * (tanh x * sech x ^ 2) * x.

Lemma second_slope_turned (p q t : R) :
  is_derive (fun t => - 2 * fall (turn p q t) * turn q (- p) t) t (bent (turn p q t) (turn q (- p) t)).
Proof.
  eapply is_derive_value.
  - apply (is_derive_mult (fun t => - 2 * fall (turn p q t)) (turn q (- p))); [|apply slope_turn |
      intros; apply Rmult_comm].
    apply (is_derive_scal (fun t => fall (turn p q t))).
    exact (is_derive_comp _ _ t _ _ (slope_fall _) (slope_turn p q t)).
  - unfold scal, fall, bent, plus, mult; cbn -[pow]. unfold mult, turn; cbn -[pow]. ring.
Qed.

(* The three numbers, at a turn by t from where two are equal; the one that is not positive with the sign changed. *)
Definition three (t : R) : R :=
  sech (turn (sqrt 2) 0 t) ^ 2 + sech (turn (/ sqrt 2) (sqrt (3 / 2)) t) ^ 2
  + sech (turn (/ sqrt 2) (- sqrt (3 / 2)) t) ^ 2.

Lemma three_at_zero : three 0 = sech (sqrt 2) ^ 2 + 2 * sech (/ sqrt 2) ^ 2.
Proof. unfold three, turn. rewrite cos_0, sin_0, !Rmult_0_r, !Rmult_1_r, !Rplus_0_r. ring. Qed.

Lemma three_least (t : R) : 0 < t <= 53 / 100 -> three 0 < three t.
Proof.
  intros within. destruct (Rle_dec t (18 / 100)) as [near | far].
  - set (slope := fun p q t => - 2 * fall (turn p q t) * turn q (- p) t).
    set (r := / sqrt 2). set (s := sqrt (3 / 2)).
    destruct (mean_value three (fun t => slope (sqrt 2) 0 t + slope r s t + slope r (- s) t) 0 t) as [c [same inside]].
    { lra. }
    { intros c _. apply (is_derive_plus (fun t => sech (turn (sqrt 2) 0 t) ^ 2 + sech (turn r s t) ^ 2));
        [apply (is_derive_plus (fun t => sech (turn (sqrt 2) 0 t) ^ 2))|]; apply slope_turned. }
    set (second := fun p q t => bent (turn p q t) (turn q (- p) t)).
    destruct (mean_value (fun t => slope (sqrt 2) 0 t + slope r s t + slope r (- s) t)
      (fun t => second (sqrt 2) 0 t + second r s t + second r (- s) t) 0 c) as [e [again deeper]].
    { lra. }
    { intros u _. apply (is_derive_plus (fun t => slope (sqrt 2) 0 t + slope r s t));
        [apply (is_derive_plus (slope (sqrt 2) 0))|]; apply second_slope_turned. }
    assert (still : slope (sqrt 2) 0 0 + slope r s 0 + slope r (- s) 0 = 0).
    { unfold slope, turn. rewrite cos_0, sin_0, !Rmult_0_r, !Rmult_1_r, !Rplus_0_r. ring. }
    assert (convex : 0 < second (sqrt 2) 0 e + second r s e + second r (- s) e).
    { unfold second, bent, turn, r, s. rewrite !tanh_exp, !sech_sq_exp.
      assert (0 <= e <= 18 / 100) by lra. interval with (Tactic.i_prec 40, Tactic.i_bisect e). }
    cbv beta in *. rewrite still in again.
    assert (0 < (second (sqrt 2) 0 e + second r s e + second r (- s) e) * (c - 0) * (t - 0))
      by (apply three_positive; lra).
    rewrite <- again in H. lra.
  - apply Rminus_gt_0_lt. rewrite three_at_zero. unfold three, turn. rewrite !sech_sq_exp.
    assert (18 / 100 <= t <= 53 / 100) by lra. interval with (Tactic.i_prec 40, Tactic.i_bisect t).
Qed.

(* Two that are not negative, the first the larger. *)
Lemma least_of_ordered (x y z : R) :
  x + y + z = 0 -> x ^ 2 + y ^ 2 + z ^ 2 = 3 -> 0 <= y -> y < x ->
  sech (sqrt 2) ^ 2 + 2 * sech (/ sqrt 2) ^ 2 < sech x ^ 2 + sech y ^ 2 + sech z ^ 2.
Proof.
  intros zero squares yp order.
  pose proof (sqrt_lt_R0 (3 / 2) ltac:(lra)) as sp. pose proof (pow2_sqrt (3 / 2) ltac:(lra)) as s2.
  pose proof (sqrt_lt_R0 2 ltac:(lra)) as rp. pose proof (pow2_sqrt 2 ltac:(lra)) as r2.
  set (s := sqrt (3 / 2)) in *. set (r := sqrt 2) in *.
  set (v := (x - y) / 2 / s).
  assert (vp : 0 < v) by (unfold v; apply Rdiv_lt_0_compat; lra).
  assert (v2 : v ^ 2 = (x - y) ^ 2 / 6) by (unfold v, Rdiv; rewrite !Rpow_mult_distr, !pow_inv, s2; field).
  assert (half : v <= 1 / 2) by nra.
  set (t := asin v).
  assert (bounds : -1 <= v <= 1) by lra.
  assert (sine : sin t = v) by (apply sin_asin; lra).
  assert (cosine : cos t = (x + y) / r).
  { unfold t. rewrite cos_asin by lra. rewrite <- (sqrt_pow2 ((x + y) / r)).
    - f_equal. unfold Rsqr, Rdiv. rewrite Rpow_mult_distr, pow_inv, r2.
      replace (v * v) with (v ^ 2) by ring. rewrite v2. nra.
    - apply Rdiv_le_0_compat; lra. }
  pose proof (asin_bound v) as range. fold t in range. pose proof PI_RGT_0.
  assert (tp : 0 < t).
  { apply Rnot_le_lt. intros least. pose proof (sin_incr_1 t 0). rewrite sin_0 in *. lra. }
  assert (upto : t <= 53 / 100).
  { apply Rnot_lt_le. intros beyond. assert (sin (53 / 100) < sin t).
    - apply sin_increasing_1; try lra; interval with (Tactic.i_prec 40).
    - assert (1 / 2 < sin (53 / 100)) by interval with (Tactic.i_prec 40). lra. }
  pose proof (three_least t (conj tp upto)) as less. rewrite three_at_zero in less. fold r in less.
  apply Rlt_le_trans with (1 := less). right. unfold three, turn. fold r s. rewrite sine, cosine.
  assert (split : (x - y) / 2 = s * v) by (unfold v; field; lra).
  assert (middle : / r * ((x + y) / r) = (x + y) / 2).
  { rewrite <- r2. field. lra. }
  rewrite middle.
  replace (r * ((x + y) / r) + 0 * v) with (- z) by (replace z with (- (x + y)) by lra; field; lra).
  replace ((x + y) / 2 + s * v) with x by lra. replace ((x + y) / 2 + - s * v) with y by lra.
  rewrite sech_opp. ring.
Qed.

(* Two that are not negative: the least sum, and where it is. *)
Lemma least_of_signs (x y z : R) :
  x + y + z = 0 -> x ^ 2 + y ^ 2 + z ^ 2 = 3 -> 0 <= x -> 0 <= y ->
  sech (sqrt 2) ^ 2 + 2 * sech (/ sqrt 2) ^ 2 < sech x ^ 2 + sech y ^ 2 + sech z ^ 2
  \/ x = / sqrt 2 /\ y = / sqrt 2 /\ z = - sqrt 2.
Proof.
  intros zero squares xp yp. destruct (Rtotal_order y x) as [order | [same | order]].
  - left. now apply least_of_ordered.
  - right. subst y. pose proof (sqrt_lt_R0 2 ltac:(lra)). pose proof (pow2_sqrt 2 ltac:(lra)).
    assert (isz : z = - (2 * x)) by lra. subst z.
    assert (double : 2 * x = sqrt 2).
    { rewrite <- (sqrt_pow2 (2 * x)) by lra. f_equal. lra. }
    assert (x = / sqrt 2) by (rewrite <- double; field_simplify_eq; nra). lra.
  - left. pose proof (least_of_ordered y x z ltac:(lra) ltac:(lra) xp order). lra.
Qed.
