(* Layer-normalised units at an odd width 2m + 1: how many are at each value of the minimum, an input that has them, and
   what epsilon changes. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums tanh sech_squared units odd_width.
Open Scope R_scope.

Section Levels.

Variables (m : nat) (z : nat -> R).
Hypothesis some : (1 <= m)%nat.
Hypothesis two : levels m z.

Lemma by_step (i : nat) :
  (i < 2 * m + 1)%nat ->
  z i = - high m + (low m + high m) * step (z i)
  /\ sech (z i) ^ 2 = sech (high m) ^ 2 + (sech (low m) ^ 2 - sech (high m) ^ 2) * step (z i).
Proof.
  intros below. pose proof (low_pos m some). pose proof (high_pos m some). unfold step.
  destruct (two i below) as [-> | ->]; destruct Rlt_dec; try lra; rewrite ?sech_opp; split; ring.
Qed.

(* m + 1 of them are positive, since they sum to 0. *)
Lemma levels_count : sum (2 * m + 1) z = 0 -> sum (2 * m + 1) (fun i => step (z i)) = INR (m + 1).
Proof.
  intros zero. pose proof (low_pos m some). pose proof (high_pos m some).
  rewrite (sum_ext _ z (fun i => - high m + (low m + high m) * step (z i))) in zero by (intros; now apply by_step).
  rewrite sum_plus, sum_const, sum_scal_l, width_real in zero. pose proof (balance m some).
  apply (Rmult_eq_reg_l (low m + high m)); [|lra]. rewrite size_next. lra.
Qed.

Lemma levels_sum :
  sum (2 * m + 1) (fun i => step (z i)) = INR (m + 1) -> sum (2 * m + 1) (fun i => sech (z i) ^ 2) = least m.
Proof.
  intros count.
  rewrite (sum_ext _ _ (fun i => sech (high m) ^ 2 + (sech (low m) ^ 2 - sech (high m) ^ 2) * step (z i)))
    by (intros; now apply by_step).
  rewrite sum_plus, sum_const, sum_scal_l, count, width_real. unfold least. rewrite size_next. ring.
Qed.

End Levels.

(* m for the first m + 1 units, - (m + 1) for the others *)
Definition two_levels (m i : nat) : R := if i <? m + 1 then INR m else - INR (m + 1).

Lemma sum_two_levels (m : nat) (F : R -> R) :
  sum (2 * m + 1) (fun i => F (two_levels m i)) = INR (m + 1) * F (INR m) + INR m * F (- INR (m + 1)).
Proof.
  replace (2 * m + 1)%nat with (m + 1 + m)%nat by lia. rewrite sum_split. unfold two_levels.
  rewrite (sum_ext (m + 1) _ (fun _ => F (INR m))).
  - rewrite (sum_ext m _ (fun _ => F (- INR (m + 1)))); [now rewrite !sum_const|].
    intros i _. destruct (Nat.ltb_spec (m + 1 + i) (m + 1)); [lia | reflexivity].
  - intros i below. destruct (Nat.ltb_spec i (m + 1)); [reflexivity | lia].
Qed.

Lemma two_levels_least (m : nat) :
  let d := (2 * m + 1)%nat in
  let x := two_levels m in
  let mu := sum d (fun f => x f) / INR d in
  let w := sum d (fun f => (- mu + x f) ^ 2) / INR d in
  let z := fun a => (- mu + x a) / sqrt w in
  (1 <= m)%nat -> 0 < w /\ sum d (fun a => sech (z a) ^ 2) = least m.
Proof.
  intros d x mu w z some. pose proof (size_pos m some) as positive.
  assert (ismu : mu = 0).
  { unfold mu, x, d. rewrite (sum_two_levels m (fun t => t)), width_real, size_next. field. lra. }
  assert (isw : w = INR m * (INR m + 1)).
  { unfold w, x, d. rewrite ismu, (sum_two_levels m (fun t => (- 0 + t) ^ 2)), width_real, size_next. field. lra. }
  pose proof (sqrt_lt_R0 (INR m) ltac:(lra)) as rp. pose proof (sqrt_lt_R0 (INR m + 1) ltac:(lra)) as sp.
  pose proof (pow2_sqrt (INR m) ltac:(lra)) as r2. pose proof (pow2_sqrt (INR m + 1) ltac:(lra)) as s2.
  split; [rewrite isw; nra|]. unfold z, x, d.
  rewrite isw, ismu, sqrt_mult, (sum_two_levels m (fun t => sech ((- 0 + t) / (sqrt (INR m) * sqrt (INR m + 1))) ^ 2))
    by lra.
  unfold least, low, high. rewrite size_next.
  set (r := sqrt (INR m)) in *. set (s := sqrt (INR m + 1)) in *.
  replace ((- 0 + INR m) / (r * s)) with (r / s) by (rewrite <- r2; field; lra).
  replace ((- 0 + - (INR m + 1)) / (r * s)) with (- (s / r)) by (rewrite <- s2; field; lra).
  rewrite sech_opp. ring.
Qed.

Lemma one_above_zero (n : nat) (f : nat -> R) : 0 < sum n f -> exists i, (i < n)%nat /\ 0 < f i.
Proof.
  induction n as [|n IH]; simpl; intros above; [lra|].
  destruct (Rlt_dec 0 (f n)) as [here | not_here]; [exists n; split; [lia | exact here]|].
  destruct IH as [i [below found]]; [lra|]. exists i. split; [lia | exact found].
Qed.

Lemma least_below_all (m : nat) : (1 <= m)%nat -> least m < INR (2 * m + 1).
Proof.
  intros some. pose proof (size_pos m some). unfold least. rewrite width_real, size_next.
  pose proof (sech_sq_falls 0 (low m) (Rle_refl 0) (low_pos m some)).
  pose proof (sech_sq_falls 0 (high m) (Rle_refl 0) (high_pos m some)). rewrite sech_zero in *. nra.
Qed.

(* Epsilon shrinks every unit. *)
Lemma least_with_epsilon (m : nat) (x : nat -> R) (epsilon : R) :
  let d := (2 * m + 1)%nat in
  let mu := sum d (fun f => x f) / INR d in
  let w := sum d (fun f => (- mu + x f) ^ 2) / INR d in
  let z := fun a => (- mu + x a) / sqrt (epsilon + w) in
  (1 <= m)%nat -> 0 <= epsilon -> 0 < epsilon + w ->
  least m <= sum d (fun a => sech (z a) ^ 2) /\ (0 < epsilon -> least m < sum d (fun a => sech (z a) ^ 2)).
Proof.
  intros d mu w z some ep above. assert (one : (1 <= d)%nat) by (unfold d; lia).
  assert (0 < INR d) by (apply lt_0_INR; lia).
  destruct (variance_nonneg d (fun f => - mu + x f) one : 0 <= w) as [wp | none].
  - assert (unscaled : least m <= sum d (fun a => sech ((- mu + x a) / sqrt w) ^ 2)).
    { apply odd_least; [exact some | exact (centred_sum d x (sqrt w) one) |].
      exact (without_epsilon d (fun f => - mu + x f) one wp). }
    pose proof (sqrt_lt_R0 w wp) as root. pose proof (sqrt_lt_R0 (epsilon + w) above) as larger.
    assert (sizes : forall s y, 0 < s -> sech (y / s) ^ 2 = sech (Rabs y / s) ^ 2).
    { intros s y s_pos. rewrite <- (sech_abs (y / s)). unfold Rdiv.
      rewrite Rabs_mult, (Rabs_pos_eq (/ s)); [reflexivity|]. now apply Rlt_le, Rinv_0_lt_compat. }
    assert (inverse : 0 < / sqrt (epsilon + w)) by now apply Rinv_0_lt_compat.
    assert (shrinks : forall a, sech ((- mu + x a) / sqrt w) ^ 2 <= sech (z a) ^ 2).
    { intros a. unfold z. rewrite (sizes (sqrt w)), (sizes (sqrt (epsilon + w))) by assumption.
      pose proof (Rabs_pos (- mu + x a)).
      apply sech_sq_down; unfold Rdiv; [apply Rmult_le_pos; lra|].
      apply Rmult_le_compat_l; [assumption|]. apply Rinv_le_contravar; [exact root|]. apply sqrt_le_1_alt. lra. }
    pose proof (sum_le d _ _ (fun a _ => shrinks a)). split; [lra|]. intros positive.
    destruct (one_above_zero d (fun f => (- mu + x f) ^ 2)) as [a [below other]].
    { assert (sum d (fun f => (- mu + x f) ^ 2) = w * INR d) by (unfold w; field; lra). nra. }
    assert (strictly : sech ((- mu + x a) / sqrt w) ^ 2 < sech (z a) ^ 2).
    { unfold z. rewrite (sizes (sqrt w)), (sizes (sqrt (epsilon + w))) by assumption.
      assert (0 < Rabs (- mu + x a)) by (apply Rabs_pos_lt; intros same; rewrite same in other; lra).
      apply sech_sq_falls; unfold Rdiv; [apply Rmult_le_pos; lra|].
      apply Rmult_lt_compat_l; [assumption|]. apply Rinv_lt_contravar; [now apply Rmult_lt_0_compat|].
      apply sqrt_lt_1_alt. lra. }
    pose proof (sum_lt d _ _ a (fun a _ => shrinks a) below strictly). lra.
  - assert (still : sum d (fun a => sech (z a) ^ 2) = INR d).
    { rewrite (sum_ext d _ (fun _ => 1)), sum_const; [ring|]. intros a below.
      assert (total : sum d (fun f => (- mu + x f) ^ 2) = 0).
      { replace (sum d (fun f => (- mu + x f) ^ 2)) with (w * INR d) by (unfold w; field; lra). rewrite <- none. ring. }
      pose proof (sum_zero_each d _ (fun f _ => pow2_ge_0 (- mu + x f)) total a below) as square. cbv beta in square.
      unfold z. replace (- mu + x a) with 0 by nra. unfold Rdiv. rewrite Rmult_0_l, sech_zero. ring. }
    rewrite still. pose proof (least_below_all m some). unfold d in *. split; [lra | intros; assumption].
Qed.
