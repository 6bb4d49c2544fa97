(* How every score moves when all its arguments do, and what it is where they have not moved. *)
From Coq Require Import Reals Arith Lra Lia.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums derivatives rules pairings.
Open Scope R_scope.

Lemma zero_moved (a b : R) : 0 * a + b = b.
Proof. ring. Qed.

Lemma zero_sum (n : nat) (f g : nat -> R) : (forall i, f i = g i) -> sum n f = sum n g.
Proof. intros same. now apply sum_ext. Qed.

Lemma zero_two (op : R -> R -> R) (a b c d : R) : a = c -> b = d -> op a b = op c d.
Proof. now intros -> ->. Qed.

Lemma zero_one (f : R -> R) (a b : R) : a = b -> f a = f b.
Proof. now intros ->. Qed.

(* The value at step 0 of an expression over moved arguments: the same expression over the arguments. *)
Ltac zero :=
  intros; lazymatch goal with
  | |- 0 * _ + _ = _ => apply zero_moved
  | |- sum _ _ = _ => apply zero_sum; zero
  | |- _ + _ = _ => apply (zero_two Rplus); zero
  | |- _ * _ = _ => apply (zero_two Rmult); zero
  | |- _ / _ = _ => apply (zero_two Rdiv); zero
  | |- tanh _ = _ => apply (zero_one tanh); zero
  | |- _ => reflexivity
  end.

Lemma slope_dot (d : nat) (k k' q q' : nat -> R) :
  is_derive (fun h => sum d (fun r => (h * k' r + k r) * (h * q' r + q r))) 0
    (sum d (fun r => k' r * q r) + sum d (fun r => k r * q' r)).
Proof.
  rewrite <- sum_plus. apply slope_sum. intros r _. eapply is_derive_value.
  - apply slope_mult; apply slope_moved.
  - simpl. ring.
Qed.

Lemma slope_bilinear (dk dq : nat) (W W' : nat -> nat -> R) (k k' q q' : nat -> R) :
  is_derive (fun h => sum dk (fun f => sum dq (fun r =>
      (h * W' r f + W r f) * (h * k' f + k f) * (h * q' r + q r)))) 0
    (sum dk (fun f => sum dq (fun r => W' r f * k f * q r)) + sum dk (fun f => sum dq (fun r => W r f * k' f * q r))
      + sum dk (fun f => sum dq (fun r => W r f * k f * q' r))).
Proof.
  rewrite <- !sum_plus. apply slope_sum. intros f _.
  rewrite <- !sum_plus. apply slope_sum. intros r _. eapply is_derive_value.
  - apply slope_mult; [apply slope_mult|]; apply slope_moved.
  - simpl. ring.
Qed.

Lemma slope_hidden (da : nat) (z : R -> nat -> R) (z0 z' v v' : nat -> R) :
  (forall a, is_derive (fun h => z h a) 0 (z' a)) -> (forall a, z 0 a = z0 a) ->
  is_derive (fun h => sum da (fun a => tanh (z h a) * (h * v' a + v a))) 0
    (sum da (fun a => sech (z0 a) ^ 2 * v a * z' a + tanh (z0 a) * v' a)).
Proof.
  intros slope zero. apply slope_sum. intros a _. eapply is_derive_value.
  - apply slope_mult; [apply slope_tanh, slope | apply slope_moved].
  - simpl. rewrite zero. ring.
Qed.

(* The pairings, split along what moves. *)
Lemma pair_dot (nq nk d : nat) (e k k' q q' : nat -> nat -> R) :
  sum nk (fun j => sum nq (fun i => e i j * (sum d (fun r => k' j r * q i r) + sum d (fun r => k j r * q' i r))))
  = sum d (fun r => sum nk (fun j => sum nq (fun i => e i j * q i r) * k' j r))
    + sum d (fun r => sum nq (fun i => sum nk (fun j => e i j * k j r) * q' i r)).
Proof.
  rewrite <- (pair_dot_key nq nk d e k' q), <- (pair_dot_query nq nk d e k q'), <- sum_plus.
  apply sum_ext. intros j _. rewrite <- sum_plus. apply sum_ext. intros. ring.
Qed.

Lemma pair_scaled_dot (nq nk d : nat) (s : R) (e k k' q q' : nat -> nat -> R) :
  sum nk (fun j => sum nq (fun i => e i j * ((sum d (fun r => k' j r * q i r) + sum d (fun r => k j r * q' i r)) / s)))
  = sum d (fun r => sum nk (fun j => sum nq (fun i => e i j * q i r) / s * k' j r))
    + sum d (fun r => sum nq (fun i => sum nk (fun j => e i j * k j r) / s * q' i r)).
Proof.
  transitivity (sum nk (fun j => sum nq (fun i =>
      (e i j / s) * (sum d (fun r => k' j r * q i r) + sum d (fun r => k j r * q' i r))))).
  - apply sum_ext. intros j _. apply sum_ext. intros. unfold Rdiv. ring.
  - rewrite (pair_dot nq nk d (fun i j => e i j / s)). f_equal; apply sum_ext; intros r _; apply sum_ext; intros l _;
      rewrite <- sum_div; f_equal; apply sum_ext; intros; unfold Rdiv; ring.
Qed.

Lemma pair_bilinear (nq nk dq dk : nat) (e W W' k k' q q' : nat -> nat -> R) :
  sum nk (fun j => sum nq (fun i => e i j
    * (sum dk (fun f => sum dq (fun r => W' r f * k j f * q i r))
      + sum dk (fun f => sum dq (fun r => W r f * k' j f * q i r))
      + sum dk (fun f => sum dq (fun r => W r f * k j f * q' i r)))))
  = sum dk (fun f => sum dq (fun r => sum nk (fun j => sum nq (fun i => e i j * k j f * q i r)) * W' r f))
    + sum dk (fun f => sum nk (fun j => sum dq (fun r => sum nq (fun i => W r f * e i j * q i r)) * k' j f))
    + sum dq (fun r => sum nq (fun i => sum dk (fun f => sum nk (fun j => W r f * e i j * k j f)) * q' i r)).
Proof.
  rewrite <- (pair_bilinear_weight nq nk dq dk e W' k q), <- (pair_bilinear_key nq nk dq dk e W k' q),
    <- (pair_bilinear_query nq nk dq dk e W k q'), <- !sum_plus.
  apply sum_ext. intros j _. rewrite <- !sum_plus. apply sum_ext. intros. ring.
Qed.

Lemma pair_hidden (nq nk da : nat) (e : nat -> nat -> R) (s th z' : nat -> nat -> nat -> R) (v v' : nat -> R) :
  sum nk (fun j => sum nq (fun i => e i j * sum da (fun a => s i j a * v a * z' i j a + th i j a * v' a)))
  = sum da (fun a => sum nk (fun j => sum nq (fun i => th i j a * e i j)) * v' a)
    + sum nk (fun j => sum nq (fun i => sum da (fun a => s i j a * e i j * v a * z' i j a))).
Proof.
  rewrite <- (pair_unit nq nk da (fun i j a => th i j a * e i j) v'), <- sum_plus.
  apply sum_ext. intros j _. rewrite <- sum_plus. apply sum_ext. intros i _.
  rewrite <- sum_plus, <- sum_scal_l. apply sum_ext. intros. ring.
Qed.

Lemma split_units (nq nk da : nat) (z x y : nat -> nat -> nat -> R) :
  sum nk (fun j => sum nq (fun i => sum da (fun a => z i j a * (x i j a + y i j a))))
  = sum nk (fun j => sum nq (fun i => sum da (fun a => z i j a * x i j a)))
    + sum nk (fun j => sum nq (fun i => sum da (fun a => z i j a * y i j a))).
Proof.
  rewrite <- sum_plus. apply sum_ext. intros j _. rewrite <- sum_plus. apply sum_ext. intros i _.
  rewrite <- sum_plus. apply sum_ext. intros. ring.
Qed.

Lemma split_bias (nq nk : nat) (t B' u' : nat -> nat -> R) :
  sum nk (fun j => sum nq (fun i => t i j * (B' i j + u' i j)))
  = sum nk (fun j => sum nq (fun i => t i j * B' i j)) + sum nk (fun j => sum nq (fun i => t i j * u' i j)).
Proof. rewrite <- sum_plus. apply sum_ext. intros j _. rewrite <- sum_plus. apply sum_ext. intros. ring. Qed.

Lemma split_softcap (nq nk : nat) (u s e' g : nat -> nat -> R) (kappa' : R) :
  sum nk (fun j => sum nq (fun i => u i j * (s i j * e' i j + g i j * kappa')))
  = sum nk (fun j => sum nq (fun i => g i j * u i j)) * kappa'
    + sum nk (fun j => sum nq (fun i => s i j * u i j * e' i j)).
Proof.
  rewrite <- sum_scal_r, <- sum_plus. apply sum_ext. intros j _. rewrite <- sum_scal_r, <- sum_plus.
  apply sum_ext. intros. ring.
Qed.
