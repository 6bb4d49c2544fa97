"""``torch.testing.assert_close`` with its defaults, as test suites call it.

torch 2.13, documentation of ``torch.testing.assert_close``: rtol 1.3e-6 and atol 1e-5 in fp32, 1.6e-2 and 1e-5 in
bf16; shape, format, device and strides' kind are compared, NaN is unequal to NaN. It draws nothing: standard normal
numbers stand for what tests draw.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from attnproof.verify.gates.rules.gate import Asked, Gate


def accepts(actual: Tensor, reference: Tensor, _: Asked) -> bool:
    """No AssertionError."""
    try:
        torch.testing.assert_close(actual, reference)
    except AssertionError:
        return False
    return True


GATES: Final = tuple(
    Gate(
        f"assert_close, {dtype}",
        "torch.testing.assert_close, torch 2.13, defaults",
        f"assert_close with its defaults ({said}); standard normal numbers",
        dtype,
        "normal",
        1,
        accepts,
    )
    for dtype, said in (("fp32", "rtol 1.3e-6, atol 1e-5"), ("bf16", "rtol 1.6e-2, atol 1e-5"))
)
