"""Every implementation under test behind one interface.

Inputs and results are float64 NumPy arrays: every value of fp32, bf16 and fp16 is a float64, so the cast to the
implementation's format and back loses nothing (inputs must be representable in the format; ``verify.case`` sees to it).
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType, ModuleType
from typing import Any, Final, Literal

import numpy as np
import torch

from derivations.own import is_own, label
from impl.codegen import own
from impl.reference import numpy_attention, torch_attention
from verify.outcome import NO_CUDA, SKIPPED, UNSUPPORTED

Array = np.ndarray[Any, np.dtype[np.float64]]
Inputs = Mapping[str, Array]
Values = dict[str, Array]

NUMPY_DTYPES: Final = MappingProxyType({"fp64": np.float64, "fp32": np.float32, "fp16": np.float16})
TORCH_DTYPES: Final = MappingProxyType(
    {"fp64": torch.float64, "fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
)
JAX_DTYPES: Final = MappingProxyType({"fp64": "float64", "fp32": "float32", "bf16": "bfloat16", "fp16": "float16"})
NO_JAX: Final = "jax is not installed"
ALL_SCORES: Final = ("dot", "scaled_dot", "bilinear", "additive", "concat")
OUTPUTS: Final = ("scores", "weights", "context")


@dataclass(frozen=True)
class Implementation:
    """One implementation of attention.

    name       ``generated-numpy``, ``torch-sdpa`` ...
    framework  decides formats and devices
    scores     the score families it computes
    outputs    which of scores, weights, context it returns
    options    which optional inputs it takes
    forward    ``(score, inputs, dtype, device) -> {output: float64 array}``
    gradients  ``(score, inputs, grad_context, dtype, device) -> {input: float64 array}``, the gradient of
               ``Σ grad_context · context`` with respect to every input given
    tanh_derivative  how its backward pass evaluates the derivative of tanh: ``sech2`` or ``one_minus_tanh2``
    own_scores whether it computes scores of one's own too (``derivations.own``), with whatever options they have
    """

    name: str
    framework: Literal["numpy", "torch", "jax"]
    scores: tuple[str, ...]
    forward: Callable[[str, Inputs, str, str], Values]
    gradients: Callable[[str, Inputs, Array, str, str], Values]
    outputs: tuple[str, ...] = OUTPUTS
    options: tuple[str, ...] = ("bias_hidden", "softcap", "bias")
    tanh_derivative: Literal["sech2", "one_minus_tanh2"] = "sech2"
    own_scores: bool = False


def availability(
    implementation: Implementation, score: str, dtype: str, device: str, options: tuple[str, ...] = ()
) -> tuple[str, str] | None:
    """None when the combination can run here, else (outcome, reason): ``unsupported`` or ``skipped``."""
    by_its_user = is_own(score) and implementation.own_scores
    if score not in implementation.scores and not by_its_user:
        return UNSUPPORTED, f"{implementation.name} has no {label(score)} score"
    for option in options:
        if option not in implementation.options and not by_its_user:
            return UNSUPPORTED, f"{implementation.name} has no {option}"
    if implementation.framework == "numpy":
        if dtype not in NUMPY_DTYPES:
            return UNSUPPORTED, f"NumPy has no {dtype}"
        if device != "cpu":
            return UNSUPPORTED, "NumPy runs on the CPU only"
    elif implementation.framework == "jax":
        if importlib.util.find_spec("jax") is None:
            return SKIPPED, NO_JAX
        if device != "cpu":
            return SKIPPED, "JAX is asked on the CPU only"
    elif device == "cuda" and not torch.cuda.is_available():
        return SKIPPED, NO_CUDA
    return None


def _to_numpy(inputs: Inputs, dtype: str) -> dict[str, Any]:
    return {name: np.asarray(value).astype(NUMPY_DTYPES[dtype]) for name, value in inputs.items()}


def _to_torch(inputs: Inputs, dtype: str, device: str, *, grad: bool = False) -> dict[str, torch.Tensor]:
    return {
        name: torch.tensor(np.asarray(value), dtype=TORCH_DTYPES[dtype], device=device, requires_grad=grad)
        for name, value in inputs.items()
    }


def _from_torch(tensor: torch.Tensor) -> Array:
    return np.asarray(tensor.detach().to("cpu", torch.float64).numpy())


def _from_numpy(array: Any) -> Array:
    return np.asarray(array, dtype=np.float64)


def _generated(target: str, score: str) -> ModuleType:
    if is_own(score):
        return own.program(target, score)
    return importlib.import_module(f"impl.generated.{target}.{score}")


def _generated_numpy_forward(score: str, inputs: Inputs, dtype: str, device: str) -> Values:
    del device
    result = _generated("numpy", score).attention(**_to_numpy(inputs, dtype))
    return {name: _from_numpy(getattr(result, name)) for name in OUTPUTS}


def _generated_numpy_gradients(score: str, inputs: Inputs, grad_context: Array, dtype: str, device: str) -> Values:
    del device
    seed = np.asarray(grad_context).astype(NUMPY_DTYPES[dtype])
    result = _generated("numpy", score).attention_backward(seed, **_to_numpy(inputs, dtype))
    return {name: _from_numpy(result[name]) for name in inputs}


def _generated_torch_forward(score: str, inputs: Inputs, dtype: str, device: str) -> Values:
    result = _generated("torch", score).attention(**_to_torch(inputs, dtype, device))
    return {name: _from_torch(getattr(result, name)) for name in OUTPUTS}


def _torch_gradients(context: torch.Tensor, tensors: dict[str, torch.Tensor], grad_context: Array) -> Values:
    """The gradients that autograd carries from ``context`` back to every tensor."""
    seed = torch.tensor(grad_context, dtype=context.dtype, device=context.device)
    found = torch.autograd.grad(context, list(tensors.values()), seed)
    return {name: _from_torch(gradient) for name, gradient in zip(tensors, found, strict=True)}


def _generated_torch_gradients(score: str, inputs: Inputs, grad_context: Array, dtype: str, device: str) -> Values:
    tensors = _to_torch(inputs, dtype, device, grad=True)
    return _torch_gradients(_generated("torch", score).attention(**tensors).context, tensors, grad_context)


def _generated_jax_forward(score: str, inputs: Inputs, dtype: str, device: str) -> Values:
    del device
    with _jax_double() as jnp:
        arguments = {name: jnp.asarray(value).astype(JAX_DTYPES[dtype]) for name, value in inputs.items()}
        result = _generated("jax", score).attention(**arguments)
        return {name: _from_numpy(getattr(result, name)) for name in OUTPUTS}


def _generated_jax_gradients(score: str, inputs: Inputs, grad_context: Array, dtype: str, device: str) -> Values:
    """By ``jax.vjp``, so that it is the rule given to JAX that answers."""
    del device
    with _jax_double() as jnp:
        arguments = {name: jnp.asarray(value).astype(JAX_DTYPES[dtype]) for name, value in inputs.items()}
        module = _generated("jax", score)
        context, pull = importlib.import_module("jax").vjp(lambda own: module.attention(**own).context, arguments)
        (result,) = pull(jnp.asarray(grad_context).astype(context.dtype))
        return {name: _from_numpy(result[name]) for name in inputs}


@contextmanager
def _jax_double() -> Iterator[ModuleType]:
    """``jax.numpy`` with 64-bit types, on the CPU."""
    jax = importlib.import_module("jax")
    with jax.enable_x64(True), jax.default_device(jax.devices("cpu")[0]):
        yield importlib.import_module("jax.numpy")


def _reference_numpy_forward(score: str, inputs: Inputs, dtype: str, device: str) -> Values:
    del device
    result = numpy_attention.attention(score, _to_numpy(inputs, dtype))
    return {name: _from_numpy(getattr(result, name)) for name in OUTPUTS}


def _reference_numpy_gradients(score: str, inputs: Inputs, grad_context: Array, dtype: str, device: str) -> Values:
    del device
    seed = np.asarray(grad_context).astype(NUMPY_DTYPES[dtype])
    result = numpy_attention.gradients(score, _to_numpy(inputs, dtype), seed)
    return {name: _from_numpy(result[name]) for name in inputs}


def _reference_torch_forward(score: str, inputs: Inputs, dtype: str, device: str) -> Values:
    result = torch_attention.attention(score, _to_torch(inputs, dtype, device))
    return {name: _from_torch(getattr(result, name)) for name in OUTPUTS}


def _reference_torch_gradients(score: str, inputs: Inputs, grad_context: Array, dtype: str, device: str) -> Values:
    tensors = _to_torch(inputs, dtype, device)
    seed = torch.tensor(np.asarray(grad_context), dtype=TORCH_DTYPES[dtype], device=device)
    result = torch_attention.gradients(score, tensors, seed)
    return {name: _from_torch(result[name]) for name in inputs}


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


def _sdpa_forward(score: str, inputs: Inputs, dtype: str, device: str) -> Values:
    return {"context": _from_torch(_sdpa(score, _to_torch(inputs, dtype, device)))}


def _sdpa_gradients(score: str, inputs: Inputs, grad_context: Array, dtype: str, device: str) -> Values:
    tensors = _to_torch(inputs, dtype, device, grad=True)
    return _torch_gradients(_sdpa(score, tensors), tensors, grad_context)


IMPLEMENTATIONS: Mapping[str, Implementation] = MappingProxyType(
    {
        implementation.name: implementation
        for implementation in (
            Implementation(
                "generated-numpy",
                "numpy",
                ALL_SCORES,
                _generated_numpy_forward,
                _generated_numpy_gradients,
                own_scores=True,
            ),
            Implementation(
                "generated-torch",
                "torch",
                ALL_SCORES,
                _generated_torch_forward,
                _generated_torch_gradients,
                own_scores=True,
            ),
            Implementation(
                "reference-numpy", "numpy", ALL_SCORES, _reference_numpy_forward, _reference_numpy_gradients
            ),
            Implementation(
                "reference-torch",
                "torch",
                ALL_SCORES,
                _reference_torch_forward,
                _reference_torch_gradients,
                tanh_derivative="one_minus_tanh2",
            ),
            Implementation(
                "torch-sdpa",
                "torch",
                ("dot", "scaled_dot"),
                _sdpa_forward,
                _sdpa_gradients,
                outputs=("context",),
                options=("bias",),
            ),
        )
    }
)

# Implementations in libraries that the main installation does not bring.
OPTIONAL: Mapping[str, Implementation] = MappingProxyType(
    {
        "generated-jax": Implementation(
            "generated-jax", "jax", ALL_SCORES, _generated_jax_forward, _generated_jax_gradients, own_scores=True
        )
    }
)
EVERY: Mapping[str, Implementation] = MappingProxyType({**IMPLEMENTATIONS, **OPTIONAL})
