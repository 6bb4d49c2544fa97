(* sech_squared_convex: the proofs of its propositions. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude tanh derivatives sech_squared.
From Attnproof.statements Require Import sech_squared_convex.
Open Scope R_scope.

Theorem falls_holds : falls.
Proof. intros x y [xp less]. apply sech_sq_falls; [apply sqrt_pos | now apply sqrt_lt_1_alt]. Qed.

(* The tangent at m, m > 0 *)
Lemma above (m x : R) : 0 < m -> 0 <= x -> x <> m ->
  - steepness (sqrt m) * (x - m) + sech (sqrt m) ^ 2 < sech (sqrt x) ^ 2.
Proof.
  intros mp xp other. pose proof (tangent_below (sqrt x) (sqrt m) (sqrt_pos x) (sqrt_lt_R0 m mp)) as less.
  rewrite !pow2_sqrt in less by lra.
  assert (sqrt x <> sqrt m) by (intros same; now apply sqrt_inj in same; [|lra..]). lra.
Qed.

Theorem convex_holds : convex.
Proof.
  intros x y r [xp [yp [other [rp less]]]]. set (m := r * x + y * (1 - r)).
  assert (mp : 0 < m).
  { unfold m. destruct (Req_dec x 0) as [->|]; destruct (Req_dec y 0) as [->|]; [lra| | |].
    - assert (0 < y * (1 - r)) by (apply Rmult_lt_0_compat; lra). lra.
    - assert (0 < r * x) by (apply Rmult_lt_0_compat; lra). lra.
    - assert (0 < r * x) by (apply Rmult_lt_0_compat; lra). assert (0 < y * (1 - r)) by (apply Rmult_lt_0_compat; lra). lra. }
  assert (x <> m) by (intros same; apply other; unfold m in same; nra).
  assert (y <> m) by (intros same; apply other; unfold m in same; nra).
  pose proof (above m x mp xp ltac:(assumption)) as at_x. pose proof (above m y mp yp ltac:(assumption)) as at_y.
  set (s := steepness (sqrt m)) in *. set (fm := sech (sqrt m) ^ 2) in *.
  assert (r * (- s * (x - m) + fm) < r * sech (sqrt x) ^ 2) by now apply Rmult_lt_compat_l.
  assert ((1 - r) * (- s * (y - m) + fm) < (1 - r) * sech (sqrt y) ^ 2) by (apply Rmult_lt_compat_l; lra).
  assert (r * (- s * (x - m) + fm) + (1 - r) * (- s * (y - m) + fm) = fm) by (unfold m; ring). lra.
Qed.

Theorem above_tangent_holds : above_tangent.
Proof.
  intros m mp. exists (- steepness (sqrt m)). split.
  - pose proof (sqrt_lt_R0 m mp). eapply is_derive_value.
    + apply (is_derive_comp (fun t => sech t ^ 2) sqrt); [apply slope_sech_sq|].
      apply (is_derive_sqrt (fun t => t) m 1); [apply @is_derive_id | exact mp].
    + unfold scal; simpl; unfold mult; simpl. unfold steepness. field. lra.
  - intros x [xp other]. pose proof (above m x mp xp other). lra.
Qed.
