(* tanh_powers. Printed from derivations/statements/lemmas/tanh_powers.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* at some b the derivative of order m is not 0, for odd m also at 0 *)
Definition some_point : Prop :=
  forall n : nat,
  exists c : nat -> nat -> R,
  (((forall x : R,
  sum (n + 2)%nat (fun i : nat => tanh x ^ i * c 0%nat i) = tanh x) /\
  (forall m : nat, (m < n)%nat ->
  forall x : R,
  is_derive (fun t : R => sum (n + 2)%nat (fun i : nat => tanh t ^ i * c m i)) x (sum (n + 2)%nat (fun i : nat => tanh x ^ i * c (m + 1)%nat i)))) /\
  (forall m : nat, (m < (n + 1)%nat)%nat ->
  (exists b : R,
  (sum (n + 2)%nat (fun i : nat => tanh b ^ i * c m i) <> 0)) /\
  (forall q : nat,
  ((m = (2 * q + 1)%nat)%nat) ->
  forall x : R,
  (x = 0) ->
  sum (n + 2)%nat (fun i : nat => tanh x ^ i * c m i) <> 0))).

(* m + 1 units of the arguments b + j h z, over h^m times that derivative, are near z^m *)
Definition power : Prop :=
  forall n : nat,
  exists c : nat -> nat -> R,
  (((forall x : R,
  sum (n + 2)%nat (fun i : nat => tanh x ^ i * c 0%nat i) = tanh x) /\
  (forall m : nat, (m < n)%nat ->
  forall x : R,
  is_derive (fun t : R => sum (n + 2)%nat (fun i : nat => tanh t ^ i * c m i)) x (sum (n + 2)%nat (fun i : nat => tanh x ^ i * c (m + 1)%nat i)))) /\
  (forall m : nat, (m < (n + 1)%nat)%nat ->
  forall b : R,
  forall h : R,
  forall z : R,
  ((0 < h) /\
  (sum (n + 2)%nat (fun i : nat => tanh b ^ i * c m i) <> 0)) ->
  Rabs (z ^ m - sum (m + 1)%nat (fun j : nat => sum (m + 1)%nat (fun r : nat => (- 1) ^ r * tanh (b + h * INR j * z) * delta m (j + r)%nat * INR (fact m) / (INR (fact j) * INR (fact r)))) / (h ^ m * sum (n + 2)%nat (fun i : nat => tanh b ^ i * c m i))) <= 2 ^ m * h * INR m * Rabs z ^ (m + 1)%nat * INR (fact (m + 1)%nat) / Rabs (sum (n + 2)%nat (fun i : nat => tanh b ^ i * c m i)))).
