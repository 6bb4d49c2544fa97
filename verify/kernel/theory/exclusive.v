(* Tactics for the exclusive-or: the four points by cases. *)
From Coq Require Import Reals Lra Lia.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* Each component of each point: its two values, one goal a choice; choices that a hypothesis excludes are closed. *)
Ltac points := intros; repeat match goal with
  | both : _ /\ _ |- _ => destruct both
  | feature : forall r : nat, (r < 2)%nat -> _ |- _ =>
      pose proof (feature 0%nat ltac:(lia)); pose proof (feature 1%nat ltac:(lia)); clear feature
  end; repeat match goal with
  | constant : ?x 2%nat = 1 |- _ => rewrite constant in *; clear constant
  | value : ?x 0%nat = _ \/ ?x 0%nat = _ |- _ => destruct value as [value|value]; rewrite value in *; clear value
  | value : ?x 1%nat = _ \/ ?x 1%nat = _ |- _ => destruct value as [value|value]; rewrite value in *; clear value
  end.

(* A vector by its entries. *)
Definition vector (a b c : R) (r : nat) : R := match r with 0%nat => a | 1%nat => b | _ => c end.

(* A given point satisfies what is asked of a point. *)
Ltac at_points := repeat match goal with given := vector _ _ _ |- _ => progress unfold given end;
  unfold vector; simpl; repeat split; intros;
  repeat match goal with below : (?r < 2)%nat |- _ => destruct r as [|[|r]]; [clear below|clear below|lia] end; lra.
