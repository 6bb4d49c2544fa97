(* B4. Printed from derivations/statements/b4.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* a bias c on the keys adds qᵀWc to every score of a query and leaves the weights as they are *)
Definition key_bias_adds_the_same_to_all_keys : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall q : nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall c : nat -> R,
  let alpha := fun j : nat => exp (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q r))) / sum n_k (fun l : nat => exp (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k l f * q r)))) in
  let beta := fun j : nat => exp (sum d_k (fun f : nat => sum d_q (fun r : nat => (c f + k j f) * W r f * q r))) / sum n_k (fun l : nat => exp (sum d_k (fun f : nat => sum d_q (fun r : nat => (c f + k l f) * W r f * q r)))) in
  forall j : nat, (j < n_k)%nat ->
  (sum d_k (fun f : nat => sum d_q (fun r : nat => (c f + k j f) * W r f * q r)) = sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * c f * q r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q r))) /\
  (beta j = alpha j).

(* a bias c_q on the query shifts the log-odds of keys i and j by c_qᵀW(k_i − k_j), whatever the query *)
Definition query_bias_is_a_bias_by_key : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall q : nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall c_q : nat -> R,
  let alpha := fun j : nat => exp (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q r))) / sum n_k (fun l : nat => exp (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k l f * q r)))) in
  let beta := fun j : nat => exp (sum d_k (fun f : nat => sum d_q (fun r : nat => (c_q r + q r) * W r f * k j f))) / sum n_k (fun l : nat => exp (sum d_k (fun f : nat => sum d_q (fun r : nat => (c_q r + q r) * W r f * k l f)))) in
  forall i : nat, (i < n_k)%nat ->
  forall j : nat, (j < n_k)%nat ->
  - ln (alpha i / alpha j) + ln (beta i / beta j) = sum d_k (fun f : nat => sum d_q (fun r : nat => (k i f - k j f) * W r f * c_q r)).

(* a query bias leaves the weights as they are exactly if c_qᵀW is orthogonal to all differences of keys *)
Definition query_bias_redundant_exactly_when : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall q : nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall c_q : nat -> R,
  let alpha := fun j : nat => exp (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q r))) / sum n_k (fun l : nat => exp (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k l f * q r)))) in
  let beta := fun j : nat => exp (sum d_k (fun f : nat => sum d_q (fun r : nat => (c_q r + q r) * W r f * k j f))) / sum n_k (fun l : nat => exp (sum d_k (fun f : nat => sum d_q (fun r : nat => (c_q r + q r) * W r f * k l f)))) in
  (forall j : nat, (j < n_k)%nat ->
  beta j = alpha j) <->
  (forall i : nat, (i < n_k)%nat ->
  forall j : nat, (j < n_k)%nat ->
  sum d_k (fun f : nat => sum d_q (fun r : nat => (k i f - k j f) * W r f * c_q r)) = 0).

(* for additive scores a bias on the keys can change the weights, at all sizes *)
Definition key_bias_counts_in_additive_scores : Prop :=
  forall n_k : nat, (2 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  exists q : nat -> R,
  (exists k : nat -> nat -> R,
  (exists c : nat -> R,
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (let alpha := fun j : nat => exp (sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q r)) * v a)) / sum n_k (fun l : nat => exp (sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * k l f) + sum d_q (fun r : nat => W_s a r * q r)) * v a))) in
  let beta := fun j : nat => exp (sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => (c f + k j f) * W_h a f) + sum d_q (fun r : nat => W_s a r * q r)) * v a)) / sum n_k (fun l : nat => exp (sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => (c f + k l f) * W_h a f) + sum d_q (fun r : nat => W_s a r * q r)) * v a))) in
  exists j : nat, (j < n_k)%nat /\
  (beta j <> alpha j))))))).

(* before a soft-cap κ tanh(e/κ) a key bias can change the weights, for every cap and at all sizes *)
Definition key_bias_counts_before_a_softcap : Prop :=
  forall n_k : nat, (2 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall kappa : R,
  (0 < kappa) ->
  exists q : nat -> R,
  (exists k : nat -> nat -> R,
  (exists W : nat -> nat -> R,
  (exists c : nat -> R,
  (let alpha := fun j : nat => exp (kappa * tanh (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q r)) / kappa)) / sum n_k (fun l : nat => exp (kappa * tanh (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k l f * q r)) / kappa))) in
  let beta := fun j : nat => exp (kappa * tanh (sum d_k (fun f : nat => sum d_q (fun r : nat => (c f + k j f) * W r f * q r)) / kappa)) / sum n_k (fun l : nat => exp (kappa * tanh (sum d_k (fun f : nat => sum d_q (fun r : nat => (c f + k l f) * W r f * q r)) / kappa))) in
  exists j : nat, (j < n_k)%nat /\
  (beta j <> alpha j))))).

(* with a sink a key bias changes every weight, unless qᵀWc is 0 *)
Definition key_bias_counts_with_a_sink : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall q : nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall c : nat -> R,
  forall c0 : R,
  let alpha := fun j : nat => exp (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q r))) / (exp c0 + sum n_k (fun l : nat => exp (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k l f * q r))))) in
  let beta := fun j : nat => exp (sum d_k (fun f : nat => sum d_q (fun r : nat => (c f + k j f) * W r f * q r))) / (exp c0 + sum n_k (fun l : nat => exp (sum d_k (fun f : nat => sum d_q (fun r : nat => (c f + k l f) * W r f * q r))))) in
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * c f * q r)) <> 0) ->
  forall j : nat, (j < n_k)%nat ->
  beta j <> alpha j.

(* with a sigmoid in place of the softmax a key bias changes every weight, unless qᵀWc is 0 *)
Definition key_bias_counts_under_a_sigmoid : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall q : nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall c : nat -> R,
  forall j : nat, (j < n_k)%nat ->
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * c f * q r)) <> 0) ->
  sigmoid (sum d_k (fun f : nat => sum d_q (fun r : nat => (c f + k j f) * W r f * q r))) <> sigmoid (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q r))).

(* added before pairs of components are rotated by the position, a key bias can change the weights exactly where two keys are rotated differently, in any of the pairs *)
Definition key_bias_counts_under_rotary_positions : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall m : nat, (1 <= m)%nat ->
  forall x : nat -> R,
  forall y : R,
  forall theta : nat -> R,
  (exists q : nat -> R,
  (exists k : nat -> nat -> R,
  (exists c : nat -> R,
  (let alpha := fun j : nat => exp (sum m (fun g : nat => (- (sin (y * theta g) * q (g + m)%nat) + cos (y * theta g) * q g) * (- (sin (theta g * x j) * k j (g + m)%nat) + cos (theta g * x j) * k j g) + (sin (y * theta g) * q g + cos (y * theta g) * q (g + m)%nat) * (sin (theta g * x j) * k j g + cos (theta g * x j) * k j (g + m)%nat))) / sum n_k (fun l : nat => exp (sum m (fun g : nat => (- (sin (y * theta g) * q (g + m)%nat) + cos (y * theta g) * q g) * (- (sin (theta g * x l) * k l (g + m)%nat) + cos (theta g * x l) * k l g) + (sin (y * theta g) * q g + cos (y * theta g) * q (g + m)%nat) * (sin (theta g * x l) * k l g + cos (theta g * x l) * k l (g + m)%nat)))) in
  let beta := fun j : nat => exp (sum m (fun g : nat => (- ((c (g + m)%nat + k j (g + m)%nat) * sin (theta g * x j)) + (c g + k j g) * cos (theta g * x j)) * (- (sin (y * theta g) * q (g + m)%nat) + cos (y * theta g) * q g) + ((c (g + m)%nat + k j (g + m)%nat) * cos (theta g * x j) + (c g + k j g) * sin (theta g * x j)) * (sin (y * theta g) * q g + cos (y * theta g) * q (g + m)%nat))) / sum n_k (fun l : nat => exp (sum m (fun g : nat => (- ((c (g + m)%nat + k l (g + m)%nat) * sin (theta g * x l)) + (c g + k l g) * cos (theta g * x l)) * (- (sin (y * theta g) * q (g + m)%nat) + cos (y * theta g) * q g) + ((c (g + m)%nat + k l (g + m)%nat) * cos (theta g * x l) + (c g + k l g) * sin (theta g * x l)) * (sin (y * theta g) * q g + cos (y * theta g) * q (g + m)%nat)))) in
  exists j : nat, (j < n_k)%nat /\
  (beta j <> alpha j))))) <->
  (exists i : nat, (i < n_k)%nat /\
  (exists j : nat, (j < n_k)%nat /\
  (exists g : nat, (g < m)%nat /\
  (cos ((x i - x j) * theta g) <> 1)))).

(* added before the keys are normalised, a key bias can change the weights, at all sizes *)
Definition key_bias_counts_for_normalised_keys : Prop :=
  forall n_k : nat, (2 <= n_k)%nat ->
  forall d : nat, (2 <= d)%nat ->
  exists q : nat -> R,
  (exists k : nat -> nat -> R,
  (exists c : nat -> R,
  ((forall j : nat, (j < n_k)%nat ->
  (0 < sum d (fun r : nat => k j r ^ 2)) /\
  (0 < sum d (fun r : nat => (c r + k j r) ^ 2))) /\
  (let alpha := fun j : nat => exp (sum d (fun r : nat => k j r * q r) / sqrt (sum d (fun r : nat => k j r ^ 2))) / sum n_k (fun l : nat => exp (sum d (fun r : nat => k l r * q r) / sqrt (sum d (fun r : nat => k l r ^ 2)))) in
  let beta := fun j : nat => exp (sum d (fun r : nat => (c r + k j r) * q r) / sqrt (sum d (fun r : nat => (c r + k j r) ^ 2))) / sum n_k (fun l : nat => exp (sum d (fun r : nat => (c r + k l r) * q r) / sqrt (sum d (fun r : nat => (c r + k l r) ^ 2)))) in
  exists j : nat, (j < n_k)%nat /\
  (beta j <> alpha j))))).

(* inside tanh the biases of query, key and unit enter as W_s c_q + W_h c + b alone: one of them can do it all *)
Definition one_bias_inside_tanh : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall q : nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall c_q : nat -> R,
  forall c : nat -> R,
  forall b : nat -> R,
  let z := fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q r) in
  let x := fun a : nat => b a + sum d_k (fun f : nat => W_h a f * c f) + sum d_q (fun r : nat => W_s a r * c_q r) in
  forall j : nat, (j < n_k)%nat ->
  forall a : nat, (a < d_a)%nat ->
  b a + sum d_k (fun f : nat => (c f + k j f) * W_h a f) + sum d_q (fun r : nat => (c_q r + q r) * W_s a r) = x a + z j a.

(* a query bias alone adds x to the argument of tanh exactly where W_s c_q = x, a key bias where W_h c = x *)
Definition one_bias_alone_inside_tanh : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall q : nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall c_q : nat -> R,
  forall c : nat -> R,
  forall x : nat -> R,
  ((forall j : nat, (j < n_k)%nat ->
  forall a : nat, (a < d_a)%nat ->
  sum d_q (fun r : nat => (c_q r + q r) * W_s a r) + sum d_k (fun f : nat => W_h a f * k j f) = x a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q r)) <->
  (forall a : nat, (a < d_a)%nat ->
  sum d_q (fun r : nat => W_s a r * c_q r) = x a)) /\
  ((forall j : nat, (j < n_k)%nat ->
  forall a : nat, (a < d_a)%nat ->
  sum d_k (fun f : nat => (c f + k j f) * W_h a f) + sum d_q (fun r : nat => W_s a r * q r) = x a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q r)) <->
  (forall a : nat, (a < d_a)%nat ->
  sum d_k (fun f : nat => W_h a f * c f) = x a)).
