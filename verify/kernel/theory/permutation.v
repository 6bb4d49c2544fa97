(* Permutations as matrices of zeros and ones whose rows and columns have the sum 1. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums.
Open Scope R_scope.

Definition permutes (n : nat) (P : nat -> nat -> R) : Prop :=
  (forall i, (i < n)%nat -> forall m, (m < n)%nat -> P i m = 0 \/ P i m = 1)
  /\ (forall i, (i < n)%nat -> sum n (fun m => P i m) = 1)
  /\ (forall m, (m < n)%nat -> sum n (fun i => P i m) = 1).

(* A row of zeros and ones with the sum 1 picks one place. *)
Lemma row_picks (n : nat) (p : nat -> R) :
  (forall m, (m < n)%nat -> p m = 0 \/ p m = 1) -> sum n p = 1 ->
  exists k, (k < n)%nat /\ forall m, (m < n)%nat -> p m = delta k m.
Proof.
  intros bits one.
  assert (found : forall r, (r <= n)%nat -> sum r p = 0 \/ exists k, (k < r)%nat /\ p k = 1).
  { induction r as [|r IH]; intros below; [left; reflexivity|].
    destruct (bits r ltac:(lia)) as [nought|unit]; [|right; exists r; split; [lia | exact unit]].
    destruct (IH ltac:(lia)) as [none|[k [K unit]]]; [left; simpl; lra | right; exists k; split; [lia | exact unit]]. }
  destruct (found n (le_n n)) as [none|[k [K unit]]]; [lra|].
  exists k. split; [exact K|]. intros m M.
  destruct (Nat.eq_dec k m) as [<-|other]; [now rewrite delta_same|].
  rewrite delta_other by exact other.
  rewrite (sum_apart n k p K), unit in one.
  pose proof (sum_zero_each n (fun i => (1 - delta k i) * p i)) as each. cbv beta in each.
  assert (zero : (1 - delta k m) * p m = 0).
  { apply each; [|lra|exact M]. intros i I. apply Rmult_le_pos.
    - unfold delta. destruct (Nat.eqb k i); lra.
    - destruct (bits i I) as [-> | ->]; lra. }
  rewrite delta_other in zero by exact other. lra.
Qed.

Lemma permuted_value (n : nat) (P : nat -> nat -> R) (i : nat) :
  permutes n P -> (i < n)%nat -> exists k, (k < n)%nat /\ forall f, sum n (fun m => P i m * f m) = f k.
Proof.
  intros [bits [rows _]] I. destruct (row_picks n (P i) (bits i I) (rows i I)) as [k [K same]].
  exists k. split; [exact K|]. intros f. rewrite <- (sum_delta n k f K). apply sum_ext. intros m M. now rewrite same.
Qed.

(* A function of a permuted array is the permuted function of it. *)
Lemma permuted_function (n : nat) (P : nat -> nat -> R) (i : nat) (f : R -> R) (e : nat -> R) :
  permutes n P -> (i < n)%nat -> f (sum n (fun m => P i m * e m)) = sum n (fun m => P i m * f (e m)).
Proof.
  intros order I. destruct (permuted_value n P i order I) as [k [_ value]].
  now rewrite (value e), (value (fun m => f (e m))).
Qed.

Lemma permuted_sum (n : nat) (P : nat -> nat -> R) (f : nat -> R) :
  permutes n P -> sum n (fun i => sum n (fun m => P i m * f m)) = sum n f.
Proof.
  intros [_ [_ columns]]. rewrite sum_swap. apply sum_ext. intros m M.
  rewrite sum_scal_r, columns by exact M. ring.
Qed.

(* The exchange of two places *)
Definition exchange (i j l m : nat) : R :=
  if Nat.eqb l i then delta j m else if Nat.eqb l j then delta i m else delta l m.

Lemma delta_bits (i j : nat) : delta i j = 0 \/ delta i j = 1.
Proof. unfold delta. destruct (Nat.eqb i j); auto. Qed.

Lemma delta_row (n k : nat) : (k < n)%nat -> sum n (fun m => delta k m) = 1.
Proof. intros K. rewrite <- (sum_delta n k (fun _ => 1) K). apply sum_ext. intros. ring. Qed.

Lemma exchange_symmetric (i j l m : nat) : exchange i j l m = exchange i j m l.
Proof.
  unfold exchange.
  destruct (Nat.eqb_spec l i), (Nat.eqb_spec m i), (Nat.eqb_spec l j), (Nat.eqb_spec m j); subst; unfold delta;
    repeat match goal with |- context [Nat.eqb ?a ?b] => destruct (Nat.eqb_spec a b) end; congruence.
Qed.

Lemma exchange_permutes (n i j : nat) : (i < n)%nat -> (j < n)%nat -> permutes n (exchange i j).
Proof.
  intros I J.
  assert (rows : forall l, (l < n)%nat -> sum n (fun m => exchange i j l m) = 1).
  { intros l L. unfold exchange. destruct (Nat.eqb l i); [now apply delta_row|].
    destruct (Nat.eqb l j); now apply delta_row. }
  repeat split; [|exact rows|].
  - intros l _ m _. unfold exchange. destruct (Nat.eqb l i); [apply delta_bits|].
    destruct (Nat.eqb l j); apply delta_bits.
  - intros m M. rewrite <- (rows m M). apply sum_ext. intros l _. apply exchange_symmetric.
Qed.
