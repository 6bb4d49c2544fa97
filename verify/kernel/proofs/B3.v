(* B3: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums softmax permutation.
From Attnproof.statements Require Import B3.
Open Scope R_scope.

Lemma odds (n : nat) (e : nat -> R) (i k : nat) : (1 <= n)%nat -> ln (weight n e i / weight n e k) = e i - e k.
Proof.
  intros some. rewrite (weight_ratio n e i k some). pose proof (weight_pos n e k some).
  replace (exp (e i - e k) * weight n e k / weight n e k) with (exp (e i - e k)) by (field; lra). apply ln_exp.
Qed.

Theorem log_odds_holds : log_odds.
Proof.
  intros n some e b i I k K t alpha beta.
  change (ln (weight n t i / weight n t k) = ln (weight n e i / weight n e k) + b i - b k).
  rewrite !odds by exact some. unfold t. ring.
Qed.

Theorem equal_keys_holds : equal_keys.
Proof.
  intros n some e b i I k K t alpha same.
  change (ln (weight n t i / weight n t k) = b i - b k). rewrite odds by exact some. unfold t. lra.
Qed.

(* The weights of permuted logits are the permuted weights. *)
Lemma weight_permuted (n : nat) (P : nat -> nat -> R) (t : nat -> R) (k : nat) :
  permutes n P -> (k < n)%nat ->
  weight n (fun l => sum n (fun m => P l m * t m)) k = sum n (fun m => P k m * weight n t m).
Proof.
  intros order K. unfold weight.
  rewrite (permuted_function n P k exp t order K).
  rewrite (sum_ext n (fun l => exp (sum n (fun m => P l m * t m))) (fun l => sum n (fun m => P l m * exp (t m)))).
  - rewrite (permuted_sum n P (fun m => exp (t m)) order), <- sum_div. apply sum_ext. intros. unfold Rdiv. ring.
  - intros l below. now apply permuted_function.
Qed.

Lemma by_key_weight (n : nat) (P : nat -> nat -> R) (b e : nat -> R) (k : nat) :
  permutes n P -> (k < n)%nat ->
  weight n (fun l => sum n (fun m => P l m * b m) + sum n (fun m => P l m * e m)) k
  = sum n (fun m => exp (b m + e m) * P k m / sum n (fun l => exp (b l + e l))).
Proof.
  intros order K.
  rewrite (weight_ext n _ (fun l => sum n (fun m => P l m * (b m + e m))) k K).
  - rewrite (weight_permuted n P (fun m => b m + e m) k order K). apply sum_ext. intros. unfold weight, Rdiv. ring.
  - intros l _. rewrite <- sum_plus. apply sum_ext. intros. ring.
Qed.

Theorem by_key_holds : by_key.
Proof. intros n some b P e order k K. now apply by_key_weight. Qed.

Theorem by_position_holds : by_position.
Proof.
  intros n some b. split.
  - intros equivariant i I k K.
    pose proof (equivariant (exchange i k) (fun _ => 0) (exchange_permutes n i k I K) i I) as same.
    destruct (permuted_value n (exchange i k) i (exchange_permutes n i k I K) I) as [p [_ value]].
    assert (picked : sum n (fun m => exchange i k i m * b m) = b k).
    { unfold exchange. rewrite Nat.eqb_refl. now apply sum_delta. }
    change (weight n (fun l => b l + sum n (fun m => exchange i k l m * 0)) i
      = sum n (fun m => exp (b m + 0) * exchange i k i m / sum n (fun l => exp (b l + 0)))) in same.
    rewrite (weight_ext n _ b i I) in same.
    2: { intros l _. rewrite (sum_ext n _ (fun _ => 0)), sum_zero by (intros; ring). ring. }
    rewrite (sum_ext n _ (fun m => exchange i k i m * weight n b m)) in same.
    2: { intros m _. unfold weight. rewrite Rplus_0_r, (sum_ext n (fun l => exp (b l + 0)) (fun l => exp (b l))).
      - unfold Rdiv. ring.
      - intros. now rewrite Rplus_0_r. }
    unfold exchange in same. rewrite Nat.eqb_refl, sum_delta in same by exact K.
    rewrite (weight_ratio n b i k some) in same. pose proof (weight_pos n b k some).
    assert (exp (b i - b k) = exp 0) as unit by (rewrite exp_0; apply (Rmult_eq_reg_r (weight n b k)); lra).
    apply exp_inv in unit. lra.
  - intros constant P e order k K. rewrite <- (by_key_weight n P b e k order K). unfold weight.
    assert (same : forall l, (l < n)%nat -> b l = sum n (fun m => P l m * b m)).
    { intros l L. destruct (permuted_value n P l order L) as [p [below value]]. rewrite value. now apply constant. }
    rewrite <- (same k K). f_equal. apply sum_ext. intros l L. now rewrite <- (same l L).
Qed.
