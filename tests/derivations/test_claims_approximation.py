"""The claims X5 and X6: decided, each step carries its verdict, altered statements are rejected, bounds hold in
floating point.
"""

from __future__ import annotations

import numpy as np
import pytest
from mpmath import mp, mpf
from numpy.typing import NDArray
from sympy import Expr, Mul, tanh

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.claims import CLAIMS, x5, x6
from attnproof.derivations.language.tensors import KEY_SHARED, QUERY_SHARED
from attnproof.derivations.lemmas import odd_score

MODULES = {"X5": x5, "X6": x6}


@pytest.mark.parametrize("name", MODULES)
def test_the_claim_is_qualified(name: str) -> None:
    claim = MODULES[name].CLAIM
    assert CLAIMS[name] is claim
    assert claim.earned == "qualified"
    assert claim.assumptions
    assert claim.counterexample


def squashed(*factors: Expr) -> Expr:
    """tanh of a product: odd in each factor, so even in both, but no square where they are equal."""
    return tanh(Mul(*factors))


def mirrored_dot() -> Expr:
    """The dot product with both signs changed."""
    return odd_score.opposite(x5.reach.DOT, QUERY_SHARED, KEY_SHARED)


def test_a_sign_cannot_be_changed_in_what_is_not_there() -> None:
    """The dot product has tensors of its own shape: mistaking them for others would change nothing, and look like
    evenness.
    """
    with pytest.raises(ValueError, match="nothing would change its sign"):
        odd_score.opposite(x5.reach.DOT)
    assert equal(mirrored_dot(), x5.reach.DOT)


H, R, EPS, COUNT = x6.H, x6.RADIUS, x6.EPS, x6.COUNT


def test_the_product_within_its_bound_at_fifty_digits() -> None:
    """Another road to the rate: tanh at 50 digits, where rounding over h² is below 1e-30; at the corner the bound is
    nearly met.
    """
    with mp.workdps(50):
        b, worst = mp.atanh(mpf(1) / 2), mpf(0)
        for radius in (mpf("0.5"), mpf(3)):
            for h in (mpf(1), mpf("0.1"), mpf("1e-3")):
                for i in range(-4, 5):
                    for j in range(-4, 5):
                        x, y = radius * i / 4, radius * j / 4
                        t = [mp.tanh(b + h * z) for z in (x + y, -x - y, x - y, y - x)]
                        error = abs((t[2] + t[3] - t[0] - t[1]) / (3 * h**2) - x * y)
                        worst = max(worst, error / (mpf(82) / 45 * h**2 * radius**4))
        assert mpf("0.5") < worst <= 1


def measured(h: float, kind: type[np.floating]) -> float:
    """The largest error of four units at 2000 pairs of ``kind`` in [−1, 1]², each operation in ``kind``."""
    drawn = np.random.default_rng(5).uniform(-1, 1, (2, 2000)).astype(kind)
    step, b = kind(h), kind(np.arctanh(0.5))
    plus, minus = (drawn[0] + drawn[1]) * step, (drawn[0] - drawn[1]) * step
    t: list[NDArray[np.floating]] = [np.tanh(b + z) for z in (plus, -plus, minus, -minus)]
    found = (t[2] + t[3] - t[0] - t[1]) / (3 * step * step)
    x, y = drawn.astype(np.longdouble)
    return float(np.max(np.abs(found.astype(np.longdouble) - x * y)))


STEPS_OF_TWO = [2.0**-e for e in range(1, 24)]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_rounding_within_its_bound_and_the_best_step_as_predicted(kind: type[np.floating]) -> None:
    """κ = c + γ + cγ with steps that are powers of 2, so that only these round: b, x ± y, their sum, tanh, the sum of
    four, 1/(3h²).

    c: |b| u for b, 2h u for x ± y, (|b| + 2h) u for the sum, tanh 4 ulp at most as NumPy documents, each 1 u below 1;
    with h <= 1/2 at most 9 u, second orders included. γ: 5 roundings.
    The step is judged to a factor of 4: rounding then may fall short of its bound by a factor of 256 (the best step
    goes as κ^(1/4)).
    """
    u = float(np.finfo(kind).eps) / 2
    gamma = 5 * u / (1 - 5 * u)
    kappa = 9 * u + gamma + 9 * u * gamma
    errors = {h: measured(h, kind) for h in STEPS_OF_TWO}
    for h, error in errors.items():
        assert error <= 82 / 45 * h**2 + 4 * kappa / (3 * h**2)
    predicted = (30 * kappa / 41) ** 0.25
    best = min(errors, key=errors.__getitem__)
    assert predicted / 4 <= best <= 4 * predicted
    assert errors[min(errors)] > 100 * errors[best]  # cancellation has overtaken
    assert errors[max(errors)] > 100 * errors[best]  # truncation
