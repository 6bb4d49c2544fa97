(* The largest of finitely many numbers: at least each, and one of them. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

Lemma largest_step (n : nat) (f : nat -> R) : largest (S (S n)) f = Rmax (largest (S n) f) (f (S n)).
Proof. reflexivity. Qed.

Lemma largest_ge (n : nat) (f : nat -> R) (i : nat) : (i < n)%nat -> f i <= largest n f.
Proof.
  destruct n as [|n]; [lia|]. induction n as [|n IH]; intros below.
  - assert (i = 0%nat) as -> by lia. simpl. lra.
  - rewrite largest_step. destruct (Nat.eq_dec i (S n)) as [->|other]; [apply Rmax_r|].
    eapply Rle_trans; [apply IH; lia | apply Rmax_l].
Qed.

Lemma largest_in (n : nat) (f : nat -> R) : (1 <= n)%nat -> exists k, (k < n)%nat /\ largest n f = f k.
Proof.
  destruct n as [|n]; [lia|]. intros _. induction n as [|n [k [K same]]].
  - exists 0%nat. split; [lia | reflexivity].
  - rewrite largest_step. destruct (Rle_dec (f (S n)) (largest (S n) f)) as [less|more].
    + exists k. split; [lia|]. rewrite Rmax_left by exact less. exact same.
    + exists (S n). split; [lia|]. apply Rmax_right. lra.
Qed.

Lemma largest_le (n : nat) (f : nat -> R) (c : R) :
  (1 <= n)%nat -> (forall i, (i < n)%nat -> f i <= c) -> largest n f <= c.
Proof. intros some each. destruct (largest_in n f some) as [k [K ->]]. now apply each. Qed.
