"""The claims X5 and X6: decided, each step carries its verdict, altered statements are rejected, bounds hold in floating point."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from mpmath import mp, mpf
from numpy.typing import NDArray
from sympy import Integer, Rational, Symbol

from derivations.canonical import equal
from derivations.claim import decide
from derivations.claims import CLAIMS, tanh_units, x5, x6
from derivations.lemmas import odd_score

MODULES = {"X5": x5, "X6": x6}
STEPS = [(name, number) for name, module in MODULES.items() for number in range(len(module.CLAIM.steps))]


@pytest.mark.parametrize("name", MODULES)
def test_the_claim_is_decided_by_its_steps(name: str) -> None:
    claim = MODULES[name].CLAIM
    assert CLAIMS[name] is claim
    assert decide(claim).verdict == "qualified" == claim.earned
    assert claim.assumptions
    assert claim.counterexample


@pytest.mark.parametrize(("name", "number"), STEPS)
def test_each_step_carries_the_verdict(name: str, number: int) -> None:
    """A step that is switched off, or an identity that is altered, makes the verdict fall."""
    claim = MODULES[name].CLAIM
    step = claim.steps[number]
    checks = [lambda: False]
    if step.check.func is equal:
        left, right = step.check.args
        checks += [partial(equal, left, right + 1), partial(equal, left, 2 * right + Symbol("x", real=True))]
    others = tuple(replace(one, check=lambda: True) for one in claim.steps)
    for check in checks:
        found = decide(replace(claim, steps=(*others[:number], replace(step, check=check), *others[number + 1 :])))
        assert found.verdict == "not decided"
        assert found.failed == (number,)


H, R, EPS, COUNT = x6.H, x6.RADIUS, x6.EPS, x6.COUNT
ALTERED = {
    "X5 odd with a bias": lambda: equal(odd_score.opposite(odd_score.BIASED), -odd_score.BIASED),
    "X5 even without a bias": lambda: equal(odd_score.opposite(odd_score.ADDITIVE), odd_score.ADDITIVE),
    "X5 the dot product is odd": lambda: equal(odd_score.opposite(x5.DOT), -x5.DOT),
    "X5 a score that is not odd": lambda: x5.even_part(x5.F_PLUS - x5.E + x5.F_MINUS - x5.E, x5.F_PLUS + x5.F_MINUS),
    "X5 the odd part": lambda: x5.even_part(x5.ERRORS, x5.F_PLUS - x5.F_MINUS),
    "X5 half the larger error": lambda: x5.half_sum(x5.LARGEST / 2),
    "X5 a curvature of the other sign": lambda: tanh_units.curvature(Rational(3, 4)),
    "X5 a smaller fourth derivative": lambda: tanh_units.fourth_derivative(Integer(4)),
    "X5 a remainder of half the size": lambda: tanh_units.second_difference(tanh_units.M * tanh_units.Z**4 / 24),
    "X5 a remainder of third order": lambda: tanh_units.second_difference(tanh_units.M * tanh_units.Z**3 / 12),
    "X5 output weights of twice the size": lambda: tanh_units.polarised(2 * tanh_units.UNITS, factor()),
    "X5 the square of x": lambda: tanh_units.polarisation(tanh_units.X**2),
    "X5 a better rate": lambda: tanh_units.product_error(Rational(81, 45)),
    "X6 a sum of squares": lambda: equal(x6.FACTORED, x6.PRODUCTS**2),
    "X6 smaller output weights": lambda: x6.output_weights(2 * COUNT / (3 * H**2)),
    "X6 weights that do not grow": lambda: x6.step_for(EPS, 45 * EPS / (82 * COUNT * R**4), Integer(1)),
    "X6 a larger step": lambda: x6.step_for(EPS, 2 * EPS / R**4, R**4 / (6 * EPS)),
    "X6 rounding without its product": lambda: x6.one_unit(x6.C + x6.GAMMA),
    "X6 another step": lambda: x6.best_value(2 * x6.BEST, x6.LEAST),
    "X6 a smaller least bound": lambda: x6.least(x6.LEAST / 2),
}


def factor() -> Rational:
    return 1 / (4 * tanh_units.H**2 * tanh_units.CURVATURE)


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_statement_is_rejected(name: str) -> None:
    assert not ALTERED[name]()


def test_the_product_within_its_bound_at_fifty_digits() -> None:
    """Another road to the rate: tanh at 50 digits, where rounding over h² is below 1e-30; at the corner the bound is nearly met."""
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
    """κ = c + γ + cγ with steps that are powers of 2, so that only these round: b, x ± y, their sum, tanh, the sum of four, 1/(3h²).

    c: |b| u for b, 2h u for x ± y, (|b| + 2h) u for the sum, tanh 4 ulp at most as NumPy documents, each 1 u below 1;
    with h <= 1/2 at most 9 u, second orders included. γ: 5 roundings.
    The step is judged to a factor of 4: rounding then may fall short of its bound by a factor of 256 (the best step goes as κ^(1/4)).
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
