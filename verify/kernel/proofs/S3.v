(* S3: the proofs of its propositions. *)
From Coq Require Import Reals Lra Lia Psatz Arith.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums.
From Attnproof.statements Require Import S3.
Open Scope R_scope.

(* U x in its two blocks *)
Lemma in_blocks (p q : nat) (U x u s w h : nat -> R) :
  (forall r, (r < p)%nat -> x r = s r) -> (forall f, (f < q)%nat -> x (p + f)%nat = h f) ->
  (forall r, (r < p)%nat -> U r = u r) -> (forall f, (f < q)%nat -> U (p + f)%nat = w f) ->
  sum (q + p) (fun m => U m * x m) = sum q (fun f => w f * h f) + sum p (fun r => u r * s r).
Proof.
  intros xs xh Us Uh. rewrite Nat.add_comm, sum_split, Rplus_comm. f_equal; apply sum_ext; intros m below.
  - now rewrite Uh, xh.
  - now rewrite Us, xs.
Qed.

Theorem network_on_the_concatenation_holds : network_on_the_concatenation.
Proof.
  unfold network_on_the_concatenation. intros. destruct H6 as [[xs xh] blocks].
  apply sum_ext. intros a below. destruct (blocks a below) as [Us Uh].
  rewrite Rplus_assoc. erewrite <- in_blocks; eauto.
Qed.

Theorem network_without_bias_holds : network_without_bias.
Proof.
  unfold network_without_bias. intros. destruct H6 as [[xs xh] blocks].
  apply sum_ext. intros a below. destruct (blocks a below) as [Us Uh].
  erewrite <- in_blocks; eauto.
Qed.
