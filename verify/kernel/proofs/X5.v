(* X5: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums softmax tanh product_of_units.
From Attnproof.statements Require Import X5.
Open Scope R_scope.

Lemma odd (n m l : nat) (U W : nat -> nat -> R) (v k q : nat -> R) :
  sum n (fun a => tanh (sum m (fun f => - (W a f * k f)) + sum l (fun r => - (U a r * q r))) * v a)
  = - sum n (fun a => tanh (sum m (fun f => W a f * k f) + sum l (fun r => U a r * q r)) * v a).
Proof.
  rewrite <- sum_opp. apply sum_ext. intros a _. rewrite !sum_opp, <- Ropp_plus_distr, tanh_opp. ring.
Qed.

Theorem odd_without_bias_holds : odd_without_bias.
Proof. unfold odd_without_bias. intros. cbv zeta. apply odd. Qed.

Lemma half_sum (a b e epsilon : R) :
  Rabs (e - a) <= epsilon -> Rabs (- e - b) <= epsilon -> Rabs (b + a) / 2 <= epsilon.
Proof. unfold Rabs. repeat destruct Rcase_abs; lra. Qed.

Theorem even_part_out_of_reach_holds : even_part_out_of_reach.
Proof.
  unfold even_part_out_of_reach. intros *. intros _ *. intros _ *. intros _ *. cbv zeta. rewrite odd.
  intros [plus minus]. eapply half_sum; eauto.
Qed.

Lemma half_difference (a b e f epsilon : R) :
  Rabs (f - e + a) <= epsilon -> Rabs (- - e + - f + b) <= epsilon -> Rabs (b + a) / 2 <= epsilon.
Proof. unfold Rabs. repeat destruct Rcase_abs; lra. Qed.

Theorem log_odds_out_of_reach_holds : log_odds_out_of_reach.
Proof.
  unfold log_odds_out_of_reach. intros *. intros _ *. intros _ *. intros _ *. cbv zeta. rewrite !odd.
  intros [plus minus]. eapply half_difference; eauto.
Qed.

Theorem dot_product_out_of_reach_holds : dot_product_out_of_reach.
Proof.
  unfold dot_product_out_of_reach. intros *. intros _ *. intros _ *. cbv zeta. rewrite !odd.
  intros [plus minus]. pose proof (half_difference _ _ _ _ _ plus minus) as half.
  set (x := sum d (fun r => (h r - l r) * s r)) in *.
  replace (x + x) with (2 * x) in half by ring. rewrite Rabs_mult, (Rabs_pos_eq 2) in half; lra.
Qed.

Lemma exp_up (x y : R) : x <= y -> exp x <= exp y.
Proof. intros [less | ->]; [apply Rlt_le, exp_increasing, less | apply Rle_refl]. Qed.

Theorem weights_within_factor_holds : weights_within_factor.
Proof.
  unfold weights_within_factor. intros n some e f epsilon near. cbv zeta. intros j below.
  assert (each : forall l, (l < n)%nat -> exp (- epsilon) * exp (e l) <= exp (f l) <= exp epsilon * exp (e l)).
  { intros l less. pose proof (near l less) as bound. apply Rabs_le_between in bound.
    rewrite <- !exp_plus. split; apply exp_up; lra. }
  pose proof (total_pos n e some). pose proof (total_pos n f some).
  set (E := sum n (fun l => exp (e l))) in *. set (F := sum n (fun l => exp (f l))) in *.
  assert (low : exp (- epsilon) * E <= F).
  { unfold E, F. rewrite <- sum_scal_l. apply sum_le. intros l less. now apply each. }
  assert (high : F <= exp epsilon * E).
  { unfold E, F. rewrite <- sum_scal_l. apply sum_le. intros l less. now apply each. }
  pose proof (each j below) as [lj hj].
  assert (double : exp (2 * epsilon) = exp epsilon * exp epsilon) by (rewrite <- exp_plus; f_equal; ring).
  assert (inverse : exp epsilon * exp (- epsilon) = 1) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0).
  assert (double' : exp (- (2 * epsilon)) = exp (- epsilon) * exp (- epsilon)).
  { rewrite <- exp_plus. f_equal. ring. }
  pose proof (exp_pos epsilon). pose proof (exp_pos (- epsilon)).
  pose proof (exp_pos (e j)). pose proof (exp_pos (f j)). split.
  - apply (Rle_div_r _ (exp (f j)) F); [assumption|]. rewrite double'.
    apply Rle_trans with (exp (- epsilon) * exp (- epsilon) * (exp (e j) / E) * (exp epsilon * E)).
    + apply Rmult_le_compat_l; [|exact high]. apply Rmult_le_pos; [nra|]. apply Rdiv_le_0_compat; lra.
    + replace (exp (- epsilon) * exp (- epsilon) * (exp (e j) / E) * (exp epsilon * E))
        with (exp (- epsilon) * exp (e j) * (exp epsilon * exp (- epsilon))) by (field; lra).
      rewrite inverse. lra.
  - apply (Rle_div_l (exp (f j)) _ F); [assumption|]. rewrite double.
    apply Rle_trans with (exp epsilon * exp epsilon * (exp (e j) / E) * (exp (- epsilon) * E)).
    + replace (exp epsilon * exp epsilon * (exp (e j) / E) * (exp (- epsilon) * E))
        with (exp epsilon * exp (e j) * (exp epsilon * exp (- epsilon))) by (field; lra).
      rewrite inverse. lra.
    + apply Rmult_le_compat_l; [|exact low]. apply Rmult_le_pos; [nra|]. apply Rdiv_le_0_compat; lra.
Qed.

Theorem term_in_query_alone_drops_out_holds : term_in_query_alone_drops_out.
Proof.
  unfold term_in_query_alone_drops_out. intros n some e c. cbv zeta. intros j below.
  rewrite <- (weight_shift n e c j some : _ = exp (e j) / _). unfold weight.
  rewrite (Rplus_comm c). f_equal. apply sum_ext. intros. now rewrite Rplus_comm.
Qed.

Theorem product_by_four_units_holds : product_by_four_units.
Proof. unfold product_by_four_units. intros x y h r b isb given. exact (four_units x y h r b isb given). Qed.

Theorem product_by_score_holds : product_by_score.
Proof.
  unfold product_by_score. intros h r hp.
  set (c := / (3 * h ^ 2)).
  exists (fun a => match a with 0%nat | 1%nat => c | _ => - c end).
  exists (fun a => match a with 0%nat | 2%nat => - h | _ => h end).
  exists (fun a => match a with 0%nat | 3%nat => h | _ => - h end).
  exists (fun _ => ln 3 / 2). intros x y [xr yr].
  pose proof (product_by_four_units_holds x y h r (ln 3 / 2) eq_refl (conj hp (conj xr yr))) as bound. simpl sum.
  replace (x * - h + y * h + ln 3 / 2) with (ln 3 / 2 - h * (x - y)) by ring.
  replace (x * h + y * - h + ln 3 / 2) with (ln 3 / 2 + h * (x - y)) by ring.
  replace (x * - h + y * - h + ln 3 / 2) with (ln 3 / 2 - h * (x + y)) by ring.
  replace (x * h + y * h + ln 3 / 2) with (ln 3 / 2 + h * (x + y)) by ring.
  match type of bound with Rabs ?p <= _ => match goal with |- Rabs ?q <= _ => replace q with p; [exact bound|] end end.
  unfold c. field. nra.
Qed.
