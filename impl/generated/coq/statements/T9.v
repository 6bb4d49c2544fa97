(* T9. Printed from derivations/statements/t9.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the weights are those of the scores less their maximum *)
Definition unchanged : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  let m := largest n_k (fun m : nat => e m) in
  let s := fun j : nat => - m + e j in
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  let beta := fun j : nat => exp (s j) / sum n_k (fun l : nat => exp (s l)) in
  beta i = alpha i.

(* every exponent is at most 0, every term above 0 and at most 1 *)
Definition exponents_and_terms : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  let m := largest n_k (fun m : nat => e m) in
  let s := fun j : nat => - m + e j in
  (s i <= 0) /\
  (0 < exp (s i)) /\
  (exp (s i) <= 1).

(* the denominator is at least 1 and at most the number of keys *)
Definition denominator : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  let m := largest n_k (fun m : nat => e m) in
  let s := fun j : nat => - m + e j in
  (1 <= sum n_k (fun i : nat => exp (s i))) /\
  (sum n_k (fun i : nat => exp (s i)) <= INR n_k).

(* fp16: e^x is rounded to a finite number up to 11.0859375, beyond it overflows *)
Definition overflow_fp16 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  (((p = 11)%nat) /\
  ((e_max = 15)%nat)) ->
  ((x <= 1419 / 128) ->
  rounded p e_max (exp x) < 2 * 2 ^ e_max) /\
  ((355 / 32 <= x) ->
  2 * 2 ^ e_max <= rounded p e_max (exp x)).

(* fp16: the sum of two such exponentials overflows *)
Definition overflowing_sum_fp16 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  (((p = 11)%nat) /\
  ((e_max = 15)%nat)) ->
  2 * 2 ^ e_max <= rounded p e_max (2 * rounded p e_max (exp (1419 / 128))).

(* fp16: e^x is rounded to 0 up to -17.34375, beyond to more *)
Definition underflow_fp16 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  (((p = 11)%nat) /\
  ((e_max = 15)%nat)) ->
  ((x <= - (555 / 32)) ->
  rounded p e_max (exp x) = 0) /\
  ((- (1109 / 64) <= x) ->
  0 < rounded p e_max (exp x)).

(* bf16: e^x is rounded to a finite number up to 88.5, beyond it overflows *)
Definition overflow_bf16 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  (((p = 8)%nat) /\
  ((e_max = 127)%nat)) ->
  ((x <= 177 / 2) ->
  rounded p e_max (exp x) < 2 * 2 ^ e_max) /\
  ((89 <= x) ->
  2 * 2 ^ e_max <= rounded p e_max (exp x)).

(* bf16: the sum of two such exponentials overflows *)
Definition overflowing_sum_bf16 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  (((p = 8)%nat) /\
  ((e_max = 127)%nat)) ->
  2 * 2 ^ e_max <= rounded p e_max (2 * rounded p e_max (exp (177 / 2))).

(* bf16: e^x is rounded to 0 up to -93.0, beyond to more *)
Definition underflow_bf16 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  (((p = 8)%nat) /\
  ((e_max = 127)%nat)) ->
  ((x <= - 93) ->
  rounded p e_max (exp x) = 0) /\
  ((- (185 / 2) <= x) ->
  0 < rounded p e_max (exp x)).

(* fp32: e^x is rounded to a finite number up to 88.72283172607422, beyond it overflows *)
Definition overflow_fp32 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  (((p = 24)%nat) /\
  ((e_max = 127)%nat)) ->
  ((x <= 11629079 / 131072) ->
  rounded p e_max (exp x) < 2 * 2 ^ e_max) /\
  ((1453635 / 16384 <= x) ->
  2 * 2 ^ e_max <= rounded p e_max (exp x)).

(* fp32: the sum of two such exponentials overflows *)
Definition overflowing_sum_fp32 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  (((p = 24)%nat) /\
  ((e_max = 127)%nat)) ->
  2 * 2 ^ e_max <= rounded p e_max (2 * rounded p e_max (exp (11629079 / 131072))).

(* fp32: e^x is rounded to 0 up to -103.97208404541016, beyond to more *)
Definition underflow_fp32 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  (((p = 24)%nat) /\
  ((e_max = 127)%nat)) ->
  ((x <= - (13627829 / 131072)) ->
  rounded p e_max (exp x) = 0) /\
  ((- (3406957 / 32768) <= x) ->
  0 < rounded p e_max (exp x)).

(* fp64: e^x is rounded to a finite number up to 709.782712893384, beyond it overflows *)
Definition overflow_fp64 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  (((p = 53)%nat) /\
  ((e_max = 1023)%nat)) ->
  ((x <= 6243314768165359 / 8796093022208) ->
  rounded p e_max (exp x) < 2 * 2 ^ e_max) /\
  ((390207173010335 / 549755813888 <= x) ->
  2 * 2 ^ e_max <= rounded p e_max (exp x)).

(* fp64: the sum of two such exponentials overflows *)
Definition overflowing_sum_fp64 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  (((p = 53)%nat) /\
  ((e_max = 1023)%nat)) ->
  2 * 2 ^ e_max <= rounded p e_max (2 * rounded p e_max (exp (6243314768165359 / 8796093022208))).

(* fp64: e^x is rounded to 0 up to -745.1332191019412, beyond to more *)
Definition underflow_fp64 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  (((p = 53)%nat) /\
  ((e_max = 1023)%nat)) ->
  ((x <= - (3277130554578985 / 4398046511104)) ->
  rounded p e_max (exp x) = 0) /\
  ((- (6554261109157969 / 8796093022208) <= x) ->
  0 < rounded p e_max (exp x)).

(* with rounding: exponents at most 0, terms at most 1, and a sum of up to 2^p keys, in any order, in [1, n] *)
Definition rounded_denominator : Prop :=
  forall p : nat, (2 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall S_ : nat -> nat -> R,
  let m := largest n_k (fun m : nat => e m) in
  let s := fun j : nat => rounded p e_max (- m + e j) in
  let w := fun j : nat => rounded p e_max (exp (s j)) in
  (forall i : nat, (i < n_k)%nat ->
  (s i <= 0) /\
  (0 <= w i) /\
  (w i <= 1)) /\
  (((forall x : nat, (x < (n_k + 1)%nat)%nat ->
  forall y : nat, (y < (n_k + 1)%nat)%nat ->
  (((x + 1)%nat <= y)%nat) ->
  (((y = (x + 1)%nat)%nat) /\
  (S_ x y = w x)) \/
  (exists c : nat, (c < (n_k + 1)%nat)%nat /\
  ((((x + 1)%nat <= c)%nat) /\
  (((c + 1)%nat <= y)%nat) /\
  (S_ x y = rounded p e_max (S_ c y + S_ x c))))) /\
  (INR n_k <= 2 ^ p)) ->
  (1 <= S_ 0%nat n_k) /\
  (S_ 0%nat n_k <= INR n_k)).

(* of any number of keys where one term is added at a time *)
Definition denominator_in_turn : Prop :=
  forall p : nat, (2 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall q : nat, (q < n_k)%nat ->
  forall T : nat -> R,
  let m := largest n_k (fun m : nat => e m) in
  let s := fun j : nat => rounded p e_max (- m + e j) in
  let w := fun j : nat => rounded p e_max (exp (s j)) in
  (forall i : nat, (i < n_k)%nat ->
  (s i <= 0) /\
  (0 <= w i) /\
  (w i <= 1)) /\
  (((((q + 1)%nat = n_k)%nat) /\
  ((T 0%nat = w 0%nat) /\
  (forall k : nat, (k < n_k)%nat ->
  (((k + 2)%nat <= n_k)%nat) ->
  T (k + 1)%nat = rounded p e_max (T k + w (k + 1)%nat)))) ->
  (1 <= T q) /\
  (T q <= INR n_k)).
