(* tanh_derivatives. Printed from derivations/statements/lemmas/tanh_derivatives.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* up to any order they are polynomials in tanh, that of order m of degree m + 1 with the coefficient (−1)^m m! *)
Definition polynomials : Prop :=
  forall n : nat,
  exists c : nat -> nat -> R,
  (((forall x : R,
  sum (n + 2)%nat (fun i : nat => tanh x ^ i * c 0%nat i) = tanh x) /\
  (forall m : nat, (m < n)%nat ->
  forall x : R,
  is_derive (fun t : R => sum (n + 2)%nat (fun i : nat => tanh t ^ i * c m i)) x (sum (n + 2)%nat (fun i : nat => tanh x ^ i * c (m + 1)%nat i)))) /\
  (forall m : nat, (m < (n + 1)%nat)%nat ->
  (c m (m + 1)%nat = (- 1) ^ m * INR (fact m)) /\
  (forall i : nat, (i < (n + 2)%nat)%nat ->
  (((m + 2)%nat <= i)%nat) ->
  c m i = 0))).

(* nowhere larger than 2^m m! *)
Definition bounded : Prop :=
  forall n : nat,
  exists c : nat -> nat -> R,
  (((forall x : R,
  sum (n + 2)%nat (fun i : nat => tanh x ^ i * c 0%nat i) = tanh x) /\
  (forall m : nat, (m < n)%nat ->
  forall x : R,
  is_derive (fun t : R => sum (n + 2)%nat (fun i : nat => tanh t ^ i * c m i)) x (sum (n + 2)%nat (fun i : nat => tanh x ^ i * c (m + 1)%nat i)))) /\
  (forall m : nat, (m < (n + 1)%nat)%nat ->
  forall x : R,
  Rabs (sum (n + 2)%nat (fun i : nat => tanh x ^ i * c m i)) <= 2 ^ m * INR (fact m))).

(* not 0 at one at least of the points where tanh is 1/(m + 3), 2/(m + 3), …, (m + 2)/(m + 3) *)
Definition not_0_at_some_point : Prop :=
  forall n : nat,
  exists c : nat -> nat -> R,
  (((forall x : R,
  sum (n + 2)%nat (fun i : nat => tanh x ^ i * c 0%nat i) = tanh x) /\
  (forall m : nat, (m < n)%nat ->
  forall x : R,
  is_derive (fun t : R => sum (n + 2)%nat (fun i : nat => tanh t ^ i * c m i)) x (sum (n + 2)%nat (fun i : nat => tanh x ^ i * c (m + 1)%nat i)))) /\
  (forall m : nat, (m < (n + 1)%nat)%nat ->
  exists j : nat, (j < (m + 2)%nat)%nat /\
  (forall x : R,
  (tanh x = INR (j + 1)%nat / INR (m + 3)%nat) ->
  sum (n + 2)%nat (fun i : nat => tanh x ^ i * c m i) <> 0))).

(* of odd order not 0 at 0 *)
Definition odd_not_0_at_0 : Prop :=
  forall n : nat,
  exists c : nat -> nat -> R,
  (((forall x : R,
  sum (n + 2)%nat (fun i : nat => tanh x ^ i * c 0%nat i) = tanh x) /\
  (forall m : nat, (m < n)%nat ->
  forall x : R,
  is_derive (fun t : R => sum (n + 2)%nat (fun i : nat => tanh t ^ i * c m i)) x (sum (n + 2)%nat (fun i : nat => tanh x ^ i * c (m + 1)%nat i)))) /\
  (forall m : nat, (m < (n + 1)%nat)%nat ->
  forall q : nat,
  forall x : R,
  (((m = (2 * q + 1)%nat)%nat) /\
  (x = 0)) ->
  sum (n + 2)%nat (fun i : nat => tanh x ^ i * c m i) <> 0)).
