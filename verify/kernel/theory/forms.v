(* Mean and variance of double sums whose terms are uncorrelated, over an abstract expectation. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums outcomes.
Open Scope R_scope.

Section Double.
Variables (W : outcomes) (n m : nat).
Implicit Types x y : W -> nat -> nat -> R.

Definition double x (o : W) : R := sum n (fun f => sum m (fun r => x o f r)).

Lemma double_mean x : (forall f, (f < n)%nat -> forall r, (r < m)%nat -> is_mean W (fun o => x o f r) 0) ->
  is_mean W (double x) 0.
Proof.
  intros zero. eapply is_mean_eq; [exact (is_mean_sum_sum W n m x (fun _ _ => 0) zero)|].
  rewrite (sum_ext n _ (fun _ => 0)); [apply sum_zero|]. intros. apply sum_zero.
Qed.

(* Terms at different places have products of mean 0. *)
Lemma double_product x y (c : nat -> nat -> R) :
  (forall f, (f < n)%nat -> forall r, (r < m)%nat -> forall g, (g < n)%nat -> forall s, (s < m)%nat ->
    is_mean W (fun o => x o f r * y o g s) (delta f g * delta r s * c f r)) ->
  is_mean W (fun o => double x o * double y o) (sum n (fun f => sum m (fun r => c f r))).
Proof.
  intros pairs. eapply is_mean_eq.
  - apply (is_mean_product W n n (fun o f => sum m (fun r => x o f r)) (fun o g => sum m (fun s => y o g s))
      (fun f g => sum m (fun r => sum m (fun s => delta f g * delta r s * c f r)))).
    intros f lf g lg. apply (is_mean_product W m m (fun o r => x o f r) (fun o s => y o g s)
      (fun r s => delta f g * delta r s * c f r)).
    intros r lr s ls. now apply pairs.
  - apply sum_ext. intros f lf.
    rewrite (sum_ext n _ (fun g => delta f g * sum m (fun r => c f r))).
    + exact (sum_delta n f (fun _ => sum m (fun r => c f r)) lf).
    + intros g lg. rewrite <- sum_scal_l. apply sum_ext. intros r lr.
      rewrite (sum_ext m _ (fun s => delta r s * (delta f g * c f r))) by (intros; ring).
      exact (sum_delta m r (fun _ => delta f g * c f r) lr).
Qed.
End Double.

(* The variance as it is stated. *)
Lemma centred (W : outcomes) (x : W -> R) (v : R) : is_mean W x 0 -> is_mean W (fun o => x o * x o) v ->
  has_mean W x /\ has_mean W (fun o => x o ^ 2) /\ - mean_of W x ^ 2 + mean_of W (fun o => x o ^ 2) = v.
Proof.
  intros zero square.
  assert (two : is_mean W (fun o => x o ^ 2) v) by (apply (is_mean_ext _ _ _ square); intros; ring).
  split; [exact (proj1 zero)|]. split; [exact (proj1 two)|]. rewrite (proj2 zero), (proj2 two). ring.
Qed.

(* What two deltas leave of a product. *)
Lemma both_same (f g r s : nat) (u v : R) : (f = g -> r = s -> u = v) -> delta f g * delta r s * u = delta f g *
  delta r s * v.
Proof.
  intros same. destruct (Nat.eq_dec f g) as [fg|no]; [|rewrite (delta_other f g no); ring].
  destruct (Nat.eq_dec r s) as [rs|no]; [|rewrite (delta_other r s no); ring]. now rewrite (same fg rs).
Qed.

Lemma one_same (a b : nat) (u v : R) : (a = b -> u = v) -> delta a b * u = delta a b * v.
Proof. intros same. destruct (Nat.eq_dec a b) as [ab|no]; [now rewrite (same ab)|rewrite (delta_other a b no); ring].
  Qed.

Lemma sum_of_products (n m : nat) (a b : nat -> R) (c : R) :
  sum n (fun f => sum m (fun r => c * a f * b r)) = c * sum n (fun f => a f) * sum m (fun r => b r).
Proof.
  rewrite Rmult_assoc, sum_prod, <- sum_scal_l. apply sum_ext. intros f _. rewrite <- sum_scal_l. apply sum_ext.
    intros. ring.
Qed.

(* The mean of a squared length is the sum of the mean squares. *)
Lemma mean_length (W : outcomes) (n : nat) (x : W -> nat -> R) :
  (forall f, (f < n)%nat -> has_mean W (fun o => x o f ^ 2)) ->
  mean_of W (fun o => sum n (fun f => x o f ^ 2)) = sum n (fun f => mean_of W (fun o => x o f * x o f)).
Proof.
  intros has. rewrite (is_mean_value _ _ _ (is_mean_sum W n (fun o f => x o f ^ 2) _ (fun f lf => is_mean_of W _ (has
    f lf)))).
  apply sum_ext. intros f _. apply mean_ext. intros. ring.
Qed.
