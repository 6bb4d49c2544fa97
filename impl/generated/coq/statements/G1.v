(* G1. Printed from derivations/statements/g1.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* with g = Wᵀq the score is the sum over the key's components, each multiplied by its gate *)
Definition gate_of_the_query : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  let g := fun i : nat => fun f : nat => sum d_q (fun r : nat => W r f * q i r) in
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) = sum d_k (fun f : nat => g i f * k j f).

(* the gate of a combination of queries is the combination of their gates *)
Definition gate_is_linear_in_the_query : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall W : nat -> nat -> R,
  forall s : nat -> R,
  forall p : nat -> R,
  forall lambda : R,
  forall mu : R,
  forall f0 : nat, (f0 < d_k)%nat ->
  sum d_q (fun r : nat => (lambda * s r + mu * p r) * W r f0) = lambda * sum d_q (fun r : nat => W r f0 * s r) + mu * sum d_q (fun r : nat => W r f0 * p r).

(* where the column of W is not 0 every real number is the gate for some query: above 1 and below 0 too *)
Definition gate_takes_every_value : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall W : nat -> nat -> R,
  forall f0 : nat, (f0 < d_k)%nat ->
  (0 < sum d_q (fun r : nat => W r f0 ^ 2)) ->
  forall y : R,
  exists s : nat -> R,
  (sum d_q (fun r : nat => W r f0 * s r) = y).

(* where the column of W is 0 the gate is 0 for every query *)
Definition closed_where_the_column_is_zero : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall W : nat -> nat -> R,
  forall f0 : nat, (f0 < d_k)%nat ->
  forall s : nat -> R,
  (sum d_q (fun r : nat => W r f0 ^ 2) = 0) ->
  sum d_q (fun r : nat => W r f0 * s r) = 0.

(* the view is not unique: with g = Wk the key makes the gate and the query goes through it *)
Definition gate_of_the_key : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  let g := fun j : nat => fun r : nat => sum d_k (fun f : nat => W r f * k j f) in
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) = sum d_q (fun r : nat => g j r * q i r).
