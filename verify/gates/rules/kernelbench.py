"""KernelBench: ``allclose`` with one number as relative and as absolute tolerance, five draws.

ScalingIntelligence/KernelBench at 423217d (2026-03-05): ``src/kernelbench/eval.py``
(``get_tolerance_for_precision``, ``run_and_check_correctness``), five trials from
``scripts/eval_from_generations.py``. The number is 1e-4 in fp32, 1e-2 in fp16 and bf16. The relative part is of the
kernel's own result. Inputs are ``torch.rand`` in nearly all problems. Its issue 165 counts level-1 problems that a
result of zeros passes.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from attnproof.verify.gates.rules.gate import Asked, Gate

TOLERANCE: Final = {"fp32": 1e-4, "bf16": 1e-2, "fp16": 1e-2}
TRIALS: Final = 5
SOURCE: Final = "ScalingIntelligence/KernelBench src/kernelbench/eval.py at 423217d"
THREADS: Final = ("ScalingIntelligence/KernelBench#165",)


def accepts(actual: Tensor, reference: Tensor, asked: Asked) -> bool:
    """Equal shapes, and |reference - actual| ≤ t + t |actual|; formats that differ are an exception there: rejected."""
    if actual.shape != reference.shape or actual.dtype != reference.dtype:
        return False
    tolerance = TOLERANCE[asked.dtype]
    return torch.allclose(reference, actual, atol=tolerance, rtol=tolerance)


GATES: Final = tuple(
    Gate(
        f"KernelBench, {dtype}",
        SOURCE,
        f"allclose, rtol = atol = {TOLERANCE[dtype]:g}, 5 draws of numbers uniform on [0, 1)",
        dtype,
        "uniform",
        TRIALS,
        accepts,
        THREADS,
    )
    for dtype in ("fp32", "bf16")
)
