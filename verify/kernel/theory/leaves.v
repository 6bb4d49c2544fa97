(* Closing leaf facts of the ledger's proofs without a hand touching them: a fact is what one rule of a step shows. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Interval Require Import Tactic.
From Attnproof.theory Require Import prelude sums.
Open Scope R_scope.

Lemma exp_double (x : R) : exp (2 * x) = exp x * exp x.
Proof. rewrite <- exp_plus. f_equal. ring. Qed.

Lemma exp_minus (x y : R) : exp (x - y) = exp x / exp y.
Proof. unfold Rminus, Rdiv. rewrite exp_plus, exp_Ropp. reflexivity. Qed.

Ltac apart := repeat match goal with H : _ /\ _ |- _ => destruct H end.

(* sums, products and quotients of what is positive, or not negative *)
Ltac sign :=
  intros; apart;
  lazymatch goal with
  | |- 0 < exp _ => apply exp_pos
  | |- 0 < cosh _ => unfold cosh; sign
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
  | |- 0 < _ ^ _ => first [assumption | apply pow_lt; sign]
  | |- 0 <= _ ^ _ => first [assumption | apply pow_le; sign | nra]
  | |- 0 < _ * _ => first [assumption | apply Rmult_lt_0_compat; sign | nra]
  | |- 0 <= _ * _ => first [assumption | apply Rmult_le_pos; sign | nra]
  | |- 0 < _ + _ => first
      [ assumption | apply Rplus_lt_le_0_compat; sign | apply Rplus_le_lt_0_compat; sign | lra | nra ]
  | |- 0 <= _ + _ => first [assumption | apply Rplus_le_le_0_compat; sign | lra | nra]
  | |- _ <> 0 => first [assumption | apply Rgt_not_eq; sign | apply Rlt_not_eq; lra | nra]
  | |- _ => first [assumption | lra | nra | interval]
  end.

Ltac side := repeat split; sign.

Ltac simpler :=
  repeat first
    [ rewrite exp_double | rewrite exp_plus | rewrite exp_minus | rewrite exp_Ropp | rewrite exp_0 ].

Lemma INR_0 : INR 0 = 0.
Proof. reflexivity. Qed.

Ltac naturals := rewrite ?plus_INR, ?mult_INR, ?pow_INR, ?S_INR, ?INR_0 in *.

Ltac hyperbolic := unfold sigmoid, sech, tanh, sinh, cosh in *; simpler.

(* exponentials and roots as numbers of which nothing but their signs is known *)
Ltac hidden := repeat match goal with
  | |- context [exp ?x] =>
      let e := fresh "e" in let p := fresh "p" in pose proof (exp_pos x) as p; set (e := exp x) in *; clearbody e
  | |- context [sqrt ?x] =>
      let e := fresh "e" in let p := fresh "p" in pose proof (sqrt_pos x) as p; set (e := sqrt x) in *; clearbody e
  end.

Ltac equality := first
  [ reflexivity | ring | solve [field; side]
  | solve [hyperbolic; first [ring | field; side]]
  | solve [hyperbolic; hidden; first [ring | field; side]]
  | solve [naturals; first [ring | field; side | nra]]
  | solve [nra] ].

Ltac sums :=
  repeat first
    [ rewrite sum_plus | rewrite sum_minus | rewrite sum_opp | rewrite sum_scal_l | rewrite sum_scal_r | rewrite sum_const ];
  first [ring | field; side | equality].

(* an equality of sums: constants out, sums of sums apart, each in one order; then term by term *)
Ltac spread :=
  unfold Rdiv, Rminus in *;
  repeat first
    [ rewrite sum_plus | rewrite sum_opp | rewrite sum_scal_l | rewrite sum_scal_r | rewrite sum_const
    | progress (rewrite ?Rmult_plus_distr_l, ?Rmult_plus_distr_r) ];
  first [ring | field; side].

Ltac under := unfold Rdiv in *; repeat first
  [ reflexivity | ring | solve [field; side]
  | apply sum_ext; intros
  | f_equal ].

Ltac leaf := intros; apart; repeat split; intros; first
  [ equality
  | solve [under]
  | solve [sums]
  | solve [spread]
  | solve [lra]
  | solve [interval]
  | solve [nra]
  | solve [sign]
  | solve [apply Rlt_le; sign]
  | solve [tauto]
  | solve [match goal with |- _ <> _ => intro; nra end]
  | solve [match goal with |- ~ _ => intro; apart; lra end]
  | solve [hyperbolic; hidden; first [nra | sign]] ].
(* an inequality whose gap SymPy has factored: the factors are a hint, what is proved is the inequality *)
Ltac by_factors left right gap :=
  let known := fresh "known" in
  assert (known : right - left = gap) by (equality); 
  first
    [ enough (0 <= right - left) by lra; rewrite known; sign | enough (0 < right - left) by lra; rewrite known; sign ].
