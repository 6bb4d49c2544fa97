(* tanh_rounds_to_one: the proofs of its propositions. *)
From Coq Require Import Reals ZArith Lra Lia.
From Attnproof.theory Require Import prelude tanh formats rounding_edge.
From Attnproof.statements Require Import tanh_rounds_to_one.
Open Scope R_scope.

Theorem below_1_holds : below_1.
Proof. exact tanh_abs_lt_1. Qed.

Theorem rounded_to_1_holds : rounded_to_1.
Proof. intros p bits e exponents z. now apply tanh_rounds_to_1. Qed.

Theorem rounded_to_minus_1_holds : rounded_to_minus_1.
Proof.
  intros p bits e exponents z. pose proof (tanh_rounds_to_1 p e (- z) bits exponents) as other.
  rewrite tanh_opp, rounded_opp in other by lia. split; intros known.
  - enough (ln (2 ^ (p + 2)%nat - 1) / 2 <= - z) by lra. apply other. lra.
  - enough (- rounded p e (tanh z) = 1) by lra. apply other. lra.
Qed.
