(* normal_by_parts: the proof of its proposition. *)
From Coq Require Import Reals Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude derivatives normal.
From Attnproof.statements Require Import normal_by_parts.
Open Scope R_scope.

Theorem by_parts_holds : by_parts.
Proof.
  intros g s F G B a b c d [slope [bound [[of_F [F_low F_high]] [of_G [G_low G_high]]]]]. pose proof root_pi.
  assert (edge : forall x, is_lim bell x 0 -> is_lim (fun t => height * g t * bell t) x 0).
  { intros x tends. apply (bounded_vanishes _ (height * B)); [|exact tends].
    apply filter_forall. intros t. pose proof height_pos. rewrite Rabs_mult, (Rabs_pos_eq height) by lra.
    apply Rmult_le_compat_l; [lra | apply bound]. }
  enough (c - a - 0 = d - b - 0) by lra.
  apply (same_ends (fun t => G t - F t - height * g t * bell t)).
  - intros x. eapply is_derive_value.
    + apply (is_derive_minus (fun t => G t - F t) (fun t => height * g t * bell t)).
      * apply (is_derive_minus G F); [apply of_G | apply of_F].
      * apply (is_derive_mult (fun t => height * g t) bell x (height * s x));
          [apply (is_derive_scal g), slope | apply bell_slope | intros; apply Rmult_comm].
    + change (exp (- (x ^ 2 / 2))) with (bell x). unfold minus, plus, opp, mult; simpl. unfold height. field. assumption.
  - apply (is_lim_minus' (fun t => G t - F t)); [now apply is_lim_minus' | apply edge, bell_vanishes_below].
  - apply (is_lim_minus' (fun t => G t - F t)); [now apply is_lim_minus' | apply edge, bell_vanishes].
Qed.
