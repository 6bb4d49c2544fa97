(* Limits as a variable grows: a continuous function of exp (- t) tends to its value at 0. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

Lemma exp_decays : is_lim (fun t => exp (- t)) p_infty 0.
Proof.
  apply (filterlim_comp _ _ _ Ropp exp (Rbar_locally' p_infty) (Rbar_locally m_infty) (Rbar_locally 0)).
  - apply (filterlim_Rbar_opp p_infty).
  - apply is_lim_exp_m.
Qed.

Lemma lim_decay (f : R -> R) (l : R) :
  ex_derive f 0 -> f 0 = l -> is_lim (fun t => f (exp (- t))) p_infty l.
Proof.
  intros smooth <-.
  apply (filterlim_comp _ _ _ (fun t => exp (- t)) f (Rbar_locally' p_infty) (locally 0) (locally (f 0))).
  - apply exp_decays.
  - apply (ex_derive_continuous f 0 smooth).
Qed.

Lemma lim_inverse (f : R -> R) (l : R) :
  ex_derive f 0 -> f 0 = l -> is_lim (fun t => f (/ t)) p_infty l.
Proof.
  intros smooth <-.
  apply (filterlim_comp _ _ _ (fun t => / t) f (Rbar_locally' p_infty) (locally 0) (locally (f 0))).
  - apply (is_lim_inv (fun t => t) p_infty p_infty); [apply is_lim_id | discriminate].
  - apply (ex_derive_continuous f 0 smooth).
Qed.
