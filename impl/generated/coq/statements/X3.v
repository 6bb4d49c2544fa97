(* X3. Printed from derivations/statements/x3.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* opposite corners of a parallelogram of keys have the same sum of scores *)
Definition opposite_corners_agree : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall s : nat -> R,
  forall W : nat -> nat -> R,
  forall c : nat -> R,
  forall u : nat -> R,
  forall w : nat -> R,
  let h00 := fun f : nat => c f in
  let h01 := fun f : nat => c f + w f in
  let h10 := fun f : nat => c f + u f in
  let h11 := fun f : nat => c f + u f + w f in
  sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h00 f * s r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h11 f * s r)) = sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h01 f * s r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h10 f * s r)).

(* no threshold has one pair of opposite corners above and the other below, and neither pair outscores the other *)
Definition inseparable : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall s : nat -> R,
  forall W : nat -> nat -> R,
  forall c : nat -> R,
  forall u : nat -> R,
  forall w : nat -> R,
  let h00 := fun f : nat => c f in
  let h01 := fun f : nat => c f + w f in
  let h10 := fun f : nat => c f + u f in
  let h11 := fun f : nat => c f + u f + w f in
  (~ (exists theta : R,
  ((theta < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h00 f * s r))) /\
  (theta < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h11 f * s r))) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h01 f * s r)) < theta) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h10 f * s r)) < theta)))) /\
  (~ (exists theta : R,
  ((theta < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h01 f * s r))) /\
  (theta < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h10 f * s r))) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h00 f * s r)) < theta) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h11 f * s r)) < theta)))) /\
  (~ ((sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h01 f * s r)) < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h00 f * s r))) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h01 f * s r)) < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h11 f * s r))) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h10 f * s r)) < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h00 f * s r))) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h10 f * s r)) < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h11 f * s r))))) /\
  (~ ((sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h00 f * s r)) < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h01 f * s r))) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h00 f * s r)) < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h10 f * s r))) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h11 f * s r)) < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h01 f * s r))) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h11 f * s r)) < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h10 f * s r))))).

(* so it is for keys whose first two features take any two values, 0 and 1 or −1 and 1, whatever the query and the other components are, a constant among them *)
Definition for_two_features : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (2 <= d_k)%nat ->
  forall s : nat -> R,
  forall W : nat -> nat -> R,
  forall c : nat -> R,
  forall low : R,
  forall high : R,
  let h00 := fun f : nat => low * delta 0 f + low * delta 1 f + (1 - delta 0 f) * (1 - delta 1 f) * c f in
  let h01 := fun f : nat => high * delta 1 f + low * delta 0 f + (1 - delta 0 f) * (1 - delta 1 f) * c f in
  let h10 := fun f : nat => high * delta 0 f + low * delta 1 f + (1 - delta 0 f) * (1 - delta 1 f) * c f in
  let h11 := fun f : nat => high * delta 0 f + high * delta 1 f + (1 - delta 0 f) * (1 - delta 1 f) * c f in
  (~ (exists theta : R,
  ((theta < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h00 f * s r))) /\
  (theta < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h11 f * s r))) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h01 f * s r)) < theta) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h10 f * s r)) < theta)))) /\
  (~ (exists theta : R,
  ((theta < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h01 f * s r))) /\
  (theta < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h10 f * s r))) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h00 f * s r)) < theta) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h11 f * s r)) < theta)))) /\
  (~ ((sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h01 f * s r)) < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h00 f * s r))) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h01 f * s r)) < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h11 f * s r))) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h10 f * s r)) < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h00 f * s r))) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h10 f * s r)) < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h11 f * s r))))) /\
  (~ ((sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h00 f * s r)) < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h01 f * s r))) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h00 f * s r)) < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h10 f * s r))) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h11 f * s r)) < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h01 f * s r))) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h11 f * s r)) < sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * h10 f * s r))))).

(* dot and scaled dot scores are bilinear: W is a multiple of the identity *)
Definition dot_scores_are_bilinear : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall s : nat -> R,
  forall h : nat -> R,
  forall lambda : R,
  let W := fun r : nat => fun f : nat => lambda * delta f r in
  sum d (fun f : nat => sum d (fun r : nat => W r f * h f * s r)) = lambda * sum d (fun r : nat => h r * s r).
