"""Arrays of every target that has generated modules, discovered from the folder of targets."""

from __future__ import annotations

import importlib
import importlib.util
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import pytest
import torch

from attnproof.impl.codegen.targets import TARGETS as _TARGETS

NUMPY = {"fp64": np.float64, "fp32": np.float32, "fp16": np.float16}
TORCH = {"fp64": torch.float64, "fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
JAX = {"fp64": "float64", "fp32": "float32", "fp16": "float16", "bf16": "bfloat16"}
FORMS: dict[str, dict[str, Any]] = {"numpy": NUMPY, "torch": TORCH, "jax": JAX}
TARGETS = tuple(_TARGETS)


def of(target: str, *others: Any, slow: bool = False) -> Any:
    """A parameter set for ``target`` and what belongs to it; skipped where the target's library is not installed."""
    missing = importlib.util.find_spec(target) is None
    marks = [pytest.mark.skipif(missing, reason=f"no {target}"), *[pytest.mark.slow] * slow]
    return pytest.param(target, *others, marks=marks)


def array(target: str, values: Any, form: str = "fp64") -> Any:
    """``values`` as an array of the target."""
    if target == "jax":
        jnp = importlib.import_module("jax.numpy")
        return jnp.asarray(values).astype(JAX[form])
    if target == "torch":
        return torch.tensor(np.asarray(values), dtype=TORCH[form])
    return np.asarray(values).astype(NUMPY[form])


def as_numpy(found: Any) -> np.ndarray:
    """An array of any target in double precision."""
    return np.asarray(found.to(torch.float64) if isinstance(found, torch.Tensor) else found).astype(np.float64)


def double(target: object) -> AbstractContextManager[object]:
    """The setting in which the target has double precision."""
    if target != "jax" or importlib.util.find_spec("jax") is None:
        return nullcontext()
    scope: AbstractContextManager[object] = importlib.import_module("jax").enable_x64(True)
    return scope
