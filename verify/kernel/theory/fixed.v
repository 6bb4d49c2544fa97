(* Expectations of linear forms with fixed coefficients in random numbers. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums.
Open Scope R_scope.

Lemma form_mean (n d : nat) (w a : nat -> R) (x : nat -> nat -> R) :
  (forall r, (r < d)%nat -> sum n (fun o => w o * x o r) = 0) ->
  sum n (fun o => w o * sum d (fun r => a r * x o r)) = 0.
Proof.
  intros zero. rewrite (sum_ext n _ (fun o => sum d (fun r => a r * (w o * x o r)))).
  - rewrite sum_swap, (sum_ext d _ (fun _ => 0)); [apply sum_zero|].
    intros r lr. rewrite sum_scal_l, zero by exact lr. ring.
  - intros o _. rewrite <- sum_scal_l. apply sum_ext. intros. ring.
Qed.

Lemma forms_product (n d : nat) (w a : nat -> R) (x y : nat -> nat -> R) :
  sum n (fun o => w o * (sum d (fun r => a r * x o r) * sum d (fun s => a s * y o s)))
  = sum d (fun r => sum d (fun s => a r * a s * sum n (fun o => w o * (x o r * y o s)))).
Proof.
  rewrite (sum_ext n _ (fun o => sum d (fun r => sum d (fun s => a r * a s * (w o * (x o r * y o s)))))).
  - rewrite sum_swap. apply sum_ext. intros r _. rewrite sum_swap. apply sum_ext. intros s _. apply sum_scal_l.
  - intros o _. rewrite sum_prod, <- sum_scal_l. apply sum_ext. intros r _.
    rewrite <- sum_scal_l. apply sum_ext. intros. ring.
Qed.

(* Uncorrelated, with one second moment: of two forms with the same coefficients. *)
Lemma forms_uncorrelated (n d : nat) (w a : nat -> R) (x y : nat -> nat -> R) (c : R) :
  (forall r s, (r < d)%nat -> (s < d)%nat -> sum n (fun o => w o * (x o r * y o s)) = c * delta r s) ->
  sum n (fun o => w o * (sum d (fun r => a r * x o r) * sum d (fun s => a s * y o s)))
  = c * sum d (fun r => a r ^ 2).
Proof.
  intros moments. rewrite forms_product, <- sum_scal_l. apply sum_ext. intros r lr.
  rewrite (sum_ext d _ (fun s => delta r s * (c * a r * a s))).
  - rewrite (sum_delta d r (fun s => c * a r * a s) lr). ring.
  - intros s ls. rewrite moments by assumption. ring.
Qed.
