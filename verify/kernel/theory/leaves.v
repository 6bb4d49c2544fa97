(* Closing leaf facts of the ledger's proofs without a hand touching them: a fact is what one rule of a step shows. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Interval Require Import Tactic.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums outcomes formats tanh defined normal_forms.
Open Scope R_scope.

Lemma exp_minus (x y : R) : exp (x - y) = exp x / exp y.
Proof. unfold Rminus, Rdiv. rewrite exp_plus, exp_Ropp. reflexivity. Qed.

Ltac apart := repeat match goal with H : _ /\ _ |- _ => destruct H end.

Lemma exp_monotone (x y : R) : x <= y -> exp x <= exp y.
Proof. intros [less | ->]; [left; now apply exp_increasing | apply Rle_refl]. Qed.

Lemma exp_of_logarithm (n : nat) (x : R) : 0 < x -> exp (INR n * ln x) = x ^ n.
Proof. intros above. change (Rpower x (INR n) = x ^ n). now apply Rpower_pow. Qed.

Lemma logarithm_below (x : R) : 0 < x -> ln x <= x - 1.
Proof. intros above. pose proof (exp_ineq1_le (ln x)) as least. rewrite exp_ln in least by exact above. lra. Qed.

Lemma logarithm_above (x : R) : 0 < x -> 1 - / x <= ln x.
Proof.
  intros above. pose proof (logarithm_below (/ x) (Rinv_0_lt_compat x above)) as most. rewrite ln_Rinv in most by exact above. lra.
Qed.

Lemma tanh_negative (x : R) : x < 0 -> tanh x < 0.
Proof. intros below. pose proof (tanh_pos (- x)) as above. rewrite tanh_opp in above. lra. Qed.

Lemma tanh_not_negative (x : R) : 0 <= x -> 0 <= tanh x.
Proof. intros [above | <-]; [left; now apply tanh_pos | rewrite tanh_zero; apply Rle_refl]. Qed.

Lemma sinh_positive (x : R) : 0 < x -> 0 < sinh x.
Proof. intros above. unfold sinh. pose proof (exp_increasing (- x) x). lra. Qed.

Lemma INR_0 : INR 0 = 0.
Proof. reflexivity. Qed.

Ltac natural_numbers := rewrite ?plus_INR, ?mult_INR, ?pow_INR, ?S_INR, ?INR_0 in *.

(* what the least values of sizes say of them as real numbers *)
Ltac sizes :=
  repeat match goal with least : (_ <= ?n)%nat |- _ =>
    let known := fresh in pose proof (le_INR _ _ least) as known; simpl in known; revert known; clear least end; intros.

(* a hypothesis says it of the same sum in other words *)
Ltac by_same_sum := match goal with
  given : 0 < sum ?n ?f |- sum ?n ?g <> 0 => replace (sum n g) with (sum n f) by (apply sum_ext; intros; ring); lra end.

(* sums, products and quotients of what is positive, or not negative *)
Ltac sign :=
  intros; apart;
  lazymatch goal with
  | |- 0 < exp _ => apply exp_pos
  | |- 0 < cosh _ => apply cosh_pos
  | |- 0 < sech _ => apply sech_pos
  | |- 0 < tanh _ => apply tanh_pos; sign
  | |- tanh _ < 0 => apply tanh_negative; sign
  | |- 0 <= tanh _ => apply tanh_not_negative; sign
  | |- 0 < sinh _ => apply sinh_positive; sign
  | |- 0 < Rpower _ _ => apply exp_pos
  | |- 0 < PI => apply PI_RGT_0
  | |- 0 < INR (fact _) => apply INR_fact_lt_0
  | |- 0 < - _ => first [assumption | lra | nra]
  | |- - ?a < 0 => enough (0 < a) by lra; sign
  | |- - ?a <= 0 => enough (0 <= a) by lra; sign
  | |- 0 < sqrt _ => apply sqrt_lt_R0; sign
  | |- 0 <= sqrt _ => apply sqrt_pos
  | |- 0 <= Rabs _ => apply Rabs_pos
  | |- 0 < INR _ => apply lt_0_INR; lia
  | |- 0 <= INR _ => apply pos_INR
  | |- 0 < sum _ _ => apply sum_pos; [lia | sign]
  | |- 0 <= sum _ _ => apply sum_nonneg; sign
  | |- 0 < _ / _ => first [assumption | apply Rdiv_lt_0_compat; sign]
  | |- 0 < / _ => first [assumption | apply Rinv_0_lt_compat; sign]
  | |- 0 <= _ / _ => first [assumption | apply Rmult_le_pos; [sign | apply Rlt_le, Rinv_0_lt_compat; sign]]
  | |- 0 <= / _ => apply Rlt_le, Rinv_0_lt_compat; sign
  | |- 0 <= _ ^ 2 => apply pow2_ge_0
  | |- 0 < _ ^ 2 => apply pow2_gt_0; sign
  | |- 0 < _ ^ _ => first [assumption | apply pow_lt; sign]
  | |- 0 <= _ ^ _ => first [assumption | apply pow_le; sign | nra]
  | |- 0 < _ * _ => first [assumption | apply Rmult_lt_0_compat; sign | nra]
  | |- 0 <= _ * _ => first [assumption | apply Rmult_le_pos; sign | nra]
  | |- 0 < _ + _ => first
      [ assumption | apply Rplus_lt_le_0_compat; sign | apply Rplus_le_lt_0_compat; sign | lra | nra ]
  | |- 0 <= _ + _ => first [assumption | apply Rplus_le_le_0_compat; sign | lra | nra]
  | |- _ ^ _ <> 0 => apply pow_nonzero; sign
  | |- - _ <> 0 => apply Ropp_neq_0_compat; sign
  | |- _ * _ <> 0 => apply Rmult_integral_contrapositive_currified; sign
  | |- _ / _ <> 0 => apply Rmult_integral_contrapositive_currified; sign
  | |- / _ <> 0 => apply Rinv_neq_0_compat; sign
  | |- ?a <> 0 => first
      [ assumption | by_same_sum | solve [nonzero] | lra | solve [apply other_than_zero; sign] | intro; nra ]
  | |- _ => first [assumption | lra | nra | interval | solve [sizes; nra]]
  end.

Ltac side := repeat split; sign.

Ltac simpler :=
  repeat first
    [ rewrite exp_double | rewrite exp_plus | rewrite exp_minus | rewrite exp_Ropp | rewrite exp_0 ].

Ltac hyperbolic := unfold sigmoid, sech, tanh, sinh, cosh in *; simpler.

(* exponentials and roots as numbers of which nothing but their signs is known *)
Ltac hidden := repeat match goal with
  | |- context [exp ?x] =>
      let e := fresh "e" in let p := fresh "p" in pose proof (exp_pos x) as p; set (e := exp x) in *; clearbody e
  | |- context [sqrt ?x] =>
      let e := fresh "e" in let p := fresh "p" in pose proof (sqrt_pos x) as p; set (e := sqrt x) in *; clearbody e
  end.

Ltac logarithms := repeat match goal with
  | |- context [ln (exp ?x)] => rewrite (ln_exp x)
  | |- context [ln (?x * ?y)] => rewrite (ln_mult x y) by sign
  | |- context [ln (/ ?x)] => rewrite (ln_Rinv x) by sign
  | |- context [exp (INR ?n * ln ?x)] => rewrite (exp_of_logarithm n x) by sign
  end.

Ltac powers_apart := unfold Rdiv; rewrite ?Rabs_mult, ?Rpow_mult_distr, ?pow_add, ?pow_inv, ?pow_1.

Ltac angles :=
  repeat match goal with |- context [cos (?a * (?b + ?c) + ?d)] => replace (a * (b + c) + d) with (b * a + d + a * c) by ring end;
  rewrite ?cos_minus, ?sin_minus, ?cos_plus, ?sin_plus, ?cos_PI6, ?sin_PI6, ?cos_PI3, ?sin_PI3.

(* an exponential of a half, a product of two exponentials: the others by them *)
Ltac exponentials := repeat match goal with
  | |- context [exp ?x] => match goal with
      | |- context [exp (x / 2)] => replace (exp x) with (exp (x / 2) * exp (x / 2)) by (rewrite <- exp_plus; f_equal; field)
      end
  end.
Ltac joined := match goal with
  | |- context [exp ?x] => match goal with
    | |- context [exp ?y] => differ x y; match goal with
      | |- context [exp ?z] => differ x z; differ y z; replace (exp z) with (exp x * exp y) by (rewrite <- exp_plus; f_equal; field; side)
      end end
  end.

Ltac with_roots := match goal with
  | |- context [sqrt ?x] =>
      let square := fresh in assert (square : sqrt x * sqrt x = x) by (apply sqrt_sqrt; sign);
      first [ring [square] | field [square]; side | nra]
  end.

Ltac equality := first
  [ reflexivity | ring | solve [field; side]
  | solve [hyperbolic; first [ring | field; side]]
  | solve [hyperbolic; hidden; first [ring | field; side]]
  | solve [natural_numbers; first [ring | field; side]]
  | solve [powers_apart; first [ring | field; side]]
  | solve [progress logarithms; first [ring | field; side]]
  | solve [hyperbolic; progress exponentials; hidden; field; side]
  | solve [joined; field; side]
  | solve [progress angles; first [ring | field | same_arguments; ring | with_roots]]
  | solve [with_roots] ].

Ltac polynomial := first [ring | progress same_arguments; ring].
Ltac finish := first [polynomial | solve [field; side]].
Ltac normal_forms := normalised; first [polynomial | same_sums ltac:(polynomial); finish | same_sums finish; finish].
Ltac whole_size := match goal with |- context [sum (?n + ?m)%nat _] => let size := fresh "n" in set (size := (n + m)%nat) in *; clearbody size end.
Ltac of_sums := first [normal_forms | other_order; normal_forms | whole_size; normal_forms | unfold tanh, sinh, cosh; normal_forms].

(* what is known of every exponential and logarithm *)
Ltac tangents := repeat match goal with
  | |- context [exp ?x] =>
      let e := fresh "e" in let p := fresh "p" in let q := fresh "q" in
      pose proof (exp_pos x) as p; pose proof (exp_ineq1_le x) as q; set (e := exp x) in *; clearbody e
  | |- context [ln ?x] =>
      let e := fresh "e" in let p := fresh "p" in let q := fresh "q" in
      assert (p : 0 < x) by sign;
      let least := fresh in pose proof (logarithm_below x p) as q; pose proof (logarithm_above x p) as least;
      set (e := ln x) in *; clearbody e
  end.

Ltac order := lazymatch goal with
  | |- exp _ <= exp _ => apply exp_monotone; nra
  | |- ?c * exp _ <= ?c * exp _ => apply Rmult_le_compat_l; [sign | order]
  | |- exp _ <= ?x ^ ?n => rewrite <- (exp_of_logarithm n x) by sign; order
  | |- / ?x ^ ?n <= exp _ => rewrite <- (exp_of_logarithm n x), <- exp_Ropp by sign; order
  end.

(* the gap of an inequality as one quotient *)
Ltac gap := lazymatch goal with
  | |- ?a <= ?b => enough (0 <= b - a) by lra; field_simplify; [apply Rdiv_le_0_compat; [nra | sign] | side]
  | |- ?a < ?b => enough (0 < b - a) by lra; field_simplify; [apply Rdiv_lt_0_compat; [nra | sign] | side]
  end.

(* quotients as products by numbers of which is known that they are inverses *)
Ltac inverses := unfold Rdiv in *; repeat match goal with
  | |- context [/ ?x] => inverse x
  | _ : context [/ ?x] |- _ => inverse x
  end
with inverse x :=
  let known := fresh in assert (known : / x * x = 1) by (apply Rinv_l; sign);
  let i := fresh "i" in
  try (let above := fresh in assert (above : 0 < / x) by (apply Rinv_0_lt_compat; sign));
  set (i := / x) in *; clearbody i.

(* products of what is not negative *)
Ltac products := repeat match goal with
  | one : 0 < ?x, two : 0 < ?y |- _ =>
      differ x y; lazymatch goal with _ : 0 < x * y |- _ => fail | _ : 0 < y * x |- _ => fail | _ => idtac end;
      lazymatch constr:((x, y)) with (_ * _, _) => fail | (_, _ * _) => fail | _ => idtac end;
      pose proof (Rmult_lt_0_compat x y one two)
  | one : 0 <= ?x, two : 0 <= ?y |- _ =>
      differ x y; lazymatch goal with _ : 0 <= x * y |- _ => fail | _ : 0 <= y * x |- _ => fail | _ => idtac end;
      lazymatch constr:((x, y)) with (_ * _, _) => fail | (_, _ * _) => fail | _ => idtac end;
      pose proof (Rmult_le_pos x y one two)
  end.

Ltac leaf := intros; apart; repeat split; intros;
  lazymatch goal with
  | |- _ = _ => first
      [ match goal with |- context [sum _ _] => solve [of_sums] end
      | equality
      | solve [of_sums]
      | solve [nra]
      | solve [natural_numbers; nra]
      | solve [field_simplify_eq; [nra | side]]
      | solve [inverses; nra] ]
  | |- _ => first
      [ solve [lra]
      | solve [interval]
      | solve [interval with (i_prec 150)]
      | solve [order]
      | solve [nra]
      | solve [sign]
      | solve [apply Rlt_le; sign]
      | solve [tauto]
      | solve [match goal with |- _ <> _ => intro; nra end]
      | solve [match goal with |- ~ _ => intro; apart; lra end]
      | solve [tangents; first [lra | nra]]
      | solve [powers_apart; sizes; lra]
      | solve [gap]
      | solve [natural_numbers; first [nra | gap]]
      | solve [products; nra]
      | solve [inverses; first [nra | products; nra]]
      | solve [hyperbolic; hidden; first [nra | sign]] ]
  end.

(* an inequality whose gap SymPy has factored: the factors are a hint, what is proved is the inequality *)
Ltac by_factors left right gap :=
  let known := fresh "known" in
  assert (known : right - left = gap) by (equality);
  first
    [ enough (0 <= right - left) by lra; rewrite known; sign | enough (0 < right - left) by lra; rewrite known; sign ].
