(* B2. Printed from derivations/statements/b2.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* every bias other than 0 inside tanh changes the weights of some keys *)
Definition changes_the_weights : Prop :=
  forall n_k : nat, (2 <= n_k)%nat ->
  forall v : R,
  forall b : R,
  ((v <> 0) /\
  (b <> 0)) ->
  exists z : nat -> R,
  (exists i : nat, (i < n_k)%nat /\
  (exp (v * tanh (b + z i)) / sum n_k (fun l : nat => exp (v * tanh (b + z l))) <> exp (v * tanh (z i)) / sum n_k (fun l : nat => exp (v * tanh (z l))))).

(* the slope of the log-odds of two keys in the bias of the only unit *)
Definition slope_of_log_odds : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall v : R,
  forall z : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  forall k : nat, (k < n_k)%nat ->
  forall b : R,
  is_derive (fun t : R => ln (exp (v * tanh (t + z i)) / sum n_k (fun l : nat => exp (v * tanh (t + z l)))) - ln (exp (v * tanh (t + z k)) / sum n_k (fun l : nat => exp (v * tanh (t + z l))))) b (v * (sech (b + z i) ^ 2 - sech (b + z k) ^ 2)).

(* where every bias exceeds the pre-activations of its unit, the weights are within (e^τ − 1)/n of uniform *)
Definition near_uniform : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall v : nat -> R,
  forall z : nat -> nat -> R,
  forall b : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  let Z := fun a : nat => largest n_k (fun j : nat => Rabs (z j a)) in
  let tau := sum d_a (fun a : nat => 2 * exp (- (2 * Rabs (b a)) + 2 * Z a) * Rabs (v a)) in
  let e := fun j : nat => sum d_a (fun a : nat => tanh (b a + z j a) * v a) in
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  (forall a : nat, (a < d_a)%nat ->
  (v a <> 0) ->
  Z a < Rabs (b a)) ->
  Rabs (alpha i - / INR n_k) <= (exp tau - 1) / INR n_k.

(* where the biases of all units with v ≠ 0 grow, to either side, the weights tend to uniform *)
Definition tends_to_uniform : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall v : nat -> R,
  forall z : nat -> nat -> R,
  forall b : nat -> R,
  forall c : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  (forall a : nat, (a < d_a)%nat ->
  (v a <> 0) ->
  c a <> 0) ->
  is_lim (fun t : R => let e := fun j : nat => sum d_a (fun a : nat => tanh (t * c a + b a + z j a) * v a) in
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  alpha i) p_infty (Finite (/ INR n_k)).

(* like e^−2b and no faster: the limit of e^2b times the log-odds, for one unit *)
Definition sharp : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall v : R,
  forall z : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  forall k : nat, (k < n_k)%nat ->
  is_lim (fun t : R => (ln (exp (v * tanh (t + z i)) / sum n_k (fun l : nat => exp (v * tanh (t + z l)))) - ln (exp (v * tanh (t + z k)) / sum n_k (fun l : nat => exp (v * tanh (t + z l))))) * exp (2 * t)) p_infty (Finite (2 * v * (exp (- (2 * z k)) - exp (- (2 * z i))))).

(* where some biases stay, the weights tend to the softmax of what their units say *)
Definition others_remain : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall v : nat -> R,
  forall z : nat -> nat -> R,
  forall b : nat -> R,
  forall g : nat -> R,
  forall c : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  (forall a : nat, (a < d_a)%nat ->
  ((g a = 0) \/
  (g a = 1)) /\
  (c a <> 0)) ->
  let r := fun j : nat => sum d_a (fun a : nat => (1 - g a) * tanh (b a + z j a) * v a) in
  let beta := fun j : nat => exp (r j) / sum n_k (fun l : nat => exp (r l)) in
  is_lim (fun t : R => let e := fun j : nat => sum d_a (fun a : nat => tanh (t * c a * g a + b a + z j a) * v a) in
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  alpha i) p_infty (Finite (beta i)).

(* which is uniform exactly if they say the same of every key *)
Definition uniform_only_if_equal : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  (forall i : nat, (i < n_k)%nat ->
  alpha i = / INR n_k) <->
  (forall i : nat, (i < n_k)%nat ->
  forall k : nat, (k < n_k)%nat ->
  e i = e k).
