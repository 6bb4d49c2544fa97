(* B1: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Attnproof.theory Require Import prelude sums softmax tanh.
From Attnproof.statements Require Import B1.
Open Scope R_scope.

Theorem unchanged_holds : unchanged.
Proof.
  intros n some e b i below. pose proof (weight_shift n e b i some) as same. unfold weight in same. rewrite <- same.
  rewrite (Rplus_comm b). f_equal. apply sum_ext. intros. now rewrite Rplus_comm.
Qed.

Lemma same_exp (x y : R) : x <> y -> exp x <> exp y.
Proof. intros other same. now apply other, exp_inv. Qed.

(* Scores 0 and b of the first two keys *)
Theorem before_softcap_holds : before_softcap.
Proof.
  intros n two kappa b [above some].
  set (e := fun l => delta 1 l * b).
  set (before := fun l => kappa * tanh (e l / kappa)). set (after := fun l => kappa * tanh ((b + e l) / kappa)).
  exists e. change (exists i, (i < n)%nat /\ (weight n after i <> weight n before i)).
  destruct (Req_dec (weight n after 0%nat) (weight n before 0%nat)) as [zero|]; [|exists 0%nat; split; [lia | assumption]].
  destruct (Req_dec (weight n after 1%nat) (weight n before 1%nat)) as [one|]; [|exists 1%nat; split; [lia | assumption]].
  exfalso.
  pose proof (weight_ratio n after 1 0 ltac:(lia)) as left. pose proof (weight_ratio n before 1 0 ltac:(lia)) as right.
  rewrite zero, one, right in left. pose proof (weight_pos n before 0 ltac:(lia)) as positive.
  apply Rmult_eq_reg_r in left; [|lra]. apply exp_inv in left.
  unfold before, after, e, delta in left. simpl in left.
  replace ((b + 1 * b) / kappa) with (b / kappa + b / kappa) in left by (field; lra).
  replace ((b + 0 * b) / kappa) with (b / kappa) in left by (field; lra).
  replace (1 * b / kappa) with (b / kappa) in left by (field; lra).
  replace (0 * b / kappa) with 0 in left by (field; lra).
  rewrite tanh_zero, tanh_plus in left. pose proof (tanh_abs_lt_1 (b / kappa)) as less. apply Rabs_def2 in less.
  assert (nonzero : tanh (b / kappa) <> 0).
  { intros nought. rewrite <- tanh_zero in nought. apply tanh_injective in nought. apply some.
    replace b with (b / kappa * kappa) by (field; lra). rewrite nought. ring. }
  set (f := tanh (b / kappa)) in *.
  assert (eq2 : 2 * f = (f + f) / (1 + f * f)) by (apply (Rmult_eq_reg_l kappa); lra).
  assert (big : 1 + f * f <> 0) by nra.
  apply (f_equal (fun x => x * (1 + f * f))) in eq2.
  replace ((f + f) / (1 + f * f) * (1 + f * f)) with (f + f) in eq2 by (field; exact big).
  assert (f * f * f = 0) by lra. apply nonzero. destruct (Rmult_integral _ _ H) as [H1|H1]; [|exact H1].
  destruct (Rmult_integral _ _ H1); assumption.
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
