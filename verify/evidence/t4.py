"""Evidence for T4: two scores that share a query, every joint outcome enumerated in exact rational arithmetic.

Normal pairs of correlation ρ = 3/5 are enumerated through the values −√3, 0, √3 with weights 1/6, 2/3, 1/6: the Gauss
rule with three nodes, exact for polynomials of degree 5 in each variable. Second moments of the scores have degree 4 in
q and 2 in each key's own part, and ``q k = 3 a (ρ a + √(1−ρ²) b)`` is rational at the nodes ``√3 a, √3 b``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import product
from typing import Final

from attnproof.derivations.moments.exact import RADEMACHER, Atoms, summary
from attnproof.verify.evidence.row import exactly
from attnproof.verify.options import Options
from attnproof.verify.unit import Result

Law = Mapping[tuple[Fraction, Fraction], Fraction]

WIDTHS: Final = {"quick": (1, 2, 5), "standard": (1, 2, 5, 8), "thorough": (1, 2, 5, 8, 12)}
RHO: Final = Fraction(3, 5)
ROOT: Final = Fraction(4, 5)  # √(1 − ρ²)
NODES: Final[Atoms] = tuple(
    (Fraction(a), p) for a, p in ((-1, Fraction(1, 6)), (0, Fraction(2, 3)), (1, Fraction(1, 6)))
)
SHIFTED: Final[Atoms] = ((Fraction(0), Fraction(1, 2)), (Fraction(2), Fraction(1, 2)))  # mean 1, variance 1


def rows(options: Options) -> list[Result]:
    """Mean, variance, shared part and half difference at each width, without and with means, for correlated pairs."""
    found = []
    for d in WIDTHS[options.profile]:
        cases: dict[str, tuple[Law, tuple[Fraction | int, ...]]] = {
            "centred": (independent(RADEMACHER), (0, d, 0, d)),
            "means": (independent(SHIFTED), (d, 3 * d, d, 2 * d)),
            "correlated": (correlated(), (d * RHO, d * (1 + RHO**2), 2 * d * RHO**2, d * (1 - RHO**2))),
        }
        for name, (component, expected) in cases.items():
            law = scores(component, d)
            seen = summary(law)
            for quantity, value in zip(("mean", "variance", "shared", "half difference"), expected, strict=True):
                found.append(_row(name, d, quantity, Fraction(value), seen[quantity]))
            # the factor 1/d: what is left of the variance
            left = summary({(a / d, b / d): p for (a, b), p in law.items()})["variance"]
            found.append(_row(name, d, "variance of the score over d", Fraction(expected[1], d * d), left))
    return found


def independent(atoms: Atoms) -> Law:
    """One component ``(q k_1, q k_2)`` of independent q, k_1, k_2 with one law."""
    return _added(((q * a, q * b), p * r * s) for (q, p), (a, r), (b, s) in product(atoms, repeat=3))


def correlated() -> Law:
    """One component of a query and two keys, each of correlation ρ with it, at the nodes."""
    return _added(
        ((3 * q * (RHO * q + ROOT * a), 3 * q * (RHO * q + ROOT * b)), p * r * s)
        for (q, p), (a, r), (b, s) in product(NODES, repeat=3)
    )


def scores(component: Law, width: int) -> Law:
    """The law of ``(e_1, e_2)``: sums of ``width`` independent components."""
    law: Law = {(Fraction(0), Fraction(0)): Fraction(1)}
    for _ in range(width):
        law = _added(((a + x, b + y), p * r) for ((a, b), p), ((x, y), r) in product(law.items(), component.items()))
    return law


def _added(outcomes: Iterable[tuple[tuple[Fraction, Fraction], Fraction]]) -> Law:
    found: dict[tuple[Fraction, Fraction], Fraction] = {}
    for value, weight in outcomes:
        found[value] = found.get(value, Fraction(0)) + weight
    return found


def _row(name: str, width: int, quantity: str, expected: Fraction, seen: Fraction) -> Result:
    what = f"{quantity}, {name}, d = {width}"
    return exactly("T4", f"{name}/{width}/{quantity.replace(' ', '-')}", what, str(expected), expected, seen)
