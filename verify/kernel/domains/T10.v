(* T10: the sharing of the weights has a mean where what integration by parts needs has one. *)
From Coq Require Import Reals Lra Lia.
From Attnproof.theory Require Import prelude sums outcomes defined.
From Attnproof.needs Require Import T10.
Open Scope R_scope.

Lemma share_has_mean (S : outcomes) (n : nat) (e : S -> nat -> R) : (1 <= n)%nat ->
  (forall j, (j < n)%nat -> has_mean S (fun o =>
    (1 - exp (e o j) / sum n (fun l => exp (e o l))) * (exp (e o j) / sum n (fun l => exp (e o l))))) ->
  has_mean S (fun o => sum n (fun i => (exp (e o i) / sum n (fun l => exp (e o l))) ^ 2)).
Proof.
  intros some each.
  apply (has_mean_ext S (fun o => 1 + -1 * sum n (fun j =>
    (1 - exp (e o j) / sum n (fun l => exp (e o l))) * (exp (e o j) / sum n (fun l => exp (e o l)))))).
  - apply plus_has_mean; [apply const_has_mean|]. apply scaled_has_mean, sum_has_mean. exact each.
  - intros o. assert (0 < sum n (fun l => exp (e o l))) by (apply sum_pos; [exact some | intros; apply exp_pos]).
    assert (whole : sum n (fun j => exp (e o j) / sum n (fun l => exp (e o l))) = 1)
      by (rewrite sum_div; apply Rinv_r; lra).
    rewrite <- whole at 1. rewrite <- sum_scal_l, <- sum_plus. apply sum_ext. intros. ring.
Qed.

Lemma root_above (n : nat) : (2 <= n)%nat -> 0 < sqrt 2 * sqrt (ln (INR n)).
Proof.
  intros two. apply Rmult_lt_0_compat; apply sqrt_lt_R0; [lra|]. apply ln_above. apply (le_INR 2) in two. simpl in two. lra.
Qed.

Ltac shares := apply share_has_mean; [lia | assumption].

Theorem upper_end_defined_holds : upper_end_defined.
Proof. unfold upper_end_defined. defined. shares. Qed.

Theorem lower_end_defined_holds : lower_end_defined.
Proof. unfold lower_end_defined. defined. shares. Qed.

Ltac of_ratio :=
  match goal with
  | two : (2 <= ?n)%nat, root : ?s = sqrt 2 * sqrt (ln (INR ?n)) |- _ =>
      pose proof (root_above n two) as positive; rewrite <- root in positive
  end;
  match goal with
  | |- has_mean _ _ => shares
  | |- _ => lra
  | product : _ = ?b * _ |- ?b <> 0 => intros zero; rewrite zero in product; lra
  | product : _ = ?b * _ |- ?b - 1 <> 0 => intros one; replace b with 1 in product by lra; lra
  end.

Theorem law_defined_holds : law_defined.
Proof. unfold law_defined. defined; of_ratio. Qed.

Theorem freezing_defined_holds : freezing_defined.
Proof. unfold freezing_defined. defined; of_ratio. Qed.
