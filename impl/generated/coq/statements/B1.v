(* B1. Printed from derivations/statements/b1.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* a bias added to the logits of all keys leaves the weights unchanged *)
Definition unchanged : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall b : R,
  forall i : nat, (i < n_k)%nat ->
  exp (b + e i) / sum n_k (fun l : nat => exp (b + e l)) = exp (e i) / sum n_k (fun l : nat => exp (e l)).

(* before a soft-cap, every bias other than 0 changes the weights of some scores of two keys or more *)
Definition before_softcap : Prop :=
  forall n_k : nat, (2 <= n_k)%nat ->
  forall kappa : R,
  forall b : R,
  ((0 < kappa) /\
  (b <> 0)) ->
  exists e : nat -> R,
  (exists i : nat, (i < n_k)%nat /\
  (exp (kappa * tanh ((b + e i) / kappa)) / sum n_k (fun l : nat => exp (kappa * tanh ((b + e l) / kappa))) <> exp (kappa * tanh (e i / kappa)) / sum n_k (fun l : nat => exp (kappa * tanh (e l / kappa))))).

(* with a sink term c in the denominator it changes every weight *)
Definition with_sink : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall c : R,
  forall b : R,
  forall i : nat, (i < n_k)%nat ->
  ((0 < c) /\
  (b <> 0)) ->
  exp (b + e i) / (c + sum n_k (fun l : nat => exp (b + e l))) <> exp (e i) / (c + sum n_k (fun l : nat => exp (e l))).

(* and with a sigmoid in place of the softmax *)
Definition with_sigmoid : Prop :=
  forall x : R,
  forall b : R,
  (b <> 0) ->
  sigmoid (b + x) <> sigmoid x.

(* as computed in a format, u = 2^−p: how far the logarithm of a weight over the exact one is from 0 *)
Definition rounded_log_ratio : Prop :=
  forall p : nat, (2 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall m : nat, (m < n_k)%nat ->
  forall e : nat -> R,
  forall w : nat -> R,
  forall S_ : nat -> nat -> R,
  forall beta : nat -> R,
  forall b : R,
  forall E : R,
  forall h : R,
  forall D : R,
  ((rounded p e_max b = b) /\
  (forall j : nat, (j < n_k)%nat ->
  rounded p e_max (e j) = e j) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (e j) <= E) /\
  (0 <= h) /\
  (h < 1) /\
  (D = - ln (1 - h) + 2 * E / 2 ^ p + (1 + 2 / 2 ^ p) * (E + Rabs b) / 2 ^ p)) ->
  let t := fun j : nat => rounded p e_max (b + e j) in
  (forall j : nat, (j < n_k)%nat ->
  t j <= t m) ->
  let s := fun j : nat => rounded p e_max (t j - t m) in
  ((forall j : nat, (j < n_k)%nat ->
  rounded p e_max (w j) = w j) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (exp (s j) - w j) <= h * exp (s j)) /\
  (forall x : nat, (x < (n_k + 1)%nat)%nat ->
  forall y : nat, (y < (n_k + 1)%nat)%nat ->
  (((x + 1)%nat <= y)%nat) ->
  (((y = (x + 1)%nat)%nat) /\
  (S_ x y = w x)) \/
  (exists c : nat, (c < (n_k + 1)%nat)%nat /\
  ((((x + 1)%nat <= c)%nat) /\
  (((c + 1)%nat <= y)%nat) /\
  (S_ x y = rounded p e_max (S_ c y + S_ x c))))) /\
  (forall j : nat, (j < n_k)%nat ->
  (((w j / S_ 0%nat n_k = 0) \/
  (2 / 2 ^ e_max <= Rabs (w j / S_ 0%nat n_k))) /\
  (beta j = rounded p e_max (w j / S_ 0%nat n_k))) \/
  (((/ S_ 0%nat n_k = 0) \/
  (2 / 2 ^ e_max <= / Rabs (S_ 0%nat n_k))) /\
  ((rounded p e_max (/ S_ 0%nat n_k) * w j = 0) \/
  (2 / 2 ^ e_max <= Rabs (rounded p e_max (/ S_ 0%nat n_k) * w j))) /\
  (beta j = rounded p e_max (rounded p e_max (/ S_ 0%nat n_k) * w j))))) ->
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  forall i : nat, (i < n_k)%nat ->
  (0 < beta i) /\
  (Rabs (ln (beta i / alpha i)) <= 2 * D - INR (n_k + 1)%nat * ln (1 - / 2 ^ p)).

(* and how far the computed weight is from the exact one *)
Definition rounded_weight : Prop :=
  forall p : nat, (2 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall m : nat, (m < n_k)%nat ->
  forall e : nat -> R,
  forall w : nat -> R,
  forall S_ : nat -> nat -> R,
  forall beta : nat -> R,
  forall b : R,
  forall E : R,
  forall h : R,
  forall D : R,
  ((rounded p e_max b = b) /\
  (forall j : nat, (j < n_k)%nat ->
  rounded p e_max (e j) = e j) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (e j) <= E) /\
  (0 <= h) /\
  (h < 1) /\
  (D = - ln (1 - h) + 2 * E / 2 ^ p + (1 + 2 / 2 ^ p) * (E + Rabs b) / 2 ^ p)) ->
  let t := fun j : nat => rounded p e_max (b + e j) in
  (forall j : nat, (j < n_k)%nat ->
  t j <= t m) ->
  let s := fun j : nat => rounded p e_max (t j - t m) in
  ((forall j : nat, (j < n_k)%nat ->
  rounded p e_max (w j) = w j) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (exp (s j) - w j) <= h * exp (s j)) /\
  (forall x : nat, (x < (n_k + 1)%nat)%nat ->
  forall y : nat, (y < (n_k + 1)%nat)%nat ->
  (((x + 1)%nat <= y)%nat) ->
  (((y = (x + 1)%nat)%nat) /\
  (S_ x y = w x)) \/
  (exists c : nat, (c < (n_k + 1)%nat)%nat /\
  ((((x + 1)%nat <= c)%nat) /\
  (((c + 1)%nat <= y)%nat) /\
  (S_ x y = rounded p e_max (S_ c y + S_ x c))))) /\
  (forall j : nat, (j < n_k)%nat ->
  (((w j / S_ 0%nat n_k = 0) \/
  (2 / 2 ^ e_max <= Rabs (w j / S_ 0%nat n_k))) /\
  (beta j = rounded p e_max (w j / S_ 0%nat n_k))) \/
  (((/ S_ 0%nat n_k = 0) \/
  (2 / 2 ^ e_max <= / Rabs (S_ 0%nat n_k))) /\
  ((rounded p e_max (/ S_ 0%nat n_k) * w j = 0) \/
  (2 / 2 ^ e_max <= Rabs (rounded p e_max (/ S_ 0%nat n_k) * w j))) /\
  (beta j = rounded p e_max (rounded p e_max (/ S_ 0%nat n_k) * w j))))) ->
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  forall i : nat, (i < n_k)%nat ->
  Rabs (alpha i - beta i) <= / (1 - / 2 ^ p) ^ (n_k + 1)%nat + tanh (D / 2) - 1.

(* where every sum is exact, whatever the program computes from the differences is the same without the bias *)
Definition same_bits : Prop :=
  forall p : nat, (2 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall m : nat, (m < n_k)%nat ->
  forall e : nat -> R,
  forall b : R,
  forall W : (nat -> R) -> R, (forall one another : nat -> R, (forall place : nat, (place < n_k)%nat -> one place = another place) -> W one = W another) ->
  (forall j : nat, (j < n_k)%nat ->
  rounded p e_max (b + e j) = b + e j) ->
  let t := fun j : nat => rounded p e_max (b + e j) in
  let s := fun j : nat => rounded p e_max (t j - t m) in
  let r := fun j : nat => rounded p e_max (e j - e m) in
  W s = W r.

(* a sum of multiples of c = 2^±g is exact up to 2^p c *)
Definition exact_sums : Prop :=
  forall p : nat, (2 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall g : nat,
  forall i_1 : nat,
  forall i_2 : nat,
  forall j_1 : nat,
  forall j_2 : nat,
  forall c : R,
  forall x : R,
  forall b : R,
  (((c = 2 ^ g) \/
  (c = / 2 ^ g)) /\
  (4 / (2 ^ e_max * 2 ^ p) <= c) /\
  (x = c * (INR i_1 - INR i_2)) /\
  (b = c * (INR j_1 - INR j_2)) /\
  (Rabs b + Rabs x <= 2 ^ p * c)) ->
  rounded p e_max (b + x) = b + x.

(* once all |e_j| are at most u |b|/2 every sum is rounded to b, and the weights are uniform *)
Definition absorbed : Prop :=
  forall p : nat, (2 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall m : nat, (m < n_k)%nat ->
  forall e : nat -> R,
  forall b : R,
  forall f : R -> R,
  forall z : R,
  forall i : nat, (i < n_k)%nat ->
  forall k : nat, (k < n_k)%nat ->
  ((rounded p e_max b = b) /\
  (forall j : nat, (j < n_k)%nat ->
  Rabs (e j) <= Rabs b / (2 * 2 ^ p)) /\
  (z <> 0)) ->
  let t := fun j : nat => rounded p e_max (b + e j) in
  let s := fun j : nat => rounded p e_max (t j - t m) in
  (t i = b) /\
  (rounded p e_max (f (s i) / z) = rounded p e_max (f (s k) / z)).

(* b = 2^±k, scores u b and 3u b: the difference of the sums is off by 1/(1 + 3u) of 2u (|b| + E) *)
Definition ties : Prop :=
  forall p : nat, (2 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall k : nat,
  forall b : R,
  (((b = 2 ^ k) \/
  (b = / 2 ^ k)) /\
  (2 / 2 ^ e_max <= b / 2 ^ p)) ->
  (rounded p e_max b = b) /\
  (rounded p e_max (b / 2 ^ p) = b / 2 ^ p) /\
  (rounded p e_max (3 * b / 2 ^ p) = 3 * b / 2 ^ p) /\
  (rounded p e_max (b + b / 2 ^ p) = b) /\
  (rounded p e_max (b + 3 * b / 2 ^ p) = b * (1 + 4 / 2 ^ p)) /\
  (2 ^ p * (- rounded p e_max (b + b / 2 ^ p) + rounded p e_max (b + 3 * b / 2 ^ p) - 2 * b / 2 ^ p) / (2 * (Rabs b + 3 * b / 2 ^ p)) = / (1 + 3 / 2 ^ p)).
