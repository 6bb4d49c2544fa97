(* S5. Printed from derivations/statements/s5.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the dot score divided by the root of the width is that of query and key divided by the fourth root each *)
Definition factor_shared_out : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  let x := fun i : nat => fun r : nat => q i r / Rpower (INR d) (1 / 4) in
  let y := fun j : nat => fun r : nat => k j r / Rpower (INR d) (1 / 4) in
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  sum d (fun r : nat => k j r * q i r) / sqrt (INR d) = sum d (fun r : nat => x i r * y j r).

(* its gradients are those of the dot score divided by the root of the width, for the same upstream gradient *)
Definition gradients_over_root : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall g : nat -> nat -> R,
  forall r0 : nat, (r0 < d)%nat ->
  forall y : R,
  (forall i0 : nat, (i0 < n_q)%nat ->
  (is_derive (fun t : R => sum n_k (fun j : nat => sum n_q (fun i : nat => g i j * sum d (fun r : nat => (t * delta i i0 * delta r r0 + q i r) * k j r)))) 0 y) <->
  (is_derive (fun t : R => sum n_k (fun j : nat => sum n_q (fun i : nat => g i j * sum d (fun r : nat => (t * delta i i0 * delta r r0 + q i r) * k j r) / sqrt (INR d)))) 0 (y / sqrt (INR d)))) /\
  (forall j0 : nat, (j0 < n_k)%nat ->
  (is_derive (fun t : R => sum n_k (fun j : nat => sum n_q (fun i : nat => g i j * sum d (fun r : nat => (t * delta j j0 * delta r r0 + k j r) * q i r)))) 0 y) <->
  (is_derive (fun t : R => sum n_k (fun j : nat => sum n_q (fun i : nat => g i j * sum d (fun r : nat => (t * delta j j0 * delta r r0 + k j r) * q i r) / sqrt (INR d)))) 0 (y / sqrt (INR d)))).
