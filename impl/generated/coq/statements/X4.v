(* X4. Printed from derivations/statements/x4.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* without a bias the score changes its sign with query and key together *)
Definition odd_without_bias : Prop :=
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
  let p := fun i : nat => fun r : nat => - q i r in
  let g := fun j : nat => fun f : nat => - k j f in
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * g j f) + sum d_q (fun r : nat => W_s a r * p i r)) * v a) = - sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r)) * v a).

(* so a key that outscores another for a query is outscored, both negated, for the negated query *)
Definition opposite_order : Prop :=
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
  let p := fun i : nat => fun r : nat => - q i r in
  let g := fun j : nat => fun f : nat => - k j f in
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  forall l : nat, (l < n_k)%nat ->
  (sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * k l f) + sum d_q (fun r : nat => W_s a r * q i r)) * v a) < sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r)) * v a)) ->
  sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * g j f) + sum d_q (fun r : nat => W_s a r * p i r)) * v a) < sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * g l f) + sum d_q (fun r : nat => W_s a r * p i r)) * v a).

(* features −1 and 1: the target of the negated query is the negated target *)
Definition opposite_targets : Prop :=
  forall s : nat -> R,
  forall h : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1))) ->
  let p := fun r : nat => - s r in
  let g := fun r : nat => - h r in
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) <->
  ((g 0%nat = p 0%nat) /\
  (g 1%nat <> p 1%nat)).

(* features 0 and 1, no constant, no bias inside tanh: four units solve the task, with one threshold for all pairs *)
Definition bits_none : Prop :=
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (g r = 0) \/
  (g r = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 4 (fun a : nat => tanh (sum 2 (fun f : nat => W_h a f * g f) + sum 2 (fun r : nat => W_s a r * s r)) * v a) < sum 4 (fun a : nat => tanh (sum 2 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a))))) /\
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 4 (fun a : nat => tanh (sum 2 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a)) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 4 (fun a : nat => tanh (sum 2 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a) < theta)))))).

(* features 0 and 1, a constant on both, no bias inside tanh: four units solve the task, with one threshold for all pairs *)
Definition bits_both : Prop :=
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (h 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (g r = 0) \/
  (g r = 1)) /\
  (g 2%nat = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 4 (fun a : nat => tanh (sum 3 (fun f : nat => W_h a f * g f) + sum 3 (fun r : nat => W_s a r * s r)) * v a) < sum 4 (fun a : nat => tanh (sum 3 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a))))) /\
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (h 2%nat = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 4 (fun a : nat => tanh (sum 3 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a)) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 4 (fun a : nat => tanh (sum 3 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a) < theta)))))).

(* features 0 and 1, a constant on the query, no bias inside tanh: four units solve the task, with one threshold for all pairs *)
Definition bits_query : Prop :=
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (g r = 0) \/
  (g r = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 4 (fun a : nat => tanh (sum 2 (fun f : nat => W_h a f * g f) + sum 3 (fun r : nat => W_s a r * s r)) * v a) < sum 4 (fun a : nat => tanh (sum 2 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a))))) /\
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 4 (fun a : nat => tanh (sum 2 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a)) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 4 (fun a : nat => tanh (sum 2 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a) < theta)))))).

(* features 0 and 1, a constant on the key, no bias inside tanh: four units solve the task, with one threshold for all pairs *)
Definition bits_key : Prop :=
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (h 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (g r = 0) \/
  (g r = 1)) /\
  (g 2%nat = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 4 (fun a : nat => tanh (sum 3 (fun f : nat => W_h a f * g f) + sum 2 (fun r : nat => W_s a r * s r)) * v a) < sum 4 (fun a : nat => tanh (sum 3 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a))))) /\
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (h 2%nat = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 4 (fun a : nat => tanh (sum 3 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a)) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 4 (fun a : nat => tanh (sum 3 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a) < theta)))))).

(* features −1 and 1, no constant, no bias inside tanh: no number of units solves the task *)
Definition signs_none : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  (~ (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (g r = - 1) \/
  (g r = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum d_a (fun a : nat => tanh (sum 2 (fun f : nat => W_h a f * g f) + sum 2 (fun r : nat => W_s a r * s r)) * v a) < sum d_a (fun a : nat => tanh (sum 2 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a)))))) /\
  (~ (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum d_a (fun a : nat => tanh (sum 2 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a)) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum d_a (fun a : nat => tanh (sum 2 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a) < theta))))))).

(* features −1 and 1, a constant on both, no bias inside tanh: four units solve the task, with one threshold for all pairs *)
Definition signs_both : Prop :=
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1)) /\
  (h 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (g r = - 1) \/
  (g r = 1)) /\
  (g 2%nat = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 4 (fun a : nat => tanh (sum 3 (fun f : nat => W_h a f * g f) + sum 3 (fun r : nat => W_s a r * s r)) * v a) < sum 4 (fun a : nat => tanh (sum 3 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a))))) /\
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1)) /\
  (h 2%nat = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 4 (fun a : nat => tanh (sum 3 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a)) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 4 (fun a : nat => tanh (sum 3 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a) < theta)))))).

(* features −1 and 1, a constant on the query, no bias inside tanh: four units solve the task, with one threshold for all pairs *)
Definition signs_query : Prop :=
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (g r = - 1) \/
  (g r = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 4 (fun a : nat => tanh (sum 2 (fun f : nat => W_h a f * g f) + sum 3 (fun r : nat => W_s a r * s r)) * v a) < sum 4 (fun a : nat => tanh (sum 2 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a))))) /\
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 4 (fun a : nat => tanh (sum 2 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a)) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 4 (fun a : nat => tanh (sum 2 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a) < theta)))))).

(* features −1 and 1, a constant on the key, no bias inside tanh: four units solve the task, with one threshold for all pairs *)
Definition signs_key : Prop :=
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1)) /\
  (h 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (g r = - 1) \/
  (g r = 1)) /\
  (g 2%nat = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 4 (fun a : nat => tanh (sum 3 (fun f : nat => W_h a f * g f) + sum 2 (fun r : nat => W_s a r * s r)) * v a) < sum 4 (fun a : nat => tanh (sum 3 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a))))) /\
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1)) /\
  (h 2%nat = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 4 (fun a : nat => tanh (sum 3 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a)) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 4 (fun a : nat => tanh (sum 3 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a) < theta)))))).

(* features 0 and 1, no constant, a bias inside tanh: four units solve the task, with one threshold for all pairs *)
Definition bits_none_with_bias : Prop :=
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists b : nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (g r = 0) \/
  (g r = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 4 (fun a : nat => tanh (b a + sum 2 (fun f : nat => W_h a f * g f) + sum 2 (fun r : nat => W_s a r * s r)) * v a) < sum 4 (fun a : nat => tanh (b a + sum 2 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a)))))) /\
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists b : nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 4 (fun a : nat => tanh (b a + sum 2 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a)) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 4 (fun a : nat => tanh (b a + sum 2 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a) < theta))))))).

(* features 0 and 1, a constant on both, a bias inside tanh: four units solve the task, with one threshold for all pairs *)
Definition bits_both_with_bias : Prop :=
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists b : nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (h 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (g r = 0) \/
  (g r = 1)) /\
  (g 2%nat = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 4 (fun a : nat => tanh (b a + sum 3 (fun f : nat => W_h a f * g f) + sum 3 (fun r : nat => W_s a r * s r)) * v a) < sum 4 (fun a : nat => tanh (b a + sum 3 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a)))))) /\
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists b : nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (h 2%nat = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 4 (fun a : nat => tanh (b a + sum 3 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a)) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 4 (fun a : nat => tanh (b a + sum 3 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a) < theta))))))).

(* features 0 and 1, a constant on the query, a bias inside tanh: four units solve the task, with one threshold for all pairs *)
Definition bits_query_with_bias : Prop :=
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists b : nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (g r = 0) \/
  (g r = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 4 (fun a : nat => tanh (b a + sum 2 (fun f : nat => W_h a f * g f) + sum 3 (fun r : nat => W_s a r * s r)) * v a) < sum 4 (fun a : nat => tanh (b a + sum 2 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a)))))) /\
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists b : nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 4 (fun a : nat => tanh (b a + sum 2 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a)) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 4 (fun a : nat => tanh (b a + sum 2 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a) < theta))))))).

(* features 0 and 1, a constant on the key, a bias inside tanh: four units solve the task, with one threshold for all pairs *)
Definition bits_key_with_bias : Prop :=
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists b : nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (h 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (g r = 0) \/
  (g r = 1)) /\
  (g 2%nat = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 4 (fun a : nat => tanh (b a + sum 3 (fun f : nat => W_h a f * g f) + sum 2 (fun r : nat => W_s a r * s r)) * v a) < sum 4 (fun a : nat => tanh (b a + sum 3 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a)))))) /\
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists b : nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (h 2%nat = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 4 (fun a : nat => tanh (b a + sum 3 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a)) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 4 (fun a : nat => tanh (b a + sum 3 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a) < theta))))))).

(* features −1 and 1, no constant, a bias inside tanh: four units solve the task, with one threshold for all pairs *)
Definition signs_none_with_bias : Prop :=
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists b : nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (g r = - 1) \/
  (g r = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 4 (fun a : nat => tanh (b a + sum 2 (fun f : nat => W_h a f * g f) + sum 2 (fun r : nat => W_s a r * s r)) * v a) < sum 4 (fun a : nat => tanh (b a + sum 2 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a)))))) /\
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists b : nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 4 (fun a : nat => tanh (b a + sum 2 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a)) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 4 (fun a : nat => tanh (b a + sum 2 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a) < theta))))))).

(* features −1 and 1, a constant on both, a bias inside tanh: four units solve the task, with one threshold for all pairs *)
Definition signs_both_with_bias : Prop :=
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists b : nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1)) /\
  (h 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (g r = - 1) \/
  (g r = 1)) /\
  (g 2%nat = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 4 (fun a : nat => tanh (b a + sum 3 (fun f : nat => W_h a f * g f) + sum 3 (fun r : nat => W_s a r * s r)) * v a) < sum 4 (fun a : nat => tanh (b a + sum 3 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a)))))) /\
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists b : nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1)) /\
  (h 2%nat = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 4 (fun a : nat => tanh (b a + sum 3 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a)) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 4 (fun a : nat => tanh (b a + sum 3 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a) < theta))))))).

(* features −1 and 1, a constant on the query, a bias inside tanh: four units solve the task, with one threshold for all pairs *)
Definition signs_query_with_bias : Prop :=
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists b : nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (g r = - 1) \/
  (g r = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 4 (fun a : nat => tanh (b a + sum 2 (fun f : nat => W_h a f * g f) + sum 3 (fun r : nat => W_s a r * s r)) * v a) < sum 4 (fun a : nat => tanh (b a + sum 2 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a)))))) /\
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists b : nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 4 (fun a : nat => tanh (b a + sum 2 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a)) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 4 (fun a : nat => tanh (b a + sum 2 (fun f : nat => W_h a f * h f) + sum 3 (fun r : nat => W_s a r * s r)) * v a) < theta))))))).

(* features −1 and 1, a constant on the key, a bias inside tanh: four units solve the task, with one threshold for all pairs *)
Definition signs_key_with_bias : Prop :=
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists b : nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1)) /\
  (h 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (g r = - 1) \/
  (g r = 1)) /\
  (g 2%nat = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 4 (fun a : nat => tanh (b a + sum 3 (fun f : nat => W_h a f * g f) + sum 2 (fun r : nat => W_s a r * s r)) * v a) < sum 4 (fun a : nat => tanh (b a + sum 3 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a)))))) /\
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (exists b : nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1)) /\
  (h 2%nat = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 4 (fun a : nat => tanh (b a + sum 3 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a)) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 4 (fun a : nat => tanh (b a + sum 3 (fun f : nat => W_h a f * h f) + sum 2 (fun r : nat => W_s a r * s r)) * v a) < theta))))))).
