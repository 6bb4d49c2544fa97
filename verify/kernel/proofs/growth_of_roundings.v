(* growth_of_roundings: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Rcomplements.
From Attnproof.theory Require Import prelude sums rounding.
From Attnproof.statements Require Import growth_of_roundings.
Open Scope R_scope.

Lemma products_near (n : nat) (u : R) (d P : nat -> R) :
  0 <= u < 1 -> P 0%nat = 1 ->
  (forall k, (k < n)%nat -> Rabs (d k) <= u /\ (P (k + 1)%nat = (d k + 1) * P k \/ P (k + 1)%nat = P k / (d k + 1))) ->
  forall m, (m <= n)%nat -> 0 < P m /\ near ((/ (1 - u)) ^ m) (P m) 1.
Proof.
  intros [up less] first step. induction m as [|m IH]; intros most; [rewrite first; simpl; split; [lra | split; lra]|].
  destruct (IH ltac:(lia)) as [Pm close]. destruct (step m ltac:(lia)) as [small next].
  pose proof (near_one u (d m) up less small) as one. apply Rabs_le_between in small.
  rewrite Nat.add_1_r in next. change ((/ (1 - u)) ^ S m) with (/ (1 - u) * (/ (1 - u)) ^ m).
  assert (next_near : forall c, 0 < c -> near (/ (1 - u)) c 1 -> near (/ (1 - u) * (/ (1 - u)) ^ m) (c * P m) 1).
  { intros c cp factor. rewrite <- (Rmult_1_r 1) at 3. apply near_mult; lra || assumption. }
  destruct next as [-> | ->].
  - split; [apply Rmult_lt_0_compat; lra|]. apply next_near; [lra | exact one].
  - unfold Rdiv. assert (0 < / (d m + 1)) by (apply Rinv_0_lt_compat; lra).
    rewrite (Rmult_comm (P m)). split; [apply Rmult_lt_0_compat; assumption|].
    apply next_near; [assumption|].
    pose proof (near_inverse (/ (1 - u)) (d m + 1) 1 ltac:(lra) Rlt_0_1 one) as turned. rewrite Rinv_1 in turned. exact turned.
Qed.

Theorem range_holds : range.
Proof.
  intros n _ u d P [unit [first step]]. destruct (products_near n u d P unit first step n (le_n n)) as [pos [most least]].
  assert (power : 0 < (1 - u) ^ n) by (apply pow_lt; lra). rewrite pow_inv in most, least. split; [|lra].
  apply (Rmult_le_compat_l ((1 - u) ^ n)) in least; [|lra]. rewrite <- Rmult_assoc, Rinv_r in least by lra. lra.
Qed.

Theorem distance_holds : distance.
Proof.
  intros n some u d P given. destruct (range_holds n some u d P given) as [least most]. destruct given as [unit _].
  assert (power : 0 < (1 - u) ^ n) by (apply pow_lt; lra).
  assert (2 <= (1 - u) ^ n + / (1 - u) ^ n); [|apply Rabs_le; lra].
  apply Rminus_le_0. set (q := (1 - u) ^ n) in *. replace (q + / q - 2) with ((q - 1) ^ 2 / q) by (field; lra).
  apply Rdiv_le_0_compat; [apply pow2_ge_0 | exact power].
Qed.

Theorem sum_of_terms_holds : sum_of_terms.
Proof.
  intros n _ p f g each. rewrite <- sum_minus. eapply Rle_trans; [apply sum_abs|]. rewrite <- sum_scal_l.
  apply sum_le. intros k K. replace (f k * p k - p k) with ((f k - 1) * p k) by ring. rewrite Rabs_mult.
  apply Rmult_le_compat_r; [apply Rabs_pos | now apply each].
Qed.

Lemma bernoulli (n : nat) (u : R) : 0 <= u <= 1 -> 1 - INR n * u <= (1 - u) ^ n.
Proof.
  intros range. induction n as [|n IH]; [simpl; lra|].
  rewrite S_INR. simpl. pose proof (pos_INR n).
  assert ((1 - u) * (1 - INR n * u) <= (1 - u) * (1 - u) ^ n) by (apply Rmult_le_compat_l; lra).
  assert (0 <= INR n * (u * u)) by (apply Rmult_le_pos; [lra | nra]). nra.
Qed.

Theorem higham_holds : higham.
Proof.
  intros n some u [up less]. assert (1 <= INR n) by (change 1 with (INR 1); now apply le_INR).
  assert (u < 1) by nra. pose proof (bernoulli n u ltac:(lra)) as low.
  replace (INR n * u / (- (INR n * u) + 1)) with (- 1 + / (1 - INR n * u)) by (field; lra).
  apply Rplus_le_compat_l, Rinv_le_contravar; lra.
Qed.
