(* The prelude's operations are those of Flocq's binary floating-point numbers, a formal IEEE 754 made elsewhere. *)
From Coq Require Import Reals ZArith Lra Lia SpecFloat.
From Flocq Require Import Core.
From Flocq Require Import IEEE754.BinarySingleNaN.
From Attnproof.theory Require Import prelude formats.
Open Scope R_scope.

Section Format.
Variables (p e : nat).
Hypothesis bits : (1 <= p)%nat.
Hypothesis range : (p <= e)%nat.
Let prec := Z.of_nat p.
Let emax := (Z.of_nat e + 1)%Z.

Local Instance some_bits : Prec_gt_0 prec.
Proof. unfold Prec_gt_0, prec. lia. Qed.
Local Instance enough : Prec_lt_emax prec emax.
Proof. unfold Prec_lt_emax, prec, emax. lia. Qed.

(* what a floating-point number is as a result *)
Definition meant (x : binary_float prec emax) : result :=
  match x with
  | B754_infinity s => if s then MinusInfinity else PlusInfinity
  | B754_nan => NaN
  | _ => Value (B2R x)
  end.

Lemma meant_finite (x : binary_float prec emax) : is_finite x = true -> meant x = Value (B2R x).
Proof. now destruct x. Qed.

Lemma round_is_rounded (x : R) : round radix2 (fexp prec emax) (round_mode mode_NE) x = rounded p e x.
Proof.
  assert (least : SpecFloat.emin prec emax = (2 - Z.of_nat e - Z.of_nat p)%Z).
  { unfold SpecFloat.emin, emax, prec. lia. }
  unfold rounded. rewrite <- least. reflexivity.
Qed.

Lemma end_is_power : bpow radix2 emax = 2 ^ (e + 1).
Proof. unfold emax. rewrite <- bpow_nat. f_equal. lia. Qed.

Lemma signed (x : binary_float prec emax) : is_finite x = true -> if Bsign x then B2R x <= 0 else 0 <= B2R x.
Proof.
  destruct x as [s|s| |s m k H]; intros finite; try discriminate; simpl; destruct s; try lra.
  - now apply F2R_le_0.
  - now apply F2R_ge_0.
Qed.

(* what is not zero has the sign of the number *)
Lemma overflow_meant (x : binary_float prec emax) (s : bool) (r : R) : (if s then r <= 0 else 0 <= r) ->
  2 ^ (e + 1) <= Rabs (rounded p e r) -> B2SF x = binary_overflow prec emax mode_NE s -> meant x = infinite r.
Proof.
  intros sign large over. assert (r <> 0).
  { intros ->. rewrite rounded_0, Rabs_R0 in large. pose proof (pow_lt 2 (e + 1) ltac:(lra)). lra. }
  unfold infinite. destruct x as [?|s'| |? ? ? ?]; try discriminate. injection over as ->.
  simpl. destruct s, (Rlt_dec r 0); try reflexivity; lra.
Qed.

Lemma correct_meant (x : binary_float prec emax) (r : R) (s : bool) : (if s then r <= 0 else 0 <= r) ->
  (if Rlt_bool (Rabs (rounded p e r)) (2 ^ (e + 1)) then B2R x = rounded p e r /\ is_finite x = true
   else B2SF x = binary_overflow prec emax mode_NE s) -> meant x = result_of p e r.
Proof.
  intros sign. unfold result_of. case Rlt_bool_spec; intros size; destruct (Rlt_dec _ _) as [small|large]; try lra.
  - intros [<- finite]. now apply meant_finite.
  - apply overflow_meant; assumption.
Qed.

Lemma sum_meant (x y : binary_float prec emax) : is_finite x = true -> is_finite y = true ->
  meant (Bplus mode_NE x y) = result_of p e (B2R x + B2R y).
Proof.
  intros fx fy. pose proof (signed x fx) as sx. pose proof (signed y fy) as sy.
  pose proof (Bplus_correct prec emax _ _ mode_NE x y fx fy) as correct. revert correct.
  rewrite round_is_rounded, end_is_power. case Rlt_bool_spec; intros size.
  - intros [same [finite _]]. apply correct_meant with (Rle_bool (B2R x + B2R y) 0).
    + case Rle_bool_spec; lra.
    + now rewrite Rlt_bool_true.
  - intros [over alike]. apply correct_meant with (Bsign x).
    + rewrite <- alike in sy. destruct (Bsign x); lra.
    + now rewrite Rlt_bool_false.
Qed.

Theorem added_is_plus (x y : binary_float prec emax) : meant (Bplus mode_NE x y) = added p e (meant x) (meant y).
Proof.
  destruct (is_finite x) eqn:fx; [destruct (is_finite y) eqn:fy|].
  - rewrite sum_meant, (meant_finite x), (meant_finite y) by assumption. reflexivity.
  - destruct y as [?|[]| |? ? ? ?]; try discriminate; destruct x as [?|[]| |? ? ? ?]; try discriminate; reflexivity.
  - destruct x as [?|[]| |? ? ? ?]; try discriminate; destruct y as [?|[]| |? ? ? ?]; reflexivity.
Qed.

Theorem opposite_is_opp (x : binary_float prec emax) : meant (Bopp x) = opposite (meant x).
Proof.
  destruct x as [s|[]| |s m k H]; try reflexivity; simpl.
  - now rewrite Ropp_0.
  - f_equal. rewrite <- F2R_Zopp. now destruct s.
Qed.

Theorem subtracted_is_minus (x y : binary_float prec emax) :
  meant (Bminus mode_NE x y) = subtracted p e (meant x) (meant y).
Proof.
  unfold subtracted. rewrite <- opposite_is_opp, <- added_is_plus. f_equal.
  destruct x as [?|[]| |? ? ? ?], y as [?|[]| |? ? ? ?]; reflexivity.
Qed.

Lemma sign_of (s : bool) (m : positive) (k : Z) (bound : bounded prec emax m k = true) :
  let x := B2R (B754_finite s m k bound) in x <> 0 /\ infinite x = if s then MinusInfinity else PlusInfinity.
Proof.
  intros x. unfold infinite.
  assert (sign : if s then x < 0 else 0 < x).
  { unfold x. simpl. destruct s; [now apply F2R_lt_0 | now apply F2R_gt_0]. }
  destruct s, (Rlt_dec x 0); split; try reflexivity; lra.
Qed.

Lemma product_sign (s t : bool) (x y : R) :
  (if s then x <= 0 else 0 <= x) -> (if t then y < 0 else 0 < y) -> if xorb s t then x * y <= 0 else 0 <= x * y.
Proof. destruct s, t; simpl; nra. Qed.

(* the only number that the prelude does not tell apart is the divisor -0 *)
Theorem divided_is_div (x y : binary_float prec emax) : y <> B754_zero true ->
  meant (Bdiv mode_NE x y) = divided p e (meant x) (meant y).
Proof.
  intros positive. destruct y as [[]|t| |t n l small].
  - congruence.
  - destruct x as [s|[]| |s m k size].
    + simpl. destruct (Req_EM_T 0 0); [reflexivity | lra].
    + simpl. unfold infinite. destruct (Rlt_dec 0 0); [lra | reflexivity].
    + simpl. unfold infinite. destruct (Rlt_dec 0 0); [lra | reflexivity].
    + reflexivity.
    + destruct (sign_of s m k size) as [some sign]. cbn [meant divided Bdiv]. change (B2R (B754_zero false)) with 0.
      destruct (Req_EM_T 0 0); [|lra]. destruct (Req_EM_T _ 0); [contradiction|]. rewrite sign. now destruct s.
  - now destruct x as [?|[]| |? ? ? ?], t.
  - now destruct x as [?|[]| |? ? ? ?].
  - destruct (sign_of t n l small) as [some sign]. set (y := B754_finite t n l small) in *.
    destruct (is_finite x) eqn:fx.
    + pose proof (Bdiv_correct prec emax _ _ mode_NE x y some) as correct.
      rewrite round_is_rounded, end_is_power, fx in correct.
      rewrite (meant_finite x fx). change (meant y) with (Value (B2R y)). cbn [divided].
      destruct (Req_EM_T (B2R y) 0); [contradiction|].
      apply correct_meant with (xorb (Bsign x) t).
      * pose proof (signed x fx) as sx. pose proof (signed y eq_refl) as sy. change (Bsign y) with t in sy.
        assert (inverse : if t then / B2R y < 0 else 0 < / B2R y).
        { destruct t; [apply Rinv_lt_0_compat | apply Rinv_0_lt_compat]; lra. }
        now apply product_sign.
      * revert correct. case Rlt_bool_spec; intros size; [|easy]. intros [same [finite _]]. now split.
    + change (meant y) with (Value (B2R y)).
      destruct x as [?|[]| |? ? ? ?]; try discriminate; cbn [meant divided Bdiv y]; rewrite ?sign; now destruct t.
Qed.
Theorem higher_is_larger (x y : binary_float prec emax) : is_nan x = false -> is_nan y = false ->
  higher (meant x) (meant y) = meant (if Bleb x y then y else x).
Proof.
  intros xn yn. destruct (is_finite x) eqn:fx; [destruct (is_finite y) eqn:fy|].
  - rewrite Bleb_correct by assumption. rewrite (meant_finite x fx), (meant_finite y fy). cbn [higher].
    case Rle_bool_spec; intros order.
    + rewrite Rmax_right by exact order. now rewrite (meant_finite y fy).
    + rewrite Rmax_left by lra. now rewrite (meant_finite x fx).
  - destruct y as [?|[]| |? ? ? ?]; try discriminate; now destruct x as [[]|?| |[] ? ? ?].
  - destruct x as [?|[]| |? ? ? ?]; try discriminate; now destruct y as [[]|[]| |[] ? ? ?].
Qed.
End Format.
