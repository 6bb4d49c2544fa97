(* rounding_as_factor. Printed from derivations/statements/lemmas/rounding_as_factor.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* a relative error d of at most u < 1 is a factor e^λ with |λ| at most u/(1 − u) *)
Definition factor : Prop :=
  forall d : R,
  forall u : R,
  ((Rabs d <= u) /\
  (u < 1)) ->
  exists lambda : R,
  ((d + 1 = exp lambda) /\
  (Rabs lambda <= u / (1 - u))).

(* a factor e^θ with |θ| at most B lies between e^(−B) and e^B *)
Definition range : Prop :=
  forall theta : R,
  forall B : R,
  (Rabs theta <= B) ->
  (exp (- B) <= exp theta) /\
  (exp theta <= exp B).

(* so does every mean of such factors *)
Definition mean : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall p : nat -> R,
  forall y : nat -> R,
  forall B : R,
  ((forall l : nat, (l < n_k)%nat ->
  (0 <= p l) /\
  (Rabs (y l) <= B)) /\
  (sum n_k (fun j : nat => p j) = 1)) ->
  (exp (- B) <= sum n_k (fun j : nat => exp (y j) * p j)) /\
  (sum n_k (fun j : nat => exp (y j) * p j) <= exp B).

(* and its distance from 1 is at most e^B − 1 *)
Definition distance : Prop :=
  forall theta : R,
  forall B : R,
  (Rabs theta <= B) ->
  Rabs (exp theta - 1) <= exp B - 1.
