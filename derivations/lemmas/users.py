"""What rests on lemmas beside the proofs of claims and of other lemmas: the rules for bounds, and the ring."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from attnproof.derivations.bounds.rules import RULES
from attnproof.derivations.lemmas import needs
from attnproof.derivations.proof.met import Assumed, Because, Use

IN_RING: Final = Use(
    what="every equality in the exponential ring",
    assumptions=(
        "A residue of a random number generator is as good as a random one.",
        "What differs, differs in a coefficient below ε^k and mod both primes.",
    ),
    met={
        "ring_equality": {
            "Inputs are uniform residues and independent, in both draws; ln 2 and π are squares of such.": (
                Assumed("A residue"),
                Because("`Ring.random` and `Ground` draw them so"),
            ),
            "The difference, if it is not 0, is not 0 mod either of the two primes, drawn from 83.": (
                Assumed("What differs"),
                Because("`Ring` draws two of these primes"),
            ),
            "Values are quotients of sums of the keys' exponentials, gradients of sums of products of two, as in every "
            "softmax, shifted or streamed; one row of queries.": (
                Because("`enough_coefficients` is asked for these alone"),
            ),
            "Exponentials of exponentials (the additive score, a soft-cap) have no such number of coefficients.": (
                Because("`enough_coefficients` is not asked for these"),
                Assumed("What differs"),
            ),
            "Roots are of constants or of squared norms of rows of at least two inputs, drawn again until they have "
            "one.": (Because("elements that rest on other roots are `UNKNOWN`, and no probability is given"),),
            "No functions that are not interpreted (erf).": (
                Because("elements that rest on one are `UNKNOWN`, and no probability is given"),
            ),
            "Choices by value (maximum, mask, relu) are those of one run.": (
                Because("they are taken from one run in numbers, or the answer is undecided"),
            ),
            "A constant is the simple number that it is within two units in its last place of, and one of 10⁴ or more "
            "that hides a key is infinity.": (
                Because("`Ring.recognised` reads a program's constants so; a formula's are exact"),
            ),
        }
    },
)
USES: Final = MappingProxyType({**{name: rule.use(name) for name, rule in RULES.items()}, "ring": IN_RING})


def uses_of(lemma: str) -> tuple[Use, ...]:
    """What rests on a lemma beside proofs, in order.

    Raises ValueError for one that does not say how each assumption of the lemma is met.
    """
    found = tuple(use for use in USES.values() if lemma in use.met)
    for use in found:
        if lemma in use.unmet(needs):
            raise ValueError(f"{use.what} does not say how each assumption of the lemma {lemma!r} is met")
    return found
