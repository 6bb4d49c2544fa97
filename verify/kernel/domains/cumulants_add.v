(* Powers of sums have means where those of their terms have. *)
From Coq Require Import Reals Lia.
From Attnproof.theory Require Import prelude sums outcomes cumulants defined.
From Attnproof.needs Require Import cumulants_add.
From Attnproof.proofs Require Import cumulants_add.
Open Scope R_scope.

Ltac as_given := intros; split; match goal with known : _ |- _ => solve [apply known; assumption] end.

Theorem add_defined_holds : add_defined.
Proof.
  unfold add_defined. defined. apply (powers_of_sum Omega n x y); [as_given | lia].
Qed.

Theorem copies_defined_holds : copies_defined.
Proof.
  unfold copies_defined. defined; apply (sum_power Omega d n x); as_given || lia.
Qed.
