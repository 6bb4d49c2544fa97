(* Square and fourth roots of a size. *)
From Coq Require Import Reals Lra Lia.
Open Scope R_scope.

Lemma root_pos (d : nat) : (1 <= d)%nat -> 0 < sqrt (INR d).
Proof. intros some. apply sqrt_lt_R0, lt_0_INR. lia. Qed.

Lemma fourth_root (x : R) : 0 < x -> Rpower x (1 / 4) * Rpower x (1 / 4) = sqrt x.
Proof. intros above. rewrite <- Rpower_plus, <- Rpower_sqrt by exact above. f_equal. lra. Qed.
