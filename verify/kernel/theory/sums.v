(* Finite sums: linearity, order, exchange, deltas, and the Cauchy-Schwarz inequality. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

Lemma sum_ext (n : nat) (f g : nat -> R) : (forall i, (i < n)%nat -> f i = g i) -> sum n f = sum n g.
Proof.
  induction n as [|n IH]; intros same; simpl; [reflexivity|].
  rewrite (IH (fun i below => same i (Nat.lt_lt_succ_r _ _ below))), (same n (Nat.lt_succ_diag_r n)). reflexivity.
Qed.

Lemma sum_zero (n : nat) : sum n (fun _ => 0) = 0.
Proof. induction n; simpl; lra. Qed.

Lemma sum_const (n : nat) (c : R) : sum n (fun _ => c) = INR n * c.
Proof. induction n; [simpl; lra|]. rewrite S_INR. simpl. lra. Qed.

Lemma sum_plus (n : nat) (f g : nat -> R) : sum n (fun i => f i + g i) = sum n f + sum n g.
Proof. induction n; simpl; lra. Qed.

Lemma sum_minus (n : nat) (f g : nat -> R) : sum n (fun i => f i - g i) = sum n f - sum n g.
Proof. induction n; simpl; lra. Qed.

Lemma sum_opp (n : nat) (f : nat -> R) : sum n (fun i => - f i) = - sum n f.
Proof. induction n; simpl; lra. Qed.

Lemma sum_scal_l (n : nat) (c : R) (f : nat -> R) : sum n (fun i => c * f i) = c * sum n f.
Proof. induction n; simpl; lra. Qed.

Lemma sum_scal_r (n : nat) (c : R) (f : nat -> R) : sum n (fun i => f i * c) = sum n f * c.
Proof. induction n; simpl; lra. Qed.

Lemma sum_div (n : nat) (c : R) (f : nat -> R) : sum n (fun i => f i / c) = sum n f / c.
Proof. unfold Rdiv. apply sum_scal_r. Qed.

Lemma sum_le (n : nat) (f g : nat -> R) : (forall i, (i < n)%nat -> f i <= g i) -> sum n f <= sum n g.
Proof.
  induction n as [|n IH]; intros less; simpl; [lra|].
  pose proof (IH (fun i below => less i (Nat.lt_lt_succ_r _ _ below))). pose proof (less n (Nat.lt_succ_diag_r n)). lra.
Qed.

Lemma sum_nonneg (n : nat) (f : nat -> R) : (forall i, (i < n)%nat -> 0 <= f i) -> 0 <= sum n f.
Proof. intros least. rewrite <- (sum_zero n). now apply sum_le. Qed.

Lemma sum_pos (n : nat) (f : nat -> R) : (1 <= n)%nat -> (forall i, (i < n)%nat -> 0 < f i) -> 0 < sum n f.
Proof.
  destruct n as [|n]; intros some above; [lia|]. simpl.
  pose proof (above n (Nat.lt_succ_diag_r n)).
  pose proof (sum_nonneg n f (fun i below => Rlt_le _ _ (above i (Nat.lt_lt_succ_r _ _ below)))). lra.
Qed.

(* One term of a sum of terms that are not negative is at most the sum. *)
Lemma sum_single_le (n : nat) (f : nat -> R) (k : nat) :
  (forall i, (i < n)%nat -> 0 <= f i) -> (k < n)%nat -> f k <= sum n f.
Proof.
  induction n as [|n IH]; intros least below; [lia|]. simpl.
  assert (least' : forall i, (i < n)%nat -> 0 <= f i) by (intros; apply least; lia).
  destruct (Nat.eq_dec k n) as [->|other].
  - pose proof (sum_nonneg n f least'). lra.
  - pose proof (IH least' ltac:(lia)). pose proof (least n (Nat.lt_succ_diag_r n)). lra.
Qed.

(* Strictly less in one term, at most in the others. *)
Lemma sum_lt (n : nat) (f g : nat -> R) (k : nat) :
  (forall i, (i < n)%nat -> f i <= g i) -> (k < n)%nat -> f k < g k -> sum n f < sum n g.
Proof.
  intros less below strict.
  pose proof (sum_single_le n (fun i => g i - f i) k) as single.
  rewrite sum_minus in single.
  assert (g k - f k <= sum n g - sum n f) by (apply single; [intros i b; pose proof (less i b); lra | lia]). lra.
Qed.

(* A sum of terms that are not negative is 0 only where every term is. *)
Lemma sum_zero_each (n : nat) (f : nat -> R) :
  (forall i, (i < n)%nat -> 0 <= f i) -> sum n f = 0 -> forall i, (i < n)%nat -> f i = 0.
Proof. intros least nought i below. pose proof (sum_single_le n f i least below). pose proof (least i below). lra. Qed.

Lemma sum_abs (n : nat) (f : nat -> R) : Rabs (sum n f) <= sum n (fun i => Rabs (f i)).
Proof.
  induction n as [|n IH]; simpl; [rewrite Rabs_R0; lra|].
  pose proof (Rabs_triang (sum n f) (f n)). lra.
Qed.

Lemma sum_swap (n m : nat) (f : nat -> nat -> R) :
  sum n (fun i => sum m (fun j => f i j)) = sum m (fun j => sum n (fun i => f i j)).
Proof.
  induction n as [|n IH]; simpl; [now rewrite sum_zero|].
  rewrite IH, <- sum_plus. now apply sum_ext.
Qed.

(* The product of two sums is the double sum. *)
Lemma sum_prod (n m : nat) (f g : nat -> R) :
  sum n f * sum m g = sum n (fun i => sum m (fun j => f i * g j)).
Proof. rewrite <- sum_scal_r. apply sum_ext. intros. now rewrite sum_scal_l. Qed.

(* The first n terms, then m more. *)
Lemma sum_split (n m : nat) (f : nat -> R) : sum (n + m) f = sum n f + sum m (fun i => f (n + i)%nat).
Proof.
  induction m as [|m IH]; [rewrite Nat.add_0_r; simpl; lra|].
  rewrite Nat.add_succ_r. simpl. lra.
Qed.

Lemma sum_first (n : nat) (f : nat -> R) : sum (S n) f = f O + sum n (fun i => f (S i)).
Proof. change (S n) with (1 + n)%nat. rewrite sum_split. simpl. lra. Qed.

Lemma delta_same (i : nat) : delta i i = 1.
Proof. unfold delta. now rewrite Nat.eqb_refl. Qed.

Lemma delta_other (i j : nat) : i <> j -> delta i j = 0.
Proof. intros other. unfold delta. now rewrite (proj2 (Nat.eqb_neq i j) other). Qed.

Lemma delta_sym (i j : nat) : delta i j = delta j i.
Proof. unfold delta. now rewrite Nat.eqb_sym. Qed.

Lemma delta_shift (n i j : nat) : delta (n + i) (n + j) = delta i j.
Proof. unfold delta. destruct (Nat.eqb_spec i j), (Nat.eqb_spec (n + i) (n + j)); auto; lia. Qed.

Lemma sum_delta (n k : nat) (f : nat -> R) : (k < n)%nat -> sum n (fun i => delta k i * f i) = f k.
Proof.
  induction n as [|n IH]; intros below; [lia|]. simpl.
  destruct (Nat.eq_dec k n) as [->|other].
  - rewrite (sum_ext n _ (fun _ => 0)), sum_zero, delta_same; [lra|].
    intros i less. rewrite delta_other by lia. lra.
  - rewrite IH, delta_other by lia. lra.
Qed.

Lemma sum_delta_r (n k : nat) (f : nat -> R) : (k < n)%nat -> sum n (fun i => f i * delta i k) = f k.
Proof.
  intros below. rewrite <- (sum_delta n k f below). apply sum_ext. intros i _. rewrite (delta_sym i k). ring.
Qed.

(* One term apart from the others. *)
Lemma sum_apart (n k : nat) (f : nat -> R) : (k < n)%nat -> sum n f = f k + sum n (fun i => (1 - delta k i) * f i).
Proof.
  intros below. rewrite <- (sum_delta n k f below), <- sum_plus. apply sum_ext. intros. ring.
Qed.

(* The difference of the two sides is half the sum of the squares of all (f i g j - f j g i). *)
Lemma lagrange (n : nat) (f g : nat -> R) :
  sum n (fun i => f i ^ 2) * sum n (fun i => g i ^ 2) - sum n (fun i => f i * g i) ^ 2
  = sum n (fun i => sum n (fun j => (f i * g j - f j * g i) ^ 2)) / 2.
Proof.
  assert (all : sum n (fun i => sum n (fun j => (f i * g j - f j * g i) ^ 2))
    = sum n (fun i => f i ^ 2) * sum n (fun i => g i ^ 2) + sum n (fun i => g i ^ 2) * sum n (fun i => f i ^ 2)
      - 2 * (sum n (fun i => f i * g i) * sum n (fun i => f i * g i))).
  { rewrite !sum_prod, <- sum_scal_l, <- sum_plus, <- sum_minus. apply sum_ext. intros i _.
    rewrite <- sum_scal_l, <- sum_plus, <- sum_minus. apply sum_ext. intros j _. ring. }
  rewrite all. field.
Qed.

Lemma cauchy_schwarz (n : nat) (f g : nat -> R) :
  sum n (fun i => f i * g i) ^ 2 <= sum n (fun i => f i ^ 2) * sum n (fun i => g i ^ 2).
Proof.
  pose proof (lagrange n f g).
  assert (0 <= sum n (fun i => sum n (fun j => (f i * g j - f j * g i) ^ 2))).
  { apply sum_nonneg. intros. apply sum_nonneg. intros. apply pow2_ge_0. }
  lra.
Qed.
