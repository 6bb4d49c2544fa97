(* T10: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums largest outcomes limits freezing keys_seen.
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
  intros W n two z s alpha [sp [has pairs]].
  replace (INR n * (INR n - 1) / (2 * sqrt PI * s)) with (INR n * (INR n - 1) * (1 / (2 * sqrt PI * s)))
    by (unfold Rdiv; ring).
  apply (by_pairs W n (fun o j => s * z o j)); [lia | exact has |]. intros i li j lj no.
  destruct (pairs i li j lj no) as [hasp less].
  assert (same : (fun o => 1 / (4 * cosh ((s * z o i - s * z o j) / 2) ^ 2))
    = (fun o => 1 / (4 * cosh (s * (z o i - z o j) / 2) ^ 2))).
  { apply functional_extensionality. intros o. now rewrite Rmult_minus_distr_l. }
  rewrite same. now split.
Qed.

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

(* The mean over the query: what is lost at the length r is at most c / r. *)
Lemma over_queries (W : outcomes) (d : nat) (L F : W -> R) (c : R) : (3 <= d)%nat -> 0 <= c -> (forall o, 0 < L o) ->
  (forall o, 1 - F o <= c * / sqrt (L o)) -> has_mean W F -> has_mean W (fun o => / sqrt (L o)) ->
  is_mean W (fun o => / L o) (/ (INR d - 2)) -> 1 - mean_of W F <= c * / sqrt (INR d - 2).
Proof.
  intros three cp above each has root inverse.
  eapply Rle_trans; [apply (is_mean_le W _ _ _ _ (is_mean_minus W _ _ _ _ (is_mean_const W 1) (is_mean_of W F has))
    (is_mean_scal W _ c _ (is_mean_of W _ root)) each)|].
  apply Rmult_le_compat_l; [exact cp|]. apply (mean_over_the_query_holds W d three (fun o => sqrt (L o))).
  split; [intros; apply sqrt_lt_R0, above|]. split; [exact root|].
  apply (is_mean_ext _ _ _ inverse). intros o. rewrite pow2_sqrt by (apply Rlt_le, above). reflexivity.
Qed.

Theorem few_keys_of_a_head_holds : few_keys_of_a_head.
Proof.
  intros W P d three n two q k alpha [few [has [root inverse]]]. assert (np : 1 <= INR n) by (apply (le_INR 1); lia).
  pose proof (sqrt_lt_R0 PI PI_RGT_0) as pp. set (c := INR n * (INR n - 1) / (2 * sqrt PI)).
  assert (cp : 0 <= c) by (apply Rdiv_le_0_compat; [apply Rmult_le_pos; lra | lra]).
  assert (room : 0 < INR d - 2) by (apply (le_INR 3) in three; simpl in three; lra).
  pose proof (sqrt_lt_R0 _ room).
  replace (INR n * (INR n - 1) / (2 * sqrt PI * sqrt (INR d - 2))) with (c * / sqrt (INR d - 2)) by (unfold c; field;
    lra).
  apply (over_queries W d (fun o => sum d (fun r => q o r ^ 2)) _ c three cp); [intros o; apply (few o) | | | |];
    trivial.
  intros o. destruct (few o) as [above [seen pairs]]. pose proof (sqrt_lt_R0 _ above).
  replace (c * / sqrt (sum d (fun r => q o r ^ 2)))
    with (INR n * (INR n - 1) * (1 / (2 * sqrt PI * sqrt (sum d (fun r => q o r ^ 2))))) by (unfold c; field; lra).
  apply (by_pairs P n (fun u j => sum d (fun r => k u j r * q o r))); [lia | exact seen |]. intros i li j lj no.
  destruct (pairs i li j lj no) as [hasp less].
  assert (same : (fun u => 1 / (4 * cosh ((sum d (fun r => k u i r * q o r) - sum d (fun r => k u j r * q o r)) / 2)
    ^ 2))
    = (fun u => 1 / (4 * cosh (sum d (fun r => k u i r * q o r) / 2 - sum d (fun r => k u j r * q o r) / 2) ^ 2))).
  { apply functional_extensionality. intros u. unfold Rdiv. now rewrite Rmult_minus_distr_r. }
  rewrite same. now split.
Qed.

Theorem fewer_keys_of_a_head_holds : fewer_keys_of_a_head.
Proof.
  intros W P d three n two q k s alpha [edge [few [has [root inverse]]]]. pose proof (edge_square n s two edge) as
    [sp ss].
  apply (over_queries W d (fun o => sum d (fun r => q o r ^ 2)) _ s three (Rlt_le _ _ sp)); [intros o; apply (few o)
    | | | |];
    trivial.
  intros o. destruct (few o) as [above [top each]]. set (L := sum d (fun r => q o r ^ 2)) in *.
  pose proof (sqrt_lt_R0 L above) as lp. pose proof (sqrt_sqrt L (Rlt_le _ _ above)) as ll.
  set (e := fun u j => sum d (fun r => k u j r * q o r)). set (z := fun u j => e u j / sqrt L).
  assert (weights : forall u j, share n (z u) (sqrt L) j = alpha o u j).
  { intros u j. unfold share, total, alpha. assert (back : forall l, sqrt L * z u l = e u l) by (intros; unfold z;
    field; lra).
    rewrite back. f_equal. apply sum_ext. intros l _. now rewrite back. }
  assert (by_parts : forall j, (j < n)%nat ->
    has_mean P (fun u => (1 - share n (z u) (sqrt L) j) * share n (z u) (sqrt L) j) /\
    is_mean P (fun u => share n (z u) (sqrt L) j * z u j)
      (sqrt L * mean_of P (fun u => (1 - share n (z u) (sqrt L) j) * share n (z u) (sqrt L) j))).
  { intros j lj. destruct (each j lj) as [_ [hs moved]].
    assert (same : (fun u => (1 - share n (z u) (sqrt L) j) * share n (z u) (sqrt L) j) = (fun u => (1 - alpha o u j)
      * alpha o u j))
      by (apply functional_extensionality; intros u; now rewrite weights).
    rewrite same. split; [exact hs|].
    eapply is_mean_ext; [eapply is_mean_eq; [exact (is_mean_scal P _ (/ sqrt L) _ moved)|]|].
    - rewrite <- ll at 2. field. lra.
    - intros u. cbv beta. rewrite weights. unfold z, e. field. lra. }
  assert (largest_mean : is_mean P (fun u => largest n (fun l => z u l)) (mean_of P (fun u => largest n (fun l => z u
    l))))
    by exact (is_mean_of P _ top).
  pose proof (lost_most P n z (sqrt L) two lp by_parts _ largest_mean) as most.
  pose proof (squares_mean P n z (sqrt L) two by_parts) as squares.
  assert (small : mean_of P (fun u => largest n (fun l => z u l)) <= s).
  { apply (largest_score_holds P n two z _ s). split; [exact edge|]. split; [|exact largest_mean].
    intros j lj. eapply is_mean_ext; [exact (proj1 (each j lj))|]. intros u. cbv beta. unfold z, e. f_equal. field.
      lra. }
  assert (kept : mean_of P (fun u => sum n (fun i => alpha o u i ^ 2)) = 1 - lost P n z (sqrt L)).
  { rewrite <- (proj2 squares). apply mean_ext. intros u. apply sum_ext. intros i _. now rewrite weights. }
  rewrite kept. replace (1 - (1 - lost P n z (sqrt L))) with (lost P n z (sqrt L)) by ring.
  apply Rle_trans with (1 := most). unfold Rdiv. apply Rmult_le_compat_r; [apply Rlt_le, Rinv_0_lt_compat, lp | exact
    small].
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
