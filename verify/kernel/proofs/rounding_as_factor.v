(* rounding_as_factor: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Rcomplements.
From Attnproof.theory Require Import prelude sums entropy tanh_weights.
From Attnproof.statements Require Import rounding_as_factor.
Open Scope R_scope.

Theorem factor_holds : factor.
Proof.
  intros d u [small less]. apply Rabs_le_between in small. exists (ln (d + 1)).
  split; [symmetry; apply exp_ln; lra|].
  destruct (ln_below (d + 1)) as [up _]; [lra|].
  destruct (ln_below (/ (d + 1))) as [down _]; [apply Rinv_0_lt_compat; lra|]. rewrite ln_Rinv in down by lra.
  assert (share : u <= u / (1 - u)) by (apply Rle_div_r; nra).
  assert (inverse : / (d + 1) - 1 <= u / (1 - u)).
  { apply Rle_trans with (/ (1 - u) - 1); [|apply Req_le; field; lra].
    assert (/ (d + 1) <= / (1 - u)) by (apply Rinv_le_contravar; lra). lra. }
  apply Rabs_le. lra.
Qed.

Theorem range_holds : range.
Proof. intros theta B small. apply Rabs_le_between in small. split; apply exp_le; lra. Qed.

Theorem mean_holds : mean.
Proof.
  intros n _ p y B [each one].
  assert (bound : forall l, (l < n)%nat -> exp (- B) * p l <= exp (y l) * p l /\ exp (y l) * p l <= exp B * p l).
  { intros l L. destruct (each l L) as [nonneg small]. destruct (range_holds (y l) B small).
    split; apply Rmult_le_compat_r; assumption. }
  assert (ends : forall c, sum n (fun j => c * p j) = c).
  { intros c. rewrite sum_scal_l. change (c * sum n (fun j => p j) = c). rewrite one. ring. }
  split; [rewrite <- (ends (exp (- B))) | rewrite <- (ends (exp B))]; apply sum_le; intros l L; now apply bound.
Qed.

Theorem distance_holds : distance.
Proof.
  intros theta B small. destruct (range_holds theta B small) as [low high]. apply Rabs_le.
  assert (2 <= exp B + exp (- B)); [|lra]. rewrite exp_Ropp. pose proof (exp_pos B).
  apply Rminus_le_0. replace (exp B + / exp B - 2) with ((exp B - 1) ^ 2 / exp B) by (field; lra).
  apply Rdiv_le_0_compat; [apply pow2_ge_0 | assumption].
Qed.
