(* S1: the noise has moments, so the output of a detector has, and its variance is above 0. *)
From Coq Require Import Reals Lra.
From Attnproof.theory Require Import prelude sums outcomes defined.
From Attnproof.needs Require Import S1.
From Attnproof.proofs Require Import S1.
Open Scope R_scope.

Theorem matched_filter_defined_holds : matched_filter_defined.
Proof.
  unfold matched_filter_defined. defined; match goal with
  | has : forall r, _ -> has_mean ?S (fun o => ?w o r), zero : forall r, _ -> mean_of _ (fun o => ?w o r) = 0,
    pairs : forall r, _ -> forall f, _ -> has_mean ?S (fun o => ?w o f * ?w o r),
    white : forall r, _ -> forall f, _ -> mean_of _ (fun o => ?w o f * ?w o r) = ?sigma ^ 2 * _
    |- context [(?s _ + _) * ?h _] =>
      destruct (detected S d w sigma s h (fun r b => conj (has r b) (zero r b))
        (fun r b f c => conj (pairs r b f c) (white r b f c))) as [[first _] [second value]]
  end; try assumption.
  rewrite value. apply other_than_zero, Rmult_lt_0_compat; [apply pow_lt|]; assumption.
Qed.
