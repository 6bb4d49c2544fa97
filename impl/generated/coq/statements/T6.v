(* T6. Printed from derivations/statements/t6.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* where some v_a is not 0, the score is below the sum of all |v_a| in size *)
Definition strictly_bounded : Prop :=
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
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  (exists a : nat, (a < d_a)%nat /\
  (v a <> 0)) ->
  Rabs (sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r)) * v a)) < sum d_a (fun a : nat => Rabs (v a)).

(* no smaller number bounds it for all pre-activations *)
Definition least_bound : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall v : nat -> R,
  forall B : R,
  (forall z : nat -> R,
  Rabs (sum d_a (fun a : nat => tanh (z a) * v a)) <= B) ->
  sum d_a (fun a : nat => Rabs (v a)) <= B.

(* tanh z is at least half way from 1 − 2^−p, the number before 1, to 1 exactly from ½ ln(2^(p + 2) − 1) on *)
Definition nearest_to_1 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall z : R,
  (1 - 1 / (2 * 2 ^ p) <= tanh z) <->
  (ln (2 ^ (p + 2)%nat - 1) / 2 <= z).

(* that is 4.506 in fp16, 3.466 in bf16, 9.011 in fp32 and 19.062 in fp64, rounded up *)
Definition nearest_to_1_in_numbers : Prop :=
  ((901 / 200 < ln 8191 / 2) /\
  (ln 8191 / 2 <= 2253 / 500)) /\
  ((693 / 200 < ln 1023 / 2) /\
  (ln 1023 / 2 <= 1733 / 500)) /\
  ((901 / 100 < ln 67108863 / 2) /\
  (ln 67108863 / 2 <= 9011 / 1000)) /\
  ((19061 / 1000 < ln 36028797018963967 / 2) /\
  (ln 36028797018963967 / 2 <= 9531 / 500)).
