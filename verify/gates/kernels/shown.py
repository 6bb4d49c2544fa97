"""Whether a kernel is wrong, or right, by the true values: an input, and how far off it is there.

Inputs are tiny (4 rows of 4) so that ``attnproof.verify.gates.tasks.truths`` can say what is true, and small, so that no
right evaluation is far off: entries of size at most 4, weights at most 2, in a format of unit roundoff u. A score is a sum of
4 products of at most 16, which any order of evaluation gets to within 7 u · 64 < 2⁹ u. In the additive one a sum of 8
products of at most 8 is off by less than 2¹⁰ u, tanh does not enlarge that, and 4 terms times at most 4 are off by less than
2¹⁴ u. What the argument of an exponential is off by is what its value is off by, relative to it, and so is each weight by twice
that: 2¹⁵ u, and the result by as much of the largest value, with a few roundings more. What the two normalisations divide by
is at least 2⁻⁴ unless it is √(1e-5) and the dividend 0; the MLP has sums of 5 terms of at most 8 after one another, 2¹¹ u. So a
right result is off by less than ``ROOM`` u times the largest entry of inputs and result, or 1. A kernel that is off by more at
one input is wrong; one that is not at any, in fp32, is not shown to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import torch
from mpmath import mpf
from torch import Tensor

from attnproof.verify.gates.kernels.kernel import Kernel
from attnproof.verify.gates.rules.gate import Law
from attnproof.verify.gates.tasks import TASKS, Task

ROOM: Final = 2.0**16
UNIT: Final = {"fp64": 2.0**-53, "fp32": 2.0**-24}
DTYPES: Final = {"fp64": torch.float64, "fp32": torch.float32}
SEEDS: Final = 4
LARGE: Final = 1024.0  # what makes exponentials overflow that are not kept from it


@dataclass(frozen=True)
class Shown:
    """Where a kernel was furthest from the truth, in units of what a right one may be off by.

    ratio  error over room; infinite where the result is no number or has another shape and the truth is a number
    where  the input: format, law and seed
    """

    ratio: float
    where: str


def wrong(kernel: Kernel) -> Shown | None:
    """An input at which it is off by more than a right one may be, in fp64 first; None: there is none among these, or it
    raises there or at sizes that differ from one another: an exception is no wrong result.
    """
    if not _runs(kernel):
        return None
    for dtype in DTYPES:
        for found in _tried(kernel, dtype):
            if found.ratio > 1.0:
                return found
    return None


def right(kernel: Kernel, dtype: str = "fp32") -> Shown:
    """The input at which it is furthest off, in fp32. Raises what the kernel raises."""
    return max(_tried(kernel, dtype, strict=True), key=lambda found: found.ratio)


def _runs(kernel: Kernel) -> bool:
    """At sizes of which no two are equal."""
    task = TASKS[kernel.task]
    oblong = {name: size + place for place, (name, size) in enumerate(task.tiny.items())}
    try:
        kernel.make()(*task.draw("normal", oblong, torch.Generator().manual_seed(0)))
    except Exception:  # whatever a wrong kernel raises
        return False
    return True


def _tried(kernel: Kernel, dtype: str, *, strict: bool = False) -> Iterator[Shown]:
    """One instance at one input after the other; the last is the first again, in the arrays that were handed over then."""
    task, call = TASKS[kernel.task], kernel.make()
    handed: tuple[Tensor, ...] | None = None
    for where, inputs, true in inputs_of(kernel.task):
        given = tuple(each.to(DTYPES[dtype]) if each.is_floating_point() else each for each in inputs)
        given = tuple(each.clone() for each in given)
        handed = handed or given
        yield Shown(_ratio(task, call, given, true, dtype, strict), f"{dtype}, {where}")
    if handed is not None:
        where, _, true = inputs_of(kernel.task)[0]
        yield Shown(_ratio(task, call, handed, true, dtype, strict), f"{dtype}, {where}, again")


def _ratio(task: Task, call: Any, given: tuple[Tensor, ...], true: Tensor, dtype: str, strict: bool) -> float:
    size = max(1.0, float(true.abs().max()), *(float(each.abs().max()) for each in given if each.is_floating_point()))
    try:
        found = call(*given)
    except Exception:  # what a wrong kernel raises is no result; a right one must not raise
        if strict:
            raise
        return 0.0
    if not isinstance(found, Tensor) or found.shape != true.shape:
        return float("inf")
    error = (found.detach().to(torch.float64) - true).abs()
    return float("inf") if not bool(error.isfinite().all()) else float(error.max()) / (ROOM * UNIT[dtype] * size)


@cache
def inputs_of(name: str) -> tuple[tuple[str, tuple[Tensor, ...], Tensor], ...]:
    """Words, inputs in fp64 that fp32 has exactly, and the true values rounded to fp64."""
    task, found = TASKS[name], []
    laws: Mapping[str, Law] = {"normal": "normal", "uniform on [0, 1)": "uniform"}
    for words, law in laws.items():
        for seed in range(SEEDS):
            drawn = task.draw(law, task.tiny, torch.Generator().manual_seed(seed))
            found.append((f"{words}, seed {seed}", tuple(e.double() if e.is_floating_point() else e for e in drawn)))
    for words, changed in _special(task, found[0][1]):
        found.append((words, changed))
    return tuple((words, inputs, true_values(task, inputs)) for words, inputs in found)


def _special(task: Task, inputs: tuple[Tensor, ...]) -> Iterator[tuple[str, tuple[Tensor, ...]]]:
    """Equal elements; where exponentials are taken of an input, all of it 1024 more, which is all that it changes by."""
    yield "first input all equal", (torch.full_like(inputs[0], 0.5), *inputs[1:])
    if task.name in ("softmax", "log-sum-exp", "cross-entropy"):
        yield "1024 more", ((inputs[0] + LARGE).float().double(), *inputs[1:])
        yield "1024 less", ((inputs[0] - LARGE).float().double(), *inputs[1:])


def true_values(task: Task, inputs: tuple[Tensor, ...]) -> Tensor:
    """The true values, each rounded to fp64."""
    return torch.tensor(_floats(task.truth(*(each.tolist() for each in inputs))), dtype=torch.float64)


def _floats(values: Any) -> Any:
    return [_floats(each) for each in values] if isinstance(values, list) else float(mpf(values))
