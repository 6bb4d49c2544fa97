"""flash-attention's rule: at most twice the error of a plain program in the same half precision.

Dao-AILab/flash-attention, ``hopper/test_flash_attn.py`` at e7f8a55: the largest error against the reference
evaluated in fp32 and rounded is at most twice that of the reference evaluated in the format, plus twice the largest
change that adding and subtracting 0.3 makes to the reference. Inputs are standard normal, formats fp16 and bf16; in
fp32 both references are one program, and there is nothing to compare with.
"""

from __future__ import annotations

from typing import Final

from torch import Tensor

from attnproof.verify.gates.rules.gate import Asked, Gate

FACTOR: Final = 2.0
ADDED: Final = 0.3


def accepts(actual: Tensor, reference: Tensor, asked: Asked) -> bool:
    """The largest |actual - rounded| ≤ 2 max |reference - rounded| + 2 max |(rounded + 0.3 - 0.3) - rounded|."""
    rounded = asked.precise.to(reference.dtype)
    if actual.shape != rounded.shape:
        return False
    allowance = FACTOR * ((rounded + ADDED - ADDED) - rounded).abs().max().item()
    error = (actual - rounded).abs().max().item()
    return error <= FACTOR * (reference - rounded).abs().max().item() + allowance


GATES: Final = (
    Gate(
        "flash-attention",
        "Dao-AILab/flash-attention hopper/test_flash_attn.py at e7f8a55",
        "largest error at most twice that of a plain program in bf16, and an allowance; standard normal numbers",
        "bf16",
        "normal",
        1,
        accepts,
        gradients=True,
    ),
)
