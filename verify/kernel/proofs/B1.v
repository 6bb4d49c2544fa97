(* B1: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums softmax tanh tanh_weights rounding rounded_softmax.
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

(* The computed weight: near the share of the computed exponentials, which are near the exact ones. *)
Lemma computed_weight (n q : nat) (p T d inv div : nat -> R) (u : R) (i : nat) :
  (q + 1 = n)%nat -> 0 <= u -> u < 1 -> (forall j, (j < n)%nat -> 0 < p j) ->
  (forall j, (j < n)%nat -> Rabs (d j) <= u) -> (forall j, (j < n)%nat -> Rabs (inv j) <= u) ->
  (forall j, (j < n)%nat -> Rabs (div j) <= u) -> T 0%nat = p 0%nat ->
  (forall k, (k < n)%nat -> (k + 1 <= q)%nat -> T (k + 1)%nat = (T k + p (k + 1)%nat) * (d (k + 1)%nat + 1)) ->
  (i < n)%nat ->
  0 < (div i + 1) * (inv i + 1) * p i / T q
  /\ near ((/ (1 - u)) ^ (n + 1)) ((div i + 1) * (inv i + 1) * p i / T q) (p i / sum n p).
Proof.
  intros <- up less pp ds invs divs first next below.
  destruct (near_summed q u T p d up less (fun j l => pp j ltac:(lia)) (fun j l => ds j ltac:(lia)) first
    (fun k l => next k ltac:(lia) l) q (le_n q)) as [Tp sums].
  assert (Pp : 0 < sum (q + 1) p) by (apply sum_pos; [lia | exact pp]).
  pose proof (near_one u _ up less (divs i below)) as one. pose proof (near_one u _ up less (invs i below)) as two.
  pose proof (pp i below). pose proof (divs i below) as x. pose proof (invs i below) as y.
  apply Rabs_le_between in x. apply Rabs_le_between in y.
  pose proof (inverse_ge_1 u up less). pose proof (Rinv_0_lt_compat _ Tp). pose proof (Rinv_0_lt_compat _ Pp).
  assert (0 < (div i + 1) * (inv i + 1)) by (apply Rmult_lt_0_compat; lra). split.
  - apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat|]; assumption.
  - replace ((/ (1 - u)) ^ (q + 1 + 1)) with (/ (1 - u) * / (1 - u) * 1 * (/ (1 - u)) ^ q)
      by (rewrite !pow_add; ring).
    unfold Rdiv at 1. replace (p i / sum (q + 1) p) with (1 * 1 * p i * / sum (q + 1) p) by (unfold Rdiv; ring).
    apply near_mult; try nra; [|now apply near_inverse].
    apply near_mult; try nra; [|apply near_same; lra]. apply near_mult; try nra; assumption.
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

Theorem rounded_log_ratio_holds : rounded_log_ratio.
Proof.
  intros n some m mn q qn e T add reduce raise d inv div b most u h D.
  intros [last [isD [up [u1 [hp [h1 [es [rs [as_ [ts [ds [ivs dvs]]]]]]]]]]]] t top s p [first next] beta alpha i below.
  pose proof (exponential_near n m e add reduce raise b most u h D mn isD hp h1 es rs as_ ts) as each.
  destruct (computed_weight n q p T d inv div u i last up u1) as [bp nearby]; auto.
  { intros j less. now apply each. }
  destruct (shares_of_exact n p e (b - t m) D i below each) as [shares _].
  assert (pos : 0 < p i / sum n p).
  { apply Rdiv_lt_0_compat; [now apply each|]. apply sum_pos; [exact some|]. intros. now apply each. }
  assert (ap : 0 < alpha i) by (apply Rdiv_lt_0_compat; [apply exp_pos | now apply total_pos]).
  pose proof (inverse_ge_1 u up u1) as one. pose proof (pow_R1_Rle _ (n + 1) one) as grown.
  split; [exact bp|].
  replace (2 * D - INR (n + 1) * ln (1 - u)) with (ln ((/ (1 - u)) ^ (n + 1) * exp (2 * D))).
  - apply log_ratio; [exact bp | exact ap | apply Rmult_lt_0_compat; [lra | apply exp_pos] |].
    destruct nearby as [x y]. destruct shares as [v w]. pose proof (exp_pos (2 * D)). fold (alpha i) in v, w.
    change (near ((/ (1 - u)) ^ (n + 1) * exp (2 * D)) (beta i) (alpha i)).
    split.
    + apply Rle_trans with (1 := x). rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra | exact v].
    + apply Rle_trans with (1 := w). rewrite (Rmult_comm _ (exp _)), Rmult_assoc.
      apply Rmult_le_compat_l; [lra | exact y].
  - rewrite ln_mult, ln_exp by (try apply exp_pos; lra).
    rewrite ln_pow by (apply Rinv_0_lt_compat; lra). rewrite ln_Rinv by lra. ring.
Qed.

Theorem rounded_weight_holds : rounded_weight.
Proof.
  intros n some m mn q qn e T add reduce raise d inv div b most u h D.
  intros [last [isD [up [u1 [hp [h1 [es [rs [as_ [ts [ds [ivs dvs]]]]]]]]]]]] t top s p [first next] beta alpha i below.
  pose proof (exponential_near n m e add reduce raise b most u h D mn isD hp h1 es rs as_ ts) as each.
  destruct (computed_weight n q p T d inv div u i last up u1) as [bp nearby]; auto.
  { intros j less. now apply each. }
  destruct (shares_of_exact n p e (b - t m) D i below each) as [_ moved].
  pose proof (inverse_ge_1 u up u1) as one. pose proof (pow_R1_Rle _ (n + 1) one) as grown.
  assert (Pp : 0 < sum n p) by (apply sum_pos; [exact some | intros; now apply each]).
  assert (share : 0 <= p i / sum n p <= 1).
  { split; [apply Rdiv_le_0_compat; [apply Rlt_le; now apply each | exact Pp]|].
    apply (Rle_div_l (p i) 1 (sum n p)); [exact Pp|]. rewrite Rmult_1_l.
    apply sum_single_le; [|exact below]. intros. apply Rlt_le. now apply each. }
  pose proof (share_rounded _ _ _ grown (Rlt_le _ _ bp) share nearby) as rounded.
  change (Rabs (beta i - p i / sum n p) <= (/ (1 - u)) ^ (n + 1) - 1) in rounded.
  fold (alpha i) in moved. rewrite pow_inv in rounded.
  apply Rabs_le_between in rounded. apply Rabs_le_between in moved. fold (alpha i) in moved.
  change (exp (e i) / sum n (fun l => exp (e l))) with (alpha i) in moved. apply Rabs_le. lra.
Qed.
