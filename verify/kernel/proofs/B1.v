(* B1: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums softmax tanh tanh_weights rounding rounded_softmax formats.
From Attnproof.theory Require Import ordered_sums absorbing.
From Attnproof.statements Require Import B1.
Open Scope R_scope.

Theorem unchanged_holds : unchanged.
Proof.
  intros n some e b i below. pose proof (weight_shift n e b i some) as same. unfold weight in same. rewrite <- same.
  rewrite (Rplus_comm b). f_equal. apply sum_ext. intros. now rewrite Rplus_comm.
Qed.

Lemma same_exp (x y : R) : x <> y -> exp x <> exp y.
Proof. intros other same. now apply other, exp_inv. Qed.

Theorem before_softcap_holds : before_softcap.
Proof.
  intros n two kappa b [above some].
  destruct (shift_changes n kappa (/ kappa) b two) as [e [i [below other]]];
    [lra | apply Rinv_neq_0_compat; lra | exact some |].
  exists e, i. split; [exact below|]. intros same. apply other.
  rewrite (weight_ext n (fun l => kappa * tanh (/ kappa * (b + e l))) (fun l => kappa * tanh ((b + e l) / kappa)) i below),
    (weight_ext n (fun l => kappa * tanh (/ kappa * e l)) (fun l => kappa * tanh (e l / kappa)) i below);
    [exact same | intros; unfold Rdiv; now rewrite (Rmult_comm (/ kappa))..].
Qed.

Theorem with_sink_holds : with_sink.
Proof.
  intros n some e c b i below [above other] same.
  pose proof (total_pos n e some) as total. pose proof (exp_pos b) as factor. pose proof (exp_pos (e i)) as own.
  rewrite (sum_ext n _ (fun l => exp b * exp (e l))), sum_scal_l, exp_plus in same by (intros; apply exp_plus).
  set (s := sum n (fun l => exp (e l))) in *.
  assert (big : 0 < c + exp b * s) by (pose proof (Rmult_lt_0_compat _ _ factor total); lra).
  apply (same_exp b 0 other). rewrite exp_0.
  apply (f_equal (fun x => x * ((c + exp b * s) * (c + s)) / (exp (e i) * c))) in same.
  replace (exp b * exp (e i) / (c + exp b * s) * ((c + exp b * s) * (c + s)) / (exp (e i) * c))
    with (exp b * (c + s) / c) in same by (field; repeat split; lra).
  replace (exp (e i) / (c + s) * ((c + exp b * s) * (c + s)) / (exp (e i) * c))
    with ((c + exp b * s) / c) in same by (field; repeat split; lra).
  apply (f_equal (fun x => x * c)) in same.
  replace (exp b * (c + s) / c * c) with (exp b * (c + s)) in same by (field; lra).
  replace ((c + exp b * s) / c * c) with (c + exp b * s) in same by (field; lra).
  apply (Rmult_eq_reg_r c); lra.
Qed.

Theorem with_sigmoid_holds : with_sigmoid.
Proof.
  intros x b other same. unfold sigmoid in same.
  pose proof (exp_pos (- (b + x))). pose proof (exp_pos (- x)).
  apply (f_equal Rinv) in same. rewrite !Rinv_inv in same. apply (same_exp (- (b + x)) (- x)); lra.
Qed.

(* The quotient takes one rounding or two. *)
Lemma divided_near (p e : nat) (x z y : R) :
  (1 <= p)%nat -> (1 <= e)%nat -> 0 < x -> 0 < z ->
  ((x / z = 0 \/ 2 / 2 ^ e <= Rabs (x / z)) /\ y = rounded p e (x / z)) \/
  ((/ z = 0 \/ 2 / 2 ^ e <= / Rabs z) /\
   (rounded p e (/ z) * x = 0 \/ 2 / 2 ^ e <= Rabs (rounded p e (/ z) * x)) /\
   y = rounded p e (rounded p e (/ z) * x)) ->
  0 < y /\ near ((/ (1 - / 2 ^ p)) ^ 2) y (x / z).
Proof.
  intros bits exponents xp zp how. pose proof (roundoff_range p bits) as range. set (u := / 2 ^ p) in *.
  pose proof (inverse_ge_1 u ltac:(lra) ltac:(lra)) as one. set (F := / (1 - u)) in *.
  assert (quotient : 0 < x / z) by now apply Rdiv_lt_0_compat.
  assert (turned : forall v, v = 0 \/ 2 / 2 ^ e <= Rabs v -> near F (off p e v + 1) 1 /\ 0 < off p e v + 1).
  { intros v normal. pose proof (off_normal p e bits exponents v normal) as small. fold u in small.
    split; [apply near_one; lra|]. apply Rabs_le_between in small. lra. }
  assert (twice : forall v q d, near F v q -> 0 < v -> near F d 1 -> 0 < d -> 0 < q -> near (F * F) (v * d) q).
  { intros v q d one_v vp one_d dp qp. rewrite <- (Rmult_1_r q). apply near_mult; lra || assumption. }
  destruct how as [[normal ->]|[first [second ->]]].
  - rewrite rounded_off. destruct (turned _ normal) as [by_one above]. split; [now apply Rmult_lt_0_compat|].
    replace (F ^ 2) with (F * F) by ring. apply twice; try assumption. apply near_same; lra.
  - rewrite rounded_off. destruct (turned _ second) as [by_two above]. rewrite (rounded_off p e (/ z)) in *.
    assert (first' : / z = 0 \/ 2 / 2 ^ e <= Rabs (/ z)).
    { destruct first as [zero|normal]; [now left | right]. now rewrite Rabs_inv. }
    destruct (turned _ first') as [by_one up]. pose proof (Rinv_0_lt_compat z zp) as zi.
    assert (inner : 0 < / z * (off p e (/ z) + 1) * x) by (repeat apply Rmult_lt_0_compat; assumption).
    split; [now apply Rmult_lt_0_compat|]. replace (F ^ 2) with (F * F) by ring. apply twice; try assumption.
    destruct by_one as [a1 a2]. unfold Rdiv. split; nra.
Qed.

Lemma shares_of_exact (n : nat) (p e : nat -> R) (c D : R) (i : nat) :
  (i < n)%nat -> (forall j, (j < n)%nat -> 0 < p j /\ near (exp D) (p j) (exp (e j + c))) ->
  near (exp (2 * D)) (p i / sum n p) (exp (e i) / sum n (fun l => exp (e l)))
  /\ Rabs (p i / sum n p - exp (e i) / sum n (fun l => exp (e l))) <= tanh (D / 2).
Proof.
  intros below each. rewrite <- (shifted_share n e c i ltac:(lia)).
  assert (Pp : 0 < sum n p) by (apply sum_pos; [lia | intros; now apply each]).
  assert (Ep : 0 < sum n (fun l => exp (e l + c))) by (apply sum_pos; [lia | intros; apply exp_pos]).
  assert (sums : near (exp D) (sum n p) (sum n (fun l => exp (e l + c)))).
  { apply near_sum. intros. now apply each. }
  pose proof (Rinv_0_lt_compat _ Pp). pose proof (Rinv_0_lt_compat _ Ep). pose proof (exp_pos (e i + c)).
  destruct (each i below) as [pp mine]. split.
  - replace (2 * D) with (D + D) by ring. rewrite exp_plus. unfold Rdiv.
    apply near_mult; try lra; [exact mine | now apply near_inverse].
  - replace (tanh (D / 2)) with ((exp D - 1) / (exp D + 1)).
    + apply (shares_near n (exp D) p (fun l => exp (e l + c))); try (intros; now apply each); auto.
      * destruct mine as [a b]. pose proof (exp_pos D).
        destruct (Rle_dec 1 (exp D)) as [yes|no]; [exact yes|].
        assert (exp D * exp (e i + c) < exp (e i + c)) by nra. assert (exp D * p i < p i) by nra. lra.
      * intros. apply exp_pos.
    + rewrite tanh_exp. replace (2 * (D / 2)) with D by field. pose proof (exp_pos D). field. lra.
Qed.

(* The computed weights, beside the shares of the computed exponentials and beside the exact ones. *)
Lemma computed_weights (p e n m : nat) (x w : nat -> R) (S : nat -> nat -> R) (beta : nat -> R) (b most h D : R) :
  (2 <= p)%nat -> (1 <= e)%nat -> (1 <= n)%nat -> (m < n)%nat ->
  rounded p e b = b -> (forall j, (j < n)%nat -> rounded p e (x j) = x j) ->
  (forall j, (j < n)%nat -> Rabs (x j) <= most) -> 0 <= h -> h < 1 ->
  D = - ln (1 - h) + 2 * most / 2 ^ p + (1 + 2 / 2 ^ p) * (most + Rabs b) / 2 ^ p ->
  let t := fun j => rounded p e (b + x j) in
  let s := fun j => rounded p e (t j - t m) in
  (forall j, (j < n)%nat -> rounded p e (w j) = w j) ->
  (forall j, (j < n)%nat -> Rabs (exp (s j) - w j) <= h * exp (s j)) -> in_order (rounded p e) n S w ->
  (forall j, (j < n)%nat ->
    ((w j / S 0%nat n = 0 \/ 2 / 2 ^ e <= Rabs (w j / S 0%nat n)) /\ beta j = rounded p e (w j / S 0%nat n)) \/
    ((/ S 0%nat n = 0 \/ 2 / 2 ^ e <= / Rabs (S 0%nat n)) /\
     (rounded p e (/ S 0%nat n) * w j = 0 \/ 2 / 2 ^ e <= Rabs (rounded p e (/ S 0%nat n) * w j)) /\
     beta j = rounded p e (rounded p e (/ S 0%nat n) * w j))) ->
  (forall j, (j < n)%nat -> 0 < w j /\ near (exp D) (w j) (exp (x j + (b - t m)))) /\
  (forall i, (i < n)%nat -> 0 < beta i /\ near ((/ (1 - / 2 ^ p)) ^ (n + 1)) (beta i) (w i / sum n w)).
Proof.
  intros bits exponents some mn bn xn sizes hp h1 isD t s wn raised order divided.
  pose proof (roundoff_range p ltac:(lia)) as range. set (u := / 2 ^ p) in *.
  assert (tn : forall j, rounded p e (t j) = t j) by (intros; apply rounded_number; lia).
  assert (each : forall j, (j < n)%nat -> 0 < w j /\ near (exp D) (w j) (exp (x j + (b - t m)))).
  { intros j less. set (raise := fun j => w j / exp (s j) - 1).
    pose proof (exponential_near n m x (fun j => off p e (b + x j)) (fun j => off p e (t j - t m)) raise
      b most u h D mn) as near. cbv beta in near.
    assert (logit : forall l, (b + x l) * (off p e (b + x l) + 1) = t l) by (intros; symmetry; apply rounded_off).
    specialize (near ltac:(rewrite isD; unfold u; field; apply pow_nonzero; lra) hp h1 sizes).
    assert (small : forall l, (l < n)%nat -> Rabs (raise l) <= h).
    { intros l below. unfold raise. pose proof (exp_pos (s l)) as above.
      replace (w l / exp (s l) - 1) with (- ((exp (s l) - w l) / exp (s l))) by (field; lra).
      rewrite Rabs_Ropp. unfold Rdiv. rewrite Rabs_mult, (Rabs_pos_eq (/ _)) by (apply Rlt_le, Rinv_0_lt_compat; lra).
      apply (Rmult_le_reg_r (exp (s l))); [lra|]. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. now apply raised. }
    specialize (near small). specialize (near ltac:(intros; apply off_sum; [lia | lia | exact bn | now apply xn])).
    specialize (near ltac:(intros; apply off_difference; [lia | lia | apply tn | apply tn]) j less).
    rewrite !logit in near. replace ((off p e (t j - t m) + 1) * (t j - t m)) with (s j) in near
      by (unfold s; rewrite rounded_off; ring).
    replace ((raise j + 1) * exp (s j)) with (w j) in near
      by (unfold raise; pose proof (exp_pos (s j)); field; lra). exact near. }
  split; [exact each|]. intros i below.
  assert (positive : forall j, (j < n)%nat -> 0 < w j) by (intros; now apply each).
  destruct (ordered_near p e ltac:(lia) exponents n S w order wn positive 0 n ltac:(lia) (le_n n)) as [Sp sums].
  rewrite part_all in sums. fold u in sums. destruct (each i below) as [wp _].
  destruct (divided_near p e (w i) (S 0%nat n) (beta i) ltac:(lia) exponents wp Sp (divided i below)) as [bp nearby].
  fold u in nearby. split; [exact bp|]. set (F := / (1 - u)) in *.
  assert (Pp : 0 < sum n w) by (apply sum_pos; assumption).
  pose proof (inverse_ge_1 u ltac:(lra) ltac:(lra)) as one. fold F in one.
  pose proof (near_inverse _ _ _ Sp Pp sums) as inverse. pose proof (Rinv_0_lt_compat _ Sp) as Si.
  pose proof (Rinv_0_lt_compat _ Pp) as Pi. replace (n + 1)%nat with (2 + (n - 0 - 1))%nat by lia. rewrite pow_add.
  assert (quotient : 0 < w i / S 0%nat n) by now apply Rdiv_lt_0_compat.
  assert (share : near (F ^ (n - 0 - 1)) (w i / S 0%nat n) (w i / sum n w)).
  { unfold Rdiv. rewrite <- (Rmult_1_l (F ^ _)). apply near_mult; try lra; [apply near_same; lra | exact inverse]. }
  destruct nearby as [a1 a2]. destruct share as [c1 c2]. pose proof (pow_R1_Rle F 2 one).
  pose proof (pow_R1_Rle F (n - 0 - 1) one). split.
  - apply Rle_trans with (1 := a1). rewrite Rmult_assoc. apply Rmult_le_compat_l; lra.
  - apply Rle_trans with (1 := c2). rewrite (Rmult_comm (F ^ 2)), Rmult_assoc. apply Rmult_le_compat_l; lra.
Qed.

Theorem rounded_log_ratio_holds : rounded_log_ratio.
Proof.
  intros p bits e exponents n some m mn x w S beta b most h D [bn [xn [sizes [hp [h1 isD]]]]] t top s.
  intros [wn [raised [order divided]]] alpha i below.
  destruct (computed_weights p e n m x w S beta b most h D bits exponents some mn bn xn sizes hp h1 isD wn raised order
    divided) as [each weights].
  destruct (weights i below) as [bp nearby]. destruct (shares_of_exact n w x (b - t m) D i below each) as [shares _].
  pose proof (roundoff_range p ltac:(lia)) as range. set (u := / 2 ^ p) in *.
  assert (ap : 0 < alpha i) by (apply Rdiv_lt_0_compat; [apply exp_pos | now apply total_pos]).
  pose proof (inverse_ge_1 u ltac:(lra) ltac:(lra)) as one. pose proof (pow_R1_Rle _ (n + 1) one) as grown.
  split; [exact bp|].
  replace (2 * D - INR (n + 1) * ln (1 - u)) with (ln ((/ (1 - u)) ^ (n + 1) * exp (2 * D))).
  - apply log_ratio; [exact bp | exact ap | apply Rmult_lt_0_compat; [lra | apply exp_pos] |].
    destruct nearby as [a1 a2]. destruct shares as [c1 c2]. pose proof (exp_pos (2 * D)). fold (alpha i) in c1, c2.
    split.
    + apply Rle_trans with (1 := a1). rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra | exact c1].
    + apply Rle_trans with (1 := c2). rewrite (Rmult_comm _ (exp _)), Rmult_assoc.
      apply Rmult_le_compat_l; [lra | exact a2].
  - rewrite ln_mult, ln_exp by (try apply exp_pos; lra).
    rewrite ln_pow by (apply Rinv_0_lt_compat; lra). rewrite ln_Rinv by lra. ring.
Qed.

Theorem rounded_weight_holds : rounded_weight.
Proof.
  intros p bits e exponents n some m mn x w S beta b most h D [bn [xn [sizes [hp [h1 isD]]]]] t top s.
  intros [wn [raised [order divided]]] alpha i below.
  destruct (computed_weights p e n m x w S beta b most h D bits exponents some mn bn xn sizes hp h1 isD wn raised order
    divided) as [each weights].
  destruct (weights i below) as [bp nearby]. destruct (shares_of_exact n w x (b - t m) D i below each) as [_ moved].
  pose proof (roundoff_range p ltac:(lia)) as range. set (u := / 2 ^ p) in *.
  pose proof (inverse_ge_1 u ltac:(lra) ltac:(lra)) as one. pose proof (pow_R1_Rle _ (n + 1) one) as grown.
  assert (positive : forall j, (j < n)%nat -> 0 < w j) by (intros; now apply each).
  assert (Pp : 0 < sum n w) by now apply sum_pos.
  assert (share : 0 <= w i / sum n w <= 1).
  { split; [apply Rdiv_le_0_compat; [apply Rlt_le; now apply positive | exact Pp]|].
    apply (Rle_div_l (w i) 1 (sum n w)); [exact Pp|]. rewrite Rmult_1_l.
    apply sum_single_le; [|exact below]. intros. apply Rlt_le. now apply positive. }
  pose proof (share_rounded _ _ _ grown (Rlt_le _ _ bp) share nearby) as close.
  rewrite pow_inv in close. apply Rabs_le_between in close. apply Rabs_le_between in moved.
  change (exp (x i) / sum n (fun l => exp (x l))) with (alpha i) in moved. apply Rabs_le. lra.
Qed.

Theorem same_bits_holds : same_bits.
Proof.
  intros p bits e exponents n some m mn x b W alike exact t s r. apply alike. intros j less. unfold s, t, r.
  rewrite !exact by assumption. f_equal. ring.
Qed.

Theorem exact_sums_holds : exact_sums.
Proof.
  intros p bits e exponents g i1 i2 j1 j2 c x b [power [least [-> [-> most]]]].
  now apply (multiples_exact p e bits exponents c g).
Qed.

Theorem absorbed_holds : absorbed.
Proof.
  intros p bits e exponents n some m mn x b f z i I k K [number [small _]] t s.
  assert (taken : forall j, (j < n)%nat -> t j = b).
  { intros j less. exact (absorbed_any p e bits exponents b (x j) number (small j less)). }
  split; [now apply taken|]. unfold s. now rewrite (taken i I), (taken k K).
Qed.

Theorem ties_holds : ties.
Proof.
  intros p bits e exponents k b [power least].
  destruct (tie_down_and_up p e bits exponents b k power least) as [above [one [two [three [down up]]]]].
  repeat split; try assumption. rewrite down, up, Rabs_pos_eq by lra.
  pose proof (pow_lt 2 p ltac:(lra)). field. repeat split; try lra; nra.
Qed.
