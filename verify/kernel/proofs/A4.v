(* A4: the proofs of its propositions. *)
From Coq Require Import Reals Arith ZArith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Flocq Require Import Core.
From Attnproof.theory Require Import prelude sums largest softmax.
From Attnproof.theory Require Import formats nearest ordered_sums absorbing rounded_merge.
From Attnproof.statements Require Import A4.
Open Scope R_scope.

Theorem commutative_holds : commutative.
Proof.
  intros n some m l o i I k K m2 l2 o2.
  assert (same : m2 i k = m2 k i) by apply Rmax_comm.
  unfold l2, o2. rewrite same. repeat split; ring.
Qed.

(* Two changes of the maximum are one. *)
Lemma rescaled (a b c : R) : exp (- c + b) * exp (- b + a) = exp (- c + a).
Proof. rewrite <- exp_plus. f_equal. ring. Qed.

Theorem associative_holds : associative.
Proof.
  intros n some m l o i I k K h H m2 l2 o2 m_left l_left o_left m_right l_right o_right.
  assert (same : m_left = m_right).
  { unfold m_left, m_right, m2. rewrite (Rmax_comm (m k) (m i)), (Rmax_comm (m h) (m k)), <- Rmax_assoc. apply Rmax_comm. }
  unfold l_left, l_right, o_left, o_right. rewrite same.
  repeat split; unfold l2, o2; rewrite !Rmult_plus_distr_l, <- !Rmult_assoc, !rescaled; ring.
Qed.

Lemma largest_split (n1 n2 : nat) (e : nat -> R) :
  (1 <= n1)%nat -> (1 <= n2)%nat ->
  Rmax (largest n1 (fun r => e r)) (largest n2 (fun r => e (n1 + r)%nat)) = largest (n1 + n2) (fun r => e r).
Proof.
  intros some1 some2. apply Rle_antisym.
  - apply Rmax_lub; apply largest_le; try assumption; intros r below.
    + apply (largest_ge (n1 + n2) (fun r => e r)). lia.
    + apply (largest_ge (n1 + n2) (fun r => e r) (n1 + r)%nat). lia.
  - apply largest_le; [lia|]. intros r below. destruct (Nat.lt_ge_cases r n1) as [first|second].
    + eapply Rle_trans; [|apply Rmax_l]. now apply (largest_ge n1 (fun r => e r)).
    + eapply Rle_trans; [|apply Rmax_r]. replace r with (n1 + (r - n1))%nat by lia.
      apply (largest_ge n2 (fun r => e (n1 + r)%nat)). lia.
Qed.

Theorem as_in_one_pass_holds : as_in_one_pass.
Proof.
  intros n1 some1 n2 some2 d _ e V j J m_a l_a o_a m_b l_b o_b m_all l_all o_all m_merged.
  assert (same : m_merged = m_all) by now apply largest_split.
  split; [exact same|]. rewrite same. unfold l_a, l_b, o_a, o_b, l_all, o_all.
  rewrite !sum_split, <- !sum_scal_l, <- !sum_scal_r.
  split; f_equal; apply sum_ext; intros r _; try rewrite <- Rmult_assoc; rewrite <- exp_plus;
    try (f_equal; ring); do 2 f_equal; ring.
Qed.

Theorem quotient_is_the_context_holds : quotient_is_the_context.
Proof.
  intros n some d _ e V i I m L o alpha. unfold o. rewrite <- sum_div. apply sum_ext. intros r below.
  change (alpha r) with (weight n e r). rewrite <- (weight_shift n e (- m) r some).
  unfold weight. rewrite (Rplus_comm (e r)).
  rewrite (sum_ext n (fun l => exp (e l + - m)) (fun l => exp (- m + e l))) by (intros; now rewrite Rplus_comm).
  unfold L, Rdiv. ring.
Qed.

Theorem heights_for_maxima_holds : heights_for_maxima.
Proof.
  intros n some m i I k K m2 u u2.
  assert (same : u2 i k = exp (m2 i k)).
  { unfold u2, u, m2. apply Rmax_case_strong; intros less; apply Rmax_case_strong; intros less'; auto; f_equal;
      apply Rle_antisym; auto; [|]; apply Rnot_lt_le; intros less''; apply exp_increasing in less''; lra. }
  split; [exact same|]. rewrite same. unfold u, Rdiv. rewrite <- exp_Ropp, <- !exp_plus.
  split; f_equal; ring.
Qed.

Theorem empty_is_neutral_holds : empty_is_neutral.
Proof.
  intros n some u l o i I k K u2 [above [none [no_sum no_weighted]]].
  assert (same : u2 i k = u i) by (unfold u2; rewrite none; apply Rmax_right; lra).
  rewrite same, none, no_sum, no_weighted. split; [reflexivity|]. split; field; lra.
Qed.

Theorem two_empty_ones_are_a_case_of_their_own_holds : two_empty_ones_are_a_case_of_their_own.
Proof.
  intros n some u l o i I k K u2 [none none'] x. unfold u2. rewrite none, none', Rmax_left by lra. ring.
Qed.

Theorem rounded_commutative_holds : rounded_commutative.
Proof.
  intros p bits e exponents ex n some m l o i I k K m2 l2 o2.
  assert (same : m2 i k = m2 k i) by apply Rmax_comm.
  unfold l2, o2. rewrite same. repeat split; f_equal; apply Rplus_comm.
Qed.

(* Half a spacing is lost beside 1, one is not. *)
Lemma lost_beside_1 (p e : nat) : (2 <= p)%nat -> (3 <= e)%nat ->
  rounded p e (1 + / 2 ^ p) = 1 /\ rounded p e (1 + (/ 2 ^ p + / 2 ^ p)) = 1 + (/ 2 ^ p + / 2 ^ p) /\
  rounded p e (/ 2 ^ p) = / 2 ^ p /\ rounded p e (/ 2 ^ p + / 2 ^ p) = / 2 ^ p + / 2 ^ p /\
  rounded p e 3 = 3 /\ rounded p e 2 = 2 /\ rounded p e (1 / 3) < rounded p e ((1 + (/ 2 ^ p + / 2 ^ p)) / 3).
Proof.
  intros bits exponents. pose proof (pow_lt 2 p ltac:(lra)) as power.
  assert (u : / 2 ^ p = bpow radix2 (- Z.of_nat p)) by now rewrite bpow_opp, bpow_nat.
  assert (twice : / 2 ^ p + / 2 ^ p = bpow radix2 (1 - Z.of_nat p)).
  { unfold Zminus. rewrite bpow_plus, <- u. change (bpow radix2 1) with 2. ring. }
  assert (four : (4 <= 2 ^ Z.of_nat p)%Z) by (change 4%Z with (2 ^ 2)%Z; apply Z.pow_le_mono_r; lia).
  assert (whole : forall k, (Z.abs k <= 2 ^ Z.of_nat p)%Z -> rounded p e (IZR k) = IZR k).
  { intros k few. rewrite <- (Rmult_1_r (IZR k)).
    apply (number_dyadic p e ltac:(lia) ltac:(lia) k 0); [exact few | lia]. }
  assert (half : (2 * 2 ^ (Z.of_nat p - 1) = 2 ^ Z.of_nat p)%Z).
  { replace (Z.of_nat p) with (1 + (Z.of_nat p - 1))%Z at 2 by ring. rewrite Z.pow_add_r by lia. reflexivity. }
  assert (next : 1 + (/ 2 ^ p + / 2 ^ p) = IZR (2 ^ (Z.of_nat p - 1) + 1) * bpow radix2 (1 - Z.of_nat p)).
  { rewrite plus_IZR, (IZR_Zpower radix2), Rmult_plus_distr_r, <- bpow_plus, Rmult_1_l, twice by lia.
    replace (Z.of_nat p - 1 + (1 - Z.of_nat p))%Z with 0%Z by ring. reflexivity. }
  assert (small : 0 < / 2 ^ p <= / 4).
  { split; [now apply Rinv_0_lt_compat | apply Rinv_le_contravar; [lra|]].
    replace 4 with (2 ^ 2) by ring. apply Rle_pow; [lra | exact bits]. }
  assert (down : rounded p e (1 + / 2 ^ p) = 1).
  { rewrite (rounded_tie p e ltac:(lia) ltac:(lia) (2 ^ (Z.of_nat p - 1)) (1 - Z.of_nat p)).
    - rewrite (IZR_Zpower radix2), <- bpow_plus by lia.
      replace (Z.of_nat p - 1 + (1 - Z.of_nat p))%Z with 0%Z by ring. reflexivity.
    - lia.
    - replace (1 - Z.of_nat p + Z.of_nat p)%Z with 1%Z by ring. change (bpow radix2 1) with 2. rewrite Rabs_pos_eq; lra.
    - right. replace (1 - Z.of_nat p + Z.of_nat p - 1)%Z with 0%Z by ring. change (bpow radix2 0) with 1.
      rewrite Rabs_pos_eq; lra.
    - rewrite bpow_opp, <- twice, (IZR_Zpower radix2) by lia.
      replace (bpow radix2 (Z.of_nat p - 1)) with (2 ^ p / 2)
        by (unfold Zminus; rewrite bpow_plus, bpow_nat; reflexivity).
      replace ((1 + / 2 ^ p) * / (/ 2 ^ p + / 2 ^ p) - 2 ^ p / 2) with (/ 2) by (field; lra). rewrite Rabs_pos_eq; lra.
    - rewrite Z.even_pow by lia. reflexivity. }
  split; [exact down|]. split.
  { rewrite next. apply number_dyadic; lia. }
  split; [rewrite u; apply number_power; lia|]. split; [rewrite twice; apply number_power; lia|].
  split; [apply (whole 3%Z); lia|]. split; [apply (whole 2%Z); lia|].
  (* the spacing at 1/3 is 2^-p/2, less than the difference *)
  set (k := (- Z.of_nat p - 1)%Z). assert (scale : bpow radix2 k = / 2 ^ p / 2).
  { unfold k, Zminus. rewrite bpow_plus, <- u. reflexivity. }
  assert (back : bpow radix2 (- k) = 2 * 2 ^ p) by (rewrite bpow_opp, scale; field; lra).
  assert (top : bpow radix2 (k + Z.of_nat p) = / 2).
  { unfold k. replace (- Z.of_nat p - 1 + Z.of_nat p)%Z with (-1)%Z by ring. reflexivity. }
  assert (low : bpow radix2 (k + Z.of_nat p - 1) = / 4).
  { unfold k. replace (- Z.of_nat p - 1 + Z.of_nat p - 1)%Z with (-2)%Z by ring. reflexivity. }
  assert (off_by : forall x, / 4 <= x <= / 2 -> Rabs (rounded p e x - x) <= / 2 ^ p / 4).
  { intros x [above under]. destruct (Req_dec x (/ 2)) as [->|other].
    - change (/ 2) with (bpow radix2 (-1)). rewrite number_power by lia. rewrite Rminus_diag_eq by reflexivity.
      rewrite Rabs_R0. lra.
    - rewrite (rounded_at p e ltac:(lia) ltac:(lia) k)
        by (rewrite ?top, ?low, ?Rabs_pos_eq; try lra; try lia; right; lra).
      pose proof (Znearest_half (fun z => negb (Z.even z)) (x * bpow radix2 (- k))) as near. rewrite back in *.
      rewrite scale. set (z := Znearest _ _) in *. change (ZnearestE (x * (2 * 2 ^ p))) with z.
      replace (IZR z * (/ 2 ^ p / 2) - x) with (- ((x * (2 * 2 ^ p) - IZR z) * (/ 2 ^ p / 2))) by (field; lra).
      rewrite Rabs_Ropp, Rabs_mult, (Rabs_pos_eq (/ 2 ^ p / 2)) by lra. nra. }
  pose proof (off_by (1 / 3) ltac:(lra)) as first.
  pose proof (off_by ((1 + (/ 2 ^ p + / 2 ^ p)) / 3) ltac:(lra)) as second.
  apply Rabs_le_between in first. apply Rabs_le_between in second. lra.
Qed.

Theorem not_associative_holds : not_associative.
Proof.
  intros p bits e exponents n some m l o [start [-> [o0 [o1 o2']]]] m2 l2 o2.
  destruct (lost_beside_1 p e bits exponents) as [down [up [unit [twice [three [two apart]]]]]].
  destruct (start 0%nat ltac:(lia)) as [m_0 l_0]. destruct (start 1%nat ltac:(lia)) as [m_1 l_1].
  destruct (start 2%nat ltac:(lia)) as [m_2 l_2].
  assert (one : rounded p e 1 = 1) by (apply number_1; lia).
  assert (zero : Rmax 0 0 = 0) by (apply Rmax_left; lra).
  unfold l2, o2, m2. rewrite m_0, m_1, m_2, l_0, l_1, l_2, o0, o1, o2', !zero.
  replace (- 0 + 0) with 0 by ring. replace (0 - 0) with 0 by ring. rewrite rounded_0, exp_0, one, !Rmult_1_l.
  rewrite unit, one, (Rplus_comm (/ 2 ^ p) 1), down, one, down, twice, twice.
  rewrite (Rplus_comm (/ 2 ^ p + / 2 ^ p) 1), up. replace (1 + 1) with 2 by ring. rewrite two, two.
  replace (2 + 1) with 3 by ring. rewrite three. lra.
Qed.

Theorem rounded_context_holds : rounded_context.
Proof.
  intros p bits e exponents n some x V m s o f g d made epsilon [eps0 [eps1 [numbers [[all program] normal]]]] B alpha.
  pose proof (unit_range p bits) as range.
  assert (each : forall k q r, (r - q <= k)%nat -> (q < r)%nat -> (r <= n)%nat -> made q r = 1 ->
    rounded p e (m q r) = m q r /\ (exists h, (q <= h)%nat /\ (h < r)%nat /\ m q r = x h) /\
    kept p e x epsilon V q r (o q r) (m q r) (d q r) /\ kept p e x epsilon (fun _ => 1) q r (s q r) (m q r) (d q r)).
  { induction k as [|k IH]; intros q r size less most taken; [lia|].
    destruct (program q ltac:(lia) r ltac:(lia) ltac:(split; [lia | exact taken])) as
      [[-> [is_m [is_s [is_o is_d]]]]|
       [c [_ [left [right [front [back [is_m [rf [rg [sf [sg [is_s [of_ [og [is_o [dl dr]]]]]]]]]]]]]]]]].
    - rewrite is_m, is_s, is_o, is_d. destruct (numbers q ltac:(lia)) as [xn vn].
      split; [exact xn|]. split; [exists q; repeat split; lia|].
      split; [now apply kept_one | apply (kept_one p e x epsilon bits exponents (fun _ => 1)); now apply number_1].
    - destruct (IH q c ltac:(lia) ltac:(lia) ltac:(lia) front) as [n1 [[h1 [f1 [t1 e1]]] [ko1 ks1]]].
      destruct (IH c r ltac:(lia) ltac:(lia) ltac:(lia) back) as [n2 [[h2 [f2 [t2 e2]]] [ko2 ks2]]].
      assert (up1 : m q c <= m q r) by (rewrite is_m; apply Rmax_r).
      assert (up2 : m c r <= m q r) by (rewrite is_m; apply Rmax_l).
      assert (nm : rounded p e (m q r) = m q r) by (rewrite is_m; apply Rmax_case; assumption).
      split; [exact nm|]. split.
      { rewrite is_m. apply Rmax_case; [exists h2 | exists h1]; repeat split; try lia; assumption. }
      rewrite is_o, is_s. split; [apply (kept_joined p e x epsilon bits exponents eps0 eps1 V q c r (o q c) (o c r)
        (f q r) (g q r) (m q c) (m c r) (m q r) (d q c) (d c r)) | apply (kept_joined p e x epsilon bits exponents eps0
        eps1 (fun _ => 1) q c r (s q c) (s c r) (f q r) (g q r) (m q c) (m c r) (m q r) (d q c) (d c r))];
        assumption || lia. }
  destruct (each n 0%nat n ltac:(lia) ltac:(lia) (le_n n) all) as [_ [[h [_ [below top]]] [ko ks]]].
  assert (two : 2 <= 2 ^ p) by (rewrite <- (pow_1 2) at 1; apply Rle_pow; [lra | exact bits]).
  assert (budget : forall j, (j < n)%nat ->
    d 0%nat n * (epsilon / (1 - epsilon) + 2 * (/ 2 ^ p / (1 - / 2 ^ p))) + / 2 ^ p * (m 0%nat n - x j) <= B).
  { intros j less. rewrite top. unfold B. pose proof (largest_ge n (fun h => x h) h below) as high.
    pose proof (largest_ge n (fun h => - x h) j less) as low. cbv beta in high, low.
    set (up := largest n (fun h => x h)) in *.
    set (down := largest n (fun h => - x h)) in *.
    replace (2 / (2 ^ p * (1 - / 2 ^ p))) with (2 * (/ 2 ^ p / (1 - / 2 ^ p))) by (field; split; lra).
    replace ((down + up) / 2 ^ p) with (/ 2 ^ p * (down + up)) by (unfold Rdiv; ring).
    rewrite (Rmult_comm (_ + _) (d 0%nat n)). apply Rplus_le_compat_l, Rmult_le_compat_l; lra. }
  replace (1 / (2 ^ p * (1 - / 2 ^ p))) with (/ 2 ^ p / (1 - / 2 ^ p)) by (field; split; lra).
  exact (context_near p e x epsilon bits exponents n V (o 0%nat n) (s 0%nat n) (m 0%nat n) (d 0%nat n) B
    some ko ks budget normal).
Qed.
