(* A5. Printed from derivations/statements/a5.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* tanh(x + y) = 1 − 2/(1 + A B) *)
Definition separates : Prop :=
  forall x : R,
  forall y : R,
  let A := exp (2 * x) in
  let B := exp (2 * y) in
  tanh (x + y) = 1 - 2 / (A * B + 1).

(* its derivative is 4AB/(1 + AB)² *)
Definition derivative : Prop :=
  forall x : R,
  forall y : R,
  let A := exp (2 * x) in
  let B := exp (2 * y) in
  (is_derive (fun t : R => tanh (t + y)) x (4 * A * B / (A * B + 1) ^ 2)) /\
  (is_derive (fun t : R => tanh (t + x)) y (4 * A * B / (A * B + 1) ^ 2)).

(* the additive scores, from one exponential for each unit of a query and of a key *)
Definition same_scores : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  let A := fun i : nat => fun a : nat => exp (2 * sum d_q (fun r : nat => W_s a r * q i r)) in
  let B := fun j : nat => fun a : nat => exp (2 * sum d_k (fun f : nat => W_h a f * k j f)) in
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r)) * v a) = sum d_a (fun a : nat => (1 - 2 / (A i a * B j a + 1)) * v a).

(* those are (n_q + n_k) d_a exponentials, and n_q n_k d_a reciprocals *)
Definition counts : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  (sum n_q (fun i : nat => sum d_a (fun a : nat => 1)) + sum n_k (fun j : nat => sum d_a (fun a : nat => 1)) = INR d_a * INR (n_k + n_q)%nat) /\
  (sum n_q (fun i : nat => sum n_k (fun j : nat => sum d_a (fun a : nat => 1))) = INR d_a * INR n_k * INR n_q).

(* the sum of the v_a may be left out before a softmax *)
Definition sum_of_v_left_out : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall v : nat -> R,
  forall R_ : nat -> nat -> nat -> R,
  let t := fun i : nat => fun j : nat => sum d_a (fun a : nat => (1 - 2 * R_ i j a) * v a) in
  let s := fun i : nat => fun j : nat => - (2 * sum d_a (fun a : nat => R_ i j a * v a)) in
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  exp (t i j) / sum n_k (fun l : nat => exp (t i l)) = exp (s i j) / sum n_k (fun l : nat => exp (s i l)).

(* for |x|, |y| ≤ ½ m ln 2 both exponentials are from 2^−m to 2^m: normal numbers for m = e_max − 1 *)
Definition forward_range : Prop :=
  forall m : nat, (1 <= m)%nat ->
  forall x : R,
  forall y : R,
  ((Rabs x <= INR m * ln 2 / 2) /\
  (Rabs y <= INR m * ln 2 / 2)) ->
  let A := exp (2 * x) in
  let B := exp (2 * y) in
  ((/ 2 ^ m <= A) /\
  (A <= 2 ^ m)) /\
  ((/ 2 ^ m <= B) /\
  (B <= 2 ^ m)).

(* there (1 + AB)² and 4AB are at most 2^(4m + 2), the derivative at least 2^−2m: in range for 4m + 2 ≤ e_max *)
Definition backward_range : Prop :=
  forall m : nat, (1 <= m)%nat ->
  forall x : R,
  forall y : R,
  ((Rabs x <= INR m * ln 2 / 2) /\
  (Rabs y <= INR m * ln 2 / 2)) ->
  let A := exp (2 * x) in
  let B := exp (2 * y) in
  ((A * B + 1) ^ 2 <= 2 ^ (4 * m + 2)%nat) /\
  (4 * A * B <= 2 ^ (4 * m + 2)%nat) /\
  (/ 2 ^ (2 * m)%nat <= 4 * A * B / (A * B + 1) ^ 2).

(* ½ m ln 2 for m = 14, 126, 1022 (forward) and 3, 31, 255 (backward) *)
Definition ranges_in_numbers : Prop :=
  (97 / 20 <= 7 * ln 2) /\
  (218 / 5 <= 63 * ln 2) /\
  (354 <= 511 * ln 2) /\
  (103 / 100 <= 3 * ln 2 / 2) /\
  (107 / 10 <= 31 * ln 2 / 2) /\
  (883 / 10 <= 255 * ln 2 / 2).

(* for x + y ≥ ½ (e_max + 2) ln 2 the product AB is at least 2^(e_max + 2) *)
Definition overflow : Prop :=
  forall m : nat, (1 <= m)%nat ->
  forall x : R,
  forall y : R,
  (INR (m + 2)%nat * ln 2 / 2 <= x + y) ->
  let A := exp (2 * x) in
  let B := exp (2 * y) in
  2 ^ (m + 2)%nat <= A * B.

(* which is 5.90 or less in fp16, e_max = 15 *)
Definition overflow_in_numbers : Prop :=
  17 * ln 2 / 2 <= 59 / 10.

(* with rounding, u = 2^−p, every unit is off by at most 7 u for |a|, |b| ≤ ½ (e_max − 1) ln 2 *)
Definition rounded_unit : Prop :=
  forall p : nat, (8 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall a_q : nat -> R,
  forall a_k : nat -> R,
  forall y : nat -> R,
  (((p <= e_max)%nat) /\
  (forall a : nat, (a < d_a)%nat ->
  (Rabs (a_q a) <= (INR e_max - 1) * ln 2 / 2) /\
  (Rabs (a_k a) <= (INR e_max - 1) * ln 2 / 2))) ->
  let w := fun a : nat => rounded p e_max (rounded p e_max (exp (2 * a_k a)) * rounded p e_max (exp (2 * a_q a))) in
  let t := fun a : nat => rounded p e_max (1 - rounded p e_max (2 / rounded p e_max (w a + 1))) in
  (forall a : nat, (a < d_a)%nat ->
  ((w a < 2 * 2 ^ e_max) /\
  (y a = t a)) \/
  ((2 * 2 ^ e_max <= w a) /\
  (y a = 1))) ->
  forall a : nat, (a < d_a)%nat ->
  Rabs (tanh (a_k a + a_q a) - y a) <= 7 / 2 ^ p.

(* hence the score by at most 7 u times the sum of |v|, before its sum is rounded *)
Definition rounded_score : Prop :=
  forall p : nat, (8 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall a_q : nat -> R,
  forall a_k : nat -> R,
  forall v : nat -> R,
  forall y : nat -> R,
  (((p <= e_max)%nat) /\
  (forall a : nat, (a < d_a)%nat ->
  (Rabs (a_q a) <= (INR e_max - 1) * ln 2 / 2) /\
  (Rabs (a_k a) <= (INR e_max - 1) * ln 2 / 2))) ->
  let w := fun a : nat => rounded p e_max (rounded p e_max (exp (2 * a_k a)) * rounded p e_max (exp (2 * a_q a))) in
  let t := fun a : nat => rounded p e_max (1 - rounded p e_max (2 / rounded p e_max (w a + 1))) in
  (forall a : nat, (a < d_a)%nat ->
  ((w a < 2 * 2 ^ e_max) /\
  (y a = t a)) \/
  ((2 * 2 ^ e_max <= w a) /\
  (y a = 1))) ->
  Rabs (sum d_a (fun a : nat => tanh (a_k a + a_q a) * v a) - sum d_a (fun a : nat => v a * y a)) <= 7 * sum d_a (fun a : nat => Rabs (v a)) / 2 ^ p.

(* for b = 0 < a ≤ u/4 the result is 0 *)
Definition lost_near_0 : Prop :=
  forall p : nat, (8 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  forall y : R,
  (((p <= e_max)%nat) /\
  (0 < x) /\
  (x <= 1 / (4 * 2 ^ p)) /\
  (y = 0)) ->
  rounded p e_max (1 - rounded p e_max (2 / rounded p e_max (rounded p e_max (rounded p e_max (exp (2 * x)) * rounded p e_max (exp (2 * y))) + 1))) = 0.

(* the direct form's relative error is at most 2u + u², everywhere *)
Definition direct_form : Prop :=
  forall p : nat, (8 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  forall y : R,
  (((p <= e_max)%nat) /\
  (rounded p e_max x = x) /\
  (rounded p e_max y = y) /\
  ((tanh (rounded p e_max (x + y)) = 0) \/
  (2 / 2 ^ e_max <= Rabs (tanh (rounded p e_max (x + y)))))) ->
  Rabs (tanh (x + y) - rounded p e_max (tanh (rounded p e_max (x + y)))) <= (2 / 2 ^ p + / 2 ^ (2 * p)%nat) * Rabs (tanh (x + y)).

(* the derivative's is at most 8 u for |a|, |b| ≤ ½ k ln 2, 4k + 2 ≤ e_max, and nothing overflows there *)
Definition rounded_derivative : Prop :=
  forall p : nat, (8 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall k : nat, (1 <= k)%nat ->
  forall x : R,
  forall y : R,
  (((p <= e_max)%nat) /\
  (((4 * k + 2)%nat <= e_max)%nat) /\
  (Rabs x <= INR k * ln 2 / 2) /\
  (Rabs y <= INR k * ln 2 / 2)) ->
  let w := rounded p e_max (rounded p e_max (exp (2 * x)) * rounded p e_max (exp (2 * y))) in
  let q := rounded p e_max (w + 1) in
  let r := rounded p e_max (q ^ 2) in
  let D := rounded p e_max (rounded p e_max (4 * w) / r) in
  (4 * w < 2 * 2 ^ e_max) /\
  (r < 2 * 2 ^ e_max) /\
  (Rabs (D - sech (x + y) ^ 2) <= 8 * sech (x + y) ^ 2 / 2 ^ p).

(* from a + b = ½ (e_max + 2) ln 2 on the rounded product overflows, and so do numerator and denominator *)
Definition product_overflows : Prop :=
  forall p : nat, (8 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  forall y : R,
  (((p <= e_max)%nat) /\
  (Rabs x <= (INR e_max - 1) * ln 2 / 2) /\
  (Rabs y <= (INR e_max - 1) * ln 2 / 2) /\
  (INR (e_max + 2)%nat * ln 2 / 2 <= x + y)) ->
  let w := rounded p e_max (rounded p e_max (exp (2 * x)) * rounded p e_max (exp (2 * y))) in
  let q := rounded p e_max (w + 1) in
  let r := rounded p e_max (q ^ 2) in
  (2 * 2 ^ e_max <= w) /\
  (2 * 2 ^ e_max <= rounded p e_max (4 * w)) /\
  (2 * 2 ^ e_max <= r).
