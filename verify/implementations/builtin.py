"""Every implementation under test behind one interface.

Inputs and results are float64 NumPy arrays: every value of fp32, bf16 and fp16 is a float64, so the cast to the
implementation's format and back loses nothing (inputs must be representable in the format;
``attnproof.verify.inputs.case`` sees to it).
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType, ModuleType, SimpleNamespace
from typing import Any, Final, Literal

import numpy as np
import torch

from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.scores.own import is_own, label
from attnproof.impl.codegen import own
from attnproof.impl.reference import numpy_attention, torch_attention
from attnproof.verify.arithmetic.backends import Arithmetic, backend
from attnproof.verify.arithmetic.formats import FP32, Array
from attnproof.verify.arithmetic.function_errors import NUMPY_DTYPES, Framework
from attnproof.verify.arithmetic.torch_dtypes import TORCH_DTYPES
from attnproof.verify.implementations.sample import Sample
from attnproof.verify.outcome import NO_CUDA, SKIPPED, UNSUPPORTED

Inputs = Mapping[str, Array]
Values = dict[str, Array]

ALL_SCORES: Final = tuple(FAMILIES)
OUTPUTS: Final = ("scores", "weights", "context")
Forward = Callable[[str, Inputs, str, str], Values]
Gradients = Callable[[str, Inputs, Array, str, str], Values]
OfScore = Callable[[str], Callable[..., Any]]


@dataclass(frozen=True)
class Implementation:
    """One implementation of attention.

    name       ``generated-numpy``, ``torch-sdpa`` ...
    framework  decides formats and devices, and whose functions it calls
    scores     the score families it computes
    outputs    which of scores, weights, context it returns
    options    which optional inputs it takes
    forward    ``(score, inputs, dtype, device) -> {output: float64 array}``
    gradients  ``(score, inputs, grad_context, dtype, device) -> {input: float64 array}``, the gradient of
               ``Σ grad_context · context`` with respect to every input given
    tanh_derivative  how its backward pass evaluates the derivative of tanh: ``sech2`` or ``one_minus_tanh2``
    own_scores whether it computes user scores too (``attnproof.derivations.scores.own``), with whatever options
    they have
    why_not    of a user score, why it does not compute it all the same; empty: it does
    arithmetic ``dtype -> Arithmetic`` where it is not made of its framework's functions and sums; None: it is
    (``attnproof.verify.arithmetic.backends``)
    library    the library that it needs beyond the main installation
    dtypes     formats that it computes in, where a library of its own decides; None: those of the framework
    sample     where the profile ``standard`` asks it; None: everywhere, in every profile
    call       ``score -> f(**arrays)`` of arrays of the library that it computes in; the outputs are attributes
    back       ``score -> f(grad_context=…, **arrays) -> {input: gradient}``; None: the library differentiates ``call``
    """

    name: str
    framework: Framework
    scores: tuple[str, ...]
    forward: Forward
    gradients: Gradients
    outputs: tuple[str, ...] = OUTPUTS
    options: tuple[str, ...] = ("bias_hidden", "softcap", "bias")
    tanh_derivative: Literal["sech2", "one_minus_tanh2"] = "sech2"
    own_scores: bool = False
    why_not: Callable[[str], str] = lambda _: ""
    arithmetic: Callable[[str], Arithmetic] | None = None
    library: str | None = None
    dtypes: tuple[str, ...] | None = None
    sample: Sample | None = None
    call: OfScore | None = None
    back: OfScore | None = None

    def values(self, score: str, inputs: Inputs, grad_context: Array, dtype: str, device: str) -> Values:
        """Outputs and gradients by the names of quantities: ``context``, ``grad.query`` …"""
        outputs = self.forward(score, inputs, dtype, device)
        gradients = self.gradients(score, inputs, grad_context, dtype, device)
        return {**outputs, **{f"grad.{name}": value for name, value in gradients.items()}}


def availability(
    implementation: Implementation, score: str, dtype: str, device: str, options: tuple[str, ...] = ()
) -> tuple[str, str] | None:
    """None when the combination can run here, else (outcome, reason): ``unsupported`` or ``skipped``."""
    by_its_user = is_own(score) and implementation.own_scores
    if score not in implementation.scores and not by_its_user:
        return UNSUPPORTED, f"{implementation.name} has no {label(score)} score"
    if by_its_user and (reason := implementation.why_not(score)):
        return UNSUPPORTED, f"{implementation.name}: {reason}"
    for option in options:
        if option not in implementation.options and not by_its_user:
            return UNSUPPORTED, f"{implementation.name} has no {option}"
    if implementation.library is not None:
        return _of_library(implementation, implementation.library, dtype, device)
    if implementation.framework == "numpy":
        if dtype not in NUMPY_DTYPES:
            return UNSUPPORTED, f"NumPy has no {dtype}"
        if device != "cpu":
            return UNSUPPORTED, "NumPy runs on the CPU only"
    elif device == "cuda" and not torch.cuda.is_available():
        return SKIPPED, NO_CUDA
    return None


def _of_library(implementation: Implementation, library: str, dtype: str, device: str) -> tuple[str, str] | None:
    if implementation.dtypes is not None and dtype not in implementation.dtypes:
        return UNSUPPORTED, f"{implementation.name} has no {dtype}"
    if (
        implementation.framework == "torch"
    ):  # kernels for CUDA; Triton's interpreter runs them on the CPU where it is asked to
        if device == "cuda" and not torch.cuda.is_available():
            return SKIPPED, NO_CUDA
        if device == "cpu" and os.environ.get("TRITON_INTERPRET") != "1":
            return UNSUPPORTED, f"{implementation.name} runs on CUDA, or on the CPU with TRITON_INTERPRET=1"
    elif device != "cpu":
        return SKIPPED, f"{implementation.name} is asked on the CPU only"
    if importlib.util.find_spec(library) is None:
        return SKIPPED, f"{library} is not installed"
    return None


def to_numpy(inputs: Inputs, dtype: str) -> dict[str, Any]:
    """The inputs as arrays of a format."""
    return {name: np.asarray(value).astype(NUMPY_DTYPES[dtype]) for name, value in inputs.items()}


def to_torch(inputs: Inputs, dtype: str, device: str, *, grad: bool = False) -> dict[str, torch.Tensor]:
    """The inputs as tensors of a format on a device."""
    return {
        name: torch.tensor(np.asarray(value), dtype=TORCH_DTYPES[dtype], device=device, requires_grad=grad)
        for name, value in inputs.items()
    }


def to_float64(array: Any) -> Array:
    """An array or a tensor, in float64."""
    if isinstance(array, torch.Tensor):
        array = array.detach().to("cpu", torch.float64).numpy()
    return np.asarray(array, dtype=np.float64)


def generated(target: str, score: str) -> ModuleType:
    """The module that was generated for a target and a score, a user's included."""
    if is_own(score):
        return own.program(target, score)
    return importlib.import_module(f"attnproof.impl.generated.{target}.{score}")


def autograd(context: torch.Tensor, given: Mapping[str, torch.Tensor], seed: torch.Tensor) -> dict[str, torch.Tensor]:
    """The gradient with respect to every tensor given."""
    return dict(zip(given, torch.autograd.grad(context, list(given.values()), seed), strict=True))


def by_name(function: Callable[..., Any]) -> OfScore:
    """Of ``function(score, arrays, …)``: what takes the arrays by name, and ``grad_context`` if that."""

    def of_score(score: str) -> Callable[..., Any]:
        def call(*, grad_context: Any = None, **given: Any) -> Any:
            return function(score, given) if grad_context is None else function(score, given, grad_context)

        return call

    return of_score


def attention_of(target: str) -> OfScore:
    """``attention`` of the modules that were generated for a target."""
    return lambda score: generated(target, score).attention


def in_arrays(
    name: str,
    framework: Framework,
    scores: tuple[str, ...],
    call: OfScore,
    back: OfScore | None = None,
    *,
    outputs: tuple[str, ...] = OUTPUTS,
    **declared: Any,
) -> Implementation:
    """The implementation that NumPy's or torch's arrays are handed to; without ``back`` autograd carries the gradient
    of its context back to every tensor.
    """

    def arrays(inputs: Inputs, dtype: str, device: str, *, grad: bool = False) -> dict[str, Any]:
        return to_torch(inputs, dtype, device, grad=grad) if framework == "torch" else to_numpy(inputs, dtype)

    def forward(score: str, inputs: Inputs, dtype: str, device: str) -> Values:
        result = call(score)(**arrays(inputs, dtype, device))
        return {name: to_float64(getattr(result, name)) for name in outputs}

    def gradients(score: str, inputs: Inputs, grad_context: Array, dtype: str, device: str) -> Values:
        given, seed = arrays(inputs, dtype, device, grad=back is None), arrays({"": grad_context}, dtype, device)[""]
        found = back(score)(grad_context=seed, **given) if back else autograd(call(score)(**given).context, given, seed)
        return {name: to_float64(found[name]) for name in inputs}

    return Implementation(name, framework, scores, forward, gradients, outputs, call=call, back=back, **declared)


def _sdpa(score: str, tensors: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """Torch's own attention; four axes, because only those reach its fused kernels."""
    lead = 4 - max(tensors[name].ndim for name in ("query", "key", "value"))
    if lead < 0:
        raise ValueError("scaled_dot_product_attention is checked with at most two batch dimensions")
    query, key, value = (tensors[name][(None,) * lead] for name in ("query", "key", "value"))
    bias = tensors.get("bias")
    context = torch.nn.functional.scaled_dot_product_attention(
        query, key, value, attn_mask=bias, scale=1.0 if score == "dot" else None
    )
    return context[(0,) * lead]


def _numpy_arithmetic(dtype: str) -> Arithmetic:
    """That of our own NumPy code: half precision is computed in single, and every result rounded once."""
    return replace(backend("numpy", dtype), accumulation=FP32 if dtype == "fp16" else None)


IMPLEMENTATIONS: Mapping[str, Implementation] = MappingProxyType(
    {
        implementation.name: implementation
        for implementation in (
            in_arrays(
                "generated-numpy",
                "numpy",
                ALL_SCORES,
                attention_of("numpy"),
                lambda score: generated("numpy", score).attention_backward,
                own_scores=True,
                arithmetic=_numpy_arithmetic,
            ),
            in_arrays("generated-torch", "torch", ALL_SCORES, attention_of("torch"), own_scores=True),
            in_arrays(
                "reference-numpy",
                "numpy",
                numpy_attention.SCORES,
                by_name(numpy_attention.attention),
                by_name(numpy_attention.gradients),
                arithmetic=_numpy_arithmetic,
            ),
            in_arrays(
                "reference-torch",
                "torch",
                torch_attention.SCORES,
                by_name(torch_attention.attention),
                by_name(torch_attention.gradients),
                tanh_derivative="one_minus_tanh2",
            ),
            in_arrays(
                "torch-sdpa",
                "torch",
                ("dot", "scaled_dot"),
                by_name(lambda score, given: SimpleNamespace(context=_sdpa(score, given))),
                outputs=("context",),
                options=("bias",),
            ),
        )
    }
)
