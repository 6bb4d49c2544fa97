(* Derivatives of finite sums, and of softmax along a direction. *)
From Coq Require Import Reals Arith Lra Lia.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums softmax.
Open Scope R_scope.

Lemma is_derive_sum (n : nat) (f : nat -> R -> R) (x : R) (d : nat -> R) :
  (forall i, (i < n)%nat -> is_derive (f i) x (d i)) -> is_derive (fun t => sum n (fun i => f i t)) x (sum n d).
Proof.
  induction n as [|n IH]; intros each; simpl.
  - apply (is_derive_const 0 x).
  - apply (is_derive_plus (fun t => sum n (fun i => f i t)) (f n) x); [apply IH; intros; apply each; lia | apply each; lia].
Qed.

Lemma is_derive_value (f : R -> R) (x d d' : R) : is_derive f x d -> d = d' -> is_derive f x d'.
Proof. now intros found <-. Qed.

(* d/dt of weight i as the scores f_l(t) move with the slopes d_l *)
Lemma is_derive_weight (n : nat) (f : nat -> R -> R) (x : R) (d : nat -> R) (i : nat) :
  (i < n)%nat -> (forall l, (l < n)%nat -> is_derive (f l) x (d l)) ->
  is_derive (fun t => weight n (fun l => f l t) i) x
    (weight n (fun l => f l x) i * (d i - sum n (fun l => weight n (fun l => f l x) l * d l))).
Proof.
  intros below each. unfold weight at 1.
  pose proof (total_pos n (fun l => f l x) ltac:(lia)) as above.
  assert (each' : forall l, (l < n)%nat -> is_derive (fun t => exp (f l t)) x (d l * exp (f l x))).
  { intros l less. apply (is_derive_comp exp (f l) x (exp (f l x)) (d l)); [apply is_derive_exp | now apply each]. }
  eapply is_derive_value.
  - apply (is_derive_div (fun t => exp (f i t)) (fun t => sum n (fun l => exp (f l t)))).
    + now apply each'.
    + apply (is_derive_sum n (fun l t => exp (f l t)) x (fun l => d l * exp (f l x))), each'.
    + apply Rgt_not_eq, above.
  - unfold weight.
    rewrite (sum_ext n (fun l => exp (f l x) / sum n (fun l0 => exp (f l0 x)) * d l)
      (fun l => d l * exp (f l x) / sum n (fun l0 => exp (f l0 x)))) by (intros; field; lra).
    rewrite sum_div. field. lra.
Qed.
