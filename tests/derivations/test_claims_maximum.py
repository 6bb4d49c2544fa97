"""Claim T9, subtracting the maximum: altered statements fall, the libraries agree."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from time import process_time

import numpy as np
import pytest
import torch
from sympy import Integer, Rational, exp, oo

from attnproof.derivations.bounds import formats
from attnproof.derivations.claims import CLAIMS, t9
from attnproof.derivations.claims.checks import exponential_edges as exponentials
from attnproof.derivations.claims.decision import decide

ZERO, ONE, HALF = Integer(0), Integer(1), Rational(1, 2)


def test_the_claim_is_decided_by_its_steps_in_seconds() -> None:
    started = process_time()
    decision = decide(t9.CLAIM)
    assert decision.verdict == "qualified", decision.reason
    assert process_time() - started < 5  # twenty times what it takes: no machine is as slow
    assert CLAIMS["T9"] is t9.CLAIM


NAN = "NaN"
ALTERED: dict[str, Callable[[], bool]] = {
    "a sum that has half of it": t9.counting("fp16", 1024).holds,
    "fp16 counting as fp32": t9.counting("fp16", 2**24).holds,
    "underflow without the shift is repaired": t9.program(
        "three that underflow", "not shifted", (Rational(1, 3),) * 3
    ).holds,
    "underflow with the shift is not": t9.program("three that underflow", "shifted", (NAN,) * 3).holds,
    "overflow without the shift gives one-hot": t9.program("one that overflows", "not shifted", (ONE, ZERO)).holds,
    "two large scores share": t9.program("two just finite", "not shifted", (HALF, HALF)).holds,
    "the extremes are undefined": t9.program("the extremes", "shifted", (NAN, ZERO)).holds,
    "a masked key keeps weight": t9.program("one masked", "shifted", (HALF, HALF)).holds,
    "an infinite score wins": t9.program("one infinite", "shifted", (ONE, ZERO)).holds,
}


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_statement_is_rejected(name: str) -> None:
    assert ALTERED[name]() is False


@pytest.mark.parametrize("name", formats.FORMATS)
@pytest.mark.parametrize(("edge", "table"), [("overflow", formats.LAST_FINITE), ("underflow", formats.LAST_ZERO)])
def test_no_other_number_is_the_threshold(name: str, edge: exponentials.Edge, table: dict[str, Rational]) -> None:
    x = table[name]
    above = formats.following(x, name)
    assert t9.threshold(name, edge, x).holds()
    assert not t9.threshold(name, edge, above).holds()
    assert not t9.threshold(name, edge, 2 * x - above).holds()
    other = {"fp16": "fp32", "bf16": "fp16", "fp32": "fp64", "fp64": "fp64"}[name]
    assert other == name or not t9.threshold(other, edge, x).holds()


@pytest.mark.parametrize(
    ("value", "name"), [(Rational(1, 3), "fp64"), (Rational(8), "fp16"), (Rational(2**17), "fp16")]
)
def test_neighbours_of_other_numbers_are_refused(value: Rational, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        formats.following(value, name)


def test_a_value_that_balls_cannot_tell_from_the_edge_is_no_proof() -> None:
    assert exponentials.exponential_below(ZERO, ONE) is None
    assert not t9.threshold("fp16", "overflow", Rational(10)).holds()


def test_the_edges_are_those_of_python() -> None:
    """By another road: packing to fp16, fp32 and Python's own floats round, or refuse, on the two sides of each
    edge.
    """
    for name, code in (("fp16", "<e"), ("fp32", "<f")):
        over, zero = (float(exponentials.edge_of(name, edge)) for edge in ("overflow", "underflow"))
        assert struct.unpack(code, struct.pack(code, math.nextafter(over, 0)))[0] == float(exponentials.largest(name))
        with pytest.raises(OverflowError):
            struct.pack(code, over)
        assert struct.unpack(code, struct.pack(code, zero))[0] == 0
        assert struct.unpack(code, struct.pack(code, math.nextafter(zero, 1)))[0] > 0


#: An exp that is off by one unit in the last place may overflow a number earlier or later: neighbours of the threshold
#: are further apart than that. It may give 0 up to one and a half of the smallest number, ln 3 above the edge; how far
#: below the edge it may still give the smallest number a relative error does not say: the same reach is what NumPy and
#: torch keep.
REACH = 1.1
NUMPY = {"fp16": np.float16, "fp32": np.float32, "fp64": np.float64}
TORCH = {"fp16": torch.float16, "bf16": torch.bfloat16, "fp32": torch.float32, "fp64": torch.float64}


def in_numpy(x: Rational, name: str) -> float:
    with np.errstate(all="ignore"):
        return float(np.exp(NUMPY[name](float(x))))


def in_torch(x: Rational, name: str) -> float:
    return float(torch.exp(torch.tensor(float(x), dtype=TORCH[name])))


@pytest.mark.parametrize(
    ("function", "name"), [(in_numpy, name) for name in NUMPY] + [(in_torch, name) for name in TORCH]
)
def test_the_libraries_are_within_their_ulp_of_the_thresholds(
    function: Callable[[Rational, str], float], name: str
) -> None:
    last = formats.LAST_FINITE[name]
    above = formats.following(last, name)
    assert math.isfinite(function(2 * last - above, name))
    assert function(formats.following(above, name), name) == math.inf
    zero = formats.LAST_ZERO[name]
    step = math.ceil(REACH / float(formats.following(zero, name) - zero)) * (formats.following(zero, name) - zero)
    assert function(zero - step, name) == 0
    assert function(zero + step, name) > 0


def in_program(scores: tuple[float, ...], dtype: type, *, shifted: bool) -> list[float]:
    """NumPy's operations in the format, exp rounded from double precision."""
    with np.errstate(all="ignore"):
        e = np.array(scores, dtype)
        difference = e - (e.max() if shifted else dtype(0))
        terms = np.exp(difference.astype(np.float64)).astype(dtype)
        return [float(x) for x in terms / terms.sum(dtype=dtype)]


@pytest.mark.parametrize("shifted", [True, False])
@pytest.mark.parametrize(
    "which",
    [
        *("three that underflow", "one that overflows", "two just finite", "the extremes"),
        *("one masked", "all masked", "one infinite"),
    ],
)
@pytest.mark.parametrize("name", ["fp16", "fp32"])
def test_the_program_of_the_proof_does_what_numpy_does(name: str, which: str, shifted: bool) -> None:
    scores = exponentials.scores(which, name)
    expected = [float(x) for x in exponentials.weights(scores, name, shifted=shifted)]
    found = in_program(tuple(float(x) for x in scores), NUMPY[name], shifted=shifted)
    np.testing.assert_allclose(found, expected, rtol=4 * 2.0 ** -formats.FORMATS[name][0], atol=1e-6)


def test_a_sum_too_near_to_the_edge_is_not_decided() -> None:
    with pytest.raises(ValueError, match="too near"):
        exponentials.exceeds(exponentials.edge_of("fp16", "overflow"), "fp16")
    assert exponentials.rounded_difference(oo, ZERO, "fp16") is oo
    assert exponentials.exceeds(70000 * exp(ZERO), "fp16")
    assert exponentials.exceeds(exp(Integer(11)) + exp(Integer(10)), "fp16")
    assert not exponentials.exceeds(exp(Integer(11)), "fp16")
    with pytest.raises(ValueError, match="exponential of a rational"):
        exponentials.exceeds(2**HALF, "fp16")
