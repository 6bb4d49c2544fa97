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

(* a block without keys, of maximum −∞, has the height 0: with the sums 0 it is neutral *)
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

(* in a merge of two blocks without keys the factor is 0/0: every number is as good *)
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

(* with rounding the merge of two blocks is the same in both orders, to the last bit, by whatever exponential *)
Definition rounded_commutative : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall E : R -> R,
  forall n : nat, (1 <= n)%nat ->
  forall m : nat -> R,
  forall l : nat -> R,
  forall o : nat -> R,
  forall i : nat, (i < n)%nat ->
  forall k : nat, (k < n)%nat ->
  let m2 := fun r : nat => fun f : nat => Rmax (m f) (m r) in
  let l2 := fun r : nat => fun f : nat => rounded p e_max (rounded p e_max (E (rounded p e_max (- m2 r f + m f)) * l f) + rounded p e_max (E (rounded p e_max (- m2 r f + m r)) * l r)) in
  let o2 := fun r : nat => fun f : nat => rounded p e_max (rounded p e_max (E (rounded p e_max (- m2 r f + m f)) * o f) + rounded p e_max (E (rounded p e_max (- m2 r f + m r)) * o r)) in
  (m2 i k = m2 k i) /\
  (l2 i k = l2 k i) /\
  (o2 i k = o2 k i).

(* it is not associative: equal scores, values 1, 2^−p and 2^−p, in every format *)
Definition not_associative : Prop :=
  forall p : nat, (2 <= p)%nat ->
  forall e_max : nat, (3 <= e_max)%nat ->
  forall n : nat, (1 <= n)%nat ->
  forall m : nat -> R,
  forall l : nat -> R,
  forall o : nat -> R,
  ((forall i : nat, (i < n)%nat ->
  (m i = 0) /\
  (l i = 1)) /\
  ((n = 3)%nat) /\
  (o 0%nat = 1) /\
  (o 1%nat = / 2 ^ p) /\
  (o 2%nat = / 2 ^ p)) ->
  let m2 := fun r : nat => fun f : nat => Rmax (m f) (m r) in
  let l2 := fun r : nat => fun f : nat => rounded p e_max (rounded p e_max (rounded p e_max (exp (rounded p e_max (- m2 r f + m f))) * l f) + rounded p e_max (rounded p e_max (exp (rounded p e_max (- m2 r f + m r))) * l r)) in
  let o2 := fun r : nat => fun f : nat => rounded p e_max (rounded p e_max (rounded p e_max (exp (rounded p e_max (- m2 r f + m f))) * o f) + rounded p e_max (rounded p e_max (exp (rounded p e_max (- m2 r f + m r))) * o r)) in
  rounded p e_max (rounded p e_max (rounded p e_max (rounded p e_max (exp (rounded p e_max (m2 0%nat 1%nat - Rmax (m2 0%nat 1%nat) (m 2%nat)))) * o2 0%nat 1%nat) + rounded p e_max (rounded p e_max (exp (rounded p e_max (m 2%nat - Rmax (m2 0%nat 1%nat) (m 2%nat)))) * o 2%nat)) / rounded p e_max (rounded p e_max (rounded p e_max (exp (rounded p e_max (m2 0%nat 1%nat - Rmax (m2 0%nat 1%nat) (m 2%nat)))) * l2 0%nat 1%nat) + rounded p e_max (rounded p e_max (exp (rounded p e_max (m 2%nat - Rmax (m2 0%nat 1%nat) (m 2%nat)))) * l 2%nat))) <> rounded p e_max (rounded p e_max (rounded p e_max (rounded p e_max (exp (rounded p e_max (m2 1%nat 2%nat - Rmax (m2 1%nat 2%nat) (m 0%nat)))) * o2 1%nat 2%nat) + rounded p e_max (rounded p e_max (exp (rounded p e_max (m 0%nat - Rmax (m2 1%nat 2%nat) (m 0%nat)))) * o 0%nat)) / rounded p e_max (rounded p e_max (rounded p e_max (exp (rounded p e_max (m2 1%nat 2%nat - Rmax (m2 1%nat 2%nat) (m 0%nat)))) * l2 1%nat 2%nat) + rounded p e_max (rounded p e_max (exp (rounded p e_max (m 0%nat - Rmax (m2 1%nat 2%nat) (m 0%nat)))) * l 0%nat))).

(* the context of keys merged in any order, with at most D = d(0, n) merges above any key, u = 2^−p *)
Definition rounded_context : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall V : nat -> R,
  forall m : nat -> nat -> R,
  forall s : nat -> nat -> R,
  forall o : nat -> nat -> R,
  forall f : nat -> nat -> R,
  forall g : nat -> nat -> R,
  forall d : nat -> nat -> R,
  forall M : nat -> nat -> R,
  forall epsilon : R,
  ((0 <= epsilon) /\
  (epsilon < 1) /\
  (forall j : nat, (j < n_k)%nat ->
  (rounded p e_max (e j) = e j) /\
  (rounded p e_max (V j) = V j)) /\
  ((M 0%nat n_k = 1) /\
  (forall x : nat, (x < (n_k + 1)%nat)%nat ->
  forall y : nat, (y < (n_k + 1)%nat)%nat ->
  ((((x + 1)%nat <= y)%nat) /\
  (M x y = 1)) ->
  (((y = (x + 1)%nat)%nat) /\
  (m x y = e x) /\
  (s x y = 1) /\
  (o x y = V x) /\
  (d x y = 0)) \/
  (exists c : nat, (c < (n_k + 1)%nat)%nat /\
  ((((x + 1)%nat <= c)%nat) /\
  (((c + 1)%nat <= y)%nat) /\
  (M x c = 1) /\
  (M c y = 1) /\
  (m x y = Rmax (m c y) (m x c)) /\
  (Rabs (exp (rounded p e_max (m x c - m x y)) - f x y) <= epsilon * exp (rounded p e_max (m x c - m x y))) /\
  (Rabs (exp (rounded p e_max (m c y - m x y)) - g x y) <= epsilon * exp (rounded p e_max (m c y - m x y))) /\
  ((f x y * s x c = 0) \/
  (2 / 2 ^ e_max <= Rabs (f x y * s x c))) /\
  ((g x y * s c y = 0) \/
  (2 / 2 ^ e_max <= Rabs (g x y * s c y))) /\
  (s x y = rounded p e_max (rounded p e_max (f x y * s x c) + rounded p e_max (g x y * s c y))) /\
  ((f x y * o x c = 0) \/
  (2 / 2 ^ e_max <= Rabs (f x y * o x c))) /\
  ((g x y * o c y = 0) \/
  (2 / 2 ^ e_max <= Rabs (g x y * o c y))) /\
  (o x y = rounded p e_max (rounded p e_max (f x y * o x c) + rounded p e_max (g x y * o c y))) /\
  (d x c + 1 <= d x y) /\
  (d c y + 1 <= d x y))))) /\
  ((o 0%nat n_k / s 0%nat n_k = 0) \/
  (2 / 2 ^ e_max <= Rabs (o 0%nat n_k / s 0%nat n_k)))) ->
  let B := (epsilon / (1 - epsilon) + 2 / (2 ^ p * (1 - / 2 ^ p))) * d 0%nat n_k + (largest n_k (fun h : nat => - e h) + largest n_k (fun h : nat => e h)) / 2 ^ p in
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  Rabs (rounded p e_max (o 0%nat n_k / s 0%nat n_k) - sum n_k (fun j : nat => V j * alpha j)) <= (exp (2 * B + 1 / (2 ^ p * (1 - / 2 ^ p))) - 1) * sum n_k (fun j : nat => Rabs (V j) * alpha j).
