(* What the second difference of a function misses, by its fourth derivative; the derivatives of tanh as polynomials. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude tanh derivatives rules.
Open Scope R_scope.

(* Not negative at 0 and not falling: not negative after it. *)
Lemma rises_from_zero (u u' : R -> R) (z : R) :
  0 <= z -> 0 <= u 0 -> (forall t, 0 <= t <= z -> is_derive u t (u' t)) -> (forall t, 0 <= t <= z -> 0 <= u' t) ->
  0 <= u z.
Proof.
  intros zp start slope up. destruct (Req_dec z 0) as [->|nz]; [exact start|].
  destruct (MVT_gen u 0 z u') as [t [between same]].
  - intros t. rewrite Rmin_left, Rmax_right by lra. intros. apply slope. lra.
  - intros t. rewrite Rmin_left, Rmax_right by lra. intros. apply continuity_pt_filterlim.
    apply (ex_derive_continuous u t). exists (u' t). apply slope. lra.
  - rewrite Rmin_left, Rmax_right in between by lra. pose proof (up t between). nra.
Qed.

Lemma slope_after (f : R -> R) (b z l : R) : is_derive f (b + z) l -> is_derive (fun t => f (b + t)) z l.
Proof.
  intros slope. eapply is_derive_value.
  - apply (is_derive_comp f (fun t => b + t)); [exact slope|]. auto_derive; [exact I | reflexivity].
  - unfold scal; simpl; unfold mult; simpl. ring.
Qed.

Lemma slope_before (f : R -> R) (b z l : R) : is_derive f (b - z) l -> is_derive (fun t => f (b - t)) z (- l).
Proof.
  intros slope. eapply is_derive_value.
  - apply (is_derive_comp f (fun t => b - t)); [exact slope|]. auto_derive; [exact I | reflexivity].
  - unfold scal; simpl; unfold mult; simpl. ring.
Qed.

Section Fourth.
Variables f0 f1 f2 f3 f4 : R -> R.
Hypothesis d0 : forall x, is_derive f0 x (f1 x).
Hypothesis d1 : forall x, is_derive f1 x (f2 x).
Hypothesis d2 : forall x, is_derive f2 x (f3 x).
Hypothesis d3 : forall x, is_derive f3 x (f4 x).
Variables M b : R.
Hypothesis small : forall x, Rabs (f4 x) <= M.

Lemma one_side (s z : R) : s = 1 \/ s = -1 -> 0 <= z ->
  0 <= M * z ^ 4 / 12 + s * (f0 (b + z) + f0 (b - z) + (- 2 * f0 b - z ^ 2 * f2 b)).
Proof.
  intros sign zp.
  set (u4 := fun t => 2 * M + s * (f4 (b + t) + - - f4 (b - t) + 0)).
  set (u3 := fun t => 2 * M * t + s * (f3 (b + t) + - f3 (b - t) + 0)).
  set (u2 := fun t => M * t ^ 2 + s * (f2 (b + t) + f2 (b - t) + - 2 * f2 b)).
  set (u1 := fun t => M * t ^ 3 / 3 + s * (f1 (b + t) + - f1 (b - t) + - 2 * t * f2 b)).
  apply (rises_from_zero (fun z => M * z ^ 4 / 12 + s * (f0 (b + z) + f0 (b - z) + (- 2 * f0 b - z ^ 2 * f2 b))) u1);
    [exact zp | | |].
  - replace (b - 0) with b by ring. replace (b + 0) with b by ring. lra.
  - intros t _. unfold u1. apply slope_plus; [auto_derive; [exact I | field]|].
    apply slope_scaled, slope_plus; [apply slope_plus; [apply slope_after | apply slope_before]; apply d0|].
    auto_derive; [exact I | ring].
  - intros t [tp _]. apply (rises_from_zero u1 u2); [exact tp | | |].
    + unfold u1. replace (b - 0) with b by ring. replace (b + 0) with b by ring. lra.
    + intros r _. unfold u1, u2. apply slope_plus; [auto_derive; [exact I | field]|].
      apply slope_scaled, slope_plus; [apply slope_plus; [apply slope_after, d1|]|auto_derive; [exact I | ring]].
      replace (f2 (b - r)) with (- - f2 (b - r)) by ring.
      apply (is_derive_opp (fun t => f1 (b - t))), slope_before, d1.
    + intros r [rp _]. apply (rises_from_zero u2 u3); [exact rp | | |].
      * unfold u2. replace (b - 0) with b by ring. replace (b + 0) with b by ring. lra.
      * intros q _. unfold u2, u3. apply slope_plus; [auto_derive; [exact I | ring]|].
        apply slope_scaled, slope_plus; [apply slope_plus; [apply slope_after | apply slope_before]; apply d2|].
        apply slope_const.
      * intros q [qp _]. apply (rises_from_zero u3 u4); [exact qp | | |].
        -- unfold u3. replace (b - 0) with b by ring. replace (b + 0) with b by ring. lra.
        -- intros p _. unfold u3, u4. apply slope_plus; [auto_derive; [exact I | ring]|].
           apply slope_scaled, slope_plus; [|apply slope_const]. apply slope_plus; [apply slope_after, d3|].
           apply (is_derive_opp (fun t => f3 (b - t))), slope_before, d3.
        -- intros p _. unfold u4. pose proof (small (b + p)) as x. pose proof (small (b - p)) as y.
           apply Rabs_le_between in x. apply Rabs_le_between in y. destruct sign as [-> | ->]; lra.
Qed.

Lemma second_difference (z : R) :
  Rabs (f0 (b + z) - 2 * f0 b + f0 (b - z) - z ^ 2 * f2 b) <= M * z ^ 4 / 12.
Proof.
  assert (side : forall t, 0 <= t -> Rabs (f0 (b + t) - 2 * f0 b + f0 (b - t) - t ^ 2 * f2 b) <= M * t ^ 4 / 12).
  { intros t tp. pose proof (one_side 1 t ltac:(tauto) tp). pose proof (one_side (-1) t ltac:(tauto) tp).
    apply Rabs_le. lra. }
  destruct (Rle_dec 0 z) as [zp|zn]; [now apply side|].
  pose proof (side (- z) ltac:(lra)) as bound.
  replace (b + - z) with (b - z) in bound by ring. replace (b - - z) with (b + z) in bound by ring.
  replace ((- z) ^ 4) with (z ^ 4) in bound by ring. replace ((- z) ^ 2) with (z ^ 2) in bound by ring.
  replace (f0 (b + z) - 2 * f0 b + f0 (b - z) - z ^ 2 * f2 b)
    with (f0 (b - z) - 2 * f0 b + f0 (b + z) - z ^ 2 * f2 b) by ring. exact bound.
Qed.
End Fourth.

(* A polynomial in tanh: its derivative. *)
Lemma slope_in_tanh (p : R -> R) (x l : R) :
  is_derive p (tanh x) l -> is_derive (fun t => p (tanh t)) x (l * (1 - tanh x ^ 2)).
Proof.
  intros slope. eapply is_derive_value.
  - apply (is_derive_comp p tanh); [exact slope | apply is_derive_tanh].
  - rewrite sech_sq. unfold scal; simpl; unfold mult; simpl. ring.
Qed.

Lemma quintic_bound (t : R) : -1 <= t <= 1 -> 24 * t ^ 5 - 40 * t ^ 3 + 16 * t <= 41 / 10.
Proof.
  intros within.
  assert (cubic : 24 * t ^ 3 + 96 / 5 * t ^ 2 - 712 / 25 * t - 3232 / 125 <= - 2).
  { assert (0 <= (t + 19 / 20) ^ 2 * (132 / 5 - 24 * t)) by (apply Rmult_le_pos; [apply pow2_ge_0 | lra]). nra. }
  assert (0 <= (t - 2 / 5) ^ 2) by apply pow2_ge_0.
  assert ((t - 2 / 5) ^ 2 * (24 * t ^ 3 + 96 / 5 * t ^ 2 - 712 / 25 * t - 3232 / 125) <= (t - 2 / 5) ^ 2 * - 2) by nra.
  assert (0 <= (t - 2 / 5 + 4 / 125) ^ 2) by apply pow2_ge_0. nra.
Qed.

Lemma tanh_second_difference (b z : R) :
  Rabs (tanh (b + z) - 2 * tanh b + tanh (b - z) - z ^ 2 * (- 2 * tanh b * (1 - tanh b ^ 2))) <= 41 / 10 * z ^ 4 / 12.
Proof.
  apply (second_difference tanh (fun x => 1 - tanh x ^ 2) (fun x => - 2 * tanh x * (1 - tanh x ^ 2))
    (fun x => (1 - tanh x ^ 2) * (6 * tanh x ^ 2 - 2)) (fun x => 24 * tanh x ^ 5 - 40 * tanh x ^ 3 + 16 * tanh x)).
  - intros x. rewrite <- sech_sq. apply is_derive_tanh.
  - intros x. eapply is_derive_value;
      [apply (slope_in_tanh (fun t => 1 - t ^ 2)); auto_derive; [exact I | reflexivity] |].
    simpl. ring.
  - intros x. eapply is_derive_value;
      [apply (slope_in_tanh (fun t => - 2 * t * (1 - t ^ 2))); auto_derive; [exact I | reflexivity] |]. simpl. ring.
  - intros x. eapply is_derive_value;
      [apply (slope_in_tanh (fun t => (1 - t ^ 2) * (6 * t ^ 2 - 2))); auto_derive; [exact I | reflexivity] |].
    simpl. ring.
  - intros x. pose proof (tanh_abs_lt_1 x) as less. apply Rabs_def2 in less.
    pose proof (quintic_bound (tanh x) ltac:(lra)). pose proof (quintic_bound (- tanh x) ltac:(lra)).
    apply Rabs_le. split; [|assumption].
    replace (24 * (- tanh x) ^ 5 - 40 * (- tanh x) ^ 3 + 16 * - tanh x)
      with (- (24 * tanh x ^ 5 - 40 * tanh x ^ 3 + 16 * tanh x)) in * by ring. lra.
Qed.
