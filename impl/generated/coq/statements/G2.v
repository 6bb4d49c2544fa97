(* G2. Printed from derivations/statements/g2.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the score is the sum over the units of v behind the gate tanh(z), which lies in (−1, 1) *)
Definition gate_between_minus_one_and_one : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall b : nat -> R,
  forall v : nat -> R,
  let z := fun i : nat => fun j : nat => fun a : nat => b a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  let g := fun i : nat => fun j : nat => fun a : nat => tanh (z i j a) in
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  (forall a : nat, (a < d_a)%nat ->
  (- 1 < g i j a) /\
  (g i j a < 1)) /\
  (sum d_a (fun a : nat => tanh (b a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r)) * v a) = sum d_a (fun a : nat => g i j a * v a)).

(* tanh x = 2 σ(2x) − 1 *)
Definition tanh_by_the_sigmoid : Prop :=
  forall x : R,
  tanh x = 2 * sigmoid (2 * x) - 1.

(* the score is twice the sum of v behind LSTM gates, less the sum of v *)
Definition score_by_lstm_gates : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall b : nat -> R,
  forall v : nat -> R,
  let z := fun i : nat => fun j : nat => fun a : nat => b a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r) in
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  sum d_a (fun a : nat => tanh (b a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r)) * v a) = 2 * sum d_a (fun a : nat => sigmoid (2 * z i j a) * v a) - sum d_a (fun a : nat => v a).

(* the softmax weights are those of 2v behind LSTM gates with twice the parameters *)
Definition weights_by_lstm_gates : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall q : nat -> nat -> R,
  forall k : nat -> nat -> R,
  forall W_s : nat -> nat -> R,
  forall W_h : nat -> nat -> R,
  forall b : nat -> R,
  forall v : nat -> R,
  let alpha := fun i : nat => fun j : nat => exp (sum d_a (fun a : nat => tanh (b a + sum d_k (fun f : nat => W_h a f * k j f) + sum d_q (fun r : nat => W_s a r * q i r)) * v a)) / sum n_k (fun l : nat => exp (sum d_a (fun a : nat => tanh (b a + sum d_k (fun f : nat => W_h a f * k l f) + sum d_q (fun r : nat => W_s a r * q i r)) * v a))) in
  let W_s2 := fun a : nat => fun r : nat => 2 * W_s a r in
  let W_h2 := fun a : nat => fun f : nat => 2 * W_h a f in
  let b2 := fun a : nat => 2 * b a in
  let v2 := fun a : nat => 2 * v a in
  let u := fun i : nat => fun j : nat => fun a : nat => b2 a + sum d_k (fun f : nat => W_h2 a f * k j f) + sum d_q (fun r : nat => W_s2 a r * q i r) in
  let t := fun i : nat => fun j : nat => sum d_a (fun a : nat => sigmoid (u i j a) * v2 a) in
  let beta := fun i : nat => fun j : nat => exp (t i j) / sum n_k (fun l : nat => exp (t i l)) in
  forall i : nat, (i < n_q)%nat ->
  forall j : nat, (j < n_k)%nat ->
  alpha i j = beta i j.

(* at all sizes and for every query there are parameters for which no gate g lets the key through: the score is not g·h plus a term without the key *)
Definition no_gate_on_the_key : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall s : nat -> R,
  exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  (exists v : nat -> R,
  (~ (exists g : nat -> R,
  (exists c : R,
  (forall h : nat -> R,
  sum d_a (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * h f) + sum d_q (fun r : nat => W_s a r * s r)) * v a) = c + sum d_k (fun f : nat => g f * h f))))))).

(* tanh is negative exactly below 0 and 0 exactly at 0; the LSTM gate lies in (0, 1) and is ½ exactly at 0 *)
Definition sign_and_closing : Prop :=
  forall x : R,
  ((tanh x < 0) <->
  (x < 0)) /\
  ((tanh x = 0) <->
  (x = 0)) /\
  (0 < sigmoid (2 * x)) /\
  (sigmoid (2 * x) < 1) /\
  ((sigmoid (2 * x) = 1 / 2) <->
  (x = 0)).
