(* tanh: odd, increasing, strictly between -1 and 1, its forms by exponentials, its derivative sech^2. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

Lemma cosh_pos (x : R) : 0 < cosh x.
Proof. unfold cosh. pose proof (exp_pos x). pose proof (exp_pos (- x)). lra. Qed.

Lemma cosh_sinh (x : R) : cosh x ^ 2 - sinh x ^ 2 = 1.
Proof.
  unfold cosh, sinh. rewrite exp_Ropp. pose proof (exp_pos x). field. lra.
Qed.

Lemma cosh_ge_1 (x : R) : 1 <= cosh x.
Proof. pose proof (cosh_sinh x). pose proof (cosh_pos x). nra. Qed.

Lemma cosh_opp (x : R) : cosh (- x) = cosh x.
Proof. unfold cosh. rewrite Ropp_involutive. lra. Qed.

Lemma sinh_opp (x : R) : sinh (- x) = - sinh x.
Proof. unfold sinh. rewrite Ropp_involutive. lra. Qed.

Lemma sinh_zero : sinh 0 = 0.
Proof. unfold sinh. rewrite Ropp_0. lra. Qed.

Lemma tanh_zero : tanh 0 = 0.
Proof. unfold tanh. rewrite sinh_zero. unfold Rdiv. lra. Qed.

Lemma tanh_opp (x : R) : tanh (- x) = - tanh x.
Proof. unfold tanh. rewrite cosh_opp, sinh_opp. pose proof (cosh_pos x). field. lra. Qed.

Lemma exp_double (x : R) : exp (2 * x) = exp x * exp x.
Proof. rewrite <- exp_plus. f_equal. lra. Qed.

Lemma tanh_exp (x : R) : tanh x = 1 - 2 / (1 + exp (2 * x)).
Proof.
  unfold tanh, sinh, cosh. rewrite exp_Ropp, exp_double. pose proof (exp_pos x).
  field. repeat split; nra.
Qed.

Lemma tanh_exp_neg (x : R) : tanh x = (1 - exp (- (2 * x))) / (1 + exp (- (2 * x))).
Proof.
  rewrite tanh_exp, exp_Ropp. pose proof (exp_pos (2 * x)). field. split; lra.
Qed.

Lemma tanh_lt_1 (x : R) : tanh x < 1.
Proof.
  rewrite tanh_exp. pose proof (exp_pos (2 * x)).
  assert (0 < 2 / (1 + exp (2 * x))) by (apply Rdiv_lt_0_compat; lra). lra.
Qed.

Lemma tanh_gt_m1 (x : R) : -1 < tanh x.
Proof. pose proof (tanh_lt_1 (- x)) as less. rewrite tanh_opp in less. lra. Qed.

Lemma tanh_abs_lt_1 (x : R) : Rabs (tanh x) < 1.
Proof. apply Rabs_def1; [apply tanh_lt_1 | pose proof (tanh_gt_m1 x); lra]. Qed.

Lemma sech_pos (x : R) : 0 < sech x.
Proof. apply Rinv_0_lt_compat, cosh_pos. Qed.

Lemma sech_sq (x : R) : sech x ^ 2 = 1 - tanh x ^ 2.
Proof.
  pose proof (cosh_sinh x). pose proof (cosh_pos x). unfold sech, tanh.
  apply (Rmult_eq_reg_r (cosh x ^ 2)); [|nra]. field_simplify; [lra|lra..].
Qed.

Lemma sech_sq_exp (x : R) : sech x ^ 2 = 4 * exp (2 * x) / (1 + exp (2 * x)) ^ 2.
Proof.
  unfold sech, cosh. rewrite exp_Ropp, exp_double. pose proof (exp_pos x). field. split; nra.
Qed.

Lemma sech_le_1 (x : R) : sech x <= 1.
Proof. unfold sech. rewrite <- Rinv_1. apply Rinv_le_contravar; [lra | apply cosh_ge_1]. Qed.

Lemma is_derive_tanh (x : R) : is_derive tanh x (sech x ^ 2).
Proof.
  apply (is_derive_ext (fun t => 1 - 2 / (1 + exp (2 * t)))); [intros; now rewrite tanh_exp|].
  pose proof (exp_pos (2 * x)). pose proof (exp_pos x).
  auto_derive; [lra|].
  unfold sech, cosh. rewrite exp_Ropp, exp_double. field. split; nra.
Qed.

Lemma tanh_increasing (x y : R) : x < y -> tanh x < tanh y.
Proof.
  intros less. rewrite !tanh_exp.
  assert (exp (2 * x) < exp (2 * y)) by (apply exp_increasing; lra).
  pose proof (exp_pos (2 * x)).
  assert (/ (1 + exp (2 * y)) < / (1 + exp (2 * x))) by (apply Rinv_lt_contravar; nra).
  unfold Rdiv. lra.
Qed.

Lemma tanh_pos (x : R) : 0 < x -> 0 < tanh x.
Proof. intros above. rewrite <- tanh_zero. now apply tanh_increasing. Qed.

Lemma tanh_injective (x y : R) : tanh x = tanh y -> x = y.
Proof.
  intros same. destruct (Rtotal_order x y) as [less|[equal|more]]; [|exact equal|];
    [apply tanh_increasing in less | apply tanh_increasing in more]; lra.
Qed.

Lemma tanh_plus (x y : R) : tanh (x + y) = (tanh x + tanh y) / (1 + tanh x * tanh y).
Proof.
  rewrite !tanh_exp. rewrite Rmult_plus_distr_l, exp_plus.
  pose proof (exp_pos (2 * x)). pose proof (exp_pos (2 * y)).
  field. repeat split; nra.
Qed.

(* tanh(a + b) from one exponential of each *)
Lemma tanh_separates (a b : R) : tanh (a + b) = 1 - 2 / (1 + exp (2 * a) * exp (2 * b)).
Proof. rewrite tanh_exp, Rmult_plus_distr_l, exp_plus. reflexivity. Qed.

(* No straight line goes through the values at 0, x and 2x. *)
Lemma tanh_bends (x : R) : 0 < x -> tanh (2 * x) - tanh x <> tanh x - tanh 0.
Proof.
  intros above. rewrite tanh_zero. replace (2 * x) with (x + x) by ring. rewrite tanh_plus.
  pose proof (tanh_pos x above). intros same.
  assert (tanh x + tanh x = 2 * tanh x * (1 + tanh x * tanh x)).
  { replace (2 * tanh x) with ((tanh x + tanh x) / (1 + tanh x * tanh x)) at 1 by lra. field. nra. }
  pose proof (Rmult_lt_0_compat _ _ H (Rmult_lt_0_compat _ _ H H)). lra.
Qed.
