"""Whether a kernel is wrong, or right, by the true values: an input, and how far off it is there, in fp32.

Inputs are tiny (4 rows of 4) so that ``attnproof.verify.gates.tasks.truths`` can say what is true, and fp32 has them
exactly. With entries of size at most R (a layer's weights at most R/2) and unit roundoff u, what a right evaluation is
off by, in any order:

    R = 1/2  a score is a sum of 4 products of at most 1/4, off by less than 7 u; an additive one has sums of 8 products
             of at most 1/8, off by less than 11 u before the tanh, which enlarges nothing, and 4 of them times at most
             1/2, off by less than 36 u. An exponential is off by what its argument is off by, relative to it, a weight
             by twice that, and the result by as much of the largest value, with 16 roundings more: less than 2⁸ u. The
             normalisations divide what is off by 5 u R by at least 1/32; the MLP has sums of 5 terms of at most 1: less
             than 2⁸ u too
    R = 4    the same with products 64 times as large, 512 times where v takes part: less than 2 · 512 · 36 u + 16 u,
             which is less than 2¹⁶ u

times the largest entry of inputs and result, or 1. That is the room. A kernel that is off by more at one input is
wrong; one that is not at any may be right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import torch
from mpmath import mpf
from torch import Tensor

from attnproof.verify.gates.kernels.kernel import Kernel
from attnproof.verify.gates.tasks import TASKS, Task

UNIT: Final = 2.0**-24
SMALL, ORDINARY = 2.0**8, 2.0**16  # units in the room
SEEDS: Final = 4
LARGE: Final = 1024.0  # what makes exponentials overflow that are not kept from it
ANGLES: Final = frozenset({"cosine", "sine"})  # inputs whose size is not free


@dataclass(frozen=True)
class Shown:
    """How far off a kernel is.

    ratio  error over room; infinite where the result is no number, or none of the right shape
    where  the input: law and seed
    """

    ratio: float
    where: str


@dataclass(frozen=True, eq=False)
class Asked:
    """An input in words, in fp32, the true values rounded to fp64, and the room in units of u."""

    where: str
    inputs: tuple[Tensor, ...]
    true: Tensor
    room: float


def wrong(kernel: Kernel) -> Shown | None:
    """An input at which it is off by more than a right one may be; None: there is none among these, or it raises,
    there or at sizes that differ from one another: an exception is no wrong result.
    """
    if not _runs(kernel):
        return None
    return next((found for found in _tried(kernel, strict=False) if found.ratio > 1.0), None)


def right(kernel: Kernel) -> Shown:
    """The input at which it is furthest off. Raises what the kernel raises."""
    return max(_tried(kernel, strict=True), key=lambda found: found.ratio)


def _runs(kernel: Kernel) -> bool:
    """At sizes of which no two are equal."""
    task = TASKS[kernel.task]
    oblong = {name: size + place for place, (name, size) in enumerate(task.tiny.items())}
    inputs = task.draw("normal", oblong, torch.Generator().manual_seed(0))
    try:
        kernel.make()(*inputs)
    except Exception:  # noqa: BLE001 - whatever a wrong kernel raises is no result
        return False
    return True


def _tried(kernel: Kernel, *, strict: bool) -> Iterator[Shown]:
    """One instance at one input after the other; then at the first again, in the arrays that were handed over then."""
    call, asked = kernel.make(), inputs_of(kernel.task)
    first = tuple(each.clone() for each in asked[0].inputs)
    yield Shown(_ratio(call, first, asked[0], strict), asked[0].where)
    for each in asked[1:]:
        yield Shown(_ratio(call, tuple(array.clone() for array in each.inputs), each, strict), each.where)
    yield Shown(_ratio(call, first, asked[0], strict), f"{asked[0].where}, again")


def _ratio(call: Callable[..., Any], given: tuple[Tensor, ...], asked: Asked, strict: bool) -> float:
    sizes = [float(each.abs().max()) for each in (*asked.inputs, asked.true) if each.is_floating_point()]
    try:
        found = call(*given)
    except Exception:  # what a wrong kernel raises is no result; a right one must not raise
        if strict:
            raise
        return 0.0
    if not isinstance(found, Tensor) or found.shape != asked.true.shape:
        return float("inf")
    error = (found.detach().to(torch.float64) - asked.true).abs()
    room = asked.room * UNIT * max(1.0, *sizes)
    return float("inf") if not bool(error.isfinite().all()) else float(error.max()) / room


@cache
def inputs_of(name: str) -> tuple[Asked, ...]:
    """Small ones, ordinary ones, and some that are special to the task."""
    task = TASKS[name]
    drawn = [task.draw("normal", task.tiny, torch.Generator().manual_seed(seed)) for seed in range(SEEDS)]
    found = [(f"normal/8, seed {seed}", _eighth(task, inputs), SMALL) for seed, inputs in enumerate(drawn)]
    found += [(f"normal, seed {seed}", inputs, ORDINARY) for seed, inputs in enumerate(drawn)]
    for seed in range(SEEDS):
        inputs = task.draw("uniform", task.tiny, torch.Generator().manual_seed(seed))
        found.append((f"uniform on [0, 1), seed {seed}", inputs, ORDINARY))
    found.append(("first input all equal", (torch.full_like(drawn[0][0], 0.5), *drawn[0][1:]), ORDINARY))
    if name in ("softmax", "log-sum-exp", "cross-entropy"):
        found += [(f"{more:+g}", (drawn[0][0] + more, *drawn[0][1:]), ORDINARY) for more in (LARGE, -LARGE)]
    return tuple(Asked(where, inputs, true_values(task, inputs), room) for where, inputs, room in found)


def _eighth(task: Task, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(
        each / 8 if each.is_floating_point() and name not in ANGLES else each
        for name, each in zip(task.names, inputs, strict=True)
    )


def true_values(task: Task, inputs: tuple[Tensor, ...]) -> Tensor:
    """The true values, each rounded to fp64."""
    return torch.tensor(_floats(task.truth(*(each.tolist() for each in inputs))), dtype=torch.float64)


def _floats(values: Any) -> Any:
    return [_floats(each) for each in values] if isinstance(values, list) else float(mpf(values))
