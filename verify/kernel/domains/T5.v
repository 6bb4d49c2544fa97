(* T5: what a series of orthonormal functions leaves of a mean square is not negative. *)
From Coq Require Import Reals Lra.
From Attnproof.theory Require Import prelude sums outcomes defined.
From Attnproof.needs Require Import T5.
From Attnproof.proofs Require Import T5.
Open Scope R_scope.

Theorem shared_part_as_a_series_defined_holds : shared_part_as_a_series_defined.
Proof.
  unfold shared_part_as_a_series_defined. defined.
  match goal with
  | sq : has_mean _ (fun o => tanh (_ * x o) ^ 2), value : mean_of _ (fun o => tanh (_ * x o) ^ 2) = _,
    pairs : forall i, _ -> forall j, _ -> has_mean _ (fun o => h_x o j * h_x o i),
    ortho : forall i, _ -> forall j, _ -> mean_of _ (fun o => h_x o j * h_x o i) = _,
    some : forall i, _ -> has_mean _ (fun o => tanh (_ * x o) * h_x o i),
    coefficient : forall i, _ -> mean_of _ (fun o => tanh (_ * x o) * h_x o i) = _ |- _ =>
      destruct (bessel Omega n_t (fun o => tanh (sigma * x o)) h_x a T_2 (conj sq value)
        (fun i b j c => conj (pairs i b j c) (ortho i b j c)) (fun i b => conj (some i b) (coefficient i b)))
        as [_ [_ tail]];
      apply Rmult_le_pos; [|exact tail]; rewrite <- value; apply (mean_positive Omega _ sq); intros o; apply pow2_ge_0
  end.
Qed.
