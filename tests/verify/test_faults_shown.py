"""Faults that are functions of their own: wrong beside their twins at the smallest input that shows it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from attnproof.verify.faults import Fault, faults

KNOWN = faults()


def drawn(*shape: int, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    return torch.tensor(np.random.default_rng(3).standard_normal(shape)).to(dtype)


def case(n_q: int, n_k: int, d: int = 4, d_v: int = 2, **more: Any) -> dict[str, Any]:
    return {"query": drawn(n_q, d), "key": drawn(n_k, d), "value": drawn(n_k, d_v), **more}


def differ(fault: Fault, **given: Any) -> bool:
    """Whether values or gradients of the wrong implementation are not those of the repaired one."""
    found = []
    for side in (fault.wrong, fault.repaired):
        function = side.ask.function  # type: ignore[attr-defined]
        own = {n: x.clone().requires_grad_() if n in ("query", "key", "value") else x for n, x in given.items()}
        context = function(**own)
        wanted = [own[name] for name in ("query", "key", "value")]
        grads = torch.autograd.grad(context, wanted, torch.ones_like(context))
        found.append([context.detach(), *grads])
    return any(not torch.allclose(one, other, equal_nan=True) for one, other in zip(*found, strict=True))


ROTARY = {name: drawn(n, 2) for name, n in (("cos_query", 2), ("sin_query", 2), ("cos_key", 3), ("sin_key", 3))}
HALF = {"query": torch.zeros(1, 1), "key": torch.zeros(4096, 1), "value": torch.ones(4096, 1)}
SHOWN: dict[str, dict[str, Any]] = {
    "mask read as if contiguous": case(2, 2, mask=torch.tensor([[True, True], [False, True]]).T),
    "backward scales by the padded width": case(1, 2, d=129),
    "backward cuts value channels beyond the width of queries": case(1, 2, d=1),
    "mask ignored when causal": case(2, 2, mask=torch.tensor([[True, True], [False, True]]), causal=True),
    "causal dropped with dropout": case(2, 2, causal=True, dropout=torch.ones(2, 2, dtype=torch.float64)),
    "backward forgets causal": case(2, 2, causal=True),
    "forward and backward aligned differently": case(1, 2, causal=True),
    "no ALiBi at a single query": case(1, 2, slopes=torch.ones(1, dtype=torch.float64)),
    "length 0 reads one key": case(1, 1, lengths=torch.tensor([0])),
    "exponentials without the maximum": case(2, 2)
    | dict.fromkeys(("query", "key"), 30 * torch.ones(2, 4, dtype=torch.float64)),
    "two finite minima added": case(2, 1, mask=torch.zeros(2, 1, dtype=torch.bool), causal=True),
    "sum of a row in half precision": {name: x.half() for name, x in HALF.items()},
}


@pytest.mark.parametrize("name", SHOWN)
def test_the_fault_shows_where_its_sentence_says(name: str) -> None:
    assert differ(KNOWN[name], **SHOWN[name])


def test_a_cotangent_of_stride_0_shows_a_backward_that_reads_memory_in_order() -> None:
    fault = KNOWN["cotangent read as if contiguous"]
    context = case(1, 2)
    found = []
    for side in (fault.wrong, fault.repaired):
        query = context["query"].clone().requires_grad_()
        side.ask.function(query, context["key"], context["value"]).sum().backward()  # type: ignore[attr-defined]
        assert query.grad is not None
        found.append(query.grad)
    assert not torch.allclose(*found)


def test_other_tables_of_the_same_shapes_show_what_was_kept() -> None:
    fault = KNOWN["rotary tables kept by shape"]
    given = case(2, 3)
    fault.wrong.ask.function(**given, **{name: 2 * table for name, table in ROTARY.items()})  # type: ignore[attr-defined]
    assert differ(fault, **given, **ROTARY)
