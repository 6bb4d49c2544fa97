(* order_of_summation. Printed from derivations/statements/lemmas/order_of_summation.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* a term of a sum of n goes through at most n − 1 additions in any order *)
Definition any_order : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall G : nat -> nat -> R,
  (forall x : nat, (x < (n + 1)%nat)%nat ->
  forall y : nat, (y < (n + 1)%nat)%nat ->
  (((x + 1)%nat <= y)%nat) ->
  (((y = (x + 1)%nat)%nat) /\
  (G x y = 0)) \/
  (exists c : nat, (c < (n + 1)%nat)%nat /\
  ((((x + 1)%nat <= c)%nat) /\
  (((c + 1)%nat <= y)%nat) /\
  (G x y = Rmax (G c y) (G x c) + 1)))) ->
  G 0%nat n <= INR n - 1.

(* in a balanced tree, in which halves differ by one term at most, through K where n is at most 2^K *)
Definition balanced : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall K : nat,
  forall g : nat -> R,
  ((g 1%nat = 0) /\
  (forall k : nat, (k < (n + 1)%nat)%nat ->
  ((2 <= k)%nat) ->
  exists i : nat, (i < (n + 1)%nat)%nat /\
  (exists j : nat, (j < (n + 1)%nat)%nat /\
  ((((i + j)%nat = k)%nat) /\
  ((j <= i)%nat) /\
  ((i <= (j + 1)%nat)%nat) /\
  (g k = Rmax (g i) (g j) + 1)))) /\
  (INR n <= 2 ^ K)) ->
  g n <= INR K.

(* in s blocks of b terms, each in any order, through at most b − 1 in its block and s − 1 of blocks *)
Definition blocks : Prop :=
  forall b : nat, (1 <= b)%nat ->
  forall s : nat, (1 <= s)%nat ->
  forall G : nat -> nat -> R,
  forall H : nat -> nat -> R,
  ((forall x : nat, (x < (b + 1)%nat)%nat ->
  forall y : nat, (y < (b + 1)%nat)%nat ->
  (((x + 1)%nat <= y)%nat) ->
  (((y = (x + 1)%nat)%nat) /\
  (G x y = 0)) \/
  (exists c : nat, (c < (b + 1)%nat)%nat /\
  ((((x + 1)%nat <= c)%nat) /\
  (((c + 1)%nat <= y)%nat) /\
  (G x y = Rmax (G c y) (G x c) + 1)))) /\
  (forall x : nat, (x < (s + 1)%nat)%nat ->
  forall y : nat, (y < (s + 1)%nat)%nat ->
  (((x + 1)%nat <= y)%nat) ->
  (((y = (x + 1)%nat)%nat) /\
  (H x y = 0)) \/
  (exists c : nat, (c < (s + 1)%nat)%nat /\
  ((((x + 1)%nat <= c)%nat) /\
  (((c + 1)%nat <= y)%nat) /\
  (H x y = Rmax (H c y) (H x c) + 1))))) ->
  G 0%nat b + H 0%nat s <= INR b + INR s - 2.

(* two sums, of n and m, added up: n − 1, m − 1 and 1 are enough for one sum of all n + m *)
Definition both_in_any_order : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall m : nat, (1 <= m)%nat ->
  forall G : nat -> nat -> R,
  (forall x : nat, (x < (m + n + 1)%nat)%nat ->
  forall y : nat, (y < (m + n + 1)%nat)%nat ->
  (((x + 1)%nat <= y)%nat) ->
  (((y = (x + 1)%nat)%nat) /\
  (G x y = 0)) \/
  (exists c : nat, (c < (m + n + 1)%nat)%nat /\
  ((((x + 1)%nat <= c)%nat) /\
  (((c + 1)%nat <= y)%nat) /\
  (G x y = Rmax (G c y) (G x c) + 1)))) ->
  G 0%nat (m + n)%nat <= INR m + INR n - 1.

(* K, L and 1 are in balanced trees *)
Definition both_balanced : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall m : nat, (1 <= m)%nat ->
  forall K : nat,
  forall L : nat,
  ((INR n <= 2 ^ K) /\
  (INR m <= 2 ^ L)) ->
  INR (m + n)%nat <= 2 ^ (K + L + 1)%nat.

(* b + s − 2, b + t − 2 and 1 are in blocks: all terms are in s + t of them, for which b + s + t − 2 are enough *)
Definition both_in_blocks : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall m : nat, (1 <= m)%nat ->
  forall b : nat, (1 <= b)%nat ->
  forall s : nat, (1 <= s)%nat ->
  forall t : nat, (1 <= t)%nat ->
  ((INR n <= INR b * INR s) /\
  (INR m <= INR b * INR t)) ->
  (INR (m + n)%nat <= INR b * INR (s + t)%nat) /\
  (INR b + INR s + INR t - 2 <= 2 * INR b + INR s + INR t - 3).
