(* S2. Printed from derivations/statements/s2.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* with the key fixed, the score of a combination of queries is the combination of their scores *)
Definition linear_in_the_query : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall p : nat -> nat -> R,
  forall lambda : R,
  forall mu : R,
  let x := fun i : nat => fun r : nat => lambda * q i r + mu * p i r in
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * x i r)) = lambda * sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) + mu * sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * p i r)).

(* with the query fixed, the score of a combination of keys is the combination of their scores *)
Definition linear_in_the_key : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall g : nat -> nat -> R,
  forall lambda : R,
  forall mu : R,
  let y := fun j : nat => fun f : nat => lambda * k j f + mu * g j f in
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * q i r * y j f)) = lambda * sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) + mu * sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * g j f * q i r)).

(* both scaled by one factor: the score takes its square *)
Definition quadratic_in_both : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall lambda : R,
  let x := fun i : nat => fun r : nat => lambda * q i r in
  let y := fun j : nat => fun f : nat => lambda * k j f in
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * x i r * y j f)) = lambda ^ 2 * sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)).

(* at all sizes there are vectors, a matrix and a factor for which the score does not just take the factor *)
Definition not_linear_in_both : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  exists q : nat -> nat -> R,
  (exists k : nat -> nat -> R,
  (exists W : nat -> nat -> R,
  (exists lambda : R,
  (let x := fun i : nat => fun r : nat => lambda * q i r in
  let y := fun j : nat => fun f : nat => lambda * k j f in
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * x i r * y j f)) <> lambda * sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)))))).
