(* e to five digits: the partial sum of its series below, three times the next term more above. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import second_difference derivatives.
Open Scope R_scope.

(* Below exp on [0, 1] where the slope is. *)
Lemma exp_above (p p' : R -> R) :
  p 0 <= 1 -> (forall t, is_derive p t (p' t)) -> (forall t, 0 <= t <= 1 -> p' t <= exp t) ->
  forall t, 0 <= t <= 1 -> p t <= exp t.
Proof.
  intros start slope less t within.
  assert (0 <= exp t - p t); [|lra].
  apply (rises_from_zero (fun t => exp t - p t) (fun t => exp t - p' t)); [lra | rewrite exp_0; lra | |].
  - intros r _. apply (is_derive_minus exp p); [apply is_derive_exp | apply slope].
  - intros r bounds. pose proof (less r ltac:(lra)). lra.
Qed.

Lemma exp_below (p p' : R -> R) :
  1 <= p 0 -> (forall t, is_derive p t (p' t)) -> (forall t, 0 <= t <= 1 -> exp t <= p' t) ->
  forall t, 0 <= t <= 1 -> exp t <= p t.
Proof.
  intros start slope less t within.
  assert (0 <= p t - exp t); [|lra].
  apply (rises_from_zero (fun t => p t - exp t) (fun t => p' t - exp t)); [lra | rewrite exp_0; lra | |].
  - intros r _. apply (is_derive_minus p exp); [apply slope | apply is_derive_exp].
  - intros r bounds. pose proof (less r ltac:(lra)). lra.
Qed.

Ltac integrated rule := rule; [lra | intros; auto_derive; [exact I | field] |].

Lemma series_above (t : R) : 0 <= t <= 1 ->
  1 + t + t ^ 2 / 2 + t ^ 3 / 6 + t ^ 4 / 24 + t ^ 5 / 120 + t ^ 6 / 720 + t ^ 7 / 5040 <= exp t.
Proof.
  revert t.
  integrated ltac:(apply (exp_above _ (fun t =>
    1 + t + t ^ 2 / 2 + t ^ 3 / 6 + t ^ 4 / 24 + t ^ 5 / 120 + t ^ 6 / 720))).
  integrated ltac:(apply (exp_above _ (fun t => 1 + t + t ^ 2 / 2 + t ^ 3 / 6 + t ^ 4 / 24 + t ^ 5 / 120))).
  integrated ltac:(apply (exp_above _ (fun t => 1 + t + t ^ 2 / 2 + t ^ 3 / 6 + t ^ 4 / 24))).
  integrated ltac:(apply (exp_above _ (fun t => 1 + t + t ^ 2 / 2 + t ^ 3 / 6))).
  integrated ltac:(apply (exp_above _ (fun t => 1 + t + t ^ 2 / 2))).
  integrated ltac:(apply (exp_above _ (fun t => 1 + t))).
  integrated ltac:(apply (exp_above _ (fun t => 1))).
  intros t within. rewrite <- exp_0. destruct (Req_dec t 0) as [->|nz]; [lra|].
  apply Rlt_le, exp_increasing. lra.
Qed.

Lemma series_below (t : R) : 0 <= t <= 1 ->
  exp t <= 1 + t + t ^ 2 / 2 + t ^ 3 / 6 + t ^ 4 / 24 + t ^ 5 / 120 + t ^ 6 / 720 + t ^ 7 / 5040 + 3 * t ^ 8 / 40320.
Proof.
  revert t.
  integrated ltac:(apply (exp_below _ (fun t =>
    1 + t + t ^ 2 / 2 + t ^ 3 / 6 + t ^ 4 / 24 + t ^ 5 / 120 + t ^ 6 / 720 + 3 * t ^ 7 / 5040))).
  integrated ltac:(apply (exp_below _ (fun t =>
    1 + t + t ^ 2 / 2 + t ^ 3 / 6 + t ^ 4 / 24 + t ^ 5 / 120 + 3 * t ^ 6 / 720))).
  integrated ltac:(apply (exp_below _ (fun t => 1 + t + t ^ 2 / 2 + t ^ 3 / 6 + t ^ 4 / 24 + 3 * t ^ 5 / 120))).
  integrated ltac:(apply (exp_below _ (fun t => 1 + t + t ^ 2 / 2 + t ^ 3 / 6 + 3 * t ^ 4 / 24))).
  integrated ltac:(apply (exp_below _ (fun t => 1 + t + t ^ 2 / 2 + 3 * t ^ 3 / 6))).
  integrated ltac:(apply (exp_below _ (fun t => 1 + t + 3 * t ^ 2 / 2))).
  integrated ltac:(apply (exp_below _ (fun t => 1 + 3 * t))).
  integrated ltac:(apply (exp_below _ (fun t => 3))).
  intros t within. apply Rle_trans with (exp 1); [|apply exp_le_3].
  destruct (Req_dec t 1) as [->|less]; [lra|]. apply Rlt_le, exp_increasing. lra.
Qed.

Lemma e_bounds : 271825 / 100000 <= exp 1 <= 271835 / 100000.
Proof.
  pose proof (series_above 1 ltac:(lra)). pose proof (series_below 1 ltac:(lra)).
  rewrite !pow1 in *. lra.
Qed.
