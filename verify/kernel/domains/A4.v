(* A4: the sums of the counterexample are 3. *)
From Coq Require Import Reals Lra Lia.
From Attnproof.theory Require Import prelude sums formats defined.
From Attnproof.needs Require Import A4.
From Attnproof.proofs Require Import A4.
Open Scope R_scope.

Theorem not_associative_defined_holds : not_associative_defined.
Proof.
  intros p bits e exponents n some m l o [start [-> _]] m2 l2 o2.
  destruct (lost_beside_1 p e bits exponents) as [_ [_ [_ [_ [three [two _]]]]]].
  destruct (start 0%nat ltac:(lia)) as [m_0 l_0]. destruct (start 1%nat ltac:(lia)) as [m_1 l_1].
  destruct (start 2%nat ltac:(lia)) as [m_2 l_2].
  assert (one : rounded p e 1 = 1) by (apply number_1; lia).
  assert (zero : Rmax 0 0 = 0) by (apply Rmax_left; lra).
  repeat (split; [lia|]). unfold l2, m2. rewrite m_0, m_1, m_2, l_0, l_1, l_2, !zero.
  replace (- 0 + 0) with 0 by ring. replace (0 - 0) with 0 by ring. rewrite rounded_0, exp_0, one, !Rmult_1_l, one.
  replace (1 + 1) with 2 by ring. rewrite two, two. replace (2 + 1) with 3 by ring. replace (1 + 2) with 3 by ring.
  rewrite ?three. split; lra.
Qed.
