"""A gate: with which inputs, and how often, a kernel is compared with a reference, and when it counts as correct."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

Law = Literal["uniform", "normal", "wide"]


@dataclass(frozen=True)
class Asked:
    """What a rule may look at beside the two results.

    law      of the inputs
    dtype    format of inputs and results
    longest  terms in the longest sum of the task at this size
    precise  the reference evaluated on the same inputs in fp32 (fp64 for fp32), in that format
    family   of the task: ``attention``, ``elementwise`` …
    """

    law: Law
    dtype: str
    longest: int
    precise: Tensor
    family: str


@dataclass(frozen=True)
class Gate:
    """A gate.

    name       with the format, where the rule depends on it
    source     repository, file and commit
    says       the rule in words
    dtype      the format in which it asks
    law        of its inputs: ``uniform`` on [0, 1), ``normal``, ``wide`` (uniform on [-9, 9))
    trials     how often, each time with other inputs and one instance of the kernel
    accepts    whether it accepts one result beside the reference's
    threads    where its users discuss it
    gradients  whether it compares gradients too
    """

    name: str
    source: str
    says: str
    dtype: str
    law: Law
    trials: int
    accepts: Callable[[Tensor, Tensor, Asked], bool]
    threads: tuple[str, ...] = ()
    gradients: bool = False


def same_kind(actual: Tensor, reference: Tensor) -> bool:
    """Shape and format of the result are those of the reference."""
    return actual.shape == reference.shape and actual.dtype == reference.dtype
