(* Layer-normalised units: their sum, their squares, which vectors are normalised as they are, a unit alone. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums norms tanh limits sech_squared.
Open Scope R_scope.

Lemma centred_sum (d : nat) (x : nat -> R) (s : R) :
  (1 <= d)%nat -> sum d (fun a => (- (sum d (fun f => x f) / INR d) + x a) / s) = 0.
Proof.
  intros some. assert (0 < INR d) by (apply lt_0_INR; lia).
  rewrite sum_div, sum_plus, sum_const. change (sum d x) with (sum d (fun f => x f)).
  replace (INR d * - (sum d (fun f => x f) / INR d) + sum d (fun f => x f)) with 0 by (field; lra). unfold Rdiv. ring.
Qed.

(* The squared length of the normalised units. *)
Lemma squares_are (d : nat) (y : nat -> R) (s : R) :
  (1 <= d)%nat -> 0 < s + sum d (fun f => y f ^ 2) / INR d ->
  sum d (fun a => (y a / sqrt (s + sum d (fun f => y f ^ 2) / INR d)) ^ 2)
  = INR d * (sum d (fun f => y f ^ 2) / INR d / (s + sum d (fun f => y f ^ 2) / INR d)).
Proof.
  intros some above. assert (0 < INR d) by (apply lt_0_INR; lia). rewrite squares_scaled by exact above.
  set (S := sum d (fun f => y f ^ 2)) in *. set (q := S / INR d) in *.
  replace S with (INR d * q) at 1 by (unfold q; field; lra). unfold Rdiv. ring.
Qed.

Lemma share_within (w epsilon : R) : 0 <= w -> 0 <= epsilon -> 0 < epsilon + w -> 0 <= w / (epsilon + w) <= 1.
Proof.
  intros wp ep above. split; [apply Rdiv_le_0_compat; lra|].
  apply (Rle_div_l w 1 (epsilon + w)); lra.
Qed.

Lemma variance_nonneg (d : nat) (y : nat -> R) : (1 <= d)%nat -> 0 <= sum d (fun f => y f ^ 2) / INR d.
Proof. intros some. apply Rdiv_le_0_compat; [apply squares_nonneg | apply lt_0_INR; lia]. Qed.

Lemma squares_within (d : nat) (y : nat -> R) (epsilon : R) :
  (1 <= d)%nat -> 0 <= epsilon -> 0 < epsilon + sum d (fun f => y f ^ 2) / INR d ->
  sum d (fun a => (y a / sqrt (epsilon + sum d (fun f => y f ^ 2) / INR d)) ^ 2) <= INR d.
Proof. intros some ep above. exact (squares_normal d y epsilon some ep above). Qed.

Lemma without_epsilon (d : nat) (y : nat -> R) :
  (1 <= d)%nat -> 0 < sum d (fun f => y f ^ 2) / INR d ->
  sum d (fun a => (y a / sqrt (sum d (fun f => y f ^ 2) / INR d)) ^ 2) = INR d.
Proof.
  intros some above. assert (0 < INR d) by (apply lt_0_INR; lia). rewrite squares_scaled by exact above.
  set (S := sum d (fun f => y f ^ 2)) in *. set (q := S / INR d) in *.
  replace S with (INR d * q) at 1 by (unfold q; field; lra). field. lra.
Qed.

Lemma only_signs (d : nat) (x : nat -> R) (a : nat) :
  let mu := sum d (fun f => x f) / INR d in
  let w := sum d (fun f => (- mu + x f) ^ 2) / INR d in
  let z := fun a => (- mu + x a) / sqrt w in
  (1 <= d)%nat -> 0 < w -> sum d (fun a => sech (z a) ^ 2) / INR d = sech 1 ^ 2 -> (a < d)%nat ->
  z a = 1 \/ z a = - 1.
Proof.
  intros mu w z some above same below.
  assert (size : Rabs (z a) = 1).
  { apply (mean_attained_only d z 1 a some); [lra | | exact below | exact same]. right.
    replace (INR d * 1 ^ 2) with (INR d) by ring. exact (without_epsilon d (fun f => - mu + x f) some above). }
  revert size. unfold Rabs. destruct Rcase_abs; intros; [right | left]; lra.
Qed.

Lemma sum_pairs (m : nat) (g : nat -> R) (c : R) :
  (forall k, g (2 * k)%nat + g (S (2 * k)) = c) -> sum (2 * m) g = INR m * c.
Proof.
  intros pair. induction m as [|m IH]; [simpl; ring|].
  replace (2 * S m)%nat with (S (S (2 * m))) by lia. rewrite S_INR.
  change (sum (S (S (2 * m))) g) with (sum (2 * m) g + g (2 * m)%nat + g (S (2 * m))).
  pose proof (pair m). rewrite IH. lra.
Qed.

(* One 1 for every -1: normalised as it is. *)
Lemma alternating (m d : nat) (F : R -> R) :
  (1 <= m)%nat -> d = (2 * m)%nat ->
  let x := fun a => (-1) ^ a in
  let mu := sum d (fun f => x f) / INR d in
  let w := sum d (fun f => (- mu + x f) ^ 2) / INR d in
  let z := fun a => (- mu + x a) / sqrt w in
  0 < w /\ sum d (fun a => F (z a)) / INR d = (F 1 + F (-1)) / 2.
Proof.
  intros some -> x mu w z. assert (0 < INR m) by (apply lt_0_INR; lia).
  assert (double : INR (2 * m) = 2 * INR m) by (rewrite mult_INR; reflexivity).
  assert (even : forall k, x (2 * k)%nat = 1) by (intros; unfold x; apply pow_1_even).
  assert (odd : forall k, x (S (2 * k)) = -1) by (intros; unfold x; apply pow_1_odd).
  assert (ismu : mu = 0).
  { unfold mu. rewrite (sum_pairs m _ 0) by (intros; rewrite even, odd; ring). rewrite double. field. lra. }
  assert (isw : w = 1).
  { unfold w. rewrite (sum_pairs m _ 2) by (intros; rewrite even, odd, ismu; ring). rewrite double. field. lra. }
  assert (isz : forall a, z a = x a) by (intros; unfold z; rewrite ismu, isw, sqrt_1; field).
  rewrite isw. split; [lra|].
  rewrite (sum_pairs m _ (F 1 + F (-1))) by (intros; now rewrite !isz, even, odd). rewrite double. field. lra.
Qed.

Lemma signs_count (d : nat) (z : nat -> R) :
  (forall a, (a < d)%nat -> z a = 1 \/ z a = - 1) -> exists k : nat, (k <= d)%nat /\ sum d z = INR d - 2 * INR k.
Proof.
  induction d as [|d IH]; intros signs; [exists 0%nat; split; [lia | simpl; ring]|].
  destruct IH as [k [less same]]; [intros; apply signs; lia|].
  change (sum (S d) z) with (sum d z + z d). rewrite same, S_INR.
  destruct (signs d ltac:(lia)) as [-> | ->]; [exists k | exists (S k); rewrite S_INR]; split; try lia; ring.
Qed.

(* A unit is minus the sum of the others. *)
Lemma unit_at_most (d : nat) (z : nat -> R) (a : nat) :
  (a < d)%nat -> sum d (fun a => z a) = 0 -> sum d (fun a => z a ^ 2) <= INR d -> z a ^ 2 <= INR d - 1.
Proof.
  intros below zero small. assert (1 <= INR d) by (change 1 with (INR 1); apply le_INR; lia).
  pose proof (cauchy_schwarz d (fun i => 1 - delta a i) (fun i => (1 - delta a i) * z i)) as cs.
  cbv beta in cs.
  assert (square : forall i, (1 - delta a i) ^ 2 = 1 - delta a i).
  { intros i. unfold delta. destruct (Nat.eqb a i); ring. }
  rewrite (sum_ext d (fun i => (1 - delta a i) * ((1 - delta a i) * z i)) (fun i => (1 - delta a i) * z i)) in cs
    by (intros; unfold delta; destruct (Nat.eqb a i); ring).
  rewrite (sum_ext d (fun i => ((1 - delta a i) * z i) ^ 2) (fun i => (1 - delta a i) * z i ^ 2)) in cs
    by (intros; rewrite Rpow_mult_distr; now rewrite square).
  rewrite (sum_ext d (fun i => (1 - delta a i) ^ 2) (fun i => (1 - delta a i) * 1)) in cs
    by (intros; rewrite square; ring).
  pose proof (sum_apart d a z below) as first. pose proof (sum_apart d a (fun i => z i ^ 2) below) as second.
  pose proof (sum_apart d a (fun _ => 1) below) as ones. rewrite sum_const in ones. cbv beta in *.
  change (sum d z) with (sum d (fun a => z a)) in first. rewrite zero in first.
  set (others := sum d (fun i => (1 - delta a i) * z i)) in *.
  set (rest := sum d (fun i => (1 - delta a i) * z i ^ 2)) in *.
  replace (sum d (fun i => (1 - delta a i) * 1)) with (INR d - 1) in cs by lra.
  assert (others = - z a) as isz by lra. rewrite isz in cs.
  assert ((INR d - 1) * rest <= (INR d - 1) * (INR d - z a ^ 2)) by (apply Rmult_le_compat_l; lra). nra.
Qed.

Lemma unit_bound (d : nat) (z : nat -> R) (a : nat) :
  (a < d)%nat -> sum d (fun a => z a) = 0 -> sum d (fun a => z a ^ 2) <= INR d ->
  sech (sqrt (INR d - 1)) ^ 2 <= sech (z a) ^ 2.
Proof.
  intros below zero small. rewrite <- (sech_abs (z a)). apply sech_sq_down; [apply Rabs_pos|].
  pose proof (unit_at_most d z a below zero small). rewrite <- sqrt_Rsqr_abs. apply sqrt_le_1_alt.
  unfold Rsqr. lra.
Qed.

Lemma sech_vanishes (u : R -> R) : is_lim u p_infty p_infty -> is_lim (fun t => sech (u t) ^ 2) p_infty 0.
Proof.
  intros grows. apply (is_lim_comp (fun t => sech t ^ 2) u p_infty 0 p_infty); [|exact grows|].
  - apply (is_lim_ext (fun t => (2 * exp (- t) / (1 + exp (- t) ^ 2)) ^ 2)).
    + intros t. unfold sech, cosh. rewrite exp_Ropp. pose proof (exp_pos t). f_equal. field. split; nra.
    + apply (lim_decay (fun y => (2 * y / (1 + y ^ 2)) ^ 2)); [auto_derive; lra | field].
  - exists 0. intros t _. discriminate.
Qed.

Lemma shifted_grows (c : R) : is_lim (fun t => t + c) p_infty p_infty.
Proof. apply (is_lim_plus _ _ _ p_infty c); [apply is_lim_id | apply is_lim_const | reflexivity]. Qed.

Lemma halves_vanish (a b : R -> R) :
  is_lim a p_infty p_infty -> is_lim b p_infty p_infty ->
  is_lim (fun t => sech (a t) ^ 2 / 2 + sech (b t) ^ 2 / 2) p_infty 0.
Proof.
  intros ga gb. replace (Finite 0) with (Rbar_plus (Rbar_mult 0 (/ 2)) (Rbar_mult 0 (/ 2))).
  - apply is_lim_plus'; apply (is_lim_scal_r _ (/ 2) _ (Finite 0)); now apply sech_vanishes.
  - simpl. f_equal. ring.
Qed.
