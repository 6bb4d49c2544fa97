(* Partial softmax results that are merged with rounding: every contribution is the exact one times exp(t), t small. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums rounding tanh_weights formats ordered_sums.
Open Scope R_scope.

(* A factor 1 + d as an exponential *)
Lemma factor_exp (h d : R) : 0 <= h -> h < 1 -> Rabs d <= h -> exists t, Rabs t <= h / (1 - h) /\ 1 + d = exp t.
Proof.
  intros hp h1 small. apply Rabs_le_between in small. exists (ln (1 + d)). rewrite exp_ln by lra. split; [|reflexivity].
  assert (inverse : 1 + h / (1 - h) = / (1 - h)) by (field; lra).
  assert (up : 1 + d <= exp (h / (1 - h))).
  { apply Rle_trans with (1 + h / (1 - h)); [|apply exp_ineq1_le]. assert (0 <= h / (1 - h) - h); [|lra].
    replace (h / (1 - h) - h) with (h * h / (1 - h)) by (field; lra). apply Rdiv_le_0_compat; nra. }
  assert (down : exp (- (h / (1 - h))) <= 1 + d).
  { rewrite exp_Ropp. apply Rle_trans with (/ / (1 - h)); [|rewrite Rinv_inv; lra].
    apply Rinv_le_contravar; [apply Rinv_0_lt_compat; lra|]. rewrite <- inverse. apply exp_ineq1_le. }
  apply Rabs_le. rewrite <- (ln_exp (h / (1 - h))) at 2. rewrite <- (ln_exp (- (h / (1 - h)))).
  split; apply Rcomplements.ln_le; try apply exp_pos; lra.
Qed.

Lemma part_ext (f g : nat -> R) (x y : nat) :
  (forall j, (x <= j)%nat -> (j < y)%nat -> f j = g j) -> part f x y = part g x y.
Proof. intros same. apply sum_ext. intros k below. apply same; lia. Qed.

Lemma part_scal (c : R) (f : nat -> R) (x y : nat) : c * part f x y = part (fun j => c * f j) x y.
Proof. unfold part. now rewrite <- sum_scal_l. Qed.

Section Merge.
Variables (p e : nat) (scores : nat -> R) (epsilon : R).
Hypothesis bits : (1 <= p)%nat.
Hypothesis exponents : (1 <= e)%nat.
Hypothesis eps0 : 0 <= epsilon.
Hypothesis eps1 : epsilon < 1.
Local Notation fl := (rounded p e).
Let u : R := / 2 ^ p.
Let by_round : R := u / (1 - u).
Let by_exp : R := epsilon / (1 - epsilon).
Let each : R := by_exp + 2 * by_round.

Lemma unit_range : 0 < u <= / 2.
Proof. exact (roundoff_range p bits). Qed.

Lemma each_nonneg : 0 <= by_round /\ 0 <= by_exp.
Proof. pose proof unit_range. split; apply Rdiv_le_0_compat; lra. Qed.

(* one block brought to another maximum: an exponential of a rounded difference, and a product *)
Lemma scaled (a F m1 m : R) :
  fl m1 = m1 -> fl m = m -> m1 <= m -> Rabs (exp (fl (m1 - m)) - F) <= epsilon * exp (fl (m1 - m)) ->
  F * a = 0 \/ 2 / 2 ^ e <= Rabs (F * a) ->
  exists t, Rabs t <= by_exp + by_round + u * (m - m1) /\ fl (F * a) = exp (m1 - m + t) * a.
Proof.
  intros n1 nm less raised normal. pose proof unit_range as range.
  pose proof (off_difference p e bits exponents m1 m n1 nm) as small. set (d := off p e (m1 - m)) in *.
  assert (moved : fl (m1 - m) = m1 - m + (m1 - m) * d) by (rewrite rounded_off; fold d; ring).
  pose proof (exp_pos (fl (m1 - m))) as above. set (E := exp (fl (m1 - m))) in *.
  assert (within : Rabs (F / E - 1) <= epsilon).
  { replace (F / E - 1) with (- ((E - F) / E)) by (field; lra). rewrite Rabs_Ropp. unfold Rdiv.
    rewrite Rabs_mult, (Rabs_pos_eq (/ E)) by (apply Rlt_le, Rinv_0_lt_compat; lra).
    apply (Rmult_le_reg_r E); [lra|]. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. exact raised. }
  destruct (factor_exp epsilon _ eps0 eps1 within) as [t1 [s1 is_F]].
  destruct (factor_exp u (off p e (F * a)) ltac:(lra) ltac:(lra) (off_normal p e bits exponents _ normal))
    as [t2 [s2 is_off]].
  exists ((m1 - m) * d + t1 + t2). split.
  - assert (first : Rabs ((m1 - m) * d) <= (m - m1) * u).
    { rewrite Rabs_mult, Rabs_left1 by lra. apply Rmult_le_compat; [lra | apply Rabs_pos | lra | exact small]. }
    fold by_exp in s1. fold by_round in s2. pose proof (Rabs_triang ((m1 - m) * d + t1) t2).
    pose proof (Rabs_triang ((m1 - m) * d) t1). lra.
  - rewrite rounded_off, (Rplus_comm (off p e (F * a))), is_off.
    replace F with (E * exp t1) by (rewrite <- is_F; field; lra). unfold E. rewrite moved.
    replace (m1 - m + ((m1 - m) * d + t1 + t2)) with (m1 - m + (m1 - m) * d + t1 + t2) by ring.
    rewrite !exp_plus. ring.
Qed.

(* a is the weighted sum of the keys from x to y - 1, relative to m, after at most H merges above each key *)
Definition kept (W : nat -> R) (x y : nat) (a m H : R) : Prop :=
  fl a = a /\ exists t, (forall j, (x <= j)%nat -> (j < y)%nat -> Rabs (t j) <= H * each + u * (m - scores j)) /\
  a = part (fun j => exp (scores j - m + t j) * W j) x y.

Lemma kept_one (W : nat -> R) (x : nat) : fl (W x) = W x -> kept W x (x + 1) (W x) (scores x) 0.
Proof.
  intros number. split; [exact number|]. exists (fun _ => 0). split.
  - intros j from to. replace j with x by lia. rewrite Rabs_R0. replace (scores x - scores x) with 0 by ring. lra.
  - rewrite part_one. replace (scores x - scores x + 0) with 0 by ring. rewrite exp_0. ring.
Qed.

Lemma kept_joined (W : nat -> R) (x c y : nat) (a1 a2 F G m1 m2 m H1 H2 H : R) :
  (x < c)%nat -> (c < y)%nat -> kept W x c a1 m1 H1 -> kept W c y a2 m2 H2 ->
  fl m1 = m1 -> fl m2 = m2 -> fl m = m -> m1 <= m -> m2 <= m -> H1 + 1 <= H -> H2 + 1 <= H ->
  Rabs (exp (fl (m1 - m)) - F) <= epsilon * exp (fl (m1 - m)) ->
  Rabs (exp (fl (m2 - m)) - G) <= epsilon * exp (fl (m2 - m)) ->
  F * a1 = 0 \/ 2 / 2 ^ e <= Rabs (F * a1) -> G * a2 = 0 \/ 2 / 2 ^ e <= Rabs (G * a2) ->
  kept W x y (fl (fl (F * a1) + fl (G * a2))) m H.
Proof.
  intros left right [an1 [t1 [b1 is1]]] [an2 [t2 [b2 is2]]] n1 n2 nm less1 less2 h1 h2 rf rg normal1 normal2.
  pose proof unit_range as range. pose proof each_nonneg as [rp xp].
  destruct (scaled a1 F m1 m n1 nm less1 rf normal1) as [s1 [small1 product1]].
  destruct (scaled a2 G m2 m n2 nm less2 rg normal2) as [s2 [small2 product2]].
  split; [now apply rounded_number|].
  destruct (factor_exp u (off p e (fl (F * a1) + fl (G * a2))) ltac:(lra) ltac:(lra)) as [k [smallk is_off]].
  { apply off_sum; [exact bits | exact exponents | now apply rounded_number | now apply rounded_number]. }
  fold by_round in smallk.
  exists (fun j => if j <? c then t1 j + s1 + k else t2 j + s2 + k). split.
  - assert (grown : forall H', H' + 1 <= H -> H' * each + each <= H * each).
    { intros H' more. unfold each. assert ((H' + 1) * each <= H * each) by (apply Rmult_le_compat_r; unfold each; lra).
      fold each. lra. }
    intros j from to. destruct (Nat.ltb_spec j c) as [before|after].
    + pose proof (b1 j from before). pose proof (Rabs_triang (t1 j + s1) k). pose proof (Rabs_triang (t1 j) s1).
      pose proof (grown H1 h1). unfold each in *. lra.
    + pose proof (b2 j after to). pose proof (Rabs_triang (t2 j + s2) k). pose proof (Rabs_triang (t2 j) s2).
      pose proof (grown H2 h2). unfold each in *. lra.
  - rewrite rounded_off, (Rplus_comm (off _ _ _)), is_off, product1, product2, is1, is2.
    rewrite (part_split _ x c y), Rmult_comm, Rmult_plus_distr_l, !part_scal by lia.
    f_equal; apply part_ext; intros j from to.
    + rewrite (proj2 (Nat.ltb_lt j c) to). replace (scores j - m + (t1 j + s1 + k))
        with (k + (m1 - m + s1) + (scores j - m1 + t1 j)) by ring. rewrite !exp_plus. ring.
    + rewrite (proj2 (Nat.ltb_ge j c) from). replace (scores j - m + (t2 j + s2 + k))
        with (k + (m2 - m + s2) + (scores j - m2 + t2 j)) by ring. rewrite !exp_plus. ring.
Qed.

(* numerator over denominator *)
Lemma context_near (n : nat) (W : nat -> R) (o s m H B : R) :
  (1 <= n)%nat -> kept W 0 n o m H -> kept (fun _ => 1) 0 n s m H ->
  (forall j, (j < n)%nat -> H * each + u * (m - scores j) <= B) ->
  o / s = 0 \/ 2 / 2 ^ e <= Rabs (o / s) ->
  let alpha := fun j => exp (scores j) / sum n (fun l => exp (scores l)) in
  Rabs (fl (o / s) - sum n (fun j => W j * alpha j)) <=
  (exp (2 * B + by_round) - 1) * sum n (fun j => Rabs (W j) * alpha j).
Proof.
  intros some [_ [t [bt is_o]]] [_ [r [br is_s]]] bound normal alpha. pose proof unit_range as range.
  destruct (factor_exp u (off p e (o / s)) ltac:(lra) ltac:(lra) (off_normal p e bits exponents _ normal))
    as [k [smallk is_off]]. fold by_round in smallk.
  rewrite part_all in is_o, is_s. set (Z := sum n (fun j => exp (scores j - m))).
  assert (Zp : 0 < Z) by (apply sum_pos; [exact some | intros; apply exp_pos]).
  assert (close : near (exp B) s Z).
  { rewrite is_s. unfold Z. apply near_sum. intros j below. rewrite Rmult_1_r. apply near_exp.
    replace (scores j - m + r j - (scores j - m)) with (r j) by ring. pose proof (br j ltac:(lia) below).
    pose proof (bound j below). lra. }
  assert (sp : 0 < s).
  { rewrite is_s. apply sum_pos; [exact some|]. intros. rewrite Rmult_1_r. apply exp_pos. }
  assert (share : forall j, alpha j = exp (scores j - m) / Z).
  { intros j. unfold alpha, Z.
    rewrite (sum_ext n (fun j => exp (scores j - m)) (fun j => exp (scores j) * exp (- m)))
      by (intros; unfold Rminus; apply exp_plus). rewrite sum_scal_r. unfold Rminus. rewrite exp_plus.
    pose proof (exp_pos (- m)).
    assert (0 < sum n (fun j => exp (scores j))) by (apply sum_pos; [exact some | intros; apply exp_pos]).
    field. lra. }
  set (turn := fun j => exp (t j + k) * (Z / s)).
  assert (computed : fl (o / s) = sum n (fun j => W j * alpha j * turn j)).
  { rewrite rounded_off, (Rplus_comm (off _ _ _)), is_off, is_o. unfold Rdiv at 1. rewrite Rmult_assoc, <- sum_scal_r.
    apply sum_ext. intros j below. rewrite share. unfold turn. rewrite !exp_plus. field. lra. }
  rewrite computed, <- sum_minus. apply Rle_trans with (1 := sum_abs _ _). rewrite <- sum_scal_l. apply sum_le.
  intros j below. replace (W j * alpha j * turn j - W j * alpha j) with (W j * alpha j * (turn j - 1)) by ring.
  assert (ap : 0 < alpha j) by (rewrite share; apply Rdiv_lt_0_compat; [apply exp_pos | exact Zp]).
  rewrite !Rabs_mult, (Rabs_pos_eq (alpha j)), (Rmult_comm (exp _ - 1)) by lra.
  apply Rmult_le_compat_l; [apply Rmult_le_pos; [apply Rabs_pos | lra]|].
  destruct close as [high low]. pose proof (exp_pos B) as Bp.
  assert (ratio : near (exp B) (Z / s) 1).
  { split; apply (Rmult_le_reg_r s); try exact sp; unfold Rdiv; rewrite ?Rmult_assoc, ?Rinv_l by lra; lra. }
  assert (both : near (exp (2 * B + by_round)) (turn j) 1).
  { replace (2 * B + by_round) with (B + by_round + B) by ring. rewrite exp_plus, <- (Rmult_1_r 1). unfold turn.
    apply near_mult; [apply Rlt_le, exp_pos | lra | apply Rlt_le, Rdiv_lt_0_compat; lra | lra | | exact ratio].
    rewrite <- exp_0. apply near_exp. rewrite Rminus_0_r. pose proof (bt j ltac:(lia) below).
    pose proof (bound j below).
    pose proof (Rabs_triang (t j) k). lra. }
  assert (tp : 0 < turn j) by (apply Rmult_lt_0_compat; [apply exp_pos | now apply Rdiv_lt_0_compat]).
  destruct both as [most least]. assert (1 <= exp (2 * B + by_round)) by nra. apply Rabs_le. split; nra.
Qed.
End Merge.
