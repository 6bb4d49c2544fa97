(* S4. Printed from derivations/statements/s4.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* with W = [W_s W_h] the two scores agree for all queries and keys *)
Definition same_scores : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall v : nat -> R,
  forall W : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  (forall a : nat, (a < d_a)%nat ->
  (forall r : nat, (r < d_q)%nat ->
  W a r = W_s a r) /\
  (forall f : nat, (f < d_k)%nat ->
  W a (d_q + f)%nat = W_h a f)) ->
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r)) * v a) = sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r)) * v a).

(* and so they do if both have a bias inside tanh *)
Definition same_scores_with_bias : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall v : nat -> R,
  forall W : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall b : nat -> R,
  (forall a : nat, (a < d_a)%nat ->
  (forall r : nat, (r < d_q)%nat ->
  W a r = W_s a r) /\
  (forall f : nat, (f < d_k)%nat ->
  W a (d_q + f)%nat = W_h a f)) ->
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  sum d_a (fun a : nat => tanh (b a + sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r)) * v a) = sum d_a (fun a : nat => tanh (b a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r)) * v a).

(* the gradient of W is that of W_s beside that of W_h, for every upstream gradient *)
Definition gradient_of_the_weights : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall v : nat -> R,
  forall W : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall g : nat -> nat -> R,
  (forall a : nat, (a < d_a)%nat ->
  (forall r : nat, (r < d_q)%nat ->
  W a r = W_s a r) /\
  (forall f : nat, (f < d_k)%nat ->
  W a (d_q + f)%nat = W_h a f)) ->
  forall a0 : nat, (a0 < d_a)%nat ->
  (forall r0 : nat, (r0 < d_q)%nat ->
  forall y : R,
  (is_derive (fun t : R => sum n_k (fun j : nat => sum n_q (fun i : nat => g i j * sum d_a (fun a : nat => tanh (sum d_q (fun r : nat => (t * delta a a0 * delta r r0 + W a r) * q i r) + sum d_k (fun f : nat => (t * delta a a0 * delta r0 (d_q + f)%nat + W a (d_q + f)%nat) * k j f)) * v a)))) 0 y) <->
  (is_derive (fun t : R => sum n_k (fun j : nat => sum n_q (fun i : nat => g i j * sum d_a (fun a : nat => tanh (sum d_q (fun r : nat => (t * delta a a0 * delta r r0 + W_s a r) * q i r) + sum d_k (fun f : nat => W_h a f * k j f)) * v a)))) 0 y)) /\
  (forall f0 : nat, (f0 < d_k)%nat ->
  forall y : R,
  (is_derive (fun t : R => sum n_k (fun j : nat => sum n_q (fun i : nat => g i j * sum d_a (fun a : nat => tanh (sum d_q (fun r : nat => (t * delta a a0 * delta r (d_q + f0)%nat + W a r) * q i r) + sum d_k (fun f : nat => (t * delta a a0 * delta (d_q + f)%nat (d_q + f0)%nat + W a (d_q + f)%nat) * k j f)) * v a)))) 0 y) <->
  (is_derive (fun t : R => sum n_k (fun j : nat => sum n_q (fun i : nat => g i j * sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => (t * delta a a0 * delta f f0 + W_h a f) * k j f) + sum d_q (fun r : nat => W_s a r * q i r)) * v a)))) 0 y)).

(* the gradients of queries, keys and v are the same: the derivatives along every direction are *)
Definition gradients_of_the_inputs : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall v : nat -> R,
  forall W : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall g : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  (forall a : nat, (a < d_a)%nat ->
  (forall r : nat, (r < d_q)%nat ->
  W a r = W_s a r) /\
  (forall f : nat, (f < d_k)%nat ->
  W a (d_q + f)%nat = W_h a f)) ->
  forall y : R,
  (is_derive (fun t : R => sum n_k (fun j : nat => sum n_q (fun i : nat => g i j * sum d_a (fun a : nat => (t * v_dot a + v a) * tanh (sum d_k (fun f : nat => (t * k_dot j f + k j f) * W a (d_q + f)%nat) + sum d_q (fun r : nat => (t * q_dot i r + q i r) * W a r)))))) 0 y) <->
  (is_derive (fun t : R => sum n_k (fun j : nat => sum n_q (fun i : nat => g i j * sum d_a (fun a : nat => (t * v_dot a + v a) * tanh (sum d_k (fun f : nat => (t * k_dot j f + k j f) * W_h a f) + sum d_q (fun r : nat => (t * q_dot i r + q i r) * W_s a r)))))) 0 y).

(* the relabelling is onto: every W is [W_s W_h] of some W_s and W_h *)
Definition every_matrix_has_blocks : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall W : nat -> nat -> R,
  exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (forall a : nat, (a < d_a)%nat ->
  (forall r : nat, (r < d_q)%nat ->
  W a r = W_s a r) /\
  (forall f : nat, (f < d_k)%nat ->
  W a (d_q + f)%nat = W_h a f))).

(* and one to one: a W has one W_s and one W_h *)
Definition blocks_are_unique : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall W : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall W_s2 : nat -> nat -> R,
  forall W_h2 : nat -> nat -> R,
  ((forall a : nat, (a < d_a)%nat ->
  (forall r : nat, (r < d_q)%nat ->
  W a r = W_s a r) /\
  (forall f : nat, (f < d_k)%nat ->
  W a (d_q + f)%nat = W_h a f)) /\
  (forall a : nat, (a < d_a)%nat ->
  (forall r : nat, (r < d_q)%nat ->
  W a r = W_s2 a r) /\
  (forall f : nat, (f < d_k)%nat ->
  W a (d_q + f)%nat = W_h2 a f))) ->
  forall a : nat, (a < d_a)%nat ->
  (forall r : nat, (r < d_q)%nat ->
  W_s a r = W_s2 a r) /\
  (forall f : nat, (f < d_k)%nat ->
  W_h a f = W_h2 a f).

(* all W_s and W_h are the blocks of a W *)
Definition all_blocks_make_a_matrix : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  exists W : nat -> nat -> R,
  (forall a : nat, (a < d_a)%nat ->
  (forall r : nat, (r < d_q)%nat ->
  W a r = W_s a r) /\
  (forall f : nat, (f < d_k)%nat ->
  W a (d_q + f)%nat = W_h a f)).

(* the two scores have as many parameters, one for each element of their arrays *)
Definition as_many_parameters : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  sum d_a (fun a : nat => 1) + sum (d_k + d_q)%nat (fun f : nat => sum d_a (fun a : nat => 1)) = sum d_a (fun a : nat => 1) + sum d_k (fun f : nat => sum d_a (fun a : nat => 1)) + sum d_q (fun f : nat => sum d_a (fun a : nat => 1)).
