(* T9: the proofs of its propositions. *)
From Coq Require Import Reals Arith ZArith Lra Lia.
From Flocq Require Import Core.
From Attnproof.theory Require Import prelude sums largest softmax tanh_weights enclosure.
From Attnproof.theory Require Import formats nearest ordered_sums absorbing results.
From Attnproof.theory Require ieee.  (* that the operations are those of IEEE 754 *)
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

(* One edge: an exponential is a number up to [last], and infinite from [next] on. *)
Lemma overflow_edge (p e : nat) (last next x : R) :
  (1 <= p)%nat -> (2 <= e)%nat ->
  exp last < 2 * 2 ^ e * (1 - 1 / (2 * 2 ^ p)) -> 2 * 2 ^ e * (1 - 1 / (2 * 2 ^ p)) <= exp next ->
  (x <= last -> exponential p e (Value x) = Value (rounded p e (exp x))) /\
  (next <= x -> exponential p e (Value x) = PlusInfinity).
Proof.
  intros bits exponents under over.
  assert (top : bpow radix2 (Z.of_nat (1 + e)) = 2 * 2 ^ e) by apply bpow_nat.
  pose proof (below_power p e bits ltac:(lia) (Z.of_nat (1 + e)) (exp x) ltac:(lia)) as edge. rewrite top in edge.
  pose proof (Rlt_le _ _ (exp_pos x)) as up. pose proof (fl_nonneg p e bits ltac:(lia) _ up).
  split; intros less.
  - apply is_value. rewrite Rabs_pos_eq, end_of_format by assumption. apply Rnot_le_lt. intros more. apply edge in more.
    pose proof (exp_le _ _ less). lra.
  - apply overflows; [lia | lia | exact up|]. rewrite end_of_format. apply edge. pose proof (exp_le _ _ less). lra.
Qed.

Lemma underflows (p e : nat) (x : R) : (1 <= p)%nat -> (1 <= e)%nat -> 0 <= x -> x <= 4 / (2 ^ e * 2 ^ p) / 2 ->
  rounded p e x = 0.
Proof.
  intros bits exponents up small. pose proof (above_zero p e bits exponents x) as edge. rewrite least_number in edge.
  apply Rle_antisym; [|now apply fl_nonneg]. apply Rnot_lt_le. intros more. apply edge in more. lra.
Qed.

Lemma underflow_edge (p e : nat) (last next x : R) :
  (1 <= p)%nat -> (1 <= e)%nat -> exp last <= 4 / (2 ^ e * 2 ^ p) / 2 -> 4 / (2 ^ e * 2 ^ p) / 2 < exp next ->
  (x <= last -> exponential p e (Value x) = Value 0) /\ (next <= x -> exponential p e (Value x) <> Value 0).
Proof.
  intros bits exponents under over. split; intros less.
  - assert (zero : rounded p e (exp x) = 0).
    { apply underflows; [lia | lia | apply Rlt_le, exp_pos|]. pose proof (exp_le _ _ less). lra. }
    pose proof (end_above_1 e). change (result_of p e (exp x) = Value 0).
    rewrite is_value; rewrite zero; [reflexivity | rewrite Rabs_R0; lra].
  - pose proof (above_zero p e bits exponents (exp x)) as edge. rewrite least_number in edge.
    assert (0 < rounded p e (exp x)) by (apply edge; pose proof (exp_le _ _ less); lra).
    simpl. unfold result_of. destruct (Rlt_dec _ _) as [small|large].
    + intros same. injection same. lra.
    + rewrite infinite_up by (apply Rlt_le, exp_pos). discriminate.
Qed.

Lemma sum_overflows (p e : nat) (last : R) : (1 <= p)%nat -> (1 <= e)%nat -> 2 ^ e <= exp last ->
  added p e (exponential p e (Value last)) (exponential p e (Value last)) = PlusInfinity.
Proof.
  intros bits exponents large. pose proof (pow_lt 2 e ltac:(lra)).
  assert (power : forall n, rounded p e (2 ^ n) = 2 ^ n) by (intros; rewrite <- bpow_nat; apply number_power; lia).
  pose proof (rounded_at_least p e bits exponents (exp last) (2 ^ e) (power e) large) as more.
  change (exponential p e (Value last)) with (result_of p e (exp last)).
  destruct (Rlt_le_dec (Rabs (rounded p e (exp last))) (2 ^ (e + 1))) as [finite|over].
  - rewrite (is_value p e _ finite). apply overflows; [lia | lia | lra|]. rewrite end_of_format.
    apply rounded_at_least; [exact bits | exact exponents | apply (power (S e)) | lra].
  - rewrite (is_infinite p e _ over), infinite_up by lra. reflexivity.
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

(* What the program that subtracts the maximum has: exponents at most 0, terms from 0 to 1, that of the highest 1. *)
Lemma shifted_terms (p e n : nat) (x : nat -> result) : (1 <= p)%nat -> (1 <= e)%nat ->
  (forall i, (i < n)%nat -> x i = MinusInfinity \/ exists v, x i = Value v) ->
  (exists i, (i < n)%nat /\ exists v, x i = Value v) ->
  let m := highest n (fun m => x m) in
  let s := fun j => subtracted p e (x j) m in
  let w := fun j => exponential p e (s j) in
  (forall i, (i < n)%nat -> x i = MinusInfinity -> s i = MinusInfinity) /\
  (forall i, (i < n)%nat -> (s i = MinusInfinity \/ exists v, s i = Value v /\ v <= 0) /\
    exists t, w i = Value t /\ 0 <= t <= 1 /\ rounded p e t = t) /\
  exists k, (k < n)%nat /\ w k = Value 1.
Proof.
  intros bits exponents kinds some m s w.
  destruct (highest_number n (fun m => x m) kinds some) as [top [highest_is [most [k [K reached]]]]].
  assert (shift : forall i v, x i = Value v -> s i = result_of p e (v - top)).
  { intros i v same. unfold s, m. rewrite same, highest_is. reflexivity. }
  assert (down : forall v, v <= top -> result_of p e (v - top) = MinusInfinity \/
    exists r, result_of p e (v - top) = Value r /\ r <= 0).
  { intros v less. unfold result_of. destruct (Rlt_dec _ _) as [small|large].
    - right. exists (rounded p e (v - top)). split; [reflexivity|].
      apply rounded_at_most; [lia | lia | apply rounded_0 | lra].
    - left. apply infinite_down. pose proof (end_above_1 e). destruct (Req_dec v top) as [->|other]; [|lra].
      exfalso. apply large. rewrite Rminus_diag_eq, rounded_0, Rabs_R0 by reflexivity. lra. }
  assert (exponent : forall i, (i < n)%nat -> s i = MinusInfinity \/ exists v, s i = Value v /\ v <= 0).
  { intros i below. destruct (kinds i below) as [masked|[v same]].
    - left. unfold s, m. rewrite masked, highest_is. reflexivity.
    - rewrite (shift i v same). apply down. now apply (most i). }
  split; [|split].
  - intros i below masked. unfold s, m. rewrite masked, highest_is. reflexivity.
  - intros i below. split; [now apply exponent|]. unfold w. destruct (exponent i below) as [->|[v [-> less]]].
    + exists 0. repeat split; try lra. apply rounded_0.
    + pose proof (end_above_1 e). pose proof (Rlt_le _ _ (exp_pos v)) as up.
      destruct (between p e bits exponents (exp v) 1 up) as [same small]; try lra.
      * now apply number_1.
      * rewrite <- exp_0. now apply exp_le.
      * exists (rounded p e (exp v)). split; [exact same|]. split; [split|now apply rounded_number]; [|exact small].
        now apply fl_nonneg.
  - exists k. split; [exact K|]. unfold w. rewrite (shift k top reached), Rminus_diag_eq by reflexivity.
    rewrite value_0. simpl. rewrite exp_0. pose proof (end_above_1 e).
    rewrite is_value; rewrite number_1 by assumption; [reflexivity | rewrite Rabs_R1; lra].
Qed.

(* A term over the denominator. *)
Lemma weight_within (p e : nat) (t d : R) : (1 <= p)%nat -> (1 <= e)%nat -> 0 <= t <= 1 -> 1 <= d ->
  exists v, divided p e (Value t) (Value d) = Value v /\ 0 <= v /\ v <= 1.
Proof.
  intros bits exponents term denominator. pose proof (end_above_1 e). simpl. destruct (Req_EM_T d 0); [lra|].
  assert (up : 0 <= t / d) by (apply Rmult_le_pos; [lra | apply Rlt_le, Rinv_0_lt_compat; lra]).
  destruct (between p e bits exponents (t / d) 1 up) as [same small]; try lra.
  - now apply number_1.
  - apply (Rmult_le_reg_r d); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
  - exists (rounded p e (t / d)). split; [exact same|]. split; [now apply fl_nonneg | exact small].
Qed.

Lemma no_weight (p e : nat) (d : R) : (1 <= p)%nat -> (1 <= e)%nat -> 1 <= d ->
  divided p e (Value 0) (Value d) = Value 0.
Proof.
  intros bits exponents denominator. simpl. destruct (Req_EM_T d 0); [lra|]. unfold Rdiv. rewrite Rmult_0_l.
  now apply value_0.
Qed.

Theorem numbers_holds : numbers.
Proof.
  intros p bits e exponents n some x S m s w beta [range [few [[kinds one] order]]].
  destruct (shifted_terms p e n x bits exponents kinds one) as [masks [terms [k [K full]]]].
  destruct (sum_of_few p e bits exponents n S w some order few range) as [d [sum [most own]]].
  { intros j below. apply terms. exact below. }
  assert (low : 1 <= d) by (apply (own k); assumption). split.
  - intros i below. destruct (terms i below) as [down [t [same [within _]]]].
    split; [exact down|]. split; [now exists t|]. unfold beta. rewrite sum. split.
    + change (exists v, divided p e (w i) (Value d) = Value v /\ 0 <= v /\ v <= 1). change (w i = Value t) in same.
      rewrite same. now apply weight_within.
    + intros none. change (divided p e (exponential p e (s i)) (Value d) = Value 0).
      assert (s i = MinusInfinity) as -> by (destruct none as [masked|far]; [now apply masks | exact far]).
      now apply no_weight.
  - exists d. now split.
Qed.

Theorem numbers_in_turn_holds : numbers_in_turn.
Proof.
  intros p bits e exponents n some x q Q T m s w beta [range [[kinds one] [last [first next]]]].
  destruct (shifted_terms p e n x ltac:(lia) exponents kinds one) as [masks [terms [k [K full]]]].
  destruct (sum_in_turn p e ltac:(lia) exponents n q T w (counts_to p e bits exponents) range last first next)
    as [d [sum [most own]]].
  { intros j below. apply terms. exact below. }
  assert (low : 1 <= d) by (apply (own k); assumption). split.
  - intros i below. destruct (terms i below) as [down [t [same [within _]]]].
    split; [exact down|]. split; [now exists t|]. unfold beta. rewrite sum. split.
    + change (exists v, divided p e (w i) (Value d) = Value v /\ 0 <= v /\ v <= 1). change (w i = Value t) in same.
      rewrite same. apply weight_within; (assumption || lia).
    + intros none. change (divided p e (exponential p e (s i)) (Value d) = Value 0).
      assert (s i = MinusInfinity) as -> by (destruct none as [masked|far]; [now apply masks | exact far]).
      apply no_weight; (assumption || lia).
  - exists d. now split.
Qed.

Lemma exp_whole (k : nat) (x : R) : exp (INR k * x) = exp x ^ k.
Proof.
  induction k as [|k IH]; [simpl; rewrite Rmult_0_l; apply exp_0|].
  rewrite S_INR. simpl. rewrite <- IH, <- exp_plus. f_equal. ring.
Qed.

Lemma far_below (p e : nat) (x : R) : (p <= e)%nat -> x <= - (3 / 4) * 2 ^ (e + 1) -> exp x <= 4 / (2 ^ e * 2 ^ p) / 2.
Proof.
  intros range far. set (k := (2 ^ (e + 1))%nat).
  assert (many : (2 * e <= k)%nat).
  { unfold k. rewrite Nat.add_1_r. simpl. pose proof (Nat.pow_gt_lin_r 2 e ltac:(lia)). lia. }
  assert (less : exp x <= (/ 2) ^ (2 * e)).
  { apply Rle_trans with (exp (- (3 / 4)) ^ k).
    - rewrite <- exp_whole. apply exp_le. unfold k. rewrite pow_INR. change (INR 2) with 2. lra.
    - apply Rle_trans with ((/ 2) ^ k).
      + apply pow_incr. split; [apply Rlt_le, exp_pos | enclosed].
      + rewrite !pow_inv by lra. apply Rinv_le_contravar; [apply pow_lt; lra | apply Rle_pow; [lra | exact many]]. }
  apply Rle_trans with (1 := less). rewrite pow_inv, Nat.mul_comm, pow_mult by lra. simpl (_ ^ 2). rewrite Rmult_1_r.
  pose proof (pow_R1_Rle 2 e ltac:(lra)). pose proof (pow_lt 2 p ltac:(lra)).
  assert (2 ^ p <= 2 ^ e) by (apply Rle_pow; [lra | exact range]).
  replace (4 / (2 ^ e * 2 ^ p) / 2) with (2 * / (2 ^ e * 2 ^ p)) by (field; lra).
  assert (/ (2 ^ e * 2 ^ e) <= / (2 ^ e * 2 ^ p)) by (apply Rinv_le_contravar; nra).
  assert (0 < / (2 ^ e * 2 ^ p)) by (apply Rinv_0_lt_compat; nra). lra.
Qed.

Theorem harmless_holds : harmless.
Proof.
  intros p bits e exponents x y [range infinite]. unfold subtracted in infinite. simpl in infinite.
  change (x + - y) with (x - y) in infinite. unfold result_of in infinite.
  destruct (Rlt_dec _ _) as [small|large]; [discriminate|].
  unfold prelude.infinite in infinite. destruct (Rlt_dec _ 0) as [down|up]; [|discriminate].
  apply underflows; [exact bits | exact exponents | apply Rlt_le, exp_pos|]. apply far_below; [exact range|].
  assert (size : 2 ^ (e + 1) <= rounded p e (- (x - y))).
  { rewrite <- (rounded_abs p e bits exponents), Rabs_left in large by exact down. lra. }
  pose proof (below_power p e bits exponents (Z.of_nat (e + 1)) (- (x - y)) ltac:(lia)) as edge.
  rewrite bpow_nat in edge. apply edge in size.
  pose proof (pow_R1_Rle 2 e ltac:(lra)) as power. pose proof (pow_lt 2 p ltac:(lra)).
  assert (two : 2 <= 2 ^ p) by (rewrite <- (pow_1 2) at 1; apply Rle_pow; [lra | exact bits]).
  assert (quarter : 1 / (2 * 2 ^ p) <= / 4).
  { unfold Rdiv. rewrite Rmult_1_l. apply Rinv_le_contravar; lra. }
  pose proof (pow_lt 2 (e + 1) ltac:(lra)). nra.
Qed.

(* The program that does not: its terms are not negative. *)
Lemma plain_terms (p e : nat) (x : R) : (1 <= p)%nat -> (1 <= e)%nat -> nonneg p e (exponential p e (Value x)).
Proof. intros bits exponents. now apply nonneg_exponential. Qed.

Theorem infinity_over_infinity_holds : infinity_over_infinity.
Proof.
  intros p bits e exponents n some x i below S w beta [top order] k K.
  assert (terms : forall j, (j < n)%nat -> nonneg p e (w j)) by (intros; now apply plain_terms).
  assert (sum : S 0%nat n = PlusInfinity) by (now apply (sum_infinite p e bits exponents n S w some order terms i)).
  unfold beta. rewrite sum. split; intros this.
  - now rewrite this.
  - destruct (terms k K) as [no|[t [-> _]]]; [contradiction | reflexivity].
Qed.

Theorem overflowing_sum_holds : overflowing_sum.
Proof.
  intros p bits e exponents n some x i I k K S w beta [finite [other [over order]]] j J.
  assert (terms : forall j, (j < n)%nat -> nonneg p e (w j)) by (intros; now apply plain_terms).
  assert (sum : S 0%nat n = PlusInfinity).
  { destruct (Nat.lt_ge_cases i k) as [less|more].
    - now apply (sum_of_two p e bits exponents n S w some order i k).
    - rewrite added_comm in over. apply (sum_of_two p e bits exponents n S w some order k i); try assumption. lia. }
  unfold beta. rewrite sum. destruct (terms j J) as [no|[t [-> _]]]; [|reflexivity]. now apply finite in no.
Qed.

Theorem zero_over_zero_holds : zero_over_zero.
Proof.
  intros p bits e exponents n some x S w beta [zero order] k K.
  assert (sum : S 0%nat n = Value 0) by (now apply (sum_zero p e bits exponents n S w some order)).
  unfold beta. rewrite sum, (zero k K). simpl. destruct (Req_EM_T 0 0); [reflexivity | lra].
Qed.

(* A term that is NaN leaves no weight. *)
Lemma all_undefined (p e n i : nat) (S : nat -> nat -> result) (w : nat -> result) (a : result) :
  (1 <= p)%nat -> (1 <= e)%nat -> (1 <= n)%nat -> in_order_by (added p e) n S w -> (i < n)%nat -> w i = NaN ->
  divided p e a (S 0%nat n) = NaN.
Proof.
  intros bits exponents some order below one. rewrite (sum_undefined p e bits exponents n S w some order i below one).
  now destruct a.
Qed.

Theorem all_masked_holds : all_masked.
Proof.
  intros p bits e exponents n some x S m s w beta [masked order] k K.
  apply (all_undefined p e n k S w); try assumption. unfold w, s, m.
  rewrite (highest_masked n (fun m => x m) some masked), (masked k K). reflexivity.
Qed.

Theorem infinite_score_holds : infinite_score.
Proof.
  intros p bits e exponents n some x i I S m s w beta [top order] k K.
  apply (all_undefined p e n i S w); try assumption. unfold w, s, m. rewrite top.
  destruct (highest_infinite n (fun m => x m) i I top) as [-> | ->]; reflexivity.
Qed.
