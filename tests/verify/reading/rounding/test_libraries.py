"""torch's own operations stay within what they may err by, forward and backward, whatever a call keeps to itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from attnproof.verify.reading.rounding.api import Rounding
from attnproof.verify.recording.in_torch import TorchRecorder
from attnproof.verify.recording.recording import Recording

DTYPES = {"fp64": torch.float64, "fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def fused(x: Tensor) -> Tensor:
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
        return F.scaled_dot_product_attention(*[x[None, None, :, :8]] * 3)


CALLS: dict[str, Callable[[Tensor], Tensor]] = {
    "softmax": lambda x: x.softmax(-1),
    "log_softmax": lambda x: x.log_softmax(-1),
    "logsumexp": lambda x: x.logsumexp(-1),
    "layer_norm": lambda x: F.layer_norm(x + 3, (x.shape[-1],), x[0], x[1]),
    "std": lambda x: (x + 3).std(-1),
    "normalize": lambda x: F.normalize(x, dim=-1),
    "gelu": F.gelu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "a number of the host added": lambda x: (x + 0.1).exp(),
    "power": lambda x: x**3 + (x.abs() + 1).rsqrt(),
    "addmm": lambda x: torch.addmm(x[:, :1], x, x.mT, alpha=0.3),
    "logaddexp": lambda x: torch.logaddexp(x, -x),
    "fused": fused,
}


def recorded(function: Callable[[Tensor], Tensor], dtype: str, rows: int = 5) -> Recording:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(rows, 24, generator=generator).to(DTYPES[dtype]).requires_grad_()
    recorder = TorchRecorder()
    with recorder.listening():
        recorder.input("x", x)
        y = function(x)
        seed = torch.linspace(-1, 2, y.numel()).reshape(y.shape).to(y.dtype)
        recorder.input("seed", seed)
        (gradient,) = torch.autograd.grad(y, x, seed)
    recorder.call({"x": x}, {"seed": seed}, {"y": y, "grad.x": gradient})
    return recorder.finish()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", CALLS)
def test_no_operation_is_beyond(name: str, dtype: str) -> None:
    recording = recorded(CALLS[name], dtype)
    rounding = Rounding.of(recording, dtype)
    assert rounding.beyond == ()
    for ids in recording.calls[0].results.values():
        error = np.abs(recording.values[ids] - rounding.swept.reference[ids])
        limit, seen = (part[ids] for part in rounding.limits(ids))
        assert np.all(error <= limit + rounding.radius(ids))
        assert np.all(error <= seen + rounding.radius(ids))
        assert np.all(np.isfinite(limit))


def test_what_a_softmax_keeps_is_known_and_its_result_is_not_kept() -> None:
    recording = recorded(CALLS["softmax"], "fp64")
    assert recording.kept is not None
    names = {o.name: bool(recording.kept[o.output].all()) for o in recording.operations if "_softmax.d" in o.library}
    assert names["exp"]
    assert not recording.kept[recording.calls[0].results["y"]].any()
