"""Which gate accepts which kernel.

A gate draws its inputs, evaluates the reference on them, then the kernel, one instance of it, and applies its rule
to each pair of results. What it draws does not depend on the kernel, and is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal

import torch
from torch import Tensor

from attnproof.verify.gates.kernels.kernel import Kernel
from attnproof.verify.gates.rules import Asked, Gate, Law
from attnproof.verify.gates.tasks import TASKS
from attnproof.verify.unit import generator

Word = Literal["accepts", "rejects", "cannot be asked"]
TENSORS: Final = {"fp64": torch.float64, "fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
WIDER: Final = {"fp32": torch.float64, "bf16": torch.float32, "fp16": torch.float32}
PLAIN: Final = "flash-attention"  # whose reference is a plain program, not an operator of the library
KEPT: Final = 8  # draws; the kernels of a task are asked one after the other by one gate


def decide(gate: Gate, kernel: Kernel, seed: int = 0) -> Word:
    """What the gate says. A kernel that raises in the gate's format and size cannot be asked there: a crash is
    seen by all.
    """
    call = kernel.make()
    for inputs, reference, asked in _draws(gate, kernel.task, seed):
        try:
            with torch.no_grad():
                actual = call(*(each.clone() for each in inputs))
        except (RuntimeError, TypeError, NotImplementedError):  # what torch raises for shapes and formats it has not
            return "cannot be asked"
        if not gate.accepts(actual, reference, asked):
            return "rejects"
    return "accepts"


def _draws(gate: Gate, task: str, seed: int) -> Iterator[tuple[tuple[Tensor, ...], Tensor, Asked]]:
    for trial in range(gate.trials):
        sizes = tuple(TASKS[task].at(gate.name).items())
        yield _draw(task, gate.law, gate.dtype, gate.name.startswith(PLAIN), sizes, seed, trial)


@lru_cache(maxsize=KEPT)
def _draw(
    task_name: str, law: Law, dtype: str, plain: bool, sizes: tuple[tuple[str, int], ...], seed: int, trial: int
) -> tuple[tuple[Tensor, ...], Tensor, Asked]:
    """Inputs in the format, the reference's result, and what else a rule may look at."""
    task, named = TASKS[task_name], dict(sizes)
    source = torch.Generator().manual_seed(int(generator(seed, "gates", task_name, law, str(trial)).integers(2**31)))
    inputs = tuple(_to(each, TENSORS[dtype]) for each in task.draw(law, named, source))
    with torch.no_grad():
        reference = (task.plain if plain else task.reference)(*inputs)
        precise = task.plain(*(_to(each, WIDER[dtype]) for each in inputs)).to(TENSORS[dtype])
    return inputs, reference, Asked(law, dtype, task.longest(named), precise, task.family)


def _to(array: Tensor, dtype: torch.dtype) -> Tensor:
    return array.to(dtype) if array.is_floating_point() else array
