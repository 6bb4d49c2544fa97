(* T9: the proofs of its propositions. *)
From Coq Require Import Reals Arith ZArith Lra Lia.
From Flocq Require Import Core.
From Attnproof.theory Require Import prelude sums largest softmax tanh_weights enclosure.
From Attnproof.theory Require Import formats nearest ordered_sums absorbing.
From Attnproof.statements Require Import T9.
Open Scope R_scope.

Theorem unchanged_holds : unchanged.
Proof.
  intros n some e i below m s alpha beta. change (weight n s i = weight n e i).
  rewrite <- (weight_shift n e (- m) i some). apply weight_ext; [exact below|]. intros. unfold s. ring.
Qed.

Theorem exponents_and_terms_holds : exponents_and_terms.
Proof.
  intros n some e i below m s.
  assert (at_most : s i <= 0) by (unfold s, m; pose proof (largest_ge n (fun m => e m) i below); cbv beta in *; lra).
  split; [exact at_most|]. split; [apply exp_pos|]. rewrite <- exp_0. now apply exp_le.
Qed.

Theorem denominator_holds : denominator.
Proof.
  intros n some e m s. split.
  - destruct (largest_in n (fun m => e m) some) as [k [below same]].
    replace 1 with (exp (s k)).
    + apply (sum_single_le n (fun i => exp (s i))); [intros; apply Rlt_le, exp_pos | exact below].
    + rewrite <- exp_0. f_equal. unfold s, m. rewrite same. ring.
  - rewrite <- (Rmult_1_r (INR n)), <- sum_const. apply sum_le. intros i I.
    apply (exponents_and_terms_holds n some e i I).
Qed.

(* One edge: an exponential is below the level up to [last], and not from [next] on. *)
Lemma overflow_edge (p e : nat) (last next x : R) :
  (1 <= p)%nat -> (2 <= e)%nat ->
  exp last < 2 * 2 ^ e * (1 - 1 / (2 * 2 ^ p)) -> 2 * 2 ^ e * (1 - 1 / (2 * 2 ^ p)) <= exp next ->
  (x <= last -> rounded p e (exp x) < 2 * 2 ^ e) /\ (next <= x -> 2 * 2 ^ e <= rounded p e (exp x)).
Proof.
  intros bits exponents under over.
  assert (top : bpow radix2 (Z.of_nat (1 + e)) = 2 * 2 ^ e) by apply bpow_nat.
  pose proof (below_power p e bits ltac:(lia) (Z.of_nat (1 + e)) (exp x) ltac:(lia)) as edge. rewrite top in edge.
  split; intros less.
  - apply Rnot_le_lt. intros more. apply edge in more. pose proof (exp_le _ _ less). lra.
  - apply edge. pose proof (exp_le _ _ less). lra.
Qed.

Lemma underflow_edge (p e : nat) (last next x : R) :
  (1 <= p)%nat -> (1 <= e)%nat -> exp last <= 4 / (2 ^ e * 2 ^ p) / 2 -> 4 / (2 ^ e * 2 ^ p) / 2 < exp next ->
  (x <= last -> rounded p e (exp x) = 0) /\ (next <= x -> 0 < rounded p e (exp x)).
Proof.
  intros bits exponents under over.
  pose proof (above_zero p e bits exponents (exp x)) as edge. rewrite least_number in edge. split; intros less.
  - apply Rle_antisym.
    + apply Rnot_lt_le. intros more. apply edge in more. pose proof (exp_le _ _ less). lra.
    + rewrite <- (rounded_0 p e). apply rounded_le; [exact bits | exact exponents | apply Rlt_le, exp_pos].
  - apply edge. pose proof (exp_le _ _ less). lra.
Qed.

Lemma sum_overflows (p e : nat) (last : R) :
  (1 <= p)%nat -> (1 <= e)%nat -> 2 ^ e <= exp last -> 2 * 2 ^ e <= rounded p e (2 * rounded p e (exp last)).
Proof.
  intros bits exponents large.
  assert (power : forall n, rounded p e (2 ^ n) = 2 ^ n) by (intros; rewrite <- bpow_nat; apply number_power; lia).
  apply rounded_at_least; [exact bits | exact exponents | apply (power (S e)) |].
  pose proof (rounded_at_least p e bits exponents (exp last) (2 ^ e) (power e) large). lra.
Qed.

(* Powers of 2 with whole exponents, which interval arithmetic reads. *)
Ltac powers := rewrite ?pow_powerRZ; simpl Z.of_nat.
Ltac enclosed := powers; interval with (Tactic.i_prec 100).

Theorem overflow_fp16_holds : overflow_fp16.
Proof. intros p _ E _ x [-> ->]. apply overflow_edge; [lia | lia | enclosed | enclosed]. Qed.

Theorem overflowing_sum_fp16_holds : overflowing_sum_fp16.
Proof. intros p _ E _ [-> ->]. apply sum_overflows; [lia | lia | enclosed]. Qed.

Theorem underflow_fp16_holds : underflow_fp16.
Proof. intros p _ E _ x [-> ->]. apply underflow_edge; [lia | lia | enclosed | enclosed]. Qed.

Theorem overflow_bf16_holds : overflow_bf16.
Proof. intros p _ E _ x [-> ->]. apply overflow_edge; [lia | lia | enclosed | enclosed]. Qed.

Theorem overflowing_sum_bf16_holds : overflowing_sum_bf16.
Proof. intros p _ E _ [-> ->]. apply sum_overflows; [lia | lia | enclosed]. Qed.

Theorem underflow_bf16_holds : underflow_bf16.
Proof. intros p _ E _ x [-> ->]. apply underflow_edge; [lia | lia | enclosed | enclosed]. Qed.

Theorem overflow_fp32_holds : overflow_fp32.
Proof. intros p _ E _ x [-> ->]. apply overflow_edge; [lia | lia | enclosed | enclosed]. Qed.

Theorem overflowing_sum_fp32_holds : overflowing_sum_fp32.
Proof. intros p _ E _ [-> ->]. apply sum_overflows; [lia | lia | enclosed]. Qed.

Theorem underflow_fp32_holds : underflow_fp32.
Proof. intros p _ E _ x [-> ->]. apply underflow_edge; [lia | lia | enclosed | enclosed]. Qed.

Theorem overflow_fp64_holds : overflow_fp64.
Proof. intros p _ E _ x [-> ->]. apply overflow_edge; [lia | lia | enclosed | enclosed]. Qed.

Theorem overflowing_sum_fp64_holds : overflowing_sum_fp64.
Proof. intros p _ E _ [-> ->]. apply sum_overflows; [lia | lia | enclosed]. Qed.

Theorem underflow_fp64_holds : underflow_fp64.
Proof. intros p _ E _ x [-> ->]. apply underflow_edge; [lia | lia | enclosed | enclosed]. Qed.

(* The terms: from 0 to 1, and that of the largest score is 1. *)
Lemma rounded_terms (p e n : nat) (x : nat -> R) : (1 <= p)%nat -> (1 <= e)%nat -> (1 <= n)%nat ->
  let m := largest n (fun m => x m) in
  let s := fun j => rounded p e (- m + x j) in
  let w := fun j => rounded p e (exp (s j)) in
  (forall i, (i < n)%nat -> s i <= 0 /\ 0 <= w i /\ w i <= 1) /\ exists k, (k < n)%nat /\ w k = 1.
Proof.
  intros bits exponents some m s w. split.
  - intros i below. pose proof (largest_ge n (fun m => x m) i below) as most. cbv beta in most. fold m in most.
    assert (down : s i <= 0) by (apply rounded_at_most; [lia | lia | apply rounded_0 | lra]).
    split; [exact down|]. split.
    + rewrite <- (rounded_0 p e). apply rounded_le; [lia | lia | apply Rlt_le, exp_pos].
    + apply rounded_at_most; [lia | lia | now apply number_1|]. rewrite <- exp_0. now apply exp_le.
  - destruct (largest_in n (fun m => x m) some) as [k [below same]]. exists k. split; [exact below|]. unfold w, s.
    replace (- m + x k) with 0 by (unfold m; rewrite same; ring). rewrite rounded_0, exp_0. now apply number_1.
Qed.

Theorem rounded_denominator_holds : rounded_denominator.
Proof.
  intros p bits e exponents n some x S m s w.
  destruct (rounded_terms p e n x ltac:(lia) exponents some) as [range [k [K one]]]. split; [exact range|].
  intros [order few]. change (w k = 1) in one.
  assert (terms : forall i, (i < n)%nat -> s i <= 0 /\ 0 <= w i /\ w i <= 1) by exact range.
  assert (each : forall a b, (a < b)%nat -> (b <= n)%nat ->
    (forall j, (a <= j)%nat -> (j < b)%nat -> w j <= S a b) /\ 0 <= S a b <= INR (b - a) /\
    rounded p e (S a b) = S a b).
  { apply (ordered (rounded p e) n S w (fun a b u =>
      (forall j, (a <= j)%nat -> (j < b)%nat -> w j <= u) /\ 0 <= u <= INR (b - a) /\ rounded p e u = u) order).
    - intros a below. destruct (terms a below) as [_ [low high]]. split.
      { intros j from to. replace j with a by lia. lra. }
      replace (a + 1 - a)%nat with 1%nat by lia. change (INR 1) with 1. split; [now split|]. apply rounded_number; lia.
    - intros a c b u v left right most [own_u [[u0 u1] nu]] [own_v [[v0 v1] nv]].
      assert (larger_u : u <= rounded p e (v + u)) by (apply rounded_at_least; [lia | lia | exact nu | lra]).
      assert (larger_v : v <= rounded p e (v + u)) by (apply rounded_at_least; [lia | lia | exact nv | lra]).
      split; [|split; [split; [lra|]|apply rounded_number; lia]].
      + intros j from to. destruct (Nat.lt_ge_cases j c) as [before|after].
        * pose proof (own_u j from before). lra.
        * pose proof (own_v j after to). lra.
      + apply rounded_at_most; [lia | lia | |].
        * apply number_whole; [lia | lia|]. apply INR_le. apply Rle_trans with (INR n); [apply le_INR; lia|].
          rewrite pow_INR. exact few.
        * replace (b - a)%nat with ((b - c) + (c - a))%nat by lia. rewrite plus_INR. lra. }
  destruct (each 0%nat n ltac:(lia) (le_n n)) as [own [[_ most] _]]. rewrite Nat.sub_0_r in most.
  split; [|exact most]. rewrite <- one. apply own; lia.
Qed.

(* 2^p + 1 is half way between two numbers: the even significand is that of 2^p. *)
Lemma counts_to (p e : nat) : (2 <= p)%nat -> (1 <= e)%nat -> rounded p e (2 ^ p + 1) = 2 ^ p.
Proof.
  intros bits exponents. pose proof (pow_R1_Rle 2 p ltac:(lra)) as power.
  assert (many : 4 <= 2 ^ p) by (replace 4 with (2 ^ 2) by ring; apply Rle_pow; [lra | exact bits]).
  assert (half : IZR (2 ^ (Z.of_nat p - 1)) = 2 ^ p / 2).
  { rewrite (IZR_Zpower radix2) by lia. unfold Zminus. rewrite bpow_plus, bpow_nat. reflexivity. }
  assert (two : bpow radix2 1 = 2) by reflexivity.
  rewrite (rounded_tie p e ltac:(lia) exponents (2 ^ (Z.of_nat p - 1)) 1).
  - rewrite half, two. field.
  - lia.
  - rewrite bpow_plus, bpow_nat, two, Rabs_pos_eq; lra.
  - right. replace (1 + Z.of_nat p - 1)%Z with (Z.of_nat p) by ring. rewrite bpow_nat, Rabs_pos_eq; lra.
  - rewrite half, bpow_opp, two. replace ((2 ^ p + 1) * / 2 - 2 ^ p / 2) with (/ 2) by field. rewrite Rabs_pos_eq; lra.
  - rewrite Z.even_pow by lia. reflexivity.
Qed.

Theorem denominator_in_turn_holds : denominator_in_turn.
Proof.
  intros p bits e exponents n some x q Q T m s w.
  destruct (rounded_terms p e n x ltac:(lia) exponents some) as [range [k [K one]]]. split; [exact range|].
  intros [last [first next]]. change (w k = 1) in one.
  assert (terms : forall i, (i < n)%nat -> s i <= 0 /\ 0 <= w i /\ w i <= 1) by exact range.
  assert (each : forall k, (k <= q)%nat -> (forall j, (j <= k)%nat -> w j <= T k) /\
    (0 <= T k /\ T k <= INR (k + 1) /\ T k <= 2 ^ p) /\ rounded p e (T k) = T k).
  { pose proof (pow_R1_Rle 2 p ltac:(lra)) as power. induction k0 as [|h IH]; intros below.
    - destruct (terms 0%nat ltac:(lia)) as [_ [low high]]. rewrite first. split.
      { intros j to. replace j with 0%nat by lia. lra. }
      change (INR (0 + 1)) with 1. split; [lra|]. apply rounded_number; lia.
    - destruct IH as [own [[t0 [t1 t2]] tn]]; [lia|]. replace (S h) with (h + 1)%nat by lia. rewrite next by lia.
      destruct (terms (h + 1)%nat ltac:(lia)) as [_ [low high]].
      assert (wn : rounded p e (w (h + 1)%nat) = w (h + 1)%nat) by (apply rounded_number; lia).
      assert (larger_t : T h <= rounded p e (T h + w (h + 1)%nat))
        by (apply rounded_at_least; [lia | lia | exact tn | lra]).
      assert (larger_w : w (h + 1)%nat <= rounded p e (T h + w (h + 1)%nat))
        by (apply rounded_at_least; [lia | lia | exact wn | lra]).
      assert (stays : rounded p e (T h + w (h + 1)%nat) <= 2 ^ p).
      { rewrite <- (counts_to p e bits exponents). apply rounded_le; [lia | lia | lra]. }
      split; [|split; [split; [lra | split; [|exact stays]]|apply rounded_number; lia]].
      + intros j to. destruct (Nat.eq_dec j (h + 1)) as [->|other]; [exact larger_w|].
        pose proof (own j ltac:(lia)). lra.
      + destruct (Nat.le_gt_cases (h + 1 + 1) (2 ^ p)) as [few|many].
        * apply rounded_at_most; [lia | lia | apply number_whole; [lia | lia | exact few]|].
          rewrite plus_INR. simpl. lra.
        * apply Rle_trans with (1 := stays). replace (2 ^ p) with (INR (2 ^ p)) by (now rewrite pow_INR).
          apply le_INR. lia. }
  destruct (each q (le_n q)) as [own [[_ [most _]] _]]. rewrite last in most.
  split; [|exact most]. rewrite <- one. apply own. lia.
Qed.
