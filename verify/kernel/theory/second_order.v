(* Derivatives of a system of equations, one equation after the other: what is moved is known by its value where it has
   not moved, and by its slope there. *)
From Coq Require Import Reals Arith Lra Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums tanh derivatives rules sech_squared layer.
Open Scope R_scope.

(* A definition inside a derivative may be anything with that value and that slope. *)
Section Step.
Context {A : Type} (moves : (R -> A) -> Prop) (at_rest : A).
Lemma step_by (f : R -> A) (P : R -> A -> R) (slope : R) :
  f 0 = at_rest -> moves f ->
  (forall g : R -> A, g 0 = at_rest -> moves g -> is_derive (fun h => P h (g h)) 0 slope) ->
  is_derive (fun h => P h (f h)) 0 slope.
Proof. intros rest moving all. now apply all. Qed.
End Step.

Lemma slope_id (x : R) : is_derive (fun h => h) x 1.
Proof. apply (@is_derive_id R_AbsRing). Qed.

Lemma slope_opp (f : R -> R) (x l : R) : is_derive f x l -> is_derive (fun h => - f h) x (- l).
Proof. intros. now apply (@is_derive_opp R_AbsRing). Qed.

Lemma slope_minus (f g : R -> R) (x l m : R) :
  is_derive f x l -> is_derive g x m -> is_derive (fun h => f h - g h) x (l - m).
Proof. intros; now apply (@is_derive_minus R_AbsRing). Qed.

Lemma slope_bell (f : R -> R) (x l : R) :
  is_derive f x l -> is_derive (fun h => sech (f h) ^ 2) x (- (2 * tanh (f x) * sech (f x) ^ 2 * l)).
Proof.
  intros slope. eapply is_derive_value.
  { apply (is_derive_comp (fun t => sech t ^ 2) f); [apply slope_sech_sq | exact slope]. }
  unfold scal; simpl; unfold mult; simpl. ring.
Qed.

(* A sum of sums over one range as one sum, and what is left. *)
Section Gather.
Variable n : nat.
Lemma gather_sum f : sum n f = sum n f + 0. Proof. ring. Qed.
Lemma gather_rest a : a = sum n (fun _ => 0) + a. Proof. rewrite sum_zero. ring. Qed.
Lemma gather_plus a b f g r s : a = sum n f + r -> b = sum n g + s -> a + b = sum n (fun i => f i + g i) + (r + s).
Proof. intros -> ->. rewrite sum_plus. ring. Qed.
Lemma gather_minus a b f g r s : a = sum n f + r -> b = sum n g + s -> a - b = sum n (fun i => f i - g i) + (r - s).
Proof. intros -> ->. rewrite sum_minus. ring. Qed.
Lemma gather_opp a f r : a = sum n f + r -> - a = sum n (fun i => - f i) + - r.
Proof. intros ->. rewrite sum_opp. ring. Qed.
Lemma gather_left a c f r : a = sum n f + r -> a * c = sum n (fun i => f i * c) + r * c.
Proof. intros ->. rewrite sum_scal_r. ring. Qed.
Lemma gather_right a c f r : a = sum n f + r -> c * a = sum n (fun i => c * f i) + c * r.
Proof. intros ->. rewrite sum_scal_l. ring. Qed.
Lemma gather_over a c f r : a = sum n f + r -> a / c = sum n (fun i => f i / c) + r / c.
Proof. intros ->. rewrite sum_div. unfold Rdiv. ring. Qed.
End Gather.

Ltac gather n :=
  lazymatch goal with
  | |- sum n ?f = _ => exact (gather_sum n f)
  | |- ?a + ?b = _ => refine (gather_plus n a b _ _ _ _ _ _); gather n
  | |- ?a - ?b = _ => refine (gather_minus n a b _ _ _ _ _ _); gather n
  | |- - _ = _ => apply gather_opp; gather n
  | |- ?a * ?b = _ =>
      lazymatch a with
      | context [sum n _] => apply gather_left; gather n
      | _ => lazymatch b with context [sum n _] => apply gather_right; gather n | _ => apply (gather_rest n) end
      end
  | |- _ / _ = _ => apply gather_over; gather n
  | |- ?a = _ => exact (gather_rest n a)
  end.

(* The range of a sum that is a term, or a factor of one. *)
Ltac range e :=
  match e with
  | sum ?n _ => n
  | ?a + _ => range a
  | _ + ?b => range b
  | ?a - _ => range a
  | _ - ?b => range b
  | - ?a => range a
  | ?a * _ => range a
  | _ * ?b => range b
  | ?a / _ => range a
  end.

(* Two expressions that are the same but for the order of terms and of sums over one range. *)
Ltac merge :=
  cbv beta;
  match goal with
  | |- ?x = ?x => reflexivity
  | |- ?a = ?b =>
      let n := match goal with _ => range a | _ => range b end in
      etransitivity; [gather n|]; symmetry; etransitivity; [gather n|]; symmetry;
      apply f_equal2; [apply sum_ext; intros; merge | merge]
  | |- _ => first [ring | unfold Rdiv; ring | field; auto]
  end.

(* The value where nothing has moved. *)
Ltac rest := cbv beta; repeat match goal with zero : ?g 0 = _ |- context [?g 0] => rewrite zero end.

(* What is supposed of how g moves. *)
Ltac known g :=
  match goal with
  | moves : context [is_derive] |- _ => lazymatch type of moves with context [g] => apply moves; assumption end
  end.

Ltac slopes :=
  cbv beta;
  lazymatch goal with
  | |- is_derive (fun _ => ?c) _ _ => apply slope_const
  | |- is_derive (fun h => sum ?n (fun i => @?f h i)) ?x _ => apply (slope_sum n f x); intros; slopes
  | |- is_derive (fun h => tanh (@?f h)) ?x _ => apply (slope_tanh f x); slopes
  | |- is_derive (fun h => sech (@?f h) ^ 2) ?x _ => apply (slope_bell f x); slopes
  | |- is_derive (fun h => - @?f h) ?x _ => apply (slope_opp f x); slopes
  | |- is_derive (fun h => @?f h + @?g h) ?x _ => apply (slope_plus f g x); slopes
  | |- is_derive (fun h => @?f h - @?g h) ?x _ => apply (slope_minus f g x); slopes
  | |- is_derive (fun h => @?f h * @?g h) ?x _ => apply (slope_mult f g x); slopes
  | |- is_derive (fun h => _ / sqrt _) _ _ => apply slope_over; slopes
  | |- is_derive (fun h => @?f h / @?g h) ?x _ => apply (slope_div f g x); [slopes | slopes | rest; assumption]
  | |- is_derive (fun h => h) _ _ => apply slope_id
  | |- is_derive (fun h => ?g h _) _ _ => known g
  | |- is_derive (fun h => ?g h _ _) _ _ => known g
  | |- is_derive (fun h => ?g h _ _ _) _ _ => known g
  | |- is_derive ?g _ _ => known g
  end.

(* The slope by the rules is the one that is given. *)
Ltac by_rules := eapply is_derive_value; [slopes | rest; merge].

Ltac at_rest f0 :=
  cbv beta; rest; try unfold f0; first [reflexivity | repeat (apply functional_extensionality; intro); merge].

(* One equation: what it defines moves as [moves] says, with the slope d, and has the value f0 where nothing moves. *)
Ltac one f0 d moves :=
  lazymatch goal with
  | |- is_derive (fun h => let x := @?f h in @?P h x) 0 ?v => apply (step_by moves f0 f P v)
  end;
  [at_rest f0 | cbv beta; intros; try unfold d; by_rules | try clearbody f0; intros].

(* The same for what is used no further than in the result: its value does not matter. *)
Ltac last moves d :=
  lazymatch goal with
  | |- is_derive (fun h => let x := @?f h in @?P h x) 0 ?v =>
      apply (step_by moves (f 0) f P v); [reflexivity | cbv beta; intros; unfold d; by_rules | intros ? _ ?]
  end.

(* The weights: what a softmax makes of logits t that move by t'; rho is the mean of t' under the weights. *)
Ltac weights_by alpha d rho t' moves :=
  lazymatch goal with
  | |- is_derive (fun h => let x := @?f h in @?P h x) 0 ?v => apply (step_by moves alpha f P v)
  end;
  [ at_rest alpha
  | let i := fresh "i" in intros i ? ?;
    eapply is_derive_value;
    [ lazymatch goal with
      | zero : ?g 0 = ?t |- is_derive (fun h => exp (?g h i ?j) * ?mu i ?j / sum ?n _) 0 _ =>
          apply (slope_kept n (mu i) (t i) (t' i) (fun h => g h i) j);
          [intros; known g | intros; now rewrite zero | apply kept_total; auto]
      end
    | unfold kept, d, rho, alpha; ring ]
  | clearbody alpha; intros ].

(* In every place, or in the rows of the first n queries. *)
Ltac places d by_ :=
  let kind := type of d in
  lazymatch kind with
  | R => by_ (fun g : R -> R => is_derive (fun h => g h) 0 d)
  | nat -> R => by_ (fun g : R -> nat -> R => forall i, is_derive (fun h => g h i) 0 (d i))
  | nat -> nat -> R => by_ (fun g : R -> nat -> nat -> R => forall i j, is_derive (fun h => g h i j) 0 (d i j))
  end.
Ltac rows n d by_ :=
  let kind := type of d in
  lazymatch kind with
  | nat -> R => by_ (fun g : R -> nat -> R => forall i, (i < n)%nat -> is_derive (fun h => g h i) 0 (d i))
  | nat -> nat -> R =>
      by_ (fun g : R -> nat -> nat -> R => forall i j, (i < n)%nat -> is_derive (fun h => g h i j) 0 (d i j))
  | nat -> nat -> nat -> R =>
      by_ (fun g : R -> nat -> nat -> nat -> R =>
        forall i j a, (i < n)%nat -> is_derive (fun h => g h i j a) 0 (d i j a))
  end.

Ltac input f0 d := places d ltac:(fun moves => one f0 d moves).
Ltac row n f0 d := rows n d ltac:(fun moves => one f0 d moves).
Ltac weights n f0 d rho t' := rows n d ltac:(fun moves => weights_by f0 d rho t' moves).
Ltac gradient_row n d := rows n d ltac:(fun moves => last moves d).
Ltac gradient d := places d ltac:(fun moves => last moves d).
