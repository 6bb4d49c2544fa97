(* log_sum_exp_error. Printed from derivations/statements/lemmas/log_sum_exp_error.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* exponents that shift by at most θ move ln Σ e^t by at most θ *)
Definition shift : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall t : nat -> R,
  forall y : nat -> R,
  forall theta : R,
  (forall l : nat, (l < n_k)%nat ->
  Rabs (t l - y l) <= theta) ->
  Rabs (ln (sum n_k (fun l : nat => exp (t l))) - ln (sum n_k (fun l : nat => exp (y l)))) <= theta.

(* with the maximum subtracted the sum lies between 1 and n *)
Definition range : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall t : nat -> R,
  (1 <= sum n_k (fun l : nat => exp (t l - largest n_k (fun j : nat => t j)))) /\
  (sum n_k (fun l : nat => exp (t l - largest n_k (fun j : nat => t j))) <= INR n_k).

(* a factor between 1/G and G becomes an absolute error of at most ln G *)
Definition factor : Prop :=
  forall x : R,
  forall z : R,
  forall G : R,
  ((0 < x) /\
  (0 < G) /\
  (x / G <= z) /\
  (z <= G * x)) ->
  Rabs (ln x - ln z) <= ln G.

(* of a result that is off by e and rounded the whole error is at most e + u (|x| + e) *)
Definition last_sum : Prop :=
  forall x : R,
  forall z : R,
  forall e : R,
  forall u : R,
  forall d : R,
  ((Rabs (x - z) <= e) /\
  (Rabs d <= u)) ->
  Rabs (x - z * (d + 1)) <= e + u * (e + Rabs x).
