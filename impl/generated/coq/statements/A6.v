(* A6. Printed from derivations/statements/a6.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* L2 normalisation: the score is at most the gain *)
Definition l2_score_at_most_gain : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> R,
  forall k : nat -> R,
  forall g : R,
  forall epsilon : R,
  ((0 <= epsilon) /\
  (0 < epsilon + sum d (fun f : nat => q f ^ 2)) /\
  (0 < epsilon + sum d (fun f : nat => k f ^ 2))) ->
  let x := fun r : nat => q r / sqrt (epsilon + sum d (fun f : nat => q f ^ 2)) in
  let y := fun r : nat => k r / sqrt (epsilon + sum d (fun f : nat => k f ^ 2)) in
  Rabs (g * sum d (fun r : nat => x r * y r)) <= Rabs g.

(* and below it for a positive epsilon and a gain that is not 0 *)
Definition l2_score_below_gain : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> R,
  forall k : nat -> R,
  forall g : R,
  forall epsilon : R,
  ((0 < epsilon) /\
  (g <> 0)) ->
  let x := fun r : nat => q r / sqrt (epsilon + sum d (fun f : nat => q f ^ 2)) in
  let y := fun r : nat => k r / sqrt (epsilon + sum d (fun f : nat => k f ^ 2)) in
  Rabs (g * sum d (fun r : nat => x r * y r)) < Rabs g.

(* RMS normalisation: at most d G *)
Definition rms_score_at_most_width : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> R,
  forall k : nat -> R,
  forall gamma_q : nat -> R,
  forall gamma_k : nat -> R,
  forall G : R,
  forall epsilon : R,
  ((0 <= epsilon) /\
  (0 < epsilon + sum d (fun f : nat => q f ^ 2) / INR d) /\
  (0 < epsilon + sum d (fun f : nat => k f ^ 2) / INR d)) ->
  (forall r : nat, (r < d)%nat ->
  Rabs (gamma_k r * gamma_q r) <= G) ->
  let x := fun r : nat => gamma_q r * q r / sqrt (epsilon + sum d (fun f : nat => q f ^ 2) / INR d) in
  let y := fun r : nat => gamma_k r * k r / sqrt (epsilon + sum d (fun f : nat => k f ^ 2) / INR d) in
  Rabs (sum d (fun r : nat => x r * y r)) <= G * INR d.

(* layer normalisation: at most d G *)
Definition layer_score_at_most_width : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> R,
  forall k : nat -> R,
  forall gamma_q : nat -> R,
  forall gamma_k : nat -> R,
  forall G : R,
  forall epsilon : R,
  ((0 <= epsilon) /\
  (0 < epsilon + sum d (fun f : nat => (q f - sum d (fun r : nat => q r) / INR d) ^ 2) / INR d) /\
  (0 < epsilon + sum d (fun f : nat => (k f - sum d (fun r : nat => k r) / INR d) ^ 2) / INR d)) ->
  (forall r : nat, (r < d)%nat ->
  Rabs (gamma_k r * gamma_q r) <= G) ->
  let m_q := sum d (fun f : nat => q f) / INR d in
  let m_k := sum d (fun f : nat => k f) / INR d in
  let x := fun r : nat => (- m_q + q r) * gamma_q r / sqrt (epsilon + sum d (fun f : nat => (- m_q + q f) ^ 2) / INR d) in
  let y := fun r : nat => (- m_k + k r) * gamma_k r / sqrt (epsilon + sum d (fun f : nat => (- m_k + k f) ^ 2) / INR d) in
  Rabs (sum d (fun r : nat => x r * y r)) <= G * INR d.

(* RMS, divided by the root of d: at most sqrt d G *)
Definition rms_scaled_at_most_root : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> R,
  forall k : nat -> R,
  forall gamma_q : nat -> R,
  forall gamma_k : nat -> R,
  forall G : R,
  forall epsilon : R,
  ((0 <= epsilon) /\
  (0 < epsilon + sum d (fun f : nat => q f ^ 2) / INR d) /\
  (0 < epsilon + sum d (fun f : nat => k f ^ 2) / INR d)) ->
  (forall r : nat, (r < d)%nat ->
  Rabs (gamma_k r * gamma_q r) <= G) ->
  let x := fun r : nat => gamma_q r * q r / sqrt (epsilon + sum d (fun f : nat => q f ^ 2) / INR d) in
  let y := fun r : nat => gamma_k r * k r / sqrt (epsilon + sum d (fun f : nat => k f ^ 2) / INR d) in
  Rabs (sum d (fun r : nat => x r * y r)) / sqrt (INR d) <= G * sqrt (INR d).

(* layer, divided by the root of d: at most sqrt d G *)
Definition layer_scaled_at_most_root : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> R,
  forall k : nat -> R,
  forall gamma_q : nat -> R,
  forall gamma_k : nat -> R,
  forall G : R,
  forall epsilon : R,
  ((0 <= epsilon) /\
  (0 < epsilon + sum d (fun f : nat => (q f - sum d (fun r : nat => q r) / INR d) ^ 2) / INR d) /\
  (0 < epsilon + sum d (fun f : nat => (k f - sum d (fun r : nat => k r) / INR d) ^ 2) / INR d)) ->
  (forall r : nat, (r < d)%nat ->
  Rabs (gamma_k r * gamma_q r) <= G) ->
  let m_q := sum d (fun f : nat => q f) / INR d in
  let m_k := sum d (fun f : nat => k f) / INR d in
  let x := fun r : nat => (- m_q + q r) * gamma_q r / sqrt (epsilon + sum d (fun f : nat => (- m_q + q f) ^ 2) / INR d) in
  let y := fun r : nat => (- m_k + k r) * gamma_k r / sqrt (epsilon + sum d (fun f : nat => (- m_k + k f) ^ 2) / INR d) in
  Rabs (sum d (fun r : nat => x r * y r)) / sqrt (INR d) <= G * sqrt (INR d).

(* RMS without epsilon, gains 1, query and key equal: d is attained *)
Definition rms_attained : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> R,
  forall k : nat -> R,
  ((0 < sum d (fun f : nat => q f ^ 2)) /\
  (forall r : nat, (r < d)%nat ->
  k r = q r)) ->
  let x := fun r : nat => sqrt (INR d) * q r / sqrt (sum d (fun f : nat => q f ^ 2)) in
  let y := fun r : nat => sqrt (INR d) * k r / sqrt (sum d (fun f : nat => k f ^ 2)) in
  sum d (fun r : nat => x r * y r) = INR d.

(* so the root of d is exceeded by the score that is not divided by it, at every width of 2 and more *)
Definition root_exceeded_without_scale : Prop :=
  forall d : nat, (2 <= d)%nat ->
  exists q : nat -> R,
  (exists k : nat -> R,
  ((0 < sum d (fun f : nat => q f ^ 2)) /\
  (0 < sum d (fun f : nat => k f ^ 2)) /\
  (let x := fun r : nat => sqrt (INR d) * q r / sqrt (sum d (fun f : nat => q f ^ 2)) in
  let y := fun r : nat => sqrt (INR d) * k r / sqrt (sum d (fun f : nat => k f ^ 2)) in
  sqrt (INR d) < sum d (fun r : nat => x r * y r)))).

(* RMS: an offset adds its norm *)
Definition rms_offset_adds_norm : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> R,
  forall k : nat -> R,
  forall gamma_q : nat -> R,
  forall gamma_k : nat -> R,
  forall beta_q : nat -> R,
  forall beta_k : nat -> R,
  forall G_q : R,
  forall G_k : R,
  forall epsilon : R,
  ((0 <= epsilon) /\
  (0 < epsilon + sum d (fun f : nat => q f ^ 2) / INR d) /\
  (0 < epsilon + sum d (fun f : nat => k f ^ 2) / INR d)) ->
  ((forall r : nat, (r < d)%nat ->
  Rabs (gamma_q r) <= G_q) /\
  (forall r : nat, (r < d)%nat ->
  Rabs (gamma_k r) <= G_k)) ->
  let x := fun r : nat => beta_q r + gamma_q r * q r / sqrt (epsilon + sum d (fun f : nat => q f ^ 2) / INR d) in
  let y := fun r : nat => beta_k r + gamma_k r * k r / sqrt (epsilon + sum d (fun f : nat => k f ^ 2) / INR d) in
  (sqrt (sum d (fun r : nat => x r ^ 2)) <= G_q * sqrt (INR d) + sqrt (sum d (fun r : nat => beta_q r ^ 2))) /\
  (Rabs (sum d (fun r : nat => x r * y r)) <= (G_k * sqrt (INR d) + sqrt (sum d (fun r : nat => beta_k r ^ 2))) * (G_q * sqrt (INR d) + sqrt (sum d (fun r : nat => beta_q r ^ 2)))).

(* layer: an offset adds its norm *)
Definition layer_offset_adds_norm : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> R,
  forall k : nat -> R,
  forall gamma_q : nat -> R,
  forall gamma_k : nat -> R,
  forall beta_q : nat -> R,
  forall beta_k : nat -> R,
  forall G_q : R,
  forall G_k : R,
  forall epsilon : R,
  ((0 <= epsilon) /\
  (0 < epsilon + sum d (fun f : nat => (q f - sum d (fun r : nat => q r) / INR d) ^ 2) / INR d) /\
  (0 < epsilon + sum d (fun f : nat => (k f - sum d (fun r : nat => k r) / INR d) ^ 2) / INR d)) ->
  ((forall r : nat, (r < d)%nat ->
  Rabs (gamma_q r) <= G_q) /\
  (forall r : nat, (r < d)%nat ->
  Rabs (gamma_k r) <= G_k)) ->
  let m_q := sum d (fun f : nat => q f) / INR d in
  let m_k := sum d (fun f : nat => k f) / INR d in
  let x := fun r : nat => beta_q r + (- m_q + q r) * gamma_q r / sqrt (epsilon + sum d (fun f : nat => (- m_q + q f) ^ 2) / INR d) in
  let y := fun r : nat => beta_k r + (- m_k + k r) * gamma_k r / sqrt (epsilon + sum d (fun f : nat => (- m_k + k f) ^ 2) / INR d) in
  (sqrt (sum d (fun r : nat => x r ^ 2)) <= G_q * sqrt (INR d) + sqrt (sum d (fun r : nat => beta_q r ^ 2))) /\
  (Rabs (sum d (fun r : nat => x r * y r)) <= (G_k * sqrt (INR d) + sqrt (sum d (fun r : nat => beta_k r ^ 2))) * (G_q * sqrt (INR d) + sqrt (sum d (fun r : nat => beta_q r ^ 2)))).

(* the bound without the offset can be exceeded: gains 1, layer normalisation *)
Definition offset_exceeds_bound : Prop :=
  exists d : nat, (1 <= d)%nat /\
  (exists q : nat -> R,
  (exists k : nat -> R,
  (exists beta_q : nat -> R,
  (exists beta_k : nat -> R,
  ((0 < sum d (fun f : nat => (q f - sum d (fun r : nat => q r) / INR d) ^ 2)) /\
  (0 < sum d (fun f : nat => (k f - sum d (fun r : nat => k r) / INR d) ^ 2)) /\
  (let m_q := sum d (fun f : nat => q f) / INR d in
  let m_k := sum d (fun f : nat => k f) / INR d in
  let x := fun r : nat => sqrt (INR d) * (- m_q + q r) / sqrt (sum d (fun f : nat => (- m_q + q f) ^ 2)) + beta_q r in
  let y := fun r : nat => sqrt (INR d) * (- m_k + k r) / sqrt (sum d (fun f : nat => (- m_k + k f) ^ 2)) + beta_k r in
  (INR d < sum d (fun r : nat => x r * y r)) /\
  (sqrt (INR d) < sum d (fun r : nat => x r * y r) / sqrt (INR d)))))))).

(* a bilinear score: at most the Frobenius norm times the two lengths *)
Definition bilinear_within_frobenius : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall W : nat -> nat -> R,
  forall q : nat -> R,
  forall k : nat -> R,
  Rabs (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k f * q r))) <= sqrt (sum d_k (fun f : nat => k f ^ 2)) * sqrt (sum d_q (fun r : nat => q r ^ 2)) * sqrt (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f ^ 2))).

(* and only together with its matrix: vectors of length 1 give every score *)
Definition bilinear_unbounded_without_matrix : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall M : R,
  exists W : nat -> nat -> R,
  (exists q : nat -> R,
  (exists k : nat -> R,
  ((sum d_q (fun r : nat => q r ^ 2) = 1) /\
  (sum d_k (fun f : nat => k f ^ 2) = 1) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k f * q r)) = M)))).

(* a rotation of pairs of components keeps the norm *)
Definition rotation_keeps_norm : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall q : nat -> R,
  forall k : nat -> R,
  forall c : nat -> R,
  forall s : nat -> R,
  (forall r : nat, (r < d)%nat ->
  c r ^ 2 + s r ^ 2 = 1) ->
  sum d (fun r : nat => (c r * k r + q r * s r) ^ 2) + sum d (fun r : nat => (c r * q r - k r * s r) ^ 2) = sum d (fun r : nat => k r ^ 2) + sum d (fun r : nat => q r ^ 2).

(* a soft-cap: below the cap for every score *)
Definition capped_below_cap : Prop :=
  forall kappa : R,
  forall e : R,
  (0 < kappa) ->
  Rabs (kappa * tanh (e / kappa)) < kappa.

(* a bias added after the cap is not bounded by it *)
Definition bias_after_cap_unbounded : Prop :=
  forall kappa : R,
  forall e : R,
  forall M : R,
  (0 < kappa) ->
  exists b : R,
  (M < b + kappa * tanh (e / kappa)).
