"""The CUDA side of the benchmark: absent without a device, and nothing is timed that computes something else."""

from __future__ import annotations

import pytest
import torch

from attnproof.verify.bench import cuda, peers
from attnproof.verify.outcome import NO_CUDA


def test_without_a_device_one_row_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    found = cuda.measured(lambda _: None)
    assert found["timings"] == found["memory"] == found["floors"] == []
    assert [(row["name"], row["reason"]) for row in found["missing"]] == [("fused Triton", NO_CUDA)]


def test_a_side_that_computes_something_else_is_not_timed() -> None:
    problem = peers.Problem.make(8, 4, "fp64")
    context = peers.eager(**problem.tensors)
    gradients = peers.differentiated(peers.eager, problem, backward=True)()
    cuda.compare("right", context.float(), context)
    cuda.compare("right", [x.float() for x in gradients], gradients)
    with pytest.raises(RuntimeError, match=r"wrong: result 0 is off by 0\.01"):
        cuda.compare("wrong", context * 1.01, context)
    with pytest.raises(RuntimeError, match="wrong: result 3 is off by nan"):
        cuda.compare("wrong", [*gradients[:3], gradients[3] * torch.nan, *gradients[4:]], gradients)


@pytest.mark.skipif(not torch.cuda.is_available(), reason=NO_CUDA)
def test_on_a_device_everything_is_measured() -> None:
    found = cuda.measured(lambda _: None, quick=True)
    assert {row["name"] for row in found["timings"]} >= {"fused Triton", "torch eager"}
    assert all(row["seconds"] > 0 for row in found["floors"])
    assert not [row for row in found["missing"] if row["name"] == "fused Triton"]
