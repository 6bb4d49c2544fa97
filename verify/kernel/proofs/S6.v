(* S6: the proofs of its propositions. Gradients are found by the same rules, from the outside to the inputs; they are
   moved equation by equation. *)
From Coq Require Import Reals Arith Lra Lia.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums softmax tanh derivatives rules layer pairings scores second_order.
From Attnproof.statements Require Import S6.
Open Scope R_scope.

Local Opaque sum exp tanh sech sqrt INR.

(* A pre-activation: sums of products, and a bias or none. *)
Ltac affine :=
  intros; lazymatch goal with
  | |- is_derive (fun h => h * _ + _) _ _ => apply slope_moved
  | |- is_derive (fun h => sum _ _) _ _ => apply slope_dot
  | |- is_derive (fun h => _ + _) _ _ => apply slope_plus; affine
  end.

Ltac score :=
  intros; lazymatch goal with
  | |- is_derive (fun h => _ / _) _ _ => apply slope_over, slope_dot
  | |- is_derive (fun h => sum _ (fun f => sum _ _)) _ _ => apply slope_bilinear
  | |- is_derive (fun h => sum _ (fun a => tanh _ * _)) _ _ => apply slope_hidden; [affine | zero]
  | |- is_derive (fun h => sum _ _) _ _ => apply slope_dot
  end.

Ltac capped :=
  intros; lazymatch goal with
  | |- is_derive (fun h => _ * tanh _) _ _ => apply slope_softcap; [assumption | score | zero]
  | |- _ => score
  end.

Ltac biased :=
  intros; lazymatch goal with
  | |- is_derive (fun h => _ + _) _ _ => apply slope_plus; [apply slope_moved | capped]
  | |- _ => capped
  end.

Ltac alone :=
  cbv zeta beta; intros; eapply is_derive_value;
  [apply slope_sum; intros; apply slope_sum; intros; apply slope_scaled; score | cbv beta].

(* What is supposed of masks, and of a soft-cap where there is one. *)
Ltac given :=
  intros; repeat match goal with both : _ /\ _ |- _ => destruct both end;
  try match goal with above : 0 < ?cap |- _ => assert (cap <> 0) by lra end.

Ltac whole :=
  cbv zeta beta; given; eapply is_derive_value;
  [apply slope_layer; [intros; apply kept_total; auto | biased | zero] | cbv beta].

(* What reaches the units of the additive score, and those of the concatenated one, goes on to their inputs. *)
Ltac additive_pairs n_q n_k d_a d_q d_k W_s W_s_dot W_h W_h_dot q q_dot k k_dot :=
  rewrite pair_hidden, ?split_units, (pair_weight_key n_q n_k d_a d_k _ W_h_dot k),
    (pair_key n_q n_k d_a d_k _ W_h k_dot), (pair_weight_query n_q n_k d_a d_q _ W_s_dot q),
    (pair_query n_q n_k d_a d_q _ W_s q_dot).

Ltac concat_pairs n_q n_k d_a d_q d_k W W_dot q q_dot k k_dot :=
  additive_pairs n_q n_k d_a d_q d_k W W_dot (fun a f => W a (d_q + f)%nat) (fun a f => W_dot a (d_q + f)%nat)
    q q_dot k k_dot.

(* The terms are those of the statement, in another order. *)
Ltac same := unfold into_logits, into_values; ring.

Theorem dot_score_holds : dot_score.
Proof. unfold dot_score. alone. rewrite pair_dot. same. Qed.

Theorem scaled_dot_score_holds : scaled_dot_score.
Proof. unfold scaled_dot_score. alone. rewrite pair_scaled_dot. same. Qed.

Theorem bilinear_score_holds : bilinear_score.
Proof. unfold bilinear_score. alone. rewrite pair_bilinear. same. Qed.

Theorem additive_score_holds : additive_score.
Proof. unfold additive_score. alone. additive_pairs n_q n_k d_a d_q d_k W_s W_s_dot W_h W_h_dot q q_dot k k_dot. same.
  Qed.

Theorem concat_score_holds : concat_score.
Proof. unfold concat_score. alone. concat_pairs n_q n_k d_a d_q d_k W W_dot q q_dot k k_dot. same. Qed.

Theorem additive_with_bias_score_holds : additive_with_bias_score.
Proof. unfold additive_with_bias_score. alone. additive_pairs n_q n_k d_a d_q d_k W_s W_s_dot W_h W_h_dot q q_dot k
  k_dot. rewrite (pair_unit n_q n_k d_a _ b_dot). same. Qed.

Theorem dot_layer_holds : dot_layer.
Proof. unfold dot_layer. whole. rewrite pair_dot. same. Qed.

Theorem dot_with_softcap_layer_holds : dot_with_softcap_layer.
Proof. unfold dot_with_softcap_layer. whole. rewrite split_softcap, pair_dot. same. Qed.

Theorem dot_with_bias_layer_holds : dot_with_bias_layer.
Proof. unfold dot_with_bias_layer. whole. rewrite split_bias, pair_dot. same. Qed.

Theorem dot_with_softcap_with_bias_layer_holds : dot_with_softcap_with_bias_layer.
Proof. unfold dot_with_softcap_with_bias_layer. whole. rewrite split_bias, split_softcap, pair_dot. same. Qed.

Theorem scaled_dot_layer_holds : scaled_dot_layer.
Proof. unfold scaled_dot_layer. whole. rewrite pair_scaled_dot. same. Qed.

Theorem scaled_dot_with_softcap_layer_holds : scaled_dot_with_softcap_layer.
Proof. unfold scaled_dot_with_softcap_layer. whole. rewrite split_softcap, pair_scaled_dot. same. Qed.

Theorem scaled_dot_with_bias_layer_holds : scaled_dot_with_bias_layer.
Proof. unfold scaled_dot_with_bias_layer. whole. rewrite split_bias, pair_scaled_dot. same. Qed.

Theorem scaled_dot_with_softcap_with_bias_layer_holds : scaled_dot_with_softcap_with_bias_layer.
Proof. unfold scaled_dot_with_softcap_with_bias_layer. whole. rewrite split_bias, split_softcap, pair_scaled_dot. same.
  Qed.

Theorem bilinear_layer_holds : bilinear_layer.
Proof. unfold bilinear_layer. whole. rewrite pair_bilinear. same. Qed.

Theorem bilinear_with_softcap_layer_holds : bilinear_with_softcap_layer.
Proof. unfold bilinear_with_softcap_layer. whole. rewrite split_softcap, pair_bilinear. same. Qed.

Theorem bilinear_with_bias_layer_holds : bilinear_with_bias_layer.
Proof. unfold bilinear_with_bias_layer. whole. rewrite split_bias, pair_bilinear. same. Qed.

Theorem bilinear_with_softcap_with_bias_layer_holds : bilinear_with_softcap_with_bias_layer.
Proof. unfold bilinear_with_softcap_with_bias_layer. whole. rewrite split_bias, split_softcap, pair_bilinear. same. Qed.

Theorem additive_layer_holds : additive_layer.
Proof. unfold additive_layer. whole. additive_pairs n_q n_k d_a d_q d_k W_s W_s_dot W_h W_h_dot q q_dot k k_dot. same.
  Qed.

Theorem additive_with_bias_hidden_layer_holds : additive_with_bias_hidden_layer.
Proof. unfold additive_with_bias_hidden_layer. whole. additive_pairs n_q n_k d_a d_q d_k W_s W_s_dot W_h W_h_dot q q_dot
  k k_dot. rewrite (pair_unit n_q n_k d_a _ b_dot). same. Qed.

Theorem additive_with_softcap_layer_holds : additive_with_softcap_layer.
Proof. unfold additive_with_softcap_layer. whole. rewrite split_softcap. additive_pairs n_q n_k d_a d_q d_k W_s W_s_dot
  W_h W_h_dot q q_dot k k_dot. same. Qed.

Theorem additive_with_bias_layer_holds : additive_with_bias_layer.
Proof. unfold additive_with_bias_layer. whole. rewrite split_bias. additive_pairs n_q n_k d_a d_q d_k W_s W_s_dot W_h
  W_h_dot q q_dot k k_dot. same. Qed.

Theorem additive_with_bias_hidden_with_softcap_layer_holds : additive_with_bias_hidden_with_softcap_layer.
Proof. unfold additive_with_bias_hidden_with_softcap_layer. whole. rewrite split_softcap. additive_pairs n_q n_k d_a d_q
  d_k W_s W_s_dot W_h W_h_dot q q_dot k k_dot. rewrite (pair_unit n_q n_k d_a _ b_dot). same. Qed.

Theorem additive_with_bias_hidden_with_bias_layer_holds : additive_with_bias_hidden_with_bias_layer.
Proof. unfold additive_with_bias_hidden_with_bias_layer. whole. rewrite split_bias. additive_pairs n_q n_k d_a d_q d_k
  W_s W_s_dot W_h W_h_dot q q_dot k k_dot. rewrite (pair_unit n_q n_k d_a _ b_dot). same. Qed.

Theorem additive_with_softcap_with_bias_layer_holds : additive_with_softcap_with_bias_layer.
Proof. unfold additive_with_softcap_with_bias_layer. whole. rewrite split_bias, split_softcap. additive_pairs n_q n_k
  d_a d_q d_k W_s W_s_dot W_h W_h_dot q q_dot k k_dot. same. Qed.

Theorem additive_with_bias_hidden_with_softcap_with_bias_layer_holds :
  additive_with_bias_hidden_with_softcap_with_bias_layer.
Proof. unfold additive_with_bias_hidden_with_softcap_with_bias_layer. whole. rewrite split_bias, split_softcap.
  additive_pairs n_q n_k d_a d_q d_k W_s W_s_dot W_h W_h_dot q q_dot k k_dot. rewrite (pair_unit n_q n_k d_a _ b_dot).
  same. Qed.

Theorem concat_layer_holds : concat_layer.
Proof. unfold concat_layer. whole. concat_pairs n_q n_k d_a d_q d_k W W_dot q q_dot k k_dot. same. Qed.

Theorem concat_with_softcap_layer_holds : concat_with_softcap_layer.
Proof. unfold concat_with_softcap_layer. whole. rewrite split_softcap. concat_pairs n_q n_k d_a d_q d_k W W_dot q q_dot
  k k_dot. same. Qed.

Theorem concat_with_bias_layer_holds : concat_with_bias_layer.
Proof. unfold concat_with_bias_layer. whole. rewrite split_bias. concat_pairs n_q n_k d_a d_q d_k W W_dot q q_dot k
  k_dot. same. Qed.

Theorem concat_with_softcap_with_bias_layer_holds : concat_with_softcap_with_bias_layer.
Proof. unfold concat_with_softcap_with_bias_layer. whole. rewrite split_bias, split_softcap. concat_pairs n_q n_k d_a
  d_q d_k W W_dot q q_dot k k_dot. same. Qed.

(* The gradients moved: from the scores through softmax and back to what reaches the scores. *)
Ltac through n u u_dot t t_dot alpha alpha_dot rho_2 alpha_bar alpha_bar_dot rho rho_dot t_bar t_bar_dot
    u_bar u_bar_dot e_bar e_bar_dot :=
  row n u u_dot; row n t t_dot; weights n alpha alpha_dot rho_2 t_dot; row n alpha_bar alpha_bar_dot;
  row n rho rho_dot; row n t_bar t_bar_dot; row n u_bar u_bar_dot; row n e_bar e_bar_dot.

Theorem dot_score_twice_holds : dot_score_twice.
Proof. cbv delta [dot_score_twice]. given. input q q_dot. input k k_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot.
  by_rules. Qed.

Theorem scaled_dot_score_twice_holds : scaled_dot_score_twice.
Proof. cbv delta [scaled_dot_score_twice]. given. input q q_dot. input k k_dot. gradient_row n_q q_bar_dot. gradient
  k_bar_dot. by_rules. Qed.

Theorem bilinear_score_twice_holds : bilinear_score_twice.
Proof. cbv delta [bilinear_score_twice]. given. input q q_dot. input k k_dot. input W W_dot. gradient_row n_q q_bar_dot.
  gradient k_bar_dot. gradient W_bar_dot. by_rules. Qed.

Theorem additive_score_twice_holds : additive_score_twice.
Proof. cbv delta [additive_score_twice]. given. input q q_dot. input k k_dot. input W_s W_s_dot. input W_h W_h_dot.
  input v v_dot. row n_q z z_dot. row n_q z_bar z_bar_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient
  W_s_bar_dot. gradient W_h_bar_dot. gradient v_bar_dot. by_rules. Qed.

Theorem concat_score_twice_holds : concat_score_twice.
Proof. cbv delta [concat_score_twice]. given. input q q_dot. input k k_dot. input W W_dot. input v v_dot. row n_q z
  z_dot. row n_q z_bar z_bar_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient W_bar_dot. gradient
  W_bar_dot_2. gradient v_bar_dot. by_rules. Qed.

Theorem additive_with_bias_score_twice_holds : additive_with_bias_score_twice.
Proof. cbv delta [additive_with_bias_score_twice]. given. input q q_dot. input k k_dot. input W_s W_s_dot. input W_h
  W_h_dot. input v v_dot. input b b_dot. row n_q z z_dot. row n_q z_bar z_bar_dot. gradient_row n_q q_bar_dot. gradient
  k_bar_dot. gradient W_s_bar_dot. gradient W_h_bar_dot. gradient v_bar_dot. gradient b_bar_dot. by_rules. Qed.

Theorem dot_layer_twice_holds : dot_layer_twice.
Proof. cbv delta [dot_layer_twice]. given. input q q_dot. input k k_dot. input V V_dot. row n_q e e_dot. through n_q u
  u_dot t t_dot alpha alpha_dot rho_2 alpha_bar alpha_bar_dot rho rho_dot t_bar t_bar_dot u_bar u_bar_dot e_bar
  e_bar_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient V_bar_dot. by_rules. Qed.

Theorem dot_with_softcap_layer_twice_holds : dot_with_softcap_layer_twice.
Proof. cbv delta [dot_with_softcap_layer_twice]. given. input q q_dot. input k k_dot. input kappa kappa_dot. input V
  V_dot. row n_q e e_dot. through n_q u u_dot t t_dot alpha alpha_dot rho_2 alpha_bar alpha_bar_dot rho rho_dot t_bar
  t_bar_dot u_bar u_bar_dot e_bar e_bar_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient kappa_bar_dot.
  gradient V_bar_dot. by_rules. Qed.

Theorem dot_with_bias_layer_twice_holds : dot_with_bias_layer_twice.
Proof. cbv delta [dot_with_bias_layer_twice]. given. input q q_dot. input k k_dot. input B B_dot. input V V_dot. row n_q
  e e_dot. through n_q u u_dot t t_dot alpha alpha_dot rho_2 alpha_bar alpha_bar_dot rho rho_dot t_bar t_bar_dot u_bar
  u_bar_dot e_bar e_bar_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient_row n_q B_bar_dot. gradient
  V_bar_dot. by_rules. Qed.

Theorem dot_with_softcap_with_bias_layer_twice_holds : dot_with_softcap_with_bias_layer_twice.
Proof. cbv delta [dot_with_softcap_with_bias_layer_twice]. given. input q q_dot. input k k_dot. input kappa kappa_dot.
  input B B_dot. input V V_dot. row n_q e e_dot. through n_q u u_dot t t_dot alpha alpha_dot rho_2 alpha_bar
  alpha_bar_dot rho rho_dot t_bar t_bar_dot u_bar u_bar_dot e_bar e_bar_dot. gradient_row n_q q_bar_dot. gradient
  k_bar_dot. gradient kappa_bar_dot. gradient_row n_q B_bar_dot. gradient V_bar_dot. by_rules. Qed.

Theorem scaled_dot_layer_twice_holds : scaled_dot_layer_twice.
Proof. cbv delta [scaled_dot_layer_twice]. given. input q q_dot. input k k_dot. input V V_dot. row n_q e e_dot. through
  n_q u u_dot t t_dot alpha alpha_dot rho_2 alpha_bar alpha_bar_dot rho rho_dot t_bar t_bar_dot u_bar u_bar_dot e_bar
  e_bar_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient V_bar_dot. by_rules. Qed.

Theorem scaled_dot_with_softcap_layer_twice_holds : scaled_dot_with_softcap_layer_twice.
Proof. cbv delta [scaled_dot_with_softcap_layer_twice]. given. input q q_dot. input k k_dot. input kappa kappa_dot.
  input V V_dot. row n_q e e_dot. through n_q u u_dot t t_dot alpha alpha_dot rho_2 alpha_bar alpha_bar_dot rho rho_dot
  t_bar t_bar_dot u_bar u_bar_dot e_bar e_bar_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient
  kappa_bar_dot. gradient V_bar_dot. by_rules. Qed.

Theorem scaled_dot_with_bias_layer_twice_holds : scaled_dot_with_bias_layer_twice.
Proof. cbv delta [scaled_dot_with_bias_layer_twice]. given. input q q_dot. input k k_dot. input B B_dot. input V V_dot.
  row n_q e e_dot. through n_q u u_dot t t_dot alpha alpha_dot rho_2 alpha_bar alpha_bar_dot rho rho_dot t_bar t_bar_dot
  u_bar u_bar_dot e_bar e_bar_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient_row n_q B_bar_dot. gradient
  V_bar_dot. by_rules. Qed.

Theorem scaled_dot_with_softcap_with_bias_layer_twice_holds : scaled_dot_with_softcap_with_bias_layer_twice.
Proof. cbv delta [scaled_dot_with_softcap_with_bias_layer_twice]. given. input q q_dot. input k k_dot. input kappa
  kappa_dot. input B B_dot. input V V_dot. row n_q e e_dot. through n_q u u_dot t t_dot alpha alpha_dot rho_2 alpha_bar
  alpha_bar_dot rho rho_dot t_bar t_bar_dot u_bar u_bar_dot e_bar e_bar_dot. gradient_row n_q q_bar_dot. gradient
  k_bar_dot. gradient kappa_bar_dot. gradient_row n_q B_bar_dot. gradient V_bar_dot. by_rules. Qed.

Theorem bilinear_layer_twice_holds : bilinear_layer_twice.
Proof. cbv delta [bilinear_layer_twice]. given. input q q_dot. input k k_dot. input W W_dot. input V V_dot. row n_q e
  e_dot. through n_q u u_dot t t_dot alpha alpha_dot rho_2 alpha_bar alpha_bar_dot rho rho_dot t_bar t_bar_dot u_bar
  u_bar_dot e_bar e_bar_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient W_bar_dot. gradient V_bar_dot.
  by_rules. Qed.

Theorem bilinear_with_softcap_layer_twice_holds : bilinear_with_softcap_layer_twice.
Proof. cbv delta [bilinear_with_softcap_layer_twice]. given. input q q_dot. input k k_dot. input W W_dot. input kappa
  kappa_dot. input V V_dot. row n_q e e_dot. through n_q u u_dot t t_dot alpha alpha_dot rho_2 alpha_bar alpha_bar_dot
  rho rho_dot t_bar t_bar_dot u_bar u_bar_dot e_bar e_bar_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient
  W_bar_dot. gradient kappa_bar_dot. gradient V_bar_dot. by_rules. Qed.

Theorem bilinear_with_bias_layer_twice_holds : bilinear_with_bias_layer_twice.
Proof. cbv delta [bilinear_with_bias_layer_twice]. given. input q q_dot. input k k_dot. input W W_dot. input B B_dot.
  input V V_dot. row n_q e e_dot. through n_q u u_dot t t_dot alpha alpha_dot rho_2 alpha_bar alpha_bar_dot rho rho_dot
  t_bar t_bar_dot u_bar u_bar_dot e_bar e_bar_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient W_bar_dot.
  gradient_row n_q B_bar_dot. gradient V_bar_dot. by_rules. Qed.

Theorem bilinear_with_softcap_with_bias_layer_twice_holds : bilinear_with_softcap_with_bias_layer_twice.
Proof. cbv delta [bilinear_with_softcap_with_bias_layer_twice]. given. input q q_dot. input k k_dot. input W W_dot.
  input kappa kappa_dot. input B B_dot. input V V_dot. row n_q e e_dot. through n_q u u_dot t t_dot alpha alpha_dot
  rho_2 alpha_bar alpha_bar_dot rho rho_dot t_bar t_bar_dot u_bar u_bar_dot e_bar e_bar_dot. gradient_row n_q q_bar_dot.
  gradient k_bar_dot. gradient W_bar_dot. gradient kappa_bar_dot. gradient_row n_q B_bar_dot. gradient V_bar_dot.
  by_rules. Qed.

Theorem additive_layer_twice_holds : additive_layer_twice.
Proof. cbv delta [additive_layer_twice]. given. input q q_dot. input k k_dot. input W_s W_s_dot. input W_h W_h_dot.
  input v v_dot. input V V_dot. row n_q z z_dot. row n_q e e_dot. through n_q u u_dot t t_dot alpha alpha_dot rho_2
  alpha_bar alpha_bar_dot rho rho_dot t_bar t_bar_dot u_bar u_bar_dot e_bar e_bar_dot. row n_q z_bar z_bar_dot.
  gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient W_s_bar_dot. gradient W_h_bar_dot. gradient v_bar_dot.
  gradient V_bar_dot. by_rules. Qed.

Theorem additive_with_bias_hidden_layer_twice_holds : additive_with_bias_hidden_layer_twice.
Proof. cbv delta [additive_with_bias_hidden_layer_twice]. given. input q q_dot. input k k_dot. input W_s W_s_dot. input
  W_h W_h_dot. input v v_dot. input b b_dot. input V V_dot. row n_q z z_dot. row n_q e e_dot. through n_q u u_dot t
  t_dot alpha alpha_dot rho_2 alpha_bar alpha_bar_dot rho rho_dot t_bar t_bar_dot u_bar u_bar_dot e_bar e_bar_dot. row
  n_q z_bar z_bar_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient W_s_bar_dot. gradient W_h_bar_dot.
  gradient v_bar_dot. gradient b_bar_dot. gradient V_bar_dot. by_rules. Qed.

Theorem additive_with_softcap_layer_twice_holds : additive_with_softcap_layer_twice.
Proof. cbv delta [additive_with_softcap_layer_twice]. given. input q q_dot. input k k_dot. input W_s W_s_dot. input W_h
  W_h_dot. input v v_dot. input kappa kappa_dot. input V V_dot. row n_q z z_dot. row n_q e e_dot. through n_q u u_dot t
  t_dot alpha alpha_dot rho_2 alpha_bar alpha_bar_dot rho rho_dot t_bar t_bar_dot u_bar u_bar_dot e_bar e_bar_dot. row
  n_q z_bar z_bar_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient W_s_bar_dot. gradient W_h_bar_dot.
  gradient v_bar_dot. gradient kappa_bar_dot. gradient V_bar_dot. by_rules. Qed.

Theorem additive_with_bias_layer_twice_holds : additive_with_bias_layer_twice.
Proof. cbv delta [additive_with_bias_layer_twice]. given. input q q_dot. input k k_dot. input W_s W_s_dot. input W_h
  W_h_dot. input v v_dot. input B B_dot. input V V_dot. row n_q z z_dot. row n_q e e_dot. through n_q u u_dot t t_dot
  alpha alpha_dot rho_2 alpha_bar alpha_bar_dot rho rho_dot t_bar t_bar_dot u_bar u_bar_dot e_bar e_bar_dot. row n_q
  z_bar z_bar_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient W_s_bar_dot. gradient W_h_bar_dot. gradient
  v_bar_dot. gradient_row n_q B_bar_dot. gradient V_bar_dot. by_rules. Qed.

Theorem additive_with_bias_hidden_with_softcap_layer_twice_holds : additive_with_bias_hidden_with_softcap_layer_twice.
Proof. cbv delta [additive_with_bias_hidden_with_softcap_layer_twice]. given. input q q_dot. input k k_dot. input W_s
  W_s_dot. input W_h W_h_dot. input v v_dot. input b b_dot. input kappa kappa_dot. input V V_dot. row n_q z z_dot. row
  n_q e e_dot. through n_q u u_dot t t_dot alpha alpha_dot rho_2 alpha_bar alpha_bar_dot rho rho_dot t_bar t_bar_dot
  u_bar u_bar_dot e_bar e_bar_dot. row n_q z_bar z_bar_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient
  W_s_bar_dot. gradient W_h_bar_dot. gradient v_bar_dot. gradient b_bar_dot. gradient kappa_bar_dot. gradient V_bar_dot.
  by_rules. Qed.

Theorem additive_with_bias_hidden_with_bias_layer_twice_holds : additive_with_bias_hidden_with_bias_layer_twice.
Proof. cbv delta [additive_with_bias_hidden_with_bias_layer_twice]. given. input q q_dot. input k k_dot. input W_s
  W_s_dot. input W_h W_h_dot. input v v_dot. input b b_dot. input B B_dot. input V V_dot. row n_q z z_dot. row n_q e
  e_dot. through n_q u u_dot t t_dot alpha alpha_dot rho_2 alpha_bar alpha_bar_dot rho rho_dot t_bar t_bar_dot u_bar
  u_bar_dot e_bar e_bar_dot. row n_q z_bar z_bar_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient
  W_s_bar_dot. gradient W_h_bar_dot. gradient v_bar_dot. gradient b_bar_dot. gradient_row n_q B_bar_dot. gradient
  V_bar_dot. by_rules. Qed.

Theorem additive_with_softcap_with_bias_layer_twice_holds : additive_with_softcap_with_bias_layer_twice.
Proof. cbv delta [additive_with_softcap_with_bias_layer_twice]. given. input q q_dot. input k k_dot. input W_s W_s_dot.
  input W_h W_h_dot. input v v_dot. input kappa kappa_dot. input B B_dot. input V V_dot. row n_q z z_dot. row n_q e
  e_dot. through n_q u u_dot t t_dot alpha alpha_dot rho_2 alpha_bar alpha_bar_dot rho rho_dot t_bar t_bar_dot u_bar
  u_bar_dot e_bar e_bar_dot. row n_q z_bar z_bar_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient
  W_s_bar_dot. gradient W_h_bar_dot. gradient v_bar_dot. gradient kappa_bar_dot. gradient_row n_q B_bar_dot. gradient
  V_bar_dot. by_rules. Qed.

Theorem additive_with_bias_hidden_with_softcap_with_bias_layer_twice_holds :
  additive_with_bias_hidden_with_softcap_with_bias_layer_twice.
Proof. cbv delta [additive_with_bias_hidden_with_softcap_with_bias_layer_twice]. given. input q q_dot. input k k_dot.
  input W_s W_s_dot. input W_h W_h_dot. input v v_dot. input b b_dot. input kappa kappa_dot. input B B_dot. input V
  V_dot. row n_q z z_dot. row n_q e e_dot. through n_q u u_dot t t_dot alpha alpha_dot rho_2 alpha_bar alpha_bar_dot rho
  rho_dot t_bar t_bar_dot u_bar u_bar_dot e_bar e_bar_dot. row n_q z_bar z_bar_dot. gradient_row n_q q_bar_dot. gradient
  k_bar_dot. gradient W_s_bar_dot. gradient W_h_bar_dot. gradient v_bar_dot. gradient b_bar_dot. gradient kappa_bar_dot.
  gradient_row n_q B_bar_dot. gradient V_bar_dot. by_rules. Qed.

Theorem concat_layer_twice_holds : concat_layer_twice.
Proof. cbv delta [concat_layer_twice]. given. input q q_dot. input k k_dot. input W W_dot. input v v_dot. input V V_dot.
  row n_q z z_dot. row n_q e e_dot. through n_q u u_dot t t_dot alpha alpha_dot rho_2 alpha_bar alpha_bar_dot rho
  rho_dot t_bar t_bar_dot u_bar u_bar_dot e_bar e_bar_dot. row n_q z_bar z_bar_dot. gradient_row n_q q_bar_dot. gradient
  k_bar_dot. gradient W_bar_dot. gradient W_bar_dot_2. gradient v_bar_dot. gradient V_bar_dot. by_rules. Qed.

Theorem concat_with_softcap_layer_twice_holds : concat_with_softcap_layer_twice.
Proof. cbv delta [concat_with_softcap_layer_twice]. given. input q q_dot. input k k_dot. input W W_dot. input v v_dot.
  input kappa kappa_dot. input V V_dot. row n_q z z_dot. row n_q e e_dot. through n_q u u_dot t t_dot alpha alpha_dot
  rho_2 alpha_bar alpha_bar_dot rho rho_dot t_bar t_bar_dot u_bar u_bar_dot e_bar e_bar_dot. row n_q z_bar z_bar_dot.
  gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient W_bar_dot. gradient W_bar_dot_2. gradient v_bar_dot. gradient
  kappa_bar_dot. gradient V_bar_dot. by_rules. Qed.

Theorem concat_with_bias_layer_twice_holds : concat_with_bias_layer_twice.
Proof. cbv delta [concat_with_bias_layer_twice]. given. input q q_dot. input k k_dot. input W W_dot. input v v_dot.
  input B B_dot. input V V_dot. row n_q z z_dot. row n_q e e_dot. through n_q u u_dot t t_dot alpha alpha_dot rho_2
  alpha_bar alpha_bar_dot rho rho_dot t_bar t_bar_dot u_bar u_bar_dot e_bar e_bar_dot. row n_q z_bar z_bar_dot.
  gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient W_bar_dot. gradient W_bar_dot_2. gradient v_bar_dot.
  gradient_row n_q B_bar_dot. gradient V_bar_dot. by_rules. Qed.

Theorem concat_with_softcap_with_bias_layer_twice_holds : concat_with_softcap_with_bias_layer_twice.
Proof. cbv delta [concat_with_softcap_with_bias_layer_twice]. given. input q q_dot. input k k_dot. input W W_dot. input
  v v_dot. input kappa kappa_dot. input B B_dot. input V V_dot. row n_q z z_dot. row n_q e e_dot. through n_q u u_dot t
  t_dot alpha alpha_dot rho_2 alpha_bar alpha_bar_dot rho rho_dot t_bar t_bar_dot u_bar u_bar_dot e_bar e_bar_dot. row
  n_q z_bar z_bar_dot. gradient_row n_q q_bar_dot. gradient k_bar_dot. gradient W_bar_dot. gradient W_bar_dot_2.
  gradient v_bar_dot. gradient kappa_bar_dot. gradient_row n_q B_bar_dot. gradient V_bar_dot. by_rules. Qed.
