(* rounding: the proofs of its propositions. *)
From Coq Require Import Reals ZArith Arith Lra Lia Psatz.
From Flocq Require Import Core.
From Attnproof.theory Require Import prelude sums rounding formats nearest ordered_sums.
From Attnproof.statements Require Import rounding.
Open Scope R_scope.

Theorem sum_of_two_holds : sum_of_two.
Proof.
  intros p bits e exponents x y [xn yn]. destruct (sum_factor p e bits ltac:(lia) x y xn yn) as [d [small same]].
  exists d. split; [exact small|]. rewrite same. ring.
Qed.

Lemma power_of_two (s : R) (g : nat) : s = 2 ^ g \/ s = / 2 ^ g -> exists k, s = bpow radix2 k.
Proof.
  intros [-> | ->]; [exists (Z.of_nat g) | exists (- Z.of_nat g)%Z; rewrite bpow_opp]; now rewrite bpow_nat.
Qed.

Lemma top (p : nat) : IZR (2 ^ Z.of_nat p) = 2 ^ p.
Proof. rewrite (IZR_Zpower radix2) by lia. apply bpow_nat. Qed.

Section Format.
Variables (p e : nat).
Hypothesis bits : (1 <= p)%nat.
Hypothesis exponents : (2 <= e)%nat.
Let low : Z := (2 - Z.of_nat e - Z.of_nat p)%Z.

(* a number of the format is a multiple of the least positive one *)
Lemma number_multiple (x : R) : rounded p e x = x -> exists m, x = IZR m * bpow radix2 low.
Proof.
  intros same. apply (number_format p e bits ltac:(lia)) in same.
  assert (positive : Prec_gt_0 (Z.of_nat p)) by (unfold Prec_gt_0; lia).
  destruct (FLT_format_generic radix2 low (Z.of_nat p) x same) as [[m k] -> _ range]. simpl in range.
  exists (m * 2 ^ (k - low))%Z. unfold F2R. simpl. rewrite mult_IZR, (IZR_Zpower radix2) by lia.
  rewrite Rmult_assoc, <- bpow_plus. now replace (k - low + low)%Z with k by ring.
Qed.

Lemma multiple_number (m k : Z) : (low <= k)%Z -> Rabs (IZR m * bpow radix2 k) <= 2 ^ p * bpow radix2 k ->
  rounded p e (IZR m * bpow radix2 k) = IZR m * bpow radix2 k.
Proof.
  intros range small. apply (number_dyadic p e bits ltac:(lia)); [|exact range]. apply le_IZR.
  rewrite abs_IZR, top. pose proof (bpow_gt_0 radix2 k). rewrite Rabs_mult, (Rabs_pos_eq (bpow _ _)) in small by lra.
  now apply Rmult_le_reg_r in small.
Qed.
End Format.

Theorem exact_holds : exact.
Proof.
  intros p bits e exponents g s a b c d x y [power [xn [yn [xm [ym small]]]]].
  destruct (power_of_two s g power) as [k ->]. set (low := (2 - Z.of_nat e - Z.of_nat p)%Z).
  destruct (Z.le_gt_cases low k) as [range|below].
  - replace (x + y) with (IZR (Z.of_nat a - Z.of_nat b + (Z.of_nat c - Z.of_nat d)) * bpow radix2 k) in *
      by (rewrite plus_IZR, !minus_IZR, <- !INR_IZR_INZ; lra).
    now apply multiple_number.
  - destruct (number_multiple p e bits exponents x xn) as [m xe]. destruct (number_multiple p e bits exponents y yn) as [n ye].
    fold low in xe, ye.
    replace (x + y) with (IZR (m + n) * bpow radix2 low) in * by (rewrite plus_IZR; lra).
    apply multiple_number; [exact bits | exact exponents | apply Z.le_refl|]. eapply Rle_trans; [exact small|].
    apply Rmult_le_compat_l; [apply pow_le; lra | apply bpow_le; lia].
Qed.

Theorem first_missing_holds : first_missing.
Proof.
  intros p bits e exponents g s [power least]. destruct (power_of_two s g power) as [k ->].
  set (low := (2 - Z.of_nat e - Z.of_nat p)%Z).
  assert (powers : 0 < 2 ^ e /\ 0 < 2 ^ p) by (split; apply pow_lt; lra).
  pose proof (bpow_gt_0 radix2 k) as positive.
  assert (range : (low <= k)%Z).
  { apply (le_bpow radix2). eapply Rle_trans; [|exact least]. right. unfold low, Zminus.
    rewrite !bpow_plus, !bpow_opp, !bpow_nat. change (bpow radix2 2) with 4. field. lra. }
  split.
  - intros m less. rewrite INR_IZR_INZ in *. apply multiple_number; [exact bits | exact exponents | exact range|].
    rewrite Rabs_mult, !Rabs_pos_eq by (lra || (apply IZR_le; lia)). apply Rmult_le_compat_r; lra.
  - intros same.
    assert (two : 2 <= 2 ^ p) by (rewrite <- (pow_1 2) at 1; apply Rle_pow; [lra | exact bits]).
    (* it is a multiple of 2 s then, and an odd number is even *)
    assert (double : bpow radix2 (k + 1) = 2 * bpow radix2 k) by (rewrite bpow_plus; simpl; lra).
    rewrite (rounded_at p e bits ltac:(lia) (k + 1)) in same.
    + set (m := ZnearestE _) in same. rewrite double in same.
      assert (odd : IZR (2 ^ Z.of_nat p + 1) = IZR (m * 2)).
      { rewrite plus_IZR, mult_IZR, top. apply (Rmult_eq_reg_r (bpow radix2 k)); lra. }
      apply eq_IZR in odd. assert (even : Z.even (2 ^ Z.of_nat p + 1) = true) by (rewrite odd, Z.even_mul; apply Bool.orb_true_r).
      rewrite Z.even_add, Z.even_pow in even by lia. discriminate.
    + unfold low in range. lia.
    + replace (k + 1 + Z.of_nat p)%Z with (k + 1 + Z.of_nat p)%Z by ring. rewrite bpow_plus, bpow_nat, double.
      rewrite Rabs_pos_eq; nra.
    + right. replace (k + 1 + Z.of_nat p - 1)%Z with (k + Z.of_nat p)%Z by ring. rewrite bpow_plus, bpow_nat.
      rewrite Rabs_pos_eq; nra.
Qed.

Theorem sum_of_many_holds : sum_of_many.
Proof.
  intros p bits e exponents n some w S [each order].
  pose proof (roundoff_range p bits) as range. set (h := / 2 ^ p) in *.
  pose proof (inverse_ge_1 h ltac:(lra) ltac:(lra)) as one. set (F := / (1 - h)) in *.
  assert (parts : forall x y, (y <= n)%nat -> 0 <= part w x y).
  { intros x y most. apply sum_nonneg. intros i below. apply each. lia. }
  assert (all : forall x y, (x < y)%nat -> (y <= n)%nat ->
    rounded p e (S x y) = S x y /\ 0 <= S x y /\ near (F ^ (y - x - 1)) (S x y) (part w x y)).
  { apply (ordered (rounded p e) n S w
      (fun x y u => rounded p e u = u /\ 0 <= u /\ near (F ^ (y - x - 1)) u (part w x y)) order).
    - intros x less. destruct (each x less) as [number nonneg]. repeat split; [exact number | exact nonneg | |];
        rewrite part_one; replace (x + 1 - x - 1)%nat with 0%nat by lia; simpl pow; lra.
    - intros x s y a b left right most [an [ap na]] [bn [bp nb]].
      destruct (sum_factor p e bits ltac:(lia) b a bn an) as [d [small same]]. rewrite same. fold h in small.
      pose proof (near_one h d ltac:(lra) ltac:(lra) small) as factor. fold F in factor.
      apply Rcomplements.Rabs_le_between in small.
      split; [rewrite <- same; apply rounded_number; lia|]. split; [apply Rmult_le_pos; lra|].
      rewrite (part_split w x s y) by lia.
      pose proof (parts x s ltac:(lia)) as pl. pose proof (parts s y most) as pr.
      assert (wide : forall m u v, (m <= y - x - 2)%nat -> 0 <= u -> 0 <= v -> near (F ^ m) u v -> near (F ^ (y - x - 2)) u v).
      { intros m u v few up vp. apply near_wider; try lra. apply Rle_pow; assumption. }
      apply (wide (s - x - 1)%nat a) in na; [|lia|assumption..].
      apply (wide (y - s - 1)%nat b) in nb; [|lia|assumption..].
      replace (y - x - 1)%nat with ((y - x - 2) + 1)%nat by lia. rewrite pow_add, pow_1.
      pose proof (pow_R1_Rle F (y - x - 2) one) as more.
      rewrite <- (Rmult_1_r (part w x s + part w s y)), (Rplus_comm 1 d). apply near_mult; try lra; [|exact factor].
      destruct na as [n1 n2]. destruct nb as [n3 n4]. split; lra. }
  destruct (all 0%nat n ltac:(lia) (le_n n)) as [_ [nonneg [most least]]]. rewrite part_all in most, least.
  change (sum n (fun j => w j)) with (sum n w).
  replace (n - 0 - 1)%nat with (n - 1)%nat in most, least by lia.
  assert (power : 0 < (1 - h) ^ (n - 1)) by (apply pow_lt; lra).
  unfold F in most, least. rewrite pow_inv in most, least.
  replace ((1 - h) ^ n) with ((1 - h) * (1 - h) ^ (n - 1)) by (rewrite <- (pow_1 (1 - h)) at 1; rewrite <- pow_add; f_equal; lia).
  rewrite !Rmult_assoc. split; (apply Rmult_le_compat_l; [lra|]).
  - apply (Rmult_le_compat_l ((1 - h) ^ (n - 1))) in least; [|lra]. rewrite <- Rmult_assoc, Rinv_r in least by lra. lra.
  - apply (Rmult_le_compat_l ((1 - h) ^ (n - 1))) in most; [|lra]. rewrite <- Rmult_assoc, Rinv_r in most by lra. lra.
Qed.
