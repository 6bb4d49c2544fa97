(* Integrals with the normal density: functions with a known derivative, compared by their limits. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude derivatives limits sech_squared.
Open Scope R_scope.

Definition bell (x : R) : R := exp (- (x ^ 2 / 2)).
Definition height : R := sqrt 2 / (2 * sqrt PI).

Lemma height_pos : 0 < height.
Proof.
  pose proof (sqrt_lt_R0 2 ltac:(lra)). pose proof (sqrt_lt_R0 PI PI_RGT_0). apply Rdiv_lt_0_compat; lra.
Qed.

Lemma root_pi : sqrt PI <> 0.
Proof. apply Rgt_not_eq, sqrt_lt_R0, PI_RGT_0. Qed.

Lemma bell_slope (x : R) : is_derive bell x (- x * bell x).
Proof.
  eapply is_derive_value.
  - apply (is_derive_comp exp (fun t => - (t ^ 2 / 2)) x); [apply is_derive_exp | auto_derive; [exact I | reflexivity]].
  - unfold scal; simpl; unfold mult; simpl. unfold bell. simpl. field.
Qed.

Lemma bell_vanishes : is_lim bell p_infty 0.
Proof.
  apply (is_lim_le_le_loc (fun _ => 0) (fun t => exp (- t))); [|apply is_lim_const | apply exp_decays].
  exists 2. intros t beyond. split; [apply Rlt_le, exp_pos|]. unfold bell.
  destruct (Req_dec (t ^ 2 / 2) t) as [->|]; [lra|]. apply Rlt_le, exp_increasing. nra.
Qed.

Lemma bell_vanishes_below : is_lim bell m_infty 0.
Proof.
  apply (is_lim_ext (fun t => bell (- t))).
  - intros t. unfold bell. do 2 f_equal. field.
  - apply (is_lim_comp bell Ropp m_infty 0 p_infty); [exact bell_vanishes | |].
    + apply (is_lim_opp (fun t => t) m_infty m_infty), is_lim_id.
    + exists 0. discriminate.
Qed.

(* What is bounded, times the density, vanishes. *)
Lemma bounded_vanishes (f : R -> R) (B : R) (x : Rbar) :
  Rbar_locally' x (fun t => Rabs (f t) <= B) -> is_lim bell x 0 -> is_lim (fun t => f t * bell t) x 0.
Proof.
  intros small tends.
  assert (ends : forall c, is_lim (fun t => c * bell t) x 0).
  { intros c. replace (Finite 0) with (Rbar_mult c 0) by (simpl; f_equal; ring). now apply is_lim_scal_l. }
  apply (is_lim_le_le_loc (fun t => - B * bell t) (fun t => B * bell t)); [|apply ends | apply ends].
  apply (filter_imp (fun t => Rabs (f t) <= B)); [|exact small]. intros t less. apply Rabs_le_between in less.
  assert (0 < bell t) by apply exp_pos. split; apply Rmult_le_compat_r; lra.
Qed.

Lemma constant (u : R -> R) : (forall x, is_derive u x 0) -> forall x y, u x = u y.
Proof.
  intros slope. assert (apart : forall x y, x < y -> u x = u y).
  { intros x y less. destruct (mean_value u (fun _ => 0) x y less (fun t _ => slope t)) as [c [same _]]. lra. }
  intros x y. destruct (Rtotal_order x y) as [less|[->|more]]; [now apply apart | reflexivity | symmetry; now apply apart].
Qed.

Lemma same_ends (u : R -> R) (low high : R) :
  (forall x, is_derive u x 0) -> is_lim u m_infty low -> is_lim u p_infty high -> low = high.
Proof.
  intros slope below above.
  assert (flat : forall x, is_lim u x (u 0)) by (intros x; apply (is_lim_ext (fun _ => u 0)); [intros; now apply constant | apply is_lim_const]).
  pose proof (is_lim_unique _ _ _ below) as one. pose proof (is_lim_unique _ _ _ above) as other.
  rewrite (is_lim_unique _ _ _ (flat m_infty)) in one. rewrite (is_lim_unique _ _ _ (flat p_infty)) in other.
  injection one as one. injection other as other. lra.
Qed.

(* What falls to 0 is not negative. *)
Lemma falls_to_0 (u u' : R -> R) (a : R) :
  (forall x, a <= x -> is_derive u x (u' x)) -> (forall x, a <= x -> u' x <= 0) -> is_lim u p_infty 0 -> 0 <= u a.
Proof.
  intros slope down tends. apply (is_lim_le_loc u (fun _ => u a) p_infty 0 (u a)); [|exact tends | apply is_lim_const].
  exists a. intros t beyond. destruct (mean_value u u' a t beyond) as [c [same within]]; [intros r [low _]; now apply slope|].
  pose proof (down c ltac:(lra)). nra.
Qed.
