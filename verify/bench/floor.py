"""What the machine could do at best: fused multiply-adds of one core, as its matrix products show them.

Every separated form of the score needs, for each query, key and unit, one multiply-add for ``1 + A B`` and one to add
its term to the score, and for each component of a value one to add it to the context. With gradients: those of the
recomputed score again, one for each of the gradients of A, B and v, and two products of the size of the context's.
"""

from __future__ import annotations

import time
from typing import Final

import torch

SIDE: Final = 2048
TERM_FORWARD, VALUE_FORWARD = 2, 1
TERM_BOTH, VALUE_BOTH = 2 + 2 + 3, 1 + 2
TURNS: Final = 5


def multiply_adds_per_second(dtype: str) -> float:
    """The best of TURNS matrix products of SIDE × SIDE."""
    kind = {"fp32": torch.float32, "fp64": torch.float64}[dtype]
    left, right = torch.randn(SIDE, SIDE, dtype=kind), torch.randn(SIDE, SIDE, dtype=kind)
    torch.mm(left, right)
    least = float("inf")
    for _ in range(TURNS):
        start = time.perf_counter()
        torch.mm(left, right)
        least = min(least, time.perf_counter() - start)
    return SIDE**3 / least


def seconds(n: int, d: int, rate: float, *, backward: bool) -> float:
    """The least time that additive attention of n queries and keys and widths d can take at ``rate`` multiply-adds a
    second.
    """
    term, value = (TERM_BOTH, VALUE_BOTH) if backward else (TERM_FORWARD, VALUE_FORWARD)
    return n * n * d * (term + value) / rate
