"""GPU MODE: ``verbose_allclose`` against a reference in the format of the task, a tolerance by task.

gpu-mode/reference-kernels at f83cb92 (2026-07-13): ``problems/*/utils.py``; the tolerance is 1e-3 (both) in the
fp32 tasks with sums (``pmpp_v2/conv2d_py``), rtol 2e-2 and atol 8e-3 in its attention task (``amd/mla-decode``,
bf16), rtol = atol = 0.1 with 5 % of the elements free in the later one (``amd_202602/mixed-mla``). Each has four or
five tests, of standard normal numbers. Its issue 164: kernels nearer to the true values than the fp32 reference are
rejected, because what they are compared with is off by 3.8e-2.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from attnproof.verify.gates.rules.gate import Asked, Gate

# Relative and absolute tolerance by format: that of conv2d, and of attention.
TOLERANCE: Final = {"fp32": (1e-3, 1e-3), "bf16": (2e-2, 8e-3)}
LATER: Final = (1e-1, 1e-1)
FREE: Final = 0.05
SOURCE: Final = "gpu-mode/reference-kernels problems/pmpp_v2/utils.py at f83cb92"
THREADS: Final = ("gpu-mode/reference-kernels#164",)


def wrong(actual: Tensor, reference: Tensor, rtol: float, atol: float) -> Tensor:
    """Which elements are: too far off, or NaN or an infinity on one side only."""
    found = (actual - reference).abs() > atol + rtol * reference.abs()
    for special in (torch.isnan, torch.isposinf, torch.isneginf):
        found = found | (special(actual) ^ special(reference))
    return found


def accepts(actual: Tensor, reference: Tensor, asked: Asked) -> bool:
    """No element is wrong."""
    return actual.shape == reference.shape and not bool(wrong(actual, reference, *TOLERANCE[asked.dtype]).any())


def accepts_most(actual: Tensor, reference: Tensor, _: Asked) -> bool:
    """No element is wrong at 0.1, or at most 5 % are not close."""
    if actual.shape != reference.shape:
        return False
    if not bool(wrong(actual, reference, *LATER).any()):
        return True
    close = torch.isclose(actual, reference, rtol=LATER[0], atol=LATER[1])
    return (~close).sum().item() <= FREE * close.numel()


GATES: Final = (
    Gate(
        "GPU MODE, fp32",
        SOURCE,
        "allclose, rtol = atol = 1e-3 (its convolution); standard normal numbers",
        "fp32",
        "normal",
        5,
        accepts,
        THREADS,
    ),
    Gate(
        "GPU MODE, bf16",
        SOURCE,
        "allclose, rtol 2e-2, atol 8e-3 (its attention); standard normal numbers",
        "bf16",
        "normal",
        4,
        accepts,
        THREADS,
    ),
    Gate(
        "GPU MODE, ratio",
        SOURCE.replace("pmpp_v2", "amd_202602"),
        "95 % of the elements within rtol = atol = 0.1 (its later attention); standard normal numbers",
        "bf16",
        "normal",
        4,
        accepts_most,
    ),
)
