(* perturbed_product: the proofs of its propositions. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Rcomplements.
From Attnproof.theory Require Import prelude.
From Attnproof.statements Require Import perturbed_product.
Open Scope R_scope.

Lemma denominator (P c : R) : 0 < P -> 0 < c -> 0 < (P * c + 1) * (P + 1).
Proof. intros Pp cp. apply Rmult_lt_0_compat; nra. Qed.

Theorem smaller_holds : smaller.
Proof.
  intros P c [Pp [cp less]]. pose proof (denominator P c Pp cp). assert (0 < P * c) by nra.
  replace (2 / (P * c + 1) - 2 / (P + 1)) with (2 * P * (1 - c) / ((P * c + 1) * (P + 1))) by (field; nra).
  rewrite Rabs_pos_eq by (apply Rdiv_le_0_compat; [nra | assumption]).
  apply Rminus_le_0.
  replace ((1 - c) / (2 * c) - 2 * P * (1 - c) / ((P * c + 1) * (P + 1)))
    with ((1 - c) * ((P * c + 1) * (P + 1) - 4 * (P * c)) / (2 * c * ((P * c + 1) * (P + 1)))) by (field; nra).
  apply Rdiv_le_0_compat; [apply Rmult_le_pos; [lra|] | apply Rmult_lt_0_compat; lra].
  assert (0 <= c * (P - 1) ^ 2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]). nra.
Qed.

Theorem larger_holds : larger.
Proof.
  intros P c [Pp [cp more]]. pose proof (denominator P c Pp cp). assert (0 < P * c) by nra.
  replace (2 / (P * c + 1) - 2 / (P + 1)) with (- (2 * P * (c - 1) / ((P * c + 1) * (P + 1)))) by (field; nra).
  rewrite Rabs_Ropp, Rabs_pos_eq by (apply Rdiv_le_0_compat; [nra | assumption]).
  apply Rminus_le_0.
  replace (c / 2 - 1 / 2 - 2 * P * (c - 1) / ((P * c + 1) * (P + 1)))
    with ((c - 1) * ((P * c + 1) * (P + 1) - 4 * P) / (2 * ((P * c + 1) * (P + 1)))) by (field; nra).
  apply Rdiv_le_0_compat; [apply Rmult_le_pos; [lra|] | lra].
  pose proof (pow2_ge_0 (P - 1)). nra.
Qed.

Theorem slope_holds : slope.
Proof.
  intros P c [Pp cp]. pose proof (denominator P c Pp cp). assert (0 < P * c) by nra.
  exists (c * ((P + 1) / (P * c + 1)) ^ 2).
  split; [field; nra|].
  set (q := (P + 1) / (P * c + 1)).
  assert (inverse : c * / c = 1) by (field; lra).
  assert (qp : 0 < q) by (apply Rdiv_lt_0_compat; lra). assert (0 < c * q) by (apply Rmult_lt_0_compat; lra).
  destruct (Rle_dec c 1) as [less|more].
  - assert (c <= / c) by (rewrite <- (Rmult_1_l (/ c)); apply Rle_div_r; nra).
    assert (one : 1 <= q) by (apply Rle_div_r; nra).
    assert (most : c * q <= 1) by (unfold q, Rdiv; rewrite <- Rmult_assoc; apply Rle_div_l; nra).
    rewrite Rmin_right, Rmax_left by assumption. split; [nra|].
    apply (Rmult_le_reg_l c); [exact cp|]. rewrite inverse. replace (c * (c * q ^ 2)) with (c * q * (c * q)) by ring. nra.
  - assert (/ c <= c) by (rewrite <- (Rmult_1_l (/ c)); apply Rle_div_l; nra).
    assert (one : q <= 1) by (apply Rle_div_l; nra).
    assert (most : 1 <= c * q) by (unfold q, Rdiv; rewrite <- Rmult_assoc; apply Rle_div_r; nra).
    rewrite Rmin_left, Rmax_right by assumption. split; [|nra].
    apply (Rmult_le_reg_l c); [exact cp|]. rewrite inverse. replace (c * (c * q ^ 2)) with (c * q * (c * q)) by ring. nra.
Qed.
