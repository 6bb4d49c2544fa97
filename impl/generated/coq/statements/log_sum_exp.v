(* log_sum_exp. Printed from derivations/statements/lemmas/log_sum_exp.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* g(σ) is at least σ times the largest score, σ ≥ 0 *)
Definition above_maximum : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall z : nat -> R,
  forall sigma : R,
  (0 <= sigma) ->
  sigma * largest n_k (fun j : nat => z j) <= ln (sum n_k (fun j : nat => exp (sigma * z j))).

(* its slope is the mean of the scores under the softmax of σ z *)
Definition slope : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall z : nat -> R,
  forall sigma : R,
  let alpha := fun j : nat => exp (sigma * z j) / sum n_k (fun l : nat => exp (sigma * z l)) in
  is_derive (fun t : R => ln (sum n_k (fun j : nat => exp (t * z j)))) sigma (sum n_k (fun i : nat => alpha i * z i)).

(* which is at most the largest score *)
Definition slope_at_most : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall z : nat -> R,
  forall sigma : R,
  let alpha := fun j : nat => exp (sigma * z j) / sum n_k (fun l : nat => exp (sigma * z l)) in
  sum n_k (fun i : nat => alpha i * z i) <= largest n_k (fun j : nat => z j).

(* from s to σ ≥ s it grows by at most its slope at σ allows *)
Definition chord : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall z : nat -> R,
  forall sigma : R,
  forall s : R,
  (s <= sigma) ->
  let alpha := fun j : nat => exp (sigma * z j) / sum n_k (fun l : nat => exp (sigma * z l)) in
  - ln (sum n_k (fun j : nat => exp (s * z j))) + ln (sum n_k (fun j : nat => exp (sigma * z j))) <= (- s + sigma) * sum n_k (fun i : nat => alpha i * z i).
