(* exponential_tangent: the proofs of its propositions. *)
From Coq Require Import Reals Lra Psatz.
From Attnproof.theory Require Import prelude.
From Attnproof.statements Require Import exponential_tangent.
Open Scope R_scope.

Theorem tangent_holds : tangent.
Proof.
  intros y. destruct (Req_dec y 0) as [->|other]; [rewrite exp_0; lra|]. pose proof (exp_ineq1 y other). lra.
Qed.

Theorem falling_holds : falling.
Proof.
  intros y right. pose proof (tangent_holds y). split; [pose proof (tangent_holds (- y)); lra|].
  rewrite exp_Ropp. apply Rinv_le_contravar; lra.
Qed.

Theorem square_holds : square.
Proof.
  intros y right. pose proof (tangent_holds (y / 3)) as third.
  replace (exp y) with (exp (y / 3) * (exp (y / 3) * exp (y / 3))) by (rewrite <- !exp_plus; f_equal; field).
  assert (cube : (y / 3 + 1) * ((y / 3 + 1) * (y / 3 + 1)) <= exp (y / 3) * (exp (y / 3) * exp (y / 3))).
  { apply Rmult_le_compat; [lra | nra | exact third | apply Rmult_le_compat; lra]. }
  pose proof (pow2_ge_0 (y / 3 - 3 / 4)) as bend.
  assert (0 <= y * ((y / 3 - 3 / 4) ^ 2 + 7 / 16)) by (apply Rmult_le_pos; lra). lra.
Qed.
