"""Inputs as text: ``x=b n d, mask=n n:bool, labels=b:int<10, eps=:1e-5``.

An axis is a number or a letter, which stands for a size that may be chosen. What follows the colon is the kind.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

SIZES: Final = (2, 3, 5, 4, 6, 7)  # that letters stand for, in the order in which they come: no two alike at first
KINDS: Final = "float, positive, bool, int<N, or a number"


@dataclass(frozen=True)
class Input:
    """One input: its axes (numbers, or letters of sizes), and its kind."""

    name: str
    axes: tuple[str, ...]
    kind: str = "float"

    def shape(self, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """At these sizes."""
        return tuple(int(axis) if axis.isdigit() else sizes[axis] for axis in self.axes)

    def draw(self, rng: np.random.Generator, sizes: Mapping[str, int]) -> Any:
        """Numbers: normal ones, their exponentials, true with probability 1/2, below N."""
        shape = self.shape(sizes)
        if self.kind == "float":
            return np.asarray(rng.normal(size=shape))
        if self.kind == "positive":
            return np.asarray(np.exp(rng.normal(size=shape)))
        if self.kind == "bool":
            return np.asarray(rng.random(shape) < 0.5)
        if self.kind.startswith("int<"):
            bound = self.kind.removeprefix("int<")
            return np.asarray(rng.integers(0, int(bound) if bound.isdigit() else sizes[bound], shape))
        return ast.literal_eval(self.kind)

    @property
    def letters(self) -> tuple[str, ...]:
        """Sizes that it names."""
        bound = self.kind.removeprefix("int<")
        own = (bound,) if self.kind.startswith("int<") and not bound.isdigit() else ()
        return (*(axis for axis in self.axes if not axis.isdigit()), *own)


def inputs(text: str) -> tuple[Input, ...]:
    """Raises ValueError, naming what cannot be read."""
    found = tuple(_input(part.strip()) for part in text.split(",") if part.strip())
    if not found:
        raise ValueError("--inputs: expected name=axes, x=b n d say")
    names = [each.name for each in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"--inputs: {twice} stands there twice")
    return found


def _input(text: str) -> Input:
    name, equals, rest = (part.strip() for part in text.partition("="))
    axes, colon, kind = (part.strip() for part in rest.partition(":"))
    if not equals or not name.replace(".", "_").isidentifier():
        raise ValueError(f"--inputs {text!r}: expected name=axes, x=b n d say")
    words = tuple(axes.split())
    if odd := next((word for word in words if not re.fullmatch(r"[1-9]\d*|[A-Za-z]\w*", word)), None):
        raise ValueError(f"--inputs {name}: axis {odd!r}; expected a number, or a letter for a size")
    if colon and kind not in ("float", "positive", "bool") and not re.fullmatch(r"int<([1-9]\d*|[A-Za-z]\w*)", kind):
        try:
            ast.literal_eval(kind)
        except (ValueError, SyntaxError):
            raise ValueError(f"--inputs {name}: kind {kind!r}; expected {KINDS}") from None
    return Input(name, words, kind if colon else "float")


def sizes_of(found: tuple[Input, ...], text: str = "") -> dict[str, int]:
    """What the letters stand for: as ``b=2, n=5`` says, else small numbers, no two alike."""
    own: dict[str, int] = {}
    for part in (part.strip() for part in text.split(",") if part.strip()):
        name, equals, number = (each.strip() for each in part.partition("="))
        if not equals or not number.isdigit() or not int(number):
            raise ValueError(f"--sizes {part!r}: expected letter=number, n=5 say")
        own[name] = int(number)
    letters = dict.fromkeys(letter for each in found for letter in each.letters)
    if odd := sorted(set(own) - set(letters)):
        raise ValueError(f"--sizes: {odd[0]!r} is no axis of an input; there are {', '.join(letters) or 'none'}")
    free = iter(SIZES * (1 + len(letters)))
    return {letter: own.get(letter) or next(free) for letter in letters}
