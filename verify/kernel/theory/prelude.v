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
