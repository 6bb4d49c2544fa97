(* Printed from the derivations by nox -s generate; do not edit. *)
From Coq Require Import Reals Arith Bool.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* preactivation inside attention with the additive score *)
Definition additive_preactivation (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) : nat -> nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  z.

(* scores of every key against every query, the additive score *)
Definition additive_scores (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  e.

(* attention weights with the additive score *)
Definition additive_weights (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  alpha.

(* log-sum-exp of the logits with the additive score *)
Definition additive_lse (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) : nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let ell := fun i : nat => ln (sum n_k (fun l : nat => exp (e i l))) in
  ell.

(* context of attention with the additive score *)
Definition additive_context (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let c := fun i : nat => fun p : nat => sum n_k (fun j : nat => V j p * alpha i j) in
  c.

(* gradient of Σ grad_context·context with respect to weights, additive score *)
Definition additive_adjoint_weights (d_v n_k n_q : nat) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  alpha_bar.

(* row_dot, on the way to the gradients of Σ grad_context·context, additive score *)
Definition additive_adjoint_row_dot (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  rho.

(* gradient of Σ grad_context·context with respect to scores, additive score *)
Definition additive_adjoint_scores (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  e_bar.

(* gradient of Σ grad_context·context with respect to preactivation, additive score *)
Definition additive_adjoint_preactivation (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  z_bar.

(* gradient of Σ grad_context·context with respect to query, additive score *)
Definition additive_adjoint_query (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar i j a)) in
  q_bar.

(* gradient of Σ grad_context·context with respect to key, additive score *)
Definition additive_adjoint_key (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar i j a)) in
  k_bar.

(* gradient of Σ grad_context·context with respect to weight_query, additive score *)
Definition additive_adjoint_weight_query (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let W_s_bar := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a)) in
  W_s_bar.

(* gradient of Σ grad_context·context with respect to weight_key, additive score *)
Definition additive_adjoint_weight_key (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let W_h_bar := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) in
  W_h_bar.

(* gradient of Σ grad_context·context with respect to v, additive score *)
Definition additive_adjoint_v (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  v_bar.

(* gradient of Σ grad_context·context with respect to value, additive score *)
Definition additive_adjoint_value (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  V_bar.

(* gradient of Σ grad_scores·scores with respect to preactivation, additive score *)
Definition additive_scores_adjoint_preactivation (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (e_bar : nat -> nat -> R) : nat -> nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  z_bar.

(* gradient of Σ grad_scores·scores with respect to query, additive score *)
Definition additive_scores_adjoint_query (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (e_bar : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar i j a)) in
  q_bar.

(* gradient of Σ grad_scores·scores with respect to key, additive score *)
Definition additive_scores_adjoint_key (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (e_bar : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar i j a)) in
  k_bar.

(* gradient of Σ grad_scores·scores with respect to weight_query, additive score *)
Definition additive_scores_adjoint_weight_query (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (e_bar : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let W_s_bar := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a)) in
  W_s_bar.

(* gradient of Σ grad_scores·scores with respect to weight_key, additive score *)
Definition additive_scores_adjoint_weight_key (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (e_bar : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let W_h_bar := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) in
  W_h_bar.

(* gradient of Σ grad_scores·scores with respect to v, additive score *)
Definition additive_scores_adjoint_v (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (e_bar : nat -> nat -> R) : nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  v_bar.

(* gradient of Σ grad_lse·lse with respect to scores, additive score *)
Definition additive_lse_adjoint_scores (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (ell_bar : nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  e_bar.

(* gradient of Σ grad_lse·lse with respect to preactivation, additive score *)
Definition additive_lse_adjoint_preactivation (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (ell_bar : nat -> R) : nat -> nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  z_bar.

(* gradient of Σ grad_lse·lse with respect to query, additive score *)
Definition additive_lse_adjoint_query (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (ell_bar : nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar i j a)) in
  q_bar.

(* gradient of Σ grad_lse·lse with respect to key, additive score *)
Definition additive_lse_adjoint_key (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (ell_bar : nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar i j a)) in
  k_bar.

(* gradient of Σ grad_lse·lse with respect to weight_query, additive score *)
Definition additive_lse_adjoint_weight_query (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (ell_bar : nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let W_s_bar := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a)) in
  W_s_bar.

(* gradient of Σ grad_lse·lse with respect to weight_key, additive score *)
Definition additive_lse_adjoint_weight_key (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (ell_bar : nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let W_h_bar := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) in
  W_h_bar.

(* gradient of Σ grad_lse·lse with respect to v, additive score *)
Definition additive_lse_adjoint_v (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (ell_bar : nat -> R) : nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  v_bar.

(* directional derivative of preactivation when every input moves, for the additive score *)
Definition additive_tangent_preactivation (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (q_dot : nat -> nat -> R) (k_dot : nat -> nat -> R) (W_s_dot : nat -> nat -> R) (W_h_dot : nat -> nat -> R) : nat -> nat -> nat -> R :=
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k_dot j f) + sum d_k (fun f : nat => W_h_dot a f * k j f) + sum d_q (fun r : nat => W_s a r * q_dot i r) + sum d_q (fun r : nat => W_s_dot a r * q i r) in
  z_dot.

(* directional derivative of scores when every input moves, for the additive score *)
Definition additive_tangent_scores (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (q_dot : nat -> nat -> R) (k_dot : nat -> nat -> R) (W_s_dot : nat -> nat -> R) (W_h_dot : nat -> nat -> R) (v_dot : nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k_dot j f) + sum d_k (fun f : nat => W_h_dot a f * k j f) + sum d_q (fun r : nat => W_s a r * q_dot i r) + sum d_q (fun r : nat => W_s_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  e_dot.

(* directional derivative of weights when every input moves, for the additive score *)
Definition additive_tangent_weights (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (q_dot : nat -> nat -> R) (k_dot : nat -> nat -> R) (W_s_dot : nat -> nat -> R) (W_h_dot : nat -> nat -> R) (v_dot : nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k_dot j f) + sum d_k (fun f : nat => W_h_dot a f * k j f) + sum d_q (fun r : nat => W_s a r * q_dot i r) + sum d_q (fun r : nat => W_s_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * e_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (e_dot i j - rho i) * alpha i j in
  alpha_dot.

(* directional derivative of lse when every input moves, for the additive score *)
Definition additive_tangent_lse (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (q_dot : nat -> nat -> R) (k_dot : nat -> nat -> R) (W_s_dot : nat -> nat -> R) (W_h_dot : nat -> nat -> R) (v_dot : nat -> R) : nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k_dot j f) + sum d_k (fun f : nat => W_h_dot a f * k j f) + sum d_q (fun r : nat => W_s a r * q_dot i r) + sum d_q (fun r : nat => W_s_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  let ell_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * e_dot i j) in
  ell_dot.

(* directional derivative of context when every input moves, for the additive score *)
Definition additive_tangent_context (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W_s : nat -> nat -> R) (W_h : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) (q_dot : nat -> nat -> R) (k_dot : nat -> nat -> R) (W_s_dot : nat -> nat -> R) (W_h_dot : nat -> nat -> R) (v_dot : nat -> R) (V_dot : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k_dot j f) + sum d_k (fun f : nat => W_h_dot a f * k j f) + sum d_q (fun r : nat => W_s a r * q_dot i r) + sum d_q (fun r : nat => W_s_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * e_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (e_dot i j - rho i) * alpha i j in
  let c_dot := fun i : nat => fun p : nat => sum n_k (fun j : nat => V j p * alpha_dot i j) + sum n_k (fun j : nat => V_dot j p * alpha i j) in
  c_dot.

(* variance of a score, v given, the additive score *)
Definition additive_variance (d_a : nat) (v : nat -> R) (T_tanh : R) : R :=
  let Var := T_tanh * sum d_a (fun a : nat => v a ^ 2) in
  Var.

(* variance of a score, v random too, the additive score *)
Definition additive_variance_random_v (d_a : nat) (sigma_v : R) (T_tanh : R) : R :=
  let Var := T_tanh * INR d_a * sigma_v ^ 2 in
  Var.

(* numbers to learn, the additive score *)
Definition additive_cost_parameters (d_a d_k d_q : nat) : R :=
  let N := INR (d_a * d_k + d_a * d_q + d_a)%nat in
  N.

(* multiplications with their additions, the additive score *)
Definition additive_cost_multiply_adds (d_a d_k d_q n_k n_q : nat) : R :=
  let N := INR (d_a * d_k * n_k + d_a * d_q * n_q + d_a * n_k * n_q)%nat in
  N.

(* additions of broadcast sums, the additive score *)
Definition additive_cost_additions (d_a n_k n_q : nat) : R :=
  let N := INR d_a * INR n_k * INR n_q in
  N.

(* evaluations of tanh, the additive score *)
Definition additive_cost_tanh (d_a n_k n_q : nat) : R :=
  let N := INR d_a * INR n_k * INR n_q in
  N.

(* elements held while computing, result included, the additive score *)
Definition additive_cost_memory (d_a n_k n_q : nat) : R :=
  let N := INR (d_a * n_k * n_q + d_a * n_k + d_a * n_q + n_k * n_q)%nat in
  N.
