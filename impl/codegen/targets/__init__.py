"""Targets: for each a folder with its syntax, its function table, its template and its runtime."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from attnproof.impl.codegen.targets import jax, numpy, torch
from attnproof.impl.codegen.targets.fused import numba, separated, triton
from attnproof.impl.codegen.text.module import Module


@dataclass(frozen=True)
class Target:
    """A language or library to print programs for.

    name     also the folder under ``impl/generated/``
    render   a module's source text
    runtime  source of the functions that every generated module imports
    """

    name: str
    render: Callable[[Module], str]
    runtime: Path


TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        "numpy": Target("numpy", numpy.render, numpy.RUNTIME),
        "torch": Target("torch", torch.render, torch.RUNTIME),
        "jax": Target("jax", jax.render, jax.RUNTIME),
    }
)


@dataclass(frozen=True)
class Fused:
    """A target of kernels that compute a whole layer in one pass, for the scores that gain by it.

    name    also the folder under ``impl/generated/``
    scores  names of the families that it has kernels for
    render  a module's source text
    files   further files of that folder, by name
    """

    name: str
    scores: tuple[str, ...]
    render: Callable[[Module], str]
    files: Mapping[str, Path]


FUSED: Mapping[str, Fused] = MappingProxyType(
    {
        "numba": Fused(
            "numba",
            numba.SCORES,
            numba.render,
            {"_packs.py": numba.PACKS, "_runtime.py": numba.RUNTIME, "_autograd.py": numba.AUTOGRAD},
        ),
        "triton": Fused("triton", triton.SCORES, triton.render, {"_runtime.py": triton.RUNTIME}),
        "torch_separated": Fused("torch_separated", separated.SCORES, separated.render_torch, {}),
        "jax_separated": Fused("jax_separated", separated.SCORES, separated.render_jax, {}),
    }
)
