(* T2: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums softmax derivatives rules chain jacobian gradient limits.
From Attnproof.statements Require Import T2.
Open Scope R_scope.

(* The score of key k goes through path with the slope c, the others stay. *)
Lemma loss_at_one_key (n : nat) (e g : nat -> R) (L : (nat -> R) -> R) (k : nat) (c : R) (path : R -> R) :
  (forall one another, (forall i, (i < n)%nat -> one i = another i) -> L one = L another) ->
  differentiable n L (weight n e) g -> (k < n)%nat -> path 0 = 0 -> is_derive path 0 c ->
  is_derive (fun t => L (fun i => exp (path t * delta i k + e i) / sum n (fun l => exp (path t * delta k l + e l)))) 0
    (c * (g k - sum n (fun i => weight n e i * g i)) * weight n e k).
Proof.
  intros alike smooth below start slope. set (f := fun l t => path t * delta k l + e l).
  assert (at_0 : forall l, f l 0 = e l) by (intros; unfold f; rewrite start; ring).
  assert (same : forall l, (l < n)%nat -> weight n (fun l => f l 0) l = weight n e l)
    by (intros; apply weight_ext; auto).
  apply (is_derive_ext (fun t => L (fun i => weight n (fun l => f l t) i))).
  { intros t. apply alike. intros i _. unfold weight, f. now rewrite (delta_sym i k). }
  set (w := weight n (fun l => f l 0)).
  assert (moves : forall i, (i < n)%nat -> is_derive (fun t => weight n (fun l => f l t) i) 0
    (w i * (c * delta k i - sum n (fun l => w l * (c * delta k l))))).
  { intros i I. apply (is_derive_weight n f 0 (fun l => c * delta k l) i I). intros l _. eapply is_derive_value.
    - apply (slope_plus (fun t => path t * delta k l) (fun _ => e l)); [|apply slope_const].
      apply (slope_mult path (fun _ => delta k l)); [exact slope | apply slope_const].
    - ring. }
  eapply is_derive_value; [exact (chain n L (weight n e) g _ _ alike smooth same moves)|].
  rewrite (sum_ext n (fun l => w l * (c * delta k l)) (fun l => c * (delta k l * weight n e l)))
    by (intros l less; unfold w; rewrite same by exact less; ring).
  rewrite sum_scal_l, sum_delta by exact below.
  rewrite (sum_ext n _ (fun i => c * (delta k i * (weight n e i * g i)) - c * weight n e k * (weight n e i * g i)))
    by (intros i I; unfold w; rewrite same by exact I; ring).
  rewrite sum_minus, !sum_scal_l, sum_delta by exact below. ring.
Qed.

Theorem gradient_at_scores_holds : gradient_at_scores.
Proof.
  intros n some e L alike g k below alpha smooth.
  pose proof (loss_at_one_key n e g L k 1 (fun t => t) alike smooth below eq_refl) as found.
  eapply is_derive_value; [apply found; auto_derive; auto|].
  rewrite Rmult_1_l. reflexivity.
Qed.

Theorem at_most_twice_variance_holds : at_most_twice_variance.
Proof. intros n two e g G k below alpha bound. now apply gradient_bound. Qed.

Theorem other_keys_holds : other_keys.
Proof.
  intros n two e g G gap y Y k K alpha [bound [_ [lead other]]].
  pose proof (gradient_bound n e g G k K bound). pose proof (bound_nonneg n g G k K bound).
  pose proof (weight_behind n e k y gap Y (lead k K other)). pose proof (weight_pos n e k ltac:(lia)).
  pose proof (weight_le_1 n e k K).
  change (Rabs ((g k - sum n (fun i => weight n e i * g i)) * weight n e k) <= 2 * G * exp (- gap)).
  eapply Rle_trans; [eassumption|].
  rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra|]. nra.
Qed.

Theorem leading_key_holds : leading_key.
Proof.
  intros n two e g G gap y Y alpha [bound [_ lead]].
  pose proof (gradient_bound n e g G y Y bound). pose proof (bound_nonneg n g G y Y bound).
  pose proof (rest_behind n e y gap Y lead). pose proof (weight_pos n e y ltac:(lia)).
  pose proof (weight_le_1 n e y Y).
  change (Rabs ((g y - sum n (fun i => weight n e i * g i)) * weight n e y) <= 2 * G * (INR n - 1) * exp (- gap)).
  eapply Rle_trans; [eassumption|].
  rewrite !Rmult_assoc. rewrite <- !(Rmult_assoc 2 G). apply Rmult_le_compat_l; [lra|]. nra.
Qed.

(* key y at 0, all others at -t *)
Lemma apart_total (n y : nat) (t : R) :
  (y < n)%nat -> sum n (fun l => exp (- (t * (1 - delta l y)))) = 1 + (INR n - 1) * exp (- t).
Proof.
  intros below. rewrite <- (sum_others n y below), <- sum_scal_r.
  transitivity (sum n (fun l => delta y l * 1) + sum n (fun l => (1 - delta y l) * exp (- t))).
  - rewrite <- sum_plus. apply sum_ext. intros l _. rewrite delta_sym. unfold delta. destruct (Nat.eqb y l).
    + replace (- (t * (1 - 1))) with 0 by ring. rewrite exp_0. ring.
    + replace (- (t * (1 - 0))) with (- t) by ring. ring.
  - now rewrite sum_delta.
Qed.

Lemma extreme (n y k : nat) (G t : R) :
  (y < n)%nat -> (k < n)%nat ->
  let e := fun l => - (t * (1 - delta l y)) in
  (G - sum n (fun i => G * (2 * delta i k - 1) * exp (- (t * (1 - delta i y)))
    / sum n (fun l => exp (- (t * (1 - delta l y)))))) * exp t * exp (- (t * (1 - delta k y)))
    / sum n (fun l => exp (- (t * (1 - delta l y)))) = 2 * G * exp t * (1 - weight n e k) * weight n e k.
Proof.
  intros Y K e.
  rewrite (sum_ext n _ (fun i => G * (2 * delta k i - 1) * weight n e i)), (gradient_extreme n e G k K).
  - unfold weight, Rdiv. unfold e. ring.
  - intros i _. rewrite (delta_sym i k). unfold weight, Rdiv, e. ring.
Qed.

Lemma size_at_least (n : nat) : (2 <= n)%nat -> 2 <= INR n.
Proof. intros two. apply le_INR in two. exact two. Qed.

Theorem sharp_at_other_keys_holds : sharp_at_other_keys.
Proof.
  intros n two G y Y k K other. pose proof (size_at_least n two).
  apply (is_lim_ext (fun t => (fun x => 2 * G * (1 + (INR n - 2) * x) / (1 + (INR n - 1) * x) ^ 2) (exp (- t))));
    [|apply (lim_decay (fun x => 2 * G * (1 + (INR n - 2) * x) / (1 + (INR n - 1) * x) ^ 2)); [auto_derive; lra | field; lra]].
  intros t. rewrite (extreme n y k G t Y K). unfold weight. rewrite apart_total by exact Y.
  rewrite (delta_other k y other). replace (- (t * (1 - 0))) with (- t) by ring. rewrite exp_Ropp.
  pose proof (exp_pos t). field. split; nra.
Qed.

Theorem sharp_at_leading_key_holds : sharp_at_leading_key.
Proof.
  intros n two G y Y k K ->. pose proof (size_at_least n two).
  apply (is_lim_ext (fun t => (fun x => 2 * G * (INR n - 1) / (1 + (INR n - 1) * x) ^ 2) (exp (- t))));
    [|apply (lim_decay (fun x => 2 * G * (INR n - 1) / (1 + (INR n - 1) * x) ^ 2)); [auto_derive; lra | field; lra]].
  intros t. rewrite (extreme n y y G t Y Y). unfold weight. rewrite apart_total by exact Y.
  rewrite delta_same. replace (- (t * (1 - 1))) with 0 by ring. rewrite exp_0, exp_Ropp.
  pose proof (exp_pos t). field. split; nra.
Qed.

Theorem gradient_at_key_holds : gradient_at_key.
Proof.
  intros n some e L alike g k below phi c alpha [smooth [start slope]].
  apply (loss_at_one_key n e g L k c (fun t => phi t - e k) alike smooth below); [rewrite start; ring|].
  eapply is_derive_value; [apply (is_derive_minus phi (fun _ => e k)); [exact slope | apply is_derive_const]|].
  unfold minus, plus, opp, zero. simpl. ring.
Qed.

Theorem through_a_small_weight_holds : through_a_small_weight.
Proof.
  intros n two e g G k K d some s alpha bound.
  pose proof (gradient_bound n e g G k K bound) as small. pose proof (bound_nonneg n g G k K bound).
  pose proof (weight_pos n e k ltac:(lia)). pose proof (weight_le_1 n e k K).
  rewrite (sum_ext d _ (fun f => ((g k - sum n (fun i => alpha i * g i)) * alpha k) ^ 2 * s f ^ 2)) by (intros; ring).
  rewrite sum_scal_l, sqrt_mult by (apply pow2_ge_0 || apply square_sum_nonneg).
  replace (((g k - sum n (fun i => alpha i * g i)) * alpha k) ^ 2) with (Rsqr ((g k - sum n (fun i => alpha i * g i)) * alpha k))
    by (unfold Rsqr; ring).
  rewrite sqrt_Rsqr_abs. apply Rmult_le_compat_r; [apply sqrt_pos|].
  eapply Rle_trans; [exact small|]. fold (weight n e k). rewrite !Rmult_assoc.
  apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat_l; [lra|]. change (alpha k) with (weight n e k). nra.
Qed.

Theorem log_loss_holds : log_loss.
Proof.
  intros n some e k K y Y alpha.
  assert (same : forall l, (l < n)%nat -> weight n (fun l => 0 * delta k l + e l) l = alpha l).
  { intros l below. apply weight_ext; [exact below|]. intros. ring. }
  pose proof (is_derive_weight n (fun l t => t * delta k l + e l) 0 (fun l => delta k l) y Y) as found.
  cbv beta in found. rewrite (same y Y), (sum_ext n _ (fun l => delta k l * alpha l)), sum_delta in found
    by (exact K || (intros l below; rewrite same by exact below; ring)).
  specialize (found ltac:(intros; auto_derive; [exact I | ring])).
  pose proof (weight_pos n (fun l => 0 * delta k l + e l) y some) as above.
  apply (is_derive_ext (fun t => opp (ln (weight n (fun l => t * delta k l + e l) y)))); [reflexivity|].
  eapply is_derive_value.
  - apply (is_derive_opp (fun t => ln (weight n (fun l => t * delta k l + e l) y)) 0).
    apply (is_derive_comp ln (fun t => weight n (fun l => t * delta k l + e l) y) 0); [|exact found].
    apply is_derive_ln, above.
  - rewrite (same y Y). pose proof (weight_pos n e y some). change (weight n e y) with (alpha y) in *.
    unfold opp, scal. simpl. unfold mult. simpl. field. lra.
Qed.

Theorem log_loss_stays_holds : log_loss_stays.
Proof.
  intros n two e y Y w W gap alpha [other [_ behind]].
  pose proof (weight_behind n e y w gap W behind). pose proof (weight_pos n e y ltac:(lia)).
  pose proof (weight_lt_1 n e y two Y). change (alpha y) with (weight n e y).
  rewrite Rabs_left by lra. split; lra.
Qed.

Theorem log_loss_tends_to_1_holds : log_loss_tends_to_1.
Proof.
  intros n two e y Y.
  set (rest := sum n (fun l => (1 - delta y l) * exp (e l))).
  assert (some : 0 < rest).
  { set (k := if Nat.eq_dec y 0 then 1%nat else 0%nat).
    assert (other : y <> k /\ (k < n)%nat) by (unfold k; destruct (Nat.eq_dec y 0); lia).
    pose proof (sum_single_le n (fun l => (1 - delta y l) * exp (e l)) k) as single. cbv beta in single.
    rewrite delta_other in single by tauto. pose proof (exp_pos (e k)). fold rest in single.
    assert ((1 - 0) * exp (e k) <= rest); [|lra].
    apply single; [|tauto]. intros i _. apply Rmult_le_pos; [apply delta_range | apply Rlt_le, exp_pos]. }
  pose proof (exp_pos (e y)) as above.
  apply (is_lim_ext (fun t => (fun x => rest / (x * exp (e y) + rest)) (exp (- t))));
    [|apply (lim_decay (fun x => rest / (x * exp (e y) + rest))); [auto_derive; lra | field; lra]].
  intros t. rewrite exp_plus.
  assert (all : sum n (fun l => exp (- (t * delta l y) + e l)) = exp (- t) * exp (e y) + rest).
  { unfold rest. rewrite <- (sum_delta n y (fun l => exp (- t) * exp (e l)) Y) at 1. rewrite <- sum_plus.
    apply sum_ext. intros l _. rewrite exp_plus, (delta_sym l y). unfold delta. destruct (Nat.eqb y l).
    - rewrite Rmult_1_r. ring.
    - rewrite Rmult_0_r, Ropp_0, exp_0. ring. }
  rewrite all. pose proof (exp_pos (- t)).
  assert (positive : 0 < exp (- t) * exp (e y)) by now apply Rmult_lt_0_compat.
  replace (exp (- t) * exp (e y) / (exp (- t) * exp (e y) + rest) - 1) with (- (rest / (exp (- t) * exp (e y) + rest)))
    by (field; lra).
  rewrite Rabs_Ropp, Rabs_pos_eq; [reflexivity|]. apply Rlt_le, Rdiv_lt_0_compat; lra.
Qed.
