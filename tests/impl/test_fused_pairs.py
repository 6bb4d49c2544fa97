"""Kernels of pairs, generated from a score's equations: results within the bounds that are derived from those, options
against masks and broadcasting, the same bits for any number of threads, what is not served.
"""

from __future__ import annotations

import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from parameters import ordinary

from attnproof.derivations.scores.own import family
from attnproof.impl import fused
from attnproof.impl.codegen import own
from attnproof.impl.codegen.targets.fused.pairs.products import products_of
from attnproof.impl.codegen.targets.fused.pairs.split import split
from attnproof.verify.arithmetic.fused import pairs_arithmetic
from attnproof.verify.bounds import bounds as error_bounds
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle import certified

pytest.importorskip("numba")
from attnproof.impl.generated.numba import _pairs, scaled_dot

Array = np.ndarray[Any, np.dtype[Any]]
ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).with_name("pair_scores.py")
EXAMPLES = {name: f"{ROOT}/docs/examples/{name}.py:{name}" for name in ("cosine", "gatv2", "scaled_additive")}
SCORES = EXAMPLES | {name: f"{HERE}:{name}" for name in ("gaussian", "laplace", "gated", "bump", "distance")}
SIZES = {"n_q": 5, "n_k": 7, "d": 4, "d_q": 4, "d_k": 3, "d_a": 6, "d_v": 3}
KINDS = {"fp32": np.float32, "fp64": np.float64}


def module(score: str) -> ModuleType:
    return own.program("numba", score)


def inputs(score: ModuleType) -> dict[str, Array]:
    """Numbers that every format holds; those that have to be positive are."""
    rng = np.random.default_rng(7)
    found = {}
    for name, axes in score.SHAPES.items():
        if name in score.REQUIRED:
            core = [SIZES[axis] for axis in axes if axis != "..."]
            found[name] = rng.integers(-96, 97, core) / 64 if core else np.asarray(1.25)
    return found


def test_which_scores_are_matrix_products() -> None:
    products = {name for name, score in SCORES.items() if products_of(split(family(score).system)).sums}
    assert products == {"cosine", "gated", "bump"}
    parts = split(family(SCORES["cosine"]).system)
    assert [one.target.name for one in parts.before] == ["query_length", "key_length"]
    assert {total.tensor.name: len(total.axes) for total in parts.totals} == {
        "total_1": 1, "total_2": 1, "total_3": 2, "total_4": 2, "total_5": 0,
    }  # fmt: skip


@pytest.mark.parametrize("dtype", ordinary(("fp32", "fp64"), "fp32"))
@pytest.mark.parametrize("options", [False, True])
@pytest.mark.parametrize("name", ordinary((*SCORES, "scaled_dot"), "gatv2", "cosine"))
def test_results_are_within_the_bounds_of_the_equations(name: str, options: bool, dtype: str) -> None:
    score = SCORES.get(name, name)
    kernel = scaled_dot if name == "scaled_dot" else module(score)
    given = inputs(kernel)
    rng = np.random.default_rng(8)
    if options:
        given["softcap"] = np.asarray(1.5)
        given["bias"] = rng.integers(-64, 65, (5, 7)) / 64
        given["bias"][rng.random((5, 7)) < 0.3] = -np.inf
        given["bias"][1] = -np.inf
    seed = rng.integers(-64, 65, (5, 3)) / 64
    case = Case(score, given, seed, dtype=dtype)
    kind = KINDS[dtype]
    arrays = {name: x.astype(kind) for name, x in given.items()}
    found = {"context": kernel.attention(**arrays).context}
    found |= {f"grad.{name}": g for name, g in kernel.attention_backward(seed.astype(kind), **arrays).items()}
    of_score = {name: x for name, x in arrays.items() if name not in {"value", "softcap", "bias"}}
    found["scores"] = kernel.scores(**of_score)
    limits, exact = error_bounds(case, pairs_arithmetic(dtype)), certified(case)
    assert set(found) == set(limits) - {"weights"}
    for quantity, got in found.items():
        assert got.dtype == kind
        off = np.abs(got.astype(np.float64) - exact[quantity].midpoint())
        assert (off <= limits[quantity].bound * (1 + 1e-9)).all(), quantity  # 1e-9: the midpoints are doubles
        assert limits[quantity].meaningful, quantity


@pytest.mark.parametrize("name", ordinary((*SCORES, "bilinear"), "gatv2", "cosine"))
def test_batches_masks_and_gradients_are_the_torch_program_s(name: str) -> None:
    """Several blocks of queries, tiles and strips of keys; broadcast heads that share a bias."""
    score = SCORES.get(name, name)
    rng = torch.Generator().manual_seed(3)
    sizes = {**SIZES, "n_q": 70, "n_k": 300}
    program = fused._program(score)
    batch = {"query": (2, 1), "key": (3,), "value": (2, 3), "bias": (3,)}
    given: dict[str, Any] = {}
    for argument, axes in program.SHAPES.items():
        if argument in program.REQUIRED or argument == "bias":
            core = [sizes[axis] for axis in axes if axis != "..."]
            shape = (*batch.get(argument, ()), *core)
            drawn = torch.randn(shape, generator=rng, dtype=torch.float64) if core else torch.tensor(1.25).double()
            given[argument] = drawn.requires_grad_()
    visible = torch.rand(70, 300, generator=rng) < 0.6
    visible[3] = False
    assert fused.way(score, given["query"], bias_gradient=True).kernel == "numba"
    context = fused.attention(score, **given, softcap=2.0, mask=visible, causal=True)
    below = torch.ones(70, 300, dtype=torch.bool).tril() & visible
    masked = torch.where(below, given["bias"], -torch.inf)
    wanted = program.attention(**{**given, "bias": masked}, softcap=2.0).context
    seed = torch.randn(context.shape, generator=rng, dtype=torch.float64)
    got, true = (torch.autograd.grad(x, list(given.values()), seed) for x in (context, wanted))
    for one, other in zip((context, *got), (wanted, *true), strict=True):
        # two ways in fp64; what differs by more than rounding differs by far more
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9)


def test_the_bits_do_not_depend_on_the_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    query, key, value = (rng.standard_normal((2, n, 4)) for n in (200, 300, 300))
    seed = rng.standard_normal((2, 200, 4))
    workers: set[str] = set()
    monkeypatch.setattr(_pairs, "WORTH", 0)
    real = _pairs.run

    def watched(kernel: Any, *arguments: Any) -> None:
        def noted(*items: Any) -> None:
            workers.add(threading.current_thread().name)
            kernel(*items)

        real(noted, *arguments)

    monkeypatch.setattr(_pairs, "run", watched)
    found = []
    for threads in (1, 2, 5):
        forward = scaled_dot.attention(query, key, value, threads=threads)
        gradients = scaled_dot.attention_backward(seed, query, key, value, forward=forward, threads=threads)
        found.append([forward.context, forward.log_sum_exp, *gradients.values()])
    assert any("ThreadPool" in name for name in workers)
    for others in found[1:]:
        assert all(np.array_equal(one, other) for one, other in zip(found[0], others, strict=True))


def test_the_log_sum_exp_has_a_gradient() -> None:
    rng = np.random.default_rng(2)
    query, key, value = (rng.standard_normal((n, 4)) for n in (6, 9, 9))
    seed, more = rng.standard_normal((6, 4)), rng.standard_normal(6)
    got = scaled_dot.attention_backward(seed, query, key, value, grad_log_sum_exp=more)
    tensors = [torch.tensor(x, requires_grad=True) for x in (query, key, value)]
    scores = tensors[0] @ tensors[1].mT / 2
    whole = (torch.softmax(scores, -1) @ tensors[2] * torch.tensor(seed)).sum()
    whole = whole + (torch.logsumexp(scores, -1) * torch.tensor(more)).sum()
    for one, other in zip(got.values(), torch.autograd.grad(whole, tensors), strict=True):
        np.testing.assert_allclose(one, other.numpy(), rtol=1e-12, atol=1e-12)


def test_what_is_not_served_falls_back_with_its_reason() -> None:
    query = torch.ones(3, 4, dtype=torch.float64)
    tensor = f"{HERE}:tensor"
    reason = fused.way(tensor, query).reason
    assert "a pair's sum over several indices" in reason
    given = {"query": query, "key": torch.ones(5, 3).double(), "value": torch.ones(5, 2).double()}
    context = fused.attention(tensor, **given, weight=torch.ones(4, 3).double())
    assert torch.equal(context, torch.ones(3, 2).double())
    assert fused.way(SCORES["cosine"], query).kernel == "numba"
    half = fused.way(SCORES["cosine"], query.bfloat16())
    assert half == fused.Way("generated", "the CPU's kernel has no torch.bfloat16")


def test_mistakes_are_named() -> None:
    given = inputs(scaled_dot)
    with pytest.raises(ValueError, match="value must have shape"):
        scaled_dot.attention(**{**given, "value": given["value"][:2]})
    with pytest.raises(TypeError, match="float32 or float64"):
        scaled_dot.attention(**{name: x.astype(np.float16) for name, x in given.items()})
    with pytest.raises(ValueError, match="softcap must be a finite number > 0"):
        scaled_dot.attention(**given, softcap=0.0)
    with pytest.raises(ValueError, match="grad_context must have shape"):
        scaled_dot.attention_backward(np.ones((2, 3)), **given)
