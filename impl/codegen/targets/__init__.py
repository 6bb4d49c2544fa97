"""Targets: for each a folder with its syntax, its function table and its template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from attnproof.impl.codegen.targets import jax, numpy, torch
from attnproof.impl.codegen.targets.fused import numba, separated, triton
from attnproof.impl.codegen.targets.fused.derived import SCORES
from attnproof.impl.codegen.text.module import Module


@dataclass(frozen=True)
class Target:
    """A language or library to print programs for.

    name    also the folder under ``impl/generated/``
    render  a module's source text
    scores  names of the families that it has programs for; None: for all
    """

    name: str
    render: Callable[[Module], str]
    scores: tuple[str, ...] | None = None


def _by_name(*targets: Target) -> Mapping[str, Target]:
    return MappingProxyType({target.name: target for target in targets})


TARGETS = _by_name(Target("numpy", numpy.render), Target("torch", torch.render), Target("jax", jax.render))
#: kernels that compute a whole layer in one pass, for the scores that gain by it
FUSED = _by_name(
    Target("numba", numba.render, SCORES),
    Target("triton", triton.render, SCORES),
    Target("torch_separated", separated.render_torch, SCORES),
    Target("jax_separated", separated.render_jax, SCORES),
)
