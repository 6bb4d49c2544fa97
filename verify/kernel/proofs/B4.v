(* B4: the proofs of its propositions. *)
From Coq Require Import Reals Lra Lia Psatz Classical_Prop.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums softmax tanh log_odds.
From Attnproof.statements Require Import B4.
Open Scope R_scope.

Lemma key_bias (p q : nat) (W : nat -> nat -> R) (c k x : nat -> R) :
  sum q (fun f => sum p (fun r => (c f + k f) * W r f * x r))
  = sum q (fun f => sum p (fun r => W r f * c f * x r)) + sum q (fun f => sum p (fun r => W r f * k f * x r)).
Proof. rewrite <- sum_plus. apply sum_ext. intros. rewrite <- sum_plus. apply sum_ext. intros. ring. Qed.

Lemma query_bias (p q : nat) (W : nat -> nat -> R) (k x c : nat -> R) :
  sum q (fun f => sum p (fun r => (c r + x r) * W r f * k f))
  = sum q (fun f => sum p (fun r => W r f * k f * x r)) + sum q (fun f => sum p (fun r => k f * W r f * c r)).
Proof. rewrite <- sum_plus. apply sum_ext. intros. rewrite <- sum_plus. apply sum_ext. intros. ring. Qed.

Lemma difference_of_keys (p q : nat) (W : nat -> nat -> R) (k k' c : nat -> R) :
  sum q (fun f => sum p (fun r => (k f - k' f) * W r f * c r))
  = sum q (fun f => sum p (fun r => k f * W r f * c r)) - sum q (fun f => sum p (fun r => k' f * W r f * c r)).
Proof. rewrite <- sum_minus. apply sum_ext. intros. rewrite <- sum_minus. apply sum_ext. intros. ring. Qed.

Theorem key_bias_adds_the_same_to_all_keys_holds : key_bias_adds_the_same_to_all_keys.
Proof.
  cbv delta [key_bias_adds_the_same_to_all_keys]. intros n_k some d_q _ d_k _ q k W c alpha beta j below.
  split; [apply key_bias|]. set (e := fun l => sum d_k (fun f => sum d_q (fun r => W r f * k l f * q r))).
  set (b := sum d_k (fun f => sum d_q (fun r => W r f * c f * q r))).
  change (alpha j) with (weight n_k e j). rewrite <- (weight_shift n_k e b j some). unfold beta, weight.
  apply (f_equal2 Rdiv); [|apply sum_ext; intros]; rewrite key_bias; f_equal; unfold e, b; ring.
Qed.

Theorem query_bias_is_a_bias_by_key_holds : query_bias_is_a_bias_by_key.
Proof.
  cbv delta [query_bias_is_a_bias_by_key]. intros n_k some d_q _ d_k _ q k W c_q alpha beta i _ j _.
  pose proof (log_odds n_k (fun l => sum d_k (fun f => sum d_q (fun r => W r f * k l f * q r))) i j some) as plain.
  pose proof (log_odds n_k (fun l => sum d_k (fun f => sum d_q (fun r => (c_q r + q r) * W r f * k l f))) i j some)
    as biased.
  change (ln (alpha i / alpha j) = sum d_k (fun f => sum d_q (fun r => W r f * k i f * q r))
    - sum d_k (fun f => sum d_q (fun r => W r f * k j f * q r))) in plain.
  change (ln (beta i / beta j) = sum d_k (fun f => sum d_q (fun r => (c_q r + q r) * W r f * k i f))
    - sum d_k (fun f => sum d_q (fun r => (c_q r + q r) * W r f * k j f))) in biased.
  rewrite plain, biased, !query_bias, difference_of_keys. ring.
Qed.

Theorem query_bias_redundant_exactly_when_holds : query_bias_redundant_exactly_when.
Proof.
  cbv delta [query_bias_redundant_exactly_when]. intros n_k some d_q _ d_k _ q k W c_q alpha beta.
  pose proof (same_weights n_k (fun l => sum d_k (fun f => sum d_q (fun r => (c_q r + q r) * W r f * k l f)))
    (fun l => sum d_k (fun f => sum d_q (fun r => W r f * k l f * q r))) some) as [to from]. split.
  - intros same i below j below'. pose proof (to same i j below below') as gap. cbv beta in gap.
    rewrite !query_bias in gap. rewrite difference_of_keys. lra.
  - intros none. apply from. intros i j below below'. pose proof (none i below j below') as gap.
    rewrite difference_of_keys in gap. rewrite !query_bias. lra.
Qed.

(* One unit tanh of the key's first component, which is 1 for key 0 and 0 for the others; a bias of 1. *)
Theorem key_bias_counts_in_additive_scores_holds : key_bias_counts_in_additive_scores.
Proof.
  cbv delta [key_bias_counts_in_additive_scores]. intros n_k two d_q _ d_k some_k d_a some_a.
  exists (fun _ => 0), (fun j _ => delta 0 j), (fun _ => 1), (fun _ _ => 0), (fun _ f => delta 0 f), (delta 0).
  intros alpha beta. apply some_weight_moves; [exact two|].
  assert (query : sum d_q (fun _ => 0 * 0) = 0) by (rewrite sum_const; ring).
  assert (plain : forall j, sum d_a (fun a => tanh (sum d_k (fun f => delta 0 f * delta 0 j) + sum d_q (fun _ => 0 * 0))
      * delta 0 a)
    = tanh (delta 0 j)).
  { intros j. rewrite (sum_delta d_k 0 (fun _ => delta 0 j)), query, Rplus_0_r by lia.
    rewrite (sum_ext d_a _ (fun a => delta 0 a * tanh (delta 0 j))) by (intros; ring).
    now rewrite (sum_delta d_a 0 (fun _ => tanh (delta 0 j))) by lia. }
  assert (biased : forall j, sum d_a (fun a => tanh (sum d_k (fun f => (1 + delta 0 j) * delta 0 f) + sum d_q (fun _ => 0 * 0))
      * delta 0 a)
    = tanh (1 + delta 0 j)).
  { intros j. rewrite (sum_ext d_k _ (fun f => delta 0 f * (1 + delta 0 j))) by (intros; ring).
    rewrite (sum_delta d_k 0 (fun _ => 1 + delta 0 j)), query, Rplus_0_r by lia.
    rewrite (sum_ext d_a _ (fun a => delta 0 a * tanh (1 + delta 0 j))) by (intros; ring).
    now rewrite (sum_delta d_a 0 (fun _ => tanh (1 + delta 0 j))) by lia. }
  rewrite !plain, !biased, delta_same, (delta_other 0 1) by lia. pose proof (tanh_bends 1 ltac:(lra)) as bends.
  replace (2 * 1) with (1 + 1) in bends by ring. rewrite Rplus_0_r. exact bends.
Qed.

(* The same by a bilinear score that is the key's first component. *)
Theorem key_bias_counts_before_a_softcap_holds : key_bias_counts_before_a_softcap.
Proof.
  cbv delta [key_bias_counts_before_a_softcap]. intros n_k two d_q some_q d_k some_k kappa above.
  exists (delta 0), (fun j _ => delta 0 j), (fun _ f => delta 0 f), (fun _ => 1).
  intros alpha beta. apply some_weight_moves; [exact two|].
  assert (score : forall x, sum d_k (fun f => sum d_q (fun r => x * delta 0 f * delta 0 r)) = x).
  { intros x. rewrite (sum_ext d_k _ (fun f => delta 0 f * x)); [now rewrite (sum_delta d_k 0 (fun _ => x)) by lia|].
    intros f _. rewrite (sum_ext d_q _ (fun r => delta 0 r * (delta 0 f * x))) by (intros; ring).
    now rewrite (sum_delta d_q 0 (fun _ => delta 0 f * x)) by lia. }
  assert (plain : forall j, sum d_k (fun f => sum d_q (fun r => delta 0 f * delta 0 j * delta 0 r)) = delta 0 j).
  { intros j. etransitivity; [|apply (score (delta 0 j))]. apply sum_ext. intros. apply sum_ext. intros. ring. }
  rewrite !plain, !score, delta_same, (delta_other 0 1) by lia.
  pose proof (tanh_bends (/ kappa) (Rinv_0_lt_compat kappa above)) as bends.
  replace ((1 + 1) / kappa) with (2 * / kappa) by (unfold Rdiv; ring).
  replace ((1 + 0) / kappa) with (/ kappa) by (unfold Rdiv; ring).
  replace (1 / kappa) with (/ kappa) by (unfold Rdiv; ring). replace (0 / kappa) with 0 by (unfold Rdiv; ring).
  intros same. apply bends. apply (Rmult_eq_reg_l kappa); lra.
Qed.

Theorem key_bias_counts_with_a_sink_holds : key_bias_counts_with_a_sink.
Proof.
  cbv delta [key_bias_counts_with_a_sink]. intros n_k some d_q _ d_k _ q k W c c0 alpha beta counts j below same.
  set (b := sum d_k (fun f => sum d_q (fun r => W r f * c f * q r))) in *.
  set (e := fun l => sum d_k (fun f => sum d_q (fun r => W r f * k l f * q r))).
  pose proof (total_pos n_k e some) as total. pose proof (exp_pos c0). pose proof (exp_pos b). pose proof (exp_pos (e j)).
  assert (biased : beta j = exp b * exp (e j) / (exp c0 + exp b * sum n_k (fun l => exp (e l)))).
  { unfold beta. rewrite key_bias, exp_plus, <- sum_scal_l. do 2 f_equal. apply sum_ext. intros l _.
    rewrite key_bias. apply exp_plus. }
  change (alpha j) with (exp (e j) / (exp c0 + sum n_k (fun l => exp (e l)))) in same. rewrite biased in same.
  set (z := sum n_k (fun l => exp (e l))) in *. apply counts.
  assert (cross : exp b * exp (e j) * (exp c0 + z) = exp (e j) * (exp c0 + exp b * z)).
  { assert (0 < exp b * z) by nra. apply (Rmult_eq_reg_r (/ (exp c0 + exp b * z) * / (exp c0 + z))).
    - transitivity (exp b * exp (e j) / (exp c0 + exp b * z)); [field; lra|]. rewrite same. field. lra.
    - apply Rmult_integral_contrapositive_currified; apply Rinv_neq_0_compat; lra. }
  assert (one : exp b = exp 0).
  { rewrite exp_0. apply (Rmult_eq_reg_r (exp (e j) * exp c0)); [lra|].
    apply Rmult_integral_contrapositive_currified; lra. }
  now apply exp_inv.
Qed.

Theorem key_bias_counts_under_a_sigmoid_holds : key_bias_counts_under_a_sigmoid.
Proof.
  unfold key_bias_counts_under_a_sigmoid. intros n_k _ d_q _ d_k _ q k W c j _ counts same. rewrite key_bias in same.
  apply counts. unfold sigmoid in same. apply (f_equal Rinv) in same. rewrite !Rinv_inv in same.
  assert (equal : forall x y, exp (- x) = exp (- y) -> x = y) by (intros x y E; apply exp_inv in E; lra).
  apply (Rplus_eq_reg_l) in same. apply equal in same. lra.
Qed.

(* The score of the key u at position z under a query at position y: g is paired with g + m. *)
Definition turned (m : nat) (theta : nat -> R) (y : R) (q : nat -> R) (z : R) (u : nat -> R) : R :=
  sum m (fun g => (cos (y * theta g) * q g - sin (y * theta g) * q (g + m)%nat)
      * (cos (theta g * z) * u g - sin (theta g * z) * u (g + m)%nat)
    + (sin (y * theta g) * q g + cos (y * theta g) * q (g + m)%nat)
      * (sin (theta g * z) * u g + cos (theta g * z) * u (g + m)%nat)).

Lemma turned_plus (m : nat) (theta : nat -> R) (y : R) (q : nat -> R) (z : R) (u c : nat -> R) :
  turned m theta y q z (fun r => c r + u r) = turned m theta y q z u + turned m theta y q z c.
Proof. unfold turned. rewrite <- sum_plus. apply sum_ext. intros. ring. Qed.

Lemma turned_zero (m : nat) (theta : nat -> R) (y : R) (q : nat -> R) (z : R) :
  turned m theta y q z (fun _ => 0) = 0.
Proof. unfold turned. etransitivity; [|apply (sum_zero m)]. apply sum_ext. intros. ring. Qed.

(* A query that its own rotation turns as that of position z' turns the first component of pair g. *)
Lemma turned_alike (m : nat) (theta : nat -> R) (y z' z : R) (g : nat) :
  (g < m)%nat ->
  let q := fun r => delta g r * cos ((z' - y) * theta g) + delta (g + m) r * sin ((z' - y) * theta g) in
  turned m theta y q z (delta g)
  = cos ((z' - z) * theta g).
Proof.
  intros below q. unfold turned, q. set (a := (z' - y) * theta g).
  rewrite (sum_ext m _ (fun h => delta g h * (cos (y * theta h + a) * cos (theta h * z)
    + sin (y * theta h + a) * sin (theta h * z)))).
  - rewrite (sum_delta m g) by exact below. rewrite <- cos_minus. f_equal. unfold a. ring.
  - intros h less. rewrite cos_plus, sin_plus, (delta_other g (h + m)), (delta_other (g + m) h) by lia.
    destruct (Nat.eq_dec g h) as [<-|other].
    + rewrite !delta_same. ring.
    + rewrite (delta_other g h), (delta_other (g + m) (h + m)) by lia. ring.
Qed.

Theorem key_bias_counts_under_rotary_positions_holds : key_bias_counts_under_rotary_positions.
Proof.
  cbv delta [key_bias_counts_under_rotary_positions]. intros n some m pairs x y theta.
  assert (plain : forall q k l, sum m (fun g : nat =>
      (- (sin (y * theta g) * q (g + m)%nat) + cos (y * theta g) * q g)
        * (- (sin (theta g * x l) * k l (g + m)%nat) + cos (theta g * x l) * k l g)
      + (sin (y * theta g) * q g + cos (y * theta g) * q (g + m)%nat)
        * (sin (theta g * x l) * k l g + cos (theta g * x l) * k l (g + m)%nat)) = turned m theta y q (x l) (k l)).
  { intros. unfold turned. apply sum_ext. intros. ring. }
  assert (biased : forall q (k : nat -> nat -> R) c l, sum m (fun g : nat =>
      (- ((c (g + m)%nat + k l (g + m)%nat) * sin (theta g * x l)) + (c g + k l g) * cos (theta g * x l))
        * (- (sin (y * theta g) * q (g + m)%nat) + cos (y * theta g) * q g)
      + ((c (g + m)%nat + k l (g + m)%nat) * cos (theta g * x l) + (c g + k l g) * sin (theta g * x l))
        * (sin (y * theta g) * q g + cos (y * theta g) * q (g + m)%nat))
      = turned m theta y q (x l) (k l) + turned m theta y q (x l) c).
  { intros. rewrite <- turned_plus. unfold turned. apply sum_ext. intros. ring. }
  split.
  - intros (q & k & c & j & below & counts).
    destruct (classic (exists i, (i < n)%nat /\ exists j, (j < n)%nat /\ exists g, (g < m)%nat /\
      cos ((x i - x j) * theta g) <> 1)) as [found|none]; [exact found|exfalso].
    apply counts. cbv beta.
    transitivity (weight n (fun l => turned m theta y q (x l) (k l) + turned m theta y q (x l) c) j);
      [unfold weight; rewrite biased; f_equal; apply sum_ext; intros; now rewrite biased|].
    transitivity (weight n (fun l => turned m theta y q (x l) (k l)) j);
      [|unfold weight; rewrite plain; f_equal; apply sum_ext; intros; now rewrite plain].
    apply same_weights; [exact some | | exact below]. intros i l I L.
    enough (turned m theta y q (x i) c = turned m theta y q (x l) c) by lra.
    unfold turned. apply sum_ext. intros g G.
    assert (one : cos ((x i - x l) * theta g) = 1).
    { destruct (Req_dec (cos ((x i - x l) * theta g)) 1) as [yes|no]; [exact yes|]. exfalso. apply none. eauto 8. }
    assert (nought : sin ((x i - x l) * theta g) = 0).
    { pose proof (sin2_cos2 ((x i - x l) * theta g)) as circle. rewrite one in circle.
      apply Rsqr_0_uniq. unfold Rsqr in *. lra. }
    replace (theta g * x i) with ((x i - x l) * theta g + theta g * x l) by ring.
    rewrite cos_plus, sin_plus, one, nought. ring.
  - intros (i & I & l & L & g & G & apart).
    exists (fun r => delta g r * cos ((x i - y) * theta g) + delta (g + m) r * sin ((x i - y) * theta g)),
      (fun _ _ => 0), (delta g).
    set (q := fun r => delta g r * cos ((x i - y) * theta g) + delta (g + m) r * sin ((x i - y) * theta g)).
    destruct (some_weight_moves_between n (fun l => turned m theta y q (x l) (fun _ => 0))
      (fun l => turned m theta y q (x l) (fun _ => 0) + turned m theta y q (x l) (delta g)) i l I L) as (j & J & moves).
    + rewrite !turned_zero. unfold q. rewrite !turned_alike by exact G. rewrite Rminus_eq_0, Rmult_0_l, cos_0. lra.
    + exists j. split; [exact J|]. intros same. apply moves.
      transitivity (exp (turned m theta y q (x j) (fun _ => 0) + turned m theta y q (x j) (delta g))
        / sum n (fun l => exp (turned m theta y q (x l) (fun _ => 0) + turned m theta y q (x l) (delta g))));
        [reflexivity|].
      etransitivity; [|etransitivity; [exact same|]].
      * rewrite (biased q (fun _ _ => 0)). f_equal. apply sum_ext. intros. now rewrite (biased q (fun _ _ => 0)).
      * rewrite (plain q (fun _ _ => 0)). unfold weight. f_equal. apply sum_ext. intros.
        now rewrite (plain q (fun _ _ => 0)).
Qed.

(* Keys (1, 0) and (0, 1), query and bias (1, 0): 1 and 0 become 1 and 1/sqrt 2. *)
Theorem key_bias_counts_for_normalised_keys_holds : key_bias_counts_for_normalised_keys.
Proof.
  cbv delta [key_bias_counts_for_normalised_keys]. intros n_k two d wide.
  set (at_ := fun j : nat => match j with O => 0%nat | _ => 1%nat end).
  assert (below : forall j, (at_ j < d)%nat) by (intros [|j]; simpl; lia).
  exists (delta 0), (fun j r => delta (at_ j) r), (delta 0).
  assert (plain : forall j, sum d (fun r => delta (at_ j) r ^ 2) = 1).
  { intros j. rewrite (sum_ext d _ (fun r => delta (at_ j) r * delta (at_ j) r)) by (intros; ring).
    rewrite (sum_delta d (at_ j) (delta (at_ j))) by apply below. apply delta_same. }
  assert (biased : forall j, sum d (fun r => (delta 0 r + delta (at_ j) r) ^ 2) = 2 + 2 * delta (at_ j) 0).
  { intros j.
    rewrite (sum_ext d _ (fun r => delta 0 r * (delta 0 r + 2 * delta (at_ j) r) + delta (at_ j) r * delta (at_ j) r))
      by (intros; ring).
    rewrite sum_plus, (sum_delta d 0 (fun r => delta 0 r + 2 * delta (at_ j) r)) by lia.
    rewrite (sum_delta d (at_ j) (delta (at_ j))) by apply below. rewrite !delta_same. ring. }
  split.
  - intros j _. rewrite plain, biased. unfold delta. destruct (Nat.eqb (at_ j) 0); lra.
  - intros alpha beta. apply some_weight_moves; [exact two|].
    assert (dot : forall j, sum d (fun r => delta (at_ j) r * delta 0 r) = delta 0 (at_ j))
      by (intros; apply (sum_delta d (at_ j) (delta 0)), below).
    assert (dot' : forall j, sum d (fun r => (delta 0 r + delta (at_ j) r) * delta 0 r) = 1 + delta 0 (at_ j)).
    { intros j. rewrite (sum_ext d _ (fun r => delta 0 r * delta 0 r + delta (at_ j) r * delta 0 r)) by (intros; ring).
      rewrite sum_plus, dot, (sum_delta d 0 (delta 0)), delta_same by lia. reflexivity. }
    rewrite !plain, !biased, !dot, !dot'. unfold delta. simpl. rewrite sqrt_1.
    replace (2 + 2 * 1) with (2 ^ 2) by ring. rewrite sqrt_pow2 by lra. replace (2 + 2 * 0) with 2 by ring.
    pose proof (sqrt_lt_R0 2 ltac:(lra)) as root. pose proof (Rinv_0_lt_compat _ root). unfold Rdiv. lra.
Qed.

Theorem one_bias_inside_tanh_holds : one_bias_inside_tanh.
Proof.
  unfold one_bias_inside_tanh. intros.
  rewrite (sum_ext d_k (fun f => (_ + _) * _) (fun f => W_h a f * c f + W_h a f * k j f)) by (intros; ring).
  rewrite (sum_ext d_q (fun r => (_ + _) * _) (fun r => W_s a r * c_q r + W_s a r * q r)) by (intros; ring).
  rewrite !sum_plus. ring.
Qed.

Theorem one_bias_alone_inside_tanh_holds : one_bias_alone_inside_tanh.
Proof.
  unfold one_bias_alone_inside_tanh. intros n_k some d_q _ d_k _ d_a _ q k W_s W_h c_q c x.
  assert (of_query : forall a, sum d_q (fun r => (c_q r + q r) * W_s a r)
    = sum d_q (fun r => W_s a r * c_q r) + sum d_q (fun r => W_s a r * q r)).
  { intros a. rewrite <- sum_plus. apply sum_ext. intros. ring. }
  assert (of_key : forall j a, sum d_k (fun f => (c f + k j f) * W_h a f)
    = sum d_k (fun f => W_h a f * c f) + sum d_k (fun f => W_h a f * k j f)).
  { intros j a. rewrite <- sum_plus. apply sum_ext. intros. ring. }
  split; split.
  - intros same a A. pose proof (same 0%nat ltac:(lia) a A) as first. rewrite of_query in first. lra.
  - intros same j _ a A. rewrite of_query, (same a A). ring.
  - intros same a A. pose proof (same 0%nat ltac:(lia) a A) as first. rewrite of_key in first. lra.
  - intros same j _ a A. rewrite of_key, (same a A). ring.
Qed.
