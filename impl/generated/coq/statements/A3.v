(* A3. Printed from derivations/statements/a3.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* expected score plus τ times entropy is τ log-sum-exp less τ times the divergence from softmax(e/τ) *)
Definition falls_short_by_divergence : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall tau : R,
  forall p : nat -> R,
  ((0 < tau) /\
  ((forall i : nat, (i < n_k)%nat ->
  0 <= p i) /\
  (sum n_k (fun i : nat => p i) = 1))) ->
  let x := fun m : nat => e m / tau in
  let alpha := fun j : nat => exp (x j) / sum n_k (fun l : nat => exp (x l)) in
  - (tau * sum n_k (fun i : nat => ln (p i) * p i)) + sum n_k (fun i : nat => e i * p i) = tau * ln (sum n_k (fun i : nat => exp (e i / tau))) - tau * sum n_k (fun i : nat => ln (p i / alpha i) * p i).

(* softmax(e/τ) is a distribution itself *)
Definition weights_are_a_distribution : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall tau : R,
  (0 < tau) ->
  let x := fun m : nat => e m / tau in
  let alpha := fun j : nat => exp (x j) / sum n_k (fun l : nat => exp (x l)) in
  (forall i : nat, (i < n_k)%nat ->
  0 < alpha i) /\
  (sum n_k (fun i : nat => alpha i) = 1).

(* no distribution reaches more than τ log-sum-exp, and softmax(e/τ) alone reaches it *)
Definition only_maximiser : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall tau : R,
  forall p : nat -> R,
  ((0 < tau) /\
  ((forall i : nat, (i < n_k)%nat ->
  0 <= p i) /\
  (sum n_k (fun i : nat => p i) = 1))) ->
  let x := fun m : nat => e m / tau in
  let alpha := fun j : nat => exp (x j) / sum n_k (fun l : nat => exp (x l)) in
  (- (tau * sum n_k (fun i : nat => ln (p i) * p i)) + sum n_k (fun i : nat => e i * p i) <= tau * ln (sum n_k (fun i : nat => exp (e i / tau)))) /\
  ((- (tau * sum n_k (fun i : nat => ln (p i) * p i)) + sum n_k (fun i : nat => e i * p i) = tau * ln (sum n_k (fun i : nat => exp (e i / tau)))) <->
  (forall i : nat, (i < n_k)%nat ->
  p i = alpha i)).

(* that maximum lies between max e and max e + τ ln n *)
Definition value_between : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall tau : R,
  (0 < tau) ->
  (largest n_k (fun i : nat => e i) <= tau * ln (sum n_k (fun i : nat => exp (e i / tau)))) /\
  (tau * ln (sum n_k (fun i : nat => exp (e i / tau))) <= tau * ln (INR n_k) + largest n_k (fun i : nat => e i)).

(* copies occupied by ligand k over all copies: the concentration s of empty ones cancels *)
Definition mass_action : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall K : nat -> R,
  forall y : nat -> R,
  forall s : R,
  forall k : nat, (k < n_k)%nat ->
  ((forall i : nat, (i < n_k)%nat ->
  0 < K i) /\
  (0 < s)) ->
  let a := fun j : nat => exp (y j) * K j in
  let theta := fun j : nat => a j / (sum n_k (fun l : nat => a l) + 1) in
  s * a k / (s + sum n_k (fun l : nat => s * a l)) = theta k.

(* the occupancy is the derivative of the logarithm of the binding polynomial by ln c_k *)
Definition occupancy_is_a_derivative : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall K : nat -> R,
  forall y : nat -> R,
  forall k : nat, (k < n_k)%nat ->
  (forall i : nat, (i < n_k)%nat ->
  0 < K i) ->
  let a := fun j : nat => exp (y j) * K j in
  let theta := fun j : nat => a j / (sum n_k (fun l : nat => a l) + 1) in
  is_derive (fun t : R => ln (sum n_k (fun l : nat => exp (t * delta k l + y l) * K l) + 1)) 0 (theta k).

(* with e/τ = ln(K c) the weights are the shares of the ligands among the occupied copies *)
Definition shares_of_occupied : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall K : nat -> R,
  forall y : nat -> R,
  forall e : nat -> R,
  forall tau : R,
  forall k : nat, (k < n_k)%nat ->
  ((forall i : nat, (i < n_k)%nat ->
  0 < K i) /\
  (0 < tau)) ->
  let a := fun j : nat => exp (y j) * K j in
  let theta := fun j : nat => a j / (sum n_k (fun l : nat => a l) + 1) in
  (forall i : nat, (i < n_k)%nat ->
  e i / tau = ln (a i)) ->
  let x := fun m : nat => e m / tau in
  let alpha := fun j : nat => exp (x j) / sum n_k (fun l : nat => exp (x l)) in
  theta k / sum n_k (fun l : nat => theta l) = alpha k.

(* the occupancies are softmax weights with one more score, 0 *)
Definition with_empty_site : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall K : nat -> R,
  forall y : nat -> R,
  forall e : nat -> R,
  forall tau : R,
  forall k : nat, (k < n_k)%nat ->
  ((forall i : nat, (i < n_k)%nat ->
  0 < K i) /\
  (0 < tau)) ->
  let a := fun j : nat => exp (y j) * K j in
  let theta := fun j : nat => a j / (sum n_k (fun l : nat => a l) + 1) in
  (forall i : nat, (i < n_k)%nat ->
  e i / tau = ln (a i)) ->
  let x := fun m : nat => e m / tau in
  theta k = exp (x k) / (sum n_k (fun l : nat => exp (x l)) + 1).

(* and not without it *)
Definition not_without_it : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall K : nat -> R,
  forall y : nat -> R,
  forall e : nat -> R,
  forall tau : R,
  forall k : nat, (k < n_k)%nat ->
  ((forall i : nat, (i < n_k)%nat ->
  0 < K i) /\
  (0 < tau)) ->
  let a := fun j : nat => exp (y j) * K j in
  let theta := fun j : nat => a j / (sum n_k (fun l : nat => a l) + 1) in
  (forall i : nat, (i < n_k)%nat ->
  e i / tau = ln (a i)) ->
  let x := fun m : nat => e m / tau in
  let alpha := fun j : nat => exp (x j) / sum n_k (fun l : nat => exp (x l)) in
  theta k <> alpha k.
