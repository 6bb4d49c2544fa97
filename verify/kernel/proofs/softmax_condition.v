(* softmax_condition: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Rcomplements.
From Attnproof.theory Require Import prelude sums softmax tanh rounding log_odds.
From Attnproof.statements Require softmax_condition.
Import statements.softmax_condition.
Notation weight := softmax.weight (only parsing).
Open Scope R_scope.

Lemma shift_at_least (n : nat) (x : nat -> R) (D : R) (i : nat) :
  (forall l, (l < n)%nat -> Rabs (x l) <= D) -> (i < n)%nat -> 1 <= exp D.
Proof.
  intros small I. pose proof (small i I). pose proof (Rabs_pos (x i)). rewrite <- exp_0.
  destruct (Req_dec D 0) as [->|other]; [lra | apply Rlt_le, exp_increasing; lra].
Qed.

Lemma each_near (n : nat) (t x : nat -> R) (D : R) :
  (forall l, (l < n)%nat -> Rabs (x l) <= D) ->
  forall l, (l < n)%nat -> near (exp D) (exp (t l + x l)) (exp (t l)).
Proof.
  intros small l L. apply near_exp. replace (t l + x l - t l) with (x l) by ring. now apply small.
Qed.

Theorem logarithm_holds : logarithm.
Proof.
  intros n some t x D i I small. change (Rabs (ln (weight n (fun l => t l + x l) i / weight n t i)) <= 2 * D).
  rewrite <- (ln_exp (2 * D)), exp_double.
  apply log_ratio; [apply weight_pos, some | apply weight_pos, some | apply Rmult_lt_0_compat; apply exp_pos |].
  unfold weight, Rdiv. pose proof (total_pos n t some). pose proof (total_pos n (fun l => t l + x l) some).
  apply near_mult; try apply Rlt_le, exp_pos; try (now apply Rlt_le, Rinv_0_lt_compat); [now apply each_near with n|].
  apply near_inverse; [assumption | assumption|]. apply near_sum. now apply each_near.
Qed.

Theorem log_odds_holds : log_odds.
Proof.
  intros n some t x D i I k K small.
  change (Rabs (ln (weight n t i / weight n t k)
    - ln (weight n (fun l => t l + x l) i / weight n (fun l => t l + x l) k)) <= 2 * D).
  rewrite !log_odds.log_odds by exact some. pose proof (small i I) as one. pose proof (small k K) as other.
  apply Rabs_le_between in one. apply Rabs_le_between in other. apply Rabs_le. lra.
Qed.

Lemma half_tanh (D : R) : tanh (D / 2) = (exp D - 1) / (exp D + 1).
Proof.
  rewrite tanh_exp. replace (2 * (D / 2)) with D by field. pose proof (exp_pos D). field. lra.
Qed.

Theorem weight_holds : statements.softmax_condition.weight.
Proof.
  intros n some t x D i I small alpha beta. rewrite Rabs_minus_sym, half_tanh.
  apply (shares_near n (exp D) (fun l => exp (t l + x l)) (fun l => exp (t l)) i); auto using exp_pos.
  - now apply (shift_at_least n x D i).
  - now apply each_near.
Qed.

Theorem attained_holds : attained.
Proof.
  intros n some t x D i I moved alpha beta share. rewrite half_tanh. unfold beta, alpha in *.
  pose proof (total_pos n t some) as above. pose proof (exp_pos D) as w. pose proof (exp_pos (t i)).
  set (S := sum n (fun l => exp (t l))) in *.
  assert (own : exp (t i) = S / (exp D + 1)).
  { apply (Rmult_eq_reg_r (/ S)); [|apply Rinv_neq_0_compat; lra]. fold (exp (t i) / S). rewrite share. field. lra. }
  assert (after : sum n (fun l => exp (t l + x l)) = S).
  { rewrite (sum_apart n i _ I).
    rewrite (sum_ext n _ (fun l => / exp D * ((1 - delta i l) * exp (t l)))).
    - rewrite sum_scal_l, moved by exact I. rewrite delta_same.
      assert (whole : S = exp (t i) + sum n (fun l => (1 - delta i l) * exp (t l))) by exact (sum_apart n i _ I).
      replace (t i + D * (2 * 1 - 1)) with (t i + D) by ring. rewrite exp_plus.
      replace (sum n (fun l => (1 - delta i l) * exp (t l))) with (S - exp (t i)) by lra.
      rewrite own. field. lra.
    - intros l L. rewrite moved by exact L. destruct (Nat.eq_dec i l) as [<-|other].
      + rewrite delta_same. ring.
      + rewrite delta_other by exact other. replace (t l + D * (2 * 0 - 1)) with (t l + - D) by ring.
        rewrite exp_plus, exp_Ropp. ring. }
  rewrite after, share, moved, delta_same by exact I. replace (t i + D * (2 * 1 - 1)) with (t i + D) by ring.
  rewrite exp_plus, own. field. lra.
Qed.
