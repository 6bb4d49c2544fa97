(* cumulants_add: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums outcomes cumulants.
From Attnproof.statements Require Import cumulants_add.
Open Scope R_scope.

Theorem recursion_holds : recursion.
Proof.
  intros n _ mu kappa m _ series. pose proof (INR_fact_neq_0 m).
  apply (Rmult_eq_reg_r (/ INR (fact m))); [|now apply Rinv_neq_0_compat].
  change (mu (m + 1)%nat / INR (fact m) = sum (m + 1) (fun j => sum (m + 1) (fun i =>
    delta m (i + j) * INR (fact m) * kappa i * mu j / (INR (fact i) * INR (fact j)))) / INR (fact m)).
  rewrite series, <- sum_div. apply sum_ext. intros j _. rewrite <- sum_div. apply sum_ext. intros i _.
  pose proof (INR_fact_neq_0 i). pose proof (INR_fact_neq_0 j). field. auto.
Qed.

(* Cumulants over factorials from the rule that defines them *)
Lemma rates (M kappa : nat -> R) (n : nat) :
  (forall m, (m < n)%nat -> M (m + 1)%nat = sum (m + 1) (fun j => sum (m + 1) (fun i =>
    delta m (i + j) * INR (fact m) * kappa i * M j / (INR (fact i) * INR (fact j))))) ->
  forall m, (m < n)%nat -> diff (fun j => M j / INR (fact j)) m
    = conv (fun i => kappa i / INR (fact i)) (fun j => M j / INR (fact j)) m.
Proof.
  intros rule m L. apply (Rmult_eq_reg_l (INR (fact m))); [|apply INR_fact_neq_0].
  rewrite <- diff_of_moments, <- rule_of_cumulants. now apply rule.
Qed.

(* The powers of the sum of two independent numbers have means. *)
Lemma powers_of_sum (W : outcomes) (n : nat) (x y : W -> R) :
  (forall i, (i < n + 1)%nat -> forall j, (j < n + 1)%nat -> (i + j <= n)%nat -> is_mean W (fun o => x o ^ i * y o ^ j)
    (mean_of W (fun o => x o ^ i) * mean_of W (fun o => y o ^ j))) ->
  forall m, (m <= n)%nat -> is_mean W (fun o => (x o + y o) ^ m) (INR (fact m) *
    conv (fun j => mean_of W (fun o => x o ^ j) / INR (fact j)) (fun j => mean_of W (fun o => y o ^ j) / INR (fact j)) m).
Proof.
  intros factors.
  set (z := fun o t => match t with O => x o | _ => y o end).
  assert (power : forall j, (j <= n)%nat -> has_mean W (fun o => x o ^ j)).
  { intros j J. destruct (factors j ltac:(lia) 0%nat ltac:(lia) ltac:(lia)) as [has _].
    exact (proj1 (is_mean_ext _ (fun o => x o ^ j) _ (is_mean_of W _ has) (fun o => eq_sym (Rmult_1_r (x o ^ j))))). }
  assert (given : forall t, (t < 2)%nat -> forall i, (i < n + 1)%nat -> forall j, (j < n + 1)%nat -> (i + j <= n)%nat ->
    is_mean W (fun o => z o t ^ j * sum t (fun r => z o r) ^ i)
      (mean_of W (fun o => z o t ^ j) * mean_of W (fun o => sum t (fun r => z o r) ^ i))).
  { intros t T i I j J less. destruct t as [|[|t]]; [| |lia].
    - simpl sum. rewrite (is_mean_value W _ _ (is_mean_const W (0 ^ i))).
      eapply is_mean_ext; [eapply is_mean_eq; [exact (is_mean_scal W _ (0 ^ i) _ (is_mean_of W _ (power j ltac:(lia))))|]|].
      + apply Rmult_comm.
      + intros o. apply Rmult_comm.
    - assert (first : forall o, sum 1 (fun r => z o r) = x o) by (intros; simpl; ring).
      rewrite (mean_ext W (fun o => sum 1 (fun r => z o r) ^ i) (fun o => x o ^ i)) by (intros; now rewrite first).
      destruct (factors i I j J less) as [has value].
      eapply is_mean_ext; [eapply is_mean_eq; [exact (is_mean_of W _ has)|]|].
      + rewrite value. apply Rmult_comm.
      + intros o. cbv beta. rewrite first. apply Rmult_comm. }
  set (a := fun j => mean_of W (fun o => x o ^ j) / INR (fact j)).
  set (b := fun j => mean_of W (fun o => y o ^ j) / INR (fact j)).
  intros m M. eapply is_mean_ext; [eapply is_mean_eq; [exact (next_power W 2 n z given 1 m ltac:(lia) M)|]|].
    - f_equal. apply conv_ext; intros j _; [|reflexivity]. unfold of_sum, a. f_equal. apply mean_ext.
      intros o. f_equal. unfold z. simpl. ring.
    - intros o. cbv beta. f_equal. unfold z. simpl. ring.
Qed.

Theorem add_holds : add.
Proof.
  intros W n _ x y kappa lambda [factors [of_x of_y]].
  set (a := fun j => mean_of W (fun o => x o ^ j) / INR (fact j)).
  set (b := fun j => mean_of W (fun o => y o ^ j) / INR (fact j)).
  pose proof (powers_of_sum W n x y factors : forall m, (m <= n)%nat ->
    is_mean W (fun o => (x o + y o) ^ m) (INR (fact m) * conv a b m)) as moments.
  assert (both : forall m, (m < n)%nat ->
    diff (conv a b) m = conv (fun i => kappa i / INR (fact i) + lambda i / INR (fact i)) (conv a b) m).
  { apply rates_add; [apply (rates (fun j => mean_of W (fun o => x o ^ j)) kappa n) |
      apply (rates (fun j => mean_of W (fun o => y o ^ j)) lambda n)]; intros m M; [now apply of_x | now apply of_y]. }
  intros m M. pose (S := fun j => mean_of W (fun o => (x o + y o) ^ j)).
  assert (series : forall j, (j <= n)%nat -> S j / INR (fact j) = conv a b j).
  { intros j J. unfold S. rewrite (is_mean_value W _ _ (moments j J)). field. apply INR_fact_neq_0. }
  split; [exact (proj1 (moments (m + 1)%nat ltac:(lia)))|].
  change (S (m + 1)%nat = sum (m + 1) (fun j => sum (m + 1) (fun i =>
    (kappa i + lambda i) * delta m (i + j) * INR (fact m) * S j / (INR (fact i) * INR (fact j))))).
  rewrite diff_of_moments. unfold diff. rewrite series by lia. fold (diff (conv a b) m). rewrite both by exact M.
  transitivity (INR (fact m) * conv (fun i => (kappa i + lambda i) / INR (fact i)) (fun j => S j / INR (fact j)) m).
  { f_equal. apply conv_ext; intros i I; [field; apply INR_fact_neq_0 | symmetry; apply series; lia]. }
  etransitivity; [symmetry; exact (rule_of_cumulants S (fun i => kappa i + lambda i) m)|].
  apply sum_ext. intros j _. apply sum_ext. intros i _. unfold Rdiv. ring.
Qed.

Theorem copies_holds : copies.
Proof.
  intros W n _ d _ x kappa [factors alike] m M.
  assert (each : forall t, (t < d)%nat -> forall l, (l < n)%nat ->
    diff (of_one W x t) l = conv (fun i => kappa i / INR (fact i)) (of_one W x t) l).
  { intros t T. apply (rates (fun j => mean_of W (fun o => x o t ^ j)) kappa n). intros l L. now apply alike. }
  split; [exact (sum_power W d n x factors d (m + 1) (le_n d) ltac:(lia))|].
  pose (S := fun j => mean_of W (fun o => sum d (fun r => x o r) ^ j)).
  transitivity (S (m + 1)%nat); [reflexivity|]. rewrite diff_of_moments.
  change (fun j => S j / INR (fact j)) with (of_sum W x d).
  rewrite (sum_rates W d n x factors _ each d (le_n d) m M).
  transitivity (INR (fact m) * conv (fun i => INR d * kappa i / INR (fact i)) (of_sum W x d) m).
  { f_equal. apply conv_ext; intros; [field; apply INR_fact_neq_0 | reflexivity]. }
  etransitivity; [symmetry; exact (rule_of_cumulants S (fun i => INR d * kappa i) m)|].
  apply sum_ext. intros j _. apply sum_ext. intros i _. unfold S, Rdiv. ring.
Qed.
