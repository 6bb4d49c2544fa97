(* Why a rounded result is the exact one times 1 + d: Flocq's theorem for the formats, outside of underflow. *)
From Coq Require Import Reals ZArith Lia Lra.
From Flocq Require Import Core Relative.
Open Scope R_scope.

(* A format of p bits whose least exponent is emin, rounded to nearest, ties to even; its unit roundoff is 2^-p. *)
Definition rounded (p emin : Z) (x : R) : R := round radix2 (FLT_exp emin p) ZnearestE x.

Lemma rounding_is_a_factor (p emin : Z) (x : R) :
  (0 < p)%Z -> bpow radix2 (emin + p - 1) <= Rabs x ->
  exists d, Rabs d <= bpow radix2 (- p) /\ rounded p emin x = x * (1 + d).
Proof.
  intros bits normal.
  destruct (relative_error_N_FLT_ex radix2 emin p bits (fun z => negb (Z.even z)) x normal) as [d [small same]].
  exists d. split; [|exact same]. replace (bpow radix2 (- p)) with (/ 2 * bpow radix2 (- p + 1)); [exact small|].
  rewrite bpow_plus. change (bpow radix2 1) with 2. field.
Qed.

(* fp32: results of 2^-126 and more in size; unit roundoff 2^-24. *)
Lemma fp32_rounding (x : R) :
  bpow radix2 (-126) <= Rabs x -> exists d, Rabs d <= bpow radix2 (-24) /\ rounded 24 (-149) x = x * (1 + d).
Proof. apply (rounding_is_a_factor 24 (-149)). reflexivity. Qed.

(* bf16 and fp16, fp64 likewise. *)
Lemma bf16_rounding (x : R) :
  bpow radix2 (-126) <= Rabs x -> exists d, Rabs d <= bpow radix2 (-8) /\ rounded 8 (-133) x = x * (1 + d).
Proof. apply (rounding_is_a_factor 8 (-133)). reflexivity. Qed.

Lemma fp16_rounding (x : R) :
  bpow radix2 (-14) <= Rabs x -> exists d, Rabs d <= bpow radix2 (-11) /\ rounded 11 (-24) x = x * (1 + d).
Proof. apply (rounding_is_a_factor 11 (-24)). reflexivity. Qed.

Lemma fp64_rounding (x : R) :
  bpow radix2 (-1022) <= Rabs x -> exists d, Rabs d <= bpow radix2 (-53) /\ rounded 53 (-1074) x = x * (1 + d).
Proof. apply (rounding_is_a_factor 53 (-1074)). reflexivity. Qed.
