"""Sides of a benchmark do the same work, are measured in turn, and are recorded whole."""

from __future__ import annotations

import json
import sys
from itertools import count

import numpy as np
import pytest
import torch
from sympy import expand

from attnproof.derivations.calculus.adjoint import _adjoint
from attnproof.verify.bench import __main__ as command
from attnproof.verify.bench import additive, floor, measure, memory, multiplicative, pairs, peers, record


def test_cumulants_are_the_same_on_both_sides():
    pair = pairs.cumulants_by_calculus_against_derivatives()
    fast, slow = pair.fast(), pair.slow()
    assert len(fast) == len(slow) == 9
    assert [expand(a - b) for a, b in zip(fast, slow, strict=True)] == [0] * 9
    assert fast[8] != 0


def test_a_derivation_is_derived_and_not_looked_up():
    pair = pairs.derivation_against_components(2)
    for _ in range(2):
        pair.fast()
        assert (_adjoint.cache_info().hits, _adjoint.cache_info().misses) == (0, 1)


def test_a_share_scales_a_side(monkeypatch):
    seconds = count()
    monkeypatch.setattr(measure.time, "perf_counter", lambda: next(seconds))  # every call is a second later
    whole, part = measure.interleaved([measure.Side("all", lambda: None), measure.Side("part", lambda: None, 1 / 64)])
    assert (whole.median, part.median) == (1, 64)


def test_sides_are_measured_in_turn_and_the_slow_rest(monkeypatch):
    clock, calls = [0.0], []
    monkeypatch.setattr(measure.time, "perf_counter", lambda: clock[0])

    def taking(name, seconds):
        def call():
            calls.append(name)
            clock[0] += seconds

        return measure.Side(name, call)

    quick, slow = measure.interleaved([taking("quick", 0.1), taking("slow", 10.0)])
    assert calls[:6] == ["quick", "slow"] * 3  # the first of each is not counted
    assert (quick.repeats, slow.repeats) == (measure.REPEATS, measure.LEAST_REPEATS)
    assert slow.median == pytest.approx(10.0)


def contexts(ways, problem):
    for name, make in ways.items():
        if name in {"torch.compile", "KeOps", "FlexAttention"}:
            continue  # a compiler takes a minute; nox -s bench runs them
        try:
            call = make(problem, backward=False)
        except RuntimeError as error:
            assert "not installed" in str(error) or "in fp32" in str(error)  # noqa: PT017 - said, and left out
            continue
        found = call()
        yield name, np.asarray(getattr(found, "context", found))


# Logits below 32, each off by at most some (37 + 8 · 3) u of it, of weighted means of values below 4.
WITHIN = {"fp64": 1e-11, "fp32": 1e-4}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", ["fp64", "fp32"])
def test_every_side_of_additive_attention_computes_the_same(dtype):
    problem = peers.Problem.make(37, 8, dtype)
    expected = peers.eager(**problem.tensors).numpy()
    seen = dict(contexts({**additive.OURS, **peers.PEERS}, problem))
    assert {"generated torch", "generated NumPy", "torch eager", "chunks, checkpointed"} <= set(seen)
    for name, context in seen.items():
        assert np.abs(context - expected).max() < WITHIN[dtype], name


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", ["fp64", "fp32"])
def test_every_side_of_dot_attention_computes_the_same(dtype):
    problem = multiplicative.problem(37, 8, dtype)
    seen = dict(contexts(multiplicative.WAYS, problem))
    assert {"torch SDPA", "generated torch", "torch eager"} <= set(seen)
    for name, context in seen.items():
        assert np.abs(context - seen["torch eager"]).max() < WITHIN[dtype], name


def test_gradients_are_of_all_six():
    problem = peers.Problem.make(9, 4, "fp64")
    ours = additive.side("generated torch", problem, backward=True)()
    theirs = peers.PEERS["torch eager"](problem, backward=True)()
    assert len(ours) == len(theirs) == 6
    for mine, other in zip(ours, theirs, strict=True):
        assert torch.allclose(mine, other, rtol=1e-9, atol=1e-11)


@pytest.mark.slow
def test_memory_sees_the_large_array():
    """torch eager keeps (n, n, d) several times over; chunks of 128 queries do not."""
    if not memory.STATUS.is_file():
        pytest.skip("no /proc")
    n, d = 512, 16
    cube = n * n * d * 4
    assert memory.peak("torch eager", n, d, "fp32", backward=False) >= cube
    assert memory.peak("chunks, checkpointed", n, d, "fp32", backward=False) < cube


@pytest.mark.slow
def test_a_side_that_fails_says_so():
    with pytest.raises(RuntimeError, match="no such side at n = 8"):
        memory.peak("no such side", 8, 4, "fp32", backward=False)


def test_the_floor_is_below_what_the_machine_does():
    rate = floor.multiply_adds_per_second("fp32")
    assert rate > 1e8
    assert floor.seconds(64, 16, rate, backward=True) == pytest.approx(64 * 64 * 16 * 10 / rate)


def test_what_cannot_run_is_recorded_with_its_reason():
    found = record.Record()

    def broken(problem, *, backward):
        raise RuntimeError("needs a compiler")

    found.time(
        "additive",
        {"broken": broken, "eager": peers.PEERS["torch eager"]},
        peers.Problem.make(4, 2),
        "fp32",
        backward=False,
        progress=lambda _: None,
    )
    assert [row["reason"] for row in found.missing] == ["needs a compiler"]
    assert [row["name"] for row in found.timings] == ["eager"]


def test_derivation_beside_components_takes_the_same_gradients():
    """One component of the other way equals the derived gradient written out at that size."""
    from sympy import Symbol, diff, tanh

    pair = pairs.derivation_against_components(2)
    q00 = pair.slow()[0]
    names = {str(s) for s in q00.free_symbols}
    assert {"v0", "v1", "e0_0", "e0_1", "s0_0"} <= names
    assert q00 != 0
    assert diff(tanh(Symbol("x")), Symbol("x")) != 0
    assert pair.fast().outputs


def test_the_command_says_what_it_takes(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench", "--help"])
    with pytest.raises(SystemExit):
        command.main()
    assert "--quick" in capsys.readouterr().out
    json.dumps(record.device())
