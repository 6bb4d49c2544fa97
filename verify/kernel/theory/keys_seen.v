(* Means of the sum of squared weights, and of what the largest score and the weighted one have to do with it. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums largest outcomes freezing.
Open Scope R_scope.

Lemma squares_of_weights (n : nat) (e : nat -> R) :
  sum n (fun i => (exp (e i) / sum n (fun l => exp (e l))) ^ 2) = squares n e 1.
Proof.
  assert (one : forall l, exp (1 * e l) = exp (e l)) by (intros; f_equal; ring). unfold squares, share, total.
  rewrite (sum_ext n (fun l => exp (1 * e l)) (fun l => exp (e l))) by (intros; apply one).
  apply sum_ext. intros. now rewrite one.
Qed.

(* Two keys alone: a mean of c at most for each pair. *)
Lemma by_pairs (W : outcomes) (n : nat) (e : W -> nat -> R) (c : R) : (1 <= n)%nat ->
  has_mean W (fun o => sum n (fun i => (exp (e o i) / sum n (fun l => exp (e o l))) ^ 2)) ->
  (forall i, (i < n)%nat -> forall j, (j < n)%nat -> i <> j ->
    has_mean W (fun o => 1 / (4 * cosh ((e o i - e o j) / 2) ^ 2)) /\
    mean_of W (fun o => 1 / (4 * cosh ((e o i - e o j) / 2) ^ 2)) <= c) ->
  1 - mean_of W (fun o => sum n (fun i => (exp (e o i) / sum n (fun l => exp (e o l))) ^ 2)) <= INR n * (INR n - 1) * c.
Proof.
  intros some has pairs.
  set (g := fun o i j => 1 / (4 * cosh ((e o i - e o j) / 2) ^ 2)).
  assert (each : forall i, (i < n)%nat -> forall j, (j < n)%nat ->
    exists m, is_mean W (fun o => (1 - delta i j) * g o i j) m /\ m <= (1 - delta i j) * c).
  { intros i li j lj. destruct (Nat.eq_dec i j) as [<-|no].
    - exists 0. rewrite delta_same. split; [|lra]. apply (is_mean_ext (fun _ => 0)); [apply is_mean_const|]. intros.
      cbv beta. ring.
    - destruct (pairs i li j lj no) as [hasp less]. exists (mean_of W (fun o => g o i j)). rewrite delta_other by
      exact no.
      split; [|change (mean_of W (fun o => g o i j) <= c) in less; lra].
      apply (is_mean_ext (fun o => g o i j)); [exact (is_mean_of W _ hasp)|]. intros. cbv beta. ring. }
  set (m := fun i j => mean_of W (fun o => (1 - delta i j) * g o i j)).
  assert (mean : is_mean W (fun o => sum n (fun i => sum n (fun j => (1 - delta i j) * g o i j))) (sum n (fun i =>
    sum n (m i)))).
  { apply (is_mean_sum_sum W n n (fun o i j => (1 - delta i j) * g o i j) m). intros i li j lj.
    destruct (each i li j lj) as [k [[hk _] _]]. now apply is_mean_of. }
  apply Rle_trans with (sum n (fun i => sum n (m i))).
  - apply (is_mean_le W _ _ _ _ (is_mean_minus W _ _ _ _ (is_mean_const W 1) (is_mean_of W _ has)) mean). intros o.
    rewrite squares_of_weights, (loss n (e o) some 1).
    apply sum_le. intros i li. apply sum_le. intros j lj. destruct (Nat.eq_dec i j) as [<-|no].
    + rewrite delta_same. lra.
    + rewrite delta_other by exact no. pose proof (two_shares n (e o) some 1 i j li lj no) as two.
      replace (1 * (e o i - e o j)) with (e o i - e o j) in two by ring. unfold g. lra.
  - apply Rle_trans with (sum n (fun i => sum n (fun j => (1 - delta i j) * c))).
    + apply sum_le. intros i li. apply sum_le. intros j lj. destruct (each i li j lj) as [k [[_ same] less]].
      unfold m. rewrite same. exact less.
    + apply Req_le. rewrite (sum_ext n _ (fun _ => (INR n - 1) * c)); [rewrite sum_const; ring|].
      intros i li. rewrite sum_scal_r, sum_minus, sum_const. f_equal.
      rewrite (sum_ext n _ (fun j => delta i j * 1)) by (intros; ring).
      rewrite (sum_delta n i (fun _ => 1) li). ring.
Qed.

(* Chebyshev: exponentials with one mean, one mean square, uncorrelated. *)
Lemma by_chebyshev (W : outcomes) (n : nat) (e : W -> nat -> R) (A B : R) : (1 <= n)%nat -> 0 < A ->
  (forall j, (j < n)%nat -> is_mean W (fun o => exp (e o j)) A) ->
  (forall j, (j < n)%nat -> is_mean W (fun o => exp (2 * e o j)) B) ->
  (forall i, (i < n)%nat -> forall j, (j < n)%nat -> i <> j -> is_mean W (fun o => exp (e o i) * exp (e o j)) (A ^
    2)) ->
  has_mean W (fun o => sum n (fun i => (exp (e o i) / sum n (fun l => exp (e o l))) ^ 2)) ->
  mean_of W (fun o => sum n (fun i => (exp (e o i) / sum n (fun l => exp (e o l))) ^ 2)) <= (8 * (B / A ^ 2) - 4) /
    INR n.
Proof.
  intros some ap first second mixed has. assert (np : 0 < INR n) by (apply lt_0_INR; lia). set (m := INR n * A).
  assert (mp : 0 < m) by (apply Rmult_lt_0_compat; assumption).
  assert (a2 : 0 < A ^ 2) by (apply pow_lt; exact ap). assert (m2 : 0 < m ^ 2) by (apply pow_lt; exact mp).
  assert (linear : is_mean W (fun o => sum n (fun l => exp (e o l))) m).
  { eapply is_mean_eq; [exact (is_mean_sum W n (fun o l => exp (e o l)) (fun _ => A) first)|apply sum_const]. }
  assert (doubled : is_mean W (fun o => sum n (fun l => exp (2 * e o l))) (INR n * B)).
  { eapply is_mean_eq; [exact (is_mean_sum W n (fun o l => exp (2 * e o l)) (fun _ => B) second)|apply sum_const]. }
  assert (square : is_mean W (fun o => sum n (fun l => exp (e o l)) * sum n (fun l => exp (e o l)))
    ((B - A ^ 2) * INR n + A ^ 2 * INR n ^ 2)).
  { eapply is_mean_eq; [apply (is_mean_product W n n (fun o l => exp (e o l)) (fun o l => exp (e o l))
      (fun i j => delta i j * (B - A ^ 2) + A ^ 2))|].
    - intros i li j lj. destruct (Nat.eq_dec i j) as [<-|no].
      + eapply is_mean_ext; [eapply is_mean_eq; [exact (second i li)|rewrite delta_same; ring]|].
        intros o. cbv beta. rewrite <- exp_plus. f_equal. ring.
      + eapply is_mean_eq; [exact (mixed i li j lj no)|rewrite delta_other by exact no; ring].
    - rewrite (sum_ext n _ (fun _ => (B - A ^ 2) + INR n * A ^ 2)); [rewrite sum_const; ring|].
      intros i li. rewrite sum_plus, sum_const. f_equal. exact (sum_delta n i (fun _ => B - A ^ 2) li). }
  pose proof (is_mean_linear W _ _ (4 / m ^ 2) (4 / m ^ 2) _ _ doubled
    (is_mean_plus W _ _ _ _ square (is_mean_linear W _ _ (-2 * m) (m ^ 2) _ _ linear (is_mean_const W 1)))) as bound.
  eapply Rle_trans; [apply (is_mean_le W _ _ _ _ (is_mean_of W _ has) bound)|].
  - intros o. cbv beta.
    assert (one : forall l, exp (1 * e o l) = exp (e o l)) by (intros; f_equal; ring).
    assert (same : sum n (fun i => (exp (e o i) / sum n (fun l => exp (e o l))) ^ 2) = squares n (e o) 1).
    { unfold squares, share, total. rewrite (sum_ext n (fun l => exp (1 * e o l)) (fun l => exp (e o l))) by (intros;
      apply one).
      apply sum_ext. intros. now rewrite one. }
    rewrite same. apply Rle_trans with (1 := squares_by_chebyshev n (e o) some 1 m mp). apply Req_le.
    unfold total. rewrite (sum_ext n (fun l => exp (1 * e o l)) (fun l => exp (e o l))) by (intros; apply one).
    rewrite (sum_ext n (fun l => exp (2 * 1 * e o l)) (fun l => exp (2 * e o l))) by (intros; f_equal; ring).
    field. lra.
  - apply Req_le. unfold m. field. lra.
Qed.

Lemma exp_square (x : R) : exp x ^ 2 = exp (2 * x).
Proof. replace (2 * x) with (x + x) by ring. rewrite exp_plus. ring. Qed.

Lemma log_pos (n : nat) : (2 <= n)%nat -> 0 < ln (INR n).
Proof.
  intros two. rewrite <- ln_1. apply ln_increasing; [lra|]. apply (lt_INR 1 n). lia.
Qed.

Lemma root_exp (n : nat) : (2 <= n)%nat -> exp (ln (INR n) / 2) = sqrt (INR n).
Proof.
  intros two. assert (0 < INR n) by (apply lt_0_INR; lia). symmetry. apply sqrt_lem_1; [lra | apply Rlt_le, exp_pos|].
  rewrite <- exp_plus. replace (ln (INR n) / 2 + ln (INR n) / 2) with (ln (INR n)) by field. now apply exp_ln.
Qed.

Lemma edge_square (n : nat) (s : R) : (2 <= n)%nat -> s = sqrt 2 * sqrt (ln (INR n)) -> 0 < s /\ s * s = 2 * ln (INR n).
Proof.
  intros two ->. pose proof (log_pos n two) as lp. pose proof (sqrt_lt_R0 2 ltac:(lra)). pose proof (sqrt_lt_R0 _ lp).
  split; [now apply Rmult_lt_0_compat|].
  replace (sqrt 2 * sqrt (ln (INR n)) * (sqrt 2 * sqrt (ln (INR n))))
    with (sqrt 2 * sqrt 2 * (sqrt (ln (INR n)) * sqrt (ln (INR n)))) by ring. rewrite !sqrt_sqrt; lra.
Qed.

(* The total of the exponentials, and its log below a tangent. *)
Lemma edge_total (W : outcomes) (n : nat) (z : W -> nat -> R) (s : R) : (2 <= n)%nat -> s * s = 2 * ln (INR n) ->
  (forall j, (j < n)%nat -> is_mean W (fun o => exp (s * z o j)) (exp (s ^ 2 / 2))) ->
  exists a, 0 < a /\ ln a = s * s /\ is_mean W (fun o => total n (z o) s / a) 1.
Proof.
  intros two edge each. assert (np : 0 < INR n) by (apply lt_0_INR; lia). pose proof (exp_pos (s ^ 2 / 2)) as ep.
  exists (INR n * exp (s ^ 2 / 2)). split; [now apply Rmult_lt_0_compat|]. split.
  - rewrite ln_mult, ln_exp by assumption. replace (s ^ 2 / 2) with (ln (INR n)) by (simpl; lra). lra.
  - eapply is_mean_ext; [eapply is_mean_eq; [exact (is_mean_scal W _ (/ (INR n * exp (s ^ 2 / 2))) _
      (is_mean_sum W n (fun o j => exp (s * z o j)) (fun _ => exp (s ^ 2 / 2)) each))|]|].
    + rewrite sum_const. field. lra.
    + intros o. unfold total. cbv beta. field. lra.
Qed.

Section Loss.
Variables (W : outcomes) (n : nat) (z : W -> nat -> R) (s : R).
Hypothesis two : (2 <= n)%nat.
Hypothesis sp : 0 < s.
Hypothesis by_parts : forall j, (j < n)%nat ->
  has_mean W (fun o => (1 - share n (z o) s j) * share n (z o) s j) /\
  is_mean W (fun o => share n (z o) s j * z o j)
    (s * mean_of W (fun o => (1 - share n (z o) s j) * share n (z o) s j)).

Definition lost : R := sum n (fun j => mean_of W (fun o => (1 - share n (z o) s j) * share n (z o) s j)).

Lemma some : (1 <= n)%nat.
Proof. lia. Qed.

Lemma squares_mean : is_mean W (fun o => squares n (z o) s) (1 - lost).
Proof.
  eapply is_mean_ext; [exact (is_mean_minus W _ _ _ _ (is_mean_const W 1)
    (is_mean_sum W n (fun o j => (1 - share n (z o) s j) * share n (z o) s j) _
      (fun j lj => is_mean_of W _ (proj1 (by_parts j lj)))))|].
  intros o. cbv beta. rewrite <- (shares n (z o) some s) at 1. unfold squares. rewrite <- sum_minus. apply sum_ext.
  intros. ring.
Qed.

Lemma level_mean : is_mean W (fun o => level n (z o) s) (s * lost).
Proof.
  eapply is_mean_eq; [exact (is_mean_sum W n (fun o j => share n (z o) s j * z o j) _ (fun j lj => proj2 (by_parts j
    lj)))|].
  unfold lost. now rewrite sum_scal_l.
Qed.

Variables (M : R).
Hypothesis top : is_mean W (fun o => largest n (fun l => z o l)) M.

Lemma lost_most : lost <= M / s.
Proof.
  apply (Rmult_le_reg_l s); [exact sp|]. replace (s * (M / s)) with M by (field; lra).
  apply (is_mean_le W _ _ _ _ level_mean top). intros o. exact (level_most n (z o) some s).
Qed.

Variable e : R.
Hypothesis edge : 0 < e /\ e * e = 2 * ln (INR n).
Hypothesis each : forall j, (j < n)%nat -> is_mean W (fun o => exp (e * z o j)) (exp (e ^ 2 / 2)).

Lemma lost_least : s * M - e * e <= (s - e) * (s * lost).
Proof.
  destruct (edge_total W n z e two (proj2 edge) each) as [a [ap [la ratio]]].
  pose proof (is_mean_linear W _ _ (-1) (1 - e * e) _ _ ratio (is_mean_one W)) as tail.
  pose proof (is_mean_plus W _ _ _ _ (is_mean_scal W _ s _ top) tail) as low.
  replace (s * M - e * e) with (s * M + (-1 * 1 + (1 - e * e) * 1)) by ring.
  apply (is_mean_le W _ _ _ _ low (is_mean_scal W _ (s - e) _ level_mean)). intros o. cbv beta.
  pose proof (largest_below n (z o) some s (Rlt_le _ _ sp)). pose proof (log_below n (z o) some e a ap) as tangent_a.
  pose proof (tangent n (z o) some e s). rewrite la in tangent_a.
  change (largest n (fun l => z o l)) with (largest n (z o)). lra.
Qed.
End Loss.
