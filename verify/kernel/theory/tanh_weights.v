(* Softmax weights of scores that are made by tanh: a shift inside tanh changes them. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums softmax tanh.
Open Scope R_scope.

Lemma weight_equal (n : nat) (e f : nat -> R) (i k : nat) :
  (1 <= n)%nat -> weight n e i = weight n f i -> weight n e k = weight n f k -> e k - e i = f k - f i.
Proof.
  intros some at_i at_k.
  pose proof (weight_ratio n e k i some) as left. pose proof (weight_ratio n f k i some) as right.
  rewrite at_i, at_k, right in left. pose proof (weight_pos n f i some).
  apply Rmult_eq_reg_r in left; [|lra]. now apply exp_inv in left.
Qed.

(* tanh (2 x) is not twice tanh x. *)
Lemma tanh_not_linear (x : R) : x <> 0 -> tanh (x + x) - tanh x <> tanh x.
Proof.
  intros some same. rewrite tanh_plus in same.
  assert (nonzero : tanh x <> 0) by (intros nought; rewrite <- tanh_zero in nought; now apply some, tanh_injective).
  set (f := tanh x) in *. assert (big : 1 + f * f <> 0) by nra.
  assert (twice : (f + f) / (1 + f * f) = 2 * f) by lra.
  apply (f_equal (fun y => y * (1 + f * f))) in twice.
  replace ((f + f) / (1 + f * f) * (1 + f * f)) with (f + f) in twice by (field; exact big).
  assert (f * (f * f) = 0) as cube by lra.
  destruct (Rmult_integral _ _ cube) as [|square]; [auto|]. destruct (Rmult_integral _ _ square); auto.
Qed.

(* The scores v tanh (s x) of the keys 0, b, 0, ... *)
Lemma shift_changes (n : nat) (v s b : R) :
  (2 <= n)%nat -> v <> 0 -> s <> 0 -> b <> 0 ->
  exists (e : nat -> R) (i : nat), (i < n)%nat
    /\ weight n (fun l => v * tanh (s * (b + e l))) i <> weight n (fun l => v * tanh (s * e l)) i.
Proof.
  intros two scale slope some. exists (fun l => delta 1 l * b).
  set (after := fun l => v * tanh (s * (b + delta 1 l * b))). set (before := fun l => v * tanh (s * (delta 1 l * b))).
  destruct (Req_dec (weight n after 0) (weight n before 0)) as [zero|]; [|exists 0%nat; split; [lia | assumption]].
  destruct (Req_dec (weight n after 1) (weight n before 1)) as [one|]; [|exists 1%nat; split; [lia | assumption]].
  exfalso. pose proof (weight_equal n after before 0 1 ltac:(lia) zero one) as same.
  unfold after, before, delta in same. simpl in same.
  replace (s * (b + 1 * b)) with (s * b + s * b) in same by ring. replace (s * (b + 0 * b)) with (s * b) in same by ring.
  replace (s * (1 * b)) with (s * b) in same by ring. replace (s * (0 * b)) with 0 in same by ring.
  rewrite tanh_zero in same.
  apply (tanh_not_linear (s * b)); [now apply Rmult_integral_contrapositive_currified|].
  apply (Rmult_eq_reg_l v); lra.
Qed.

(* Beyond z on either side, tanh is within 2 exp (-2 x) of the sign. *)
Lemma tanh_tail (x : R) : 0 <= 1 - tanh x <= 2 * exp (- (2 * x)).
Proof.
  rewrite tanh_exp, exp_Ropp. pose proof (exp_pos (2 * x)) as above.
  replace (1 - (1 - 2 / (1 + exp (2 * x)))) with (2 * / (1 + exp (2 * x))) by (unfold Rdiv; ring).
  assert (0 < / (1 + exp (2 * x))) by (apply Rinv_0_lt_compat; lra).
  assert (/ (1 + exp (2 * x)) <= / exp (2 * x)) by (apply Rinv_le_contravar; lra). lra.
Qed.

Lemma exp_le (x y : R) : x <= y -> exp x <= exp y.
Proof. intros [less| ->]; [apply Rlt_le, exp_increasing, less | apply Rle_refl]. Qed.

(* Two values on the same side of 0, the bias b being larger than Z *)
Lemma tanh_close (b x y Z : R) :
  Z < Rabs b -> Rabs x <= Z -> Rabs y <= Z -> Rabs (tanh (b + x) - tanh (b + y)) <= 2 * exp (- (2 * Rabs b) + 2 * Z).
Proof.
  assert (right : forall b x y, 0 <= b -> Rabs x <= Z -> Rabs y <= Z ->
    Rabs (tanh (b + x) - tanh (b + y)) <= 2 * exp (- (2 * b) + 2 * Z)).
  { clear b x y. intros b x y _ X Y. apply Rabs_le_between in X. apply Rabs_le_between in Y.
    pose proof (tanh_tail (b + x)). pose proof (tanh_tail (b + y)).
    assert (exp (- (2 * (b + x))) <= exp (- (2 * b) + 2 * Z)) by (apply exp_le; lra).
    assert (exp (- (2 * (b + y))) <= exp (- (2 * b) + 2 * Z)) by (apply exp_le; lra).
    apply Rabs_le. lra. }
  intros beyond X Y. destruct (Rle_dec 0 b) as [positive|negative].
  - rewrite (Rabs_pos_eq b) by exact positive. now apply right.
  - rewrite (Rabs_left b) by lra.
    replace (tanh (b + x) - tanh (b + y)) with (- (tanh (- b + - x) - tanh (- b + - y))).
    + rewrite Rabs_Ropp. apply right; [lra | now rewrite Rabs_Ropp..].
    + replace (- b + - x) with (- (b + x)) by ring. replace (- b + - y) with (- (b + y)) by ring.
      rewrite !tanh_opp. ring.
Qed.

(* Scores within tau of each other: weights within (e^tau - 1)/n of 1/n. *)
Lemma weight_near_uniform (n : nat) (e : nat -> R) (tau : R) (i : nat) :
  (i < n)%nat -> (forall l, (l < n)%nat -> Rabs (e l - e i) <= tau) ->
  Rabs (weight n e i - / INR n) <= (exp tau - 1) / INR n.
Proof.
  intros below near. rewrite weight_differences by lia.
  assert (size : 0 < INR n) by (apply lt_0_INR; lia).
  assert (upper : sum n (fun l => exp (e l - e i)) <= INR n * exp tau).
  { rewrite <- sum_const. apply sum_le. intros l L. apply exp_le.
    pose proof (near l L) as close. apply Rabs_le_between in close. lra. }
  assert (lower : INR n * exp (- tau) <= sum n (fun l => exp (e l - e i))).
  { rewrite <- sum_const. apply sum_le. intros l L. apply exp_le.
    pose proof (near l L) as close. apply Rabs_le_between in close. lra. }
  assert (tau_pos : 1 <= exp tau).
  { rewrite <- exp_0. apply exp_le. pose proof (near i below) as own. replace (e i - e i) with 0 in own by ring.
    rewrite Rabs_R0 in own. exact own. }
  set (s := sum n (fun l => exp (e l - e i))) in *. rewrite exp_Ropp in lower.
  assert (positive : 0 < INR n * / exp tau) by (apply Rmult_lt_0_compat; [exact size | apply Rinv_0_lt_compat; lra]).
  assert (high : / s <= exp tau / INR n).
  { replace (exp tau / INR n) with (/ (INR n * / exp tau)) by (field; lra). now apply Rinv_le_contravar. }
  assert (low : / exp tau / INR n <= / s).
  { replace (/ exp tau / INR n) with (/ (INR n * exp tau)) by (field; lra). apply Rinv_le_contravar; lra. }
  assert (two : 2 - exp tau <= / exp tau).
  { apply (Rmult_le_reg_r (exp tau)); [lra|]. rewrite Rinv_l by lra. nra. }
  assert (scaled : (2 - exp tau) / INR n <= / exp tau / INR n).
  { apply Rmult_le_compat_r; [apply Rlt_le, Rinv_0_lt_compat, size | exact two]. }
  apply Rabs_le. unfold Rdiv in *. split; nra.
Qed.
