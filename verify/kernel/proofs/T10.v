(* T10: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums largest outcomes limits freezing.
From Attnproof.statements Require Import T10.
Open Scope R_scope.

Theorem grows_holds : grows.
Proof.
  intros W n two z s t alpha beta [sp [st [ha hb]]]. assert (some : (1 <= n)%nat) by lia.
  pose proof (is_mean_of W _ ha) as ma. pose proof (is_mean_of W _ hb) as mb. split; [|split].
  - apply (is_mean_le W _ _ _ _ (is_mean_const W (/ INR n)) ma). intros o. exact (squares_least n (z o) some s).
  - apply (is_mean_le W _ _ _ _ ma mb). intros o. exact (squares_up n (z o) some s t sp st).
  - apply (is_mean_le W _ _ _ _ mb (is_mean_const W 1)). intros o. exact (squares_most n (z o) some t).
Qed.

Theorem few_keys_holds : few_keys.
Proof.
  intros W n two z s alpha [sp [has pairs]]. assert (some : (1 <= n)%nat) by lia.
  set (c := 1 / (2 * sqrt PI * s)).
  set (g := fun o i j => 1 / (4 * cosh (s * (z o i - z o j) / 2) ^ 2)).
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
    apply Rle_trans with (1 - squares n (z o) s); [apply Rle_refl|]. rewrite (loss n (z o) some s).
    apply sum_le. intros i li. apply sum_le. intros j lj. destruct (Nat.eq_dec i j) as [<-|no].
    + rewrite delta_same. lra.
    + rewrite delta_other by exact no. pose proof (two_shares n (z o) some s i j li lj no). unfold g. lra.
  - apply Rle_trans with (sum n (fun i => sum n (fun j => (1 - delta i j) * c))).
    + apply sum_le. intros i li. apply sum_le. intros j lj. destruct (each i li j lj) as [k [[_ same] less]].
      unfold m. rewrite same. exact less.
    + apply Req_le. rewrite (sum_ext n _ (fun _ => (INR n - 1) * c)); [rewrite sum_const; unfold c, Rdiv; ring|].
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

Theorem many_keys_holds : many_keys.
Proof.
  intros W n two z s alpha [sp [has [first [second mixed]]]].
  assert (square : exp (s ^ 2 / 2) ^ 2 = exp (s ^ 2)) by (rewrite exp_square; f_equal; field).
  replace (exp (s ^ 2)) with (exp (2 * s ^ 2) / exp (s ^ 2 / 2) ^ 2).
  - apply (by_chebyshev W n (fun o j => s * z o j)); [lia | apply exp_pos | exact first | | | exact has].
    + intros j lj. eapply is_mean_ext; [exact (second j lj)|]. intros o. cbv beta. f_equal. ring.
    + intros i li j lj no. rewrite square. exact (mixed i li j lj no).
  - rewrite square. replace (2 * s ^ 2) with (s ^ 2 + s ^ 2) by ring. rewrite exp_plus. field.
    apply Rgt_not_eq, exp_pos.
Qed.

Lemma log_pos (n : nat) : (2 <= n)%nat -> 0 < ln (INR n).
Proof.
  intros two. rewrite <- ln_1. apply ln_increasing; [lra|]. apply (lt_INR 1 n). lia.
Qed.

Lemma root_exp (n : nat) : (2 <= n)%nat -> exp (ln (INR n) / 2) = sqrt (INR n).
Proof.
  intros two. assert (0 < INR n) by (apply lt_0_INR; lia). symmetry. apply sqrt_lem_1; [lra | apply Rlt_le, exp_pos|].
  rewrite <- exp_plus. replace (ln (INR n) / 2 + ln (INR n) / 2) with (ln (INR n)) by field. now apply exp_ln.
Qed.

Theorem many_keys_of_a_head_holds : many_keys_of_a_head.
Proof.
  intros W P d sd n two q k alpha [normal [len has]]. pose proof (log_pos n two) as lp.
  assert (np : 0 < INR n) by (apply lt_0_INR; lia). pose proof (root_exp n two) as root.
  set (r := ln (INR n) / 2) in *. assert (rp : 0 < r) by (unfold r; lra).
  set (L := fun o => sum d (fun r => q o r ^ 2)) in *.
  set (F := fun o => mean_of P (fun u => sum n (fun i => alpha o u i ^ 2))) in *.
  assert (most : forall o, F o <= 1).
  { intros o. destruct (normal o) as [_ [_ hs]].
    apply (is_mean_le P _ _ _ _ (is_mean_of P _ hs) (is_mean_const P 1)). intros u.
    pose proof (squares_most n (fun j => sum d (fun r => k u j r * q o r)) ltac:(lia) 1) as one.
    unfold squares, share, total in one. unfold alpha.
    rewrite (sum_ext n (fun l => exp (1 * _)) (fun l => exp (sum d (fun r => k u l r * q o r)))) in one
      by (intros; f_equal; ring).
    erewrite sum_ext; [exact one|]. intros i li. cbv beta. now rewrite Rmult_1_l. }
  assert (few : forall o, F o <= (8 * exp (L o) - 4) / INR n).
  { intros o. destruct (normal o) as [single [mixed hs]].
    assert (half : exp (L o / 2) ^ 2 = exp (L o)) by (rewrite exp_square; f_equal; field).
    replace (exp (L o)) with (exp (2 * L o) / exp (L o / 2) ^ 2).
    - apply (by_chebyshev P n (fun u j => sum d (fun r => k u j r * q o r))); [lia | apply exp_pos | | | | exact hs].
      + intros j lj. exact (proj1 (single j lj)).
      + intros j lj. exact (proj2 (single j lj)).
      + intros i li j lj no. rewrite half. eapply is_mean_ext; [exact (mixed i li j lj no)|].
        intros u. cbv beta. now rewrite exp_plus.
    - rewrite half. replace (2 * L o) with (L o + L o) by ring. rewrite exp_plus. field. apply Rgt_not_eq, exp_pos. }
  assert (pointwise : forall o, F o <= / r * L o + (8 * sqrt (INR n) - 4) / INR n * 1).
  { intros o. assert (lo : 0 <= L o) by (apply sum_nonneg; intros; apply pow2_ge_0).
    assert (ri : 0 < / r) by (now apply Rinv_0_lt_compat). rewrite Rmult_1_r.
    destruct (Rle_dec (L o) r) as [short|long].
    - apply Rle_trans with (1 := few o). assert (0 <= / r * L o) by (apply Rmult_le_pos; lra).
      assert (exp (L o) <= sqrt (INR n)).
      { rewrite <- root. destruct short as [less|<-]; [apply Rlt_le, exp_increasing, less | apply Rle_refl]. }
      assert ((8 * exp (L o) - 4) / INR n <= (8 * sqrt (INR n) - 4) / INR n)
        by (apply Rmult_le_compat_r; [apply Rlt_le, Rinv_0_lt_compat, np | lra]). lra.
    - apply Rle_trans with (1 := most o). assert (1 <= / r * L o).
      { apply (Rmult_le_reg_l r); [exact rp|]. rewrite <- Rmult_assoc, Rinv_r by lra. lra. }
      assert (1 <= sqrt (INR n)) by (rewrite <- sqrt_1; apply sqrt_le_1_alt; apply (le_INR 1 n); lia).
      assert (0 <= (8 * sqrt (INR n) - 4) / INR n) by (apply Rdiv_le_0_compat; lra). lra. }
  assert (bound : mean_of W F <= 2 * INR d / ln (INR n) + (8 * sqrt (INR n) - 4) / INR n).
  { eapply Rle_trans; [apply (is_mean_le W _ _ _ _ (is_mean_of W F has)
      (is_mean_linear W L (fun _ => 1) (/ r) ((8 * sqrt (INR n) - 4) / INR n) _ _ len (is_mean_one W)) pointwise)|].
    apply Req_le. unfold r. field. lra. }
  split; [exact bound|]. apply Rle_trans with (1 := bound).
  assert (root_pos : 0 < sqrt (INR n)) by (now apply sqrt_lt_R0).
  assert (squared : sqrt (INR n) * sqrt (INR n) = INR n) by (apply sqrt_sqrt; lra).
  assert (logs : ln (INR n) <= 2 * sqrt (INR n)).
  { replace (ln (INR n)) with (2 * r) by (unfold r; field). rewrite <- root. pose proof (exp_ineq1_le r). lra. }
  assert (tail : (8 * sqrt (INR n) - 4) / INR n <= 16 / ln (INR n)).
  { apply Rle_trans with (8 / sqrt (INR n)).
    - apply (Rmult_le_reg_r (INR n)); [exact np|].
      replace ((8 * sqrt (INR n) - 4) / INR n * INR n) with (8 * sqrt (INR n) - 4) by (field; lra).
      replace (8 / sqrt (INR n) * INR n) with (8 * sqrt (INR n)) by (rewrite <- squared at 3; field; lra). lra.
    - apply (Rmult_le_reg_r (sqrt (INR n) * ln (INR n))); [nra|].
      replace (8 / sqrt (INR n) * (sqrt (INR n) * ln (INR n))) with (8 * ln (INR n)) by (field; lra).
      replace (16 / ln (INR n) * (sqrt (INR n) * ln (INR n))) with (16 * sqrt (INR n)) by (field; lra). lra. }
  rewrite plus_INR, mult_INR. simpl (INR 2). replace (INR 16) with 16 by (simpl; lra).
  replace ((2 * INR d + 16) / ln (INR n)) with (2 * INR d / ln (INR n) + 16 / ln (INR n)) by (field; lra).
  replace ((1 + 1) * INR d) with (2 * INR d) by ring. lra.
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

Theorem largest_score_holds : largest_score.
Proof.
  intros W n two z M s [edge [each top]]. destruct (edge_square n s two edge) as [sp ss].
  destruct (edge_total W n z s two ss each) as [a [ap [la ratio]]]. assert (some : (1 <= n)%nat) by lia.
  assert (s * M <= s * s); [|nra].
  eapply Rle_trans; [apply (is_mean_le W _ _ _ _ (is_mean_scal W _ s _ top)
    (is_mean_linear W _ _ 1 (s * s - 1) _ _ ratio (is_mean_one W)))|lra].
  intros o. cbv beta. apply Rle_trans with (1 := largest_below n (z o) some s (Rlt_le _ _ sp)).
  pose proof (log_below n (z o) some s a ap). rewrite la in H. lra.
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

Theorem upper_end_holds : upper_end.
Proof.
  intros W n two z s M alpha [sp [by_parts top]].
  pose proof (squares_mean W n z s two by_parts) as squares. pose proof (level_mean W n z s by_parts) as level.
  pose proof (lost_most W n z s two sp by_parts M top) as most.
  assert (kept : 1 - mean_of W (fun o => sum n (fun i => alpha o i ^ 2)) = lost W n z s).
  { transitivity (1 - (1 - lost W n z s)); [f_equal; exact (proj2 squares) | ring]. }
  rewrite kept. split; [|exact most].
  transitivity (s * lost W n z s / s); [field; lra|]. f_equal. symmetry. exact (proj2 level).
Qed.

Theorem lower_end_holds : lower_end.
Proof.
  intros W n two z s M e alpha [sp [by_parts [top [edge [each above]]]]].
  pose proof (squares_mean W n z s two by_parts) as squares. pose proof (edge_square n e two edge) as [ep ee].
  pose proof (lost_least W n z s two sp by_parts M top e (conj ep ee) each) as least.
  assert (kept : 1 - mean_of W (fun o => sum n (fun i => alpha o i ^ 2)) = lost W n z s).
  { transitivity (1 - (1 - lost W n z s)); [f_equal; exact (proj2 squares) | ring]. }
  rewrite kept. assert (room : 0 < s * (s - e)) by (apply Rmult_lt_0_compat; lra).
  apply (Rmult_le_reg_r (s * (s - e))); [exact room|].
  replace ((M * s - e ^ 2) / (s * (- e + s)) * (s * (s - e))) with (s * M - e * e) by (field; lra). lra.
Qed.

Theorem law_holds : law.
Proof.
  intros W n two z s M e b alpha [sp [by_parts [top [edge [each [above ratio]]]]]].
  pose proof (squares_mean W n z s two by_parts) as squares. pose proof (edge_square n e two edge) as [ep ee].
  pose proof (lost_least W n z s two sp by_parts M top e (conj ep ee) each) as least.
  pose proof (lost_most W n z s two sp by_parts M top) as most.
  pose proof (largest_score_holds W n two z M e (conj edge (conj each top))) as small.
  assert (kept : mean_of W (fun o => sum n (fun i => alpha o i ^ 2)) = 1 - lost W n z s) by exact (proj2 squares).
  rewrite kept. set (T := lost W n z s) in *. clearbody T. subst s.
  assert (bp : 1 < b) by (apply (Rmult_lt_reg_r e); lra).
  assert (under : T <= M / e / b) by (replace (M / e / b) with (M / (b * e)) by (field; lra); exact most).
  assert (over : (b * (M / e) - 1) <= b * (b - 1) * T).
  { apply (Rmult_le_reg_r (e * e)); [nra|]. replace ((b * (M / e) - 1) * (e * e)) with (b * e * M - e * e) by (field;
    lra).
    replace (b * (b - 1) * T * (e * e)) with ((b * e - e) * (b * e * T)) by ring. exact least. }
  assert (share : M / e <= 1) by (apply (Rmult_le_reg_r e); [exact ep|]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra).
  set (x := M / e) in *. clearbody x. replace (1 - T - 1 + / b) with (/ b - T) by ring.
  assert (bi : 0 < / b) by (apply Rinv_0_lt_compat; lra).
  apply Rabs_le. split.
  - apply Rle_trans with 0.
    + assert (0 <= (- x + 1) / (b - 1)) by (apply Rdiv_le_0_compat; lra). lra.
    + assert (x / b <= / b) by (unfold Rdiv; nra). lra.
  - apply (Rmult_le_reg_r (b * (b - 1))); [nra|].
    replace ((- x + 1) / (b - 1) * (b * (b - 1))) with (b * (1 - x)) by (field; lra).
    replace ((/ b - T) * (b * (b - 1))) with (b - 1 - b * (b - 1) * T) by (field; lra). lra.
Qed.

Theorem freezing_holds : freezing.
Proof.
  intros W n two z s M e b epsilon alpha [sp [by_parts [top [edge [each [above [ratio [near [epos large]]]]]]]]].
  pose proof (law_holds W n two z s M e b (conj sp (conj by_parts (conj top (conj edge (conj each (conj above
    ratio)))))))
    as bound. cbv zeta in bound. apply Rle_trans with (1 := bound).
  pose proof (edge_square n e two edge) as [ep ee]. pose proof (log_pos n two) as lp.
  assert (bp : 1 < b) by (apply (Rmult_lt_reg_r e); lra).
  set (l := ln (INR n)) in *. pose proof (sqrt_lt_R0 l lp) as rp. pose proof (sqrt_sqrt l ltac:(lra)) as rr.
  set (r := sqrt l) in *. assert (far : 31 / (2 * r) <= (b - 1) * epsilon).
  { assert (be : 0 < (b - 1) * epsilon) by (apply Rmult_lt_0_compat; lra).
    assert (31 / 2 <= r * ((b - 1) * epsilon)).
    { apply Rsqr_incr_0_var; [|apply Rlt_le, Rmult_lt_0_compat; assumption]. unfold Rsqr.
      replace (r * ((b - 1) * epsilon) * (r * ((b - 1) * epsilon))) with (r * r * (epsilon ^ 2 * (b - 1) ^ 2)) by ring.
      rewrite rr. apply (Rmult_le_compat_r (epsilon ^ 2 * (b - 1) ^ 2)) in large; [|nra].
      replace (961 / (4 * epsilon ^ 2 * (b - 1) ^ 2) * (epsilon ^ 2 * (b - 1) ^ 2)) with (961 / 4) in large by
        (field; lra).
      lra. }
    apply (Rmult_le_reg_r (2 * r)); [lra|]. replace (31 / (2 * r) * (2 * r)) with 31 by (field; lra). lra. }
  assert (least : 1 - 31 / (2 * r) <= M / e).
  { apply (Rmult_le_reg_l e); [exact ep|]. replace (e * (M / e)) with M by (field; lra). exact near. }
  apply (Rmult_le_reg_r (b - 1)); [lra|]. unfold Rdiv at 1. rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.

Theorem mean_over_the_query_holds : mean_over_the_query.
Proof.
  intros W d three r [above [has [has2 two]]].
  assert (room : 0 < INR d - 2) by (apply (le_INR 3) in three; simpl in three; lra).
  pose proof (sqrt_lt_R0 _ room) as root. pose proof (sqrt_sqrt (INR d - 2) ltac:(lra)) as square.
  set (c := sqrt (INR d - 2)) in *.
  pose proof (is_mean_linear W _ _ (c / 2) (/ (2 * c)) _ _ (conj has2 two : is_mean W _ _) (is_mean_one W)) as bound.
  eapply Rle_trans; [apply (is_mean_le W _ _ _ _ (is_mean_of W _ has) bound)|].
  - intros o. cbv beta. specialize (above o). pose proof (pow2_ge_0 (c * / r o - 1)) as gap.
    replace (/ r o ^ 2) with (/ r o * / r o) by (field; lra).
    apply (Rmult_le_reg_l (2 * c)); [lra|].
    replace (2 * c * (c / 2 * (/ r o * / r o) + / (2 * c) * 1)) with (c * / r o * (c * / r o) + 1) by (field; lra). nra.
  - apply Req_le. rewrite <- square. field. lra.
Qed.

Theorem one_key_is_left_holds : one_key_is_left.
Proof.
  intros n two z i li leads. assert (some : (1 <= n)%nat) by lia.
  assert (each : forall l, (l < n)%nat -> is_lim (fun x => exp (- ((z i - z l) * x))) p_infty (delta i l)).
  { intros l ll. destruct (Nat.eq_dec i l) as [<-|no].
    - rewrite delta_same. apply (is_lim_ext (fun _ => 1)); [|apply is_lim_const].
      intros x. replace (- ((z i - z i) * x)) with 0 by ring. now rewrite exp_0.
    - rewrite delta_other by exact no. apply exp_decays_at. pose proof (leads l ll no). lra. }
  pose proof (lim_sum n (fun l x => exp (- ((z i - z l) * x))) p_infty (delta i) each) as sums.
  assert (one : sum n (delta i) = 1).
  { rewrite (sum_ext n _ (fun j => delta i j * 1)) by (intros; ring). exact (sum_delta n i (fun _ => 1) li). }
  rewrite one in sums.
  assert (low : is_lim (fun x => (/ sum n (fun l => exp (- ((z i - z l) * x)))) ^ 2) p_infty 1).
  { replace (Finite 1) with (Finite ((/ 1) ^ 2)) by (f_equal; field).
    apply (lim_through (fun t => (/ t) ^ 2) (fun x => sum n (fun l => exp (- ((z i - z l) * x)))) p_infty 1); [|exact
      sums].
    auto_derive. lra. }
  apply (is_lim_le_le_loc (fun x => (/ sum n (fun l => exp (- ((z i - z l) * x)))) ^ 2) (fun _ => 1) _ p_infty 1);
    [|exact low | apply is_lim_const].
  exists 0. intros x _.
  assert (same : sum n (fun j => exp (2 * x * z j) / sum n (fun l => exp (x * z l)) ^ 2) = squares n z x).
  { rewrite squares_by_totals by exact some. unfold total. now rewrite sum_div. }
  rewrite same. split; [|now apply squares_most].
  assert (own : / sum n (fun l => exp (- ((z i - z l) * x))) = share n z x i).
  { unfold share. pose proof (total_above n z some x). pose proof (exp_pos (x * z i)).
    replace (sum n (fun l => exp (- ((z i - z l) * x)))) with (total n z x / exp (x * z i)).
    - field. lra.
    - unfold total. rewrite <- sum_div. apply sum_ext. intros l _.
      replace (- ((z i - z l) * x)) with (x * z l + - (x * z i)) by ring. now rewrite exp_plus, exp_Ropp. }
  rewrite own. apply (sum_single_le n (fun j => share n z x j ^ 2) i); [intros; apply pow2_ge_0 | exact li].
Qed.
