(* Mean and variance of a dot product, over an abstract expectation. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums outcomes.
Open Scope R_scope.

Section Dot.
Variables (S : outcomes) (d : nat) (q k : S -> nat -> R).

Hypothesis pairs : forall r, (r < d)%nat -> forall s, (s < d)%nat ->
  is_mean S (fun o => k o r * k o s * q o r * q o s)
    (mean_of S (fun o => k o r * k o s) * mean_of S (fun o => q o r * q o s)).
Hypothesis single : forall r, (r < d)%nat ->
  is_mean S (fun o => k o r * q o r) (mean_of S (fun o => k o r) * mean_of S (fun o => q o r)).

Lemma mean_of_independent (m l : R) :
  (forall r, (r < d)%nat -> is_mean S (fun o => q o r) m) -> (forall r, (r < d)%nat -> is_mean S (fun o => k o r) l) ->
  is_mean S (fun o => sum d (fun r => k o r * q o r)) (INR d * l * m).
Proof.
  intros qm kl. eapply is_mean_eq; [exact (is_mean_sum S d (fun o r => k o r * q o r) _ single)|].
  rewrite (sum_ext d _ (fun _ => l * m)).
  - rewrite sum_const. ring.
  - intros r lr. now rewrite (is_mean_value _ _ _ (qm r lr)), (is_mean_value _ _ _ (kl r lr)).
Qed.

Lemma centred_mean :
  (forall r, (r < d)%nat -> is_mean S (fun o => q o r) 0) -> is_mean S (fun o => sum d (fun r => k o r * q o r)) 0.
Proof.
  intros qm. eapply is_mean_eq; [exact (is_mean_sum S d (fun o r => k o r * q o r) _ single)|].
  rewrite (sum_ext d _ (fun _ => 0)); [apply sum_zero|].
  intros r lr. rewrite (is_mean_value _ _ _ (qm r lr)). ring.
Qed.

Definition trace : R :=
  sum d (fun s => sum d (fun r => mean_of S (fun o => k o r * k o s) * mean_of S (fun o => q o r * q o s))).

Lemma square_of_independent : is_mean S (fun o => sum d (fun r => k o r * q o r) ^ 2) trace.
Proof.
  eapply is_mean_ext.
  - apply (is_mean_product S d d (fun o s => k o s * q o s) (fun o r => k o r * q o r)
      (fun s r => mean_of S (fun o => k o r * k o s) * mean_of S (fun o => q o r * q o s))).
    intros s ls r lr. apply (is_mean_ext _ _ _ (pairs r lr s ls)). intros. ring.
  - intros o. simpl. ring.
Qed.

(* Second moments of q: a on the diagonal, more or less b. *)
Lemma trace_of_alike (a b : R) :
  (forall r, (r < d)%nat -> forall s, (s < d)%nat -> mean_of S (fun o => q o r * q o s) = a * delta r s + b) ->
  trace = a * sum d (fun s => mean_of S (fun o => k o s * k o s))
    + b * sum d (fun s => sum d (fun r => mean_of S (fun o => k o r * k o s))).
Proof.
  intros alike. unfold trace. rewrite <- !sum_scal_l, <- sum_plus. apply sum_ext. intros s ls.
  rewrite (sum_ext d _ (fun r => a * (mean_of S (fun o => k o r * k o s) * delta r s) + b * mean_of S (fun o => k o r
    * k o s)))
    by (intros r lr; rewrite alike by assumption; ring).
  now rewrite sum_plus, !sum_scal_l, (sum_delta_r d s (fun r => mean_of S (fun o => k o r * k o s)) ls).
Qed.

Lemma centred_variance (v : R) : (forall r, (r < d)%nat -> is_mean S (fun o => q o r) 0) -> trace = v ->
  has_mean S (fun o => sum d (fun r => k o r * q o r)) /\
  has_mean S (fun o => sum d (fun r => k o r * q o r) ^ 2) /\
  - mean_of S (fun o => sum d (fun r => k o r * q o r)) ^ 2 + mean_of S (fun o => sum d (fun r => k o r * q o r) ^ 2)
    = v.
Proof.
  intros qm <-. destruct (centred_mean qm) as [has zero], square_of_independent as [has2 two].
  repeat split; trivial. rewrite zero, two. ring.
Qed.

Lemma alike_trace (mq mk sq sk : R) :
  (forall r, (r < d)%nat -> forall s, (s < d)%nat -> is_mean S (fun o => q o r * q o s) (mq ^ 2 + sq ^ 2 * delta r
    s)) ->
  (forall r, (r < d)%nat -> forall s, (s < d)%nat -> is_mean S (fun o => k o r * k o s) (mk ^ 2 + sk ^ 2 * delta r
    s)) ->
  trace = INR d * ((mk ^ 2 + sk ^ 2) * (mq ^ 2 + sq ^ 2) - mk ^ 2 * mq ^ 2) + (INR d * mk * mq) ^ 2.
Proof.
  intros qq kk. rewrite (trace_of_alike (sq ^ 2) (mq ^ 2)).
  - rewrite (sum_ext d _ (fun _ => mk ^ 2 + sk ^ 2)).
    + rewrite (sum_ext d (fun s => sum d _) (fun _ => sk ^ 2 + INR d * mk ^ 2)).
      * rewrite !sum_const. ring.
      * intros s ls. rewrite (sum_ext d _ (fun r => sk ^ 2 * delta r s + mk ^ 2)).
        -- rewrite sum_plus, sum_const. rewrite (sum_delta_r d s (fun _ => sk ^ 2) ls : sum d (fun r => sk ^ 2 *
          delta r s) = sk ^ 2).
           reflexivity.
        -- intros r lr. rewrite (is_mean_value _ _ _ (kk r lr s ls)). ring.
    + intros s ls. rewrite (is_mean_value _ _ _ (kk s ls s ls)), delta_same. ring.
  - intros r lr s ls. rewrite (is_mean_value _ _ _ (qq r lr s ls)). ring.
Qed.

(* The trace of the second moments' matrix is the mean of the squared length, and all of it that of the squared sum. *)
Hypothesis squares : forall r, (r < d)%nat -> forall s, (s < d)%nat -> has_mean S (fun o => k o r * k o s).

Lemma diagonal_total (c : R) : (forall o, sum d (fun r => k o r ^ 2) = c) ->
  sum d (fun s => mean_of S (fun o => k o s * k o s)) = c.
Proof.
  intros length. rewrite <- (is_mean_value _ _ _ (is_mean_const S c)). symmetry. apply is_mean_value.
  eapply is_mean_ext.
  - apply (is_mean_sum S d (fun o s => k o s * k o s)). intros s ls. exact (is_mean_of S _ (squares s ls s ls)).
  - intros o. rewrite <- (length o). apply sum_ext. intros. ring.
Qed.

Lemma all_total (c : R) : (forall o, sum d (fun r => k o r) = c) ->
  sum d (fun s => sum d (fun r => mean_of S (fun o => k o r * k o s))) = c ^ 2.
Proof.
  intros sums. rewrite <- (is_mean_value _ _ _ (is_mean_const S (c ^ 2))). symmetry. apply is_mean_value.
  eapply is_mean_ext.
  - apply (is_mean_sum_sum S d d (fun o s r => k o r * k o s)). intros s ls r lr. exact (is_mean_of S _ (squares r lr
    s ls)).
  - intros o. rewrite <- (sums o). simpl. rewrite Rmult_1_r, sum_prod. apply sum_ext. intros. apply sum_ext. intros.
    ring.
Qed.
End Dot.

Arguments diagonal_total {S} d k.
Arguments all_total {S} d k.
