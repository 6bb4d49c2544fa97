(* A normal form of expressions with finite sums: a list of products, each a list of factors. What does not depend on a
   bound place stands outside of its sum, sums in sums stand at the left, a delta takes its sum away. *)
From Coq Require Import Reals Arith Lra Lia List.
From Attnproof.theory Require Import prelude sums tanh.
Import ListNotations.
Open Scope R_scope.

Fixpoint product (l : list R) : R := match l with [] => 1 | [x] => x | x :: r => x * product r end.
Fixpoint total (p : list (list R)) : R := match p with [] => 0 | [m] => product m | m :: r => product m + total r end.
Definition times (p q : list (list R)) : list (list R) := flat_map (fun m => map (app m) q) p.

Lemma product_cons (x : R) (l : list R) : product (x :: l) = x * product l.
Proof. destruct l; simpl; ring. Qed.
Lemma total_cons (m : list R) (p : list (list R)) : total (m :: p) = product m + total p.
Proof. destruct p; simpl; ring. Qed.
Lemma product_app (l m : list R) : product (l ++ m) = product l * product m.
Proof. induction l as [|x l IH]; [simpl; ring | rewrite <- app_comm_cons, !product_cons, IH; ring]. Qed.
Lemma total_app (p q : list (list R)) : total (p ++ q) = total p + total q.
Proof. induction p as [|m p IH]; [simpl; ring | rewrite <- app_comm_cons, !total_cons, IH; ring]. Qed.
Lemma total_map (m : list R) (q : list (list R)) : total (map (app m) q) = product m * total q.
Proof. induction q as [|n q IH]; simpl map; [simpl; ring | rewrite !total_cons, IH, product_app; ring]. Qed.
Lemma total_times (p q : list (list R)) : total (times p q) = total p * total q.
Proof.
  unfold times. induction p as [|m p IH]; simpl flat_map; [simpl; ring|].
  rewrite total_app, total_map, total_cons, IH. ring.
Qed.

Lemma total_atom (a : R) : a = total [[a]].
Proof. reflexivity. Qed.
Lemma total_none : 0 = total [].
Proof. reflexivity. Qed.
Lemma total_one : 1 = total [[]].
Proof. reflexivity. Qed.
Lemma total_plus (a b : R) p q : a = total p -> b = total q -> a + b = total (p ++ q).
Proof. intros -> ->. now rewrite total_app. Qed.
Lemma total_mult (a b : R) p q : a = total p -> b = total q -> a * b = total (times p q).
Proof. intros -> ->. now rewrite total_times. Qed.
Lemma total_opp (a : R) p : a = total p -> - a = total (times [[-1]] p).
Proof. intros ->. rewrite total_times. simpl. ring. Qed.
Lemma total_minus (a b : R) p q : a = total p -> b = total q -> a - b = total (p ++ times [[-1]] q).
Proof. intros -> ->. rewrite total_app, total_times. simpl. ring. Qed.
Lemma total_square (a : R) p : a = total p -> a ^ 2 = total (times p p).
Proof. intros ->. rewrite total_times. ring. Qed.
Lemma total_cube (a : R) p : a = total p -> a ^ 3 = total (times p (times p p)).
Proof. intros ->. rewrite !total_times. ring. Qed.
Lemma total_fourth (a : R) p : a = total p -> a ^ 4 = total (times (times p p) (times p p)).
Proof. intros ->. rewrite !total_times. ring. Qed.
Lemma total_power (a : R) m n : a = total [m] -> a ^ n = total [map (fun x => x ^ n) m].
Proof.
  intros ->. simpl. induction m as [|x m IH]; [apply pow1|].
  simpl map. rewrite !product_cons, Rpow_mult_distr, IH. reflexivity.
Qed.
Lemma total_inverse (a : R) m : a = total [m] -> / a = total [map Rinv m].
Proof.
  intros ->. simpl. induction m as [|x m IH]; [apply Rinv_1|].
  simpl map. now rewrite !product_cons, Rinv_mult, IH.
Qed.
Lemma total_inverse_sum (a : R) p : a = total p -> / a = total [[/ total p]].
Proof. now intros ->. Qed.
Lemma total_function (f : R -> R) (a : R) p : a = total p -> f a = total [[f (total p)]].
Proof. now intros ->. Qed.
Lemma total_div (a b : R) p q : a = total p -> / b = total q -> a / b = total (times p q).
Proof. intros -> same. unfold Rdiv. now rewrite same, total_times. Qed.

(* exponentials of sums *)
Lemma exp_none : exp (total []) = total [[]].
Proof. apply exp_0. Qed.
Lemma exp_cons m p q r : exp (product m) = total q -> exp (total p) = total r -> exp (total (m :: p)) = total (times q r).
Proof. intros one others. now rewrite total_cons, exp_plus, one, others, total_times. Qed.
Lemma exp_of (a : R) p q : a = total p -> exp (total p) = total q -> exp a = total q.
Proof. now intros ->. Qed.
Lemma exp_negative m : exp (product (-1 :: m)) = total [[/ exp (product m)]].
Proof. rewrite product_cons. simpl. rewrite <- exp_Ropp. f_equal. ring. Qed.
Lemma exp_twice m : exp (product (2 :: m)) = total [[exp (product m); exp (product m)]].
Proof. rewrite product_cons. simpl. rewrite <- exp_plus. f_equal. ring. Qed.
Lemma exp_less_twice m : exp (product (-1 :: 2 :: m)) = total [[/ exp (product m); / exp (product m)]].
Proof. rewrite !product_cons. simpl. rewrite <- Rinv_mult, <- exp_plus, <- exp_Ropp. f_equal. ring. Qed.

(* sums *)
Lemma sum_of_none n : sum n (fun _ => total []) = total [].
Proof. apply sum_zero. Qed.
Lemma sum_of_cons n m p q r :
  sum n (fun i => product (m i)) = total q -> sum n (fun i => total (p i)) = total r ->
  sum n (fun i => total (m i :: p i)) = total (q ++ r).
Proof.
  intros one others. rewrite total_app, <- one, <- others, <- sum_plus. apply sum_ext. intros. apply total_cons.
Qed.
Lemma sum_of n f p q :
  (forall i, (i < n)%nat -> f i = total (p i)) -> sum n (fun i => total (p i)) = total q -> sum n f = total q.
Proof. intros same <-. now apply sum_ext. Qed.

(* the factors of a product under a sum: those looked at that stay out, those that stay in, and those to look at *)
Definition parted n outs (ins rest : nat -> list R) : R := product outs * sum n (fun i => product (ins i) * product (rest i)).
Lemma parted_start n m p : parted n [] (fun _ => []) m = total p -> sum n (fun i => product (m i)) = total p.
Proof. intros <-. unfold parted. simpl. rewrite Rmult_1_l. apply sum_ext. intros. ring. Qed.
Lemma parted_out n outs ins c rest p : parted n (c :: outs) ins rest = total p -> parted n outs ins (fun i => c :: rest i) = total p.
Proof.
  intros <-. unfold parted. rewrite product_cons, (Rmult_comm c), Rmult_assoc, <- (sum_scal_l n c). f_equal.
  apply sum_ext. intros. rewrite product_cons. ring.
Qed.
Lemma parted_in n outs ins x rest p :
  parted n outs (fun i => x i :: ins i) rest = total p -> parted n outs ins (fun i => x i :: rest i) = total p.
Proof. intros <-. unfold parted. f_equal. apply sum_ext. intros. rewrite !product_cons. ring. Qed.
Lemma parted_end n outs ins s : sum n (fun i => product (ins i)) = total s -> parted n outs ins (fun _ => []) = total (times [outs] s).
Proof. intros same. unfold parted. rewrite total_times, <- same. f_equal. apply sum_ext. intros. simpl. ring. Qed.
Lemma parted_count n outs p : INR n = total p -> parted n outs (fun _ => []) (fun _ => []) = total (times [outs] p).
Proof. intros same. unfold parted. rewrite total_times, sum_const, same. simpl. ring. Qed.
Lemma parted_delta n k outs ins rest s : (k < n)%nat ->
  product (ins k) * product (rest k) = total s -> parted n outs ins (fun i => delta k i :: rest i) = total (times [outs] s).
Proof.
  intros below same. unfold parted. rewrite total_times, <- same. f_equal.
  rewrite <- (sum_delta n k (fun i => product (ins i) * product (rest i)) below). apply sum_ext. intros. rewrite product_cons. ring.
Qed.
Lemma parted_delta_r n k outs ins rest s : (k < n)%nat ->
  product (ins k) * product (rest k) = total s -> parted n outs ins (fun i => delta i k :: rest i) = total (times [outs] s).
Proof.
  intros below same. rewrite <- (parted_delta n k outs ins rest s below same). unfold parted. f_equal.
  apply sum_ext. intros. now rewrite delta_sym.
Qed.

(* a sum among the factors: the others go under it *)
Lemma under_product l m : product l * product m = product (l ++ m).
Proof. now rewrite product_app. Qed.
Lemma under_sum l n f g : (forall i, (i < n)%nat -> product l * f i = g i) -> product l * sum n f = sum n g.
Proof. intros same. rewrite <- sum_scal_l. now apply sum_ext. Qed.
Lemma under_start l a b : product l * a = b -> product (a :: l) = b.
Proof. intros <-. rewrite product_cons. ring. Qed.
Lemma under_next x l b : product (l ++ [x]) = b -> product (x :: l) = b.
Proof. intros <-. rewrite product_app, product_cons. simpl. ring. Qed.
Lemma under_ready (l : nat -> list R) n g s : (forall i, (i < n)%nat -> product (l i) = g i) -> sum n g = total s -> sum n (fun i => product (l i)) = total s.
Proof. intros same <-. now apply sum_ext. Qed.

Ltac computed p := eval cbv beta iota zeta delta [app map flat_map times] in p.

Ltac recompute :=
  lazymatch goal with |- ?e = total ?p => let p' := computed p in change (e = total p') end.

Ltac has_sum l := lazymatch l with sum _ _ :: _ => idtac | _ :: ?others => has_sum others end.

(* the sum deep under which the factors l go *)
Ltac go_under :=
  lazymatch goal with
  | |- product ?l * sum ?n ?f = _ => eapply under_sum; intros; cbv beta; eapply eq_trans; [go_under | cbv beta iota delta [app]; reflexivity]
  | |- product ?l * product ?m = _ =>
      eapply eq_trans; [apply under_product | cbv beta iota delta [app]; first [sum_first_factor | reflexivity]]
  end

with sum_first_factor :=
  lazymatch goal with
  | |- product (sum ?n ?f :: ?l) = _ => apply under_start; go_under
  | |- product (?x :: ?l) = _ =>
      has_sum l; apply under_next; cbv beta iota delta [app]; sum_first_factor
  end.

Ltac normal :=
  cbv beta;
  lazymatch goal with
  | |- 0 = _ => apply total_none
  | |- 1 = _ => apply total_one
  | |- ?a + ?b = _ => eapply total_plus; [normal | normal]
  | |- ?a - ?b = _ => eapply total_minus; [normal | normal]
  | |- ?a * ?b = _ => eapply total_mult; [normal | normal]
  | |- ?a / ?b = _ => eapply total_div; [normal | normal]
  | |- - ?a = _ => eapply total_opp; normal
  | |- / ?a = _ =>
      let p := fresh "p" in evar (p : list (list R));
      let known := fresh in assert (known : a = total p) by (subst p; normal);
      let q := eval unfold p in p in let q := computed q in
      change (a = total q) in known; clear p;
      lazymatch q with
      | [_] => refine (total_inverse _ _ known)
      | _ => lazymatch a with context [exp _] => refine (total_inverse_sum _ _ known) | _ => exact (total_atom (/ a)) end
      end
  | |- sech ?a ^ 2 = _ => rewrite (sech_sq a); normal
  | |- ?a ^ 2 = _ => powers ltac:(fun known => refine (total_square _ _ known))
  | |- ?a ^ 3 = _ => powers ltac:(fun known => refine (total_cube _ _ known))
  | |- ?a ^ 4 = _ => powers ltac:(fun known => refine (total_fourth _ _ known))
  | |- ?a ^ _ = _ => powers ltac:(fun known => refine (total_atom _))
  | |- exp ?a = _ => eapply exp_of; [eapply eq_trans; [normal | recompute_right; reflexivity] | exps]
  | |- sum (?n + ?m)%nat ?f = _ => rewrite (sum_split n m f); normal
  | |- sum (S ?n) ?f = _ => cbn [sum]; normal
  | |- sum (2 * ?n)%nat ?f = _ => replace (2 * n)%nat with (n + n)%nat by lia; normal
  | |- sum ?n ?f = _ =>
      eapply sum_of;
      [ let i := fresh "i" in intros i ?; cbv beta; eapply eq_trans; [normal | recompute_right; reflexivity] | cbv beta; monomials ]
  | |- INR (?n + ?m)%nat = _ => rewrite plus_INR; normal
  | |- INR (?n * ?m)%nat = _ => rewrite mult_INR; normal
  | |- INR (S ?n) = _ => rewrite S_INR; normal
  | |- delta ?i ?i = _ => rewrite delta_same; apply total_one
  | |- tanh ?a = _ => eapply total_function; eapply eq_trans; [normal | recompute_right; reflexivity]
  | |- sech ?a = _ => eapply total_function; eapply eq_trans; [normal | recompute_right; reflexivity]
  | |- ln ?a = _ => eapply total_function; eapply eq_trans; [normal | recompute_right; reflexivity]
  | |- sqrt ?a = _ => eapply total_function; eapply eq_trans; [normal | recompute_right; reflexivity]
  | |- product _ = _ => progress cbv beta iota delta [product]; normal
  | _ : (?i < _)%nat |- context [(?i + ?n)%nat] => rewrite (Nat.add_comm i n); apply total_atom
  | |- _ = _ => apply total_atom
  end
with recompute_right := lazymatch goal with |- total ?p = _ => let q := computed p in change (total p) with (total q) end
with powers otherwise :=
  lazymatch goal with |- ?a ^ ?n = _ =>
      let p := fresh "p" in evar (p : list (list R));
      let known := fresh in assert (known : a = total p) by (subst p; normal);
      let q := eval unfold p in p in let q := computed q in
      change (a = total q) in known; clear p;
      lazymatch q with
      | [?m] => lazymatch m with context [sum _ _] => otherwise known | _ => refine (total_power _ _ _ known) end
      | _ => otherwise known
      end
  end
with exps :=
  lazymatch goal with
  | |- exp (total []) = _ => apply exp_none
  | |- exp (total (?m :: ?p)) = _ =>
      eapply exp_cons;
      [ lazymatch m with
        | -1 :: 2 :: _ => apply exp_less_twice
        | -1 :: _ => apply exp_negative
        | 2 :: _ => apply exp_twice
        | _ => apply total_atom
        end
      | exps ]
  end
with monomials :=
  lazymatch goal with
  | |- sum ?n (fun i => total []) = _ => apply sum_of_none
  | |- sum ?n (fun i => total (@?m i :: @?p i)) = _ =>
      eapply (sum_of_cons n m p); [apply parted_start; part | cbv beta; monomials]
  end
with part :=
  cbv beta;
  lazymatch goal with
  | |- parted ?n ?outs (fun _ => []) (fun _ => []) = _ => apply parted_count; normal
  | |- parted ?n ?outs ?ins (fun _ => []) = _ => apply parted_end; cbv beta; inside
  | |- parted ?n ?outs ?ins (fun i => @?x i :: @?rest i) = _ =>
      first
      [ lazymatch x with fun _ => ?c => apply (parted_out n outs ins c rest) end; part
      | delta_away n outs ins x rest
      | apply (parted_in n outs ins x rest); part ]
  end
with delta_away n outs ins x rest :=
  lazymatch x with fun i => delta (@?k i) (@?l i) =>
    lazymatch constr:((k, l)) with
    | (fun _ => ?c, fun i => i) => apply (parted_delta n c outs ins rest)
    | (fun i => i, fun _ => ?c) => apply (parted_delta_r n c outs ins rest)
    end
  end;
  [assumption | cbv beta iota delta [product]; normal]
with inside :=
  first
  [ eapply under_ready;
    [ let i := fresh "i" in intros i ?; cbv beta; eapply eq_trans; [sum_first_factor | reflexivity] | cbv beta; apply total_atom ]
  | apply total_atom ].

Lemma both_normal (a b : R) p q : a = total p -> b = total q -> total p = total q -> a = b.
Proof. now intros -> ->. Qed.

(* which of two parts of a sum's size comes first *)
Ltac other_order := match goal with |- context [sum (?n + ?m)%nat _] => rewrite !(Nat.add_comm n m) end.

Ltac normalised :=
  eapply both_normal; [normal | normal | cbv beta iota zeta delta [app map flat_map times total product]].

(* two double, threefold … sums that differ by the order of their places *)
Lemma swap_3 (a b c : nat) (f : nat -> nat -> nat -> R) :
  sum a (fun i => sum b (fun j => sum c (fun k => f i j k))) = sum c (fun k => sum a (fun i => sum b (fun j => f i j k))).
Proof. rewrite (sum_swap c a). apply sum_ext. intros. apply sum_swap. Qed.
Lemma swap_4 (a b c d : nat) (f : nat -> nat -> nat -> nat -> R) :
  sum a (fun i => sum b (fun j => sum c (fun k => sum d (fun l => f i j k l))))
  = sum d (fun l => sum a (fun i => sum b (fun j => sum c (fun k => f i j k l)))).
Proof. rewrite (sum_swap d a). apply sum_ext. intros. apply swap_3. Qed.

Ltac differ a b := first [constr_eq a b; fail 1 | idtac].

Ltac alike finish :=
  lazymatch goal with
  | |- sum ?n ?f = sum ?n ?g => first [apply sum_ext; intros; cbv beta; alike finish | swapped finish]
  | |- sum _ _ = sum _ _ => swapped finish
  | |- _ => finish
  end
with swapped finish :=
  lazymatch goal with
  | |- sum ?a (fun i => sum ?b (fun j => sum ?c (fun k => sum ?n (fun l => @?f i j k l)))) = sum ?n _ =>
      rewrite (swap_4 a b c n f); apply sum_ext; intros; cbv beta; alike finish
  | |- sum ?a (fun i => sum ?b (fun j => sum ?n (fun k => @?f i j k))) = sum ?n _ =>
      rewrite (swap_3 a b n f); apply sum_ext; intros; cbv beta; alike finish
  | |- sum ?a (fun i => sum ?n (fun j => @?f i j)) = sum ?n _ =>
      rewrite (sum_swap a n f); apply sum_ext; intros; cbv beta; alike finish
  end.

(* functions of the same, written in two ways *)
Ltac same_arguments :=
  repeat match goal with
  | |- context [?f ?a] =>
      lazymatch f with exp => idtac | tanh => idtac | ln => idtac | sqrt => idtac | cos => idtac | sin => idtac | Rinv => idtac end;
      match goal with
      | |- context [f ?b] => differ a b; replace (f b) with (f a) by (f_equal; ring)
      | |- context [tanh ?b] =>
          lazymatch f with tanh => differ a b; replace (tanh b) with (- tanh a) by (rewrite <- tanh_opp; f_equal; ring) end
      end
  end.

Ltac same_sums finish :=
  repeat match goal with
  | |- context [sum ?n ?f] =>
      match goal with
      | |- context [sum ?m ?g] =>
          differ f g;
          let same := fresh in
          first
          [ assert (same : sum n f = sum m g) by solve [alike finish]; rewrite same
          | assert (same : sum n f = - sum m g) by (rewrite <- sum_opp; solve [alike finish]); rewrite same ];
          clear same
      end
  end.
