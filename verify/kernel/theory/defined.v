(* Nothing is undefined: what is printed from a proposition's divisions, roots, logarithms and places. *)
From Coq Require Import Reals Arith Lra Lia.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums outcomes formats.
Open Scope R_scope.

Lemma power_nonneg_even (x : R) (n : nat) : Nat.even n = true -> 0 <= x ^ n.
Proof.
  intros even. apply Nat.even_spec in even as [m ->]. rewrite pow_mult. apply pow_le, pow2_ge_0.
Qed.

Lemma cosh_above (x : R) : 0 < cosh x.
Proof. unfold cosh. pose proof (exp_pos x). pose proof (exp_pos (- x)). lra. Qed.

Lemma sech_above (x : R) : 0 < sech x.
Proof. apply Rinv_0_lt_compat, cosh_above. Qed.

Lemma sigmoid_above (x : R) : 0 < sigmoid x.
Proof. unfold sigmoid. apply Rinv_0_lt_compat. pose proof (exp_pos (- x)). lra. Qed.

Lemma weighted_above (n : nat) (f g : nat -> R) :
  (forall l, (l < n)%nat -> 0 < f l) -> (forall l, (l < n)%nat -> 0 <= g l) -> 0 < sum n g ->
  0 < sum n (fun l => f l * g l).
Proof.
  intros positive least some. destruct (Rle_lt_or_eq_dec 0 (sum n (fun l => f l * g l))) as [above|zero]; [|exact above|].
  - apply sum_nonneg. intros l below. apply Rmult_le_pos; [left|]; auto.
  - exfalso. enough (sum n g = 0) by lra. rewrite <- (sum_zero n). apply sum_ext. intros l below.
    assert (each := sum_zero_each n (fun l => f l * g l)). simpl in each.
    destruct (Rmult_integral (f l) (g l)) as [no|yes]; [|specialize (positive l below); lra|exact yes].
    apply each; [|symmetry; exact zero|exact below]. intros i small. apply Rmult_le_pos; [left|]; auto.
Qed.

Lemma half_power (p : nat) : (1 <= p)%nat -> / 2 ^ p <= / 2.
Proof.
  intros some. apply Rinv_le_contravar; [lra|]. replace 2 with (2 ^ 1) at 1 by ring. apply Rle_pow; [lra | exact some].
Qed.

Lemma power_from_2 (p : nat) : (1 <= p)%nat -> 2 <= 2 ^ p.
Proof. intros some. replace 2 with (2 ^ 1) at 1 by ring. apply Rle_pow; [lra | exact some]. Qed.

Lemma without_one (k l : nat) : 0 <= 1 - delta k l.
Proof. unfold delta. destruct (Nat.eqb k l); lra. Qed.

Lemma largest_above (x y : R) : 0 < x -> 0 < Rmax x y.
Proof. intros above. pose proof (Rmax_l x y). lra. Qed.

Lemma ln_above (x : R) : 1 < x -> 0 < ln x.
Proof. intros more. rewrite <- ln_1. apply ln_increasing; lra. Qed.

Lemma room (c step : R) : 0 < c -> 0 < c / (1 + Rabs step).
Proof. intros above. apply Rdiv_lt_0_compat; [exact above | pose proof (Rabs_pos step); lra]. Qed.

(* What moves with a slope stays other than 0 near by. *)
Lemma stays (c step h : R) :
  0 < c -> h - c / (1 + Rabs step) < 0 -> 0 < h + c / (1 + Rabs step) -> h * step + c <> 0.
Proof.
  intros above less more. pose proof (Rabs_pos step) as least.
  assert (near : Rabs h * (1 + Rabs step) < c).
  { apply (Rlt_div_r (Rabs h) c); [lra|]. apply Rabs_def1; lra. }
  assert (Rabs (h * step) < c) by (rewrite Rabs_mult; pose proof (Rabs_pos h); nra).
  pose proof (Rcomplements.Rabs_maj2 (h * step)). lra.
Qed.

Lemma rounded_not_negative (p e : nat) (x : R) : (1 <= p)%nat -> (1 <= e)%nat -> 0 <= x -> 0 <= rounded p e x.
Proof. intros bits exponents least. pose proof (rounded_le p e bits exponents 0 x least) as order. now rewrite rounded_0 in order. Qed.

Lemma rounded_above_1 (p e : nat) (x : R) : (1 <= p)%nat -> (1 <= e)%nat -> 0 <= x -> 0 < rounded p e (x + 1).
Proof.
  intros bits exponents least. apply (Rlt_le_trans 0 1); [lra|].
  apply (rounded_at_least p e bits exponents); [exact (number_1 p e bits exponents) | lra].
Qed.

Lemma above_unless_zero (x : R) : x <> 0 -> 0 <= x -> 0 < x.
Proof. lra. Qed.

Lemma other_than_zero (x : R) : 0 < x -> x <> 0.
Proof. lra. Qed.

(* What the least values of sizes give. *)
Ltac sized :=
  repeat match goal with least : (_ <= ?n)%nat |- _ => lazymatch n with S _ => fail | _ => apply le_INR in least; simpl in least end end;
  lra.

Ltac of_powers :=
  match goal with
  | |- context [/ 2 ^ ?p] => let half := fresh in assert (half := half_power p ltac:(lia)); lra
  | |- context [2 ^ ?p] => let double := fresh in assert (double := power_from_2 p ltac:(lia)); lra
  end.

Ltac positive :=
  lazymatch goal with
  | |- 0 < exp _ => apply exp_pos
  | |- 0 < sech _ => apply sech_above
  | |- 0 < sigmoid _ => apply sigmoid_above
  | |- 0 < cosh _ => apply cosh_above
  | |- 0 < sqrt _ => apply sqrt_lt_R0; positive
  | |- 0 < INR (fact _) => apply INR_fact_lt_0
  | |- 0 < INR _ => apply lt_0_INR; lia
  | |- 0 < IZR _ => apply IZR_lt; reflexivity
  | |- 0 < Rpower _ _ => apply exp_pos
  | |- 0 < PI => apply PI_RGT_0
  | |- 0 < rounded _ _ (_ + 1) => apply rounded_above_1; [lia | lia | not_negative]
  | |- 0 < Rmax _ _ => apply largest_above; positive
  | |- 0 < ln _ => first [assumption | apply ln_above; sized]
  | |- 0 < _ * _ => first [assumption | apply Rmult_lt_0_compat; positive | lra]
  | |- 0 < _ / _ => first [assumption | apply Rdiv_lt_0_compat; positive | lra]
  | |- 0 < / _ => apply Rinv_0_lt_compat; positive
  | |- 0 < _ ^ _ => first [assumption | apply pow_lt; positive]
  | |- 0 < sum ?n (fun l => @?f l * @?g l) =>
      first [assumption
            | apply sum_pos; [lia | intros; positive]
            | apply (weighted_above n f g); [intros; positive | intros; not_negative | positive]]
  | |- 0 < sum _ _ => first [assumption | by_hypothesis | apply sum_pos; [lia | intros; positive]]
  | |- 0 < _ + _ =>
      first [assumption
            | apply Rplus_lt_le_0_compat; [positive | not_negative]
            | apply Rplus_le_lt_0_compat; [not_negative | positive]
            | lra]
  | |- 0 < _ =>
      first [assumption | lra | by_hypothesis | apply above_unless_zero; [assumption | by_hypothesis] | sized | of_powers]
  end
with not_negative :=
  lazymatch goal with
  | |- 0 <= sqrt _ => apply sqrt_pos
  | |- 0 <= Rabs _ => apply Rabs_pos
  | |- 0 <= rounded _ _ _ => apply rounded_not_negative; [lia | lia | not_negative]
  | |- 0 <= INR _ => apply pos_INR
  | |- 0 <= 1 - delta _ _ => apply without_one
  | |- 0 <= _ ^ _ => first [assumption | apply power_nonneg_even; reflexivity | apply pow_le; not_negative]
  | |- 0 <= _ * _ => first [assumption | apply Rmult_le_pos; not_negative | lra]
  | |- 0 <= _ / _ => first [assumption | apply Rdiv_le_0_compat; [not_negative | positive] | lra]
  | |- 0 <= sum _ _ => first [assumption | apply sum_nonneg; intros; not_negative]
  | |- 0 <= _ + _ => first [assumption | apply Rplus_le_le_0_compat; not_negative | lra]
  | |- 0 <= _ => first [assumption | left; positive | lra | by_hypothesis | sized]
  end
with by_hypothesis := match goal with given : forall _, _ |- _ => solve [apply given; first [assumption | lia]] end.

Ltac nonzero :=
  first [assumption
        | by_hypothesis
        | apply other_than_zero; positive
        | apply stays; assumption
        | lra
        | apply pow_nonzero; nonzero
        | apply Rmult_integral_contrapositive_currified; nonzero
        | sized].

Lemma sum_has_mean (S : outcomes) (n : nat) (x : S -> nat -> R) :
  (forall r, (r < n)%nat -> has_mean S (fun o => x o r)) -> has_mean S (fun o => sum n (fun r => x o r)).
Proof.
  intros each. apply (is_mean_sum S n x (fun r => mean_of S (fun o => x o r))). intros r below.
  apply is_mean_of, each, below.
Qed.

Lemma plus_has_mean (S : outcomes) (f g : S -> R) : has_mean S f -> has_mean S g -> has_mean S (fun o => f o + g o).
Proof. intros one two. exact (proj1 (is_mean_plus S f g _ _ (is_mean_of S f one) (is_mean_of S g two))). Qed.

Lemma scaled_has_mean (S : outcomes) (f : S -> R) (a : R) : has_mean S f -> has_mean S (fun o => a * f o).
Proof. intros one. exact (proj1 (is_mean_scal S f a _ (is_mean_of S f one))). Qed.

Lemma scaled_has_mean_r (S : outcomes) (f : S -> R) (a : R) : has_mean S f -> has_mean S (fun o => f o * a).
Proof.
  intros one. apply (proj1 (is_mean_ext _ _ _ (is_mean_scal S f a _ (is_mean_of S f one)) (fun o => Rmult_comm _ _))).
Qed.

Lemma const_has_mean (S : outcomes) (a : R) : has_mean S (fun _ => a).
Proof. exact (proj1 (is_mean_const S a)). Qed.

Lemma has_mean_ext (S : outcomes) (f g : S -> R) : has_mean S f -> (forall o, g o = f o) -> has_mean S g.
Proof. intros one same. exact (proj1 (is_mean_ext f g _ (is_mean_of S f one) same)). Qed.

(* A hypothesis in its parts. *)
Ltac apart given :=
  lazymatch type of given with
  | _ /\ _ => let one := fresh in let two := fresh in destruct given as [one two]; apart one; apart two
  | forall a, @?P a /\ @?Q a => apart_1 given P Q
  | forall a b, @?P a b /\ @?Q a b => apart_2 given P Q
  | forall a b c, @?P a b c /\ @?Q a b c => apart_3 given P Q
  | forall a b c d, @?P a b c d /\ @?Q a b c d => apart_4 given P Q
  | forall a b c d e, @?P a b c d e /\ @?Q a b c d e => apart_5 given P Q
  | forall a b c d e f, @?P a b c d e f /\ @?Q a b c d e f => apart_6 given P Q
  | forall a b c d e f g, @?P a b c d e f g /\ @?Q a b c d e f g => apart_7 given P Q
  | forall a b c d e f g h, @?P a b c d e f g h /\ @?Q a b c d e f g h => apart_8 given P Q
  | _ => idtac
  end
with apart_1 given P Q :=
  let one := fresh in assert (one : forall a, P a) by (exact (fun a => proj1 (given a)));
  let two := fresh in assert (two : forall a, Q a) by (exact (fun a => proj2 (given a)));
  clear given; cbv beta in one, two; apart one; apart two
with apart_2 given P Q :=
  let one := fresh in assert (one : forall a b, P a b) by (exact (fun a b => proj1 (given a b)));
  let two := fresh in assert (two : forall a b, Q a b) by (exact (fun a b => proj2 (given a b)));
  clear given; cbv beta in one, two; apart one; apart two
with apart_3 given P Q :=
  let one := fresh in assert (one : forall a b c, P a b c) by (exact (fun a b c => proj1 (given a b c)));
  let two := fresh in assert (two : forall a b c, Q a b c) by (exact (fun a b c => proj2 (given a b c)));
  clear given; cbv beta in one, two; apart one; apart two
with apart_4 given P Q :=
  let one := fresh in assert (one : forall a b c d, P a b c d) by (exact (fun a b c d => proj1 (given a b c d)));
  let two := fresh in assert (two : forall a b c d, Q a b c d) by (exact (fun a b c d => proj2 (given a b c d)));
  clear given; cbv beta in one, two; apart one; apart two
with apart_5 given P Q :=
  let one := fresh in assert (one : forall a b c d e, P a b c d e) by (exact (fun a b c d e => proj1 (given a b c d e)));
  let two := fresh in assert (two : forall a b c d e, Q a b c d e) by (exact (fun a b c d e => proj2 (given a b c d e)));
  clear given; cbv beta in one, two; apart one; apart two
with apart_6 given P Q :=
  let one := fresh in assert (one : forall a b c d e f, P a b c d e f) by (exact (fun a b c d e f => proj1 (given a b c d e f)));
  let two := fresh in assert (two : forall a b c d e f, Q a b c d e f) by (exact (fun a b c d e f => proj2 (given a b c d e f)));
  clear given; cbv beta in one, two; apart one; apart two
with apart_7 given P Q :=
  let one := fresh in assert (one : forall a b c d e f g, P a b c d e f g) by (exact (fun a b c d e f g => proj1 (given a b c d e f g)));
  let two := fresh in assert (two : forall a b c d e f g, Q a b c d e f g) by (exact (fun a b c d e f g => proj2 (given a b c d e f g)));
  clear given; cbv beta in one, two; apart one; apart two
with apart_8 given P Q :=
  let one := fresh in assert (one : forall a b c d e f g h, P a b c d e f g h) by (exact (fun a b c d e f g h => proj1 (given a b c d e f g h)));
  let two := fresh in assert (two : forall a b c d e f g h, Q a b c d e f g h) by (exact (fun a b c d e f g h => proj2 (given a b c d e f g h)));
  clear given; cbv beta in one, two; apart one; apart two.

Ltac averaged :=
  match goal with
  | |- _ => assumption
  | |- has_mean _ (fun _ => ?c) => apply const_has_mean
  | given : _ |- _ => solve [eapply given; first [eassumption | lia]]
  | |- has_mean _ (fun _ => sum _ _) => apply sum_has_mean; intros; averaged
  | |- has_mean _ (fun _ => _ + _) => apply plus_has_mean; averaged
  | |- has_mean _ (fun _ => ?a * _) => apply scaled_has_mean; averaged
  | |- has_mean _ (fun _ => _ * ?a) => apply scaled_has_mean_r; averaged
  | |- has_mean _ (fun _ => _ / ?a) => apply scaled_has_mean_r; averaged
  end.

(* A limit, or a slope, needs a neighbourhood. *)
Ltac defined :=
  lazymatch goal with
  | |- _ /\ _ => split; defined
  | |- let _ := _ in _ => let known := fresh in intros known; subst known; cbv beta; defined
  | |- forall _ : ?T, _ =>
      lazymatch type of T with
      | Prop => let given := fresh in intros given; apart given
      | _ => intro
      end;
      defined
  | |- exists _ : R, _ =>
      first [match goal with
             | above : 0 < ?c |- _ => exists c; solve [split; [exact above|]; defined]
             | above : 0 < ?c, step : R |- _ => exists (c / (1 + Rabs step)); solve [split; [now apply room|]; defined]
             end
            | exists 1; defined]
  | |- ?x = 0 \/ _ => destruct (Req_dec x 0); [now left | right; defined]
  | |- has_mean _ _ => cbv beta; try averaged
  | |- (_ <= _)%nat => try lia
  | |- _ <> 0 => cbv beta; try nonzero
  | |- 0 < _ => cbv beta; try positive
  | |- 0 <= _ => cbv beta; try not_negative
  end.
