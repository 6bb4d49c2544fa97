(* T3: sums of independent products have the moments, and the exponentials the means, that their factors have. *)
From Coq Require Import Reals Lra Lia.
From Attnproof.theory Require Import prelude sums outcomes cumulants defined.
From Attnproof.needs Require Import T3.
From Attnproof.proofs Require Import T3.
Open Scope R_scope.

Theorem cumulants_of_dot_defined_holds : cumulants_of_dot_defined.
Proof.
  unfold cumulants_of_dot_defined. defined.
  apply (sum_power Omega d n (fun o r => k o r * q o r)); [|lia|lia].
  intros; split; match goal with given : _ |- _ => solve [apply given; assumption] end.
Qed.

Theorem growth_defined_holds : growth_defined.
Proof.
  unfold growth_defined. intros d some k2 k4 s2 s4 [above [-> ->]].
  assert (0 < INR d * k2) by (apply Rmult_lt_0_compat; [apply lt_0_INR; lia | exact above]).
  repeat split; try lra; try apply pos_INR; intros; repeat split; try lra. apply not_0_INR. lia.
Qed.

Lemma square_above (x : R) : x <> 0 -> 0 < x ^ 2.
Proof. intros other. rewrite <- Rsqr_pow2. now apply Rlt_0_sqr. Qed.

(* The mean of a square is above 0, the variance being so. *)
Ltac spread :=
  match goal with
  | varies : - ?m ^ 2 + ?square = ?v |- ?square <> 0 =>
      enough (0 < v) by (pose proof (pow2_ge_0 m); lra);
      first [positive | apply Rmult_lt_0_compat; [positive | now apply square_above]]
  end.

Theorem symmetric_components_defined_holds : symmetric_components_defined.
Proof. unfold symmetric_components_defined. defined. spread. Qed.

Theorem normal_defined_holds : normal_defined.
Proof. unfold normal_defined. defined. spread. Qed.

Theorem uniform_defined_holds : uniform_defined.
Proof. unfold uniform_defined. defined. spread. Qed.

Theorem rademacher_defined_holds : rademacher_defined.
Proof. unfold rademacher_defined. defined. spread. Qed.

Theorem laplace_defined_holds : laplace_defined.
Proof. unfold laplace_defined. defined. spread. Qed.

Theorem student_t_defined_holds : student_t_defined.
Proof. unfold student_t_defined. defined. spread. Qed.

Ltac as_given := intros; repeat split; match goal with known : _ |- _ => solve [apply known; assumption] end.

Theorem generating_function_defined_holds : generating_function_defined.
Proof.
  unfold generating_function_defined. defined.
  - apply (normal_exponentials Omega Psi d q k x); as_given.
  - destruct (normal_exponentials Omega Psi d q k x) as [given over]; [as_given | as_given |].
    apply (has_mean_ext Omega _ _ (proj1 over)). intros o. exact (proj2 (given o)).
  - apply (has_mean_ext Omega (fun o => exp (x ^ 2 * G o))); assumption.
Qed.
