(* Jensen's inequality: the mean whose logarithm is taken is above 0. *)
From Coq Require Import Reals.
From Attnproof.theory Require Import prelude defined.
From Attnproof.needs Require Import jensen_logarithm.
From Attnproof.proofs Require Import jensen_logarithm.
Open Scope R_scope.

Theorem jensen_defined_holds : jensen_defined.
Proof. unfold jensen_defined. defined. apply mean_above; assumption. Qed.
