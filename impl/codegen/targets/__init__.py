"""Targets: for each a folder with syntax and template; its programs import ``impl/generated/NAME/_runtime.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from attnproof.impl.codegen.targets import jax, numpy, torch
from attnproof.impl.codegen.targets.fused import numba, pairs, separated, triton
from attnproof.impl.codegen.targets.fused.derived import SCORES
from attnproof.impl.codegen.text.module import Module
from attnproof.impl.codegen.text.printer import Syntax


@dataclass(frozen=True)
class Target:
    """A language or library to print programs for.

    name    also the folder under ``impl/generated/``
    render  a module's source text
    scores  names of the families that it has programs for; None: for all
    syntax  how it spells the operations of single formulas; None: it has none
    """

    name: str
    render: Callable[[Module], str]
    scores: tuple[str, ...] | None = None
    syntax: Syntax | None = None


def _by_name(*targets: Target) -> Mapping[str, Target]:
    return MappingProxyType({target.name: target for target in targets})


TARGETS = _by_name(
    Target("numpy", numpy.render, syntax=numpy.SYNTAX),
    Target("torch", torch.render, syntax=torch.SYNTAX),
    Target("jax", jax.render, syntax=jax.SYNTAX),
)


def _numba(module: Module) -> str:
    """The kernel of tanh separated where the score is a sum of those, else the kernel of pairs."""
    return numba.render(module) if module.family.name in SCORES else pairs.render(module)


#: kernels that compute a whole layer in one pass, for the scores that gain by it
FUSED = _by_name(
    Target("numba", _numba, (*pairs.SCORES, *SCORES)),
    Target("triton", triton.render, SCORES),
    Target("torch_separated", separated.render_torch, SCORES),
    Target("jax_separated", separated.render_jax, SCORES),
)
