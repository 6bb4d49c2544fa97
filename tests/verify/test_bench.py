"""Both sides of a measured pair do the same work."""

from __future__ import annotations

from itertools import count

from sympy import expand

from verify import bench


def test_cumulants_are_the_same_on_both_sides():
    pair = bench.cumulants_by_calculus_against_derivatives()
    fast, slow = pair.fast(), pair.slow()
    assert len(fast) == len(slow) == 9
    assert [expand(a - b) for a, b in zip(fast, slow, strict=True)] == [0] * 9
    assert fast[8] != 0


def test_a_share_scales_the_slow_side(monkeypatch):
    seconds = count()
    monkeypatch.setattr(bench.time, "perf_counter", lambda: next(seconds))  # every call is a second later
    assert bench.measure(bench.Pair("a part", lambda: None, lambda: None, share=1 / 64)) == (1, 64)
