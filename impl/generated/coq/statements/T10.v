(* T10. Printed from derivations/statements/t10.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* it grows with the spread, from 1/n on and up to 1 *)
Definition grows : Prop :=
  forall Omega : outcomes,
  forall n_k : nat, (2 <= n_k)%nat ->
  forall z : Omega -> nat -> R,
  forall sigma : R,
  forall tau : R,
  let alpha := fun o : Omega => fun j : nat => exp (sigma * z o j) / sum n_k (fun l : nat => exp (sigma * z o l)) in
  let beta := fun o : Omega => fun j : nat => exp (tau * z o j) / sum n_k (fun l : nat => exp (tau * z o l)) in
  ((0 < sigma) /\
  (sigma <= tau) /\
  (has_mean Omega (fun o : Omega => sum n_k (fun i : nat => alpha o i ^ 2))) /\
  (has_mean Omega (fun o : Omega => sum n_k (fun i : nat => beta o i ^ 2)))) ->
  (/ INR n_k <= mean_of Omega (fun o : Omega => sum n_k (fun i : nat => alpha o i ^ 2))) /\
  (mean_of Omega (fun o : Omega => sum n_k (fun i : nat => alpha o i ^ 2)) <= mean_of Omega (fun o : Omega => sum n_k (fun i : nat => beta o i ^ 2))) /\
  (mean_of Omega (fun o : Omega => sum n_k (fun i : nat => beta o i ^ 2)) <= 1).

(* two weights together are at most those of two keys alone, and so the loss is at most n (n - 1)/(2 sqrt(pi) s) *)
Definition few_keys : Prop :=
  forall Omega : outcomes,
  forall n_k : nat, (2 <= n_k)%nat ->
  forall z : Omega -> nat -> R,
  forall sigma : R,
  let alpha := fun o : Omega => fun j : nat => exp (sigma * z o j) / sum n_k (fun l : nat => exp (sigma * z o l)) in
  ((0 < sigma) /\
  (has_mean Omega (fun o : Omega => sum n_k (fun i : nat => alpha o i ^ 2))) /\
  (forall i : nat, (i < n_k)%nat ->
  forall j : nat, (j < n_k)%nat ->
  ((i <> j)%nat) ->
  (has_mean Omega (fun o : Omega => 1 / (4 * cosh (sigma * (z o i - z o j) / 2) ^ 2))) /\
  (mean_of Omega (fun o : Omega => 1 / (4 * cosh (sigma * (z o i - z o j) / 2) ^ 2)) <= 1 / (2 * sqrt PI * sigma)))) ->
  1 - mean_of Omega (fun o : Omega => sum n_k (fun i : nat => alpha o i ^ 2)) <= INR n_k * (INR n_k - 1) / (2 * sqrt PI * sigma).

(* scores like independent normal ones in the means of one exponential and of two: (8 exp(s^2) - 4)/n at most *)
Definition many_keys : Prop :=
  forall Omega : outcomes,
  forall n_k : nat, (2 <= n_k)%nat ->
  forall z : Omega -> nat -> R,
  forall sigma : R,
  let alpha := fun o : Omega => fun j : nat => exp (sigma * z o j) / sum n_k (fun l : nat => exp (sigma * z o l)) in
  ((0 < sigma) /\
  (has_mean Omega (fun o : Omega => sum n_k (fun i : nat => alpha o i ^ 2))) /\
  (forall j : nat, (j < n_k)%nat ->
  (has_mean Omega (fun o : Omega => exp (sigma * z o j))) /\
  (mean_of Omega (fun o : Omega => exp (sigma * z o j)) = exp (sigma ^ 2 / 2))) /\
  (forall j : nat, (j < n_k)%nat ->
  (has_mean Omega (fun o : Omega => exp (2 * sigma * z o j))) /\
  (mean_of Omega (fun o : Omega => exp (2 * sigma * z o j)) = exp (2 * sigma ^ 2))) /\
  (forall i : nat, (i < n_k)%nat ->
  forall j : nat, (j < n_k)%nat ->
  ((i <> j)%nat) ->
  (has_mean Omega (fun o : Omega => exp (sigma * z o i) * exp (sigma * z o j))) /\
  (mean_of Omega (fun o : Omega => exp (sigma * z o i) * exp (sigma * z o j)) = exp (sigma ^ 2)))) ->
  mean_of Omega (fun o : Omega => sum n_k (fun i : nat => alpha o i ^ 2)) <= (8 * exp (sigma ^ 2) - 4) / INR n_k.

(* in the mean over the query: it falls with the number of keys at every width *)
Definition many_keys_of_a_head : Prop :=
  forall Omega : outcomes,
  forall Psi : outcomes,
  forall d : nat, (1 <= d)%nat ->
  forall n_k : nat, (2 <= n_k)%nat ->
  forall q : Omega -> nat -> R,
  forall k : Psi -> nat -> nat -> R,
  let alpha := fun o : Omega => fun u : Psi => fun j : nat => exp (sum d (fun r : nat => k u j r * q o r)) / sum n_k (fun l : nat => exp (sum d (fun r : nat => k u l r * q o r))) in
  ((forall o : Omega,
  (forall j : nat, (j < n_k)%nat ->
  ((has_mean Psi (fun u : Psi => exp (sum d (fun r : nat => k u j r * q o r)))) /\
  (mean_of Psi (fun u : Psi => exp (sum d (fun r : nat => k u j r * q o r))) = exp (sum d (fun r : nat => q o r ^ 2) / 2))) /\
  ((has_mean Psi (fun u : Psi => exp (2 * sum d (fun r : nat => k u j r * q o r)))) /\
  (mean_of Psi (fun u : Psi => exp (2 * sum d (fun r : nat => k u j r * q o r))) = exp (2 * sum d (fun r : nat => q o r ^ 2))))) /\
  (forall i : nat, (i < n_k)%nat ->
  forall j : nat, (j < n_k)%nat ->
  ((i <> j)%nat) ->
  (has_mean Psi (fun u : Psi => exp (sum d (fun r : nat => k u i r * q o r) + sum d (fun r : nat => k u j r * q o r)))) /\
  (mean_of Psi (fun u : Psi => exp (sum d (fun r : nat => k u i r * q o r) + sum d (fun r : nat => k u j r * q o r))) = exp (sum d (fun r : nat => q o r ^ 2)))) /\
  (has_mean Psi (fun u : Psi => sum n_k (fun i : nat => alpha o u i ^ 2)))) /\
  ((has_mean Omega (fun o : Omega => sum d (fun r : nat => q o r ^ 2))) /\
  (mean_of Omega (fun o : Omega => sum d (fun r : nat => q o r ^ 2)) = INR d)) /\
  (has_mean Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum n_k (fun i : nat => alpha o u i ^ 2))))) ->
  (mean_of Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum n_k (fun i : nat => alpha o u i ^ 2))) <= 2 * INR d / ln (INR n_k) + (8 * sqrt (INR n_k) - 4) / INR n_k) /\
  (mean_of Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum n_k (fun i : nat => alpha o u i ^ 2))) <= INR (2 * d + 16)%nat / ln (INR n_k)).

(* the mean of the largest of n scores is at most the root of 2 ln n *)
Definition largest_score : Prop :=
  forall Omega : outcomes,
  forall n_k : nat, (2 <= n_k)%nat ->
  forall z : Omega -> nat -> R,
  forall M : R,
  forall s : R,
  ((s = sqrt 2 * sqrt (ln (INR n_k))) /\
  (forall j : nat, (j < n_k)%nat ->
  (has_mean Omega (fun o : Omega => exp (s * z o j))) /\
  (mean_of Omega (fun o : Omega => exp (s * z o j)) = exp (s ^ 2 / 2))) /\
  ((has_mean Omega (fun o : Omega => largest n_k (fun l : nat => z o l))) /\
  (mean_of Omega (fun o : Omega => largest n_k (fun l : nat => z o l)) = M))) ->
  M <= s.

(* integrated by parts: the loss is the weighted mean of the scores over s, at most that of the largest *)
Definition upper_end : Prop :=
  forall Omega : outcomes,
  forall n_k : nat, (2 <= n_k)%nat ->
  forall z : Omega -> nat -> R,
  forall sigma : R,
  forall M : R,
  let alpha := fun o : Omega => fun j : nat => exp (sigma * z o j) / sum n_k (fun l : nat => exp (sigma * z o l)) in
  ((0 < sigma) /\
  (forall j : nat, (j < n_k)%nat ->
  (has_mean Omega (fun o : Omega => (1 - alpha o j) * alpha o j)) /\
  ((has_mean Omega (fun o : Omega => alpha o j * z o j)) /\
  (mean_of Omega (fun o : Omega => alpha o j * z o j) = sigma * mean_of Omega (fun o : Omega => (1 - alpha o j) * alpha o j)))) /\
  ((has_mean Omega (fun o : Omega => largest n_k (fun l : nat => z o l))) /\
  (mean_of Omega (fun o : Omega => largest n_k (fun l : nat => z o l)) = M))) ->
  (1 - mean_of Omega (fun o : Omega => sum n_k (fun i : nat => alpha o i ^ 2)) = mean_of Omega (fun o : Omega => sum n_k (fun i : nat => alpha o i * z o i)) / sigma) /\
  (1 - mean_of Omega (fun o : Omega => sum n_k (fun i : nat => alpha o i ^ 2)) <= M / sigma).

(* and for a spread above the root of 2 ln n at least this *)
Definition lower_end : Prop :=
  forall Omega : outcomes,
  forall n_k : nat, (2 <= n_k)%nat ->
  forall z : Omega -> nat -> R,
  forall sigma : R,
  forall M : R,
  forall s : R,
  let alpha := fun o : Omega => fun j : nat => exp (sigma * z o j) / sum n_k (fun l : nat => exp (sigma * z o l)) in
  ((0 < sigma) /\
  (forall j : nat, (j < n_k)%nat ->
  (has_mean Omega (fun o : Omega => (1 - alpha o j) * alpha o j)) /\
  ((has_mean Omega (fun o : Omega => alpha o j * z o j)) /\
  (mean_of Omega (fun o : Omega => alpha o j * z o j) = sigma * mean_of Omega (fun o : Omega => (1 - alpha o j) * alpha o j)))) /\
  ((has_mean Omega (fun o : Omega => largest n_k (fun l : nat => z o l))) /\
  (mean_of Omega (fun o : Omega => largest n_k (fun l : nat => z o l)) = M)) /\
  (s = sqrt 2 * sqrt (ln (INR n_k))) /\
  (forall j : nat, (j < n_k)%nat ->
  (has_mean Omega (fun o : Omega => exp (s * z o j))) /\
  (mean_of Omega (fun o : Omega => exp (s * z o j)) = exp (s ^ 2 / 2))) /\
  (s < sigma)) ->
  (M * sigma - s ^ 2) / (sigma * (- s + sigma)) <= 1 - mean_of Omega (fun o : Omega => sum n_k (fun i : nat => alpha o i ^ 2)).

(* so at a spread b times that root it is 1 - 1/b, up to the distance of the largest score from the root *)
Definition law : Prop :=
  forall Omega : outcomes,
  forall n_k : nat, (2 <= n_k)%nat ->
  forall z : Omega -> nat -> R,
  forall sigma : R,
  forall M : R,
  forall s : R,
  forall b : R,
  let alpha := fun o : Omega => fun j : nat => exp (sigma * z o j) / sum n_k (fun l : nat => exp (sigma * z o l)) in
  ((0 < sigma) /\
  (forall j : nat, (j < n_k)%nat ->
  (has_mean Omega (fun o : Omega => (1 - alpha o j) * alpha o j)) /\
  ((has_mean Omega (fun o : Omega => alpha o j * z o j)) /\
  (mean_of Omega (fun o : Omega => alpha o j * z o j) = sigma * mean_of Omega (fun o : Omega => (1 - alpha o j) * alpha o j)))) /\
  ((has_mean Omega (fun o : Omega => largest n_k (fun l : nat => z o l))) /\
  (mean_of Omega (fun o : Omega => largest n_k (fun l : nat => z o l)) = M)) /\
  (s = sqrt 2 * sqrt (ln (INR n_k))) /\
  (forall j : nat, (j < n_k)%nat ->
  (has_mean Omega (fun o : Omega => exp (s * z o j))) /\
  (mean_of Omega (fun o : Omega => exp (s * z o j)) = exp (s ^ 2 / 2))) /\
  (s < sigma) /\
  (sigma = b * s)) ->
  Rabs (mean_of Omega (fun o : Omega => sum n_k (fun i : nat => alpha o i ^ 2)) - 1 + / b) <= (- (M / s) + 1) / (b - 1).

(* where that mean is at least the root times 1 - 15.5/sqrt(ln n): as near as you like for n large enough *)
Definition freezing : Prop :=
  forall Omega : outcomes,
  forall n_k : nat, (2 <= n_k)%nat ->
  forall z : Omega -> nat -> R,
  forall sigma : R,
  forall M : R,
  forall s : R,
  forall b : R,
  forall epsilon : R,
  let alpha := fun o : Omega => fun j : nat => exp (sigma * z o j) / sum n_k (fun l : nat => exp (sigma * z o l)) in
  ((0 < sigma) /\
  (forall j : nat, (j < n_k)%nat ->
  (has_mean Omega (fun o : Omega => (1 - alpha o j) * alpha o j)) /\
  ((has_mean Omega (fun o : Omega => alpha o j * z o j)) /\
  (mean_of Omega (fun o : Omega => alpha o j * z o j) = sigma * mean_of Omega (fun o : Omega => (1 - alpha o j) * alpha o j)))) /\
  ((has_mean Omega (fun o : Omega => largest n_k (fun l : nat => z o l))) /\
  (mean_of Omega (fun o : Omega => largest n_k (fun l : nat => z o l)) = M)) /\
  (s = sqrt 2 * sqrt (ln (INR n_k))) /\
  (forall j : nat, (j < n_k)%nat ->
  (has_mean Omega (fun o : Omega => exp (s * z o j))) /\
  (mean_of Omega (fun o : Omega => exp (s * z o j)) = exp (s ^ 2 / 2))) /\
  (s < sigma) /\
  (sigma = b * s) /\
  (s * (1 - 31 / (2 * sqrt (ln (INR n_k)))) <= M) /\
  (0 < epsilon) /\
  (961 / (4 * epsilon ^ 2 * (b - 1) ^ 2) <= ln (INR n_k))) ->
  Rabs (mean_of Omega (fun o : Omega => sum n_k (fun i : nat => alpha o i ^ 2)) - 1 + / b) <= epsilon.

(* over the length of a query: the mean of 1/r is at most 1/sqrt(d - 2) where that of 1/r^2 is 1/(d - 2) *)
Definition mean_over_the_query : Prop :=
  forall Omega : outcomes,
  forall d : nat, (3 <= d)%nat ->
  forall r : Omega -> R,
  ((forall o : Omega,
  0 < r o) /\
  (has_mean Omega (fun o : Omega => / r o)) /\
  ((has_mean Omega (fun o : Omega => / r o ^ 2)) /\
  (mean_of Omega (fun o : Omega => / r o ^ 2) = / (INR d - 2)))) ->
  mean_of Omega (fun o : Omega => / r o) <= / sqrt (INR d - 2).

(* in the mean over the query: few keys at a great width *)
Definition few_keys_of_a_head : Prop :=
  forall Omega : outcomes,
  forall Psi : outcomes,
  forall d : nat, (3 <= d)%nat ->
  forall n_k : nat, (2 <= n_k)%nat ->
  forall q : Omega -> nat -> R,
  forall k : Psi -> nat -> nat -> R,
  let alpha := fun o : Omega => fun u : Psi => fun j : nat => exp (sum d (fun r : nat => k u j r * q o r)) / sum n_k (fun l : nat => exp (sum d (fun r : nat => k u l r * q o r))) in
  ((forall o : Omega,
  (0 < sum d (fun r : nat => q o r ^ 2)) /\
  (has_mean Psi (fun u : Psi => sum n_k (fun i : nat => alpha o u i ^ 2))) /\
  (forall i : nat, (i < n_k)%nat ->
  forall j : nat, (j < n_k)%nat ->
  ((i <> j)%nat) ->
  (has_mean Psi (fun u : Psi => 1 / (4 * cosh (sum d (fun r : nat => k u i r * q o r) / 2 - sum d (fun r : nat => k u j r * q o r) / 2) ^ 2))) /\
  (mean_of Psi (fun u : Psi => 1 / (4 * cosh (sum d (fun r : nat => k u i r * q o r) / 2 - sum d (fun r : nat => k u j r * q o r) / 2) ^ 2)) <= 1 / (2 * sqrt PI * sqrt (sum d (fun r : nat => q o r ^ 2)))))) /\
  (has_mean Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum n_k (fun i : nat => alpha o u i ^ 2)))) /\
  (has_mean Omega (fun o : Omega => / sqrt (sum d (fun r : nat => q o r ^ 2)))) /\
  ((has_mean Omega (fun o : Omega => / sum d (fun r : nat => q o r ^ 2))) /\
  (mean_of Omega (fun o : Omega => / sum d (fun r : nat => q o r ^ 2)) = / (INR d - 2)))) ->
  1 - mean_of Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum n_k (fun i : nat => alpha o u i ^ 2))) <= INR n_k * (INR n_k - 1) / (2 * sqrt PI * sqrt (INR d - 2)).

(* and with the logarithm of their number *)
Definition fewer_keys_of_a_head : Prop :=
  forall Omega : outcomes,
  forall Psi : outcomes,
  forall d : nat, (3 <= d)%nat ->
  forall n_k : nat, (2 <= n_k)%nat ->
  forall q : Omega -> nat -> R,
  forall k : Psi -> nat -> nat -> R,
  forall s : R,
  let alpha := fun o : Omega => fun u : Psi => fun j : nat => exp (sum d (fun r : nat => k u j r * q o r)) / sum n_k (fun l : nat => exp (sum d (fun r : nat => k u l r * q o r))) in
  ((s = sqrt 2 * sqrt (ln (INR n_k))) /\
  (forall o : Omega,
  (0 < sum d (fun r : nat => q o r ^ 2)) /\
  (has_mean Psi (fun u : Psi => largest n_k (fun l : nat => sum d (fun r : nat => k u l r * q o r) / sqrt (sum d (fun r : nat => q o r ^ 2))))) /\
  (forall j : nat, (j < n_k)%nat ->
  ((has_mean Psi (fun u : Psi => exp (s * sum d (fun r : nat => k u j r * q o r) / sqrt (sum d (fun r : nat => q o r ^ 2))))) /\
  (mean_of Psi (fun u : Psi => exp (s * sum d (fun r : nat => k u j r * q o r) / sqrt (sum d (fun r : nat => q o r ^ 2)))) = exp (s ^ 2 / 2))) /\
  (has_mean Psi (fun u : Psi => (1 - alpha o u j) * alpha o u j)) /\
  ((has_mean Psi (fun u : Psi => alpha o u j * sum d (fun r : nat => k u j r * q o r))) /\
  (mean_of Psi (fun u : Psi => alpha o u j * sum d (fun r : nat => k u j r * q o r)) = mean_of Psi (fun u : Psi => (1 - alpha o u j) * alpha o u j) * sum d (fun r : nat => q o r ^ 2))))) /\
  (has_mean Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum n_k (fun i : nat => alpha o u i ^ 2)))) /\
  (has_mean Omega (fun o : Omega => / sqrt (sum d (fun r : nat => q o r ^ 2)))) /\
  ((has_mean Omega (fun o : Omega => / sum d (fun r : nat => q o r ^ 2))) /\
  (mean_of Omega (fun o : Omega => / sum d (fun r : nat => q o r ^ 2)) = / (INR d - 2)))) ->
  1 - mean_of Omega (fun o : Omega => mean_of Psi (fun u : Psi => sum n_k (fun i : nat => alpha o u i ^ 2))) <= s / sqrt (INR d - 2).

(* boundless spread: all weight is on one key where one score leads *)
Definition one_key_is_left : Prop :=
  forall n_k : nat, (2 <= n_k)%nat ->
  forall z : nat -> R,
  forall i : nat, (i < n_k)%nat ->
  (forall j : nat, (j < n_k)%nat ->
  ((i <> j)%nat) ->
  z j < z i) ->
  is_lim (fun x : R => sum n_k (fun j : nat => exp (2 * x * z j) / sum n_k (fun l : nat => exp (x * z l)) ^ 2)) p_infty (Finite 1).
