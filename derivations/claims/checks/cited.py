"""Facts of probability on which several claims rest."""

from __future__ import annotations

from typing import Final

from attnproof.derivations.proof.rules import Cited

BILLINGSLEY: Final = "Billingsley 1995, Probability and Measure"

MEANS_MULTIPLY: Final = Cited(
    r"X \text{ and } Y \text{ independent with finite means}",
    r"E[X Y] = E[X]\, E[Y]",
    f"expected values of products: {BILLINGSLEY}",
)
ONE_LAW: Final = Cited(
    r"E[e^{\langle t, X \rangle}] = E[e^{\langle t, Y \rangle}] < \infty \text{ for all } t \text{ around } 0",
    r"X \text{ and } Y \text{ have one law}",
    f"laws determined by their moments, vectors by their projections (Cramér, Wold): {BILLINGSLEY}",
)
