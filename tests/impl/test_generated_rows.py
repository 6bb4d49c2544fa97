"""Torch programs that take some queries at a time give what they give for all queries at once; which programs those
are.
"""

from __future__ import annotations

import importlib
from typing import Any

import pytest
import torch
from torch import Tensor

from attnproof.derivations.attention.whole import attention
from attnproof.derivations.language.notation import D_A, N_K, N_Q, D, I, J, L, R
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import KEY_SHARED as K
from attnproof.derivations.language.tensors import QUERY_SHARED as Q
from attnproof.derivations.language.tensors import SCORES
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.scores.own import intermediate
from attnproof.impl.codegen.program.rows import largest_row
from attnproof.impl.generated.torch import _runtime

SIZES = {"n_q": 7, "n_k": 5, "d_q": 3, "d_k": 2, "d_a": 4, "d_v": 3}
ROW = SIZES["n_k"] * SIZES["d_a"]
BATCHES = [{}, {"query": (2, 1), "key": (3,), "value": (3,), "bias": (2, 1)}, {"value": (2,), "bias": (2, 1)}]
PAIRS = intermediate("pairs", "z", N_Q, N_K, D)
SQUARE = intermediate("square", "s", N_Q, N_Q)
OWN_PAIRS = Equation(PAIRS, (I, J, R), Q[I, R] * K[J, R])
SUM_OF_PAIRS = Equation(SCORES, (I, J), total(PAIRS[I, J, R], (R, D)))


def arguments(score: str, batch: dict[str, tuple[int, ...]], dtype: torch.dtype) -> dict[str, Tensor]:
    """Random inputs with every option; one row of the bias is masked altogether."""
    module = importlib.import_module(f"attnproof.impl.generated.torch.{score}")
    draw = torch.Generator().manual_seed(5)
    found = {}
    for name, axes in module.SHAPES.items():
        core = tuple(sum(SIZES[part] for part in axis.split(" + ")) for axis in axes if axis != "...")
        found[name] = torch.randn(batch.get(name, ()) + core, dtype=torch.float64, generator=draw).to(dtype)
    found["softcap"] = torch.tensor(1.25, dtype=dtype)
    found["bias"][..., 0, 1] = -torch.inf
    found["bias"][..., 3, :] = -torch.inf
    return {name: tensor.requires_grad_() for name, tensor in found.items()}


def results(score: str, given: dict[str, Tensor]) -> list[Tensor]:
    """Outputs and every gradient, by autograd, by ``attention_backward`` and of the scores alone."""
    module = importlib.import_module(f"attnproof.impl.generated.torch.{score}")
    outputs = module.attention(**given)
    seeds = [torch.cos(torch.arange(x.numel()).reshape(x.shape)).to(x.dtype) for x in outputs]
    by_call = module.attention_backward(seeds[0], **given, grad_weights=seeds[1], grad_scores=seeds[2])
    alone = {name: x for name, x in given.items() if name not in ("value", "softcap", "bias")}
    scores = module.scores(**alone)
    gradients = torch.autograd.grad(scores, list(alone.values()), seeds[2])
    by_autograd = torch.autograd.grad(outputs, list(given.values()), seeds)
    return [*outputs, *by_autograd, *(by_call[name] for name in given), scores, *gradients]


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of blocks of every call, as the calls happen."""
    seen: list[int] = []
    places = _runtime._places

    def counting(*given: Any) -> list[slice]:
        found = places(*given)
        seen.append(len(found))
        return found

    monkeypatch.setattr(_runtime, "_places", counting)
    return seen


@pytest.mark.parametrize("rows", [1, 3, 6, 7])
@pytest.mark.parametrize("batch", BATCHES, ids=["no batch", "batches", "batch of values"])
@pytest.mark.parametrize("score", ["additive", "concat"])
def test_blocks_of_queries_give_what_all_queries_give(
    score: str, batch: dict[str, tuple[int, ...]], rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = arguments(score, batch, torch.float64)
    at_once = results(score, given)
    seen = counted(monkeypatch)
    count = torch.broadcast_shapes(*batch.values()).numel() if batch else 1  # type: ignore[no-untyped-call]
    monkeypatch.setitem(_runtime.BLOCK, "cpu", rows * ROW * count)
    for one, other in zip(results(score, given), at_once, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-13, atol=1e-13)
    blocks = -(-SIZES["n_q"] // rows)
    assert max(seen) == blocks
    assert seen.count(blocks) >= 4


def test_second_derivatives_are_the_same_where_the_first_ones_were_made_in_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(_runtime.BLOCK, "cpu", 2 * ROW)
    given = arguments("additive", {}, torch.float64)
    module = importlib.import_module("attnproof.impl.generated.torch.additive")
    names = ["query", "key", "v"]
    few = {name: given[name][..., :3, :] if name in {"query", "bias"} else given[name] for name in given}
    few = {name: tensor.detach().requires_grad_(name in names) for name, tensor in few.items()}
    assert torch.autograd.gradgradcheck(
        lambda *a: module.attention(**(few | dict(zip(names, a, strict=True)))).context, [few[n] for n in names]
    )


def test_halves_are_added_in_single_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """256 equal contributions of 1: added in bf16 they stop at 256 anyway, those of 1 + 2^-7 lose their last bit long
    before.
    """
    monkeypatch.setitem(_runtime.BLOCK, "cpu", 1)
    shapes = {"query": ("...", "n_q", "d_q"), "v": ("d_a",)}
    given = {"query": torch.zeros(256, 1, dtype=torch.bfloat16), "v": torch.zeros(1, dtype=torch.bfloat16)}

    def contribution(query: Tensor, v: Tensor) -> dict[str, Tensor]:
        return {"v": torch.full_like(v, 1 + 2**-7), "query": query + 1}

    with torch.no_grad():
        found = _runtime.gradients_by_rows(contribution, given, shapes, 1)
    assert found["v"].dtype == torch.bfloat16
    assert found["v"].item() == 256 * (1 + 2**-7)
    assert torch.equal(found["query"], torch.ones(256, 1, dtype=torch.bfloat16))


def test_which_programs_go_by_rows() -> None:
    rows = {name: largest_row(attention(name)) for name in FAMILIES}
    assert {name: row for name, row in rows.items() if row is not None} == {"additive": D_A * N_K, "concat": D_A * N_K}


@pytest.mark.parametrize(
    ("equations", "row"),
    [
        ([OWN_PAIRS, SUM_OF_PAIRS], N_K * D),
        ([OWN_PAIRS, Equation(SCORES, (I, J), SUM_OF_PAIRS.rhs / N_Q)], None),
        ([OWN_PAIRS, Equation(SCORES, (I, J), SUM_OF_PAIRS.rhs + total(Q[L, R], (L, N_Q), (R, D)))], None),
        (
            [OWN_PAIRS, Equation(SQUARE, (I, L), total(Q[I, R] * Q[L, R], (R, D))), SUM_OF_PAIRS],
            None,
        ),
    ],
    ids=["rows", "the number of queries", "a sum over queries", "queries with queries"],
)
def test_a_program_whose_queries_meet_does_not_go_by_rows(equations: list[Equation], row: object) -> None:
    assert largest_row(System("made", (Q, K), tuple(equations), ("scores",))) == row
