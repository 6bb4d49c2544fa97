(* A6: what is divided by is a root of a variance that is given to be above 0. *)
From Coq Require Import Reals Lra.
From Attnproof.theory Require Import prelude sums outcomes defined.
From Attnproof.needs Require Import A6.
Open Scope R_scope.

(* A variance as it is printed in the one place and in the other. *)
Lemma same_squares (d : nat) (x : nat -> R) (m : R) : sum d (fun f => (- m + x f) ^ 2) = sum d (fun f => (x f - m) ^ 2).
Proof. apply sum_ext. intros. ring. Qed.

Ltac with_variance := defined; rewrite same_squares; apply other_than_zero; assumption.

Theorem layer_score_at_most_width_defined_holds : layer_score_at_most_width_defined.
Proof. unfold layer_score_at_most_width_defined. with_variance. Qed.

Theorem layer_scaled_at_most_root_defined_holds : layer_scaled_at_most_root_defined.
Proof. unfold layer_scaled_at_most_root_defined. with_variance. Qed.

Theorem layer_offset_adds_norm_defined_holds : layer_offset_adds_norm_defined.
Proof. unfold layer_offset_adds_norm_defined. with_variance. Qed.

Theorem offset_exceeds_bound_defined_holds : offset_exceeds_bound_defined.
Proof. unfold offset_exceeds_bound_defined. with_variance. Qed.

Theorem rms_attained_defined_holds : rms_attained_defined.
Proof.
  unfold rms_attained_defined. defined. apply other_than_zero.
  rewrite (sum_ext d (fun f => k f ^ 2) (fun f => q f ^ 2)); [assumption|].
  intros i below. match goal with same : forall r, _ -> k r = q r |- _ => now rewrite (same i below) end.
Qed.
