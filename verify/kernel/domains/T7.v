(* T7 *)
From Coq Require Import Reals Lra.
From Attnproof.theory Require Import prelude sums outcomes defined.
From Attnproof.needs Require Import T7.
Open Scope R_scope.

Theorem decay_defined_holds : decay_defined.
Proof. unfold decay_defined. defined. pose proof (exp_pos (- (2 * Rabs z))). lra. Qed.
