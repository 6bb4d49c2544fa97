(* A product of two numbers by four tanh units with the bias artanh(1/2): what second differences miss. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude tanh second_difference.
Open Scope R_scope.

Lemma tanh_bias (b : R) : b = ln 3 / 2 -> tanh b = 1 / 2.
Proof. intros ->. rewrite tanh_exp. replace (2 * (ln 3 / 2)) with (ln 3) by field. rewrite exp_ln; lra. Qed.

Lemma fourth_powers (x y r : R) : Rabs x <= r -> Rabs y <= r -> (x + y) ^ 4 + (x - y) ^ 4 <= 16 * r ^ 4.
Proof.
  intros xr yr. pose proof (Rabs_pos x). pose proof (Rabs_pos y).
  assert (x2 : x ^ 2 <= r ^ 2) by (rewrite <- pow2_abs; nra).
  assert (y2 : y ^ 2 <= r ^ 2) by (rewrite <- (pow2_abs y); nra).
  replace ((x + y) ^ 4 + (x - y) ^ 4) with (2 * (x ^ 2 * x ^ 2) + 12 * (x ^ 2 * y ^ 2) + 2 * (y ^ 2 * y ^ 2)) by ring.
  replace (16 * r ^ 4) with (16 * (r ^ 2 * r ^ 2)) by ring.
  pose proof (pow2_ge_0 x). pose proof (pow2_ge_0 y).
  assert (x ^ 2 * x ^ 2 <= r ^ 2 * r ^ 2) by (apply Rmult_le_compat; lra).
  assert (x ^ 2 * y ^ 2 <= r ^ 2 * r ^ 2) by (apply Rmult_le_compat; lra).
  assert (y ^ 2 * y ^ 2 <= r ^ 2 * r ^ 2) by (apply Rmult_le_compat; lra). lra.
Qed.

Lemma four_units (x y h r b : R) : b = ln 3 / 2 -> 0 < h /\ Rabs x <= r /\ Rabs y <= r ->
  Rabs (x * y - (tanh (b - h * (x - y)) + tanh (b + h * (x - y)) - tanh (b - h * (x + y)) - tanh (b + h * (x + y)))
    / (3 * h ^ 2)) <= 82 * r ^ 4 * h ^ 2 / 45.
Proof.
  intros isb [hp [xr yr]].
  pose proof (tanh_second_difference b (h * (x + y))) as more.
  pose proof (tanh_second_difference b (h * (x - y))) as less.
  rewrite (tanh_bias b isb) in more, less.
  set (A := tanh (b + h * (x + y))) in *. set (B := tanh (b - h * (x + y))) in *.
  set (C := tanh (b + h * (x - y))) in *. set (D := tanh (b - h * (x - y))) in *.
  apply Rabs_le_between in more. apply Rabs_le_between in less.
  pose proof (fourth_powers x y r xr yr) as powers.
  assert (0 < h ^ 2) by nra. assert (0 < h ^ 4) by (replace (h ^ 4) with (h ^ 2 * h ^ 2) by ring; nra).
  replace (x * y - (D + C - B - A) / (3 * h ^ 2)) with ((3 * h ^ 2 * (x * y) - (D + C - B - A)) / (3 * h ^ 2))
    by (field; lra).
  unfold Rdiv at 1. rewrite Rabs_mult, (Rabs_pos_eq (/ _)) by (apply Rlt_le, Rinv_0_lt_compat; lra).
  apply Rle_div_l; [lra|].
  assert (total : h ^ 4 * ((x + y) ^ 4 + (x - y) ^ 4) <= h ^ 4 * (16 * r ^ 4)) by (apply Rmult_le_compat_l; lra).
  replace (82 * r ^ 4 * h ^ 2 / 45 * (3 * h ^ 2)) with (41 / 10 * (h ^ 4 * (16 * r ^ 4)) / 12) by field.
  replace ((h * (x + y)) ^ 4) with (h ^ 4 * (x + y) ^ 4) in more by ring.
  replace ((h * (x - y)) ^ 4) with (h ^ 4 * (x - y) ^ 4) in less by ring.
  replace (3 * h ^ 2 * (x * y) - (D + C - B - A))
    with (A - 2 * (1 / 2) + B - (h * (x + y)) ^ 2 * (- 2 * (1 / 2) * (1 - (1 / 2) ^ 2))
      - (C - 2 * (1 / 2) + D - (h * (x - y)) ^ 2 * (- 2 * (1 / 2) * (1 - (1 / 2) ^ 2)))) by field.
  apply Rabs_le. lra.
Qed.
