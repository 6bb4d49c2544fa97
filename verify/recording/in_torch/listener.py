"""Listening to torch: every operation below autograd, and what is written of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Any, Final

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import attnproof.verify.recording.in_torch.rules  # noqa: F401  registers them
from attnproof.verify.recording.in_torch.arrays import array, carries, format_of, values
from attnproof.verify.recording.in_torch.complex_numbers import COMPLEX
from attnproof.verify.recording.in_torch.leaks import PLAIN
from attnproof.verify.recording.in_torch.memory import Memory
from attnproof.verify.recording.in_torch.moving import FILLS
from attnproof.verify.recording.in_torch.parts import composite, inside, parts
from attnproof.verify.recording.in_torch.places import Places
from attnproof.verify.recording.in_torch.writer import RULES, Writer
from attnproof.verify.recording.recording import Ids
from attnproof.verify.recording.tape import Tape

# What a result has nothing of: the former contents of what these write to.
_OVERWRITE: Final = {
    "copy_", "fill_", "zero_", "uniform_", "normal_", "bernoulli_", "random_", "exponential_", "log_normal_",
    "cauchy_", "geometric_", "resize_", "set_",
}  # fmt: skip
_BLANK: Final = {"empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided", "empty_permuted", "resize_"}


@dataclass(frozen=True)
class Signature:
    """What a schema says of an operation.

    base     the name without the underscore of writing in place
    written  positions and names of the arguments that it writes to
    out      the names among them that are only written to
    view     whether it only gives other views of its arguments
    """

    name: str
    base: str
    written: tuple[int, ...]
    out: tuple[str, ...]
    view: bool


@cache
def signature(func: Any) -> Signature:
    """Of an overload."""
    schema = func._schema
    name = schema.name.partition("::")[2]
    writes = [a.alias_info is not None and a.alias_info.is_write for a in schema.arguments]
    out = tuple(a.name for a, write in zip(schema.arguments, writes, strict=True) if write and a.kwarg_only)
    written = tuple(i for i, (a, w) in enumerate(zip(schema.arguments, writes, strict=True)) if w and not a.kwarg_only)
    view = bool(schema.returns) and not any(writes) and all(r.alias_info is not None for r in schema.returns)
    base = name[:-1] if name.endswith("_") and not name.endswith("__") and written else name
    return Signature(name, base, written, out, view)


def tensors(thing: Any) -> list[torch.Tensor]:
    """The tensors among arguments, in order, from lists too."""
    if isinstance(thing, torch.Tensor):
        return [thing]
    if isinstance(thing, list | tuple):
        return [tensor for entry in thing for tensor in tensors(entry)]
    return []


def slots(thing: Any) -> list[Any]:
    """What stands at the places of several results, in order, from lists too: None where there is no tensor."""
    if isinstance(thing, list | tuple):
        return [slot for entry in thing for slot in slots(entry)]
    return [thing]


class Listener(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Runs every operation, and writes it on the tape."""

    supports_higher_order_operators = True  # FlexAttention is one

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """No: torch would load its compiler (1.6 s) in order not to compile this mode, which nothing compiles."""
        return False

    def __init__(self, tape: Tape, memory: Memory, places: Places, shared: dict[str, Ids]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.tape, self.memory, self.places = tape, memory, places
        self._open: set[Any] = set()
        self._shared = shared

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if any(kind not in PLAIN for kind in types):
            return NotImplemented
        kwargs = kwargs or {}
        if composite(func):
            with self:
                return func.decompose(*args, **kwargs)
        if (python := inside(func)) is not None:
            with self:
                return python(*args, **kwargs)
        if isinstance(func, torch._ops.HigherOrderOperator):
            return func(*args, **kwargs)
        sign = signature(func)
        if sign.view:
            return func(*args, **kwargs)
        self.tape.now, self.tape.library = self.places.now(), str(func)
        known = self._known(sign, args, kwargs)
        found, first = None, self.tape.elements
        if known and sign.written:  # before its arguments change
            found = self._in_parts(func, sign, args, kwargs)
        result = func(*args, **kwargs)
        if known and not sign.written and any(carries(tensor) for tensor in tensors(result)):
            found = self._in_parts(func, sign, args, kwargs)
        self._write(func, sign, args, kwargs, known, found, result, first)
        return result

    def _in_parts(self, func: Any, sign: Signature, args: Any, kwargs: Any) -> Any:
        """The elements that the parts of an operation without a rule give, run beside the call; None without parts."""
        if sign.base in RULES or func in self._open or (function := parts(func, sign.base)) is None:
            return None
        self._open.add(func)  # the parts of some operations are, further in, themselves
        now, first = self.tape.now, self.tape.elements
        try:
            with self:
                found = function(*args, **kwargs)
        finally:
            self._open.remove(func)
        self.tape.now, self.tape.library = now, str(func)
        self.tape.keep(np.arange(first, self.tape.elements))  # what the parts gave is not what the operation itself had
        if found is NotImplemented:  # not of these arguments
            return None
        given = slots(found)
        return tuple(self.memory.read(x) if isinstance(x, torch.Tensor) and carries(x) else None for x in given)

    def _known(self, sign: Signature, args: Any, kwargs: Any) -> dict[int, Ids]:
        """The elements of the arguments, as they are before the call."""
        known: dict[int, Ids] = {}
        if sign.name in _BLANK or sign.base.endswith("_like") or (sign.base in FILLS and sign.name != "fill_"):
            return known
        given = tensors(args[1:] if sign.name in _OVERWRITE else args)
        given += tensors([value for name, value in kwargs.items() if name not in sign.out])
        for tensor in given:
            if carries(tensor):
                known[id(tensor)] = self.memory.read(tensor)
            elif tensor.device.type != "meta" and self.memory.knows(tensor):
                self.tape.unread["bits read as integers"] = self.tape.unread.get("bits read as integers", 0) + 1
        return known

    def _write(
        self,
        func: Any,
        sign: Signature,
        args: Any,
        kwargs: Any,
        known: dict[int, Ids],
        found: Any,
        result: Any,
        first: int,
    ) -> None:
        results = result if isinstance(result, list | tuple) else (result,)
        changed = [args[i] for i in sign.written if i < len(args)] + [kwargs[n] for n in sign.out if n in kwargs]
        outputs = tensors(results) or tensors(changed)
        floats = [tensor for tensor in outputs if carries(tensor)]
        if sign.name in _BLANK:
            for tensor in floats:
                self.memory.blank(tensor)
            return
        if not floats:
            self._concrete(sign, known, result, outputs)
            return
        written = {id(tensor) for tensor in tensors(changed)}
        if not written and all(self.memory.knows(tensor) for tensor in floats):
            return  # views: of arguments
        if not known and not (sign.base in RULES and sign.name in _OVERWRITE) and sign.base not in FILLS:
            for tensor in floats:
                self.memory.write(tensor, self.tape.constant(values(tensor), format_of(tensor.dtype)))
            return
        kept = {name: value for name, value in kwargs.items() if name not in sign.out}
        writer = Writer(self.tape, sign.base, known, tuple(outputs), self._shared, first)
        rules = RULES
        if any(tensor.is_complex() for tensor in (*floats, *tensors(args))):
            rules = COMPLEX
        if found is None and sign.base in rules:
            found = rules[sign.base](writer, *args, **kept)
        if found is None or found is NotImplemented:
            self._opaque(func, known, floats)
            return
        found = found if isinstance(found, tuple) else (found,)
        rest = []
        for slot, ids in zip_longest(slots(results if tensors(results) else changed), found):
            if not isinstance(slot, torch.Tensor) or not carries(slot):
                continue
            settled = None if ids is None else writer.settle(ids, slot)
            if settled is not None:
                self.memory.write(slot, settled)
            elif slot.numel():
                rest.append(slot)
        if rest:  # what is left out would pass for the program's own
            self._opaque(func, known, rest)

    def _concrete(self, sign: Signature, known: dict[int, Ids], result: Any, outputs: list[torch.Tensor]) -> None:
        """No numbers of elements came out: a comparison, indices, or numbers that leave."""
        if not known:
            return
        depends = np.concatenate([ids.ravel() for ids in known.values()])
        if outputs:
            kind = "compare" if outputs[0].dtype == torch.bool else "index"
            for tensor in outputs:
                if tensor.device.type != "meta":  # shapes alone, in which torch tries derivatives of derivatives
                    self.tape.choose(kind, depends, array(tensor))
        elif sign.name == "_local_scalar_dense":
            if not self.tape.constants(depends):
                self.tape.leave("Tensor.item", depends)
        elif isinstance(result, bool | int | float):
            self.tape.choose("compare", depends, np.asarray(result))

    def _opaque(self, func: Any, known: dict[int, Ids], floats: list[torch.Tensor]) -> None:
        called, inputs = str(func), tuple(known.values())
        for n, tensor in enumerate(floats):
            ids = self.tape.opaque(inputs, values(tensor), format_of(tensor.dtype), called, again=n > 0)
            self.memory.write(tensor, ids)
