(* Derivatives by rules with a value to be found: sums, products, tanh, a soft-cap. *)
From Coq Require Import Reals Arith Lra Lia.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums tanh derivatives.
Open Scope R_scope.

Lemma slope_const (c x : R) : is_derive (fun _ => c) x 0.
Proof. apply (@is_derive_const R_AbsRing). Qed.

Lemma slope_plus (f g : R -> R) (x l m : R) :
  is_derive f x l -> is_derive g x m -> is_derive (fun h => f h + g h) x (l + m).
Proof. intros; now apply (@is_derive_plus R_AbsRing). Qed.

Lemma slope_mult (f g : R -> R) (x l m : R) :
  is_derive f x l -> is_derive g x m -> is_derive (fun h => f h * g h) x (l * g x + f x * m).
Proof. intros. apply (is_derive_mult f g); auto using Rmult_comm. Qed.

Lemma slope_div (f g : R -> R) (x l m : R) :
  is_derive f x l -> is_derive g x m -> g x <> 0 ->
  is_derive (fun h => f h / g h) x ((l * g x - f x * m) / g x ^ 2).
Proof. intros. now apply (is_derive_div f g). Qed.

Lemma slope_scaled (f : R -> R) (c x l : R) : is_derive f x l -> is_derive (fun h => c * f h) x (c * l).
Proof. intros slope. apply (is_derive_value _ _ _ _ (slope_mult _ _ _ _ _ (slope_const c x) slope)). ring. Qed.

Lemma slope_over (f : R -> R) (c x l : R) : is_derive f x l -> is_derive (fun h => f h / c) x (l / c).
Proof.
  intros slope. apply (is_derive_value _ _ _ _ (slope_mult _ _ _ _ _ slope (slope_const (/ c) x))).
  unfold Rdiv. ring.
Qed.

Lemma slope_moved (a b : R) : is_derive (fun h => h * a + b) 0 a.
Proof. auto_derive; [exact I | ring]. Qed.

Lemma slope_sum (n : nat) (f : R -> nat -> R) (x : R) (l : nat -> R) :
  (forall i, (i < n)%nat -> is_derive (fun h => f h i) x (l i)) ->
  is_derive (fun h => sum n (fun i => f h i)) x (sum n l).
Proof. apply (is_derive_sum n (fun i h => f h i)). Qed.

Lemma slope_tanh (f : R -> R) (x l : R) : is_derive f x l -> is_derive (fun h => tanh (f h)) x (sech (f x) ^ 2 * l).
Proof.
  intros slope. eapply is_derive_value; [apply (is_derive_comp tanh f); [apply is_derive_tanh | exact slope] |].
  unfold scal; simpl; unfold mult; simpl. ring.
Qed.

(* A soft-cap that moves too. *)
Lemma slope_softcap (f : R -> R) (f0 kappa kappa' l : R) :
  0 < kappa -> is_derive f 0 l -> f 0 = f0 ->
  is_derive (fun h => (h * kappa' + kappa) * tanh (f h / (h * kappa' + kappa))) 0
    (sech (f0 / kappa) ^ 2 * l + (tanh (f0 / kappa) - sech (f0 / kappa) ^ 2 * f0 / kappa) * kappa').
Proof.
  intros above slope <-. eapply is_derive_value.
  - apply slope_mult; [apply slope_moved | apply slope_tanh, slope_div; [exact slope | apply slope_moved | lra]].
  - simpl. rewrite Rmult_0_l, Rplus_0_l. field. lra.
Qed.
