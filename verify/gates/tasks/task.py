"""A task: what a kernel is to compute."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from attnproof.verify.gates.rules.gate import Law

Sizes = Mapping[str, int]
Family = Literal["attention", "normalisation", "other"]
WIDE = 9.0  # make_tensor's floating-point numbers lie in [-9, 9)


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be computed.

    names      of the inputs, in order
    says       the formula
    plain      an unfused program of it, the one that mutants are made of
    reference  what benchmarks compare with: torch's own operator where there is one
    draw       law, sizes, generator -> the inputs in fp32 (integers as they are)
    truth      inputs as nested lists of floats -> the true values as nested lists of mpmath numbers, by another road
    sizes      sizes asked, by benchmark; under "" those of the others
    longest    terms in the longest sum
    pairs      a size that must be even; empty: none
    reduced    what the benchmark's own size is, where less of it is asked
    """

    name: str
    family: Family
    names: tuple[str, ...]
    says: str
    plain: Callable[..., Tensor]
    reference: Callable[..., Tensor]
    draw: Callable[[Law, Sizes, torch.Generator], tuple[Tensor, ...]]
    truth: Callable[..., Any]
    sizes: Mapping[str, Sizes]
    tiny: Sizes
    longest: Callable[[Sizes], int]
    reduced: str
    pairs: str = ""

    def at(self, gate: str) -> Sizes:
        """The sizes at which the gate of this name asks."""
        return next((sizes for name, sizes in self.sizes.items() if name and gate.startswith(name)), self.sizes[""])


def numbers(law: Law, generator: torch.Generator, *shape: int) -> Tensor:
    """Numbers of a law in fp32."""
    if law == "normal":
        return torch.randn(*shape, generator=generator)
    found = torch.rand(*shape, generator=generator)
    return found if law == "uniform" else WIDE * (2 * found - 1)


def linear(law: Law, generator: torch.Generator, width: int, *shape: int) -> Tensor:
    """Weights of a layer of ``width`` inputs: torch's initial ones for the uniform law, else scaled by 1/√width."""
    if law == "uniform":
        return (2 * torch.rand(*shape, generator=generator) - 1) / math.sqrt(width)
    return numbers(law, generator, *shape) / math.sqrt(width)
