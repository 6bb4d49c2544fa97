"""Implementations in libraries that the main installation does not bring, each one entry of ``OPTIONAL``; ``EVERY`` has
all there are.

To add one: ``forward`` and ``gradients`` in float64 NumPy arrays, the library's name, the formats it computes in, its
arithmetic if that is not its framework's, and a sample if it is slow to start. Without the library its rows are
``skipped``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from types import MappingProxyType, ModuleType, SimpleNamespace
from typing import Any, Final

import numpy as np

from attnproof.impl.codegen.own import why_not_fused
from attnproof.impl.codegen.targets.fused.pairs import SCORES as PAIRS
from attnproof.verify.arithmetic.formats import TYPES, Array
from attnproof.verify.arithmetic.fused import numba_arithmetic, pairs_arithmetic, triton_arithmetic
from attnproof.verify.implementations import interpreter
from attnproof.verify.implementations.builtin import (
    ALL_SCORES,
    IMPLEMENTATIONS,
    OUTPUTS,
    Implementation,
    Inputs,
    OfScore,
    Values,
    attention_of,
    generated,
    in_arrays,
)
from attnproof.verify.implementations.sample import OWN, Sample


@contextmanager
def _jax_double() -> Iterator[ModuleType]:
    """JAX with 64-bit types, on the CPU."""
    jax = importlib.import_module("jax")
    with jax.enable_x64(True), jax.default_device(jax.devices("cpu")[0]):
        yield jax


@lru_cache(maxsize=16)
def _jax_program(score: str) -> Callable[..., Any]:
    """Outputs and gradients as one compiled program: compiling is what takes time, and once is less than twice.

    By ``jax.vjp`` under ``jax.jit``, so that it is the rule given to JAX that answers, and XLA may fuse as it does for
    a user.
    """
    jax = importlib.import_module("jax")
    module = generated("jax", score)

    def program(inputs: Mapping[str, Any], grad_context: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        def context(given: Mapping[str, Any]) -> tuple[Any, Any]:
            result = module.attention(**given)
            return result.context, result

        _, pull, result = jax.vjp(context, inputs, has_aux=True)
        (gradients,) = pull(grad_context)
        return {name: getattr(result, name) for name in OUTPUTS}, gradients

    compiled: Callable[..., Any] = jax.jit(program)
    return compiled


def _jax(score: str, inputs: Inputs, grad_context: Array | None, dtype: str) -> tuple[Values, Values]:
    with _jax_double() as jax:
        kind = jax.numpy.dtype(TYPES[dtype])
        if grad_context is None:
            batch = np.broadcast_shapes(
                *(inputs[n].shape[:-2] for n in ("query", "key", "value", "bias") if n in inputs)
            )
            grad_context = np.zeros((*batch, inputs["query"].shape[-2], inputs["value"].shape[-1]))
        given = {name: np.asarray(value).astype(kind) for name, value in inputs.items()}
        found = _jax_program(score)(given, np.asarray(grad_context).astype(kind))
        outputs, gradients = ({name: np.asarray(x).astype(np.float64) for name, x in part.items()} for part in found)
        return outputs, gradients


def _jax_forward(score: str, inputs: Inputs, dtype: str, device: str) -> Values:
    del device
    return _jax(score, inputs, None, dtype)[0]


def _jax_gradients(score: str, inputs: Inputs, grad_context: Array, dtype: str, device: str) -> Values:
    del device
    return _jax(score, inputs, grad_context, dtype)[1]


def _fused(target: str, score: str) -> ModuleType:
    """The module of a fused target; where Triton interprets it, with the multiply-add that it is proved for."""
    found = generated(target, score)
    if getattr(found, "INTERPRETED", False):
        interpreter.install()
    return found


def _fused_call(target: str) -> OfScore:
    def of_score(score: str) -> Callable[..., Any]:
        module = _fused(target, score)
        scores, attention = module.scores, module.attention

        def call(**given: Any) -> SimpleNamespace:
            of_scores = {name: x for name, x in given.items() if name not in ("value", "softcap", "bias")}
            return SimpleNamespace(scores=scores(**of_scores), context=attention(**given).context)

        return call

    return of_score


def _fused_back(target: str) -> OfScore:
    return lambda score: _fused(target, score).attention_backward


# Each score where its module has most to do: broadcast and summed over a batch, with rows that are all masked, with
# every option. Half formats take XLA twice as long, and most of their comparisons abstain: one score is enough of them.
_JAX_SAMPLE: Final = Sample(
    MappingProxyType(
        {
            "dot": ("broadcast",),
            "scaled_dot": ("masked_row",),
            "bilinear": ("every_option",),
            "additive": ("every_option",),
            "concat": ("every_option",),
            OWN: ("every_option",),
        }
    ),
    MappingProxyType({"dot": ("fp32",), "scaled_dot": tuple(TYPES)}),
)
# ``wide`` has several groups of units and strips of keys, the others one.
_FUSED_SAMPLE: Final = Sample(
    MappingProxyType({"additive": ("base", "broadcast", "masked_row", "every_option", "wide")})
)

# Numba takes up to half a minute for each format of a score.
_PAIRS_SAMPLE: Final = Sample(
    MappingProxyType({"scaled_dot": ("every_option",), OWN: ("every_option",)}),
    MappingProxyType({"scaled_dot": ("fp32",), OWN: ("fp32",)}),
)

SCORES_AND_CONTEXT: Final = ("scores", "context")  # the weights are never made
OPTIONAL: Mapping[str, Implementation] = MappingProxyType(
    {
        implementation.name: implementation
        for implementation in (
            Implementation(
                "generated-jax",
                "jax",
                ALL_SCORES,
                _jax_forward,
                _jax_gradients,
                own_scores=True,
                library="jax",
                sample=_JAX_SAMPLE,
                call=attention_of("jax"),
            ),
            in_arrays(
                "fused-numba",
                "numpy",
                ("additive",),
                _fused_call("numba"),
                _fused_back("numba"),
                outputs=SCORES_AND_CONTEXT,
                arithmetic=numba_arithmetic,
                library="numba",
                dtypes=("fp64", "fp32"),
                sample=_FUSED_SAMPLE,
            ),
            in_arrays(
                "fused-pairs",
                "numpy",
                PAIRS,
                _fused_call("numba"),
                _fused_back("numba"),
                outputs=SCORES_AND_CONTEXT,
                options=("softcap", "bias"),
                own_scores=True,
                why_not=why_not_fused,
                arithmetic=pairs_arithmetic,
                library="numba",
                dtypes=("fp64", "fp32"),
                sample=_PAIRS_SAMPLE,
            ),
            in_arrays(
                "fused-triton",
                "torch",
                ("additive",),
                _fused_call("triton"),
                _fused_back("triton"),
                outputs=SCORES_AND_CONTEXT,
                arithmetic=triton_arithmetic,
                library="triton",
                dtypes=("fp64", "fp32"),
                sample=_FUSED_SAMPLE,
            ),
        )
    }
)
EVERY: Mapping[str, Implementation] = MappingProxyType({**IMPLEMENTATIONS, **OPTIONAL})
