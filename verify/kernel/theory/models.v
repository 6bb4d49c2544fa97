(* Outcomes with an expectation exist, finitely many and not: four fair coins, and a number uniform on [0, 1]. *)
From Coq Require Import Reals Arith Lra Lia.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.

Definition coin (f : bool -> R) : R := (f true + f false) / 2.
Definition four_coins (f : bool * bool * bool * bool -> R) : R :=
  coin (fun a => coin (fun b => coin (fun c => coin (fun d => f (a, b, c, d))))).

Definition coins : outcomes.
Proof.
  refine {| outcome := bool * bool * bool * bool; has_mean := fun _ => True; mean_of := four_coins |};
    unfold four_coins, coin.
  - split; [exact I | field].
  - intros f g a b _ _. split; [exact I | field].
  - intros f _ least.
    repeat match goal with |- context [f ?o] => pose proof (least o); generalize dependent (f o); intros end. lra.
Defined.

Definition uniform_law : outcomes.
Proof.
  refine {| outcome := R; has_mean := fun f => ex_RInt f 0 1; mean_of := fun f => RInt f 0 1 |}.
  - split; [apply ex_RInt_const|]. rewrite RInt_const. unfold scal. simpl. unfold mult. simpl. lra.
  - intros f g a b hf hg.
    assert (ha : ex_RInt (fun o => a * f o) 0 1) by exact (ex_RInt_scal f 0 1 a hf).
    assert (hb : ex_RInt (fun o => b * g o) 0 1) by exact (ex_RInt_scal g 0 1 b hg).
    split; [exact (ex_RInt_plus (fun o => a * f o) (fun o => b * g o) 0 1 ha hb)|].
    transitivity (RInt (fun o => a * f o) 0 1 + RInt (fun o => b * g o) 0 1).
    + exact (RInt_plus (fun o => a * f o) (fun o => b * g o) 0 1 ha hb).
    + f_equal; [exact (RInt_scal f 0 1 a hf) | exact (RInt_scal g 0 1 b hg)].
  - intros f hf least. apply RInt_ge_0; [lra | exact hf | intros; apply least].
Defined.
