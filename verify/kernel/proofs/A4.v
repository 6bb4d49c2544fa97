(* A4: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums largest softmax.
From Attnproof.statements Require Import A4.
Open Scope R_scope.

Theorem commutative_holds : commutative.
Proof.
  intros n some m l o i I k K m2 l2 o2.
  assert (same : m2 i k = m2 k i) by apply Rmax_comm.
  unfold l2, o2. rewrite same. repeat split; ring.
Qed.

(* Two changes of the maximum are one. *)
Lemma rescaled (a b c : R) : exp (- c + b) * exp (- b + a) = exp (- c + a).
Proof. rewrite <- exp_plus. f_equal. ring. Qed.

Theorem associative_holds : associative.
Proof.
  intros n some m l o i I k K h H m2 l2 o2 m_left l_left o_left m_right l_right o_right.
  assert (same : m_left = m_right).
  { unfold m_left, m_right, m2. rewrite (Rmax_comm (m k) (m i)), (Rmax_comm (m h) (m k)), <- Rmax_assoc. apply Rmax_comm. }
  unfold l_left, l_right, o_left, o_right. rewrite same.
  repeat split; unfold l2, o2; rewrite !Rmult_plus_distr_l, <- !Rmult_assoc, !rescaled; ring.
Qed.

Lemma largest_split (n1 n2 : nat) (e : nat -> R) :
  (1 <= n1)%nat -> (1 <= n2)%nat ->
  Rmax (largest n1 (fun r => e r)) (largest n2 (fun r => e (n1 + r)%nat)) = largest (n1 + n2) (fun r => e r).
Proof.
  intros some1 some2. apply Rle_antisym.
  - apply Rmax_lub; apply largest_le; try assumption; intros r below.
    + apply (largest_ge (n1 + n2) (fun r => e r)). lia.
    + apply (largest_ge (n1 + n2) (fun r => e r) (n1 + r)%nat). lia.
  - apply largest_le; [lia|]. intros r below. destruct (Nat.lt_ge_cases r n1) as [first|second].
    + eapply Rle_trans; [|apply Rmax_l]. now apply (largest_ge n1 (fun r => e r)).
    + eapply Rle_trans; [|apply Rmax_r]. replace r with (n1 + (r - n1))%nat by lia.
      apply (largest_ge n2 (fun r => e (n1 + r)%nat)). lia.
Qed.

Theorem as_in_one_pass_holds : as_in_one_pass.
Proof.
  intros n1 some1 n2 some2 d _ e V j J m_a l_a o_a m_b l_b o_b m_all l_all o_all m_merged.
  assert (same : m_merged = m_all) by now apply largest_split.
  split; [exact same|]. rewrite same. unfold l_a, l_b, o_a, o_b, l_all, o_all.
  rewrite !sum_split, <- !sum_scal_l, <- !sum_scal_r.
  split; f_equal; apply sum_ext; intros r _; try rewrite <- Rmult_assoc; rewrite <- exp_plus;
    try (f_equal; ring); do 2 f_equal; ring.
Qed.

Theorem quotient_is_the_context_holds : quotient_is_the_context.
Proof.
  intros n some d _ e V i I m L o alpha. unfold o. rewrite <- sum_div. apply sum_ext. intros r below.
  change (alpha r) with (weight n e r). rewrite <- (weight_shift n e (- m) r some).
  unfold weight. rewrite (Rplus_comm (e r)).
  rewrite (sum_ext n (fun l => exp (e l + - m)) (fun l => exp (- m + e l))) by (intros; now rewrite Rplus_comm).
  unfold L, Rdiv. ring.
Qed.

Theorem heights_for_maxima_holds : heights_for_maxima.
Proof.
  intros n some m i I k K m2 u u2.
  assert (same : u2 i k = exp (m2 i k)).
  { unfold u2, u, m2. apply Rmax_case_strong; intros less; apply Rmax_case_strong; intros less'; auto; f_equal;
      apply Rle_antisym; auto; [|]; apply Rnot_lt_le; intros less''; apply exp_increasing in less''; lra. }
  split; [exact same|]. rewrite same. unfold u, Rdiv. rewrite <- exp_Ropp, <- !exp_plus.
  split; f_equal; ring.
Qed.

Theorem empty_is_neutral_holds : empty_is_neutral.
Proof.
  intros n some u l o i I k K u2 [above [none [no_sum no_weighted]]].
  assert (same : u2 i k = u i) by (unfold u2; rewrite none; apply Rmax_right; lra).
  rewrite same, none, no_sum, no_weighted. split; [reflexivity|]. split; field; lra.
Qed.

Theorem two_empty_ones_are_a_case_of_their_own_holds : two_empty_ones_are_a_case_of_their_own.
Proof.
  intros n some u l o i I k K u2 [none none'] x. unfold u2. rewrite none, none', Rmax_left by lra. ring.
Qed.
