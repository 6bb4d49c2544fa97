(* The gradient at the scores, a_k (g_k - sum a_i g_i): its size, and the weights where one key leads. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Attnproof.theory Require Import prelude sums softmax jacobian.
Open Scope R_scope.

(* what the weight of key k leaves to the others *)
Lemma weight_rest (n : nat) (e : nat -> R) (k : nat) :
  (k < n)%nat -> 1 - weight n e k = sum n (fun i => (1 - delta k i) * weight n e i).
Proof.
  intros below. pose proof (weight_sum n e ltac:(lia)) as one. rewrite (sum_apart n k) in one by exact below. lra.
Qed.

Lemma sum_others (n k : nat) : (k < n)%nat -> sum n (fun i => 1 - delta k i) = INR n - 1.
Proof.
  intros below. rewrite (sum_ext n _ (fun i => 1 - delta k i * 1)) by (intros; ring).
  rewrite sum_minus, sum_const, sum_delta by exact below. ring.
Qed.

Lemma centred_bound (n : nat) (e g : nat -> R) (G : R) (k : nat) :
  (k < n)%nat -> (forall i, (i < n)%nat -> Rabs (g i) <= G) ->
  Rabs (g k - sum n (fun i => weight n e i * g i)) <= 2 * G * (1 - weight n e k).
Proof.
  intros below bound.
  replace (g k - sum n (fun i => weight n e i * g i))
    with (sum n (fun i => (1 - delta k i) * weight n e i * (g k - g i))).
  - eapply Rle_trans; [apply sum_abs|]. rewrite weight_rest, <- sum_scal_l by exact below. apply sum_le. intros i I.
    pose proof (delta_range k i). pose proof (weight_pos n e i ltac:(lia)).
    rewrite Rabs_mult, Rabs_pos_eq by (apply Rmult_le_pos; lra).
    rewrite (Rmult_comm (2 * G)). apply Rmult_le_compat_l; [apply Rmult_le_pos; lra|].
    unfold Rminus. eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp.
    pose proof (bound i I). pose proof (bound k below). lra.
  - rewrite (sum_ext n _ (fun i => g k * ((1 - delta k i) * weight n e i) - (weight n e i * g i - delta k i * (weight n e i * g i))))
      by (intros; ring).
    rewrite !sum_minus, sum_scal_l, <- weight_rest, sum_delta by exact below. ring.
Qed.

Lemma gradient_bound (n : nat) (e g : nat -> R) (G : R) (k : nat) :
  (k < n)%nat -> (forall i, (i < n)%nat -> Rabs (g i) <= G) ->
  Rabs ((g k - sum n (fun i => weight n e i * g i)) * weight n e k) <= 2 * G * (1 - weight n e k) * weight n e k.
Proof.
  intros below bound. pose proof (weight_pos n e k ltac:(lia)).
  rewrite Rabs_mult, (Rabs_pos_eq (weight n e k)) by lra.
  apply Rmult_le_compat_r; [lra | now apply centred_bound].
Qed.

Lemma bound_nonneg (n : nat) (g : nat -> R) (G : R) (k : nat) :
  (k < n)%nat -> (forall i, (i < n)%nat -> Rabs (g i) <= G) -> 0 <= G.
Proof. intros below bound. pose proof (bound k below). pose proof (Rabs_pos (g k)). lra. Qed.

Lemma weight_behind (n : nat) (e : nat -> R) (i y : nat) (gap : R) :
  (y < n)%nat -> gap + e i <= e y -> weight n e i <= exp (- gap).
Proof.
  intros below behind. rewrite (weight_ratio n e i y) by lia.
  assert (exp (e i - e y) <= exp (- gap)) by (destruct (Req_dec (e i - e y) (- gap)) as [->|];
    [lra | apply Rlt_le, exp_increasing; lra]).
  pose proof (exp_pos (e i - e y)). pose proof (weight_le_1 n e y below). pose proof (weight_pos n e y ltac:(lia)). nra.
Qed.

Lemma rest_behind (n : nat) (e : nat -> R) (y : nat) (gap : R) :
  (y < n)%nat -> (forall i, (i < n)%nat -> i <> y -> gap + e i <= e y) ->
  1 - weight n e y <= (INR n - 1) * exp (- gap).
Proof.
  intros below behind. rewrite weight_rest, <- (sum_others n y), <- sum_scal_r by exact below.
  apply sum_le. intros i I. destruct (Nat.eq_dec y i) as [<-|other]; [rewrite delta_same; lra|].
  rewrite delta_other by exact other. pose proof (weight_behind n e i y gap below (behind i I ltac:(auto))). lra.
Qed.

(* The upstream gradient G at key k and -G elsewhere reaches the bound. *)
Lemma gradient_extreme (n : nat) (e : nat -> R) (G : R) (k : nat) :
  (k < n)%nat -> G - sum n (fun i => G * (2 * delta k i - 1) * weight n e i) = 2 * G * (1 - weight n e k).
Proof.
  intros below.
  rewrite (sum_ext n _ (fun i => 2 * G * (delta k i * weight n e i) - G * weight n e i)) by (intros; ring).
  rewrite sum_minus, !sum_scal_l, sum_delta, weight_sum by (exact below || lia). ring.
Qed.
