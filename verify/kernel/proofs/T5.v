(* T5: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums tanh second_difference outcomes forms.
From Attnproof.statements Require Import T5.
Open Scope R_scope.

(* From a stated mean, times what is fixed, to the product of two terms. *)
Ltac term from factor :=
  eapply is_mean_ext; [eapply is_mean_eq; [exact (is_mean_scal _ _ factor _ from)|]|intros; cbv beta; ring].

Theorem bilinear_fixed_vectors_holds : bilinear_fixed_vectors.
Proof.
  intros S dq sq dk sk W q k w [zero pairs].
  apply (centred S (double S dk dq (fun o f r => W o r f * k f * q r))).
  - apply double_mean. intros f lf r lr. term (zero r lr f lf) (k f * q r). ring.
  - eapply is_mean_eq; [apply (double_product S dk dq _ _ (fun f r => w * k f ^ 2 * q r ^ 2))|apply sum_of_products].
    intros f lf r lr g lg s ls. term (pairs r lr f lf s ls g lg) (k f * k g * q r * q s).
    transitivity (delta f g * delta r s * (w * k f * k g * q r * q s)); [ring|]. apply both_same. intros -> ->. ring.
Qed.

Theorem bilinear_random_key_holds : bilinear_random_key.
Proof.
  intros S dq sq dk sk W q k w [has [zero pairs]].
  apply (centred S (double S dk dq (fun o f r => W o r f * k o f * q r))).
  - apply double_mean. intros f lf r lr. term (zero r lr f lf) (q r). ring.
  - rewrite (mean_length S dk k has).
    eapply is_mean_eq; [apply (double_product S dk dq _ _ (fun f r => w * mean_of S (fun o => k o f * k o f) * q r ^
      2))|].
    + intros f lf r lr g lg s ls. term (pairs r lr f lf s ls g lg) (q r * q s).
      transitivity (delta f g * delta r s * (w * mean_of S (fun o => k o f * k o g) * q r * q s)); [ring|].
      apply both_same. intros -> ->. ring.
    + apply (sum_of_products dk dq (fun f => mean_of S (fun o => k o f * k o f)) (fun r => q r ^ 2)).
Qed.

Theorem bilinear_random_query_holds : bilinear_random_query.
Proof.
  intros S dq sq dk sk W q k w [has [zero pairs]].
  apply (centred S (double S dk dq (fun o f r => W o r f * k f * q o r))).
  - apply double_mean. intros f lf r lr. term (zero r lr f lf) (k f). ring.
  - rewrite (mean_length S dq q has).
    eapply is_mean_eq; [apply (double_product S dk dq _ _ (fun f r => w * k f ^ 2 * mean_of S (fun o => q o r * q o
      r)))|].
    + intros f lf r lr g lg s ls. term (pairs r lr f lf s ls g lg) (k f * k g).
      transitivity (delta f g * delta r s * (w * k f * k g * mean_of S (fun o => q o r * q o s))); [ring|].
      apply both_same. intros -> ->. ring.
    + rewrite (sum_of_products dk dq (fun f => k f ^ 2) (fun r => mean_of S (fun o => q o r * q o r))). ring.
Qed.

Lemma all_random (S : outcomes) (dq dk : nat) (W : S -> nat -> nat -> R) (q k : S -> nat -> R) (w : R) :
  (forall r, (r < dq)%nat -> forall f, (f < dk)%nat -> is_mean S (fun o => W o r f * k o f * q o r) 0) ->
  (forall r, (r < dq)%nat -> forall f, (f < dk)%nat -> forall s, (s < dq)%nat -> forall g, (g < dk)%nat ->
    is_mean S (fun o => W o r f * W o s g * k o f * k o g * q o r * q o s)
      (w * delta f g * delta r s * mean_of S (fun o => k o f * k o g) * mean_of S (fun o => q o r * q o s))) ->
  is_mean S (double S dk dq (fun o f r => W o r f * k o f * q o r)) 0 /\
  is_mean S (fun o => double S dk dq (fun o f r => W o r f * k o f * q o r) o * double S dk dq (fun o f r => W o r f
    * k o f * q o r) o)
    (w * sum dk (fun f => mean_of S (fun o => k o f * k o f)) * sum dq (fun r => mean_of S (fun o => q o r * q o r))).
Proof.
  intros zero pairs. split.
  - apply double_mean. intros f lf r lr. exact (zero r lr f lf).
  - eapply is_mean_eq; [apply (double_product S dk dq _ _
      (fun f r => w * mean_of S (fun o => k o f * k o f) * mean_of S (fun o => q o r * q o r)))|].
    + intros f lf r lr g lg s ls. term (pairs r lr f lf s ls g lg) 1.
      transitivity (delta f g * delta r s * (w * mean_of S (fun o => k o f * k o g) * mean_of S (fun o => q o r * q o
        s)));
        [ring|].
      apply both_same. now intros -> ->.
    + exact (sum_of_products dk dq (fun f => mean_of S (fun o => k o f * k o f)) (fun r => mean_of S (fun o => q o r
      * q o r)) w).
Qed.

Theorem bilinear_all_random_holds : bilinear_all_random.
Proof.
  intros S dq sq dk sk W q k w [hq [hk [zero pairs]]].
  rewrite (mean_length S dq q hq), (mean_length S dk k hk).
  destruct (all_random S dq dk W q k w zero pairs). now apply (centred S (double S dk dq (fun o f r => W o r f * k o
    f * q o r))).
Qed.

Lemma same_squares (S : outcomes) (n : nat) (x : S -> nat -> R) (c : R) :
  (forall r, (r < n)%nat -> is_mean S (fun o => x o r ^ 2) c) ->
  sum n (fun r => mean_of S (fun o => x o r * x o r)) = INR n * c.
Proof.
  intros alike. rewrite <- sum_const. apply sum_ext. intros r lr. rewrite <- (is_mean_value _ _ _ (alike r lr)).
  apply mean_ext. intros. ring.
Qed.

Theorem bilinear_alike_holds : bilinear_alike.
Proof.
  intros S dq sq dk sk W q k w q2 k2 [hq [hk [zero pairs]]].
  destruct (all_random S dq dk W q k w zero pairs) as [first second].
  rewrite (same_squares S dq q q2 hq), (same_squares S dk k k2 hk) in second.
  apply (centred S (double S dk dq (fun o f r => W o r f * k o f * q o r))); [exact first|].
  eapply is_mean_eq; [exact second|ring].
Qed.

Theorem bilinear_shared_holds : bilinear_shared.
Proof.
  intros S dq sq dk sk W q k l w q2 k1 [hq [zk [zl pairs]]].
  pose proof (double_mean S dk dq (fun o f r => W o r f * k o f * q o r) (fun f lf r lr => zk r lr f lf)) as one.
  pose proof (double_mean S dk dq (fun o f r => W o r f * l o f * q o r) (fun f lf r lr => zl r lr f lf)) as other.
  assert (both : is_mean S (fun o => double S dk dq (fun o f r => W o r f * k o f * q o r) o
    * double S dk dq (fun o f r => W o r f * l o f * q o r) o) (INR dk * INR dq * k1 ^ 2 * q2 * w)).
  { eapply is_mean_eq; [apply (double_product S dk dq _ _ (fun f r => k1 ^ 2 * w * mean_of S (fun o => q o r * q o
    r)))|].
    - intros f lf r lr g lg s ls. term (pairs r lr f lf s ls g lg) 1.
      transitivity (delta f g * delta r s * (k1 ^ 2 * w * mean_of S (fun o => q o r * q o s))); [ring|].
      apply both_same. now intros -> ->.
    - rewrite (sum_ext dk _ (fun _ => k1 ^ 2 * w * (INR dq * q2))); [rewrite sum_const; ring|].
      intros f _. rewrite sum_scal_l, (same_squares S dq q q2 hq). reflexivity. }
  split; [exact (proj1 one)|]. split; [exact (proj1 other)|]. split; [exact (proj1 both)|].
  transitivity (INR dk * INR dq * k1 ^ 2 * q2 * w - 0 * 0); [|ring].
  f_equal; [exact (proj2 both)|]. f_equal; [exact (proj2 one) | exact (proj2 other)].
Qed.

Theorem bilinear_fixed_weights_holds : bilinear_fixed_weights.
Proof.
  intros S dq sq dk sk W q k k2 [zero pairs]. set (a := fun f => sum dq (fun r => W r f * q r)).
  assert (form : forall o, sum dk (fun f => sum dq (fun r => W r f * k o f * q r)) = sum dk (fun f => a f * k o f)).
  { intros o. apply sum_ext. intros f _. unfold a. rewrite <- sum_scal_r. apply sum_ext. intros. ring. }
  apply (centred S (fun o => sum dk (fun f => sum dq (fun r => W r f * k o f * q r)))).
  - apply (is_mean_ext (fun o => sum dk (fun f => a f * k o f))); [|exact form].
    eapply is_mean_eq; [exact (is_mean_form S dk a (fun _ => 0) k zero)|].
    rewrite (sum_ext dk _ (fun _ => 0)) by (intros; ring). apply sum_zero.
  - apply (is_mean_ext (fun o => sum dk (fun f => a f * k o f) * sum dk (fun f => a f * k o f)));
      [|intros o; now rewrite form].
    eapply is_mean_eq; [apply (is_mean_forms S dk a a k k k2 0)|].
    + intros f lf g lg. eapply is_mean_eq; [exact (pairs f lf g lg)|ring].
    + rewrite Rmult_0_l, Rplus_0_r. f_equal. apply sum_ext. intros. unfold a. ring.
Qed.

Theorem bilinear_fixed_weights_only_holds : bilinear_fixed_weights_only.
Proof.
  intros S dq sq dk sk W q k q2 k2 [zero pairs].
  apply (centred S (double S dk dq (fun o f r => W r f * k o f * q o r))).
  - apply double_mean. intros f lf r lr. term (zero r lr f lf) (W r f). ring.
  - eapply is_mean_eq; [apply (double_product S dk dq _ _ (fun f r => k2 * q2 * W r f ^ 2))|].
    + intros f lf r lr g lg s ls. term (pairs r lr f lf s ls g lg) (W r f * W s g).
      transitivity (delta f g * delta r s * (k2 * q2 * W r f * W s g)); [ring|]. apply both_same. intros -> ->. ring.
    + rewrite <- sum_scal_l. apply sum_ext. intros f _. now rewrite <- sum_scal_l.
Qed.

Theorem preactivation_holds : preactivation.
Proof.
  intros S dq sq dk sk s h q k s2 h2 [sz [hz [ss [hh mixed]]]].
  assert (form : forall n (x : S -> nat -> R) a c, (forall r, (r < n)%nat -> is_mean S (fun o => x o r) 0) ->
    (forall r, (r < n)%nat -> forall t, (t < n)%nat -> is_mean S (fun o => x o r * x o t) (c * delta r t)) ->
    is_mean S (fun o => sum n (fun r => x o r * a r)) 0 /\
    is_mean S (fun o => sum n (fun r => x o r * a r) * sum n (fun r => x o r * a r)) (c * sum n (fun r => a r ^ 2))).
  { intros n x a c zero pairs.
    assert (turn : forall o, sum n (fun r => x o r * a r) = sum n (fun r => a r * x o r)) by (intros; apply sum_ext;
      intros; ring).
    split.
    - apply (is_mean_ext (fun o => sum n (fun r => a r * x o r))); [|exact turn].
      eapply is_mean_eq; [exact (is_mean_form S n a (fun _ => 0) x zero)|].
      rewrite (sum_ext n _ (fun _ => 0)) by (intros; ring). apply sum_zero.
    - apply (is_mean_ext (fun o => sum n (fun r => a r * x o r) * sum n (fun r => a r * x o r))); [|intros; now
      rewrite turn].
      eapply is_mean_eq; [apply (is_mean_forms S n a a x x c 0)|].
      + intros r lr t lt. eapply is_mean_eq; [exact (pairs r lr t lt)|ring].
      + rewrite Rmult_0_l, Rplus_0_r. f_equal. apply sum_ext. intros. ring. }
  destruct (form dq s q s2 sz ss) as [s0 s1]. destruct (form dk h k h2 hz hh) as [h0 h1].
  assert (cross : is_mean S (fun o => sum dk (fun f => h o f * k f) * sum dq (fun r => s o r * q r)) 0).
  { eapply is_mean_eq; [apply (is_mean_product S dk dq (fun o f => h o f * k f) (fun o r => s o r * q r) (fun _ _ =>
    0))|].
    - intros f lf r lr. term (mixed r lr f lf) (k f * q r). ring.
    - rewrite (sum_ext dk _ (fun _ => 0)); [apply sum_zero|]. intros. apply sum_zero. }
  apply (centred S (fun o => sum dk (fun f => h o f * k f) + sum dq (fun r => s o r * q r))).
  - eapply is_mean_eq; [exact (is_mean_plus S _ _ _ _ h0 s0)|ring].
  - eapply is_mean_ext; [eapply is_mean_eq;
      [exact (is_mean_plus S _ _ _ _ h1 (is_mean_linear S _ _ 2 1 _ _ cross s1))|ring]|]. intros. cbv beta. ring.
Qed.

Lemma units (S : outcomes) (d : nat) (z y : S -> nat -> R) (v : nat -> R) (c : R) :
  (forall a, (a < d)%nat -> forall b, (b < d)%nat -> is_mean S (fun o => y o b * z o a) (c * delta a b)) ->
  is_mean S (fun o => sum d (fun a => y o a * v a) * sum d (fun a => z o a * v a)) (c * sum d (fun a => v a ^ 2)).
Proof.
  intros pairs. eapply is_mean_ext; [eapply is_mean_eq; [apply (is_mean_forms S d v v y z c 0)|]|].
  - intros a la b lb. eapply is_mean_eq; [exact (pairs b lb a la)|]. rewrite (delta_sym b a). ring.
  - rewrite Rmult_0_l, Rplus_0_r. f_equal. apply sum_ext. intros. ring.
  - intros o. cbv beta. f_equal; apply sum_ext; intros; ring.
Qed.

Lemma unit_mean (S : outcomes) (d : nat) (z : S -> nat -> R) (v : nat -> R) :
  (forall a, (a < d)%nat -> is_mean S (fun o => z o a) 0) -> is_mean S (fun o => sum d (fun a => z o a * v a)) 0.
Proof.
  intros zero. eapply is_mean_eq; [apply (is_mean_sum S d (fun o a => z o a * v a) (fun _ => 0))|apply sum_zero].
  intros a la. term (zero a la) (v a). ring.
Qed.

Theorem additive_fixed_v_holds : additive_fixed_v.
Proof.
  intros S d sd z v T [zero pairs]. apply (centred S (fun o => sum d (fun a => tanh (z o a) * v a))).
  - exact (unit_mean S d (fun o a => tanh (z o a)) v zero).
  - apply (units S d (fun o a => tanh (z o a)) (fun o a => tanh (z o a)) v T).
    intros a la b lb. eapply is_mean_ext; [exact (pairs a la b lb)|]. intros. cbv beta. ring.
Qed.

Theorem additive_random_v_holds : additive_random_v.
Proof.
  intros S d sd z v T w [zero [squares pairs]]. apply (centred S (fun o => sum d (fun a => tanh (z o a) * v o a))).
  - eapply is_mean_eq; [exact (is_mean_sum S d (fun o a => tanh (z o a) * v o a) (fun _ => 0) zero)|apply sum_zero].
  - eapply is_mean_eq; [apply (is_mean_product S d d _ _ (fun a b => delta a b * (w * T)))|].
    + intros a la b lb. eapply is_mean_ext; [eapply is_mean_eq; [exact (pairs a la b lb)|]|intros; cbv beta; ring].
      transitivity (delta a b * (w * mean_of S (fun o => tanh (z o a) * tanh (z o b)))); [ring|]. apply one_same.
      intros <-. f_equal. rewrite <- (is_mean_value _ _ _ (squares a la)). apply mean_ext. intros. ring.
    + rewrite (sum_ext d _ (fun _ => w * T)); [rewrite sum_const; ring|].
      intros a la. exact (sum_delta d a (fun _ => w * T) la).
Qed.

Theorem additive_shared_holds : additive_shared.
Proof.
  intros S d sd z y v T c [[z0 zz] [[y0 yy] pairs]].
  pose proof (unit_mean S d (fun o a => tanh (z o a)) v z0) as one.
  pose proof (unit_mean S d (fun o a => tanh (y o a)) v y0) as other.
  pose proof (units S d (fun o a => tanh (z o a)) (fun o a => tanh (y o a)) v c pairs) as both.
  split; [exact (proj1 one)|]. split; [exact (proj1 other)|]. split; [exact (proj1 both)|].
  transitivity (c * sum d (fun a => v a ^ 2) - 0 * 0); [|ring].
  f_equal; [exact (proj2 both)|]. f_equal; [exact (proj2 other) | exact (proj2 one)].
Qed.

Lemma size_from_square (x y : R) : x ^ 2 <= y -> Rabs x <= sqrt y.
Proof.
  intros less. rewrite <- (sqrt_Rsqr_abs x). apply sqrt_le_1_alt. unfold Rsqr. simpl in less. lra.
Qed.

(* A partial sum of a series of orthonormal functions, with F's coefficients: what is left of F is not negative. *)
Lemma bessel (S : outcomes) (n : nat) (F : S -> R) (h : S -> nat -> R) (a : nat -> R) (T : R) :
  is_mean S (fun o => F o ^ 2) T ->
  (forall i, (i < n)%nat -> forall j, (j < n)%nat -> is_mean S (fun o => h o j * h o i) (delta j i)) ->
  (forall i, (i < n)%nat -> is_mean S (fun o => F o * h o i) (a i)) ->
  let P := fun o => sum n (fun i => a i * h o i) in
  let A := sum n (fun i => a i ^ 2) in
  is_mean S (fun o => P o * P o) A /\ is_mean S (fun o => (F o - P o) * (F o - P o)) (T - A) /\ 0 <= T - A.
Proof.
  intros squared ortho coefficient P A.
  assert (PP : is_mean S (fun o => P o * P o) A).
  { eapply is_mean_eq; [apply (is_mean_forms S n a a h h 1 0)|].
    - intros i li j lj. eapply is_mean_eq; [exact (ortho j lj i li)|ring].
    - unfold A. rewrite (sum_ext n (fun i => a i ^ 2) (fun i => a i * a i)) by (intros; ring). ring. }
  assert (FP : is_mean S (fun o => F o * P o) A).
  { eapply is_mean_ext; [eapply is_mean_eq; [exact (is_mean_form S n a a (fun o i => F o * h o i) coefficient)|]|].
    - unfold A. apply sum_ext. intros. ring.
    - intros o. unfold P. cbv beta. rewrite <- sum_scal_l. apply sum_ext. intros. ring. }
  assert (rest : is_mean S (fun o => (F o - P o) * (F o - P o)) (T - A)).
  { eapply is_mean_ext; [eapply is_mean_eq; [exact (is_mean_plus S _ _ _ _ squared
      (is_mean_linear S _ _ 1 (-2) _ _ PP FP))|ring]|]. intros. cbv beta. ring. }
  split; [exact PP|]. split; [exact rest|].
  apply (is_mean_le S _ _ _ _ (is_mean_const S 0) rest). intros o. cbv beta. apply Rle_0_sqr.
Qed.

Theorem shared_part_as_a_series_holds : shared_part_as_a_series.
Proof.
  intros S n sn x y hx hy a sigma rho T [[fx [ox ax]] [[fy [oy ay]] [mixed [hasff hasxf]]]].
  set (X := fun o => tanh (sigma * x o)) in *. set (Y := fun o => tanh (sigma * y o)) in *.
  set (P := fun o => sum n (fun i => a i * hx o i)). set (Q := fun o => sum n (fun i => a i * hy o i)).
  set (A := sum n (fun i => a i ^ 2)). set (V := sum n (fun i => rho ^ i * a i ^ 2)).
  destruct (bessel S n X hx a T fx ox ax) as [PP [restX tail]].
  destruct (bessel S n Y hy a T fy oy ay) as [QQ [restY _]].
  change (0 <= T - A) in tail.
  assert (AA : 0 <= A) by (apply sum_nonneg; intros; apply pow2_ge_0).
  assert (both : is_mean S (fun o => P o * Q o) V).
  { eapply is_mean_eq; [apply (is_mean_product S n n (fun o i => a i * hx o i) (fun o j => a j * hy o j)
      (fun i j => delta i j * (rho ^ i * a i * a j)))|].
    - intros i li j lj. term (mixed i li j lj) (a i * a j). rewrite (delta_sym j i). ring.
    - apply sum_ext. intros i li. rewrite (sum_delta n i (fun j => rho ^ i * a i * a j) li). ring. }
  set (C := sum n (fun i => a i * mean_of S (fun o => Y o * hx o i))).
  assert (half : is_mean S (fun o => P o * Y o) C).
  { eapply is_mean_ext; [exact (is_mean_form S n a _ (fun o i => Y o * hx o i) (fun i li => is_mean_of S _ (hasxf i
    li)))|].
    intros o. unfold P. cbv beta. rewrite <- sum_scal_r. apply sum_ext. intros. unfold Y. ring. }
  pose proof (is_mean_of S _ hasff) as full. set (E := mean_of S (fun o => X o * Y o)) in *.
  assert (Y2 : is_mean S (fun o => Y o * Y o) T) by (apply (is_mean_ext _ _ _ fy); intros; unfold Y; ring).
  assert (one : (E - C) ^ 2 <= (T - A) * T).
  { apply (mean_cauchy_schwarz S (fun o => X o - P o) Y _ _ _ restX Y2).
    apply (is_mean_ext _ _ _ (is_mean_minus S _ _ _ _ full half)). intros. unfold X, Y, P, Q. ring. }
  assert (two : (C - V) ^ 2 <= A * (T - A)).
  { apply (mean_cauchy_schwarz S P (fun o => Y o - Q o) _ _ _ PP restY).
    apply (is_mean_ext _ _ _ (is_mean_minus S _ _ _ _ half both)). intros. unfold X, Y, P, Q. ring. }
  change (Rabs (E - V) <= 2 * sqrt (T * (T - A))). replace (E - V) with ((E - C) + (C - V)) by ring.
  pose proof (Rabs_triang (E - C) (C - V)).
  pose proof (size_from_square (E - C) (T * (T - A)) ltac:(lra)).
  pose proof (size_from_square (C - V) (T * (T - A)) ltac:(nra)). lra.
Qed.

(* |tanh x| is at most |x|. *)
Lemma tanh_sq_le (x : R) : tanh x ^ 2 <= x ^ 2.
Proof.
  assert (up : forall t, 0 <= t -> 0 <= t - tanh t).
  { intros t tp. apply (rises_from_zero (fun t => t - tanh t) (fun t => 1 - sech t ^ 2)); [exact tp | | |].
    - rewrite tanh_zero. lra.
    - intros r _. apply (is_derive_minus (fun t => t) tanh); [|apply is_derive_tanh].
      auto_derive; [exact I | reflexivity].
    - intros r _. rewrite sech_sq. pose proof (pow2_ge_0 (tanh r)). lra. }
  destruct (Rle_dec 0 x) as [xp|xn].
  - pose proof (up x xp). assert (0 <= tanh x) by (destruct xp as [p | <-];
      [apply Rlt_le, tanh_pos, p | rewrite tanh_zero; lra]). nra.
  - pose proof (up (- x) ltac:(lra)) as bound. rewrite tanh_opp in bound.
    pose proof (tanh_pos (- x) ltac:(lra)) as above. rewrite tanh_opp in above. nra.
Qed.

Theorem second_moment_of_tanh_holds : second_moment_of_tanh.
Proof.
  intros S d sd z a la sigma T [square unit]. apply Rmin_glb.
  - apply (is_mean_le S _ _ _ _ unit (is_mean_const S 1)). intros o.
    pose proof (tanh_abs_lt_1 (z o a)) as less. apply Rabs_def2 in less. nra.
  - apply (is_mean_le S _ _ _ _ unit square). intros o. apply tanh_sq_le.
Qed.
