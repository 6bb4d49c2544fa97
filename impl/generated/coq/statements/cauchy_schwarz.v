(* cauchy_schwarz. Printed from derivations/statements/lemmas/cauchy_schwarz.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the product of two vectors is at most that of their lengths in size *)
Definition inequality : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall s : nat -> R,
  forall h : nat -> R,
  Rabs (sum d (fun r : nat => h r * s r)) <= sqrt (sum d (fun r : nat => h r ^ 2)) * sqrt (sum d (fun r : nat => s r ^ 2)).

(* for s that is not 0, with equality exactly when h is a multiple of s *)
Definition equality : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall s : nat -> R,
  forall h : nat -> R,
  (exists f : nat, (f < d)%nat /\
  (s f <> 0)) ->
  (Rabs (sum d (fun r : nat => h r * s r)) = sqrt (sum d (fun r : nat => h r ^ 2)) * sqrt (sum d (fun r : nat => s r ^ 2))) <->
  (exists lambda : R,
  (forall f : nat, (f < d)%nat ->
  h f = lambda * s f)).
