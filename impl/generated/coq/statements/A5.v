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

(* with rounding every unit is off by at most 7 u *)
Definition rounded_unit : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall a_q : nat -> R,
  forall a_k : nat -> R,
  forall delta_left : nat -> R,
  forall delta_right : nat -> R,
  forall delta_product : nat -> R,
  forall delta_sum : nat -> R,
  forall delta_quot : nat -> R,
  forall delta_diff : nat -> R,
  forall u : R,
  ((0 <= u) /\
  (u <= 1 / 256) /\
  (forall a : nat, (a < d_a)%nat ->
  Rabs (delta_left a) <= u) /\
  (forall a : nat, (a < d_a)%nat ->
  Rabs (delta_right a) <= u) /\
  (forall a : nat, (a < d_a)%nat ->
  Rabs (delta_product a) <= u) /\
  (forall a : nat, (a < d_a)%nat ->
  Rabs (delta_sum a) <= u) /\
  (forall a : nat, (a < d_a)%nat ->
  Rabs (delta_quot a) <= u) /\
  (forall a : nat, (a < d_a)%nat ->
  Rabs (delta_diff a) <= u)) ->
  let p := fun a : nat => (delta_left a + 1) * (delta_product a + 1) * (delta_right a + 1) * exp (2 * a_k a) * exp (2 * a_q a) in
  let r := fun a : nat => 2 * (delta_quot a + 1) / ((delta_sum a + 1) * (p a + 1)) in
  let t := fun a : nat => (1 - r a) * (delta_diff a + 1) in
  forall a : nat, (a < d_a)%nat ->
  Rabs (tanh (a_k a + a_q a) - t a) <= 7 * u.

(* hence the score by at most 7 u times the sum of |v|, before its sum is rounded *)
Definition rounded_score : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall a_q : nat -> R,
  forall a_k : nat -> R,
  forall v : nat -> R,
  forall delta_left : nat -> R,
  forall delta_right : nat -> R,
  forall delta_product : nat -> R,
  forall delta_sum : nat -> R,
  forall delta_quot : nat -> R,
  forall delta_diff : nat -> R,
  forall u : R,
  ((0 <= u) /\
  (u <= 1 / 256) /\
  (forall a : nat, (a < d_a)%nat ->
  Rabs (delta_left a) <= u) /\
  (forall a : nat, (a < d_a)%nat ->
  Rabs (delta_right a) <= u) /\
  (forall a : nat, (a < d_a)%nat ->
  Rabs (delta_product a) <= u) /\
  (forall a : nat, (a < d_a)%nat ->
  Rabs (delta_sum a) <= u) /\
  (forall a : nat, (a < d_a)%nat ->
  Rabs (delta_quot a) <= u) /\
  (forall a : nat, (a < d_a)%nat ->
  Rabs (delta_diff a) <= u)) ->
  let p := fun a : nat => (delta_left a + 1) * (delta_product a + 1) * (delta_right a + 1) * exp (2 * a_k a) * exp (2 * a_q a) in
  let r := fun a : nat => 2 * (delta_quot a + 1) / ((delta_sum a + 1) * (p a + 1)) in
  let t := fun a : nat => (1 - r a) * (delta_diff a + 1) in
  Rabs (sum d_a (fun a : nat => tanh (a_k a + a_q a) * v a) - sum d_a (fun a : nat => t a * v a)) <= 7 * u * sum d_a (fun a : nat => Rabs (v a)).
