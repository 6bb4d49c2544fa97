"""Bounds of recorded programs: the identity that they rest on, no error beyond them, and how near errors come."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf
from written_programs import Written, attention

from attnproof.verify.bounds.rounding import UP
from attnproof.verify.reading.rounding.api import AS_IT_WAS, AS_THEY_WERE, Rounding, bounds_of
from attnproof.verify.reading.rounding.meaning import ROUNDINGS
from attnproof.verify.reading.rounding.sensitivity import coefficients
from attnproof.verify.recording.recording import Ids, Recording

EXACT: dict[str, Any] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "exp": mp.exp,
    "tanh": mp.tanh,
    "sqrt": mp.sqrt,
    "log": mp.log,
}


def exactly(recording: Recording) -> list[Any]:
    """Every element by 60 digits, along the recorded path."""
    found: list[Any] = [None] * recording.elements
    with mp.workdps(60):
        for operation in recording.operations:
            if not operation.inputs:
                for i in operation.output.ravel():
                    found[i] = mpf(float(recording.values[i]))
            elif operation.name == "sum":
                moved = np.moveaxis(operation.inputs[0], operation.attributes["axes"][0], -1)
                for out, terms in zip(operation.output.ravel(), moved.reshape(-1, moved.shape[-1]), strict=True):
                    found[out] = mp.fsum(found[i] for i in terms)
            elif operation.name == "matmul":
                a, b = operation.inputs
                for place in np.ndindex(*operation.output.shape):
                    row, column = a[(*place[:-1], slice(None))], b[(*place[:-2], slice(None), place[-1])]
                    found[operation.output[place]] = mp.fdot(
                        (found[i], found[j]) for i, j in zip(row, column, strict=True)
                    )
            else:
                for places in zip(operation.output.ravel(), *(i.ravel() for i in operation.inputs), strict=True):
                    found[places[0]] = EXACT[operation.name](*(found[i] for i in places[1:]))
    return found


def errors(recording: Recording, ids: Ids) -> np.ndarray:
    """|computed − exact|, rounded to float64."""
    found = exactly(recording)
    with mp.workdps(60):
        flat = [float(abs(mpf(float(recording.values[i])) - found[i])) for i in ids.ravel()]
    return np.array(flat).reshape(ids.shape)


def random_attention(dtype: str, seed: int, batch: tuple[int, ...] = (), spread: float = 1.0) -> tuple[Recording, Ids]:
    rng = np.random.default_rng(seed)
    written = Written(dtype)
    out = attention(
        written,
        spread * rng.normal(size=(*batch, 2, 4)),
        rng.normal(size=(*batch, 3, 4)),
        rng.normal(size=(*batch, 3, 2)),
    )
    return written.finish(context=out), out


@pytest.mark.parametrize("dtype", ["fp16", "fp32"])
def test_the_error_is_the_sum_of_the_operations_errors(dtype: str) -> None:
    """x − R̃ = Σ A η with signs: any slope, map or transposition that is off would show."""
    recording, out = random_attention(dtype, 0)
    swept = Rounding.of(recording, dtype, "numpy").swept
    for element in out.ravel():
        _, a = coefficients(swept, int(element))
        found = float(np.sum(a * swept.local))
        whole = recording.values[element] - swept.reference[element]
        leaves = swept.leaf & (swept.local != 0.0)
        assert not leaves.any()
        assert whole != 0.0
        assert abs(found - whole) <= 1e-6 * abs(whole) + 1e-14  # η of the float64 replay is not in ``local``


@pytest.mark.parametrize("dtype", ["fp16", "fp32", "fp64"])
@pytest.mark.parametrize("spread", [1.0, 6.0])
def test_no_error_is_beyond_its_bound(dtype: str, spread: float) -> None:
    nearest = 0.0
    for seed in range(4):
        recording, out = random_attention(dtype, seed, spread=spread)
        bound = bounds_of(recording, dtype, "numpy")["context"]
        error = errors(recording, out)
        assert np.all(error <= bound.bound)
        assert bound.meaningful
        nearest = max(nearest, float(np.max(error / bound.bound)))
    assert nearest >= (0.002 if dtype == "fp64" else 0.05)  # exp is taken for four times as bad there as it is


STEPS = st.sampled_from(["add", "sub", "mul", "div", "neg", "exp", "tanh", "sqrt", "sum", "matmul", "softmax"])


@settings(max_examples=25, derandomize=True)
@given(
    steps=st.lists(STEPS, min_size=1, max_size=7),
    seed=st.integers(0, 2**16),
    dtype=st.sampled_from(["fp16", "fp32"]),
)
def test_random_programs_stay_within_their_bounds(steps: list[str], seed: int, dtype: str) -> None:
    rng = np.random.default_rng(seed)
    w = Written(dtype)
    known = [w.input(str(k), rng.uniform(-2.0, 2.0, (3, 3))) for k in range(2)]
    for name in steps:
        a, b = (known[int(rng.integers(len(known)))] for _ in range(2))
        if name == "softmax":
            made = w.softmax(a)
        elif name == "sum":
            made = np.broadcast_to(w.op("sum", a, axes=(1,))[:, None], a.shape)
        elif name in ("neg", "tanh"):
            made = w.op(name, a)
        elif name in ("exp", "sqrt"):
            made = w.op(name, w.op("tanh", a) if name == "exp" else w.op("exp", w.op("tanh", a)))
        elif name == "div":
            made = w.op("div", a, w.op("exp", w.op("tanh", b)))
        else:
            made = w.op(name, a, b)
        known.append(np.asarray(made))
    recording = w.finish(context=known[-1])
    if not np.all(np.isfinite(recording.values)):
        return
    rounding = Rounding.of(recording, dtype, "numpy")
    bound = rounding.bounds()["context"]
    error = errors(recording, known[-1])
    assert not rounding.beyond
    assert np.all(error <= bound.bound)
    for limit in rounding.limits(known[-1]):
        assert np.all(error <= limit[known[-1]])


@pytest.mark.parametrize(("part", "seen"), [("allowed", False), ("running", False), ("seen", True)])
def test_a_bound_of_less_is_exceeded(part: str, seen: bool) -> None:
    """Errors as they were, without a part of them, are below the error."""
    recording, out = random_attention("fp16", 1)
    rounding = Rounding.of(recording, "fp16", "numpy")
    del seen
    error = errors(recording, out)
    array = getattr(rounding.swept, part)
    for step in rounding.swept.steps:
        array[step.operation.output] *= 0.01
    limit, other = rounding.limits(out)
    small = other if part == "seen" else limit
    assert np.any(error > small[out])


def test_what_cancels_cancels() -> None:
    """A large common shift of all scores: the running bound is that of the shift, the bound is not."""
    w = Written("fp16")
    rng = np.random.default_rng(2)
    x, far = w.input("x", rng.normal(size=(2, 4))), w.input("far", np.full((2, 4), 40.0))
    shifted = w.op("add", x, far)
    centred = w.op("sub", shifted, shifted[:, :1].repeat(4, 1))
    powers = w.op("exp", centred)
    scaled = w.op("mul", powers, w.op("exp", w.input("c", np.full((2, 1), 0.7))).repeat(4, 1))
    out = w.op("div", scaled, w.op("sum", scaled, axes=(1,))[:, None].repeat(4, 1))
    rounding = Rounding.of(w.finish(context=out), "fp16", "numpy")
    limit, _ = rounding.limits(out)
    assert np.all(limit[out] < 0.6 * rounding.swept.running[out])
    assert np.all(errors(rounding.recording, out) <= limit[out])


def test_results_that_share_nothing_share_a_pass_and_are_bounded_alike() -> None:
    """Twelve batches at once, or the first alone."""
    recording, out = random_attention("fp16", 3, batch=(12,))
    rounding = Rounding.of(recording, "fp16", "numpy")
    together = rounding.limits(out)[0][out]
    alone = rounding.limits(out[:1])[0][out[:1]]
    # A sum of fewer than 500 products of at most 10 factors, in float64: (500 + 10) 2⁻⁵³ < 1e-12 between orders.
    assert np.allclose(together[0], alone[0], rtol=1e-12)
    for element in out[5].ravel():
        _, a = coefficients(rounding.swept, int(element))
        wanted = np.sum(np.abs(a) * rounding.swept.allowed)
        # ``limits`` raises its result by the factor UP, and adds what float64 lost on the way: both below 1e-6.
        assert np.isclose(rounding.limits(np.array([element]))[0][element], wanted, rtol=1e-6)
        assert np.isclose(rounding.limits(out)[0][element], wanted, rtol=1e-6)


def test_sums_over_rows_are_taken_apart() -> None:
    """Σ over rows of what has nothing in common: the same bound as by one pass for the whole."""
    w = Written("fp16")
    weights = w.softmax(w.input("x", np.random.default_rng(4).normal(size=(5, 3))))
    out = w.op("matmul", weights.T, w.input("g", np.random.default_rng(5).normal(size=(5, 4))))
    rounding = Rounding.of(w.finish(context=out), "fp16", "numpy")
    limit = rounding.limits(out)[0]
    for element in out.ravel():
        _, a = coefficients(rounding.swept, int(element))
        # As above: UP, and what float64 lost.
        assert np.isclose(limit[element], np.sum(np.abs(a) * rounding.swept.allowed), rtol=1e-6)


def test_a_format_that_is_not_allowed_is_beyond_and_its_errors_are_not_covered() -> None:
    """fp16 inside fp32."""
    recording, out = random_attention("fp16", 6)
    declared = Rounding.of(recording, "fp16", "numpy")
    assert not declared.beyond
    narrow = Rounding.of(recording, "fp32", "numpy")
    assert {operation.name for operation, _ in narrow.beyond} >= {"exp", "div", "matmul"}
    assert np.any(errors(recording, out) > narrow.bounds()["context"].bound)


def test_constants_stand_for_what_they_are_near_to() -> None:
    """√(1/6) in fp32, and in float64 where its exact value is meant."""
    w = Written("fp32")
    x = w.input("x", np.array([1.5]))
    out = w.op("mul", x, w.constant(np.array([6.0**-0.5])))
    bound = bounds_of(w.finish(context=out), "fp32", "numpy")["context"]
    with mp.workdps(40):
        error = float(abs(mpf(float(w.tape.values(out)[0])) - mpf("1.5") / mp.sqrt(6)))
    nearest = 1.5 * abs(float(np.float32(6.0**-0.5)) - 6.0**-0.5)
    assert error <= bound.bound[0]
    assert bound.bound[0] >= nearest > 0.0
    taken = bounds_of(w.finish(context=out), "fp32", "numpy", exact=lambda values, _: values)["context"]
    # the bound is a little more: UP makes up for float64, and what the constant stands for is known within its radius
    slack = nearest * (UP**2 - 1) + 2 * ROUNDINGS * 2.0**-53 * 1.5 * 6.0**-0.5
    assert 0.0 <= bound.bound[0] - taken.bound[0] - nearest <= slack


def test_what_follows_from_constants_alone_connects_nothing() -> None:
    """A scale that is rounded once for all rows: its error counts, and rows stay apart."""
    w = Written("fp16")
    x = w.input("x", np.random.default_rng(6).normal(size=(4, 3)))
    scale = w.op("mul", w.constant(np.array(0.7)), w.constant(np.array(0.3)))
    out = w.softmax(w.op("mul", x, np.broadcast_to(scale, (4, 3))))
    rounding = Rounding.of(w.finish(context=out), "fp16", "numpy", exact=lambda values, _: values)
    assert rounding.swept.leaf[scale].all()
    assert rounding.swept.allowed[scale] > 0.0
    assert not any(np.any(step.operation.output == scale) for step in rounding.swept.steps)
    assert np.all(errors(rounding.recording, out) <= rounding.limits(out)[1][out])


def test_where_a_bound_tells_nothing_errors_as_they_were_stand_in() -> None:
    """A sum of 3000 in fp16: γ says nothing, although the terms are exact and so is every partial sum."""
    w = Written("fp16")
    out = w.op("sum", w.input("x", np.full((1, 2000), 1.0)), axes=(1,))
    bound = bounds_of(w.finish(context=out), "fp16", "numpy")["context"]
    assert bound.meaningful
    assert AS_THEY_WERE in bound.assumptions
    assert AS_IT_WAS not in bound.assumptions


def test_exact_results_have_no_error_and_others_have_some() -> None:
    w = Written("fp16")
    x = w.input("x", np.array([[1.0, 2.0], [3.0, -np.inf]]))
    weights = w.softmax(x)
    bound = bounds_of(w.finish(context=weights), "fp16", "numpy")["context"].bound
    assert np.all(bound[0] > 0.0)
    assert bound[1, 0] <= 2.0**-24  # exp(0)/1
    assert bound[1, 1] <= 2.0**-24


def test_a_format_that_is_not_known() -> None:
    recording, _ = random_attention("fp16", 0)
    with pytest.raises(ValueError, match="unknown format 'fp8'"):
        bounds_of(recording, "fp8", "numpy")
