"""FlashInfer-Bench: an element is wrong when its absolute *and* its relative error exceed 1e-2.

flashinfer-ai/flashinfer-bench at 40e6ca7 (2026-04-30): ``flashinfer_bench/bench/utils.py``
(``compute_error_stats``, ``_rand_tensor``), ``bench/config.py`` (three trials), ``bench/evaluators/default.py``
(shape, format, no infinity and no NaN) and ``bench/evaluators/lowbit.py``, where 95 % of the elements need be
right. Floating-point inputs are standard normal. Pull request 178 discusses the ratio.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from attnproof.verify.gates.rules.gate import Asked, Gate, same_kind

ABSOLUTE: Final = 1e-2
RELATIVE: Final = 1e-2
EPSILON: Final = 1e-8  # what the size of the reference is raised by before it divides
RATIO: Final = 0.95
TRIALS: Final = 3
SOURCE: Final = "flashinfer-ai/flashinfer-bench flashinfer_bench/bench/utils.py at 40e6ca7"


def matched(actual: Tensor, reference: Tensor) -> float:
    """The share of elements that are not wrong."""
    got, wanted = actual.to(torch.float32), reference.to(torch.float32)
    error = (got - wanted).abs()
    wrong = (error > ABSOLUTE) & (error / (wanted.abs() + EPSILON) > RELATIVE)
    return 1.0 - wrong.sum().item() / max(wrong.numel(), 1)


def accepts(actual: Tensor, reference: Tensor, _: Asked) -> bool:
    """Every element of a finite result is right."""
    return same_kind(actual, reference) and bool(actual.isfinite().all()) and matched(actual, reference) >= 1.0


def accepts_by_ratio(actual: Tensor, reference: Tensor, _: Asked) -> bool:
    """95 % of the elements of a finite result are right."""
    return same_kind(actual, reference) and bool(actual.isfinite().all()) and matched(actual, reference) >= RATIO


GATES: Final = (
    Gate(
        "FlashInfer-Bench",
        SOURCE,
        "every element within 1e-2, absolutely or relatively; 3 draws of standard normal numbers",
        "bf16",
        "normal",
        TRIALS,
        accepts,
    ),
    Gate(
        "FlashInfer-Bench, ratio",
        SOURCE.replace("utils.py", "evaluators/lowbit.py"),
        "95 % of the elements within 1e-2, absolutely or relatively (its low-bit operators)",
        "bf16",
        "normal",
        TRIALS,
        accepts_by_ratio,
        ("flashinfer-ai/flashinfer-bench#178",),
    ),
)
