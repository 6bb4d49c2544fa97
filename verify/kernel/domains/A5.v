(* A5: the square of a rounded sum that is 1 or more. *)
From Coq Require Import Reals Lra Lia.
From Attnproof.theory Require Import prelude sums outcomes formats defined.
From Attnproof.needs Require Import A5.
Open Scope R_scope.

Lemma rounded_square_above (p e : nat) (x : R) :
  (1 <= p)%nat -> (1 <= e)%nat -> 0 <= x -> 0 < rounded p e (rounded p e (x + 1) ^ 2).
Proof.
  intros bits exponents least. pose proof (number_1 p e bits exponents) as one.
  assert (1 <= rounded p e (x + 1)) by (apply rounded_at_least; trivial; lra).
  assert (1 <= rounded p e (rounded p e (x + 1) ^ 2)) by (apply rounded_at_least; trivial; nra). lra.
Qed.

Theorem rounded_derivative_defined_holds : rounded_derivative_defined.
Proof.
  unfold rounded_derivative_defined. defined. apply other_than_zero, rounded_square_above; [lia | lia |]. not_negative.
Qed.
