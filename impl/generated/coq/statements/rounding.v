(* rounding. Printed from derivations/statements/lemmas/rounding.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* a sum of two numbers of a format is computed with a relative error of at most u = 2^(−p) *)
Definition sum_of_two : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (2 <= e_max)%nat ->
  forall x : R,
  forall y : R,
  ((rounded p e_max x = x) /\
  (rounded p e_max y = y)) ->
  exists d : R,
  ((Rabs d <= / 2 ^ p) /\
  (rounded p e_max (x + y) = (d + 1) * (x + y))).

(* it is exact if both are multiples of one power of two, 2^g, and it is at most 2^(p + g) in size *)
Definition exact : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (2 <= e_max)%nat ->
  forall g : nat,
  forall s : R,
  forall a : nat,
  forall b : nat,
  forall c : nat,
  forall e : nat,
  forall x : R,
  forall y : R,
  (((s = 2 ^ g) \/
  (s = / 2 ^ g)) /\
  (rounded p e_max x = x) /\
  (rounded p e_max y = y) /\
  (x = s * (INR a - INR b)) /\
  (y = s * (INR c - INR e)) /\
  (Rabs (x + y) <= 2 ^ p * s)) ->
  rounded p e_max (x + y) = x + y.

(* of the multiples of 2^g, from the least positive number on, 2^p + 1 is the first that is missing *)
Definition first_missing : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (2 <= e_max)%nat ->
  forall g : nat,
  forall s : R,
  (((s = 2 ^ g) \/
  (s = / 2 ^ g)) /\
  (4 / (2 ^ e_max * 2 ^ p) <= s)) ->
  (forall m : nat,
  (INR m <= 2 ^ p) ->
  rounded p e_max (INR m * s) = INR m * s) /\
  (~ (rounded p e_max (2 ^ p * s + s) = 2 ^ p * s + s)).

(* a sum of n terms that are not negative, in any order, carries a factor of n − 1 roundings *)
Definition sum_of_many : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (2 <= e_max)%nat ->
  forall n : nat, (1 <= n)%nat ->
  forall w : nat -> R,
  forall S_ : nat -> nat -> R,
  ((forall j : nat, (j < n)%nat ->
  (rounded p e_max (w j) = w j) /\
  (0 <= w j)) /\
  (forall x : nat, (x < (n + 1)%nat)%nat ->
  forall y : nat, (y < (n + 1)%nat)%nat ->
  (((x + 1)%nat <= y)%nat) ->
  (((y = (x + 1)%nat)%nat) /\
  (S_ x y = w x)) \/
  (exists c : nat, (c < (n + 1)%nat)%nat /\
  ((((x + 1)%nat <= c)%nat) /\
  (((c + 1)%nat <= y)%nat) /\
  (S_ x y = rounded p e_max (S_ c y + S_ x c)))))) ->
  ((1 - / 2 ^ p) ^ n * sum n (fun j : nat => w j) <= (1 - / 2 ^ p) * S_ 0%nat n) /\
  ((1 - / 2 ^ p) ^ n * S_ 0%nat n <= (1 - / 2 ^ p) * sum n (fun j : nat => w j)).
