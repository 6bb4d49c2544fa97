(* S1: the proofs of its propositions. *)
From Coq Require Import Reals Lra Lia Psatz Arith.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums norms parallel outcomes.
From Attnproof.statements Require Import S1.
Open Scope R_scope.

Theorem between_the_norms_holds : between_the_norms.
Proof.
  unfold between_the_norms. intros. pose proof (dot_le_norms d h s) as bound.
  apply Rabs_le_between in bound. split; lra.
Qed.

(* Equality up to sign is equality in Cauchy-Schwarz. *)
Lemma equality (d : nat) (s h : nat -> R) (sign : R) :
  sign ^ 2 = 1 ->
  sum d (fun r => h r * s r) = sign * (sqrt (sum d (fun r => h r ^ 2)) * sqrt (sum d (fun r => s r ^ 2))) ->
  sum d (fun r => h r * s r) ^ 2 = sum d (fun r => h r ^ 2) * sum d (fun r => s r ^ 2).
Proof. intros unit ->. rewrite !Rpow_mult_distr, unit, !norm_sq. ring. Qed.

Lemma norm_of_multiple (d : nat) (s h : nat -> R) (c : R) :
  (forall r, (r < d)%nat -> h r = c * s r) ->
  sqrt (sum d (fun r => h r ^ 2)) = Rabs c * sqrt (sum d (fun r => s r ^ 2)).
Proof.
  intros is. rewrite (proj2 (of_multiple d s h c is)).
  rewrite sqrt_mult by (try apply pow2_ge_0; apply squares_nonneg). now rewrite <- sqrt_Rsqr_abs, Rsqr_pow2.
Qed.

Theorem largest_exactly_when_parallel_holds : largest_exactly_when_parallel.
Proof.
  unfold largest_exactly_when_parallel. intros d _ s h some. split.
  - intros equal. exists (sum d (fun r => h r * s r) / sum d (fun r => s r ^ 2)). split.
    + apply Rmult_le_pos; [rewrite equal; apply Rmult_le_pos; apply sqrt_pos | now apply Rlt_le, Rinv_0_lt_compat].
    + apply parallel_of_equality; [exact some|]. apply (equality d s h 1); [ring|]. rewrite equal. ring.
  - intros [c [least is]]. rewrite (norm_of_multiple d s h c is), (proj1 (of_multiple d s h c is)), Rabs_right by lra.
    rewrite Rmult_assoc, sqrt_sqrt by lra. reflexivity.
Qed.

Theorem smallest_exactly_when_opposite_holds : smallest_exactly_when_opposite.
Proof.
  unfold smallest_exactly_when_opposite. intros d _ s h some. split.
  - intros equal. exists (sum d (fun r => h r * s r) / sum d (fun r => s r ^ 2)). split.
    + pose proof (Rinv_0_lt_compat _ some). unfold Rdiv.
      assert (sum d (fun r => h r * s r) <= 0).
      { rewrite equal. assert (0 <= sqrt (sum d (fun r => h r ^ 2)) * sqrt (sum d (fun r => s r ^ 2)))
          by (apply Rmult_le_pos; apply sqrt_pos). lra. }
      nra.
    + apply parallel_of_equality; [exact some|]. apply (equality d s h (-1)); [ring|]. rewrite equal. ring.
  - intros [c [most is]]. rewrite (norm_of_multiple d s h c is), (proj1 (of_multiple d s h c is)), Rabs_left1 by lra.
    rewrite Rmult_assoc, sqrt_sqrt by lra. ring.
Qed.

Theorem attained_at_every_norm_holds : attained_at_every_norm.
Proof.
  unfold attained_at_every_norm. intros d _ s rho [some least].
  pose proof (sqrt_lt_R0 _ some) as above. pose proof (sqrt_sqrt _ (Rlt_le _ _ some)) as square.
  set (norm := sqrt (sum d (fun r => s r ^ 2))) in *.
  split; [exists (fun r => rho / norm * s r) | exists (fun r => - (rho / norm) * s r)];
    (split; [rewrite (norm_of_multiple d s _ _ (fun _ _ => eq_refl))
      | rewrite (proj1 (of_multiple d s _ _ (fun _ _ => eq_refl)))]).
  all: assert (0 <= rho / norm) by (apply Rmult_le_pos; [|apply Rlt_le, Rinv_0_lt_compat]; assumption).
  all: fold norm; rewrite ?Rabs_Ropp, ?Rabs_right, <- ?square by lra; field; lra.
Qed.

Theorem zero_exactly_when_orthogonal_holds : zero_exactly_when_orthogonal.
Proof.
  unfold zero_exactly_when_orthogonal. intros d _ s h.
  rewrite (sum_ext d (fun r => (h r + s r) ^ 2) (fun r => h r ^ 2 + s r ^ 2 + 2 * (h r * s r))) by (intros; ring).
  rewrite !sum_plus, sum_scal_l. split; intros; lra.
Qed.

(* Equally likely outcomes. *)
Definition equally_likely (m : nat) : (1 <= m)%nat -> outcomes.
Proof.
  intros some. assert (above : 0 < / INR m) by (apply Rinv_0_lt_compat, lt_0_INR; lia).
  refine {| outcome := nat; has_mean := fun _ => True; mean_of := fun f => sum m (fun l => / INR m * f l) |}.
  - split; [exact I|]. rewrite sum_const. field. apply not_0_INR. lia.
  - intros f g a b _ _. split; [exact I|]. rewrite <- !sum_scal_l, <- sum_plus. apply sum_ext. intros. ring.
  - intros f _ least. apply sum_nonneg. intros l _. apply Rmult_le_pos; [lra | apply least].
Defined.

(* 2d of them: each feature alone, plus and minus. *)
Theorem white_noise_exists_holds : white_noise_exists.
Proof.
  unfold white_noise_exists. intros d some sigma. assert (0 < INR d) by (apply lt_0_INR; lia).
  exists (equally_likely (d + d) ltac:(lia)), (fun l r => sigma * sqrt (INR d) * (delta l r - delta l (d + r))).
  pose proof (sqrt_sqrt (INR d) (Rlt_le _ _ H)) as square. simpl.
  replace (/ INR (d + d)) with (/ (2 * INR d)) by (rewrite plus_INR; f_equal; ring).
  split.
  - intros r below. split; [exact I|]. rewrite sum_split.
    rewrite (sum_ext d _ (fun l => / (2 * INR d) * (sigma * sqrt (INR d)) * delta l r))
      by (intros; rewrite (delta_other i (d + r)) by lia; ring).
    rewrite (sum_ext d (fun i => _ * (_ * (delta (d + i) r - _)))
      (fun l => - (/ (2 * INR d) * (sigma * sqrt (INR d)) * delta l r)))
      by (intros; rewrite delta_shift, (delta_other (d + i) r) by lia; ring).
    rewrite sum_opp. ring.
  - intros r below f below'. split; [exact I|]. rewrite sum_split.
    rewrite (sum_ext d _ (fun l => sigma ^ 2 / 2 * (delta l f * delta l r))).
    2:{ intros. rewrite (delta_other i (d + r)), (delta_other i (d + f)) by lia.
        transitivity (/ (2 * INR d) * sigma ^ 2 * (sqrt (INR d) * sqrt (INR d)) * (delta i f * delta i r)); [ring|].
        rewrite square. field. lra. }
    rewrite (sum_ext d (fun i => _ * (_ * (delta (d + i) f - _) * _))
      (fun l => sigma ^ 2 / 2 * (delta l f * delta l r))).
    2:{ intros. rewrite !delta_shift, (delta_other (d + i) r), (delta_other (d + i) f) by lia.
        transitivity (/ (2 * INR d) * sigma ^ 2 * (sqrt (INR d) * sqrt (INR d)) * (delta i f * delta i r)); [ring|].
        rewrite square. field. lra. }
    rewrite sum_scal_l, (sum_delta_r d r (fun l => delta l f)) by exact below. rewrite (delta_sym r f). field.
Qed.

Lemma detected (Omega : outcomes) (d : nat) (w : Omega -> nat -> R) (sigma : R) (s h : nat -> R) :
  (forall r, (r < d)%nat -> is_mean Omega (fun o => w o r) 0) ->
  (forall r, (r < d)%nat -> forall f, (f < d)%nat -> is_mean Omega (fun o => w o f * w o r) (sigma ^ 2 * delta f r)) ->
  let z := fun o => sum d (fun r => (s r + w o r) * h r) in
  is_mean Omega z (sum d (fun r => h r * s r)) /\
  is_mean Omega (fun o => (- mean_of Omega z + z o) ^ 2) (sigma ^ 2 * sum d (fun r => h r ^ 2)).
Proof.
  intros centred white z.
  assert (means : is_mean Omega z (sum d (fun r => h r * s r))).
  { eapply is_mean_ext; [eapply is_mean_eq;
      [apply is_mean_plus; [apply is_mean_const | apply (is_mean_form Omega d h (fun _ => 0) w); exact centred]|]|].
    - rewrite (sum_ext d (fun r => h r * 0) (fun _ => 0)), sum_zero by (intros; ring). apply Rplus_0_r.
    - intros o. unfold z. rewrite <- sum_plus. apply sum_ext. intros. ring. }
  split; [exact means|]. rewrite (is_mean_value _ _ _ means).
  eapply is_mean_ext; [eapply is_mean_eq; [apply (is_mean_forms Omega d h h w w (sigma ^ 2) 0)|]|].
  - intros r lr f lf. eapply is_mean_eq; [exact (white f lf r lr) | ring].
  - rewrite (sum_ext d (fun r => h r * h r) (fun r => h r ^ 2)) by (intros; ring). ring.
  - intros o. replace (- sum d (fun r => h r * s r) + z o) with (sum d (fun r => h r * w o r)); [ring|].
    unfold z. rewrite Rplus_comm. fold (sum d (fun r => (s r + w o r) * h r) - sum d (fun r => h r * s r)).
    rewrite <- sum_minus. apply sum_ext. intros. ring.
Qed.

Theorem matched_filter_holds : matched_filter.
Proof.
  cbv delta [matched_filter]. intros Omega d _ w sigma s h [centred [white [above [some_s some_h]]]].
  intros z mean variance. destruct (detected Omega d w sigma s h centred white) as [[has_z is_mean'] [has_square is_variance]].
  change (mean = sum d (fun r => h r * s r)) in is_mean'.
  change (variance = sigma ^ 2 * sum d (fun r => h r ^ 2)) in is_variance.
  split; [exact has_z|]. split; [exact has_square|]. clear has_z has_square.
  clearbody mean variance. subst. clear z centred white.
  pose proof (cauchy_schwarz d h s). pose proof (parallel_of_equality d s h some_s) as parallel.
  pose proof (of_multiple d s h) as multiple.
  set (ss := sum d (fun r => s r ^ 2)) in *. set (hh := sum d (fun r => h r ^ 2)) in *.
  set (hs := sum d (fun r => h r * s r)) in *.
  assert (square : 0 < sigma ^ 2) by nra.
  assert (gap : ss / sigma ^ 2 - hs ^ 2 / (sigma ^ 2 * hh) = (hh * ss - hs ^ 2) / (sigma ^ 2 * hh)) by (field; lra).
  assert (0 < sigma ^ 2 * hh) by nra.
  assert (0 <= (hh * ss - hs ^ 2) / (sigma ^ 2 * hh))
    by (apply Rmult_le_pos; [lra | now apply Rlt_le, Rinv_0_lt_compat]).
  split; [lra|]. split.
  - intros equal. exists (hs / ss). apply parallel.
    assert (nought : (hh * ss - hs ^ 2) / (sigma ^ 2 * hh) = 0) by lra.
    destruct (Rmult_integral _ _ nought) as [none|none]; [lra|].
    pose proof (Rinv_0_lt_compat (sigma ^ 2 * hh)). lra.
  - intros [c is]. destruct (multiple c is) as [-> isqr]. rewrite isqr.
    assert (c <> 0) by (intros ->; nra). field. lra.
Qed.

Theorem score_takes_the_factor_of_the_key_holds : score_takes_the_factor_of_the_key.
Proof.
  unfold score_takes_the_factor_of_the_key. intros. rewrite <- sum_scal_l. apply sum_ext. intros. ring.
Qed.

(* s = h = (1, 0, ...), g = (2, 2, 0, ...) *)
Theorem a_longer_key_can_score_higher_holds : a_longer_key_can_score_higher.
Proof.
  unfold a_longer_key_can_score_higher. intros d two.
  exists (delta 0), (delta 0), (fun r => 2 * delta 0 r + 2 * delta 1 r).
  assert (below : (0 < d)%nat) by lia. assert (below' : (1 < d)%nat) by lia.
  assert (unit : sum d (fun r => delta 0 r * delta 0 r) = 1)
    by (rewrite (sum_delta d 0 (delta 0)) by exact below; reflexivity).
  assert (unit' : sum d (fun r => delta 0 r ^ 2) = 1) by (rewrite <- unit; apply sum_ext; intros; ring).
  assert (score : sum d (fun r => (2 * delta 0 r + 2 * delta 1 r) * delta 0 r) = 2).
  { rewrite (sum_ext d _ (fun r => delta 0 r * (2 * delta 0 r + 2 * delta 1 r))) by (intros; ring).
    rewrite (sum_delta d 0 (fun r => 2 * delta 0 r + 2 * delta 1 r)) by exact below. unfold delta. simpl. ring. }
  assert (length : sum d (fun r => (2 * delta 0 r + 2 * delta 1 r) ^ 2) = 8).
  { rewrite (sum_ext d _ (fun r => delta 0 r * (4 * delta 0 r + 8 * delta 1 r) + delta 1 r * (4 * delta 1 r)))
      by (intros; ring).
    rewrite sum_plus, (sum_delta d 0 (fun r => 4 * delta 0 r + 8 * delta 1 r)), (sum_delta d 1 (fun r => 4 * delta 1 r))
      by assumption. unfold delta. simpl. ring. }
  rewrite unit, unit', score, length, sqrt_1. do 3 (split; [lra|]). split; [|split]; [|lra|lra].
  assert (2 < sqrt 8) by (rewrite <- (sqrt_pow2 2) by lra; apply sqrt_lt_1; lra).
  apply (Rmult_lt_reg_r (sqrt 8)); [lra|]. field_simplify; lra.
Qed.
