(* A2. Printed from derivations/statements/a2.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* GAT with a positive slope ranks the keys by a_2ᵀ W_h h_j, strictly and whatever the query *)
Definition gat_ranks_by_the_key : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall a1 : nat -> R,
  forall a2 : nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall h : nat -> nat -> R,
  forall s : nat -> R,
  forall lambda : R,
  forall j : nat, (j < n_k)%nat ->
  forall m : nat, (m < n_k)%nat ->
  (0 < lambda) ->
  (lambda * (sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h m f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s a r * a1 a * s r))) + (1 - lambda) * relu (sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h m f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s a r * a1 a * s r))) < lambda * (sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h j f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s a r * a1 a * s r))) + (1 - lambda) * relu (sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h j f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s a r * a1 a * s r)))) <->
  (sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h m f)) < sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h j f))).

(* so no two queries prefer different keys *)
Definition gat_same_order_for_every_query : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall a1 : nat -> R,
  forall a2 : nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall h : nat -> nat -> R,
  forall s : nat -> R,
  forall p : nat -> R,
  forall lambda : R,
  forall j : nat, (j < n_k)%nat ->
  forall m : nat, (m < n_k)%nat ->
  (0 < lambda) ->
  (lambda * (sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h m f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s a r * a1 a * s r))) + (1 - lambda) * relu (sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h m f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s a r * a1 a * s r))) < lambda * (sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h j f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s a r * a1 a * s r))) + (1 - lambda) * relu (sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h j f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s a r * a1 a * s r)))) <->
  (lambda * (sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h m f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s a r * a1 a * p r))) + (1 - lambda) * relu (sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h m f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s a r * a1 a * p r))) < lambda * (sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h j f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s a r * a1 a * p r))) + (1 - lambda) * relu (sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h j f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s a r * a1 a * p r)))).

(* with slope 0 the order is never reversed *)
Definition gat_with_relu_never_reverses : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall a1 : nat -> R,
  forall a2 : nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall h : nat -> nat -> R,
  forall s : nat -> R,
  forall j : nat, (j < n_k)%nat ->
  forall m : nat, (m < n_k)%nat ->
  (sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h m f)) <= sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h j f))) ->
  relu (sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h m f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s a r * a1 a * s r))) <= relu (sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h j f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s a r * a1 a * s r))).

(* but two keys with different parts may tie, at all sizes *)
Definition gat_with_relu_may_tie : Prop :=
  forall n_k : nat, (2 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  exists a1 : nat -> R,
  (exists a2 : nat -> R,
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists h : nat -> nat -> R,
  (exists s : nat -> R,
  (exists j : nat, (j < n_k)%nat /\
  (exists m : nat, (m < n_k)%nat /\
  ((sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h m f)) < sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h j f))) /\
  (relu (sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h m f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s a r * a1 a * s r))) = relu (sum d_k (fun f : nat => sum d_a (fun a : nat => W_h a f * a2 a * h j f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s a r * a1 a * s r)))))))))))).

(* GATv2 with two units and a slope from 0 and below 1: every query of width 1 prefers the key equal to it, by (1 − λ) times the distance of the other: the queries 0 and 1 among the keys 0 and 1 by 1 − λ *)
Definition two_units_prefer_the_equal_key : Prop :=
  forall lambda : R,
  forall x : R,
  forall y : R,
  ((0 <= lambda) /\
  (lambda < 1)) ->
  (- (lambda * (- x + y)) - lambda * (x - y) - (1 - lambda) * relu (- x + y) - (1 - lambda) * relu (x - y) = (lambda - 1) * Rabs (x - y)) /\
  ((0 < Rabs (x - y)) ->
  - (lambda * (- x + y)) - lambda * (x - y) - (1 - lambda) * relu (- x + y) - (1 - lambda) * relu (x - y) < 0) /\
  ((x = y) ->
  - (lambda * (- x + y)) - lambda * (x - y) - (1 - lambda) * relu (- x + y) - (1 - lambda) * relu (x - y) = 0).

(* GATv2 with one hidden unit and a positive slope ranks the keys alike for every query *)
Definition one_unit_is_static : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall w_s : nat -> R,
  forall w_h : nat -> R,
  forall v : R,
  forall h : nat -> nat -> R,
  forall s : nat -> R,
  forall p : nat -> R,
  forall lambda : R,
  forall j : nat, (j < n_k)%nat ->
  forall m : nat, (m < n_k)%nat ->
  (0 < lambda) ->
  (v * (lambda * (sum d_k (fun f : nat => h m f * w_h f) + sum d_q (fun r : nat => s r * w_s r)) + (1 - lambda) * relu (sum d_k (fun f : nat => h m f * w_h f) + sum d_q (fun r : nat => s r * w_s r))) < v * (lambda * (sum d_k (fun f : nat => h j f * w_h f) + sum d_q (fun r : nat => s r * w_s r)) + (1 - lambda) * relu (sum d_k (fun f : nat => h j f * w_h f) + sum d_q (fun r : nat => s r * w_s r)))) <->
  (v * (lambda * (sum d_k (fun f : nat => h m f * w_h f) + sum d_q (fun r : nat => p r * w_s r)) + (1 - lambda) * relu (sum d_k (fun f : nat => h m f * w_h f) + sum d_q (fun r : nat => p r * w_s r))) < v * (lambda * (sum d_k (fun f : nat => h j f * w_h f) + sum d_q (fun r : nat => p r * w_s r)) + (1 - lambda) * relu (sum d_k (fun f : nat => h j f * w_h f) + sum d_q (fun r : nat => p r * w_s r)))).

(* with slope 0 one unit ranks alike up to ties *)
Definition one_unit_with_relu_never_reverses : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall w_s : nat -> R,
  forall w_h : nat -> R,
  forall v : R,
  forall h : nat -> nat -> R,
  forall s : nat -> R,
  forall p : nat -> R,
  forall j : nat, (j < n_k)%nat ->
  forall m : nat, (m < n_k)%nat ->
  (v * relu (sum d_k (fun f : nat => h m f * w_h f) + sum d_q (fun r : nat => s r * w_s r)) < v * relu (sum d_k (fun f : nat => h j f * w_h f) + sum d_q (fun r : nat => s r * w_s r))) ->
  v * relu (sum d_k (fun f : nat => h m f * w_h f) + sum d_q (fun r : nat => p r * w_s r)) <= v * relu (sum d_k (fun f : nat => h j f * w_h f) + sum d_q (fun r : nat => p r * w_s r)).

(* with slope 1 GATv2 ranks the keys alike for every query, with any number of units *)
Definition slope_one_is_static : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall v : nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall h : nat -> nat -> R,
  forall s : nat -> R,
  forall p : nat -> R,
  forall j : nat, (j < n_k)%nat ->
  forall m : nat, (m < n_k)%nat ->
  (sum d_a (fun a : nat => (sum d_k (fun f : nat => W_h a f * h m f) + sum d_q (fun r : nat => W_s a r * s r)) * v a) < sum d_a (fun a : nat => (sum d_k (fun f : nat => W_h a f * h j f) + sum d_q (fun r : nat => W_s a r * s r)) * v a)) <->
  (sum d_a (fun a : nat => (sum d_k (fun f : nat => W_h a f * h m f) + sum d_q (fun r : nat => W_s a r * p r)) * v a) < sum d_a (fun a : nat => (sum d_k (fun f : nat => W_h a f * h j f) + sum d_q (fun r : nat => W_s a r * p r)) * v a)).
