(* A2: the proofs of its propositions. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums.
From Attnproof.statements Require Import A2.
Open Scope R_scope.

Lemma relu_cases (x : R) : (0 <= x /\ relu x = x) \/ (x <= 0 /\ relu x = 0).
Proof. unfold relu, Rmax. destruct (Rle_dec 0 x); [left | right]; split; lra. Qed.

Lemma relu_monotone (x y : R) : x <= y -> relu x <= relu y.
Proof. intros. destruct (relu_cases x) as [[? ->]|[? ->]], (relu_cases y) as [[? ->]|[? ->]]; lra. Qed.

Lemma leaky_less (slope x y : R) : 0 < slope -> x < y ->
  slope * x + (1 - slope) * relu x < slope * y + (1 - slope) * relu y.
Proof. intros. destruct (relu_cases x) as [[? ->]|[? ->]], (relu_cases y) as [[? ->]|[? ->]]; nra. Qed.

Lemma leaky_order (slope x y : R) : 0 < slope ->
  slope * x + (1 - slope) * relu x < slope * y + (1 - slope) * relu y <-> x < y.
Proof.
  intros above. split; intros less; [|now apply leaky_less].
  destruct (Rtotal_order x y) as [?|[same|more]]; [assumption| |].
  - rewrite same in less. lra.
  - pose proof (leaky_less slope y x above more). lra.
Qed.

Theorem gat_ranks_by_the_key_holds : gat_ranks_by_the_key.
Proof. unfold gat_ranks_by_the_key. intros. rewrite leaky_order by assumption. lra. Qed.

Theorem gat_same_order_for_every_query_holds : gat_same_order_for_every_query.
Proof. unfold gat_same_order_for_every_query. intros. rewrite !leaky_order by assumption. lra. Qed.

Theorem gat_with_relu_never_reverses_holds : gat_with_relu_never_reverses.
Proof. unfold gat_with_relu_never_reverses. intros. apply relu_monotone. lra. Qed.

(* Parts -1 and -2. *)
Theorem gat_with_relu_may_tie_holds : gat_with_relu_may_tie.
Proof.
  unfold gat_with_relu_may_tie. intros n_k two d_q _ d_k some_k d_a some_a.
  exists (fun _ => 0), (delta 0), (fun _ _ => 0), (fun _ f => delta 0 f), (fun l _ => - (INR l + 1)), (fun _ => 0).
  exists 0%nat. split; [lia|]. exists 1%nat. split; [lia|].
  assert (part : forall l, sum d_k (fun f => sum d_a (fun a => delta 0 f * delta 0 a * - (INR l + 1))) = - (INR l + 1)).
  { intros l. rewrite (sum_ext d_k _ (fun f => delta 0 f * - (INR l + 1))).
    - now rewrite (sum_delta d_k 0 (fun _ => - (INR l + 1))) by lia.
    - intros f _. rewrite (sum_ext d_a _ (fun a => delta 0 a * (delta 0 f * - (INR l + 1)))) by (intros; ring).
      now rewrite (sum_delta d_a 0 (fun _ => delta 0 f * - (INR l + 1))) by lia. }
  assert (query : sum d_q (fun r => sum d_a (fun a => 0 * 0 * 0)) = 0).
  { rewrite (sum_ext d_q _ (fun _ => 0)); [apply sum_zero|]. intros. rewrite sum_const. ring. }
  rewrite !part, query. simpl. split; [lra|].
  destruct (relu_cases (- (1 + 1) + 0)) as [[? ->]|[? ->]], (relu_cases (- (0 + 1) + 0)) as [[? ->]|[? ->]]; lra.
Qed.

Theorem two_units_prefer_the_equal_key_holds : two_units_prefer_the_equal_key.
Proof.
  unfold two_units_prefer_the_equal_key. intros slope x y [least below].
  assert (score : - (slope * (- x + y)) - slope * (x - y) - (1 - slope) * relu (- x + y) - (1 - slope) * relu (x - y)
    = (slope - 1) * Rabs (x - y)).
  { destruct (relu_cases (- x + y)) as [[? ->]|[? ->]], (relu_cases (x - y)) as [[? ->]|[? ->]];
      (destruct (Rle_dec 0 (x - y)); [rewrite Rabs_right by lra | rewrite Rabs_left by lra]); nra. }
  rewrite score. split; [reflexivity|]. split; intros; [nra|].
  replace (x - y) with 0 by lra. rewrite Rabs_R0. ring.
Qed.

(* A factor on both sides keeps the order, turns it round, or leaves none. *)
Lemma scaled_order (v x y x' y' : R) : (x < y <-> x' < y') -> (y < x <-> y' < x') -> v * x < v * y <-> v * x' < v * y'.
Proof.
  intros same same'. destruct (Rtotal_order v 0) as [less|[->|more]]; [|lra|].
  - split; intros; apply Rmult_lt_gt_compat_neg_l; try assumption; apply same';
      apply Rnot_le_lt; intros no; nra.
  - split; intros; (apply Rmult_lt_compat_l; [exact more|]); apply same; apply (Rmult_lt_reg_l v); assumption.
Qed.

Theorem one_unit_is_static_holds : one_unit_is_static.
Proof. unfold one_unit_is_static. intros. apply scaled_order; rewrite !leaky_order by assumption; lra. Qed.

Theorem one_unit_with_relu_never_reverses_holds : one_unit_with_relu_never_reverses.
Proof.
  unfold one_unit_with_relu_never_reverses. intros n_k _ d_q _ d_k _ w_s w_h v h s p j _ m _.
  set (of_j := sum d_k (fun f => h j f * w_h f)). set (of_m := sum d_k (fun f => h m f * w_h f)).
  set (of_s := sum d_q (fun r => s r * w_s r)). set (of_p := sum d_q (fun r => p r * w_s r)). intros less.
  destruct (Rle_dec of_m of_j) as [up|down].
  - pose proof (relu_monotone (of_m + of_s) (of_j + of_s) ltac:(lra)).
    pose proof (relu_monotone (of_m + of_p) (of_j + of_p) ltac:(lra)). assert (0 <= v) by nra. nra.
  - pose proof (relu_monotone (of_j + of_s) (of_m + of_s) ltac:(lra)).
    pose proof (relu_monotone (of_j + of_p) (of_m + of_p) ltac:(lra)). assert (v <= 0) by nra. nra.
Qed.

Theorem slope_one_is_static_holds : slope_one_is_static.
Proof.
  unfold slope_one_is_static. intros n_k _ d_q _ d_k _ d_a _ v W_s W_h h s p j _ m _.
  assert (parts : forall l (x : nat -> R),
    sum d_a (fun a => (sum d_k (fun f => W_h a f * h l f) + sum d_q (fun r => W_s a r * x r)) * v a)
    = sum d_a (fun a => sum d_k (fun f => W_h a f * h l f) * v a)
      + sum d_a (fun a => sum d_q (fun r => W_s a r * x r) * v a)).
  { intros. rewrite <- sum_plus. apply sum_ext. intros. ring. }
  rewrite !parts. lra.
Qed.
