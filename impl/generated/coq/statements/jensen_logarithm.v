(* jensen_logarithm. Printed from derivations/statements/lemmas/jensen_logarithm.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* of a positive random number the mean logarithm is at most the logarithm of the mean *)
Definition jensen : Prop :=
  forall Omega : outcomes,
  forall y : Omega -> R,
  ((forall o : Omega,
  0 < y o) /\
  (has_mean Omega (fun o : Omega => y o)) /\
  (has_mean Omega (fun o : Omega => ln (y o)))) ->
  mean_of Omega (fun o : Omega => ln (y o)) <= ln (mean_of Omega (fun o : Omega => y o)).
