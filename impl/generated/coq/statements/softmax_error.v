(* softmax_error. Printed from derivations/statements/lemmas/softmax_error.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* exponents that shift by at most θ move a weight by at most the larger of two extremes in size *)
Definition shift : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall t : nat -> R,
  forall x : nat -> R,
  forall theta : nat -> R,
  forall k : nat, (k < n_k)%nat ->
  (forall l : nat, (l < n_k)%nat ->
  Rabs (x l) <= theta l) ->
  let alpha := fun j : nat => exp (t j) / sum n_k (fun l : nat => exp (t l)) in
  let beta := fun j : nat => exp (t j + x j) / sum n_k (fun l : nat => exp (t l + x l)) in
  let U := alpha k * sum n_k (fun l : nat => (1 - delta k l) * (exp (theta k) - exp (- theta l)) * alpha l) / (exp (theta k) * alpha k + sum n_k (fun l : nat => (1 - delta k l) * exp (- theta l) * alpha l)) in
  let D := alpha k * sum n_k (fun l : nat => (1 - delta k l) * (- exp (theta l) + exp (- theta k)) * alpha l) / (sum n_k (fun l : nat => (1 - delta k l) * exp (theta l) * alpha l) + exp (- theta k) * alpha k) in
  Rabs (alpha k - beta k) <= Rmax (Rabs D) (Rabs U).

(* of a weight moved by at most b, with λ lost and a factor within 1 ± ρ: the error in all *)
Definition in_all : Prop :=
  forall x : R,
  forall y : R,
  forall z : R,
  forall rho : R,
  forall lambda : R,
  forall b : R,
  forall r : R,
  ((Rabs (x - y) <= b) /\
  (Rabs r <= rho) /\
  (Rabs z <= lambda)) ->
  Rabs (x - (r + 1) * (y + z)) <= b + lambda * (rho + 1) + rho * (b + Rabs x).
