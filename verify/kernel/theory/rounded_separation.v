(* tanh(a + b) from one exponential of each, every operation rounded, nothing subnormal: off by at most 6.6 u. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums tanh.
Open Scope R_scope.

(* Three factors 1 + d. *)
Lemma three_factors (u x y z : R) :
  0 <= u <= 1 / 250 -> Rabs x <= u -> Rabs y <= u -> Rabs z <= u ->
  Rabs ((x + 1) * (y + 1) * (z + 1) - 1) <= 302 / 100 * u.
Proof.
  intros [up us] xs ys zs. apply Rabs_le_between in xs. apply Rabs_le_between in ys. apply Rabs_le_between in zs.
  assert (two : - (u * u) <= x * y <= u * u) by (split; nra).
  assert (s : - (201 / 100 * u) <= x + y + x * y <= 201 / 100 * u) by (split; nra).
  replace ((x + 1) * (y + 1) * (z + 1) - 1) with ((x + y + x * y) + z + (x + y + x * y) * z) by ring.
  set (w := x + y + x * y) in *.
  assert (three : - (201 / 100 * u * u) <= w * z <= 201 / 100 * u * u) by (split; nra).
  apply Rabs_le. split; nra.
Qed.

(* The quotient of two factors. *)
Lemma two_factors (u x y : R) :
  0 <= u <= 1 / 250 -> Rabs x <= u -> Rabs y <= u -> Rabs ((x + 1) / (y + 1) - 1) <= 201 / 100 * u.
Proof.
  intros [up us] xs ys. apply Rabs_le_between in xs. apply Rabs_le_between in ys.
  assert (0 < y + 1) by lra.
  replace ((x + 1) / (y + 1) - 1) with ((x - y) / (y + 1)) by (field; lra).
  apply Rabs_le. split.
  - apply (Rle_div_r _ _ (y + 1)); [assumption|]. nra.
  - apply (Rle_div_l _ _ (y + 1)); [assumption|]. nra.
Qed.

Lemma rounded_unit_error (a b u da db dp dq dr ds : R) :
  0 <= u <= 1 / 250 -> Rabs da <= u -> Rabs db <= u -> Rabs dp <= u -> Rabs dq <= u -> Rabs dr <= u -> Rabs ds <= u ->
  let p := exp (2 * a) * (da + 1) * (exp (2 * b) * (db + 1)) * (dp + 1) in
  let r := 2 / ((1 + p) * (dq + 1)) * (dr + 1) in
  Rabs ((1 - r) * (ds + 1) - tanh (a + b)) <= 66 / 10 * u.
Proof.
  intros us as_ bs ps qs rs ss p r. set (x := exp (2 * a) * exp (2 * b)).
  assert (xp : 0 < x) by (apply Rmult_lt_0_compat; apply exp_pos).
  pose proof (three_factors u da db dp us as_ bs ps) as g. pose proof (two_factors u dr dq us rs qs) as rho.
  apply Rabs_le_between in g. apply Rabs_le_between in rho. apply Rabs_le_between in qs. apply Rabs_le_between in ss.
  set (F := (da + 1) * (db + 1) * (dp + 1)) in *. set (q := (dr + 1) / (dq + 1)) in *.
  assert (isp : p = x * F) by (unfold p, x, F; ring).
  assert (below : 1 + p >= 98 / 100 * (1 + x)) by (rewrite isp; nra).
  set (w := 2 / (1 + p)).
  assert (isr : r = w * q) by (unfold r, w, q; field; lra).
  assert (pp : 0 < p) by (rewrite isp; nra).
  assert (wp : 0 < w <= 2).
  { unfold w. split; [apply Rdiv_lt_0_compat; lra|]. apply (Rle_div_l 2 2 (1 + p)); lra. }
  assert (moved : Rabs (w - 2 / (1 + x)) <= 155 / 100 * u).
  { replace (w - 2 / (1 + x)) with (2 * x * (1 - F) / ((1 + p) * (1 + x))) by (unfold w; rewrite isp; field; nra).
    assert (0 < (1 + p) * (1 + x)) by (apply Rmult_lt_0_compat; lra).
    assert (98 / 100 * (1 + x) * (1 + x) <= (1 + p) * (1 + x)) by (apply Rmult_le_compat_r; lra).
    assert (4 * x <= (1 + x) * (1 + x)) by (pose proof (pow2_ge_0 (1 - x)); nra).
    assert (bound : 2 * x * (302 / 100 * u) <= 155 / 100 * u * ((1 + p) * (1 + x))).
    { assert (u * (4 * x) <= u * ((1 + x) * (1 + x))) by (apply Rmult_le_compat_l; lra).
      assert (u * (98 / 100 * (1 + x) * (1 + x)) <= u * ((1 + p) * (1 + x))) by (apply Rmult_le_compat_l; lra).
      assert (0 <= u * ((1 + p) * (1 + x))) by (apply Rmult_le_pos; lra). lra. }
    assert (x * (1 - F) <= x * (302 / 100 * u)) by (apply Rmult_le_compat_l; lra).
    assert (x * - (302 / 100 * u) <= x * (1 - F)) by (apply Rmult_le_compat_l; lra).
    apply Rabs_le.
    split; [apply (Rle_div_r _ _ ((1 + p) * (1 + x))) | apply (Rle_div_l _ _ ((1 + p) * (1 + x)))]; lra. }
  rewrite tanh_separates. fold x. apply Rabs_le_between in moved.
  assert (turned : - (402 / 100 * u) <= w * (q - 1) <= 402 / 100 * u) by (split; nra).
  assert (size : -102 / 100 <= 1 - r <= 102 / 100) by (rewrite isr; clear - us wp rho; split; nra).
  assert (last : - (102 / 100 * u) <= (1 - r) * ds <= 102 / 100 * u) by (clear - us size ss; split; nra).
  replace ((1 - r) * (ds + 1) - (1 - 2 / (1 + x)))
    with ((1 - r) * ds - w * (q - 1) - (w - 2 / (1 + x))) by (rewrite isr; ring).
  apply Rabs_le. lra.
Qed.
