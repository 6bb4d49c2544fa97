(* log_sum_exp_error: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Rcomplements.
From Attnproof.theory Require Import prelude sums softmax largest rounding tanh_weights.
From Attnproof.statements Require Import log_sum_exp_error.
Open Scope R_scope.

Lemma log_near (G x y : R) : 0 < x -> 0 < y -> 0 < G -> near G x y -> Rabs (ln x - ln y) <= ln G.
Proof. intros xp yp Gp close. rewrite <- ln_div by assumption. now apply log_ratio. Qed.

Theorem shift_holds : shift.
Proof.
  intros n some t y theta each. rewrite <- (ln_exp theta).
  apply log_near; [now apply total_pos | now apply total_pos | apply exp_pos|].
  apply near_sum. intros l L. now apply near_exp, each.
Qed.

Theorem range_holds : range.
Proof.
  intros n some t. destruct (largest_in n (fun j => t j) some) as [k [K same]]. split.
  - rewrite <- exp_0. replace 0 with (t k - largest n (fun j => t j)) by (rewrite same; ring).
    apply (sum_single_le n (fun l => exp (t l - largest n (fun j => t j))) k); [intros; apply Rlt_le, exp_pos | exact K].
  - rewrite <- (Rmult_1_r (INR n)), <- sum_const. apply sum_le. intros l L. rewrite <- exp_0. apply exp_le.
    pose proof (largest_ge n (fun j => t j) l L) as less. cbv beta in less. lra.
Qed.

Theorem factor_holds : factor.
Proof.
  intros x z G [xp [Gp [low high]]]. assert (zp : 0 < z).
  { apply Rlt_le_trans with (x / G); [now apply Rdiv_lt_0_compat | exact low]. }
  apply log_near; try assumption. split; [|exact high]. apply Rle_div_l in low; [lra | exact Gp].
Qed.

Theorem last_sum_holds : last_sum.
Proof.
  intros x z e u d [off small]. replace (x - z * (d + 1)) with (x - z + - (z * d)) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp, Rabs_mult, Rmult_comm.
  assert (size : Rabs z <= e + Rabs x).
  { pose proof (Rabs_triang (z - x) x) as sides. replace (z - x + x) with z in sides by ring.
    rewrite Rabs_minus_sym in sides. lra. }
  pose proof (Rabs_pos d). pose proof (Rabs_pos z).
  assert (Rabs d * Rabs z <= u * (e + Rabs x)) by (apply Rmult_le_compat; lra). lra.
Qed.
