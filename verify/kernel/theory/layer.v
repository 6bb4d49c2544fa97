(* The gradient of a softmax over the keys that are left, and of the weighted sum of values, batched over queries. *)
From Coq Require Import Reals Arith Lra Lia.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums softmax derivatives rules.
Open Scope R_scope.

(* The weight of key j among those that mu leaves: 0 for a key that is masked. *)
Definition kept (nk : nat) (mu t : nat -> R) (j : nat) : R := exp (t j) * mu j / sum nk (fun l => exp (t l) * mu l).

Lemma kept_total (nk : nat) (mu t : nat -> R) :
  (forall j, (j < nk)%nat -> 0 <= mu j) -> 0 < sum nk mu -> 0 < sum nk (fun l => exp (t l) * mu l).
Proof.
  intros least some.
  assert (each : forall l, (l < nk)%nat -> 0 <= exp (t l) * mu l)
    by (intros l below; apply Rmult_le_pos; [apply Rlt_le, exp_pos | now apply least]).
  destruct (sum_nonneg nk _ each) as [above|none]; [exact above|exfalso].
  assert (nought : sum nk mu = 0); [|lra].
  rewrite <- (sum_zero nk). apply sum_ext. intros l below.
  pose proof (sum_zero_each nk _ each (eq_sym none) l below) as zero. pose proof (exp_pos (t l)).
  destruct (Rmult_integral _ _ zero); lra.
Qed.

Lemma slope_kept (nk : nat) (mu t0 t' : nat -> R) (t : R -> nat -> R) (j : nat) :
  (forall l, is_derive (fun h => t h l) 0 (t' l)) -> (forall l, t 0 l = t0 l) ->
  0 < sum nk (fun l => exp (t0 l) * mu l) ->
  is_derive (fun h => kept nk mu (t h) j) 0 (kept nk mu t0 j * (t' j - sum nk (fun l => kept nk mu t0 l * t' l))).
Proof.
  intros slope zero above.
  assert (each : forall l, is_derive (fun h => exp (t h l) * mu l) 0 (t' l * exp (t0 l) * mu l)).
  { intros l. eapply is_derive_value.
    - apply slope_mult; [|apply slope_const].
      apply (is_derive_comp exp (fun h => t h l) 0 (exp (t 0 l)) (t' l)); [apply is_derive_exp | apply slope].
    - rewrite (zero l). unfold scal. simpl. unfold mult. simpl. ring. }
  assert (total : sum nk (fun l => exp (t 0 l) * mu l) = sum nk (fun l => exp (t0 l) * mu l))
    by (apply sum_ext; intros; now rewrite zero).
  unfold kept. eapply is_derive_value.
  - apply slope_div; [apply each | | cbv beta; rewrite total; lra].
    apply (slope_sum nk (fun h l => exp (t h l) * mu l)). intros l _. apply each.
  - cbv beta. rewrite total, (zero j).
    rewrite (sum_ext nk (fun l => exp (t0 l) * mu l / _ * t' l)
      (fun l => t' l * exp (t0 l) * mu l / sum nk (fun l => exp (t0 l) * mu l))) by (intros; field; lra).
    rewrite sum_div. field. lra.
Qed.

(* What reaches the logits: (alpha_bar - rho) alpha. *)
Definition into_logits (nk dv : nat) (mu t V c : nat -> nat -> R) (i j : nat) : R :=
  (sum dv (fun p => V j p * c i p)
    - sum nk (fun l => exp (t i l) * mu i l / sum nk (fun m => exp (t i m) * mu i m) * sum dv (fun p => V l p * c i p)))
  * (exp (t i j) * mu i j / sum nk (fun l => exp (t i l) * mu i l)).

Definition into_values (nq nk : nat) (mu t c : nat -> nat -> R) (j p : nat) : R :=
  sum nq (fun i => exp (t i j) * mu i j / sum nk (fun l => exp (t i l) * mu i l) * c i p).

Lemma row_pairing (nk dv : nat) (w V t' : nat -> nat -> R) (c : nat -> nat -> R) (i : nat) :
  sum dv (fun p => c i p * sum nk (fun j => V j p * (w i j * (t' i j - sum nk (fun l => w i l * t' i l)))))
  = sum nk (fun j => (sum dv (fun p => V j p * c i p)
      - sum nk (fun l => w i l * sum dv (fun p => V l p * c i p))) * w i j * t' i j).
Proof.
  set (m := sum nk (fun l => w i l * t' i l)). set (a := fun j => sum dv (fun p => V j p * c i p)).
  transitivity (sum nk (fun j => a j * (w i j * (t' i j - m)))).
  - rewrite (sum_ext dv _ (fun p => sum nk (fun j => V j p * c i p * (w i j * (t' i j - m))))).
    + rewrite sum_swap. apply sum_ext. intros j _. unfold a. now rewrite <- sum_scal_r.
    + intros p _. rewrite <- sum_scal_l. apply sum_ext. intros. ring.
  - change (sum nk (fun j => a j * (w i j * (t' i j - m)))
      = sum nk (fun j => (a j - sum nk (fun l => w i l * a l)) * w i j * t' i j)).
    set (rho := sum nk (fun l => w i l * a l)).
    transitivity (sum nk (fun j => a j * (w i j * t' i j)) - rho * m).
    + unfold rho. rewrite <- sum_scal_r, <- sum_minus. apply sum_ext. intros. ring.
    + unfold m. rewrite <- sum_scal_l, <- sum_minus. apply sum_ext. intros. ring.
Qed.

Lemma slope_layer (nq nk dv : nat) (mu c V0 V' t0 t' : nat -> nat -> R) (t : R -> nat -> nat -> R) :
  (forall i, (i < nq)%nat -> 0 < sum nk (fun l => exp (t0 i l) * mu i l)) ->
  (forall i j, is_derive (fun h => t h i j) 0 (t' i j)) -> (forall i j, t 0 i j = t0 i j) ->
  is_derive (fun h => sum dv (fun p => sum nq (fun i => c i p
      * sum nk (fun j => (h * V' j p + V0 j p)
        * (exp (t h i j) * mu i j / sum nk (fun l => exp (t h i l) * mu i l)))))) 0
    (sum nk (fun j => sum nq (fun i => into_logits nk dv mu t0 V0 c i j * t' i j))
      + sum dv (fun p => sum nk (fun j => into_values nq nk mu t0 c j p * V' j p))).
Proof.
  intros above slope zero. set (w := fun i j => kept nk (mu i) (t0 i) j). eapply is_derive_value.
  - apply slope_sum. intros p _. apply slope_sum. intros i less. apply slope_scaled, slope_sum. intros j below.
    apply slope_mult; [apply slope_moved|].
    apply (slope_kept nk (mu i) (t0 i) (t' i) (fun h => t h i)); auto.
  - simpl.
    rewrite (sum_ext dv _ (fun p => sum nq (fun i => c i p * sum nk (fun j => V' j p * w i j))
      + sum nq (fun i => c i p * sum nk (fun j => V0 j p
          * (w i j * (t' i j - sum nk (fun l => w i l * t' i l))))))).
    + rewrite sum_plus, Rplus_comm. f_equal.
      * rewrite (sum_swap dv nq), (sum_swap nk nq). apply sum_ext. intros i _.
        rewrite row_pairing. reflexivity.
      * apply sum_ext. intros p _. unfold into_values.
        rewrite (sum_ext nq _ (fun i => sum nk (fun j => w i j * c i p * V' j p))).
        -- rewrite (sum_swap nq nk). apply sum_ext. intros j _. rewrite sum_scal_r. reflexivity.
        -- intros i _. rewrite <- sum_scal_l. apply sum_ext. intros. ring.
    + intros p _. rewrite <- sum_plus. apply sum_ext. intros i _.
      rewrite <- Rmult_plus_distr_l, <- sum_plus. f_equal. apply sum_ext. intros j _.
      change (exp (t 0 i j) * mu i j / sum nk (fun l => exp (t 0 i l) * mu i l)) with (kept nk (mu i) (t 0 i) j).
      replace (kept nk (mu i) (t 0 i) j) with (w i j); [unfold w; ring|].
      unfold w, kept. rewrite zero. f_equal. apply sum_ext. intros. now rewrite zero.
Qed.
