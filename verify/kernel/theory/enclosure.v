(* Interval arithmetic with floating-point numbers made of whole numbers: no machine integers or floats, so no axioms.
   The precision has to be given, [interval with (Tactic.i_prec 80)]: without it the tactic tries machine floats first. *)
From Interval Require Float.Specific_ops Float.Specific_stdz Tactic.

Module Numbers := Specific_ops.SpecificFloat Specific_stdz.StdZRadix2.
Module Enclosing := Tactic.IntervalTactic Numbers.
Export Enclosing.
