(* Results of operations by IEEE 754: which of them are numbers, and what sums that are not negative come to. *)
From Coq Require Import Reals Arith Lra Lia.
From Attnproof.theory Require Import prelude formats nearest ordered_sums.
Open Scope R_scope.

Section Results.
Variables (p e : nat).
Hypothesis bits : (1 <= p)%nat.
Hypothesis exponents : (1 <= e)%nat.
Local Notation fl := (rounded p e).

Lemma end_of_format : 2 ^ (e + 1) = 2 * 2 ^ e.
Proof. rewrite Nat.add_1_r. reflexivity. Qed.

Lemma end_above_1 : 1 < 2 ^ (e + 1).
Proof. pose proof (pow_R1_Rle 2 e ltac:(lra)). rewrite end_of_format. lra. Qed.

Lemma fl_nonneg (x : R) : 0 <= x -> 0 <= fl x.
Proof. intros up. rewrite <- (rounded_0 p e). now apply rounded_le. Qed.

Lemma is_value (x : R) : Rabs (fl x) < 2 ^ (e + 1) -> result_of p e x = Value (fl x).
Proof. intros small. unfold result_of. now destruct (Rlt_dec _ _). Qed.

Lemma is_infinite (x : R) : 2 ^ (e + 1) <= Rabs (fl x) -> result_of p e x = infinite x.
Proof. intros large. unfold result_of. destruct (Rlt_dec _ _); [lra | reflexivity]. Qed.

Lemma infinite_up (x : R) : 0 <= x -> infinite x = PlusInfinity.
Proof. intros up. unfold infinite. destruct (Rlt_dec x 0); [lra | reflexivity]. Qed.

Lemma infinite_down (x : R) : x < 0 -> infinite x = MinusInfinity.
Proof. intros down. unfold infinite. destruct (Rlt_dec x 0); [reflexivity | lra]. Qed.

(* a result of a number that is not negative *)
Lemma overflows (x : R) : 0 <= x -> result_of p e x = PlusInfinity <-> 2 ^ (e + 1) <= fl x.
Proof.
  intros up. pose proof (fl_nonneg x up). split; intros large.
  - unfold result_of in large. rewrite Rabs_pos_eq in large by assumption. destruct (Rlt_dec _ _); [discriminate | lra].
  - rewrite is_infinite; [now apply infinite_up | now rewrite Rabs_pos_eq].
Qed.

Lemma between (x y : R) : 0 <= x -> fl y = y -> x <= y -> y < 2 ^ (e + 1) ->
  result_of p e x = Value (fl x) /\ fl x <= y.
Proof.
  intros up number less small. pose proof (fl_nonneg x up).
  pose proof (rounded_at_most p e bits exponents x y number less).
  split; [|assumption]. apply is_value. rewrite Rabs_pos_eq; lra.
Qed.

Lemma value_0 : result_of p e 0 = Value 0.
Proof. pose proof end_above_1. rewrite is_value; rewrite rounded_0; [reflexivity | rewrite Rabs_R0; lra]. Qed.

(* a number of the format that is not negative, or infinite *)
Definition nonneg (a : result) : Prop := a = PlusInfinity \/ exists x, a = Value x /\ 0 <= x /\ fl x = x.

Lemma nonneg_of (x : R) : 0 <= x -> nonneg (result_of p e x).
Proof.
  intros up. unfold result_of. destruct (Rlt_dec _ _) as [small|large].
  - right. exists (fl x). split; [reflexivity|]. split; [now apply fl_nonneg | now apply rounded_number].
  - left. now apply infinite_up.
Qed.

Lemma nonneg_added (a b : result) : nonneg a -> nonneg b -> nonneg (added p e a b).
Proof. intros [->|[x [-> [up _]]]] [->|[y [-> [also _]]]]; simpl; try (now left). apply nonneg_of. lra. Qed.

Lemma nonneg_exponential (a : result) : a <> NaN -> nonneg (exponential p e a).
Proof.
  destruct a as [x| | |]; intros some; simpl.
  - apply nonneg_of, Rlt_le, exp_pos.
  - now left.
  - right. exists 0. split; [reflexivity|]. split; [lra | apply rounded_0].
  - congruence.
Qed.

Lemma added_infinite (a b : result) :
  nonneg a -> nonneg b -> a = PlusInfinity \/ b = PlusInfinity -> added p e a b = PlusInfinity.
Proof. intros [->|[x [-> _]]] [->|[y [-> _]]] [same|same]; simpl; congruence. Qed.

Lemma added_comm (a b : result) : added p e a b = added p e b a.
Proof. destruct a, b; simpl; try reflexivity. now rewrite Rplus_comm. Qed.

(* a sum is at least each of its parts *)
Definition at_least (a : result) (t : R) : Prop := a = PlusInfinity \/ exists x, a = Value x /\ t <= x.

Lemma at_least_added (a b : result) (t : R) :
  nonneg a -> nonneg b -> fl t = t -> at_least a t \/ at_least b t -> at_least (added p e a b) t.
Proof.
  intros an bn number either.
  assert (one : forall a b, nonneg a -> nonneg b -> at_least a t -> at_least (added p e a b) t).
  { clear a b an bn either. intros a b an [->|[y [-> [up _]]]] least.
    - left. apply added_infinite; [exact an | now left | now right].
    - destruct least as [->|[x [-> more]]]; [now left|]. simpl. unfold result_of.
      destruct (Rlt_dec _ _) as [small|large].
      + right. exists (fl (x + y)). split; [reflexivity|]. apply rounded_at_least; [lia | lia | exact number | lra].
      + destruct an as [top|[x' [same [up' _]]]]; [discriminate|]. injection same as <-.
        left. apply infinite_up. lra. }
  destruct either as [left|right]; [now apply one|]. rewrite added_comm. now apply one.
Qed.

Section Sums.
Variables (n : nat) (S : nat -> nat -> result) (w : nat -> result).
Hypothesis some : (1 <= n)%nat.
Hypothesis order : in_order_by (added p e) n S w.

Lemma sum_infinite : (forall j, (j < n)%nat -> nonneg (w j)) -> forall i, (i < n)%nat -> w i = PlusInfinity ->
  S 0%nat n = PlusInfinity.
Proof.
  intros terms i below top.
  destruct (ordered_by (added p e) n S w (fun x y u => nonneg u /\ ((x <= i < y)%nat -> u = PlusInfinity)) order)
    with (x := 0%nat) (y := n) as [_ all]; [| | lia | lia |].
  - intros x less. split; [now apply terms|]. intros [from to]. now replace x with i by lia.
  - intros x s y a b left right most [an ai] [bn bi]. split; [now apply nonneg_added|]. intros [from to].
    apply added_infinite; try assumption. destruct (Nat.lt_ge_cases i s); [left; apply ai | right; apply bi]; lia.
  - apply all. lia.
Qed.

Lemma sum_undefined (i : nat) : (i < n)%nat -> w i = NaN -> S 0%nat n = NaN.
Proof.
  intros below one.
  apply (ordered_by (added p e) n S w (fun x y u => (x <= i < y)%nat -> u = NaN) order); [| | lia | lia | lia].
  - intros x less [from to]. now replace x with i by lia.
  - intros x s y a b left right most an bn [from to]. destruct (Nat.lt_ge_cases i s).
    + rewrite an by lia. now destruct b.
    + rewrite bn by lia. now destruct a.
Qed.

Lemma sum_zero : (forall j, (j < n)%nat -> w j = Value 0) -> S 0%nat n = Value 0.
Proof.
  intros terms. apply (ordered_by (added p e) n S w (fun _ _ u => u = Value 0) order); [exact terms | | lia | lia].
  intros x s y a b _ _ _ -> ->. simpl. rewrite Rplus_0_r. apply value_0.
Qed.

(* two numbers whose sum overflows: so does every sum that has both *)
Lemma sum_of_two (i j : nat) : (forall k, (k < n)%nat -> nonneg (w k)) -> (i < j)%nat -> (j < n)%nat ->
  added p e (w i) (w j) = PlusInfinity -> S 0%nat n = PlusInfinity.
Proof.
  intros terms less below over.
  destruct (terms i ltac:(lia)) as [top|[a [wi [an a_number]]]]; [now apply sum_infinite with i; try lia|].
  destruct (terms j below) as [top|[b [wj [bn b_number]]]]; [now apply sum_infinite with j; try lia|].
  rewrite wi, wj in over. apply overflows in over; [|lra].
  destruct (ordered_by (added p e) n S w (fun x y u => nonneg u /\ ((x <= i < y)%nat -> at_least u a) /\
    ((x <= j < y)%nat -> at_least u b) /\ ((x <= i)%nat -> (j < y)%nat -> u = PlusInfinity)) order)
    with (x := 0%nat) (y := n) as [_ [_ [_ all]]]; [| | lia | lia | apply all; lia].
  - intros x lx. split; [now apply terms|]. split; [|split; [|lia]]; intros [from to]; right.
    + exists a. split; [now replace x with i by lia | lra].
    + exists b. split; [now replace x with j by lia | lra].
  - intros x s y u v left right most [un [ui [uj us]]] [vn [vi [vj vs]]].
    split; [now apply nonneg_added|]. repeat split.
    + intros [from to]. apply at_least_added; try assumption.
      destruct (Nat.lt_ge_cases i s); [left; apply ui | right; apply vi]; lia.
    + intros [from to]. apply at_least_added; try assumption.
      destruct (Nat.lt_ge_cases j s); [left; apply uj | right; apply vj]; lia.
    + intros from to. destruct (Nat.lt_ge_cases j s) as [before|after].
      { apply added_infinite; try assumption. left. apply us; lia. }
      destruct (Nat.lt_ge_cases i s) as [apart|behind].
      * destruct (ui ltac:(lia)) as [->|[x' [-> ax]]]; [apply added_infinite; [now left | exact vn | now left]|].
        destruct (vj ltac:(lia)) as [->|[y' [-> by_]]]; [apply added_infinite; [exact un | now left | now right]|].
        apply overflows; [lra|]. pose proof (rounded_le p e bits exponents (a + b) (x' + y') ltac:(lra)). lra.
      * apply added_infinite; try assumption. right. apply vs; lia.
Qed.

(* terms up to 1, as many as the format counts: the sum is a number, at least each term and at most their number *)
Lemma sum_of_few : INR n <= 2 ^ p -> (p <= e)%nat ->
  (forall j, (j < n)%nat -> exists t, w j = Value t /\ 0 <= t <= 1 /\ fl t = t) ->
  exists s, S 0%nat n = Value s /\ s <= INR n /\ forall j t, (j < n)%nat -> w j = Value t -> t <= s.
Proof.
  intros few range terms.
  assert (top : 2 ^ p < 2 ^ (e + 1)) by (apply Rlt_pow; [lra | lia]).
  destruct (ordered_by (added p e) n S w (fun x y u => exists s, u = Value s /\ 0 <= s <= INR (y - x) /\ fl s = s /\
    forall j t, (x <= j < y)%nat -> w j = Value t -> t <= s) order)
    with (x := 0%nat) (y := n) as [s [same [[_ most] [_ own]]]]; [| | lia | lia |].
  - intros x less. destruct (terms x less) as [t [wx [[low high] number]]]. exists t. split; [exact wx|].
    replace (x + 1 - x)%nat with 1%nat by lia. change (INR 1) with 1. split; [lra|]. split; [exact number|].
    intros j t' place wj. replace j with x in wj by lia. rewrite wx in wj. injection wj as <-. lra.
  - intros x s y u v left right most [a [-> [[a0 a1] [na owna]]]] [b [-> [[b0 b1] [nb ownb]]]].
    assert (counted : INR (y - x) <= 2 ^ p) by (apply Rle_trans with (2 := few); apply le_INR; lia).
    assert (both : INR (y - x) = INR (s - x) + INR (y - s)) by (rewrite <- plus_INR; f_equal; lia).
    assert (whole : fl (INR (y - x)) = INR (y - x)).
    { apply number_whole; [lia | lia|]. apply INR_le. now rewrite pow_INR. }
    destruct (between (a + b) (INR (y - x)) ltac:(lra) whole ltac:(lra) ltac:(lra)) as [sum less].
    assert (more : forall t, fl t = t -> t <= a \/ t <= b -> t <= fl (a + b)).
    { intros t number either. apply rounded_at_least; [lia | lia | exact number | lra]. }
    exists (fl (a + b)). split; [exact sum|]. split; [split; [apply fl_nonneg; lra | exact less]|].
    split; [now apply rounded_number|]. intros j t place wj.
    destruct (terms j ltac:(lia)) as [t' [wj' [_ number]]]. rewrite wj in wj'. injection wj' as <-. apply more.
    + exact number.
    + destruct (Nat.lt_ge_cases j s); [left; apply (owna j) | right; apply (ownb j)]; try assumption; lia.
  - exists s. rewrite Nat.sub_0_r in most. split; [exact same|]. split; [exact most|].
    intros j t below. apply own. lia.
Qed.
End Sums.

(* the same for a sum in turn of any number of terms *)
Lemma sum_in_turn (n q : nat) (T w : nat -> result) : fl (2 ^ p + 1) = 2 ^ p -> (p <= e)%nat -> (q + 1 = n)%nat ->
  T 0%nat = w 0%nat -> (forall k, (k < n)%nat -> (k + 2 <= n)%nat -> T (k + 1)%nat = added p e (T k) (w (k + 1)%nat)) ->
  (forall j, (j < n)%nat -> exists t, w j = Value t /\ 0 <= t <= 1 /\ fl t = t) ->
  exists s, T q = Value s /\ s <= INR n /\ forall j t, (j < n)%nat -> w j = Value t -> t <= s.
Proof.
  intros stays range last first next terms.
  assert (top : 2 ^ p < 2 ^ (e + 1)) by (apply Rlt_pow; [lra | lia]).
  assert (power : fl (2 ^ p) = 2 ^ p) by (rewrite <- stays; now apply rounded_number).
  pose proof (pow_R1_Rle 2 p ltac:(lra)) as one.
  assert (each : forall k, (k <= q)%nat -> exists s, T k = Value s /\ 0 <= s <= INR (k + 1) /\ s <= 2 ^ p /\ fl s = s /\
    forall j t, (j <= k)%nat -> w j = Value t -> t <= s).
  { induction k as [|h IH]; intros below.
    - destruct (terms 0%nat ltac:(lia)) as [t [w0 [[low high] number]]]. exists t. rewrite first.
      change (INR (0 + 1)) with 1. repeat split; try assumption; try lra.
      intros j t' place wj. replace j with 0%nat in wj by lia. rewrite w0 in wj. injection wj as <-. lra.
    - destruct (IH ltac:(lia)) as [s [Th [[low high] [short [number own]]]]].
      destruct (terms (h + 1)%nat ltac:(lia)) as [t [wh [[t0 t1] tn]]].
      assert (sum : fl (s + t) <= 2 ^ p) by (rewrite <- stays; apply rounded_le; [lia | lia | lra]).
      exists (fl (s + t)). replace (Datatypes.S h) with (h + 1)%nat by lia. split; [|split; [split|split; [|split]]].
      + rewrite next, Th, wh by lia. apply is_value. rewrite Rabs_pos_eq; [lra | apply fl_nonneg; lra].
      + apply fl_nonneg. lra.
      + destruct (Nat.le_gt_cases (h + 1 + 1) (2 ^ p)) as [few|many].
        * apply rounded_at_most; [lia | lia | apply number_whole; [lia | lia | exact few]|].
          rewrite plus_INR. simpl INR at 2. lra.
        * apply Rle_trans with (1 := sum). replace (2 ^ p) with (INR (2 ^ p)) by (now rewrite pow_INR).
          apply le_INR. lia.
      + exact sum.
      + now apply rounded_number.
      + intros j t' place wj. destruct (Nat.eq_dec j (h + 1)) as [->|other].
        * rewrite wh in wj. injection wj as <-. apply rounded_at_least; [lia | lia | exact tn | lra].
        * pose proof (own j t' ltac:(lia) wj). destruct (terms j ltac:(lia)) as [t'' [wj' [_ jn]]].
          rewrite wj in wj'. injection wj' as <-. apply rounded_at_least; [lia | lia | exact jn | lra]. }
  destruct (each q (le_n q)) as [s [Tq [[_ most] [_ [_ own]]]]]. exists s. rewrite last in most.
  split; [exact Tq|]. split; [exact most|]. intros j t below. apply own. lia.
Qed.
End Results.

(* The highest of scores. *)
Lemma highest_step (n : nat) (f : nat -> result) : highest (S (S n)) f = higher (highest (S n) f) (f (S n)).
Proof. reflexivity. Qed.

Lemma highest_infinite (n : nat) (f : nat -> result) (i : nat) : (i < n)%nat -> f i = PlusInfinity ->
  highest n f = PlusInfinity \/ highest n f = NaN.
Proof.
  destruct n as [|n]; [lia|]. induction n as [|n IH]; intros below top.
  - left. now replace i with 0%nat in top by lia.
  - rewrite highest_step. destruct (Nat.eq_dec i (S n)) as [->|other].
    + rewrite top. destruct (highest (S n) f); auto.
    + destruct (IH ltac:(lia) top) as [-> | ->]; destruct (f (S n)); auto.
Qed.

Lemma highest_masked (n : nat) (f : nat -> result) : (1 <= n)%nat -> (forall i, (i < n)%nat -> f i = MinusInfinity) ->
  highest n f = MinusInfinity.
Proof.
  destruct n as [|n]; [lia|]. intros _. induction n as [|n IH]; intros all; [apply all; lia|].
  rewrite highest_step, IH by (intros; apply all; lia). rewrite all by lia. reflexivity.
Qed.

(* numbers, some of them masked: the largest one *)
Lemma highest_number (n : nat) (f : nat -> result) :
  (forall i, (i < n)%nat -> f i = MinusInfinity \/ exists x, f i = Value x) ->
  (exists k, (k < n)%nat /\ exists x, f k = Value x) ->
  exists m, highest n f = Value m /\ (forall i x, (i < n)%nat -> f i = Value x -> x <= m) /\
    exists k, (k < n)%nat /\ f k = Value m.
Proof.
  destruct n as [|n]; [intros _ [k [K _]]; lia|]. induction n as [|n IH]; intros kinds [k [K [x fk]]].
  - replace k with 0%nat in fk by lia. exists x. split; [exact fk|]. split; [|exists 0%nat; now split; [lia|]].
    intros i x' below fi. replace i with 0%nat in fi by lia. rewrite fi in fk. injection fk as <-. lra.
  - rewrite highest_step.
    destruct (Classical_Prop.classic (exists k, (k < S n)%nat /\ exists x, f k = Value x)) as [yes|no].
    + destruct (IH ltac:(intros; apply kinds; lia) yes) as [m [-> [most [k' [K' fk']]]]].
      destruct (kinds (S n) ltac:(lia)) as [mask|[y fy]].
      * rewrite mask. exists m. split; [reflexivity|]. split; [|exists k'; split; [lia | exact fk']].
        intros i x' below fi. destruct (Nat.eq_dec i (S n)) as [->|other]; [congruence|].
        apply (most i); [lia | exact fi].
      * rewrite fy. exists (Rmax m y). split; [reflexivity|]. split.
        -- intros i x' below fi. destruct (Nat.eq_dec i (S n)) as [->|other].
           ++ rewrite fy in fi. injection fi as <-. apply Rmax_r.
           ++ eapply Rle_trans; [apply (most i); [lia | exact fi] | apply Rmax_l].
        -- destruct (Rle_dec y m) as [less|more].
           ++ exists k'. rewrite Rmax_left by exact less. split; [lia | exact fk'].
           ++ exists (S n). rewrite Rmax_right by lra. split; [lia | exact fy].
    + assert (masked : forall i, (i < S n)%nat -> f i = MinusInfinity).
      { intros i below. destruct (kinds i ltac:(lia)) as [same|[y fy]]; [exact same|].
        exfalso. apply no. exists i. split; [exact below | now exists y]. }
      rewrite highest_masked by (assumption || lia).
      assert (k = S n) as ->.
      { destruct (Nat.eq_dec k (S n)) as [same|other]; [exact same|]. rewrite masked in fk by lia. discriminate. }
      rewrite fk. exists x. split; [reflexivity|]. split; [|exists (S n); split; [lia | exact fk]].
      intros i x' below fi. destruct (Nat.eq_dec i (S n)) as [->|other].
      * rewrite fk in fi. injection fi as <-. lra.
      * rewrite masked in fi by lia. discriminate.
Qed.
