(* Derivatives: functions that agree everywhere have the same ones; a constant factor. *)
From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

Lemma slope_same (f g : R -> R) (x y : R) : (forall t, f t = g t) -> is_derive f x y <-> is_derive g x y.
Proof. intros same. split; apply is_derive_ext; intros; now rewrite same. Qed.

Lemma slope_divided (f g : R -> R) (c x y : R) :
  c <> 0 -> (forall t, g t = f t / c) -> is_derive f x y <-> is_derive g x (y / c).
Proof.
  intros some divided.
  assert (down : forall t, / c * f t = g t) by (intros; rewrite divided; now field).
  assert (up : forall t, c * g t = f t) by (intros; rewrite divided; now field).
  split; intros has.
  - apply (is_derive_ext _ _ _ _ down). replace (y / c) with (/ c * y) by (unfold Rdiv; ring). now apply is_derive_scal.
  - apply (is_derive_ext _ _ _ _ up). replace y with (c * (y / c)) by now field. now apply is_derive_scal.
Qed.
