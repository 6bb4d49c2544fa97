(* X1: the proofs of its propositions. *)
From Coq Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums softmax.
From Attnproof.statements Require Import X1.
Open Scope R_scope.

Theorem general_form_in_blocks_holds : general_form_in_blocks.
Proof.
  unfold general_form_in_blocks. intros d_q _ d_k _ Q x. rewrite (Nat.add_comm d_k d_q), sum_split.
  rewrite (sum_ext d_q _ (fun n => sum d_q (fun m => Q m n * x n * x m)
    + sum d_k (fun f => Q (d_q + f)%nat n * x (d_q + f)%nat * x n))).
  2:{ intros n _. rewrite sum_split. f_equal. apply sum_ext. intros. ring. }
  rewrite (sum_ext d_k _ (fun p => sum d_q (fun m => Q m (d_q + p)%nat * x (d_q + p)%nat * x m)
    + sum d_k (fun f => Q (d_q + f)%nat (d_q + p)%nat * x (d_q + f)%nat * x (d_q + p)%nat))).
  2:{ intros n _. rewrite sum_split. f_equal. apply sum_ext. intros. ring. }
  rewrite !sum_plus, (sum_swap d_q d_k).
  rewrite (sum_ext d_k (fun f => sum d_q (fun r => (_ + _) * _ * _))
    (fun f => sum d_q (fun i => Q (d_q + f)%nat i * x (d_q + f)%nat * x i)
      + sum d_q (fun m => Q m (d_q + f)%nat * x (d_q + f)%nat * x m))).
  2:{ intros f _. rewrite <- sum_plus. apply sum_ext. intros. ring. }
  rewrite sum_plus. ring.
Qed.

Lemma antisymmetric (n : nat) (M : nat -> nat -> R) (x : nat -> R) :
  (forall i j, (i < n)%nat -> (j < n)%nat -> M i j + M j i = 0) ->
  sum n (fun i => sum n (fun j => M j i * x j * x i)) = 0.
Proof.
  intros anti. assert (twice : sum n (fun i => sum n (fun j => M j i * x j * x i))
    = - sum n (fun i => sum n (fun j => M j i * x j * x i))); [|lra].
  rewrite <- sum_opp at 1. rewrite sum_swap. apply sum_ext. intros i below. rewrite <- sum_opp. apply sum_ext.
  intros j below'. replace (M i j) with (- M j i) by (pose proof (anti i j below below'); lra). ring.
Qed.

Definition value (n : nat) (Q : nat -> nat -> R) (x : nat -> R) : R :=
  sum n (fun j => sum n (fun i => Q i j * x i * x j)).


(* The form at unit vectors and at sums of two. *)
Lemma value_at_two (n : nat) (Q : nat -> nat -> R) (i j : nat) :
  (i < n)%nat -> (j < n)%nat ->
  value n Q (fun m => delta i m + delta j m) = Q i i + Q i j + Q j i + Q j j.
Proof.
  intros one two. unfold value.
  rewrite (sum_ext n _ (fun b => delta i b * (Q i b + Q j b) + delta j b * (Q i b + Q j b))).
  - rewrite sum_plus, (sum_delta n i (fun b => Q i b + Q j b)), (sum_delta n j (fun b => Q i b + Q j b)) by assumption.
    ring.
  - intros b _. rewrite (sum_ext n _ (fun a => delta i a * (Q a b * (delta i b + delta j b))
      + delta j a * (Q a b * (delta i b + delta j b)))) by (intros; ring).
    rewrite sum_plus, (sum_delta n i (fun a => Q a b * (delta i b + delta j b))),
      (sum_delta n j (fun a => Q a b * (delta i b + delta j b))) by assumption. ring.
Qed.

(* A form that is c at the sum of two unit vectors and 0 at twice each has the symmetric entry c. *)
Lemma entry (n : nat) (Q : nat -> nat -> R) (i j : nat) (c : R) :
  (i < n)%nat -> (j < n)%nat -> value n Q (fun m => delta i m + delta j m) = c ->
  value n Q (fun m => delta i m + delta i m) = 0 -> value n Q (fun m => delta j m + delta j m) = 0 -> Q i j + Q j i = c.
Proof. intros one two. rewrite !value_at_two by assumption. lra. Qed.

(* The bilinear score where one of the blocks is 0. *)
Lemma no_query (p q : nat) (W : nat -> nat -> R) (x : nat -> R) :
  (forall r, (r < p)%nat -> x r = 0) -> sum q (fun f => sum p (fun r => W r f * x (p + f)%nat * x r)) = 0.
Proof.
  intros none. rewrite (sum_ext q _ (fun _ => 0)); [apply sum_zero|]. intros f _.
  rewrite (sum_ext p _ (fun _ => 0)); [apply sum_zero|]. intros r below. rewrite (none r below). ring.
Qed.

Lemma no_key (p q : nat) (W : nat -> nat -> R) (x : nat -> R) :
  (forall f, (f < q)%nat -> x (p + f)%nat = 0) -> sum q (fun f => sum p (fun r => W r f * x (p + f)%nat * x r)) = 0.
Proof.
  intros none. rewrite (sum_ext q _ (fun _ => 0)); [apply sum_zero|]. intros f below.
  rewrite (sum_ext p _ (fun _ => 0)); [apply sum_zero|]. intros r _. rewrite (none f below). ring.
Qed.

Lemma bilinear_at_two (p q : nat) (W : nat -> nat -> R) (r f : nat) :
  (r < p)%nat -> (f < q)%nat ->
  sum q (fun g => sum p (fun t => W t g * (delta r (p + g) + delta (p + f) (p + g)) * (delta r t + delta (p + f) t)))
  = W r f.
Proof.
  intros row column. rewrite (sum_ext q _ (fun g => delta f g * W r g)).
  - now rewrite (sum_delta q f (W r)).
  - intros g _. rewrite (sum_ext p _ (fun t => delta r t * (W t g * delta f g))).
    + rewrite (sum_delta p r (fun t => W t g * delta f g)) by exact row. ring.
    + intros t below. rewrite (delta_other r (p + g)), (delta_other (p + f) t), delta_shift by lia. ring.
Qed.

Theorem exactly_these_forms_holds : exactly_these_forms.
Proof.
  unfold exactly_these_forms. intros d_q some_q d_k some_k W Q. split.
  - intros same. change (forall x, value (d_k + d_q) Q x
      = sum d_k (fun f => sum d_q (fun r => W r f * x (d_q + f)%nat * x r))) in same.
    assert (by_query : forall x, (forall f, (f < d_k)%nat -> x (d_q + f)%nat = 0) -> value (d_k + d_q) Q x = 0)
      by (intros x none; rewrite same; now apply no_key).
    assert (by_key : forall x, (forall r, (r < d_q)%nat -> x r = 0) -> value (d_k + d_q) Q x = 0)
      by (intros x none; rewrite same; now apply no_query).
    split; [|split]; intros.
    + rewrite Rplus_comm. apply (entry (d_k + d_q)); try lia; apply by_query; intros; rewrite !delta_other by lia; ring.
    + apply (entry (d_k + d_q)); try lia; apply by_key; intros; rewrite !delta_other by lia; ring.
    + rewrite Rplus_comm. apply (entry (d_k + d_q)); try lia.
      * rewrite same. now apply bilinear_at_two.
      * apply by_query. intros. rewrite !delta_other by lia. ring.
      * apply by_key. intros. rewrite !delta_other by lia. ring.
  - intros [queries [keys cross]] x. rewrite (general_form_in_blocks_holds d_q some_q d_k some_k Q x).
    rewrite (antisymmetric d_k (fun f p => Q (d_q + f)%nat (d_q + p)%nat) (fun f => x (d_q + f)%nat))
      by (intros; now apply keys).
    rewrite (sum_ext d_q _ (fun a => sum d_q (fun r => Q r a * x r * x a)))
      by (intros; apply sum_ext; intros; ring).
    rewrite (antisymmetric d_q Q x) by (intros i j below below'; rewrite Rplus_comm; now apply queries).
    rewrite !Rplus_0_r. apply sum_ext. intros f below. apply sum_ext. intros r below'. now rewrite cross.
Qed.

Theorem query_term_cancels_and_a_key_bias_supplies_the_other_holds :
  query_term_cancels_and_a_key_bias_supplies_the_other.
Proof.
  cbv delta [query_term_cancels_and_a_key_bias_supplies_the_other]. intros n_k some d_q _ d_k _ s k W A B.
  intros alpha b beta j below.
  set (e := fun l => b l + sum d_k (fun f => sum d_q (fun r => W r f * k l f * s r))).
  set (c := sum d_q (fun a => sum d_q (fun r => A r a * s a * s r))) in alpha.
  change (beta j) with (weight n_k e j). rewrite <- (weight_shift n_k e c j some). unfold alpha, weight.
  apply (f_equal2 Rdiv); [|apply sum_ext; intros]; f_equal; unfold e, b; ring.
Qed.

(* At h, -h and 0: an even function is an odd one and a constant. *)
Theorem key_term_is_a_loss_holds : key_term_is_a_loss.
Proof.
  unfold key_term_is_a_loss. intros d_q _ d_k _ s W B c same h.
  pose proof (same h) as here. pose proof (same (fun f => - h f)) as there. pose proof (same (fun _ => 0)) as origin.
  rewrite (sum_ext d_k _ (fun _ => 0)), sum_zero in origin
    by (intros; rewrite (sum_ext d_k _ (fun _ => 0)), sum_zero; [reflexivity | intros; ring]).
  rewrite (sum_ext d_k (fun f => sum d_q _) (fun _ => 0)), sum_zero in origin
    by (intros; rewrite (sum_ext d_q _ (fun _ => 0)), sum_zero; [reflexivity | intros; ring]).
  rewrite (sum_ext d_k (fun p => sum d_k _) (fun p => sum d_k (fun f => B f p * h f * h p))) in there
    by (intros; apply sum_ext; intros; ring).
  rewrite (sum_ext d_k (fun f => sum d_q _) (fun f => - sum d_q (fun r => W r f * h f * s r))), sum_opp in there
    by (intros; rewrite <- sum_opp; apply sum_ext; intros; ring).
  lra.
Qed.
