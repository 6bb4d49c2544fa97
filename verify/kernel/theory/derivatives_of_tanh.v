(* The derivatives of tanh as polynomials in tanh: their coefficients, sizes and roots. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums tanh derivatives.
Open Scope R_scope.

(* Sizes of the coefficients of the m-th derivative, and their signs *)
Fixpoint size (m i : nat) : R :=
  match m with
  | O => delta i 1
  | S k => INR (i + 1) * size k (i + 1) + match i with O => 0 | S j => INR j * size k j end
  end.
Fixpoint sign (s : nat) : R := match s with O => 1 | S O => 1 | S (S k) => - sign k end.
Definition coefficient (m i : nat) : R := sign (m + i) * size m i.

Lemma size_nonneg (m : nat) : forall i, 0 <= size m i.
Proof.
  induction m as [|m IH]; intros i; simpl; [unfold delta; destruct (Nat.eqb i 1); lra|].
  assert (0 <= INR (i + 1) * size m (i + 1)) by (apply Rmult_le_pos; [apply pos_INR | apply IH]).
  destruct i as [|j]; [lra|]. assert (0 <= INR j * size m j) by (apply Rmult_le_pos; [apply pos_INR | apply IH]). lra.
Qed.

Lemma size_beyond (m : nat) : forall i, (m + 2 <= i)%nat -> size m i = 0.
Proof.
  induction m as [|m IH]; intros i beyond; simpl; [apply delta_other; lia|].
  rewrite IH by lia. destruct i as [|j]; [lia|]. rewrite IH by lia. ring.
Qed.

Lemma sign_size (s : nat) : Rabs (sign s) = 1 /\ Rabs (sign (S s)) = 1.
Proof.
  induction s as [|s [here next]]; [simpl; rewrite Rabs_R1; lra|]. split; [exact next|].
  change (Rabs (- sign s) = 1). now rewrite Rabs_Ropp.
Qed.

Lemma coefficient_size (m i : nat) : Rabs (coefficient m i) = size m i.
Proof.
  unfold coefficient. rewrite Rabs_mult, (proj1 (sign_size _)), Rabs_pos_eq by apply size_nonneg. ring.
Qed.

Lemma coefficient_beyond (m i : nat) : (m + 2 <= i)%nat -> coefficient m i = 0.
Proof. intros beyond. unfold coefficient. rewrite size_beyond by exact beyond. ring. Qed.

Lemma coefficient_next (m i : nat) : coefficient (S m) i
  = INR (i + 1) * coefficient m (i + 1) - match i with O => 0 | S j => INR j * coefficient m j end.
Proof.
  unfold coefficient. simpl size. replace (m + (i + 1))%nat with (S m + i)%nat by lia.
  destruct i as [|j]; [ring|]. replace (S m + S j)%nat with (S (S (m + j))) by lia. simpl sign. ring.
Qed.

Lemma leading (m : nat) : coefficient m (m + 1) = (- 1) ^ m * INR (fact m).
Proof.
  induction m as [|m IH]; [unfold coefficient, size; simpl; rewrite delta_same; ring|].
  rewrite Nat.add_1_r in *. rewrite coefficient_next, coefficient_beyond, IH, fact_simpl, mult_INR by lia.
  simpl pow. ring.
Qed.

(* Sums that are shifted by one place *)
Lemma shift_down (n : nat) (f : nat -> R) : f 0%nat = 0 -> f n = 0 -> sum n (fun i => f (S i)) = sum n f.
Proof. intros first last. pose proof (sum_first n f) as both. simpl in both. lra. Qed.

Lemma shift_up (n : nat) (f : nat -> R) : f n = 0 -> sum (S n) (fun i => match i with O => 0 | S j => f j end) = sum (S n) f.
Proof. intros last. rewrite sum_first. simpl. rewrite last. change (sum n (fun i => f i)) with (sum n f). ring. Qed.

Definition polynomial (n m : nat) (t : R) : R := sum (n + 2) (fun i => t ^ i * coefficient m i).

Lemma slope_of_power (i : nat) (x : R) : is_derive (fun t => tanh t ^ i) x (INR i * tanh x ^ pred i * (1 - tanh x ^ 2)).
Proof.
  eapply is_derive_value; [apply (is_derive_pow tanh i x (sech x ^ 2)), is_derive_tanh|]. rewrite sech_sq. ring.
Qed.

Lemma slope_of_polynomial (n m : nat) (x : R) : (m < n)%nat ->
  is_derive (fun t => polynomial n m (tanh t)) x (polynomial n (S m) (tanh x)).
Proof.
  intros less. unfold polynomial. eapply is_derive_value.
  - apply (is_derive_sum (n + 2) (fun i t => tanh t ^ i * coefficient m i) x
      (fun i => INR i * tanh x ^ pred i * (1 - tanh x ^ 2) * coefficient m i)).
    intros i _. apply (is_derive_ext (fun t => coefficient m i * tanh t ^ i)); [intros; apply Rmult_comm|].
    eapply is_derive_value; [apply (is_derive_scal (fun t => tanh t ^ i)), slope_of_power|].
    unfold scal; simpl; unfold mult; simpl. ring.
  - set (t := tanh x).
    set (down := fun i => INR i * coefficient m i * t ^ pred i). set (up := fun i => INR i * coefficient m i * t ^ S i).
    rewrite (sum_ext _ _ (fun i => down i - up i)).
    2: { intros i _. unfold down, up. destruct i as [|i]; [simpl; ring|]. simpl. ring. }
    rewrite sum_minus.
    rewrite <- (shift_down (n + 2) down); [| unfold down; simpl; ring | unfold down; rewrite coefficient_beyond by lia; ring].
    replace (n + 2)%nat with (S (n + 1)) by lia.
    rewrite <- (shift_up (n + 1) up) by (unfold up; rewrite coefficient_beyond by lia; ring).
    rewrite <- sum_minus. apply sum_ext. intros i _. rewrite coefficient_next, (Nat.add_1_r i). unfold down, up.
    destruct i as [|j]; simpl pred; simpl; ring.
Qed.

Lemma total_size (n m : nat) : (m <= n)%nat -> sum (n + 2) (size m) <= 2 ^ m * INR (fact m).
Proof.
  induction m as [|m IH]; intros most.
  - rewrite (sum_ext _ (size 0) (fun i => delta 1 i * 1)) by (intros; simpl; rewrite delta_sym; ring).
    rewrite sum_delta by lia. simpl. lra.
  - specialize (IH ltac:(lia)). set (f := fun i => INR i * size m i).
    assert (next : sum (n + 2) (size (S m)) = 2 * sum (n + 2) f).
    { rewrite (sum_ext _ (size (S m)) (fun i => f (S i) + match i with O => 0 | S j => f j end)).
      2: { intros i _. simpl size. now rewrite (Nat.add_1_r i). }
      rewrite sum_plus, (shift_down (n + 2) f);
        [| unfold f; simpl; ring | unfold f; rewrite size_beyond by lia; ring].
      replace (n + 2)%nat with (S (n + 1)) by lia.
      rewrite (shift_up (n + 1) f) by (unfold f; rewrite size_beyond by lia; ring). ring. }
    assert (grown : sum (n + 2) f <= INR (m + 1) * sum (n + 2) (size m)).
    { rewrite <- sum_scal_l. apply sum_le. intros i _. unfold f. destruct (Nat.le_gt_cases i (m + 1)) as [low|high].
      - apply Rmult_le_compat_r; [apply size_nonneg | now apply le_INR].
      - rewrite size_beyond by lia. lra. }
    rewrite next, fact_simpl, mult_INR. replace (S m) with (m + 1)%nat by lia. rewrite pow_add, pow_1.
    pose proof (pos_INR (m + 1)).
    assert (INR (m + 1) * sum (n + 2) (size m) <= INR (m + 1) * (2 ^ m * INR (fact m))) by (apply Rmult_le_compat_l; lra).
    lra.
Qed.

(* A polynomial less its value at r is a multiple of t - r, with the same leading coefficient. *)
Lemma divides (n : nat) : forall (a : nat -> R) (r : R), exists q, q n = a (S n) /\
  forall t, sum (S (S n)) (fun i => t ^ i * a i) - sum (S (S n)) (fun i => r ^ i * a i) = (t - r) * sum (S n) (fun i => t ^ i * q i).
Proof.
  assert (horner : forall k a t, sum (S k) (fun i => t ^ i * a i) = a 0%nat + t * sum k (fun i => t ^ i * a (S i))).
  { intros k a t. rewrite sum_first, <- sum_scal_l. simpl pow. rewrite Rmult_1_l. f_equal. apply sum_ext. intros. ring. }
  induction n as [|n IH]; intros a r.
  - exists (fun _ => a 1%nat). split; [reflexivity|]. intros t. simpl. ring.
  - destruct (IH (fun i => a (S i)) r) as [q [same factors]].
    exists (fun i => match i with O => sum (S (S n)) (fun i => r ^ i * a (S i)) | S j => q j end).
    split; [exact same|]. intros t. rewrite !(horner (S (S n)) a). specialize (factors t).
    set (A := sum (S (S n)) (fun i => t ^ i * a (S i))) in *. set (B := sum (S (S n)) (fun i => r ^ i * a (S i))) in *.
    rewrite (horner (S n)). set (C := sum (S n) (fun i => t ^ i * q i)) in *.
    replace A with (B + (t - r) * C) by lra. ring.
Qed.

Lemma few_roots (n : nat) : forall (a x : nat -> R),
  (forall j k, (j < k)%nat -> (k <= n)%nat -> x j <> x k) ->
  (forall j, (j <= n)%nat -> sum (S n) (fun i => x j ^ i * a i) = 0) -> a n = 0.
Proof.
  induction n as [|n IH]; intros a x apart roots.
  - specialize (roots 0%nat (le_n 0)). simpl in roots. lra.
  - destruct (divides n a (x 0%nat)) as [q [<- factors]].
    apply (IH q (fun j => x (S j))); [intros j k less most; apply apart; lia|]. intros j most.
    specialize (factors (x (S j))). rewrite (roots (S j)), (roots 0%nat), Rminus_0_r in factors by lia.
    symmetry in factors. apply Rmult_integral in factors. destruct factors as [same|]; [|assumption].
    exfalso. apply (apart 0%nat (S j)); [lia | lia | lra].
Qed.

Lemma up_to_degree (n m : nat) (t : R) : (m <= n)%nat -> polynomial n m t = sum (S (m + 1)) (fun i => t ^ i * coefficient m i).
Proof.
  intros most. unfold polynomial. replace (n + 2)%nat with (S (m + 1) + (n - m))%nat by lia. rewrite sum_split.
  rewrite (sum_ext (n - m) _ (fun _ => 0)), sum_zero; [ring|]. intros i _. rewrite coefficient_beyond by lia. ring.
Qed.

Lemma even_at_1 (r : nat) : 0 < size (2 * r) 1.
Proof.
  induction r as [|r IH]; [simpl; rewrite delta_same; lra|].
  replace (2 * S r)%nat with (S (S (2 * r))) by lia.
  change (0 < INR 2 * (INR 3 * size (2 * r) 3 + INR 1 * size (2 * r) 1) + INR 0 * size (S (2 * r)) 0).
  pose proof (size_nonneg (2 * r) 3). simpl (INR 2). simpl (INR 3). simpl (INR 1). simpl (INR 0). lra.
Qed.

Lemma chain (n : nat) :
  (forall x, sum (n + 2) (fun i => tanh x ^ i * coefficient 0 i) = tanh x) /\
  (forall m, (m < n)%nat -> forall x, is_derive (fun t => sum (n + 2) (fun i => tanh t ^ i * coefficient m i)) x
    (sum (n + 2) (fun i => tanh x ^ i * coefficient (m + 1) i))).
Proof.
  split.
  - intros x. rewrite (sum_ext _ _ (fun i => delta 1 i * tanh x)).
    + now rewrite (sum_delta (n + 2) 1 (fun _ => tanh x)) by lia.
    + intros i _. unfold coefficient. simpl. destruct (Nat.eq_dec 1 i) as [<-|no].
      * rewrite delta_same. simpl. ring.
      * rewrite (delta_other 1 i), (delta_other i 1) by lia. ring.
  - intros m less x. rewrite Nat.add_1_r. now apply slope_of_polynomial.
Qed.

Lemma some_point (n m : nat) : (m <= n)%nat ->
  exists j, (j < m + 2)%nat /\ polynomial n m (INR (j + 1) / INR (m + 3)) <> 0.
Proof.
  intros most.
  set (point := fun j => INR (j + 1) / INR (m + 3)).
  assert (found : forall k, (forall j, (j < k)%nat -> polynomial n m (point j) = 0) \/
    exists j, (j < k)%nat /\ polynomial n m (point j) <> 0).
  { induction k as [|k [all|[j [below other]]]]; [left; lia | | right; exists j; split; [lia | exact other]].
    destruct (Req_dec (polynomial n m (point k)) 0) as [zero|other]; [|right; exists k; split; [lia | exact other]].
    left. intros j below. destruct (Nat.eq_dec j k) as [->|]; [exact zero | apply all; lia]. }
  destruct (found (m + 2)%nat) as [all|[j [below other]]].
  - exfalso. assert (zero : coefficient m (m + 1) = 0).
    { apply (few_roots (m + 1) (coefficient m) point).
      - intros j k less _ same. unfold point in same. assert (0 < INR (m + 3)) by (apply lt_0_INR; lia).
        apply Rmult_eq_reg_r in same; [|apply Rinv_neq_0_compat; lra]. apply INR_eq in same. lia.
      - intros j below. rewrite <- (up_to_degree n m (point j)) by lia. apply all. lia. }
    rewrite leading in zero. apply Rmult_integral in zero. destruct zero as [zero|zero].
    + apply (pow_nonzero (- 1) m) in zero; [exact zero | lra].
    + now apply INR_fact_neq_0 in zero.
  - now exists j.
Qed.

Lemma odd_at_0 (n q : nat) : polynomial n (2 * q + 1) (tanh 0) <> 0.
Proof.
  rewrite tanh_zero. unfold polynomial.
  replace (n + 2)%nat with (S (n + 1)) by lia. rewrite sum_first.
  rewrite (sum_ext (n + 1) _ (fun _ => 0)), sum_zero by (intros; simpl; ring).
  replace (2 * q + 1)%nat with (S (2 * q)) by lia. pose proof (even_at_1 q) as positive.
  intros zero. apply (Rlt_irrefl 0). replace 0 with (size (S (2 * q)) 0) at 2.
  - change (0 < INR 1 * size (2 * q) 1 + 0). simpl (INR 1). lra.
  - rewrite <- coefficient_size. replace (coefficient (S (2 * q)) 0) with 0 by lra. apply Rabs_R0.
Qed.
