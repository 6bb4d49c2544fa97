(* cumulants_add. Printed from derivations/statements/lemmas/cumulants_add.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* M' = K'M, coefficient by coefficient, is the recursion of moments by cumulants *)
Definition recursion : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall mu : nat -> R,
  forall kappa : nat -> R,
  forall m : nat, (m < n)%nat ->
  (mu (m + 1)%nat / INR (fact m) = sum (m + 1)%nat (fun j : nat => sum (m + 1)%nat (fun i : nat => delta m (i + j)%nat * kappa i * mu j / (INR (fact i) * INR (fact j))))) ->
  mu (m + 1)%nat = sum (m + 1)%nat (fun j : nat => sum (m + 1)%nat (fun i : nat => delta m (i + j)%nat * INR (fact m) * kappa i * mu j / (INR (fact i) * INR (fact j)))).

(* the cumulants of a sum of two independent numbers are the sums of theirs *)
Definition add : Prop :=
  forall Omega : outcomes,
  forall n : nat, (1 <= n)%nat ->
  forall x : Omega -> R,
  forall y : Omega -> R,
  forall kappa : nat -> R,
  forall lambda : nat -> R,
  ((forall i : nat, (i < (n + 1)%nat)%nat ->
  forall j : nat, (j < (n + 1)%nat)%nat ->
  (((i + j)%nat <= n)%nat) ->
  (has_mean Omega (fun o : Omega => x o ^ i * y o ^ j)) /\
  (mean_of Omega (fun o : Omega => x o ^ i * y o ^ j) = mean_of Omega (fun o : Omega => x o ^ i) * mean_of Omega (fun o : Omega => y o ^ j))) /\
  (forall m : nat, (m < n)%nat ->
  (has_mean Omega (fun o : Omega => x o ^ (m + 1)%nat)) /\
  (mean_of Omega (fun o : Omega => x o ^ (m + 1)%nat) = sum (m + 1)%nat (fun j : nat => sum (m + 1)%nat (fun i : nat => delta m (i + j)%nat * INR (fact m) * kappa i * mean_of Omega (fun o : Omega => x o ^ j) / (INR (fact i) * INR (fact j)))))) /\
  (forall m : nat, (m < n)%nat ->
  (has_mean Omega (fun o : Omega => y o ^ (m + 1)%nat)) /\
  (mean_of Omega (fun o : Omega => y o ^ (m + 1)%nat) = sum (m + 1)%nat (fun j : nat => sum (m + 1)%nat (fun i : nat => delta m (i + j)%nat * INR (fact m) * lambda i * mean_of Omega (fun o : Omega => y o ^ j) / (INR (fact i) * INR (fact j))))))) ->
  forall m : nat, (m < n)%nat ->
  (has_mean Omega (fun o : Omega => (x o + y o) ^ (m + 1)%nat)) /\
  (mean_of Omega (fun o : Omega => (x o + y o) ^ (m + 1)%nat) = sum (m + 1)%nat (fun j : nat => sum (m + 1)%nat (fun i : nat => (kappa i + lambda i) * delta m (i + j)%nat * INR (fact m) * mean_of Omega (fun o : Omega => (x o + y o) ^ j) / (INR (fact i) * INR (fact j))))).

(* of d independent copies d times those of one *)
Definition copies : Prop :=
  forall Omega : outcomes,
  forall n : nat, (1 <= n)%nat ->
  forall d : nat, (1 <= d)%nat ->
  forall x : Omega -> nat -> R,
  forall kappa : nat -> R,
  ((forall t : nat, (t < d)%nat ->
  forall i : nat, (i < (n + 1)%nat)%nat ->
  forall j : nat, (j < (n + 1)%nat)%nat ->
  (((i + j)%nat <= n)%nat) ->
  (has_mean Omega (fun o : Omega => x o t ^ j * sum t (fun r : nat => x o r) ^ i)) /\
  (mean_of Omega (fun o : Omega => x o t ^ j * sum t (fun r : nat => x o r) ^ i) = mean_of Omega (fun o : Omega => x o t ^ j) * mean_of Omega (fun o : Omega => sum t (fun r : nat => x o r) ^ i))) /\
  (forall t : nat, (t < d)%nat ->
  forall m : nat, (m < n)%nat ->
  (has_mean Omega (fun o : Omega => x o t ^ (m + 1)%nat)) /\
  (mean_of Omega (fun o : Omega => x o t ^ (m + 1)%nat) = sum (m + 1)%nat (fun j : nat => sum (m + 1)%nat (fun i : nat => delta m (i + j)%nat * INR (fact m) * kappa i * mean_of Omega (fun o : Omega => x o t ^ j) / (INR (fact i) * INR (fact j))))))) ->
  forall m : nat, (m < n)%nat ->
  (has_mean Omega (fun o : Omega => sum d (fun r : nat => x o r) ^ (m + 1)%nat)) /\
  (mean_of Omega (fun o : Omega => sum d (fun r : nat => x o r) ^ (m + 1)%nat) = sum (m + 1)%nat (fun j : nat => sum (m + 1)%nat (fun i : nat => INR d * delta m (i + j)%nat * INR (fact m) * kappa i * mean_of Omega (fun o : Omega => sum d (fun r : nat => x o r) ^ j) / (INR (fact i) * INR (fact j))))).
