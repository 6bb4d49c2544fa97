(* perturbed_factors: the proofs of its propositions. *)
From Coq Require Import Reals ZArith Arith Lra Lia Psatz.
From Flocq Require Import Core.
From Attnproof.theory Require Import prelude sums formats nearest.
From Attnproof.statements Require Import perturbed_factors.
Open Scope R_scope.

Theorem product_holds : product.
Proof.
  intros n _ x y e X Y A B [near [[X0 Xs] [[Y0 Ys] [[A0 As] [B0 Bs]]]]].
  enough (all : forall m, (m <= n)%nat -> Rabs (X m - Y m) <= B m - A m /\ Rabs (X m) = A m).
  { pose proof (proj1 (all n (le_n n))). lra. }
  induction m as [|m IH]; intros most.
  - rewrite X0, Y0, A0, B0, Rminus_diag_eq, Rabs_R0, Rabs_R1 by reflexivity. split; lra.
  - destruct (IH ltac:(lia)) as [off size]. pose proof (near m ltac:(lia)) as close.
    rewrite <- Nat.add_1_r, Xs, Ys, As, Bs by lia. split; [|rewrite Rabs_mult, size; ring].
    replace (X m * x m - Y m * y m) with (X m * (x m - y m) + (X m - Y m) * y m) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult, size.
    assert (far : Rabs (y m) <= Rabs (x m) + e m).
    { pose proof (Rabs_triang (y m - x m) (x m)) as sides. replace (y m - x m + x m) with (y m) in sides by ring.
      rewrite Rabs_minus_sym in sides. lra. }
    pose proof (Rabs_pos (X m)). pose proof (Rabs_pos (X m - Y m)). pose proof (Rabs_pos (y m)).
    assert (A m * Rabs (x m - y m) <= A m * e m) by (apply Rmult_le_compat_l; lra).
    assert (Rabs (X m - Y m) * Rabs (y m) <= (B m - A m) * (Rabs (x m) + e m)) by (apply Rmult_le_compat; lra). lra.
Qed.

Theorem sum_of_products_holds : sum_of_products.
Proof.
  intros n _ X Y B f G each. rewrite <- sum_minus. eapply Rle_trans; [apply sum_abs|].
  rewrite <- sum_scal_l, <- sum_minus. apply sum_le. intros k K. destruct (each k K) as [off factor].
  replace (Y k * f k - X k) with ((Y k - X k) * f k + X k * (f k - 1)) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult, (Rabs_minus_sym (Y k)).
  assert (size : Rabs (f k) <= G).
  { pose proof (Rabs_triang (f k - 1) 1) as sides. replace (f k - 1 + 1) with (f k) in sides by ring.
    rewrite Rabs_R1 in sides. lra. }
  pose proof (Rabs_pos (X k - Y k)). pose proof (Rabs_pos (f k)). pose proof (Rabs_pos (X k)).
  assert (Rabs (X k - Y k) * Rabs (f k) <= (B k - Rabs (X k)) * G) by (apply Rmult_le_compat; lra).
  assert (Rabs (X k) * Rabs (f k - 1) <= Rabs (X k) * (G - 1)) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Theorem underflow_holds : underflow.
Proof.
  intros p bits e exponents z r small.
  set (low := (2 - Z.of_nat e - Z.of_nat p)%Z).
  assert (powers : 0 < 2 ^ e /\ 0 < 2 ^ p) by (split; apply pow_lt; lra).
  assert (least : bpow radix2 low = 4 / (2 ^ e * 2 ^ p)).
  { unfold low, Zminus. rewrite !bpow_plus, !bpow_opp, !bpow_nat. change (bpow radix2 2) with 4. field. lra. }
  assert (off : Rabs (z - rounded p e z) <= 2 / (2 ^ e * 2 ^ p)).
  { rewrite (rounded_at p e bits ltac:(lia) low z).
    - pose proof (Znearest_half (fun t => negb (Z.even t)) (z * bpow radix2 (- low))) as half.
      set (m := IZR (ZnearestE (z * bpow radix2 (- low)))) in *.
      pose proof (bpow_gt_0 radix2 low) as positive.
      replace (z - m * bpow radix2 low) with ((z * bpow radix2 (- low) - m) * bpow radix2 low)
        by (rewrite bpow_opp; field; lra).
      rewrite Rabs_mult, (Rabs_pos_eq (bpow radix2 low)) by lra.
      apply Rle_trans with (/ 2 * bpow radix2 low); [apply Rmult_le_compat_r; [lra | exact half]|].
      rewrite least. right. field. lra.
    - unfold low. lia.
    - replace (low + Z.of_nat p)%Z with (2 + - Z.of_nat e)%Z by (unfold low; ring).
      rewrite bpow_plus, bpow_opp, bpow_nat. change (bpow radix2 2) with 4.
      assert (0 < / 2 ^ e) by (apply Rinv_0_lt_compat; lra). unfold Rdiv in small. lra.
    - now left. }
  split.
  - replace (r * z - r * rounded p e z) with (r * (z - rounded p e z)) by ring. rewrite Rabs_mult.
    replace (2 * Rabs r / (2 ^ e * 2 ^ p)) with (Rabs r * (2 / (2 ^ e * 2 ^ p))) by (field; lra).
    apply Rmult_le_compat_l; [apply Rabs_pos | exact off].
  - destruct (Rle_dec (Rabs z) (bpow radix2 low / 2)) as [lost|kept].
    + assert (zero : ~ 0 < rounded p e (Rabs z)).
      { intros above. apply (above_zero p e bits ltac:(lia)) in above. fold low in above. lra. }
      rewrite rounded_abs in zero by lia. pose proof (Rabs_pos z). lra.
    + pose proof (Rabs_triang (rounded p e z - z) z) as sides. rewrite Rabs_minus_sym in sides.
      replace (rounded p e z - z + z) with (rounded p e z) in sides by ring. rewrite least in kept.
      replace (4 / (2 ^ e * 2 ^ p) / 2) with (2 / (2 ^ e * 2 ^ p)) in kept by (field; lra). lra.
Qed.
