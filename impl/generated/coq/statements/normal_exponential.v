(* normal_exponential. Printed from derivations/statements/lemmas/normal_exponential.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the mean of e^(sZ) is e^(s²/2): the integral of e^(sx) times the density, that of the density being 1 *)
Definition mean : Prop :=
  forall F : R -> R,
  forall G : R -> R,
  forall s : R,
  forall a : R,
  forall b : R,
  forall c : R,
  forall d : R,
  (((forall x : R,
  is_derive (fun t : R => F t) x (sqrt 2 * exp (- (x ^ 2 / 2)) / (2 * sqrt PI))) /\
  (is_lim (fun t : R => F t) m_infty (Finite a)) /\
  (is_lim (fun t : R => F t) p_infty (Finite b))) /\
  (- a + b = 1) /\
  ((forall x : R,
  is_derive (fun t : R => G t) x (sqrt 2 * exp (- (x ^ 2 / 2)) * exp (s * x) / (2 * sqrt PI))) /\
  (is_lim (fun t : R => G t) m_infty (Finite c)) /\
  (is_lim (fun t : R => G t) p_infty (Finite d)))) ->
  - c + d = exp (s ^ 2 / 2).
