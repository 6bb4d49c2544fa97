(* Two parabolas below sech^2, with the same linear and the same quadratic coefficient: one touches it at a number a
   from the root of 2/3 to 1, for numbers that are not negative, the other at - 1/a, for those that are not positive. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude tanh derivatives sech_squared enclosure.
Open Scope R_scope.

Lemma three_positive (x y z : R) : 0 < x -> 0 < y -> 0 < z -> 0 < x * y * z.
Proof. intros. apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat|]; assumption. Qed.

(* Half of minus the slope of sech^2. From 0.66 on it falls. *)
Definition fall (t : R) : R := tanh t * sech t ^ 2.

Lemma slope_fall (t : R) : is_derive fall t (sech t ^ 2 * (1 - 3 * tanh t ^ 2)).
Proof.
  eapply is_derive_value.
  - apply (is_derive_mult tanh (fun t => sech t ^ 2)); [apply is_derive_tanh | apply slope_sech_sq |
      intros; apply Rmult_comm].
  - unfold plus, mult; cbn -[pow]. rewrite !sech_sq. ring.
Qed.

Lemma fall_steepness (t : R) : 0 < t -> fall t = t * steepness t.
Proof. intros tp. unfold fall, steepness. field. lra. Qed.

Lemma fall_falls (s t : R) : 66 / 100 <= s -> s < t -> fall t < fall s.
Proof.
  intros far less.
  destruct (mean_value fall (fun t => sech t ^ 2 * (1 - 3 * tanh t ^ 2)) s t less) as [c [same within]].
  - intros r _. apply slope_fall.
  - pose proof (sech_sq_pos c). assert (1 < 3 * tanh c ^ 2).
    2: { assert (0 < sech c ^ 2 * (3 * tanh c ^ 2 - 1) * (t - s)) by (apply three_positive; lra). lra. }
    assert (1 < 3 * tanh (66 / 100) ^ 2) by (rewrite tanh_exp; interval with (Tactic.i_prec 40)).
    pose proof (tanh_increasing (66 / 100) c ltac:(lra)). pose proof (tanh_pos (66 / 100) ltac:(lra)). nra.
Qed.

(* The coefficients, by the number a: of the parabolas [level - 2 a (apart a) x - (curving a) x^2]. *)
Definition apart (a : R) : R := (steepness a - steepness (/ a)) / (1 + a ^ 2).
Definition curving (a : R) : R := steepness a - apart a.

Section Touching.

Variable a : R.
Hypothesis positive : 0 < a.
Hypothesis small : a < 1.

Lemma inverse_large : 1 < / a.
Proof. rewrite <- Rinv_1. apply Rinv_lt_contravar; lra. Qed.

Lemma apart_pos : 0 < apart a.
Proof.
  unfold apart. pose proof inverse_large. pose proof (steepness_falls a (/ a) positive ltac:(lra)).
  apply Rdiv_lt_0_compat; nra.
Qed.

Lemma curving_pos : 0 < curving a.
Proof.
  replace (curving a) with ((a ^ 2 * steepness a + steepness (/ a)) / (1 + a ^ 2)).
  - pose proof inverse_large. pose proof (steepness_pos a positive). pose proof (steepness_pos (/ a) ltac:(lra)).
    apply Rdiv_lt_0_compat; nra.
  - unfold curving, apart. field. nra.
Qed.

Lemma curving_at_inverse : curving a = steepness (/ a) + a ^ 2 * apart a.
Proof. unfold curving, apart. field. nra. Qed.

Lemma slope_with (c t : R) :
  is_derive (fun t => sech t ^ 2 + c * t + curving a * t ^ 2) t (- 2 * fall t + c + 2 * curving a * t).
Proof.
  eapply is_derive_value.
  - apply (is_derive_plus (fun t => sech t ^ 2 + c * t) (fun t => curving a * t ^ 2)).
    + apply (is_derive_plus (fun t => sech t ^ 2) (fun t => c * t)); [apply slope_sech_sq|].
      auto_derive; [exact I | reflexivity].
    + auto_derive; [exact I | reflexivity].
  - unfold plus, fall; cbn -[pow]. ring.
Qed.

(* For a number - y that is not positive: the slope over 2 y grows. *)
Lemma below_negative (y : R) :
  0 <= y -> y <> / a ->
  sech (/ a) ^ 2 + 2 * a * apart a * (y - / a) - curving a * (y ^ 2 - (/ a) ^ 2) < sech y ^ 2.
Proof.
  intros yp other. pose proof inverse_large. pose proof apart_pos.
  set (u := fun t => sech t ^ 2 + - (2 * a * apart a) * t + curving a * t ^ 2).
  set (u' := fun t => - 2 * fall t + - (2 * a * apart a) + 2 * curving a * t).
  assert (slope : forall t, is_derive u t (u' t)) by (intros; apply slope_with).
  assert (form : forall c, 0 < c -> u' c = 2 * c * (steepness (/ a) - steepness c + a * apart a * (a - / c))).
  { intros c cp. unfold u'. rewrite fall_steepness, curving_at_inverse by exact cp. field. lra. }
  assert (u (/ a) < u y); [|unfold u in *; lra].
  destruct (Rtotal_order y (/ a)) as [less | [same | more]]; [| contradiction |].
  - destruct (mean_value u u' y (/ a) less (fun t _ => slope t)) as [c [same within]].
    rewrite (form c) in same by lra. pose proof (steepness_falls c (/ a) ltac:(lra) ltac:(lra)).
    assert (a < / c) by (rewrite <- (Rinv_involutive a) by lra; apply Rinv_lt_contravar; [nra | tauto]).
    assert (0 < a * apart a * (/ c - a)) by (apply three_positive; lra).
    assert (0 < c * (steepness c - steepness (/ a) + a * apart a * (/ c - a)) * (/ a - y))
      by (apply three_positive; lra). nra.
  - destruct (mean_value u u' (/ a) y more (fun t _ => slope t)) as [c [same within]].
    rewrite (form c) in same by lra. pose proof (steepness_falls (/ a) c ltac:(lra) ltac:(lra)).
    assert (/ c < a) by (rewrite <- (Rinv_involutive a) by lra; apply Rinv_lt_contravar; [nra | tauto]).
    assert (0 < a * apart a * (a - / c)) by (apply three_positive; lra).
    assert (0 < c * (steepness (/ a) - steepness c + a * apart a * (a - / c)) * (y - / a))
      by (apply three_positive; lra). nra.
Qed.

Hypothesis large : 2 / 3 <= a ^ 2.

Lemma beyond_root : sqrt (2 / 3) <= a.
Proof. rewrite <- (sqrt_pow2 a) by lra. now apply sqrt_le_1_alt. Qed.

(* From 0.66 on the slope grows. *)
Lemma below_far (y : R) :
  66 / 100 <= y -> y <> a ->
  sech a ^ 2 - 2 * a * apart a * (y - a) - curving a * (y ^ 2 - a ^ 2) < sech y ^ 2.
Proof.
  intros far other. pose proof beyond_root. pose proof curving_pos.
  assert (66 / 100 < sqrt (2 / 3)) by interval with (Tactic.i_prec 40).
  set (u := fun t => sech t ^ 2 + 2 * a * apart a * t + curving a * t ^ 2).
  set (u' := fun t => - 2 * fall t + 2 * a * apart a + 2 * curving a * t).
  assert (slope : forall t, is_derive u t (u' t)) by (intros; apply slope_with).
  assert (form : forall c, u' c = 2 * (fall a - fall c + curving a * (c - a))).
  { intros c. unfold u'. rewrite (fall_steepness a positive). unfold curving. ring. }
  assert (u a < u y); [|unfold u in *; lra].
  destruct (Rtotal_order y a) as [less | [same | more]]; [| contradiction |].
  - destruct (mean_value u u' y a less (fun t _ => slope t)) as [c [same within]].
    rewrite form in same. pose proof (fall_falls c a ltac:(lra) ltac:(lra)).
    assert (0 < curving a * (a - c)) by (apply Rmult_lt_0_compat; lra).
    assert (0 < (fall c - fall a + curving a * (a - c)) * (a - y)) by (apply Rmult_lt_0_compat; lra). nra.
  - destruct (mean_value u u' a y more (fun t _ => slope t)) as [c [same within]].
    rewrite form in same. pose proof (fall_falls a c ltac:(lra) ltac:(lra)).
    assert (0 < curving a * (c - a)) by (apply Rmult_lt_0_compat; lra).
    assert (0 < (fall a - fall c + curving a * (c - a)) * (y - a)) by (apply Rmult_lt_0_compat; lra). nra.
Qed.

(* [apart] for all numbers from s on. *)
Lemma apart_at_most (s bound : R) :
  0 < s -> s <= a -> 0 <= bound -> steepness s - steepness (/ s) <= bound * (1 + s ^ 2) -> apart a <= bound.
Proof.
  intros sp less bp most. unfold apart. apply (Rle_div_l _ _ (1 + a ^ 2)); [nra|].
  assert (down : forall p q, 0 < p -> p <= q -> steepness q <= steepness p).
  { intros p q pp [lower | ->]; [apply Rlt_le, steepness_falls; assumption | lra]. }
  pose proof (down s a sp less). pose proof inverse_large.
  pose proof (down (/ a) (/ s) ltac:(lra) ltac:(apply Rinv_le_contravar; lra)).
  assert (bound * s ^ 2 <= bound * a ^ 2) by (apply Rmult_le_compat_l; nra). lra.
Qed.

(* Below 0.66: a tangent in the square of y bounds sech^2 by more than the parabola. *)
Lemma below_near (y : R) :
  0 <= y <= 66 / 100 -> sech a ^ 2 - 2 * a * apart a * (y - a) - curving a * (y ^ 2 - a ^ 2) < sech y ^ 2.
Proof.
  intros near. pose proof beyond_root as root.
  assert (from : 816 / 1000 <= a) by (apply Rle_trans with (2 := root); interval with (Tactic.i_prec 40)).
  pose proof (tangent_bound (816 / 1000) a positive) as tangent.
  assert (flatter : steepness a <= steepness (816 / 1000)).
  { destruct from as [less | <-]; [apply Rlt_le, steepness_falls; lra | lra]. }
  assert (lower : sech a ^ 2 - steepness a * (y ^ 2 - a ^ 2)
    <= sech (816 / 1000) ^ 2 + steepness (816 / 1000) * ((816 / 1000) ^ 2 - y ^ 2)).
  { assert (0 <= (steepness (816 / 1000) - steepness a) * ((816 / 1000) ^ 2 - y ^ 2))
      by (apply Rmult_le_pos; nra). lra. }
  assert (gap : apart a * (y - a) ^ 2
    < sech y ^ 2 - sech (816 / 1000) ^ 2 - steepness (816 / 1000) * ((816 / 1000) ^ 2 - y ^ 2));
    [|unfold curving; lra].
  assert (bounds : forall bound end_, apart a <= bound -> a <= end_ ->
    apart a * (y - a) ^ 2 <= bound * (end_ - y) ^ 2).
  { intros bound end_ most upto. pose proof apart_pos. apply Rmult_le_compat; nra. }
  destruct (Rle_dec a (9 / 10)) as [first | second].
  - apply Rle_lt_trans with (1 := bounds (151 / 1000) (9 / 10)
      ltac:(apply (apart_at_most (816 / 1000)); [lra | exact from | lra |]; unfold steepness;
        rewrite !tanh_exp, !sech_sq_exp; interval with (Tactic.i_prec 40)) first).
    unfold steepness. rewrite !tanh_exp, !sech_sq_exp.
    apply Rminus_gt_0_lt. interval with (Tactic.i_prec 40, Tactic.i_bisect y).
  - apply Rle_lt_trans with (1 := bounds (74 / 1000) 1
      ltac:(apply (apart_at_most (9 / 10)); [lra | lra | lra |]; unfold steepness;
        rewrite !tanh_exp, !sech_sq_exp; interval with (Tactic.i_prec 40)) (Rlt_le _ _ small)).
    unfold steepness. rewrite !tanh_exp, !sech_sq_exp.
    apply Rminus_gt_0_lt. interval with (Tactic.i_prec 40, Tactic.i_bisect y).
Qed.

(* For a number that is not negative. *)
Lemma below_positive (y : R) :
  0 <= y -> y <> a -> sech a ^ 2 - 2 * a * apart a * (y - a) - curving a * (y ^ 2 - a ^ 2) < sech y ^ 2.
Proof.
  intros yp other. destruct (Rle_dec y (66 / 100)); [apply below_near | apply below_far]; lra.
Qed.

(* Where they touch, the first is higher. *)
Lemma higher : 0 < sech a ^ 2 - sech (/ a) ^ 2 + 2 * apart a * (1 + a ^ 2) + curving a * (a ^ 2 - (/ a) ^ 2).
Proof.
  pose proof inverse_large. pose proof beyond_root.
  assert (66 / 100 < sqrt (2 / 3)) by interval with (Tactic.i_prec 40).
  pose proof (sech_sq_falls a (/ a) ltac:(lra) ltac:(lra)).
  pose proof (fall_falls a (/ a) ltac:(lra) ltac:(lra)) as less.
  rewrite !fall_steepness in less by lra.
  assert (form : 2 * apart a * (1 + a ^ 2) + curving a * (a ^ 2 - (/ a) ^ 2)
    = (a + / a) * (a * steepness a - / a * steepness (/ a))) by (unfold curving, apart; field; nra).
  assert (0 < (a + / a) * (a * steepness a - / a * steepness (/ a))) by (apply Rmult_lt_0_compat; lra). lra.
Qed.

End Touching.
