(* The divergence of two distributions is not negative, and 0 only between equal ones (0 ln 0 is 0, since ln 0 is 0). *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Attnproof.theory Require Import prelude sums.
Open Scope R_scope.

Lemma ln_below (x : R) : 0 < x -> ln x <= x - 1 /\ (ln x = x - 1 -> x = 1).
Proof.
  intros above. destruct (Req_dec (ln x) 0) as [nought|other].
  - assert (x = 1) as -> by (rewrite <- (exp_ln x above), nought; apply exp_0). rewrite nought. lra.
  - pose proof (exp_ineq1 (ln x) other) as strict. rewrite exp_ln in strict by exact above. lra.
Qed.

(* one term of the divergence, less p, plus a *)
Lemma divergence_term (p a : R) : 0 <= p -> 0 < a -> 0 <= ln (p / a) * p - p + a /\ (ln (p / a) * p - p + a = 0 -> p = a).
Proof.
  intros [above|<-] positive; [|lra].
  assert (ratio : 0 < a / p) by now apply Rdiv_lt_0_compat.
  destruct (ln_below (a / p) ratio) as [less only].
  assert (turned : ln (p / a) = - ln (a / p)).
  { rewrite <- ln_Rinv by exact ratio. f_equal. field. lra. }
  rewrite turned. replace (- ln (a / p) * p - p + a) with (p * (a / p - 1 - ln (a / p))) by (field; lra).
  split; [apply Rmult_le_pos; lra|]. intros nought. apply Rmult_integral in nought.
  assert (one : a / p = 1) by (apply only; lra). replace a with (a / p * p) by (field; lra). rewrite one. ring.
Qed.

Lemma divergence (n : nat) (p a : nat -> R) :
  (forall i, (i < n)%nat -> 0 <= p i) -> (forall i, (i < n)%nat -> 0 < a i) -> sum n p = sum n a ->
  0 <= sum n (fun i => ln (p i / a i) * p i)
  /\ (sum n (fun i => ln (p i / a i) * p i) = 0 <-> forall i, (i < n)%nat -> p i = a i).
Proof.
  intros at_least above same.
  assert (terms : sum n (fun i => ln (p i / a i) * p i) = sum n (fun i => ln (p i / a i) * p i - p i + a i)).
  { rewrite (sum_plus n (fun i => ln (p i / a i) * p i - p i) a), sum_minus. lra. }
  assert (each : forall i, (i < n)%nat -> 0 <= ln (p i / a i) * p i - p i + a i).
  { intros i I. apply divergence_term; auto. }
  rewrite terms. split; [now apply sum_nonneg|]. split.
  - intros nought i I. apply (divergence_term (p i) (a i)); auto.
    apply (sum_zero_each n (fun i => ln (p i / a i) * p i - p i + a i) each nought i I).
  - intros equal. rewrite <- (sum_zero n). apply sum_ext. intros i I. rewrite (equal i I).
    pose proof (above i I). replace (a i / a i) with 1 by (field; lra). rewrite ln_1. ring.
Qed.
