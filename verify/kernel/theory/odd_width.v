(* An odd number 2m + 1 of numbers that sum to 0, with squares that sum to 2m + 1: the least sum of sech^2, and where it
   is attained. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums tanh sech_squared two_parabolas width_three.
Open Scope R_scope.

(* The two values, the second with the sign changed. *)
Definition low (m : nat) : R := sqrt (INR m) / sqrt (INR (m + 1)).
Definition high (m : nat) : R := sqrt (INR (m + 1)) / sqrt (INR m).
Definition least (m : nat) : R := INR m * sech (high m) ^ 2 + INR (m + 1) * sech (low m) ^ 2.
(* Every number is one of the two. *)
Definition levels (m : nat) (z : nat -> R) : Prop :=
  forall i, (i < 2 * m + 1)%nat -> z i = low m \/ z i = - high m.
(* 1 from 0 on, else 0 *)
Definition nonneg (x : R) : R := if Rle_dec 0 x then 1 else 0.

Section Values.

Variable m : nat.
Hypothesis some : (1 <= m)%nat.

Lemma size_pos : 1 <= INR m.
Proof. change 1 with (INR 1). now apply le_INR. Qed.

Lemma size_next : INR (m + 1) = INR m + 1.
Proof. rewrite plus_INR. reflexivity. Qed.

Lemma width_real : INR (2 * m + 1) = 2 * INR m + 1.
Proof. rewrite plus_INR, mult_INR. reflexivity. Qed.

Lemma low_pos : 0 < low m.
Proof. pose proof size_pos. unfold low. rewrite size_next. apply Rdiv_lt_0_compat; apply sqrt_lt_R0; lra. Qed.

Lemma high_inverse : high m = / low m.
Proof.
  pose proof size_pos. unfold high, low. rewrite size_next. field.
  split; apply Rgt_not_eq, sqrt_lt_R0; lra.
Qed.

Lemma low_square : low m ^ 2 = INR m / (INR m + 1).
Proof.
  pose proof size_pos. unfold low, Rdiv. rewrite size_next, Rpow_mult_distr, pow_inv, !pow2_sqrt by lra. reflexivity.
Qed.

Lemma high_square : high m ^ 2 = (INR m + 1) / INR m.
Proof. pose proof size_pos. rewrite high_inverse, pow_inv, low_square. field. lra. Qed.

Lemma low_small : low m < 1.
Proof.
  pose proof size_pos. pose proof low_pos. pose proof low_square as square.
  assert (INR m / (INR m + 1) < 1) by (apply (Rlt_div_l _ 1 (INR m + 1)); lra). nra.
Qed.

Lemma high_pos : 0 < high m.
Proof. rewrite high_inverse. apply Rinv_0_lt_compat, low_pos. Qed.

Lemma balance : (INR m + 1) * low m = INR m * high m.
Proof.
  pose proof size_pos. pose proof low_pos. pose proof low_square as square. rewrite high_inverse.
  apply (Rmult_eq_reg_r (low m)); [|lra]. replace ((INR m + 1) * low m * low m) with ((INR m + 1) * low m ^ 2) by ring.
  rewrite square. field. lra.
Qed.

End Values.

Lemma nonneg_count (n : nat) (z : nat -> R) : exists k : nat, sum n (fun i => nonneg (z i)) = INR k.
Proof.
  induction n as [|n [k same]]; [exists 0%nat; reflexivity|]. simpl sum. rewrite same. unfold nonneg.
  destruct Rle_dec; [exists (S k); rewrite S_INR | exists k]; ring.
Qed.

Lemma nonneg_opp (x : R) : 1 <= nonneg x + nonneg (- x).
Proof. unfold nonneg. do 2 destruct Rle_dec; lra. Qed.

Section Many.

Variables (m : nat) (z : nat -> R).
Hypothesis two : (2 <= m)%nat.
Hypothesis zero : sum (2 * m + 1) z = 0.
Hypothesis squares : sum (2 * m + 1) (fun i => z i ^ 2) = INR (2 * m + 1).

Let a := low m.
Let linear := 2 * a * apart a.
Let plus := sech a ^ 2 + linear * a + curving a * a ^ 2.
Let minus := sech (/ a) ^ 2 - linear * / a + curving a * (/ a) ^ 2.
Let bound (x : R) := minus + (plus - minus) * nonneg x - linear * x - curving a * x ^ 2.

Lemma low_large : 2 / 3 <= a ^ 2.
Proof.
  assert (2 <= INR m) by (change 2 with (INR 2); now apply le_INR).
  unfold a. rewrite low_square by lia. apply (Rle_div_r _ _ (INR m + 1)); lra.
Qed.

Lemma bound_below (x : R) : x <> a -> x <> - / a -> bound x < sech x ^ 2.
Proof.
  intros other another. assert (some : (1 <= m)%nat) by lia.
  pose proof (low_pos m some : 0 < a). pose proof (low_small m some : a < 1). pose proof low_large.
  unfold bound, plus, minus, linear, nonneg. destruct Rle_dec as [above | under].
  - pose proof (below_positive a ltac:(lra) ltac:(lra) ltac:(lra) x above other). lra.
  - pose proof (below_negative a ltac:(lra) ltac:(lra) (- x) ltac:(lra) ltac:(lra)) as less.
    rewrite sech_opp in less. replace ((- x) ^ 2) with (x ^ 2) in less by ring. lra.
Qed.

Lemma bound_touches (x : R) : x = a \/ x = - / a -> bound x = sech x ^ 2.
Proof.
  assert (some : (1 <= m)%nat) by lia. pose proof (low_pos m some : 0 < a) as ap. pose proof (Rinv_0_lt_compat a ap).
  unfold bound, plus, minus, nonneg. intros [-> | ->]; destruct Rle_dec; try lra. rewrite sech_opp. ring.
Qed.

Lemma bound_at_most (x : R) : bound x <= sech x ^ 2.
Proof.
  destruct (Req_dec x a) as [same | other]; [right; apply bound_touches; tauto|].
  destruct (Req_dec x (- / a)) as [same | another]; [right; apply bound_touches; tauto|].
  now apply Rlt_le, bound_below.
Qed.

Lemma bounds_sum (k : nat) :
  sum (2 * m + 1) (fun i => nonneg (z i)) = INR k ->
  sum (2 * m + 1) (fun i => bound (z i)) = least m + (INR k - INR (m + 1)) * (plus - minus).
Proof.
  intros count. assert (some : (1 <= m)%nat) by lia. pose proof (size_pos m some).
  pose proof (low_pos m some : 0 < a). pose proof (low_square m some : a ^ 2 = _) as square.
  unfold bound. rewrite !sum_minus, sum_plus, sum_const, !sum_scal_l, count, squares.
  change (sum (2 * m + 1) (fun i => z i)) with (sum (2 * m + 1) z).
  rewrite zero, width_real, size_next. unfold least. rewrite size_next, high_inverse by exact some. fold a.
  assert (even : (INR m + 1) * a = INR m * / a).
  { pose proof (balance m some) as even. rewrite (high_inverse m some) in even. exact even. }
  assert (inverse : (/ a) ^ 2 = (INR m + 1) / INR m) by (rewrite pow_inv, square; field; lra).
  assert (first : (INR m + 1) * a ^ 2 = INR m) by (rewrite square; field; lra).
  assert (second : INR m * (/ a) ^ 2 = INR m + 1) by (rewrite inverse; field; lra).
  transitivity (INR k * (plus - minus) + (2 * INR m + 1) * minus - curving a * (2 * INR m + 1)); [ring|].
  transitivity (INR m * sech (/ a) ^ 2 + (INR m + 1) * sech a ^ 2 + (INR k - (INR m + 1)) * (plus - minus)
    + linear * ((INR m + 1) * a - INR m * / a)
    + curving a * ((INR m + 1) * a ^ 2 + INR m * (/ a) ^ 2 - (2 * INR m + 1))).
  - unfold plus, minus. ring.
  - rewrite even, first, second. ring.
Qed.

Lemma plus_higher : 0 < plus - minus.
Proof.
  assert (some : (1 <= m)%nat) by lia.
  pose proof (low_pos m some : 0 < a). pose proof (low_small m some : a < 1).
  pose proof (higher a ltac:(lra) ltac:(lra) low_large).
  replace (plus - minus)
    with (sech a ^ 2 - sech (/ a) ^ 2 + 2 * apart a * (1 + a ^ 2) + curving a * (a ^ 2 - (/ a) ^ 2)); [assumption|].
  unfold plus, minus, linear. field. lra.
Qed.

(* Where more than half of the numbers are not negative. *)
Lemma most_nonneg (k : nat) :
  sum (2 * m + 1) (fun i => nonneg (z i)) = INR k -> (m + 1 <= k)%nat ->
  least m <= sum (2 * m + 1) (fun i => sech (z i) ^ 2)
  /\ (sum (2 * m + 1) (fun i => sech (z i) ^ 2) = least m -> levels m z).
Proof.
  intros count most. pose proof plus_higher. pose proof (le_INR _ _ most).
  pose proof (bounds_sum k count) as bounds.
  assert (0 <= (INR k - INR (m + 1)) * (plus - minus)) by (apply Rmult_le_pos; lra).
  pose proof (sum_le (2 * m + 1) (fun i => bound (z i)) (fun i => sech (z i) ^ 2) (fun i _ => bound_at_most (z i))).
  split; [lra|]. intros same i below. rewrite (high_inverse m) by lia. fold a.
  destruct (Req_dec (z i) a) as [is | other]; [now left|]. right.
  destruct (Req_dec (z i) (- / a)) as [is | another]; [exact is|]. exfalso.
  pose proof (sum_lt (2 * m + 1) (fun i => bound (z i)) (fun i => sech (z i) ^ 2) i (fun i _ => bound_at_most (z i))
    below (bound_below (z i) other another)). lra.
Qed.

End Many.

Lemma squares_opp (n : nat) (z : nat -> R) : sum n (fun i => (- z i) ^ 2) = sum n (fun i => z i ^ 2).
Proof. apply sum_ext. intros. ring. Qed.

Lemma slopes_opp (n : nat) (z : nat -> R) : sum n (fun i => sech (- z i) ^ 2) = sum n (fun i => sech (z i) ^ 2).
Proof. apply sum_ext. intros. now rewrite sech_opp. Qed.

Lemma many_least (m : nat) (z : nat -> R) :
  (2 <= m)%nat -> sum (2 * m + 1) z = 0 -> sum (2 * m + 1) (fun i => z i ^ 2) = INR (2 * m + 1) ->
  least m <= sum (2 * m + 1) (fun i => sech (z i) ^ 2)
  /\ (sum (2 * m + 1) (fun i => sech (z i) ^ 2) = least m -> levels m z \/ levels m (fun i => - z i)).
Proof.
  intros two zero squares.
  destruct (nonneg_count (2 * m + 1) z) as [k count].
  destruct (nonneg_count (2 * m + 1) (fun i => - z i)) as [l counted].
  assert (enough : INR (2 * m + 1) <= INR k + INR l).
  { rewrite <- count, <- counted, <- sum_plus. rewrite <- (Rmult_1_r (INR (2 * m + 1))), <- sum_const.
    apply sum_le. intros. apply nonneg_opp. }
  rewrite <- plus_INR in enough. apply INR_le in enough.
  destruct (le_lt_dec (m + 1) k) as [most | fewer].
  - destruct (most_nonneg m z two zero squares k count most). tauto.
  - destruct (most_nonneg m (fun i => - z i) two) with (k := l) as [less only]; try assumption; try lia.
    + rewrite sum_opp. change (sum (2 * m + 1) (fun i => z i)) with (sum (2 * m + 1) z). rewrite zero. ring.
    + now rewrite squares_opp.
    + rewrite slopes_opp in *. tauto.
Qed.

(* Of three, two are of one sign. *)
Lemma three_least_sum (z : nat -> R) :
  sum 3 z = 0 -> sum 3 (fun i => z i ^ 2) = 3 ->
  least 1 <= sum 3 (fun i => sech (z i) ^ 2)
  /\ (sum 3 (fun i => sech (z i) ^ 2) = least 1 -> levels 1 z \/ levels 1 (fun i => - z i)).
Proof.
  intros zero squares. cbn -[pow] in zero, squares.
  assert (islow : low 1 = / sqrt 2) by (unfold low; simpl; rewrite sqrt_1; unfold Rdiv; apply Rmult_1_l).
  assert (ishigh : high 1 = sqrt 2).
  { rewrite high_inverse, islow by lia. apply Rinv_involutive, Rgt_not_eq, sqrt_lt_R0. lra. }
  unfold least, levels. rewrite islow, ishigh. cbn -[pow].
  assert (each : forall P : nat -> Prop, P 0%nat -> P 1%nat -> P 2%nat -> forall i, (i < 3)%nat -> P i).
  { intros P first second third i below. destruct i as [|[|[|i]]]; try assumption. lia. }
  assert (at_signs : forall x y w, x + y + w = 0 -> x ^ 2 + y ^ 2 + w ^ 2 = 3 -> 0 <= x -> 0 <= y ->
    sech (sqrt 2) ^ 2 + 2 * sech (/ sqrt 2) ^ 2 <= sech x ^ 2 + sech y ^ 2 + sech w ^ 2
    /\ (sech x ^ 2 + sech y ^ 2 + sech w ^ 2 = sech (sqrt 2) ^ 2 + 2 * sech (/ sqrt 2) ^ 2 ->
        x = / sqrt 2 /\ y = / sqrt 2 /\ w = - sqrt 2)).
  { intros x y w none three xp yp.
    destruct (least_of_signs x y w none three xp yp) as [less | [-> [-> ->]]]; [split; [lra | intros; lra]|].
    rewrite sech_opp. split; [lra | tauto]. }
  (* By two of one sign, x and y, with w the third. *)
  Ltac by_two x y w at_signs each side :=
    let less := fresh in let only := fresh in
    destruct (at_signs x y w) as [less only]; [lra | lra | assumption | assumption |];
    rewrite ?sech_opp in less, only;
    split; [lra | intros same; side; destruct only as [? [? ?]]; [lra|]; clear less same; apply each; lra].
  destruct (Rle_dec 0 (z 0%nat)), (Rle_dec 0 (z 1%nat)), (Rle_dec 0 (z 2%nat)).
  all: repeat match goal with no : ~ (0 <= ?x) |- _ => assert (0 <= - x) by lra; clear no end.
  - by_two (z 0%nat) (z 1%nat) (z 2%nat) at_signs each ltac:(left).
  - by_two (z 0%nat) (z 1%nat) (z 2%nat) at_signs each ltac:(left).
  - by_two (z 0%nat) (z 2%nat) (z 1%nat) at_signs each ltac:(left).
  - by_two (- z 1%nat) (- z 2%nat) (- z 0%nat) at_signs each ltac:(right).
  - by_two (z 1%nat) (z 2%nat) (z 0%nat) at_signs each ltac:(left).
  - by_two (- z 0%nat) (- z 2%nat) (- z 1%nat) at_signs each ltac:(right).
  - by_two (- z 0%nat) (- z 1%nat) (- z 2%nat) at_signs each ltac:(right).
  - by_two (- z 0%nat) (- z 1%nat) (- z 2%nat) at_signs each ltac:(right).
Qed.

Lemma odd_least (m : nat) (z : nat -> R) :
  (1 <= m)%nat -> sum (2 * m + 1) z = 0 -> sum (2 * m + 1) (fun i => z i ^ 2) = INR (2 * m + 1) ->
  least m <= sum (2 * m + 1) (fun i => sech (z i) ^ 2)
  /\ (sum (2 * m + 1) (fun i => sech (z i) ^ 2) = least m -> levels m z \/ levels m (fun i => - z i)).
Proof.
  intros some zero squares. destruct (Nat.eq_dec m 1) as [-> | other]; [|apply many_least; auto; lia].
  apply three_least_sum; [exact zero|]. refine (eq_trans squares _). simpl. ring.
Qed.
