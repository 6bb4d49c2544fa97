(* Expectations of a dot product and of its square: linear, so sums over places of those of products. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums.
Open Scope R_scope.

Section Expectation.
Variables (n d : nat) (w : nat -> R) (q k : nat -> nat -> R).

Lemma mean_of_sum (f : nat -> nat -> R) :
  sum n (fun o => w o * sum d (fun r => f o r)) = sum d (fun r => sum n (fun o => f o r * w o)).
Proof. rewrite <- sum_swap. apply sum_ext. intros o _. rewrite sum_scal_r. apply Rmult_comm. Qed.

Lemma mean_of_square :
  sum n (fun o => w o * sum d (fun r => k o r * q o r) ^ 2)
  = sum d (fun s => sum d (fun r => sum n (fun o => k o r * k o s * q o r * q o s * w o))).
Proof.
  rewrite (sum_ext d _ (fun s => sum n (fun o => sum d (fun r => k o r * q o r) * (k o s * q o s) * w o))).
  - rewrite sum_swap. apply sum_ext. intros o _.
    transitivity (sum d (fun s => w o * sum d (fun r => k o r * q o r) * (k o s * q o s))).
    + rewrite sum_scal_l. ring.
    + apply sum_ext. intros. ring.
  - intros s _. rewrite sum_swap. apply sum_ext. intros o _.
    rewrite <- !sum_scal_r. apply sum_ext. intros. ring.
Qed.

Hypothesis pairs : forall r, (r < d)%nat -> forall s, (s < d)%nat ->
  sum n (fun o => k o r * k o s * q o r * q o s * w o)
  = sum n (fun o => k o r * k o s * w o) * sum n (fun o => q o r * q o s * w o).
Hypothesis single : forall r, (r < d)%nat ->
  sum n (fun o => k o r * q o r * w o) = sum n (fun o => k o r * w o) * sum n (fun o => q o r * w o).

Lemma square_of_independent :
  sum n (fun o => w o * sum d (fun r => k o r * q o r) ^ 2)
  = sum d (fun s => sum d (fun r => sum n (fun o => k o r * k o s * w o) * sum n (fun o => q o r * q o s * w o))).
Proof. rewrite mean_of_square. apply sum_ext. intros s ls. apply sum_ext. intros r lr. now apply pairs. Qed.

Lemma mean_of_independent (m l : R) :
  (forall r, (r < d)%nat -> sum n (fun o => q o r * w o) = m) ->
  (forall r, (r < d)%nat -> sum n (fun o => k o r * w o) = l) ->
  sum n (fun o => w o * sum d (fun r => k o r * q o r)) = INR d * l * m.
Proof.
  intros qm kl. rewrite (mean_of_sum (fun o r => k o r * q o r)), (sum_ext d _ (fun _ => l * m)).
  - rewrite sum_const. ring.
  - intros r lr. now rewrite single, qm, kl.
Qed.

Lemma centred_mean :
  (forall r, (r < d)%nat -> sum n (fun o => q o r * w o) = 0) ->
  sum n (fun o => w o * sum d (fun r => k o r * q o r)) = 0.
Proof.
  intros qm. rewrite (mean_of_sum (fun o r => k o r * q o r)), (sum_ext d _ (fun _ => 0)); [apply sum_zero|].
  intros r lr. rewrite single, qm by exact lr. ring.
Qed.

(* Second moments a on the diagonal, more or less b. *)
Lemma trace_of_alike (M : nat -> nat -> R) (a b : R) :
  sum d (fun s => sum d (fun r => M r s * (a * delta r s + b)))
  = a * sum d (fun s => M s s) + b * sum d (fun s => sum d (fun r => M r s)).
Proof.
  rewrite <- !sum_scal_l, <- sum_plus. apply sum_ext. intros s ls.
  rewrite (sum_ext d _ (fun r => a * (M r s * delta r s) + b * M r s)) by (intros; ring).
  now rewrite sum_plus, !sum_scal_l, (sum_delta_r d s (fun r => M r s) ls).
Qed.

Lemma diagonal_total :
  sum d (fun s => sum n (fun o => k o s * k o s * w o)) = sum n (fun o => w o * sum d (fun s => k o s ^ 2)).
Proof. rewrite sum_swap. apply sum_ext. intros o _. rewrite <- sum_scal_l. apply sum_ext. intros. ring. Qed.

Lemma all_total :
  sum d (fun s => sum d (fun r => sum n (fun o => k o r * k o s * w o)))
  = sum n (fun o => w o * sum d (fun r => k o r) ^ 2).
Proof.
  rewrite (sum_ext d _ (fun s => sum n (fun o => sum d (fun r => k o r) * k o s * w o))).
  - rewrite sum_swap. apply sum_ext. intros o _.
    transitivity (sum d (fun s => w o * sum d (fun r => k o r) * k o s)); [apply sum_ext; intros; ring|].
    rewrite sum_scal_l. change (sum d (k o)) with (sum d (fun r => k o r)). ring.
  - intros s _. rewrite sum_swap. apply sum_ext. intros o _. rewrite <- !sum_scal_r. apply sum_ext. intros. ring.
Qed.

Lemma centred_variance :
  (forall r, (r < d)%nat -> sum n (fun o => q o r * w o) = 0) ->
  - sum n (fun o => w o * sum d (fun r => k o r * q o r)) ^ 2
    + sum n (fun o => w o * sum d (fun r => k o r * q o r) ^ 2)
  = sum d (fun s => sum d (fun r => sum n (fun o => k o r * k o s * w o) * sum n (fun o => q o r * q o s * w o))).
Proof. intros qm. rewrite centred_mean, square_of_independent by exact qm. ring. Qed.

Lemma alike_variance (mq mk sq sk : R) :
  (forall r, (r < d)%nat -> sum n (fun o => q o r * w o) = mq) ->
  (forall r, (r < d)%nat -> sum n (fun o => k o r * w o) = mk) ->
  (forall r, (r < d)%nat -> forall s, (s < d)%nat ->
    sum n (fun o => q o r * q o s * w o) = mq ^ 2 + sq ^ 2 * delta r s) ->
  (forall r, (r < d)%nat -> forall s, (s < d)%nat ->
    sum n (fun o => k o r * k o s * w o) = mk ^ 2 + sk ^ 2 * delta r s) ->
  - sum n (fun o => w o * sum d (fun r => k o r * q o r)) ^ 2
    + sum n (fun o => w o * sum d (fun r => k o r * q o r) ^ 2)
  = INR d * (- (mk ^ 2 * mq ^ 2) + (mk ^ 2 + sk ^ 2) * (mq ^ 2 + sq ^ 2)).
Proof.
  intros qm km qq kk. rewrite (mean_of_independent mq mk qm km), square_of_independent.
  rewrite (sum_ext d _ (fun s => sum d (fun r => (sk ^ 2 * delta r s + mk ^ 2) * (sq ^ 2 * delta r s + mq ^ 2)))).
  - rewrite (trace_of_alike (fun r s => sk ^ 2 * delta r s + mk ^ 2)).
    rewrite (sum_ext d _ (fun _ => sk ^ 2 + mk ^ 2)) by (intros; rewrite delta_same; ring).
    rewrite (sum_ext d (fun s => sum d _) (fun _ => sk ^ 2 + INR d * mk ^ 2)).
    + rewrite !sum_const. ring.
    + intros s ls. rewrite sum_plus, sum_const.
      rewrite (sum_delta_r d s (fun _ => sk ^ 2) ls : sum d (fun r => sk ^ 2 * delta r s) = sk ^ 2). ring.
  - intros s ls. apply sum_ext. intros r lr. rewrite qq, kk by assumption. ring.
Qed.

Lemma scaled_variance (s : R) (x : nat -> R) : 0 < s ->
  sum n (fun o => w o * x o ^ 2 / s) - sum n (fun o => w o * x o / sqrt s) ^ 2
  = (- sum n (fun o => w o * x o) ^ 2 + sum n (fun o => w o * x o ^ 2)) / s.
Proof.
  intros above. rewrite !sum_div. pose proof (sqrt_lt_R0 s above).
  replace ((sum n (fun o => w o * x o) / sqrt s) ^ 2) with (sum n (fun o => w o * x o) ^ 2 / (sqrt s ^ 2))
    by (field; lra).
  rewrite pow2_sqrt by lra. field. lra.
Qed.
End Expectation.
