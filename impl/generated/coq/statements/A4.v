(* A4. Printed from derivations/statements/a4.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the merge of two blocks does not depend on their order *)
Definition commutative : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall m : nat -> R,
  forall l : nat -> R,
  forall o : nat -> R,
  forall i : nat, (i < n)%nat ->
  forall k : nat, (k < n)%nat ->
  let m2 := fun r : nat => fun f : nat => Rmax (m f) (m r) in
  let l2 := fun r : nat => fun f : nat => exp (- m2 r f + m f) * l f + exp (- m2 r f + m r) * l r in
  let o2 := fun r : nat => fun f : nat => exp (- m2 r f + m f) * o f + exp (- m2 r f + m r) * o r in
  (m2 i k = m2 k i) /\
  (l2 i k = l2 k i) /\
  (o2 i k = o2 k i).

(* the merge of three does not depend on which two come first *)
Definition associative : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall m : nat -> R,
  forall l : nat -> R,
  forall o : nat -> R,
  forall i : nat, (i < n)%nat ->
  forall k : nat, (k < n)%nat ->
  forall h : nat, (h < n)%nat ->
  let m2 := fun r : nat => fun f : nat => Rmax (m f) (m r) in
  let l2 := fun r : nat => fun f : nat => exp (- m2 r f + m f) * l f + exp (- m2 r f + m r) * l r in
  let o2 := fun r : nat => fun f : nat => exp (- m2 r f + m f) * o f + exp (- m2 r f + m r) * o r in
  let m_left := Rmax (m2 i k) (m h) in
  let l_left := exp (- m_left + m2 i k) * l2 i k + exp (- m_left + m h) * l h in
  let o_left := exp (- m_left + m2 i k) * o2 i k + exp (- m_left + m h) * o h in
  let m_right := Rmax (m2 k h) (m i) in
  let l_right := exp (- m_right + m2 k h) * l2 k h + exp (- m_right + m i) * l i in
  let o_right := exp (- m_right + m2 k h) * o2 k h + exp (- m_right + m i) * o i in
  (m_left = m_right) /\
  (l_left = l_right) /\
  (o_left = o_right).

(* the merge of two blocks of keys is what one pass over both gives, at all sizes *)
Definition as_in_one_pass : Prop :=
  forall n_1 : nat, (1 <= n_1)%nat ->
  forall n_2 : nat, (1 <= n_2)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall e : nat -> R,
  forall V : nat -> nat -> R,
  forall j : nat, (j < d_v)%nat ->
  let m_a := largest n_1 (fun r : nat => e r) in
  let l_a := sum n_1 (fun r : nat => exp (- m_a + e r)) in
  let o_a := fun p : nat => sum n_1 (fun r : nat => exp (- m_a + e r) * V r p) in
  let m_b := largest n_2 (fun r : nat => e (n_1 + r)%nat) in
  let l_b := sum n_2 (fun r : nat => exp (- m_b + e (n_1 + r)%nat)) in
  let o_b := fun p : nat => sum n_2 (fun r : nat => exp (- m_b + e (n_1 + r)%nat) * V (n_1 + r)%nat p) in
  let m_all := largest (n_1 + n_2)%nat (fun r : nat => e r) in
  let l_all := sum (n_1 + n_2)%nat (fun r : nat => exp (- m_all + e r)) in
  let o_all := fun p : nat => sum (n_1 + n_2)%nat (fun r : nat => exp (- m_all + e r) * V r p) in
  let m_merged := Rmax m_a m_b in
  (m_merged = m_all) /\
  (l_a * exp (m_a - m_merged) + l_b * exp (m_b - m_merged) = l_all) /\
  (exp (m_a - m_merged) * o_a j + exp (m_b - m_merged) * o_b j = o_all j).

(* the weighted sum over the sum is the context *)
Definition quotient_is_the_context : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall e : nat -> R,
  forall V : nat -> nat -> R,
  forall i : nat, (i < d_v)%nat ->
  let m := largest n_k (fun r : nat => e r) in
  let L := sum n_k (fun r : nat => exp (- m + e r)) in
  let o := fun p : nat => sum n_k (fun r : nat => exp (- m + e r) * V r p) in
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  o i / L = sum n_k (fun r : nat => V r i * alpha r).

(* a block may be kept with e^m for its maximum m: the same factors, and a merge has the larger one *)
Definition heights_for_maxima : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall m : nat -> R,
  forall i : nat, (i < n)%nat ->
  forall k : nat, (k < n)%nat ->
  let m2 := fun r : nat => fun f : nat => Rmax (m f) (m r) in
  let u := fun r : nat => exp (m r) in
  let u2 := fun r : nat => fun f : nat => Rmax (u f) (u r) in
  (u2 i k = exp (m2 i k)) /\
  (u i / u2 i k = exp (- m2 i k + m i)) /\
  (u k / u2 i k = exp (- m2 i k + m k)).

(* so the maximum −∞ of a block without keys is the height 0: with the sums 0 it is neutral *)
Definition empty_is_neutral : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall u : nat -> R,
  forall l : nat -> R,
  forall o : nat -> R,
  forall i : nat, (i < n)%nat ->
  forall k : nat, (k < n)%nat ->
  let u2 := fun r : nat => fun f : nat => Rmax (u f) (u r) in
  ((0 < u i) /\
  (u k = 0) /\
  (l k = 0) /\
  (o k = 0)) ->
  (u2 i k = u i) /\
  ((l i * u i + l k * u k) / u2 i k = l i) /\
  ((o i * u i + o k * u k) / u2 i k = o i).

(* but the factor in a merge of two is 0/0: every number is as good *)
Definition two_empty_ones_are_a_case_of_their_own : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall u : nat -> R,
  forall l : nat -> R,
  forall o : nat -> R,
  forall i : nat, (i < n)%nat ->
  forall k : nat, (k < n)%nat ->
  let u2 := fun r : nat => fun f : nat => Rmax (u f) (u r) in
  ((u i = 0) /\
  (u k = 0)) ->
  forall x : R,
  x * u2 i k = u i.
