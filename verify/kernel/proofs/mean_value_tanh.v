(* mean_value_tanh: the proofs of its propositions. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude tanh derivatives sech_squared.
From Attnproof.statements Require Import mean_value_tanh.
Open Scope R_scope.

(* Between two arguments at most D apart: a slope at a point whose size is within D of that of the first. *)
Lemma moves_by_slope (f f' : R -> R) (z y D : R) :
  (forall x, is_derive f x (f' x)) -> Rabs (y - z) <= D ->
  exists x, Rabs (f y - f z) <= D * Rabs (f' x) /\ Rmax (- D + Rabs z) 0 <= Rabs x <= D + Rabs z.
Proof.
  intros slope near.
  assert (point : exists x, f y - f z = f' x * (y - z) /\ Rabs (x - z) <= Rabs (y - z)).
  { destruct (Rtotal_order z y) as [less|[->|more]].
    - destruct (mean_value f f' z y less (fun t _ => slope t)) as [x [same within]].
      exists x. split; [exact same|]. rewrite !Rabs_pos_eq; lra.
    - exists y. rewrite !Rminus_diag_eq by reflexivity. split; [ring | lra].
    - destruct (mean_value f f' y z more (fun t _ => slope t)) as [x [same within]].
      exists x. split; [lra|]. rewrite (Rabs_left1 (x - z)), (Rabs_left1 (y - z)); lra. }
  destruct point as [x [-> within]]. exists x. split.
  - rewrite Rabs_mult, Rmult_comm. apply Rmult_le_compat_r; [apply Rabs_pos | exact near].
  - pose proof (Rabs_triang (x - z) z) as most. pose proof (Rabs_triang (z - x) x) as least.
    replace (x - z + z) with x in most by ring. replace (z - x + x) with z in least by ring.
    rewrite (Rabs_minus_sym z x) in least. pose proof (Rabs_pos x).
    split; [apply Rmax_lub; lra | lra].
Qed.

Lemma fallen (l x : R) : 0 <= l -> l <= Rabs x -> sech x ^ 2 <= sech l ^ 2.
Proof. intros lp less. rewrite <- (sech_abs x). now apply sech_sq_down. Qed.

Theorem tanh_moves_holds : tanh_moves.
Proof.
  intros z y D near l. destruct (moves_by_slope tanh (fun x => sech x ^ 2) z y D is_derive_tanh near) as [x [moved [low _]]].
  eapply Rle_trans; [exact moved|]. pose proof (Rabs_pos (y - z)).
  apply Rmult_le_compat_l; [lra|]. rewrite Rabs_pos_eq by (apply Rlt_le, sech_sq_pos).
  apply fallen; [apply Rmax_r | exact low].
Qed.

(* The largest of 2 t (1 - t^2) *)
Lemma steepest (t : R) : 0 <= t -> 2 * t * (1 - t ^ 2) <= 4 * sqrt 3 / 9.
Proof.
  intros tp. pose proof (sqrt_lt_R0 3 ltac:(lra)) as root. pose proof (pow2_sqrt 3 ltac:(lra)) as three.
  set (c := sqrt 3 / 3). assert (c2 : c ^ 2 = / 3) by (unfold c; nra). assert (cp : 0 < c) by (unfold c; lra).
  replace (4 * sqrt 3 / 9) with (4 / 3 * c) by (unfold c; field).
  assert (0 <= (t - c) ^ 2 * (t + 2 * c)) by (apply Rmult_le_pos; [apply pow2_ge_0 | lra]).
  assert ((t - c) ^ 2 * (t + 2 * c) = t ^ 3 - 3 * c ^ 2 * t + 2 * c ^ 2 * c) by ring.
  rewrite c2 in *. nra.
Qed.

Theorem derivative_moves_holds : derivative_moves.
Proof.
  intros z y D near l m.
  destruct (moves_by_slope (fun t => sech t ^ 2) (fun x => - 2 * tanh x * sech x ^ 2) z y D slope_sech_sq near)
    as [x [moved [low high]]].
  pose proof (Rabs_pos (y - z)).
  assert (size : Rabs (- 2 * tanh x * sech x ^ 2) = 2 * tanh (Rabs x) * sech (Rabs x) ^ 2).
  { rewrite sech_abs, !Rabs_mult, (Rabs_left (-2)), (Rabs_pos_eq (sech x ^ 2)) by (lra || apply Rlt_le, sech_sq_pos).
    unfold Rabs at 2. destruct Rcase_abs as [left|right].
    - rewrite tanh_opp, Rabs_left1; [ring|]. rewrite <- tanh_zero. apply Rlt_le, tanh_increasing, left.
    - rewrite Rabs_pos_eq; [ring|]. rewrite <- tanh_zero. destruct (Req_dec x 0) as [->|]; [lra|].
      apply Rlt_le, tanh_increasing. lra. }
  rewrite size in moved. pose proof (Rabs_pos x). assert (0 <= tanh (Rabs x)).
  { rewrite <- tanh_zero. destruct (Req_dec (Rabs x) 0) as [->|]; [lra|]. apply Rlt_le, tanh_increasing. lra. }
  split; (eapply Rle_trans; [exact moved|]).
  - replace (2 * D * tanh m * sech l ^ 2) with (D * (2 * tanh m * sech l ^ 2)) by ring. apply Rmult_le_compat_l; [lra|].
    apply Rmult_le_compat; [lra | apply Rlt_le, sech_sq_pos | | rewrite sech_abs; apply fallen; [apply Rmax_r | exact low]].
    apply Rmult_le_compat_l; [lra|]. unfold m.
    destruct (Req_dec (Rabs x) (D + Rabs z)) as [->|]; [lra|]. apply Rlt_le, tanh_increasing. lra.
  - replace (4 * sqrt 3 * D / 9) with (D * (4 * sqrt 3 / 9)) by field. apply Rmult_le_compat_l; [lra|].
    rewrite sech_sq. now apply steepest.
Qed.
