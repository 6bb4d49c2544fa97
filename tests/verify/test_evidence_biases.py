"""The evidence for B1 to B4: its numbers by mpmath and fractions, and rows that fail where something is wrong."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from mpmath import mp, mpf

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.evidence import b1, b2, b3, b4
from attnproof.verify.evidence.measuring import b1_bound, enclosed
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS
from attnproof.verify.options import Options
from attnproof.verify.rows.tables import EvidenceRow

QUICK = Options(profile="quick")
PLACE = b1.Place(IMPLEMENTATIONS["reference-numpy"], "fp32", "cpu")


def softmax(logits):
    grown = [mp.exp(t) for t in logits]
    return [g / mp.fsum(grown) for g in grown]


def close(ball, value):
    return abs(mpf(str(ball.mid().str(60, radius=False))) - value) < mpf(10) ** -40


@pytest.mark.parametrize("module", [b1, b2, b3, b4])
def test_every_row_passes_or_says_why_not(module):
    rows = [row for row in module.rows(replace(QUICK, dtypes=("fp32", "bf16"))) if isinstance(row, EvidenceRow)]
    assert {row.verdict for row in rows} <= {"pass", "skipped"}
    assert len({row.id for row in rows}) == len(rows)
    assert sum(row.verdict == "pass" for row in rows) >= 10


# B1


@pytest.mark.parametrize("name", ["fp16", "bf16", "fp32", "fp64"])
@pytest.mark.parametrize("odd", b1_bound.OFFSETS)
def test_the_sums_are_ties(name, odd):
    """In fractions: half way between two numbers of the format, above a power of two."""
    form = FORMATS[name]
    total = 2**form.precision + Fraction(odd)  # b = 2^p, e = odd
    spacing = Fraction(2) if odd > 0 else Fraction(1)
    assert (total % spacing == spacing / 2) == (odd > 0)
    if odd > 0:
        kept = (
            float(form.round(np.array([float(2**form.precision) + odd]))[0]) if form.precision < 53 else 2.0**53 + odd
        )
        assert Fraction(kept) % 4 == 0
        assert abs(Fraction(kept) - total) == 1


def test_the_bounds_by_mpmath():
    form, h = FORMATS["fp32"], 8 * 2.0**-24
    for pair in b1_bound.pairs(form, 20)[::7]:
        found = b1_bound.bounds(pair, form, h)
        with mp.workdps(60):
            u, size, most = mpf(2) ** -24, mpf(pair.bias), mpf(pair.largest)
            d = u * (1 + 2 * u) * (size + most) + 2 * u * most - mp.log(1 - mpf(h))
            assert close(found.weight, mp.tanh(d / 2) + (1 - u) ** -(pair.keys + 1) - 1)
            assert close(found.odds, 2 * d - 4 * mp.log(1 - u))
            assert close(b1_bound.exact_weight(pair), softmax([pair.own] + [pair.other] * pair.others)[0])


@pytest.mark.parametrize("factor", [1 + 2.0**-10, 1 - 2.0**-10])
def test_weights_beyond_the_bound_are_seen(monkeypatch, factor):
    honest = b1.Place.weights
    monkeypatch.setattr(b1.Place, "weights", lambda self, scores, bias: honest(self, scores, bias) * factor)
    assert b1.near_the_bound(PLACE, b1.scan(PLACE, 7)).verdict == "fail"


def test_a_bias_that_is_never_added_leaves_the_ties_unseen(monkeypatch):
    honest = b1.Place.weights
    monkeypatch.setattr(b1.Place, "weights", lambda self, scores, bias: honest(self, scores, 0 * bias))
    assert b1.ties(PLACE, b1.scan(PLACE, 7)).verdict == "fail"
    assert b1.first_that_changes(PLACE).verdict == "fail"
    assert b1.absorbed(PLACE).verdict == "fail"


def test_a_changed_bit_is_seen(monkeypatch):
    honest = b1.Place.weights
    monkeypatch.setattr(b1.Place, "weights", lambda self, s, b: honest(self, s, b) + 2.0**-40 * (b[:, None] > 1e5))
    assert b1.equal_bits(PLACE).verdict == "fail"


def test_the_bound_for_half_a_unit_roundoff_would_fail():
    """A format with one bit more has half the bound: the measured deviations leave it."""
    finer = replace(PLACE.form, precision=25)
    scanned = [replace(one, bounds=b1_bound.bounds(one.pair, finer, PLACE.exp_error)) for one in b1.scan(PLACE, 7)]
    assert b1.near_the_bound(PLACE, scanned).verdict == "fail"


# B2


def scores_at(bias):
    return [
        mp.fsum(mpf(v) * mp.tanh(mpf(z) + mpf(b)) for v, z, b in zip(b2.V, line, bias, strict=True)) for line in b2.PRE
    ]


@pytest.mark.parametrize("bias", [(0.0, 0.0), (3.0, -3.0), (12.0, 0.0)])
def test_the_exact_weights_by_mpmath(bias):
    with mp.workdps(70):
        for ball, value in zip(b2.with_bias(np.array(bias)), softmax(scores_at(bias)), strict=True):
            assert close(ball, value)


def test_the_leading_term_by_mpmath():
    for signs in b2.SIGNS:
        with mp.workdps(80):
            bias = [b2.FAR * s for s in signs]
            away = max(abs(a - mpf(1) / b2.N) for a in softmax(scores_at(bias))) * mp.exp(2 * mpf(b2.FAR))
            assert abs(away - mpf(b2.leading(signs).theory_value)) < mpf(10) ** -14


def test_another_rate_or_bound_fails(monkeypatch):
    monkeypatch.setattr(b2, "bound", lambda size: arb(10) ** -30 if size > 1 else None)
    assert b2.below_the_bound((1.0, 1.0), b2.SIZES["quick"]).verdict == "fail"
    honest = b2.with_bias
    monkeypatch.setattr(b2, "with_bias", lambda bias: honest(bias * (1 + 2.0**-30)))
    assert b2.leading((1.0, 1.0)).verdict == "fail"


def test_the_other_units_softmax_is_needed(monkeypatch):
    honest = b2.with_bias
    monkeypatch.setattr(b2, "with_bias", lambda bias: honest(np.array([bias[0], bias[0]])))
    assert b2.one_unit(b2.SIZES["quick"]).verdict == "fail"


# B3 and B4


def test_rows_about_enclosures_can_fail():
    one = enclosed.exact(np.ones((2, 2)))
    other = enclosed.exact(np.array([[1.0, 1.0], [1.0, 1 + 2.0**-52]]))
    assert enclosed.same("B3", "x", "x", "0", one, one).verdict == "pass"
    assert enclosed.same("B3", "x", "x", "0", one, other).verdict == "fail"
    assert enclosed.different("B3", "x", "x", "0", one, other).verdict == "pass"
    assert enclosed.different("B3", "x", "x", "0", one, one).verdict == "fail"


def test_a_wrong_shift_or_a_constant_bias_is_seen(monkeypatch):
    given = b3.inputs("dot", QUICK)
    honest = b3.weights
    monkeypatch.setattr(
        b3, "weights", lambda *a, **k: honest(*a, **(k | ({"bias": k["bias"] * 1.25} if "bias" in k else {})))
    )
    assert [row.verdict for row in b3.exactly("dot", given)] == ["fail", "fail", "pass", "pass"]
    monkeypatch.setattr(
        b3, "weights", lambda *a, **k: honest(*a, **(k | ({"bias": 0 * k["bias"]} if "bias" in k else {})))
    )
    assert b3.exactly("dot", given)[2].verdict == "fail"


def changes():
    """Largest change of a weight in each boundary case, in mpmath, from the definitions."""
    given = b3.inputs("dot", QUICK)
    query = [[mpf(x) for x in row] for row in given["query"]]
    keys = [[mpf(x) for x in row] for row in given["key"]]
    biased = [[x + mpf(c) for x, c in zip(row, b4.KEY_BIAS, strict=True)] for row in keys]

    def dot(x, y):
        return mp.fsum(a * b for a, b in zip(x, y, strict=True))

    def turned(row, j):
        found = []
        for (x, y), angle in zip((row[:2], row[2:]), (mpf(j), mpf(j) / 100), strict=True):
            found += [x * mp.cos(angle) - y * mp.sin(angle), x * mp.sin(angle) + y * mp.cos(angle)]
        return found

    def layers(key):
        for q in query:
            scores = [dot(q, k) for k in key]
            yield {
                "softcap": softmax([mp.tanh(s) for s in scores]),
                "sink": softmax([*scores, mpf(0)])[:-1],
                "sigmoid": [1 / (1 + mp.exp(-s)) for s in scores],
                "rotary": softmax([dot(q, turned(k, j)) for j, k in enumerate(key)]),
                "normalised": softmax([s / mp.sqrt(dot(k, k)) for s, k in zip(scores, key, strict=True)]),
                "none": softmax(scores),
            }

    pairs = list(zip(layers(keys), layers(biased), strict=True))
    return {
        name: max(abs(a - b) for one, other in pairs for a, b in zip(one[name], other[name], strict=True))
        for name in pairs[0][0]
    }


def test_the_boundary_by_mpmath():
    with mp.workdps(50):
        expected = changes()
    rows = {row.id.split("/")[-1]: row for row in b4.boundary(b3.inputs("dot", QUICK))}
    assert set(rows) == set(expected)
    for name, row in rows.items():
        assert abs(row.measured - float(expected[name])) < 1e-14, name
    assert expected.pop("none") < 1e-40
    assert min(expected.values()) > 0.01
