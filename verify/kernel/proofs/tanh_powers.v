(* tanh_powers: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums tanh derivatives second_difference cumulants derivatives_of_tanh.
From Attnproof.statements Require Import tanh_powers.
Open Scope R_scope.

(* A derivative that is at most A + B |t| in size *)
Lemma grows_at_most (u u' : R -> R) (A B y : R) :
  u 0 = 0 -> (forall t, is_derive u t (u' t)) -> (forall t, Rabs (u' t) <= A + B * Rabs t) ->
  Rabs (u y) <= A * Rabs y + B * y ^ 2 / 2.
Proof.
  assert (right : forall u u' y s, 0 <= y -> s = 1 \/ s = -1 -> u 0 = 0 -> (forall t, is_derive u t (u' t)) ->
    (forall t, Rabs (u' t) <= A + B * Rabs t) -> s * u y <= A * y + B * y ^ 2 / 2).
  { clear. intros u u' y s yp sign start slope size.
    enough (0 <= A * y + B * y ^ 2 / 2 - s * u y) by lra.
    apply (rises_from_zero (fun t => A * t + B * t ^ 2 / 2 - s * u t) (fun t => A + B * t - s * u' t)); [exact yp | | |].
    - rewrite start. simpl. lra.
    - intros t _. apply (is_derive_minus (fun t => A * t + B * t ^ 2 / 2) (fun t => s * u t)).
      + auto_derive; [exact I | field].
      + apply (is_derive_scal u t s (u' t)), slope.
    - intros t [tp _]. pose proof (size t) as small. rewrite (Rabs_pos_eq t tp) in small.
      apply Rabs_le_between in small. destruct sign as [-> | ->]; lra. }
  intros start slope size. destruct (Rle_dec 0 y) as [yp|yn].
  - rewrite (Rabs_pos_eq y yp).
    pose proof (right u u' y 1 yp ltac:(tauto) start slope size).
    pose proof (right u u' y (-1) yp ltac:(tauto) start slope size). apply Rabs_le. lra.
  - rewrite (Rabs_left y) by lra.
    assert (turned : forall t, is_derive (fun t => u (- t)) t (- u' (- t))).
    { intros t. eapply is_derive_value; [apply (is_derive_comp u Ropp); [apply slope | auto_derive; [exact I | reflexivity]]|].
      unfold scal; simpl; unfold mult; simpl. ring. }
    assert (turned_size : forall t, Rabs (- u' (- t)) <= A + B * Rabs t).
    { intros t. rewrite Rabs_Ropp, <- (Rabs_Ropp t). apply size. }
    assert (turned_start : u (- 0) = 0) by (rewrite Ropp_0; exact start).
    pose proof (right (fun t => u (- t)) (fun t => - u' (- t)) (- y) 1 ltac:(lra) ltac:(tauto) turned_start turned turned_size) as up.
    pose proof (right (fun t => u (- t)) (fun t => - u' (- t)) (- y) (-1) ltac:(lra) ltac:(tauto) turned_start turned turned_size) as down.
    cbv beta in up, down. rewrite Ropp_involutive in up, down.
    replace ((- y) ^ 2) with (y ^ 2) in up, down by ring. apply Rabs_le. lra.
Qed.

(* The k-th difference with step y *)
Fixpoint difference (k : nat) (f : R -> R) (y x : R) : R :=
  match k with O => f x | S j => difference j f y (x + y) - difference j f y x end.

Lemma slope_of_difference (k : nat) (f f' : R -> R) (y : R) :
  (forall x, is_derive f x (f' x)) -> forall x, is_derive (difference k f y) x (difference k f' y x).
Proof.
  intros slope. induction k as [|k IH]; intros x; simpl; [apply slope|].
  apply (is_derive_minus (fun x => difference k f y (x + y)) (fun x => difference k f y x)); [|apply IH].
  eapply is_derive_value; [apply (is_derive_comp (difference k f y) (fun x => x + y)); [apply IH | auto_derive; [exact I | reflexivity]]|].
  unfold scal; simpl; unfold mult; simpl. ring.
Qed.

Section Chain.
Variables (f : nat -> R -> R) (bound : R).
Hypothesis slopes : forall j x, is_derive (f j) x (f (S j) x).

Lemma near_power (k : nat) : forall j, (forall x, Rabs (f (S (j + k)) x) <= bound) -> forall b y s,
  Rabs (difference k (f j) y (b + s) - y ^ k * f (j + k)%nat b) <= bound * Rabs y ^ k * (INR k * Rabs y / 2 + Rabs s).
Proof.
  induction k as [|k IH]; intros j size b y s.
  - rewrite Nat.add_0_r in *. simpl. rewrite !Rmult_1_l, Rmult_1_r.
    pose proof (grows_at_most (fun t => f j (b + t) - f j b) (fun t => f (S j) (b + t)) bound 0 s) as grown.
    cbv beta in grown. eapply Rle_trans; [apply grown|].
    + rewrite Rplus_0_r. ring.
    + intros t. eapply is_derive_value.
      * apply (is_derive_minus (fun t => f j (b + t)) (fun _ => f j b)); [apply slope_after, slopes | apply @is_derive_const].
      * unfold minus, plus, opp, zero; simpl. ring.
    + intros t. rewrite Rmult_0_l, Rplus_0_r. apply size.
    + apply Req_le. field.
  - set (c := f (j + S k)%nat b).
    assert (IH' : forall t, Rabs (difference k (f (S j)) y (b + (s + t)) - y ^ k * c)
      <= bound * Rabs y ^ k * (INR k * Rabs y / 2 + Rabs (s + t))).
    { intros t. unfold c. replace (j + S k)%nat with (S j + k)%nat by lia. apply (IH (S j)).
      intros x. replace (S (S j + k)) with (S (j + S k)) by lia. apply size. }
    assert (nonneg : 0 <= bound * Rabs y ^ k).
    { apply Rmult_le_pos; [apply Rle_trans with (1 := Rabs_pos _) (2 := size 0) | apply pow_le, Rabs_pos]. }
    set (B := bound * Rabs y ^ k) in *.
    pose proof (grows_at_most (fun t => difference k (f j) y (b + s + t) - difference k (f j) y (b + s) - t * (y ^ k * c))
      (fun t => difference k (f (S j)) y (b + s + t) - y ^ k * c) (B * (INR k * Rabs y / 2 + Rabs s)) B y) as grown.
    cbv beta in grown. simpl difference.
    replace (difference k (f j) y (b + s + y) - difference k (f j) y (b + s) - y ^ S k * c)
      with (difference k (f j) y (b + s + y) - difference k (f j) y (b + s) - y * (y ^ k * c)) by (simpl; ring).
    eapply Rle_trans; [apply grown|].
    + rewrite Rplus_0_r. ring.
    + intros t. apply (is_derive_minus (fun t => difference k (f j) y (b + s + t) - difference k (f j) y (b + s)) (fun t => t * (y ^ k * c))).
      * eapply is_derive_value.
        -- apply (is_derive_minus (fun t => difference k (f j) y (b + s + t)) (fun _ => difference k (f j) y (b + s)));
             [apply slope_after, slope_of_difference, slopes | apply @is_derive_const].
        -- unfold minus, plus, opp, zero; simpl. ring.
      * auto_derive; [exact I | ring].
    + intros t. pose proof (IH' t) as near. rewrite <- Rplus_assoc in near. eapply Rle_trans; [exact near|].
      pose proof (Rabs_triang s t). assert (B * Rabs (s + t) <= B * (Rabs s + Rabs t)) by (apply Rmult_le_compat_l; assumption). lra.
    + rewrite S_INR. rewrite <- (pow2_abs y). unfold B. simpl pow. apply Req_le. field.
Qed.
End Chain.

(* The difference as one sum *)
Lemma difference_sum (f : R -> R) (y : R) (k : nat) : forall x,
  difference k f y x = INR (fact k) * conv (powers (- 1)) (fun j => f (x + INR j * y) / INR (fact j)) k.
Proof.
  induction k as [|k IH]; intros x.
  - unfold conv, powers. simpl. rewrite delta_same. replace (x + 0 * y) with x by ring. field.
  - simpl difference. rewrite !IH, fact_simpl, mult_INR.
    set (b := fun x j => f (x + INR j * y) / INR (fact j)).
    transitivity (INR (fact k) * diff (conv (powers (- 1)) (b x)) k); [|unfold diff, b; cbv beta; ring].
    rewrite leibniz.
    rewrite (conv_ext (diff (powers (- 1))) (b x) (fun i => - 1 * powers (- 1) i) (b x) k) by (intros; try apply diff_powers; reflexivity).
    rewrite (conv_ext (powers (- 1)) (diff (b x)) (powers (- 1)) (b (x + y)) k).
    + rewrite conv_scal. unfold b. cbv beta. ring.
    + reflexivity.
    + intros i _. unfold diff, b. rewrite fact_simpl, mult_INR, S_INR.
      replace (x + (INR i + 1) * y) with (x + y + INR i * y) by ring.
      field. split; [apply INR_fact_neq_0 | pose proof (pos_INR i); lra].
Qed.

Lemma tanh_at (p : R) : -1 < p < 1 -> exists b, tanh b = p.
Proof.
  intros range. exists (ln ((1 + p) / (1 - p)) / 2). rewrite tanh_exp.
  replace (2 * (ln ((1 + p) / (1 - p)) / 2)) with (ln ((1 + p) / (1 - p))) by field.
  rewrite exp_ln by (apply Rdiv_lt_0_compat; lra). field. lra.
Qed.

Theorem some_point_holds : some_point.
Proof.
  intros n. exists coefficient. split; [apply chain|]. intros m most. split.
  - destruct (derivatives_of_tanh.some_point n m ltac:(lia)) as [j [below other]].
    destruct (tanh_at (INR (j + 1) / INR (m + 3))) as [b value].
    + assert (0 < INR (j + 1)) by (apply lt_0_INR; lia). assert (INR (j + 1) < INR (m + 3)) by (apply lt_INR; lia).
      split; [apply Rlt_trans with 0; [lra|]; apply Rdiv_lt_0_compat; lra|].
      apply (Rdiv_lt_1 _ (INR (m + 3))); lra.
    + exists b. rewrite value. exact other.
  - intros q -> x ->. exact (odd_at_0 n q).
Qed.

(* The derivative of order j *)
Definition derivative (j : nat) (x : R) : R := polynomial j j (tanh x).

Lemma derivative_is (n j : nat) (x : R) : (j <= n)%nat -> polynomial n j (tanh x) = derivative j x.
Proof. intros most. unfold derivative. now rewrite !up_to_degree by lia. Qed.

Lemma derivative_slope (j : nat) (x : R) : is_derive (derivative j) x (derivative (S j) x).
Proof.
  apply (is_derive_ext (fun t => polynomial (S j) j (tanh t))); [intros; apply derivative_is; lia|].
  apply (slope_of_polynomial (S j) j x). lia.
Qed.

Lemma derivative_size (j : nat) (x : R) : Rabs (derivative j x) <= 2 ^ j * INR (fact j).
Proof.
  apply Rle_trans with (2 := total_size j j (le_n j)). unfold derivative, polynomial.
  eapply Rle_trans; [apply sum_abs|]. apply sum_le. intros i _.
  rewrite Rabs_mult, coefficient_size, <- RPow_abs. rewrite <- (Rmult_1_l (size j i)) at 2.
  apply Rmult_le_compat_r; [apply size_nonneg|]. rewrite <- (pow1 i). apply pow_incr.
  split; [apply Rabs_pos | apply Rlt_le, tanh_abs_lt_1].
Qed.

Theorem power_holds : power.
Proof.
  intros n. exists coefficient. split; [apply chain|]. intros m most b h z [hp some].
  change (sum (n + 2) (fun i => tanh b ^ i * coefficient m i)) with (polynomial n m (tanh b)) in *.
  rewrite derivative_is in * by lia. set (p := derivative m b) in *.
  assert (units : sum (m + 1) (fun j => sum (m + 1) (fun r => (- 1) ^ r * tanh (b + h * INR j * z) * delta m (j + r)
    * INR (fact m) / (INR (fact j) * INR (fact r)))) = difference m (derivative 0) (h * z) b).
  { rewrite difference_sum, Nat.add_1_r, conv_comm. unfold conv, powers. rewrite <- sum_scal_l. apply sum_ext. intros j _.
    rewrite <- sum_scal_l. apply sum_ext. intros r _.
    rewrite <- (derivative_is 0 0) by lia.
    replace (b + h * INR j * z) with (b + INR j * (h * z)) by ring.
    change (polynomial 0 0 (tanh (b + INR j * (h * z)))) with
      (sum (0 + 2) (fun i => tanh (b + INR j * (h * z)) ^ i * coefficient 0 i)).
    rewrite (proj1 (chain 0)). field. split; apply INR_fact_neq_0. }
  rewrite units.
  pose proof (near_power derivative (2 ^ S m * INR (fact (S m))) derivative_slope m 0 (derivative_size (S m)) b (h * z) 0) as near.
  rewrite Rplus_0_r, Rabs_R0, Rplus_0_r in near. change (derivative (0 + m) b) with p in near.
  set (D := difference m (derivative 0) (h * z) b) in *.
  assert (hm : 0 < h ^ m) by now apply pow_lt. assert (pp : 0 < Rabs p) by now apply Rabs_pos_lt.
  replace (z ^ m - D / (h ^ m * p)) with (- (D - (h * z) ^ m * p) / (h ^ m * p))
    by (rewrite Rpow_mult_distr; field; lra).
  unfold Rdiv. rewrite Rabs_mult, Rabs_Ropp, Rabs_inv, Rabs_mult, (Rabs_pos_eq (h ^ m)) by lra.
  apply (Rmult_le_reg_r (h ^ m * Rabs p)); [now apply Rmult_lt_0_compat|].
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r by (apply Rgt_not_eq, Rmult_lt_0_compat; assumption).
  eapply Rle_trans; [exact near|]. apply Req_le.
  rewrite Rabs_mult, (Rabs_pos_eq h), Rpow_mult_distr, (Nat.add_1_r m) by lra. simpl pow. field. lra.
Qed.
