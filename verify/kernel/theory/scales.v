(* Powers of a width that grows: which of them leave a gap a limit that is not 0. *)
From Coq Require Import Reals Arith Lra Lia.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

Lemma is_lim_ext_above (f g : R -> R) (l : Rbar) :
  (forall x, 0 < x -> f x = g x) -> is_lim f p_infty l -> is_lim g p_infty l.
Proof. intros same. apply is_lim_ext_loc. exists 0. exact same. Qed.

(* Twice as far out it is 2^t times as large, and the limit is the same. *)
Lemma power_with_limit (delta t c : R) : delta <> 0 -> c <> 0 ->
  is_lim (fun x => delta * Rpower x t) p_infty (Finite c) -> t = 0.
Proof.
  intros some other lim.
  assert (twice : is_lim (fun x => 2 * x) p_infty p_infty).
  { replace p_infty with (Rbar_mult 2 p_infty) at 2; [apply (is_lim_scal_l (fun x => x)), is_lim_id|].
    simpl. destruct (Rle_dec 0 2) as [le|]; [|lra]. destruct (Rle_lt_or_eq_dec 0 2 le); [reflexivity|lra]. }
  assert (far : is_lim (fun x => delta * Rpower (2 * x) t) p_infty (Finite c)).
  { apply (is_lim_comp (fun x => delta * Rpower x t) (fun x => 2 * x) p_infty c p_infty lim twice).
    exists 0. intros x _. discriminate. }
  assert (same : is_lim (fun x => delta * Rpower (2 * x) t) p_infty (Finite (Rpower 2 t * c))).
  { apply (is_lim_ext_above (fun x => Rpower 2 t * (delta * Rpower x t))).
    - intros x above. rewrite <- (Rpower_mult_distr 2 x t) by lra. ring.
    - exact (is_lim_scal_l (fun x => delta * Rpower x t) (Rpower 2 t) p_infty c lim). }
  pose proof (is_lim_unique _ _ _ far) as one. rewrite (is_lim_unique _ _ _ same) in one. injection one as eq.
  assert (power : Rpower 2 t = 1) by (apply (Rmult_eq_reg_r c); lra).
  unfold Rpower in power. rewrite <- exp_0 in power. apply exp_inv in power.
  assert (0 < ln 2) by (rewrite <- ln_1; apply ln_increasing; lra). apply Rmult_integral in power. destruct power;
    [assumption|lra].
Qed.

Lemma sqrt_grows (delta : R) : 0 < delta -> is_lim (fun x => delta * sqrt x) p_infty p_infty.
Proof.
  intros above. replace p_infty with (Rbar_mult delta p_infty) at 2.
  - apply is_lim_scal_l. exact filterlim_sqrt_p.
  - simpl. destruct (Rle_dec 0 delta) as [le|]; [|lra]. destruct (Rle_lt_or_eq_dec 0 delta le); [reflexivity|lra].
Qed.
