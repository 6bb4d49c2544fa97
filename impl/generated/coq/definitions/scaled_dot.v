(* Printed from the derivations by nox -s generate; do not edit. *)
From Coq Require Import Reals Arith Bool.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* scores of every key against every query, the scaled dot score *)
Definition scaled_dot_scores (d n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  e.

(* attention weights with the scaled dot score *)
Definition scaled_dot_weights (d n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  alpha.

(* log-sum-exp of the logits with the scaled dot score *)
Definition scaled_dot_lse (d n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) : nat -> R :=
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let ell := fun i : nat => ln (sum n_k (fun l : nat => exp (e i l))) in
  ell.

(* context of attention with the scaled dot score *)
Definition scaled_dot_context (d d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (V : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let c := fun i : nat => fun p : nat => sum n_k (fun j : nat => V j p * alpha i j) in
  c.

(* gradient of Σ grad_context·context with respect to weights, scaled dot score *)
Definition scaled_dot_adjoint_weights (d_v n_k n_q : nat) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  alpha_bar.

(* row_dot, on the way to the gradients of Σ grad_context·context, scaled dot score *)
Definition scaled_dot_adjoint_row_dot (d d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> R :=
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  rho.

(* gradient of Σ grad_context·context with respect to scores, scaled dot score *)
Definition scaled_dot_adjoint_scores (d d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  e_bar.

(* gradient of Σ grad_context·context with respect to query, scaled dot score *)
Definition scaled_dot_adjoint_query (d d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let q_bar := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k j r) / sqrt (INR d) in
  q_bar.

(* gradient of Σ grad_context·context with respect to key, scaled dot score *)
Definition scaled_dot_adjoint_key (d d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let k_bar := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q i r) / sqrt (INR d) in
  k_bar.

(* gradient of Σ grad_context·context with respect to value, scaled dot score *)
Definition scaled_dot_adjoint_value (d d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  V_bar.

(* gradient of Σ grad_scores·scores with respect to query, scaled dot score *)
Definition scaled_dot_scores_adjoint_query (d n_k n_q : nat) (k : nat -> nat -> R) (e_bar : nat -> nat -> R) : nat -> nat -> R :=
  let q_bar := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k j r) / sqrt (INR d) in
  q_bar.

(* gradient of Σ grad_scores·scores with respect to key, scaled dot score *)
Definition scaled_dot_scores_adjoint_key (d n_k n_q : nat) (q : nat -> nat -> R) (e_bar : nat -> nat -> R) : nat -> nat -> R :=
  let k_bar := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q i r) / sqrt (INR d) in
  k_bar.

(* gradient of Σ grad_lse·lse with respect to scores, scaled dot score *)
Definition scaled_dot_lse_adjoint_scores (d n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (ell_bar : nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  e_bar.

(* gradient of Σ grad_lse·lse with respect to query, scaled dot score *)
Definition scaled_dot_lse_adjoint_query (d n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (ell_bar : nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  let q_bar := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k j r) / sqrt (INR d) in
  q_bar.

(* gradient of Σ grad_lse·lse with respect to key, scaled dot score *)
Definition scaled_dot_lse_adjoint_key (d n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (ell_bar : nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  let k_bar := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q i r) / sqrt (INR d) in
  k_bar.

(* directional derivative of scores when every input moves, for the scaled dot score *)
Definition scaled_dot_tangent_scores (d n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (q_dot : nat -> nat -> R) (k_dot : nat -> nat -> R) : nat -> nat -> R :=
  let e_dot := fun i : nat => fun j : nat => (sum d (fun r : nat => k j r * q_dot i r) + sum d (fun r : nat => k_dot j r * q i r)) / sqrt (INR d) in
  e_dot.

(* directional derivative of weights when every input moves, for the scaled dot score *)
Definition scaled_dot_tangent_weights (d n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (q_dot : nat -> nat -> R) (k_dot : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_dot := fun i : nat => fun j : nat => (sum d (fun r : nat => k j r * q_dot i r) + sum d (fun r : nat => k_dot j r * q i r)) / sqrt (INR d) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * e_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (e_dot i j - rho i) * alpha i j in
  alpha_dot.

(* directional derivative of lse when every input moves, for the scaled dot score *)
Definition scaled_dot_tangent_lse (d n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (q_dot : nat -> nat -> R) (k_dot : nat -> nat -> R) : nat -> R :=
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_dot := fun i : nat => fun j : nat => (sum d (fun r : nat => k j r * q_dot i r) + sum d (fun r : nat => k_dot j r * q i r)) / sqrt (INR d) in
  let ell_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * e_dot i j) in
  ell_dot.

(* directional derivative of context when every input moves, for the scaled dot score *)
Definition scaled_dot_tangent_context (d d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (V : nat -> nat -> R) (q_dot : nat -> nat -> R) (k_dot : nat -> nat -> R) (V_dot : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_dot := fun i : nat => fun j : nat => (sum d (fun r : nat => k j r * q_dot i r) + sum d (fun r : nat => k_dot j r * q i r)) / sqrt (INR d) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * e_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (e_dot i j - rho i) * alpha i j in
  let c_dot := fun i : nat => fun p : nat => sum n_k (fun j : nat => V j p * alpha_dot i j) + sum n_k (fun j : nat => V_dot j p * alpha i j) in
  c_dot.

(* mean of a score, the scaled dot score *)
Definition scaled_dot_mean (d : nat) (mu_q : R) (mu_k : R) : R :=
  let mu_e := sqrt (INR d) * mu_k * mu_q in
  mu_e.

(* variance of a score, the scaled dot score *)
Definition scaled_dot_variance (mu_q : R) (mu_k : R) (sigma_q : R) (sigma_k : R) : R :=
  let Var := mu_k ^ 2 * sigma_q ^ 2 + mu_q ^ 2 * sigma_k ^ 2 + sigma_k ^ 2 * sigma_q ^ 2 in
  Var.

(* part of the variance that all keys share and softmax drops, Var(E[e | q]), the scaled dot score *)
Definition scaled_dot_shared_variance (mu_k : R) (sigma_q : R) : R :=
  let Cov := mu_k ^ 2 * sigma_q ^ 2 in
  Cov.

(* part of the variance that moves the weights, ½ Var(e_i − e_j | q) averaged over q, the scaled dot score *)
Definition scaled_dot_difference_variance (mu_q : R) (sigma_q : R) (sigma_k : R) : R :=
  let Var_half := mu_q ^ 2 * sigma_k ^ 2 + sigma_k ^ 2 * sigma_q ^ 2 in
  Var_half.

(* numbers to learn, the scaled dot score *)
Definition scaled_dot_cost_parameters  : R :=
  let N := 0 in
  N.

(* multiplications with their additions, the scaled dot score *)
Definition scaled_dot_cost_multiply_adds (d n_k n_q : nat) : R :=
  let N := INR (d * n_k * n_q + n_k * n_q)%nat in
  N.

(* elements held while computing, result included, the scaled dot score *)
Definition scaled_dot_cost_memory (n_k n_q : nat) : R :=
  let N := INR n_k * INR n_q in
  N.
