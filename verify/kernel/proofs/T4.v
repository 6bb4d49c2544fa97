(* T4: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums outcomes dot_moments keys scales models.
From Attnproof.statements Require Import T4.
Open Scope R_scope.

(* Over the root of the width: mean, mean square, variance. *)
Lemma scaled (W : outcomes) (d : nat) (x : W -> R) (m s v : R) : (1 <= d)%nat ->
  is_mean W x m -> is_mean W (fun o => x o ^ 2) s -> (s - m ^ 2) / INR d = v ->
  has_mean W (fun o => x o / sqrt (INR d)) /\ has_mean W (fun o => x o ^ 2 / INR d) /\
  mean_of W (fun o => x o ^ 2 / INR d) - mean_of W (fun o => x o / sqrt (INR d)) ^ 2 = v.
Proof.
  intros sd xm xs <-. assert (0 < INR d) by (apply lt_0_INR; lia). pose proof (sqrt_lt_R0 (INR d) ltac:(lra)).
  assert (one : is_mean W (fun o => x o / sqrt (INR d)) (m / sqrt (INR d))).
  { eapply is_mean_ext; [eapply is_mean_eq; [exact (is_mean_scal W x (/ sqrt (INR d)) m xm)|]|]; intros; cbv beta;
    field; lra. }
  assert (two : is_mean W (fun o => x o ^ 2 / INR d) (s / INR d)).
  { eapply is_mean_ext; [eapply is_mean_eq; [exact (is_mean_scal W _ (/ INR d) s xs)|]|]; intros; cbv beta; field;
    lra. }
  split; [exact (proj1 one)|]. split; [exact (proj1 two)|]. rewrite (proj2 one), (proj2 two).
  replace ((m / sqrt (INR d)) ^ 2) with (m ^ 2 / (sqrt (INR d) ^ 2)) by (field; lra). rewrite pow2_sqrt by lra.
    field. lra.
Qed.

Theorem scaled_by_trace_holds : scaled_by_trace.
Proof.
  intros W d sd q k [[pairs single] qm].
  apply (scaled W d (fun o => sum d (fun r => k o r * q o r)) 0 (trace W d q k)); trivial.
  - now apply centred_mean.
  - now apply square_of_independent.
  - unfold trace. f_equal. ring.
Qed.

Theorem kept_at_one_holds : kept_at_one.
Proof.
  intros W d sd q k [[pairs single] [qm [qq unit]]]. assert (0 < INR d) by (apply lt_0_INR; lia).
  apply (scaled W d (fun o => sum d (fun r => k o r * q o r)) 0 (trace W d q k)); trivial.
  - now apply centred_mean.
  - now apply square_of_independent.
  - rewrite (trace_of_alike W d q k 1 0).
    + rewrite (sum_ext d (fun s => mean_of W _) (fun _ => 1)), sum_const; [field; lra|].
      intros s ls. rewrite <- (is_mean_value _ _ _ (unit s ls)). apply mean_ext. intros. ring.
    + intros r lr s ls. rewrite (is_mean_value _ _ _ (qq r lr s ls)). ring.
Qed.

Theorem with_means_holds : with_means.
Proof.
  intros W d sd q k mq mk sq sk [[pairs single] [qm [km [qq kk]]]]. assert (0 < INR d) by (apply lt_0_INR; lia).
  apply (scaled W d (fun o => sum d (fun r => k o r * q o r)) (INR d * mk * mq) (trace W d q k)); trivial.
  - now apply mean_of_independent.
  - now apply square_of_independent.
  - rewrite (alike_trace W d q k mq mk sq sk qq kk). field. lra.
Qed.

Theorem moving_part_holds : moving_part.
Proof.
  intros W P d sd n sn q k mq mk sq sk [qm [qq [first [within between]]]] i li j lj no.
  assert (0 < INR d) by (apply lt_0_INR; lia). pose proof (sqrt_lt_R0 (INR d) ltac:(lra)) as root.
  assert (square : sqrt (INR d) ^ 2 = INR d) by (apply pow2_sqrt; lra).
  set (t := sqrt (INR d)) in *. clearbody t.
  assert (within' : forall l, (l < n)%nat -> forall r, (r < d)%nat -> forall s, (s < d)%nat ->
    is_mean P (fun u => k u l r * k u l s) (sk ^ 2 * delta r s + mk ^ 2)).
  { intros l ll r lr s ls. eapply is_mean_eq; [exact (within l ll r lr s ls)|ring]. }
  set (e := fun o u l => sum d (fun r => k u l r * q o r) / t).
  assert (affine : forall o u l, e o u l = 0 + / t * sum d (fun r => q o r * k u l r)).
  { intros o u l. unfold e. rewrite (sum_ext d _ (fun r => q o r * k u l r)) by (intros; ring). field. lra. }
  set (shared := fun o => / t * mk * sum d (q o)).
  set (given := fun o => sk ^ 2 * sum d (fun r => q o r ^ 2) / INR d).
  assert (kj : forall o, is_mean P (fun u => e o u j) (shared o)).
  { intros o. eapply is_mean_eq; [exact (key_mean P d n k mk first (q o) 0 _ (e o) (affine o) j lj)|]. unfold shared.
    ring. }
  assert (kj2 : forall o, is_mean P (fun u => e o u j ^ 2) (shared o ^ 2 + given o)).
  { intros o. eapply is_mean_eq; [exact (key_square P d n k mk (sk ^ 2) first within' (q o) 0 _ (e o) (affine o) j
    lj)|].
    unfold shared, given. rewrite <- square. field. lra. }
  assert (diff0 : forall o, is_mean P (fun u => e o u i - e o u j) 0)
    by (intros o; exact (difference_mean P d n k mk first (q o) 0 _ (e o) (affine o) i j li lj)).
  assert (diff2 : forall o, is_mean P (fun u => (e o u i - e o u j) ^ 2) (2 * given o)).
  { intros o. eapply is_mean_eq;
      [exact (difference_square P d n k mk (sk ^ 2) within' between (q o) 0 _ (e o) (affine o) i j li lj no)|].
    unfold given. rewrite <- square. field. lra. }
  assert (sums : is_mean W (fun o => sum d (q o)) (INR d * mq)).
  { eapply is_mean_eq; [exact (is_mean_sum W d q (fun _ => mq) qm)|apply sum_const]. }
  assert (lengths : is_mean W (fun o => sum d (fun r => q o r ^ 2)) (INR d * (mq ^ 2 + sq ^ 2))).
  { eapply is_mean_eq; [apply (is_mean_sum W d (fun o r => q o r ^ 2) (fun _ => mq ^ 2 + sq ^ 2))|apply sum_const].
    intros r lr. eapply is_mean_ext; [eapply is_mean_eq; [exact (qq r lr r lr)|]|]; [rewrite delta_same; ring|].
    intros. cbv beta. ring. }
  assert (sums2 : is_mean W (fun o => sum d (q o) ^ 2) (INR d * sq ^ 2 + (INR d * mq) ^ 2)).
  { eapply is_mean_ext; [eapply is_mean_eq; [apply (is_mean_product W d d q q (fun r s => sq ^ 2 * delta r s + mq ^
    2))|]|].
    - intros r lr s ls. eapply is_mean_eq; [exact (qq r lr s ls)|ring].
    - rewrite (sum_ext d _ (fun _ => sq ^ 2 + INR d * mq ^ 2)); [rewrite sum_const; ring|].
      intros r lr. rewrite sum_plus, sum_const. f_equal.
      rewrite (sum_ext d _ (fun s => delta r s * sq ^ 2)) by (intros; ring). exact (sum_delta d r (fun _ => sq ^ 2) lr).
    - intros o. cbv beta. change (sum d (q o)) with (sum d (fun r => q o r)). ring. }
  assert (m1 : is_mean W shared (t * mk * mq)).
  { eapply is_mean_eq; [exact (is_mean_scal W _ (/ t * mk) _ sums)|]. rewrite <- square. field. lra. }
  assert (m2 : is_mean W (fun o => shared o ^ 2) ((t * mk * mq) ^ 2 + mk ^ 2 * sq ^ 2)).
  { eapply is_mean_ext; [eapply is_mean_eq; [exact (is_mean_scal W _ ((/ t * mk) ^ 2) _ sums2)|]|].
    - rewrite <- square. field. lra.
    - intros. unfold shared. ring. }
  assert (mg : is_mean W given (sk ^ 2 * (mq ^ 2 + sq ^ 2))).
  { eapply is_mean_ext; [eapply is_mean_eq; [exact (is_mean_scal W _ (sk ^ 2 / INR d) _ lengths)|]|].
    - field. lra.
    - intros. unfold given. cbv beta. field. lra. }
  pose proof (half_mean W P e given i j _ diff0 diff2 mg) as half.
  pose proof (outer_mean W P e shared j _ kj m1) as outer.
  pose proof (outer_square W P e shared j _ kj m2) as outer2.
  pose proof (whole_square W P e given shared j _ _ kj2 m2 mg) as whole.
  assert (same : forall o u, sum d (fun r => k u j r * q o r) ^ 2 / INR d = e o u j ^ 2).
  { intros o u. unfold e. rewrite <- square at 1. field. lra. }
  split; [|split; [exact half|split; [|split; [exact outer|split; [|split; [|split]]]]]].
  - intros o. split; [exact (proj1 (diff0 o))|]. split; [exact (proj1 (diff2 o))|].
    transitivity (- 0 ^ 2 + 2 * given o); [|unfold given; field; lra].
    f_equal; [f_equal; f_equal; exact (proj2 (diff0 o)) | exact (proj2 (diff2 o))].
  - intros o. exact (proj1 (kj o)).
  - split; [exact (proj1 outer)|]. split; [exact (proj1 outer2)|].
    transitivity (- (t * mk * mq) ^ 2 + ((t * mk * mq) ^ 2 + mk ^ 2 * sq ^ 2)); [|ring].
    f_equal; [f_equal; f_equal; exact (proj2 outer) | exact (proj2 outer2)].
  - intros o. exact (proj1 (is_mean_ext _ _ _ (kj2 o) (same o))).
  - apply (is_mean_ext _ _ _ whole). intros o. apply mean_ext. exact (same o).
  - transitivity ((t * mk * mq) ^ 2 + mk ^ 2 * sq ^ 2 + sk ^ 2 * (mq ^ 2 + sq ^ 2) - (t * mk * mq) ^ 2);
      [|ring].
    f_equal; [|f_equal; exact (proj2 outer)]. rewrite <- (proj2 whole). apply mean_ext. intros o. apply mean_ext.
    exact (same o).
Qed.

Section Correlated.
Variables (W P : outcomes) (d n : nat) (q : W -> nat -> R) (g : P -> nat -> nat -> R) (rho : R).
Hypothesis small : rho ^ 2 <= 1.
Hypothesis unit : forall r, (r < d)%nat -> is_mean W (fun o => q o r ^ 2) 1.
Hypothesis normal : forall r, (r < d)%nat -> forall s, (s < d)%nat ->
  is_mean W (fun o => q o r ^ 2 * q o s ^ 2) (2 * delta r s + 1).
Hypothesis first : forall j, (j < n)%nat -> forall r, (r < d)%nat -> is_mean P (fun u => g u j r) 0.
Hypothesis within : forall j, (j < n)%nat -> forall r, (r < d)%nat -> forall s, (s < d)%nat ->
  is_mean P (fun u => g u j r * g u j s) (delta r s).
Hypothesis between : forall i, (i < n)%nat -> forall j, (j < n)%nat -> forall r, (r < d)%nat -> forall s, (s < d)%nat ->
  i <> j -> is_mean P (fun u => g u i r * g u j s) 0.

Definition e (o : W) (u : P) (j : nat) : R := sum d (fun r => (rho * q o r + sqrt (1 - rho ^ 2) * g u j r) * q o r).
Definition shared (o : W) : R := rho * sum d (fun r => q o r ^ 2).
Definition given (o : W) : R := (1 - rho ^ 2) * sum d (fun r => q o r ^ 2).

Lemma affine (o : W) (u : P) (j : nat) :
  e o u j = shared o + sqrt (1 - rho ^ 2) * sum d (fun r => q o r * g u j r).
Proof.
  unfold e, shared. rewrite <- !sum_scal_l, <- sum_plus. apply sum_ext. intros. ring.
Qed.

Lemma root : sqrt (1 - rho ^ 2) ^ 2 = 1 - rho ^ 2.
Proof. apply pow2_sqrt. lra. Qed.

Lemma within' : forall j, (j < n)%nat -> forall r, (r < d)%nat -> forall s, (s < d)%nat ->
  is_mean P (fun u => g u j r * g u j s) (1 * delta r s + 0 ^ 2).
Proof. intros j lj r lr s ls. eapply is_mean_eq; [exact (within j lj r lr s ls)|ring]. Qed.

Lemma between' : forall i, (i < n)%nat -> forall j, (j < n)%nat -> forall r, (r < d)%nat -> forall s, (s < d)%nat ->
  i <> j -> is_mean P (fun u => g u i r * g u j s) (0 ^ 2).
Proof. intros i li j lj r lr s ls no. eapply is_mean_eq; [exact (between i li j lj r lr s ls no)|ring]. Qed.

Lemma of_key (j : nat) : (j < n)%nat -> forall o, is_mean P (fun u => e o u j) (shared o).
Proof.
  intros lj o. eapply is_mean_eq; [exact (key_mean P d n g 0 first (q o) _ _ (e o) (affine o) j lj)|ring].
Qed.

Lemma square_of_key (j : nat) : (j < n)%nat -> forall o, is_mean P (fun u => e o u j ^ 2) (shared o ^ 2 + given o).
Proof.
  intros lj o. eapply is_mean_eq; [exact (key_square P d n g 0 1 first within' (q o) _ _ (e o) (affine o) j lj)|].
  rewrite root. unfold given. ring.
Qed.

Lemma zero_difference (i j : nat) : (i < n)%nat -> (j < n)%nat -> forall o, is_mean P (fun u => e o u i - e o u j) 0.
Proof. intros li lj o. exact (difference_mean P d n g 0 first (q o) _ _ (e o) (affine o) i j li lj). Qed.

Lemma square_of_difference (i j : nat) : (i < n)%nat -> (j < n)%nat -> i <> j ->
  forall o, is_mean P (fun u => (e o u i - e o u j) ^ 2) (2 * given o).
Proof.
  intros li lj no o. eapply is_mean_eq;
    [exact (difference_square P d n g 0 1 within' between' (q o) _ _ (e o) (affine o) i j li lj no)|].
  rewrite root. unfold given. ring.
Qed.

Lemma lengths : is_mean W (fun o => sum d (fun r => q o r ^ 2)) (INR d).
Proof.
  eapply is_mean_eq; [exact (is_mean_sum W d (fun o r => q o r ^ 2) (fun _ => 1) unit)|]. rewrite sum_const. ring.
Qed.

Lemma shared_mean : is_mean W shared (INR d * rho).
Proof. eapply is_mean_eq; [exact (is_mean_scal W _ rho _ lengths)|ring]. Qed.

Lemma given_mean : is_mean W given (INR d * (1 - rho ^ 2)).
Proof. eapply is_mean_eq; [exact (is_mean_scal W _ (1 - rho ^ 2) _ lengths)|ring]. Qed.

Lemma shared_square : is_mean W (fun o => shared o ^ 2) (2 * INR d * rho ^ 2 + (INR d * rho) ^ 2).
Proof.
  eapply is_mean_ext; [eapply is_mean_eq; [exact (is_mean_scal W _ (rho ^ 2) _ (is_mean_product W d d
    (fun o r => q o r ^ 2) (fun o r => q o r ^ 2) (fun r s => 2 * delta r s + 1) normal))|]|].
  - rewrite (sum_ext d _ (fun _ => 2 + INR d)); [rewrite sum_const; ring|].
    intros r lr. rewrite sum_plus, sum_const. f_equal; [|ring].
    rewrite (sum_ext d _ (fun s => delta r s * 2)) by (intros; ring). exact (sum_delta d r (fun _ => 2) lr).
  - intros o. unfold shared. ring.
Qed.
End Correlated.

Theorem correlated_holds : correlated.
Proof.
  intros W P d sd n sn q g rho [small [unit [normal [first [within between]]]]] i li j lj no.
  pose proof (zero_difference W P d n q g rho first i j li lj) as diff0.
  pose proof (square_of_difference W P d n q g rho small within between i j li lj no) as diff2.
  pose proof (of_key W P d n q g rho first j lj) as kj.
  pose proof (square_of_key W P d n q g rho small first within j lj) as kj2.
  pose proof (shared_mean W d q rho unit) as m1. pose proof (shared_square W d q rho normal) as m2.
  pose proof (given_mean W d q rho unit) as mg.
  pose proof (half_mean W P (e W P d q g rho) _ i j _ diff0 diff2 mg) as half.
  pose proof (outer_mean W P (e W P d q g rho) _ j _ kj m1) as outer.
  pose proof (outer_square W P (e W P d q g rho) _ j _ kj m2) as outer2.
  pose proof (whole_square W P (e W P d q g rho) _ _ j _ _ kj2 m2 mg) as whole.
  split; [|split; [exact half|split; [|split; [exact outer|split; [|split; [|split]]]]]].
  - intros o. split; [exact (proj1 (diff0 o))|]. split; [exact (proj1 (diff2 o))|].
    transitivity (- 0 ^ 2 + 2 * given W d q rho o); [|unfold given; ring].
    f_equal; [f_equal; f_equal; exact (proj2 (diff0 o)) | exact (proj2 (diff2 o))].
  - intros o. exact (proj1 (kj o)).
  - split; [exact (proj1 outer)|]. split; [exact (proj1 outer2)|].
    transitivity (- (INR d * rho) ^ 2 + (2 * INR d * rho ^ 2 + (INR d * rho) ^ 2)); [|ring].
    f_equal; [f_equal; f_equal; exact (proj2 outer) | exact (proj2 outer2)].
  - intros o. exact (proj1 (kj2 o)).
  - exact (proj1 whole).
  - transitivity (- (INR d * rho) ^ 2 + (2 * INR d * rho ^ 2 + (INR d * rho) ^ 2 + INR d * (1 - rho ^ 2))); [|ring].
    f_equal; [f_equal; f_equal; exact (proj2 outer) | exact (proj2 whole)].
Qed.

Theorem correlated_at_most_two_holds : correlated_at_most_two.
Proof.
  intros W P d sd n sn q g rho [small [unit [normal [first [within between]]]]] i li j lj no.
  pose proof (square_of_key W P d n q g rho small first within j lj) as kj2.
  pose proof (of_key W P d n q g rho first j lj) as kj.
  pose proof (outer_mean W P (e W P d q g rho) _ j _ kj (shared_mean W d q rho unit)) as outer.
  pose proof (whole_square W P (e W P d q g rho) _ _ j _ _ kj2 (shared_square W d q rho normal)
    (given_mean W d q rho unit)) as whole.
  split; [exact (fun o => proj1 (kj o))|]. split; [exact (proj1 outer)|]. split; [exact (fun o => proj1 (kj2 o))|].
  split; [exact (proj1 whole)|]. assert (0 < INR d) by (apply lt_0_INR; lia).
  apply (Rle_trans _ ((- (INR d * rho) ^ 2 + (2 * INR d * rho ^ 2 + (INR d * rho) ^ 2 + INR d * (1 - rho ^ 2))) / INR
    d)).
  - apply Req_le. f_equal. f_equal; [f_equal; f_equal; exact (proj2 outer) | exact (proj2 whole)].
  - apply (Rmult_le_reg_r (INR d)); [assumption|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. nra.
Qed.

Theorem scale_of_a_gap_holds : scale_of_a_gap.
Proof.
  intros delta p some. split.
  - intros [c [other lim]].
    enough (1 - p = 0) by lra. apply (power_with_limit delta (1 - p) c some other).
    apply (is_lim_ext_above (fun x => delta * x / Rpower x p)); [|exact lim].
    intros x above. unfold Rminus. rewrite Rpower_plus, Rpower_1, Rpower_Ropp by exact above. field.
    pose proof (exp_pos (p * ln x)). unfold Rpower. lra.
  - intros ->. exists delta. split; [exact some|]. apply (is_lim_ext_above (fun _ => delta)); [|apply is_lim_const].
    intros x above. rewrite Rpower_1 by exact above. field. lra.
Qed.

Theorem scale_of_a_smaller_gap_holds : scale_of_a_smaller_gap.
Proof.
  intros delta p some. split.
  - intros [c [other lim]].
    enough (/ 2 - p = 0) by lra. apply (power_with_limit delta (/ 2 - p) c some other).
    apply (is_lim_ext_above (fun x => delta * sqrt x / Rpower x p)); [|exact lim].
    intros x above. unfold Rminus. rewrite Rpower_plus, Rpower_sqrt, Rpower_Ropp by exact above. field.
    pose proof (exp_pos (p * ln x)). unfold Rpower. lra.
  - intros ->. exists delta. split; [exact some|]. apply (is_lim_ext_above (fun _ => delta)); [|apply is_lim_const].
    intros x above. replace (1 / 2) with (/ 2) by lra. rewrite Rpower_sqrt by exact above.
    pose proof (sqrt_lt_R0 x above). field. lra.
Qed.

Theorem gap_and_spread_holds : gap_and_spread.
Proof.
  intros delta s. split; [exact (sqrt_grows delta)|]. replace (Finite 0) with (Rbar_mult s (Rbar_inv p_infty)).
  - apply (is_lim_scal_l (fun x => / sqrt x)), is_lim_inv; [exact filterlim_sqrt_p | discriminate].
  - simpl. f_equal. ring.
Qed.

Definition sign (heads : bool) : R := if heads then 1 else -1.
Ltac counted := simpl; unfold four_coins, coin, sign; simpl; field.
Ltac each_counted := intros r lr; destruct r as [|[|[|r]]]; try lia; (split; [exact I|]); counted.

Theorem not_necessary_holds : not_necessary.
Proof.
  exists coins, 3%nat. split; [lia|].
  exists (fun o r => let '(a, b, c, d) := o in sign (if Nat.ltb r 2 then a else b)).
  exists (fun o r => let '(a, b, c, d) := o in sign (if Nat.ltb r 1 then c else d)).
  assert (above : 0 < sqrt (INR 3)) by (apply sqrt_lt_R0; simpl; lra).
  do 2 (split; [intros; exact I|]). do 4 (split; [each_counted|]). split; [split|].
  - intros r lr s ls. destruct r as [|[|[|r]]], s as [|[|[|s]]]; try lia; (split; [exact I|]); counted.
  - each_counted.
  - split; [|split].
    + intros all. destruct (all 0%nat ltac:(lia) 1%nat ltac:(lia) ltac:(lia)) as [_ no]. revert no.
      simpl; unfold four_coins, coin, sign; simpl. lra.
    + intros all. destruct (all 1%nat ltac:(lia) 2%nat ltac:(lia) ltac:(lia)) as [_ no]. revert no.
      simpl; unfold four_coins, coin, sign; simpl. lra.
    + split; [exact I|]. split; [exact I|]. set (t := sqrt (INR 3)) in *. simpl mean_of. unfold four_coins, coin, sign.
      simpl. field. lra.
Qed.
