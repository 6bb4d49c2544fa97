(* Sums of tanh units are analytic: what vanishes on an interval vanishes beyond it, too. *)
From Coq Require Import Reals Arith Lra Lia Psatz FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums tanh derivatives.
Open Scope R_scope.

(* Polynomials in tanh, their degree, and the sum of the sizes of their coefficients. *)
Inductive polynomial := mono (c : R) (i : nat) | more (p q : polynomial).

Fixpoint value (p : polynomial) (t : R) : R :=
  match p with mono c i => c * t ^ i | more p q => value p t + value q t end.
Fixpoint degree (p : polynomial) : nat :=
  match p with mono _ i => i | more p q => Nat.max (degree p) (degree q) end.
Fixpoint weight (p : polynomial) : R :=
  match p with mono c _ => Rabs c | more p q => weight p + weight q end.
(* the derivative, where that of t is 1 - t^2 *)
Fixpoint slope (p : polynomial) : polynomial :=
  match p with
  | mono c i => more (mono (c * INR i) (pred i)) (mono (- (c * INR i)) (S i))
  | more p q => more (slope p) (slope q)
  end.

Lemma weight_pos (p : polynomial) : 0 <= weight p.
Proof. induction p; simpl; [apply Rabs_pos | lra]. Qed.

Lemma value_small (p : polynomial) (t : R) : Rabs t <= 1 -> Rabs (value p t) <= weight p.
Proof.
  intros small. induction p as [c i|p IHp q IHq]; simpl.
  - rewrite Rabs_mult, <- RPow_abs. pose proof (Rabs_pos c). pose proof (Rabs_pos t).
    assert (Rabs t ^ i <= 1 ^ i) by (apply pow_incr; lra). rewrite pow1 in *. nra.
  - pose proof (Rabs_triang (value p t) (value q t)). lra.
Qed.

Lemma slope_degree (p : polynomial) : (degree (slope p) <= S (degree p))%nat.
Proof. induction p; simpl in *; lia. Qed.

Lemma slope_weight (p : polynomial) : weight (slope p) <= 2 * INR (degree p) * weight p.
Proof.
  induction p as [c i|p IHp q IHq]; simpl.
  - rewrite Rabs_Ropp, Rabs_mult, (Rabs_pos_eq (INR i)) by apply pos_INR. lra.
  - pose proof (weight_pos p). pose proof (weight_pos q).
    assert (INR (degree p) <= INR (Nat.max (degree p) (degree q))) by (apply le_INR; lia).
    assert (INR (degree q) <= INR (Nat.max (degree p) (degree q))) by (apply le_INR; lia). nra.
Qed.

Lemma slope_value (p : polynomial) (x : R) : is_derive (fun y => value p (tanh y)) x (value (slope p) (tanh x)).
Proof.
  induction p as [c i|p IHp q IHq]; simpl.
  - eapply is_derive_value.
    + apply (is_derive_scal (fun y => tanh y ^ i) x c).
      apply (is_derive_comp (fun t => t ^ i) tanh x (INR i * tanh x ^ pred i) (sech x ^ 2)); [|apply is_derive_tanh].
      auto_derive; [exact I | ring].
    + rewrite sech_sq. unfold scal. simpl. unfold mult. simpl. destruct i as [|i]; simpl pred; [simpl; ring|].
      simpl pow. ring.
  - now apply (is_derive_plus (fun y => value p (tanh y)) (fun y => value q (tanh y))).
Qed.

Fixpoint slopes (k : nat) : polynomial := match k with O => mono 1 1 | S k => slope (slopes k) end.

Lemma slopes_bound (k : nat) : (degree (slopes k) <= S k)%nat /\ weight (slopes k) <= INR (fact k) * 2 ^ k.
Proof.
  induction k as [|k [low small]]; [simpl; split; [lia | rewrite Rabs_R1; lra]|]. split.
  - pose proof (slope_degree (slopes k)). simpl. lia.
  - pose proof (slope_weight (slopes k)). simpl slopes. pose proof (weight_pos (slopes k)).
    apply le_INR in low. rewrite fact_simpl, mult_INR. simpl pow. pose proof (pos_INR (degree (slopes k))).
    assert (INR (degree (slopes k)) * weight (slopes k) <= INR (S k) * (INR (fact k) * 2 ^ k))
      by (apply Rmult_le_compat; assumption). lra.
Qed.

(* A sequence of functions each of which is the derivative of the one before. *)
Definition chain (F : nat -> R -> R) : Prop := forall k x, is_derive (F k) x (F (S k) x).

Lemma chain_derivatives (F : nat -> R -> R) : chain F -> forall k, Derive_n (F O) k = F k /\ forall x, ex_derive_n (F
  O) k x.
Proof.
  intros each. induction k as [|k [same all]]; [split; [reflexivity | intros; exact I]|]. split.
  - apply functional_extensionality. intros x. simpl. rewrite same. exact (is_derive_unique _ _ _ (each k x)).
  - intros x. simpl. rewrite same. exists (F (S k) x). apply each.
Qed.

(* With derivatives of the order k of size C k! L^k at most, what is 0 on an interval is 0 up to 1/(2 L) after it. *)
Lemma zero_further (F : nat -> R -> R) (C L a b x : R) : chain F -> 0 < L ->
  (forall k y, (3 <= k)%nat -> Rabs (F k y) <= C * INR (fact k) * L ^ k) -> a < b ->
  (forall y, a < y < b -> F O y = 0) -> b <= x < b + / (2 * L) -> F O x = 0.
Proof.
  intros each lp bound ab zero [from upto].
  assert (all : forall k y, a < y < b -> F k y = 0).
  { induction k as [|k IH]; [exact zero|]. intros y inside. rewrite <- (is_derive_unique _ _ _ (each k y)).
    apply is_derive_unique. apply (is_derive_ext_loc (fun _ => 0)); [|apply (is_derive_const 0)].
    assert (here : 0 < Rmin (y - a) (b - y)) by (apply Rmin_glb_lt; lra).
    exists (mkposreal _ here). intros t close. symmetry. apply IH.
    change (Rabs (t - y) < Rmin (y - a) (b - y)) in close.
    apply Rabs_def2 in close. pose proof (Rmin_l (y - a) (b - y)). pose proof (Rmin_r (y - a) (b - y)).
    change (a < t < b). lra. }
  set (y := (Rmax a (x - / (2 * L)) + b) / 2).
  assert (near : Rmax a (x - / (2 * L)) < b) by (apply Rmax_lub_lt; lra).
  assert (inside : a < y < b).
  { unfold y. pose proof (Rmax_l a (x - / (2 * L))). pose proof (Rmax_r a (x - / (2 * L))). split; lra. }
  assert (step : 0 < x - y <= / (2 * L)).
  { unfold y. pose proof (Rmax_l a (x - / (2 * L))). pose proof (Rmax_r a (x - / (2 * L))). split; lra. }
  assert (cp : 0 <= C).
  { pose proof (bound 3%nat 0 (le_n 3)) as some. pose proof (Rabs_pos (F 3%nat 0)). pose proof (pow_lt L 3 lp).
    pose proof (INR_fact_lt_0 3). assert (0 < INR (fact 3) * L ^ 3) by (apply Rmult_lt_0_compat; lra). nra. }
  assert (small : forall n, (2 <= n)%nat -> Rabs (F O x) <= C * (/ 2) ^ S n).
  { intros n large. destruct (Taylor_Lagrange (F O) n y x ltac:(lra)) as [z [between same]].
    - intros t _ k _. now apply (chain_derivatives F each).
    - rewrite (proj1 (chain_derivatives F each (S n))) in same.
      assert (head : sum_f_R0 (fun m => (x - y) ^ m / INR (fact m) * Derive_n (F O) m y) n = 0).
      { apply sum_eq_R0. intros m _. rewrite (proj1 (chain_derivatives F each m)), (all m y inside). ring. }
      rewrite head in same. rewrite same, Rplus_0_l, Rabs_mult. unfold Rdiv.
      rewrite Rabs_mult, (Rabs_pos_eq (/ _)) by (apply Rlt_le, Rinv_0_lt_compat, INR_fact_lt_0).
      rewrite (Rabs_pos_eq ((x - y) ^ S n)) by (apply pow_le; lra).
      pose proof (bound (S n) z ltac:(lia)) as size. pose proof (INR_fact_lt_0 (S n)) as fp.
      assert (power : (x - y) ^ S n <= (/ (2 * L)) ^ S n) by (apply pow_incr; lra).
      assert (0 <= (x - y) ^ S n) by (apply pow_le; lra).
      apply Rle_trans with ((/ (2 * L)) ^ S n * / INR (fact (S n)) * (C * INR (fact (S n)) * L ^ S n)).
      + apply Rmult_le_compat; [|apply Rabs_pos| |exact size].
        * apply Rmult_le_pos; [assumption | apply Rlt_le, Rinv_0_lt_compat, fp].
        * apply Rmult_le_compat_r; [apply Rlt_le, Rinv_0_lt_compat, fp | exact power].
      + apply Req_le. rewrite Rinv_mult, Rpow_mult_distr. pose proof (pow_lt L (S n) lp).
        rewrite (pow_inv L). field. split; lra. }
  destruct (Req_dec (F O x) 0) as [done|some]; [exact done|]. exfalso.
  apply Rabs_pos_lt in some.
  destruct (pow_lt_1_zero (/ 2) ltac:(rewrite Rabs_pos_eq; lra) (Rabs (F O x) / (C + 1))
    ltac:(apply Rdiv_lt_0_compat; lra)) as [N less].
  pose proof (small (N + 2)%nat ltac:(lia)) as one. pose proof (less (S (N + 2)) ltac:(lia)) as two.
  pose proof (pow_lt (/ 2) (S (N + 2)) ltac:(lra)) as pos. rewrite Rabs_pos_eq in two by lra.
  assert ((C + 1) * (/ 2) ^ S (N + 2) < Rabs (F O x)).
  { apply (Rmult_lt_reg_r (/ (C + 1))); [apply Rinv_0_lt_compat; lra|].
    replace ((C + 1) * (/ 2) ^ S (N + 2) * / (C + 1)) with ((/ 2) ^ S (N + 2)) by (field; lra). exact two. }
  nra.
Qed.

Lemma zero_after (F : nat -> R -> R) (C L a b : R) : chain F -> 0 < L ->
  (forall k y, (3 <= k)%nat -> Rabs (F k y) <= C * INR (fact k) * L ^ k) -> a < b ->
  (forall y, a < y < b -> F O y = 0) -> forall y, a < y -> F O y = 0.
Proof.
  intros each lp bound ab zero.
  assert (all : forall n, forall y, a < y < b + INR n * / (2 * L) -> F O y = 0).
  { pose proof (Rinv_0_lt_compat (2 * L) ltac:(lra)) as step. induction n as [|n IH]; intros y [low high].
    - apply zero. simpl in high. lra.
    - rewrite S_INR in high. destruct (Rlt_dec y (b + INR n * / (2 * L))) as [before|after]; [apply IH; lra|].
      apply (zero_further F C L a (b + INR n * / (2 * L)) y each lp bound); [|exact IH|lra].
      pose proof (pos_INR n). assert (0 <= INR n * / (2 * L)) by (apply Rmult_le_pos; lra). lra. }
  intros y low. destruct (archimed_cor1 (/ (Rabs ((y - b) * (2 * L)) + 1))) as [n [less np]].
  { apply Rinv_0_lt_compat. pose proof (Rabs_pos ((y - b) * (2 * L))). lra. }
  apply (all n). split; [exact low|]. assert (0 < INR n) by (apply lt_0_INR; lia).
  pose proof (Rabs_pos ((y - b) * (2 * L))). apply Rinv_lt_cancel in less; [|lra].
  pose proof (Rle_abs ((y - b) * (2 * L))). apply (Rmult_lt_reg_r (2 * L)); [lra|].
  rewrite Rmult_plus_distr_r, Rmult_assoc, Rinv_l by lra. lra.
Qed.

(* Sums of units. *)
Section Units.
Variables (n : nat) (v c b : nat -> R).

Definition units (k : nat) (x : R) : R :=
  sum n (fun a => v a * (c a ^ k * value (slopes k) (tanh (c a * x + b a)))).

Lemma units_chain : chain units.
Proof.
  intros k x. unfold units. induction n as [|m IH]; [apply (is_derive_const 0)|].
  apply (is_derive_plus (fun y => sum m (fun a => v a * (c a ^ k * value (slopes k) (tanh (c a * y + b a)))))
    (fun y => v m * (c m ^ k * value (slopes k) (tanh (c m * y + b m))))); [exact IH|].
  eapply is_derive_value.
  - apply is_derive_scal, is_derive_scal.
    apply (is_derive_comp (fun y => value (slopes k) (tanh y)) (fun y => c m * y + b m) x
      (value (slope (slopes k)) (tanh (c m * x + b m))) (c m)); [apply slope_value|].
    auto_derive; [exact I | ring].
  - unfold scal. simpl. unfold mult. simpl. ring.
Qed.

Lemma largest_slope : exists L, 0 < L /\ forall a, (a < n)%nat -> Rabs (c a) <= L.
Proof.
  exists (1 + sum n (fun a => Rabs (c a))). pose proof (sum_nonneg n (fun a => Rabs (c a)) (fun a _ => Rabs_pos _)).
  split; [lra|]. intros a la. pose proof (sum_single_le n (fun a => Rabs (c a)) a (fun a _ => Rabs_pos _) la). lra.
Qed.

Lemma units_bound (L : R) : (forall a, (a < n)%nat -> Rabs (c a) <= L) -> forall k x,
  Rabs (units k x) <= sum n (fun a => Rabs (v a)) * INR (fact k) * (2 * L) ^ k.
Proof.
  intros most k x. unfold units. apply Rle_trans with (1 := sum_abs n _).
  rewrite Rmult_assoc, <- sum_scal_r. apply sum_le. intros a la. rewrite Rabs_mult.
  apply Rmult_le_compat_l; [apply Rabs_pos|]. rewrite Rabs_mult, <- RPow_abs, Rpow_mult_distr.
  pose proof (tanh_abs_lt_1 (c a * x + b a)) as small.
  pose proof (value_small (slopes k) (tanh (c a * x + b a)) ltac:(lra)) as size.
  pose proof (proj2 (slopes_bound k)) as bound.
  assert (Rabs (c a) ^ k <= L ^ k) by (apply pow_incr; split; [apply Rabs_pos | now apply most]).
  replace (INR (fact k) * (2 ^ k * L ^ k)) with (L ^ k * (INR (fact k) * 2 ^ k)) by ring.
  apply Rmult_le_compat; [apply pow_le, Rabs_pos | apply Rabs_pos | assumption | lra].
Qed.

(* less x^2, with its derivatives *)
Definition less_square (k : nat) (x : R) : R :=
  units k x - match k with O => x ^ 2 | 1%nat => 2 * x | 2%nat => 2 | _ => 0 end.

Lemma less_square_chain : chain less_square.
Proof.
  intros k x. unfold less_square. destruct k as [|[|[|k]]].
  - apply (is_derive_minus (units 0) (fun x => x ^ 2)); [apply units_chain|]. auto_derive; [exact I | ring].
  - apply (is_derive_minus (units 1) (fun x => 2 * x)); [apply units_chain|]. auto_derive; [exact I | ring].
  - apply (is_derive_minus (units 2) (fun _ => 2)); [apply units_chain | apply (is_derive_const 2)].
  - apply (is_derive_minus (units (S (S (S k)))) (fun _ => 0)); [apply units_chain | apply (is_derive_const 0)].
Qed.

Lemma not_the_square (low high : R) : low < high ->
  ~ (forall x, low < x < high -> sum n (fun a => v a * tanh (c a * x + b a)) = x ^ 2).
Proof.
  intros order same. destruct largest_slope as [L [lp most]].
  assert (first : forall x, units 0 x = sum n (fun a => v a * tanh (c a * x + b a))).
  { intros x. unfold units. apply sum_ext. intros a _. simpl. ring. }
  assert (after : forall x, low < x -> less_square 0 x = 0).
  { apply (zero_after less_square (sum n (fun a => Rabs (v a))) (2 * L) low high less_square_chain); [lra| |exact
    order|].
    - intros k y large. unfold less_square. destruct k as [|[|[|k]]]; try lia. rewrite Rminus_0_r.
      apply (units_bound L most).
    - intros y inside. unfold less_square. rewrite first, (same y inside). ring. }
  set (V := sum n (fun a => Rabs (v a))). pose proof (sum_nonneg n (fun a => Rabs (v a)) (fun a _ => Rabs_pos _)) as vp.
  fold V in vp. set (x := Rabs low + V + 1). pose proof (Rabs_pos low). pose proof (Rle_abs low).
  pose proof (after x ltac:(unfold x; lra)) as zero. unfold less_square in zero.
  pose proof (units_bound L most 0 x) as bound. simpl fact in bound. simpl pow in bound. fold V in bound.
  simpl INR in bound. apply Rabs_le_between in bound. assert (units 0 x = x ^ 2) by lra.
  assert (1 <= x) by (unfold x; lra). assert (V < x) by (unfold x; lra). nra.
Qed.
End Units.
