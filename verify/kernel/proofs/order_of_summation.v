(* order_of_summation: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Attnproof.theory Require Import prelude.
From Attnproof.statements Require Import order_of_summation.
Open Scope R_scope.

Lemma in_any_order (n : nat) (G : nat -> nat -> R) :
  (forall x, (x < n + 1)%nat -> forall y, (y < n + 1)%nat -> (x + 1 <= y)%nat ->
    (y = (x + 1)%nat /\ G x y = 0) \/
    (exists c, (c < n + 1)%nat /\ ((x + 1 <= c)%nat /\ (c + 1 <= y)%nat /\ G x y = Rmax (G c y) (G x c) + 1))) ->
  forall k x y, (y - x <= k)%nat -> (x < y)%nat -> (y <= n)%nat -> G x y <= INR y - INR x - 1.
Proof.
  intros tree. induction k as [|k IH]; intros x y size less most; [lia|].
  destruct (tree x ltac:(lia) y ltac:(lia) ltac:(lia)) as [[-> ->]|[c [_ [left [right ->]]]]].
  - rewrite plus_INR. simpl. lra.
  - pose proof (IH x c ltac:(lia) ltac:(lia) ltac:(lia)) as front. pose proof (IH c y ltac:(lia) ltac:(lia) most) as back.
    apply le_INR in left, right. rewrite plus_INR in left, right. simpl in left, right.
    assert (Rmax (G c y) (G x c) <= INR y - INR x - 2) by (apply Rmax_lub; lra). lra.
Qed.

Theorem any_order_holds : any_order.
Proof.
  intros n some G tree. pose proof (in_any_order n G tree n 0 n ltac:(lia) ltac:(lia) (le_n n)) as bound.
  simpl (INR 0) in bound. lra.
Qed.

Lemma power_nat (n K : nat) : INR n <= 2 ^ K -> (n <= 2 ^ K)%nat.
Proof. intros less. apply INR_le. now rewrite pow_INR. Qed.

Theorem balanced_holds : balanced.
Proof.
  intros n some K g [first [halves power]].
  enough (all : forall m k L, (k <= m)%nat -> (1 <= k)%nat -> (k <= n)%nat -> (k <= 2 ^ L)%nat -> g k <= INR L).
  { apply (all n n K); auto. now apply power_nat. }
  induction m as [|m IH]; intros k L size least most few; [lia|].
  destruct (Nat.eq_dec k 1) as [->|more]; [rewrite first; apply pos_INR|].
  destruct L as [|L]; [simpl in few; lia|].
  destruct (halves k ltac:(lia) ltac:(lia)) as [i [_ [j [_ [sums [smaller [near ->]]]]]]].
  rewrite Nat.pow_succ_r' in few. set (P := (2 ^ L)%nat) in *. rewrite S_INR.
  apply Rplus_le_compat_r, Rmax_lub; apply IH; fold P; lia.
Qed.

Theorem blocks_holds : blocks.
Proof.
  intros b sb s ss G H [in_block of_blocks].
  pose proof (any_order_holds b sb G in_block). pose proof (any_order_holds s ss H of_blocks). lra.
Qed.

Theorem both_in_any_order_holds : both_in_any_order.
Proof.
  intros n some m also G tree. pose proof (any_order_holds (m + n)%nat ltac:(lia) G tree) as bound.
  rewrite plus_INR in bound. exact bound.
Qed.

Theorem both_balanced_holds : both_balanced.
Proof.
  intros n _ m _ K L [one other]. rewrite plus_INR, !pow_add, pow_1.
  pose proof (pow_R1_Rle 2 K ltac:(lra)). pose proof (pow_R1_Rle 2 L ltac:(lra)). nra.
Qed.

Theorem both_in_blocks_holds : both_in_blocks.
Proof.
  intros n _ m _ b some s _ t _ [one other]. rewrite !plus_INR. split; [lra|].
  apply le_INR in some. simpl in some. lra.
Qed.
