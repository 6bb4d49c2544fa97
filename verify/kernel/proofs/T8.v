(* T8: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums norms tanh sech_squared units odd_width odd_units
  odd_width_limit enclosure.
From Attnproof.statements Require Import T8.
Open Scope R_scope.

Theorem falls_holds : falls.
Proof. unfold falls. intros y M [yp less]. apply sech_sq_falls; [apply sqrt_pos | now apply sqrt_lt_1_alt]. Qed.

Theorem above_tangent_holds : above_tangent.
Proof.
  intros y M [yp [Mp other]]. pose proof (sqrt_lt_R0 M Mp) as sp.
  assert (roots : sqrt y <> sqrt M) by (intros same; apply other, sqrt_inj; lra).
  pose proof (tangent_below (sqrt y) (sqrt M) (sqrt_pos y) sp roots) as above. unfold steepness in above.
  rewrite !pow2_sqrt in above by lra.
  replace ((- M + y) * tanh (sqrt M) * sech (sqrt M) ^ 2 / sqrt M)
    with (sech (sqrt M) ^ 2 * tanh (sqrt M) / sqrt M * (y - M)) by (field; lra). exact above.
Qed.

Theorem rises_with_epsilon_holds : rises_with_epsilon.
Proof.
  intros d some x epsilon mu w [ep above] z.
  pose proof (variance_nonneg d (fun f => - mu + x f) some : 0 <= w).
  pose proof (share_within w epsilon ltac:(assumption) ep above).
  apply mean_at_least; [exact some | apply sqrt_pos |]. rewrite pow2_sqrt by tauto. right.
  exact (squares_are d (fun f => - mu + x f) epsilon some above).
Qed.

Theorem guarantee_holds : guarantee.
Proof.
  intros d some x epsilon mu w [ep above] z. apply mean_at_least; [exact some | lra |].
  replace (INR d * 1 ^ 2) with (INR d) by ring. exact (squares_within d (fun f => - mu + x f) epsilon some ep above).
Qed.

Theorem sech_squared_of_one_holds : sech_squared_of_one.
Proof. unfold sech_squared_of_one, sech, cosh. split; interval with (Tactic.i_prec 40). Qed.

Theorem strict_with_epsilon_holds : strict_with_epsilon.
Proof.
  intros d some x epsilon mu w [ep [_ above]] z. apply mean_above; [exact some | lra |].
  assert (0 < INR d) by (apply lt_0_INR; lia).
  rewrite (squares_are d (fun f => - mu + x f) epsilon some above : sum d (fun a => z a ^ 2) = _). fold w.
  apply Rmult_lt_compat_l; [assumption|]. replace (1 ^ 2) with 1 by ring.
  apply (Rlt_div_l w 1 (epsilon + w)); lra.
Qed.

Theorem constant_input_holds : constant_input.
Proof.
  intros d some x epsilon g same mu w [ep above] z.
  assert (0 < INR d) by (apply lt_0_INR; lia).
  assert (ismu : mu = g).
  { unfold mu. rewrite (sum_ext d _ (fun _ => g)) by exact same. rewrite sum_const. field. lra. }
  rewrite (sum_ext d _ (fun _ => 1)), sum_const; [field; lra|].
  intros a below. unfold z. rewrite (same a below), ismu. replace ((- g + g) / sqrt (epsilon + w)) with 0.
  - rewrite sech_zero. ring.
  - unfold Rdiv. ring.
Qed.

Theorem attained_exactly_by_signs_holds : attained_exactly_by_signs.
Proof.
  intros d some x mu w above z. split.
  - intros same a below. exact (only_signs d x a some above same below).
  - intros signs. assert (0 < INR d) by (apply lt_0_INR; lia).
    rewrite (sum_ext d _ (fun _ => sech 1 ^ 2)), sum_const; [field; lra|].
    intros a below. destruct (signs a below) as [-> | ->]; [reflexivity | rewrite <- (sech_opp 1); do 2 f_equal; ring].
Qed.

Theorem signs_balance_holds : signs_balance.
Proof. intros d some x epsilon mu w _ z. now apply centred_sum. Qed.

Theorem attained_at_even_widths_holds : attained_at_even_widths.
Proof.
  intros m some d _ even. exists (fun a => (-1) ^ a).
  destruct (alternating m d (fun t => sech t ^ 2) some even) as [above same]. split; [exact above|].
  refine (eq_trans same _). cbv beta. replace (-1) with (- (1)) by ring. rewrite sech_opp. field.
Qed.

Theorem large_gain_holds : large_gain.
Proof.
  intros g beta m some d _ even. exists (fun a => (-1) ^ a).
  destruct (alternating m d (fun t => sech (beta + g * t) ^ 2) some even) as [above same]. split; [exact above|].
  refine (eq_trans same _). cbv beta. replace (beta + g * 1) with (beta + g) by ring.
  replace (beta + g * -1) with (beta - g) by ring. field.
Qed.

Theorem never_at_odd_widths_holds : never_at_odd_widths.
Proof.
  intros d some x mu w above z same.
  destruct (signs_count d z) as [k [less total]].
  { intros a below. exact (only_signs d x a some above same below). }
  rewrite (centred_sum d x (sqrt w) some : sum d z = 0) in total.
  assert (even : d = (2 * k)%nat) by (apply INR_eq; rewrite mult_INR; simpl (INR 2); lra).
  exists k. split; [lia | exact even].
Qed.

Theorem odd_minimum_holds : odd_minimum.
Proof.
  intros m some d _ x epsilon -> mu w [ep above] z. assert (0 < INR (2 * m + 1)) by (apply lt_0_INR; lia).
  apply Rmult_le_compat_r; [now apply Rlt_le, Rinv_0_lt_compat|].
  exact (proj1 (least_with_epsilon m x epsilon some ep above)).
Qed.

Theorem odd_strict_with_epsilon_holds : odd_strict_with_epsilon.
Proof.
  intros m some d _ x epsilon -> mu w [positive [ep above]] z. assert (0 < INR (2 * m + 1)) by (apply lt_0_INR; lia).
  apply Rmult_lt_compat_r; [now apply Rinv_0_lt_compat|].
  exact (proj2 (least_with_epsilon m x epsilon some ep above) positive).
Qed.

Theorem odd_minimum_exactly_holds : odd_minimum_exactly.
Proof.
  intros m some d one x -> mu w above z. assert (0 < INR (2 * m + 1)) by (apply lt_0_INR; lia).
  change (sum (2 * m + 1) (fun a => sech (z a) ^ 2) / INR (2 * m + 1) = least m / INR (2 * m + 1) <->
    (levels m z /\ sum (2 * m + 1) (fun a => step (z a)) = INR (m + 1)) \/
    ((forall a, (a < 2 * m + 1)%nat -> z a = - low m \/ z a = high m) /\
      sum (2 * m + 1) (fun a => step (- z a)) = INR (m + 1))).
  assert (zero : sum (2 * m + 1) z = 0) by exact (centred_sum (2 * m + 1) x (sqrt w) one).
  assert (opposite : sum (2 * m + 1) (fun a => - z a) = 0) by (rewrite sum_opp; fold z; rewrite zero; ring).
  pose proof (without_epsilon (2 * m + 1) (fun f => - mu + x f) one above) as squares.
  destruct (odd_least m z some zero squares) as [_ only]. split.
  - intros same. destruct only as [here | there].
    + apply (Rmult_eq_reg_r (/ INR (2 * m + 1))); [exact same | apply Rinv_neq_0_compat; lra].
    + left. split; [exact here | now apply levels_count].
    + right. split; [|now apply (levels_count m (fun a => - z a))].
      intros a below. destruct (there a below); [left | right]; lra.
  - intros [[here count] | [there count]]; f_equal.
    + now apply levels_sum.
    + rewrite <- slopes_opp. apply (levels_sum m (fun a => - z a) some); [|exact count].
      intros a below. destruct (there a below); [left | right]; lra.
Qed.

Theorem odd_minimum_attained_holds : odd_minimum_attained.
Proof.
  intros m some d _ ->. exists (two_levels m).
  destruct (two_levels_least m some) as [above same]. split; [exact above|].
  exact (f_equal (fun t => t / INR (2 * m + 1)) same).
Qed.

Theorem odd_minimum_at_three_holds : odd_minimum_at_three.
Proof. unfold odd_minimum_at_three. rewrite !sech_sq_exp. split; interval with (Tactic.i_prec 40). Qed.

Theorem single_unit_holds : single_unit.
Proof.
  intros d some x epsilon mu w [ep above] z a below. apply unit_bound; [exact below | |].
  - exact (centred_sum d x _ some).
  - exact (squares_within d (fun f => - mu + x f) epsilon some ep above).
Qed.

Theorem weighted_mean_holds : weighted_mean.
Proof.
  intros d some x epsilon v mu w roots z positive.
  apply (Rle_div_r _ _ (sum d (fun a => Rabs (v a)))); [exact positive|]. rewrite <- sum_scal_l.
  apply sum_le. intros a below. rewrite Rmult_comm. apply Rmult_le_compat_l; [apply Rabs_pos|].
  exact (single_unit_holds d some x epsilon roots a below).
Qed.

Theorem single_unit_attained_holds : single_unit_attained.
Proof.
  intros d two. assert (2 <= INR d) by (change 2 with (INR 2); now apply le_INR).
  exists (fun a => delta 0 a). intros mu w.
  assert (ones : forall g : nat -> R, sum d (fun a => delta 0 a * g a) = g 0%nat) by (intros; apply sum_delta; lia).
  assert (ismu : mu = / INR d).
  { unfold mu. rewrite (sum_ext d _ (fun a => delta 0 a * 1)) by (intros; ring).
    rewrite (ones (fun _ => 1)). field. lra. }
  assert (isw : w = (INR d - 1) / INR d ^ 2).
  { unfold w. rewrite ismu.
    rewrite (sum_ext d _ (fun a => delta 0 a * (1 - 2 * / INR d) + (/ INR d) ^ 2)).
    - rewrite sum_plus, sum_const, (ones (fun _ => 1 - 2 * / INR d)). field. lra.
    - intros i _. unfold delta. destruct (Nat.eqb 0 i); ring. }
  assert (above : 0 < w) by (rewrite isw; apply Rdiv_lt_0_compat; nra). split; [exact above|]. intros z.
  assert (isz : z 0%nat = sqrt (INR d - 1)).
  { pose proof (sqrt_lt_R0 w above). unfold z. rewrite ismu. unfold delta. simpl Nat.eqb. cbv iota.
    rewrite <- (sqrt_pow2 ((- / INR d + 1) / sqrt w)).
    - f_equal. unfold Rdiv. rewrite Rpow_mult_distr, pow_inv, pow2_sqrt, isw by lra. field. lra.
    - apply Rdiv_le_0_compat; [|assumption]. assert (/ INR d <= 1); [|lra].
      rewrite <- Rinv_1. apply Rinv_le_contravar; lra. }
  assert (size : forall a, Rabs (delta 0 a) = delta 0 a).
  { intros a. apply Rabs_pos_eq. unfold delta. destruct (Nat.eqb 0 a); lra. }
  assert (one : sum d (fun a => Rabs (delta 0 a)) = 1).
  { rewrite (sum_ext d _ (fun a => delta 0 a * 1)) by (intros; rewrite size; ring). apply (ones (fun _ => 1)). }
  exists (fun a => delta 0 a). rewrite one. split; [lra|]. split.
  - rewrite (sum_ext d _ (fun a => delta 0 a * sech (z a) ^ 2)) by (intros; now rewrite size).
    rewrite (ones (fun a => sech (z a) ^ 2)), isz. field.
  - exists 0%nat. split; [lia|]. now rewrite isz.
Qed.

Theorem with_gains_holds : with_gains.
Proof.
  intros d some x epsilon gamma G gains mu w [ep above] z.
  assert (0 <= G) by (apply Rle_trans with (2 := gains 0%nat ltac:(lia)); apply Rabs_pos).
  apply mean_at_least; [exact some | assumption |].
  pose proof (squares_within d (fun f => - mu + x f) epsilon some ep above : sum d (fun a => z a ^ 2) <= INR d).
  apply Rle_trans with (G ^ 2 * sum d (fun a => z a ^ 2)); [|pose proof (pow2_ge_0 G); nra].
  rewrite <- sum_scal_l. apply sum_le. intros a below. rewrite Rpow_mult_distr.
  apply Rmult_le_compat_r; [apply pow2_ge_0|]. rewrite <- pow2_abs.
  pose proof (gains a below). pose proof (Rabs_pos (gamma a)). nra.
Qed.

Theorem with_offset_holds : with_offset.
Proof.
  intros d some x epsilon g beta mu w [ep above] z.
  pose proof (pow2_ge_0 g). pose proof (pow2_ge_0 beta).
  apply (mean_at_least d (fun a => beta + g * z a)); [exact some | apply sqrt_pos |]. rewrite pow2_sqrt by lra.
  pose proof (squares_within d (fun f => - mu + x f) epsilon some ep above : sum d (fun a => z a ^ 2) <= INR d).
  pose proof (centred_sum d x (sqrt (epsilon + w)) some : sum d (fun a => z a) = 0) as zero.
  rewrite (sum_ext d _ (fun a => beta ^ 2 + 2 * beta * g * z a + g ^ 2 * z a ^ 2)) by (intros; ring).
  rewrite !sum_plus, sum_const, !sum_scal_l. change (sum d z) with (sum d (fun a => z a)). rewrite zero. nra.
Qed.

Theorem single_unit_vanishes_holds : single_unit_vanishes.
Proof.
  unfold single_unit_vanishes. apply (sech_vanishes (fun y => sqrt (y - 1))).
  apply (is_lim_comp sqrt (fun y => y - 1) p_infty p_infty p_infty); [| exact (shifted_grows (- 1)) |].
  - apply filterlim_sqrt_p.
  - exists 0. intros t _. discriminate.
Qed.

Theorem large_gain_vanishes_holds : large_gain_vanishes.
Proof.
  intros beta.
  apply (is_lim_ext (fun t => sech (t + - beta) ^ 2 / 2 + sech (t + beta) ^ 2 / 2)).
  - intros t. rewrite <- (sech_opp (beta - t)), (Rplus_comm beta t).
    now replace (- (beta - t)) with (t + - beta) by ring.
  - apply halves_vanish; apply shifted_grows.
Qed.

Theorem large_offset_vanishes_holds : large_offset_vanishes.
Proof. unfold large_offset_vanishes. intros g. apply halves_vanish; apply shifted_grows. Qed.

(* The least mean at the width 2m + 1 as it is printed for a whole m. *)
Lemma odd_mean_printed (m : nat) : (1 <= m)%nat ->
  (INR m * sech (sqrt (INR (m + 1)) / sqrt (INR m)) ^ 2 + INR (m + 1) * sech (sqrt (INR m) / sqrt (INR (m + 1))) ^ 2)
    / INR (2 * m + 1) = odd_mean root_sech (INR m).
Proof.
  intros some. assert (0 < INR m) by (apply lt_0_INR; lia). rewrite !plus_INR, mult_INR. simpl (INR 1). simpl (INR 2).
  unfold odd_mean, root_sech. now rewrite !sqrt_div by lra.
Qed.

Theorem odd_above_even_holds : odd_above_even.
Proof. intros m some. rewrite odd_mean_printed by exact some. apply odd_mean_above, lt_0_INR. lia. Qed.

Theorem odd_infimum_holds : odd_infimum.
Proof.
  intros y above. rewrite <- root_sech_1 in above.
  destruct (odd_mean_below _ _ _ sech_near_1 second_at_1 y above) as [m [some below]].
  exists m. split; [exact some|]. now rewrite odd_mean_printed.
Qed.

Theorem odd_excess_holds : odd_excess.
Proof.
  unfold odd_excess. fold bend. replace bend with (2 * (bend / 2)) by field. rewrite <- root_sech_1.
  exact (excess_tends _ _ _ sech_near_1 second_at_1).
Qed.

Theorem odd_excess_in_numbers_holds : odd_excess_in_numbers.
Proof. unfold odd_excess_in_numbers. fold bend. pose proof bend_in_numbers. lra. Qed.
