(* T4: the proofs of its propositions. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums expectation.
From Attnproof.statements Require Import T4.
Open Scope R_scope.

Theorem scaled_by_trace_holds : scaled_by_trace.
Proof.
  intros n some w d sd q k [_ [[pairs single] qm]]. assert (0 < INR d) by (apply lt_0_INR; lia).
  rewrite (scaled_variance n w (INR d) (fun o => sum d (fun r => k o r * q o r))) by assumption.
  now rewrite (centred_variance n d w q k pairs single qm).
Qed.

Theorem kept_at_one_holds : kept_at_one.
Proof.
  intros n some w d sd q k [one [independent [qm [qq unit]]]]. assert (0 < INR d) by (apply lt_0_INR; lia).
  rewrite (scaled_by_trace_holds n some w d sd q k (conj one (conj independent qm))).
  rewrite (sum_ext d _ (fun s => sum d (fun r => sum n (fun o => k o r * k o s * w o) * (1 * delta r s + 0)))).
  - rewrite (trace_of_alike d (fun r s => sum n (fun o => k o r * k o s * w o))).
    rewrite (sum_ext d (fun s => sum n _) (fun _ => 1)), sum_const; [field; lra|].
    intros s ls. rewrite <- (unit s ls). apply sum_ext. intros. ring.
  - intros s ls. apply sum_ext. intros r lr. rewrite qq by assumption. ring.
Qed.

Theorem with_means_holds : with_means.
Proof.
  intros n some w d sd q k mq mk sq sk [_ [[pairs single] [qm [km [qq kk]]]]]. assert (0 < INR d) by (apply lt_0_INR; lia).
  rewrite (scaled_variance n w (INR d) (fun o => sum d (fun r => k o r * q o r))) by assumption.
  rewrite (alike_variance n d w q k pairs single mq mk sq sk qm km qq kk). field. lra.
Qed.
