(* Softmax over n keys: positive weights that sum to 1, and that a shift common to all keys leaves as they are. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums.
Open Scope R_scope.

Definition weight (n : nat) (e : nat -> R) (i : nat) : R := exp (e i) / sum n (fun l => exp (e l)).

Lemma total_pos (n : nat) (e : nat -> R) : (1 <= n)%nat -> 0 < sum n (fun l => exp (e l)).
Proof. intros some. apply sum_pos; [exact some|]. intros. apply exp_pos. Qed.

Lemma total_neq (n : nat) (e : nat -> R) : (1 <= n)%nat -> sum n (fun l => exp (e l)) <> 0.
Proof. intros some. pose proof (total_pos n e some). lra. Qed.

Lemma weight_pos (n : nat) (e : nat -> R) (i : nat) : (1 <= n)%nat -> 0 < weight n e i.
Proof. intros some. apply Rdiv_lt_0_compat; [apply exp_pos | now apply total_pos]. Qed.

Lemma weight_sum (n : nat) (e : nat -> R) : (1 <= n)%nat -> sum n (weight n e) = 1.
Proof. intros some. unfold weight. rewrite sum_div. apply Rinv_r. now apply total_neq. Qed.

Lemma weight_le_1 (n : nat) (e : nat -> R) (i : nat) : (i < n)%nat -> weight n e i <= 1.
Proof.
  intros below. rewrite <- (weight_sum n e) by lia. apply sum_single_le; [|exact below].
  intros. apply Rlt_le, weight_pos. lia.
Qed.

Lemma weight_lt_1 (n : nat) (e : nat -> R) (i : nat) : (2 <= n)%nat -> (i < n)%nat -> weight n e i < 1.
Proof.
  intros two below. rewrite <- (weight_sum n e) by lia. rewrite (sum_apart n i) by exact below.
  set (k := if Nat.eq_dec i 0 then 1%nat else 0%nat).
  assert (other : i <> k /\ (k < n)%nat) by (unfold k; destruct (Nat.eq_dec i 0); lia).
  pose proof (sum_single_le n (fun j => (1 - delta i j) * weight n e j) k) as single. simpl in single.
  rewrite (delta_other i k) in single by tauto.
  assert ((1 - 0) * weight n e k <= sum n (fun j => (1 - delta i j) * weight n e j)).
  { apply single; [|tauto]. intros j _. apply Rmult_le_pos; [|apply Rlt_le, weight_pos; lia].
    unfold delta. destruct (Nat.eqb i j); lra. }
  pose proof (weight_pos n e k ltac:(lia)). lra.
Qed.

Lemma weight_ext (n : nat) (e f : nat -> R) (i : nat) :
  (i < n)%nat -> (forall l, (l < n)%nat -> e l = f l) -> weight n e i = weight n f i.
Proof.
  intros below same. unfold weight. rewrite (same i below). f_equal. apply sum_ext. intros l less. now rewrite same.
Qed.

Lemma weight_shift (n : nat) (e : nat -> R) (b : R) (i : nat) :
  (1 <= n)%nat -> weight n (fun l => e l + b) i = weight n e i.
Proof.
  intros some. unfold weight. rewrite exp_plus.
  rewrite (sum_ext n _ (fun l => exp (e l) * exp b)) by (intros; apply exp_plus). rewrite sum_scal_r.
  field. split; [apply total_neq, some | pose proof (exp_pos b); lra].
Qed.

(* The ratio of two weights is the exponential of the difference of their scores. *)
Lemma weight_ratio (n : nat) (e : nat -> R) (i j : nat) :
  (1 <= n)%nat -> weight n e i = exp (e i - e j) * weight n e j.
Proof.
  intros some. unfold weight. unfold Rminus. rewrite exp_plus, exp_Ropp.
  field. split; [apply total_neq, some | pose proof (exp_pos (e j)); lra].
Qed.

(* The weight as a function of the differences to its own score. *)
Lemma weight_differences (n : nat) (e : nat -> R) (i : nat) :
  (1 <= n)%nat -> weight n e i = / sum n (fun l => exp (e l - e i)).
Proof.
  intros some. rewrite <- (weight_shift n e (- e i) i some). unfold weight.
  rewrite Rplus_opp_r, exp_0. unfold Rdiv. rewrite Rmult_1_l. f_equal.
Qed.
