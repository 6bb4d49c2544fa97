"""The claims A1 to A4: they are decided, each step carries its verdict, and altered statements are rejected."""

from __future__ import annotations

import contextlib
import io
import math

import numpy as np
import pytest
from mpmath import mp
from sympy import Integer, Matrix, exp, log, oo, sqrt

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.claims import CLAIMS, a1, a2, a3, a4
from attnproof.derivations.claims.decision import decide
from attnproof.derivations.lemmas import rounding_as_factor

MODULES = {"A1": a1, "A2": a2, "A3": a3, "A4": a4}


@pytest.mark.parametrize("name", MODULES)
def test_the_claim_is_decided_by_its_steps(name):
    claim = MODULES[name].CLAIM
    decision = decide(claim)
    assert claim.id == name
    assert CLAIMS[name] is claim
    assert decision.verdict == claim.earned, decision.reason
    assert claim.statement
    assert claim.assumptions
    assert (claim.counterexample is None) == (claim.earned == "proved")


def without_rescaling(x: a4.Partial, y: a4.Partial) -> a4.Partial:
    return a4.larger(x[0], y[0]), x[1] + y[1], x[2] + y[2]


def first_maximum(x: a4.Partial, y: a4.Partial) -> a4.Partial:
    return x[0], x[1] + y[1] * exp(y[0] - x[0]), x[2] + y[2] * exp(y[0] - x[0])


def second_halved(x: a4.Partial, y: a4.Partial) -> a4.Partial:
    m, sum_, weighted = a4.merge(x, y)
    return m, sum_ / 2, weighted


ALTERED = {
    "A2 the key's part is all of the argument": lambda: equal(a2.argument(a2.J), a2.part_of_key(a2.J)),
    "A2 ReLU is strict": lambda: a2.strictly_increasing(Integer(0)),
    "A2 a negative slope": lambda: a2.strictly_increasing(-a2.SLOPE),
    "A2 LeakyReLU ties": lambda: a2.ties_but_never_reverses(a2.SLOPE),
    "A2 slope 1": lambda: a2.prefers_its_own_key(a2.WEIGHTS, a2.OUTER, Integer(1), Integer(0)),
    "A2 another margin": lambda: a2.prefers_its_own_key(a2.WEIGHTS, a2.OUTER, a2.BELOW_ONE, 2 * a2.MARGIN),
    "A2 one unit": lambda: a2.prefers_its_own_key(Matrix([[1, -1]]), Matrix([-1]), a2.BELOW_ONE, a2.MARGIN),
    "A2 the other sign": lambda: a2.prefers_its_own_key(a2.WEIGHTS, -a2.OUTER, a2.BELOW_ONE, a2.MARGIN),
    "A1 Gaussian kernel without a bias": lambda: equal(a1.weight(a1.SCORE), a1.weight(a1.GAUSSIAN)),
    "A1 bias of the other sign": lambda: equal(
        a1.weight({"j": a1.score(a1.J) - a1.bias(a1.J), "l": a1.score(a1.L) - a1.bias(a1.L)}), a1.weight(a1.GAUSSIAN)
    ),
    "A1 twice the bias": lambda: equal(
        a1.weight({"j": a1.score(a1.J) + 2 * a1.bias(a1.J), "l": a1.score(a1.L) + 2 * a1.bias(a1.L)}),
        a1.weight(a1.GAUSSIAN),
    ),
    "A1 distance without the norm of the query": lambda: equal(
        a1.score(a1.J), a1.exponent(a1.J) + a1.k_squared(a1.J) / (2 * sqrt(a1.D))
    ),
    "A1 bandwidth that is the root": lambda: a1.bandwidth(sqrt(a1.D)),
    "A1 keys of equal norm": lambda: a1.differs(((1,), (-1,)), (1,)),
    "A3 no divergence in the other direction": lambda: equal(a3.OBJECTIVE, a3.VALUE + a3.TAU[()] * a3.DIVERGENCE),
    "A3 entropy without the temperature": lambda: equal(a3.OBJECTIVE, a3.VALUE - a3.DIVERGENCE),
    "A3 value without the temperature": lambda: equal(a3.at_softmax(a3.OBJECTIVE), log(a3.PARTITION)),
    "A3 occupancies without the empty site": lambda: equal(
        exp(a3.LOG_K[a3.J]) / a3.BOUND, exp(a3.LOG_K[a3.J]) / (a3.BOUND - 1)
    ),
    "A3 term without α": lambda: a3.term(a3.P_ONE * (-1 - log(a3.RATIO))),
    "A3 logarithm above its tangent": lambda: a3.nonnegative_and_zero_at_one_only(log(a3.RATIO) - a3.RATIO + 1),
    "A3 logarithm twice as steep": lambda: a3.nonnegative_and_zero_at_one_only(a3.RATIO - 1 - 2 * log(a3.RATIO)),
    "A3 not only at one": lambda: a3.nonnegative_and_zero_at_one_only(0 * a3.RATIO),
    "A3 a key without mass adds nothing": lambda: a3.zero_term(lambda _: Integer(0)),
    "A3 growing terms": lambda: a3.at_most_one(exp(a3.STEP)),
    "A3 terms that are not positive": lambda: a3.at_most_one(1 - a3.STEP),
    "A4 one argument's maximum": lambda: a4.commutative(first_maximum),
    "A4 average": lambda: a4.associative(second_halved),
    "A4 merge of blocks without rescaling": lambda: equal(a4.WHOLE[0], a4.FIRST[0] + a4.SECOND[0]),
    "A4 empty block with a sum": lambda: a4.neutral((-oo, oo, Integer(0))),
    "A4 empty block with a finite maximum": lambda: a4.neutral((Integer(0), Integer(1), Integer(0))),
    "A4 finite maxima are no trouble": lambda: a4.undefined(lambda a, b: a - b, a4.M),
    "A4 a sum that is not commutative": lambda: a4.symmetric_program("max", ""),
    "A4 a maximum that is not commutative": lambda: a4.symmetric_program("", "plus"),
    "A4 exact values are associative": lambda: a4.in_float((0.25, 0.5, 0.75)),
    "A4 rounding without the denominator": lambda: rounding_as_factor.one_rounding(lambda u: u),
    "A4 merge without its exponential": lambda: a4.one_merge(2 * a4.U_LOG + a4.U * a4.S),
    "A4 merge without the rounded argument": lambda: a4.one_merge(a4.PER_MERGE),
    "A4 smaller factor": lambda: rounding_as_factor.within(exp(rounding_as_factor.T) / 2),
    "A4 deviation downwards only": lambda: rounding_as_factor.deviation(1 - exp(-rounding_as_factor.T)),
}


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_statement_is_rejected(name):
    assert ALTERED[name]() is False


WITH_COUNTEREXAMPLE = [name for name, module in MODULES.items() if module.CLAIM.counterexample]


@pytest.mark.parametrize("name", WITH_COUNTEREXAMPLE)
def test_the_counterexample_is_short_and_runs(name):
    code = MODULES[name].CLAIM.counterexample
    assert len(code.splitlines()) <= 10
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(code, {})  # noqa: S102 - it is there to be pasted and run
    assert output.getvalue()


def test_the_order_of_unlike_maxima_must_be_known():
    with pytest.raises(ValueError, match="not known"):
        a4.larger(a4.M_1, a4.M_2)


def test_sums_without_rescaling_are_no_one_pass_result():
    """Commutative and associative alone do not make a merge right."""
    assert a4.commutative(without_rescaling)
    assert a4.associative(without_rescaling)
    merged = without_rescaling((a4.M, a4.FIRST[0], a4.FIRST[1]), (a4.M, a4.SECOND[0], a4.SECOND[1]))
    assert not equal(merged[1], a4.WHOLE[0])


@pytest.mark.parametrize("tree", ["stream", "balanced"])
def test_merged_programs_stay_within_the_rounding_bound(tree):
    """Double precision against 60 digits; glibc's exp is within 1 ulp, ε = 2u."""
    unit = 2.0**-53
    for seed in range(5):
        rng = np.random.default_rng(seed)
        scores, values = rng.normal(size=64) * 8, rng.normal(size=64)
        states = [(float(e), 1.0, float(v)) for e, v in zip(scores, values, strict=True)]
        depth = 0
        while len(states) > 1:
            depth += 1
            pairs = [states[:2]] if tree == "stream" else [states[k : k + 2] for k in range(0, len(states), 2)]
            states = [merged_in_float(*pair) for pair in pairs] + (states[2:] if tree == "stream" else [])
        with mp.workdps(60):
            terms = [mp.exp(mp.mpf(float(e)) - max(scores)) for e in scores]
            exact = mp.fdot(terms, map(float, values)) / mp.fsum(terms)
            size = mp.fdot(terms, map(abs, map(float, values))) / mp.fsum(terms)
            error = abs(mp.mpf(states[0][2] / states[0][1]) - exact)
        budget = depth * (2 * unit / (1 - unit) + 2 * unit / (1 - 2 * unit)) + unit * float(np.ptp(scores))
        assert error <= float(np.expm1(2 * budget + unit / (1 - unit))) * size


def merged_in_float(x, y):
    m = max(x[0], y[0])
    f, g = math.exp(x[0] - m), math.exp(y[0] - m)
    return m, x[1] * f + y[1] * g, x[2] * f + y[2] * g
