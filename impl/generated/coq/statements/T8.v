(* T8. Printed from derivations/statements/t8.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* sech^2 of the root falls *)
Definition falls : Prop :=
  forall y : R,
  forall M : R,
  ((0 <= y) /\
  (y < M)) ->
  sech (sqrt M) ^ 2 < sech (sqrt y) ^ 2.

(* and is strictly convex: above every tangent *)
Definition above_tangent : Prop :=
  forall y : R,
  forall M : R,
  ((0 <= y) /\
  (0 < M) /\
  (y <> M)) ->
  sech (sqrt M) ^ 2 - (- M + y) * tanh (sqrt M) * sech (sqrt M) ^ 2 / sqrt M < sech (sqrt y) ^ 2.

(* the mean of sech^2 over the units is at least sech^2(1) *)
Definition guarantee : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall x : nat -> R,
  forall epsilon : R,
  let mu := sum d_a (fun f : nat => x f) / INR d_a in
  let w := sum d_a (fun f : nat => (- mu + x f) ^ 2) / INR d_a in
  ((0 <= epsilon) /\
  (0 < epsilon + w)) ->
  let z := fun a : nat => (- mu + x a) / sqrt (epsilon + w) in
  sech 1 ^ 2 <= sum d_a (fun a : nat => sech (z a) ^ 2) / INR d_a.

(* which is 0.4199... *)
Definition sech_squared_of_one : Prop :=
  (4199 / 10000 < sech 1 ^ 2) /\
  (sech 1 ^ 2 < 21 / 50).

(* strictly for a positive epsilon *)
Definition strict_with_epsilon : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall x : nat -> R,
  forall epsilon : R,
  let mu := sum d_a (fun f : nat => x f) / INR d_a in
  let w := sum d_a (fun f : nat => (- mu + x f) ^ 2) / INR d_a in
  ((0 < epsilon) /\
  ((0 <= epsilon) /\
  (0 < epsilon + w))) ->
  let z := fun a : nat => (- mu + x a) / sqrt (epsilon + w) in
  sech 1 ^ 2 < sum d_a (fun a : nat => sech (z a) ^ 2) / INR d_a.

(* and at least sech^2 of the root of v/(v + epsilon) *)
Definition rises_with_epsilon : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall x : nat -> R,
  forall epsilon : R,
  let mu := sum d_a (fun f : nat => x f) / INR d_a in
  let w := sum d_a (fun f : nat => (- mu + x f) ^ 2) / INR d_a in
  ((0 <= epsilon) /\
  (0 < epsilon + w)) ->
  let z := fun a : nat => (- mu + x a) / sqrt (epsilon + w) in
  sech (sqrt (w / (epsilon + w))) ^ 2 <= sum d_a (fun a : nat => sech (z a) ^ 2) / INR d_a.

(* a constant input gives 1 *)
Definition constant_input : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall x : nat -> R,
  forall epsilon : R,
  forall g : R,
  (forall a : nat, (a < d_a)%nat ->
  x a = g) ->
  let mu := sum d_a (fun f : nat => x f) / INR d_a in
  let w := sum d_a (fun f : nat => (- mu + x f) ^ 2) / INR d_a in
  ((0 <= epsilon) /\
  (0 < epsilon + w)) ->
  let z := fun a : nat => (- mu + x a) / sqrt (epsilon + w) in
  sum d_a (fun a : nat => sech (z a) ^ 2) / INR d_a = 1.

(* epsilon 0: attained exactly where every unit is 1 or -1 *)
Definition attained_exactly_by_signs : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall x : nat -> R,
  let mu := sum d_a (fun f : nat => x f) / INR d_a in
  let w := sum d_a (fun f : nat => (- mu + x f) ^ 2) / INR d_a in
  (0 < w) ->
  let z := fun a : nat => (- mu + x a) / sqrt w in
  (sum d_a (fun a : nat => sech (z a) ^ 2) / INR d_a = sech 1 ^ 2) <->
  (forall a : nat, (a < d_a)%nat ->
  (z a = 1) \/
  (z a = - 1)).

(* of which there are as many 1 as -1, since the units sum to 0 *)
Definition signs_balance : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall x : nat -> R,
  forall epsilon : R,
  let mu := sum d_a (fun f : nat => x f) / INR d_a in
  let w := sum d_a (fun f : nat => (- mu + x f) ^ 2) / INR d_a in
  ((0 <= epsilon) /\
  (0 < epsilon + w)) ->
  let z := fun a : nat => (- mu + x a) / sqrt (epsilon + w) in
  sum d_a (fun a : nat => z a) = 0.

(* every even width attains it *)
Definition attained_at_even_widths : Prop :=
  forall m : nat, (1 <= m)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  ((d_a = (2 * m)%nat)%nat) ->
  exists x : nat -> R,
  (let mu := sum d_a (fun f : nat => x f) / INR d_a in
  let w := sum d_a (fun f : nat => (- mu + x f) ^ 2) / INR d_a in
  (0 < w) /\
  (let z := fun a : nat => (- mu + x a) / sqrt w in
  sum d_a (fun a : nat => sech (z a) ^ 2) / INR d_a = sech 1 ^ 2)).

(* no odd width does *)
Definition never_at_odd_widths : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall x : nat -> R,
  let mu := sum d_a (fun f : nat => x f) / INR d_a in
  let w := sum d_a (fun f : nat => (- mu + x f) ^ 2) / INR d_a in
  (0 < w) ->
  let z := fun a : nat => (- mu + x a) / sqrt w in
  (sum d_a (fun a : nat => sech (z a) ^ 2) / INR d_a = sech 1 ^ 2) ->
  exists m : nat, (1 <= m)%nat /\
  ((d_a = (2 * m)%nat)%nat).

(* an odd width, 2m + 1: the mean of sech^2 is at least that of m + 1 units at one value and m at another *)
Definition odd_minimum : Prop :=
  forall m : nat, (1 <= m)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall x : nat -> R,
  forall epsilon : R,
  ((d_a = (2 * m + 1)%nat)%nat) ->
  let mu := sum d_a (fun f : nat => x f) / INR d_a in
  let w := sum d_a (fun f : nat => (- mu + x f) ^ 2) / INR d_a in
  ((0 <= epsilon) /\
  (0 < epsilon + w)) ->
  let z := fun a : nat => (- mu + x a) / sqrt (epsilon + w) in
  (INR m * sech (sqrt (INR (m + 1)%nat) / sqrt (INR m)) ^ 2 + INR (m + 1)%nat * sech (sqrt (INR m) / sqrt (INR (m + 1)%nat)) ^ 2) / INR (2 * m + 1)%nat <= sum d_a (fun a : nat => sech (z a) ^ 2) / INR d_a.

(* epsilon 0: that is attained exactly, up to the sign of the vector, where m + 1 units are at the root of m/(m + 1) and m at minus its inverse *)
Definition odd_minimum_exactly : Prop :=
  forall m : nat, (1 <= m)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall x : nat -> R,
  ((d_a = (2 * m + 1)%nat)%nat) ->
  let mu := sum d_a (fun f : nat => x f) / INR d_a in
  let w := sum d_a (fun f : nat => (- mu + x f) ^ 2) / INR d_a in
  (0 < w) ->
  let z := fun a : nat => (- mu + x a) / sqrt w in
  (sum d_a (fun a : nat => sech (z a) ^ 2) / INR d_a = (INR m * sech (sqrt (INR (m + 1)%nat) / sqrt (INR m)) ^ 2 + INR (m + 1)%nat * sech (sqrt (INR m) / sqrt (INR (m + 1)%nat)) ^ 2) / INR (2 * m + 1)%nat) <->
  (((forall a : nat, (a < d_a)%nat ->
  (z a = sqrt (INR m) / sqrt (INR (m + 1)%nat)) \/
  (z a = - (sqrt (INR (m + 1)%nat) / sqrt (INR m)))) /\
  (sum d_a (fun a : nat => step (z a)) = INR (m + 1)%nat)) \/
  ((forall a : nat, (a < d_a)%nat ->
  (z a = - (sqrt (INR m) / sqrt (INR (m + 1)%nat))) \/
  (z a = sqrt (INR (m + 1)%nat) / sqrt (INR m))) /\
  (sum d_a (fun a : nat => step (- z a)) = INR (m + 1)%nat))).

(* every odd width from 3 on attains it *)
Definition odd_minimum_attained : Prop :=
  forall m : nat, (1 <= m)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  ((d_a = (2 * m + 1)%nat)%nat) ->
  exists x : nat -> R,
  (let mu := sum d_a (fun f : nat => x f) / INR d_a in
  let w := sum d_a (fun f : nat => (- mu + x f) ^ 2) / INR d_a in
  (0 < w) /\
  (let z := fun a : nat => (- mu + x a) / sqrt w in
  sum d_a (fun a : nat => sech (z a) ^ 2) / INR d_a = (INR m * sech (sqrt (INR (m + 1)%nat) / sqrt (INR m)) ^ 2 + INR (m + 1)%nat * sech (sqrt (INR m) / sqrt (INR (m + 1)%nat)) ^ 2) / INR (2 * m + 1)%nat)).

(* at width 3 it is 0.4897... *)
Definition odd_minimum_at_three : Prop :=
  (4897 / 10000 < sech (sqrt 2) ^ 2 / 3 + 2 * sech (sqrt 2 / 2) ^ 2 / 3) /\
  (sech (sqrt 2) ^ 2 / 3 + 2 * sech (sqrt 2 / 2) ^ 2 / 3 < 2449 / 5000).

(* the minimum at an odd width is above that of even widths *)
Definition odd_above_even : Prop :=
  forall m : nat, (1 <= m)%nat ->
  sech 1 ^ 2 < (INR m * sech (sqrt (INR (m + 1)%nat) / sqrt (INR m)) ^ 2 + INR (m + 1)%nat * sech (sqrt (INR m) / sqrt (INR (m + 1)%nat)) ^ 2) / INR (2 * m + 1)%nat.

(* by less than any number, at some width *)
Definition odd_infimum : Prop :=
  forall y : R,
  (sech 1 ^ 2 < y) ->
  exists m : nat, (1 <= m)%nat /\
  ((INR m * sech (sqrt (INR (m + 1)%nat) / sqrt (INR m)) ^ 2 + INR (m + 1)%nat * sech (sqrt (INR m) / sqrt (INR (m + 1)%nat)) ^ 2) / INR (2 * m + 1)%nat < y).

(* by this number over the square of the width, at large widths *)
Definition odd_excess : Prop :=
  is_lim (fun m : R => (2 * m + 1) ^ 2 * (- sech 1 ^ 2 + (m * sech (sqrt ((m + 1) / m)) ^ 2 + (m + 1) * sech (sqrt (m / (m + 1))) ^ 2) / (2 * m + 1))) p_infty (Finite ((- 1 + tanh 1 + 3 * tanh 1 ^ 2) * sech 1 ^ 2)).

(* which is 0.6306... *)
Definition odd_excess_in_numbers : Prop :=
  (3153 / 5000 < (- 1 + tanh 1 + 3 * tanh 1 ^ 2) * sech 1 ^ 2) /\
  ((- 1 + tanh 1 + 3 * tanh 1 ^ 2) * sech 1 ^ 2 < 6307 / 10000).

(* a positive epsilon: it is strictly more *)
Definition odd_strict_with_epsilon : Prop :=
  forall m : nat, (1 <= m)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  forall x : nat -> R,
  forall epsilon : R,
  ((d_a = (2 * m + 1)%nat)%nat) ->
  let mu := sum d_a (fun f : nat => x f) / INR d_a in
  let w := sum d_a (fun f : nat => (- mu + x f) ^ 2) / INR d_a in
  ((0 < epsilon) /\
  ((0 <= epsilon) /\
  (0 < epsilon + w))) ->
  let z := fun a : nat => (- mu + x a) / sqrt (epsilon + w) in
  (INR m * sech (sqrt (INR (m + 1)%nat) / sqrt (INR m)) ^ 2 + INR (m + 1)%nat * sech (sqrt (INR m) / sqrt (INR (m + 1)%nat)) ^ 2) / INR (2 * m + 1)%nat < sum d_a (fun a : nat => sech (z a) ^ 2) / INR d_a.

(* a single unit: sech^2 is at least that of the root of d - 1 *)
Definition single_unit : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall x : nat -> R,
  forall epsilon : R,
  let mu := sum d_a (fun f : nat => x f) / INR d_a in
  let w := sum d_a (fun f : nat => (- mu + x f) ^ 2) / INR d_a in
  ((0 <= epsilon) /\
  (0 < epsilon + w)) ->
  let z := fun a : nat => (- mu + x a) / sqrt (epsilon + w) in
  forall a : nat, (a < d_a)%nat ->
  sech (sqrt (INR d_a - 1)) ^ 2 <= sech (z a) ^ 2.

(* and so is the mean weighted by |v| *)
Definition weighted_mean : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall x : nat -> R,
  forall epsilon : R,
  forall v : nat -> R,
  let mu := sum d_a (fun f : nat => x f) / INR d_a in
  let w := sum d_a (fun f : nat => (- mu + x f) ^ 2) / INR d_a in
  ((0 <= epsilon) /\
  (0 < epsilon + w)) ->
  let z := fun a : nat => (- mu + x a) / sqrt (epsilon + w) in
  (0 < sum d_a (fun a : nat => Rabs (v a))) ->
  sech (sqrt (INR d_a - 1)) ^ 2 <= sum d_a (fun a : nat => Rabs (v a) * sech (z a) ^ 2) / sum d_a (fun a : nat => Rabs (v a)).

(* attained by a single unit, at every width of 2 and more *)
Definition single_unit_attained : Prop :=
  forall d_a : nat, (2 <= d_a)%nat ->
  exists x : nat -> R,
  (let mu := sum d_a (fun f : nat => x f) / INR d_a in
  let w := sum d_a (fun f : nat => (- mu + x f) ^ 2) / INR d_a in
  (0 < w) /\
  (let z := fun a : nat => (- mu + x a) / sqrt w in
  exists v : nat -> R,
  ((0 < sum d_a (fun a : nat => Rabs (v a))) /\
  (sum d_a (fun a : nat => Rabs (v a) * sech (z a) ^ 2) / sum d_a (fun a : nat => Rabs (v a)) = sech (sqrt (INR d_a - 1)) ^ 2) /\
  (exists a : nat, (a < d_a)%nat /\
  (sech (z a) ^ 2 = sech (sqrt (INR d_a - 1)) ^ 2))))).

(* which leaves nothing at large widths *)
Definition single_unit_vanishes : Prop :=
  is_lim (fun y : R => sech (sqrt (y - 1)) ^ 2) p_infty (Finite 0).

(* gains within G: at least sech^2(G) *)
Definition with_gains : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall x : nat -> R,
  forall epsilon : R,
  forall gamma : nat -> R,
  forall G : R,
  (forall a : nat, (a < d_a)%nat ->
  Rabs (gamma a) <= G) ->
  let mu := sum d_a (fun f : nat => x f) / INR d_a in
  let w := sum d_a (fun f : nat => (- mu + x f) ^ 2) / INR d_a in
  ((0 <= epsilon) /\
  (0 < epsilon + w)) ->
  let z := fun a : nat => (- mu + x a) / sqrt (epsilon + w) in
  sech G ^ 2 <= sum d_a (fun a : nat => sech (gamma a * z a) ^ 2) / INR d_a.

(* one gain and one offset: at least sech^2 of the root of the sum of their squares *)
Definition with_offset : Prop :=
  forall d_a : nat, (1 <= d_a)%nat ->
  forall x : nat -> R,
  forall epsilon : R,
  forall g : R,
  forall beta : R,
  let mu := sum d_a (fun f : nat => x f) / INR d_a in
  let w := sum d_a (fun f : nat => (- mu + x f) ^ 2) / INR d_a in
  ((0 <= epsilon) /\
  (0 < epsilon + w)) ->
  let z := fun a : nat => (- mu + x a) / sqrt (epsilon + w) in
  sech (sqrt (beta ^ 2 + g ^ 2)) ^ 2 <= sum d_a (fun a : nat => sech (beta + g * z a) ^ 2) / INR d_a.

(* even widths: two halves of the units at the offset plus and minus the gain, which without offset attains it *)
Definition large_gain : Prop :=
  forall g : R,
  forall beta : R,
  forall m : nat, (1 <= m)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  ((d_a = (2 * m)%nat)%nat) ->
  exists x : nat -> R,
  (let mu := sum d_a (fun f : nat => x f) / INR d_a in
  let w := sum d_a (fun f : nat => (- mu + x f) ^ 2) / INR d_a in
  (0 < w) /\
  (let z := fun a : nat => (- mu + x a) / sqrt w in
  sum d_a (fun a : nat => sech (beta + g * z a) ^ 2) / INR d_a = sech (beta - g) ^ 2 / 2 + sech (beta + g) ^ 2 / 2)).

(* a large gain leaves nothing *)
Definition large_gain_vanishes : Prop :=
  forall beta : R,
  is_lim (fun g : R => sech (beta - g) ^ 2 / 2 + sech (beta + g) ^ 2 / 2) p_infty (Finite 0).

(* nor does a large offset *)
Definition large_offset_vanishes : Prop :=
  forall g : R,
  is_lim (fun beta : R => sech (beta - g) ^ 2 / 2 + sech (beta + g) ^ 2 / 2) p_infty (Finite 0).
