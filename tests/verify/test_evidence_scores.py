"""Evidence beside A1, A2, A3, A6 and C2: it passes, a wrong expectation or program fails, and its parts agree with
other roads.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from mpmath import mp

from attnproof.impl.reference import numpy_attention
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.evidence import a1, a2, a3, a6, c2
from attnproof.verify.evidence.measuring.places import Measured
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS
from attnproof.verify.options import Options
from attnproof.verify.rows.tables import EvidenceRow

QUICK = Options(profile="quick", devices=("cpu",))
NARROW = replace(QUICK, dtypes=("fp32", "fp16"))
MODULES = {"A1": a1, "A2": a2, "A3": a3, "A6": a6, "C2": c2}


def verdicts(rows):
    return {row.id.split("/", 2)[2]: row.verdict for row in rows if isinstance(row, EvidenceRow)}


@pytest.mark.parametrize("name", MODULES)
def test_everything_passes_under_ids_of_its_own(name):
    rows = [row for row in MODULES[name].rows(QUICK) if isinstance(row, EvidenceRow)]
    assert {row.verdict for row in rows} == {"pass"}
    assert {row.claim for row in rows} == {name}
    assert len({row.id for row in rows}) == len(rows)


@pytest.mark.parametrize("module", [a1, a6])
def test_a_device_that_is_absent_is_said_once_for_each_implementation(module, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    rows = module.rows(replace(QUICK, devices=("cuda",)))
    skipped = [row for row in rows if row.implementation]
    assert {(row.implementation, row.verdict) for row in skipped} == {
        ("generated-torch", "skipped"),
        ("reference-torch", "skipped"),
    }
    assert len(skipped) == 2


def test_the_gaussian_kernel_by_mpmath():
    query, key = np.array([[0.5, -1.0, 2.0, 0.0]]), np.array([[1.0, 0.5, -0.5, 1.5], [0.0, -2.0, 1.0, 1.0]])
    with mp.workdps(40):
        kernels = [mp.exp(-sum(mp.mpf(float(a - b)) ** 2 for a, b in zip(query[0], k, strict=True)) / 4) for k in key]
        expected = [float(one / sum(kernels)) for one in kernels]
    assert np.max(a1.gaussian_weights(query, key).error(np.array([expected]))) < 1e-16


def test_another_bandwidth_or_bias_fails(monkeypatch):
    monkeypatch.setattr(a1, "ROOT", 1.0)  # twice the bias, still exact; it is in the bias and in the predicted log-odds
    found = verdicts(a1.rows(NARROW))
    assert found.pop("equal-norms") == "pass"  # there is no bias in it
    assert found["bias"] == found["no-bias"] == found["reference-numpy/fp32/cpu"] == "fail"
    monkeypatch.undo()
    monkeypatch.setattr(a1, "_kernel", lambda q, k, width: arb(float(-np.sum((q - k) ** 2))).exp())
    assert set(verdicts(a1.rows(NARROW)).values()) == {"fail"}


def test_orders_and_reversals_are_counted():
    queries, keys = [(Fraction(q),) for q in (0, 1, 2)], [(Fraction(k),) for k in (0, 1)]
    assert a2.orders(lambda q, k: q[0] * k[0], queries, keys) == 2  # a tie at query 0
    assert a2.reversals(lambda q, k: q[0] * k[0], queries, keys) == 0
    assert (
        a2.orders(lambda q, k: -abs(q[0] - k[0]), queries, keys)
        == a2.reversals(lambda q, k: (1 - q[0]) * k[0], queries, keys) + 1
    )


def test_a_score_of_another_kind_fails(monkeypatch):
    monkeypatch.setattr(a2, "leaky_relu", lambda x, slope: abs(x))
    found = verdicts(a2.rows(QUICK))
    assert found["gat/slope=1/5"] == found["gat/slope=0"] == found["gatv2-one-unit/slope=1/5"] == "fail"
    monkeypatch.setattr(a2, "leaky_relu", lambda x, slope: x)
    assert verdicts(a2.rows(QUICK))["gatv2/slope=0"] == "fail"


def test_the_shortfall_by_mpmath():
    e, p, tau = (
        [Fraction(1), Fraction(-1, 2), Fraction(2)],
        [Fraction(1, 4), Fraction(0), Fraction(3, 4)],
        Fraction(1, 3),
    )
    with mp.workdps(40):
        t, scores, shares = mp.mpf(1) / 3, [mp.mpf(1), mp.mpf(-0.5), mp.mpf(2)], [mp.mpf(0.25), mp.mpf(0), mp.mpf(0.75)]
        value = t * mp.log(sum(mp.exp(x / t) for x in scores))
        entropy = -sum(x * mp.log(x) for x in shares if x)
        expected = float(value - sum(x * y for x, y in zip(shares, scores, strict=True)) - t * entropy)
    assert abs(float(a3.shortfall(p, e, tau).mid()) - expected) < 1e-15
    assert abs(float(a3.divergence(p, e, tau).mid()) - expected) < 1e-15


def test_an_objective_with_more_entropy_fails(monkeypatch):
    plain = a3.shortfall

    def twice_the_entropy(p, e, tau):
        entropy = -sum((a3._ball(x) * a3._ball(x).log() for x in p if x), arb(0))
        return plain(p, e, tau) - a3._ball(tau) * entropy

    monkeypatch.setattr(a3, "shortfall", twice_the_entropy)
    assert set(verdicts(a3.rows(QUICK)).values()) == {"fail"}


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("kind", a6.NORMALISATIONS)
def test_the_exact_score_of_what_is_stored_keeps_its_bound(dtype, kind):
    """By fractions: the plain dot product of rounded vectors, against the bound and the term for their rounding."""
    form = FORMATS[dtype]
    for width in (4, 16):
        vectors = a6._vectors(kind, width, QUICK)
        query, key = form.round(a6.GAIN * vectors), form.round(vectors)
        bound = a6.limit(kind, "dot", width)
        allowed = bound + a6.stored_excess(bound, width, form.unit_roundoff, form.smallest_subnormal)
        scores = [
            sum(Fraction(float(a)) * Fraction(float(b)) for a, b in zip(q, k, strict=True)) for q in query for k in key
        ]
        assert max(scores) <= Fraction(allowed)
        assert max(scores) >= Fraction(bound) * (1 - 4 * Fraction(form.unit_roundoff))  # attained up to rounding


def test_a_smaller_bound_and_a_cap_that_is_not_applied_fail(monkeypatch):
    bound = a6.limit
    monkeypatch.setattr(a6, "limit", lambda *where: 0.98 * bound(*where))
    found = verdicts(a6.rows(replace(NARROW, dtypes=("fp64", "fp32"))))
    assert {verdict for name, verdict in found.items() if not name.startswith("softcap")} == {"fail"}
    plain = IMPLEMENTATIONS["reference-numpy"]

    def uncapped(score, inputs, dtype, device):
        return plain.forward(score, {name: x for name, x in inputs.items() if name != "softcap"}, dtype, device)

    assert a6.soft_cap(Measured(plain, "fp32", "cpu")).verdict == "pass"
    assert a6.soft_cap(Measured(replace(plain, forward=uncapped), "fp32", "cpu")).verdict == "fail"


@pytest.mark.parametrize("score", ["bilinear", "additive"])
def test_the_loops_compute_the_score_that_they_count(score):
    rng = np.random.default_rng(3)
    inputs = {name: rng.normal(size=shape) for name, shape in c2._shapes(score, (3, 5, 4, 2), 6).items()}
    expected = numpy_attention.attention(score, {**inputs, "value": np.ones((2, 1))}).scores
    assert np.allclose(c2.loops(score, inputs)[0], expected, rtol=0, atol=1e-13)  # a few roundings of sums of order 10


def test_both_programs_cost_the_same_where_they_do_the_same():
    for units in (1, 4):
        assert c2.count_loops("additive", (3, 7, 5, 2), units) == c2.count_arrays("additive", (3, 7, 5, 2), units)
    exchanged = c2.count_loops("bilinear", (7, 3, 2, 5), 1)
    assert c2.count_arrays("bilinear", (3, 7, 5, 2), 1) == exchanged


def test_the_additive_score_is_cheaper_up_to_the_break_even_only():
    sizes = (8, 6, 5, 9)
    bilinear = c2.count_loops("bilinear", sizes, 1)
    for kind, value in c2.break_even(c2.count_loops, sizes).items():
        below, above = int(value), int(value) + 1
        if below:
            assert c2.count_loops("additive", sizes, below)[kind] <= bilinear[kind]
        assert c2.count_loops("additive", sizes, above)[kind] > bilinear[kind]


def test_a_wrong_formula_and_a_cost_that_is_no_line_fail(monkeypatch):
    monkeypatch.setattr(c2, "FORMULAS", {kind: value + 1 for kind, value in c2.FORMULAS.items()})
    assert set(verdicts(c2.rows(QUICK)).values()) == {"fail"}
    monkeypatch.undo()
    plain = c2.count_loops
    monkeypatch.setattr(
        c2, "count_loops", lambda score, sizes, units: {k: n * units for k, n in plain(score, sizes, units).items()}
    )
    found = verdicts(c2.rows(QUICK))
    assert {verdict for name, verdict in found.items() if name.startswith("scalar-loops")} == {"fail"}
    assert {verdict for name, verdict in found.items() if not name.startswith("scalar-loops")} == {"pass"}


def test_an_operation_that_is_not_counted_is_refused():
    array = np.ones((2, 2)).view(c2.Counted)
    array.tally = c2.Tally()
    with pytest.raises(ValueError, match="exp"):
        np.exp(array)
    with pytest.raises(ValueError, match="not counted"):
        np.add.reduce(array)
