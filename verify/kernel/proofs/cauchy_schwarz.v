(* cauchy_schwarz: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Attnproof.theory Require Import prelude sums.
From Attnproof.statements Require cauchy_schwarz.
Import statements.cauchy_schwarz.
Open Scope R_scope.

Lemma squares_nonneg (d : nat) (s : nat -> R) : 0 <= sum d (fun r => s r ^ 2).
Proof. apply sum_nonneg. intros. apply pow2_ge_0. Qed.

Lemma sides (d : nat) (s h : nat -> R) :
  Rabs (sum d (fun r => h r * s r)) = sqrt (sum d (fun r => h r * s r) ^ 2)
  /\ sqrt (sum d (fun r => h r ^ 2)) * sqrt (sum d (fun r => s r ^ 2))
     = sqrt (sum d (fun r => h r ^ 2) * sum d (fun r => s r ^ 2)).
Proof.
  split; [rewrite <- Rsqr_pow2; symmetry; apply sqrt_Rsqr_abs | symmetry; apply sqrt_mult; apply squares_nonneg].
Qed.

Theorem inequality_holds : inequality.
Proof. intros d _ s h. destruct (sides d s h) as [-> ->]. apply sqrt_le_1_alt, sums.cauchy_schwarz. Qed.

Theorem equality_holds : equality.
Proof.
  intros d _ s h [f [F some]]. destruct (sides d s h) as [-> ->]. split.
  - intros same. apply sqrt_inj in same; [|apply pow2_ge_0 | apply Rmult_le_pos; apply squares_nonneg].
    pose proof (lagrange d h s) as difference. rewrite <- same, Rminus_diag_eq in difference by reflexivity.
    exists (h f / s f). intros g G.
    assert (rows : forall i, (i < d)%nat -> sum d (fun j => (h i * s j - h j * s i) ^ 2) = 0).
    { apply (sum_zero_each d (fun i => sum d (fun j => (h i * s j - h j * s i) ^ 2))); [|lra].
      intros i _. apply sum_nonneg. intros. apply pow2_ge_0. }
    pose proof (sum_zero_each d (fun j => (h g * s j - h j * s g) ^ 2) (fun j _ => pow2_ge_0 _) (rows g G) f F) as zero.
    simpl in zero. rewrite Rmult_1_r in zero. apply Rmult_integral in zero.
    apply (Rmult_eq_reg_r (s f)); [|exact some]. replace (h f / s f * s g * s f) with (h f * s g) by (field; exact some).
    destruct zero; lra.
  - intros [lambda multiple]. f_equal.
    rewrite (sum_ext d (fun r => h r * s r) (fun r => lambda * s r ^ 2)) by (intros; rewrite multiple by assumption; ring).
    rewrite (sum_ext d (fun r => h r ^ 2) (fun r => lambda ^ 2 * s r ^ 2)) by (intros; rewrite multiple by assumption; ring).
    rewrite !sum_scal_l. ring.
Qed.
