(* T7: the proofs of its propositions. *)
From Coq Require Import Reals Arith ZArith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Flocq Require Import Core.
From Attnproof.theory Require Import prelude sums tanh derivatives rules limits rounding_edge enclosure formats nearest.
From Attnproof.statements Require Import T7.
Open Scope R_scope.

Theorem gradient_holds : gradient.
Proof.
  intros nq _ nk _ dq _ dk _ da _ q k Ws Wh v i _ j _ g G.
  set (pre := fun a => sum dk (fun f => Wh a f * k j f) + sum dq (fun r => Ws a r * q i r)).
  apply (is_derive_ext (fun t => sum da (fun a => tanh (t * Wh a g + pre a) * v a))).
  { intros t. apply sum_ext. intros a _. do 2 f_equal. unfold pre.
    rewrite (sum_ext dk (fun f => (t * delta f g + k j f) * Wh a f)
      (fun f => t * (delta g f * Wh a f) + Wh a f * k j f)) by (intros; rewrite delta_sym; ring).
    rewrite sum_plus, sum_scal_l, sum_delta by exact G. ring. }
  apply (is_derive_value _ _ (sum da (fun a => sech (0 * Wh a g + pre a) ^ 2 * Wh a g * v a + tanh (0 * Wh a g + pre a) * 0))).
  - apply (is_derive_sum da (fun a t => tanh (t * Wh a g + pre a) * v a)). intros a _.
    apply (slope_mult (fun t => tanh (t * Wh a g + pre a)) (fun _ => v a)); [|apply slope_const].
    apply (slope_tanh (fun t => t * Wh a g + pre a)), slope_moved.
  - apply sum_ext. intros a _. rewrite Rmult_0_l, Rplus_0_l. fold (pre a). ring.
Qed.

Lemma sech_decay (z : R) : sech z ^ 2 = 4 * exp (- (2 * z)) / (exp (- (2 * z)) + 1) ^ 2.
Proof.
  unfold sech, cosh. rewrite !exp_Ropp, exp_double. pose proof (exp_pos z). field. split; nra.
Qed.

Lemma sech_opp (z : R) : sech (- z) = sech z.
Proof. unfold sech. now rewrite cosh_opp. Qed.

Theorem decay_holds : decay.
Proof.
  intros z q same.
  assert (form : sech z ^ 2 = 4 * q / (q + 1) ^ 2).
  { rewrite same. destruct (Rle_dec 0 z) as [positive|negative].
    - rewrite Rabs_pos_eq by exact positive. apply sech_decay.
    - rewrite Rabs_left by lra. rewrite <- sech_opp. apply sech_decay. }
  assert (range : 0 < q <= 1).
  { rewrite same. split; [apply exp_pos|]. rewrite <- exp_0. pose proof (Rabs_pos z).
    destruct (Req_dec (Rabs z) 0) as [->|other]; [right; f_equal; ring | apply Rlt_le, exp_increasing; lra]. }
  split; [exact form|]. rewrite form.
  assert (0 < / (q + 1) ^ 2) by (apply Rinv_0_lt_compat; nra).
  split.
  - apply (Rmult_le_reg_r ((q + 1) ^ 2)); [nra|]. replace (4 * q / (q + 1) ^ 2 * (q + 1) ^ 2) with (4 * q) by (field; lra). nra.
  - apply (Rmult_le_reg_r ((q + 1) ^ 2)); [nra|]. replace (4 * q / (q + 1) ^ 2 * (q + 1) ^ 2) with (4 * q) by (field; lra). nra.
Qed.

Theorem rate_holds : rate.
Proof.
  assert (right : is_lim (fun z => exp (2 * z) * sech z ^ 2) p_infty 4).
  { apply (is_lim_ext (fun z => (fun x => 4 / (x + 1) ^ 2) (exp (- (2 * z))))).
    - intros z. rewrite sech_decay, !exp_Ropp. pose proof (exp_pos (2 * z)). field. lra.
    - apply (lim_decay_at 2 (fun x => 4 / (x + 1) ^ 2)); [lra | auto_derive; lra | field]. }
  split; [exact right|].
  apply (is_lim_ext (fun z => exp (2 * - z) * sech (- z) ^ 2)).
  - intros z. rewrite sech_opp. do 2 f_equal. ring.
  - apply (is_lim_comp (fun z => exp (2 * z) * sech z ^ 2) Ropp m_infty 4 p_infty); [exact right | |].
    + apply (is_lim_opp (fun z => z) m_infty m_infty), is_lim_id.
    + exists 0. discriminate.
Qed.

Theorem same_function_holds : same_function.
Proof. intros z. symmetry. apply sech_sq. Qed.

Theorem rounded_to_0_holds : rounded_to_0.
Proof.
  intros p bits e exponents z beyond.
  assert (one : rounded p e (tanh z) = 1).
  { apply tanh_rounds_to_1; [exact bits | exact exponents|]. eapply Rle_trans; [|exact beyond].
    replace (INR p + 2) with (INR (p + 2)) by (rewrite plus_INR; simpl; ring).
    apply Rmult_le_compat_r; [lra|]. rewrite <- ln_pow by lra.
    pose proof (power_of_two (p + 2)). pose proof (power_of_two p).
    assert (4 * 2 ^ p = 2 ^ (p + 2)%nat) by (rewrite pow_add; ring).
    apply Rcomplements.ln_le; lra. }
  split; [exact one|]. rewrite one, pow1, number_1 by lia. replace (1 - 1) with 0 by ring. apply rounded_0.
Qed.

Theorem nearest_to_1_in_numbers_holds : nearest_to_1_in_numbers.
Proof. split; interval with (Tactic.i_prec 60). Qed.

(* fp64: a number from 1/2 to 1 in units of 2^-53 *)
Lemma fp64_below_1 (m : Z) (x : R) :
  / 2 <= x < 1 -> Rabs (x * IZR (2 ^ 53) - IZR m) < / 2 -> rounded 53 1023 x = IZR m / IZR (2 ^ 53).
Proof.
  intros range near. rewrite (rounded_is 53 1023 ltac:(lia) ltac:(lia) m (-53)); [reflexivity | lia | | right |].
  - simpl (bpow _ _). rewrite Rabs_pos_eq; lra.
  - simpl (bpow _ _). rewrite Rabs_pos_eq; lra.
  - exact near.
Qed.

Ltac tanh_at := rewrite tanh_exp; interval with (Tactic.i_prec 160).

Theorem loss_at_18_holds : loss_at_18.
Proof.
  intros z -> y s.
  assert (is_y : y = IZR (2 ^ 53 - 4) / IZR (2 ^ 53)) by (apply fp64_below_1; [split|]; tanh_at).
  assert (is_square : rounded 53 1023 (y ^ 2) = IZR (2 ^ 53 - 8) / IZR (2 ^ 53)).
  { rewrite is_y. apply fp64_below_1; [split|]; interval with (Tactic.i_prec 160). }
  assert (is_s : s = 1 * bpow radix2 (-50)).
  { unfold s. rewrite is_square. rewrite <- (number_dyadic 53 1023 ltac:(lia) ltac:(lia) 1 (-50) ltac:(lia) ltac:(lia)).
    f_equal. simpl. change (Z.pow_pos 2 50) with (1125899906842624)%Z. lra. }
  rewrite is_s. unfold sech, cosh. simpl bpow. split; interval with (Tactic.i_prec 160).
Qed.

Theorem loss_at_20_holds : loss_at_20.
Proof.
  intros z -> y s. assert (is_y : y = 1).
  { apply tanh_rounds_to_1; [lia | lia | interval with (Tactic.i_prec 80)]. }
  assert (is_s : s = 0).
  { unfold s. rewrite is_y, pow1, number_1 by lia. replace (1 - 1) with 0 by ring. apply rounded_0. }
  rewrite is_s. unfold Rdiv. rewrite Rmult_0_l, Rminus_0_l, Rabs_Ropp, Rabs_R1. reflexivity.
Qed.
