(* A bias near 0.55 to which less than half a spacing is added stays; what is left of its units cancels in any order. *)
From Coq Require Import Reals ZArith Lia Lra.
From Coquelicot Require Import Coquelicot.
From Flocq Require Import Core.
From Attnproof.theory Require Import prelude sums formats nearest ordered_sums enclosure.
Open Scope R_scope.

Section Lost.
Variables (p e : nat).
Hypothesis bits : (5 <= p)%nat.
Hypothesis exponents : (2 <= e)%nat.
Local Notation fl := (rounded p e).

Lemma bias_range : 54 / 100 < ln 3 / 2 < 55 / 100.
Proof. split; interval with (Tactic.i_prec 80). Qed.

Lemma thirty_two : 32 <= 2 ^ p.
Proof. replace 32 with (2 ^ 5) by ring. apply Rle_pow; [lra | exact bits]. Qed.

Lemma near_bias (x : R) (m : Z) : 1 / 2 <= x < 1 -> Rabs (x * 2 ^ p - IZR m) < / 2 -> fl x = IZR m * / 2 ^ p.
Proof.
  intros range near. pose proof thirty_two.
  assert (scale : bpow radix2 (- Z.of_nat p) = / 2 ^ p) by (now rewrite bpow_opp, bpow_nat).
  rewrite <- scale. apply rounded_is; [lia | lia | lia | | right |].
  - replace (- Z.of_nat p + Z.of_nat p)%Z with 0%Z by ring. simpl. rewrite Rabs_pos_eq; lra.
  - replace (- Z.of_nat p + Z.of_nat p - 1)%Z with (-1)%Z by ring. simpl. rewrite Rabs_pos_eq; lra.
  - rewrite Z.opp_involutive, bpow_nat. exact near.
Qed.

Lemma bias_is : exists m, fl (ln 3 / 2) = IZR m * / 2 ^ p /\ Rabs (ln 3 / 2 * 2 ^ p - IZR m) <= / 2.
Proof.
  pose proof bias_range. pose proof thirty_two.
  exists (ZnearestE (ln 3 / 2 * 2 ^ p)). split; [|apply Znearest_half].
  assert (scale : bpow radix2 (- Z.of_nat p) = / 2 ^ p) by (now rewrite bpow_opp, bpow_nat).
  rewrite (rounded_at p e ltac:(lia) ltac:(lia) (- Z.of_nat p)).
  - rewrite Z.opp_involutive, bpow_nat, scale. reflexivity.
  - lia.
  - replace (- Z.of_nat p + Z.of_nat p)%Z with 0%Z by ring. simpl. rewrite Rabs_pos_eq; lra.
  - right. replace (- Z.of_nat p + Z.of_nat p - 1)%Z with (-1)%Z by ring. simpl. rewrite Rabs_pos_eq; lra.
Qed.

Lemma bias_stays (x : R) : Rabs x < 1 / (2 * 2 ^ p) -> fl (x + fl (ln 3 / 2)) = fl (ln 3 / 2).
Proof.
  intros small. pose proof bias_range as range. pose proof thirty_two as many. destruct bias_is as [m [is_m half]].
  rewrite is_m. assert (unit : / 2 ^ p <= / 32) by (apply Rinv_le_contravar; lra).
  assert (up : 0 < / 2 ^ p) by (apply Rinv_0_lt_compat; lra).
  replace (1 / (2 * 2 ^ p)) with (/ 2 ^ p / 2) in small by (field; lra). apply Rabs_lt_between in small.
  apply Rabs_le_between in half.
  assert (low : ln 3 / 2 - / 2 ^ p / 2 <= IZR m * / 2 ^ p <= ln 3 / 2 + / 2 ^ p / 2).
  { split; apply (Rmult_le_reg_r (2 ^ p)); try lra; rewrite Rmult_assoc, Rinv_l by lra; field_simplify; lra. }
  apply near_bias; [lra|].
  replace ((x + IZR m * / 2 ^ p) * 2 ^ p - IZR m) with (x * 2 ^ p) by (field; lra).
  apply Rabs_lt. split; apply (Rmult_lt_reg_r (/ 2 ^ p)); try lra; rewrite Rmult_assoc, Rinv_r by lra; lra.
Qed.
End Lost.

Section Signs.
Variables (p e : nat).
Hypothesis bits : (1 <= p)%nat.
Hypothesis exponents : (1 <= e)%nat.
Local Notation fl := (rounded p e).

(* 0, once, twice, and minus that *)
Lemma few_exact (q : R) (k : Z) : fl q = q -> (Z.abs k <= 2)%Z -> fl (IZR k * q) = IZR k * q.
Proof.
  intros number few.
  assert (twice : fl (2 * q) = 2 * q).
  { apply number_format; try assumption. apply number_format in number; try assumption.
    assert (prec : Prec_gt_0 (Z.of_nat p)) by (unfold Prec_gt_0; lia).
    apply generic_format_FLT. apply FLT_format_generic in number; [|exact prec].
    destruct number as [[n k'] same size range]. exists (Float radix2 n (k' + 1)); simpl in *; [|exact size|lia].
    rewrite same. unfold F2R. simpl. rewrite bpow_plus. change (bpow radix2 1) with 2. ring. }
  assert (k = 0 \/ k = 1 \/ k = -1 \/ k = 2 \/ k = -2)%Z as [-> | [-> | [-> | [-> | ->]]]] by lia.
  - rewrite Rmult_0_l. now apply rounded_0.
  - now rewrite Rmult_1_l.
  - replace (-1 * q) with (- q) by ring. now rewrite rounded_opp, number.
  - exact twice.
  - replace (-2 * q) with (- (2 * q)) by ring. now rewrite rounded_opp, twice.
Qed.

Lemma signs_cancel (S : nat -> nat -> R) (w : nat -> R) (q : R) (s : nat -> Z) :
  fl q = q -> in_order fl 4 S w -> (forall a, (a < 4)%nat -> w a = IZR (s a) * q) ->
  (forall a, (a < 4)%nat -> s a = 1%Z \/ s a = (-1)%Z) ->
  q = 0 \/ (s 0%nat + s 1%nat + s 2%nat + s 3%nat = 0)%Z -> S 0%nat 4%nat = 0.
Proof.
  intros number order terms signs total.
  set (t := fun x y : nat => match x, y with
    | 0%nat, 1%nat => s 0%nat | 1%nat, 2%nat => s 1%nat | 2%nat, 3%nat => s 2%nat | 3%nat, 4%nat => s 3%nat
    | 0%nat, 2%nat => (s 0%nat + s 1%nat)%Z | 1%nat, 3%nat => (s 1%nat + s 2%nat)%Z
    | 2%nat, 4%nat => (s 2%nat + s 3%nat)%Z | 0%nat, 3%nat => (s 0%nat + s 1%nat + s 2%nat)%Z
    | 1%nat, 4%nat => (s 1%nat + s 2%nat + s 3%nat)%Z | _, _ => (s 0%nat + s 1%nat + s 2%nat + s 3%nat)%Z
    end).
  destruct total as [zero|total].
  - assert (all : forall x y, (x < y)%nat -> (y <= 4)%nat -> S x y = 0).
    { apply (ordered fl 4 S w (fun _ _ u => u = 0) order).
      - intros x less. rewrite terms, zero by exact less. ring.
      - intros x c y a b _ _ _ -> ->. rewrite Rplus_0_l. now apply rounded_0. }
    apply all; lia.
  - assert (all : forall x y, (x < y)%nat -> (y <= 4)%nat -> S x y = IZR (t x y) * q).
    { apply (ordered fl 4 S w (fun x y u => u = IZR (t x y) * q) order).
      - intros x less. rewrite terms by exact less. destruct x as [|[|[|[|x]]]]; try lia; reflexivity.
      - intros x c y a b left right most -> ->. rewrite <- Rmult_plus_distr_r, <- plus_IZR.
        pose proof (signs 0%nat ltac:(lia)). pose proof (signs 1%nat ltac:(lia)). pose proof (signs 2%nat ltac:(lia)).
        pose proof (signs 3%nat ltac:(lia)).
        assert (same : (t c y + t x c = t x y)%Z /\ (Z.abs (t x y) <= 2)%Z).
        { destruct x as [|[|[|[|x]]]]; try lia; destruct c as [|[|[|[|c]]]]; try lia;
            destruct y as [|[|[|[|[|y]]]]]; try lia; unfold t; lia. }
        destruct same as [-> few]. now apply few_exact. }
    rewrite (all 0%nat 4%nat) by lia. unfold t. rewrite total. ring.
Qed.
End Signs.
