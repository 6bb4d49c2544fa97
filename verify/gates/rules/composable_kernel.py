"""AMD's derived tolerance: half a unit in the last place for each addition of the longest sum.

ROCm/composable_kernel, ``include/ck/library/utility/check_err.hpp`` at 007ebbe: ``get_relative_threshold`` and
``get_absolute_threshold``. With m stored bits of a format and N additions the relative threshold is the largest of
2^(-m-1) of the format that computes, 2^(-m-1) of that of the result, and N 2^(-m-1) of that of the sums; the
absolute one is the same times the largest element of the reference, as its matrix products pass it. An element is
right where |actual - reference| ≤ atol + rtol |reference| and both are finite. It is written for matrix products,
where N is the length of the sum; here N is the longest sum of the task. Sums are in fp32, as its kernels have them.
(On one device, gfx942, fp32 gets 5e-3 instead.)
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from attnproof.verify.gates.rules.gate import Asked, Gate, same_kind

STORED: Final = {"fp32": 23, "fp16": 10, "bf16": 7}
SUMS: Final = "fp32"
SOURCE: Final = "ROCm/composable_kernel include/ck/library/utility/check_err.hpp at 007ebbe"


def relative_threshold(dtype: str, additions: int) -> float:
    """2^(-m-1) of the format, or N 2^(-m-1) of fp32, whichever is larger."""
    return max(2.0 ** -(STORED[dtype] + 1), additions * 2.0 ** -(STORED[SUMS] + 1))


def accepts(actual: Tensor, reference: Tensor, asked: Asked) -> bool:
    """Every element is finite, and within the derived thresholds of the reference's."""
    if not same_kind(actual, reference) or not bool((actual.isfinite() & reference.isfinite()).all()):
        return False
    got, wanted = actual.to(torch.float64), reference.to(torch.float64)
    relative = relative_threshold(asked.dtype, asked.longest)
    absolute = relative * abs(wanted.max().item())
    return bool(((got - wanted).abs() <= absolute + relative * wanted.abs()).all())


GATES: Final = tuple(
    Gate(
        f"AMD derived, {dtype}",
        SOURCE,
        "half an ulp of the largest element for each addition of the longest sum; standard normal numbers",
        dtype,
        "normal",
        1,
        accepts,
    )
    for dtype in ("fp32", "bf16")
)
