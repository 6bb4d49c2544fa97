(* T5. Printed from derivations/statements/t5.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* bilinear, W random, query and key fixed: weights uncorrelated with mean 0 and one variance *)
Definition bilinear_fixed_vectors : Prop :=
  forall Omega : outcomes,
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall W : Omega -> nat -> nat -> R,
  forall q : nat -> R,
  forall k : nat -> R,
  forall w_2 : R,
  ((forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  (has_mean Omega (fun o : Omega => W o r f)) /\
  (mean_of Omega (fun o : Omega => W o r f) = 0)) /\
  (forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  forall s : nat, (s < d_q)%nat ->
  forall g : nat, (g < d_k)%nat ->
  (has_mean Omega (fun o : Omega => W o r f * W o s g)) /\
  (mean_of Omega (fun o : Omega => W o r f * W o s g) = w_2 * delta f g * delta r s))) ->
  (has_mean Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k f * q r)))) /\
  (has_mean Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k f * q r)) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k f * q r))) ^ 2 + mean_of Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k f * q r)) ^ 2) = w_2 * sum d_k (fun f : nat => k f ^ 2) * sum d_q (fun r : nat => q r ^ 2)).

(* the key random too: the mean of its squared length *)
Definition bilinear_random_key : Prop :=
  forall Omega : outcomes,
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall W : Omega -> nat -> nat -> R,
  forall q : nat -> R,
  forall k : Omega -> nat -> R,
  forall w_2 : R,
  ((forall f : nat, (f < d_k)%nat ->
  has_mean Omega (fun o : Omega => k o f ^ 2)) /\
  (forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  (has_mean Omega (fun o : Omega => W o r f * k o f)) /\
  (mean_of Omega (fun o : Omega => W o r f * k o f) = 0)) /\
  (forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  forall s : nat, (s < d_q)%nat ->
  forall g : nat, (g < d_k)%nat ->
  (has_mean Omega (fun o : Omega => W o r f * W o s g * k o f * k o g)) /\
  (mean_of Omega (fun o : Omega => W o r f * W o s g * k o f * k o g) = w_2 * delta f g * delta r s * mean_of Omega (fun o : Omega => k o f * k o g)))) ->
  (has_mean Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k o f * q r)))) /\
  (has_mean Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k o f * q r)) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k o f * q r))) ^ 2 + mean_of Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k o f * q r)) ^ 2) = w_2 * mean_of Omega (fun o : Omega => sum d_k (fun f : nat => k o f ^ 2)) * sum d_q (fun r : nat => q r ^ 2)).

(* the query random, the key fixed *)
Definition bilinear_random_query : Prop :=
  forall Omega : outcomes,
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall W : Omega -> nat -> nat -> R,
  forall q : Omega -> nat -> R,
  forall k : nat -> R,
  forall w_2 : R,
  ((forall r : nat, (r < d_q)%nat ->
  has_mean Omega (fun o : Omega => q o r ^ 2)) /\
  (forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  (has_mean Omega (fun o : Omega => W o r f * q o r)) /\
  (mean_of Omega (fun o : Omega => W o r f * q o r) = 0)) /\
  (forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  forall s : nat, (s < d_q)%nat ->
  forall g : nat, (g < d_k)%nat ->
  (has_mean Omega (fun o : Omega => W o r f * W o s g * q o r * q o s)) /\
  (mean_of Omega (fun o : Omega => W o r f * W o s g * q o r * q o s) = w_2 * delta f g * delta r s * mean_of Omega (fun o : Omega => q o r * q o s)))) ->
  (has_mean Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k f * q o r)))) /\
  (has_mean Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k f * q o r)) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k f * q o r))) ^ 2 + mean_of Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k f * q o r)) ^ 2) = w_2 * mean_of Omega (fun o : Omega => sum d_q (fun r : nat => q o r ^ 2)) * sum d_k (fun f : nat => k f ^ 2)).

(* all random, independent: the product of the two means *)
Definition bilinear_all_random : Prop :=
  forall Omega : outcomes,
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall W : Omega -> nat -> nat -> R,
  forall q : Omega -> nat -> R,
  forall k : Omega -> nat -> R,
  forall w_2 : R,
  ((forall r : nat, (r < d_q)%nat ->
  has_mean Omega (fun o : Omega => q o r ^ 2)) /\
  (forall f : nat, (f < d_k)%nat ->
  has_mean Omega (fun o : Omega => k o f ^ 2)) /\
  ((forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  (has_mean Omega (fun o : Omega => W o r f * k o f * q o r)) /\
  (mean_of Omega (fun o : Omega => W o r f * k o f * q o r) = 0)) /\
  (forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  forall s : nat, (s < d_q)%nat ->
  forall g : nat, (g < d_k)%nat ->
  (has_mean Omega (fun o : Omega => W o r f * W o s g * k o f * k o g * q o r * q o s)) /\
  (mean_of Omega (fun o : Omega => W o r f * W o s g * k o f * k o g * q o r * q o s) = w_2 * delta f g * delta r s * mean_of Omega (fun o : Omega => k o f * k o g) * mean_of Omega (fun o : Omega => q o r * q o s))))) ->
  (has_mean Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k o f * q o r)))) /\
  (has_mean Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k o f * q o r)) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k o f * q o r))) ^ 2 + mean_of Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k o f * q o r)) ^ 2) = w_2 * mean_of Omega (fun o : Omega => sum d_k (fun f : nat => k o f ^ 2)) * mean_of Omega (fun o : Omega => sum d_q (fun r : nat => q o r ^ 2))).

(* the components of each vector with one second moment: both widths *)
Definition bilinear_alike : Prop :=
  forall Omega : outcomes,
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall W : Omega -> nat -> nat -> R,
  forall q : Omega -> nat -> R,
  forall k : Omega -> nat -> R,
  forall w_2 : R,
  forall q_2 : R,
  forall k_2 : R,
  ((forall r : nat, (r < d_q)%nat ->
  (has_mean Omega (fun o : Omega => q o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 2) = q_2)) /\
  (forall f : nat, (f < d_k)%nat ->
  (has_mean Omega (fun o : Omega => k o f ^ 2)) /\
  (mean_of Omega (fun o : Omega => k o f ^ 2) = k_2)) /\
  ((forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  (has_mean Omega (fun o : Omega => W o r f * k o f * q o r)) /\
  (mean_of Omega (fun o : Omega => W o r f * k o f * q o r) = 0)) /\
  (forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  forall s : nat, (s < d_q)%nat ->
  forall g : nat, (g < d_k)%nat ->
  (has_mean Omega (fun o : Omega => W o r f * W o s g * k o f * k o g * q o r * q o s)) /\
  (mean_of Omega (fun o : Omega => W o r f * W o s g * k o f * k o g * q o r * q o s) = w_2 * delta f g * delta r s * mean_of Omega (fun o : Omega => k o f * k o g) * mean_of Omega (fun o : Omega => q o r * q o s))))) ->
  (has_mean Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k o f * q o r)))) /\
  (has_mean Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k o f * q o r)) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k o f * q o r))) ^ 2 + mean_of Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k o f * q o r)) ^ 2) = INR d_k * INR d_q * k_2 * q_2 * w_2).

(* the part shared by two independent keys of one query and one W *)
Definition bilinear_shared : Prop :=
  forall Omega : outcomes,
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall W : Omega -> nat -> nat -> R,
  forall q : Omega -> nat -> R,
  forall k : Omega -> nat -> R,
  forall l : Omega -> nat -> R,
  forall w_2 : R,
  forall q_2 : R,
  forall k_1 : R,
  ((forall r : nat, (r < d_q)%nat ->
  (has_mean Omega (fun o : Omega => q o r ^ 2)) /\
  (mean_of Omega (fun o : Omega => q o r ^ 2) = q_2)) /\
  (forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  (has_mean Omega (fun o : Omega => W o r f * k o f * q o r)) /\
  (mean_of Omega (fun o : Omega => W o r f * k o f * q o r) = 0)) /\
  (forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  (has_mean Omega (fun o : Omega => W o r f * l o f * q o r)) /\
  (mean_of Omega (fun o : Omega => W o r f * l o f * q o r) = 0)) /\
  (forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  forall s : nat, (s < d_q)%nat ->
  forall g : nat, (g < d_k)%nat ->
  (has_mean Omega (fun o : Omega => W o r f * W o s g * k o f * l o g * q o r * q o s)) /\
  (mean_of Omega (fun o : Omega => W o r f * W o s g * k o f * l o g * q o r * q o s) = k_1 ^ 2 * w_2 * delta f g * delta r s * mean_of Omega (fun o : Omega => q o r * q o s)))) ->
  (has_mean Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k o f * q o r)))) /\
  (has_mean Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * l o f * q o r)))) /\
  (has_mean Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k o f * q o r)) * sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * l o f * q o r)))) /\
  (mean_of Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k o f * q o r)) * sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * l o f * q o r))) - mean_of Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * k o f * q o r))) * mean_of Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W o r f * l o f * q o r))) = INR d_k * INR d_q * k_1 ^ 2 * q_2 * w_2).

(* W and the query fixed, the key isotropic with mean 0 *)
Definition bilinear_fixed_weights : Prop :=
  forall Omega : outcomes,
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall W : nat -> nat -> R,
  forall q : nat -> R,
  forall k : Omega -> nat -> R,
  forall k_2 : R,
  ((forall f : nat, (f < d_k)%nat ->
  (has_mean Omega (fun o : Omega => k o f)) /\
  (mean_of Omega (fun o : Omega => k o f) = 0)) /\
  (forall f : nat, (f < d_k)%nat ->
  forall g : nat, (g < d_k)%nat ->
  (has_mean Omega (fun o : Omega => k o f * k o g)) /\
  (mean_of Omega (fun o : Omega => k o f * k o g) = k_2 * delta f g))) ->
  (has_mean Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k o f * q r)))) /\
  (has_mean Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k o f * q r)) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k o f * q r))) ^ 2 + mean_of Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k o f * q r)) ^ 2) = k_2 * sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * q r) ^ 2)).

(* W fixed, query and key isotropic with mean 0, independent *)
Definition bilinear_fixed_weights_only : Prop :=
  forall Omega : outcomes,
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall W : nat -> nat -> R,
  forall q : Omega -> nat -> R,
  forall k : Omega -> nat -> R,
  forall q_2 : R,
  forall k_2 : R,
  ((forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  (has_mean Omega (fun o : Omega => k o f * q o r)) /\
  (mean_of Omega (fun o : Omega => k o f * q o r) = 0)) /\
  (forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  forall s : nat, (s < d_q)%nat ->
  forall g : nat, (g < d_k)%nat ->
  (has_mean Omega (fun o : Omega => k o f * k o g * q o r * q o s)) /\
  (mean_of Omega (fun o : Omega => k o f * k o g * q o r * q o s) = k_2 * q_2 * delta f g * delta r s))) ->
  (has_mean Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k o f * q o r)))) /\
  (has_mean Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k o f * q o r)) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k o f * q o r))) ^ 2 + mean_of Omega (fun o : Omega => sum d_k (fun f : nat => sum d_q (fun r : nat => W r f * k o f * q o r)) ^ 2) = k_2 * q_2 * sum d_k (fun f : nat => sum d_q (fun r : nat => W r f ^ 2))).

(* the variance of a pre-activation: random projections of fixed vectors *)
Definition preactivation : Prop :=
  forall Omega : outcomes,
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall W_s : Omega -> nat -> R,
  forall W_h : Omega -> nat -> R,
  forall q : nat -> R,
  forall k : nat -> R,
  forall s_2 : R,
  forall h_2 : R,
  ((forall r : nat, (r < d_q)%nat ->
  (has_mean Omega (fun o : Omega => W_s o r)) /\
  (mean_of Omega (fun o : Omega => W_s o r) = 0)) /\
  (forall f : nat, (f < d_k)%nat ->
  (has_mean Omega (fun o : Omega => W_h o f)) /\
  (mean_of Omega (fun o : Omega => W_h o f) = 0)) /\
  (forall r : nat, (r < d_q)%nat ->
  forall s : nat, (s < d_q)%nat ->
  (has_mean Omega (fun o : Omega => W_s o r * W_s o s)) /\
  (mean_of Omega (fun o : Omega => W_s o r * W_s o s) = s_2 * delta r s)) /\
  (forall f : nat, (f < d_k)%nat ->
  forall g : nat, (g < d_k)%nat ->
  (has_mean Omega (fun o : Omega => W_h o f * W_h o g)) /\
  (mean_of Omega (fun o : Omega => W_h o f * W_h o g) = h_2 * delta f g)) /\
  (forall r : nat, (r < d_q)%nat ->
  forall f : nat, (f < d_k)%nat ->
  (has_mean Omega (fun o : Omega => W_h o f * W_s o r)) /\
  (mean_of Omega (fun o : Omega => W_h o f * W_s o r) = 0))) ->
  (has_mean Omega (fun o : Omega => sum d_k (fun f : nat => W_h o f * k f) + sum d_q (fun r : nat => W_s o r * q r))) /\
  (has_mean Omega (fun o : Omega => (sum d_k (fun f : nat => W_h o f * k f) + sum d_q (fun r : nat => W_s o r * q r)) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d_k (fun f : nat => W_h o f * k f) + sum d_q (fun r : nat => W_s o r * q r)) ^ 2 + mean_of Omega (fun o : Omega => (sum d_k (fun f : nat => W_h o f * k f) + sum d_q (fun r : nat => W_s o r * q r)) ^ 2) = h_2 * sum d_k (fun f : nat => k f ^ 2) + s_2 * sum d_q (fun r : nat => q r ^ 2)).

(* additive, v fixed: units of mean 0 and one second moment, uncorrelated *)
Definition additive_fixed_v : Prop :=
  forall Omega : outcomes,
  forall d_a : nat, (1 <= d_a)%nat ->
  forall z : Omega -> nat -> R,
  forall v : nat -> R,
  forall T_2 : R,
  ((forall a : nat, (a < d_a)%nat ->
  (has_mean Omega (fun o : Omega => tanh (z o a))) /\
  (mean_of Omega (fun o : Omega => tanh (z o a)) = 0)) /\
  (forall a : nat, (a < d_a)%nat ->
  forall b : nat, (b < d_a)%nat ->
  (has_mean Omega (fun o : Omega => tanh (z o a) * tanh (z o b))) /\
  (mean_of Omega (fun o : Omega => tanh (z o a) * tanh (z o b)) = T_2 * delta a b))) ->
  (has_mean Omega (fun o : Omega => sum d_a (fun a : nat => tanh (z o a) * v a))) /\
  (has_mean Omega (fun o : Omega => sum d_a (fun a : nat => tanh (z o a) * v a) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d_a (fun a : nat => tanh (z o a) * v a)) ^ 2 + mean_of Omega (fun o : Omega => sum d_a (fun a : nat => tanh (z o a) * v a) ^ 2) = T_2 * sum d_a (fun a : nat => v a ^ 2)).

(* additive, v random: uncorrelated with mean 0 and one variance, independent of the units *)
Definition additive_random_v : Prop :=
  forall Omega : outcomes,
  forall d_a : nat, (1 <= d_a)%nat ->
  forall z : Omega -> nat -> R,
  forall v : Omega -> nat -> R,
  forall T_2 : R,
  forall v_2 : R,
  ((forall a : nat, (a < d_a)%nat ->
  (has_mean Omega (fun o : Omega => tanh (z o a) * v o a)) /\
  (mean_of Omega (fun o : Omega => tanh (z o a) * v o a) = 0)) /\
  (forall a : nat, (a < d_a)%nat ->
  (has_mean Omega (fun o : Omega => tanh (z o a) ^ 2)) /\
  (mean_of Omega (fun o : Omega => tanh (z o a) ^ 2) = T_2)) /\
  (forall a : nat, (a < d_a)%nat ->
  forall b : nat, (b < d_a)%nat ->
  (has_mean Omega (fun o : Omega => tanh (z o a) * tanh (z o b) * v o a * v o b)) /\
  (mean_of Omega (fun o : Omega => tanh (z o a) * tanh (z o b) * v o a * v o b) = v_2 * delta a b * mean_of Omega (fun o : Omega => tanh (z o a) * tanh (z o b))))) ->
  (has_mean Omega (fun o : Omega => sum d_a (fun a : nat => tanh (z o a) * v o a))) /\
  (has_mean Omega (fun o : Omega => sum d_a (fun a : nat => tanh (z o a) * v o a) ^ 2)) /\
  (- mean_of Omega (fun o : Omega => sum d_a (fun a : nat => tanh (z o a) * v o a)) ^ 2 + mean_of Omega (fun o : Omega => sum d_a (fun a : nat => tanh (z o a) * v o a) ^ 2) = T_2 * INR d_a * v_2).

(* the part shared by two keys, v fixed: what two units of one number have in common *)
Definition additive_shared : Prop :=
  forall Omega : outcomes,
  forall d_a : nat, (1 <= d_a)%nat ->
  forall z : Omega -> nat -> R,
  forall y : Omega -> nat -> R,
  forall v : nat -> R,
  forall T_2 : R,
  forall sigma : R,
  (((forall a : nat, (a < d_a)%nat ->
  (has_mean Omega (fun o : Omega => tanh (z o a))) /\
  (mean_of Omega (fun o : Omega => tanh (z o a)) = 0)) /\
  (forall a : nat, (a < d_a)%nat ->
  forall b : nat, (b < d_a)%nat ->
  (has_mean Omega (fun o : Omega => tanh (z o a) * tanh (z o b))) /\
  (mean_of Omega (fun o : Omega => tanh (z o a) * tanh (z o b)) = T_2 * delta a b))) /\
  ((forall a : nat, (a < d_a)%nat ->
  (has_mean Omega (fun o : Omega => tanh (y o a))) /\
  (mean_of Omega (fun o : Omega => tanh (y o a)) = 0)) /\
  (forall a : nat, (a < d_a)%nat ->
  forall b : nat, (b < d_a)%nat ->
  (has_mean Omega (fun o : Omega => tanh (y o a) * tanh (y o b))) /\
  (mean_of Omega (fun o : Omega => tanh (y o a) * tanh (y o b)) = T_2 * delta a b))) /\
  (forall a : nat, (a < d_a)%nat ->
  forall b : nat, (b < d_a)%nat ->
  (has_mean Omega (fun o : Omega => tanh (y o b) * tanh (z o a))) /\
  (mean_of Omega (fun o : Omega => tanh (y o b) * tanh (z o a)) = sigma * delta a b))) ->
  (has_mean Omega (fun o : Omega => sum d_a (fun a : nat => tanh (z o a) * v a))) /\
  (has_mean Omega (fun o : Omega => sum d_a (fun a : nat => tanh (y o a) * v a))) /\
  (has_mean Omega (fun o : Omega => sum d_a (fun a : nat => tanh (y o a) * v a) * sum d_a (fun a : nat => tanh (z o a) * v a))) /\
  (mean_of Omega (fun o : Omega => sum d_a (fun a : nat => tanh (y o a) * v a) * sum d_a (fun a : nat => tanh (z o a) * v a)) - mean_of Omega (fun o : Omega => sum d_a (fun a : nat => tanh (y o a) * v a)) * mean_of Omega (fun o : Omega => sum d_a (fun a : nat => tanh (z o a) * v a)) = sigma * sum d_a (fun a : nat => v a ^ 2)).

(* of jointly normal x and y: its Hermite series, as near as the series comes to the unit in the mean square *)
Definition shared_part_as_a_series : Prop :=
  forall Omega : outcomes,
  forall n_t : nat, (1 <= n_t)%nat ->
  forall x : Omega -> R,
  forall y : Omega -> R,
  forall h_x : Omega -> nat -> R,
  forall h_y : Omega -> nat -> R,
  forall a : nat -> R,
  forall sigma : R,
  forall rho : R,
  forall T_2 : R,
  ((((has_mean Omega (fun o : Omega => tanh (sigma * x o) ^ 2)) /\
  (mean_of Omega (fun o : Omega => tanh (sigma * x o) ^ 2) = T_2)) /\
  (forall n : nat, (n < n_t)%nat ->
  forall m : nat, (m < n_t)%nat ->
  (has_mean Omega (fun o : Omega => h_x o m * h_x o n)) /\
  (mean_of Omega (fun o : Omega => h_x o m * h_x o n) = delta m n)) /\
  (forall n : nat, (n < n_t)%nat ->
  (has_mean Omega (fun o : Omega => tanh (sigma * x o) * h_x o n)) /\
  (mean_of Omega (fun o : Omega => tanh (sigma * x o) * h_x o n) = a n))) /\
  (((has_mean Omega (fun o : Omega => tanh (sigma * y o) ^ 2)) /\
  (mean_of Omega (fun o : Omega => tanh (sigma * y o) ^ 2) = T_2)) /\
  (forall n : nat, (n < n_t)%nat ->
  forall m : nat, (m < n_t)%nat ->
  (has_mean Omega (fun o : Omega => h_y o m * h_y o n)) /\
  (mean_of Omega (fun o : Omega => h_y o m * h_y o n) = delta m n)) /\
  (forall n : nat, (n < n_t)%nat ->
  (has_mean Omega (fun o : Omega => tanh (sigma * y o) * h_y o n)) /\
  (mean_of Omega (fun o : Omega => tanh (sigma * y o) * h_y o n) = a n))) /\
  (forall n : nat, (n < n_t)%nat ->
  forall m : nat, (m < n_t)%nat ->
  (has_mean Omega (fun o : Omega => h_x o n * h_y o m)) /\
  (mean_of Omega (fun o : Omega => h_x o n * h_y o m) = rho ^ n * delta m n)) /\
  (has_mean Omega (fun o : Omega => tanh (sigma * x o) * tanh (sigma * y o))) /\
  (forall n : nat, (n < n_t)%nat ->
  has_mean Omega (fun o : Omega => tanh (sigma * y o) * h_x o n))) ->
  Rabs (mean_of Omega (fun o : Omega => tanh (sigma * x o) * tanh (sigma * y o)) - sum n_t (fun n : nat => rho ^ n * a n ^ 2)) <= 2 * sqrt (T_2 * (T_2 - sum n_t (fun n : nat => a n ^ 2))).

(* the second moment of a unit is at most that of its pre-activation, and at most 1 *)
Definition second_moment_of_tanh : Prop :=
  forall Omega : outcomes,
  forall d_a : nat, (1 <= d_a)%nat ->
  forall z : Omega -> nat -> R,
  forall a : nat, (a < d_a)%nat ->
  forall sigma : R,
  forall T_2 : R,
  (((has_mean Omega (fun o : Omega => z o a ^ 2)) /\
  (mean_of Omega (fun o : Omega => z o a ^ 2) = sigma ^ 2)) /\
  ((has_mean Omega (fun o : Omega => tanh (z o a) ^ 2)) /\
  (mean_of Omega (fun o : Omega => tanh (z o a) ^ 2) = T_2))) ->
  T_2 <= Rmin 1 (sigma ^ 2).
