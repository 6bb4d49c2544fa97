(* Lengths of vectors: the dot product and the sum of two are bounded by them; what normalisation makes of them. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Attnproof.theory Require Import prelude sums.
Open Scope R_scope.

Lemma squares_nonneg (n : nat) (f : nat -> R) : 0 <= sum n (fun i => f i ^ 2).
Proof. apply sum_nonneg. intros. apply pow2_ge_0. Qed.

Lemma abs_le_of_squares (x a : R) : 0 <= a -> x ^ 2 <= a ^ 2 -> Rabs x <= a.
Proof. intros least less. apply Rabs_le. nra. Qed.

Lemma dot_le (n : nat) (f g : nat -> R) (a b : R) :
  0 <= a -> 0 <= b -> sum n (fun i => f i ^ 2) <= a ^ 2 -> sum n (fun i => g i ^ 2) <= b ^ 2 ->
  Rabs (sum n (fun i => f i * g i)) <= a * b.
Proof.
  intros la lb fa gb. apply abs_le_of_squares; [nra|].
  pose proof (cauchy_schwarz n f g). pose proof (squares_nonneg n f). pose proof (squares_nonneg n g).
  apply Rle_trans with (1 := H). replace ((a * b) ^ 2) with (a ^ 2 * b ^ 2) by ring.
  apply Rmult_le_compat; lra.
Qed.

Lemma norm_sq (n : nat) (f : nat -> R) : sqrt (sum n (fun i => f i ^ 2)) ^ 2 = sum n (fun i => f i ^ 2).
Proof. apply pow2_sqrt, squares_nonneg. Qed.

Lemma dot_le_norms (n : nat) (f g : nat -> R) :
  Rabs (sum n (fun i => f i * g i)) <= sqrt (sum n (fun i => f i ^ 2)) * sqrt (sum n (fun i => g i ^ 2)).
Proof. apply dot_le; try apply sqrt_pos; rewrite norm_sq; lra. Qed.

Lemma norm_le (n : nat) (f : nat -> R) (a : R) :
  0 <= a -> sum n (fun i => f i ^ 2) <= a ^ 2 -> sqrt (sum n (fun i => f i ^ 2)) <= a.
Proof. intros least less. rewrite <- (sqrt_pow2 a least). apply sqrt_le_1_alt, less. Qed.

Lemma norm_triangle (n : nat) (f g : nat -> R) :
  sqrt (sum n (fun i => (f i + g i) ^ 2)) <= sqrt (sum n (fun i => f i ^ 2)) + sqrt (sum n (fun i => g i ^ 2)).
Proof.
  pose proof (sqrt_pos (sum n (fun i => f i ^ 2))). pose proof (sqrt_pos (sum n (fun i => g i ^ 2))).
  apply (norm_le n (fun i => f i + g i)); [lra|].
  rewrite (sum_ext n _ (fun i => f i ^ 2 + 2 * (f i * g i) + g i ^ 2)) by (intros; ring).
  rewrite !sum_plus, sum_scal_l. pose proof (norm_sq n f). pose proof (norm_sq n g).
  pose proof (dot_le_norms n f g). pose proof (Rle_abs (sum n (fun i => f i * g i))). nra.
Qed.

Lemma squares_scaled (n : nat) (f : nat -> R) (s : R) :
  0 < s -> sum n (fun i => (f i / sqrt s) ^ 2) = sum n (fun i => f i ^ 2) / s.
Proof.
  intros above. rewrite <- sum_div. apply sum_ext. intros i _.
  pose proof (sqrt_lt_R0 s above). replace s with (sqrt s ^ 2) at 2 by (apply pow2_sqrt; lra). field. lra.
Qed.

Definition normal (n : nat) (f : nat -> R) (epsilon : R) (i : nat) : R :=
  f i / sqrt (epsilon + sum n (fun l => f l ^ 2) / INR n).

(* Normalised to a mean square of 1 (less with epsilon): the squared length is at most the width. *)
Lemma squares_normal (n : nat) (f : nat -> R) (epsilon : R) :
  (1 <= n)%nat -> 0 <= epsilon -> 0 < epsilon + sum n (fun i => f i ^ 2) / INR n ->
  sum n (fun i => normal n f epsilon i ^ 2) <= INR n.
Proof.
  intros some least above. unfold normal. rewrite squares_scaled by exact above.
  assert (0 < INR n) by (apply lt_0_INR; lia).
  apply (Rmult_le_reg_r (epsilon + sum n (fun i => f i ^ 2) / INR n)); [exact above|].
  unfold Rdiv at 1. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  replace (INR n * (epsilon + sum n (fun i => f i ^ 2) / INR n))
    with (INR n * epsilon + sum n (fun i => f i ^ 2)) by (field; lra). nra.
Qed.

(* Products of gains within G: a dot product of two vectors of squared length n at most is within n G. *)
Lemma gains_bound (n : nat) (f g u v x y : nat -> R) (G : R) :
  (1 <= n)%nat -> (forall i, (i < n)%nat -> Rabs (v i * u i) <= G) ->
  sum n (fun i => f i ^ 2) <= INR n -> sum n (fun i => g i ^ 2) <= INR n ->
  (forall i, (i < n)%nat -> x i = u i * f i) -> (forall i, (i < n)%nat -> y i = v i * g i) ->
  Rabs (sum n (fun i => x i * y i)) <= G * INR n.
Proof.
  intros some gains lf lg isx isy. apply Rle_trans with (1 := sum_abs _ _).
  assert (0 <= G) by (apply Rle_trans with (2 := gains 0%nat ltac:(lia)); apply Rabs_pos).
  apply Rle_trans with (sum n (fun i => G * (Rabs (f i) * Rabs (g i)))).
  - apply sum_le. intros i below. rewrite isx, isy by exact below.
    replace (u i * f i * (v i * g i)) with (v i * u i * (f i * g i)) by ring.
    rewrite Rabs_mult, (Rabs_mult (f i)). apply Rmult_le_compat_r; [|auto].
    apply Rmult_le_pos; apply Rabs_pos.
  - rewrite sum_scal_l. apply Rmult_le_compat_l; [assumption|].
    pose proof (Rle_abs (sum n (fun i => Rabs (f i) * Rabs (g i)))) as toabs.
    assert (0 <= INR n) by apply pos_INR.
    pose proof (dot_le n (fun i => Rabs (f i)) (fun i => Rabs (g i)) (sqrt (INR n)) (sqrt (INR n))
      (sqrt_pos _) (sqrt_pos _)) as bound.
    rewrite pow2_sqrt, sqrt_sqrt in bound by assumption.
    apply Rle_trans with (1 := toabs). apply bound.
    + rewrite (sum_ext n _ (fun i => f i ^ 2)) by (intros; apply pow2_abs). exact lf.
    + rewrite (sum_ext n _ (fun i => g i ^ 2)) by (intros; apply pow2_abs). exact lg.
Qed.

(* Gains within G, an offset: the length. *)
Lemma offset_bound (n : nat) (f u beta x : nat -> R) (G : R) :
  (1 <= n)%nat -> (forall i, (i < n)%nat -> Rabs (u i) <= G) -> sum n (fun i => f i ^ 2) <= INR n ->
  (forall i, (i < n)%nat -> x i = beta i + u i * f i) ->
  sqrt (sum n (fun i => x i ^ 2)) <= G * sqrt (INR n) + sqrt (sum n (fun i => beta i ^ 2)).
Proof.
  intros some gains lf isx.
  assert (0 <= G) by (apply Rle_trans with (2 := gains 0%nat ltac:(lia)); apply Rabs_pos).
  rewrite (sum_ext n _ (fun i => (beta i + u i * f i) ^ 2)) by (intros; now rewrite isx).
  apply Rle_trans with (1 := norm_triangle _ _ _). rewrite Rplus_comm. apply Rplus_le_compat_r.
  pose proof (sqrt_pos (INR n)). pose proof (pos_INR n).
  apply (norm_le n (fun i => u i * f i)); [nra|]. rewrite Rpow_mult_distr, pow2_sqrt by assumption.
  apply Rle_trans with (G ^ 2 * sum n (fun i => f i ^ 2)); [|nra].
  rewrite <- sum_scal_l. apply sum_le. intros i below. rewrite Rpow_mult_distr.
  apply Rmult_le_compat_r; [apply pow2_ge_0|]. rewrite <- pow2_abs.
  pose proof (gains i below). pose proof (Rabs_pos (u i)). nra.
Qed.
