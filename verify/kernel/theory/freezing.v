(* Softmax of scores times a spread: the sum of squared weights, and the log of the sum of exponentials. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums softmax largest entropy.
Open Scope R_scope.

Lemma exp_tangent (x a : R) : exp a * (1 + x - a) <= exp x.
Proof.
  replace x with (a + (x - a)) at 2 by ring. rewrite exp_plus. pose proof (exp_ineq1_le (x - a)). pose proof (exp_pos
    a). nra.
Qed.

Section Spread.
Variables (n : nat) (z : nat -> R).
Hypothesis some : (1 <= n)%nat.

Definition total (t : R) : R := sum n (fun l => exp (t * z l)).
Definition share (t : R) (i : nat) : R := exp (t * z i) / total t.
Definition level (t : R) : R := sum n (fun i => share t i * z i).
Definition squares (t : R) : R := sum n (fun i => share t i ^ 2).

Lemma total_above (t : R) : 0 < total t.
Proof. exact (total_pos n (fun l => t * z l) some). Qed.

Lemma share_above (t : R) (i : nat) : 0 < share t i.
Proof. exact (weight_pos n (fun l => t * z l) i some). Qed.

Lemma shares (t : R) : sum n (share t) = 1.
Proof. exact (weight_sum n (fun l => t * z l) some). Qed.

Lemma share_most (t : R) (i : nat) : (i < n)%nat -> share t i <= 1.
Proof. exact (weight_le_1 n (fun l => t * z l) i). Qed.

(* the log of the total lies above its tangents *)
Lemma tangent (s t : R) : ln (total t) + (s - t) * level t <= ln (total s).
Proof.
  pose proof (total_above s) as sp. pose proof (total_above t) as tp.
  assert (ratio : exp ((s - t) * level t) <= total s / total t).
  { replace (total s / total t) with (sum n (fun i => share t i * exp ((s - t) * z i))).
    - apply Rle_trans with (sum n (fun i => share t i * (exp ((s - t) * level t) * (1 + (s - t) * z i - (s - t) *
      level t)))).
      + apply Req_le. rewrite (sum_ext n _ (fun i => exp ((s - t) * level t) * (1 - (s - t) * level t) * share t i
          + exp ((s - t) * level t) * (s - t) * (share t i * z i))) by (intros; ring).
        rewrite sum_plus, !sum_scal_l. change (sum n (fun i => share t i)) with (sum n (share t)). rewrite shares.
        fold (level t). ring.
      + apply sum_le. intros i _. apply Rmult_le_compat_l; [apply Rlt_le, share_above | apply exp_tangent].
    - change (total s / total t) with (sum n (fun l => exp (s * z l)) / total t). rewrite <- sum_div. apply sum_ext.
      intros i _. unfold share.
      replace (s * z i) with (t * z i + (s - t) * z i) by ring. rewrite exp_plus. field. lra. }
  apply (ln_le _ _ (exp_pos _)) in ratio. rewrite ln_exp in ratio. unfold Rdiv in ratio.
  rewrite ln_mult, ln_Rinv in ratio by (try apply Rinv_0_lt_compat; assumption). lra.
Qed.

Lemma squares_by_totals (t : R) : squares t = total (2 * t) / total t ^ 2.
Proof.
  pose proof (total_above t). unfold squares.
  change (total (2 * t) / total t ^ 2) with (sum n (fun l => exp (2 * t * z l)) / total t ^ 2). rewrite <- sum_div.
    apply sum_ext. intros i _.
  unfold share. replace (2 * t * z i) with (t * z i + t * z i) by ring. rewrite exp_plus. field. lra.
Qed.

Lemma log_squares (t : R) : ln (squares t) = ln (total (2 * t)) - 2 * ln (total t).
Proof.
  pose proof (total_above t) as tp. pose proof (total_above (2 * t)).
  rewrite squares_by_totals. unfold Rdiv. simpl pow. rewrite Rmult_1_r.
  assert (0 < total t * total t) by (apply Rmult_lt_0_compat; assumption).
  rewrite ln_mult, ln_Rinv, ln_mult by (try apply Rinv_0_lt_compat; assumption). ring.
Qed.

Lemma squares_above (t : R) : 0 < squares t.
Proof. apply sum_pos; [exact some|]. intros i _. apply pow_lt, share_above. Qed.

Lemma squares_up_near (s t : R) : 0 < s -> s <= t -> t <= 2 * s -> squares s <= squares t.
Proof.
  intros sp st near. destruct (Rle_lt_or_eq_dec s t st) as [less|<-]; [|apply Rle_refl].
  apply Rnot_lt_le. intros down. apply (ln_increasing _ _ (squares_above t)) in down. rewrite !log_squares in down.
  pose proof (tangent (2 * t) (2 * s)) as one. pose proof (tangent s t) as two.
  assert (level t <= level (2 * s)).
  { destruct (Req_dec t (2 * s)) as [->|no]; [apply Rle_refl|].
    pose proof (tangent (2 * s) t). pose proof (tangent t (2 * s)). nra. }
  nra.
Qed.

Lemma squares_up (s t : R) : 0 < s -> s <= t -> squares s <= squares t.
Proof.
  intros sp st.
  assert (all : forall k u, 0 < u -> u <= t -> t <= 2 ^ k * u -> squares u <= squares t).
  { induction k as [|k IH]; intros u up ut far; simpl in far.
    - replace t with u by lra. apply Rle_refl.
    - destruct (Rle_dec t (2 * u)) as [near|no]; [now apply squares_up_near|].
      apply Rle_trans with (squares (2 * u)); [apply squares_up_near; lra|]. apply IH; lra. }
  destruct (Pow_x_infinity 2 ltac:(rewrite Rabs_pos_eq; lra) (t / s)) as [k large].
  apply (all k s sp st). pose proof (large k (le_n k)) as reach. rewrite Rabs_pos_eq in reach by (apply pow_le; lra).
  apply Rge_le in reach. apply (Rmult_le_compat_r s) in reach; [|lra]. unfold Rdiv in reach.
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r in reach by lra. lra.
Qed.

Lemma squares_least (t : R) : / INR n <= squares t.
Proof.
  assert (0 < INR n) by (apply lt_0_INR; lia). pose proof (cauchy_schwarz n (share t) (fun _ => 1)) as cs.
  cbv beta in cs.
  rewrite (sum_ext n (fun i => share t i * 1) (share t)) in cs by (intros; ring). rewrite shares in cs.
  rewrite (sum_ext n (fun _ => 1 ^ 2) (fun _ => 1)) in cs by (intros; ring). rewrite sum_const in cs.
  fold (squares t) in cs. apply (Rmult_le_reg_r (INR n)); [assumption|]. rewrite Rinv_l by lra. lra.
Qed.

Lemma squares_most (t : R) : squares t <= 1.
Proof.
  rewrite <- (shares t). apply sum_le. intros i li. pose proof (share_above t i). pose proof (share_most t i li). nra.
Qed.

(* what the weights of different keys make together *)
Lemma loss (t : R) : 1 - squares t = sum n (fun i => sum n (fun j => (1 - delta i j) * (share t i * share t j))).
Proof.
  transitivity (sum n (share t) * sum n (share t) - squares t); [rewrite shares; ring|]. rewrite sum_prod.
  unfold squares. rewrite <- sum_minus. apply sum_ext. intros i li.
  rewrite (sum_ext n (fun j => (1 - delta i j) * (share t i * share t j))
    (fun j => share t i * share t j - delta i j * (share t i * share t j)))
    by (intros; ring).
  rewrite sum_minus, (sum_delta n i (fun j => share t i * share t j) li). ring.
Qed.

Lemma two_shares (t : R) (i j : nat) : (i < n)%nat -> (j < n)%nat -> i <> j ->
  share t i * share t j <= 1 / (4 * cosh (t * (z i - z j) / 2) ^ 2).
Proof.
  intros li lj no. set (a := exp (t * z i / 2)). set (b := exp (t * z j / 2)).
  assert (ap : 0 < a) by apply exp_pos. assert (bp : 0 < b) by apply exp_pos.
  assert (ei : exp (t * z i) = a * a) by (unfold a; rewrite <- exp_plus; f_equal; field).
  assert (ej : exp (t * z j) = b * b) by (unfold b; rewrite <- exp_plus; f_equal; field).
  assert (c : cosh (t * (z i - z j) / 2) = (a * a + b * b) / (2 * (a * b))).
  { unfold cosh. replace (t * (z i - z j) / 2) with (t * z i / 2 + - (t * z j / 2)) by field.
    rewrite Ropp_plus_distr, Ropp_involutive, !exp_plus, !exp_Ropp. fold a b. field. lra. }
  assert (two : a * a + b * b <= total t).
  { unfold total. rewrite (sum_apart n i) by exact li. rewrite ei. apply Rplus_le_compat_l.
    pose proof (sum_single_le n (fun l => (1 - delta i l) * exp (t * z l)) j) as one. cbv beta in one.
    rewrite delta_other, ej in one by exact no.
    apply Rle_trans with (2 := one (fun l _ => ltac:(unfold delta; destruct (Nat.eqb i l); pose proof (exp_pos (t * z
      l)); lra)) lj).
    lra. }
  pose proof (total_above t). unfold share. rewrite ei, ej, c.
  assert (0 < a * b) by (apply Rmult_lt_0_compat; assumption).
  assert (sp : 0 < a * a + b * b) by nra.
  replace (1 / (4 * ((a * a + b * b) / (2 * (a * b))) ^ 2)) with (a * b * (a * b) * / ((a * a + b * b) * (a * a + b *
    b)))
    by (field; lra).
  replace (a * a / total t * (b * b / total t)) with (a * b * (a * b) * / (total t * total t)) by (field; lra).
  apply Rmult_le_compat_l; [nra|]. apply Rinv_le_contravar; [nra|]. apply Rmult_le_compat; lra.
Qed.

(* Chebyshev's argument for one outcome: where the total is below half of m, the sum of squares is at most 1 *)
Lemma squares_by_chebyshev (t m : R) : 0 < m ->
  squares t <= 4 * (total (2 * t) / m ^ 2) + 4 * ((total t - m) ^ 2 / m ^ 2).
Proof.
  intros mp. pose proof (total_above t) as tp. pose proof (total_above (2 * t)) as qp. pose proof (squares_most t) as
    most.
  assert (m2 : 0 < m ^ 2) by nra. apply (Rmult_le_reg_r (m ^ 2)); [exact m2|].
  replace ((4 * (total (2 * t) / m ^ 2) + 4 * ((total t - m) ^ 2 / m ^ 2)) * m ^ 2)
    with (4 * total (2 * t) + 4 * (total t - m) ^ 2) by (field; lra).
  destruct (Rle_dec (m / 2) (total t)) as [large|few].
  - rewrite squares_by_totals in *. assert (t2 : m ^ 2 / 4 <= total t ^ 2) by nra.
    apply Rle_trans with (total (2 * t) / total t ^ 2 * (4 * total t ^ 2)).
    + apply Rmult_le_compat_l; [apply Rlt_le, Rdiv_lt_0_compat; nra | lra].
    + replace (total (2 * t) / total t ^ 2 * (4 * total t ^ 2)) with (4 * total (2 * t)) by (field; lra).
      pose proof (pow2_ge_0 (total t - m)). lra.
  - pose proof (squares_above t). nra.
Qed.

Lemma level_most (t : R) : level t <= largest n z.
Proof.
  rewrite <- (Rmult_1_l (largest n z)), <- (shares t), <- sum_scal_r. apply sum_le. intros i li.
  apply Rmult_le_compat_l; [apply Rlt_le, share_above | now apply largest_ge].
Qed.

Lemma largest_below (t : R) : 0 <= t -> t * largest n z <= ln (total t).
Proof.
  intros tp. destruct (largest_in n z some) as [k [lk ->]]. rewrite <- (ln_exp (t * z k)). apply ln_le; [apply
    exp_pos|].
  apply (sum_single_le n (fun l => exp (t * z l)) k); [|exact lk]. intros. apply Rlt_le, exp_pos.
Qed.

(* ln lies below its tangent at a *)
Lemma log_below (t a : R) : 0 < a -> ln (total t) <= ln a + (total t / a - 1).
Proof.
  intros ap. pose proof (total_above t) as tp. replace (total t) with (a * (total t / a)) at 1 by (field; lra).
  assert (0 < total t / a) by (apply Rdiv_lt_0_compat; assumption). rewrite ln_mult by assumption.
  pose proof (proj1 (ln_below (total t / a) H)). lra.
Qed.
End Spread.
