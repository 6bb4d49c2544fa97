"""What a rule writes with: primitive operations of the language, on behalf of one call of the library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import torch

from attnproof.verify.recording.in_torch.arrays import format_of, inner, part, same, values
from attnproof.verify.recording.in_torch.memory import unchanged
from attnproof.verify.recording.numbers import compute
from attnproof.verify.recording.recording import Ids, Values
from attnproof.verify.recording.tape import Tape

Rule = Callable[..., Any]
RULES: Final[dict[str, Rule]] = {}
"""Name of an operation of torch without overload -> what writes it: ``rule(writer, *args, **kwargs)``.

Arguments are those of the call. It gives the elements of the result, of several results a tuple (None for integers).
An in-place operation has the rule of the plain one.
"""


def rule(*names: str) -> Callable[[Rule], Rule]:
    """Register the rule of these operations."""

    def register(function: Rule) -> Rule:
        for name in names:
            RULES[name] = function
        return function

    return register


class Writer:
    """One call being written.

    called    the operation, without overload and without the underscore of writing in place
    results   what the library returned
    inner     the format that it computes in

    ``first`` is the number of elements before the call: those from there on are its own.
    """

    def __init__(
        self,
        tape: Tape,
        called: str,
        known: Mapping[int, Ids],
        results: tuple[Any, ...],
        shared: dict[str, Ids],
        first: int,
    ) -> None:
        self.tape = tape
        self.called = called
        self.results = results
        self.dtype = format_of(results[0].dtype)
        self.inner = inner(self.dtype)
        self._known = known
        self._shared = shared
        self._first = first
        self._final: Ids | None = None

    def of(self, thing: Any) -> Ids:
        """The elements of an argument; numbers and integer tensors are constants."""
        if isinstance(thing, torch.Tensor):
            ids = self._known.get(id(thing))
            if ids is None:
                ids = self.tape.constant(values(thing), format_of(thing.dtype))
            elif thing.is_neg():
                ids = self.op("neg", ids)
            elif thing.ndim == 0 and len(self.shape) > 0:
                ids = self.narrowed(ids)
            return ids
        return self.narrowed(self.tape.constant(float(thing), "fp64"))

    def narrowed(self, ids: Ids) -> Ids:
        """A single number in the format that is computed in: the library rounds it where it is wider."""
        with np.errstate(over="ignore"):
            rounded = self.tape.values(ids)
            if self.inner == "fp32":
                rounded = np.asarray(rounded, np.float32).astype(np.float64)
        if same(rounded, self.tape.values(ids)).all():
            return ids
        return self.tape.write("cast", (ids,), rounded, self.inner)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the first result."""
        return tuple(self.results[0].shape)

    def values(self, ids: Ids) -> Values:
        """The values of elements."""
        return self.tape.values(ids)

    def constant(self, number: Any) -> Ids:
        """Numbers that belong to the formula of the library's operation."""
        return self.tape.constant(number, "fp64")

    def op(self, name: str, *inputs: Ids, **attributes: Any) -> Ids:
        """An elementwise operation inside the call, computed here in fp64."""
        if len(inputs) > 1:
            inputs = tuple(np.broadcast_arrays(*inputs))
        return self.whole(name, *inputs, **attributes)

    def whole(self, name: str, *inputs: Ids, **attributes: Any) -> Ids:
        """An operation whose inputs already have the shapes that the language says."""
        found = compute(name, *(self.tape.values(ids) for ids in inputs), **attributes)
        attributes.pop("size", None)
        made = self.tape.write(name, inputs, found, self.inner, **attributes)
        self.tape.keep(made)
        return made

    def last(self, name: str, *inputs: Ids, **attributes: Any) -> Ids:
        """The operation that gives the first result: with the library's own values, in the result's format."""
        result = self.results[0]
        found = values(result)
        if len(inputs) > 1 and name != "matmul":
            inputs = tuple(np.broadcast_to(ids, found.shape) for ids in inputs)
        attributes.pop("size", None)
        made = self.tape.write(name, inputs, found, self.dtype, computed=self.inner, **attributes)
        self._final = made
        return made

    def zero(self) -> Ids:
        """The constant 0: one element for all that is filled with it, so that adding it is seen to change nothing."""
        if "zero" not in self._shared:
            self._shared["zero"] = self.constant(0.0)
        return self._shared["zero"]

    def rounded(self, found: Values) -> Values:
        """Values in the first result's format."""
        return _rounded(found, self.results[0])

    def found(self, place: int) -> Values:
        """The values of a result, by its place."""
        return values(self.results[place])

    def same_format(self, thing: Any) -> bool:
        """Whether an argument is in the first result's format."""
        return isinstance(thing, torch.Tensor) and format_of(thing.dtype) == self.dtype

    def holds(self, thing: Any) -> bool:
        """Whether the first result's format has every number of an argument's: then a copy is the same element."""
        if not self.is_element(thing) or self.same_format(thing):
            return True
        mine, theirs = (torch.finfo(part(tensor.dtype)) for tensor in (self.results[0], thing))
        return mine.max >= theirs.max and mine.eps <= theirs.eps and mine.tiny <= theirs.tiny

    def is_element(self, thing: Any) -> bool:
        """Whether an argument was handed over with elements of its own, as opposed to a number."""
        return isinstance(thing, torch.Tensor) and id(thing) in self._known

    def choose(self, kind: str, depends: Ids, outcome: Any) -> None:
        """Note a choice."""
        self.tape.choose(kind, depends, outcome)

    def settle(self, ids: Ids, result: torch.Tensor) -> Ids | None:
        """The elements of a result: with the values that the library really has there, in its format.

        None where elements that were there before are others than those whose numbers the library moved.
        """
        if ids is self._final:
            return ids
        ids = np.broadcast_to(ids, result.shape if not result.is_complex() else (*result.shape, 2))
        if (not ids.size or ids.max() < self._first) and unchanged(self.tape, ids, result):
            return ids
        found = values(result)
        computed = self.tape.values(ids)
        equal = same(computed, found)
        moved = ids < self._first
        if (wrong := moved & ~equal).any() and not same(_rounded(computed[wrong], result), found[wrong]).all():
            return None
        if equal.all() and (format_of(result.dtype) == self.inner or moved.all()):
            self.tape.show(self._first, ids)
            return ids
        if format_of(result.dtype) != self.inner or (moved & ~equal).any():
            return self.tape.write("cast", (ids,), found, format_of(result.dtype))
        self.tape.correct(self._first, ids, found)
        return ids


def _rounded(found: Values, like: torch.Tensor) -> Values:
    """Values in a tensor's format."""
    return values(torch.from_numpy(found).to(part(like.dtype)))
