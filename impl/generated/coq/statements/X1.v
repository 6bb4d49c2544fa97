(* X1. Printed from derivations/statements/x1.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* a form gives the bilinear score for all x = [s; h] exactly if the diagonal blocks of its symmetric part are 0 and the others W/2 and its transpose: that part is unique, the antisymmetric one is free *)
Definition exactly_these_forms : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall W : nat -> nat -> R,
  forall Q : nat -> nat -> R,
  (forall x : nat -> R,
  sum (d_k + d_q)%nat (fun n : nat => sum (d_k + d_q)%nat (fun m : nat => Q m n * x m * x n)) = sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * x (d_q + f)%nat * x r))) <->
  ((forall r : nat, (r < d_q)%nat ->
  forall a : nat, (a < d_q)%nat ->
  Q a r + Q r a = 0) /\
  (forall f : nat, (f < d_k)%nat ->
  forall p : nat, (p < d_k)%nat ->
  Q (d_q + f)%nat (d_q + p)%nat + Q (d_q + p)%nat (d_q + f)%nat = 0) /\
  (forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  Q (d_q + f)%nat r + Q r (d_q + f)%nat = W r f)).

(* a general form is a term in s alone, a bilinear score, and a term in h alone *)
Definition general_form_in_blocks : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall Q : nat -> nat -> R,
  forall x : nat -> R,
  sum (d_k + d_q)%nat (fun n : nat => sum (d_k + d_q)%nat (fun m : nat => Q m n * x m * x n)) = sum d_k (fun f : nat => sum d_q (fun r : nat => (Q (d_q + f)%nat r + Q r (d_q + f)%nat) * x (d_q + f)%nat * x r)) + sum d_k (fun p : nat => sum d_k (fun f : nat => Q (d_q + f)%nat (d_q + p)%nat * x (d_q + f)%nat * x (d_q + p)%nat)) + sum d_q (fun a : nat => sum d_q (fun r : nat => Q r a * x a * x r)).

(* the softmax weights of the three terms are those of the bilinear score with the bias h_jᵀ B h_j on key j *)
Definition query_term_cancels_and_a_key_bias_supplies_the_other : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall s : nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall A : nat -> nat -> R,
  forall B : nat -> nat -> R,
  let alpha := fun j : nat => exp (sum d_q (fun a : nat => sum d_q (fun r : nat => A r a * s a * s r)) + sum d_k (fun p : nat => sum d_k (fun f : nat => B f p * k j f * k j p)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * s r))) / sum n_k (fun l : nat => exp (sum d_q (fun a : nat => sum d_q (fun r : nat => A r a * s a * s r)) + sum d_k (fun p : nat => sum d_k (fun f : nat => B f p * k l f * k l p)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k l f * s r)))) in
  let b := fun j : nat => sum d_k (fun p : nat => sum d_k (fun f : nat => B f p * k j f * k j p)) in
  let beta := fun j : nat => exp (b j + sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * s r))) / sum n_k (fun l : nat => exp (b l + sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k l f * s r)))) in
  forall j : nat, (j < n_k)%nat ->
  alpha j = beta j.

(* no W, and no number that the query makes, supplies hᵀ B h for one query and all keys unless it is 0 for all h *)
Definition key_term_is_a_loss : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall s : nat -> R,
  forall W : nat -> nat -> R,
  forall B : nat -> nat -> R,
  forall c : R,
  (forall h : nat -> R,
  sum d_k (fun p : nat => sum d_k (fun f : nat => B f p * h f * h p)) = c + sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h f * s r))) ->
  forall h : nat -> R,
  sum d_k (fun p : nat => sum d_k (fun f : nat => B f p * h f * h p)) = 0.
