(* X6. Printed from derivations/statements/x6.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* 4 m units with the bias artanh(1/2) for rank m on a bounded set, for every step h: error and output weights *)
Definition imitated : Prop :=
  forall m : nat, (1 <= m)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall X : nat -> nat -> R,
  forall Y : nat -> nat -> R,
  forall h : R,
  forall R_max : R,
  (0 < h) ->
  exists v : nat -> R,
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  ((forall a : nat, (a < (4 * m)%nat)%nat ->
  Rabs (v a) = 1 / (3 * h ^ 2)) /\
  (sum (4 * m)%nat (fun a : nat => v a) = 0) /\
  (forall q : nat -> R,
  forall k : nat -> R,
  (forall b : nat, (b < m)%nat ->
  (Rabs (sum d_q (fun r : nat => X b r * q r)) <= R_max) /\
  (Rabs (sum d_k (fun f : nat => Y b f * k f)) <= R_max)) ->
  Rabs (sum (4 * m)%nat (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * k f) + sum d_q (fun r : nat => W_s a r * q r) + ln 3 / 2) * v a) - sum d_k (fun f : nat => sum d_q (fun r : nat => k f * q r * sum m (fun b : nat => X b r * Y b f)))) <= 82 * R_max ^ 4 * h ^ 2 * INR m / 45)))).

(* so for every error epsilon, and the weights that it costs *)
Definition as_closely_as_you_like : Prop :=
  forall m : nat, (1 <= m)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall X : nat -> nat -> R,
  forall Y : nat -> nat -> R,
  forall epsilon : R,
  forall R_max : R,
  ((0 < epsilon) /\
  (0 < R_max)) ->
  exists v : nat -> R,
  (exists W_s : nat -> nat -> R,
  (exists W_h : nat -> nat -> R,
  ((forall a : nat, (a < (4 * m)%nat)%nat ->
  Rabs (v a) = 82 * R_max ^ 4 * INR m / (135 * epsilon)) /\
  (sum (4 * m)%nat (fun a : nat => v a) = 0) /\
  (forall q : nat -> R,
  forall k : nat -> R,
  (forall b : nat, (b < m)%nat ->
  (Rabs (sum d_q (fun r : nat => X b r * q r)) <= R_max) /\
  (Rabs (sum d_k (fun f : nat => Y b f * k f)) <= R_max)) ->
  Rabs (sum (4 * m)%nat (fun a : nat => tanh (sum d_k (fun f : nat => W_h a f * k f) + sum d_q (fun r : nat => W_s a r * q r) + ln 3 / 2) * v a) - sum d_k (fun f : nat => sum d_q (fun r : nat => k f * q r * sum m (fun b : nat => X b r * Y b f)))) <= epsilon)))).

(* each computed tanh off by c at most, each term by a factor within 1 - gamma and 1 + gamma: what rounding adds *)
Definition rounding_adds : Prop :=
  forall m : nat, (1 <= m)%nat ->
  forall z : nat -> R,
  forall t : nat -> R,
  forall f : nat -> R,
  forall v : nat -> R,
  forall h : R,
  forall c : R,
  forall gamma : R,
  ((0 < h) /\
  (forall a : nat, (a < (4 * m)%nat)%nat ->
  (Rabs (v a) = 1 / (3 * h ^ 2)) /\
  (Rabs (tanh (z a) - t a) <= c) /\
  (Rabs (f a - 1) <= gamma))) ->
  Rabs (sum (4 * m)%nat (fun a : nat => tanh (z a) * v a) - sum (4 * m)%nat (fun a : nat => f a * t a * v a)) <= 4 * INR m * (c * gamma + c + gamma) / (3 * h ^ 2).

(* the sum of the two bounds is least at (30 kappa/41)^(1/4)/R, where it is of the order of the root of kappa *)
Definition best_step : Prop :=
  forall m : nat, (1 <= m)%nat ->
  forall kappa : R,
  forall R_max : R,
  forall h : R,
  ((0 < kappa) /\
  (0 < R_max) /\
  (0 < h)) ->
  (4 * sqrt 1230 * R_max ^ 2 * sqrt kappa * INR m / 45 <= 82 * R_max ^ 4 * h ^ 2 * INR m / 45 + 4 * kappa * INR m / (3 * h ^ 2)) /\
  ((R_max ^ 4 * h ^ 4 = 30 * kappa / 41) ->
  82 * R_max ^ 4 * h ^ 2 * INR m / 45 + 4 * kappa * INR m / (3 * h ^ 2) = 4 * sqrt 1230 * R_max ^ 2 * sqrt kappa * INR m / 45).

(* in fp32, R = 1, kappa from 7 u to 14 u: a step of 0.02 to 0.03 *)
Definition best_step_in_fp32 : Prop :=
  forall kappa : R,
  forall h : R,
  ((7 / 16777216 <= kappa) /\
  (kappa <= 7 / 8388608) /\
  (0 < h) /\
  (h ^ 4 = 30 * kappa / 41)) ->
  (1 / 50 <= h) /\
  (h <= 3 / 100).

(* a step below u/(4 R) is lost in the bias, and the computed score of the four units is 0, in any order *)
Definition lost_in_the_bias : Prop :=
  forall p : nat, (5 <= p)%nat ->
  forall e_max : nat, (2 <= e_max)%nat ->
  forall h : R,
  forall R_max : R,
  forall beta : R,
  forall z : nat -> R,
  forall v : nat -> R,
  forall T : R -> R,
  forall S_ : nat -> nat -> R,
  ((0 < R_max) /\
  (0 < h) /\
  (h < 1 / (4 * 2 ^ p * R_max)) /\
  (forall a : nat, (a < 4)%nat ->
  (Rabs (z a) <= 2 * R_max) /\
  ((v a = beta) \/
  (v a = - beta))) /\
  (sum 4 (fun a : nat => v a) = 0)) ->
  (forall a : nat, (a < 4)%nat ->
  rounded p e_max (h * z a + rounded p e_max (ln 3 / 2)) = rounded p e_max (ln 3 / 2)) /\
  (let w := fun a : nat => rounded p e_max (T (rounded p e_max (h * z a + rounded p e_max (ln 3 / 2))) * v a) in
  (forall x : nat, (x < 5)%nat ->
  forall y : nat, (y < 5)%nat ->
  (((x + 1)%nat <= y)%nat) ->
  (((y = (x + 1)%nat)%nat) /\
  (S_ x y = w x)) \/
  (exists c : nat, (c < 5)%nat /\
  ((((x + 1)%nat <= c)%nat) /\
  (((c + 1)%nat <= y)%nat) /\
  (S_ x y = rounded p e_max (S_ c y + S_ x c))))) ->
  S_ 0%nat 4%nat = 0).

(* no finite number of units is exact on any interval of x = y *)
Definition never_exact : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall v : nat -> R,
  forall w_x : nat -> R,
  forall w_y : nat -> R,
  forall b : nat -> R,
  forall x_low : R,
  forall x_high : R,
  (x_low < x_high) ->
  ~ (forall x : R,
  ((x_low < x) /\
  (x < x_high)) ->
  sum d_a (fun a : nat => tanh (x * w_x a + x * w_y a + b a) * v a) = x ^ 2).

(* nor near on a set on which the product is unbounded *)
Definition far_on_unbounded_sets : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall v : nat -> R,
  forall w_x : nat -> R,
  forall w_y : nat -> R,
  forall b : nat -> R,
  forall f : R -> R,
  forall g : R -> R,
  (forall M : R,
  exists t : R,
  (M < Rabs (f t * g t))) ->
  forall epsilon : R,
  exists t : R,
  (epsilon < Rabs (f t * g t - sum d_a (fun a : nat => tanh (f t * w_x a + g t * w_y a + b a) * v a))).

(* within epsilon on the square only with output weights of R^2 - epsilon together *)
Definition weights_needed : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall v : nat -> R,
  forall w_x : nat -> R,
  forall w_y : nat -> R,
  forall b : nat -> R,
  forall epsilon : R,
  forall R_max : R,
  ((0 <= R_max) /\
  (forall x : R,
  forall y : R,
  ((Rabs x <= R_max) /\
  (Rabs y <= R_max)) ->
  Rabs (x * y - sum d_a (fun a : nat => tanh (x * w_x a + y * w_y a + b a) * v a)) <= epsilon)) ->
  R_max ^ 2 - epsilon <= sum d_a (fun a : nat => Rabs (v a)).
