"""The error of exp, tanh and log in NumPy, torch and JAX, measured: every input in half formats, seeded samples in fp32
and fp64.

    |computed f(x) − f(x)|  ≤  relative · u · |f(x)|  +  absolute · η

with u the unit roundoff and η the smallest subnormal of the format. Contiguous arrays take the libraries' vector code,
strided ones their scalar code; both are measured. An error of k ulp is at most ``2 k u`` relative, and k η among
subnormal results.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np
from flint import arb, ctx

from attnproof.verify.arithmetic.formats import BF16, FORMATS, FP16, FP64, TYPES, Array, Format
from attnproof.verify.unit import generator

Framework = Literal["numpy", "torch", "jax"]
FUNCTIONS: Final = ("exp", "tanh", "log")
NUMPY_DTYPES: Final[Mapping[str, Any]] = MappingProxyType(
    {name: getattr(np, theirs) for name, theirs in TYPES.items() if hasattr(np, theirs)}
)
SLACK: Final = 8 * FP64.unit_roundoff  # relative: what NumPy's float64 functions are assumed to err by


@dataclass(frozen=True)
class FunctionError:
    """``relative`` in units of u, ``absolute`` in units of the smallest subnormal; where the figures come from."""

    relative: float
    absolute: float
    grade: Literal["proved", "exhaustive", "sampled", "assumed"]
    origin: str

    def contradicts(self, measured: FunctionError) -> bool:
        """Whether a measurement exceeds these figures."""
        return measured.relative > self.relative or measured.absolute > self.absolute


def ulps(count: float, origin: str) -> FunctionError:
    """An assumption of ``count`` ulp."""
    return FunctionError(2.0 * count, count, "assumed", origin)


@dataclass(frozen=True)
class Record:
    """What ``measure`` gave once, for comparison only: the bounds use what it gives where they are evaluated.

    at       versions of NumPy and torch, and torch's CPU capability
    figures  (framework, function, format) -> (relative, absolute)
    """

    at: tuple[str, str, str]
    figures: Mapping[tuple[str, str, str], tuple[float, float]]


RECORDED: Final = Record(
    ("2.4.6", "2.13.0", "AVX512"),
    MappingProxyType(
        {
            ("numpy", "exp", "fp16"): (0.9992678561605809, 0.49984903055768237),
            ("numpy", "tanh", "fp16"): (0.9874897523327213, 1.2715667025986466e-06),
            ("numpy", "log", "fp16"): (0.9988604385398189, 0.0),
            ("torch", "exp", "fp16"): (0.9992678561605809, 0.49984903055768237),
            ("torch", "tanh", "fp16"): (0.9874897523327213, 1.2715667025986466e-06),
            ("torch", "log", "fp16"): (0.9988604385398189, 0.0),
            ("torch", "exp", "bf16"): (0.9941583649893448, 0.44422460136320335),
            ("torch", "tanh", "bf16"): (0.9484078000198809, 1.127986593019159e-13),
            ("torch", "log", "bf16"): (0.9951924031194583, 0.0),
        }
    ),
)


def patterns(fmt: Format) -> Array:
    """All 65,536 values of a 16-bit format, NaN among them, as float64."""
    bits = np.arange(1 << 16, dtype=np.uint16)
    if fmt == FP16:
        with np.errstate(invalid="ignore"):
            return bits.view(np.float16).astype(np.float64)
    if fmt == BF16:
        with np.errstate(invalid="ignore"):  # signalling NaNs become quiet ones
            return (bits.astype(np.uint32) << 16).view(np.float32).astype(np.float64)
    raise ValueError(f"only fp16 and bf16 have 65,536 values, not {fmt.name}")


@lru_cache(maxsize=64)
def measure(framework: Framework, function: str, dtype: str) -> FunctionError:
    """The error of a function in fp16 or bf16 over all inputs whose result does not overflow: exhaustive.

    The reference is the float64 function of NumPy, whose own error (8 u(fp64) relative, assumed) is added.
    Raises ValueError when a result is NaN or infinite where it should not be.
    """
    fmt = FORMATS[dtype]
    inputs = patterns(fmt)
    inputs = inputs[~np.isnan(inputs)]
    if (
        framework == "jax" and function == "log"
    ):  # XLA takes a subnormal argument for 0; sums of exponentials are at least 1
        inputs = inputs[np.abs(inputs) >= fmt.smallest_normal]
    with np.errstate(all="ignore"):
        reference = np.asarray(getattr(np, function)(inputs), dtype=np.float64)
    keep = np.abs(reference) <= fmt.max
    return _errors(
        framework, function, fmt, inputs[keep], reference[keep], SLACK, "exhaustive", "all inputs, measured here"
    )


def sample(framework: Framework, function: str, dtype: str, count: int, seed: int = 0) -> FunctionError:
    """The largest error over ``count`` seeded random inputs in fp32 or fp64, against ball arithmetic of 100 bits.

    exp: half of the inputs in [log of the smallest subnormal, 0], half in [−1, 1]; tanh: in [−10, 10] and [−1, 1]; log:
    the logarithms of the inputs over the whole normal range, and in [−1, 1].
    """
    fmt = FORMATS[dtype]
    rng = generator(seed, "backends", framework, function, dtype)
    lowest = {"exp": np.log(fmt.smallest_subnormal), "tanh": -10.0, "log": np.log(fmt.smallest_normal)}[function]
    highest = {"exp": 0.0, "tanh": 10.0, "log": np.log(fmt.max)}[function]
    wide, narrow = rng.uniform(lowest, highest, count - count // 2), rng.uniform(-1.0, 1.0, count // 2)
    drawn = np.concatenate([wide, narrow])
    inputs = fmt.round(np.exp(drawn) if function == "log" else drawn)
    exact = _ball(function, inputs)
    # Rounding the reference to float64 would cost fp64 half an ulp; so the difference is taken in ball arithmetic.
    return _errors(framework, function, fmt, inputs, exact, 0.0, "sampled", f"{count} inputs, seed {seed}")


def _ball(function: str, inputs: Array) -> list[arb]:
    with_precision = ctx.prec
    ctx.prec = 100
    try:
        return [getattr(arb(float(x)), function)() for x in inputs]
    finally:
        ctx.prec = with_precision


def _errors(
    framework: Framework,
    function: str,
    fmt: Format,
    inputs: Array,
    reference: Array | list[arb],
    slack: float,
    grade: Literal["exhaustive", "sampled"],
    origin: str,
) -> FunctionError:
    """The two figures of the model: relative over normal results, absolute over subnormal ones (and zeros)."""
    relative = absolute = 0.0
    size = np.abs(np.array([float(r) for r in reference]) if isinstance(reference, list) else reference)
    normal = size >= fmt.smallest_normal
    for layout, strided in (("contiguous", False), ("strided", True)):
        computed = _apply(framework, function, fmt, inputs, strided=strided)
        if not np.all(np.isfinite(computed)):
            worst = float(inputs[~np.isfinite(computed)][0])
            raise ValueError(f"{framework} {function} in {fmt.name} ({layout}) is not finite at {worst.hex()}")
        if isinstance(reference, list):
            error = np.array([float(abs(arb(float(c)) - r)) for c, r in zip(computed, reference, strict=True)])
        else:
            error = np.abs(computed - reference)
        error = error + slack * size
        relative = max(relative, float(np.max(error[normal] / size[normal], initial=0.0)) / fmt.unit_roundoff)
        absolute = max(absolute, float(np.max(error[~normal], initial=0.0)) / fmt.smallest_subnormal)
    return FunctionError(relative, absolute, grade, f"{framework} {function} in {fmt.name}: {origin}")


def computed(
    framework: Framework, function: str, fmt: Format, inputs: Array, *, strided: bool = False, device: str = "cpu"
) -> Array:
    """``exp``, ``tanh`` or ``log`` of a framework in its own format, on float64 inputs that are values of the format;
    float64 again.

    strided: every other element of a longer array, which may take other code than a contiguous one.
    """
    if device == "cpu":
        return _apply(framework, function, fmt, inputs, strided=strided)
    return _in_torch(function, fmt, inputs, step=2 if strided else 1, device=device)


def _apply(framework: Framework, function: str, fmt: Format, inputs: Array, *, strided: bool) -> Array:
    """``function`` in the framework's format, from and to float64; strided inputs take the scalar code."""
    step = 2 if strided else 1
    if framework == "torch":
        return _in_torch(function, fmt, inputs, step=step, device="cpu")
    if framework == "jax":
        return _through_xla(function, fmt, inputs, fused=strided)
    array: np.ndarray[Any, Any] = np.zeros(step * len(inputs), dtype=NUMPY_DTYPES[fmt.name])[::step]
    array[:] = inputs
    with np.errstate(all="ignore"), warnings.catch_warnings():
        return np.asarray(getattr(np, function)(array), dtype=np.float64)


def _in_torch(function: str, fmt: Format, inputs: Array, *, step: int, device: str) -> Array:
    """On every ``step``-th element of an array."""
    import torch  # where something is measured: importing it takes longer than all else

    from attnproof.verify.arithmetic.torch_dtypes import TORCH_DTYPES

    tensor = torch.zeros(step * len(inputs), dtype=TORCH_DTYPES[fmt.name], device=device)[::step]
    tensor.copy_(torch.from_numpy(inputs))
    return np.asarray(getattr(torch, function)(tensor).to("cpu", torch.float64).numpy(), dtype=np.float64)


def _through_xla(function: str, fmt: Format, inputs: Array, *, fused: bool) -> Array:
    """Compiled by XLA for the CPU, alone, or between two products in one kernel: JAX's arrays have no strides to take
    other code for.
    """
    import jax

    cpu = jax.devices("cpu")[0]
    operation: Callable[[Any], Any] = getattr(jax.numpy, function)
    with jax.enable_x64(True), jax.default_device(cpu):
        one = jax.numpy.ones((), dtype=jax.numpy.dtype(TYPES[fmt.name]))
        array = jax.numpy.asarray(inputs, dtype=one.dtype)
        kernel = jax.jit(lambda x, factor: operation(x * factor) * factor if fused else operation(x))
        return np.asarray(kernel(array, one)).astype(np.float64)
