"""What a backend's arithmetic is assumed, or measured, to do: the parameters of every error bound.

The four operations, sums and products are correctly rounded (IEEE 754), with gradual underflow. What a library adds to
that is the error of its functions, in the model of ``attnproof.verify.arithmetic.function_errors``. In fp16 and bf16 it
is *measured*, on this machine, at all 65,536 inputs. In fp32 it is *recorded*, measured at all 2³² inputs
(``attnproof.verify.arithmetic.recorded_errors``), where the record was made with the code that runs here; elsewhere,
and in fp64, it is an *assumption* taken from the libraries' documentation. The run part
``attnproof.verify.arithmetic.measured_errors`` fails when what it measures contradicts one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import numpy as np

from attnproof.derivations.bounds.order import UNKNOWN, Order
from attnproof.verify.arithmetic.formats import FORMATS, FP32, FP64, Format
from attnproof.verify.arithmetic.function_errors import Framework, FunctionError, measure, ulps
from attnproof.verify.arithmetic.recorded_errors import recorded

TanhDerivative = Literal["sech2", "one_minus_tanh2", "factored"]

# NumPy dispatches to SVML ("maximum 4 ulp") where AVX-512 is available, to its own SIMD code (exp in fp32: 2.52 ulp,
# exp in fp64: 0.52 ulp) or to the C library (below 1 ulp in glibc) elsewhere; 4 covers all of them.
_NUMPY = ulps(4.0, "NumPy: SVML, own SIMD code or libm, at most 4 ulp (NumPy reference, CPU dispatch of umath)")
# Vector code of torch: MKL's, in its mode of high accuracy (below 1 ulp), where torch is built with it, else Sleef's
# *_u10 (1.0 ulp), which kernels like softmax always take; scalar code: libm, below 1 ulp in glibc for exp, below 2 for
# tanh (glibc manual, section 19.7, known maximum errors: exp 1, tanh 2).
_TORCH_EXP = ulps(1.0, "torch on CPU: MKL, Sleef exp_u10 or glibc, at most 1 ulp (their manuals)")
_TORCH_TANH = ulps(2.0, "torch on CPU: MKL, Sleef tanh_u10 at most 1 ulp, glibc tanh at most 2 (their manuals)")
_TORCH_LOG = ulps(1.0, "torch on CPU: MKL, Sleef log_u10 or glibc, at most 1 ulp (their manuals)")
# The fused CPU kernel calls Vectorized::exp_u20, whose nominal error is 20 ulp; it flushes results below the normal
# range to zero, an error of at most 2^(p−1) η.
_FUSED_EXP_ULPS: Final = 20.0
_CUDA = ulps(2.0, "CUDA: exp, tanh, log at most 2 ulp (CUDA C++ Programming Guide, mathematical functions)")
# Half formats on CUDA: computed in fp32 to 2 ulp and rounded once. One rounding is at most
# 1 u; what precedes it adds at most 4 u(fp32) (1 + u) < 0.003 u(fp16) < 0.003 u(bf16).
_THROUGH_FP32 = FunctionError(1.003, 1.0, "assumed", "computed in fp32 to at most 2 ulp, rounded once")
# XLA's own code on the CPU, whose errors nobody promises: in fp32 at most 2.76, 2.45 and 1.03 ulp (exp, tanh, log) at
# all 2³² inputs (JAX 0.10.2 with AVX-512, alone and inside a kernel with other operations; log: of normal numbers),
# fewer in samples of fp64. It may be compiled otherwise elsewhere, so that more is allowed.
_JAX_ULPS: Final = {"exp": 4.0, "tanh": 4.0, "log": 2.0}
_JAX: Final = (
    "XLA on CPU: exp and tanh at most 4 ulp, log at most 2 of arguments in the normal range, subnormal results flushed"
)
_CORRECT = FunctionError(1.0, 0.0, "assumed", "IEEE 754: square roots are rounded correctly")
# torch on the CPU takes fp32 and fp64 roots from MKL's vector functions, which do not round correctly: 1.0551 u was
# seen in fp64 at 0x1.0bd14203e677dp+0, where NumPy is within 1 u. In the half formats it takes fp32's and rounds once.
_TORCH_SQRT = ulps(1.0, "torch on CPU: oneMKL vector functions in high accuracy, below 1 ulp (oneMKL reference)")
_NONE = FunctionError(np.inf, np.inf, "assumed", "the framework has no such format")


@dataclass(frozen=True)
class Arithmetic:
    """How an implementation computes: the parameters of its bounds.

    name             for messages
    format           the format of inputs, results and, unless stated otherwise, of every operation. An operation
                     carried out in a wider format and rounded once errs no more, so that is always covered.
    exp, tanh, log, sqrt  errors of the elementwise functions
    softmax_exp      error of exp inside the softmax, which may be another routine
    tanh_derivative  ``sech2``: 4w / (1 + w)² with w = exp(−2|z|); ``one_minus_tanh2``: 1 − tanh², an absolute error;
                     ``factored``: g ↦ (g + g tanh)(1 − tanh), as JAX does it, an absolute error too
    accumulation     a wider format in which every reduction accumulates before it is rounded once; None: not known, any
                     order in ``format`` itself
    order            of summation in every reduction, where it is declared (``attnproof.derivations.bounds.order``);
                     unknown: any
    flushes          matrix products take subnormals for 0 and give 0 for them
    fused            a one-pass kernel: weights of the backward pass recomputed from the log-sum-exp, ρ from ⟨c̄, c⟩,
                     and tiles of ``tile`` keys merged by rescaling
    separated        tanh of a pre-activation a + b is taken as 1 − 2 f, f = 1/(1 + e^{2a} e^{2b}), sums of 1 and of f
                     apart, its derivative as 4 (f − f²): how far 1 − 2 f̂ is off, in u; None: tanh itself is evaluated
    assumptions      sentences, part of the contract
    """

    name: str
    format: Format
    exp: FunctionError
    softmax_exp: FunctionError
    tanh: FunctionError
    log: FunctionError
    tanh_derivative: TanhDerivative = "sech2"
    accumulation: Format | None = None
    order: Order = UNKNOWN
    flushes: bool = False
    fused: bool = False
    tile: int | None = None
    sqrt: FunctionError = _CORRECT
    separated: float | None = None
    assumptions: tuple[str, ...] = (
        "additions, products and quotients are rounded to nearest, ties to even",
        "gradual underflow (no flush to zero), except in functions and matrix products where the bound allows for it",
        "no reduced-precision matrix products (TF32 off, no reduction in a format narrower than the inputs')",
    )


class Declared(Protocol):
    """What is needed of ``attnproof.verify.implementations.builtin.Implementation``."""

    @property
    def name(self) -> str:
        """``torch-sdpa`` is the fused kernel."""

    @property
    def framework(self) -> Framework:
        """Whose exp and tanh it calls."""

    @property
    def tanh_derivative(self) -> TanhDerivative:
        """How its backward pass evaluates the derivative of tanh."""

    @property
    def arithmetic(self) -> Callable[[str], Arithmetic] | None:
        """From a format to how it computes, where it is not made of its framework's functions; None: it is."""


def arithmetic(implementation: Declared, dtype: str, device: str = "cpu") -> Arithmetic:
    """The arithmetic of an implementation in a format (``fp64`` …) on a device (``cpu``, ``cuda``).

    torch's ``scaled_dot_product_attention`` (``torch-sdpa``) counts as fused. Raises KeyError for an unknown format.
    """
    if implementation.arithmetic is not None:
        return implementation.arithmetic(dtype)
    return backend(
        implementation.framework,
        dtype,
        device,
        tanh_derivative=implementation.tanh_derivative,
        fused=implementation.name == "torch-sdpa",
    )


def backend(
    framework: Framework,
    dtype: str,
    device: str = "cpu",
    *,
    tanh_derivative: TanhDerivative = "sech2",
    fused: bool = False,
    documented: bool = False,
) -> Arithmetic:
    """The arithmetic of a framework. NumPy has no bf16: its functions get an infinite error, so its bounds abstain.

    documented: the functions need not be the library's own (compiled, XLA's, written by somebody else), so that what
    was recorded about those in fp32 may not hold; what the documentation promises stands for all of them. Half formats
    are not concerned: there a function is evaluated in fp32 and rounded once, by whomever.

    accumulation: torch on the CPU sums fp16 and bf16 in fp32 (products and reductions alike, ``at::opmath_type``);
    NumPy sums fp16 in fp32 or in fp16, depending on the axis, so nothing is assumed about it; nor about CUDA, where
    reductions of split products may be carried out in the format.
    flushes: the dot-product instructions for bf16 (AVX512-BF16, AMX) take subnormals for 0, and give 0 (Intel 64
    manual, VDPBF16PS); torch uses them, through oneDNN, for some sizes and in ``scaled_dot_product_attention``. XLA
    sets the processor to flush in every operation on the CPU, except in fp16, whose subnormals are normal in the fp32
    that it is computed in; what an addition loses by it is within what a product is allowed to lose.
    """
    if dtype not in FORMATS:
        raise KeyError(f"unknown format {dtype!r}; known formats: {', '.join(FORMATS)}")
    fmt = FORMATS[dtype]
    half = fmt.precision < FP32.precision
    # A fused kernel takes the logarithm of its sum by libm's function, not by the library's own.
    exp, tanh, log = (
        function_error(
            framework, name, dtype, device, documented=(documented and not half) or (fused and name == "log")
        )
        for name in ("exp", "tanh", "log")
    )
    return Arithmetic(
        f"{framework} {dtype} on {device}" + ", fused" * fused,
        fmt,
        exp=exp,
        softmax_exp=_fused_exp(fmt, device) if fused else softmax_exp_error(framework, dtype, device),
        tanh=tanh,
        log=log,
        tanh_derivative=tanh_derivative,
        accumulation=FP32 if half and framework == "torch" and device == "cpu" else None,
        flushes=(dtype == "bf16" and framework == "torch")
        or (dtype != "fp16" and framework == "jax" and device == "cpu"),
        fused=fused,
        tile=32 if fused else None,  # the smallest tile of any of torch's kernels, hence the most merges
        sqrt=_TORCH_SQRT if framework == "torch" and device == "cpu" and not half else _CORRECT,
    )


def function_error(
    framework: Framework, function: str, dtype: str, device: str = "cpu", *, documented: bool = False
) -> FunctionError:
    """The error of ``exp``, ``tanh`` or ``log`` in a framework.

    On the CPU exhaustively measured in half formats, and recorded in fp32 where the record holds here and
    ``documented`` figures are not asked for.
    """
    half = FORMATS[dtype].precision < FP32.precision
    if device == "cuda":
        return _THROUGH_FP32 if half else _CUDA
    if framework == "numpy" and dtype == "bf16":
        return _NONE
    if framework == "jax":
        return _of_jax(function, FORMATS[dtype])
    if half and documented:
        return _NUMPY if framework == "numpy" else _THROUGH_FP32
    if half:
        return measure(framework, function, dtype)
    if dtype == "fp32" and not documented and (known := recorded(framework, function)) is not None:
        return known
    if framework == "numpy":
        return _NUMPY
    return {"exp": _TORCH_EXP, "tanh": _TORCH_TANH, "log": _TORCH_LOG}[function]


def _of_jax(function: str, fmt: Format) -> FunctionError:
    """XLA on the CPU; half formats are computed in fp32 and rounded once, bf16's subnormal results flushed like
    fp32's.
    """
    lost = 2.0 ** (fmt.precision - 1)  # the smallest normal number, in η
    if fmt.precision < FP32.precision:
        return FunctionError(_THROUGH_FP32.relative, 1.0 if fmt.name == "fp16" else lost, "assumed", _JAX)
    return FunctionError(2.0 * _JAX_ULPS[function], lost, "assumed", _JAX)


def softmax_exp_error(framework: Framework, dtype: str, device: str = "cpu") -> FunctionError:
    """NumPy has no softmax, so exp is its exp; ``torch.softmax`` has a kernel of its own with Sleef's exp, whatever
    ``torch.exp`` is.
    """
    return function_error(framework, "exp", dtype, device, documented=framework == "torch")


def _fused_exp(fmt: Format, device: str) -> FunctionError:
    origin = f"fused kernel: exp_u20, at most {_FUSED_EXP_ULPS:g} ulp in fp32, results below the normal range flushed"
    if device == "cuda":
        return FunctionError(6.0, 2.0 ** (fmt.precision - 1), "assumed", "fused kernel: ex2.approx, 2 ulp, flushed")
    if fmt.precision < FP32.precision:  # computed in fp32, then rounded to the format for the product with V
        relative = 1.0 + 2 * 2 * _FUSED_EXP_ULPS * FP32.unit_roundoff / fmt.unit_roundoff
        return FunctionError(relative, 1.0 + FP32.smallest_normal / fmt.smallest_subnormal, "assumed", origin)
    return FunctionError(2 * _FUSED_EXP_ULPS, 2.0 ** (fmt.precision - 1), "assumed", origin)


# The bounds' own arithmetic: NumPy in float64, any order of summation.
OWN: Final = Arithmetic("the bounds' own float64", FP64, _NUMPY, _NUMPY, _NUMPY, _NUMPY)
