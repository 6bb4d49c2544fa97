(* B1: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Attnproof.theory Require Import prelude sums softmax tanh_weights.
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
