(* Limits as a variable grows: functions of exp (- t), finite sums, softmax, tanh. *)
From Coq Require Import Reals Arith Lra Lia.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude sums softmax tanh.
Open Scope R_scope.

Lemma exp_decays : is_lim (fun t => exp (- t)) p_infty 0.
Proof.
  apply (filterlim_comp _ _ _ Ropp exp (Rbar_locally' p_infty) (Rbar_locally m_infty) (Rbar_locally 0)).
  - apply (filterlim_Rbar_opp p_infty).
  - apply is_lim_exp_m.
Qed.

(* a function that has a derivative follows its argument to the limit *)
Lemma lim_through (f u : R -> R) (x : Rbar) (l : R) :
  ex_derive f l -> is_lim u x l -> is_lim (fun t => f (u t)) x (f l).
Proof.
  intros smooth tends.
  exact (filterlim_comp _ _ _ u f (Rbar_locally' x) (locally l) (locally (f l)) tends (ex_derive_continuous f l smooth)).
Qed.

Lemma lim_decay (f : R -> R) (l : R) :
  ex_derive f 0 -> f 0 = l -> is_lim (fun t => f (exp (- t))) p_infty l.
Proof. intros smooth <-. now apply (lim_through f (fun t => exp (- t))), exp_decays. Qed.

Lemma lim_inverse (f : R -> R) (l : R) :
  ex_derive f 0 -> f 0 = l -> is_lim (fun t => f (/ t)) p_infty l.
Proof.
  intros smooth <-. apply (lim_through f (fun t => / t)); [exact smooth|].
  apply (is_lim_inv (fun t => t) p_infty p_infty); [apply is_lim_id | discriminate].
Qed.

Lemma lim_grows (c : R) : 0 < c -> is_lim (fun t => c * t) p_infty p_infty.
Proof.
  intros above. eapply is_lim_ext; [reflexivity|].
  replace p_infty with (Rbar_mult c p_infty) at 2.
  - apply is_lim_scal_l, is_lim_id.
  - simpl. destruct (Rle_dec 0 c) as [at_least|]; [|lra]. destruct (Rle_lt_or_eq_dec 0 c at_least); [reflexivity|lra].
Qed.

Lemma exp_decays_at (c : R) : 0 < c -> is_lim (fun t => exp (- (c * t))) p_infty 0.
Proof.
  intros above. apply (is_lim_comp (fun t => exp (- t)) (fun t => c * t) p_infty 0 p_infty).
  - apply exp_decays.
  - now apply lim_grows.
  - exists 0. discriminate.
Qed.

Lemma lim_decay_at (c : R) (f : R -> R) (l : R) :
  0 < c -> ex_derive f 0 -> f 0 = l -> is_lim (fun t => f (exp (- (c * t)))) p_infty l.
Proof. intros above smooth <-. now apply (lim_through f (fun t => exp (- (c * t)))), exp_decays_at. Qed.

Lemma lim_sum (n : nat) (f : nat -> R -> R) (x : Rbar) (l : nat -> R) :
  (forall i, (i < n)%nat -> is_lim (f i) x (l i)) -> is_lim (fun t => sum n (fun i => f i t)) x (sum n l).
Proof.
  induction n as [|n IH]; intros each; simpl; [apply is_lim_const|].
  apply is_lim_plus'; [apply IH; intros; apply each; lia | apply each; lia].
Qed.

Lemma lim_weight (n : nat) (f : nat -> R -> R) (x : Rbar) (l : nat -> R) (i : nat) :
  (i < n)%nat -> (forall j, (j < n)%nat -> is_lim (f j) x (l j)) ->
  is_lim (fun t => weight n (fun j => f j t) i) x (weight n l i).
Proof.
  intros below each. unfold weight, Rdiv.
  assert (each' : forall j, (j < n)%nat -> is_lim (fun t => exp (f j t)) x (exp (l j))).
  { intros j J. apply (lim_through exp (f j)); [auto_derive; exact I | now apply each]. }
  apply (is_lim_mult _ _ x (exp (l i)) (/ sum n (fun j => exp (l j)))); [now apply each' | | exact I].
  apply (lim_through Rinv (fun t => sum n (fun j => exp (f j t)))).
  - auto_derive. apply total_neq. lia.
  - now apply (lim_sum n (fun j t => exp (f j t)) x (fun j => exp (l j))).
Qed.

Lemma tanh_to_1 (w c : R) : 0 < c -> is_lim (fun t => tanh (w + c * t)) p_infty 1.
Proof.
  intros above. pose proof (exp_pos (- (2 * w))).
  apply (is_lim_ext (fun t => (fun x => (1 - exp (- (2 * w)) * x) / (1 + exp (- (2 * w)) * x)) (exp (- ((2 * c) * t))))).
  - intros t. rewrite tanh_exp_neg, <- exp_plus. do 2 f_equal; f_equal; ring.
  - apply (lim_decay_at (2 * c) (fun x => (1 - exp (- (2 * w)) * x) / (1 + exp (- (2 * w)) * x)));
      [lra | auto_derive; lra | field; lra].
Qed.

Lemma tanh_to_m1 (w c : R) : c < 0 -> is_lim (fun t => tanh (w + c * t)) p_infty (-1).
Proof.
  intros below. apply (is_lim_ext (fun t => - tanh (- w + - c * t))).
  - intros t. rewrite <- tanh_opp. f_equal. ring.
  - apply (is_lim_opp (fun t => tanh (- w + - c * t)) p_infty 1), tanh_to_1. lra.
Qed.
