(* normal_tail: the proof of its proposition. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude derivatives normal.
From Attnproof.statements Require Import normal_tail.
Open Scope R_scope.

Theorem tail_holds : tail.
Proof.
  intros Q [falls tends] x xp. pose proof height_pos as hp. pose proof root_pi.
  assert (slope : forall t, is_derive Q t (- (height * bell t))).
  { intros t. eapply is_derive_value; [apply falls|]. unfold height, bell. field. assumption. }
  split.
  - enough (0 <= Q x - height * x / (x ^ 2 + 1) * bell x) by
      (replace (sqrt 2 * x * exp (- (x ^ 2 / 2)) / (2 * sqrt PI * (x ^ 2 + 1))) with (height * x / (x ^ 2 + 1) * bell x)
        by (unfold height, bell; field; split; [nra | assumption]); lra).
    apply (falls_to_0 (fun t => Q t - height * t / (t ^ 2 + 1) * bell t) (fun t => - (2 * height * bell t / (t ^ 2 + 1) ^ 2))).
    + intros t beyond. assert (0 < t ^ 2 + 1) by nra. eapply is_derive_value.
      * apply (is_derive_minus Q (fun t => height * t / (t ^ 2 + 1) * bell t)); [apply slope|].
        apply (is_derive_mult (fun t => height * t / (t ^ 2 + 1)) bell t ((height * (t ^ 2 + 1) - height * t * (2 * t)) / (t ^ 2 + 1) ^ 2));
          [auto_derive; [lra | field; lra] | apply bell_slope | intros; apply Rmult_comm].
      * unfold minus, plus, opp, mult; simpl. field. nra.
    + intros t beyond. assert (0 < bell t) by apply exp_pos.
      assert (0 <= 2 * height * bell t / (t ^ 2 + 1) ^ 2) by (apply Rcomplements.Rdiv_le_0_compat; nra). lra.
    + replace (Finite 0) with (Finite (0 - 0)) by (f_equal; ring).
      apply (is_lim_minus' Q (fun t => height * t / (t ^ 2 + 1) * bell t)); [exact tends|].
      apply (bounded_vanishes _ height); [|exact bell_vanishes]. exists 0. intros t tp.
      rewrite Rabs_pos_eq by (apply Rcomplements.Rdiv_le_0_compat; nra).
      apply Rcomplements.Rle_div_l; [nra|]. apply Rmult_le_compat_l; [lra | nra].
  - enough (0 <= height / x * bell x - Q x) by
      (replace (sqrt 2 * exp (- (x ^ 2 / 2)) / (2 * sqrt PI * x)) with (height / x * bell x)
        by (unfold height, bell; field; split; [lra | assumption]); lra).
    apply (falls_to_0 (fun t => height / t * bell t - Q t) (fun t => - (height * bell t / t ^ 2))).
    + intros t beyond. eapply is_derive_value.
      * apply (is_derive_minus (fun t => height / t * bell t) Q); [|apply slope].
        apply (is_derive_mult (fun t => height / t) bell t (- height / t ^ 2));
          [auto_derive; [lra | field; lra] | apply bell_slope | intros; apply Rmult_comm].
      * unfold minus, plus, opp, mult; simpl. field. lra.
    + intros t beyond. assert (0 < bell t) by apply exp_pos.
      assert (0 <= height * bell t / t ^ 2) by (apply Rcomplements.Rdiv_le_0_compat; nra). lra.
    + replace (Finite 0) with (Finite (0 - 0)) by (f_equal; ring).
      apply (is_lim_minus' (fun t => height / t * bell t) Q); [|exact tends].
      apply (bounded_vanishes _ height); [|exact bell_vanishes]. exists 1. intros t tp.
      rewrite Rabs_pos_eq by (apply Rcomplements.Rdiv_le_0_compat; lra). apply Rcomplements.Rle_div_l; nra.
Qed.
