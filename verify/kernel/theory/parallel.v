(* Where the Cauchy-Schwarz inequality is an equality: multiples of one vector. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Attnproof.theory Require Import prelude sums norms.
Open Scope R_scope.

Section Vectors.
Variables (n : nat) (s h : nat -> R).
Let ss := sum n (fun i => s i ^ 2).
Let hh := sum n (fun i => h i ^ 2).
Let hs := sum n (fun i => h i * s i).

Lemma squares_of_difference (c : R) : sum n (fun i => (h i - c * s i) ^ 2) = hh - 2 * c * hs + c ^ 2 * ss.
Proof.
  unfold hh, hs, ss. rewrite <- !sum_scal_l, <- sum_minus, <- sum_plus. apply sum_ext. intros. ring.
Qed.

Lemma parallel_of_equality : 0 < ss -> hs ^ 2 = hh * ss -> forall i, (i < n)%nat -> h i = hs / ss * s i.
Proof.
  intros some equal i below.
  assert (nought : sum n (fun i => (h i - hs / ss * s i) ^ 2) = 0).
  { rewrite squares_of_difference. apply (Rmult_eq_reg_r ss); [|lra]. field_simplify; [nra|lra]. }
  pose proof (sum_zero_each n _ (fun j _ => pow2_ge_0 (h j - hs / ss * s j)) nought i below) as zero. simpl in zero.
  assert (h i - hs / ss * s i = 0) by nra. lra.
Qed.

Lemma of_multiple (c : R) : (forall i, (i < n)%nat -> h i = c * s i) -> hs = c * ss /\ hh = c ^ 2 * ss.
Proof.
  intros is. unfold hs, hh, ss. rewrite <- !sum_scal_l. split; apply sum_ext; intros i below;
    rewrite is by exact below; ring.
Qed.
End Vectors.
