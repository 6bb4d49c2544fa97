(* T2. Printed from derivations/statements/t2.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* for every L that is differentiable at the weights, with the gradient g there, the gradient at score k is α_k (g_k − Σ α_i g_i) *)
Definition gradient_at_scores : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall L : (nat -> R) -> R, (forall one another : nat -> R, (forall place : nat, (place < n_k)%nat -> one place = another place) -> L one = L another) ->
  forall g : nat -> R,
  forall k : nat, (k < n_k)%nat ->
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  (forall epsilon : R,
  (0 < epsilon) ->
  exists delta_ : R,
  ((0 < delta_) /\
  (forall h : nat -> R,
  (sum n_k (fun i : nat => Rabs (h i)) < delta_) ->
  let w := fun i : nat => alpha i + h i in
  Rabs (L alpha - L w + sum n_k (fun i : nat => g i * h i)) <= epsilon * sum n_k (fun i : nat => Rabs (h i))))) ->
  is_derive (fun t : R => let w := fun i : nat => exp (t * delta i k + e i) / sum n_k (fun l : nat => exp (t * delta k l + e l)) in
  L w) 0 ((g k - sum n_k (fun i : nat => alpha i * g i)) * alpha k).

(* where no |∂L/∂α_i| exceeds G, the gradient at score k is at most 2 G α_k (1 − α_k) in size *)
Definition at_most_twice_variance : Prop :=
  forall n_k : nat, (2 <= n_k)%nat ->
  forall e : nat -> R,
  forall g : nat -> R,
  forall G : R,
  forall k : nat, (k < n_k)%nat ->
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  ((forall i : nat, (i < n_k)%nat ->
  Rabs (g i) <= G)) ->
  Rabs ((g k - sum n_k (fun i : nat => alpha i * g i)) * alpha k) <= 2 * G * (1 - alpha k) * alpha k.

(* where key y leads every other by γ > 0, the gradient at another score is at most 2 G e^−γ in size *)
Definition other_keys : Prop :=
  forall n_k : nat, (2 <= n_k)%nat ->
  forall e : nat -> R,
  forall g : nat -> R,
  forall G : R,
  forall gamma : R,
  forall y : nat, (y < n_k)%nat ->
  forall k : nat, (k < n_k)%nat ->
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  ((forall i : nat, (i < n_k)%nat ->
  Rabs (g i) <= G) /\
  (0 < gamma) /\
  (forall i : nat, (i < n_k)%nat ->
  ((i <> y)%nat) ->
  gamma + e i <= e y) /\
  ((k <> y)%nat)) ->
  Rabs ((g k - sum n_k (fun i : nat => alpha i * g i)) * alpha k) <= 2 * G * exp (- gamma).

(* where key y leads every other by γ > 0, the gradient at its score is at most 2 G (n − 1) e^−γ in size *)
Definition leading_key : Prop :=
  forall n_k : nat, (2 <= n_k)%nat ->
  forall e : nat -> R,
  forall g : nat -> R,
  forall G : R,
  forall gamma : R,
  forall y : nat, (y < n_k)%nat ->
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  ((forall i : nat, (i < n_k)%nat ->
  Rabs (g i) <= G) /\
  (0 < gamma) /\
  (forall i : nat, (i < n_k)%nat ->
  ((i <> y)%nat) ->
  gamma + e i <= e y)) ->
  Rabs ((g y - sum n_k (fun i : nat => alpha i * g i)) * alpha y) <= 2 * G * (INR n_k - 1) * exp (- gamma).

(* 2 G e^−γ is sharp: a gradient at another score, times e^γ, tends to 2 G as the lead γ grows *)
Definition sharp_at_other_keys : Prop :=
  forall n_k : nat, (2 <= n_k)%nat ->
  forall G : R,
  forall y : nat, (y < n_k)%nat ->
  forall k : nat, (k < n_k)%nat ->
  ((k <> y)%nat) ->
  is_lim (fun t : R => (G - sum n_k (fun i : nat => G * (2 * delta i k - 1) * exp (- (t * (1 - delta i y))) / sum n_k (fun l : nat => exp (- (t * (1 - delta l y)))))) * exp t * exp (- (t * (1 - delta k y))) / sum n_k (fun l : nat => exp (- (t * (1 - delta l y))))) p_infty (Finite (2 * G)).

(* 2 G (n − 1) e^−γ is sharp: a gradient at the leading score, times e^γ, tends to 2 G (n − 1) *)
Definition sharp_at_leading_key : Prop :=
  forall n_k : nat, (2 <= n_k)%nat ->
  forall G : R,
  forall y : nat, (y < n_k)%nat ->
  forall k : nat, (k < n_k)%nat ->
  ((k = y)%nat) ->
  is_lim (fun t : R => (G - sum n_k (fun i : nat => G * (2 * delta i k - 1) * exp (- (t * (1 - delta i y))) / sum n_k (fun l : nat => exp (- (t * (1 - delta l y)))))) * exp t * exp (- (t * (1 - delta k y))) / sum n_k (fun l : nat => exp (- (t * (1 - delta l y))))) p_infty (Finite (2 * G * (INR n_k - 1))).

(* the gradient that reaches a component of key k is that of its score times the slope of the score in it *)
Definition gradient_at_key : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall L : (nat -> R) -> R, (forall one another : nat -> R, (forall place : nat, (place < n_k)%nat -> one place = another place) -> L one = L another) ->
  forall g : nat -> R,
  forall k : nat, (k < n_k)%nat ->
  forall phi : R -> R,
  forall c : R,
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  ((forall epsilon : R,
  (0 < epsilon) ->
  exists delta_ : R,
  ((0 < delta_) /\
  (forall h : nat -> R,
  (sum n_k (fun i : nat => Rabs (h i)) < delta_) ->
  let w := fun i : nat => alpha i + h i in
  Rabs (L alpha - L w + sum n_k (fun i : nat => g i * h i)) <= epsilon * sum n_k (fun i : nat => Rabs (h i))))) /\
  (phi 0 = e k) /\
  (is_derive (fun t : R => phi t) 0 c)) ->
  is_derive (fun t : R => let w := fun i : nat => exp ((phi t - e k) * delta i k + e i) / sum n_k (fun l : nat => exp ((phi t - e k) * delta k l + e l)) in
  L w) 0 (c * (g k - sum n_k (fun i : nat => alpha i * g i)) * alpha k).

(* the gradient that reaches key k is at most 2 G α_k times the length of the slopes of its score *)
Definition through_a_small_weight : Prop :=
  forall n_k : nat, (2 <= n_k)%nat ->
  forall e : nat -> R,
  forall g : nat -> R,
  forall G : R,
  forall k : nat, (k < n_k)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall s : nat -> R,
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  ((forall i : nat, (i < n_k)%nat ->
  Rabs (g i) <= G)) ->
  sqrt (sum d_k (fun f : nat => (g k - sum n_k (fun i : nat => alpha i * g i)) ^ 2 * alpha k ^ 2 * s f ^ 2)) <= 2 * G * alpha k * sqrt (sum d_k (fun f : nat => s f ^ 2)).

(* under L = −log α_y the gradient is α − δ_y *)
Definition log_loss : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall k : nat, (k < n_k)%nat ->
  forall y : nat, (y < n_k)%nat ->
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  is_derive (fun t : R => - ln (exp (t * delta k y + e y) / sum n_k (fun l : nat => exp (t * delta k l + e l)))) 0 (- delta k y + alpha k).

(* under L = −log α_y, where a wrong key leads by γ > 0, the gradient at y is at least 1 − e^−γ in size, and below 1 *)
Definition log_loss_stays : Prop :=
  forall n_k : nat, (2 <= n_k)%nat ->
  forall e : nat -> R,
  forall y : nat, (y < n_k)%nat ->
  forall w : nat, (w < n_k)%nat ->
  forall gamma : R,
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  (((w <> y)%nat) /\
  (0 < gamma) /\
  (gamma + e y <= e w)) ->
  (1 - exp (- gamma) <= Rabs (alpha y - 1)) /\
  (Rabs (alpha y - 1) < 1).

(* under L = −log α_y the gradient at y tends to 1 in size as score y falls behind *)
Definition log_loss_tends_to_1 : Prop :=
  forall n_k : nat, (2 <= n_k)%nat ->
  forall e : nat -> R,
  forall y : nat, (y < n_k)%nat ->
  is_lim (fun t : R => Rabs (exp (- t + e y) / sum n_k (fun l : nat => exp (- (t * delta l y) + e l)) - 1)) p_infty (Finite 1).
