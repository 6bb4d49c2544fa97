(* Rules of an abstract expectation: "f has a mean, and it is m". *)
From Coq Require Import Reals Arith Lra Lia Psatz FunctionalExtensionality.
From Attnproof.theory Require Import prelude sums.
Open Scope R_scope.

Definition is_mean (S : outcomes) (f : S -> R) (m : R) : Prop := has_mean S f /\ mean_of S f = m.

Section Rules.
Variable S : outcomes.
Implicit Types f g : S -> R.

Lemma is_mean_of f : has_mean S f -> is_mean S f (mean_of S f).
Proof. now split. Qed.

Lemma is_mean_ext f g m : is_mean S f m -> (forall o, g o = f o) -> is_mean S g m.
Proof. intros fm same. replace g with f; [exact fm|]. apply functional_extensionality. auto. Qed.

Lemma is_mean_eq f m l : is_mean S f m -> m = l -> is_mean S f l.
Proof. now intros fm <-. Qed.

Lemma mean_ext f g : (forall o, f o = g o) -> mean_of S f = mean_of S g.
Proof. intros same. f_equal. apply functional_extensionality. exact same. Qed.

Lemma is_mean_linear f g a b m l : is_mean S f m -> is_mean S g l -> is_mean S (fun o => a * f o + b * g o) (a * m +
  b * l).
Proof. intros [hf <-] [hg <-]. exact (mean_linear S f g a b hf hg). Qed.

Lemma is_mean_one : is_mean S (fun _ => 1) 1.
Proof. exact (mean_of_one S). Qed.

Lemma is_mean_scal f a m : is_mean S f m -> is_mean S (fun o => a * f o) (a * m).
Proof.
  intros fm. eapply is_mean_ext; [eapply is_mean_eq; [exact (is_mean_linear f f a 0 m m fm fm)|ring]|]. intros.
    simpl. ring.
Qed.

Lemma is_mean_const c : is_mean S (fun _ => c) c.
Proof.
  eapply is_mean_ext; [eapply is_mean_eq; [exact (is_mean_scal _ c 1 is_mean_one)|ring]|]. intros. simpl. ring.
Qed.

Lemma is_mean_plus f g m l : is_mean S f m -> is_mean S g l -> is_mean S (fun o => f o + g o) (m + l).
Proof.
  intros fm gl. eapply is_mean_ext; [eapply is_mean_eq; [exact (is_mean_linear f g 1 1 m l fm gl)|ring]|]. intros.
    simpl. ring.
Qed.

Lemma is_mean_minus f g m l : is_mean S f m -> is_mean S g l -> is_mean S (fun o => f o - g o) (m - l).
Proof.
  intros fm gl. eapply is_mean_ext; [eapply is_mean_eq; [exact (is_mean_linear f g 1 (-1) m l fm gl)|ring]|]. intros.
    simpl. ring.
Qed.

Lemma is_mean_sum (n : nat) (x : S -> nat -> R) (m : nat -> R) :
  (forall r, (r < n)%nat -> is_mean S (fun o => x o r) (m r)) -> is_mean S (fun o => sum n (fun r => x o r)) (sum n m).
Proof.
  induction n as [|n IH]; intros each; [exact (is_mean_const 0)|].
  apply (is_mean_plus (fun o => sum n (fun r => x o r)) (fun o => x o n)); auto.
Qed.

Lemma is_mean_sum_sum (n d : nat) (x : S -> nat -> nat -> R) (m : nat -> nat -> R) :
  (forall r, (r < n)%nat -> forall s, (s < d)%nat -> is_mean S (fun o => x o r s) (m r s)) ->
  is_mean S (fun o => sum n (fun r => sum d (fun s => x o r s))) (sum n (fun r => sum d (fun s => m r s))).
Proof.
  intros each. apply (is_mean_sum n (fun o r => sum d (fun s => x o r s))). intros r lr.
  apply (is_mean_sum d (fun o s => x o r s) (m r)). auto.
Qed.

Lemma is_mean_product (n d : nat) (x y : S -> nat -> R) (m : nat -> nat -> R) :
  (forall r, (r < n)%nat -> forall s, (s < d)%nat -> is_mean S (fun o => x o r * y o s) (m r s)) ->
  is_mean S (fun o => sum n (fun r => x o r) * sum d (fun s => y o s)) (sum n (fun r => sum d (fun s => m r s))).
Proof.
  intros each. eapply is_mean_ext; [exact (is_mean_sum_sum n d (fun o r s => x o r * y o s) m each)|].
  intros o. apply sum_prod.
Qed.

(* Linear forms with fixed coefficients. *)
Lemma is_mean_form (n : nat) (a m : nat -> R) (x : S -> nat -> R) :
  (forall r, (r < n)%nat -> is_mean S (fun o => x o r) (m r)) ->
  is_mean S (fun o => sum n (fun r => a r * x o r)) (sum n (fun r => a r * m r)).
Proof.
  intros each. apply (is_mean_sum n (fun o r => a r * x o r)). intros r lr. apply (is_mean_scal (fun o => x o r)). auto.
Qed.

(* Two of them, with second moments c on the diagonal, more or less b. *)
Lemma is_mean_forms (n : nat) (a b : nat -> R) (x y : S -> nat -> R) (c e : R) :
  (forall r, (r < n)%nat -> forall s, (s < n)%nat -> is_mean S (fun o => x o r * y o s) (c * delta r s + e)) ->
  is_mean S (fun o => sum n (fun r => a r * x o r) * sum n (fun s => b s * y o s))
    (c * sum n (fun r => a r * b r) + e * (sum n (fun r => a r) * sum n (fun s => b s))).
Proof.
  intros moments. eapply is_mean_eq.
  - apply (is_mean_product n n (fun o r => a r * x o r) (fun o s => b s * y o s)
      (fun r s => a r * b s * (c * delta r s + e))).
    intros r lr s ls. eapply is_mean_ext; [exact (is_mean_scal _ (a r * b s) _ (moments r lr s ls))|].
    intros. simpl. ring.
  - rewrite sum_prod, <- !sum_scal_l, <- sum_plus. apply sum_ext. intros r lr.
    rewrite (sum_ext n _ (fun s => delta r s * (c * a r * b s) + e * (a r * b s))) by (intros; ring).
    rewrite sum_plus, (sum_delta n r (fun s => c * a r * b s) lr), sum_scal_l. ring.
Qed.

Lemma is_mean_le f g m l : is_mean S f m -> is_mean S g l -> (forall o, f o <= g o) -> m <= l.
Proof.
  intros fm gl less. destruct (is_mean_minus g f l m gl fm) as [has eq].
  enough (0 <= mean_of S (fun o => g o - f o)) by (rewrite eq in *; lra).
  apply mean_positive; [exact has|]. intros o. specialize (less o). lra.
Qed.

Lemma is_mean_value f m : is_mean S f m -> mean_of S f = m.
Proof. now intros [_ eq]. Qed.

(* The variance as it is stated: the mean of the square less the square of the mean. *)
Lemma is_mean_variance f m s :
  is_mean S f m -> is_mean S (fun o => f o ^ 2) s -> mean_of S (fun o => f o ^ 2) - mean_of S f ^ 2 = s - m ^ 2.
Proof. now intros [_ ->] [_ ->]. Qed.
End Rules.

Arguments is_mean_ext {S} f g m.
Arguments is_mean_eq {S} f m l.

(* The inequality of Cauchy, Schwarz and Bunyakovsky. *)
Lemma mean_cauchy_schwarz (S : outcomes) (f g : S -> R) (A B C : R) :
  is_mean S (fun o => f o * f o) A -> is_mean S (fun o => g o * g o) B -> is_mean S (fun o => f o * g o) C -> C ^ 2
    <= A * B.
Proof.
  intros ff gg fg.
  assert (square : forall s t, 0 <= s * (s * A) + 2 * s * t * C + t * (t * B)).
  { intros s t. apply (is_mean_le S (fun _ => 0) (fun o => (s * f o + t * g o) ^ 2) 0 _ (is_mean_const S 0)).
    - eapply is_mean_ext; [eapply is_mean_eq; [exact (is_mean_plus S _ _ _ _
        (is_mean_linear S _ _ (s * s) (2 * s * t) _ _ ff fg) (is_mean_scal S _ (t * t) _ gg))|ring]|].
      intros. simpl. ring.
    - intros. apply pow2_ge_0. }
  destruct (Req_dec B 0) as [->|some].
  - destruct (Req_dec C 0) as [->|other]; [lra|]. exfalso. pose proof (square 1 (- (A + 1) / (2 * C))) as no.
    replace (1 * (1 * A) + 2 * 1 * (- (A + 1) / (2 * C)) * C + - (A + 1) / (2 * C) * (- (A + 1) / (2 * C) * 0))
      with (-1) in no by (field; exact other). lra.
  - pose proof (square 0 1). pose proof (square B (- C)). apply (Rmult_le_reg_l B); lra.
Qed.
