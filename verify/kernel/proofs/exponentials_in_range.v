(* exponentials_in_range: the proofs of its propositions. *)
From Coq Require Import Reals ZArith Arith Lra Lia Psatz.
From Flocq Require Import Core.
From Attnproof.theory Require Import prelude formats rounded_units.
From Attnproof.statements Require Import exponentials_in_range.
Open Scope R_scope.

Theorem range_holds : range.
Proof. intros k a within. now apply exponential_range. Qed.

(* 2^-k is at least the least normal number *)
Lemma not_below (e k : nat) : (2 / 2 ^ e <= / 2 ^ k) <-> (k + 1 <= e)%nat.
Proof.
  assert (pe : 0 < 2 ^ e) by (apply pow_lt; lra). assert (pk : 0 < 2 ^ k) by (apply pow_lt; lra).
  assert (powers : (2 / 2 ^ e <= / 2 ^ k) <-> 2 ^ (k + 1) <= 2 ^ e).
  { rewrite pow_add, pow_1. split; intros less.
    - apply (Rmult_le_compat_r (2 ^ e * 2 ^ k)) in less; [|apply Rlt_le, Rmult_lt_0_compat; assumption].
      replace (2 / 2 ^ e * (2 ^ e * 2 ^ k)) with (2 ^ k * 2) in less by (field; lra).
      replace (/ 2 ^ k * (2 ^ e * 2 ^ k)) with (2 ^ e) in less by (field; lra). exact less.
    - apply (Rmult_le_reg_r (2 ^ e * 2 ^ k)); [apply Rmult_lt_0_compat; assumption|].
      replace (2 / 2 ^ e * (2 ^ e * 2 ^ k)) with (2 ^ k * 2) by (field; lra).
      replace (/ 2 ^ k * (2 ^ e * 2 ^ k)) with (2 ^ e) by (field; lra). exact less. }
  rewrite powers. split; intros less; [|now apply Rle_pow; [lra|]].
  destruct (le_lt_dec (k + 1) e) as [yes|no]; [exact yes|]. exfalso.
  assert (2 ^ e < 2 ^ (k + 1)) by (apply Rlt_pow; [lra | exact no]). lra.
Qed.

Theorem ends_holds : ends.
Proof.
  intros p bits e exponents k less. assert (pk : 1 <= 2 ^ k) by (apply pow_R1_Rle; lra).
  assert (grown : 2 ^ k <= 2 ^ e) by (apply Rle_pow; [lra | lia]).
  assert (small : / 2 ^ k <= 1) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra).
  assert (least : 2 / 2 ^ e <= / 2 ^ k) by now apply not_below.
  assert (number : forall z, (2 - Z.of_nat e - Z.of_nat p <= z)%Z -> rounded p e (bpow radix2 z) = bpow radix2 z).
  { intros z. now apply (number_power p e bits ltac:(lia)). }
  split; (split; [|split; lra]).
  - rewrite <- bpow_nat, <- bpow_opp. apply number. lia.
  - rewrite <- bpow_nat. apply number. lia.
Qed.

Theorem off_by_u_holds : off_by_u.
Proof.
  intros p bits e exponents k a [less within]. destruct (range_holds k a within) as [least _].
  pose proof (exp_pos (2 * a)). pose proof (proj2 (not_below e k) less).
  destruct (rounded_factor p e bits ltac:(lia) (exp (2 * a))) as [d [small ->]].
  - rewrite Rabs_pos_eq; lra.
  - replace (exp (2 * a) - exp (2 * a) * (1 + d)) with (exp (2 * a) * - d) by ring.
    rewrite Rabs_mult, Rabs_Ropp, Rabs_pos_eq by lra. apply Rmult_le_compat_l; lra.
Qed.

Theorem largest_k_holds : largest_k.
Proof. intros k. repeat split; intros known; try (apply not_below in known; lia); apply not_below; lia. Qed.
