(* odd_score: the proofs of its propositions. *)
From Coq Require Import Reals.
From Attnproof.theory Require Import prelude sums tanh.
From Attnproof.statements Require Import odd_score.
Open Scope R_scope.

Lemma odd_units (n m d : nat) (x : nat -> nat -> R) (y : nat -> nat -> R) (v : nat -> R) :
  sum d (fun a => tanh (sum m (fun f => - x a f) + sum n (fun r => - y a r)) * v a)
  = - sum d (fun a => tanh (sum m (fun f => x a f) + sum n (fun r => y a r)) * v a).
Proof.
  rewrite <- sum_opp. apply sum_ext. intros a _. rewrite (sum_opp m (fun f => x a f)), (sum_opp n (fun r => y a r)), <- Ropp_plus_distr, tanh_opp. apply Ropp_mult_distr_l_reverse.
Qed.

Theorem additive_holds : additive.
Proof.
  intros nq _ nk _ dq _ dk _ da _ q k Ws Wh v i _ j _.
  exact (odd_units dq dk da (fun a f => Wh a f * k j f) (fun a r => Ws a r * q i r) v).
Qed.

Theorem concatenated_holds : concatenated.
Proof.
  intros nq _ nk _ dq _ dk _ da _ q k W v i _ j _.
  exact (odd_units dq dk da (fun a f => W a (dq + f)%nat * k j f) (fun a r => W a r * q i r) v).
Qed.
