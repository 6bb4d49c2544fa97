(* Softmax weights by differences of scores: log-odds, and when two lists of scores have the same weights. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums softmax.
Open Scope R_scope.

Lemma log_odds (n : nat) (e : nat -> R) (i j : nat) :
  (1 <= n)%nat -> ln (weight n e i / weight n e j) = e i - e j.
Proof.
  intros some. pose proof (weight_pos n e j some). rewrite (weight_ratio n e i j some).
  replace (exp (e i - e j) * weight n e j / weight n e j) with (exp (e i - e j)) by (field; lra). apply ln_exp.
Qed.

Lemma same_weights (n : nat) (e f : nat -> R) :
  (1 <= n)%nat -> (forall j, (j < n)%nat -> weight n e j = weight n f j) <->
    (forall i j, (i < n)%nat -> (j < n)%nat -> e i - e j = f i - f j).
Proof.
  intros some. split.
  - intros same i j below below'. rewrite <- !(log_odds n _ i j some), !same by assumption. reflexivity.
  - intros same j below. rewrite <- (weight_shift n f (e j - f j) j some). apply weight_ext; [exact below|].
    intros l below'. pose proof (same l j below' below). lra.
Qed.

(* Where the difference of two keys' scores moves, one of their weights does. *)
Lemma some_weight_moves_between (n : nat) (e f : nat -> R) (i k : nat) :
  (i < n)%nat -> (k < n)%nat -> f i - f k <> e i - e k -> exists j, (j < n)%nat /\ weight n f j <> weight n e j.
Proof.
  intros I K moves. destruct (Req_dec (weight n f i) (weight n e i)) as [first|first]; [|now exists i].
  destruct (Req_dec (weight n f k) (weight n e k)) as [second|second]; [|now exists k].
  exfalso. apply moves. rewrite <- (log_odds n f), <- (log_odds n e), first, second by lia. reflexivity.
Qed.

Lemma some_weight_moves (n : nat) (e f : nat -> R) :
  (2 <= n)%nat -> f 0%nat - f 1%nat <> e 0%nat - e 1%nat -> exists j, (j < n)%nat /\ weight n f j <> weight n e j.
Proof. intros two. apply some_weight_moves_between; lia. Qed.
