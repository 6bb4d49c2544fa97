(* C2. Printed from derivations/statements/c2.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

(* the costs of the additive score, its tanh among them, and of the bilinear score *)
Definition counted : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  (sum d_a (fun a : nat => 1) + sum d_k (fun f : nat => sum d_a (fun a : nat => 1)) + sum d_q (fun r : nat => sum d_a (fun a : nat => 1)) = INR d_a * INR (d_k + d_q + 1)%nat) /\
  (sum d_q (fun r : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => 1))) + sum d_a (fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => 1))) + sum d_k (fun f : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => 1))) = INR d_a * INR (d_k * n_k + d_q * n_q + n_k * n_q)%nat) /\
  (sum d_a (fun a : nat => sum n_q (fun i : nat => 1)) + sum n_k (fun j : nat => sum n_q (fun i : nat => 1)) + sum d_a (fun a : nat => sum n_k (fun j : nat => 1)) + sum d_a (fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => 1))) = INR (d_a * (n_k * n_q + n_k + n_q) + n_k * n_q)%nat) /\
  (sum d_a (fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => 1))) = INR d_a * INR n_k * INR n_q) /\
  (sum d_k (fun f : nat => sum d_q (fun r : nat => 1)) = INR d_k * INR d_q) /\
  (sum d_q (fun r : nat => sum d_k (fun f : nat => sum n_q (fun i : nat => 1))) + sum d_k (fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => 1))) = INR d_k * INR n_q * INR (d_q + n_k)%nat) /\
  (sum d_k (fun f : nat => sum n_q (fun i : nat => 1)) + sum n_k (fun j : nat => sum n_q (fun i : nat => 1)) = INR (d_k * n_q + n_k * n_q)%nat).

(* the additive score has fewer parameters exactly below d_q d_k / (d_q + d_k + 1) *)
Definition fewer_parameters : Prop :=
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  let additive := sum d_a (fun a : nat => 1) + sum d_k (fun f : nat => sum d_a (fun a : nat => 1)) + sum d_q (fun r : nat => sum d_a (fun a : nat => 1)) in
  let bilinear := sum d_k (fun f : nat => sum d_q (fun r : nat => 1)) in
  (additive < bilinear) <->
  (INR d_a < INR d_k * INR d_q / INR (d_k + d_q + 1)%nat).

(* the additive score needs fewer multiply-adds exactly below n_q d_k (d_q + n_k) / (n_q d_q + n_k d_k + n_q n_k) *)
Definition fewer_multiply_adds : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  let additive := sum d_q (fun r : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => 1))) + sum d_a (fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => 1))) + sum d_k (fun f : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => 1))) in
  let bilinear := sum d_q (fun r : nat => sum d_k (fun f : nat => sum n_q (fun i : nat => 1))) + sum d_k (fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => 1))) in
  (additive < bilinear) <->
  (INR d_a < INR d_k * INR n_q * INR (d_q + n_k)%nat / INR (d_k * n_k + d_q * n_q + n_k * n_q)%nat).

(* the additive score needs less memory exactly below n_q d_k / (n_q + n_k + n_q n_k) *)
Definition less_memory : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  let additive := sum d_a (fun a : nat => sum n_q (fun i : nat => 1)) + sum n_k (fun j : nat => sum n_q (fun i : nat => 1)) + sum d_a (fun a : nat => sum n_k (fun j : nat => 1)) + sum d_a (fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => 1))) in
  let bilinear := sum d_k (fun f : nat => sum n_q (fun i : nat => 1)) + sum n_k (fun j : nat => sum n_q (fun i : nat => 1)) in
  (additive < bilinear) <->
  (INR d_a < INR d_k * INR n_q / INR (n_k * n_q + n_k + n_q)%nat).

(* against the bilinear score that projects the keys: the same with query and key exchanged *)
Definition against_projected_keys : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  (let additive := sum d_q (fun r : nat => sum d_a (fun a : nat => sum n_q (fun i : nat => 1))) + sum d_a (fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => 1))) + sum d_k (fun f : nat => sum d_a (fun a : nat => sum n_k (fun j : nat => 1))) in
  let bilinear := sum d_q (fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => 1))) + sum d_k (fun f : nat => sum d_q (fun r : nat => sum n_k (fun j : nat => 1))) in
  (additive < bilinear) <->
  (INR d_a < INR d_q * INR n_k * INR (d_k + n_q)%nat / INR (d_k * n_k + d_q * n_q + n_k * n_q)%nat)) /\
  (let additive := sum d_a (fun a : nat => sum n_q (fun i : nat => 1)) + sum n_k (fun j : nat => sum n_q (fun i : nat => 1)) + sum d_a (fun a : nat => sum n_k (fun j : nat => 1)) + sum d_a (fun a : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => 1))) in
  let bilinear := sum n_k (fun j : nat => sum n_q (fun i : nat => 1)) + sum d_q (fun r : nat => sum n_k (fun j : nat => 1)) in
  (additive < bilinear) <->
  (INR d_a < INR d_q * INR n_k / INR (n_k * n_q + n_k + n_q)%nat)).

(* contracting query and key first takes neither fewer multiply-adds nor less memory *)
Definition pairs_first_never_cheaper : Prop :=
  forall n_q : nat, (1 <= n_q)%nat ->
  forall n_k : nat, (1 <= n_k)%nat ->
  forall d_q : nat, (1 <= d_q)%nat ->
  forall d_k : nat, (1 <= d_k)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  (sum d_q (fun r : nat => sum d_k (fun f : nat => sum n_q (fun i : nat => 1))) + sum d_k (fun f : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => 1))) <= 2 * sum d_k (fun f : nat => sum d_q (fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => 1))))) /\
  (sum d_k (fun f : nat => sum n_q (fun i : nat => 1)) + sum n_k (fun j : nat => sum n_q (fun i : nat => 1)) <= sum n_k (fun j : nat => sum n_q (fun i : nat => 1)) + sum d_k (fun f : nat => sum d_q (fun r : nat => sum n_k (fun j : nat => sum n_q (fun i : nat => 1))))).

(* equal sizes, d_a and n fixed: from some width on the additive score is the cheaper one in all three *)
Definition cheaper_for_large_widths : Prop :=
  forall n : nat, (1 <= n)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  exists d0 : nat, (1 <= d0)%nat /\
  (forall d : nat, (1 <= d)%nat ->
  ((d0 <= d)%nat) ->
  (sum d_a (fun a : nat => 1) + sum d (fun f : nat => sum d_a (fun a : nat => 1)) + sum d (fun r : nat => sum d_a (fun a : nat => 1)) < sum d (fun f : nat => sum d (fun r : nat => 1))) /\
  (sum d (fun r : nat => sum d_a (fun a : nat => sum n (fun i : nat => 1))) + sum d_a (fun a : nat => sum n (fun j : nat => sum n (fun i : nat => 1))) + sum d (fun f : nat => sum d_a (fun a : nat => sum n (fun j : nat => 1))) < sum d (fun r : nat => sum d (fun f : nat => sum n (fun i : nat => 1))) + sum d (fun f : nat => sum n (fun j : nat => sum n (fun i : nat => 1)))) /\
  (sum d_a (fun a : nat => sum n (fun i : nat => 1)) + sum n (fun j : nat => sum n (fun i : nat => 1)) + sum d_a (fun a : nat => sum n (fun j : nat => 1)) + sum d_a (fun a : nat => sum n (fun j : nat => sum n (fun i : nat => 1))) < sum d (fun f : nat => sum n (fun i : nat => 1)) + sum n (fun j : nat => sum n (fun i : nat => 1)))).

(* equal sizes, at least d units: the additive score is the dearer one in all three *)
Definition dearer_with_many_units : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall n : nat, (1 <= n)%nat ->
  forall d_a : nat, (1 <= d_a)%nat ->
  ((d <= d_a)%nat) ->
  (sum d (fun f : nat => sum d (fun r : nat => 1)) < sum d_a (fun a : nat => 1) + sum d (fun f : nat => sum d_a (fun a : nat => 1)) + sum d (fun r : nat => sum d_a (fun a : nat => 1))) /\
  (sum d (fun r : nat => sum d (fun f : nat => sum n (fun i : nat => 1))) + sum d (fun f : nat => sum n (fun j : nat => sum n (fun i : nat => 1))) < sum d (fun r : nat => sum d_a (fun a : nat => sum n (fun i : nat => 1))) + sum d_a (fun a : nat => sum n (fun j : nat => sum n (fun i : nat => 1))) + sum d (fun f : nat => sum d_a (fun a : nat => sum n (fun j : nat => 1)))) /\
  (sum d (fun f : nat => sum n (fun i : nat => 1)) + sum n (fun j : nat => sum n (fun i : nat => 1)) < sum d_a (fun a : nat => sum n (fun i : nat => 1)) + sum n (fun j : nat => sum n (fun i : nat => 1)) + sum d_a (fun a : nat => sum n (fun j : nat => 1)) + sum d_a (fun a : nat => sum n (fun j : nat => sum n (fun i : nat => 1)))).

(* equal sizes: for parameters below d/2, for multiply-adds between d/2 and d, for memory d/(n + 2) *)
Definition where_the_break_evens_lie : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall n : nat, (1 <= n)%nat ->
  (0 < INR d ^ 2 / INR (2 * d + 1)%nat) /\
  (INR d ^ 2 / INR (2 * d + 1)%nat < INR d / 2) /\
  (INR d / 2 < INR d * INR n * INR (d + n)%nat / INR (2 * d * n + n ^ 2)%nat) /\
  (INR d * INR n * INR (d + n)%nat / INR (2 * d * n + n ^ 2)%nat < INR d) /\
  (INR d * INR n / INR (n ^ 2 + 2 * n)%nat = INR d / INR (n + 2)%nat).

(* equal sizes: the break-even for multiply-adds tends to d for long sequences *)
Definition long_sequences : Prop :=
  forall d : nat, (1 <= d)%nat ->
  is_lim (fun x : R => INR d * x * (INR d + x) / (2 * INR d * x + x ^ 2)) p_infty (Finite (INR d)).

(* d = 512, n = 64: about 255.8, 271.1 and 7.8 *)
Definition at_64_keys : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall n : nat, (1 <= n)%nat ->
  ((INR d = 512) /\
  (INR n = 64)) ->
  ((1023 / 4 <= INR d ^ 2 / INR (2 * d + 1)%nat) /\
  (INR d ^ 2 / INR (2 * d + 1)%nat <= 5117 / 20)) /\
  ((5421 / 20 <= INR d * INR n * INR (d + n)%nat / INR (2 * d * n + n ^ 2)%nat) /\
  (INR d * INR n * INR (d + n)%nat / INR (2 * d * n + n ^ 2)%nat <= 5423 / 20)) /\
  ((31 / 4 <= INR d * INR n / INR (n ^ 2 + 2 * n)%nat) /\
  (INR d * INR n / INR (n ^ 2 + 2 * n)%nat <= 157 / 20)).

(* d = 512, n = 1024: about 255.8, 384 and 0.5 *)
Definition at_1024_keys : Prop :=
  forall d : nat, (1 <= d)%nat ->
  forall n : nat, (1 <= n)%nat ->
  ((INR d = 512) /\
  (INR n = 1024)) ->
  ((1023 / 4 <= INR d ^ 2 / INR (2 * d + 1)%nat) /\
  (INR d ^ 2 / INR (2 * d + 1)%nat <= 5117 / 20)) /\
  ((7679 / 20 <= INR d * INR n * INR (d + n)%nat / INR (2 * d * n + n ^ 2)%nat) /\
  (INR d * INR n * INR (d + n)%nat / INR (2 * d * n + n ^ 2)%nat <= 7681 / 20)) /\
  ((9 / 20 <= INR d * INR n / INR (n ^ 2 + 2 * n)%nat) /\
  (INR d * INR n / INR (n ^ 2 + 2 * n)%nat <= 11 / 20)).
