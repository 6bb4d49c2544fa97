(* What reaches a score, paired with how the score moves, is what reaches its arguments, paired with how these move. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums.
Open Scope R_scope.

(* Both sides are sums over the same indices in two orders: constants go inside, then the order is changed. *)
Lemma pair_query (nq nk da dq : nat) (z : nat -> nat -> nat -> R) (W q : nat -> nat -> R) :
  sum nk (fun j => sum nq (fun i => sum da (fun a => z i j a * sum dq (fun r => W a r * q i r))))
  = sum dq (fun r => sum nq (fun i => sum da (fun a => sum nk (fun j => W a r * z i j a)) * q i r)).
Proof.
  rewrite (sum_swap nk nq), (sum_swap dq nq). apply sum_ext. intros i _.
  rewrite (sum_ext dq _ (fun r => sum da (fun a => sum nk (fun j => z i j a * (W a r * q i r))))).
  - rewrite (sum_swap dq da), (sum_swap nk da). apply sum_ext. intros a _.
    rewrite (sum_swap dq nk). apply sum_ext. intros j _. now rewrite sum_scal_l.
  - intros r _. rewrite <- sum_scal_r. apply sum_ext. intros a _. rewrite <- sum_scal_r. apply sum_ext. intros. ring.
Qed.

Lemma pair_key (nq nk da dk : nat) (z : nat -> nat -> nat -> R) (W k : nat -> nat -> R) :
  sum nk (fun j => sum nq (fun i => sum da (fun a => z i j a * sum dk (fun f => W a f * k j f))))
  = sum dk (fun f => sum nk (fun j => sum da (fun a => sum nq (fun i => W a f * z i j a)) * k j f)).
Proof. rewrite (sum_swap nk nq). apply (pair_query nk nq da dk (fun j i a => z i j a)). Qed.

Lemma pair_weight_query (nq nk da dq : nat) (z : nat -> nat -> nat -> R) (W q : nat -> nat -> R) :
  sum nk (fun j => sum nq (fun i => sum da (fun a => z i j a * sum dq (fun r => W a r * q i r))))
  = sum dq (fun r => sum da (fun a => sum nk (fun j => sum nq (fun i => q i r * z i j a)) * W a r)).
Proof.
  rewrite (sum_ext nk _ (fun j => sum da (fun a => sum dq (fun r => sum nq (fun i => q i r * z i j a) * W a r)))).
  - rewrite (sum_swap nk da), (sum_swap dq da). apply sum_ext. intros a _.
    rewrite (sum_swap nk dq). apply sum_ext. intros r _. now rewrite sum_scal_r.
  - intros j _. rewrite (sum_swap nq da). apply sum_ext. intros a _.
    rewrite (sum_ext nq _ (fun i => sum dq (fun r => q i r * z i j a * W a r))).
    + rewrite (sum_swap nq dq). apply sum_ext. intros r _. now rewrite sum_scal_r.
    + intros i _. rewrite <- sum_scal_l. apply sum_ext. intros. ring.
Qed.

Lemma pair_weight_key (nq nk da dk : nat) (z : nat -> nat -> nat -> R) (W k : nat -> nat -> R) :
  sum nk (fun j => sum nq (fun i => sum da (fun a => z i j a * sum dk (fun f => W a f * k j f))))
  = sum dk (fun f => sum da (fun a => sum nk (fun j => sum nq (fun i => k j f * z i j a)) * W a f)).
Proof.
  rewrite (sum_swap nk nq), (pair_weight_query nk nq da dk (fun j i a => z i j a)).
  apply sum_ext. intros f _. apply sum_ext. intros a _. now rewrite (sum_swap nq nk).
Qed.

(* One array over the units: v, or the bias. *)
Lemma pair_unit (nq nk da : nat) (z : nat -> nat -> nat -> R) (v : nat -> R) :
  sum nk (fun j => sum nq (fun i => sum da (fun a => z i j a * v a)))
  = sum da (fun a => sum nk (fun j => sum nq (fun i => z i j a)) * v a).
Proof.
  rewrite (sum_ext nk _ (fun j => sum da (fun a => sum nq (fun i => z i j a) * v a))).
  - rewrite (sum_swap nk da). apply sum_ext. intros a _. now rewrite sum_scal_r.
  - intros j _. rewrite (sum_swap nq da). apply sum_ext. intros a _. now rewrite sum_scal_r.
Qed.

(* Dot products. *)
Lemma pair_dot_query (nq nk d : nat) (e k q : nat -> nat -> R) :
  sum nk (fun j => sum nq (fun i => e i j * sum d (fun r => k j r * q i r)))
  = sum d (fun r => sum nq (fun i => sum nk (fun j => e i j * k j r) * q i r)).
Proof.
  rewrite (sum_swap nk nq), (sum_swap d nq). apply sum_ext. intros i _.
  rewrite (sum_ext nk _ (fun j => sum d (fun r => e i j * k j r * q i r))).
  - rewrite (sum_swap nk d). apply sum_ext. intros r _. now rewrite sum_scal_r.
  - intros j _. rewrite <- sum_scal_l. apply sum_ext. intros. ring.
Qed.

Lemma pair_dot_key (nq nk d : nat) (e k q : nat -> nat -> R) :
  sum nk (fun j => sum nq (fun i => e i j * sum d (fun r => k j r * q i r)))
  = sum d (fun r => sum nk (fun j => sum nq (fun i => e i j * q i r) * k j r)).
Proof.
  rewrite (sum_swap nk nq), <- (pair_dot_query nk nq d (fun j i => e i j)).
  apply sum_ext. intros i _. apply sum_ext. intros j _. f_equal. apply sum_ext. intros. ring.
Qed.

(* Bilinear: a unit for every feature of the key. *)
Lemma pair_bilinear_weight (nq nk dq dk : nat) (e W k q : nat -> nat -> R) :
  sum nk (fun j => sum nq (fun i => e i j * sum dk (fun f => sum dq (fun r => W r f * k j f * q i r))))
  = sum dk (fun f => sum dq (fun r => sum nk (fun j => sum nq (fun i => e i j * k j f * q i r)) * W r f)).
Proof.
  transitivity (sum nk (fun j => sum nq (fun i =>
    sum dk (fun f => (e i j * k j f) * sum dq (fun r => W r f * q i r))))).
  - apply sum_ext. intros j _. apply sum_ext. intros i _. rewrite <- sum_scal_l. apply sum_ext. intros f _.
    rewrite <- !sum_scal_l. apply sum_ext. intros. ring.
  - rewrite (pair_weight_query nq nk dk dq (fun i j f => e i j * k j f) (fun f r => W r f)), (sum_swap dq dk).
    apply sum_ext. intros f _. apply sum_ext. intros r _. f_equal.
    apply sum_ext. intros j _. apply sum_ext. intros. ring.
Qed.

Lemma pair_bilinear_query (nq nk dq dk : nat) (e W k q : nat -> nat -> R) :
  sum nk (fun j => sum nq (fun i => e i j * sum dk (fun f => sum dq (fun r => W r f * k j f * q i r))))
  = sum dq (fun r => sum nq (fun i => sum dk (fun f => sum nk (fun j => W r f * e i j * k j f)) * q i r)).
Proof.
  transitivity (sum nk (fun j => sum nq (fun i =>
    sum dk (fun f => (e i j * k j f) * sum dq (fun r => W r f * q i r))))).
  - apply sum_ext. intros j _. apply sum_ext. intros i _. rewrite <- sum_scal_l. apply sum_ext. intros f _.
    rewrite <- !sum_scal_l. apply sum_ext. intros. ring.
  - rewrite (pair_query nq nk dk dq (fun i j f => e i j * k j f) (fun f r => W r f)).
    apply sum_ext. intros r _. apply sum_ext. intros i _. f_equal.
    apply sum_ext. intros f _. apply sum_ext. intros. ring.
Qed.

Lemma pair_bilinear_key (nq nk dq dk : nat) (e W k q : nat -> nat -> R) :
  sum nk (fun j => sum nq (fun i => e i j * sum dk (fun f => sum dq (fun r => W r f * k j f * q i r))))
  = sum dk (fun f => sum nk (fun j => sum dq (fun r => sum nq (fun i => W r f * e i j * q i r)) * k j f)).
Proof.
  transitivity (sum nk (fun j => sum nq (fun i =>
    sum dq (fun r => (e i j * q i r) * sum dk (fun f => W r f * k j f))))).
  - apply sum_ext. intros j _. apply sum_ext. intros i _. rewrite sum_swap, <- sum_scal_l. apply sum_ext. intros r _.
    rewrite <- !sum_scal_l. apply sum_ext. intros. ring.
  - rewrite (pair_key nq nk dq dk (fun i j r => e i j * q i r) W).
    apply sum_ext. intros f _. apply sum_ext. intros j _. f_equal.
    apply sum_ext. intros r _. apply sum_ext. intros. ring.
Qed.
