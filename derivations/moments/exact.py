"""The second road: expectations over finite laws by enumerating every outcome in rational arithmetic.

No cumulant, no independence of moments and no closed form is used: a score is a function of all components, and its
moments are sums over all their joint values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product

Atoms = Sequence[tuple[Fraction, Fraction]]

RADEMACHER: Atoms = ((Fraction(-1), Fraction(1, 2)), (Fraction(1), Fraction(1, 2)))


def pair_law(query: Atoms, key: Atoms, width: int) -> Mapping[tuple[Fraction, Fraction], Fraction]:
    """Probabilities of every value of ``(e_1, e_2)``, the dot scores of two independent keys with one query.

    Every joint outcome of one component ``(q, k_1, k_2)`` is enumerated, then all ``width``-tuples of components by
    adding one component at a time. Raises ValueError for ``width < 1``.
    """
    if width < 1:
        raise ValueError(f"the width is at least 1, got {width}")
    step: dict[tuple[Fraction, Fraction], Fraction] = {}
    for (q, p), (k1, p1), (k2, p2) in product(query, key, key):
        value = (q * k1, q * k2)
        step[value] = step.get(value, Fraction(0)) + p * p1 * p2
    law = {(Fraction(0), Fraction(0)): Fraction(1)}
    for _ in range(width):
        following: dict[tuple[Fraction, Fraction], Fraction] = {}
        for (a, b), p in law.items():
            for (x, y), weight in step.items():
                value = (a + x, b + y)
                following[value] = following.get(value, Fraction(0)) + p * weight
        law = following
    return law


def summary(law: Mapping[tuple[Fraction, Fraction], Fraction]) -> dict[str, Fraction]:
    """Exact mean, variance, excess kurtosis, shared part and half difference of a law of ``(e_1, e_2)``.

    Raises ZeroDivisionError when the score is constant (its kurtosis does not exist).
    """
    mean = sum((p * a for (a, _), p in law.items()), Fraction(0))
    central = {m: sum((p * (a - mean) ** m for (a, _), p in law.items()), Fraction(0)) for m in (2, 4)}
    return {
        "mean": mean,
        "variance": central[2],
        "excess kurtosis": central[4] / central[2] ** 2 - 3,
        "shared": sum((p * (a - mean) * (b - mean) for (a, b), p in law.items()), Fraction(0)),
        "half difference": sum((p * (a - b) ** 2 for (a, b), p in law.items()), Fraction(0)) / 2,
    }


def brute_moment(query: Atoms, key: Atoms, width: int, order: int) -> Fraction:
    """E[(q·k)^order] by listing every query and every key of ``width`` components. Costs (atoms_q · atoms_k)^width."""
    found = Fraction(0)
    for q in product(query, repeat=width):
        for k in product(key, repeat=width):
            weight, score = Fraction(1), Fraction(0)
            for (x, p), (y, r) in zip(q, k, strict=True):
                weight *= p * r
                score += x * y
            found += weight * score**order
    return found
