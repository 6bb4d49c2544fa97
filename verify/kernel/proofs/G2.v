(* G2: the proofs of its propositions. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums softmax tanh sigmoid.
From Attnproof.statements Require Import G2.
Open Scope R_scope.

Theorem gate_between_minus_one_and_one_holds : gate_between_minus_one_and_one.
Proof.
  unfold gate_between_minus_one_and_one. intros. split; [|reflexivity]. intros.
  split; [apply tanh_gt_m1 | apply tanh_lt_1].
Qed.

Theorem tanh_by_the_sigmoid_holds : tanh_by_the_sigmoid.
Proof. exact tanh_sigmoid. Qed.

Lemma behind_sigmoids (n : nat) (z v : nat -> R) :
  sum n (fun a => tanh (z a) * v a) = 2 * sum n (fun a => sigmoid (2 * z a) * v a) - sum n (fun a => v a).
Proof. rewrite <- sum_scal_l, <- sum_minus. apply sum_ext. intros. rewrite tanh_sigmoid. ring. Qed.

Theorem score_by_lstm_gates_holds : score_by_lstm_gates.
Proof. unfold score_by_lstm_gates. intros. apply behind_sigmoids. Qed.

Theorem weights_by_lstm_gates_holds : weights_by_lstm_gates.
Proof.
  cbv delta [weights_by_lstm_gates]. intros n_q _ n_k some d_q _ d_k _ d_a _ q k W_s W_h b v.
  intros alpha W_s2 W_h2 b2 v2 u t beta i _ j below.
  assert (shifted : forall l, sum d_a (fun a => tanh (b a + sum d_k (fun f => W_h a f * k l f)
      + sum d_q (fun r => W_s a r * q i r)) * v a) = t i l + - sum d_a (fun a => v a)).
  { intros l. rewrite behind_sigmoids, <- sum_scal_l. unfold Rminus. f_equal. unfold t. apply sum_ext. intros a _.
    rewrite <- Rmult_assoc, (Rmult_comm 2), Rmult_assoc. f_equal. f_equal. unfold u, b2, W_h2, W_s2.
    rewrite !Rmult_plus_distr_l, <- !sum_scal_l. f_equal; [f_equal|]; apply sum_ext; intros; ring. }
  unfold alpha, beta. change (exp (t i j) / _) with (weight n_k (t i) j).
  rewrite <- (weight_shift n_k (t i) (- sum d_a (fun a => v a)) j some). unfold weight.
  rewrite shifted. f_equal. apply sum_ext. intros. now rewrite shifted.
Qed.

(* The unit tanh of the key's first component: its second difference at 0, 1, 2 is not 0. *)
Theorem no_gate_on_the_key_holds : no_gate_on_the_key.
Proof.
  unfold no_gate_on_the_key. intros d_q _ d_k some_k d_a some_a s.
  exists (fun _ _ => 0), (fun _ f => delta 0 f), (delta 0). intros [g [c all]].
  assert (at_multiple : forall x, tanh x = c + g 0%nat * x).
  { intros x. specialize (all (fun f => delta 0 f * x)).
    rewrite (sum_ext d_a _ (fun a => tanh x * delta 0 a)) in all.
    2:{ intros a _. f_equal. f_equal. rewrite (sum_delta d_k 0 (fun f => delta 0 f * x)), delta_same by lia.
        rewrite (sum_ext d_q _ (fun _ => 0)), sum_zero by (intros; ring). ring. }
    rewrite (sum_ext d_a _ (fun a => delta 0 a * tanh x)) in all by (intros; ring).
    rewrite (sum_delta d_a 0 (fun _ => tanh x)) in all by lia. rewrite all. f_equal.
    rewrite (sum_ext d_k _ (fun f => delta 0 f * (g f * x))) by (intros; ring).
    now rewrite (sum_delta d_k 0 (fun f => g f * x)) by lia. }
  apply (tanh_bends 1 ltac:(lra)). rewrite !at_multiple. ring.
Qed.

Theorem sign_and_closing_holds : sign_and_closing.
Proof.
  unfold sign_and_closing. intros x. pose proof (tanh_sigmoid x) as by_sigmoid.
  assert (below : x < 0 -> tanh x < 0) by (intros; rewrite <- tanh_zero; now apply tanh_increasing).
  assert (at_zero : x = 0 -> tanh x = 0) by (intros ->; apply tanh_zero).
  pose proof (tanh_pos x).
  repeat split; try apply sigmoid_pos; try apply sigmoid_lt_1; intros;
    destruct (Rtotal_order x 0) as [less|[same|more]]; try specialize (below less); try specialize (at_zero same);
    try specialize (H more); lra.
Qed.
