(* B1: the power of two is above 0. *)
From Coq Require Import Reals Lra.
From Attnproof.theory Require Import prelude sums outcomes defined.
From Attnproof.needs Require Import B1.
Open Scope R_scope.

Theorem ties_defined_holds : ties_defined.
Proof.
  unfold ties_defined. defined. pose proof (pow_lt 2 k ltac:(lra)) as power. pose proof (pow_lt 2 p ltac:(lra)).
  assert (above : 0 < b) by (pose proof (Rinv_0_lt_compat _ power); destruct H2 as [-> | ->]; assumption).
  rewrite Rabs_pos_eq by lra. assert (0 < 3 * b / 2 ^ p) by (apply Rdiv_lt_0_compat; lra). lra.
Qed.
