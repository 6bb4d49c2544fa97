"""Kernels: wrong ones, each shown to be wrong, and right ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Final

from attnproof.verify.gates.kernels import degenerate, mutants, right_attention, right_layers, shown
from attnproof.verify.gates.kernels.kernel import Kernel
from attnproof.verify.gates.kernels.shown import Shown

MOST: Final = 3  # mutants of one kind of one task


@cache
def wrong() -> Mapping[str, tuple[Kernel, Shown]]:
    """Kernels that the true values show to be wrong, by name, with an input that does. Of each task all degenerate
    ones and ``MOST`` mutants of each kind, spread over the program.
    """
    found = {kernel.name: (kernel, how) for kernel, how in _shown(degenerate.degenerate())}
    by_kind: dict[tuple[str, str], list[tuple[Kernel, Shown]]] = {}
    for kernel, how in _shown(_renamed(mutants.all_mutants())):
        by_kind.setdefault((kernel.task, kernel.kind), []).append((kernel, how))
    for alike in by_kind.values():
        step = max(1.0, len(alike) / MOST)
        chosen = [alike[int(number * step)] for number in range(min(MOST, len(alike)))]
        found |= {kernel.name: (kernel, how) for kernel, how in chosen}
    return MappingProxyType(found)


def _shown(kernels: Iterator[Kernel]) -> Iterator[tuple[Kernel, Shown]]:
    return ((kernel, how) for kernel in kernels if (how := shown.wrong(kernel)) is not None)


def _renamed(kernels: Iterator[Kernel]) -> Iterator[Kernel]:
    """Alterations that read alike, numbered."""
    times: Counter[str] = Counter()
    for kernel in kernels:
        times[kernel.name] += 1
        number = times[kernel.name]
        yield kernel if number == 1 else replace(kernel, name=f"{kernel.name} ({number})")


@cache
def right() -> Mapping[str, Kernel]:
    """Right kernels by name."""
    return MappingProxyType({k.name: k for k in (*right_attention.right(), *right_layers.right())})


__all__ = ["Kernel", "Shown", "right", "wrong"]
