"""What one side of a problem is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from attnproof.verify.arithmetic.formats import BF16, FORMATS, Array
from attnproof.verify.targets.numbers import NoAnswerError
from attnproof.verify.targets.target import Layout

RESULT: Final = "result"


@dataclass(frozen=True, eq=False)
class Question:
    """One call of each side.

    said       in words: ``as given``, ``8 times as large`` …
    given      inputs by name, in order: float64 arrays, integers and truth values, numbers, None
    seed       of the cotangents
    gradients  inputs whose gradients are asked for
    tied       an input that is one tensor with another: ``{"key": "query"}``
    layout     how arrays of two axes and more lie in memory
    scaled     whether the numbers are larger or smaller than the problem's own
    """

    said: str
    given: Mapping[str, Any]
    seed: int = 0
    gradients: tuple[str, ...] = ()
    tied: Mapping[str, str] = field(default_factory=dict)
    layout: Layout = "contiguous"
    scaled: bool = False

    def wanted(self) -> tuple[str, ...]:
        """Inputs whose gradients are asked for, each tensor once."""
        return tuple(name for name in self.gradients if name not in self.tied)

    def values(self, name: str, dtype: str) -> Any:
        """An input as it is handed over in a format: its values, in float64 where they are floating-point numbers."""
        value = self.given[self.tied.get(name, name)]
        return FORMATS[dtype].round(value) if floating(value) else value

    def cotangent(self, name: str, shape: Sequence[int]) -> Array:
        """What flows back into a result: numbers that every format has."""
        rng = np.random.default_rng([self.seed, *name.encode()])
        return BF16.round(rng.uniform(0.25, 1.0, tuple(shape)) * rng.choice([-1.0, 1.0], tuple(shape)))


@dataclass(frozen=True, eq=False)
class Answer:
    """What came back: results and ``grad.NAME`` by name as float64, the formats they had, and what was changed.

    whole    results that are no floating-point numbers
    without  results that nothing flows back through
    """

    values: Mapping[str, Array]
    formats: Mapping[str, str] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def floating(value: Any) -> bool:
    """Whether an input is an array of floating-point numbers."""
    return isinstance(value, np.ndarray) and value.dtype == np.float64


def parts(found: Any, names: Sequence[str]) -> dict[str, Any]:
    """The arrays among what a program returned, by name, in order; what it has not (None) is left out.

    names  of the results: a mapping that has them all is taken by them, anything else by place. Without names a
           mapping's keys are, else numbers
    """
    if isinstance(found, Mapping) and all(name in found for name in names):
        order = {**dict.fromkeys(names), **found}
        parts_ = {str(key): [x for x in _flat(found[key]) if x is not None] for key in order}
        named = {f"{key} {k}" if len(own) > 1 else key: x for key, own in parts_.items() for k, x in enumerate(own)}
        if named:
            return named
    flat = [x for x in _flat(found) if x is not None]
    if not flat:
        raise NoAnswerError("returned nothing; expected an array, or a tuple or mapping of arrays")
    own = [*names[: len(flat)], *(f"{RESULT} {k}" for k in range(len(names), len(flat)))]
    return dict(zip([RESULT] if len(flat) == 1 and not names else own, flat, strict=True))


def _flat(found: Any) -> Iterator[Any]:
    if isinstance(found, Mapping):
        for value in found.values():
            yield from _flat(value)
    elif isinstance(found, tuple | list):
        for value in found:
            yield from _flat(value)
    else:
        yield found
