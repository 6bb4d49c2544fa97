(* What is nearer to x than x is to 0 is not 0. *)
From Coq Require Import Reals Lra Lia.
From Attnproof.theory Require Import prelude defined.
From Attnproof.needs Require Import sech_squared_formula.
Open Scope R_scope.

Theorem reciprocal_defined_holds : reciprocal_defined.
Proof.
  unfold reciprocal_defined. intros x y D [near less]. assert (0 <= D) by (pose proof (Rabs_pos (x - y)); lra).
  repeat split; try lra; intros zero; subst; revert near less; rewrite ?Rminus_0_r, ?Rabs_R0; lra.
Qed.
