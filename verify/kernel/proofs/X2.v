(* X2: the proofs of its propositions. *)
From Coq Require Import Reals Lra Lia Psatz Arith.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums exclusive.
From Attnproof.statements Require Import X2.
Open Scope R_scope.

Theorem scores_by_signs_holds : scores_by_signs.
Proof.
  unfold scores_by_signs. points; repeat split; intros;
    repeat match goal with both : _ /\ _ |- _ => destruct both end; lra.
Qed.

Theorem scores_with_a_constant_on_the_query_holds : scores_with_a_constant_on_the_query.
Proof. unfold scores_with_a_constant_on_the_query. points; lra. Qed.

Lemma zero_query (p q : nat) (s h : nat -> R) (W : nat -> nat -> R) :
  (forall r, (r < p)%nat -> s r = 0) -> sum q (fun f => sum p (fun r => W r f * h f * s r)) = 0.
Proof.
  intros zero. rewrite (sum_ext q _ (fun _ => 0)), sum_zero; [reflexivity|]. intros f _.
  rewrite (sum_ext p _ (fun _ => 0)), sum_zero; [reflexivity|]. intros r below. rewrite zero by exact below. ring.
Qed.

Theorem zero_query_scores_zero_holds : zero_query_scores_zero.
Proof. unfold zero_query_scores_zero. intros. now apply zero_query. Qed.

Theorem constant_on_the_key_changes_nothing_holds : constant_on_the_key_changes_nothing.
Proof.
  unfold constant_on_the_key_changes_nothing. intros d_q _ d_k _ s W x y [last last'].
  rewrite Nat.add_1_r. simpl sum. rewrite last, last'. ring.
Qed.

(* A matrix by its rows. *)
Definition matrix (a b c : nat -> R) (r f : nat) : R := match r with 0%nat => a f | 1%nat => b f | _ => c f end.

Ltac solved W := exists W; unfold matrix, vector; simpl; points; lra.
Ltac separated W theta := exists W, theta; unfold matrix, vector; simpl; points; split; intros; lra.

(* The query 0 scores 0 with its target and with the key 0. *)
Ltac contradiction_of_ranking can last :=
  specialize (can (vector 0 0 last) (vector 0 1 1) (vector 0 0 1) ltac:(at_points));
  unfold vector in can; simpl in can; lra.
Ltac contradiction_of_threshold can last :=
  let above := fresh in let below := fresh in
  destruct (can (vector 0 0 last) (vector 0 1 1) ltac:(at_points)) as [above _];
  destruct (can (vector 0 0 last) (vector 0 0 1) ltac:(at_points)) as [_ below];
  specialize (above ltac:(at_points)); specialize (below ltac:(at_points)); unfold vector in *; simpl in *; lra.

Theorem bits_none_holds : bits_none.
Proof.
  unfold bits_none. split.
  - intros [W can]. contradiction_of_ranking can 0.
  - intros [W [theta can]]. contradiction_of_threshold can 0.
Qed.

Theorem bits_key_holds : bits_key.
Proof.
  unfold bits_key. split.
  - intros [W can]. contradiction_of_ranking can 0.
  - intros [W [theta can]]. contradiction_of_threshold can 0.
Qed.

(* (2 s_1 - 1)(2 h_1 - 1) - (2 s_2 - 1)(2 h_2 - 1) *)
Definition bits : nat -> nat -> R := matrix (vector 4 0 (-2)) (vector 0 (-4) 2) (vector (-2) 2 0).

Theorem bits_both_holds : bits_both.
Proof. unfold bits_both. split; [solved bits | separated bits 1]. Qed.

(* One threshold: the key 0 scores 0 with every query; it is the target of (0, 1), and not of (0, 0). *)
Theorem bits_query_holds : bits_query.
Proof.
  unfold bits_query. split.
  - solved (matrix (vector 2 0 0) (vector 0 (-2) 0) (vector (-1) 1 0)).
  - intros [W [theta can]].
    destruct (can (vector 0 1 1) (vector 0 0 1) ltac:(at_points)) as [above _].
    destruct (can (vector 0 0 1) (vector 0 0 1) ltac:(at_points)) as [_ below].
    specialize (above ltac:(at_points)). specialize (below ltac:(at_points)). unfold vector in *. simpl in *. lra.
Qed.

(* s_1 h_1 - s_2 h_2 *)
Definition signs : nat -> nat -> R := matrix (vector 1 0 0) (vector 0 (-1) 0) (vector 0 0 0).

Theorem signs_none_holds : signs_none.
Proof. unfold signs_none. split; [solved signs | separated signs 1]. Qed.

Theorem signs_both_holds : signs_both.
Proof. unfold signs_both. split; [solved signs | separated signs 1]. Qed.

Theorem signs_query_holds : signs_query.
Proof. unfold signs_query. split; [solved signs | separated signs 1]. Qed.

Theorem signs_key_holds : signs_key.
Proof. unfold signs_key. split; [solved signs | separated signs 1]. Qed.
