"""The error of every elementwise function of the libraries: those that bounds of systems need are measured or recorded
(``backends``, ``function_errors``); the others are assumed, from what the libraries' documentation promises.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from attnproof.verify.arithmetic.backends import backend, function_error
from attnproof.verify.arithmetic.formats import FORMATS, FP32
from attnproof.verify.arithmetic.function_errors import FUNCTIONS, Framework, FunctionError, ulps

# sin, cos, erf … : Sleef's *_u10 and MKL in high accuracy give 1 ulp, glibc at most 2 of those that are called here
# (its manual, section 19.7); NumPy promises 4 (SVML); nobody promises anything of XLA's; CUDA's at most 4 for all of
# these in its guide.
_OTHERS: Final[Mapping[Framework, float]] = MappingProxyType({"torch": 2.0, "numpy": 4.0, "jax": 8.0})
_CUDA: Final = 4.0
# 1/(1 + exp(−x)), 1/√x: up to two roundings beside the function.
_COMPOSED: Final = ("sigmoid", "rsqrt")
# erf of fp32 vectors, where it is not MKL's, is a polynomial (Abramowitz and Stegun 7.1.26) within 1.5e-7; and 1 − x.
_ERF: Final = 2.5e-7


@lru_cache(maxsize=256)
def library_error(
    framework: Framework, function: str, dtype: str, device: str = "cpu", fused: bool = False
) -> FunctionError:
    """The error of a function (``exp``, ``erf``, ``sqrt`` …) that is evaluated in a format.

    fused  inside torch's fused kernel, which has an exp of its own
    Raises KeyError for an unknown format.
    """
    half = FORMATS[dtype].precision < FP32.precision
    if function == "sqrt":
        return backend(framework, dtype, device).sqrt
    if fused and function == "exp":
        return backend(framework, dtype, device, fused=True).softmax_exp
    if function in FUNCTIONS and not (framework == "numpy" and dtype == "bf16"):
        return function_error(framework, function, dtype, device, documented=not half)
    count = (_CUDA if device == "cuda" else _OTHERS[framework]) + 2.0 * (function in _COMPOSED)
    if function == "erf" and framework == "torch" and device == "cpu" and dtype != "fp64":
        fmt = FORMATS[dtype]
        return FunctionError(4.0, _ERF / fmt.smallest_subnormal, "assumed", "torch on CPU: a polynomial in fp32")
    lost = 2.0 ** (FORMATS[dtype].precision - 1)  # the smallest normal number, in η: flushed, or an exp that overflowed
    if half:  # evaluated in fp32, rounded once
        inside = 2.0 * count * FP32.unit_roundoff / FORMATS[dtype].unit_roundoff
        return FunctionError(
            1.0 + inside * 1.01, 1.0 if framework != "jax" or dtype == "fp16" else lost, "assumed", "in fp32"
        )
    found = ulps(count, f"{framework}: {function} at most {count:g} ulp")
    return FunctionError(found.relative, max(found.absolute, lost), found.grade, found.origin)
