(* X4: the proofs of its propositions. *)
From Coq Require Import Reals Lra Lia Psatz Arith.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums tanh exclusive.
From Attnproof.statements Require Import X4.
Open Scope R_scope.

(* The score is odd in query and key together. *)
Lemma odd (m p q : nat) (u w : nat -> nat -> R) (v s h s' h' : nat -> R) :
  (forall r, (r < p)%nat -> s' r = - s r) -> (forall f, (f < q)%nat -> h' f = - h f) ->
  sum m (fun a => tanh (sum q (fun f => w a f * h' f) + sum p (fun r => u a r * s' r)) * v a)
  = - sum m (fun a => tanh (sum q (fun f => w a f * h f) + sum p (fun r => u a r * s r)) * v a).
Proof.
  intros minus minus'. rewrite <- sum_opp. apply sum_ext. intros a _.
  rewrite (sum_ext q _ (fun f => - (w a f * h f))) by (intros; rewrite minus' by assumption; ring).
  rewrite (sum_ext p _ (fun r => - (u a r * s r))) by (intros; rewrite minus by assumption; ring).
  rewrite !sum_opp, <- Ropp_plus_distr, tanh_opp. ring.
Qed.

Theorem odd_without_bias_holds : odd_without_bias.
Proof. unfold odd_without_bias. intros. now apply odd. Qed.

Theorem opposite_order_holds : opposite_order.
Proof.
  cbv delta [opposite_order]. intros.
  pose proof (odd d_a d_q d_k W_s W_h v (q i) (k j) (p i) (g j) ltac:(reflexivity) ltac:(reflexivity)).
  pose proof (odd d_a d_q d_k W_s W_h v (q i) (k l) (p i) (g l) ltac:(reflexivity) ltac:(reflexivity)).
  lra.
Qed.

Theorem opposite_targets_holds : opposite_targets.
Proof. unfold opposite_targets. intros. lra. Qed.

(* Four units: the difference of one function of two numbers, x for the first feature and y for the second. *)
Definition bump (lo hi : R -> R) (x : R) : R := tanh (lo x) - tanh (hi x).

Lemma four (lo hi : R -> R) (x y A1 A2 A3 A4 : R) :
  A1 = lo x -> A2 = hi x -> A3 = lo y -> A4 = hi y ->
  0 + tanh A1 * 1 + tanh A2 * -1 + tanh A3 * -1 + tanh A4 * 1 = bump lo hi x - bump lo hi y.
Proof. intros -> -> -> ->. unfold bump. ring. Qed.

(* The function separates: about the same where the two values of a feature agree, less where they do not. *)
Definition separates (low theta : R) (f : R -> R) : Prop :=
  0 < theta /\ - theta < f (low + low) - f 2 < theta /\
  theta < f (low + low) - f (low + 1) /\ theta < f 2 - f (low + 1).

Lemma apart (low theta : R) (f : R -> R) (s h : nat -> R) :
  low <> 1 -> separates low theta f ->
  (forall r, (r < 2)%nat -> s r = low \/ s r = 1) -> (forall r, (r < 2)%nat -> h r = low \/ h r = 1) ->
  (h 0%nat = s 0%nat /\ h 1%nat <> s 1%nat -> theta < f (s 0%nat + h 0%nat) - f (s 1%nat + h 1%nat)) /\
  (h 0%nat <> s 0%nat \/ h 1%nat = s 1%nat -> f (s 0%nat + h 0%nat) - f (s 1%nat + h 1%nat) < theta).
Proof.
  intros two [above [near [far far']]]. replace 2 with (1 + 1) in near, far' by ring.
  rewrite (Rplus_comm low 1) in far, far'. points; split; intros;
    rewrite ?(Rplus_comm low 1); try lra; exfalso; intuition congruence.
Qed.

Definition signs_lo (x : R) := x - 1.
Definition signs_hi (x : R) := x + 1.
Definition bits_lo (x : R) := 2 * x - 3.
Definition bits_hi (x : R) := 2 * x - 1.
Definition steep_lo (x : R) := x.
Definition steep_hi (x : R) := 2 * x.

(* 2 < e <= 3 *)
Lemma tanh_1 : 3 / 5 < tanh 1 <= 4 / 5.
Proof.
  rewrite tanh_exp, exp_double. pose proof (exp_ineq1 1 ltac:(lra)). pose proof exp_le_3.
  assert (4 < exp 1 * exp 1 <= 9) by nra. set (y := exp 1 * exp 1) in *.
  assert (2 / (1 + y) < 2 / 5).
  { unfold Rdiv. apply Rmult_lt_compat_l; [lra|]. apply Rinv_lt_contravar; lra. }
  assert (2 / 10 <= 2 / (1 + y)).
  { unfold Rdiv. apply Rmult_le_compat_l; [lra|]. apply Rinv_le_contravar; lra. }
  lra.
Qed.

Lemma signs_separate : separates (-1) (1 / 4) (bump signs_lo signs_hi).
Proof.
  unfold separates, bump, signs_lo, signs_hi. pose proof tanh_1. pose proof (tanh_lt_1 3).
  pose proof (tanh_increasing 1 3 ltac:(lra)).
  replace (-1 + -1 - 1) with (- (3)) by ring. replace (-1 + -1 + 1) with (- (1)) by ring.
  replace (-1 + 1 - 1) with (- (1)) by ring. replace (-1 + 1 + 1) with 1 by ring.
  replace (2 - 1) with 1 by ring. replace (2 + 1) with 3 by ring. rewrite !tanh_opp. lra.
Qed.

Lemma bits_separate : separates 0 (1 / 4) (bump bits_lo bits_hi).
Proof.
  unfold separates, bump, bits_lo, bits_hi. pose proof tanh_1. pose proof (tanh_lt_1 3).
  pose proof (tanh_increasing 1 3 ltac:(lra)).
  replace (2 * (0 + 0) - 3) with (- (3)) by ring. replace (2 * (0 + 0) - 1) with (- (1)) by ring.
  replace (2 * (0 + 1) - 3) with (- (1)) by ring. replace (2 * (0 + 1) - 1) with 1 by ring.
  replace (2 * 2 - 3) with 1 by ring. replace (2 * 2 - 1) with 3 by ring. rewrite !tanh_opp. lra.
Qed.

Lemma steep_separate : separates 0 (13 / 100) (bump steep_lo steep_hi).
Proof.
  unfold separates, bump, steep_lo, steep_hi. pose proof tanh_1. pose proof (tanh_lt_1 4).
  pose proof (tanh_increasing 2 4 ltac:(lra)).
  replace (2 * (0 + 0)) with 0 by ring. replace (0 + 0) with 0 by ring. rewrite tanh_zero.
  replace (2 * (0 + 1)) with 2 by ring. replace (0 + 1) with 1 by ring. replace (2 * 2) with 4 by ring.
  pose proof (tanh_plus 1 1) as twice. replace (1 + 1) with 2 in twice by ring.
  assert (whole : tanh 2 * (1 + tanh 1 * tanh 1) = 2 * tanh 1) by (rewrite twice; field; nra).
  set (t := tanh 1) in *. set (u := tanh 2) in *.
  assert (0 <= (t - 3 / 5) * (4 / 5 - t) * (t + 254 / 100)) by (repeat apply Rmult_le_pos; lra).
  assert (9 / 25 < t * t) by nra.
  assert (t + 114 / 100 < 2 * u) by (apply (Rmult_lt_reg_r (1 + t * t)); lra).
  assert (1 - u < 13 / 100) by (apply (Rmult_lt_reg_r (1 + t * t)); nra).
  repeat split; lra.
Qed.

(* Four units: k times the features; c, what a constant of 1 or the bias adds. *)
Definition units (k0 k1 k2 k3 c0 c1 c2 c3 : R) (a r : nat) : R :=
  match a, r with
  | 0%nat, 0%nat => k0 | 1%nat, 0%nat => k1 | 2%nat, 1%nat => k2 | 3%nat, 1%nat => k3
  | 0%nat, 2%nat => c0 | 1%nat, 2%nat => c1 | 2%nat, 2%nat => c2 | 3%nat, 2%nat => c3
  | _, _ => 0
  end.
Definition each (x0 x1 x2 x3 : R) (a : nat) : R :=
  match a with 0%nat => x0 | 1%nat => x1 | 2%nat => x2 | _ => x3 end.

Definition outer := each 1 (-1) (-1) 1.
Definition signs_plain := units 1 1 1 1 0 0 0 0.
Definition signs_shift := units 1 1 1 1 (-1) 1 (-1) 1.
Definition signs_bias := each (-1) 1 (-1) 1.
Definition bits_plain := units 2 2 2 2 0 0 0 0.
Definition bits_shift := units 2 2 2 2 (-3) (-1) (-3) (-1).
Definition bits_bias := each (-3) (-1) (-3) (-1).
Definition steeper := units 1 2 1 2 0 0 0 0.

(* The goal is a score against theta: write the score by the bump, and use that it separates. *)
Ltac by_bump separate s h :=
  lazymatch type of separate with separates ?low ?theta (bump ?lo ?hi) =>
    repeat match goal with both : _ /\ _ |- _ => destruct both end;
    simpl; rewrite (four lo hi (s 0%nat + h 0%nat) (s 1%nat + h 1%nat)) by
      (unfold signs_lo, signs_hi, bits_lo, bits_hi, steep_lo, steep_hi;
       repeat match goal with constant : _ 2%nat = 1 |- _ => rewrite constant; clear constant end; ring);
    apply (apart low theta (bump lo hi) s h ltac:(lra) separate); tauto
  end.

(* The task by given weights; give provides the bias where there is one. *)
Ltac solved separate Ws Wh give :=
  lazymatch type of separate with separates _ ?theta _ => split; exists Ws, Wh, outer; give; [|exists theta];
    [ intros s h g [point_s [point_h [point_g [target other]]]]; apply Rlt_trans with theta;
      [by_bump separate s g | by_bump separate s h]
    | intros s h [point_s point_h]; split; intros; by_bump separate s h ]
  end.

Theorem bits_none_holds : bits_none.
Proof. unfold bits_none. solved steep_separate steeper steeper idtac. Qed.

Theorem bits_both_holds : bits_both.
Proof. unfold bits_both. solved bits_separate bits_shift bits_plain idtac. Qed.

Theorem bits_query_holds : bits_query.
Proof. unfold bits_query. solved bits_separate bits_shift bits_plain idtac. Qed.

Theorem bits_key_holds : bits_key.
Proof. unfold bits_key. solved bits_separate bits_plain bits_shift idtac. Qed.

Theorem signs_both_holds : signs_both.
Proof. unfold signs_both. solved signs_separate signs_shift signs_plain idtac. Qed.

Theorem signs_query_holds : signs_query.
Proof. unfold signs_query. solved signs_separate signs_shift signs_plain idtac. Qed.

Theorem signs_key_holds : signs_key.
Proof. unfold signs_key. solved signs_separate signs_plain signs_shift idtac. Qed.

Theorem bits_none_with_bias_holds : bits_none_with_bias.
Proof. unfold bits_none_with_bias. solved bits_separate bits_plain bits_plain ltac:(exists bits_bias). Qed.

Theorem bits_both_with_bias_holds : bits_both_with_bias.
Proof. unfold bits_both_with_bias. solved bits_separate bits_plain bits_plain ltac:(exists bits_bias). Qed.

Theorem bits_query_with_bias_holds : bits_query_with_bias.
Proof. unfold bits_query_with_bias. solved bits_separate bits_plain bits_plain ltac:(exists bits_bias). Qed.

Theorem bits_key_with_bias_holds : bits_key_with_bias.
Proof. unfold bits_key_with_bias. solved bits_separate bits_plain bits_plain ltac:(exists bits_bias). Qed.

Theorem signs_none_with_bias_holds : signs_none_with_bias.
Proof. unfold signs_none_with_bias. solved signs_separate signs_plain signs_plain ltac:(exists signs_bias). Qed.

Theorem signs_both_with_bias_holds : signs_both_with_bias.
Proof. unfold signs_both_with_bias. solved signs_separate signs_plain signs_plain ltac:(exists signs_bias). Qed.

Theorem signs_query_with_bias_holds : signs_query_with_bias.
Proof. unfold signs_query_with_bias. solved signs_separate signs_plain signs_plain ltac:(exists signs_bias). Qed.

Theorem signs_key_with_bias_holds : signs_key_with_bias.
Proof. unfold signs_key_with_bias. solved signs_separate signs_plain signs_plain ltac:(exists signs_bias). Qed.

(* s = (1, 1) and its target make the opposite demand of s = (-1, -1) and its target. *)
Theorem signs_none_holds : signs_none.
Proof.
  unfold signs_none. intros d_a _.
  set (here := vector (-1) (-1) 0). set (its := vector (-1) 1 0).
  set (there := vector 1 1 0). set (theirs := vector 1 (-1) 0).
  assert (minus : forall r, (r < 2)%nat -> there r = - here r)
    by (intros [|[|r]] below; unfold there, here, vector; lia || ring).
  assert (minus' : forall r, (r < 2)%nat -> theirs r = - its r)
    by (intros [|[|r]] below; unfold theirs, its, vector; lia || ring).
  split.
  - intros [W_s [W_h [v can]]].
    pose proof (can here its here ltac:(at_points)). pose proof (can there theirs there ltac:(at_points)) as opposite.
    rewrite (odd d_a 2 2 W_s W_h v here here there there minus minus) in opposite.
    rewrite (odd d_a 2 2 W_s W_h v here its there theirs minus minus') in opposite. lra.
  - intros [W_s [W_h [v [theta can]]]].
    destruct (can here its ltac:(at_points)) as [above _]. destruct (can here here ltac:(at_points)) as [_ below].
    destruct (can there theirs ltac:(at_points)) as [above' _].
    destruct (can there there ltac:(at_points)) as [_ below'].
    rewrite (odd d_a 2 2 W_s W_h v here its there theirs minus minus') in above'.
    rewrite (odd d_a 2 2 W_s W_h v here here there there minus minus) in below'.
    specialize (above ltac:(at_points)). specialize (below ltac:(at_points)).
    specialize (above' ltac:(at_points)). specialize (below' ltac:(at_points)). lra.
Qed.
