(* A1. Printed from derivations/statements/a1.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* attention is the regression of Nadaraya and Watson with the kernel exp(q·k/√d) *)
Definition attention_is_the_regression : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d : nat, (1 <= d)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall q : nat -> R,
  forall k : nat -> nat -> R,
  forall V : nat -> nat -> R,
  let alpha := fun j : nat => exp (sum d (fun r : nat => k j r * q r) / sqrt (INR d)) / sum n_k (fun l : nat => exp (sum d (fun r : nat => k l r * q r) / sqrt (INR d))) in
  let kernel := fun j : nat => exp (sum d (fun r : nat => k j r * q r) / sqrt (INR d)) in
  forall p : nat, (p < d_v)%nat ->
  sum n_k (fun j : nat => V j p * alpha j) = sum n_k (fun j : nat => V j p * kernel j) / sum n_k (fun j : nat => kernel j).

(* no kernel g(q − k_j) of the difference, whatever g is, has the weights of softmax for all queries and keys: neither for any number of keys from 2 on nor in any width *)
Definition no_kernel_of_the_difference : Prop :=
  forall n_k : nat, (2 <= n_k)%nat ->
  forall d : nat, (1 <= d)%nat ->
  ~ (exists g : (nat -> R) -> R, (forall one another : nat -> R, (forall place : nat, (place < d)%nat -> one place = another place) -> g one = g another) /\
  (forall q : nat -> R,
  forall k : nat -> nat -> R,
  forall kappa : nat -> R,
  (forall l : nat, (l < n_k)%nat ->
  let u := fun r : nat => - k l r + q r in
  kappa l = g u) ->
  let alpha := fun j : nat => exp (sum d (fun r : nat => k j r * q r) / sqrt (INR d)) / sum n_k (fun l : nat => exp (sum d (fun r : nat => k l r * q r) / sqrt (INR d))) in
  forall j : nat, (j < n_k)%nat ->
  alpha j = kappa j / sum n_k (fun l : nat => kappa l))).

(* the Gaussian kernel of bandwidth d^(1/4) has the weights of softmax with the bias −|k_j|²/(2√d) on key j *)
Definition gaussian_is_attention_with_a_bias : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> R,
  forall k : nat -> nat -> R,
  let alpha := fun j : nat => exp (sum d (fun r : nat => k j r * q r) / sqrt (INR d) - sum d (fun r : nat => k j r ^ 2) / (2 * sqrt (INR d))) / sum n_k (fun l : nat => exp (sum d (fun r : nat => k l r * q r) / sqrt (INR d) - sum d (fun r : nat => k l r ^ 2) / (2 * sqrt (INR d)))) in
  let b := Rpower (INR d) (1 / 4) in
  let kernel := fun j : nat => exp (- (sum d (fun r : nat => (- k j r + q r) ^ 2) / (2 * b ^ 2))) in
  let beta := fun j : nat => kernel j / sum n_k (fun l : nat => kernel l) in
  forall j : nat, (j < n_k)%nat ->
  beta j = alpha j.

(* softmax has the weights of the Gaussian kernel with each key's multiplied by exp(|k_j|²/(2√d)) *)
Definition attention_is_a_corrected_gaussian : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> R,
  forall k : nat -> nat -> R,
  let alpha := fun j : nat => exp (sum d (fun r : nat => k j r * q r) / sqrt (INR d)) / sum n_k (fun l : nat => exp (sum d (fun r : nat => k l r * q r) / sqrt (INR d))) in
  let b := Rpower (INR d) (1 / 4) in
  let kernel := fun j : nat => exp (- (sum d (fun r : nat => (- k j r + q r) ^ 2) / (2 * b ^ 2))) * exp (sum d (fun r : nat => k j r ^ 2) / (2 * sqrt (INR d))) in
  let beta := fun j : nat => kernel j / sum n_k (fun l : nat => kernel l) in
  forall j : nat, (j < n_k)%nat ->
  beta j = alpha j.

(* the log-odds of two keys under the Gaussian kernel and under softmax differ by (|k_j|² − |k_i|²)/(2√d) *)
Definition log_odds_differ_by_the_norms : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> R,
  forall k : nat -> nat -> R,
  let alpha := fun j : nat => exp (sum d (fun r : nat => k j r * q r) / sqrt (INR d)) / sum n_k (fun l : nat => exp (sum d (fun r : nat => k l r * q r) / sqrt (INR d))) in
  let b := Rpower (INR d) (1 / 4) in
  let kernel := fun j : nat => exp (- (sum d (fun r : nat => (- k j r + q r) ^ 2) / (2 * b ^ 2))) in
  let beta := fun j : nat => kernel j / sum n_k (fun l : nat => kernel l) in
  forall i : nat, (i < n_k)%nat ->
  forall j : nat, (j < n_k)%nat ->
  - ln (alpha i / alpha j) + ln (beta i / beta j) = (- sum d (fun r : nat => k i r ^ 2) + sum d (fun r : nat => k j r ^ 2)) / (2 * sqrt (INR d)).

(* the Gaussian kernel has the weights of softmax exactly when all keys have the same norm *)
Definition same_weights_exactly_for_equal_norms : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> R,
  forall k : nat -> nat -> R,
  let alpha := fun j : nat => exp (sum d (fun r : nat => k j r * q r) / sqrt (INR d)) / sum n_k (fun l : nat => exp (sum d (fun r : nat => k l r * q r) / sqrt (INR d))) in
  let b := Rpower (INR d) (1 / 4) in
  let kernel := fun j : nat => exp (- (sum d (fun r : nat => (- k j r + q r) ^ 2) / (2 * b ^ 2))) in
  let beta := fun j : nat => kernel j / sum n_k (fun l : nat => kernel l) in
  (forall j : nat, (j < n_k)%nat ->
  beta j = alpha j) <->
  (forall i : nat, (i < n_k)%nat ->
  forall j : nat, (j < n_k)%nat ->
  sum d (fun r : nat => k i r ^ 2) = sum d (fun r : nat => k j r ^ 2)).
