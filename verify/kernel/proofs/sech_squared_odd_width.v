(* sech_squared_odd_width: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums tanh derivatives sech_squared limits odd_width odd_width_limit odd_units.
From Attnproof.statements Require Import sech_squared_odd_width.
Open Scope R_scope.

Theorem least_sum_holds : least_sum.
Proof. intros m some d _ z [-> [zero squares]]. exact (proj1 (odd_least m z some zero squares)). Qed.

Theorem exactly_holds : exactly.
Proof.
  intros m some d _ z [-> [zero squares]].
  change (sum (2 * m + 1) (fun a => sech (z a) ^ 2) = least m <->
    (levels m z /\ sum (2 * m + 1) (fun a => step (z a)) = INR (m + 1)) \/
    ((forall a, (a < 2 * m + 1)%nat -> z a = - low m \/ z a = high m) /\
      sum (2 * m + 1) (fun a => step (- z a)) = INR (m + 1))).
  assert (opposite : sum (2 * m + 1) (fun a => - z a) = 0) by (rewrite (sum_opp _ z); change (- sum (2 * m + 1) (fun a => z a) = 0); rewrite zero; ring).
  split.
  - intros same. destruct (proj2 (odd_least m z some zero squares) same) as [here | there].
    + left. split; [exact here | now apply levels_count].
    + right. split; [|now apply (levels_count m (fun a => - z a))].
      intros a below. destruct (there a below); [left | right]; lra.
  - intros [[here count] | [there count]]; [now apply levels_sum|].
    rewrite <- slopes_opp. apply (levels_sum m (fun a => - z a) some); [|exact count].
    intros a below. destruct (there a below); [left | right]; lra.
Qed.

Theorem second_derivative_holds : second_derivative.
Proof.
  split.
  - intros x xp. eapply is_derive_value; [now apply slope_root_sech|]. unfold steepness, Rdiv. ring.
  - assert (same : forall t, - steepness (sqrt t) = - (tanh (sqrt t) * sech (sqrt t) ^ 2 / sqrt t)).
    { intros t. unfold steepness, Rdiv. ring. }
    exact (is_derive_ext _ _ _ _ same second_at_1).
Qed.

Theorem excess_holds : excess.
Proof.
  unfold excess. fold bend. rewrite <- root_sech_1.
  apply (is_lim_ext_loc (fun m => (1 - (/ 2 * / (m + / 2)) ^ 2) * ((2 * m + 1) ^ 2 * (- root_sech 1 + odd_mean root_sech m)))).
  { exists 0. intros m mp. unfold odd_mean, root_sech. field. lra. }
  replace bend with ((1 - (/ 2 * 0) ^ 2) * (2 * (bend / 2))) by field.
  apply (is_lim_mult (fun m => 1 - (/ 2 * / (m + / 2)) ^ 2) _ p_infty (1 - (/ 2 * 0) ^ 2) (2 * (bend / 2))); [| | exact I].
  - apply (lim_through (fun t => 1 - (/ 2 * t) ^ 2) (fun m => / (m + / 2))); [auto_derive; exact I | apply shrinks].
  - exact (excess_tends _ _ _ sech_near_1 second_at_1).
Qed.
