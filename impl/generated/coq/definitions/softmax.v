(* Printed from the derivations by nox -s generate; do not edit. *)
From Coq Require Import Reals Arith Bool.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* softmax of each row *)
Definition softmax_weights (n_k n_q : nat) (t : nat -> nat -> R) : nat -> nat -> R :=
  let alpha := fun i : nat => fun j : nat => exp (t i j) / sum n_k (fun l : nat => exp (t i l)) in
  alpha.

(* log-sum-exp of each row *)
Definition softmax_lse (n_k n_q : nat) (t : nat -> nat -> R) : nat -> R :=
  let ell := fun i : nat => ln (sum n_k (fun l : nat => exp (t i l))) in
  ell.

(* Jacobian of softmax, ∂α[i,j]/∂t[i,l], and Hessian of the log-sum-exp *)
Definition softmax_jacobian (n_k n_q : nat) (t : nat -> nat -> R) : nat -> nat -> nat -> R :=
  let alpha := fun i : nat => fun j : nat => exp (t i j) / sum n_k (fun l : nat => exp (t i l)) in
  let J := fun i : nat => fun j : nat => fun l : nat => (delta j l - alpha i l) * alpha i j in
  J.

(* gradient of Σ grad_weights·weights needs row_dot, through softmax *)
Definition softmax_adjoint_row_dot (n_k n_q : nat) (t : nat -> nat -> R) (alpha_bar : nat -> nat -> R) : nat -> R :=
  let alpha := fun i : nat => fun j : nat => exp (t i j) / sum n_k (fun l : nat => exp (t i l)) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  rho.

(* gradient of Σ grad_weights·weights with respect to logits, through softmax *)
Definition softmax_adjoint_logits (n_k n_q : nat) (t : nat -> nat -> R) (alpha_bar : nat -> nat -> R) : nat -> nat -> R :=
  let alpha := fun i : nat => fun j : nat => exp (t i j) / sum n_k (fun l : nat => exp (t i l)) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun l : nat => (alpha_bar i l - rho i) * alpha i l in
  t_bar.

(* gradient of Σ grad_lse·lse with respect to logits *)
Definition softmax_lse_adjoint_logits (n_k n_q : nat) (t : nat -> nat -> R) (ell_bar : nat -> R) : nat -> nat -> R :=
  let alpha := fun i : nat => fun j : nat => exp (t i j) / sum n_k (fun l : nat => exp (t i l)) in
  let t_bar := fun i : nat => fun l : nat => alpha i l * ell_bar i in
  t_bar.

(* directional derivative of weights when every input moves, for the softmax *)
Definition softmax_tangent_weights (n_k n_q : nat) (t : nat -> nat -> R) (t_dot : nat -> nat -> R) : nat -> nat -> R :=
  let alpha := fun i : nat => fun j : nat => exp (t i j) / sum n_k (fun l : nat => exp (t i l)) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho i + t_dot i j) * alpha i j in
  alpha_dot.

(* directional derivative of lse when every input moves, for the log-sum-exp *)
Definition softmax_tangent_lse (n_k n_q : nat) (t : nat -> nat -> R) (t_dot : nat -> nat -> R) : nat -> R :=
  let alpha := fun i : nat => fun j : nat => exp (t i j) / sum n_k (fun l : nat => exp (t i l)) in
  let ell_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  ell_dot.
