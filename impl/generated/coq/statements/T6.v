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

(* in a format of p bits a correctly rounded tanh z is 1 exactly from ½ ln(2^(p + 2) − 1) on *)
Definition rounded_to_1 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (2 <= e_max)%nat ->
  forall z : R,
  (rounded p e_max (tanh z) = 1) <->
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

(* rounded products stay within |v_a| *)
Definition products : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (2 <= e_max)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall v : nat -> R,
  forall z : nat -> R,
  (forall a : nat, (a < d_a)%nat ->
  rounded p e_max (v a) = v a) ->
  let w := fun a : nat => rounded p e_max (rounded p e_max (tanh (z a)) * v a) in
  forall a : nat, (a < d_a)%nat ->
  Rabs (w a) <= Rabs (v a).

(* their rounded sum, in any order, within (1 + 2^−p)^(d_a − 1) times the sum of all |v_a| *)
Definition rounded_sum : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (2 <= e_max)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall v : nat -> R,
  forall z : nat -> R,
  (forall a : nat, (a < d_a)%nat ->
  rounded p e_max (v a) = v a) ->
  let w := fun a : nat => rounded p e_max (rounded p e_max (tanh (z a)) * v a) in
  forall S_ : nat -> nat -> R,
  (forall x : nat, (x < (d_a + 1)%nat)%nat ->
  forall y : nat, (y < (d_a + 1)%nat)%nat ->
  (((x + 1)%nat <= y)%nat) ->
  (((y = (x + 1)%nat)%nat) /\
  (S_ x y = w x)) \/
  (exists c : nat, (c < (d_a + 1)%nat)%nat /\
  ((((x + 1)%nat <= c)%nat) /\
  (((c + 1)%nat <= y)%nat) /\
  (S_ x y = rounded p e_max (S_ c y + S_ x c))))) ->
  (1 + / 2 ^ p) * Rabs (S_ 0%nat d_a) <= (1 + / 2 ^ p) ^ d_a * sum d_a (fun a : nat => Rabs (v a)).

(* it is the bound where every tanh is rounded to the sign of its v_a and the sum is exact *)
Definition attained : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (2 <= e_max)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall v : nat -> R,
  forall z : nat -> R,
  (forall a : nat, (a < d_a)%nat ->
  rounded p e_max (v a) = v a) ->
  let w := fun a : nat => rounded p e_max (rounded p e_max (tanh (z a)) * v a) in
  forall S_ : nat -> nat -> R,
  (forall x : nat, (x < (d_a + 1)%nat)%nat ->
  forall y : nat, (y < (d_a + 1)%nat)%nat ->
  (((x + 1)%nat <= y)%nat) ->
  (((y = (x + 1)%nat)%nat) /\
  (S_ x y = w x)) \/
  (exists c : nat, (c < (d_a + 1)%nat)%nat /\
  ((((x + 1)%nat <= c)%nat) /\
  (((c + 1)%nat <= y)%nat) /\
  (S_ x y = rounded p e_max (S_ c y + S_ x c))))) ->
  ((forall a : nat, (a < d_a)%nat ->
  (v a <> 0) ->
  rounded p e_max (tanh (z a)) = v a / Rabs (v a)) /\
  (S_ 0%nat d_a = sum d_a (fun a : nat => w a))) ->
  S_ 0%nat d_a = sum d_a (fun a : nat => Rabs (v a)).

(* of two units the rounded sum exceeds it for some v and z, in every format *)
Definition exceeded : Prop :=
  forall p : nat, (2 <= p)%nat ->
  forall e_max : nat, (3 <= e_max)%nat ->
  exists v_1 : R,
  (exists v_2 : R,
  (exists z : R,
  ((rounded p e_max v_1 = v_1) /\
  (rounded p e_max v_2 = v_2) /\
  (Rabs v_1 + Rabs v_2 < rounded p e_max (rounded p e_max (v_1 * rounded p e_max (tanh z)) + rounded p e_max (v_2 * rounded p e_max (tanh z))))))).
