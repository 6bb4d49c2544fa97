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
  let m := largest n_k (fun l : nat => e l) in
  let s := fun j : nat => - m + e j in
  let alpha := fun j : nat => exp (e j) / sum n_k (fun l : nat => exp (e l)) in
  let beta := fun j : nat => exp (s j) / sum n_k (fun l : nat => exp (s l)) in
  beta i = alpha i.

(* every exponent is at most 0, every term above 0 and at most 1 *)
Definition exponents_and_terms : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  let m := largest n_k (fun l : nat => e l) in
  let s := fun j : nat => - m + e j in
  (s i <= 0) /\
  (0 < exp (s i)) /\
  (exp (s i) <= 1).

(* the denominator is at least 1 and at most the number of keys *)
Definition denominator : Prop :=
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  let m := largest n_k (fun l : nat => e l) in
  let s := fun j : nat => - m + e j in
  (1 <= sum n_k (fun i : nat => exp (s i))) /\
  (sum n_k (fun i : nat => exp (s i)) <= INR n_k).

(* fp16: e^x is rounded to a number up to 11.0859375, beyond it is infinite *)
Definition overflow_fp16 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  (((p = 11)%nat) /\
  ((e_max = 15)%nat)) ->
  ((x <= 1419 / 128) ->
  exponential p e_max (Value x) = Value (rounded p e_max (exp x))) /\
  ((355 / 32 <= x) ->
  exponential p e_max (Value x) = PlusInfinity).

(* fp16: the sum of two such exponentials is infinite *)
Definition overflowing_sum_fp16 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  (((p = 11)%nat) /\
  ((e_max = 15)%nat)) ->
  added p e_max (exponential p e_max (Value (1419 / 128))) (exponential p e_max (Value (1419 / 128))) = PlusInfinity.

(* fp16: e^x is rounded to 0 up to -17.34375, beyond not *)
Definition underflow_fp16 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  (((p = 11)%nat) /\
  ((e_max = 15)%nat)) ->
  ((x <= - (555 / 32)) ->
  exponential p e_max (Value x) = Value 0) /\
  ((- (1109 / 64) <= x) ->
  exponential p e_max (Value x) <> Value 0).

(* bf16: e^x is rounded to a number up to 88.5, beyond it is infinite *)
Definition overflow_bf16 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  (((p = 8)%nat) /\
  ((e_max = 127)%nat)) ->
  ((x <= 177 / 2) ->
  exponential p e_max (Value x) = Value (rounded p e_max (exp x))) /\
  ((89 <= x) ->
  exponential p e_max (Value x) = PlusInfinity).

(* bf16: the sum of two such exponentials is infinite *)
Definition overflowing_sum_bf16 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  (((p = 8)%nat) /\
  ((e_max = 127)%nat)) ->
  added p e_max (exponential p e_max (Value (177 / 2))) (exponential p e_max (Value (177 / 2))) = PlusInfinity.

(* bf16: e^x is rounded to 0 up to -93.0, beyond not *)
Definition underflow_bf16 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  (((p = 8)%nat) /\
  ((e_max = 127)%nat)) ->
  ((x <= - 93) ->
  exponential p e_max (Value x) = Value 0) /\
  ((- (185 / 2) <= x) ->
  exponential p e_max (Value x) <> Value 0).

(* fp32: e^x is rounded to a number up to 88.72283172607422, beyond it is infinite *)
Definition overflow_fp32 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  (((p = 24)%nat) /\
  ((e_max = 127)%nat)) ->
  ((x <= 11629079 / 131072) ->
  exponential p e_max (Value x) = Value (rounded p e_max (exp x))) /\
  ((1453635 / 16384 <= x) ->
  exponential p e_max (Value x) = PlusInfinity).

(* fp32: the sum of two such exponentials is infinite *)
Definition overflowing_sum_fp32 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  (((p = 24)%nat) /\
  ((e_max = 127)%nat)) ->
  added p e_max (exponential p e_max (Value (11629079 / 131072))) (exponential p e_max (Value (11629079 / 131072))) = PlusInfinity.

(* fp32: e^x is rounded to 0 up to -103.97208404541016, beyond not *)
Definition underflow_fp32 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  (((p = 24)%nat) /\
  ((e_max = 127)%nat)) ->
  ((x <= - (13627829 / 131072)) ->
  exponential p e_max (Value x) = Value 0) /\
  ((- (3406957 / 32768) <= x) ->
  exponential p e_max (Value x) <> Value 0).

(* fp64: e^x is rounded to a number up to 709.782712893384, beyond it is infinite *)
Definition overflow_fp64 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  (((p = 53)%nat) /\
  ((e_max = 1023)%nat)) ->
  ((x <= 6243314768165359 / 8796093022208) ->
  exponential p e_max (Value x) = Value (rounded p e_max (exp x))) /\
  ((390207173010335 / 549755813888 <= x) ->
  exponential p e_max (Value x) = PlusInfinity).

(* fp64: the sum of two such exponentials is infinite *)
Definition overflowing_sum_fp64 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  (((p = 53)%nat) /\
  ((e_max = 1023)%nat)) ->
  added p e_max (exponential p e_max (Value (6243314768165359 / 8796093022208))) (exponential p e_max (Value (6243314768165359 / 8796093022208))) = PlusInfinity.

(* fp64: e^x is rounded to 0 up to -745.1332191019412, beyond not *)
Definition underflow_fp64 : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  (((p = 53)%nat) /\
  ((e_max = 1023)%nat)) ->
  ((x <= - (3277130554578985 / 4398046511104)) ->
  exponential p e_max (Value x) = Value 0) /\
  ((- (6554261109157969 / 8796093022208) <= x) ->
  exponential p e_max (Value x) <> Value 0).

(* a program that subtracts the maximum: exponents at most 0, terms and weights in [0, 1], the denominator in [1, n], for up to 2^p keys added in any order; keys, but not all, may be masked by −∞ *)
Definition numbers : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> result,
  forall S_ : nat -> nat -> result,
  let m := highest n_k (fun l : nat => e l) in
  let s := fun j : nat => subtracted p e_max (e j) m in
  let w := fun j : nat => exponential p e_max (s j) in
  let beta := fun j : nat => divided p e_max (w j) (S_ 0%nat n_k) in
  (((p <= e_max)%nat) /\
  (INR n_k <= 2 ^ p) /\
  ((forall i : nat, (i < n_k)%nat ->
  (e i = MinusInfinity) \/
  (exists v : R,
  (e i = Value v))) /\
  (exists i : nat, (i < n_k)%nat /\
  (exists v : R,
  (e i = Value v)))) /\
  (forall x : nat, (x < (n_k + 1)%nat)%nat ->
  forall y : nat, (y < (n_k + 1)%nat)%nat ->
  (((x + 1)%nat <= y)%nat) ->
  (((y = (x + 1)%nat)%nat) /\
  (S_ x y = w x)) \/
  (exists c : nat, (c < (n_k + 1)%nat)%nat /\
  ((((x + 1)%nat <= c)%nat) /\
  (((c + 1)%nat <= y)%nat) /\
  (S_ x y = added p e_max (S_ x c) (S_ c y)))))) ->
  (forall i : nat, (i < n_k)%nat ->
  ((s i = MinusInfinity) \/
  (exists v : R,
  ((s i = Value v) /\
  (v <= 0)))) /\
  (exists v : R,
  ((w i = Value v) /\
  (0 <= v) /\
  (v <= 1))) /\
  (exists v : R,
  ((beta i = Value v) /\
  (0 <= v) /\
  (v <= 1))) /\
  (((e i = MinusInfinity) \/
  (s i = MinusInfinity)) ->
  beta i = Value 0)) /\
  (exists v : R,
  ((S_ 0%nat n_k = Value v) /\
  (1 <= v) /\
  (v <= INR n_k))).

(* the same for any number of keys, where one term is added at a time *)
Definition numbers_in_turn : Prop :=
  forall p : nat, (2 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> result,
  forall q : nat, (q < n_k)%nat ->
  forall T : nat -> result,
  let m := highest n_k (fun l : nat => e l) in
  let s := fun j : nat => subtracted p e_max (e j) m in
  let w := fun j : nat => exponential p e_max (s j) in
  let beta := fun j : nat => divided p e_max (w j) (T q) in
  (((p <= e_max)%nat) /\
  ((forall i : nat, (i < n_k)%nat ->
  (e i = MinusInfinity) \/
  (exists v : R,
  (e i = Value v))) /\
  (exists i : nat, (i < n_k)%nat /\
  (exists v : R,
  (e i = Value v)))) /\
  ((((q + 1)%nat = n_k)%nat) /\
  (T 0%nat = w 0%nat) /\
  (forall k : nat, (k < n_k)%nat ->
  (((k + 2)%nat <= n_k)%nat) ->
  T (k + 1)%nat = added p e_max (T k) (w (k + 1)%nat)))) ->
  (forall i : nat, (i < n_k)%nat ->
  ((s i = MinusInfinity) \/
  (exists v : R,
  ((s i = Value v) /\
  (v <= 0)))) /\
  (exists v : R,
  ((w i = Value v) /\
  (0 <= v) /\
  (v <= 1))) /\
  (exists v : R,
  ((beta i = Value v) /\
  (0 <= v) /\
  (v <= 1))) /\
  (((e i = MinusInfinity) \/
  (s i = MinusInfinity)) ->
  beta i = Value 0)) /\
  (exists v : R,
  ((T q = Value v) /\
  (1 <= v) /\
  (v <= INR n_k))).

(* a difference that overflows to −∞: the exponential of the exact one is rounded to 0 *)
Definition harmless : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall x : R,
  forall y : R,
  (((p <= e_max)%nat) /\
  (subtracted p e_max (Value x) (Value y) = MinusInfinity)) ->
  rounded p e_max (exp (x - y)) = 0.

(* without the maximum subtracted, a term infinite: every infinite term has the weight ∞/∞, every other one 0 *)
Definition infinity_over_infinity : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  forall S_ : nat -> nat -> result,
  let w := fun j : nat => exponential p e_max (Value (e j)) in
  let beta := fun j : nat => divided p e_max (w j) (S_ 0%nat n_k) in
  ((w i = PlusInfinity) /\
  (forall x : nat, (x < (n_k + 1)%nat)%nat ->
  forall y : nat, (y < (n_k + 1)%nat)%nat ->
  (((x + 1)%nat <= y)%nat) ->
  (((y = (x + 1)%nat)%nat) /\
  (S_ x y = w x)) \/
  (exists c : nat, (c < (n_k + 1)%nat)%nat /\
  ((((x + 1)%nat <= c)%nat) /\
  (((c + 1)%nat <= y)%nat) /\
  (S_ x y = added p e_max (S_ x c) (S_ c y)))))) ->
  forall k : nat, (k < n_k)%nat ->
  ((w k = PlusInfinity) ->
  beta k = NaN) /\
  ((w k <> PlusInfinity) ->
  beta k = Value 0).

(* without the maximum subtracted, no term infinite but the sum of two: every weight is 0 *)
Definition overflowing_sum : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  forall k : nat, (k < n_k)%nat ->
  forall S_ : nat -> nat -> result,
  let w := fun j : nat => exponential p e_max (Value (e j)) in
  let beta := fun j : nat => divided p e_max (w j) (S_ 0%nat n_k) in
  ((forall m : nat, (m < n_k)%nat ->
  w m <> PlusInfinity) /\
  ((i <> k)%nat) /\
  (added p e_max (w i) (w k) = PlusInfinity) /\
  (forall x : nat, (x < (n_k + 1)%nat)%nat ->
  forall y : nat, (y < (n_k + 1)%nat)%nat ->
  (((x + 1)%nat <= y)%nat) ->
  (((y = (x + 1)%nat)%nat) /\
  (S_ x y = w x)) \/
  (exists c : nat, (c < (n_k + 1)%nat)%nat /\
  ((((x + 1)%nat <= c)%nat) /\
  (((c + 1)%nat <= y)%nat) /\
  (S_ x y = added p e_max (S_ x c) (S_ c y)))))) ->
  forall m : nat, (m < n_k)%nat ->
  beta m = Value 0.

(* without the maximum subtracted, every term 0: every weight is 0/0 *)
Definition zero_over_zero : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> R,
  forall S_ : nat -> nat -> result,
  let w := fun j : nat => exponential p e_max (Value (e j)) in
  let beta := fun j : nat => divided p e_max (w j) (S_ 0%nat n_k) in
  ((forall i : nat, (i < n_k)%nat ->
  w i = Value 0) /\
  (forall x : nat, (x < (n_k + 1)%nat)%nat ->
  forall y : nat, (y < (n_k + 1)%nat)%nat ->
  (((x + 1)%nat <= y)%nat) ->
  (((y = (x + 1)%nat)%nat) /\
  (S_ x y = w x)) \/
  (exists c : nat, (c < (n_k + 1)%nat)%nat /\
  ((((x + 1)%nat <= c)%nat) /\
  (((c + 1)%nat <= y)%nat) /\
  (S_ x y = added p e_max (S_ x c) (S_ c y)))))) ->
  forall k : nat, (k < n_k)%nat ->
  beta k = NaN.

(* with the maximum subtracted, every key masked: every weight is NaN *)
Definition all_masked : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> result,
  forall S_ : nat -> nat -> result,
  let m := highest n_k (fun l : nat => e l) in
  let s := fun j : nat => subtracted p e_max (e j) m in
  let w := fun j : nat => exponential p e_max (s j) in
  let beta := fun j : nat => divided p e_max (w j) (S_ 0%nat n_k) in
  ((forall i : nat, (i < n_k)%nat ->
  e i = MinusInfinity) /\
  (forall x : nat, (x < (n_k + 1)%nat)%nat ->
  forall y : nat, (y < (n_k + 1)%nat)%nat ->
  (((x + 1)%nat <= y)%nat) ->
  (((y = (x + 1)%nat)%nat) /\
  (S_ x y = w x)) \/
  (exists c : nat, (c < (n_k + 1)%nat)%nat /\
  ((((x + 1)%nat <= c)%nat) /\
  (((c + 1)%nat <= y)%nat) /\
  (S_ x y = added p e_max (S_ x c) (S_ c y)))))) ->
  forall k : nat, (k < n_k)%nat ->
  beta k = NaN.

(* with the maximum subtracted, +∞ among the scores: every weight is NaN *)
Definition infinite_score : Prop :=
  forall p : nat, (1 <= p)%nat ->
  forall e_max : nat, (1 <= e_max)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall e : nat -> result,
  forall i : nat, (i < n_k)%nat ->
  forall S_ : nat -> nat -> result,
  let m := highest n_k (fun l : nat => e l) in
  let s := fun j : nat => subtracted p e_max (e j) m in
  let w := fun j : nat => exponential p e_max (s j) in
  let beta := fun j : nat => divided p e_max (w j) (S_ 0%nat n_k) in
  ((e i = PlusInfinity) /\
  (forall x : nat, (x < (n_k + 1)%nat)%nat ->
  forall y : nat, (y < (n_k + 1)%nat)%nat ->
  (((x + 1)%nat <= y)%nat) ->
  (((y = (x + 1)%nat)%nat) /\
  (S_ x y = w x)) \/
  (exists c : nat, (c < (n_k + 1)%nat)%nat /\
  ((((x + 1)%nat <= c)%nat) /\
  (((c + 1)%nat <= y)%nat) /\
  (S_ x y = added p e_max (S_ x c) (S_ c y)))))) ->
  forall k : nat, (k < n_k)%nat ->
  beta k = NaN.
