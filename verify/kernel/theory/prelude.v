(* The words that printed terms use beside Coq's real numbers. Everything the statements mean rests on these few lines. *)
From Coq Require Import Reals Arith ZArith.
From Coquelicot Require Import Coquelicot.
From Flocq Require Core.
Open Scope R_scope.

(* f 0 + ... + f (n - 1); 0 for n = 0 *)
Fixpoint sum (n : nat) (f : nat -> R) : R :=
  match n with
  | O => 0
  | S m => sum m f + f m
  end.

(* the largest of f 0 ... f (n - 1); f 0 for n = 0 and n = 1 *)
Fixpoint largest (n : nat) (f : nat -> R) : R :=
  match n with
  | O => f O
  | S O => f O
  | S m => Rmax (largest m f) (f m)
  end.

(* 1 on the diagonal, else 0 *)
Definition delta (i j : nat) : R := if Nat.eqb i j then 1 else 0.

Definition sech (x : R) : R := / cosh x.
Definition sigmoid (x : R) : R := / (1 + exp (- x)).
Definition relu (x : R) : R := Rmax 0 x.
(* 1 above 0, else 0 *)
Definition step (x : R) : R := if Rlt_dec 0 x then 1 else 0.

(* the number nearest to x, ties to even, in a format of p bits with subnormals whose largest exponent is e: its least
   positive number is 2^(2 - e - p). Exponents have no upper end here, so that what overflows is 2^(e + 1) or more. *)
Definition rounded (p e : nat) (x : R) : R :=
  Generic_fmt.round Zaux.radix2 (FLT.FLT_exp (2 - Z.of_nat e - Z.of_nat p) (Z.of_nat p)) Round_NE.ZnearestE x.

(* What an operation in a format gives by IEEE 754: a number, an infinity, or NaN, which stands for no number. A 0 has no
   sign here: a divisor 0 counts as +0, which a sum of exponentials is where it is 0. That sum, difference, quotient
   and maximum are those of Flocq's binary floating-point numbers is shown in ieee.v. *)
Inductive result := Value (x : R) | PlusInfinity | MinusInfinity | NaN.

Definition opposite (a : result) : result :=
  match a with
  | Value x => Value (- x)
  | PlusInfinity => MinusInfinity
  | MinusInfinity => PlusInfinity
  | NaN => NaN
  end.

(* the infinity of the sign of x *)
Definition infinite (x : R) : result := if Rlt_dec x 0 then MinusInfinity else PlusInfinity.

(* x rounded; infinite where it overflows *)
Definition result_of (p e : nat) (x : R) : result :=
  if Rlt_dec (Rabs (rounded p e x)) (2 ^ (e + 1)) then Value (rounded p e x) else infinite x.

Definition added (p e : nat) (a b : result) : result :=
  match a, b with
  | Value x, Value y => result_of p e (x + y)
  | PlusInfinity, (Value _ | PlusInfinity) | Value _, PlusInfinity => PlusInfinity
  | MinusInfinity, (Value _ | MinusInfinity) | Value _, MinusInfinity => MinusInfinity
  | _, _ => NaN
  end.

Definition subtracted (p e : nat) (a b : result) : result := added p e a (opposite b).

Definition divided (p e : nat) (a b : result) : result :=
  match a, b with
  | Value x, Value y => if Req_EM_T y 0 then (if Req_EM_T x 0 then NaN else infinite x) else result_of p e (x / y)
  | Value _, (PlusInfinity | MinusInfinity) => Value 0
  | PlusInfinity, Value y => infinite y
  | MinusInfinity, Value y => opposite (infinite y)
  | _, _ => NaN
  end.

(* the exponential, correctly rounded *)
Definition exponential (p e : nat) (a : result) : result :=
  match a with
  | Value x => result_of p e (exp x)
  | PlusInfinity => PlusInfinity
  | MinusInfinity => Value 0
  | NaN => NaN
  end.

(* the maximum; NaN where one is *)
Definition higher (a b : result) : result :=
  match a, b with
  | NaN, _ | _, NaN => NaN
  | Value x, Value y => Value (Rmax x y)
  | PlusInfinity, _ | _, PlusInfinity => PlusInfinity
  | MinusInfinity, c | c, MinusInfinity => c
  end.

(* the maximum of f 0 ... f (n - 1); f 0 for n = 0 and n = 1 *)
Fixpoint highest (n : nat) (f : nat -> result) : result :=
  match n with
  | O => f O
  | S O => f O
  | S m => higher (highest m f) (f m)
  end.

(* Outcomes with an expectation: which functions of the outcome have a mean, and what it is. *)
Record outcomes := {
  outcome :> Type;
  has_mean : (outcome -> R) -> Prop;
  mean_of : (outcome -> R) -> R;
  mean_of_one : has_mean (fun _ => 1) /\ mean_of (fun _ => 1) = 1;
  mean_linear : forall f g a b, has_mean f -> has_mean g ->
    has_mean (fun o => a * f o + b * g o) /\ mean_of (fun o => a * f o + b * g o) = a * mean_of f + b * mean_of g;
  mean_positive : forall f, has_mean f -> (forall o, 0 <= f o) -> 0 <= mean_of f
}.
