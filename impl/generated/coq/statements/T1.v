(* T1. Printed from derivations/statements/t1.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the quadratic form is at most half the squared length *)
Definition norm_at_most_half : Prop :=
  forall n_k : nat, (1 <= n_k)%nat -> 
  forall e : nat -> R, 
  forall u : nat -> R, 
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  - (sum n_k (fun i : nat => alpha i * u i) * sum n_k (fun j : nat => alpha j * u j)) + sum n_k (fun i : nat => alpha i * u i ^ 2) <= sum n_k (fun i : nat => u i ^ 2) / 2.
