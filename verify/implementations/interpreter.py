"""Triton's interpreter with a fused multiply-add that is one: Triton 3.7's multiplies and then adds.

The kernels are proved for the operation that GPUs have, whose product cannot overflow and is not rounded.
"""

from __future__ import annotations

from typing import Any

import numpy as np

SPLITTER = np.longdouble(2**32 + 1)  # Veltkamp's, for factors of at most 53 bits in sums of 64 or more


def fused(x: Any, y: Any, z: Any) -> Any:
    """``x y + z`` rounded once, but for a second rounding 2^−11 of a unit wide (2^−29 in fp32). Arrays of one format.

    The product is the sum of two numbers, exactly (Dekker 1971), as is its sum with z (Knuth): what is lost before the
    result is rounded is of second order in the wider format's roundoff.
    """
    kind = np.asarray(z).dtype
    if kind.itemsize < 8:  # products of fp32 are exact in fp64
        product, rest = x.astype(np.float64) * y.astype(np.float64), 0.0
        wide = z.astype(np.float64)
    else:
        product, rest = _product(x.astype(np.longdouble), y.astype(np.longdouble))
        wide = z.astype(np.longdouble)
    total = product + wide
    part = total - product
    lost = (product - (total - part)) + (wide - part)
    finite = np.isfinite(total)
    return np.where(finite, total + np.where(finite, lost + rest, 0), total).astype(kind)


def _product(x: Any, y: Any) -> tuple[Any, Any]:
    """The product and what rounding took from it."""
    product = x * y
    a, b = _halves(x), _halves(y)
    rest = ((a[0] * b[0] - product) + a[0] * b[1] + a[1] * b[0]) + a[1] * b[1]
    return product, np.where(np.isfinite(product), rest, 0)


def _halves(x: Any) -> tuple[Any, Any]:
    scaled = SPLITTER * x
    high = scaled - (scaled - x)
    return high, x - high


def install() -> None:
    """Give the interpreter this operation."""
    from triton.runtime.interpreter import InterpreterBuilder, TensorHandle

    def create_fma(_builder: Any, x: Any, y: Any, z: Any) -> Any:
        with np.errstate(over="ignore", invalid="ignore"):  # as on a GPU: infinities and NaN are results
            return TensorHandle(fused(*np.broadcast_arrays(x.data, y.data, z.data)), z.dtype.scalar)

    InterpreterBuilder.create_fma = create_fma
