(* The gradient of softmax followed by the weighted sum of values, batched over queries. *)
From Coq Require Import Reals Arith Lra Lia.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums softmax derivatives rules.
Open Scope R_scope.

(* What reaches the logits: (alpha_bar - rho) alpha. *)
Definition into_logits (nk dv : nat) (t V c : nat -> nat -> R) (i j : nat) : R :=
  (sum dv (fun p => V j p * c i p)
    - sum nk (fun l => exp (t i l) / sum nk (fun m => exp (t i m)) * sum dv (fun p => V l p * c i p)))
  * (exp (t i j) / sum nk (fun l => exp (t i l))).

Definition into_values (nq nk : nat) (t c : nat -> nat -> R) (j p : nat) : R :=
  sum nq (fun i => exp (t i j) / sum nk (fun l => exp (t i l)) * c i p).

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

Lemma slope_layer (nq nk dv : nat) (c V0 V' t0 t' : nat -> nat -> R) (t : R -> nat -> nat -> R) :
  (forall i j, is_derive (fun h => t h i j) 0 (t' i j)) -> (forall i j, t 0 i j = t0 i j) ->
  is_derive (fun h => sum dv (fun p => sum nq (fun i => c i p
      * sum nk (fun j => (h * V' j p + V0 j p) * (exp (t h i j) / sum nk (fun l => exp (t h i l))))))) 0
    (sum nk (fun j => sum nq (fun i => into_logits nk dv t0 V0 c i j * t' i j))
      + sum dv (fun p => sum nk (fun j => into_values nq nk t0 c j p * V' j p))).
Proof.
  intros slope zero. eapply is_derive_value.
  - apply slope_sum. intros p _. apply slope_sum. intros i _. apply slope_scaled, slope_sum. intros j below.
    apply slope_mult; [apply slope_moved|].
    apply (is_derive_weight nk (fun l h => t h i l) 0 (fun l => t' i l) j below). intros. apply slope.
  - simpl. set (w := fun i j => weight nk (t0 i) j).
    assert (same : forall i j, weight nk (fun j => t 0 i j) j = w i j).
    { intros. unfold w, weight. rewrite zero. f_equal. apply sum_ext. intros. now rewrite zero. }
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
      change (exp (t 0 i j) / sum nk (fun l => exp (t 0 i l))) with (weight nk (fun j => t 0 i j) j).
      rewrite same. rewrite (sum_ext nk (fun l => weight nk (fun j => t 0 i j) l * t' i l) (fun l => w i l * t' i l))
        by (intros; now rewrite same). ring.
Qed.
