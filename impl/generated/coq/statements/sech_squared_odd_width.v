(* sech_squared_odd_width. Printed from derivations/statements/lemmas/sech_squared_odd_width.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* 2m + 1 numbers of mean 0 and mean square 1 have a sum of sech² of at least that of m + 1 and m of two values *)
Definition least_sum : Prop :=
  forall m : nat, (1 <= m)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall z : nat -> R,
  (((d_a = (2 * m + 1)%nat)%nat) /\
  (sum d_a (fun a : nat => z a) = 0) /\
  (sum d_a (fun a : nat => z a ^ 2) = INR d_a)) ->
  INR m * sech (sqrt (INR (m + 1)%nat) / sqrt (INR m)) ^ 2 + INR (m + 1)%nat * sech (sqrt (INR m) / sqrt (INR (m + 1)%nat)) ^ 2 <= sum d_a (fun a : nat => sech (z a) ^ 2).

(* with equality exactly when, up to the sign of all, m + 1 are √(m/(m + 1)) and m are −√((m + 1)/m) *)
Definition exactly : Prop :=
  forall m : nat, (1 <= m)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall z : nat -> R,
  (((d_a = (2 * m + 1)%nat)%nat) /\
  (sum d_a (fun a : nat => z a) = 0) /\
  (sum d_a (fun a : nat => z a ^ 2) = INR d_a)) ->
  (sum d_a (fun a : nat => sech (z a) ^ 2) = INR m * sech (sqrt (INR (m + 1)%nat) / sqrt (INR m)) ^ 2 + INR (m + 1)%nat * sech (sqrt (INR m) / sqrt (INR (m + 1)%nat)) ^ 2) <->
  (((forall a : nat, (a < d_a)%nat ->
  (z a = sqrt (INR m) / sqrt (INR (m + 1)%nat)) \/
  (z a = - (sqrt (INR (m + 1)%nat) / sqrt (INR m)))) /\
  (sum d_a (fun a : nat => step (z a)) = INR (m + 1)%nat)) \/
  ((forall a : nat, (a < d_a)%nat ->
  (z a = - (sqrt (INR m) / sqrt (INR (m + 1)%nat))) \/
  (z a = sqrt (INR (m + 1)%nat) / sqrt (INR m))) /\
  (sum d_a (fun a : nat => step (- z a)) = INR (m + 1)%nat))).

(* f(x) = sech²(√x) has this derivative, and at 1 this second one *)
Definition second_derivative : Prop :=
  (forall x : R,
  (0 < x) ->
  is_derive (fun t : R => sech (sqrt t) ^ 2) x (- (tanh (sqrt x) * sech (sqrt x) ^ 2 / sqrt x))) /\
  (is_derive (fun t : R => - (tanh (sqrt t) * sech (sqrt t) ^ 2 / sqrt t)) 1 ((- 1 + tanh 1 + 3 * tanh 1 ^ 2) * sech 1 ^ 2 / 2)).

(* the mean exceeds f(1) by 2f''(1)/(d² − 1), up to a factor that tends to 1 *)
Definition excess : Prop :=
  is_lim (fun m : R => ((2 * m + 1) ^ 2 - 1) * (- sech 1 ^ 2 + (m * sech (sqrt ((m + 1) / m)) ^ 2 + (m + 1) * sech (sqrt (m / (m + 1))) ^ 2) / (2 * m + 1))) p_infty (Finite ((- 1 + tanh 1 + 3 * tanh 1 ^ 2) * sech 1 ^ 2)).
