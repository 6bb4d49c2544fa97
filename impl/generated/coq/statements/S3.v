(* S3. Printed from derivations/statements/s3.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the score with a hidden bias is that of one hidden layer of tanh units and a linear output *)
Definition network_on_the_concatenation : Prop :=
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
  forall b : nat -> R,
  forall x : nat -> R,
  forall U : nat -> nat -> R,
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  (((forall r : nat, (r < d_q)%nat ->
  x r = q i r) /\
  (forall f : nat, (f < d_k)%nat ->
  x (d_q + f)%nat = k j f)) /\
  (forall a : nat, (a < d_a)%nat ->
  (forall r : nat, (r < d_q)%nat ->
  U a r = W_s a r) /\
  (forall f : nat, (f < d_k)%nat ->
  U a (d_q + f)%nat = W_h a f))) ->
  sum d_a (fun a : nat => tanh (b a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r)) * v a) = sum d_a (fun a : nat => tanh (b a + sum (d_k + d_q)%nat (fun m : nat => U a m * x m)) * v a).

(* as Bahdanau writes it, the bias of the hidden layer is 0 *)
Definition network_without_bias : Prop :=
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
  forall x : nat -> R,
  forall U : nat -> nat -> R,
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  (((forall r : nat, (r < d_q)%nat ->
  x r = q i r) /\
  (forall f : nat, (f < d_k)%nat ->
  x (d_q + f)%nat = k j f)) /\
  (forall a : nat, (a < d_a)%nat ->
  (forall r : nat, (r < d_q)%nat ->
  U a r = W_s a r) /\
  (forall f : nat, (f < d_k)%nat ->
  U a (d_q + f)%nat = W_h a f))) ->
  sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r)) * v a) = sum d_a (fun a : nat => tanh (sum (d_k + d_q)%nat (fun m : nat => U a m * x m)) * v a).
