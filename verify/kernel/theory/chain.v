(* The chain rule for a function of n numbers along a path: its gradient times the path's slopes. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums.
Open Scope R_scope.

(* L is linear at a, with the gradient g, but for what vanishes faster than the step. *)
Definition differentiable (n : nat) (L : (nat -> R) -> R) (a g : nat -> R) : Prop :=
  forall eps, 0 < eps -> exists delta, 0 < delta /\ forall h, sum n (fun i => Rabs (h i)) < delta ->
    Rabs (L a - L (fun i => a i + h i) + sum n (fun i => g i * h i)) <= eps * sum n (fun i => Rabs (h i)).

Lemma all_near (n : nat) (near : nat -> R -> Prop) :
  (forall i, (i < n)%nat -> exists delta, 0 < delta /\ forall t, Rabs t < delta -> near i t) ->
  exists delta, 0 < delta /\ forall t, Rabs t < delta -> forall i, (i < n)%nat -> near i t.
Proof.
  induction n as [|n IH]; intros each; [exists 1; split; [lra | intros; lia]|].
  destruct IH as (d & above & all); [intros; apply each; lia|]. destruct (each n ltac:(lia)) as (d' & above' & last).
  exists (Rmin d d'). split; [now apply Rmin_pos|]. intros t less i below.
  pose proof (Rmin_l d d'). pose proof (Rmin_r d d').
  destruct (Nat.eq_dec i n) as [->|other]; [apply last; lra | apply all; [lra | lia]].
Qed.

(* A derivative at 0 as a bound of what the tangent leaves. *)
Lemma tangent_near (f : R -> R) (d eta : R) :
  0 < eta -> is_derive f 0 d ->
  exists delta, 0 < delta /\ forall t, Rabs t < delta -> Rabs (f t - f 0 - d * t) <= eta * Rabs t.
Proof.
  intros above slope. apply is_derive_Reals in slope. destruct (slope eta above) as [delta near].
  exists delta. split; [apply cond_pos|]. intros t less. destruct (Req_dec t 0) as [->|other].
  - replace (f 0 - f 0 - d * 0) with 0 by ring. rewrite Rabs_R0. lra.
  - pose proof (near t other less) as close. rewrite Rplus_0_l in close.
    replace (f t - f 0 - d * t) with (((f t - f 0) / t - d) * t) by (field; exact other).
    rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos | lra].
Qed.

Lemma chain (n : nat) (L : (nat -> R) -> R) (a g d : nat -> R) (w : R -> nat -> R) :
  (forall one another, (forall i, (i < n)%nat -> one i = another i) -> L one = L another) ->
  differentiable n L a g -> (forall i, (i < n)%nat -> w 0 i = a i) ->
  (forall i, (i < n)%nat -> is_derive (fun t => w t i) 0 (d i)) ->
  is_derive (fun t => L (w t)) 0 (sum n (fun i => g i * d i)).
Proof.
  intros alike smooth start slopes. apply is_derive_Reals. intros eps above.
  set (D := sum n (fun i => Rabs (d i))). set (G := sum n (fun i => Rabs (g i))).
  assert (0 <= D /\ 0 <= G) as [D0 G0] by (split; apply sum_nonneg; intros; apply Rabs_pos).
  pose proof (pos_INR n) as n0.
  set (rate := eps / (4 * (D + INR n + 1))). set (eta := Rmin 1 (eps / (4 * (G + 1)))).
  assert (rate0 : 0 < rate) by (apply Rdiv_lt_0_compat; lra).
  assert (eta0 : 0 < eta) by (apply Rmin_pos; [lra | apply Rdiv_lt_0_compat; lra]).
  destruct (smooth rate rate0) as (delta & delta0 & linear).
  destruct (all_near n (fun i t => Rabs (w t i - w 0 i - d i * t) <= eta * Rabs t)) as (near & near0 & close).
  { intros i below. exact (tangent_near _ _ eta eta0 (slopes i below)). }
  set (M := D + INR n + 1) in *. assert (M0 : 0 < M) by (unfold M; lra).
  assert (least : 0 < Rmin near (delta / M)) by (apply Rmin_pos; [lra | now apply Rdiv_lt_0_compat]).
  exists (mkposreal _ least). intros t other less. simpl in less. rewrite Rplus_0_l.
  pose proof (Rmin_l near (delta / M)). pose proof (Rmin_r near (delta / M)).
  assert (t0 : 0 < Rabs t) by now apply Rabs_pos_lt.
  set (h := fun i => w t i - a i).
  assert (each : forall i, (i < n)%nat -> Rabs (h i - d i * t) <= eta * Rabs t).
  { intros i below. unfold h. rewrite <- (start i below). apply close; [lra | exact below]. }
  assert (steps : sum n (fun i => Rabs (h i)) <= (D + INR n) * Rabs t).
  { apply Rle_trans with (sum n (fun i => Rabs (d i) * Rabs t + 1 * Rabs t)).
    - apply sum_le. intros i below. pose proof (each i below). replace (h i) with (h i - d i * t + d i * t) by ring.
      eapply Rle_trans; [apply Rabs_triang|]. rewrite (Rabs_mult (d i)). assert (eta <= 1) by apply Rmin_l. nra.
    - rewrite sum_plus, sum_scal_r, sum_const. fold D. lra. }
  assert (short : sum n (fun i => Rabs (h i)) < delta).
  { assert (M * Rabs t < delta).
    { apply (Rmult_lt_reg_r (/ M)); [now apply Rinv_0_lt_compat|].
      replace (M * Rabs t * / M) with (Rabs t) by (field; lra). unfold Rdiv in *. lra. }
    unfold M in *. nra. }
  pose proof (linear h short) as found.
  rewrite (alike (fun i => a i + h i) (w t)) in found by (intros; unfold h; ring).
  rewrite <- (alike (w 0) a) in found by exact start.
  assert (rest : Rabs (sum n (fun i => g i * (h i - d i * t))) <= G * (eta * Rabs t)).
  { eapply Rle_trans; [apply sum_abs|]. unfold G. rewrite <- sum_scal_r. apply sum_le. intros i below.
    rewrite Rabs_mult. apply Rmult_le_compat_l; [apply Rabs_pos | now apply each]. }
  replace ((L (w t) - L (w 0)) / t - sum n (fun i => g i * d i))
    with ((- (L (w 0) - L (w t) + sum n (fun i => g i * h i)) + sum n (fun i => g i * (h i - d i * t))) / t).
  - unfold Rdiv. rewrite Rabs_mult, Rabs_inv. apply (Rmult_lt_reg_r (Rabs t)); [exact t0|].
    rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
    eapply Rle_lt_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp.
    assert (first : rate * sum n (fun i => Rabs (h i)) <= eps / 4 * Rabs t).
    { apply Rle_trans with (rate * (M * Rabs t)); [apply Rmult_le_compat_l; unfold M; lra|].
      right. unfold rate. field. lra. }
    assert (second : G * (eta * Rabs t) <= eps / 4 * Rabs t).
    { rewrite <- Rmult_assoc. apply Rmult_le_compat_r; [lra|]. apply Rle_trans with (G * (eps / (4 * (G + 1)))).
      - apply Rmult_le_compat_l; [exact G0 | apply Rmin_r].
      - apply (Rmult_le_reg_r (G + 1)); [lra|].
        replace (G * (eps / (4 * (G + 1))) * (G + 1)) with (eps / 4 * G) by (field; lra). nra. }
    nra.
  - rewrite (sum_ext n (fun i => g i * (h i - d i * t)) (fun i => g i * h i - t * (g i * d i))) by (intros; ring).
    rewrite sum_minus, sum_scal_l. field. exact other.
Qed.
