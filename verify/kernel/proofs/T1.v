(* T1: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums softmax derivatives jacobian limits.
From Attnproof.statements Require Import T1.
Open Scope R_scope.

Theorem along_a_direction_holds : along_a_direction.
Proof.
  intros n some e u i below alpha J.
  apply (is_derive_ext (fun t => weight n (fun l => t * u l + e l) i)); [reflexivity|].
  eapply is_derive_value.
  - apply (is_derive_weight n (fun l t => t * u l + e l) 0 u i below). intros. auto_derive; [exact I | ring].
  - assert (same : forall k, (k < n)%nat -> weight n (fun l => 0 * u l + e l) k = alpha k).
    { intros k less. apply weight_ext; [exact less|]. intros. ring. }
    rewrite (same i below), (sum_ext n _ (fun l => alpha l * u l)) by (intros l less; now rewrite same).
    symmetry. apply (applied_centred n alpha u i below).
Qed.

Theorem entries_holds : entries.
Proof.
  intros n some e i I k K alpha J.
  apply (is_derive_ext (fun t => exp (t * delta k i + e i) / sum n (fun l => exp (t * delta k l + e l)))).
  { intros. now rewrite (delta_sym i k). }
  eapply is_derive_value; [exact (along_a_direction_holds n some e (fun l => delta k l) i I)|].
  fold alpha. change (sum n (fun j => J i j * delta k j) = J i k).
  rewrite (sum_ext n _ (fun j => delta k j * J i j)) by (intros; ring). now apply sum_delta.
Qed.

Theorem symmetric_holds : symmetric.
Proof. intros n some e i I k K alpha J. apply (jacobian_symmetric alpha). Qed.

Theorem semidefinite_holds : semidefinite.
Proof.
  intros n some e u alpha J.
  rewrite (sum_ext n _ (fun j => u j * applied n alpha u j)).
  - apply (form_nonneg n alpha); [intros; now apply weight_pos | now apply weight_sum].
  - intros j _. unfold applied, jacobian. rewrite <- sum_scal_l. apply sum_ext. intros. unfold J. ring.
Qed.

Theorem rows_sum_to_0_holds : rows_sum_to_0.
Proof. intros n some e i I alpha J. apply (row_sum n alpha); [now apply weight_sum | exact I]. Qed.

Theorem norm_at_most_half_holds : norm_at_most_half.
Proof. intros n some e u alpha J. apply (norm_half n alpha); [intros; now apply weight_pos | now apply weight_sum]. Qed.

Theorem attained_by_two_keys_holds : attained_by_two_keys.
Proof.
  intros n some e alpha J [-> same]. exists (fun j => delta 0 j - delta 1 j).
  assert (half : alpha 0%nat = 1 / 2 /\ alpha 1%nat = 1 / 2).
  { unfold alpha. simpl. rewrite same. pose proof (exp_pos (e 1%nat)). split; field; lra. }
  destruct half as [first second]. unfold J. simpl. unfold delta. simpl. rewrite first, second. split; lra.
Qed.

Theorem never_attained_by_more_holds : never_attained_by_more.
Proof.
  intros n three e u alpha J some.
  apply (norm_half_strict n alpha); [intros; apply weight_pos; lia | apply weight_sum; lia | exact three | exact some].
Qed.

Theorem approached_holds : approached.
Proof.
  intros n two. destruct (Nat.le_exists_sub 2 n two) as [m [-> _]]. rewrite Nat.add_comm.
  apply (is_lim_ext (fun t => (fun x => 2 * (/ (2 + INR m * x)) ^ 2) (exp (- t))));
    [|apply (lim_decay (fun x => 2 * (/ (2 + INR m * x)) ^ 2))].
  2: { auto_derive. lra. }
  2: { field. }
  intros t. set (e := fun l => - (t * (- delta 0 l - delta 1 l + 1))). set (alpha := weight (2 + m) e).
  change (2 * (/ (2 + INR m * exp (- t))) ^ 2
    = sum (2 + m) (fun i => sum (2 + m) (fun j => (delta 0 j - delta 1 j) * (delta i j - alpha j) * exp (e i)
      / sum (2 + m) (fun l => exp (e l))) ^ 2)).
  assert (all : sum (2 + m) (fun l => exp (e l)) = 2 + INR m * exp (- t)).
  { rewrite sum_split, <- sum_const. unfold e. f_equal.
    - simpl. unfold delta. simpl. replace (- (t * (- (1) - 0 + 1))) with 0 by ring.
      replace (- (t * (- 0 - 1 + 1))) with 0 by ring. rewrite exp_0. ring.
    - apply sum_ext. intros l _. unfold delta. simpl. f_equal. ring. }
  pose proof (exp_pos (- t)) as above. pose proof (pos_INR m).
  assert (big : 0 < 2 + INR m * exp (- t)) by nra.
  assert (first : alpha 0%nat = / (2 + INR m * exp (- t)) /\ alpha 1%nat = / (2 + INR m * exp (- t))).
  { unfold alpha, weight. rewrite all. unfold e, delta. simpl. replace (- (t * (- (1) - 0 + 1))) with 0 by ring.
    replace (- (t * (- 0 - 1 + 1))) with 0 by ring. rewrite exp_0. split; field; lra. }
  rewrite (sum_ext (2 + m) _ (fun i => applied (2 + m) alpha (fun j => delta 0 j - delta 1 j) i ^ 2)).
  2: { intros i _. f_equal. apply sum_ext. intros j _. unfold jacobian.
    replace (alpha i) with (exp (e i) / sum (2 + m) (fun l => exp (e l))) by reflexivity. field. lra. }
  rewrite (sum_ext (2 + m) _ (fun i => (alpha i * (delta 0 i - delta 1 i)) ^ 2)).
  2: { intros i below. rewrite applied_centred by exact below. f_equal. f_equal.
    rewrite (sum_ext (2 + m) _ (fun j => delta 0 j * alpha j - delta 1 j * alpha j)) by (intros; ring).
    rewrite sum_minus, !sum_delta by lia. destruct first as [-> ->]. ring. }
  rewrite sum_split, (sum_ext m _ (fun _ => 0)), sum_zero.
  2: { intros i _. unfold delta. simpl. ring. }
  simpl. unfold delta. simpl. destruct first as [-> ->]. ring.
Qed.

Theorem zero_for_one_key_holds : zero_for_one_key.
Proof.
  intros n some e i I k K alpha J ->. assert (i = 0%nat /\ k = 0%nat) as [-> ->] by lia.
  unfold J. rewrite delta_same.
  assert (alpha 0%nat = 1) as ->; [|ring].
  unfold alpha. simpl. pose proof (exp_pos (e 0%nat)). field. lra.
Qed.
