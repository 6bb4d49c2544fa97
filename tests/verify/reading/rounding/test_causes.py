"""Where an error comes from: shares of operations, what left the range, and judging with that."""

from __future__ import annotations

import numpy as np
import pytest
from written_programs import Written, attention

from attnproof.verify.reading.rounding.api import Rounding
from attnproof.verify.reading.rounding.causes import causes, range_findings
from attnproof.verify.recording.recording import Ids


def rounding(w: Written, out: Ids, dtype: str) -> Rounding:
    return Rounding.of(w.finish(context=out), dtype, "numpy")


def test_the_largest_share_comes_first_and_shares_are_of_one() -> None:
    w = Written("fp32")
    rng = np.random.default_rng(0)
    x = w.input("x", rng.uniform(1.0, 2.0, (3,)))
    coarse = w.tape.write("cast", (x,), w.tape.values(x).astype(np.float16).astype(float), "fp16")
    out = w.op("mul", coarse, w.input("y", rng.uniform(1.0, 2.0, (3,))), library="multiply")
    found = causes(rounding(w, out, "fp32").swept, int(out[0]))
    assert [cause.operation.name for cause in found] == ["cast", "mul"]
    assert found[0].kind == "narrow"
    assert found[1].kind == "rounding"
    assert found[0].share > 0.99
    assert np.isclose(sum(cause.share for cause in found), 1.0)
    assert str(found[0]) == f"cast rounds to fp16 ({found[0].share:.0%} of the error)"


def test_an_overflow_is_found_where_it_happened() -> None:
    """exp without the maximum subtracted, in fp16: exp(12) overflows; NaN comes three operations later."""
    w = Written("fp16")
    powers = w.op("exp", w.input("x", np.array([[1.0, 12.0, 0.5]])), library="np.exp")
    total = w.op("sum", powers, axes=(1,))[:, None].repeat(3, 1)
    weights = w.op("div", powers, total, library="np.divide")
    out = w.op("matmul", weights, w.input("v", np.ones((3, 1))))
    found = range_findings(rounding(w, out, "fp16").swept, {"context": out})
    assert found["context"].operation.name == "exp"
    assert str(found["context"]) == "np.exp overflows fp16"
    bound = rounding(w, out, "fp16").bounds()["context"]
    assert not bound.finite
    assert "infinity" in bound.reasons[0]


def test_an_underflow_that_is_divided_by_is_found() -> None:
    w = Written("fp16")
    powers = w.op("exp", w.input("x", np.full((1, 3), -30.0)), library="np.exp")
    total = w.op("sum", powers, axes=(1,))[:, None].repeat(3, 1)
    out = w.op("div", powers, total)
    found = range_findings(rounding(w, out, "fp16").swept, {"weights": out})
    assert str(found["weights"]) == "np.exp underflows fp16"


def test_an_underflow_that_is_divided_out_has_the_share() -> None:
    """exp(−14)/exp(−13.9) in fp16: a few bits are left of each, and nothing is lost."""
    w = Written("fp16")
    powers = w.op("exp", w.input("x", np.array([-14.0, -13.9])), library="np.exp")
    out = w.op("div", powers[:1], powers[1:])
    swept = rounding(w, out, "fp16").swept
    assert not swept.lost[out].any()
    assert causes(swept, int(out[0]))[0].kind == "underflow"


def test_low_scores_that_vanish_anyway_are_no_matter() -> None:
    """−∞ in fp16 where exact arithmetic has −80000: exp is 0 in both, as far as it may err."""
    w = Written("fp16")
    low = w.op("mul", w.input("x", np.array([[300.0, 1.0]])), w.input("y", np.array([[-300.0, 1.0]])))
    out = w.softmax(low)
    made = rounding(w, out, "fp16")
    assert made.swept.lost[low[0, 0]]
    assert not made.swept.lost[out].any()
    assert range_findings(made.swept, {"context": out}) == {}
    assert made.bounds()["context"].finite
    assert np.all(np.isfinite(made.swept.running[out]))  # added up from there on


def test_what_is_opaque_has_no_bound_and_no_range() -> None:
    w = Written("fp32")
    x = w.input("x", np.ones((2,)))
    hidden = w.tape.write("opaque", (x,), np.ones(2), "fp32")
    out = w.op("mul", x, hidden)
    made = rounding(w, out, "fp32")
    assert not made.bounds()["context"].finite
    assert range_findings(made.swept, {"context": out}) == {}


def test_an_input_that_is_returned_has_no_cause() -> None:
    w = Written("fp32")
    x = w.input("x", np.ones((2,)))
    made = rounding(w, x, "fp32")
    assert causes(made.swept, int(x[0])) == ()
    assert made.bounds()["context"].bound.tolist() == [2.0**-149] * 2


@pytest.mark.parametrize("dtype", ["fp16", "fp32"])
def test_nothing_is_lost_in_ordinary_attention(dtype: str) -> None:
    w = Written(dtype)
    rng = np.random.default_rng(1)
    out = attention(w, rng.normal(size=(2, 4)), rng.normal(size=(3, 4)), rng.normal(size=(3, 2)))
    swept = rounding(w, out, dtype).swept
    assert not swept.lost.any()
    assert {cause.kind for cause in causes(swept, int(out[0, 0]))} == {"rounding"}


def test_what_an_overflow_makes_finite_again_is_lost_all_the_same() -> None:
    """1/x is 0 where x overflowed, and 1e-5 is meant; so is every sum with it, and every product."""
    w = Written("fp16")
    large = w.op(
        "mul", w.input("x", np.array([[400.0, 1.0]])), w.input("y", np.array([[250.0, 1.0]])), library="np.mul"
    )
    gone = w.op("reciprocal", large)
    total = w.op("sum", gone, axes=(1,))
    product = w.op("matmul", gone, w.input("z", np.ones((2, 1))))
    made = rounding(w, total, "fp16")
    assert np.all(np.isfinite(made.recording.values[gone]))
    assert made.swept.lost[gone].tolist() == [[True, False]]
    assert made.swept.lost[total].all()
    assert made.swept.lost[product].all()
    assert str(range_findings(made.swept, {"context": total})["context"]) == "np.mul overflows fp16"
