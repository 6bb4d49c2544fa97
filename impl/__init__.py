"""The formulas as programs: written by hand (``reference``), and generated from the derivations (``generated``)."""
