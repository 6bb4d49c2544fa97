(* normal_exponential: the proof of its proposition. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude derivatives normal.
From Attnproof.statements Require Import normal_exponential.
Open Scope R_scope.

Theorem mean_holds : mean.
Proof.
  intros F G s a b c d [[of_F [F_low F_high]] [one [of_G [G_low G_high]]]]. pose proof root_pi.
  set (E := exp (s ^ 2 / 2)).
  enough (c - E * a = d - E * b) by nra.
  apply (same_ends (fun t => G t - E * F (t + - s))).
  - intros x. eapply is_derive_value.
    + apply (is_derive_minus G (fun t => E * F (t + - s))); [apply of_G|].
      apply (is_derive_scal (fun t => F (t + - s))).
      apply (is_derive_comp F (fun t => t + - s)); [apply of_F | auto_derive; [exact I | reflexivity]].
    + assert (moved : exp (- (x ^ 2 / 2)) * exp (s * x) = E * exp (- ((x + - s) ^ 2 / 2))).
      { unfold E. rewrite <- !exp_plus. f_equal. field. }
      unfold minus, plus, opp, scal; simpl; unfold mult; simpl.
      replace (sqrt 2 * exp (- (x * (x * 1) / 2)) * exp (s * x) / (2 * sqrt PI))
        with (sqrt 2 * (exp (- (x ^ 2 / 2)) * exp (s * x)) / (2 * sqrt PI)) by (simpl; field; assumption).
      rewrite moved. simpl. field. assumption.
  - apply (is_lim_minus' G); [exact G_low|]. apply (is_lim_scal_l (fun t => F (t + - s)) E m_infty a).
    apply (is_lim_comp F (fun t => t + - s) m_infty a m_infty); [exact F_low | |].
    + apply (is_lim_plus (fun t => t) (fun _ => - s) m_infty m_infty (- s)); [apply is_lim_id | apply is_lim_const | exact eq_refl].
    + exists 0. discriminate.
  - apply (is_lim_minus' G); [exact G_high|]. apply (is_lim_scal_l (fun t => F (t + - s)) E p_infty b).
    apply (is_lim_comp F (fun t => t + - s) p_infty b p_infty); [exact F_high | |].
    + apply (is_lim_plus (fun t => t) (fun _ => - s) p_infty p_infty (- s)); [apply is_lim_id | apply is_lim_const | exact eq_refl].
    + exists 0. discriminate.
Qed.
