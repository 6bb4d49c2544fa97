(* jensen_logarithm: the proofs of its propositions. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Rcomplements.
From Attnproof.theory Require Import prelude outcomes entropy.
From Attnproof.statements Require Import jensen_logarithm.
Open Scope R_scope.

(* The tangent of the logarithm at m *)
Lemma below_tangent (y m : R) : 0 < y -> 0 < m -> ln y <= / m * y + (ln m - 1).
Proof.
  intros yp mp. destruct (ln_below (y / m)) as [less _]; [now apply Rdiv_lt_0_compat|].
  rewrite Rcomplements.ln_div in less by assumption. unfold Rdiv in less. lra.
Qed.

(* Where the mean of the logarithm exists, the mean is above 0: else the tangent at a small m is too low. *)
Lemma tangent (W : outcomes) (y : W -> R) : (forall o, 0 < y o) -> has_mean W y -> has_mean W (fun o => ln (y o)) ->
  forall m, 0 < m -> mean_of W (fun o => ln (y o)) <= / m * mean_of W (fun o => y o) + (ln m - 1).
Proof.
  intros above one logarithm m mp. apply (is_mean_le W (fun o => ln (y o)) (fun o => / m * y o + (ln m - 1))).
  - now apply is_mean_of.
  - apply is_mean_plus; [|apply is_mean_const]. now apply is_mean_scal, is_mean_of.
  - intros o. now apply below_tangent.
Qed.

Lemma mean_above (W : outcomes) (y : W -> R) : (forall o, 0 < y o) -> has_mean W y ->
  has_mean W (fun o => ln (y o)) -> 0 < mean_of W (fun o => y o).
Proof.
  intros above one logarithm. assert (0 <= mean_of W (fun o => y o)) as [strict|zero]; [|exact strict|].
  - apply (mean_positive W (fun o => y o) one). intros o. now apply Rlt_le.
  - pose proof (tangent W y above one logarithm (exp (mean_of W (fun o => ln (y o)))) (exp_pos _)) as low.
    rewrite <- zero, ln_exp in low. lra.
Qed.

Theorem jensen_holds : jensen.
Proof.
  intros W y [above [one logarithm]].
  pose proof (mean_above W y above one logarithm) as positive.
  pose proof (tangent W y above one logarithm _ positive) as low. rewrite Rinv_l in low by lra. lra.
Qed.
