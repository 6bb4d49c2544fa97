"""BackendBench: ``assert_close`` at 1e-2 whatever tolerance is passed, NaN equal to NaN.

meta-pytorch/BackendBench at 66e0dbc (2025-12-16): ``BackendBench/eval.py``. Its ``allclose(a, b, atol, rtol)``
calls the comparison without the two tolerances, so that the defaults, 1e-2 each, hold always. Inputs of its suites
are torch's ``make_tensor``: floating-point numbers uniform on [-9, 9); the suites run in bf16. Its issue 41 asks
for a criterion between "too loose" and bitwise.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from attnproof.verify.gates.rules.gate import Asked, Gate

TOLERANCE: Final = 1e-2
TRIALS: Final = 13  # tests an operator, on average (docs/correctness.md)


def accepts(actual: Tensor, reference: Tensor, _: Asked) -> bool:
    """|actual - reference| ≤ 0.01 + 0.01 times one of the two, by torch's own comparison, which looks at shape and
    format too; the reference is passed as the actual value, so that the relative part is of the kernel's result.
    """
    try:
        torch.testing.assert_close(reference, actual, atol=TOLERANCE, rtol=TOLERANCE, equal_nan=True)
    except AssertionError:
        return False
    return True


GATES: Final = (
    Gate(
        "BackendBench",
        "meta-pytorch/BackendBench BackendBench/eval.py at 66e0dbc",
        "assert_close, rtol = atol = 1e-2, NaN equals NaN; numbers uniform on [-9, 9)",
        "bf16",
        "wide",
        TRIALS,
        accepts,
        ("meta-pytorch/BackendBench#41",),
    ),
)
