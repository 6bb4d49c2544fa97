(* Sizes as real numbers: at least 1, sums and products of them, and sums of ones. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums.
Open Scope R_scope.

Lemma size_ge_1 (n : nat) : (1 <= n)%nat -> 1 <= INR n.
Proof. intros some. change 1 with (INR 1). now apply le_INR. Qed.

(* Every hypothesis (1 <= n)%nat also in real numbers. *)
Ltac sizes := repeat match goal with
  | some : (1 <= ?n)%nat |- _ =>
      lazymatch goal with _ : 1 <= INR n |- _ => fail | _ => pose proof (size_ge_1 n some) end
  end.

(* Sums of ones as products of sizes, and sizes of sums as sums of sizes. *)
Ltac count := rewrite ?sum_const, ?plus_INR, ?mult_INR, ?pow_INR, ?plus_INR, ?mult_INR, ?plus_INR, ?mult_INR;
  try change (INR 1) with 1; try replace (INR 2) with 2 by (simpl; ring).

(* Two costs whose difference is a X - Y, X > 0: the first is less exactly for a < Y / X. *)
Lemma break_even (a X Y left right : R) : 0 < X -> left - right = a * X - Y -> left < right <-> a < Y / X.
Proof.
  intros above gap. assert (whole : Y / X * X = Y) by (field; lra). split; intros less.
  - apply (Rmult_lt_reg_r X); [exact above|]. lra.
  - apply (Rmult_lt_compat_r X) in less; [lra|exact above].
Qed.

Lemma lt_quotient (a x y : R) : 0 < y -> a * y < x -> a < x / y.
Proof.
  intros above less. apply (Rmult_lt_reg_r y); [exact above|].
  replace (x / y * y) with x by (field; lra). exact less.
Qed.

Lemma quotient_lt (a x y : R) : 0 < y -> x < a * y -> x / y < a.
Proof.
  intros above less. apply (Rmult_lt_reg_r y); [exact above|].
  replace (x / y * y) with x by (field; lra). exact less.
Qed.
