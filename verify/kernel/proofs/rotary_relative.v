(* rotary_relative: the proof of its proposition. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude sums.
From Attnproof.statements Require Import rotary_relative.
Open Scope R_scope.

(* What one pair of features adds, from the difference of its angles *)
Definition pair (c s a b x y : R) : R := (a * x + b * y) * c + (a * y - b * x) * s.

Lemma of_difference (f g a b x y : R) :
  (- (sin f * b) + cos f * a) * (- (sin g * y) + cos g * x) + (sin f * a + cos f * b) * (sin g * x + cos g * y)
  = pair (cos (f - g)) (sin (f - g)) a b x y.
Proof. unfold pair. rewrite cos_minus, sin_minus. ring. Qed.

Lemma score_of_differences (m : nat) (f g q h : nat -> R) :
  sum m (fun r => (- (sin (f r) * q (r + m)%nat) + cos (f r) * q r) * (- (sin (g r) * h (r + m)%nat) + cos (g r) * h r)
    + (sin (f r) * q r + cos (f r) * q (r + m)%nat) * (sin (g r) * h r + cos (g r) * h (r + m)%nat))
  = sum m (fun r => pair (cos (f r - g r)) (sin (f r - g r)) (q r) (q (r + m)%nat) (h r) (h (r + m)%nat)).
Proof. apply sum_ext. intros r _. apply of_difference. Qed.

(* Features 1 at one place *)
Lemma one_pair (m g : nat) (c s : nat -> R) (y : bool) : (g < m)%nat ->
  sum m (fun r => pair (c r) (s r) (delta g r) (delta g (r + m)) (delta (if y then (g + m)%nat else g) r)
    (delta (if y then (g + m)%nat else g) (r + m))) = if y then s g else c g.
Proof.
  intros G. rewrite (sum_ext m _ (fun r => delta g r * (if y then s r else c r))).
  - now rewrite (sum_delta m g (fun r => if y then s r else c r)) by exact G.
  - intros r L. unfold pair. rewrite (delta_other g (r + m)) by lia. destruct y.
    + rewrite (delta_other (g + m) r) by lia. rewrite (Nat.add_comm g m), (Nat.add_comm r m), delta_shift.
      destruct (Nat.eq_dec g r) as [<-|no]; [rewrite delta_same | rewrite delta_other by exact no]; ring.
    + rewrite (delta_other g (r + m)) by lia.
      destruct (Nat.eq_dec g r) as [<-|no]; [rewrite delta_same | rewrite delta_other by exact no]; ring.
Qed.

Theorem relative_holds : relative.
Proof.
  intros n _ m _ theta. split.
  - intros same. exists (fun g => theta 1%nat g - theta 0%nat g).
    assert (steps : forall p, (p + 1 < n)%nat -> forall g, (g < m)%nat ->
      cos (theta (p + 1)%nat g - theta p g) = cos (theta 1%nat g - theta 0%nat g)
      /\ sin (theta (p + 1)%nat g - theta p g) = sin (theta 1%nat g - theta 0%nat g)).
    { intros p P g G.
      assert (seen : forall y : bool, (if y then sin (theta (p + 1)%nat g - theta p g) else cos (theta (p + 1)%nat g - theta p g))
        = (if y then sin (theta 1%nat g - theta 0%nat g) else cos (theta 1%nat g - theta 0%nat g))).
      { intros y. specialize (same (delta g) (delta (if y then (g + m)%nat else g)) (p + 1)%nat P p ltac:(lia) 1%nat
          ltac:(lia) 0%nat ltac:(lia) ltac:(lia)).
        rewrite (score_of_differences m (theta (p + 1)%nat) (theta p)), (score_of_differences m (theta 1%nat) (theta 0%nat)) in same.
        rewrite (one_pair m g (fun r => cos (theta (p + 1)%nat r - theta p r)) (fun r => sin (theta (p + 1)%nat r - theta p r)) y G) in same.
        rewrite (one_pair m g (fun r => cos (theta 1%nat r - theta 0%nat r)) (fun r => sin (theta 1%nat r - theta 0%nat r)) y G) in same.
        exact same. }
      split; [exact (seen false) | exact (seen true)]. }
    induction p as [|p IH]; intros P g G.
    + simpl INR. rewrite Rmult_0_l, Rplus_0_l. now split.
    + destruct (IH ltac:(lia) g G) as [c s]. destruct (steps p ltac:(lia) g G) as [cd sd].
      rewrite Nat.add_1_r in cd, sd. set (w := theta 1%nat g - theta 0%nat g) in *.
      replace (theta (S p) g) with (theta (S p) g - theta p g + theta p g) by ring.
      rewrite S_INR. replace ((INR p + 1) * w + theta 0%nat g) with (w + (INR p * w + theta 0%nat g)) by ring.
      rewrite !(cos_plus _ (theta p g)), !(sin_plus _ (theta p g)), cd, sd, c, s.
      now rewrite <- cos_plus, <- sin_plus.
  - intros [omega linear] q h i I j J k K l L sums.
    rewrite (score_of_differences m (theta i) (theta j)), (score_of_differences m (theta k) (theta l)).
    assert (difference : forall a b, (a < n)%nat -> (b < n)%nat -> forall g, (g < m)%nat ->
      cos (theta a g - theta b g) = cos ((INR a - INR b) * omega g)
      /\ sin (theta a g - theta b g) = sin ((INR a - INR b) * omega g)).
    { intros a b A B g G. destruct (linear a A g G) as [ca sa]. destruct (linear b B g G) as [cb sb].
      replace ((INR a - INR b) * omega g) with (INR a * omega g + theta 0%nat g - (INR b * omega g + theta 0%nat g)) by ring.
      rewrite !cos_minus, !sin_minus, ca, sa, cb, sb. now split. }
    assert (same : INR i - INR j = INR k - INR l).
    { apply (f_equal INR) in sums. rewrite !plus_INR in sums. lra. }
    apply sum_ext. intros g G. destruct (difference i j I J g G) as [-> ->]. destruct (difference k l K L g G) as [-> ->].
    now rewrite same.
Qed.
