(* softmax_shift: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums softmax.
From Attnproof.statements Require Import softmax_shift.
Open Scope R_scope.

Lemma weights_quotient (n : nat) (e : nat -> R) (i k : nat) : (1 <= n)%nat -> weight n e i / weight n e k = exp (e i - e k).
Proof.
  intros some. rewrite (weight_ratio n e i k some). pose proof (weight_pos n e k some). field. lra.
Qed.

Theorem quotient_holds : quotient.
Proof. intros n some t i _ k _. exact (weights_quotient n t i k some). Qed.

Theorem log_odds_holds : log_odds.
Proof.
  intros n some t x i _ k _.
  change (ln (weight n (fun l => t l + x l) i / weight n (fun l => t l + x l) k)
    = ln (weight n t i / weight n t k) + x i - x k).
  rewrite !weights_quotient, !ln_exp by exact some. ring.
Qed.

Theorem unchanged_holds : unchanged.
Proof.
  intros n some t x.
  change ((forall i, (i < n)%nat -> weight n (fun l => t l + x l) i = weight n t i)
    <-> (forall i, (i < n)%nat -> forall k, (k < n)%nat -> x i = x k)).
  split; intros all.
  - intros i I k K. pose proof (weights_quotient n (fun l => t l + x l) i k some) as left.
    rewrite (all i I), (all k K), (weights_quotient n t i k some) in left. apply exp_inv in left. lra.
  - intros i I. rewrite <- (weight_shift n t (x i) i some). apply weight_ext; [exact I|].
    intros l L. now rewrite (all l L i I).
Qed.
