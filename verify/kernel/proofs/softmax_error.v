(* softmax_error: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Rcomplements.
From Attnproof.theory Require Import prelude sums softmax tanh_weights.
From Attnproof.statements Require Import softmax_error.
Open Scope R_scope.

(* The share of a key whose exponential is y times what it was, the others being S together *)
Definition share (a y S : R) : R := a * y / (a * y + S).

Lemma share_grows (a y Y S T : R) : 0 < a -> 0 < y -> y <= Y -> 0 <= S -> S <= T -> share a y T <= share a Y S.
Proof.
  intros ap yp up Sp less. unfold share. assert (0 < a * y) by now apply Rmult_lt_0_compat.
  assert (a * y <= a * Y) by (apply Rmult_le_compat_l; lra).
  apply Rle_div_l; [lra|]. apply Rminus_le_0.
  replace (a * Y / (a * Y + S) * (a * y + T) - a * y) with ((a * Y * T - a * y * S) / (a * Y + S)) by (field; lra).
  apply Rdiv_le_0_compat; [|lra].
  assert (a * y * S <= a * Y * T) by (apply Rmult_le_compat; lra). lra.
Qed.

Definition others (n : nat) (a : nat -> R) (k : nat) (f : nat -> R) : R := sum n (fun l => (1 - delta k l) * f l * a l).

Lemma others_at_most (n : nat) (a : nat -> R) (k : nat) (f g : nat -> R) :
  (forall l, (l < n)%nat -> 0 <= a l) -> (forall l, (l < n)%nat -> f l <= g l) -> others n a k f <= others n a k g.
Proof.
  intros pos less. apply sum_le. intros l L. apply Rmult_le_compat_r; [now apply pos|].
  apply Rmult_le_compat_l; [unfold delta; destruct (Nat.eqb k l); lra | now apply less].
Qed.

Lemma others_nonneg (n : nat) (a : nat -> R) (k : nat) (f : nat -> R) :
  (forall l, (l < n)%nat -> 0 <= a l) -> (forall l, (l < n)%nat -> 0 <= f l) -> 0 <= others n a k f.
Proof.
  intros pos nonneg. apply sum_nonneg. intros l L. pose proof (pos l L). pose proof (nonneg l L).
  unfold delta. destruct (Nat.eqb k l); nra.
Qed.

(* What is stated as a change is the share after it, less the share before. *)
Lemma change (n : nat) (a : nat -> R) (k : nat) (y : R) (f : nat -> R) :
  (k < n)%nat -> sum n a = 1 -> 0 < a k * y + others n a k f ->
  a k * sum n (fun l => (1 - delta k l) * (y - f l) * a l) / (y * a k + others n a k f)
  = share (a k) y (others n a k f) - a k.
Proof.
  intros K one positive.
  assert (rest : sum n (fun l => (1 - delta k l) * (y - f l) * a l) = y * (1 - a k) - others n a k f).
  { rewrite (sum_apart n k a K) in one. unfold others. replace (1 - a k) with (sum n (fun l => (1 - delta k l) * a l)) by lra.
    rewrite <- sum_scal_l, <- sum_minus. apply sum_ext. intros l _. ring. }
  rewrite rest. unfold share. field. lra.
Qed.

Theorem shift_holds : shift.
Proof.
  intros n some t x theta k K small alpha beta U D.
  assert (pos : forall l, 0 < alpha l) by (intros l; apply (weight_pos n t l some)).
  assert (one : sum n alpha = 1) by exact (weight_sum n t some).
  assert (nonneg : forall l, (l < n)%nat -> 0 <= alpha l) by (intros l _; apply Rlt_le, pos).
  assert (bounds : forall l, (l < n)%nat -> exp (- theta l) <= exp (x l) <= exp (theta l)).
  { intros l L. pose proof (small l L) as within. apply Rabs_le_between in within. split; apply exp_le; lra. }
  pose proof (total_pos n t some) as before. pose proof (pos k) as ak.
  assert (exps : forall f, 0 <= others n alpha k (fun l => exp (f l))).
  { intros f. apply others_nonneg; [exact nonneg | intros; apply Rlt_le, exp_pos]. }
  assert (after : beta k = share (alpha k) (exp (x k)) (others n alpha k (fun l => exp (x l)))).
  { unfold beta, share, others, alpha. rewrite (sum_apart n k (fun l => exp (t l + x l)) K), exp_plus.
    rewrite (sum_ext n (fun l => (1 - delta k l) * exp (x l) * (exp (t l) / sum n (fun l0 => exp (t l0))))
      (fun l => (1 - delta k l) * exp (t l + x l) / sum n (fun l0 => exp (t l0))))
      by (intros; rewrite exp_plus; field; lra).
    rewrite sum_div. pose proof (exp_pos (t k)). pose proof (exp_pos (x k)).
    assert (0 <= sum n (fun i => (1 - delta k i) * exp (t i + x i))).
    { apply sum_nonneg. intros l _. apply Rmult_le_pos; [|apply Rlt_le, exp_pos].
      unfold delta. destruct (Nat.eqb k l); lra. }
    assert (0 < exp (t k) * exp (x k)) by now apply Rmult_lt_0_compat. field. lra. }
  assert (up : U = share (alpha k) (exp (theta k)) (others n alpha k (fun l => exp (- theta l))) - alpha k).
  { unfold U. rewrite <- (change n alpha k (exp (theta k)) (fun l => exp (- theta l)) K one); [reflexivity|].
    pose proof (exps (fun l => - theta l)). pose proof (Rmult_lt_0_compat _ _ ak (exp_pos (theta k))). lra. }
  assert (down : D = share (alpha k) (exp (- theta k)) (others n alpha k (fun l => exp (theta l))) - alpha k).
  { rewrite <- (change n alpha k (exp (- theta k)) (fun l => exp (theta l)) K one).
    - unfold D. rewrite (Rplus_comm (sum n _)).
      rewrite (sum_ext n _ (fun l => (1 - delta k l) * (exp (- theta k) - exp (theta l)) * alpha l)) by (intros; ring).
      reflexivity.
    - pose proof (exps (fun l => theta l)). pose proof (Rmult_lt_0_compat _ _ ak (exp_pos (- theta k))). lra. }
  destruct (bounds k K) as [least most].
  assert (beta k - alpha k <= U).
  { rewrite up, after. apply Rplus_le_compat_r, share_grows; [exact ak | apply exp_pos | exact most | apply exps |].
    apply others_at_most; [exact nonneg | intros l L; now apply bounds]. }
  assert (D <= beta k - alpha k).
  { rewrite down, after. apply Rplus_le_compat_r, share_grows; [exact ak | apply exp_pos | exact least | apply exps |].
    apply others_at_most; [exact nonneg | intros l L; now apply bounds]. }
  pose proof (Rmax_l (Rabs D) (Rabs U)). pose proof (Rmax_r (Rabs D) (Rabs U)).
  pose proof (Rle_abs U). pose proof (Rle_abs (- D)) as other. rewrite Rabs_Ropp in other. apply Rabs_le. lra.
Qed.

Theorem in_all_holds : in_all.
Proof.
  intros x y z rho lambda b r [off [factor lost]].
  replace (x - (r + 1) * (y + z)) with (x - y + (- (r * y) + - ((r + 1) * z))) by ring.
  eapply Rle_trans; [apply Rabs_triang|].
  pose proof (Rabs_triang (- (r * y)) (- ((r + 1) * z))) as rest. rewrite !Rabs_Ropp, !Rabs_mult in rest.
  pose proof (Rabs_triang (y - x) x) as size. replace (y - x + x) with y in size by ring. rewrite Rabs_minus_sym in size.
  pose proof (Rabs_triang r 1) as grown. rewrite Rabs_R1 in grown.
  pose proof (Rabs_pos r). pose proof (Rabs_pos y). pose proof (Rabs_pos z). pose proof (Rabs_pos (r + 1)).
  assert (Rabs r * Rabs y <= rho * (b + Rabs x)) by (apply Rmult_le_compat; lra).
  assert (Rabs (r + 1) * Rabs z <= (rho + 1) * lambda) by (apply Rmult_le_compat; lra). lra.
Qed.
