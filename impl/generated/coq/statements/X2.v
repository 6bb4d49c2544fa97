(* X2. Printed from derivations/statements/x2.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* features −1 and 1: s_1 h_1 − s_2 h_2 is 2 for the target; of the others it is −2 where both features speak against it, else 0 *)
Definition scores_by_signs : Prop :=
  forall s : nat -> R,
  forall h : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  h 0%nat * s 0%nat - h 1%nat * s 1%nat = 2) /\
  (((h 0%nat <> s 0%nat) /\
  (h 1%nat = s 1%nat)) ->
  h 0%nat * s 0%nat - h 1%nat * s 1%nat = - 2) /\
  ((((h 0%nat = s 0%nat) /\
  (h 1%nat = s 1%nat)) \/
  ((h 0%nat <> s 0%nat) /\
  (h 1%nat <> s 1%nat))) ->
  h 0%nat * s 0%nat - h 1%nat * s 1%nat = 0).

(* features 0 and 1: (2 s_1 − 1) h_1 − (2 s_2 − 1) h_2, which a constant on the query makes bilinear, ranks every target first *)
Definition scores_with_a_constant_on_the_query : Prop :=
  forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (g r = 0) \/
  (g r = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  (2 * s 0%nat - 1) * g 0%nat - (2 * s 1%nat - 1) * g 1%nat < (2 * s 0%nat - 1) * h 0%nat - (2 * s 1%nat - 1) * h 1%nat.

(* a query of zeros scores 0 with every key, whatever W is *)
Definition zero_query_scores_zero : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall s : nat -> R,
  forall h : nat -> R,
  forall W : nat -> nat -> R,
  (forall r : nat, (r < d_q)%nat ->
  s r = 0) ->
  sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h f * s r)) = 0.

(* a constant 1 appended to the keys adds the same to all scores of a query: their differences stay *)
Definition constant_on_the_key_changes_nothing : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall s : nat -> R,
  forall W : nat -> nat -> R,
  forall x : nat -> R,
  forall y : nat -> R,
  ((x d_k = 1) /\
  (y d_k = 1)) ->
  sum (d_k + 1)%nat (fun f : nat => sum d_q (fun r : nat => W r f * s r * x f)) - sum (d_k + 1)%nat (fun f : nat => sum d_q (fun r : nat => W r f * s r * y f)) = sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * s r * x f)) - sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * s r * y f)).

(* features 0 and 1, no constant: the task cannot be solved *)
Definition bits_none : Prop :=
  (~ (exists W : nat -> nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (g r = 0) \/
  (g r = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 2 (fun f : nat => sum 2 (fun r : nat => W r f * g f * s r)) < sum 2 (fun f : nat => sum 2 (fun r : nat => W r f * h f * s r))))) /\
  (~ (exists W : nat -> nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 2 (fun f : nat => sum 2 (fun r : nat => W r f * h f * s r))) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 2 (fun f : nat => sum 2 (fun r : nat => W r f * h f * s r)) < theta))))).

(* features 0 and 1, a constant on both: the task can be solved, with one threshold for all pairs *)
Definition bits_both : Prop :=
  (exists W : nat -> nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (h 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (g r = 0) \/
  (g r = 1)) /\
  (g 2%nat = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 3 (fun f : nat => sum 3 (fun r : nat => W r f * g f * s r)) < sum 3 (fun f : nat => sum 3 (fun r : nat => W r f * h f * s r)))) /\
  (exists W : nat -> nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (h 2%nat = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 3 (fun f : nat => sum 3 (fun r : nat => W r f * h f * s r))) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 3 (fun f : nat => sum 3 (fun r : nat => W r f * h f * s r)) < theta)))).

(* features 0 and 1, a constant on the query: the targets can be ranked first, but not with one threshold for all pairs *)
Definition bits_query : Prop :=
  (exists W : nat -> nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (g r = 0) \/
  (g r = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 2 (fun f : nat => sum 3 (fun r : nat => W r f * g f * s r)) < sum 2 (fun f : nat => sum 3 (fun r : nat => W r f * h f * s r)))) /\
  (~ (exists W : nat -> nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 2 (fun f : nat => sum 3 (fun r : nat => W r f * h f * s r))) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 2 (fun f : nat => sum 3 (fun r : nat => W r f * h f * s r)) < theta))))).

(* features 0 and 1, a constant on the key: the task cannot be solved *)
Definition bits_key : Prop :=
  (~ (exists W : nat -> nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (h 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (g r = 0) \/
  (g r = 1)) /\
  (g 2%nat = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 3 (fun f : nat => sum 2 (fun r : nat => W r f * g f * s r)) < sum 3 (fun f : nat => sum 2 (fun r : nat => W r f * h f * s r))))) /\
  (~ (exists W : nat -> nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = 0) \/
  (s r = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = 0) \/
  (h r = 1)) /\
  (h 2%nat = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 3 (fun f : nat => sum 2 (fun r : nat => W r f * h f * s r))) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 3 (fun f : nat => sum 2 (fun r : nat => W r f * h f * s r)) < theta))))).

(* features −1 and 1, no constant: the task can be solved, with one threshold for all pairs *)
Definition signs_none : Prop :=
  (exists W : nat -> nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (g r = - 1) \/
  (g r = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 2 (fun f : nat => sum 2 (fun r : nat => W r f * g f * s r)) < sum 2 (fun f : nat => sum 2 (fun r : nat => W r f * h f * s r)))) /\
  (exists W : nat -> nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 2 (fun f : nat => sum 2 (fun r : nat => W r f * h f * s r))) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 2 (fun f : nat => sum 2 (fun r : nat => W r f * h f * s r)) < theta)))).

(* features −1 and 1, a constant on both: the task can be solved, with one threshold for all pairs *)
Definition signs_both : Prop :=
  (exists W : nat -> nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1)) /\
  (h 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (g r = - 1) \/
  (g r = 1)) /\
  (g 2%nat = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 3 (fun f : nat => sum 3 (fun r : nat => W r f * g f * s r)) < sum 3 (fun f : nat => sum 3 (fun r : nat => W r f * h f * s r)))) /\
  (exists W : nat -> nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1)) /\
  (h 2%nat = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 3 (fun f : nat => sum 3 (fun r : nat => W r f * h f * s r))) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 3 (fun f : nat => sum 3 (fun r : nat => W r f * h f * s r)) < theta)))).

(* features −1 and 1, a constant on the query: the task can be solved, with one threshold for all pairs *)
Definition signs_query : Prop :=
  (exists W : nat -> nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (g r = - 1) \/
  (g r = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 2 (fun f : nat => sum 3 (fun r : nat => W r f * g f * s r)) < sum 2 (fun f : nat => sum 3 (fun r : nat => W r f * h f * s r)))) /\
  (exists W : nat -> nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  (((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  (s 2%nat = 1)) /\
  (forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 2 (fun f : nat => sum 3 (fun r : nat => W r f * h f * s r))) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 2 (fun f : nat => sum 3 (fun r : nat => W r f * h f * s r)) < theta)))).

(* features −1 and 1, a constant on the key: the task can be solved, with one threshold for all pairs *)
Definition signs_key : Prop :=
  (exists W : nat -> nat -> R,
  (forall s : nat -> R,
  forall h : nat -> R,
  forall g : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1)) /\
  (h 2%nat = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (g r = - 1) \/
  (g r = 1)) /\
  (g 2%nat = 1)) /\
  ((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) /\
  ((g 0%nat <> s 0%nat) \/
  (g 1%nat = s 1%nat))) ->
  sum 3 (fun f : nat => sum 2 (fun r : nat => W r f * g f * s r)) < sum 3 (fun f : nat => sum 2 (fun r : nat => W r f * h f * s r)))) /\
  (exists W : nat -> nat -> R,
  (exists theta : R,
  (forall s : nat -> R,
  forall h : nat -> R,
  ((forall r : nat, (r < 2)%nat ->
  (s r = - 1) \/
  (s r = 1)) /\
  ((forall r : nat, (r < 2)%nat ->
  (h r = - 1) \/
  (h r = 1)) /\
  (h 2%nat = 1))) ->
  (((h 0%nat = s 0%nat) /\
  (h 1%nat <> s 1%nat)) ->
  theta < sum 3 (fun f : nat => sum 2 (fun r : nat => W r f * h f * s r))) /\
  (((h 0%nat <> s 0%nat) \/
  (h 1%nat = s 1%nat)) ->
  sum 3 (fun f : nat => sum 2 (fun r : nat => W r f * h f * s r)) < theta)))).
