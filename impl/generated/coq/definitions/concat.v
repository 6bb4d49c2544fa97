(* Printed from the derivations by nox -s generate; do not edit. *)
From Coq Require Import Reals Arith Bool.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* preactivation inside attention with the concat score *)
Definition concat_preactivation (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) : nat -> nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  z.

(* scores of every key against every query, the concat score *)
Definition concat_scores (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  e.

(* attention weights with the concat score *)
Definition concat_weights (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  alpha.

(* log-sum-exp of the logits with the concat score *)
Definition concat_lse (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) : nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let ell := fun i : nat => ln (sum n_k (fun l : nat => exp (e i l))) in
  ell.

(* context of attention with the concat score *)
Definition concat_context (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let c := fun i : nat => fun p : nat => sum n_k (fun j : nat => V j p * alpha i j) in
  c.

(* gradient of Σ grad_context·context with respect to weights, concat score *)
Definition concat_adjoint_weights (d_v n_k n_q : nat) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  alpha_bar.

(* row_dot, on the way to the gradients of Σ grad_context·context, concat score *)
Definition concat_adjoint_row_dot (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  rho.

(* gradient of Σ grad_context·context with respect to scores, concat score *)
Definition concat_adjoint_scores (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  e_bar.

(* gradient of Σ grad_context·context with respect to preactivation, concat score *)
Definition concat_adjoint_preactivation (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  z_bar.

(* gradient of Σ grad_context·context with respect to query, concat score *)
Definition concat_adjoint_query (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W a r * z_bar i j a)) in
  q_bar.

(* gradient of Σ grad_context·context with respect to key, concat score *)
Definition concat_adjoint_key (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W a (d_q + f)%nat * z_bar i j a)) in
  k_bar.

(* gradient of Σ grad_context·context with respect to weight_concat, concat score *)
Definition concat_adjoint_weight_concat (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let W_bar := fun at_0 : nat => fun at_1 : nat => if Nat.leb d_q at_1 then let a := at_0 in let f := (at_1 - d_q)%nat in sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) else (let a := at_0 in let r := at_1 in sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a))) in
  W_bar.

(* gradient of Σ grad_context·context with respect to v, concat score *)
Definition concat_adjoint_v (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) (c_bar : nat -> nat -> R) : nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let e_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  v_bar.

(* gradient of Σ grad_context·context with respect to value, concat score *)
Definition concat_adjoint_value (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (c_bar : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  V_bar.

(* gradient of Σ grad_scores·scores with respect to preactivation, concat score *)
Definition concat_scores_adjoint_preactivation (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (e_bar : nat -> nat -> R) : nat -> nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  z_bar.

(* gradient of Σ grad_scores·scores with respect to query, concat score *)
Definition concat_scores_adjoint_query (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (e_bar : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W a r * z_bar i j a)) in
  q_bar.

(* gradient of Σ grad_scores·scores with respect to key, concat score *)
Definition concat_scores_adjoint_key (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (e_bar : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W a (d_q + f)%nat * z_bar i j a)) in
  k_bar.

(* gradient of Σ grad_scores·scores with respect to weight_concat, concat score *)
Definition concat_scores_adjoint_weight_concat (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (e_bar : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let W_bar := fun at_0 : nat => fun at_1 : nat => if Nat.leb d_q at_1 then let a := at_0 in let f := (at_1 - d_q)%nat in sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) else (let a := at_0 in let r := at_1 in sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a))) in
  W_bar.

(* gradient of Σ grad_scores·scores with respect to v, concat score *)
Definition concat_scores_adjoint_v (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (e_bar : nat -> nat -> R) : nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  v_bar.

(* gradient of Σ grad_lse·lse with respect to scores, concat score *)
Definition concat_lse_adjoint_scores (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (ell_bar : nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  e_bar.

(* gradient of Σ grad_lse·lse with respect to preactivation, concat score *)
Definition concat_lse_adjoint_preactivation (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (ell_bar : nat -> R) : nat -> nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  z_bar.

(* gradient of Σ grad_lse·lse with respect to query, concat score *)
Definition concat_lse_adjoint_query (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (ell_bar : nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W a r * z_bar i j a)) in
  q_bar.

(* gradient of Σ grad_lse·lse with respect to key, concat score *)
Definition concat_lse_adjoint_key (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (ell_bar : nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W a (d_q + f)%nat * z_bar i j a)) in
  k_bar.

(* gradient of Σ grad_lse·lse with respect to weight_concat, concat score *)
Definition concat_lse_adjoint_weight_concat (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (ell_bar : nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let W_bar := fun at_0 : nat => fun at_1 : nat => if Nat.leb d_q at_1 then let a := at_0 in let f := (at_1 - d_q)%nat in sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) else (let a := at_0 in let r := at_1 in sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a))) in
  W_bar.

(* gradient of Σ grad_lse·lse with respect to v, concat score *)
Definition concat_lse_adjoint_v (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (ell_bar : nat -> R) : nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let e_bar := fun i : nat => fun j : nat => alpha i j * ell_bar i in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  v_bar.

(* directional derivative of preactivation when every input moves, for the concat score *)
Definition concat_tangent_preactivation (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (q_dot : nat -> nat -> R) (k_dot : nat -> nat -> R) (W_dot : nat -> nat -> R) : nat -> nat -> nat -> R :=
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k_dot j f) + sum d_q (fun r : nat => W a r * q_dot i r) + sum d_k (fun f : nat => W_dot a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W_dot a r * q i r) in
  z_dot.

(* directional derivative of scores when every input moves, for the concat score *)
Definition concat_tangent_scores (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (q_dot : nat -> nat -> R) (k_dot : nat -> nat -> R) (W_dot : nat -> nat -> R) (v_dot : nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k_dot j f) + sum d_q (fun r : nat => W a r * q_dot i r) + sum d_k (fun f : nat => W_dot a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  e_dot.

(* directional derivative of weights when every input moves, for the concat score *)
Definition concat_tangent_weights (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (q_dot : nat -> nat -> R) (k_dot : nat -> nat -> R) (W_dot : nat -> nat -> R) (v_dot : nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k_dot j f) + sum d_q (fun r : nat => W a r * q_dot i r) + sum d_k (fun f : nat => W_dot a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * e_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (e_dot i j - rho i) * alpha i j in
  alpha_dot.

(* directional derivative of lse when every input moves, for the concat score *)
Definition concat_tangent_lse (d_a d_k d_q n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (q_dot : nat -> nat -> R) (k_dot : nat -> nat -> R) (W_dot : nat -> nat -> R) (v_dot : nat -> R) : nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k_dot j f) + sum d_q (fun r : nat => W a r * q_dot i r) + sum d_k (fun f : nat => W_dot a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  let ell_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * e_dot i j) in
  ell_dot.

(* directional derivative of context when every input moves, for the concat score *)
Definition concat_tangent_context (d_a d_k d_q d_v n_k n_q : nat) (q : nat -> nat -> R) (k : nat -> nat -> R) (W : nat -> nat -> R) (v : nat -> R) (V : nat -> nat -> R) (q_dot : nat -> nat -> R) (k_dot : nat -> nat -> R) (W_dot : nat -> nat -> R) (v_dot : nat -> R) (V_dot : nat -> nat -> R) : nat -> nat -> R :=
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let alpha := fun i : nat => fun j : nat => exp (e i j) / sum n_k (fun l : nat => exp (e i l)) in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k_dot j f) + sum d_q (fun r : nat => W a r * q_dot i r) + sum d_k (fun f : nat => W_dot a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * e_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (e_dot i j - rho i) * alpha i j in
  let c_dot := fun i : nat => fun p : nat => sum n_k (fun j : nat => V j p * alpha_dot i j) + sum n_k (fun j : nat => V_dot j p * alpha i j) in
  c_dot.

(* variance of a score, v given, the concat score *)
Definition concat_variance (d_a : nat) (v : nat -> R) (T_tanh : R) : R :=
  let Var := T_tanh * sum d_a (fun a : nat => v a ^ 2) in
  Var.

(* variance of a score, v random too, the concat score *)
Definition concat_variance_random_v (d_a : nat) (sigma_v : R) (T_tanh : R) : R :=
  let Var := T_tanh * INR d_a * sigma_v ^ 2 in
  Var.

(* numbers to learn, the concat score *)
Definition concat_cost_parameters (d_a d_k d_q : nat) : R :=
  let N := INR (d_a * d_k + d_a * d_q + d_a)%nat in
  N.

(* multiplications with their additions, the concat score *)
Definition concat_cost_multiply_adds (d_a d_k d_q n_k n_q : nat) : R :=
  let N := INR (d_a * d_k * n_k + d_a * d_q * n_q + d_a * n_k * n_q)%nat in
  N.

(* additions of broadcast sums, the concat score *)
Definition concat_cost_additions (d_a n_k n_q : nat) : R :=
  let N := INR d_a * INR n_k * INR n_q in
  N.

(* evaluations of tanh, the concat score *)
Definition concat_cost_tanh (d_a n_k n_q : nat) : R :=
  let N := INR d_a * INR n_k * INR n_q in
  N.

(* elements held while computing, result included, the concat score *)
Definition concat_cost_memory (d_a n_k n_q : nat) : R :=
  let N := INR (d_a * n_k * n_q + d_a * n_k + d_a * n_q + n_k * n_q)%nat in
  N.
