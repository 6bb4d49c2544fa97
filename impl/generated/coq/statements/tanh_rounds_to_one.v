(* tanh_rounds_to_one. Printed from derivations/statements/lemmas/tanh_rounds_to_one.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* tanh is below 1 in size *)
Definition below_1 : Prop :=
  forall z : R,
  Rabs (tanh z) < 1.

(* rounded with p bits it is 1 exactly from ½ ln(2^(p + 2) − 1) on *)
Definition rounded_to_1 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (2 <= e_max)%nat ->
  forall z : R,
  (rounded p e_max (tanh z) = 1) <->
  (ln (2 ^ (p + 2)%nat - 1) / 2 <= z).

(* and −1 exactly down from minus that *)
Definition rounded_to_minus_1 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (2 <= e_max)%nat ->
  forall z : R,
  (rounded p e_max (tanh z) = - 1) <->
  (z <= - (ln (2 ^ (p + 2)%nat - 1) / 2)).
