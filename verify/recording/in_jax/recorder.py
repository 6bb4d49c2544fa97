"""Records JAX programs while they run, forward and backward.

The recorder is a trace of JAX's own (as those of ``vjp`` and ``vmap`` are) that stands below all others: what is left
when they have done their work arrives here, primitive by primitive, with numbers, so that Python control flow by value
works as it does without a recorder. Jitted functions are run equation by equation.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import jax
import numpy as np
from jax._src import core

from attnproof.verify.recording.in_jax import sharing
from attnproof.verify.recording.in_jax.complex_numbers import Pair
from attnproof.verify.recording.in_jax.programs import Programs
from attnproof.verify.recording.in_jax.sources import here
from attnproof.verify.recording.recording import Call, Ids
from attnproof.verify.recording.rules.numbers import Numbers, format_of, is_float
from attnproof.verify.recording.tape import Tape

CONVERSIONS: Final = frozenset({"__bool__", "__int__"})


class Recorded(core.Tracer):  # type: ignore[misc]
    """An array of a program that is recorded; ``number`` is ``Numbers``, or an array without elements."""

    __slots__ = ["number"]

    def __init__(self, trace: Recording, aval: Any, number: Any) -> None:
        super().__init__(trace, aval)
        self.number = number

    def full_lower(self) -> Any:
        """Nothing is below. What a program kept of a recording that is over is the array that it would have kept."""
        return self if self._trace.listening else self.to_concrete_value()

    def to_concrete_value(self) -> Any:
        """The value, as JAX has it."""
        # JAX also asks, of everything, whether there is a value; what a program does with one has a name.
        frame = sys._getframe(1)
        names = {
            frame.f_code.co_name,
            *(f.f_code.co_name for f in (frame.f_back, frame.f_back and frame.f_back.f_back) if f),
        }
        values = self.number.values if isinstance(self.number, Numbers | Pair) else self.number
        for name in names & CONVERSIONS:
            values = self._leave(name.strip("_"))
        # What was kept of a recording in fp64 is fp64 where 64-bit types are switched off, too.
        with jax.ensure_compile_time_eval(), jax.enable_x64(True):
            return jax.numpy.asarray(values)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self._leave("numpy.asarray"), dtype)

    def __float__(self) -> float:
        return float(self._leave("float"))

    def __complex__(self) -> complex:
        return complex(self._leave("complex"))

    def item(self, *places: int) -> Any:
        """A Python number."""
        return self._leave("item").item(*places)

    def tolist(self) -> Any:
        """Python numbers."""
        return self._leave("tolist").tolist()

    def tobytes(self, order: Any = "C") -> bytes:
        """The bytes."""
        return bytes(self._leave("tobytes").tobytes(order))

    def block_until_ready(self) -> Recorded:
        """Nothing is waited for."""
        return self

    def _leave(self, how: str) -> Any:
        number = self.number
        if not isinstance(number, Numbers | Pair):
            return number
        trace: Recording = self._trace
        tape = trace.programs.tape
        parts = number.parts if isinstance(number, Pair) else (number,)
        for part in parts:
            if trace.listening and not tape.constants(part.ids):
                tape.now = here()
                # JAX may ask twice
                if not any(ids is part.ids and what.split()[0] == how for what, ids in tape.left[-2:]):
                    tape.leave(how, part.ids)
        return number.values


class Recording(core.Trace):  # type: ignore[misc]
    """The trace; see the module."""

    def __init__(self, programs: Programs) -> None:
        super().__init__()
        self.programs = programs
        self.listening = False

    def stage_value(self, val: Any) -> Any:
        """As it is."""
        return val

    def process_primitive(self, primitive: Any, tracers: Sequence[Any], params: Mapping[str, Any], /) -> Any:
        """Record a primitive, with the shapes and types of results that JAX gives them."""
        avals = [core.typeof(x) for x in tracers]
        made, _ = primitive.abstract_eval(*avals, **params)  # what JAX refuses it refuses in its own words
        self.programs.tape.now = here()
        operands = [self.number(x, aval) for x, aval in zip(tracers, avals, strict=True)]
        found = self.programs.apply(primitive, operands, params)
        if not any(
            isinstance(x, Recorded) and x._trace is self for x in tracers
        ):  # a program may keep what it makes for later calls
            every = made if primitive.multiple_results else [made]
            arrays = [self.programs.brought(x, aval) for x, aval in zip(found, every, strict=True)]
            return arrays if primitive.multiple_results else arrays[0]
        if not primitive.multiple_results:
            return Recorded(self, made, found[0])
        return [Recorded(self, aval, number) for aval, number in zip(made, found, strict=True)]

    def number(self, x: Any, aval: Any) -> Any:
        """What an operand is in the language of recordings; what was kept of another recording is what it was there."""
        if not isinstance(x, Recorded):
            return self.programs.operand(x, aval.dtype)
        if x._trace is self or not isinstance(x.number, Numbers | Pair):
            return x.number
        return self.programs.operand(x.number.values, aval.dtype)

    def process_call(self, primitive: Any, f: Any, tracers: Sequence[Any], params: Any, /) -> Any:
        """Run what is called."""
        del primitive, params
        return self._run(f, tracers)

    def process_custom_jvp_call(self, primitive: Any, fun: Any, jvp: Any, tracers: Sequence[Any], /, **_: Any) -> Any:
        """Run the function itself: its derivative is for the traces above."""
        del primitive, jvp
        return self._run(fun, tracers)

    def process_custom_vjp_call(
        self, primitive: Any, fun: Any, fwd: Any, bwd: Any, tracers: Sequence[Any], /, **_: Any
    ) -> Any:
        """Run the function itself: its derivative is for the traces above."""
        del primitive, fwd, bwd
        return self._run(fun, tracers)

    def process_shard_map(
        self,
        primitive: Any,
        fun: Any,
        tracers: Sequence[Any],
        /,
        *,
        mesh: Any,
        in_specs: Any,
        newly_manual_axes: Any,
        check_vma: bool,
        **_: Any,
    ) -> Any:
        """Run what the only device does."""
        del primitive

        def typed(x: Any, aval: Any) -> Any:
            return Recorded(self, aval, self.number(x, aval))

        types = [
            sharing.inside(mesh, newly_manual_axes, check_vma, spec, core.typeof(x))
            for x, spec in zip(tracers, in_specs, strict=True)
        ]
        given = [typed(x, aval) for x, aval in zip(tracers, types, strict=True)]
        with (
            core.set_current_trace(self),
            sharing.on_one_device(mesh, newly_manual_axes),
            sharing.checking(check_vma),
        ):
            found, specs = fun(*given).unpack_aux()
        return found.map2(lambda x, spec: typed(x, sharing.outside(mesh, check_vma, spec, core.typeof(x))), specs)

    def cur_qdd(self, x: Any) -> Any:
        """What JAX asks of mutable arrays."""
        return x.cur_qdd()

    def _run(self, function: Any, tracers: Sequence[Any]) -> Any:
        with core.set_current_trace(self):
            return function.call_wrapped(*tracers)


class JaxRecorder:
    """Records on ``tape`` what JAX does while it listens. JAX's settings (64-bit types) are whoever's that asks."""

    def __init__(self) -> None:
        self.tape = Tape()
        self._programs = Programs(self.tape)
        self._trace = Recording(self._programs)

    def input(self, name: str, array: Any) -> Any:
        """What is handed over in place of a JAX array; integers and truth values are handed over as they are."""
        if not is_float(array.dtype):
            return array
        self.tape.now = self.tape.library = ""
        values = np.array(array.number.values if isinstance(array, Recorded) else array)
        ids = self.tape.write("input", (), values, format_of(values.dtype), name=name, call=len(self.tape.calls))
        return Recorded(self._trace, core.typeof(array), Numbers(values, ids))

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While it lasts everything that JAX does is recorded."""
        self._trace.listening = True
        try:
            with core.set_current_trace(self._trace):
                yield
        finally:
            self._trace.listening = False

    def call(self, inputs: Mapping[str, Any], seeds: Mapping[str, Any], results: Mapping[str, Any]) -> None:
        """Note one call, whole."""
        self.tape.calls.append(Call(self._elements(inputs), self._elements(seeds), self._elements(results)))

    def _elements(self, arrays: Mapping[str, Any]) -> dict[str, Ids]:
        found = {}
        for name, array in arrays.items():
            number = self._trace.number(array, array) if hasattr(array, "dtype") else None
            if isinstance(number, Numbers):
                found[name] = np.array(number.ids)
        return found
