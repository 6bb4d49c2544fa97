(* T5: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums tanh second_difference fixed.
From Attnproof.statements Require Import T5.
Open Scope R_scope.

Theorem bilinear_random_weights_holds : bilinear_random_weights.
Proof.
  intros n some w dq sq dk sk W q k sigma [one [zero moments]].
  set (y := fun o f => sum dq (fun r => q r * W o r f)).
  assert (form : forall o, sum dk (fun f => sum dq (fun r => W o r f * k f * q r)) = sum dk (fun f => k f * y o f)).
  { intros o. apply sum_ext. intros f _. unfold y. rewrite <- sum_scal_l. apply sum_ext. intros. ring. }
  assert (mean : sum n (fun o => w o * sum dk (fun f => sum dq (fun r => W o r f * k f * q r))) = 0).
  { rewrite (sum_ext n _ (fun o => w o * sum dk (fun f => k f * y o f))) by (intros; now rewrite form).
    apply form_mean. intros f lf. unfold y. apply (form_mean n dq w q (fun o r => W o r f)). intros r lr.
    rewrite <- (zero r lr f lf). apply sum_ext. intros. ring. }
  rewrite mean.
  rewrite (sum_ext n _ (fun o => w o * (sum dk (fun f => k f * y o f) * sum dk (fun g => k g * y o g))))
    by (intros; rewrite form; ring).
  rewrite (forms_uncorrelated n dk w k y y (sigma ^ 2 * sum dq (fun r => q r ^ 2))); [ring|].
  intros f g lf lg. unfold y.
  rewrite (forms_uncorrelated n dq w q (fun o r => W o r f) (fun o r => W o r g) (sigma ^ 2 * delta f g)); [ring|].
  intros r s lr ls. transitivity (sigma ^ 2 * delta f g * delta r s); [|ring].
  transitivity (sum n (fun o => w o * W o r f * W o s g)); [apply sum_ext; intros; ring|].
  etransitivity; [|etransitivity; [exact (moments r lr f lf s ls g lg)|ring]]. apply sum_ext. intros. ring.
Qed.

Theorem additive_fixed_v_holds : additive_fixed_v.
Proof.
  intros n some w d sd z v T [one [zero moments]].
  assert (mean : sum n (fun o => w o * sum d (fun a => tanh (z o a) * v a)) = 0).
  { rewrite (sum_ext n _ (fun o => w o * sum d (fun a => v a * tanh (z o a)))).
    - apply (form_mean n d w v (fun o a => tanh (z o a))). intros a la.
      rewrite <- (zero a la). apply sum_ext. intros. ring.
    - intros. f_equal. apply sum_ext. intros. ring. }
  rewrite mean.
  rewrite (sum_ext n _ (fun o => w o * (sum d (fun a => v a * tanh (z o a)) * sum d (fun b => v b * tanh (z o b))))).
  - rewrite (forms_uncorrelated n d w v (fun o a => tanh (z o a)) (fun o a => tanh (z o a)) T); [ring|].
    intros a b la lb. etransitivity; [|etransitivity; [exact (moments a la b lb)|ring]].
    apply sum_ext. intros. ring.
  - intros o _. rewrite (sum_ext d (fun a => tanh (z o a) * v a) (fun a => v a * tanh (z o a))) by (intros; ring). ring.
Qed.

(* |tanh x| is at most |x|. *)
Lemma tanh_sq_le (x : R) : tanh x ^ 2 <= x ^ 2.
Proof.
  assert (up : forall t, 0 <= t -> 0 <= t - tanh t).
  { intros t tp. apply (rises_from_zero (fun t => t - tanh t) (fun t => 1 - sech t ^ 2)); [exact tp | | |].
    - rewrite tanh_zero. lra.
    - intros r _. apply (is_derive_minus (fun t => t) tanh); [|apply is_derive_tanh].
      auto_derive; [exact I | reflexivity].
    - intros r _. rewrite sech_sq. pose proof (pow2_ge_0 (tanh r)). lra. }
  destruct (Rle_dec 0 x) as [xp|xn].
  - pose proof (up x xp). assert (0 <= tanh x) by (destruct xp as [p | <-];
      [apply Rlt_le, tanh_pos, p | rewrite tanh_zero; lra]). nra.
  - pose proof (up (- x) ltac:(lra)) as bound. rewrite tanh_opp in bound.
    pose proof (tanh_pos (- x) ltac:(lra)) as above. rewrite tanh_opp in above. nra.
Qed.

Theorem second_moment_of_tanh_holds : second_moment_of_tanh.
Proof.
  intros n some w d sd z a la [one nonneg]. split.
  - apply sum_le. intros o lo. pose proof (nonneg o lo). pose proof (tanh_sq_le (z o a)). nra.
  - rewrite <- one. apply sum_le. intros o lo. pose proof (nonneg o lo).
    pose proof (tanh_abs_lt_1 (z o a)) as less. apply Rabs_def2 in less.
    assert (tanh (z o a) ^ 2 <= 1) by nra. nra.
Qed.
