(* T1. Printed from derivations/statements/t1.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the derivative of weight i by score k *)
Definition entries : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  forall k : nat, (k < n_k)%nat ->
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  let J := fun j : nat => fun m : nat => (delta j m - alpha m) * alpha j in
  is_derive (fun t : R => exp (t * delta i k + e i) / sum n_k (fun l : nat => exp (t * delta k l + e l))) 0 (J i k).

(* the derivative of the weights along any direction is the Jacobian applied to it *)
Definition along_a_direction : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall u : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  let J := fun j : nat => fun m : nat => (delta j m - alpha m) * alpha j in
  is_derive (fun t : R => exp (t * u i + e i) / sum n_k (fun l : nat => exp (t * u l + e l))) 0 (sum n_k (fun j : nat => J i j * u j)).

(* it is symmetric *)
Definition symmetric : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  forall k : nat, (k < n_k)%nat ->
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  let J := fun j : nat => fun m : nat => (delta j m - alpha m) * alpha j in
  J i k = J k i.

(* it is positive semidefinite *)
Definition semidefinite : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall u : nat -> R,
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  let J := fun j : nat => fun m : nat => (delta j m - alpha m) * alpha j in
  0 <= sum n_k (fun j : nat => sum n_k (fun m : nat => J j m * u j * u m)).

(* its rows sum to 0 *)
Definition rows_sum_to_0 : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  let J := fun j : nat => fun m : nat => (delta j m - alpha m) * alpha j in
  sum n_k (fun j : nat => J i j) = 0.

(* its norm is at most 1/2 *)
Definition norm_at_most_half : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall u : nat -> R,
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  let J := fun j : nat => fun m : nat => (delta j m - alpha m) * alpha j in
  sum n_k (fun j : nat => sum n_k (fun m : nat => J j m * u m) ^ 2) <= sum n_k (fun j : nat => u j ^ 2) / 4.

(* two keys of equal scores attain it *)
Definition attained_by_two_keys : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  let J := fun j : nat => fun m : nat => (delta j m - alpha m) * alpha j in
  (((n_k = 2)%nat) /\
  (e 0%nat = e 1%nat)) ->
  exists u : nat -> R,
  ((sum n_k (fun j : nat => u j ^ 2) <> 0) /\
  (sum n_k (fun j : nat => sum n_k (fun m : nat => J j m * u m) ^ 2) = sum n_k (fun j : nat => u j ^ 2) / 4)).

(* with more than two keys no finite scores attain it *)
Definition never_attained_by_more : Prop :=
  forall n_k : nat, (3 <= n_k)%nat ->
  forall e : nat -> R,
  forall u : nat -> R,
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  let J := fun j : nat => fun m : nat => (delta j m - alpha m) * alpha j in
  (sum n_k (fun j : nat => u j ^ 2) <> 0) ->
  sum n_k (fun j : nat => sum n_k (fun m : nat => J j m * u m) ^ 2) < sum n_k (fun j : nat => u j ^ 2) / 4.

(* it is approached when two keys share all the weight equally: u = (1, -1, 0, ...), the other scores at -t *)
Definition approached : Prop :=
  forall n_k : nat, (2 <= n_k)%nat ->
  is_lim (fun t : R => sum n_k (fun i : nat => sum n_k (fun j : nat => (delta 0 j - delta 1 j) * (delta i j - exp (- (t * (- delta 0 j - delta 1 j + 1))) / sum n_k (fun l : nat => exp (- (t * (- delta 0 l - delta 1 l + 1))))) * exp (- (t * (- delta 0 i - delta 1 i + 1))) / sum n_k (fun l : nat => exp (- (t * (- delta 0 l - delta 1 l + 1))))) ^ 2)) p_infty (Finite (1 / 2)).

(* with one key it is 0 *)
Definition zero_for_one_key : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  forall k : nat, (k < n_k)%nat ->
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  let J := fun j : nat => fun m : nat => (delta j m - alpha m) * alpha j in
  ((n_k = 1)%nat) ->
  J i k = 0.
