(* Printed from the derivations by nox -s generate; do not edit. *)
From Coq Require Import Reals Arith Bool.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* scores of every key against every query, the bilinear score *)
Definition bilinear_scores (d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  e.

(* attention weights with the bilinear score *)
Definition bilinear_weights (d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  alpha.

(* log-sum-exp of the logits with the bilinear score *)
Definition bilinear_lse (d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) : nat -> R :=
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let ell := fun i : nat => ln (sum n_k (fun l : nat => exp (e i l))) in
  ell.

(* context of attention with the bilinear score *)
Definition bilinear_context (d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (V : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let c := fun i : nat => fun p : nat => sum n_k (fun j : nat => V j p * alpha i j) in
  c.

(* gradient of Σ grad_context·context with respect to weights, bilinear score *)
Definition bilinear_adjoint_weights (d_v n_k n_q : nat) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  alpha_bar.

(* row_dot, on the way to the gradients of Σ grad_context·context, bilinear score *)
Definition bilinear_adjoint_row_dot (d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> R :=
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  rho.

(* gradient of Σ grad_context·context with respect to scores, bilinear score *)
Definition bilinear_adjoint_scores (d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  e_bar.

(* gradient of Σ grad_context·context with respect to query, bilinear score *)
Definition bilinear_adjoint_query (d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let q_bar := fun i : nat => fun r : nat => sum d_k (fun f : nat => sum n_k (fun j : nat => W r f * e_bar i j * k j f)) in
  q_bar.

(* gradient of Σ grad_context·context with respect to key, bilinear score *)
Definition bilinear_adjoint_key (d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let k_bar := fun j : nat => fun f : nat => sum d_q (fun r : nat => sum n_q (fun i : nat => W r f * e_bar i j * q i r)) in
  k_bar.

(* gradient of Σ grad_context·context with respect to weight, bilinear score *)
Definition bilinear_adjoint_weight (d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let W_bar := fun r : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k j f * q i r)) in
  W_bar.

(* gradient of Σ grad_context·context with respect to value, bilinear score *)
Definition bilinear_adjoint_value (d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  V_bar.

(* gradient of Σ grad_scores·scores with respect to query, bilinear score *)
Definition bilinear_scores_adjoint_query (d_k d_q n_k n_q : nat) (k : nat -> nat -> R) (W : nat -> nat -> R) (e_bar : nat -> nat -> R) : nat -> nat -> R :=
  let q_bar := fun i : nat => fun r : nat => sum d_k (fun f : nat => sum n_k (fun j : nat => W r f * e_bar i j * k j f)) in
  q_bar.

(* gradient of Σ grad_scores·scores with respect to key, bilinear score *)
Definition bilinear_scores_adjoint_key (d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (W : nat -> nat -> R) (e_bar : nat -> nat -> R) : nat -> nat -> R :=
  let k_bar := fun j : nat => fun f : nat => sum d_q (fun r : nat => sum n_q (fun i : nat => W r f * e_bar i j * q i r)) in
  k_bar.

(* gradient of Σ grad_scores·scores with respect to weight, bilinear score *)
Definition bilinear_scores_adjoint_weight (d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (e_bar : nat -> nat -> R) : nat -> nat -> R :=
  let W_bar := fun r : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k j f * q i r)) in
  W_bar.

(* gradient of Σ grad_lse·lse with respect to scores, bilinear score *)
Definition bilinear_lse_adjoint_scores (d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (ell_bar : nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  e_bar.

(* gradient of Σ grad_lse·lse with respect to query, bilinear score *)
Definition bilinear_lse_adjoint_query (d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (ell_bar : nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  let q_bar := fun i : nat => fun r : nat => sum d_k (fun f : nat => sum n_k (fun j : nat => W r f * e_bar i j * k j f)) in
  q_bar.

(* gradient of Σ grad_lse·lse with respect to key, bilinear score *)
Definition bilinear_lse_adjoint_key (d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (ell_bar : nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  let k_bar := fun j : nat => fun f : nat => sum d_q (fun r : nat => sum n_q (fun i : nat => W r f * e_bar i j * q i r)) in
  k_bar.

(* gradient of Σ grad_lse·lse with respect to weight, bilinear score *)
Definition bilinear_lse_adjoint_weight (d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (ell_bar : nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  let W_bar := fun r : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k j f * q i r)) in
  W_bar.

(* directional derivative of scores when every input moves, for the bilinear score *)
Definition bilinear_tangent_scores (d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (q_dot : nat -> nat -> R) (k_dot : nat -> nat -> R) (W_dot : nat -> nat -> R) : nat -> nat -> R :=
  let e_dot := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q_dot i r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k_dot j f * q i r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_dot r f * k j f * q i r)) in
  e_dot.

(* directional derivative of weights when every input moves, for the bilinear score *)
Definition bilinear_tangent_weights (d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (q_dot : nat -> nat -> R) (k_dot : nat -> nat -> R) (W_dot : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_dot := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q_dot i r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k_dot j f * q i r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_dot r f * k j f * q i r)) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * e_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (e_dot i j - rho i) * alpha i j in
  alpha_dot.

(* directional derivative of lse when every input moves, for the bilinear score *)
Definition bilinear_tangent_lse (d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (q_dot : nat -> nat -> R) (k_dot : nat -> nat -> R) (W_dot : nat -> nat -> R) : nat -> R :=
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_dot := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q_dot i r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k_dot j f * q i r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_dot r f * k j f * q i r)) in
  let ell_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * e_dot i j) in
  ell_dot.

(* directional derivative of context when every input moves, for the bilinear score *)
Definition bilinear_tangent_context (d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (V : nat -> nat -> R) (q_dot : nat -> nat -> R) (k_dot : nat -> nat -> R) (W_dot : nat -> nat -> R) (V_dot : nat -> nat -> R) : nat -> nat -> R :=
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_dot := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q_dot i r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k_dot j f * q i r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_dot r f * k j f * q i r)) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * e_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (e_dot i j - rho i) * alpha i j in
  let c_dot := fun i : nat => fun p : nat => sum n_k (fun j : nat => V j p * alpha_dot i j) + sum n_k (fun j : nat => V_dot j p * alpha i j) in
  c_dot.

(* variance of a score, the bilinear score *)
Definition bilinear_variance (d_k d_q : nat) (mu_q : R) (mu_k : R) (sigma_q : R) (sigma_k : R) (sigma_W : R) : R :=
  let Var := INR d_k * INR d_q * sigma_W ^ 2 * (mu_k ^ 2 + sigma_k ^ 2) * (mu_q ^ 2 + sigma_q ^ 2) in
  Var.

(* part of the variance that all keys share and softmax drops, Var(E[e | q, W]), the bilinear score *)
Definition bilinear_shared_variance (d_k d_q : nat) (mu_q : R) (mu_k : R) (sigma_q : R) (sigma_W : R) : R :=
  let Cov := INR d_k * INR d_q * mu_k ^ 2 * sigma_W ^ 2 * (mu_q ^ 2 + sigma_q ^ 2) in
  Cov.

(* numbers to learn, the bilinear score *)
Definition bilinear_cost_parameters (d_k d_q : nat) : R :=
  let N := INR d_k * INR d_q in
  N.

(* multiplications with their additions, the bilinear score *)
Definition bilinear_cost_multiply_adds (d_k d_q n_k n_q : nat) : R :=
  let N := INR (d_k * d_q * n_q + d_k * n_k * n_q)%nat in
  N.

(* elements held while computing, result included, the bilinear score *)
Definition bilinear_cost_memory (d_k n_k n_q : nat) : R :=
  let N := INR (d_k * n_q + n_k * n_q)%nat in
  N.
