(* S6. Printed from derivations/statements/s6.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the dot score: its gradient *)
Definition dot_score : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall e_bar : nat -> nat -> R,
  let q_bar := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k j r) in
  let k_bar := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q i r) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let e_moved := fun i : nat => fun j : nat => sum d (fun r : nat => k_moved j r * q_moved i r) in
  sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * e_moved i j))) 0 (sum d (fun r : nat => sum n_k (fun j : nat => k_bar j r * k_dot j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* the dot score: Hessian-vector products *)
Definition dot_score_twice : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall e_bar : nat -> nat -> R,
  let q_bar_dot := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k_dot j r) in
  let k_bar_dot := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q_dot i r) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let q_bar_moved := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k_moved j r) in
  let k_bar_moved := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q_moved i r) in
  sum d (fun r : nat => sum n_k (fun j : nat => k_bar_moved j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (sum d (fun r : nat => sum n_k (fun j : nat => k_bar_dot j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* the scaled dot score: its gradient *)
Definition scaled_dot_score : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall e_bar : nat -> nat -> R,
  let q_bar := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k j r) / sqrt (INR d) in
  let k_bar := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q i r) / sqrt (INR d) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let e_moved := fun i : nat => fun j : nat => sum d (fun r : nat => k_moved j r * q_moved i r) / sqrt (INR d) in
  sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * e_moved i j))) 0 (sum d (fun r : nat => sum n_k (fun j : nat => k_bar j r * k_dot j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* the scaled dot score: Hessian-vector products *)
Definition scaled_dot_score_twice : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall e_bar : nat -> nat -> R,
  let q_bar_dot := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k_dot j r) / sqrt (INR d) in
  let k_bar_dot := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q_dot i r) / sqrt (INR d) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let q_bar_moved := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k_moved j r) / sqrt (INR d) in
  let k_bar_moved := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q_moved i r) / sqrt (INR d) in
  sum d (fun r : nat => sum n_k (fun j : nat => k_bar_moved j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (sum d (fun r : nat => sum n_k (fun j : nat => k_bar_dot j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* the bilinear score: its gradient *)
Definition bilinear_score : Prop :=
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall e_bar : nat -> nat -> R,
  let q_bar := fun i : nat => fun r : nat => sum d_k (fun f : nat => sum n_k (fun j : nat => W r f * e_bar i j * k j f)) in
  let k_bar := fun j : nat => fun f : nat => sum d_q (fun r : nat => sum n_q (fun i : nat => W r f * e_bar i j * q i r)) in
  let W_bar := fun r : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k j f * q i r)) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let e_moved := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W_moved r f * k_moved j f * q_moved i r)) in
  sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * e_moved i j))) 0 (sum d_k (fun f : nat => sum d_q (fun r : nat => W_bar r f * W_dot r f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* the bilinear score: Hessian-vector products *)
Definition bilinear_score_twice : Prop :=
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_seed : nat -> nat -> R,
  forall e_bar : nat -> nat -> R,
  let q_bar_dot := fun i : nat => fun r : nat => sum d_k (fun f : nat => sum n_k (fun j : nat => W r f * e_bar i j * k_dot j f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => W_dot r f * e_bar i j * k j f)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_q (fun r : nat => sum n_q (fun i : nat => W r f * e_bar i j * q_dot i r)) + sum d_q (fun r : nat => sum n_q (fun i : nat => W_dot r f * e_bar i j * q i r)) in
  let W_bar_dot := fun r : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k j f * q_dot i r)) + sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k_dot j f * q i r)) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_k (fun f : nat => sum n_k (fun j : nat => W_moved r f * e_bar i j * k_moved j f)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_q (fun r : nat => sum n_q (fun i : nat => W_moved r f * e_bar i j * q_moved i r)) in
  let W_bar_moved := fun r : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k_moved j f * q_moved i r)) in
  sum d_k (fun f : nat => sum d_q (fun r : nat => W_bar_moved r f * W_seed r f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (sum d_k (fun f : nat => sum d_q (fun r : nat => W_bar_dot r f * W_seed r f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* the additive score: its gradient *)
Definition additive_score : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall e_bar : nat -> nat -> R,
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar i j a)) in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar i j a)) in
  let W_s_bar := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a)) in
  let W_h_bar := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * e_moved i j))) 0 (sum d_a (fun a : nat => v_bar a * v_dot a) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar a f * W_h_dot a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar a r * W_s_dot a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* the additive score: Hessian-vector products *)
Definition additive_score_twice : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_s_seed : nat -> nat -> R,
  forall W_h_seed : nat -> nat -> R,
  forall v_seed : nat -> R,
  forall e_bar : nat -> nat -> R,
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k_dot j f) + sum d_k (fun f : nat => W_h_dot a f * k j f) + sum d_q (fun r : nat => W_s a r * q_dot i r) + sum d_q (fun r : nat => W_s_dot a r * q i r) in
  let z_bar_dot := fun i : nat => fun j : nat => fun a : nat => (- (2 * tanh (z i j a) * v a * z_dot i j a) + v_dot a) * sech (z i j a) ^ 2 * e_bar i j in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_dot a r * z_bar i j a)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_dot a f * z_bar i j a)) in
  let W_s_bar_dot := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => q_dot i r * z_bar i j a)) in
  let W_h_bar_dot := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => k_dot j f * z_bar i j a)) in
  let v_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => sech (z i j a) ^ 2 * e_bar i j * z_dot i j a)) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let z_bar_moved := fun i : nat => fun j : nat => fun a : nat => sech (z_moved i j a) ^ 2 * e_bar i j * v_moved a in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_moved a r * z_bar_moved i j a)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_moved a f * z_bar_moved i j a)) in
  let W_s_bar_moved := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q_moved i r * z_bar_moved i j a)) in
  let W_h_bar_moved := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k_moved j f * z_bar_moved i j a)) in
  let v_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z_moved i j a) * e_bar i j)) in
  sum d_a (fun a : nat => v_bar_moved a * v_seed a) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_moved a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_moved a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (sum d_a (fun a : nat => v_bar_dot a * v_seed a) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_dot a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_dot a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* the concat score: its gradient *)
Definition concat_score : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall v : nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall e_bar : nat -> nat -> R,
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W a r * z_bar i j a)) in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W a (d_q + f)%nat * z_bar i j a)) in
  let W_bar := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a)) in
  let W_bar_2 := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_moved a (d_q + f)%nat * k_moved j f) + sum d_q (fun r : nat => W_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * e_moved i j))) 0 (sum d_a (fun a : nat => v_bar a * v_dot a) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_bar a r * W_dot a r)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_bar_2 a f * W_dot a (d_q + f)%nat)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* the concat score: Hessian-vector products *)
Definition concat_score_twice : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall v : nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_seed : nat -> nat -> R,
  forall v_seed : nat -> R,
  forall e_bar : nat -> nat -> R,
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k_dot j f) + sum d_q (fun r : nat => W a r * q_dot i r) + sum d_k (fun f : nat => W_dot a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W_dot a r * q i r) in
  let z_bar_dot := fun i : nat => fun j : nat => fun a : nat => (- (2 * tanh (z i j a) * v a * z_dot i j a) + v_dot a) * sech (z i j a) ^ 2 * e_bar i j in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W a r * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_k (fun j : nat => W_dot a r * z_bar i j a)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W a (d_q + f)%nat * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_q (fun i : nat => W_dot a (d_q + f)%nat * z_bar i j a)) in
  let W_bar_dot := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => q_dot i r * z_bar i j a)) in
  let W_bar_dot_2 := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => k_dot j f * z_bar i j a)) in
  let v_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => sech (z i j a) ^ 2 * e_bar i j * z_dot i j a)) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_moved a (d_q + f)%nat * k_moved j f) + sum d_q (fun r : nat => W_moved a r * q_moved i r) in
  let z_bar_moved := fun i : nat => fun j : nat => fun a : nat => sech (z_moved i j a) ^ 2 * e_bar i j * v_moved a in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_moved a r * z_bar_moved i j a)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_moved a (d_q + f)%nat * z_bar_moved i j a)) in
  let W_bar_moved := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q_moved i r * z_bar_moved i j a)) in
  let W_bar_2_moved := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k_moved j f * z_bar_moved i j a)) in
  let v_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z_moved i j a) * e_bar i j)) in
  sum d_a (fun a : nat => v_bar_moved a * v_seed a) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_bar_2_moved a f * W_seed a (d_q + f)%nat)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_bar_moved a r * W_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (sum d_a (fun a : nat => v_bar_dot a * v_seed a) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_bar_dot a r * W_seed a r)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_bar_dot_2 a f * W_seed a (d_q + f)%nat)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* the additive score, a bias inside tanh: its gradient *)
Definition additive_with_bias_score : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall b : nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall b_dot : nat -> R,
  forall e_bar : nat -> nat -> R,
  let z := fun i : nat => fun j : nat => fun a : nat => b a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar i j a)) in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar i j a)) in
  let W_s_bar := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a)) in
  let W_h_bar := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  let b_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => z_bar i j a)) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let b_moved := fun x : nat => h * b_dot x + b x in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => b_moved a + sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * e_moved i j))) 0 (sum d_a (fun a : nat => b_bar a * b_dot a) + sum d_a (fun a : nat => v_bar a * v_dot a) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar a f * W_h_dot a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar a r * W_s_dot a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* the additive score, a bias inside tanh: Hessian-vector products *)
Definition additive_with_bias_score_twice : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall b : nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall b_dot : nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_s_seed : nat -> nat -> R,
  forall W_h_seed : nat -> nat -> R,
  forall v_seed : nat -> R,
  forall b_seed : nat -> R,
  forall e_bar : nat -> nat -> R,
  let z := fun i : nat => fun j : nat => fun a : nat => b a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => b_dot a + sum d_k (fun f : nat => W_h a f * k_dot j f) + sum d_k (fun f : nat => W_h_dot a f * k j f) + sum d_q (fun r : nat => W_s a r * q_dot i r) + sum d_q (fun r : nat => W_s_dot a r * q i r) in
  let z_bar_dot := fun i : nat => fun j : nat => fun a : nat => (- (2 * tanh (z i j a) * v a * z_dot i j a) + v_dot a) * sech (z i j a) ^ 2 * e_bar i j in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_dot a r * z_bar i j a)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_dot a f * z_bar i j a)) in
  let W_s_bar_dot := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => q_dot i r * z_bar i j a)) in
  let W_h_bar_dot := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => k_dot j f * z_bar i j a)) in
  let v_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => sech (z i j a) ^ 2 * e_bar i j * z_dot i j a)) in
  let b_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => z_bar_dot i j a)) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let b_moved := fun x : nat => h * b_dot x + b x in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => b_moved a + sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let z_bar_moved := fun i : nat => fun j : nat => fun a : nat => sech (z_moved i j a) ^ 2 * e_bar i j * v_moved a in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_moved a r * z_bar_moved i j a)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_moved a f * z_bar_moved i j a)) in
  let W_s_bar_moved := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q_moved i r * z_bar_moved i j a)) in
  let W_h_bar_moved := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k_moved j f * z_bar_moved i j a)) in
  let v_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z_moved i j a) * e_bar i j)) in
  let b_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => z_bar_moved i j a)) in
  sum d_a (fun a : nat => b_bar_moved a * b_seed a) + sum d_a (fun a : nat => v_bar_moved a * v_seed a) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_moved a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_moved a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (sum d_a (fun a : nat => b_bar_dot a * b_seed a) + sum d_a (fun a : nat => v_bar_dot a * v_seed a) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_dot a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_dot a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the dot score, no options, any keys masked: its gradient *)
Definition dot_layer : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let q_bar := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k j r) in
  let k_bar := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q i r) in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d (fun r : nat => k_moved j r * q_moved i r) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar j r * k_dot j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the dot score, no options: Hessian-vector products *)
Definition dot_layer_twice : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let e_dot := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q_dot i r) + sum d (fun r : nat => k_dot j r * q i r) in
  let u_dot := fun i : nat => fun j : nat => e_dot i j in
  let t_dot := fun i : nat => fun j : nat => u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => u_bar_dot i j in
  let q_bar_dot := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k_dot j r) + sum n_k (fun j : nat => e_bar_dot i j * k j r) in
  let k_bar_dot := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q_dot i r) + sum n_q (fun i : nat => e_bar_dot i j * q i r) in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d (fun r : nat => k_moved j r * q_moved i r) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => u_bar_moved i j in
  let q_bar_moved := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar_moved i j * k_moved j r) in
  let k_bar_moved := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar_moved i j * q_moved i r) in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar_moved j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar_dot j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the dot score, softcap, any keys masked: its gradient *)
Definition dot_with_softcap_layer : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall kappa : R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall kappa_dot : R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let q_bar := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k j r) in
  let k_bar := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q i r) in
  let kappa_bar := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar i j)) in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let kappa_moved := h * kappa_dot + kappa in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d (fun r : nat => k_moved j r * q_moved i r) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (kappa_bar * kappa_dot + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar j r * k_dot j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the dot score, softcap: Hessian-vector products *)
Definition dot_with_softcap_layer_twice : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall kappa : R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall kappa_dot : R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall kappa_seed : R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let e_dot := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q_dot i r) + sum d (fun r : nat => k_dot j r * q i r) in
  let u_dot := fun i : nat => fun j : nat => kappa_dot * (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) + sech (e i j / kappa) ^ 2 * e_dot i j in
  let t_dot := fun i : nat => fun j : nat => u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => (u_bar_dot i j - 2 * tanh (e i j / kappa) * e_dot i j * u_bar i j / kappa + 2 * kappa_dot * tanh (e i j / kappa) * e i j * u_bar i j / kappa ^ 2) * sech (e i j / kappa) ^ 2 in
  let q_bar_dot := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k_dot j r) + sum n_k (fun j : nat => e_bar_dot i j * k j r) in
  let k_bar_dot := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q_dot i r) + sum n_q (fun i : nat => e_bar_dot i j * q i r) in
  let kappa_bar_dot := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar_dot i j)) + 2 * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j * e_dot i j * u_bar i j)) / kappa ^ 2 - 2 * kappa_dot * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j ^ 2 * u_bar i j)) / kappa ^ 3 in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let kappa_moved := h * kappa_dot + kappa in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d (fun r : nat => k_moved j r * q_moved i r) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => sech (e_moved i j / kappa_moved) ^ 2 * u_bar_moved i j in
  let q_bar_moved := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar_moved i j * k_moved j r) in
  let k_bar_moved := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar_moved i j * q_moved i r) in
  let kappa_bar_moved := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e_moved i j / kappa_moved) - sech (e_moved i j / kappa_moved) ^ 2 * e_moved i j / kappa_moved) * u_bar_moved i j)) in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  kappa_bar_moved * kappa_seed + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar_moved j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (kappa_bar_dot * kappa_seed + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar_dot j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the dot score, bias, any keys masked: its gradient *)
Definition dot_with_bias_layer : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let q_bar := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k j r) in
  let k_bar := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q i r) in
  let B_bar := fun i : nat => fun j : nat => t_bar i j in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d (fun r : nat => k_moved j r * q_moved i r) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar i j * B_dot i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar j r * k_dot j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the dot score, bias: Hessian-vector products *)
Definition dot_with_bias_layer_twice : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall B_seed : nat -> nat -> R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let e_dot := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q_dot i r) + sum d (fun r : nat => k_dot j r * q i r) in
  let u_dot := fun i : nat => fun j : nat => e_dot i j in
  let t_dot := fun i : nat => fun j : nat => B_dot i j + u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => u_bar_dot i j in
  let q_bar_dot := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k_dot j r) + sum n_k (fun j : nat => e_bar_dot i j * k j r) in
  let k_bar_dot := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q_dot i r) + sum n_q (fun i : nat => e_bar_dot i j * q i r) in
  let B_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d (fun r : nat => k_moved j r * q_moved i r) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => u_bar_moved i j in
  let q_bar_moved := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar_moved i j * k_moved j r) in
  let k_bar_moved := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar_moved i j * q_moved i r) in
  let B_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_moved i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar_moved j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_dot i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar_dot j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the dot score, softcap, bias, any keys masked: its gradient *)
Definition dot_with_softcap_with_bias_layer : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall kappa : R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall kappa_dot : R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let q_bar := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k j r) in
  let k_bar := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q i r) in
  let kappa_bar := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar i j)) in
  let B_bar := fun i : nat => fun j : nat => t_bar i j in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let kappa_moved := h * kappa_dot + kappa in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d (fun r : nat => k_moved j r * q_moved i r) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (kappa_bar * kappa_dot + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar i j * B_dot i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar j r * k_dot j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the dot score, softcap, bias: Hessian-vector products *)
Definition dot_with_softcap_with_bias_layer_twice : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall kappa : R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall kappa_dot : R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall kappa_seed : R,
  forall B_seed : nat -> nat -> R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let e_dot := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q_dot i r) + sum d (fun r : nat => k_dot j r * q i r) in
  let u_dot := fun i : nat => fun j : nat => kappa_dot * (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) + sech (e i j / kappa) ^ 2 * e_dot i j in
  let t_dot := fun i : nat => fun j : nat => B_dot i j + u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => (u_bar_dot i j - 2 * tanh (e i j / kappa) * e_dot i j * u_bar i j / kappa + 2 * kappa_dot * tanh (e i j / kappa) * e i j * u_bar i j / kappa ^ 2) * sech (e i j / kappa) ^ 2 in
  let q_bar_dot := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k_dot j r) + sum n_k (fun j : nat => e_bar_dot i j * k j r) in
  let k_bar_dot := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q_dot i r) + sum n_q (fun i : nat => e_bar_dot i j * q i r) in
  let kappa_bar_dot := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar_dot i j)) + 2 * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j * e_dot i j * u_bar i j)) / kappa ^ 2 - 2 * kappa_dot * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j ^ 2 * u_bar i j)) / kappa ^ 3 in
  let B_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let kappa_moved := h * kappa_dot + kappa in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d (fun r : nat => k_moved j r * q_moved i r) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => sech (e_moved i j / kappa_moved) ^ 2 * u_bar_moved i j in
  let q_bar_moved := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar_moved i j * k_moved j r) in
  let k_bar_moved := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar_moved i j * q_moved i r) in
  let kappa_bar_moved := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e_moved i j / kappa_moved) - sech (e_moved i j / kappa_moved) ^ 2 * e_moved i j / kappa_moved) * u_bar_moved i j)) in
  let B_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  kappa_bar_moved * kappa_seed + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_moved i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar_moved j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (kappa_bar_dot * kappa_seed + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_dot i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar_dot j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the scaled dot score, no options, any keys masked: its gradient *)
Definition scaled_dot_layer : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let q_bar := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k j r) / sqrt (INR d) in
  let k_bar := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q i r) / sqrt (INR d) in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d (fun r : nat => k_moved j r * q_moved i r) / sqrt (INR d) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar j r * k_dot j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the scaled dot score, no options: Hessian-vector products *)
Definition scaled_dot_layer_twice : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let e_dot := fun i : nat => fun j : nat => (sum d (fun r : nat => k j r * q_dot i r) + sum d (fun r : nat => k_dot j r * q i r)) / sqrt (INR d) in
  let u_dot := fun i : nat => fun j : nat => e_dot i j in
  let t_dot := fun i : nat => fun j : nat => u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => u_bar_dot i j in
  let q_bar_dot := fun i : nat => fun r : nat => (sum n_k (fun j : nat => e_bar i j * k_dot j r) + sum n_k (fun j : nat => e_bar_dot i j * k j r)) / sqrt (INR d) in
  let k_bar_dot := fun j : nat => fun r : nat => (sum n_q (fun i : nat => e_bar i j * q_dot i r) + sum n_q (fun i : nat => e_bar_dot i j * q i r)) / sqrt (INR d) in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d (fun r : nat => k_moved j r * q_moved i r) / sqrt (INR d) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => u_bar_moved i j in
  let q_bar_moved := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar_moved i j * k_moved j r) / sqrt (INR d) in
  let k_bar_moved := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar_moved i j * q_moved i r) / sqrt (INR d) in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar_moved j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar_dot j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the scaled dot score, softcap, any keys masked: its gradient *)
Definition scaled_dot_with_softcap_layer : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall kappa : R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall kappa_dot : R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let q_bar := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k j r) / sqrt (INR d) in
  let k_bar := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q i r) / sqrt (INR d) in
  let kappa_bar := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar i j)) in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let kappa_moved := h * kappa_dot + kappa in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d (fun r : nat => k_moved j r * q_moved i r) / sqrt (INR d) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (kappa_bar * kappa_dot + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar j r * k_dot j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the scaled dot score, softcap: Hessian-vector products *)
Definition scaled_dot_with_softcap_layer_twice : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall kappa : R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall kappa_dot : R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall kappa_seed : R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let e_dot := fun i : nat => fun j : nat => (sum d (fun r : nat => k j r * q_dot i r) + sum d (fun r : nat => k_dot j r * q i r)) / sqrt (INR d) in
  let u_dot := fun i : nat => fun j : nat => kappa_dot * (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) + sech (e i j / kappa) ^ 2 * e_dot i j in
  let t_dot := fun i : nat => fun j : nat => u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => (u_bar_dot i j - 2 * tanh (e i j / kappa) * e_dot i j * u_bar i j / kappa + 2 * kappa_dot * tanh (e i j / kappa) * e i j * u_bar i j / kappa ^ 2) * sech (e i j / kappa) ^ 2 in
  let q_bar_dot := fun i : nat => fun r : nat => (sum n_k (fun j : nat => e_bar i j * k_dot j r) + sum n_k (fun j : nat => e_bar_dot i j * k j r)) / sqrt (INR d) in
  let k_bar_dot := fun j : nat => fun r : nat => (sum n_q (fun i : nat => e_bar i j * q_dot i r) + sum n_q (fun i : nat => e_bar_dot i j * q i r)) / sqrt (INR d) in
  let kappa_bar_dot := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar_dot i j)) + 2 * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j * e_dot i j * u_bar i j)) / kappa ^ 2 - 2 * kappa_dot * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j ^ 2 * u_bar i j)) / kappa ^ 3 in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let kappa_moved := h * kappa_dot + kappa in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d (fun r : nat => k_moved j r * q_moved i r) / sqrt (INR d) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => sech (e_moved i j / kappa_moved) ^ 2 * u_bar_moved i j in
  let q_bar_moved := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar_moved i j * k_moved j r) / sqrt (INR d) in
  let k_bar_moved := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar_moved i j * q_moved i r) / sqrt (INR d) in
  let kappa_bar_moved := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e_moved i j / kappa_moved) - sech (e_moved i j / kappa_moved) ^ 2 * e_moved i j / kappa_moved) * u_bar_moved i j)) in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  kappa_bar_moved * kappa_seed + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar_moved j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (kappa_bar_dot * kappa_seed + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar_dot j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the scaled dot score, bias, any keys masked: its gradient *)
Definition scaled_dot_with_bias_layer : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let q_bar := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k j r) / sqrt (INR d) in
  let k_bar := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q i r) / sqrt (INR d) in
  let B_bar := fun i : nat => fun j : nat => t_bar i j in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d (fun r : nat => k_moved j r * q_moved i r) / sqrt (INR d) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar i j * B_dot i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar j r * k_dot j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the scaled dot score, bias: Hessian-vector products *)
Definition scaled_dot_with_bias_layer_twice : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall B_seed : nat -> nat -> R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let e_dot := fun i : nat => fun j : nat => (sum d (fun r : nat => k j r * q_dot i r) + sum d (fun r : nat => k_dot j r * q i r)) / sqrt (INR d) in
  let u_dot := fun i : nat => fun j : nat => e_dot i j in
  let t_dot := fun i : nat => fun j : nat => B_dot i j + u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => u_bar_dot i j in
  let q_bar_dot := fun i : nat => fun r : nat => (sum n_k (fun j : nat => e_bar i j * k_dot j r) + sum n_k (fun j : nat => e_bar_dot i j * k j r)) / sqrt (INR d) in
  let k_bar_dot := fun j : nat => fun r : nat => (sum n_q (fun i : nat => e_bar i j * q_dot i r) + sum n_q (fun i : nat => e_bar_dot i j * q i r)) / sqrt (INR d) in
  let B_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d (fun r : nat => k_moved j r * q_moved i r) / sqrt (INR d) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => u_bar_moved i j in
  let q_bar_moved := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar_moved i j * k_moved j r) / sqrt (INR d) in
  let k_bar_moved := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar_moved i j * q_moved i r) / sqrt (INR d) in
  let B_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_moved i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar_moved j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_dot i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar_dot j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the scaled dot score, softcap, bias, any keys masked: its gradient *)
Definition scaled_dot_with_softcap_with_bias_layer : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall kappa : R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall kappa_dot : R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let q_bar := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar i j * k j r) / sqrt (INR d) in
  let k_bar := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar i j * q i r) / sqrt (INR d) in
  let kappa_bar := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar i j)) in
  let B_bar := fun i : nat => fun j : nat => t_bar i j in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let kappa_moved := h * kappa_dot + kappa in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d (fun r : nat => k_moved j r * q_moved i r) / sqrt (INR d) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (kappa_bar * kappa_dot + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar i j * B_dot i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar j r * k_dot j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the scaled dot score, softcap, bias: Hessian-vector products *)
Definition scaled_dot_with_softcap_with_bias_layer_twice : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall kappa : R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall kappa_dot : R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall kappa_seed : R,
  forall B_seed : nat -> nat -> R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d (fun r : nat => k j r * q i r) / sqrt (INR d) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let e_dot := fun i : nat => fun j : nat => (sum d (fun r : nat => k j r * q_dot i r) + sum d (fun r : nat => k_dot j r * q i r)) / sqrt (INR d) in
  let u_dot := fun i : nat => fun j : nat => kappa_dot * (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) + sech (e i j / kappa) ^ 2 * e_dot i j in
  let t_dot := fun i : nat => fun j : nat => B_dot i j + u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => (u_bar_dot i j - 2 * tanh (e i j / kappa) * e_dot i j * u_bar i j / kappa + 2 * kappa_dot * tanh (e i j / kappa) * e i j * u_bar i j / kappa ^ 2) * sech (e i j / kappa) ^ 2 in
  let q_bar_dot := fun i : nat => fun r : nat => (sum n_k (fun j : nat => e_bar i j * k_dot j r) + sum n_k (fun j : nat => e_bar_dot i j * k j r)) / sqrt (INR d) in
  let k_bar_dot := fun j : nat => fun r : nat => (sum n_q (fun i : nat => e_bar i j * q_dot i r) + sum n_q (fun i : nat => e_bar_dot i j * q i r)) / sqrt (INR d) in
  let kappa_bar_dot := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar_dot i j)) + 2 * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j * e_dot i j * u_bar i j)) / kappa ^ 2 - 2 * kappa_dot * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j ^ 2 * u_bar i j)) / kappa ^ 3 in
  let B_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let kappa_moved := h * kappa_dot + kappa in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d (fun r : nat => k_moved j r * q_moved i r) / sqrt (INR d) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => sech (e_moved i j / kappa_moved) ^ 2 * u_bar_moved i j in
  let q_bar_moved := fun i : nat => fun r : nat => sum n_k (fun j : nat => e_bar_moved i j * k_moved j r) / sqrt (INR d) in
  let k_bar_moved := fun j : nat => fun r : nat => sum n_q (fun i : nat => e_bar_moved i j * q_moved i r) / sqrt (INR d) in
  let kappa_bar_moved := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e_moved i j / kappa_moved) - sech (e_moved i j / kappa_moved) ^ 2 * e_moved i j / kappa_moved) * u_bar_moved i j)) in
  let B_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  kappa_bar_moved * kappa_seed + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_moved i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar_moved j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (kappa_bar_dot * kappa_seed + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_dot i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d (fun r : nat => sum n_k (fun j : nat => k_bar_dot j r * k_seed j r)) + sum d (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the bilinear score, no options, any keys masked: its gradient *)
Definition bilinear_layer : Prop :=
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let q_bar := fun i : nat => fun r : nat => sum d_k (fun f : nat => sum n_k (fun j : nat => W r f * e_bar i j * k j f)) in
  let k_bar := fun j : nat => fun f : nat => sum d_q (fun r : nat => sum n_q (fun i : nat => W r f * e_bar i j * q i r)) in
  let W_bar := fun r : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k j f * q i r)) in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W_moved r f * k_moved j f * q_moved i r)) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_bar r f * W_dot r f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the bilinear score, no options: Hessian-vector products *)
Definition bilinear_layer_twice : Prop :=
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_seed : nat -> nat -> R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let e_dot := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q_dot i r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k_dot j f * q i r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_dot r f * k j f * q i r)) in
  let u_dot := fun i : nat => fun j : nat => e_dot i j in
  let t_dot := fun i : nat => fun j : nat => u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => u_bar_dot i j in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_k (fun f : nat => sum n_k (fun j : nat => W r f * e_bar i j * k_dot j f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => W r f * e_bar_dot i j * k j f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => W_dot r f * e_bar i j * k j f)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_q (fun r : nat => sum n_q (fun i : nat => W r f * e_bar i j * q_dot i r)) + sum d_q (fun r : nat => sum n_q (fun i : nat => W r f * e_bar_dot i j * q i r)) + sum d_q (fun r : nat => sum n_q (fun i : nat => W_dot r f * e_bar i j * q i r)) in
  let W_bar_dot := fun r : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k j f * q_dot i r)) + sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k_dot j f * q i r)) + sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar_dot i j * k j f * q i r)) in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W_moved r f * k_moved j f * q_moved i r)) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => u_bar_moved i j in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_k (fun f : nat => sum n_k (fun j : nat => W_moved r f * e_bar_moved i j * k_moved j f)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_q (fun r : nat => sum n_q (fun i : nat => W_moved r f * e_bar_moved i j * q_moved i r)) in
  let W_bar_moved := fun r : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar_moved i j * k_moved j f * q_moved i r)) in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_bar_moved r f * W_seed r f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_bar_dot r f * W_seed r f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the bilinear score, softcap, any keys masked: its gradient *)
Definition bilinear_with_softcap_layer : Prop :=
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall kappa : R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall kappa_dot : R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let q_bar := fun i : nat => fun r : nat => sum d_k (fun f : nat => sum n_k (fun j : nat => W r f * e_bar i j * k j f)) in
  let k_bar := fun j : nat => fun f : nat => sum d_q (fun r : nat => sum n_q (fun i : nat => W r f * e_bar i j * q i r)) in
  let W_bar := fun r : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k j f * q i r)) in
  let kappa_bar := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar i j)) in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let kappa_moved := h * kappa_dot + kappa in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W_moved r f * k_moved j f * q_moved i r)) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (kappa_bar * kappa_dot + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_bar r f * W_dot r f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the bilinear score, softcap: Hessian-vector products *)
Definition bilinear_with_softcap_layer_twice : Prop :=
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall kappa : R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall kappa_dot : R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_seed : nat -> nat -> R,
  forall kappa_seed : R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let e_dot := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q_dot i r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k_dot j f * q i r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_dot r f * k j f * q i r)) in
  let u_dot := fun i : nat => fun j : nat => kappa_dot * (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) + sech (e i j / kappa) ^ 2 * e_dot i j in
  let t_dot := fun i : nat => fun j : nat => u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => (u_bar_dot i j - 2 * tanh (e i j / kappa) * e_dot i j * u_bar i j / kappa + 2 * kappa_dot * tanh (e i j / kappa) * e i j * u_bar i j / kappa ^ 2) * sech (e i j / kappa) ^ 2 in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_k (fun f : nat => sum n_k (fun j : nat => W r f * e_bar i j * k_dot j f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => W r f * e_bar_dot i j * k j f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => W_dot r f * e_bar i j * k j f)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_q (fun r : nat => sum n_q (fun i : nat => W r f * e_bar i j * q_dot i r)) + sum d_q (fun r : nat => sum n_q (fun i : nat => W r f * e_bar_dot i j * q i r)) + sum d_q (fun r : nat => sum n_q (fun i : nat => W_dot r f * e_bar i j * q i r)) in
  let W_bar_dot := fun r : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k j f * q_dot i r)) + sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k_dot j f * q i r)) + sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar_dot i j * k j f * q i r)) in
  let kappa_bar_dot := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar_dot i j)) + 2 * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j * e_dot i j * u_bar i j)) / kappa ^ 2 - 2 * kappa_dot * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j ^ 2 * u_bar i j)) / kappa ^ 3 in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let kappa_moved := h * kappa_dot + kappa in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W_moved r f * k_moved j f * q_moved i r)) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => sech (e_moved i j / kappa_moved) ^ 2 * u_bar_moved i j in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_k (fun f : nat => sum n_k (fun j : nat => W_moved r f * e_bar_moved i j * k_moved j f)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_q (fun r : nat => sum n_q (fun i : nat => W_moved r f * e_bar_moved i j * q_moved i r)) in
  let W_bar_moved := fun r : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar_moved i j * k_moved j f * q_moved i r)) in
  let kappa_bar_moved := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e_moved i j / kappa_moved) - sech (e_moved i j / kappa_moved) ^ 2 * e_moved i j / kappa_moved) * u_bar_moved i j)) in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  kappa_bar_moved * kappa_seed + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_bar_moved r f * W_seed r f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (kappa_bar_dot * kappa_seed + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_bar_dot r f * W_seed r f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the bilinear score, bias, any keys masked: its gradient *)
Definition bilinear_with_bias_layer : Prop :=
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let q_bar := fun i : nat => fun r : nat => sum d_k (fun f : nat => sum n_k (fun j : nat => W r f * e_bar i j * k j f)) in
  let k_bar := fun j : nat => fun f : nat => sum d_q (fun r : nat => sum n_q (fun i : nat => W r f * e_bar i j * q i r)) in
  let W_bar := fun r : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k j f * q i r)) in
  let B_bar := fun i : nat => fun j : nat => t_bar i j in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W_moved r f * k_moved j f * q_moved i r)) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar i j * B_dot i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_bar r f * W_dot r f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the bilinear score, bias: Hessian-vector products *)
Definition bilinear_with_bias_layer_twice : Prop :=
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_seed : nat -> nat -> R,
  forall B_seed : nat -> nat -> R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let e_dot := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q_dot i r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k_dot j f * q i r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_dot r f * k j f * q i r)) in
  let u_dot := fun i : nat => fun j : nat => e_dot i j in
  let t_dot := fun i : nat => fun j : nat => B_dot i j + u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => u_bar_dot i j in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_k (fun f : nat => sum n_k (fun j : nat => W r f * e_bar i j * k_dot j f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => W r f * e_bar_dot i j * k j f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => W_dot r f * e_bar i j * k j f)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_q (fun r : nat => sum n_q (fun i : nat => W r f * e_bar i j * q_dot i r)) + sum d_q (fun r : nat => sum n_q (fun i : nat => W r f * e_bar_dot i j * q i r)) + sum d_q (fun r : nat => sum n_q (fun i : nat => W_dot r f * e_bar i j * q i r)) in
  let W_bar_dot := fun r : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k j f * q_dot i r)) + sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k_dot j f * q i r)) + sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar_dot i j * k j f * q i r)) in
  let B_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W_moved r f * k_moved j f * q_moved i r)) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => u_bar_moved i j in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_k (fun f : nat => sum n_k (fun j : nat => W_moved r f * e_bar_moved i j * k_moved j f)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_q (fun r : nat => sum n_q (fun i : nat => W_moved r f * e_bar_moved i j * q_moved i r)) in
  let W_bar_moved := fun r : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar_moved i j * k_moved j f * q_moved i r)) in
  let B_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_moved i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_bar_moved r f * W_seed r f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_dot i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_bar_dot r f * W_seed r f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the bilinear score, softcap, bias, any keys masked: its gradient *)
Definition bilinear_with_softcap_with_bias_layer : Prop :=
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall kappa : R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall kappa_dot : R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let q_bar := fun i : nat => fun r : nat => sum d_k (fun f : nat => sum n_k (fun j : nat => W r f * e_bar i j * k j f)) in
  let k_bar := fun j : nat => fun f : nat => sum d_q (fun r : nat => sum n_q (fun i : nat => W r f * e_bar i j * q i r)) in
  let W_bar := fun r : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k j f * q i r)) in
  let kappa_bar := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar i j)) in
  let B_bar := fun i : nat => fun j : nat => t_bar i j in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let kappa_moved := h * kappa_dot + kappa in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W_moved r f * k_moved j f * q_moved i r)) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (kappa_bar * kappa_dot + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar i j * B_dot i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_bar r f * W_dot r f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the bilinear score, softcap, bias: Hessian-vector products *)
Definition bilinear_with_softcap_with_bias_layer_twice : Prop :=
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall kappa : R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall kappa_dot : R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_seed : nat -> nat -> R,
  forall kappa_seed : R,
  forall B_seed : nat -> nat -> R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let e := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q i r)) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let e_dot := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k j f * q_dot i r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k_dot j f * q i r)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_dot r f * k j f * q i r)) in
  let u_dot := fun i : nat => fun j : nat => kappa_dot * (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) + sech (e i j / kappa) ^ 2 * e_dot i j in
  let t_dot := fun i : nat => fun j : nat => B_dot i j + u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => (u_bar_dot i j - 2 * tanh (e i j / kappa) * e_dot i j * u_bar i j / kappa + 2 * kappa_dot * tanh (e i j / kappa) * e i j * u_bar i j / kappa ^ 2) * sech (e i j / kappa) ^ 2 in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_k (fun f : nat => sum n_k (fun j : nat => W r f * e_bar i j * k_dot j f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => W r f * e_bar_dot i j * k j f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => W_dot r f * e_bar i j * k j f)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_q (fun r : nat => sum n_q (fun i : nat => W r f * e_bar i j * q_dot i r)) + sum d_q (fun r : nat => sum n_q (fun i : nat => W r f * e_bar_dot i j * q i r)) + sum d_q (fun r : nat => sum n_q (fun i : nat => W_dot r f * e_bar i j * q i r)) in
  let W_bar_dot := fun r : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k j f * q_dot i r)) + sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar i j * k_dot j f * q i r)) + sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar_dot i j * k j f * q i r)) in
  let kappa_bar_dot := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar_dot i j)) + 2 * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j * e_dot i j * u_bar i j)) / kappa ^ 2 - 2 * kappa_dot * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j ^ 2 * u_bar i j)) / kappa ^ 3 in
  let B_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let kappa_moved := h * kappa_dot + kappa in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let e_moved := fun i : nat => fun j : nat => sum d_k (fun f : nat => sum d_q (fun r : nat => W_moved r f * k_moved j f * q_moved i r)) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => sech (e_moved i j / kappa_moved) ^ 2 * u_bar_moved i j in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_k (fun f : nat => sum n_k (fun j : nat => W_moved r f * e_bar_moved i j * k_moved j f)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_q (fun r : nat => sum n_q (fun i : nat => W_moved r f * e_bar_moved i j * q_moved i r)) in
  let W_bar_moved := fun r : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => e_bar_moved i j * k_moved j f * q_moved i r)) in
  let kappa_bar_moved := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e_moved i j / kappa_moved) - sech (e_moved i j / kappa_moved) ^ 2 * e_moved i j / kappa_moved) * u_bar_moved i j)) in
  let B_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  kappa_bar_moved * kappa_seed + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_moved i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_bar_moved r f * W_seed r f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (kappa_bar_dot * kappa_seed + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_dot i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d_k (fun f : nat => sum d_q (fun r : nat => W_bar_dot r f * W_seed r f)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the additive score, no options, any keys masked: its gradient *)
Definition additive_layer : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar i j a)) in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar i j a)) in
  let W_s_bar := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a)) in
  let W_h_bar := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (sum d_a (fun a : nat => v_bar a * v_dot a) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar a f * W_h_dot a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar a r * W_s_dot a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the additive score, no options: Hessian-vector products *)
Definition additive_layer_twice : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_s_seed : nat -> nat -> R,
  forall W_h_seed : nat -> nat -> R,
  forall v_seed : nat -> R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k_dot j f) + sum d_k (fun f : nat => W_h_dot a f * k j f) + sum d_q (fun r : nat => W_s a r * q_dot i r) + sum d_q (fun r : nat => W_s_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  let u_dot := fun i : nat => fun j : nat => e_dot i j in
  let t_dot := fun i : nat => fun j : nat => u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => u_bar_dot i j in
  let z_bar_dot := fun i : nat => fun j : nat => fun a : nat => (- (2 * tanh (z i j a) * e_bar i j * v a * z_dot i j a) + e_bar i j * v_dot a + e_bar_dot i j * v a) * sech (z i j a) ^ 2 in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_dot a r * z_bar i j a)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_dot a f * z_bar i j a)) in
  let W_s_bar_dot := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => q_dot i r * z_bar i j a)) in
  let W_h_bar_dot := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => k_dot j f * z_bar i j a)) in
  let v_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar_dot i j)) + sum n_k (fun j : nat => sum n_q (fun i : nat => sech (z i j a) ^ 2 * e_bar i j * z_dot i j a)) in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => u_bar_moved i j in
  let z_bar_moved := fun i : nat => fun j : nat => fun a : nat => sech (z_moved i j a) ^ 2 * e_bar_moved i j * v_moved a in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_moved a r * z_bar_moved i j a)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_moved a f * z_bar_moved i j a)) in
  let W_s_bar_moved := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q_moved i r * z_bar_moved i j a)) in
  let W_h_bar_moved := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k_moved j f * z_bar_moved i j a)) in
  let v_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z_moved i j a) * e_bar_moved i j)) in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  sum d_a (fun a : nat => v_bar_moved a * v_seed a) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_moved a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_moved a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (sum d_a (fun a : nat => v_bar_dot a * v_seed a) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_dot a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_dot a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the additive score, bias_hidden, any keys masked: its gradient *)
Definition additive_with_bias_hidden_layer : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall b : nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall b_dot : nat -> R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => b a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar i j a)) in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar i j a)) in
  let W_s_bar := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a)) in
  let W_h_bar := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  let b_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => z_bar i j a)) in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let b_moved := fun x : nat => h * b_dot x + b x in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => b_moved a + sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (sum d_a (fun a : nat => b_bar a * b_dot a) + sum d_a (fun a : nat => v_bar a * v_dot a) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar a f * W_h_dot a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar a r * W_s_dot a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the additive score, bias_hidden: Hessian-vector products *)
Definition additive_with_bias_hidden_layer_twice : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall b : nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall b_dot : nat -> R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_s_seed : nat -> nat -> R,
  forall W_h_seed : nat -> nat -> R,
  forall v_seed : nat -> R,
  forall b_seed : nat -> R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => b a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => b_dot a + sum d_k (fun f : nat => W_h a f * k_dot j f) + sum d_k (fun f : nat => W_h_dot a f * k j f) + sum d_q (fun r : nat => W_s a r * q_dot i r) + sum d_q (fun r : nat => W_s_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  let u_dot := fun i : nat => fun j : nat => e_dot i j in
  let t_dot := fun i : nat => fun j : nat => u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => u_bar_dot i j in
  let z_bar_dot := fun i : nat => fun j : nat => fun a : nat => (- (2 * tanh (z i j a) * e_bar i j * v a * z_dot i j a) + e_bar i j * v_dot a + e_bar_dot i j * v a) * sech (z i j a) ^ 2 in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_dot a r * z_bar i j a)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_dot a f * z_bar i j a)) in
  let W_s_bar_dot := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => q_dot i r * z_bar i j a)) in
  let W_h_bar_dot := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => k_dot j f * z_bar i j a)) in
  let v_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar_dot i j)) + sum n_k (fun j : nat => sum n_q (fun i : nat => sech (z i j a) ^ 2 * e_bar i j * z_dot i j a)) in
  let b_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => z_bar_dot i j a)) in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let b_moved := fun x : nat => h * b_dot x + b x in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => b_moved a + sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => u_bar_moved i j in
  let z_bar_moved := fun i : nat => fun j : nat => fun a : nat => sech (z_moved i j a) ^ 2 * e_bar_moved i j * v_moved a in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_moved a r * z_bar_moved i j a)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_moved a f * z_bar_moved i j a)) in
  let W_s_bar_moved := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q_moved i r * z_bar_moved i j a)) in
  let W_h_bar_moved := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k_moved j f * z_bar_moved i j a)) in
  let v_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z_moved i j a) * e_bar_moved i j)) in
  let b_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => z_bar_moved i j a)) in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  sum d_a (fun a : nat => b_bar_moved a * b_seed a) + sum d_a (fun a : nat => v_bar_moved a * v_seed a) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_moved a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_moved a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (sum d_a (fun a : nat => b_bar_dot a * b_seed a) + sum d_a (fun a : nat => v_bar_dot a * v_seed a) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_dot a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_dot a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the additive score, softcap, any keys masked: its gradient *)
Definition additive_with_softcap_layer : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall kappa : R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall kappa_dot : R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar i j a)) in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar i j a)) in
  let W_s_bar := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a)) in
  let W_h_bar := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  let kappa_bar := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar i j)) in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let kappa_moved := h * kappa_dot + kappa in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (kappa_bar * kappa_dot + sum d_a (fun a : nat => v_bar a * v_dot a) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar a f * W_h_dot a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar a r * W_s_dot a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the additive score, softcap: Hessian-vector products *)
Definition additive_with_softcap_layer_twice : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall kappa : R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall kappa_dot : R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_s_seed : nat -> nat -> R,
  forall W_h_seed : nat -> nat -> R,
  forall v_seed : nat -> R,
  forall kappa_seed : R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k_dot j f) + sum d_k (fun f : nat => W_h_dot a f * k j f) + sum d_q (fun r : nat => W_s a r * q_dot i r) + sum d_q (fun r : nat => W_s_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  let u_dot := fun i : nat => fun j : nat => kappa_dot * (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) + sech (e i j / kappa) ^ 2 * e_dot i j in
  let t_dot := fun i : nat => fun j : nat => u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => (u_bar_dot i j - 2 * tanh (e i j / kappa) * e_dot i j * u_bar i j / kappa + 2 * kappa_dot * tanh (e i j / kappa) * e i j * u_bar i j / kappa ^ 2) * sech (e i j / kappa) ^ 2 in
  let z_bar_dot := fun i : nat => fun j : nat => fun a : nat => (- (2 * tanh (z i j a) * e_bar i j * v a * z_dot i j a) + e_bar i j * v_dot a + e_bar_dot i j * v a) * sech (z i j a) ^ 2 in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_dot a r * z_bar i j a)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_dot a f * z_bar i j a)) in
  let W_s_bar_dot := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => q_dot i r * z_bar i j a)) in
  let W_h_bar_dot := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => k_dot j f * z_bar i j a)) in
  let v_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar_dot i j)) + sum n_k (fun j : nat => sum n_q (fun i : nat => sech (z i j a) ^ 2 * e_bar i j * z_dot i j a)) in
  let kappa_bar_dot := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar_dot i j)) + 2 * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j * e_dot i j * u_bar i j)) / kappa ^ 2 - 2 * kappa_dot * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j ^ 2 * u_bar i j)) / kappa ^ 3 in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let kappa_moved := h * kappa_dot + kappa in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => sech (e_moved i j / kappa_moved) ^ 2 * u_bar_moved i j in
  let z_bar_moved := fun i : nat => fun j : nat => fun a : nat => sech (z_moved i j a) ^ 2 * e_bar_moved i j * v_moved a in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_moved a r * z_bar_moved i j a)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_moved a f * z_bar_moved i j a)) in
  let W_s_bar_moved := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q_moved i r * z_bar_moved i j a)) in
  let W_h_bar_moved := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k_moved j f * z_bar_moved i j a)) in
  let v_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z_moved i j a) * e_bar_moved i j)) in
  let kappa_bar_moved := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e_moved i j / kappa_moved) - sech (e_moved i j / kappa_moved) ^ 2 * e_moved i j / kappa_moved) * u_bar_moved i j)) in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  kappa_bar_moved * kappa_seed + sum d_a (fun a : nat => v_bar_moved a * v_seed a) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_moved a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_moved a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (kappa_bar_dot * kappa_seed + sum d_a (fun a : nat => v_bar_dot a * v_seed a) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_dot a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_dot a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the additive score, bias, any keys masked: its gradient *)
Definition additive_with_bias_layer : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar i j a)) in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar i j a)) in
  let W_s_bar := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a)) in
  let W_h_bar := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  let B_bar := fun i : nat => fun j : nat => t_bar i j in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (sum d_a (fun a : nat => v_bar a * v_dot a) + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar i j * B_dot i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar a f * W_h_dot a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar a r * W_s_dot a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the additive score, bias: Hessian-vector products *)
Definition additive_with_bias_layer_twice : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_s_seed : nat -> nat -> R,
  forall W_h_seed : nat -> nat -> R,
  forall v_seed : nat -> R,
  forall B_seed : nat -> nat -> R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k_dot j f) + sum d_k (fun f : nat => W_h_dot a f * k j f) + sum d_q (fun r : nat => W_s a r * q_dot i r) + sum d_q (fun r : nat => W_s_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  let u_dot := fun i : nat => fun j : nat => e_dot i j in
  let t_dot := fun i : nat => fun j : nat => B_dot i j + u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => u_bar_dot i j in
  let z_bar_dot := fun i : nat => fun j : nat => fun a : nat => (- (2 * tanh (z i j a) * e_bar i j * v a * z_dot i j a) + e_bar i j * v_dot a + e_bar_dot i j * v a) * sech (z i j a) ^ 2 in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_dot a r * z_bar i j a)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_dot a f * z_bar i j a)) in
  let W_s_bar_dot := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => q_dot i r * z_bar i j a)) in
  let W_h_bar_dot := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => k_dot j f * z_bar i j a)) in
  let v_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar_dot i j)) + sum n_k (fun j : nat => sum n_q (fun i : nat => sech (z i j a) ^ 2 * e_bar i j * z_dot i j a)) in
  let B_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => u_bar_moved i j in
  let z_bar_moved := fun i : nat => fun j : nat => fun a : nat => sech (z_moved i j a) ^ 2 * e_bar_moved i j * v_moved a in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_moved a r * z_bar_moved i j a)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_moved a f * z_bar_moved i j a)) in
  let W_s_bar_moved := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q_moved i r * z_bar_moved i j a)) in
  let W_h_bar_moved := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k_moved j f * z_bar_moved i j a)) in
  let v_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z_moved i j a) * e_bar_moved i j)) in
  let B_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  sum d_a (fun a : nat => v_bar_moved a * v_seed a) + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_moved i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_moved a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_moved a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (sum d_a (fun a : nat => v_bar_dot a * v_seed a) + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_dot i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_dot a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_dot a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the additive score, bias_hidden, softcap, any keys masked: its gradient *)
Definition additive_with_bias_hidden_with_softcap_layer : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall b : nat -> R,
  forall kappa : R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall b_dot : nat -> R,
  forall kappa_dot : R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => b a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar i j a)) in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar i j a)) in
  let W_s_bar := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a)) in
  let W_h_bar := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  let b_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => z_bar i j a)) in
  let kappa_bar := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar i j)) in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let b_moved := fun x : nat => h * b_dot x + b x in
  let kappa_moved := h * kappa_dot + kappa in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => b_moved a + sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (kappa_bar * kappa_dot + sum d_a (fun a : nat => b_bar a * b_dot a) + sum d_a (fun a : nat => v_bar a * v_dot a) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar a f * W_h_dot a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar a r * W_s_dot a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the additive score, bias_hidden, softcap: Hessian-vector products *)
Definition additive_with_bias_hidden_with_softcap_layer_twice : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall b : nat -> R,
  forall kappa : R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall b_dot : nat -> R,
  forall kappa_dot : R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_s_seed : nat -> nat -> R,
  forall W_h_seed : nat -> nat -> R,
  forall v_seed : nat -> R,
  forall b_seed : nat -> R,
  forall kappa_seed : R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => b a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => b_dot a + sum d_k (fun f : nat => W_h a f * k_dot j f) + sum d_k (fun f : nat => W_h_dot a f * k j f) + sum d_q (fun r : nat => W_s a r * q_dot i r) + sum d_q (fun r : nat => W_s_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  let u_dot := fun i : nat => fun j : nat => kappa_dot * (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) + sech (e i j / kappa) ^ 2 * e_dot i j in
  let t_dot := fun i : nat => fun j : nat => u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => (u_bar_dot i j - 2 * tanh (e i j / kappa) * e_dot i j * u_bar i j / kappa + 2 * kappa_dot * tanh (e i j / kappa) * e i j * u_bar i j / kappa ^ 2) * sech (e i j / kappa) ^ 2 in
  let z_bar_dot := fun i : nat => fun j : nat => fun a : nat => (- (2 * tanh (z i j a) * e_bar i j * v a * z_dot i j a) + e_bar i j * v_dot a + e_bar_dot i j * v a) * sech (z i j a) ^ 2 in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_dot a r * z_bar i j a)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_dot a f * z_bar i j a)) in
  let W_s_bar_dot := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => q_dot i r * z_bar i j a)) in
  let W_h_bar_dot := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => k_dot j f * z_bar i j a)) in
  let v_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar_dot i j)) + sum n_k (fun j : nat => sum n_q (fun i : nat => sech (z i j a) ^ 2 * e_bar i j * z_dot i j a)) in
  let b_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => z_bar_dot i j a)) in
  let kappa_bar_dot := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar_dot i j)) + 2 * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j * e_dot i j * u_bar i j)) / kappa ^ 2 - 2 * kappa_dot * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j ^ 2 * u_bar i j)) / kappa ^ 3 in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let b_moved := fun x : nat => h * b_dot x + b x in
  let kappa_moved := h * kappa_dot + kappa in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => b_moved a + sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => sech (e_moved i j / kappa_moved) ^ 2 * u_bar_moved i j in
  let z_bar_moved := fun i : nat => fun j : nat => fun a : nat => sech (z_moved i j a) ^ 2 * e_bar_moved i j * v_moved a in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_moved a r * z_bar_moved i j a)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_moved a f * z_bar_moved i j a)) in
  let W_s_bar_moved := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q_moved i r * z_bar_moved i j a)) in
  let W_h_bar_moved := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k_moved j f * z_bar_moved i j a)) in
  let v_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z_moved i j a) * e_bar_moved i j)) in
  let b_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => z_bar_moved i j a)) in
  let kappa_bar_moved := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e_moved i j / kappa_moved) - sech (e_moved i j / kappa_moved) ^ 2 * e_moved i j / kappa_moved) * u_bar_moved i j)) in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  kappa_bar_moved * kappa_seed + sum d_a (fun a : nat => b_bar_moved a * b_seed a) + sum d_a (fun a : nat => v_bar_moved a * v_seed a) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_moved a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_moved a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (kappa_bar_dot * kappa_seed + sum d_a (fun a : nat => b_bar_dot a * b_seed a) + sum d_a (fun a : nat => v_bar_dot a * v_seed a) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_dot a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_dot a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the additive score, bias_hidden, bias, any keys masked: its gradient *)
Definition additive_with_bias_hidden_with_bias_layer : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall b : nat -> R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall b_dot : nat -> R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => b a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar i j a)) in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar i j a)) in
  let W_s_bar := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a)) in
  let W_h_bar := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  let b_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => z_bar i j a)) in
  let B_bar := fun i : nat => fun j : nat => t_bar i j in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let b_moved := fun x : nat => h * b_dot x + b x in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => b_moved a + sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (sum d_a (fun a : nat => b_bar a * b_dot a) + sum d_a (fun a : nat => v_bar a * v_dot a) + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar i j * B_dot i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar a f * W_h_dot a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar a r * W_s_dot a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the additive score, bias_hidden, bias: Hessian-vector products *)
Definition additive_with_bias_hidden_with_bias_layer_twice : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall b : nat -> R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall b_dot : nat -> R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_s_seed : nat -> nat -> R,
  forall W_h_seed : nat -> nat -> R,
  forall v_seed : nat -> R,
  forall b_seed : nat -> R,
  forall B_seed : nat -> nat -> R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => b a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => b_dot a + sum d_k (fun f : nat => W_h a f * k_dot j f) + sum d_k (fun f : nat => W_h_dot a f * k j f) + sum d_q (fun r : nat => W_s a r * q_dot i r) + sum d_q (fun r : nat => W_s_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  let u_dot := fun i : nat => fun j : nat => e_dot i j in
  let t_dot := fun i : nat => fun j : nat => B_dot i j + u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => u_bar_dot i j in
  let z_bar_dot := fun i : nat => fun j : nat => fun a : nat => (- (2 * tanh (z i j a) * e_bar i j * v a * z_dot i j a) + e_bar i j * v_dot a + e_bar_dot i j * v a) * sech (z i j a) ^ 2 in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_dot a r * z_bar i j a)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_dot a f * z_bar i j a)) in
  let W_s_bar_dot := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => q_dot i r * z_bar i j a)) in
  let W_h_bar_dot := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => k_dot j f * z_bar i j a)) in
  let v_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar_dot i j)) + sum n_k (fun j : nat => sum n_q (fun i : nat => sech (z i j a) ^ 2 * e_bar i j * z_dot i j a)) in
  let b_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => z_bar_dot i j a)) in
  let B_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let b_moved := fun x : nat => h * b_dot x + b x in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => b_moved a + sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => u_bar_moved i j in
  let z_bar_moved := fun i : nat => fun j : nat => fun a : nat => sech (z_moved i j a) ^ 2 * e_bar_moved i j * v_moved a in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_moved a r * z_bar_moved i j a)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_moved a f * z_bar_moved i j a)) in
  let W_s_bar_moved := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q_moved i r * z_bar_moved i j a)) in
  let W_h_bar_moved := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k_moved j f * z_bar_moved i j a)) in
  let v_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z_moved i j a) * e_bar_moved i j)) in
  let b_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => z_bar_moved i j a)) in
  let B_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  sum d_a (fun a : nat => b_bar_moved a * b_seed a) + sum d_a (fun a : nat => v_bar_moved a * v_seed a) + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_moved i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_moved a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_moved a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (sum d_a (fun a : nat => b_bar_dot a * b_seed a) + sum d_a (fun a : nat => v_bar_dot a * v_seed a) + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_dot i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_dot a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_dot a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the additive score, softcap, bias, any keys masked: its gradient *)
Definition additive_with_softcap_with_bias_layer : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall kappa : R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall kappa_dot : R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar i j a)) in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar i j a)) in
  let W_s_bar := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a)) in
  let W_h_bar := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  let kappa_bar := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar i j)) in
  let B_bar := fun i : nat => fun j : nat => t_bar i j in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let kappa_moved := h * kappa_dot + kappa in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (kappa_bar * kappa_dot + sum d_a (fun a : nat => v_bar a * v_dot a) + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar i j * B_dot i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar a f * W_h_dot a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar a r * W_s_dot a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the additive score, softcap, bias: Hessian-vector products *)
Definition additive_with_softcap_with_bias_layer_twice : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall kappa : R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall kappa_dot : R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_s_seed : nat -> nat -> R,
  forall W_h_seed : nat -> nat -> R,
  forall v_seed : nat -> R,
  forall kappa_seed : R,
  forall B_seed : nat -> nat -> R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h a f * k_dot j f) + sum d_k (fun f : nat => W_h_dot a f * k j f) + sum d_q (fun r : nat => W_s a r * q_dot i r) + sum d_q (fun r : nat => W_s_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  let u_dot := fun i : nat => fun j : nat => kappa_dot * (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) + sech (e i j / kappa) ^ 2 * e_dot i j in
  let t_dot := fun i : nat => fun j : nat => B_dot i j + u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => (u_bar_dot i j - 2 * tanh (e i j / kappa) * e_dot i j * u_bar i j / kappa + 2 * kappa_dot * tanh (e i j / kappa) * e i j * u_bar i j / kappa ^ 2) * sech (e i j / kappa) ^ 2 in
  let z_bar_dot := fun i : nat => fun j : nat => fun a : nat => (- (2 * tanh (z i j a) * e_bar i j * v a * z_dot i j a) + e_bar i j * v_dot a + e_bar_dot i j * v a) * sech (z i j a) ^ 2 in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_dot a r * z_bar i j a)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_dot a f * z_bar i j a)) in
  let W_s_bar_dot := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => q_dot i r * z_bar i j a)) in
  let W_h_bar_dot := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => k_dot j f * z_bar i j a)) in
  let v_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar_dot i j)) + sum n_k (fun j : nat => sum n_q (fun i : nat => sech (z i j a) ^ 2 * e_bar i j * z_dot i j a)) in
  let kappa_bar_dot := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar_dot i j)) + 2 * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j * e_dot i j * u_bar i j)) / kappa ^ 2 - 2 * kappa_dot * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j ^ 2 * u_bar i j)) / kappa ^ 3 in
  let B_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let kappa_moved := h * kappa_dot + kappa in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => sech (e_moved i j / kappa_moved) ^ 2 * u_bar_moved i j in
  let z_bar_moved := fun i : nat => fun j : nat => fun a : nat => sech (z_moved i j a) ^ 2 * e_bar_moved i j * v_moved a in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_moved a r * z_bar_moved i j a)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_moved a f * z_bar_moved i j a)) in
  let W_s_bar_moved := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q_moved i r * z_bar_moved i j a)) in
  let W_h_bar_moved := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k_moved j f * z_bar_moved i j a)) in
  let v_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z_moved i j a) * e_bar_moved i j)) in
  let kappa_bar_moved := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e_moved i j / kappa_moved) - sech (e_moved i j / kappa_moved) ^ 2 * e_moved i j / kappa_moved) * u_bar_moved i j)) in
  let B_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  kappa_bar_moved * kappa_seed + sum d_a (fun a : nat => v_bar_moved a * v_seed a) + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_moved i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_moved a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_moved a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (kappa_bar_dot * kappa_seed + sum d_a (fun a : nat => v_bar_dot a * v_seed a) + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_dot i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_dot a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_dot a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the additive score, bias_hidden, softcap, bias, any keys masked: its gradient *)
Definition additive_with_bias_hidden_with_softcap_with_bias_layer : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall b : nat -> R,
  forall kappa : R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall b_dot : nat -> R,
  forall kappa_dot : R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => b a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar i j a)) in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar i j a)) in
  let W_s_bar := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a)) in
  let W_h_bar := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  let b_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => z_bar i j a)) in
  let kappa_bar := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar i j)) in
  let B_bar := fun i : nat => fun j : nat => t_bar i j in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let b_moved := fun x : nat => h * b_dot x + b x in
  let kappa_moved := h * kappa_dot + kappa in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => b_moved a + sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (kappa_bar * kappa_dot + sum d_a (fun a : nat => b_bar a * b_dot a) + sum d_a (fun a : nat => v_bar a * v_dot a) + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar i j * B_dot i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar a f * W_h_dot a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar a r * W_s_dot a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the additive score, bias_hidden, softcap, bias: Hessian-vector products *)
Definition additive_with_bias_hidden_with_softcap_with_bias_layer_twice : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall v : nat -> R,
  forall b : nat -> R,
  forall kappa : R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_s_dot : nat -> nat -> R,
  forall W_h_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall b_dot : nat -> R,
  forall kappa_dot : R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_s_seed : nat -> nat -> R,
  forall W_h_seed : nat -> nat -> R,
  forall v_seed : nat -> R,
  forall b_seed : nat -> R,
  forall kappa_seed : R,
  forall B_seed : nat -> nat -> R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => b a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => b_dot a + sum d_k (fun f : nat => W_h a f * k_dot j f) + sum d_k (fun f : nat => W_h_dot a f * k j f) + sum d_q (fun r : nat => W_s a r * q_dot i r) + sum d_q (fun r : nat => W_s_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  let u_dot := fun i : nat => fun j : nat => kappa_dot * (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) + sech (e i j / kappa) ^ 2 * e_dot i j in
  let t_dot := fun i : nat => fun j : nat => B_dot i j + u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => (u_bar_dot i j - 2 * tanh (e i j / kappa) * e_dot i j * u_bar i j / kappa + 2 * kappa_dot * tanh (e i j / kappa) * e i j * u_bar i j / kappa ^ 2) * sech (e i j / kappa) ^ 2 in
  let z_bar_dot := fun i : nat => fun j : nat => fun a : nat => (- (2 * tanh (z i j a) * e_bar i j * v a * z_dot i j a) + e_bar i j * v_dot a + e_bar_dot i j * v a) * sech (z i j a) ^ 2 in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s a r * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_dot a r * z_bar i j a)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h a f * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_dot a f * z_bar i j a)) in
  let W_s_bar_dot := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => q_dot i r * z_bar i j a)) in
  let W_h_bar_dot := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => k_dot j f * z_bar i j a)) in
  let v_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar_dot i j)) + sum n_k (fun j : nat => sum n_q (fun i : nat => sech (z i j a) ^ 2 * e_bar i j * z_dot i j a)) in
  let b_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => z_bar_dot i j a)) in
  let kappa_bar_dot := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar_dot i j)) + 2 * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j * e_dot i j * u_bar i j)) / kappa ^ 2 - 2 * kappa_dot * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j ^ 2 * u_bar i j)) / kappa ^ 3 in
  let B_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_s_moved := fun x : nat => fun y : nat => h * W_s_dot x y + W_s x y in
  let W_h_moved := fun x : nat => fun y : nat => h * W_h_dot x y + W_h x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let b_moved := fun x : nat => h * b_dot x + b x in
  let kappa_moved := h * kappa_dot + kappa in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => b_moved a + sum d_k (fun f : nat => W_h_moved a f * k_moved j f) + sum d_q (fun r : nat => W_s_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => sech (e_moved i j / kappa_moved) ^ 2 * u_bar_moved i j in
  let z_bar_moved := fun i : nat => fun j : nat => fun a : nat => sech (z_moved i j a) ^ 2 * e_bar_moved i j * v_moved a in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_s_moved a r * z_bar_moved i j a)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_h_moved a f * z_bar_moved i j a)) in
  let W_s_bar_moved := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q_moved i r * z_bar_moved i j a)) in
  let W_h_bar_moved := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k_moved j f * z_bar_moved i j a)) in
  let v_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z_moved i j a) * e_bar_moved i j)) in
  let b_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => z_bar_moved i j a)) in
  let kappa_bar_moved := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e_moved i j / kappa_moved) - sech (e_moved i j / kappa_moved) ^ 2 * e_moved i j / kappa_moved) * u_bar_moved i j)) in
  let B_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  kappa_bar_moved * kappa_seed + sum d_a (fun a : nat => b_bar_moved a * b_seed a) + sum d_a (fun a : nat => v_bar_moved a * v_seed a) + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_moved i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_moved a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_moved a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (kappa_bar_dot * kappa_seed + sum d_a (fun a : nat => b_bar_dot a * b_seed a) + sum d_a (fun a : nat => v_bar_dot a * v_seed a) + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_dot i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_h_bar_dot a f * W_h_seed a f)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_s_bar_dot a r * W_s_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the concat score, no options, any keys masked: its gradient *)
Definition concat_layer : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall v : nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W a r * z_bar i j a)) in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W a (d_q + f)%nat * z_bar i j a)) in
  let W_bar := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a)) in
  let W_bar_2 := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_moved a (d_q + f)%nat * k_moved j f) + sum d_q (fun r : nat => W_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (sum d_a (fun a : nat => v_bar a * v_dot a) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_bar a r * W_dot a r)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_bar_2 a f * W_dot a (d_q + f)%nat)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the concat score, no options: Hessian-vector products *)
Definition concat_layer_twice : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall v : nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_seed : nat -> nat -> R,
  forall v_seed : nat -> R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k_dot j f) + sum d_q (fun r : nat => W a r * q_dot i r) + sum d_k (fun f : nat => W_dot a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  let u_dot := fun i : nat => fun j : nat => e_dot i j in
  let t_dot := fun i : nat => fun j : nat => u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => u_bar_dot i j in
  let z_bar_dot := fun i : nat => fun j : nat => fun a : nat => (- (2 * tanh (z i j a) * e_bar i j * v a * z_dot i j a) + e_bar i j * v_dot a + e_bar_dot i j * v a) * sech (z i j a) ^ 2 in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W a r * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_k (fun j : nat => W_dot a r * z_bar i j a)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W a (d_q + f)%nat * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_q (fun i : nat => W_dot a (d_q + f)%nat * z_bar i j a)) in
  let W_bar_dot := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => q_dot i r * z_bar i j a)) in
  let W_bar_dot_2 := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => k_dot j f * z_bar i j a)) in
  let v_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar_dot i j)) + sum n_k (fun j : nat => sum n_q (fun i : nat => sech (z i j a) ^ 2 * e_bar i j * z_dot i j a)) in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_moved a (d_q + f)%nat * k_moved j f) + sum d_q (fun r : nat => W_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => u_bar_moved i j in
  let z_bar_moved := fun i : nat => fun j : nat => fun a : nat => sech (z_moved i j a) ^ 2 * e_bar_moved i j * v_moved a in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_moved a r * z_bar_moved i j a)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_moved a (d_q + f)%nat * z_bar_moved i j a)) in
  let W_bar_moved := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q_moved i r * z_bar_moved i j a)) in
  let W_bar_2_moved := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k_moved j f * z_bar_moved i j a)) in
  let v_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z_moved i j a) * e_bar_moved i j)) in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  sum d_a (fun a : nat => v_bar_moved a * v_seed a) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_bar_2_moved a f * W_seed a (d_q + f)%nat)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_bar_moved a r * W_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (sum d_a (fun a : nat => v_bar_dot a * v_seed a) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_bar_dot a r * W_seed a r)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_bar_dot_2 a f * W_seed a (d_q + f)%nat)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the concat score, softcap, any keys masked: its gradient *)
Definition concat_with_softcap_layer : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall v : nat -> R,
  forall kappa : R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall kappa_dot : R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W a r * z_bar i j a)) in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W a (d_q + f)%nat * z_bar i j a)) in
  let W_bar := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a)) in
  let W_bar_2 := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  let kappa_bar := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar i j)) in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let kappa_moved := h * kappa_dot + kappa in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_moved a (d_q + f)%nat * k_moved j f) + sum d_q (fun r : nat => W_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (kappa_bar * kappa_dot + sum d_a (fun a : nat => v_bar a * v_dot a) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_bar a r * W_dot a r)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_bar_2 a f * W_dot a (d_q + f)%nat)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the concat score, softcap: Hessian-vector products *)
Definition concat_with_softcap_layer_twice : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall v : nat -> R,
  forall kappa : R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall kappa_dot : R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_seed : nat -> nat -> R,
  forall v_seed : nat -> R,
  forall kappa_seed : R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k_dot j f) + sum d_q (fun r : nat => W a r * q_dot i r) + sum d_k (fun f : nat => W_dot a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  let u_dot := fun i : nat => fun j : nat => kappa_dot * (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) + sech (e i j / kappa) ^ 2 * e_dot i j in
  let t_dot := fun i : nat => fun j : nat => u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => (u_bar_dot i j - 2 * tanh (e i j / kappa) * e_dot i j * u_bar i j / kappa + 2 * kappa_dot * tanh (e i j / kappa) * e i j * u_bar i j / kappa ^ 2) * sech (e i j / kappa) ^ 2 in
  let z_bar_dot := fun i : nat => fun j : nat => fun a : nat => (- (2 * tanh (z i j a) * e_bar i j * v a * z_dot i j a) + e_bar i j * v_dot a + e_bar_dot i j * v a) * sech (z i j a) ^ 2 in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W a r * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_k (fun j : nat => W_dot a r * z_bar i j a)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W a (d_q + f)%nat * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_q (fun i : nat => W_dot a (d_q + f)%nat * z_bar i j a)) in
  let W_bar_dot := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => q_dot i r * z_bar i j a)) in
  let W_bar_dot_2 := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => k_dot j f * z_bar i j a)) in
  let v_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar_dot i j)) + sum n_k (fun j : nat => sum n_q (fun i : nat => sech (z i j a) ^ 2 * e_bar i j * z_dot i j a)) in
  let kappa_bar_dot := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar_dot i j)) + 2 * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j * e_dot i j * u_bar i j)) / kappa ^ 2 - 2 * kappa_dot * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j ^ 2 * u_bar i j)) / kappa ^ 3 in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let kappa_moved := h * kappa_dot + kappa in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_moved a (d_q + f)%nat * k_moved j f) + sum d_q (fun r : nat => W_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => sech (e_moved i j / kappa_moved) ^ 2 * u_bar_moved i j in
  let z_bar_moved := fun i : nat => fun j : nat => fun a : nat => sech (z_moved i j a) ^ 2 * e_bar_moved i j * v_moved a in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_moved a r * z_bar_moved i j a)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_moved a (d_q + f)%nat * z_bar_moved i j a)) in
  let W_bar_moved := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q_moved i r * z_bar_moved i j a)) in
  let W_bar_2_moved := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k_moved j f * z_bar_moved i j a)) in
  let v_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z_moved i j a) * e_bar_moved i j)) in
  let kappa_bar_moved := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e_moved i j / kappa_moved) - sech (e_moved i j / kappa_moved) ^ 2 * e_moved i j / kappa_moved) * u_bar_moved i j)) in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  kappa_bar_moved * kappa_seed + sum d_a (fun a : nat => v_bar_moved a * v_seed a) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_bar_2_moved a f * W_seed a (d_q + f)%nat)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_bar_moved a r * W_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (kappa_bar_dot * kappa_seed + sum d_a (fun a : nat => v_bar_dot a * v_seed a) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_bar_dot a r * W_seed a r)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_bar_dot_2 a f * W_seed a (d_q + f)%nat)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the concat score, bias, any keys masked: its gradient *)
Definition concat_with_bias_layer : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall v : nat -> R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W a r * z_bar i j a)) in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W a (d_q + f)%nat * z_bar i j a)) in
  let W_bar := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a)) in
  let W_bar_2 := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  let B_bar := fun i : nat => fun j : nat => t_bar i j in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_moved a (d_q + f)%nat * k_moved j f) + sum d_q (fun r : nat => W_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (sum d_a (fun a : nat => v_bar a * v_dot a) + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar i j * B_dot i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_bar a r * W_dot a r)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_bar_2 a f * W_dot a (d_q + f)%nat)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the concat score, bias: Hessian-vector products *)
Definition concat_with_bias_layer_twice : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall v : nat -> R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_seed : nat -> nat -> R,
  forall v_seed : nat -> R,
  forall B_seed : nat -> nat -> R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => e i j in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k_dot j f) + sum d_q (fun r : nat => W a r * q_dot i r) + sum d_k (fun f : nat => W_dot a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  let u_dot := fun i : nat => fun j : nat => e_dot i j in
  let t_dot := fun i : nat => fun j : nat => B_dot i j + u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => u_bar_dot i j in
  let z_bar_dot := fun i : nat => fun j : nat => fun a : nat => (- (2 * tanh (z i j a) * e_bar i j * v a * z_dot i j a) + e_bar i j * v_dot a + e_bar_dot i j * v a) * sech (z i j a) ^ 2 in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W a r * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_k (fun j : nat => W_dot a r * z_bar i j a)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W a (d_q + f)%nat * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_q (fun i : nat => W_dot a (d_q + f)%nat * z_bar i j a)) in
  let W_bar_dot := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => q_dot i r * z_bar i j a)) in
  let W_bar_dot_2 := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => k_dot j f * z_bar i j a)) in
  let v_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar_dot i j)) + sum n_k (fun j : nat => sum n_q (fun i : nat => sech (z i j a) ^ 2 * e_bar i j * z_dot i j a)) in
  let B_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_moved a (d_q + f)%nat * k_moved j f) + sum d_q (fun r : nat => W_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => e_moved i j in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => u_bar_moved i j in
  let z_bar_moved := fun i : nat => fun j : nat => fun a : nat => sech (z_moved i j a) ^ 2 * e_bar_moved i j * v_moved a in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_moved a r * z_bar_moved i j a)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_moved a (d_q + f)%nat * z_bar_moved i j a)) in
  let W_bar_moved := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q_moved i r * z_bar_moved i j a)) in
  let W_bar_2_moved := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k_moved j f * z_bar_moved i j a)) in
  let v_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z_moved i j a) * e_bar_moved i j)) in
  let B_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  sum d_a (fun a : nat => v_bar_moved a * v_seed a) + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_moved i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_bar_2_moved a f * W_seed a (d_q + f)%nat)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_bar_moved a r * W_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (sum d_a (fun a : nat => v_bar_dot a * v_seed a) + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_dot i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_bar_dot a r * W_seed a r)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_bar_dot_2 a f * W_seed a (d_q + f)%nat)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).

(* attention with the concat score, softcap, bias, any keys masked: its gradient *)
Definition concat_with_softcap_with_bias_layer : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall v : nat -> R,
  forall kappa : R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall kappa_dot : R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let q_bar := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W a r * z_bar i j a)) in
  let k_bar := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W a (d_q + f)%nat * z_bar i j a)) in
  let W_bar := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar i j a)) in
  let W_bar_2 := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar i j a)) in
  let v_bar := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar i j)) in
  let kappa_bar := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar i j)) in
  let B_bar := fun i : nat => fun j : nat => t_bar i j in
  let V_bar := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let kappa_moved := h * kappa_dot + kappa in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_moved a (d_q + f)%nat * k_moved j f) + sum d_q (fun r : nat => W_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let c_moved := fun i : nat => fun p : nat => sum n_k (fun j : nat => V_moved j p * alpha_moved i j) in
  sum d_v (fun p : nat => sum n_q (fun i : nat => c_bar i p * c_moved i p))) 0 (kappa_bar * kappa_dot + sum d_a (fun a : nat => v_bar a * v_dot a) + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar i j * B_dot i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar j p * V_dot j p)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_bar a r * W_dot a r)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_bar_2 a f * W_dot a (d_q + f)%nat)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar j f * k_dot j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar i r * q_dot i r))).

(* attention with the concat score, softcap, bias: Hessian-vector products *)
Definition concat_with_softcap_with_bias_layer_twice : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_v : nat, (1 <= d_v)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall n_q : nat, (1 <= n_q)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W : nat -> nat -> R,
  forall v : nat -> R,
  forall kappa : R,
  forall B : nat -> nat -> R,
  forall V : nat -> nat -> R,
  forall q_dot : nat -> nat -> R,
  forall k_dot : nat -> nat -> R,
  forall W_dot : nat -> nat -> R,
  forall v_dot : nat -> R,
  forall kappa_dot : R,
  forall B_dot : nat -> nat -> R,
  forall V_dot : nat -> nat -> R,
  forall q_seed : nat -> nat -> R,
  forall k_seed : nat -> nat -> R,
  forall W_seed : nat -> nat -> R,
  forall v_seed : nat -> R,
  forall kappa_seed : R,
  forall B_seed : nat -> nat -> R,
  forall V_seed : nat -> nat -> R,
  forall c_bar : nat -> nat -> R,
  forall mu : nat -> nat -> R,
  ((0 < kappa) /\
  (forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  0 <= mu i j) /\
  (forall i : nat, (i < n_q)%nat ->
  0 < sum n_k (fun l : nat => mu i l))) ->
  let z := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W a r * q i r) in
  let e := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v a) in
  let u := fun i : nat => fun j : nat => kappa * tanh (e i j / kappa) in
  let t := fun i : nat => fun j : nat => B i j + u i j in
  let alpha := fun i : nat => fun j : nat => exp (t i j) * mu i j / sum n_k (fun l : nat => exp (t i l) * mu i l) in
  let alpha_bar := fun i : nat => fun j : nat => sum d_v (fun p : nat => V j p * c_bar i p) in
  let rho := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar i j) in
  let t_bar := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha i j in
  let u_bar := fun i : nat => fun j : nat => t_bar i j in
  let e_bar := fun i : nat => fun j : nat => sech (e i j / kappa) ^ 2 * u_bar i j in
  let z_bar := fun i : nat => fun j : nat => fun a : nat => sech (z i j a) ^ 2 * e_bar i j * v a in
  let z_dot := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W a (d_q + f)%nat * k_dot j f) + sum d_q (fun r : nat => W a r * q_dot i r) + sum d_k (fun f : nat => W_dot a (d_q + f)%nat * k j f) + sum d_q (fun r : nat => W_dot a r * q i r) in
  let e_dot := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z i j a) * v_dot a) + sum d_a (fun a : nat => sech (z i j a) ^ 2 * v a * z_dot i j a) in
  let u_dot := fun i : nat => fun j : nat => kappa_dot * (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) + sech (e i j / kappa) ^ 2 * e_dot i j in
  let t_dot := fun i : nat => fun j : nat => B_dot i j + u_dot i j in
  let rho_2 := fun i : nat => sum n_k (fun j : nat => alpha i j * t_dot i j) in
  let alpha_dot := fun i : nat => fun j : nat => (- rho_2 i + t_dot i j) * alpha i j in
  let alpha_bar_dot := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_dot j p * c_bar i p) in
  let rho_dot := fun i : nat => sum n_k (fun j : nat => alpha i j * alpha_bar_dot i j) + sum n_k (fun j : nat => alpha_bar i j * alpha_dot i j) in
  let t_bar_dot := fun i : nat => fun j : nat => (alpha_bar i j - rho i) * alpha_dot i j + alpha i j * alpha_bar_dot i j - alpha i j * rho_dot i in
  let u_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let e_bar_dot := fun i : nat => fun j : nat => (u_bar_dot i j - 2 * tanh (e i j / kappa) * e_dot i j * u_bar i j / kappa + 2 * kappa_dot * tanh (e i j / kappa) * e i j * u_bar i j / kappa ^ 2) * sech (e i j / kappa) ^ 2 in
  let z_bar_dot := fun i : nat => fun j : nat => fun a : nat => (- (2 * tanh (z i j a) * e_bar i j * v a * z_dot i j a) + e_bar i j * v_dot a + e_bar_dot i j * v a) * sech (z i j a) ^ 2 in
  let q_bar_dot := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W a r * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_k (fun j : nat => W_dot a r * z_bar i j a)) in
  let k_bar_dot := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W a (d_q + f)%nat * z_bar_dot i j a)) + sum d_a (fun a : nat => sum n_q (fun i : nat => W_dot a (d_q + f)%nat * z_bar i j a)) in
  let W_bar_dot := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q i r * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => q_dot i r * z_bar i j a)) in
  let W_bar_dot_2 := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k j f * z_bar_dot i j a)) + sum n_k (fun j : nat => sum n_q (fun i : nat => k_dot j f * z_bar i j a)) in
  let v_bar_dot := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z i j a) * e_bar_dot i j)) + sum n_k (fun j : nat => sum n_q (fun i : nat => sech (z i j a) ^ 2 * e_bar i j * z_dot i j a)) in
  let kappa_bar_dot := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e i j / kappa) - sech (e i j / kappa) ^ 2 * e i j / kappa) * u_bar_dot i j)) + 2 * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j * e_dot i j * u_bar i j)) / kappa ^ 2 - 2 * kappa_dot * sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (e i j / kappa) * sech (e i j / kappa) ^ 2 * e i j ^ 2 * u_bar i j)) / kappa ^ 3 in
  let B_bar_dot := fun i : nat => fun j : nat => t_bar_dot i j in
  let V_bar_dot := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_dot i j * c_bar i p) in
  is_derive (fun h : R => let q_moved := fun x : nat => fun y : nat => h * q_dot x y + q x y in
  let k_moved := fun x : nat => fun y : nat => h * k_dot x y + k x y in
  let W_moved := fun x : nat => fun y : nat => h * W_dot x y + W x y in
  let v_moved := fun x : nat => h * v_dot x + v x in
  let kappa_moved := h * kappa_dot + kappa in
  let B_moved := fun x : nat => fun y : nat => h * B_dot x y + B x y in
  let V_moved := fun x : nat => fun y : nat => h * V_dot x y + V x y in
  let z_moved := fun i : nat => fun j : nat => fun a : nat => sum d_k (fun f : nat => W_moved a (d_q + f)%nat * k_moved j f) + sum d_q (fun r : nat => W_moved a r * q_moved i r) in
  let e_moved := fun i : nat => fun j : nat => sum d_a (fun a : nat => tanh (z_moved i j a) * v_moved a) in
  let u_moved := fun i : nat => fun j : nat => kappa_moved * tanh (e_moved i j / kappa_moved) in
  let t_moved := fun i : nat => fun j : nat => B_moved i j + u_moved i j in
  let alpha_moved := fun i : nat => fun j : nat => exp (t_moved i j) * mu i j / sum n_k (fun l : nat => exp (t_moved i l) * mu i l) in
  let alpha_bar_moved := fun i : nat => fun j : nat => sum d_v (fun p : nat => V_moved j p * c_bar i p) in
  let rho_moved := fun i : nat => sum n_k (fun j : nat => alpha_bar_moved i j * alpha_moved i j) in
  let t_bar_moved := fun i : nat => fun j : nat => (alpha_bar_moved i j - rho_moved i) * alpha_moved i j in
  let u_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let e_bar_moved := fun i : nat => fun j : nat => sech (e_moved i j / kappa_moved) ^ 2 * u_bar_moved i j in
  let z_bar_moved := fun i : nat => fun j : nat => fun a : nat => sech (z_moved i j a) ^ 2 * e_bar_moved i j * v_moved a in
  let q_bar_moved := fun i : nat => fun r : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => W_moved a r * z_bar_moved i j a)) in
  let k_bar_moved := fun j : nat => fun f : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => W_moved a (d_q + f)%nat * z_bar_moved i j a)) in
  let W_bar_moved := fun a : nat => fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => q_moved i r * z_bar_moved i j a)) in
  let W_bar_2_moved := fun a : nat => fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => k_moved j f * z_bar_moved i j a)) in
  let v_bar_moved := fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => tanh (z_moved i j a) * e_bar_moved i j)) in
  let kappa_bar_moved := sum n_k (fun j : nat => sum n_q (fun i : nat => (tanh (e_moved i j / kappa_moved) - sech (e_moved i j / kappa_moved) ^ 2 * e_moved i j / kappa_moved) * u_bar_moved i j)) in
  let B_bar_moved := fun i : nat => fun j : nat => t_bar_moved i j in
  let V_bar_moved := fun j : nat => fun p : nat => sum n_q (fun i : nat => alpha_moved i j * c_bar i p) in
  kappa_bar_moved * kappa_seed + sum d_a (fun a : nat => v_bar_moved a * v_seed a) + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_moved i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_moved j p * V_seed j p)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_bar_2_moved a f * W_seed a (d_q + f)%nat)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_bar_moved a r * W_seed a r)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_moved j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_moved i r * q_seed i r))) 0 (kappa_bar_dot * kappa_seed + sum d_a (fun a : nat => v_bar_dot a * v_seed a) + sum n_k (fun j : nat => sum n_q (fun i : nat => B_bar_dot i j * B_seed i j)) + sum d_v (fun p : nat => sum n_k (fun j : nat => V_bar_dot j p * V_seed j p)) + sum d_q (fun r : nat => sum d_a (fun a : nat => W_bar_dot a r * W_seed a r)) + sum d_k (fun f : nat => sum d_a (fun a : nat => W_bar_dot_2 a f * W_seed a (d_q + f)%nat)) + sum d_k (fun f : nat => sum n_k (fun j : nat => k_bar_dot j f * k_seed j f)) + sum d_q (fun r : nat => sum n_q (fun i : nat => q_bar_dot i r * q_seed i r))).
