(* Terms that are added two at a time in some order, by a rounded addition. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums rounding formats.
Open Scope R_scope.

(* f x + ... + f (y - 1) *)
Definition part (f : nat -> R) (x y : nat) : R := sum (y - x) (fun k => f (x + k)%nat).

Lemma part_split (f : nat -> R) (x s y : nat) : (x <= s)%nat -> (s <= y)%nat -> part f x y = part f x s + part f s y.
Proof.
  intros left right. unfold part. replace (y - x)%nat with ((s - x) + (y - s))%nat by lia. rewrite sum_split. f_equal.
  apply sum_ext. intros k _. f_equal. lia.
Qed.

Lemma part_one (f : nat -> R) (x : nat) : part f x (x + 1) = f x.
Proof. unfold part. replace (x + 1 - x)%nat with 1%nat by lia. simpl. rewrite Nat.add_0_r. ring. Qed.

Lemma part_all (f : nat -> R) (n : nat) : part f 0 n = sum n f.
Proof. unfold part. rewrite Nat.sub_0_r. reflexivity. Qed.

Lemma part_pos (f : nat -> R) (n x y : nat) :
  (forall j, (j < n)%nat -> 0 < f j) -> (x < y)%nat -> (y <= n)%nat -> 0 < part f x y.
Proof. intros pos less most. apply sum_pos; [lia|]. intros. apply pos. lia. Qed.

(* S x y is made of the terms from x to y - 1: a term, or two parts joined *)
Definition in_order_by {A : Type} (join : A -> A -> A) (n : nat) (S : nat -> nat -> A) (w : nat -> A) : Prop :=
  forall x, (x < n + 1)%nat -> forall y, (y < n + 1)%nat -> (x + 1 <= y)%nat ->
  (y = (x + 1)%nat /\ S x y = w x) \/
  (exists s, (s < n + 1)%nat /\ ((x + 1 <= s)%nat /\ (s + 1 <= y)%nat /\ S x y = join (S x s) (S s y))).

Lemma ordered_by {A : Type} (join : A -> A -> A) (n : nat) (S : nat -> nat -> A) (w : nat -> A)
  (P : nat -> nat -> A -> Prop) :
  in_order_by join n S w -> (forall x, (x < n)%nat -> P x (x + 1)%nat (w x)) ->
  (forall x s y a b, (x < s)%nat -> (s < y)%nat -> (y <= n)%nat -> P x s a -> P s y b -> P x y (join a b)) ->
  forall x y, (x < y)%nat -> (y <= n)%nat -> P x y (S x y).
Proof.
  intros order one two. assert (all : forall k x y, (y - x <= k)%nat -> (x < y)%nat -> (y <= n)%nat -> P x y (S x y)).
  { induction k as [|k IH]; intros x y size less most; [lia|].
    destruct (order x ltac:(lia) y ltac:(lia) ltac:(lia)) as [[-> ->]|[s [_ [left [right ->]]]]].
    - apply one. lia.
    - apply two with s; try lia; apply IH; lia. }
  intros x y less most. apply (all (y - x)%nat); lia.
Qed.

(* a rounded sum of real numbers *)
Definition in_order (fl : R -> R) : nat -> (nat -> nat -> R) -> (nat -> R) -> Prop :=
  in_order_by (fun a b => fl (b + a)).

Lemma ordered (fl : R -> R) (n : nat) (S : nat -> nat -> R) (w : nat -> R) (P : nat -> nat -> R -> Prop) :
  in_order fl n S w -> (forall x, (x < n)%nat -> P x (x + 1)%nat (w x)) ->
  (forall x s y a b, (x < s)%nat -> (s < y)%nat -> (y <= n)%nat -> P x s a -> P s y b -> P x y (fl (b + a))) ->
  forall x y, (x < y)%nat -> (y <= n)%nat -> P x y (S x y).
Proof. apply ordered_by. Qed.

Section Rounded.
Variables (p e : nat).
Hypothesis bits : (1 <= p)%nat.
Hypothesis exponents : (1 <= e)%nat.
Local Notation fl := (rounded p e).

Lemma roundoff_range : 0 < / 2 ^ p <= / 2.
Proof.
  pose proof (pow_lt 2 p ltac:(lra)). split; [now apply Rinv_0_lt_compat|].
  apply Rinv_le_contravar; [lra|]. rewrite <- (pow_1 2) at 1. apply Rle_pow; [lra | exact bits].
Qed.

Lemma ordered_number (n : nat) (S : nat -> nat -> R) (w : nat -> R) :
  in_order fl n S w -> (forall a, (a < n)%nat -> fl (w a) = w a) ->
  forall x y, (x < y)%nat -> (y <= n)%nat -> fl (S x y) = S x y.
Proof.
  intros order numbers. apply (ordered fl n S w (fun _ _ u => fl u = u) order); [exact numbers|].
  intros. now apply rounded_number.
Qed.

(* sizes of terms of either sign *)
Lemma ordered_size (n : nat) (S : nat -> nat -> R) (w v : nat -> R) :
  in_order fl n S w -> (forall a, (a < n)%nat -> fl (w a) = w a) -> (forall a, (a < n)%nat -> Rabs (w a) <= v a) ->
  forall x y, (x < y)%nat -> (y <= n)%nat -> (1 + / 2 ^ p) * Rabs (S x y) <= (1 + / 2 ^ p) ^ (y - x) * part v x y.
Proof.
  intros order numbers sizes. pose proof roundoff_range as range. set (h := / 2 ^ p) in *.
  assert (each : forall x y, (x < y)%nat -> (y <= n)%nat ->
    fl (S x y) = S x y /\ (1 + h) * Rabs (S x y) <= (1 + h) ^ (y - x) * part v x y).
  { apply (ordered fl n S w (fun x y u => fl u = u /\ (1 + h) * Rabs u <= (1 + h) ^ (y - x) * part v x y) order).
    - intros x less. split; [now apply numbers|]. rewrite part_one. replace (x + 1 - x)%nat with 1%nat by lia.
      rewrite pow_1. apply Rmult_le_compat_l; [lra | now apply sizes].
    - intros x s y a b left right most [an sa] [bn sb]. split; [now apply rounded_number|].
      destruct (sum_factor p e bits exponents b a bn an) as [d [small ->]]. fold h in small.
      rewrite (part_split v x s y) by lia. replace (y - x)%nat with ((s - x) + (y - s))%nat by lia. rewrite pow_add.
      assert (grown : forall k, (1 <= k)%nat -> 1 + h <= (1 + h) ^ k).
      { intros k some. rewrite <- (pow_1 (1 + h)) at 1. apply Rle_pow; [lra | exact some]. }
      pose proof (grown (s - x)%nat ltac:(lia)) as gl. pose proof (grown (y - s)%nat ltac:(lia)) as gr.
      assert (nonneg : forall x' y', (x' < y')%nat -> (y' <= n)%nat -> 0 <= part v x' y').
      { intros x' y' l m. apply sum_nonneg. intros k below. apply Rle_trans with (1 := Rabs_pos (w (x' + k)%nat)).
        apply sizes. lia. }
      pose proof (nonneg x s left ltac:(lia)) as pl. pose proof (nonneg s y right most) as pr.
      rewrite Rabs_mult. apply Rabs_le_between in small.
      assert (turn : Rabs (1 + d) <= 1 + h) by (apply Rabs_le; lra).
      pose proof (Rabs_triang b a) as both. pose proof (Rabs_pos (b + a)). pose proof (Rabs_pos (1 + d)).
      set (A := (1 + h) ^ (s - x)) in *. set (B := (1 + h) ^ (y - s)) in *.
      assert (first : (1 + h) * (Rabs (b + a) * Rabs (1 + d)) <= (1 + h) * (Rabs b + Rabs a) * (1 + h)).
      { rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat; lra. }
      assert (second : (1 + h) * (Rabs b + Rabs a) * (1 + h) <= (A * part v x s + B * part v s y) * (1 + h)).
      { apply Rmult_le_compat_r; lra. }
      assert (A * part v x s * (1 + h) <= A * part v x s * B).
      { apply Rmult_le_compat_l; [apply Rmult_le_pos; lra | lra]. }
      assert (B * part v s y * (1 + h) <= B * part v s y * A).
      { apply Rmult_le_compat_l; [apply Rmult_le_pos; lra | lra]. }
      lra. }
  intros x y less most. now apply each.
Qed.

(* positive terms: a factor 1/(1 - u) for each addition *)
Lemma ordered_near (n : nat) (S : nat -> nat -> R) (w : nat -> R) :
  in_order fl n S w -> (forall a, (a < n)%nat -> fl (w a) = w a) -> (forall a, (a < n)%nat -> 0 < w a) ->
  forall x y, (x < y)%nat -> (y <= n)%nat ->
  0 < S x y /\ near ((/ (1 - / 2 ^ p)) ^ (y - x - 1)) (S x y) (part w x y).
Proof.
  intros order numbers positive. pose proof roundoff_range as range. set (h := / 2 ^ p) in *.
  pose proof (inverse_ge_1 h ltac:(lra) ltac:(lra)) as one. set (F := / (1 - h)) in *.
  assert (each : forall x y, (x < y)%nat -> (y <= n)%nat ->
    fl (S x y) = S x y /\ 0 < S x y /\ near (F ^ (y - x - 1)) (S x y) (part w x y)).
  { apply (ordered fl n S w (fun x y u => fl u = u /\ 0 < u /\ near (F ^ (y - x - 1)) u (part w x y)) order).
    - intros x less. pose proof (positive x less). repeat split; [now apply numbers | assumption | |];
        rewrite part_one; replace (x + 1 - x - 1)%nat with 0%nat by lia; simpl pow; lra.
    - intros x s y a b left right most [an [ap na]] [bn [bp nb]].
      destruct (sum_factor p e bits exponents b a bn an) as [d [small same]]. rewrite same. fold h in small.
      pose proof (near_one h d ltac:(lra) ltac:(lra) small) as factor. fold F in factor. apply Rabs_le_between in small.
      split; [rewrite <- same; now apply rounded_number|]. split; [apply Rmult_lt_0_compat; lra|].
      rewrite (part_split w x s y) by lia.
      pose proof (part_pos w n x s positive left ltac:(lia)) as pl.
      pose proof (part_pos w n s y positive right most) as pr.
      pose proof (pow_R1_Rle F (y - x - 2) one) as more.
      assert (wide : forall k u v,
        (k <= y - x - 2)%nat -> 0 < u -> 0 < v -> near (F ^ k) u v -> near (F ^ (y - x - 2)) u v).
      { intros k u v few up vp. apply near_wider; try lra. apply Rle_pow; assumption. }
      apply (wide (s - x - 1)%nat a) in na; [|lia|assumption..].
      apply (wide (y - s - 1)%nat b) in nb; [|lia|assumption..].
      replace (y - x - 1)%nat with ((y - x - 2) + 1)%nat by lia. rewrite pow_add, pow_1.
      rewrite <- (Rmult_1_r (part w x s + part w s y)), (Rplus_comm 1 d). apply near_mult; try lra; [|exact factor].
      destruct na as [n1 n2]. destruct nb as [n3 n4]. split; lra. }
  intros x y less most. now apply each.
Qed.
End Rounded.
