(* A3: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums largest softmax tanh_weights entropy derivatives rules.
From Attnproof.statements Require Import A3.
Open Scope R_scope.

Lemma objective (n : nat) (e p : nat -> R) (tau : R) :
  (1 <= n)%nat -> 0 < tau -> (forall i, (i < n)%nat -> 0 <= p i) -> sum n p = 1 ->
  - (tau * sum n (fun i => ln (p i) * p i)) + sum n (fun i => e i * p i)
  = tau * ln (sum n (fun i => exp (e i / tau)))
    - tau * sum n (fun i => ln (p i / weight n (fun m => e m / tau) i) * p i).
Proof.
  intros some above at_least one. set (alpha := weight n (fun m => e m / tau)).
  pose proof (total_pos n (fun m => e m / tau) some) as total. cbv beta in total.
  set (value := ln (sum n (fun i => exp (e i / tau)))).
  assert (each : forall i, (i < n)%nat -> ln (p i / alpha i) * p i = ln (p i) * p i - / tau * (e i * p i) + value * p i).
  { intros i I. destruct (at_least i I) as [positive|<-]; [|ring].
    pose proof (weight_pos n (fun m => e m / tau) i some) as mass. fold alpha in mass.
    unfold Rdiv at 1. rewrite ln_mult, ln_Rinv by (exact positive || exact mass || now apply Rinv_0_lt_compat).
    assert (log : ln (alpha i) = e i / tau - value).
    { unfold alpha, weight. unfold Rdiv at 1. rewrite ln_mult, ln_Rinv, ln_exp
        by (exact total || apply exp_pos || now apply Rinv_0_lt_compat). unfold value. ring. }
    rewrite log. field. lra. }
  rewrite (sum_ext n _ _ each), (sum_plus n (fun i => ln (p i) * p i - / tau * (e i * p i)) (fun i => value * p i)).
  rewrite sum_minus, !sum_scal_l, one. field. lra.
Qed.

Theorem falls_short_by_divergence_holds : falls_short_by_divergence.
Proof. intros n some e tau p [above [at_least one]] x alpha. now apply objective. Qed.

Theorem weights_are_a_distribution_holds : weights_are_a_distribution.
Proof. intros n some e tau above x alpha. split; [intros; now apply weight_pos | now apply weight_sum]. Qed.

Theorem only_maximiser_holds : only_maximiser.
Proof.
  intros n some e tau p [above [at_least one]] x alpha. rewrite (objective n e p tau some above at_least one).
  destruct (divergence n p alpha at_least) as [least only].
  - intros. now apply weight_pos.
  - transitivity 1; [exact one | symmetry; now apply weight_sum].
  - change (weight n (fun m => e m / tau)) with alpha. set (kl := sum n (fun i => ln (p i / alpha i) * p i)) in *.
    split; [nra|]. rewrite <- only. split; [intros; nra | intros ->; ring].
Qed.

Theorem value_between_holds : value_between.
Proof.
  intros n some e tau above. set (m := largest n (fun i => e i)).
  assert (factored : sum n (fun i => exp (e i / tau)) = exp (m / tau) * sum n (fun i => exp ((e i - m) / tau))).
  { rewrite <- sum_scal_l. apply sum_ext. intros. rewrite <- exp_plus. f_equal. field. lra. }
  assert (below : forall i, (i < n)%nat -> exp ((e i - m) / tau) <= 1).
  { intros i I. rewrite <- exp_0. apply exp_le. pose proof (largest_ge n e i I) as less. fold m in less.
    apply (Rmult_le_reg_r tau); [exact above|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. change (largest n e) with m in less. lra. }
  assert (most : sum n (fun i => exp ((e i - m) / tau)) <= INR n).
  { replace (INR n) with (INR n * 1) by ring. rewrite <- sum_const. now apply sum_le. }
  assert (least : 1 <= sum n (fun i => exp ((e i - m) / tau))).
  { destruct (largest_in n (fun i => e i) some) as [k [K same]]. fold m in same. cbv beta in same.
    replace 1 with (exp ((e k - m) / tau)).
    - apply (sum_single_le n (fun i => exp ((e i - m) / tau))); [intros; apply Rlt_le, exp_pos | exact K].
    - rewrite same. replace ((e k - e k) / tau) with 0 by (field; lra). apply exp_0. }
  set (s := sum n (fun i => exp ((e i - m) / tau))) in *.
  assert (size : 0 < INR n) by (apply lt_0_INR; lia).
  rewrite factored, ln_mult, ln_exp by (apply exp_pos || lra).
  replace (tau * (m / tau + ln s)) with (m + tau * ln s) by (field; lra).
  assert (0 <= ln s) by (rewrite <- ln_1; apply Rcomplements.ln_le; lra).
  assert (ln s <= ln (INR n)) by (apply Rcomplements.ln_le; lra).
  split; nra.
Qed.

Section ligands.
Variables (n : nat) (K y : nat -> R).
Hypothesis affine : forall i, (i < n)%nat -> 0 < K i.
Let a (j : nat) : R := exp (y j) * K j.

Lemma active (j : nat) : (j < n)%nat -> 0 < a j.
Proof. intros J. apply Rmult_lt_0_compat; [apply exp_pos | now apply affine]. Qed.

Lemma activity_sum : 0 <= sum n a.
Proof. apply sum_nonneg. intros j J. now apply Rlt_le, active. Qed.

Lemma fitted_exp (e : nat -> R) (tau : R) :
  (forall i, (i < n)%nat -> e i / tau = ln (a i)) -> forall i, (i < n)%nat -> exp (e i / tau) = a i.
Proof. intros fit i I. rewrite (fit i I). now apply exp_ln, active. Qed.

End ligands.

Theorem mass_action_holds : mass_action.
Proof.
  intros n some K y s k below [affine above] a theta.
  pose proof (activity_sum n K y affine) as at_least. change (0 <= sum n a) in at_least.
  rewrite sum_scal_l. unfold theta. change (sum n (fun l => a l)) with (sum n a). field. split; nra.
Qed.

Theorem occupancy_is_a_derivative_holds : occupancy_is_a_derivative.
Proof.
  intros n some K y k below affine a theta.
  pose proof (activity_sum n K y affine) as at_least. change (0 <= sum n a) in at_least.
  assert (at_0 : sum n (fun l => exp (0 * delta k l + y l) * K l) + 1 = sum n a + 1).
  { f_equal. apply sum_ext. intros l _. unfold a. do 2 f_equal. ring. }
  apply (is_derive_value _ _ (/ (sum n a + 1) * sum n (fun l => delta k l * a l))).
  - eapply is_derive_value.
    + apply (is_derive_comp ln (fun t => sum n (fun l => exp (t * delta k l + y l) * K l) + 1) 0 (/ (sum n a + 1))
        (sum n (fun l => delta k l * a l) + 0)).
      * cbv beta. rewrite at_0. apply is_derive_ln. lra.
      * apply (slope_plus (fun t => sum n (fun l => exp (t * delta k l + y l) * K l)) (fun _ => 1)); [|apply slope_const].
        apply (is_derive_sum n (fun l t => exp (t * delta k l + y l) * K l) 0 (fun l => delta k l * a l)).
        intros l _. auto_derive; [exact I|]. unfold a. rewrite Rmult_0_l, Rplus_0_l. ring.
    + unfold scal. simpl. unfold mult. simpl. ring.
  - rewrite sum_delta by exact below. unfold theta. change (sum n (fun l => a l)) with (sum n a). field. lra.
Qed.

Theorem with_empty_site_holds : with_empty_site.
Proof.
  intros n some K y e tau k below [affine above] a theta fit x.
  pose proof (fitted_exp n K y affine e tau fit) as same. unfold theta. change (exp (x k)) with (exp (e k / tau)).
  rewrite (same k below). f_equal. f_equal. apply sum_ext. intros l L. symmetry. now apply same.
Qed.

Lemma fitted_weight (n : nat) (K y e : nat -> R) (tau : R) (k : nat) :
  (k < n)%nat -> (forall i, (i < n)%nat -> 0 < K i) -> (forall i, (i < n)%nat -> e i / tau = ln (exp (y i) * K i)) ->
  weight n (fun m => e m / tau) k = exp (y k) * K k / sum n (fun l => exp (y l) * K l).
Proof.
  intros below affine fit. pose proof (fitted_exp n K y affine e tau fit) as same. unfold weight.
  rewrite (same k below). f_equal. now apply sum_ext.
Qed.

Lemma activity_pos (n : nat) (K y : nat -> R) :
  (1 <= n)%nat -> (forall i, (i < n)%nat -> 0 < K i) -> 0 < sum n (fun l => exp (y l) * K l).
Proof. intros some affine. apply sum_pos; [exact some|]. now apply active. Qed.

Theorem shares_of_occupied_holds : shares_of_occupied.
Proof.
  intros n some K y e tau k below [affine above] a theta fit x alpha.
  change (alpha k) with (weight n (fun m => e m / tau) k). rewrite (fitted_weight n K y e tau k below affine fit).
  pose proof (activity_pos n K y some affine) as total. unfold theta. rewrite sum_div.
  unfold a. set (s := sum n (fun l => exp (y l) * K l)) in *. field. lra.
Qed.

Theorem not_without_it_holds : not_without_it.
Proof.
  intros n some K y e tau k below [affine above] a theta fit x alpha same.
  change (alpha k) with (weight n (fun m => e m / tau) k) in same.
  rewrite (fitted_weight n K y e tau k below affine fit) in same.
  pose proof (activity_pos n K y some affine) as total. pose proof (active n K y affine k below) as own.
  unfold theta, a in same. set (s := sum n (fun l => exp (y l) * K l)) in *.
  unfold Rdiv in same. apply Rmult_eq_reg_l in same; [|lra].
  apply (f_equal Rinv) in same. rewrite !Rinv_inv in same. lra.
Qed.
