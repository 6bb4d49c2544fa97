(* The matrix a_i (delta_ij - a_j) of weights a that sum to 1: its form, and its norm by the sums of its rows. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Attnproof.theory Require Import prelude sums.
Open Scope R_scope.

Section jacobian.
Variables (n : nat) (a : nat -> R).
Hypothesis above : forall i, (i < n)%nat -> 0 < a i.
Hypothesis one : sum n a = 1.

Definition jacobian (i j : nat) : R := (delta i j - a j) * a i.
Definition applied (u : nat -> R) (i : nat) : R := sum n (fun j => jacobian i j * u j).
Definition form (u w : nat -> R) : R := sum n (fun i => u i * applied w i).

Lemma jacobian_symmetric (i j : nat) : jacobian i j = jacobian j i.
Proof.
  unfold jacobian. destruct (Nat.eq_dec i j) as [->|other]; [ring|].
  rewrite !delta_other by auto. ring.
Qed.

Lemma applied_centred (u : nat -> R) (i : nat) : (i < n)%nat -> applied u i = a i * (u i - sum n (fun j => a j * u j)).
Proof.
  intros below. unfold applied, jacobian.
  rewrite (sum_ext n _ (fun j => a i * (delta i j * u j) - a i * (a j * u j))) by (intros; ring).
  rewrite sum_minus, !sum_scal_l, sum_delta by exact below. ring.
Qed.

Lemma row_sum (i : nat) : (i < n)%nat -> sum n (jacobian i) = 0.
Proof.
  intros below. transitivity (applied (fun _ => 1) i); [apply sum_ext; intros; ring|].
  rewrite applied_centred by exact below.
  rewrite (sum_ext n _ a) by (intros; ring). rewrite one. ring.
Qed.

Lemma form_spread (u w : nat -> R) :
  form u w = sum n (fun i => sum n (fun j => a i * a j * ((u i - u j) * (w i - w j)))) / 2.
Proof.
  set (U := sum n (fun i => a i * u i)). set (W := sum n (fun i => a i * w i)).
  set (M := sum n (fun i => a i * (u i * w i))).
  assert (left : form u w = M - U * W).
  { unfold form. rewrite (sum_ext n _ (fun i => a i * (u i * w i) - a i * u i * W)).
    - now rewrite sum_minus, sum_scal_r.
    - intros i below. rewrite applied_centred by exact below. fold W. ring. }
  assert (right : sum n (fun i => sum n (fun j => a i * a j * ((u i - u j) * (w i - w j))))
    = M * sum n a + sum n a * M - (U * W + W * U)).
  { unfold M, U, W. rewrite !sum_prod, <- !sum_plus, <- sum_minus. apply sum_ext. intros i _.
    rewrite <- !sum_plus, <- sum_minus. apply sum_ext. intros j _. ring. }
  rewrite left, right, one. field.
Qed.

Lemma form_nonneg (u : nat -> R) : 0 <= form u u.
Proof.
  rewrite form_spread. apply Rmult_le_pos; [|lra].
  apply sum_nonneg. intros i I. apply sum_nonneg. intros j J. apply Rmult_le_pos; [|apply Rle_0_sqr].
  apply Rmult_le_pos; apply Rlt_le, above; assumption.
Qed.

Lemma form_symmetric (u w : nat -> R) : form u w = form w u.
Proof. rewrite !form_spread. f_equal. apply sum_ext. intros. apply sum_ext. intros. ring. Qed.

Lemma form_combined (s : R) (u w : nat -> R) :
  form (fun i => u i + s * w i) (fun i => u i + s * w i) = form u u + 2 * s * form u w + s ^ 2 * form w w.
Proof.
  rewrite !form_spread.
  rewrite (sum_ext n _ (fun i => sum n (fun j => a i * a j * ((u i - u j) * (u i - u j)))
    + 2 * s * sum n (fun j => a i * a j * ((u i - u j) * (w i - w j)))
    + s ^ 2 * sum n (fun j => a i * a j * ((w i - w j) * (w i - w j))))).
  - rewrite !sum_plus, !sum_scal_l. field.
  - intros i _. rewrite <- !sum_scal_l, <- !sum_plus. apply sum_ext. intros. ring.
Qed.

(* The Cauchy-Schwarz inequality of the form *)
Lemma form_cauchy (u w : nat -> R) : form u w ^ 2 <= form u u * form w w.
Proof.
  pose proof (form_nonneg u) as A. pose proof (form_nonneg w) as C.
  set (p := form u u) in *. set (q := form u w). set (r := form w w) in *.
  assert (quadratic : forall s, 0 <= p + 2 * s * q + s ^ 2 * r).
  { intros s. unfold p, q, r. rewrite <- form_combined. apply form_nonneg. }
  destruct (Req_dec r 0) as [none|some].
  - destruct (Req_dec q 0) as [->|other]; [nra|].
    pose proof (quadratic (- (p + 1) / (2 * q))) as less. rewrite none in less.
    replace (p + 2 * (- (p + 1) / (2 * q)) * q + (- (p + 1) / (2 * q)) ^ 2 * 0) with (-1) in less by (field; lra). lra.
  - pose proof (quadratic (- q / r)) as less.
    replace (p + 2 * (- q / r) * q + (- q / r) ^ 2 * r) with ((p * r - q ^ 2) / r) in less by (field; lra).
    assert (0 <= p * r - q ^ 2); [|lra].
    replace (p * r - q ^ 2) with ((p * r - q ^ 2) / r * r) by (field; lra). apply Rmult_le_pos; lra.
Qed.

Lemma weight_below (i : nat) : (i < n)%nat -> a i <= 1.
Proof. intros below. rewrite <- one. apply sum_single_le; [|exact below]. intros j J. apply Rlt_le, above, J. Qed.

(* half the squared length, less the form, as two sums of terms that are not negative *)
Lemma form_gap (u : nat -> R) :
  sum n (fun i => u i ^ 2) / 2 - form u u
  = sum n (fun i => (1 - 2 * a i) ^ 2 / 2 * u i ^ 2)
    + sum n (fun i => sum n (fun j => (1 - delta i j) * (a i * a j * (u i + u j) ^ 2))) / 2.
Proof.
  rewrite form_spread.
  assert (pairs : sum n (fun i => sum n (fun j => (1 - delta i j) * (a i * a j * (u i + u j) ^ 2)))
    = sum n (fun i => sum n (fun j => a i * a j * (u i + u j) ^ 2)) - sum n (fun i => 4 * a i ^ 2 * u i ^ 2)).
  { rewrite <- sum_minus. apply sum_ext. intros i I.
    rewrite (sum_ext n _ (fun j => a i * a j * (u i + u j) ^ 2 - delta i j * (a i * a j * (u i + u j) ^ 2)))
      by (intros; ring).
    rewrite sum_minus, sum_delta by exact I. ring. }
  assert (square : sum n (fun i => sum n (fun j => a i * a j * (u i + u j) ^ 2))
    = 2 * (sum n (fun i => a i * u i ^ 2) * sum n a + sum n a * sum n (fun i => a i * u i ^ 2))
      - sum n (fun i => sum n (fun j => a i * a j * ((u i - u j) * (u i - u j))))).
  { rewrite !sum_prod, <- sum_plus, <- sum_scal_l, <- sum_minus. apply sum_ext. intros i _.
    rewrite <- sum_plus, <- sum_scal_l, <- sum_minus. apply sum_ext. intros j _. ring. }
  rewrite pairs, square, one.
  assert (own : sum n (fun i => (1 - 2 * a i) ^ 2 / 2 * u i ^ 2)
    = sum n (fun i => u i ^ 2) / 2 - 2 * sum n (fun i => a i * u i ^ 2) + sum n (fun i => 4 * a i ^ 2 * u i ^ 2) / 2).
  { rewrite <- !sum_div, <- sum_scal_l, <- sum_minus, <- sum_plus. apply sum_ext. intros. field. }
  rewrite own. field.
Qed.

Lemma delta_range (i j : nat) : 0 <= 1 - delta i j <= 1.
Proof. unfold delta. destruct (Nat.eqb i j); lra. Qed.

Lemma gap_terms (u : nat -> R) :
  (forall i, (i < n)%nat -> 0 <= (1 - 2 * a i) ^ 2 / 2 * u i ^ 2)
  /\ (forall i, (i < n)%nat -> 0 <= sum n (fun j => (1 - delta i j) * (a i * a j * (u i + u j) ^ 2)))
  /\ (forall i j, (i < n)%nat -> (j < n)%nat -> 0 <= (1 - delta i j) * (a i * a j * (u i + u j) ^ 2)).
Proof.
  assert (pair : forall i j, (i < n)%nat -> (j < n)%nat -> 0 <= (1 - delta i j) * (a i * a j * (u i + u j) ^ 2)).
  { intros i j I J. apply Rmult_le_pos; [apply delta_range|]. apply Rmult_le_pos; [|apply pow2_ge_0].
    apply Rmult_le_pos; apply Rlt_le, above; assumption. }
  repeat split; [|intros i I; now apply sum_nonneg; auto|exact pair].
  intros i _. pose proof (pow2_ge_0 (1 - 2 * a i)). apply Rmult_le_pos; [lra | apply pow2_ge_0].
Qed.

Lemma form_half (u : nat -> R) : form u u <= sum n (fun i => u i ^ 2) / 2.
Proof.
  destruct (gap_terms u) as [own [rows _]].
  pose proof (form_gap u). pose proof (sum_nonneg n _ own). pose proof (sum_nonneg n _ rows). lra.
Qed.

Lemma form_half_strict (u : nat -> R) :
  (3 <= n)%nat -> sum n (fun i => u i ^ 2) <> 0 -> form u u < sum n (fun i => u i ^ 2) / 2.
Proof.
  intros three some. destruct (form_half u) as [less|same]; [exact less|exfalso].
  destruct (gap_terms u) as [own [rows pairs]]. pose proof (form_gap u) as gap.
  pose proof (sum_nonneg n _ own) as one'. pose proof (sum_nonneg n _ rows) as two.
  assert (none : sum n (fun i => sum n (fun j => (1 - delta i j) * (a i * a j * (u i + u j) ^ 2))) = 0) by lra.
  assert (opposite : forall i j, (i < n)%nat -> (j < n)%nat -> i <> j -> u i + u j = 0).
  { intros i j I J other.
    pose proof (sum_zero_each n _ rows none i I) as row. cbv beta in row.
    pose proof (sum_zero_each n (fun j => (1 - delta i j) * (a i * a j * (u i + u j) ^ 2))
      (fun j J => pairs i j I J) row j J) as term. cbv beta in term.
    rewrite delta_other in term by exact other.
    pose proof (Rmult_lt_0_compat _ _ (above i I) (above j J)) as positive.
    assert ((u i + u j) ^ 2 = 0) by (apply (Rmult_eq_reg_l (a i * a j)); lra).
    apply Rsqr_0_uniq. unfold Rsqr. lra. }
  apply some. rewrite <- (sum_zero n). apply sum_ext. intros k K.
  set (p := if Nat.eq_dec k 0 then 1%nat else 0%nat).
  set (q := if Nat.eq_dec k 2 then 1%nat else 2%nat).
  assert (distinct : k <> p /\ k <> q /\ p <> q /\ (p < n)%nat /\ (q < n)%nat).
  { unfold p, q. destruct (Nat.eq_dec k 0), (Nat.eq_dec k 2); subst; repeat split; try lia. }
  pose proof (opposite k p). pose proof (opposite k q). pose proof (opposite p q).
  assert (u k = 0) as -> by (destruct distinct as (? & ? & ? & ? & ?); intuition lra). ring.
Qed.

(* |J u|^4 = (Ju . J u)^2 <= (Ju . J Ju) (u . J u) *)
Lemma image_form (u : nat -> R) :
  sum n (fun i => applied u i ^ 2) ^ 2 <= form (applied u) (applied u) * form u u.
Proof.
  replace (sum n (fun i => applied u i ^ 2)) with (form (applied u) u); [apply form_cauchy|].
  unfold form. apply sum_ext. intros. ring.
Qed.

Lemma square_sum_nonneg (u : nat -> R) : 0 <= sum n (fun i => u i ^ 2).
Proof. apply sum_nonneg. intros. apply pow2_ge_0. Qed.

Lemma norm_half (u : nat -> R) : sum n (fun i => applied u i ^ 2) <= sum n (fun i => u i ^ 2) / 4.
Proof.
  pose proof (image_form u). pose proof (form_half u). pose proof (form_half (applied u)).
  pose proof (form_nonneg u). pose proof (form_nonneg (applied u)).
  pose proof (square_sum_nonneg (applied u)). pose proof (square_sum_nonneg u).
  set (x := sum n (fun i => applied u i ^ 2)) in *. set (y := sum n (fun i => u i ^ 2)) in *.
  assert (x ^ 2 <= x / 2 * (y / 2)) by (eapply Rle_trans; [eassumption|]; apply Rmult_le_compat; assumption).
  destruct (Req_dec x 0); nra.
Qed.

Lemma norm_half_strict (u : nat -> R) :
  (3 <= n)%nat -> sum n (fun i => u i ^ 2) <> 0 -> sum n (fun i => applied u i ^ 2) < sum n (fun i => u i ^ 2) / 4.
Proof.
  intros three some.
  pose proof (image_form u). pose proof (form_half_strict u three some). pose proof (form_half (applied u)).
  pose proof (form_nonneg u). pose proof (form_nonneg (applied u)).
  pose proof (square_sum_nonneg (applied u)). pose proof (square_sum_nonneg u).
  set (x := sum n (fun i => applied u i ^ 2)) in *. set (y := sum n (fun i => u i ^ 2)) in *.
  destruct (Req_dec x 0) as [->|other]; [lra|].
  assert (x ^ 2 <= x / 2 * form u u) by (eapply Rle_trans; [eassumption|]; apply Rmult_le_compat_r; lra).
  nra.
Qed.

End jacobian.
