"""Arrays that write a recording by hand: a recorder of a few lines, so that lifting is tested apart from libraries."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from attnproof.verify.recording.recording import Call, Recording
from attnproof.verify.recording.tape import Tape


class Arrays:
    """A maker of arrays that share a tape."""

    def __init__(self) -> None:
        self.tape = Tape()

    def of(self, thing: Any) -> A:
        """Anything as an array; numbers and tables are constants."""
        return thing if isinstance(thing, A) else A(self, self.tape.constant(np.asarray(thing, float), "fp64"))


class A:
    """An array of elements."""

    def __init__(self, home: Arrays, ids: Any) -> None:
        self.home, self.ids = home, np.asarray(ids, np.int64)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.ids.shape

    @property
    def values(self) -> Any:
        return self.home.tape.values(self.ids)

    def write(self, name: str, function: Callable[..., Any], *others: Any, **attributes: Any) -> A:
        tape = self.home.tape
        arrays = np.broadcast_arrays(self.ids, *(self.home.of(other).ids for other in others))
        tape.now = "by_hand.py:1"
        with np.errstate(all="ignore"):
            values = function(*(tape.values(ids) for ids in arrays))
        return A(self.home, tape.write(name, tuple(arrays), values, "fp64", **attributes))

    def __add__(self, other: Any) -> A:
        return self.write("add", np.add, other)

    def __sub__(self, other: Any) -> A:
        return self.write("sub", np.subtract, other)

    def __mul__(self, other: Any) -> A:
        return self.write("mul", np.multiply, other)

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other: Any) -> A:
        return self.home.of(other) - self

    def __truediv__(self, other: Any) -> A:
        return self.write("div", np.divide, other)

    def __rtruediv__(self, other: Any) -> A:
        return self.home.of(other) / self

    def __neg__(self) -> A:
        return self.write("neg", np.negative)

    def __matmul__(self, other: A) -> A:
        a, b = self.ids, other.ids
        lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        a, b = np.broadcast_to(a, (*lead, *a.shape[-2:])), np.broadcast_to(b, (*lead, *b.shape[-2:]))
        tape = self.home.tape
        return A(self.home, tape.write("matmul", (a, b), tape.values(a) @ tape.values(b), "fp64"))

    def __getitem__(self, where: Any) -> A:
        return A(self.home, self.ids[where])

    @property
    def mT(self) -> A:
        return A(self.home, np.swapaxes(self.ids, -1, -2))

    def reshape(self, *shape: int) -> A:
        return A(self.home, self.ids.reshape(shape))

    def transpose(self, *axes: int) -> A:
        return A(self.home, self.ids.transpose(axes))

    def sum(self, *axes: int, keep: bool = False) -> A:
        axes = tuple(axis % self.ids.ndim for axis in axes)
        found = self.home.tape.write("sum", (self.ids,), self.values.sum(axes), "fp64", axes=axes)
        return A(self.home, np.expand_dims(found, axes) if keep else found)

    def max(self, axis: int) -> A:
        at = np.expand_dims(self.values.argmax(axis), axis)
        self.home.tape.choose("max", self.ids, at)
        return A(self.home, np.take_along_axis(self.ids, at, axis))

    def exp(self) -> A:
        return self.write("exp", np.exp)

    def log(self) -> A:
        return self.write("log", np.log)

    def tanh(self) -> A:
        return self.write("tanh", np.tanh)

    def sqrt(self) -> A:
        return self.write("sqrt", np.sqrt)

    def relu(self) -> A:
        return A(self.home, np.where(self.values > 0, self.ids, self.home.of(0.0).ids))


def where(mask: Any, yes: A, no: Any) -> A:
    return A(yes.home, np.where(mask, yes.ids, yes.home.of(no).ids))


def concatenate(parts: list[A], axis: int) -> A:
    return A(parts[0].home, np.concatenate([part.ids for part in parts], axis))


def stack(parts: list[A], axis: int) -> A:
    return A(parts[0].home, np.stack([part.ids for part in parts], axis))


def softmax(x: A, axis: int = -1) -> A:
    powers = (x - x.max(axis)).exp()
    return powers / powers.sum(axis, keep=True)


def attention(scores: A, value: A) -> A:
    return softmax(scores) @ value


def recorded(function: Callable[..., Any], shapes: Mapping[str, tuple[int, ...]], seed: int = 0) -> Recording:
    """``function`` of arrays of these shapes, recorded; its results by name, or the context alone."""
    rng, home = np.random.default_rng(seed), Arrays()
    given = {}
    for name, shape in shapes.items():
        ids = home.tape.write("input", (), rng.standard_normal(shape), "fp64", name=name, call=0)
        given[name] = A(home, ids)
    results = function(**given)
    results = results if isinstance(results, dict) else {"context": results}
    inputs = {name: array.ids for name, array in given.items() if not name.startswith("grad_")}
    seeds = {name: array.ids for name, array in given.items() if name.startswith("grad_")}
    home.tape.calls.append(Call(inputs, seeds, {name: array.ids for name, array in results.items()}))
    return home.tape.finish()


__all__ = ["A", "Arrays", "attention", "concatenate", "math", "recorded", "softmax", "stack", "where"]
