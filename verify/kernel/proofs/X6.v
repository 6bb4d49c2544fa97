(* X6: the proofs of its propositions. *)
From Coq Require Import Reals Arith ZArith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums tanh product_of_units analytic formats ordered_sums lost_step.
From Attnproof.statements Require Import X6.
Open Scope R_scope.

(* Units four by four. *)
Lemma sum_fours (m : nat) (g : nat -> R) :
  sum (4 * m) g = sum m (fun b => g (4 * b)%nat + g (4 * b + 1)%nat + g (4 * b + 2)%nat + g (4 * b + 3)%nat).
Proof.
  induction m as [|m IH]; [reflexivity|]. replace (4 * S m)%nat with (S (S (S (S (4 * m))))) by lia.
  cbn [sum]. rewrite IH.
  replace (S (4 * m)) with (4 * m + 1)%nat by lia. replace (S (4 * m + 1)) with (4 * m + 2)%nat by lia.
  replace (S (4 * m + 2)) with (4 * m + 3)%nat by lia. ring.
Qed.

Lemma of_four (b i : nat) : (i < 4)%nat -> ((4 * b + i) / 4 = b /\ (4 * b + i) mod 4 = i)%nat.
Proof.
  intros less. rewrite Nat.mul_comm. split.
  - rewrite Nat.div_add_l by lia. rewrite Nat.div_small by exact less. lia.
  - rewrite Nat.add_comm, Nat.mod_add by lia. now apply Nat.mod_small.
Qed.

Definition sign_out (i : nat) : R := match i with 0%nat | 1%nat => 1 | _ => -1 end.
Definition sign_left (i : nat) : R := match i with 0%nat | 2%nat => -1 | _ => 1 end.
Definition sign_right (i : nat) : R := match i with 0%nat | 3%nat => 1 | _ => -1 end.

Lemma size_of_sign (i : nat) : Rabs (sign_out i) = 1.
Proof. destruct i as [|[|i]]; simpl; [apply Rabs_R1 | apply Rabs_R1 | rewrite Rabs_left; lra]. Qed.

Lemma bilinear_factored (m dq dk : nat) (X Y : nat -> nat -> R) (q k : nat -> R) :
  sum dk (fun f => sum dq (fun r => k f * q r * sum m (fun b => X b r * Y b f)))
  = sum m (fun b => sum dq (fun r => X b r * q r) * sum dk (fun f => Y b f * k f)).
Proof.
  transitivity (sum dk (fun f => sum m (fun b => sum dq (fun r => X b r * q r) * (Y b f * k f)))).
  - apply sum_ext. intros f _.
    transitivity (sum dq (fun r => sum m (fun b => X b r * q r * (Y b f * k f)))).
    + apply sum_ext. intros r _. rewrite <- sum_scal_l. apply sum_ext. intros. ring.
    + rewrite sum_swap. apply sum_ext. intros b _. apply sum_scal_r.
  - rewrite sum_swap. apply sum_ext. intros b _. apply sum_scal_l.
Qed.

Theorem imitated_holds : imitated.
Proof.
  intros m sm dq sq dk sk X Y h R hp. set (c := 1 / (3 * h ^ 2)).
  assert (cp : 0 < c) by (unfold c; apply Rdiv_lt_0_compat; [lra | nra]).
  exists (fun a => sign_out (a mod 4)%nat * c). exists (fun a r => sign_left (a mod 4)%nat * h * X (a / 4)%nat r).
  exists (fun a f => sign_right (a mod 4)%nat * h * Y (a / 4)%nat f). split; [|split].
  - intros a _. rewrite Rabs_mult, (Rabs_pos_eq c), size_of_sign by lra. ring.
  - rewrite sum_fours, (sum_ext m _ (fun _ => 0)); [apply sum_zero|]. intros b _.
    assert (first : ((4 * b) mod 4 = 0)%nat) by (rewrite <- (Nat.add_0_r (4 * b)); apply (of_four b 0); lia).
    rewrite first, (proj2 (of_four b 1 ltac:(lia))), (proj2 (of_four b 2 ltac:(lia))), (proj2 (of_four b 3 ltac:(lia))).
    simpl. ring.
  - intros q k small. rewrite bilinear_factored, sum_fours, <- sum_minus.
    apply Rle_trans with (1 := sum_abs m _).
    replace (82 * R ^ 4 * h ^ 2 * INR m / 45) with (INR m * (82 * R ^ 4 * h ^ 2 / 45)) by field.
    rewrite <- sum_const. apply sum_le. intros b lb. destruct (small b lb) as [xs ys].
    pose proof (four_units (sum dq (fun r => X b r * q r)) (sum dk (fun f => Y b f * k f)) h R (ln 3 / 2) eq_refl
      (conj hp (conj xs ys))) as bound.
    assert (unit : forall i, (i < 4)%nat ->
      tanh (sum dk (fun f => sign_right ((4 * b + i) mod 4)%nat * h * Y ((4 * b + i) / 4)%nat f * k f)
        + sum dq (fun r => sign_left ((4 * b + i) mod 4)%nat * h * X ((4 * b + i) / 4)%nat r * q r) + ln 3 / 2)
        * (sign_out ((4 * b + i) mod 4)%nat * c)
      = tanh (ln 3 / 2 + h * (sign_right i * sum dk (fun f => Y b f * k f) + sign_left i * sum dq (fun r => X b r * q
        r)))
        * (sign_out i * c)).
    { intros i li. destruct (of_four b i li) as [-> ->]. f_equal. f_equal.
      rewrite (sum_ext dk _ (fun f => sign_right i * h * (Y b f * k f))) by (intros; ring).
      rewrite (sum_ext dq _ (fun r => sign_left i * h * (X b r * q r))) by (intros; ring).
      rewrite !sum_scal_l. ring. }
    pose proof (unit 0%nat ltac:(lia)) as u0. rewrite Nat.add_0_r in u0. rewrite u0.
    rewrite (unit 1%nat), (unit 2%nat), (unit 3%nat) by lia. simpl sign_out. simpl sign_left. simpl sign_right.
    set (x := sum dq (fun r => X b r * q r)) in *. set (y := sum dk (fun f => Y b f * k f)) in *.
    replace (ln 3 / 2 + h * (1 * y + -1 * x)) with (ln 3 / 2 - h * (x - y)) by ring.
    replace (ln 3 / 2 + h * (-1 * y + 1 * x)) with (ln 3 / 2 + h * (x - y)) by ring.
    replace (ln 3 / 2 + h * (-1 * y + -1 * x)) with (ln 3 / 2 - h * (x + y)) by ring.
    replace (ln 3 / 2 + h * (1 * y + 1 * x)) with (ln 3 / 2 + h * (x + y)) by ring.
    rewrite <- Rabs_Ropp. match type of bound with Rabs ?p <= _ => match goal with |- Rabs ?q <= _ =>
      replace q with p; [exact bound|] end end.
    unfold c. field. lra.
Qed.

Theorem as_closely_as_you_like_holds : as_closely_as_you_like.
Proof.
  intros m sm dq sq dk sk X Y epsilon R [ep rp]. assert (0 < INR m) by (apply lt_0_INR; lia).
  pose proof (pow_lt R 4 rp). set (s := 45 * epsilon / (82 * INR m * R ^ 4)).
  assert (sp : 0 < s) by (unfold s; apply Rdiv_lt_0_compat; [lra | repeat apply Rmult_lt_0_compat; lra]).
  destruct (imitated_holds m sm dq sq dk sk X Y (sqrt s) R (sqrt_lt_R0 s sp)) as [v [Ws [Wh [size [cancel near]]]]].
  rewrite pow2_sqrt in size by lra. rewrite pow2_sqrt in near by lra.
  exists v, Ws, Wh. split; [|split; [exact cancel|]].
  - intros a la. rewrite (size a la). unfold s. field. lra.
  - intros q k small. apply Rle_trans with (1 := near q k small). apply Req_le. unfold s. field. lra.
Qed.

Theorem rounding_adds_holds : rounding_adds.
Proof.
  intros m sm z t f v h c gamma [hp each]. rewrite <- sum_minus. apply Rle_trans with (1 := sum_abs _ _).
  assert (w : 0 < 1 / (3 * h ^ 2)) by (apply Rdiv_lt_0_compat; [lra | nra]).
  apply Rle_trans with (sum (4 * m) (fun _ => (c * gamma + c + gamma) / (3 * h ^ 2))).
  - apply sum_le. intros a la. destruct (each a la) as [size [off factor]].
    pose proof (tanh_abs_lt_1 (z a)) as small.
    replace (tanh (z a) * v a - f a * t a * v a)
      with (((tanh (z a) - t a) + (tanh (z a) - t a) * (f a - 1) - tanh (z a) * (f a - 1)) * v a) by ring.
    rewrite Rabs_mult, size.
    replace ((c * gamma + c + gamma) / (3 * h ^ 2)) with ((c * gamma + c + gamma) * (1 / (3 * h ^ 2))) by (field; lra).
    apply Rmult_le_compat_r; [lra|].
    apply Rle_trans with (1 := Rabs_triang _ _). rewrite Rabs_Ropp.
    pose proof (Rabs_triang (tanh (z a) - t a) ((tanh (z a) - t a) * (f a - 1))) as two. rewrite !Rabs_mult in *.
    pose proof (Rabs_pos (tanh (z a) - t a)). pose proof (Rabs_pos (f a - 1)). pose proof (Rabs_pos (tanh (z a))).
    assert (Rabs (tanh (z a) - t a) * Rabs (f a - 1) <= c * gamma) by (apply Rmult_le_compat; assumption).
    assert (Rabs (tanh (z a)) * Rabs (f a - 1) <= 1 * gamma) by (apply Rmult_le_compat; lra). lra.
  - rewrite sum_const, mult_INR. apply Req_le. simpl (INR 4). field. lra.
Qed.

Lemma root_of_products (kappa : R) : 0 < kappa -> sqrt 1230 * sqrt kappa = sqrt (1230 * kappa).
Proof. intros kp. rewrite sqrt_mult; lra. Qed.

Theorem best_step_holds : best_step.
Proof.
  intros m sm kappa R h [kp [rp hp]]. assert (np : 0 < INR m) by (apply lt_0_INR; lia).
  assert (h2 : 0 < h ^ 2) by nra. assert (r2 : 0 < R ^ 2) by nra.
  set (s := sqrt 1230 * sqrt kappa).
  assert (sp : 0 <= s) by (apply Rmult_le_pos; apply sqrt_pos).
  assert (ss : s * s = 1230 * kappa) by (unfold s; rewrite root_of_products, sqrt_sqrt; lra).
  (* both sides times 45 h^2: a square *)
  assert (gap : 82 * R ^ 4 * h ^ 2 * INR m / 45 + 4 * kappa * INR m / (3 * h ^ 2) - 4 * sqrt 1230 * R ^ 2 * sqrt
    kappa * INR m / 45
    = INR m * 82 / 45 * (R ^ 2 * h - s / (41 * h)) ^ 2).
  { replace (4 * sqrt 1230 * R ^ 2 * sqrt kappa * INR m / 45) with (4 * s * R ^ 2 * INR m / 45) by (unfold s; field).
    replace ((R ^ 2 * h - s / (41 * h)) ^ 2) with (R ^ 4 * h ^ 2 - 2 * R ^ 2 * s / 41 + (s * s) / (1681 * h ^ 2)) by
      (field; lra).
    rewrite ss. field. lra. }
  split.
  - enough (0 <= INR m * 82 / 45 * (R ^ 2 * h - s / (41 * h)) ^ 2) by lra.
    apply Rmult_le_pos; [lra | apply pow2_ge_0].
  - intros best. apply Rminus_diag_uniq. rewrite gap.
    assert (same : s = 41 * (R ^ 2 * h ^ 2)).
    { apply (Rsqr_inj s (41 * (R ^ 2 * h ^ 2))); [exact sp | nra |]. unfold Rsqr. rewrite ss.
      replace (41 * (R ^ 2 * h ^ 2) * (41 * (R ^ 2 * h ^ 2))) with (1681 * (h ^ 4 * R ^ 4)) by ring.
      replace (h ^ 4 * R ^ 4) with (30 * kappa / 41) by lra. field. }
    rewrite same. field. lra.
Qed.

Theorem best_step_in_fp32_holds : best_step_in_fp32.
Proof.
  intros kappa h [low [high [hp same]]].
  assert (order : forall x, 0 < x -> h ^ 4 < x ^ 4 -> h < x).
  { intros x xp less. destruct (Rlt_dec h x) as [yes|no]; [exact yes|]. pose proof (pow_incr x h 4 ltac:(lra)). lra. }
  assert (order' : forall x, 0 < x -> x ^ 4 < h ^ 4 -> x < h).
  { intros x xp less. destruct (Rlt_dec x h) as [yes|no]; [exact yes|]. pose proof (pow_incr h x 4 ltac:(lra)). lra. }
  split; apply Rlt_le; [apply order' | apply order]; lra.
Qed.

Theorem lost_in_the_bias_holds : lost_in_the_bias.
Proof.
  intros p bits e exponents h R beta z v T S [rp [hp [small [each cancel]]]].
  assert (lost : forall a, (a < 4)%nat -> rounded p e (h * z a + rounded p e (ln 3 / 2)) = rounded p e (ln 3 / 2)).
  { intros a la. destruct (each a la) as [size _]. apply bias_stays; [exact bits | exact exponents|].
    rewrite Rabs_mult, (Rabs_pos_eq h) by lra. pose proof (pow_lt 2 p ltac:(lra)) as power.
    apply Rle_lt_trans with (h * (2 * R)); [apply Rmult_le_compat_l; lra|].
    apply Rlt_le_trans with (1 / (4 * 2 ^ p * R) * (2 * R)); [apply Rmult_lt_compat_r; lra|].
    apply Req_le. field. lra. }
  split; [exact lost|]. intros w order.
  apply (signs_cancel p e ltac:(lia) ltac:(lia) S w (rounded p e (T (rounded p e (ln 3 / 2)) * beta))
    (fun a => if Req_EM_T (v a) beta then 1%Z else (-1)%Z)).
  - apply rounded_number; lia.
  - exact order.
  - intros a la. unfold w. rewrite (lost a la). destruct (Req_EM_T (v a) beta) as [same|other].
    + rewrite same. ring.
    + destruct (each a la) as [_ [yes|opposite]]; [contradiction|]. rewrite opposite.
      rewrite Ropp_mult_distr_r_reverse, rounded_opp by lia. ring.
  - intros a la. destruct (Req_EM_T (v a) beta); lia.
  - destruct (Req_EM_T beta 0) as [zero|some].
    + left. rewrite zero, Rmult_0_r. apply rounded_0; lia.
    + right. apply eq_IZR. apply (Rmult_eq_reg_r beta); [|exact some]. rewrite Rmult_0_l, <- cancel. simpl sum.
      rewrite !plus_IZR. assert (of_sign : forall a, (a < 4)%nat -> IZR (if Req_EM_T (v a) beta then 1 else -1) *
        beta = v a).
      { intros a la. destruct (Req_EM_T (v a) beta) as [same|other]; [rewrite same; ring|].
        destruct (each a la) as [_ [yes|opposite]]; [contradiction|]. rewrite opposite. ring. }
      rewrite !Rmult_plus_distr_r, (of_sign 0%nat), (of_sign 1%nat), (of_sign 2%nat), (of_sign 3%nat) by lia. ring.
Qed.

Theorem never_exact_holds : never_exact.
Proof.
  intros n sn v wx wy b low high order same. apply (not_the_square n v (fun a => wx a + wy a) b low high order).
  intros x inside. rewrite <- (same x inside). apply sum_ext. intros a _.
  replace ((wx a + wy a) * x + b a) with (x * wx a + x * wy a + b a) by ring. ring.
Qed.

(* A score is at most the sum of the sizes of its output weights. *)
Lemma within_weights (n : nat) (v z : nat -> R) :
  Rabs (sum n (fun a => tanh (z a) * v a)) <= sum n (fun a => Rabs (v a)).
Proof.
  apply Rle_trans with (1 := sum_abs n _). apply sum_le. intros a _. rewrite Rabs_mult.
  pose proof (tanh_abs_lt_1 (z a)). pose proof (Rabs_pos (v a)). nra.
Qed.

Theorem far_on_unbounded_sets_holds : far_on_unbounded_sets.
Proof.
  intros n sn v wx wy b f g unbounded epsilon. destruct (unbounded (epsilon + sum n (fun a => Rabs (v a)))) as [t far].
  exists t. pose proof (within_weights n v (fun a => f t * wx a + g t * wy a + b a)) as size.
  set (s := sum n (fun a => tanh (f t * wx a + g t * wy a + b a) * v a)) in *.
  pose proof (Rabs_triang (f t * g t - s) s) as two. replace (f t * g t - s + s) with (f t * g t) in two by ring. lra.
Qed.

Theorem weights_needed_holds : weights_needed.
Proof.
  intros n sn v wx wy b epsilon R [rp near]. pose proof (near R R (conj (Req_le _ _ (Rabs_pos_eq R rp))
    (Req_le _ _ (Rabs_pos_eq R rp)))) as close.
  pose proof (within_weights n v (fun a => R * wx a + R * wy a + b a)) as size.
  apply Rabs_le_between in close. apply Rabs_le_between in size. simpl pow. lra.
Qed.
