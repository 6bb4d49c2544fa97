(* T3: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums expectation.
From Attnproof.statements Require Import T3.
Open Scope R_scope.

Theorem mean_of_dot_holds : mean_of_dot.
Proof.
  intros n some w d sd q k mq mk [_ [[_ single] [qm km]]]. exact (mean_of_independent n d w q k single mq mk qm km).
Qed.

Theorem variance_of_dot_holds : variance_of_dot.
Proof.
  intros n some w d sd q k mq mk sq sk [_ [[pairs single] [qm [km [qq kk]]]]].
  now apply alike_variance.
Qed.

Theorem variance_by_trace_holds : variance_by_trace.
Proof. intros n some w d sd q k [_ [[pairs single] qm]]. now apply centred_variance. Qed.

Theorem unit_vectors_holds : unit_vectors.
Proof.
  intros n some w d sd q k [one [[pairs single] [qm [qq len]]]]. assert (0 < INR d) by (apply lt_0_INR; lia).
  rewrite (centred_mean n d w q k single qm), (square_of_independent n d w q k pairs).
  rewrite (sum_ext d _ (fun s => sum d (fun r => sum n (fun o => k o r * k o s * w o) * (/ INR d * delta r s + 0)))).
  - rewrite (trace_of_alike d (fun r s => sum n (fun o => k o r * k o s * w o))), diagonal_total.
    rewrite (sum_ext n _ (fun o => w o)) by (intros o lo; rewrite len by exact lo; ring).
    change (sum n (fun o => w o)) with (sum n w) in one. change (sum n (fun o => w o)) with (sum n w).
    rewrite one. ring.
  - intros s ls. apply sum_ext. intros r lr. rewrite qq by assumption. unfold Rdiv. ring.
Qed.

Theorem layer_normalised_holds : layer_normalised.
Proof.
  intros n some w d two q k [one [[pairs single] [qm [qq [len zero]]]]].
  assert (2 <= INR d) by (change 2 with (INR 2); now apply le_INR).
  rewrite (centred_mean n d w q k single qm), (square_of_independent n d w q k pairs).
  rewrite (sum_ext d _ (fun s => sum d (fun r =>
    sum n (fun o => k o r * k o s * w o) * ((1 + / (INR d - 1)) * delta r s + - / (INR d - 1))))).
  - rewrite (trace_of_alike d (fun r s => sum n (fun o => k o r * k o s * w o))), diagonal_total, all_total.
    rewrite (sum_ext n (fun o => w o * sum d (fun s => k o s ^ 2)) (fun o => INR d * w o))
      by (intros o lo; rewrite len by exact lo; ring).
    rewrite (sum_ext n (fun o => w o * sum d (fun r => k o r) ^ 2) (fun _ => 0))
      by (intros o lo; rewrite zero by exact lo; ring).
    rewrite sum_scal_l, sum_zero. change (sum n (fun o => w o)) with (sum n w) in one.
    change (sum n (fun o => w o)) with (sum n w). rewrite one. field. lra.
  - intros s ls. apply sum_ext. intros r lr. rewrite qq by assumption. ring.
Qed.
