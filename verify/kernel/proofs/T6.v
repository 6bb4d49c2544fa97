(* T6: the proofs of its propositions. *)
From Coq Require Import Reals Arith ZArith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Flocq Require Import Core.
From Attnproof.theory Require Import prelude sums tanh limits rounding_edge enclosure formats nearest ordered_sums.
From Attnproof.statements Require Import T6.
Open Scope R_scope.

Lemma term_bound (z v : R) : Rabs (tanh z * v) <= Rabs v.
Proof. rewrite Rabs_mult. pose proof (tanh_abs_lt_1 z). pose proof (Rabs_pos v). pose proof (Rabs_pos (tanh z)). nra. Qed.

Theorem strictly_bounded_holds : strictly_bounded.
Proof.
  intros nq _ nk _ dq _ dk _ da _ q k Ws Wh v i _ j _ [a [A used]].
  eapply Rle_lt_trans; [apply sum_abs|]. apply (sum_lt da _ _ a); [intros; apply term_bound | exact A |].
  rewrite Rabs_mult. pose proof (Rabs_pos_lt (v a) used).
  rewrite <- (Rmult_1_l (Rabs (v a))) at 2. apply Rmult_lt_compat_r; [assumption | apply tanh_abs_lt_1].
Qed.

Lemma limit_at_most (f : R -> R) (l B : R) : (forall t, f t <= B) -> is_lim f p_infty l -> l <= B.
Proof. intros below tends. apply (is_lim_le_loc f (fun _ => B) p_infty l B); [now exists 0 | exact tends | apply is_lim_const]. Qed.

Theorem least_bound_holds : least_bound.
Proof.
  intros da _ v B bounded.
  apply (limit_at_most (fun t => sum da (fun a => tanh (v a * t) * v a))).
  - intros t. eapply Rle_trans; [apply Rle_abs|]. apply (bounded (fun a => v a * t)).
  - apply (lim_sum da (fun a t => tanh (v a * t) * v a) p_infty (fun a => Rabs (v a))). intros a _.
    destruct (Rtotal_order (v a) 0) as [negative|[->|positive]].
    + rewrite Rabs_left by exact negative. replace (- v a) with (-1 * v a) by ring.
      apply (is_lim_mult (fun t => tanh (v a * t)) (fun _ => v a) p_infty (-1) (v a)); [|apply is_lim_const|exact I].
      apply (is_lim_ext (fun t => tanh (0 + v a * t))); [intros; f_equal; ring | now apply tanh_to_m1].
    + rewrite Rabs_R0. apply (is_lim_ext (fun _ => 0)); [intros; now rewrite Rmult_0_r | apply is_lim_const].
    + rewrite Rabs_right by lra.
      assert (tends : is_lim (fun t => tanh (v a * t) * v a) p_infty (1 * v a)).
      { apply (is_lim_mult (fun t => tanh (v a * t)) (fun _ => v a) p_infty 1 (v a)); [|apply is_lim_const|exact I].
        apply (is_lim_ext (fun t => tanh (0 + v a * t))); [intros; f_equal; ring | now apply tanh_to_1]. }
      rewrite Rmult_1_l in tends. exact tends.
Qed.

Theorem rounded_to_1_holds : rounded_to_1.
Proof. intros p bits e exponents z. now apply tanh_rounds_to_1. Qed.

Theorem nearest_to_1_in_numbers_holds : nearest_to_1_in_numbers.
Proof. repeat split; interval with (Tactic.i_prec 60). Qed.

Theorem products_holds : products.
Proof.
  intros p bits e exponents d some v z numbers w a below.
  assert (high : rounded p e 1 = 1) by (apply number_1; lia).
  assert (unit : Rabs (rounded p e (tanh (z a))) <= 1).
  { rewrite <- rounded_abs by lia. apply rounded_at_most; [lia | lia | exact high|]. apply Rlt_le, tanh_abs_lt_1. }
  unfold w. rewrite <- rounded_abs by lia. apply rounded_at_most; [lia | lia | |].
  - rewrite rounded_abs by lia. now rewrite numbers.
  - rewrite Rabs_mult. pose proof (Rabs_pos (v a)). nra.
Qed.

Theorem rounded_sum_holds : rounded_sum.
Proof.
  intros p bits e exponents d some v z numbers w S order.
  rewrite <- (part_all _ d). replace (_ ^ d) with ((1 + / 2 ^ p) ^ (d - 0)) by (now rewrite Nat.sub_0_r).
  apply (ordered_size p e bits ltac:(lia) d S w _ order); try lia.
  - intros a _. apply rounded_number; lia.
  - intros a below. now apply (products_holds p bits e exponents d some v z numbers).
Qed.

Theorem attained_holds : attained.
Proof.
  intros p bits e exponents d some v z numbers w S order [signs ->]. apply sum_ext. intros a below. unfold w.
  destruct (Req_dec (v a) 0) as [->|other]; [rewrite Rmult_0_r, Rabs_R0; apply rounded_0|].
  rewrite (signs a below other). rewrite <- (numbers a below) at 4. rewrite <- rounded_abs by lia. f_equal.
  destruct (Rle_dec 0 (v a)).
  - rewrite Rabs_pos_eq by lra. field. exact other.
  - rewrite Rabs_left by lra. field. lra.
Qed.

Theorem exceeded_holds : exceeded.
Proof.
  intros p bits e exponents. set (h := bpow radix2 (- Z.of_nat p - 1)).
  assert (small : 0 < h) by apply bpow_gt_0.
  exists 1, (3 * h), (ln (2 ^ (p + 2)%nat - 1) / 2).
  assert (one : rounded p e (tanh (ln (2 ^ (p + 2)%nat - 1) / 2)) = 1) by (apply tanh_rounds_to_1; [lia | lia | lra]).
  assert (unit : rounded p e 1 = 1) by (apply number_1; lia).
  assert (four : (4 <= 2 ^ Z.of_nat p)%Z) by (change 4%Z with (2 ^ 2)%Z; apply Z.pow_le_mono_r; lia).
  assert (three : rounded p e (3 * h) = 3 * h) by (apply (number_dyadic p e ltac:(lia) ltac:(lia) 3); lia).
  repeat split; [exact unit | exact three|]. rewrite one, !Rmult_1_r, unit, three, Rabs_R1, Rabs_pos_eq by lra.
  assert (power : 2 ^ p * h = / 2).
  { rewrite <- bpow_nat. unfold h. rewrite <- bpow_plus. replace (_ + _)%Z with (-1)%Z by ring. reflexivity. }
  assert (many : 4 <= 2 ^ p) by (replace 4 with (2 ^ 2) by ring; apply Rle_pow; [lra | exact bits]).
  assert (quarter : bpow radix2 (- (1 - Z.of_nat p)) = 2 ^ p / 2).
  { replace (- (1 - Z.of_nat p))%Z with (Z.of_nat p + -1)%Z by ring. rewrite bpow_plus, bpow_nat. simpl. lra. }
  assert (spacing : bpow radix2 (1 - Z.of_nat p) = 4 * h).
  { unfold h. replace (1 - Z.of_nat p)%Z with (2 + (- Z.of_nat p - 1))%Z by ring. now rewrite bpow_plus. }
  rewrite (rounded_is p e ltac:(lia) ltac:(lia) (2 ^ (Z.of_nat p - 1) + 1) (1 - Z.of_nat p)).
  - rewrite plus_IZR, (IZR_Zpower radix2), Rmult_plus_distr_r, <- bpow_plus, spacing by lia.
    replace (Z.of_nat p - 1 + (1 - Z.of_nat p))%Z with 0%Z by ring. simpl. lra.
  - lia.
  - replace (1 - Z.of_nat p + Z.of_nat p)%Z with 1%Z by ring. simpl. rewrite Rabs_pos_eq by lra. nra.
  - right. replace (1 - Z.of_nat p + Z.of_nat p - 1)%Z with 0%Z by ring. simpl. rewrite Rabs_pos_eq; lra.
  - rewrite quarter, plus_IZR, (IZR_Zpower radix2) by lia.
    replace (bpow radix2 (Z.of_nat p - 1)) with (2 ^ p / 2).
    + replace ((1 + 3 * h) * (2 ^ p / 2) - (2 ^ p / 2 + 1)) with (3 / 2 * (2 ^ p * h) - 1) by field.
      rewrite power. replace (3 / 2 * / 2 - 1) with (- / 4) by field.
      rewrite Rabs_Ropp, Rabs_pos_eq; lra.
    + unfold Zminus. rewrite bpow_plus, bpow_nat. simpl. lra.
Qed.
