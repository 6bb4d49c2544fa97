(* B2: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums largest softmax tanh derivatives rules limits tanh_weights.
From Attnproof.statements Require Import B2.
Open Scope R_scope.

Theorem changes_the_weights_holds : changes_the_weights.
Proof.
  intros n two v b [scale some].
  destruct (shift_changes n v 1 b two scale R1_neq_R0 some) as [z [i [below other]]].
  exists z, i. split; [exact below|]. intros same. apply other.
  rewrite (weight_ext n (fun l => v * tanh (1 * (b + z l))) (fun l => v * tanh (b + z l)) i below),
    (weight_ext n (fun l => v * tanh (1 * z l)) (fun l => v * tanh (z l)) i below);
    [exact same | intros; now rewrite Rmult_1_l..].
Qed.

Lemma log_odds (n : nat) (e : nat -> R) (i k : nat) :
  (1 <= n)%nat -> ln (exp (e i) / sum n (fun l => exp (e l))) - ln (exp (e k) / sum n (fun l => exp (e l))) = e i - e k.
Proof.
  intros some. pose proof (total_pos n e some). unfold Rdiv.
  rewrite !ln_mult, !ln_exp by (apply exp_pos || now apply Rinv_0_lt_compat). ring.
Qed.

Theorem slope_of_log_odds_holds : slope_of_log_odds.
Proof.
  intros n some v z i I k K b.
  apply (is_derive_ext (fun t => v * (tanh (t + z i) - tanh (t + z k)))).
  { intros t. rewrite (log_odds n (fun l => v * tanh (t + z l)) i k some). apply Rmult_minus_distr_l. }
  assert (each : forall j, is_derive (fun t => tanh (t + z j)) b (sech (b + z j) ^ 2)).
  { intros j. apply (is_derive_value _ _ (sech (b + z j) ^ 2 * 1)); [|ring].
    apply (slope_tanh (fun t => t + z j)). auto_derive; auto. }
  apply (is_derive_scal (fun t => tanh (t + z i) - tanh (t + z k)) b v).
  apply (is_derive_minus (fun t => tanh (t + z i)) (fun t => tanh (t + z k))); apply each.
Qed.

Theorem near_uniform_holds : near_uniform.
Proof.
  intros n some d _ v z b i below Z tau e alpha beyond.
  apply (weight_near_uniform n e tau i below). intros l L. unfold e, tau. rewrite <- sum_minus.
  eapply Rle_trans; [apply sum_abs|]. apply sum_le. intros a A.
  replace (tanh (b a + z l a) * v a - tanh (b a + z i a) * v a) with ((tanh (b a + z l a) - tanh (b a + z i a)) * v a)
    by ring.
  rewrite Rabs_mult. destruct (Req_dec (v a) 0) as [->|used]; [rewrite Rabs_R0; lra|].
  apply Rmult_le_compat_r; [apply Rabs_pos|].
  apply tanh_close; [now apply beyond | |]; apply (largest_ge n (fun j => Rabs (z j a))); assumption.
Qed.

(* A unit whose bias grows tends to its sign, whatever the key. *)
Lemma unit_limit (c : R) : c <> 0 -> exists s : R, forall w, is_lim (fun t => tanh (w + c * t)) p_infty s.
Proof.
  intros some. destruct (Rlt_dec 0 c) as [above|below].
  - exists 1. intros. now apply tanh_to_1.
  - exists (-1). intros. apply tanh_to_m1. lra.
Qed.

(* The scores of growing units tend to one value for all keys, the others stay. *)
Lemma growing_units (n d : nat) (v b c : nat -> R) (z : nat -> nat -> R) (stays : nat -> R) (i : nat) :
  (i < n)%nat ->
  (forall a, (a < d)%nat -> (stays a = 0 /\ (v a <> 0 -> c a <> 0)) \/ (stays a = 1 /\ c a = 0)) ->
  is_lim (fun t => weight n (fun j => sum d (fun a => tanh (t * c a + b a + z j a) * v a)) i) p_infty
    (weight n (fun j => sum d (fun a => stays a * tanh (b a + z j a) * v a)) i).
Proof.
  intros below kinds.
  assert (limits : forall m, (m <= d)%nat -> exists shared, forall j,
    is_lim (fun t => sum m (fun a => tanh (t * c a + b a + z j a) * v a)) p_infty
      (sum m (fun a => stays a * tanh (b a + z j a) * v a) + shared)).
  { induction m as [|m IH]; intros less.
    - exists 0. intros j. simpl. rewrite Rplus_0_r. apply is_lim_const.
    - destruct (IH ltac:(lia)) as [shared tends]. destruct (kinds m ltac:(lia)) as [[stay grows]|[stay none]].
      + destruct (Req_dec (v m) 0) as [unused|used].
        * exists shared. intros j. simpl. rewrite stay, unused.
          replace (sum m _ + 0 * _ * 0 + shared) with (sum m (fun a => stays a * tanh (b a + z j a) * v a) + shared + 0)
            by ring.
          apply is_lim_plus'; [apply tends|]. eapply is_lim_ext; [intros; symmetry; apply Rmult_0_r | apply is_lim_const].
        * destruct (unit_limit (c m) (grows used)) as [sign to_sign]. exists (shared + sign * v m). intros j. simpl.
          rewrite stay. replace (sum m _ + 0 * _ * v m + (shared + sign * v m))
            with (sum m (fun a => stays a * tanh (b a + z j a) * v a) + shared + sign * v m) by ring.
          apply is_lim_plus'; [apply tends|].
          apply (is_lim_mult _ _ p_infty sign (v m)); [|apply is_lim_const | exact Logic.I].
          apply (is_lim_ext (fun t => tanh ((b m + z j m) + c m * t))); [intros; f_equal; ring | apply to_sign].
      + exists shared. intros j. simpl. rewrite stay, none.
        replace (sum m _ + 1 * _ * v m + shared)
          with (sum m (fun a => stays a * tanh (b a + z j a) * v a) + shared + tanh (b m + z j m) * v m) by ring.
        apply is_lim_plus'; [apply tends|].
        apply (is_lim_ext (fun _ => tanh (b m + z j m) * v m)); [intros; do 2 f_equal; ring | apply is_lim_const]. }
  destruct (limits d (le_n d)) as [shared tends].
  rewrite <- (weight_shift n _ shared i ltac:(lia)).
  apply (lim_weight n (fun j t => sum d (fun a => tanh (t * c a + b a + z j a) * v a)) p_infty
    (fun j => sum d (fun a => stays a * tanh (b a + z j a) * v a) + shared) i below).
  intros j _. apply tends.
Qed.

Lemma weight_constant (n : nat) (e : nat -> R) (i : nat) :
  (i < n)%nat -> (forall l, (l < n)%nat -> e l = e i) -> weight n e i = / INR n.
Proof.
  intros below same. rewrite weight_differences by lia. f_equal.
  rewrite (sum_ext n _ (fun _ => 1)), sum_const; [ring|].
  intros l L. rewrite (same l L), <- exp_0. f_equal. ring.
Qed.

Theorem tends_to_uniform_holds : tends_to_uniform.
Proof.
  intros n some d _ v z b c i below grows.
  rewrite <- (weight_constant n (fun j => sum d (fun a => 0 * tanh (b a + z j a) * v a)) i below).
  - apply (growing_units n d v b c z (fun _ => 0) i below). intros a A. left. split; [reflexivity | now apply grows].
  - intros l _. apply sum_ext. intros. ring.
Qed.

Theorem others_remain_holds : others_remain.
Proof.
  intros n some d _ v z b g c i below kinds r beta.
  apply (is_lim_ext (fun t => weight n (fun j => sum d (fun a => tanh (t * (c a * g a) + b a + z j a) * v a)) i)).
  { intros t. apply weight_ext; [exact below|]. intros j _. apply sum_ext. intros a _. do 2 f_equal. ring. }
  apply (growing_units n d v b (fun a => c a * g a) z (fun a => 1 - g a) i below).
  intros a A. destruct (kinds a A) as [[-> | ->] some']; [right | left]; split; try ring.
  intros _ nought. apply some'. lra.
Qed.

Theorem sharp_holds : sharp.
Proof.
  intros n some v z i I k K.
  pose proof (exp_pos (- (2 * z i))). pose proof (exp_pos (- (2 * z k))).
  apply (is_lim_ext (fun t => (fun x => 2 * v * (exp (- (2 * z k)) - exp (- (2 * z i)))
    / ((1 + exp (- (2 * z i)) * x) * (1 + exp (- (2 * z k)) * x))) (exp (- (2 * t))))).
  - intros t. rewrite (log_odds n (fun l => v * tanh (t + z l)) i k some), !tanh_exp_neg.
    assert (split : forall j, exp (- (2 * (t + z j))) = exp (- (2 * z j)) * exp (- (2 * t))).
    { intros j. rewrite <- exp_plus. f_equal. ring. }
    rewrite !split. pose proof (exp_pos (- (2 * t))).
    replace (exp (2 * t)) with (/ exp (- (2 * t))) by (rewrite <- exp_Ropp; f_equal; ring).
    field. repeat split; nra.
  - apply (lim_decay_at 2 (fun x => 2 * v * (exp (- (2 * z k)) - exp (- (2 * z i)))
      / ((1 + exp (- (2 * z i)) * x) * (1 + exp (- (2 * z k)) * x)))); [lra | auto_derive; nra | field].
Qed.

Theorem uniform_only_if_equal_holds : uniform_only_if_equal.
Proof.
  intros n some e alpha. split.
  - intros uniform i I k K. pose proof (weight_ratio n e i k some) as ratio.
    change (weight n e) with alpha in ratio. rewrite (uniform i I), (uniform k K) in ratio.
    assert (0 < / INR n) by (apply Rinv_0_lt_compat, lt_0_INR; lia).
    assert (exp (e i - e k) = exp 0) as unit by (rewrite exp_0; apply (Rmult_eq_reg_r (/ INR n)); lra).
    apply exp_inv in unit. lra.
  - intros same i I. apply (weight_constant n e i I). intros l L. now apply same.
Qed.
