(* Cumulants of a sum of independent random numbers: moments over factorials multiply like power series. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums outcomes.
Open Scope R_scope.

(* The coefficient n of the product of two power series. *)
Definition conv (a b : nat -> R) (n : nat) : R :=
  sum (S n) (fun i => sum (S n) (fun j => delta n (i + j) * (a i * b j))).

Lemma sum_beyond (n m : nat) (f : nat -> R) :
  (n <= m)%nat -> (forall i, (n <= i)%nat -> f i = 0) -> sum m f = sum n f.
Proof.
  intros le zero. replace m with (n + (m - n))%nat by lia. rewrite sum_split.
  rewrite (sum_ext (m - n) _ (fun _ => 0)) by (intros; apply zero; lia). rewrite sum_zero. ring.
Qed.

Lemma conv_range (m n : nat) (a b : nat -> R) : (n < m)%nat ->
  sum m (fun i => sum m (fun j => delta n (i + j) * (a i * b j))) = conv a b n.
Proof.
  intros less. rewrite (sum_beyond (S n)); [apply sum_ext; intros i li; apply sum_beyond; [exact less|]|exact less|].
  - intros j lj. rewrite delta_other by lia. ring.
  - intros i li. rewrite (sum_ext m _ (fun _ => 0)); [apply sum_zero|]. intros j _. rewrite delta_other by lia. ring.
Qed.

Lemma conv_ext (a b c d : nat -> R) (n : nat) :
  (forall i, (i <= n)%nat -> a i = c i) -> (forall i, (i <= n)%nat -> b i = d i) -> conv a b n = conv c d n.
Proof.
  intros ac bd. apply sum_ext. intros i li. apply sum_ext. intros j lj. rewrite ac, bd by lia. reflexivity.
Qed.

Lemma conv_comm (a b : nat -> R) (n : nat) : conv a b n = conv b a n.
Proof.
  unfold conv. rewrite sum_swap. apply sum_ext. intros i _. apply sum_ext. intros j _. rewrite (Nat.add_comm j i). ring.
Qed.

Lemma conv_plus (a b c : nat -> R) (n : nat) : conv (fun i => a i + b i) c n = conv a c n + conv b c n.
Proof.
  unfold conv. rewrite <- sum_plus. apply sum_ext. intros i _. rewrite <- sum_plus. apply sum_ext. intros. ring.
Qed.

Lemma conv_scal (t : R) (a b : nat -> R) (n : nat) : conv (fun i => t * a i) b n = t * conv a b n.
Proof.
  unfold conv. rewrite <- sum_scal_l. apply sum_ext. intros i _. rewrite <- sum_scal_l. apply sum_ext. intros. ring.
Qed.

Lemma sum_reverse (m : nat) (f : nat -> nat -> nat -> nat -> R) :
  sum m (fun l => sum m (fun k => sum m (fun i => sum m (fun j => f l k i j))))
  = sum m (fun i => sum m (fun j => sum m (fun k => sum m (fun l => f l k i j)))).
Proof.
  etransitivity; [apply sum_ext; intros l _; apply sum_swap|]. etransitivity; [apply sum_swap|].
  apply sum_ext. intros i _. etransitivity; [apply sum_ext; intros l _; apply sum_swap|].
  etransitivity; [apply sum_swap|]. apply sum_ext. intros j _. apply sum_swap.
Qed.

Lemma conv_triple (a b c : nat -> R) (n : nat) :
  conv (conv a b) c n
  = sum (S n) (fun i => sum (S n) (fun j => sum (S n) (fun k => delta n (i + j + k) * (a i * b j * c k)))).
Proof.
  set (m := S n).
  transitivity (sum m (fun l => sum m (fun k =>
    sum m (fun i => sum m (fun j => delta n (l + k) * delta l (i + j) * (a i * b j * c k)))))).
  { apply sum_ext. intros l ll. apply sum_ext. intros k _. rewrite <- (conv_range m l a b ll).
    rewrite <- sum_scal_r, <- sum_scal_l. apply sum_ext. intros i _.
    rewrite <- sum_scal_r, <- sum_scal_l. apply sum_ext. intros. ring. }
  etransitivity; [apply sum_reverse|].
  apply sum_ext. intros i _. apply sum_ext. intros j _. apply sum_ext. intros k _.
  destruct (le_lt_dec m (i + j)) as [far|near].
  - rewrite (sum_ext m _ (fun _ => 0)), sum_zero.
    + rewrite delta_other by lia. ring.
    + intros l ll. rewrite (delta_other l (i + j)) by lia. ring.
  - rewrite (sum_ext m _ (fun l => delta (i + j) l * (delta n (l + k) * (a i * b j * c k)))).
    + exact (sum_delta m (i + j) (fun l => delta n (l + k) * (a i * b j * c k)) near).
    + intros l _. rewrite (delta_sym l). ring.
Qed.

Lemma conv_assoc (a b c : nat -> R) (n : nat) : conv (conv a b) c n = conv a (conv b c) n.
Proof.
  rewrite (conv_comm a), !conv_triple. set (m := S n).
  transitivity (sum m (fun j => sum m (fun k => sum m (fun i => delta n (i + j + k) * (a i * b j * c k))))).
  - etransitivity; [apply sum_swap|]. apply sum_ext. intros j _. apply sum_swap.
  - apply sum_ext. intros j _. apply sum_ext. intros k _. apply sum_ext. intros i _.
    replace (j + k + i)%nat with (i + j + k)%nat by lia. ring.
Qed.

(* The derivative of a power series, and the rule of Leibniz. *)
Definition diff (a : nat -> R) (n : nat) : R := INR (S n) * a (S n).

Lemma half_leibniz (a b : nat -> R) (n : nat) : conv (fun i => INR i * a i) b (S n) = conv (diff a) b n.
Proof.
  unfold conv at 1. rewrite sum_first.
  rewrite (sum_ext (S (S n)) (fun j => delta (S n) (0 + j) * _) (fun _ => 0)) by (intros; simpl; ring).
  rewrite sum_zero, Rplus_0_l. unfold conv. apply sum_ext. intros i _.
  rewrite (sum_beyond (S n) (S (S n)));
    [apply sum_ext; intros; unfold diff; reflexivity | lia | intros j lj; rewrite delta_other by lia; ring].
Qed.

Lemma leibniz (a b : nat -> R) (n : nat) : diff (conv a b) n = conv (diff a) b n + conv a (diff b) n.
Proof.
  rewrite <- half_leibniz, (conv_comm a (diff b)), <- half_leibniz, (conv_comm _ a).
  unfold diff, conv. rewrite <- sum_scal_l, <- sum_plus. apply sum_ext. intros i _.
  rewrite <- sum_scal_l, <- sum_plus. apply sum_ext. intros j _.
  destruct (Nat.eq_dec (S n) (i + j)) as [->|no]; [rewrite plus_INR; ring|rewrite delta_other by exact no; ring].
Qed.

(* Powers over factorials: the binomial theorem. *)
Definition powers (u : R) (n : nat) : R := u ^ n / INR (fact n).

Lemma diff_powers (u : R) (n : nat) : diff (powers u) n = u * powers u n.
Proof.
  unfold diff, powers. rewrite fact_simpl, mult_INR. pose proof (INR_fact_neq_0 n). assert (INR (S n) <> 0) by (now
    apply not_0_INR).
  simpl pow. field. now split.
Qed.

Lemma binomial (u v : R) (n : nat) : powers (u + v) n = conv (powers u) (powers v) n.
Proof.
  induction n as [|n IH]; [unfold conv, powers; simpl; rewrite delta_same; field|].
  assert (INR (S n) <> 0) by (now apply not_0_INR).
  apply (Rmult_eq_reg_l (INR (S n))); [|assumption].
  change (diff (powers (u + v)) n = diff (conv (powers u) (powers v)) n).
  rewrite leibniz, diff_powers, IH.
  rewrite (conv_ext (diff (powers u)) (powers v) (fun i => u * powers u i) (powers v) n) by (intros; try apply
    diff_powers; reflexivity).
  rewrite (conv_comm (powers u) (diff _)).
  rewrite (conv_ext (diff (powers v)) (powers u) (fun i => v * powers v i) (powers u) n) by (intros; try apply
    diff_powers; reflexivity).
  rewrite !conv_scal, (conv_comm (powers v)). ring.
Qed.

(* What has the derivative k times itself, times what has the derivative l times itself, has k + l times itself. *)
Lemma rates_add (n : nat) (a b k l : nat -> R) :
  (forall m, (m < n)%nat -> diff a m = conv k a m) -> (forall m, (m < n)%nat -> diff b m = conv l b m) ->
  forall m, (m < n)%nat -> diff (conv a b) m = conv (fun i => k i + l i) (conv a b) m.
Proof.
  intros da db m lm. rewrite leibniz, conv_plus.
  rewrite (conv_ext (diff a) b (conv k a) b m) by (intros; try apply da; try reflexivity; lia).
  rewrite (conv_ext a (diff b) a (conv l b) m) by (intros; try apply db; try reflexivity; lia).
  rewrite conv_assoc. f_equal. rewrite <- !conv_assoc. apply conv_ext; intros; [apply conv_comm | reflexivity].
Qed.

Section Sum.
Variables (W : outcomes) (d n : nat) (x : W -> nat -> R).
Hypothesis factors : forall t, (t < d)%nat -> forall i, (i < n + 1)%nat -> forall j, (j < n + 1)%nat -> (i + j <=
  n)%nat ->
  is_mean W (fun o => x o t ^ j * sum t (fun r => x o r) ^ i)
    (mean_of W (fun o => x o t ^ j) * mean_of W (fun o => sum t (fun r => x o r) ^ i)).

(* Moments over factorials, of the sum of the first t, and of one. *)
Definition of_sum (t j : nat) : R := mean_of W (fun o => sum t (fun r => x o r) ^ j) / INR (fact j).
Definition of_one (t j : nat) : R := mean_of W (fun o => x o t ^ j) / INR (fact j).

Lemma next_power (t m : nat) : (t < d)%nat -> (m <= n)%nat ->
  is_mean W (fun o => sum (S t) (fun r => x o r) ^ m) (INR (fact m) * conv (of_sum t) (of_one t) m).
Proof.
  intros lt lm. eapply is_mean_ext.
  - apply (is_mean_scal W (fun o => conv (powers (sum t (fun r => x o r))) (powers (x o t)) m) (INR (fact m))).
    apply (is_mean_sum_sum W (S m) (S m) (fun o i j => delta m (i + j) * (powers (sum t (fun r => x o r)) i * powers
      (x o t) j))
      (fun i j => delta m (i + j) * (of_sum t i * of_one t j))).
    intros i li j lj. destruct (Nat.eq_dec m (i + j)) as [->|no].
    + assert (i_ok : (i < n + 1)%nat) by lia. assert (j_ok : (j < n + 1)%nat) by lia.
      pose proof (INR_fact_neq_0 i). pose proof (INR_fact_neq_0 j).
      eapply is_mean_ext; [eapply is_mean_eq;
        [exact (is_mean_scal W _ (/ (INR (fact i) * INR (fact j))) _ (factors t lt i i_ok j j_ok lm))|]|].
      * unfold of_sum, of_one. rewrite delta_same. field. now split.
      * intros o. unfold powers. rewrite delta_same. field. now split.
    + eapply is_mean_ext; [eapply is_mean_eq; [exact (is_mean_const W 0)|]|]; intros; rewrite delta_other by exact
      no; ring.
  - intros o. cbv beta. rewrite <- binomial. unfold powers. simpl sum. field. apply INR_fact_neq_0.
Qed.

Lemma sum_power (t m : nat) : (t <= d)%nat -> (m <= n)%nat -> has_mean W (fun o => sum t (fun r => x o r) ^ m).
Proof.
  intros lt lm. destruct t as [|t]; [|now apply (next_power t m); lia].
  exact (proj1 (is_mean_const W (0 ^ m))).
Qed.

Lemma of_next (t m : nat) : (t < d)%nat -> (m <= n)%nat -> of_sum (S t) m = conv (of_sum t) (of_one t) m.
Proof.
  intros lt lm. unfold of_sum at 1. rewrite (is_mean_value _ _ _ (next_power t m lt lm)). field. apply INR_fact_neq_0.
Qed.

Variable rates : nat -> R.
Hypothesis alike : forall t, (t < d)%nat -> forall m, (m < n)%nat -> diff (of_one t) m = conv rates (of_one t) m.

Lemma sum_rates (t : nat) : (t <= d)%nat ->
  forall m, (m < n)%nat -> diff (of_sum t) m = conv (fun i => INR t * rates i) (of_sum t) m.
Proof.
  induction t as [|t IH]; intros lt m lm.
  - rewrite conv_scal. unfold diff, of_sum. rewrite (mean_ext W _ (fun _ => 0)) by (intros; simpl; ring).
    rewrite (is_mean_value _ _ _ (is_mean_const W 0)). simpl INR at 3. unfold Rdiv. ring.
  - rewrite (conv_ext _ (of_sum (S t)) (fun i => INR t * rates i + rates i) (conv (of_sum t) (of_one t)) m).
    + unfold diff at 1. rewrite of_next by lia. change (diff (conv (of_sum t) (of_one t)) m =
        conv (fun i => INR t * rates i + rates i) (conv (of_sum t) (of_one t)) m).
      apply (rates_add n); [|intros; apply alike; lia|exact lm]. intros. apply IH; lia.
    + intros. rewrite S_INR. ring.
    + intros. apply of_next; lia.
Qed.
End Sum.

(* The rule that defines cumulants, for moments M, in powers over factorials. *)
Lemma rule_of_cumulants (M kappa : nat -> R) (m : nat) :
  sum (m + 1) (fun j => sum (m + 1) (fun i =>
    delta m (i + j) * INR (fact m) * kappa i * M j / (INR (fact i) * INR (fact j))))
  = INR (fact m) * conv (fun i => kappa i / INR (fact i)) (fun j => M j / INR (fact j)) m.
Proof.
  rewrite Nat.add_1_r. unfold conv. rewrite sum_swap, <- sum_scal_l. apply sum_ext. intros i _.
  rewrite <- sum_scal_l. apply sum_ext. intros j _. field. split; apply INR_fact_neq_0.
Qed.

Lemma diff_of_moments (M : nat -> R) (m : nat) : M (m + 1)%nat = INR (fact m) * diff (fun j => M j / INR (fact j)) m.
Proof.
  unfold diff. rewrite Nat.add_1_r, fact_simpl, mult_INR. field. split; [apply INR_fact_neq_0 | now apply not_0_INR].
Qed.

(* Odd moments 0: the second and the fourth moment of the sum. *)
Section Symmetric.
Variables (W : outcomes) (d : nat) (x : W -> nat -> R) (a b : R).
Hypothesis factors : forall t, (t < d)%nat -> forall i, (i < 5)%nat -> forall j, (j < 5)%nat -> (i + j <= 4)%nat ->
  is_mean W (fun o => x o t ^ j * sum t (fun r => x o r) ^ i)
    (mean_of W (fun o => x o t ^ j) * mean_of W (fun o => sum t (fun r => x o r) ^ i)).
Hypothesis first : forall t, (t < d)%nat -> mean_of W (fun o => x o t ^ 1) = 0.
Hypothesis second : forall t, (t < d)%nat -> mean_of W (fun o => x o t ^ 2) = a.
Hypothesis third : forall t, (t < d)%nat -> mean_of W (fun o => x o t ^ 3) = 0.
Hypothesis fourth : forall t, (t < d)%nat -> mean_of W (fun o => x o t ^ 4) = b.

Lemma moments_of_sum (t : nat) : (t <= d)%nat ->
  of_sum W x t 0 = 1 /\ of_sum W x t 1 = 0 /\ of_sum W x t 2 = INR t * a / 2 /\ of_sum W x t 3 = 0 /\
  of_sum W x t 4 = (INR t * b + 3 * INR t * (INR t - 1) * a ^ 2) / 24.
Proof.
  assert (one : mean_of W (fun _ => 1) = 1) by exact (is_mean_value _ _ _ (is_mean_const W 1)).
  assert (zero : mean_of W (fun _ => 0) = 0) by exact (is_mean_value _ _ _ (is_mean_const W 0)).
  induction t as [|t IH]; intros lt.
  - assert (none : forall m, of_sum W x 0 (S m) = 0).
    { intros m. unfold of_sum. rewrite (mean_ext W _ (fun _ => 0)) by (intros; simpl; ring). rewrite zero. unfold
      Rdiv. ring. }
    rewrite !none. repeat split; try (simpl INR; field). unfold of_sum. simpl. rewrite one. field.
  - destruct (IH ltac:(lia)) as [s0 [s1 [s2 [s3 s4]]]].
    assert (x0 : of_one W x t 0 = 1) by (unfold of_one; simpl; rewrite one; lra).
    assert (x1 : of_one W x t 1 = 0) by (unfold of_one; rewrite first by lia; lra).
    assert (x2 : of_one W x t 2 = a / 2) by (unfold of_one; rewrite second by lia; simpl; lra).
    assert (x3 : of_one W x t 3 = 0) by (unfold of_one; rewrite third by lia; lra).
    assert (x4 : of_one W x t 4 = b / 24) by (unfold of_one; rewrite fourth by lia; simpl; lra).
    rewrite !(of_next W d 4 x factors) by lia. cbv [conv sum delta Nat.eqb Nat.add].
    rewrite s0, s1, s2, s3, s4, x0, x1, x2, x3, x4, S_INR. repeat split; field.
Qed.

Lemma symmetric_sum :
  is_mean W (fun o => sum d (fun r => x o r)) 0 /\ is_mean W (fun o => sum d (fun r => x o r) ^ 2) (INR d * a) /\
  is_mean W (fun o => sum d (fun r => x o r) ^ 4) (INR d * b + 3 * INR d * (INR d - 1) * a ^ 2).
Proof.
  destruct (moments_of_sum d (le_n d)) as [_ [s1 [s2 [_ s4]]]]. unfold of_sum in *.
  assert (f2 : INR (fact 2) = 2) by (simpl; lra). assert (f4 : INR (fact 4) = 24) by (simpl; lra).
  rewrite f2 in s2. rewrite f4 in s4. change (INR (fact 1)) with 1 in s1.
  pose proof (fun m le => is_mean_of W _ (sum_power W d 4 x factors d m (le_n d) le)) as power.
  split; [|split].
  - eapply is_mean_ext; [eapply is_mean_eq; [exact (power 1%nat ltac:(lia))|lra]|]. intros. simpl. ring.
  - eapply is_mean_eq; [exact (power 2%nat ltac:(lia))|lra].
  - eapply is_mean_eq; [exact (power 4%nat ltac:(lia))|lra].
Qed.
End Symmetric.
