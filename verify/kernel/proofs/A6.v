(* A6: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums tanh norms.
From Attnproof.statements Require Import A6.
Open Scope R_scope.

Lemma l2_squares (d : nat) (f : nat -> R) (epsilon : R) :
  0 < epsilon + sum d (fun i => f i ^ 2) ->
  sum d (fun i => (f i / sqrt (epsilon + sum d (fun l => f l ^ 2))) ^ 2)
  = 1 - epsilon / (epsilon + sum d (fun l => f l ^ 2)).
Proof. intros above. rewrite squares_scaled by exact above. field. lra. Qed.

Lemma l2_dot (d : nat) (f g : nat -> R) (epsilon a : R) :
  0 <= a -> 0 < epsilon + sum d (fun i => f i ^ 2) -> 0 < epsilon + sum d (fun i => g i ^ 2) ->
  1 - epsilon / (epsilon + sum d (fun l => f l ^ 2)) <= a ^ 2 ->
  1 - epsilon / (epsilon + sum d (fun l => g l ^ 2)) <= a ^ 2 ->
  Rabs (sum d (fun i => f i / sqrt (epsilon + sum d (fun l => f l ^ 2))
    * (g i / sqrt (epsilon + sum d (fun l => g l ^ 2))))) <= a * a.
Proof. intros la pf pg bf bg. apply (dot_le d); try assumption; now rewrite l2_squares. Qed.

Theorem l2_score_at_most_gain_holds : l2_score_at_most_gain.
Proof.
  unfold l2_score_at_most_gain. intros d _ q k g epsilon [least [pq pk]]. cbv zeta. rewrite Rabs_mult.
  assert (small : forall s, 0 < epsilon + s -> 1 - epsilon / (epsilon + s) <= 1 ^ 2).
  { intros s above. assert (0 <= epsilon / (epsilon + s)) by (apply Rdiv_le_0_compat; lra). lra. }
  pose proof (l2_dot d q k epsilon 1 ltac:(lra) pq pk (small _ pq) (small _ pk)).
  pose proof (Rabs_pos g). nra.
Qed.

Theorem l2_score_below_gain_holds : l2_score_below_gain.
Proof.
  unfold l2_score_below_gain. intros d _ q k g epsilon [above nonzero]. cbv zeta. rewrite Rabs_mult.
  pose proof (squares_nonneg d q). pose proof (squares_nonneg d k). pose proof (Rabs_pos_lt g nonzero).
  set (Q := sum d (fun l => q l ^ 2)) in *. set (K := sum d (fun l => k l ^ 2)) in *.
  set (M := epsilon + Q + K). set (a := sqrt (1 - epsilon / M)).
  assert (0 < epsilon / M) by (apply Rdiv_lt_0_compat; unfold M; lra).
  assert (epsilon / M <= 1) by (apply Rle_div_l; unfold M; lra).
  assert (square : a ^ 2 = 1 - epsilon / M) by (apply pow2_sqrt; lra).
  assert (0 <= a) by apply sqrt_pos.
  assert (mono : forall s, 0 < epsilon + s -> epsilon + s <= M -> 1 - epsilon / (epsilon + s) <= a ^ 2).
  { intros s ps less. rewrite square. unfold Rdiv.
    assert (/ M <= / (epsilon + s)) by (apply Rinv_le_contravar; lra). nra. }
  pose proof (l2_dot d q k epsilon a ltac:(lra) ltac:(fold Q; lra) ltac:(fold K; lra)
    (mono Q ltac:(lra) ltac:(unfold M; lra)) (mono K ltac:(lra) ltac:(unfold M; lra))) as bound.
  fold Q K in bound. nra.
Qed.

Lemma centred (d : nat) (f : nat -> R) (m : R) :
  sum d (fun i => (- m + f i) ^ 2) = sum d (fun i => (f i - m) ^ 2).
Proof. apply sum_ext. intros. ring. Qed.

Theorem rms_score_at_most_width_holds : rms_score_at_most_width.
Proof.
  unfold rms_score_at_most_width. intros d some q k u v G epsilon [least [pq pk]] gains. cbv zeta.
  apply (gains_bound d (normal d q epsilon) (normal d k epsilon) u v); auto.
  - apply (squares_normal d q epsilon some least pq).
  - apply (squares_normal d k epsilon some least pk).
  - intros. unfold normal, Rdiv. ring.
  - intros. unfold normal, Rdiv. ring.
Qed.

Theorem layer_score_at_most_width_holds : layer_score_at_most_width.
Proof.
  unfold layer_score_at_most_width. intros d some q k u v G epsilon [least [pq pk]] gains. cbv zeta.
  rewrite <- centred in pq, pk.
  set (m := sum d (fun f => q f) / INR d) in *. set (m' := sum d (fun f => k f) / INR d) in *.
  apply (gains_bound d (normal d (fun i => - m + q i) epsilon) (normal d (fun i => - m' + k i) epsilon) u v); auto.
  - apply (squares_normal d (fun i => - m + q i) epsilon some least pq).
  - apply (squares_normal d (fun i => - m' + k i) epsilon some least pk).
  - intros. unfold normal, Rdiv. ring.
  - intros. unfold normal, Rdiv. ring.
Qed.

Lemma by_root (d : nat) (x G : R) : (1 <= d)%nat -> x <= G * INR d -> x / sqrt (INR d) <= G * sqrt (INR d).
Proof.
  intros some bound. assert (0 < INR d) by (apply lt_0_INR; lia).
  pose proof (sqrt_lt_R0 (INR d) H). apply Rle_div_l; [assumption|].
  rewrite Rmult_assoc, sqrt_sqrt; lra.
Qed.

Theorem rms_scaled_at_most_root_holds : rms_scaled_at_most_root.
Proof.
  unfold rms_scaled_at_most_root. intros d some q k u v G epsilon roots gains. cbv zeta.
  apply by_root; [exact some|]. exact (rms_score_at_most_width_holds d some q k u v G epsilon roots gains).
Qed.

Theorem layer_scaled_at_most_root_holds : layer_scaled_at_most_root.
Proof.
  unfold layer_scaled_at_most_root. intros d some q k u v G epsilon roots gains. cbv zeta.
  apply by_root; [exact some|]. exact (layer_score_at_most_width_holds d some q k u v G epsilon roots gains).
Qed.

Lemma attained (d : nat) (q : nat -> R) :
  0 < sum d (fun f => q f ^ 2) ->
  sum d (fun r => sqrt (INR d) * q r / sqrt (sum d (fun f => q f ^ 2))
    * (sqrt (INR d) * q r / sqrt (sum d (fun f => q f ^ 2)))) = INR d.
Proof.
  intros above.
  rewrite (sum_ext d _ (fun r => INR d * (q r / sqrt (sum d (fun f => q f ^ 2))) ^ 2)).
  - rewrite sum_scal_l, squares_scaled by exact above. field. lra.
  - intros r _. rewrite <- (sqrt_sqrt (INR d)) at 3 by apply pos_INR. unfold Rdiv. ring.
Qed.

Theorem rms_attained_holds : rms_attained.
Proof.
  unfold rms_attained. intros d some q k [above same]. cbv zeta.
  assert (squares : sum d (fun f => k f ^ 2) = sum d (fun f => q f ^ 2)).
  { apply sum_ext. intros. now rewrite same. }
  rewrite squares. apply eq_trans with (2 := attained d q above). apply sum_ext. intros r below. now rewrite (same r below).
Qed.

Theorem root_exceeded_without_scale_holds : root_exceeded_without_scale.
Proof.
  unfold root_exceeded_without_scale. intros d two. exists (fun _ => 1), (fun _ => 1).
  assert (2 <= INR d) by (change 2 with (INR 2); now apply le_INR).
  assert (0 < sum d (fun _ => 1 ^ 2)) by (rewrite sum_const; lra).
  split; [assumption|]. split; [assumption|]. cbv zeta.
  rewrite (attained d (fun _ => 1)) by assumption.
  pose proof (sqrt_pos (INR d)). pose proof (sqrt_sqrt (INR d) ltac:(lra)). nra.
Qed.

Lemma product_bound (d : nat) (x y : nat -> R) (a b : R) :
  sqrt (sum d (fun i => x i ^ 2)) <= a -> sqrt (sum d (fun i => y i ^ 2)) <= b ->
  Rabs (sum d (fun i => x i * y i)) <= b * a.
Proof.
  intros xa yb. apply Rle_trans with (1 := dot_le_norms _ _ _). rewrite (Rmult_comm b).
  apply Rmult_le_compat; auto using sqrt_pos.
Qed.

Theorem rms_offset_adds_norm_holds : rms_offset_adds_norm.
Proof.
  unfold rms_offset_adds_norm. intros d some q k u v beta beta' G G' epsilon [least [pq pk]] [gu gv]. cbv zeta.
  assert (x : sqrt (sum d (fun r => (beta r + u r * q r / sqrt (epsilon + sum d (fun f => q f ^ 2) / INR d)) ^ 2))
    <= G * sqrt (INR d) + sqrt (sum d (fun r => beta r ^ 2))).
  { apply (offset_bound d (normal d q epsilon) u beta _ G some gu (squares_normal d q epsilon some least pq)).
    intros. unfold normal, Rdiv. ring. }
  split; [exact x|]. apply product_bound; [exact x|].
  apply (offset_bound d (normal d k epsilon) v beta' _ G' some gv (squares_normal d k epsilon some least pk)).
  intros. unfold normal, Rdiv. ring.
Qed.

Theorem layer_offset_adds_norm_holds : layer_offset_adds_norm.
Proof.
  unfold layer_offset_adds_norm. intros d some q k u v beta beta' G G' epsilon [least [pq pk]] [gu gv]. cbv zeta.
  rewrite <- centred in pq, pk.
  set (m := sum d (fun f => q f) / INR d) in *. set (m' := sum d (fun f => k f) / INR d) in *.
  assert (x : sqrt (sum d (fun r => (beta r + (- m + q r) * u r
      / sqrt (epsilon + sum d (fun f => (- m + q f) ^ 2) / INR d)) ^ 2))
    <= G * sqrt (INR d) + sqrt (sum d (fun r => beta r ^ 2))).
  { apply (offset_bound d (normal d (fun i => - m + q i) epsilon) u beta _ G some gu
      (squares_normal d (fun i => - m + q i) epsilon some least pq)).
    intros. unfold normal, Rdiv. ring. }
  split; [exact x|]. apply product_bound; [exact x|].
  apply (offset_bound d (normal d (fun i => - m' + k i) epsilon) v beta' _ G' some gv
    (squares_normal d (fun i => - m' + k i) epsilon some least pk)).
  intros. unfold normal, Rdiv. ring.
Qed.

(* Two units of 1 and -1 with the offset (1, -1): the normalised query is (2, -2). *)
Theorem offset_exceeds_bound_holds : offset_exceeds_bound.
Proof.
  unfold offset_exceeds_bound. exists 2%nat. split; [lia|].
  set (x := fun i : nat => match i with O => 1 | _ => -1 end). exists x, x, x, x. unfold x. simpl.
  replace (1 + 1) with 2 by ring.
  assert (two : sqrt 2 * sqrt 2 = 2) by (apply sqrt_sqrt; lra).
  assert (above : 0 < sqrt 2) by (apply sqrt_lt_R0; lra).
  repeat match goal with |- context [sqrt ?e] =>
    lazymatch e with 2 => fail | _ => replace e with 2 by field end end.
  replace (sqrt 2 * (- ((0 + 1 + -1) / 2) + 1) / sqrt 2) with 1 by (field; lra).
  replace (sqrt 2 * (- ((0 + 1 + -1) / 2) + -1) / sqrt 2) with (-1) by (field; lra).
  split; [lra|]. split; [lra|]. split; [lra|].
  apply Rlt_div_r; [exact above|]. rewrite two. lra.
Qed.

Theorem bilinear_within_frobenius_holds : bilinear_within_frobenius.
Proof.
  unfold bilinear_within_frobenius. intros n some m some' W q k.
  set (Q := sum n (fun r => q r ^ 2)). set (K := sum m (fun f => k f ^ 2)).
  set (F := sum m (fun f => sum n (fun r => W r f ^ 2))).
  assert (0 <= Q) by apply squares_nonneg. assert (0 <= K) by apply squares_nonneg.
  assert (0 <= F) by (apply sum_nonneg; intros; apply squares_nonneg).
  rewrite (sum_ext m _ (fun f => k f * sum n (fun r => W r f * q r))).
  2: { intros. rewrite <- sum_scal_l. apply sum_ext. intros. ring. }
  rewrite Rmult_assoc. apply dot_le; [apply sqrt_pos | apply Rmult_le_pos; apply sqrt_pos | |].
  - rewrite pow2_sqrt by assumption. apply Rle_refl.
  - rewrite Rpow_mult_distr, !pow2_sqrt by assumption. unfold F. rewrite <- sum_scal_l.
    apply sum_le. intros f _. rewrite Rmult_comm. apply cauchy_schwarz.
Qed.

Theorem bilinear_unbounded_without_matrix_holds : bilinear_unbounded_without_matrix.
Proof.
  unfold bilinear_unbounded_without_matrix. intros n some m some' M.
  exists (fun _ _ => M), (fun r => delta 0 r), (fun f => delta 0 f).
  assert (one : forall p, (1 <= p)%nat -> sum p (fun r => delta 0 r ^ 2) = 1).
  { intros p sp. rewrite (sum_ext p _ (fun r => delta 0 r * delta 0 r)) by (intros; ring).
    rewrite (sum_delta p 0 (fun r => delta 0 r)) by lia. apply delta_same. }
  split; [now apply one|]. split; [now apply one|].
  rewrite (sum_ext m _ (fun f => delta 0 f * M)).
  - rewrite (sum_delta m 0 (fun _ => M)) by lia. reflexivity.
  - intros f _. rewrite (sum_ext n _ (fun r => delta 0 r * (M * delta 0 f))) by (intros; ring).
    rewrite (sum_delta n 0 (fun _ => M * delta 0 f)) by lia. ring.
Qed.

Theorem rotation_keeps_norm_holds : rotation_keeps_norm.
Proof.
  unfold rotation_keeps_norm. intros d _ q k c s unit. rewrite <- !sum_plus. apply sum_ext. intros r below.
  pose proof (unit r below) as one.
  transitivity ((c r ^ 2 + s r ^ 2) * (k r ^ 2 + q r ^ 2)); [ring | rewrite one; ring].
Qed.

Theorem capped_below_cap_holds : capped_below_cap.
Proof.
  unfold capped_below_cap. intros kappa e above. rewrite Rabs_mult, (Rabs_pos_eq kappa) by lra.
  pose proof (tanh_abs_lt_1 (e / kappa)). nra.
Qed.

Theorem bias_after_cap_unbounded_holds : bias_after_cap_unbounded.
Proof.
  unfold bias_after_cap_unbounded. intros kappa e M _. exists (M - kappa * tanh (e / kappa) + 1). lra.
Qed.
