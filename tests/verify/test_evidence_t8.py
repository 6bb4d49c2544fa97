"""Evidence for T8: every row can fail, and the enclosures reject what is false."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb

from attnproof.verify.evidence import t8
from attnproof.verify.evidence.measuring import normalised, parabolas
from attnproof.verify.evidence.measuring.thresholds import Place
from attnproof.verify.options import Options
from attnproof.verify.rows.tables import EvidenceRow

PLACE = Place("numpy", "fp64", "cpu")


def test_every_row_passes_or_is_skipped_for_want_of_a_device():
    rows = [row for row in t8.rows(Options(profile="quick")) if isinstance(row, EvidenceRow)]
    assert {row.verdict for row in rows} <= {"pass", "skipped"}
    assert all("cuda" in row.id for row in rows if row.verdict == "skipped")
    assert len({row.id for row in rows}) == len(rows)


def test_a_layer_normalisation_with_the_divisor_d_minus_one_is_noticed(monkeypatch):
    def wrong(place, x, epsilon=0.0, gain=1.0, offset=0.0):
        return gain * (x - x.mean()) / np.sqrt(x.var(ddof=1) + epsilon) + offset

    monkeypatch.setattr(t8, "computed", wrong)
    failed = {row.id.split("/")[2] for row in t8.of_place(PLACE) if row.verdict == "fail"}
    assert failed >= {"least-even", "least-odd", "epsilon", "single-unit", "one-apart", "gain-2", "gain-8", "offset-4"}


def test_a_residual_of_a_constant_input_is_noticed(monkeypatch):
    monkeypatch.setattr(t8, "computed", lambda place, x, *rest: np.full(len(x), 1e-3))
    failed = {row.id.split("/")[2] for row in t8.of_place(PLACE) if row.verdict == "fail"}
    assert "constant" in failed


def test_a_minimum_that_is_too_large_fails_search_and_enclosure(monkeypatch):
    stated = t8.least(5)
    monkeypatch.setattr(t8, "least", lambda width: stated + 1e-4)
    assert t8.searched(5).verdict == "fail"
    assert t8.certified(5).verdict == "fail"
    monkeypatch.setattr(t8, "least", lambda width: stated - 1e-5)
    assert t8.certified(5).verdict == "fail"


def test_the_enclosure_refuses_a_point_that_is_not_the_minimum():
    with pytest.raises(ValueError, match="below their value"):
        parabolas.lower_bound(arb(-0.25), arb(0.3), arb(0.5))


def test_width_three_has_no_such_bound():
    """There the parabola passes above sech²(0), so that its value at the touching point is not the least."""
    with pytest.raises(ValueError, match="below their value"):
        t8.certified(3)


def test_the_rounding_bound_holds_for_random_vectors():
    random = np.random.default_rng(0)
    for dtype in ("fp32", "fp64"):
        for framework in ("numpy", "torch"):
            place = Place(framework, dtype, "cpu")
            for width in (3, 16, 64):
                x = (3 + random.normal(size=width)).astype(np.float32).astype(np.float64)
                high = x.astype(np.longdouble)
                centred = high - high.mean()
                z = centred / np.sqrt((centred**2).mean())
                gap = np.abs(normalised.computed(place, x) - z)
                assert np.all(gap <= normalised.rounding(place, x))


def test_inputs_outside_the_format_are_refused():
    with pytest.raises(ValueError, match="not made of values"):
        normalised.computed(Place("torch", "bf16", "cpu"), np.array([0.1, 0.2]))
