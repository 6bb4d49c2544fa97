(* T7. Printed from derivations/statements/t7.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the derivative of the score by a component of the key is W_hᵀ (v ⊙ sech²(z)) *)
Definition gradient : Prop :=
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
  forall g : nat, (g < d_k)%nat ->
  is_derive (fun t : R => sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => (t * delta f g + k j f) * W_h a f) + sum d_q (fun r : nat => W_s a r * q i r)) * v a)) 0 (sum d_a (fun a : nat => sech (sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r)) ^ 2 * W_h a g * v a)).

(* with q = e^(−2|z|), sech²(z) = 4q/(1 + q)² lies between q and 4q *)
Definition decay : Prop :=
  forall z : R,
  forall q : R,
  (q = exp (- (2 * Rabs z))) ->
  (sech z ^ 2 = 4 * q / (q + 1) ^ 2) /\
  (q <= sech z ^ 2) /\
  (sech z ^ 2 <= 4 * q).

(* it decays exactly like 4 e^(−2|z|) *)
Definition rate : Prop :=
  (is_lim (fun z : R => exp (2 * z) * sech z ^ 2) p_infty (Finite 4)) /\
  (is_lim (fun z : R => exp (- (2 * z)) * sech z ^ 2) m_infty (Finite 4)).

(* 1 − tanh² is the same function *)
Definition same_function : Prop :=
  forall z : R,
  1 - tanh z ^ 2 = sech z ^ 2.

(* a correctly rounded tanh z is 1 from ½ (p + 2) ln 2 on (a format of p bits), and 1 − tanh² z computed as 0 *)
Definition rounded_to_0 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (2 <= e_max)%nat ->
  forall z : R,
  (INR (p + 2)%nat * ln 2 / 2 <= z) ->
  (rounded p e_max (tanh z) = 1) /\
  (rounded p e_max (1 - rounded p e_max (rounded p e_max (tanh z) ^ 2)) = 0).

(* which is 19.06 in double precision, p = 53, to two places *)
Definition nearest_to_1_in_numbers : Prop :=
  (3811 / 200 < 55 * ln 2 / 2) /\
  (55 * ln 2 / 2 < 3813 / 200).

(* in fp64 the relative error of 1 − tanh² z, computed, is between 4.2 % and 4.3 % at z = 18 *)
Definition loss_at_18 : Prop :=
  forall z : R,
  (z = 18) ->
  let y := rounded 53 1023 (tanh z) in
  let s := rounded 53 1023 (1 - rounded 53 1023 (y ^ 2)) in
  (21 / 500 <= Rabs (s / sech z ^ 2 - 1)) /\
  (Rabs (s / sech z ^ 2 - 1) <= 43 / 1000).

(* and 100 % at z = 20 *)
Definition loss_at_20 : Prop :=
  forall z : R,
  (z = 20) ->
  let y := rounded 53 1023 (tanh z) in
  let s := rounded 53 1023 (1 - rounded 53 1023 (y ^ 2)) in
  Rabs (s / sech z ^ 2 - 1) = 1.
