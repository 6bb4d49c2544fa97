(* Scores of keys of one law, given the query: A + B times a linear form in what is random of the key. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums outcomes.
Open Scope R_scope.

Section Given.
Variables (P : outcomes) (d n : nat) (y : P -> nat -> nat -> R) (m v : R).
Hypothesis first : forall j, (j < n)%nat -> forall r, (r < d)%nat -> is_mean P (fun u => y u j r) m.
Hypothesis within : forall j, (j < n)%nat -> forall r, (r < d)%nat -> forall s, (s < d)%nat ->
  is_mean P (fun u => y u j r * y u j s) (v * delta r s + m ^ 2).
Hypothesis between : forall i, (i < n)%nat -> forall j, (j < n)%nat -> forall r, (r < d)%nat -> forall s, (s < d)%nat ->
  i <> j -> is_mean P (fun u => y u i r * y u j s) (m ^ 2).

Variables (a : nat -> R) (A B : R) (e : P -> nat -> R).
Hypothesis affine : forall u j, e u j = A + B * sum d (fun r => a r * y u j r).

Let form (u : P) (j : nat) : R := sum d (fun r => a r * y u j r).

Lemma form_mean (j : nat) : (j < n)%nat -> is_mean P (fun u => form u j) (m * sum d a).
Proof.
  intros lj. eapply is_mean_eq; [exact (is_mean_form P d a (fun _ => m) (fun u r => y u j r) (first j lj))|].
  transitivity (sum d a * m); [exact (sum_scal_r d m a) | ring].
Qed.

Lemma form_square (j : nat) : (j < n)%nat ->
  is_mean P (fun u => form u j * form u j) (v * sum d (fun r => a r ^ 2) + (m * sum d a) ^ 2).
Proof.
  intros lj. eapply is_mean_eq; [exact (is_mean_forms P d a a (fun u r => y u j r) (fun u r => y u j r) v (m ^ 2)
    (within j lj))|].
  rewrite (sum_ext d (fun r => a r ^ 2) (fun r => a r * a r)) by (intros; ring).
  change (sum d (fun r => a r)) with (sum d a). ring.
Qed.

Lemma form_product (i j : nat) : (i < n)%nat -> (j < n)%nat -> i <> j ->
  is_mean P (fun u => form u i * form u j) ((m * sum d a) ^ 2).
Proof.
  intros li lj no. eapply is_mean_eq.
  - apply (is_mean_forms P d a a (fun u r => y u i r) (fun u r => y u j r) 0 (m ^ 2)).
    intros r lr s ls. eapply is_mean_eq; [exact (between i li j lj r lr s ls no)|ring].
  - change (sum d (fun r => a r)) with (sum d a). ring.
Qed.

Lemma key_mean (j : nat) : (j < n)%nat -> is_mean P (fun u => e u j) (A + B * (m * sum d a)).
Proof.
  intros lj. eapply is_mean_ext; [exact (is_mean_plus P _ _ _ _ (is_mean_const P A) (is_mean_scal P _ B _ (form_mean
    j lj)))|].
  intros u. apply affine.
Qed.

Lemma key_square (j : nat) : (j < n)%nat ->
  is_mean P (fun u => e u j ^ 2) ((A + B * (m * sum d a)) ^ 2 + B ^ 2 * v * sum d (fun r => a r ^ 2)).
Proof.
  intros lj. eapply is_mean_ext; [eapply is_mean_eq;
    [exact (is_mean_plus P _ _ _ _ (is_mean_const P (A ^ 2))
      (is_mean_linear P _ _ (2 * A * B) (B ^ 2) _ _ (form_mean j lj) (form_square j lj)))|ring]|].
  intros u. rewrite affine. unfold form. ring.
Qed.

Lemma difference_mean (i j : nat) : (i < n)%nat -> (j < n)%nat -> is_mean P (fun u => e u i - e u j) 0.
Proof. intros li lj. eapply is_mean_eq; [exact (is_mean_minus P _ _ _ _ (key_mean i li) (key_mean j lj))|ring]. Qed.

Lemma difference_square (i j : nat) : (i < n)%nat -> (j < n)%nat -> i <> j ->
  is_mean P (fun u => (e u i - e u j) ^ 2) (2 * (B ^ 2 * v * sum d (fun r => a r ^ 2))).
Proof.
  intros li lj no. eapply is_mean_ext; [eapply is_mean_eq;
    [exact (is_mean_linear P _ _ (B ^ 2) (-2 * B ^ 2) _ _
      (is_mean_plus P _ _ _ _ (form_square i li) (form_square j lj)) (form_product i j li lj no))|ring]|].
  intros u. rewrite !affine. unfold form. ring.
Qed.
End Given.

(* Over the query too: what the two parts of the variance are, from the means of the form's pieces. *)
Section Both.
Variables (W P : outcomes) (e : W -> P -> nat -> R) (given shared : W -> R) (i j : nat) (first second moving : R).
Hypothesis first_i : forall o, is_mean P (fun u => e o u j) (shared o).
Hypothesis square_j : forall o, is_mean P (fun u => e o u j ^ 2) (shared o ^ 2 + given o).
Hypothesis zero : forall o, is_mean P (fun u => e o u i - e o u j) 0.
Hypothesis difference : forall o, is_mean P (fun u => (e o u i - e o u j) ^ 2) (2 * given o).
Hypothesis shared_mean : is_mean W shared first.
Hypothesis shared_square : is_mean W (fun o => shared o ^ 2) second.
Hypothesis given_mean : is_mean W given moving.

Lemma half_mean : is_mean W (fun o => - (mean_of P (fun u => e o u i - e o u j) ^ 2 / 2)
  + mean_of P (fun u => (e o u i - e o u j) ^ 2) / 2) moving.
Proof.
  apply (is_mean_ext _ _ _ given_mean). intros o. rewrite (proj2 (zero o)), (proj2 (difference o)). field.
Qed.

Lemma outer_mean : is_mean W (fun o => mean_of P (fun u => e o u j)) first.
Proof. apply (is_mean_ext _ _ _ shared_mean). intros o. exact (proj2 (first_i o)). Qed.

Lemma outer_square : is_mean W (fun o => mean_of P (fun u => e o u j) ^ 2) second.
Proof. apply (is_mean_ext _ _ _ shared_square). intros o. now rewrite (proj2 (first_i o)). Qed.

Lemma whole_square : is_mean W (fun o => mean_of P (fun u => e o u j ^ 2)) (second + moving).
Proof.
  apply (is_mean_ext _ _ _ (is_mean_plus W _ _ _ _ shared_square given_mean)). intros o. exact (proj2 (square_j o)).
Qed.
End Both.
