"""How the fused additive kernels compute: one pass over tiles of keys, tanh separated, exponentials of their own.

The figures are proved where the kernels are derived: ``attnproof.derivations.kernels.exponential`` (e^x),
``attnproof.derivations.kernels.exponential_less_one`` (e^x − 1), ``attnproof.derivations.kernels.ranges`` (1 − 2 f).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Final

from attnproof.derivations.kernels.exponential import relative_error
from attnproof.derivations.kernels.exponential_less_one import relative_error as relative_error_less_one
from attnproof.derivations.kernels.ranges import unit_error
from attnproof.verify.arithmetic.backends import Arithmetic
from attnproof.verify.arithmetic.formats import FORMATS, TYPES
from attnproof.verify.arithmetic.function_errors import FunctionError, ulps

NAMES: Final = {dtype: TYPES[dtype] for dtype in ("fp64", "fp32")}
KEYS_OF_A_TILE: Final = 256  # ``TILE`` of Numba's kernels
KEYS_OF_A_SMALL_TILE: Final = 32  # and of Triton's
# CUDA's float32 division errs by 2 ulp, at most 4 u, where a correctly rounded one errs by u; a unit takes one, and is
# doubled.
OF_A_QUOTIENT: Final = 3.0 * 1.01


@cache
def numba_arithmetic(dtype: str) -> Arithmetic:
    """The arithmetic of ``attnproof.impl.generated.numba.additive`` in fp64 or fp32. Raises KeyError for another
    format.

    tanh of a score over its soft-cap: ``−m/(2 + m)``, m = e^{−2|x|} − 1: m's error ε enters twice at most, |m|/(2 + m)
    <= 1, then a sum and a quotient. Its derivative ``4 w/(2 + m)²``: w's error, twice that of 2 + m, and the rule's own
    five roundings.
    """
    fmt, name = FORMATS[dtype], NAMES[dtype]
    of_exp, of_less_one = float(relative_error(name).upper()), relative_error_less_one(name)
    # Below −edge e^x is 0, which is just above the smallest normal number.
    flushed = 2.0**fmt.precision
    proved = "attnproof.derivations.kernels.exponential, of this very program"
    return Arithmetic(
        f"fused additive attention, {dtype} on cpu",
        fmt,
        exp=FunctionError(of_exp + 2 * of_less_one, flushed, "proved", proved),
        softmax_exp=FunctionError(of_exp, flushed, "proved", proved),
        tanh=FunctionError(2 * of_less_one + 3, 1.0, "proved", proved),
        log=ulps(4.0, "the C library's, at most 4 ulp"),
        fused=True,
        tile=KEYS_OF_A_TILE,
        separated=unit_error(name),
    )


@cache
def pairs_arithmetic(dtype: str) -> Arithmetic:
    """The arithmetic of the kernels of pairs, ``attnproof.impl.codegen.targets.fused.pairs``, in fp64 or fp32: tanh
    itself is evaluated. Raises KeyError for another format.

    e^x is taken beyond the edge too, up to where it overflows: there the integer k is larger than the proof's largest
    one by 1, which adds as much to what the split logarithm of 2 loses, at most a hundredth of the whole error.
    """
    whole = numba_arithmetic(dtype)
    return replace(
        whole,
        name=f"fused attention of pairs, {dtype} on cpu",
        exp=replace(whole.exp, relative=1.01 * whole.exp.relative),
        separated=None,
    )


@cache
def triton_arithmetic(dtype: str) -> Arithmetic:
    """The arithmetic of ``attnproof.impl.generated.triton.additive`` in fp64 or fp32, on CUDA and in the interpreter:
    the same program in smaller tiles.

    What CUDA's division adds in float32 is allowed everywhere. Raises KeyError for another format.
    """
    whole = numba_arithmetic(dtype)
    more = OF_A_QUOTIENT if dtype == "fp32" else 0.0
    documented = (
        "attnproof.derivations.kernels.exponential, of this very program; CUDA: division at most 2 ulp, log "
        "at most 2 (CUDA C++ Programming Guide)"
    )
    return replace(
        whole,
        name=f"fused additive attention in Triton, {dtype}",
        exp=FunctionError(whole.exp.relative + more, whole.exp.absolute, "assumed", documented),
        tanh=FunctionError(whole.tanh.relative + more, whole.tanh.absolute, "assumed", documented),
        tile=KEYS_OF_A_SMALL_TILE,
        separated=unit_error(NAMES[dtype]) + 2 * more,
    )
