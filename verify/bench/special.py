"""A Triton kernel of special-function operations and nothing else; imported where there is a device and Triton only."""

from __future__ import annotations

from typing import Final

import triton
import triton.language as tl
from torch import Tensor

BLOCK: Final = 1024
ELEMENTS: Final = BLOCK * 4096
CHAIN: Final = 1024  # operations on each element, one after another


@triton.jit  # type: ignore[untyped-decorator, unused-ignore]
def _chain(out, count, BLOCK: tl.constexpr):  # type: ignore[no-untyped-def, unused-ignore] # Triton would read the types
    place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = place * 1e-9
    for _ in range(count):
        x = tl.exp2(-x)
    tl.store(out + place, x)


def special(out: Tensor) -> int:
    """Start the kernel on ELEMENTS numbers; returns how many operations it does."""
    _chain[(ELEMENTS // BLOCK,)](out, CHAIN, BLOCK=BLOCK, enable_fp_fusion=True)
    return ELEMENTS * CHAIN
