(* sech_squared_formula: the proofs of its propositions. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Rcomplements.
From Attnproof.theory Require Import prelude tanh sech_squared.
From Attnproof.statements Require Import sech_squared_formula.
Open Scope R_scope.

Lemma exponential_range (z : R) : 0 < exp (- (2 * Rabs z)) <= 1.
Proof.
  split; [apply exp_pos|]. rewrite <- exp_0. pose proof (Rabs_pos z).
  destruct (Req_dec (Rabs z) 0) as [->|other]; [right; f_equal; ring | apply Rlt_le, exp_increasing; lra].
Qed.

Theorem formula_holds : formula.
Proof.
  intros z w. split; [|apply exponential_range]. rewrite <- sech_abs. unfold w, sech, cosh.
  rewrite !exp_Ropp, exp_double. pose proof (exp_pos (Rabs z)). field. nra.
Qed.

Theorem off_by_a_factor_holds : off_by_a_factor.
Proof.
  intros z c cp w. rewrite (proj1 (formula_holds z)). fold w.
  destruct (exponential_range z) as [wp less]. fold w in wp, less. assert (0 < c * w) by now apply Rmult_lt_0_compat.
  replace (4 * c * w / (c * w + 1) ^ 2 - 4 * w / (w + 1) ^ 2)
    with ((c - 1) * (4 * w / (w + 1) ^ 2 * ((1 - c * w * w) / (c * w + 1) ^ 2))) by (field; lra).
  rewrite Rabs_mult. apply Rmult_le_compat_l; [apply Rabs_pos|].
  assert (0 < 4 * w / (w + 1) ^ 2) by (apply Rdiv_lt_0_compat; nra).
  rewrite Rabs_mult, (Rabs_pos_eq (4 * w / _)) by lra. rewrite <- (Rmult_1_r (4 * w / (w + 1) ^ 2)) at 2.
  apply Rmult_le_compat_l; [lra|]. apply Rabs_le.
  split; [apply Rle_div_r | apply Rle_div_l]; nra.
Qed.

Theorem reciprocal_holds : reciprocal.
Proof.
  intros x y D [near less]. pose proof (Rabs_pos (x - y)).
  assert (far : Rabs x - D <= Rabs y).
  { pose proof (Rabs_triang (x - y) y) as sides. replace (x - y + y) with x in sides by ring. lra. }
  assert (xp : 0 < Rabs x) by lra. assert (yp : 0 < Rabs y) by lra.
  assert (x <> 0) by (intros ->; rewrite Rabs_R0 in xp; lra). assert (y <> 0) by (intros ->; rewrite Rabs_R0 in yp; lra).
  replace (/ y - / x) with ((x - y) / (y * x)) by (field; auto).
  unfold Rdiv. rewrite Rabs_mult, Rabs_inv, Rabs_mult.
  apply Rmult_le_compat; [lra | apply Rlt_le, Rinv_0_lt_compat; nra | exact near | apply Rinv_le_contravar; nra].
Qed.
