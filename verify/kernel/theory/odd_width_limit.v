(* The least mean of sech^2 at the width 2m + 1, as m grows: it falls to sech^2 1, and how fast. *)
From Coq Require Import Reals Arith Lra Lia.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude tanh derivatives sech_squared rules second_difference limits
  enclosure.
Open Scope R_scope.

(* What a function is beyond its tangent, over the square of the step, tends to half its second derivative. *)
Lemma beyond_tangent (f f' : R -> R) (x l : R) :
  locally x (fun t => is_derive f t (f' t)) -> is_derive f' x l ->
  is_lim (fun h => (f (x + h) - f x - f' x * h) / h ^ 2) 0 (l / 2).
Proof.
  intros [near slope] second. apply is_lim_spec. intros eps. pose proof (cond_pos eps) as ep.
  apply is_derive_Reals in second. destruct (second (eps / 2) ltac:(lra)) as [far close].
  exists (mkposreal _ (Rmin_pos _ _ (cond_pos near) (cond_pos far))). intros h within other.
  change (Rabs (h - 0) < Rmin near far) in within. rewrite Rminus_0_r in within.
  pose proof (Rmin_l near far). pose proof (Rmin_r near far). pose proof (Rabs_pos_lt h other) as hp.
  assert (inside : forall t, Rmin 0 h <= t <= Rmax 0 h -> Rabs t <= Rabs h).
  { intros t. unfold Rmin, Rmax. destruct Rle_dec; intros; [rewrite !Rabs_pos_eq | rewrite !Rabs_left1]; lra. }
  assert (moves : forall t, Rmin 0 h <= t <= Rmax 0 h ->
    is_derive (fun t => f (x + t) + (- f' x * t + - l / 2 * t ^ 2)) t (f' (x + t) + (- f' x + - l * t))).
  { intros t between. apply slope_plus; [apply slope_after, slope | auto_derive; [exact I | field]].
    change (Rabs (x + t - x) < near). replace (x + t - x) with t by ring. pose proof (inside t between). lra. }
  destruct (MVT_gen (fun t => f (x + t) + (- f' x * t + - l / 2 * t ^ 2)) 0 h
    (fun t => f' (x + t) + (- f' x + - l * t))) as [c [between same]].
  { intros t between. apply moves. lra. }
  { intros t between. apply continuity_pt_filterlim, (ex_derive_continuous (fun t => f (x + t) + _)).
    eexists. now apply moves. }
  rewrite Rplus_0_r in same.
  replace ((f (x + h) - f x - f' x * h) / h ^ 2 - l / 2) with ((f' (x + c) + (- f' x + - l * c)) / h).
  2: { apply (Rmult_eq_reg_r (h ^ 2)); [|now apply pow_nonzero].
       replace (_ / h * h ^ 2) with ((f' (x + c) + (- f' x + - l * c)) * (h - 0)) by (field; exact other).
       rewrite <- same. field. exact other. }
  destruct (Req_dec c 0) as [->|nz].
  - replace (f' (x + 0) + (- f' x + - l * 0)) with 0 by (rewrite Rplus_0_r; ring).
    unfold Rdiv. rewrite Rmult_0_l, Rabs_R0. exact ep.
  - pose proof (inside c between) as less. specialize (close c nz ltac:(lra)). pose proof (Rabs_pos_lt c nz).
    replace ((f' (x + c) + (- f' x + - l * c)) / h) with (((f' (x + c) - f' x) / c - l) * (c / h)) by (field; auto).
    rewrite Rabs_mult. assert (0 <= Rabs (c / h) <= 1).
    { split; [apply Rabs_pos|]. rewrite Rabs_div by exact other. apply (Rle_div_l _ _ _ hp). lra. }
    nra.
Qed.

(* The mean of f over m + 1 numbers m/(m + 1) and m numbers (m + 1)/m. *)
Definition odd_mean (f : R -> R) (m : R) : R := (m * f ((m + 1) / m) + (m + 1) * f (m / (m + 1))) / (2 * m + 1).

Lemma odd_mean_by_steps (f : R -> R) (m : R) :
  0 < m -> odd_mean f m = (m * f (1 + / m) + (m + 1) * f (1 + - / (m + 1))) / (2 * m + 1).
Proof. intros mp. unfold odd_mean. do 3 f_equal; f_equal; field; lra. Qed.

Section OddWidths.
Variables (f f' : R -> R) (l : R).
Hypothesis near_1 : locally 1 (fun t => is_derive f t (f' t)).
Hypothesis second : is_derive f' 1 l.

Definition beyond (h : R) : R := (2 + h) * ((f (1 + h) - f 1 - f' 1 * h) / h ^ 2).

Lemma excess_form (m : R) : 0 < m ->
  (2 * m + 1) ^ 2 * (- f 1 + odd_mean f m) = beyond (/ m) + beyond (- / (m + 1)).
Proof.
  intros mp. unfold beyond. rewrite odd_mean_by_steps by exact mp. field. repeat split; lra.
Qed.

Lemma beyond_tends (u : R -> R) :
  is_lim u p_infty 0 -> Rbar_locally' p_infty (fun m => u m <> 0) -> is_lim (fun m => beyond (u m)) p_infty l.
Proof.
  intros tends other. apply (is_lim_comp beyond u p_infty l 0); [| exact tends |].
  - replace l with ((2 + 0) * (l / 2)) by field. unfold beyond.
    apply (is_lim_mult (fun h => 2 + h) _ 0 (2 + 0) (l / 2)); [| now apply beyond_tangent | exact I].
    apply is_lim_plus'; [apply is_lim_const | apply is_lim_id].
  - apply (filter_imp (fun m => u m <> 0)); [|exact other]. intros m nz same. apply nz. now injection same.
Qed.

Lemma shrinks (c : R) : is_lim (fun m => / (m + c)) p_infty 0.
Proof.
  apply (is_lim_inv (fun m => m + c) p_infty p_infty); [|discriminate].
  apply (is_lim_plus (fun m => m) (fun _ => c) p_infty p_infty c); [apply is_lim_id | apply is_lim_const | exact eq_refl].
Qed.

Lemma excess_tends : is_lim (fun m => (2 * m + 1) ^ 2 * (- f 1 + odd_mean f m)) p_infty (2 * l).
Proof.
  replace (2 * l) with (l + l) by ring. apply (is_lim_ext_loc (fun m => beyond (/ (m + 0)) + beyond (- / (m + 1)))).
  { exists 0. intros m mp. rewrite Rplus_0_r. symmetry. now apply excess_form. }
  apply is_lim_plus'; apply beyond_tends.
  - apply shrinks.
  - exists 0. intros m mp. apply Rinv_neq_0_compat. lra.
  - replace 0 with (- 0) by ring. apply (is_lim_opp (fun m => / (m + 1)) p_infty 0), shrinks.
  - exists 0. intros m mp. apply Ropp_neq_0_compat, Rinv_neq_0_compat. lra.
Qed.

Lemma odd_mean_tends : is_lim (odd_mean f) p_infty (f 1).
Proof.
  replace (f 1) with (f 1 + 2 * l * (/ 2 * 0) ^ 2) by ring.
  apply (is_lim_ext_loc (fun m => f 1 + (2 * m + 1) ^ 2 * (- f 1 + odd_mean f m) * (/ 2 * / (m + / 2)) ^ 2)).
  { exists 0. intros m mp. field. lra. }
  apply is_lim_plus'; [apply is_lim_const|]. apply (is_lim_mult _ _ p_infty (2 * l) ((/ 2 * 0) ^ 2)); [| | exact I].
  - exact excess_tends.
  - apply (lim_through (fun t => (/ 2 * t) ^ 2) (fun m => / (m + / 2))); [auto_derive; exact I | apply shrinks].
Qed.

Lemma odd_mean_below (y : R) : f 1 < y -> exists m : nat, (1 <= m)%nat /\ odd_mean f (INR m) < y.
Proof.
  intros above. pose proof (is_lim_comp_seq _ INR _ _ odd_mean_tends) as tends.
  apply is_lim_seq_spec in tends.
  - destruct (tends (mkposreal (y - f 1) ltac:(lra))) as [N all]. exists (S N). split; [lia|].
    specialize (all (S N) ltac:(lia)). apply Rabs_def2 in all. cbn [pos] in all. lra.
  - exists 0%nat. discriminate.
  - apply is_lim_seq_INR.
Qed.
End OddWidths.

(* sech^2 of the root: its first derivative, and its second at 1. *)
Lemma slope_of_root (g : R -> R) (x l : R) :
  0 < x -> is_derive g (sqrt x) l -> is_derive (fun t => g (sqrt t)) x (l / (2 * sqrt x)).
Proof.
  intros xp slope. eapply is_derive_value.
  - apply (is_derive_comp g sqrt); [exact slope | auto_derive; [exact xp | reflexivity]].
  - unfold scal; simpl; unfold mult; simpl. unfold Rdiv. ring.
Qed.

Lemma slope_root_sech (x : R) : 0 < x -> is_derive (fun t => sech (sqrt t) ^ 2) x (- steepness (sqrt x)).
Proof.
  intros xp. pose proof (sqrt_lt_R0 x xp). eapply is_derive_value.
  - apply (slope_of_root (fun t => sech t ^ 2)); [exact xp | apply slope_sech_sq].
  - unfold steepness. field. lra.
Qed.

Definition bend : R := (- 1 + tanh 1 + 3 * tanh 1 ^ 2) * sech 1 ^ 2.

Lemma second_at_1 : is_derive (fun x => - steepness (sqrt x)) 1 (bend / 2).
Proof.
  eapply is_derive_value.
  - apply (@is_derive_opp R_AbsRing), (slope_of_root steepness); [lra|]. apply slope_steepness. rewrite sqrt_1. lra.
  - unfold bend. rewrite sqrt_1. change (@opp _) with Ropp. field.
Qed.

Definition root_sech (x : R) : R := sech (sqrt x) ^ 2.

Lemma sech_near_1 : locally 1 (fun t => is_derive root_sech t (- steepness (sqrt t))).
Proof.
  exists (mkposreal 1 ltac:(lra)). intros t within. apply slope_root_sech.
  change (Rabs (t - 1) < 1) in within. apply Rabs_def2 in within. lra.
Qed.

Lemma root_sech_1 : root_sech 1 = sech 1 ^ 2.
Proof. unfold root_sech. now rewrite sqrt_1. Qed.

Lemma odd_mean_above (m : R) : 0 < m -> sech 1 ^ 2 < odd_mean root_sech m.
Proof.
  intros mp. assert (above : forall h, -1 < h -> h <> 0 -> sech 1 ^ 2 - steepness 1 * h < root_sech (1 + h)).
  { intros h hp other. pose proof (pow2_sqrt (1 + h) ltac:(lra)) as square.
    replace h with (sqrt (1 + h) ^ 2 - 1 ^ 2) at 1 by (rewrite square; ring).
    apply tangent_below; [apply sqrt_pos | lra |]. intros same. rewrite same in square. lra. }
  pose proof (Rinv_0_lt_compat m mp). assert (/ (m + 1) < 1) by (rewrite <- Rinv_1; apply Rinv_lt_contravar; lra).
  pose proof (Rmult_lt_compat_l m _ _ mp (above (/ m) ltac:(lra) ltac:(lra))) as one.
  pose proof (Rinv_0_lt_compat (m + 1) ltac:(lra)).
  pose proof (Rmult_lt_compat_l (m + 1) _ _ ltac:(lra) (above (- / (m + 1)) ltac:(lra) ltac:(lra))) as other.
  replace (m * _) with (m * sech 1 ^ 2 - steepness 1) in one by (field; lra).
  replace ((m + 1) * (sech 1 ^ 2 - _)) with ((m + 1) * sech 1 ^ 2 + steepness 1) in other by (field; lra).
  rewrite odd_mean_by_steps by exact mp. apply (Rlt_div_r _ _ (2 * m + 1)); lra.
Qed.

Lemma bend_in_numbers : 6306 / 10000 < bend < 6307 / 10000.
Proof. unfold bend, sech, cosh. rewrite tanh_exp. split; interval with (Tactic.i_prec 60). Qed.
