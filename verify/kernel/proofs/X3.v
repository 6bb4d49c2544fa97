(* X3: the proofs of its propositions. *)
From Coq Require Import Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums.
From Attnproof.statements Require Import X3.
Open Scope R_scope.

(* The score of a key is linear in it. *)
Lemma parallelogram (p q : nat) (s : nat -> R) (W : nat -> nat -> R) (h00 h01 h10 h11 : nat -> R) :
  (forall f, h00 f + h11 f = h01 f + h10 f) ->
  let e := fun h => sum q (fun f => sum p (fun r => W r f * h f * s r)) in e h00 + e h11 = e h01 + e h10.
Proof.
  intros corners e. unfold e. rewrite <- !sum_plus. apply sum_ext. intros f _. rewrite <- !sum_plus. apply sum_ext.
  intros r _. transitivity (W r f * (h00 f + h11 f) * s r); [ring|]. rewrite corners. ring.
Qed.

Theorem opposite_corners_agree_holds : opposite_corners_agree.
Proof.
  cbv delta [opposite_corners_agree]. intros. apply (parallelogram d_q d_k s W h00 h01 h10 h11).
  intros. unfold h00, h01, h10, h11. ring.
Qed.

Theorem inseparable_holds : inseparable.
Proof.
  cbv delta [inseparable]. intros.
  pose proof (parallelogram d_q d_k s W h00 h01 h10 h11 ltac:(intros; unfold h00, h01, h10, h11; ring)).
  simpl in *. repeat split; intros parts; try destruct parts as [theta parts]; lra.
Qed.

Theorem for_two_features_holds : for_two_features.
Proof.
  cbv delta [for_two_features]. intros.
  pose proof (parallelogram d_q d_k s W h00 h01 h10 h11 ltac:(intros; unfold h00, h01, h10, h11; ring)).
  simpl in *. repeat split; intros parts; try destruct parts as [theta parts]; lra.
Qed.

Theorem dot_scores_are_bilinear_holds : dot_scores_are_bilinear.
Proof.
  unfold dot_scores_are_bilinear. intros. rewrite <- sum_scal_l. apply sum_ext. intros f below.
  rewrite (sum_ext d _ (fun r => delta f r * (lambda * h f * s r))) by (intros; ring).
  rewrite (sum_delta d f (fun r => lambda * h f * s r)) by exact below. ring.
Qed.
