(* tanh_product: the proof of its proposition. *)
From Coq Require Import Reals.
From Attnproof.theory Require Import prelude tanh product_of_units.
From Attnproof.statements Require Import tanh_product.
Open Scope R_scope.

Theorem near_the_product_holds : near_the_product.
Proof.
  intros x y h r b [half square]. apply four_units; [|exact square].
  apply tanh_injective. rewrite half. symmetry. now apply tanh_bias.
Qed.
