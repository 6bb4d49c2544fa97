"""What a score declares: the shapes of its arguments, which are parameters, and how a layer starts those."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from attnproof.impl.fused import COMMON


@dataclass(frozen=True)
class Declared:
    """A score as its generated torch program declares it.

    name      how the door and the programs call it: ``additive``, ``file.py:name#0123456789ab``
    operator  how its operator is called: ``additive``, ``name_0123456789ab``
    shapes    the axes of every array that it takes, in the program's order; ``...`` where batch axes are allowed
    required  the arguments that must be given
    """

    name: str
    operator: str
    shapes: Mapping[str, tuple[str, ...]]
    required: frozenset[str]

    @property
    def arguments(self) -> tuple[str, ...]:
        """Every array that the program takes, in its order."""
        return tuple(self.shapes)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Its own parameters: what is no query, key, value, soft-cap or bias."""
        return tuple(name for name in self.shapes if name not in COMMON)

    @property
    def optional(self) -> tuple[str, ...]:
        """The parameters that may be left out."""
        return tuple(name for name in self.parameters if name not in self.required)

    @property
    def own(self) -> bool:
        """Whether a user brings it."""
        return ":" in self.name

    @property
    def sizes(self) -> tuple[str, ...]:
        """The sizes that the shapes of its parameters are made of, in order of appearance."""
        parts = (part for name in self.parameters for axis in self.shapes[name] for part in axis.split(" + "))
        return tuple(dict.fromkeys(parts))

    def shape(self, name: str, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """The shape of a parameter."""
        return tuple(sum(sizes[part] for part in axis.split(" + ")) for axis in self.shapes[name])


def declared(score: str) -> Declared:
    """What a built-in score, or one named ``file.py:name``, declares.

    Raises KeyError for an unknown score, ValueError for a mistake in a file.
    """
    name = score if ":" not in score else str(_own("attnproof.derivations.scores.own").pinned(score))
    head, _, digest = name.rpartition("#")
    operator = f"{head.rpartition(':')[2]}_{digest}" if digest and head else name
    found = program(name)
    return Declared(name, operator, dict(found.SHAPES), found.REQUIRED)


@cache
def program(name: str) -> ModuleType:
    """The generated torch program of a score, a user's by its pinned name."""
    if ":" in name:
        own: ModuleType = _own("attnproof.impl.codegen.own").program("torch", name)
        return own
    builtin: ModuleType = importlib.import_module("attnproof.impl.fused")._program(name)
    return builtin


def _own(module: str) -> Any:
    return importlib.import_module(module)  # late: SymPy, which only a user's score needs


@torch.no_grad()
def start(score: Declared, name: str, parameter: Tensor) -> None:
    """Set a parameter to what it is in a new layer.

    Matrices: Xavier's uniform numbers, as in ``torch.nn.MultiheadAttention``; vectors: uniform within 1/√length, as in
    a ``torch.nn.Linear`` to one unit; what may be left out: 0, which is as if it were; numbers: 1.
    """
    if name in score.optional:
        parameter.zero_()
    elif parameter.ndim > 1:
        nn.init.xavier_uniform_(parameter)
    elif parameter.ndim == 1:
        edge = parameter.numel() ** -0.5
        parameter.uniform_(-edge, edge)
    else:
        parameter.fill_(1.0)
