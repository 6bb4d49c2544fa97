(* X5. Printed from derivations/statements/x5.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* as written the score is odd *)
Definition odd_without_bias : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall s : nat -> R,
  forall h : nat -> R,
  let e_plus := sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * h f) + sum d_q (fun r : nat => W_s a r * s r)) * v a) in
  let e_minus := sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => - (W_h a f * h f)) + sum d_q (fun r : nat => - (W_s a r * s r))) * v a) in
  e_minus = - e_plus.

(* a score within epsilon of f at a point and at its opposite: half the sum of f at the two is within epsilon *)
Definition even_part_out_of_reach : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall s : nat -> R,
  forall h : nat -> R,
  forall f_plus : R,
  forall f_minus : R,
  forall epsilon : R,
  let e_plus := sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * h f) + sum d_q (fun r : nat => W_s a r * s r)) * v a) in
  let e_minus := sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => - (W_h a f * h f)) + sum d_q (fun r : nat => - (W_s a r * s r))) * v a) in
  ((Rabs (e_plus - f_plus) <= epsilon) /\
  (Rabs (e_minus - f_minus) <= epsilon)) ->
  Rabs (f_minus + f_plus) / 2 <= epsilon.

(* and so for the log-odds of two keys *)
Definition log_odds_out_of_reach : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall s : nat -> R,
  forall h : nat -> R,
  forall l : nat -> R,
  forall f_plus : R,
  forall f_minus : R,
  forall epsilon : R,
  let e_plus := sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * h f) + sum d_q (fun r : nat => W_s a r * s r)) * v a) in
  let e_minus := sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => - (W_h a f * h f)) + sum d_q (fun r : nat => - (W_s a r * s r))) * v a) in
  let e_other := sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * l f) + sum d_q (fun r : nat => W_s a r * s r)) * v a) in
  let e_other_minus := sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => - (W_h a f * l f)) + sum d_q (fun r : nat => - (W_s a r * s r))) * v a) in
  ((Rabs (e_other - e_plus + f_plus) <= epsilon) /\
  (Rabs (- e_minus + e_other_minus + f_minus) <= epsilon)) ->
  Rabs (f_minus + f_plus) / 2 <= epsilon.

(* log-odds within epsilon of the dot product's: the size of s.(h - h') is at most epsilon *)
Definition dot_product_out_of_reach : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d : nat, (1 <= d)%nat ->
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall s : nat -> R,
  forall h : nat -> R,
  forall l : nat -> R,
  forall epsilon : R,
  let e_plus := sum d_a (fun a : nat => tanh (sum d (fun f : nat => W_h a f * h f) + sum d (fun r : nat => W_s a r * s r)) * v a) in
  let e_minus := sum d_a (fun a : nat => tanh (sum d (fun f : nat => - (W_h a f * h f)) + sum d (fun r : nat => - (W_s a r * s r))) * v a) in
  let e_other := sum d_a (fun a : nat => tanh (sum d (fun f : nat => W_h a f * l f) + sum d (fun r : nat => W_s a r * s r)) * v a) in
  let e_other_minus := sum d_a (fun a : nat => tanh (sum d (fun f : nat => - (W_h a f * l f)) + sum d (fun r : nat => - (W_s a r * s r))) * v a) in
  ((Rabs (e_other - e_plus + sum d (fun r : nat => (h r - l r) * s r)) <= epsilon) /\
  (Rabs (- e_minus + e_other_minus + sum d (fun r : nat => (h r - l r) * s r)) <= epsilon)) ->
  Rabs (sum d (fun r : nat => (h r - l r) * s r)) <= epsilon.

(* scores within epsilon: weights within the factor exp(2 epsilon) *)
Definition weights_within_factor : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall f : nat -> R,
  forall epsilon : R,
  (forall j : nat, (j < n_k)%nat ->
  Rabs (e j - f j) <= epsilon) ->
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  let beta := fun j : nat => exp (f j) / sum n_k (fun l : nat => exp (f l)) in
  forall j : nat, (j < n_k)%nat ->
  (exp (- (2 * epsilon)) * alpha j <= beta j) /\
  (beta j <= exp (2 * epsilon) * alpha j).

(* a term that does not depend on the key never changes the weights *)
Definition term_in_query_alone_drops_out : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall c : R,
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  let beta := fun j : nat => exp (c + e j) / sum n_k (fun l : nat => exp (c + e l)) in
  forall j : nat, (j < n_k)%nat ->
  beta j = alpha j.

(* a product of two numbers by four units with the bias artanh(1/2) *)
Definition product_by_four_units : Prop :=
  forall x : R,
  forall y : R,
  forall h : R,
  forall R_max : R,
  forall b : R,
  (b = ln 3 / 2) ->
  ((0 < h) /\
  (Rabs x <= R_max) /\
  (Rabs y <= R_max)) ->
  Rabs (x * y - (tanh (b - h * (x - y)) + tanh (b + h * (x - y)) - tanh (b - h * (x + y)) - tanh (b + h * (x + y))) / (3 * h ^ 2)) <= 82 * R_max ^ 4 * h ^ 2 / 45.

(* so for every step h there is a score of four units with a bias that is as near on the whole square *)
Definition product_by_score : Prop :=
  forall h : R,
  forall R_max : R,
  (0 < h) ->
  exists v : nat -> R,
  (exists w_x : nat -> R,
  (exists w_y : nat -> R,
  (exists b : nat -> R,
  (forall x : R,
  forall y : R,
  ((Rabs x <= R_max) /\
  (Rabs y <= R_max)) ->
  Rabs (x * y - sum 4 (fun a : nat => tanh (x * w_x a + y * w_y a + b a) * v a)) <= 82 * R_max ^ 4 * h ^ 2 / 45)))).
