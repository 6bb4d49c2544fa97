(* Rounded results as exact ones times a factor: factors multiply, pass through sums and quotients, and move softmax. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums.
Open Scope R_scope.

(* Each of two numbers is at most the other times F. *)
Definition near (F x y : R) : Prop := x <= F * y /\ y <= F * x.

Lemma near_one (u d : R) : 0 <= u -> u < 1 -> Rabs d <= u -> near (/ (1 - u)) (d + 1) 1.
Proof.
  intros up less small. apply Rabs_le_between in small. assert (0 < / (1 - u)) by (apply Rinv_0_lt_compat; lra).
  assert (inverse : / (1 - u) * (1 - u) = 1) by (apply Rinv_l; lra). split.
  - assert (d + 1 <= 1 + u) by lra. assert ((1 + u) * (1 - u) <= 1) by nra.
    assert (/ (1 - u) * ((1 + u) * (1 - u)) <= / (1 - u) * 1) by (apply Rmult_le_compat_l; lra). nra.
  - assert (/ (1 - u) * (1 - u) <= / (1 - u) * (d + 1)) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Lemma inverse_ge_1 (u : R) : 0 <= u -> u < 1 -> 1 <= / (1 - u).
Proof. intros up less. rewrite <- Rinv_1. apply Rinv_le_contravar; lra. Qed.

Lemma near_mult (F G x y z w : R) :
  0 <= x -> 0 <= y -> 0 <= z -> 0 <= w -> near F x y -> near G z w -> near (F * G) (x * z) (y * w).
Proof.
  intros xp yp zp wp [xy yx] [zw wz]. split.
  - replace (F * G * (y * w)) with (F * y * (G * w)) by ring. now apply Rmult_le_compat.
  - replace (F * G * (x * z)) with (F * x * (G * z)) by ring. now apply Rmult_le_compat.
Qed.

Lemma near_inverse (F x y : R) : 0 < x -> 0 < y -> near F x y -> near F (/ x) (/ y).
Proof.
  intros xp yp [xy yx]. split; apply (Rmult_le_reg_r (x * y)); try nra.
  - replace (/ x * (x * y)) with y by (field; lra). replace (F * / y * (x * y)) with (F * x) by (field; lra). exact yx.
  - replace (/ y * (x * y)) with x by (field; lra). replace (F * / x * (x * y)) with (F * y) by (field; lra). exact xy.
Qed.

Lemma near_sum (n : nat) (F : R) (f g : nat -> R) :
  (forall i, (i < n)%nat -> near F (f i) (g i)) -> near F (sum n f) (sum n g).
Proof. intros each. split; rewrite <- sum_scal_l; apply sum_le; intros i below; now apply each. Qed.

Lemma near_wider (F G x y : R) : F <= G -> 0 <= x -> 0 <= y -> near F x y -> near G x y.
Proof. intros less xp yp [xy yx]. split; nra. Qed.

Lemma near_same (F x : R) : 1 <= F -> 0 <= x -> near F x x.
Proof. intros one xp. split; nra. Qed.

Lemma near_exp (D x y : R) : Rabs (x - y) <= D -> near (exp D) (exp x) (exp y).
Proof.
  intros small. apply Rabs_le_between in small.
  assert (up : forall a b, a <= b -> exp a <= exp b).
  { intros a b [less | ->]; [apply Rlt_le, exp_increasing, less | apply Rle_refl]. }
  split; rewrite <- exp_plus; apply up; lra.
Qed.

(* Two keys, one of which may stand for all others: how far the share moves when both move by a factor within s. *)
Lemma share_moves (s X Y X' Y' : R) :
  1 <= s -> 0 < X -> 0 < X' -> 0 <= Y -> 0 <= Y' -> X' <= s * X -> Y <= s * Y' ->
  X' / (X' + Y') - X / (X + Y) <= (s - 1) / (s + 1).
Proof.
  intros one Xp Xp' Yp Yp' up down.
  replace (X' / (X' + Y') - X / (X + Y)) with ((X' * Y - X * Y') / ((X' + Y') * (X + Y))) by (field; lra).
  assert (0 < (X' + Y') * (X + Y)) by (apply Rmult_lt_0_compat; lra).
  apply (Rmult_le_reg_r ((X' + Y') * (X + Y))); [assumption|].
  replace ((X' * Y - X * Y') / ((X' + Y') * (X + Y)) * ((X' + Y') * (X + Y))) with (X' * Y - X * Y') by (field; lra).
  apply (Rmult_le_reg_r (s + 1)); [lra|].
  replace ((s - 1) / (s + 1) * ((X' + Y') * (X + Y)) * (s + 1)) with ((s - 1) * ((X' + Y') * (X + Y))) by (field; lra).
  set (A := s * X - X'). set (C := s * Y' - Y).
  assert (0 <= A) by (unfold A; lra). assert (0 <= C) by (unfold C; lra).
  assert (form : s * ((s - 1) * ((X' + Y') * (X + Y)) - (X' * Y - X * Y') * (s + 1))
    = (s - 1) * (X' - Y) ^ 2 + (s - 1) * (A * X' + C * Y) + 2 * (X' * C + A * Y + A * C)) by (unfold A, C; ring).
  assert (0 <= (s - 1) * (X' - Y) ^ 2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]).
  assert (0 <= A * X' + C * Y) by (apply Rplus_le_le_0_compat; apply Rmult_le_pos; lra).
  assert (0 <= (s - 1) * (A * X' + C * Y)) by (apply Rmult_le_pos; lra).
  assert (0 <= X' * C + A * Y + A * C) by (repeat apply Rplus_le_le_0_compat; apply Rmult_le_pos; lra).
  assert (0 <= s * ((s - 1) * ((X' + Y') * (X + Y)) - (X' * Y - X * Y') * (s + 1))) by lra. nra.
Qed.

Lemma shares_near (n : nat) (s : R) (p y : nat -> R) (i : nat) :
  1 <= s -> (forall l, (l < n)%nat -> 0 < p l) -> (forall l, (l < n)%nat -> 0 < y l) ->
  (forall l, (l < n)%nat -> near s (p l) (y l)) -> (i < n)%nat ->
  Rabs (p i / sum n p - y i / sum n y) <= (s - 1) / (s + 1).
Proof.
  intros one pp yp each below.
  assert (keep : forall l, 0 <= 1 - delta i l) by (intros; unfold delta; destruct (Nat.eqb i l); lra).
  assert (others : near s (sum n (fun l => (1 - delta i l) * p l)) (sum n (fun l => (1 - delta i l) * y l))).
  { apply near_sum. intros l less. destruct (each l less) as [a b]. pose proof (keep l). split; nra. }
  assert (P : 0 <= sum n (fun l => (1 - delta i l) * p l)).
  { apply sum_nonneg. intros l less. apply Rmult_le_pos; [apply keep | apply Rlt_le, pp, less]. }
  assert (Y : 0 <= sum n (fun l => (1 - delta i l) * y l)).
  { apply sum_nonneg. intros l less. apply Rmult_le_pos; [apply keep | apply Rlt_le, yp, less]. }
  rewrite (sum_apart n i p below), (sum_apart n i y below).
  destruct (each i below) as [a b]. destruct others as [c d]. pose proof (pp i below). pose proof (yp i below).
  pose proof (share_moves s (y i) _ (p i) _ one ltac:(assumption) ltac:(assumption) Y P a d).
  pose proof (share_moves s (p i) _ (y i) _ one ltac:(assumption) ltac:(assumption) P Y b c).
  apply Rabs_le. lra.
Qed.

(* A share of 1 at most, times a factor. *)
Lemma share_rounded (F x y : R) : 1 <= F -> 0 <= x -> 0 <= y <= 1 -> near F x y -> Rabs (x - y) <= F - 1.
Proof. intros one xp yp [xy yx]. apply Rabs_le. split; nra. Qed.

Lemma log_ratio (F x y : R) : 0 < x -> 0 < y -> 0 < F -> near F x y -> Rabs (ln (x / y)) <= ln F.
Proof.
  intros xp yp Fp [xy yx]. apply Rabs_le.
  assert (monotone : forall a b, 0 < a -> a <= b -> ln a <= ln b).
  { intros a b ap [less | ->]; [apply Rlt_le, ln_increasing; assumption | apply Rle_refl]. }
  split.
  - rewrite <- ln_Rinv by exact Fp. apply monotone; [now apply Rinv_0_lt_compat|].
    apply (Rmult_le_reg_r (F * y)); [now apply Rmult_lt_0_compat|].
    replace (/ F * (F * y)) with y by (field; lra). replace (x / y * (F * y)) with (F * x) by (field; lra). exact yx.
  - apply monotone; [now apply Rdiv_lt_0_compat|]. apply (Rmult_le_reg_r y); [exact yp|].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.
