(* T6: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums tanh limits rounding_edge enclosure.
From Attnproof.statements Require Import T6.
Open Scope R_scope.

Lemma term_bound (z v : R) : Rabs (tanh z * v) <= Rabs v.
Proof. rewrite Rabs_mult. pose proof (tanh_abs_lt_1 z). pose proof (Rabs_pos v). pose proof (Rabs_pos (tanh z)). nra. Qed.

Theorem strictly_bounded_holds : strictly_bounded.
Proof.
  intros nq _ nk _ dq _ dk _ da _ q k Ws Wh v i _ j _ [a [A used]].
  eapply Rle_lt_trans; [apply sum_abs|]. apply (sum_lt da _ _ a); [intros; apply term_bound | exact A |].
  rewrite Rabs_mult. pose proof (Rabs_pos_lt (v a) used).
  rewrite <- (Rmult_1_l (Rabs (v a))) at 2. apply Rmult_lt_compat_r; [assumption | apply tanh_abs_lt_1].
Qed.

Lemma limit_at_most (f : R -> R) (l B : R) : (forall t, f t <= B) -> is_lim f p_infty l -> l <= B.
Proof. intros below tends. apply (is_lim_le_loc f (fun _ => B) p_infty l B); [now exists 0 | exact tends | apply is_lim_const]. Qed.

Theorem least_bound_holds : least_bound.
Proof.
  intros da _ v B bounded.
  apply (limit_at_most (fun t => sum da (fun a => tanh (v a * t) * v a))).
  - intros t. eapply Rle_trans; [apply Rle_abs|]. apply (bounded (fun a => v a * t)).
  - apply (lim_sum da (fun a t => tanh (v a * t) * v a) p_infty (fun a => Rabs (v a))). intros a _.
    destruct (Rtotal_order (v a) 0) as [negative|[->|positive]].
    + rewrite Rabs_left by exact negative. replace (- v a) with (-1 * v a) by ring.
      apply (is_lim_mult (fun t => tanh (v a * t)) (fun _ => v a) p_infty (-1) (v a)); [|apply is_lim_const|exact I].
      apply (is_lim_ext (fun t => tanh (0 + v a * t))); [intros; f_equal; ring | now apply tanh_to_m1].
    + rewrite Rabs_R0. apply (is_lim_ext (fun _ => 0)); [intros; now rewrite Rmult_0_r | apply is_lim_const].
    + rewrite Rabs_right by lra.
      assert (tends : is_lim (fun t => tanh (v a * t) * v a) p_infty (1 * v a)).
      { apply (is_lim_mult (fun t => tanh (v a * t)) (fun _ => v a) p_infty 1 (v a)); [|apply is_lim_const|exact I].
        apply (is_lim_ext (fun t => tanh (0 + v a * t))); [intros; f_equal; ring | now apply tanh_to_1]. }
      rewrite Rmult_1_l in tends. exact tends.
Qed.

Theorem nearest_to_1_holds : nearest_to_1.
Proof. intros p _ z. apply half_way_to_1. Qed.

Theorem nearest_to_1_in_numbers_holds : nearest_to_1_in_numbers.
Proof. repeat split; interval with (Tactic.i_prec 60). Qed.
