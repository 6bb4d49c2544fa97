(* T3: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums outcomes dot_moments cumulants.
From Attnproof.statements Require Import T3.
Open Scope R_scope.

Theorem cumulants_of_dot_holds : cumulants_of_dot.
Proof.
  intros W d sd q k n sn kappa [factors alike] m lm.
  set (x := fun o r => k o r * q o r).
  assert (rates : forall t, (t < d)%nat -> forall l, (l < n)%nat ->
    diff (of_one W x t) l = conv (fun i => kappa i / INR (fact i)) (of_one W x t) l).
  { intros t lt l ll. apply (Rmult_eq_reg_l (INR (fact l))); [|apply INR_fact_neq_0]. unfold of_one.
    rewrite <- (diff_of_moments (fun j => mean_of W (fun o => x o t ^ j))), <- rule_of_cumulants.
    exact (proj2 (alike t lt l ll)). }
  split; [exact (sum_power W d n x factors d (m + 1) (le_n d) ltac:(lia))|].
  pose (M := fun j => mean_of W (fun o => sum d (fun r => x o r) ^ j)).
  transitivity (M (m + 1)%nat); [reflexivity|]. rewrite diff_of_moments.
  change (fun j => M j / INR (fact j)) with (of_sum W x d).
  rewrite (sum_rates W d n x factors _ rates d (le_n d) m lm).
  transitivity (INR (fact m) * conv (fun i => INR d * kappa i / INR (fact i)) (of_sum W x d) m).
  { f_equal. apply conv_ext; intros; [field; apply INR_fact_neq_0 | reflexivity]. }
  etransitivity; [symmetry; exact (rule_of_cumulants M (fun i => INR d * kappa i) m)|].
  apply sum_ext. intros j _. apply sum_ext. intros i _. unfold M, x, Rdiv. ring.
Qed.

Theorem growth_holds : growth.
Proof.
  intros d sd a b s t [ap [-> ->]]. assert (0 < INR d) by (apply lt_0_INR; lia). split; [apply sqrt_mult; lra|].
  field. lra.
Qed.

Theorem mean_of_dot_holds : mean_of_dot.
Proof. intros W d sd q k mq mk [[_ single] [qm km]]. exact (mean_of_independent W d q k single mq mk qm km). Qed.

Theorem variance_of_dot_holds : variance_of_dot.
Proof.
  intros W d sd q k mq mk sq sk [[pairs single] [qm [km [qq kk]]]].
  destruct (mean_of_independent W d q k single mq mk qm km) as [has one].
  destruct (square_of_independent W d q k pairs) as [has2 two].
  repeat split; trivial. rewrite one, two, (alike_trace W d q k mq mk sq sk qq kk). ring.
Qed.

Theorem variance_by_trace_holds : variance_by_trace.
Proof. intros W d sd q k [[pairs single] qm]. now apply centred_variance. Qed.

(* Second moments of a direction that is isotropic, from its length. *)
Lemma mixed_moments (W : outcomes) (d : nat) (q : W -> nat -> R) (a c : R) :
  (forall r, (r < d)%nat -> is_mean W (fun o => q o r ^ 2) a) ->
  (forall r, (r < d)%nat -> forall s, (s < d)%nat -> r <> s -> is_mean W (fun o => q o r * q o s) c) ->
  forall r, (r < d)%nat -> forall s, (s < d)%nat -> is_mean W (fun o => q o r * q o s) ((a - c) * delta r s + c).
Proof.
  intros squares mixed r lr s ls. destruct (Nat.eq_dec r s) as [<-|no].
  - eapply is_mean_ext; [eapply is_mean_eq; [exact (squares r lr)|]|]; [rewrite delta_same; ring | intros; cbv beta;
    ring].
  - eapply is_mean_eq; [exact (mixed r lr s ls no)|]. rewrite delta_other by exact no. ring.
Qed.

Lemma mean_square (W : outcomes) (d : nat) (q : W -> nat -> R) (a l : R) :
  (forall r, (r < d)%nat -> is_mean W (fun o => q o r ^ 2) a) ->
  (forall o, sum d (fun r => q o r ^ 2) = l) -> INR d * a = l.
Proof.
  intros squares length. pose proof (is_mean_sum W d (fun o r => q o r ^ 2) (fun _ => a) squares) as total.
  rewrite sum_const in total. rewrite <- (is_mean_value _ _ _ total), (mean_ext W _ (fun _ => l) length).
  exact (is_mean_value _ _ _ (is_mean_const W l)).
Qed.

Theorem unit_vectors_holds : unit_vectors.
Proof.
  intros W d sd q k a [[pairs single] [[qm [qq mixed]] [has [ql kl]]]]. assert (0 < INR d) by (apply lt_0_INR; lia).
  apply centred_variance; trivial.
  rewrite (trace_of_alike W d q k a 0).
  - rewrite (diagonal_total d k has 1 kl). pose proof (mean_square W d q a 1 qq ql) as size.
    replace a with (/ INR d) by (apply (Rmult_eq_reg_l (INR d)); [rewrite size; field|]; lra). ring.
  - intros r lr s ls. rewrite (is_mean_value _ _ _ (mixed_moments W d q a 0 qq mixed r lr s ls)). ring.
Qed.

Theorem layer_normalised_holds : layer_normalised.
Proof.
  intros W d two q k a c [[pairs single] [[qm [qq mixed]] [has [ql [q0 [kl k0]]]]]].
  assert (2 <= INR d) by (change 2 with (INR 2); now apply le_INR).
  apply centred_variance; trivial.
  pose proof (mixed_moments W d q a c qq mixed) as moments.
  pose proof (mean_square W d q a (INR d) qq ql) as size.
  assert (whole : sum d (fun s => sum d (fun r => mean_of W (fun o => q o r * q o s))) = 0 ^ 2).
  { apply all_total; [|exact q0]. intros r lr s ls. exact (proj1 (moments r lr s ls)). }
  rewrite (sum_ext d _ (fun s => sum d (fun r => (a - c) * delta r s + c))) in whole.
  2:{ intros s ls. apply sum_ext. intros r lr. exact (is_mean_value _ _ _ (moments r lr s ls)). }
  rewrite (sum_ext d _ (fun _ => (a - c) + INR d * c)), sum_const in whole.
  2:{ intros s ls. rewrite sum_plus, sum_const. f_equal. exact (sum_delta_r d s (fun _ => a - c) ls). }
  rewrite (trace_of_alike W d q k (a - c) c).
  - rewrite (diagonal_total d k has (INR d) kl), (all_total d k has 0 k0).
    assert (a_is : a = 1) by (apply (Rmult_eq_reg_l (INR d)); lra). subst a.
    assert (c_is : c = - / (INR d - 1)).
    { apply (Rmult_eq_reg_l (INR d - 1)); [|lra]. apply (Rmult_eq_reg_l (INR d)); [|lra].
      transitivity (- INR d); [|field; lra]. lra. }
    rewrite c_is. field. lra.
  - intros r lr s ls. exact (is_mean_value _ _ _ (moments r lr s ls)).
Qed.

(* Components of one law, odd moments 0. *)
Lemma of_law (W : outcomes) (d : nat) (q k : W -> nat -> R) (a b : R) : (1 <= d)%nat -> a <> 0 ->
  (forall r, (r < d)%nat -> forall j, (j < 5)%nat -> is_mean W (fun o => k o r ^ j * q o r ^ j)
    (mean_of W (fun o => k o r ^ j) * mean_of W (fun o => q o r ^ j))) ->
  (forall t, (t < d)%nat -> forall i, (i < 5)%nat -> forall j, (j < 5)%nat -> (i + j <= 4)%nat ->
    is_mean W (fun o => (k o t * q o t) ^ j * sum t (fun r => k o r * q o r) ^ i)
      (mean_of W (fun o => (k o t * q o t) ^ j) * mean_of W (fun o => sum t (fun r => k o r * q o r) ^ i))) ->
  (forall r, (r < d)%nat -> is_mean W (fun o => q o r) 0 /\ is_mean W (fun o => q o r ^ 2) a /\
    is_mean W (fun o => q o r ^ 3) 0 /\ is_mean W (fun o => q o r ^ 4) b) ->
  (forall r, (r < d)%nat -> is_mean W (fun o => k o r) 0 /\ is_mean W (fun o => k o r ^ 2) a /\
    is_mean W (fun o => k o r ^ 3) 0 /\ is_mean W (fun o => k o r ^ 4) b) ->
  forall v e, INR d * a ^ 2 = v -> (b ^ 2 / a ^ 4 - 3) / INR d = e ->
  (has_mean W (fun o => sum d (fun r => k o r * q o r)) /\ has_mean W (fun o => sum d (fun r => k o r * q o r) ^ 2) /\
    - mean_of W (fun o => sum d (fun r => k o r * q o r)) ^ 2 + mean_of W (fun o => sum d (fun r => k o r * q o r) ^
      2) = v) /\
  (has_mean W (fun o => sum d (fun r => k o r * q o r) ^ 4) /\
    - 3 + mean_of W (fun o => sum d (fun r => k o r * q o r) ^ 4) / mean_of W (fun o => sum d (fun r => k o r * q o
      r) ^ 2) ^ 2
    = e).
Proof.
  intros sd an powers factors qs ks v e <- <-. assert (0 < INR d) by (apply lt_0_INR; lia).
  assert (power : forall r, (r < d)%nat -> forall j, (j < 5)%nat -> forall y z,
    mean_of W (fun o => k o r ^ j) = y -> mean_of W (fun o => q o r ^ j) = z -> mean_of W (fun o => (k o r * q o r) ^
      j) = y * z).
  { intros r lr j lj y z <- <-. rewrite <- (is_mean_value _ _ _ (powers r lr j lj)). apply mean_ext. intros. apply
    Rpow_mult_distr. }
  assert (one : forall x : W -> nat -> R, (forall r, (r < d)%nat -> is_mean W (fun o => x o r) 0) ->
    forall r, (r < d)%nat -> mean_of W (fun o => x o r ^ 1) = 0).
  { intros x zero r lr. rewrite <- (is_mean_value _ _ _ (zero r lr)). apply mean_ext. intros. cbv beta. ring. }
  destruct (symmetric_sum W d (fun o r => k o r * q o r) (a * a) (b * b) factors) as [[m1 s1] [[m2 s2] [m4 s4]]].
  - intros t lt. rewrite (power t lt 1%nat ltac:(lia) 0 0); [ring|apply one|apply one]; trivial; intros r lr; apply
    (ks r lr) || apply (qs r lr).
  - intros t lt. apply (power t lt 2%nat); [lia|apply (ks t lt)|apply (qs t lt)].
  - intros t lt. rewrite (power t lt 3%nat ltac:(lia) 0 0); [ring|apply (ks t lt)|apply (qs t lt)].
  - intros t lt. apply (power t lt 4%nat); [lia|apply (ks t lt)|apply (qs t lt)].
  - repeat split; trivial; [rewrite s1, s2; ring|]. rewrite s2, s4. field. split; [exact an|lra].
Qed.

Theorem symmetric_components_holds : symmetric_components.
Proof.
  intros W d sd q k a b [an [powers [factors [qs ks]]]]. apply (of_law W d q k a b); trivial.
  assert (0 < INR d) by (apply lt_0_INR; lia). field. split; [exact an | lra].
Qed.

(* Half powers. *)
Lemma root_power (a : R) (d : nat) : 0 < a -> (/ sqrt a) ^ d = / Rpower a (INR d / 2).
Proof.
  intros ap. pose proof (sqrt_lt_R0 a ap) as root. rewrite pow_inv. f_equal.
  rewrite <- Rpower_pow by exact root. rewrite <- (Rpower_sqrt a ap), Rpower_mult. f_equal. field.
Qed.

(* Independent standard normal components: of the exponential of the product given the query, and of what that leaves. *)
Lemma normal_exponentials (W P : outcomes) (d : nat) (q : W -> nat -> R) (k : P -> nat -> R) (x : R) :
  (forall o t, (t < d)%nat ->
    is_mean P (fun u => exp (x * k u t * q o t)) (exp (x ^ 2 * q o t ^ 2 / 2)) /\
    is_mean P (fun u => exp (x * k u t * q o t) * exp (sum t (fun r => x * k u r * q o r)))
      (mean_of P (fun u => exp (x * k u t * q o t)) * mean_of P (fun u => exp (sum t (fun r => x * k u r * q o r))))) ->
  (forall t, (t < d)%nat ->
    is_mean W (fun o => exp (x ^ 2 * q o t ^ 2 / 2)) (/ sqrt (1 - x ^ 2)) /\
    is_mean W (fun o => exp (x ^ 2 * q o t ^ 2 / 2) * exp (sum t (fun r => x ^ 2 * q o r ^ 2 / 2)))
      (mean_of W (fun o => exp (x ^ 2 * q o t ^ 2 / 2)) * mean_of W (fun o => exp (sum t (fun r => x ^ 2 * q o r ^ 2 / 2))))) ->
  (forall o, is_mean P (fun u => exp (x * sum d (fun r => k u r * q o r))) (exp (sum d (fun r => x ^ 2 * q o r ^ 2 / 2)))) /\
  is_mean W (fun o => exp (sum d (fun r => x ^ 2 * q o r ^ 2 / 2))) ((/ sqrt (1 - x ^ 2)) ^ d).
Proof.
  intros keys query.
  assert (given : forall o m, (m <= d)%nat -> is_mean P (fun u => exp (sum m (fun r => x * k u r * q o r)))
    (exp (sum m (fun r => x ^ 2 * q o r ^ 2 / 2)))).
  { intros o. induction m as [|m IH]; intros lm.
    - simpl. rewrite exp_0. exact (is_mean_const P 1).
    - destruct (keys o m lm) as [[hs es] both].
      eapply is_mean_ext; [eapply is_mean_eq; [exact both|]|].
      + rewrite es, (is_mean_value _ _ _ (IH ltac:(lia))), <- exp_plus. f_equal. cbn [sum]. ring.
      + intros u. cbv beta. rewrite <- exp_plus. f_equal. cbn [sum]. ring. }
  assert (over : forall m, (m <= d)%nat -> is_mean W (fun o => exp (sum m (fun r => x ^ 2 * q o r ^ 2 / 2)))
    ((/ sqrt (1 - x ^ 2)) ^ m)).
  { induction m as [|m IH]; intros lm.
    - simpl. eapply is_mean_ext; [exact (is_mean_const W 1)|]. intros. apply exp_0.
    - destruct (query m lm) as [[hs es] both].
      eapply is_mean_ext; [eapply is_mean_eq; [exact both|]|].
      + rewrite es, (is_mean_value _ _ _ (IH ltac:(lia))). simpl. ring.
      + intros o. cbv beta. rewrite <- exp_plus. f_equal. cbn [sum]. ring. }
  split.
  - intros o. apply (is_mean_ext _ _ _ (given o d (le_n d))). intros u. cbv beta. f_equal. rewrite <- sum_scal_l.
    apply sum_ext. intros. ring.
  - exact (over d (le_n d)).
Qed.

Theorem generating_function_holds : generating_function.
Proof.
  intros W P d sd q k G Z x [small [[keys query] [other gamma]]]. assert (ap : 0 < 1 - x ^ 2) by lra.
  destruct (normal_exponentials W P d q k x keys query) as [given over]. split.
  - rewrite <- (root_power _ d ap), <- (is_mean_value _ _ _ over). apply mean_ext. intros o. exact (proj2 (given o)).
  - rewrite <- (proj2 gamma). apply mean_ext. intros o. exact (proj2 (other o)).
Qed.

Ltac named a b := apply (of_law _ _ _ _ a b); trivial.

Theorem normal_holds : normal.
Proof.
  intros W d sd q k [powers [factors [qs ks]]]. assert (0 < INR d) by (apply lt_0_INR; lia).
  named 1 3; [ring | field; lra].
Qed.

Theorem uniform_holds : uniform.
Proof.
  intros W d sd q k a [ap [powers [factors [qs ks]]]]. assert (0 < INR d) by (apply lt_0_INR; lia).
  named (a ^ 2 / 3) (a ^ 4 / 5); [|field|field; lra]. assert (0 < a ^ 2) by (apply pow_lt; lra). lra.
Qed.

Theorem rademacher_holds : rademacher.
Proof.
  intros W d sd q k [powers [factors [qs ks]]]. assert (0 < INR d) by (apply lt_0_INR; lia).
  named 1 1; [ring | field; lra].
Qed.

Theorem laplace_holds : laplace.
Proof.
  intros W d sd q k b [bp [powers [factors [qs ks]]]]. assert (0 < INR d) by (apply lt_0_INR; lia).
  named (2 * b ^ 2) (24 * b ^ 4); [|ring|field; lra]. assert (0 < b ^ 2) by (apply pow_lt; lra). lra.
Qed.

Theorem student_t_holds : student_t.
Proof.
  intros W d sd q k nu [above [powers [factors [qs ks]]]]. assert (0 < INR d) by (apply lt_0_INR; lia).
  named (nu / (nu - 2)) (3 * nu ^ 2 / ((nu - 4) * (nu - 2))); [|field; lra|field; repeat split; lra].
  apply Rmult_integral_contrapositive_currified; [lra | apply Rinv_neq_0_compat; lra].
Qed.
