(* From which argument on tanh is nearer to 1 than to the number before it, 1 - 2^-p. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude tanh.
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
