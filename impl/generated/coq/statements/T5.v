(* T5. Printed from derivations/statements/t5.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* bilinear, query and key fixed, weights uncorrelated with mean 0 and one variance *)
Definition bilinear_random_weights : Prop :=
  forall n_s : nat, (1 <= n_s)%nat ->
  forall w : nat -> R,
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall W : nat -> nat -> nat -> R,
  forall q : nat -> R,
  forall k : nat -> R,
  forall sigma : R,
  ((sum n_s (fun o : nat => w o) = 1) /\
  (forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  sum n_s (fun o : nat => W o r f * w o) = 0) /\
  (forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  forall s : nat, (s < d_q)%nat ->
  forall g : nat, (g < d_k)%nat ->
  sum n_s (fun o : nat => W o r f * W o s g * w o) = sigma ^ 2 * delta f g * delta r s)) ->
  - sum n_s (fun o : nat => w o * sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k f * q r))) ^ 2 + sum n_s (fun o : nat => w o * sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k f * q r)) ^ 2) = sigma ^ 2 * sum d_k (fun f : nat => k f ^ 2) * sum d_q (fun r : nat => q r ^ 2).

(* additive, v fixed: units of mean 0 and one second moment, uncorrelated *)
Definition additive_fixed_v : Prop :=
  forall n_s : nat, (1 <= n_s)%nat ->
  forall w : nat -> R,
  forall d_a : nat, (1 <= d_a)%nat ->
  forall z : nat -> nat -> R,
  forall v : nat -> R,
  forall T_2 : R,
  ((sum n_s (fun o : nat => w o) = 1) /\
  (forall a : nat, (a < d_a)%nat ->
  sum n_s (fun o : nat => tanh (z o a) * w o) = 0) /\
  (forall a : nat, (a < d_a)%nat ->
  forall b : nat, (b < d_a)%nat ->
  sum n_s (fun o : nat => tanh (z o a) * tanh (z o b) * w o) = T_2 * delta a b)) ->
  - sum n_s (fun o : nat => w o * sum d_a (fun a : nat => tanh (z o a) * v a)) ^ 2 + sum n_s (fun o : nat => w o * sum d_a (fun a : nat => tanh (z o a) * v a) ^ 2) = T_2 * sum d_a (fun a : nat => v a ^ 2).

(* which is at most the second moment of the pre-activation, and at most 1 *)
Definition second_moment_of_tanh : Prop :=
  forall n_s : nat, (1 <= n_s)%nat ->
  forall w : nat -> R,
  forall d_a : nat, (1 <= d_a)%nat ->
  forall z : nat -> nat -> R,
  forall a : nat, (a < d_a)%nat ->
  ((sum n_s (fun o : nat => w o) = 1) /\
  (forall o : nat, (o < n_s)%nat ->
  0 <= w o)) ->
  (sum n_s (fun o : nat => tanh (z o a) ^ 2 * w o) <= sum n_s (fun o : nat => w o * z o a ^ 2)) /\
  (sum n_s (fun o : nat => tanh (z o a) ^ 2 * w o) <= 1).
