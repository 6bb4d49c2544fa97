(* From which argument on tanh is nearer to 1 than to the number before it, 1 - 2^-p, and is rounded to 1. *)
From Coq Require Import Reals Arith ZArith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Flocq Require Import Core.
From Attnproof.theory Require Import prelude tanh formats nearest.
Open Scope R_scope.

Lemma power_of_two (p : nat) : 1 <= 2 ^ p.
Proof. apply pow_R1_Rle. lra. Qed.

Lemma half_way_to_1 (p : nat) (z : R) : 1 - 1 / (2 * 2 ^ p) <= tanh z <-> ln (2 ^ (p + 2)%nat - 1) / 2 <= z.
Proof.
  rewrite tanh_exp, pow_add. pose proof (power_of_two p). pose proof (exp_pos (2 * z)) as above.
  set (two := 2 ^ p) in *. replace (two * 2 ^ 2) with (4 * two) by ring.
  assert (edge : 1 - 1 / (2 * two) <= 1 - 2 / (1 + exp (2 * z)) <-> 4 * two - 1 <= exp (2 * z)).
  { assert (gap : 1 / (2 * two) - 2 / (1 + exp (2 * z))
      = (exp (2 * z) - (4 * two - 1)) * / (2 * two * (1 + exp (2 * z)))) by (field; lra).
    assert (0 < / (2 * two * (1 + exp (2 * z)))) by (apply Rinv_0_lt_compat; nra). split; intros; nra. }
  rewrite edge. split; intros less.
  - assert (ln (4 * two - 1) <= ln (exp (2 * z))) as log by (apply Rcomplements.ln_le; lra).
    rewrite ln_exp in log. lra.
  - rewrite <- (exp_ln (4 * two - 1)) by lra. destruct (Req_dec (ln (4 * two - 1)) (2 * z)) as [->|other]; [lra|].
    apply Rlt_le, exp_increasing. lra.
Qed.

Lemma tanh_rounds_to_1 (p e : nat) (z : R) : (1 <= p)%nat -> (2 <= e)%nat ->
  rounded p e (tanh z) = 1 <-> ln (2 ^ (p + 2)%nat - 1) / 2 <= z.
Proof.
  intros bits exponents. rewrite <- half_way_to_1.
  assert (less : rounded p e (tanh z) <= 1).
  { apply rounded_at_most; [lia | lia | apply number_1; lia|]. pose proof (tanh_abs_lt_1 z) as small.
    apply Rabs_lt_between in small. lra. }
  pose proof (below_power p e bits ltac:(lia) 0 (tanh z) ltac:(lia)) as edge.
  simpl bpow in edge. rewrite Rmult_1_l in edge.
  rewrite <- edge. split; [intros ->|]; lra.
Qed.
