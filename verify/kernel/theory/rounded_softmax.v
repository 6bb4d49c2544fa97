(* Softmax of logits with a shared bias as it is computed: what the exponentials are near to. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums rounding.
Open Scope R_scope.

Lemma product_small (x d a u : R) : Rabs x <= a -> Rabs d <= u -> Rabs (x * d) <= a * u.
Proof. intros xa du. rewrite Rabs_mult. apply Rmult_le_compat; auto using Rabs_pos. Qed.

Section Computed.
Variables (n m : nat) (e add reduce raise : nat -> R) (b most u h D : R).
Let t (j : nat) : R := (b + e j) * (add j + 1).
Let s (j : nat) : R := (reduce j + 1) * (t j - t m).
Let p (j : nat) : R := (raise j + 1) * exp (s j).
Hypothesis below : (m < n)%nat.
Hypothesis isD : D = 2 * most * u + u * (most + Rabs b) * (2 * u + 1) - ln (1 - h).
Hypothesis hp : 0 <= h.
Hypothesis h1 : h < 1.
Hypothesis scores : forall j, (j < n)%nat -> Rabs (e j) <= most.
Hypothesis raised : forall j, (j < n)%nat -> Rabs (raise j) <= h.
Hypothesis added : forall j, (j < n)%nat -> Rabs (add j) <= u.
Hypothesis reduced : forall j, (j < n)%nat -> Rabs (reduce j) <= u.

Lemma shift_small (j : nat) : (j < n)%nat ->
  Rabs (s j - (e j + (b - t m))) <= 2 * most * u + u * (most + Rabs b) * (2 * u + 1).
Proof.
  intros less.
  assert (moved : forall l, (l < n)%nat -> Rabs ((b + e l) * add l) <= (most + Rabs b) * u).
  { intros l ln. apply product_small; [|now apply added].
    pose proof (Rabs_triang b (e l)). pose proof (scores l ln). lra. }
  pose proof (moved j less) as xj. pose proof (moved m below) as xm.
  pose proof (scores j less) as ej. pose proof (scores m below) as em.
  assert (range : Rabs (t j - t m) <= 2 * most + 2 * ((most + Rabs b) * u)).
  { unfold t. replace ((b + e j) * (add j + 1) - (b + e m) * (add m + 1))
      with (e j - e m + ((b + e j) * add j - (b + e m) * add m)) by ring.
    apply Rabs_le_between in xj. apply Rabs_le_between in xm. apply Rabs_le_between in ej.
    apply Rabs_le_between in em. apply Rabs_le. lra. }
  pose proof (product_small _ _ _ _ range (reduced j less)) as second.
  replace (s j - (e j + (b - t m))) with ((b + e j) * add j + (t j - t m) * reduce j) by (unfold s, t; ring).
  apply Rle_trans with (1 := Rabs_triang _ _). nra.
Qed.

Lemma exponential_near (j : nat) : (j < n)%nat -> 0 < p j /\ near (exp D) (p j) (exp (e j + (b - t m))).
Proof.
  intros less. pose proof (raised j less) as small. pose proof (near_one h _ hp h1 small) as factor.
  apply Rabs_le_between in small. pose proof (exp_pos (s j)). split; [unfold p; apply Rmult_lt_0_compat; lra|].
  replace (exp D) with (/ (1 - h) * exp (2 * most * u + u * (most + Rabs b) * (2 * u + 1))).
  - unfold p. rewrite <- (Rmult_1_l (exp (e j + (b - t m)))).
    apply near_mult; [lra | lra | lra | apply Rlt_le, exp_pos | exact factor |].
    now apply near_exp, shift_small.
  - rewrite isD. set (A := 2 * most * u + u * (most + Rabs b) * (2 * u + 1)).
    replace (A - ln (1 - h)) with (- ln (1 - h) + A) by ring. rewrite exp_plus, exp_Ropp, exp_ln by lra. reflexivity.
Qed.
End Computed.

(* A common shift drops out of the shares. *)
Lemma shifted_share (n : nat) (e : nat -> R) (c : R) (i : nat) :
  (1 <= n)%nat -> exp (e i + c) / sum n (fun l => exp (e l + c)) = exp (e i) / sum n (fun l => exp (e l)).
Proof.
  intros some. rewrite exp_plus.
  rewrite (sum_ext n _ (fun l => exp (e l) * exp c)) by (intros; apply exp_plus). rewrite sum_scal_r.
  assert (0 < sum n (fun l => exp (e l))) by (apply sum_pos; [exact some | intros; apply exp_pos]).
  pose proof (exp_pos c). field. lra.
Qed.
