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

(* fp16: e^x is nearer to a finite number up to 11.0859375, beyond to infinity *)
Definition overflow_fp16 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall E : nat, (1 <= E)%nat ->
  forall x : R,
  (((p = 11)%nat) /\
  ((E = 15)%nat)) ->
  ((x <= 1419 / 128) ->
  exp x < 2 ^ (E + 1)%nat * (1 - 1 / (2 * 2 ^ p))) /\
  ((355 / 32 <= x) ->
  2 ^ (E + 1)%nat * (1 - 1 / (2 * 2 ^ p)) < exp x).

(* fp16: there even a sum of two that are rounded down overflows *)
Definition overflowing_sum_fp16 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall E : nat, (1 <= E)%nat ->
  (((p = 11)%nat) /\
  ((E = 15)%nat)) ->
  2 ^ (E + 1)%nat * (1 - 1 / (2 * 2 ^ p)) < (2 - 2 / 2 ^ p) * exp (1419 / 128).

(* fp16: e^x is nearer to 0 up to -17.34375, to another number beyond *)
Definition underflow_fp16 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall E : nat, (1 <= E)%nat ->
  forall x : R,
  (((p = 11)%nat) /\
  ((E = 15)%nat)) ->
  ((x <= - (555 / 32)) ->
  exp x < 2 / (2 ^ E * 2 ^ p)) /\
  ((- (1109 / 64) <= x) ->
  2 / (2 ^ E * 2 ^ p) < exp x).

(* bf16: e^x is nearer to a finite number up to 88.5, beyond to infinity *)
Definition overflow_bf16 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall E : nat, (1 <= E)%nat ->
  forall x : R,
  (((p = 8)%nat) /\
  ((E = 127)%nat)) ->
  ((x <= 177 / 2) ->
  exp x < 2 ^ (E + 1)%nat * (1 - 1 / (2 * 2 ^ p))) /\
  ((89 <= x) ->
  2 ^ (E + 1)%nat * (1 - 1 / (2 * 2 ^ p)) < exp x).

(* bf16: there even a sum of two that are rounded down overflows *)
Definition overflowing_sum_bf16 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall E : nat, (1 <= E)%nat ->
  (((p = 8)%nat) /\
  ((E = 127)%nat)) ->
  2 ^ (E + 1)%nat * (1 - 1 / (2 * 2 ^ p)) < (2 - 2 / 2 ^ p) * exp (177 / 2).

(* bf16: e^x is nearer to 0 up to -93.0, to another number beyond *)
Definition underflow_bf16 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall E : nat, (1 <= E)%nat ->
  forall x : R,
  (((p = 8)%nat) /\
  ((E = 127)%nat)) ->
  ((x <= - 93) ->
  exp x < 2 / (2 ^ E * 2 ^ p)) /\
  ((- (185 / 2) <= x) ->
  2 / (2 ^ E * 2 ^ p) < exp x).

(* fp32: e^x is nearer to a finite number up to 88.72283172607422, beyond to infinity *)
Definition overflow_fp32 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall E : nat, (1 <= E)%nat ->
  forall x : R,
  (((p = 24)%nat) /\
  ((E = 127)%nat)) ->
  ((x <= 11629079 / 131072) ->
  exp x < 2 ^ (E + 1)%nat * (1 - 1 / (2 * 2 ^ p))) /\
  ((1453635 / 16384 <= x) ->
  2 ^ (E + 1)%nat * (1 - 1 / (2 * 2 ^ p)) < exp x).

(* fp32: there even a sum of two that are rounded down overflows *)
Definition overflowing_sum_fp32 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall E : nat, (1 <= E)%nat ->
  (((p = 24)%nat) /\
  ((E = 127)%nat)) ->
  2 ^ (E + 1)%nat * (1 - 1 / (2 * 2 ^ p)) < (2 - 2 / 2 ^ p) * exp (11629079 / 131072).

(* fp32: e^x is nearer to 0 up to -103.97208404541016, to another number beyond *)
Definition underflow_fp32 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall E : nat, (1 <= E)%nat ->
  forall x : R,
  (((p = 24)%nat) /\
  ((E = 127)%nat)) ->
  ((x <= - (13627829 / 131072)) ->
  exp x < 2 / (2 ^ E * 2 ^ p)) /\
  ((- (3406957 / 32768) <= x) ->
  2 / (2 ^ E * 2 ^ p) < exp x).

(* fp64: e^x is nearer to a finite number up to 709.782712893384, beyond to infinity *)
Definition overflow_fp64 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall E : nat, (1 <= E)%nat ->
  forall x : R,
  (((p = 53)%nat) /\
  ((E = 1023)%nat)) ->
  ((x <= 6243314768165359 / 8796093022208) ->
  exp x < 2 ^ (E + 1)%nat * (1 - 1 / (2 * 2 ^ p))) /\
  ((390207173010335 / 549755813888 <= x) ->
  2 ^ (E + 1)%nat * (1 - 1 / (2 * 2 ^ p)) < exp x).

(* fp64: there even a sum of two that are rounded down overflows *)
Definition overflowing_sum_fp64 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall E : nat, (1 <= E)%nat ->
  (((p = 53)%nat) /\
  ((E = 1023)%nat)) ->
  2 ^ (E + 1)%nat * (1 - 1 / (2 * 2 ^ p)) < (2 - 2 / 2 ^ p) * exp (6243314768165359 / 8796093022208).

(* fp64: e^x is nearer to 0 up to -745.1332191019412, to another number beyond *)
Definition underflow_fp64 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall E : nat, (1 <= E)%nat ->
  forall x : R,
  (((p = 53)%nat) /\
  ((E = 1023)%nat)) ->
  ((x <= - (3277130554578985 / 4398046511104)) ->
  exp x < 2 / (2 ^ E * 2 ^ p)) /\
  ((- (6554261109157969 / 8796093022208) <= x) ->
  2 / (2 ^ E * 2 ^ p) < exp x).
