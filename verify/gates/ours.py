"""What our own judge says of the kernels: the judge that reads programs of kernels of a task, ``attnproof check``
of the faults of attention with options.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal

import numpy as np
import torch

from attnproof.verify.against.judge import judge
from attnproof.verify.against.problem import Problem, Program
from attnproof.verify.detection.record import record as of_faults
from attnproof.verify.gates.kernels import Kernel, shown
from attnproof.verify.gates.rules import Law
from attnproof.verify.gates.tasks import TASKS, Sizes, Task
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS

Word = Literal["rejects", "accepts", "undecided", "cannot be asked"]
WORDS: Final[Mapping[str, Word]] = {FAIL: "rejects", PASS: "accepts", ABSTAIN: "undecided"}


@dataclass(frozen=True)
class Judged:
    """The word, and why in one line; of a fault also how it is shown to be one."""

    word: Word
    why: str
    shown: str = ""


def problem(kernel: Kernel, sizes: Sizes | None = None) -> Problem:
    """The task's plain program as the reference, the kernel as the candidate, in fp32."""
    task = TASKS[kernel.task]
    chosen, program = dict(sizes or task.tiny), kernel.numpy
    if task.pairs and chosen[task.pairs] % 2:
        raise ValueError(f"{task.name}: {task.pairs} = {chosen[task.pairs]} is odd")
    return Problem(
        kernel.name,
        Program(f"the plain program of {task.name}", task.plain, "torch"),
        Program(kernel.name, kernel.make(), "torch") if program is None else Program(kernel.name, program, "numpy"),
        task.names,
        {"normal": partial(_drawn, task, "normal", chosen), "uniform": partial(_drawn, task, "uniform", chosen)},
        sizes=chosen,
        at=partial(problem, kernel),
    )


def _drawn(task: Task, law: Law, sizes: Sizes, seed: int) -> tuple[Any, ...]:
    drawn = task.draw(law, sizes, torch.Generator().manual_seed(seed))
    return tuple(each.numpy().astype(np.float64) if each.is_floating_point() else each.numpy() for each in drawn)


def judged(kernel: Kernel) -> Judged:
    """What the judge says of it, at the tiny sizes and those that the judge chooses.

    Of a kernel whose call does not answer, nothing: an exception is no wrong result.
    """
    found = judge(problem(kernel))
    word = WORDS[found.outcome]
    return Judged(
        "cannot be asked" if found.kind == "error" else word,
        found.diagnosis.rpartition(f"{TASKS[kernel.task].name}: ")[2],
    )


def shown_by(kernel: Kernel) -> str:
    """The input at which it is furthest from the true values, and how far, in what a right one may be off by."""
    found = shown.right(kernel) if kernel.right else shown.wrong(kernel)
    if found is None:
        raise ValueError(f"{kernel.name}: no input shows it to be wrong")
    return f"{found.ratio:.3g} times what a right one may be off by ({found.where})"


def checked(name: str) -> Judged:
    """A fault, as recorded by ``attnproof.verify.detection.record``."""
    verdicts = of_faults().verdicts[name]
    by, kinds = ", ".join(verdicts.rejected_by), ", ".join(sorted(set(verdicts.rejected_by.values())))
    how = f"beyond certified bounds, where its repaired twin is not ({kinds})"
    return Judged("rejects", by, how) if by else Judged("accepts", "no property rejects it", "")
