(* C2: the proofs of its propositions. *)
From Coq Require Import Reals Lra Lia Psatz.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums sizes limits.
From Attnproof.statements Require Import C2.
Open Scope R_scope.

Theorem counted_holds : counted.
Proof. unfold counted. intros. repeat split; count; ring. Qed.

Theorem fewer_parameters_holds : fewer_parameters.
Proof. unfold fewer_parameters. intros. sizes. count. apply break_even; [nra | ring]. Qed.

Theorem fewer_multiply_adds_holds : fewer_multiply_adds.
Proof. unfold fewer_multiply_adds. intros. sizes. count. apply break_even; [nra | ring]. Qed.

Theorem less_memory_holds : less_memory.
Proof. unfold less_memory. intros. sizes. count. apply break_even; [nra | ring]. Qed.

Theorem against_projected_keys_holds : against_projected_keys.
Proof. unfold against_projected_keys. intros. sizes. split; count; (apply break_even; [nra | ring]). Qed.

(* 2xy - x - y = x (y - 1) + y (x - 1) *)
Lemma twice_product (x y : R) : 1 <= x -> 1 <= y -> x + y <= 2 * (x * y).
Proof. intros. nra. Qed.

Theorem pairs_first_never_cheaper_holds : pairs_first_never_cheaper.
Proof.
  unfold pairs_first_never_cheaper. intros. sizes. count. split.
  - replace (INR d_q * (INR d_k * (INR n_q * 1)) + INR d_k * (INR n_k * (INR n_q * 1)))
      with (INR d_k * INR n_q * (INR d_q + INR n_k)) by ring.
    replace (2 * (INR d_k * (INR d_q * (INR n_k * (INR n_q * 1)))))
      with (INR d_k * INR n_q * (2 * (INR d_q * INR n_k))) by ring.
    apply Rmult_le_compat_l; [nra | now apply twice_product].
  - assert (1 <= INR d_q * INR n_k) by nra. assert (1 <= INR d_k * INR n_q) by nra.
    replace (INR d_k * (INR d_q * (INR n_k * (INR n_q * 1)))) with (INR d_k * INR n_q * (INR d_q * INR n_k)) by ring.
    nra.
Qed.

Theorem cheaper_for_large_widths_holds : cheaper_for_large_widths.
Proof.
  unfold cheaper_for_large_widths. intros n some_n d_a some_a. exists (d_a * (n + 3) + 1)%nat. split; [lia|].
  intros d some_d enough. apply le_INR in enough. sizes. rewrite plus_INR, mult_INR, plus_INR in enough.
  replace (INR 3) with 3 in enough by (simpl; ring). change (INR 1) with 1 in enough. count.
  generalize dependent (INR d). generalize dependent (INR n). generalize dependent (INR d_a). clear.
  intros a least_a n least_n d enough least_d. assert (wide : a * 4 + 1 <= d) by nra. assert (1 <= a * n) by nra.
  assert (quadratic : a * 4 * d + d <= d * d) by nra. repeat split.
  - nra.
  - assert (n * (a * 4 * d + d) <= n * (d * d)) by (apply Rmult_le_compat_l; lra).
    assert (n * n * (a * 4 + 1) <= n * n * d) by (apply Rmult_le_compat_l; nra).
    assert (0 < a * n * d) by (apply Rmult_lt_0_compat; lra). assert (0 < a * n * n) by (apply Rmult_lt_0_compat; lra).
    nra.
  - assert (n * (a * (n + 3) + 1) <= n * d) by (apply Rmult_le_compat_l; lra). nra.
Qed.

Theorem dearer_with_many_units_holds : dearer_with_many_units.
Proof.
  unfold dearer_with_many_units. intros d some_d n some_n d_a some_a many. apply le_INR in many. sizes. count.
  generalize dependent (INR d). generalize dependent (INR n). generalize dependent (INR d_a). clear.
  intros a least_a n least_n d many least_d. repeat split.
  - nra.
  - assert (d * (d * n) <= d * (a * n)) by (apply Rmult_le_compat_l; nra).
    assert (d * (n * n) <= a * (n * n)) by (apply Rmult_le_compat_r; nra).
    assert (0 < d * (a * n)) by (apply Rmult_lt_0_compat; nra). nra.
  - assert (d * n <= a * n) by (apply Rmult_le_compat_r; lra). assert (0 < a * n) by nra.
    assert (0 < a * n * n) by nra. nra.
Qed.

Theorem where_the_break_evens_lie_holds : where_the_break_evens_lie.
Proof.
  unfold where_the_break_evens_lie. intros. sizes. count. repeat split.
  - apply lt_quotient; nra.
  - apply quotient_lt; nra.
  - apply lt_quotient; [nra|]. assert (0 < INR d * INR n * INR n) by (repeat apply Rmult_lt_0_compat; lra). nra.
  - apply quotient_lt; [nra|]. assert (0 < INR d * INR n * INR d) by (repeat apply Rmult_lt_0_compat; lra). nra.
  - field. split; nra.
Qed.

(* d x (d + x) / (2 d x + x^2) = d (d / x + 1) / (2 d / x + 1) *)
Theorem long_sequences_holds : long_sequences.
Proof.
  unfold long_sequences. intros. sizes.
  apply (is_lim_ext_loc (fun x => INR d * (INR d * / x + 1) / (2 * INR d * / x + 1))).
  { exists 1. intros x large. field. split; nra. }
  apply (lim_inverse (fun y => INR d * (INR d * y + 1) / (2 * INR d * y + 1))); [auto_derive; lra | field].
Qed.

Theorem at_64_keys_holds : at_64_keys.
Proof.
  unfold at_64_keys. intros d _ n _ [width length]. count. rewrite width, length. repeat split; lra.
Qed.

Theorem at_1024_keys_holds : at_1024_keys.
Proof.
  unfold at_1024_keys. intros d _ n _ [width length]. count. rewrite width, length. repeat split; lra.
Qed.
