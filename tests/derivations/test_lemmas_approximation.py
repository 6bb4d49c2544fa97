"""The lemmas under X5 and X6 by second roads: fractions, mpmath and plain Python, which share nothing with the
proofs.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations, product

import pytest
from mpmath import mp, mpf
from sympy import Integer, factorial

from attnproof.derivations.claims import x2, x3, x4
from attnproof.derivations.claims.checks import xor_smt
from attnproof.derivations.claims.checks.xor_cells import Impossible
from attnproof.derivations.lemmas import LEMMAS, holds, tanh_derivatives, tanh_powers
from attnproof.derivations.proof.claim import Step
from attnproof.derivations.proof.orders import holds_at_every_order
from attnproof.derivations.proof.rules import Induction, RuleError
from attnproof.derivations.proof.rules.orders import PREVIOUS

NAMES = ("odd_score", "tanh_product", "iterated_differences", "tanh_derivatives", "tanh_powers", "bernstein")
STEPS = [(name, k) for name in NAMES for k in range(len(LEMMAS[name].steps))]
ALTERED = [(name, what) for name in NAMES for what in LEMMAS[name].altered]


@pytest.mark.parametrize("name", NAMES)
def test_the_lemma_holds(name: str) -> None:
    assert holds(name)
    assert len(LEMMAS[name].altered) >= 1


@pytest.mark.parametrize(("name", "what"), ALTERED)
def test_an_altered_lemma_is_rejected(name: str, what: str) -> None:
    assert LEMMAS[name].altered[what].holds() is False


@pytest.mark.parametrize(("name", "number"), STEPS)
def test_each_step_answers_yes_or_no(name: str, number: int) -> None:
    step: Step = LEMMAS[name].steps[number]
    assert step.by.holds() is True


def tanh_polynomial(order: int) -> list[int]:
    """Coefficients of the derivative of tanh in t, lowest first, by plain Python."""
    found = [0, 1]
    for _ in range(order):
        slope = [j * c for j, c in enumerate(found)][1:]
        found = [a - b for a, b in zip([*slope, 0, 0], [0, 0, *slope], strict=True)]
    return found


@pytest.mark.parametrize("order", range(9))
def test_derivatives_of_tanh(order: int) -> None:
    """Against mpmath's Taylor coefficients of tanh at 0 and at 0.7; degree, leading coefficient, bound and odd constant
    terms.
    """
    coefficients = tanh_polynomial(order)
    with mp.workdps(40):
        for z in (mpf(0), mpf("0.7")):
            expected = mp.taylor(mp.tanh, z, order)[order] * mp.factorial(order)
            found = mp.polyval(coefficients[::-1], mp.tanh(z))
            assert abs(found - expected) < mpf(10) ** -12 * (1 + abs(expected))
    assert len(coefficients) == order + 2
    assert coefficients[-1] == (-1) ** order * math.factorial(order)
    assert sum(map(abs, coefficients)) <= 2**order * math.factorial(order)
    assert (coefficients[0] != 0) == bool(order % 2)
    t = Fraction(str(tanh_derivatives.centre(order)))
    assert 0 < t < 1
    assert sum(c * t**j for j, c in enumerate(coefficients)) != 0


@pytest.mark.parametrize("order", range(1, 6))
def test_a_power_by_units_within_its_bound(order: int) -> None:
    """60 digits, steps to 1e-6, both kinds of centres: error at most ``k 2^k (k+1)!/p h |z|^(k+1)``."""
    with mp.workdps(60):
        places = [mpf(1) / (order + 3) * j for j in range(1, order + 3)] + [mpf(0)] * (order % 2)
        for t in places:
            p = mp.polyval(tanh_polynomial(order)[::-1], t)
            if abs(p) < mpf(10) ** -30:
                continue
            for h, z in product((mpf("0.1"), mpf("1e-6")), (mpf(-2), mpf("0.3"), mpf(1))):
                terms = [
                    (-1) ** (order - j) * math.comb(order, j) * mp.tanh(mp.atanh(t) + j * h * z)
                    for j in range(order + 1)
                ]
                error = abs(mp.fsum(terms) / (h**order * p) - z**order)
                bound = order * 2**order * math.factorial(order + 1) / abs(p) * h * abs(z) ** (order + 1)
                assert error <= bound


@pytest.mark.parametrize("order", range(1, 7))
def test_polarisation_in_fractions(order: int) -> None:
    xs = [Fraction(3 * i * i - 7, i + 2) for i in range(order)]
    total = sum(
        (-1) ** (order - part) * sum(chosen) ** order for part in range(order + 1) for chosen in combinations(xs, part)
    )
    assert total == math.factorial(order) * math.prod(xs)


def test_bernstein_polynomials_in_fractions() -> None:
    """The bound holds for ``|x − y|`` on [0, 1]² (ω(δ) = √2 δ), and a quarter of it does not: the check has power."""
    ratios = []
    for n in (1, 4, 9, 25):
        for x, y in product((Fraction(0), Fraction(1, 3), Fraction(1, 2)), repeat=2):
            first, second = ([math.comb(n, k) * c**k * (1 - c) ** (n - k) for k in range(n + 1)] for c in (x, y))
            assert sum(first) == sum(second) == 1
            assert sum((Fraction(k, n) - x) ** 2 * w for k, w in enumerate(first)) == x * (1 - x) / n
            value = sum(first[k] * second[j] * abs(Fraction(k - j, n)) for k in range(n + 1) for j in range(n + 1))
            ratios.append(float(abs(value - abs(x - y))) / (1.5 * math.sqrt(2 / n)))
    assert 0.25 < max(ratios) <= 1


SECOND_ROADS = {
    "induction with another start": Induction(
        factorial(tanh_powers.K), tanh_powers.K, Integer(2), (tanh_powers.K + 1) * PREVIOUS
    ).holds,
    "an identity at no order but 0": lambda: holds_at_every_order(2**tanh_powers.K - 1, tanh_powers.K),
}


@pytest.mark.parametrize("name", SECOND_ROADS)
def test_a_wrong_statement_is_rejected(name: str) -> None:
    assert SECOND_ROADS[name]() is False


@pytest.mark.parametrize("cell", [*x2.CELLS, *x4.CELLS], ids=str)
@pytest.mark.parametrize("criterion", xor_smt.CRITERIA)
def test_the_solver_finds_what_the_certificates_say(cell, criterion) -> None:
    """Without multipliers or weights; for the additive score with a bias every set of values is within reach of the
    argument.
    """
    certificate = cell.ranking if criterion == "ranking" else cell.threshold
    assert xor_smt.unreachable(cell, criterion).holds() is isinstance(certificate, Impossible)


def test_the_solver_separates_what_is_separable() -> None:
    for pair in combinations(x3.NAMES, 2):
        separable = set(pair) not in ({"00", "11"}, {"01", "10"})
        assert x3.inseparable_by_solver(frozenset(pair)).holds() is not separable
    with pytest.raises(RuleError, match="says nothing"):
        xor_smt.never_all_positive([])
    with pytest.raises(KeyError):
        xor_smt.unreachable(x2.CELLS[0], "threshold of another name")
