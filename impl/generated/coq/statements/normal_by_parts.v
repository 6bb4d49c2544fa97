(* normal_by_parts. Printed from derivations/statements/lemmas/normal_by_parts.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the mean of Z g(Z) is that of g'(Z), for differentiable and bounded g, where both means exist *)
Definition by_parts : Prop :=
  forall g : R -> R,
  forall s : R -> R,
  forall F : R -> R,
  forall G : R -> R,
  forall B : R,
  forall a : R,
  forall b : R,
  forall c : R,
  forall d : R,
  ((forall x : R,
  is_derive (fun t : R => g t) x (s x)) /\
  (forall x : R,
  Rabs (g x) <= B) /\
  ((forall x : R,
  is_derive (fun t : R => F t) x (sqrt 2 * x * g x * exp (- (x ^ 2 / 2)) / (2 * sqrt PI))) /\
  (is_lim (fun t : R => F t) m_infty (Finite a)) /\
  (is_lim (fun t : R => F t) p_infty (Finite b))) /\
  ((forall x : R,
  is_derive (fun t : R => G t) x (sqrt 2 * s x * exp (- (x ^ 2 / 2)) / (2 * sqrt PI))) /\
  (is_lim (fun t : R => G t) m_infty (Finite c)) /\
  (is_lim (fun t : R => G t) p_infty (Finite d)))) ->
  - a + b = - c + d.
