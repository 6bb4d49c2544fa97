"""Runs JAX's inner programs (the bodies of ``jit``, ``scan``, ``while``, ``cond`` …) equation by equation.

Values are computed in NumPy by the rules, in the program's dtypes, and not by XLA, which would compile every primitive
at every shape: they are needed for what is decided by value and for what is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import jax
import numpy as np
from jax._src.lax.lax import _convert_element_type

from attnproof.verify.recording.in_jax.complex_numbers import Pair, by_parts, concerned, is_complex
from attnproof.verify.recording.in_jax.equations import (
    ANY_RULES,
    COMPARISONS,
    FLOAT_BINARY,
    FLOAT_UNARY,
    PLAIN,
    PLAIN_REDUCTIONS,
    RULES,
)
from attnproof.verify.recording.in_jax.moving import MOVES, SAME
from attnproof.verify.recording.in_jax.placing import MOVING, stack
from attnproof.verify.recording.in_jax.sharing import on_one_device
from attnproof.verify.recording.in_jax.sources import place, remembered
from attnproof.verify.recording.recording import NotReadError
from attnproof.verify.recording.rules import choices
from attnproof.verify.recording.rules.elementwise import BINARY, UNARY
from attnproof.verify.recording.rules.numbers import Numbers, constant, format_of, is_float
from attnproof.verify.recording.tape import Tape

# What only holds a program, and the parameter that holds it.
HOLDERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "jit": "jaxpr",
        "pjit": "jaxpr",
        "closed_call": "call_jaxpr",
        "core_call": "call_jaxpr",
        "remat2": "jaxpr",
        "checkpoint": "jaxpr",
        "custom_jvp_call": "call_jaxpr",
        "custom_vjp_call": "call_jaxpr",
        "custom_vjp_call_jaxpr": "fun_jaxpr",
        "custom_vmap_call": "call",
    }
)


class Programs:
    """Evaluates primitives and programs of them on a tape. Operands: ``Numbers``, or arrays without elements."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self._known: dict[Any, tuple[Any, Numbers]] = {}

    def operand(self, array: Any, dtype: Any) -> Any:
        """What a program brings: a number or an array of one of its dtypes. The same array is the same constants."""
        try:
            plain = not is_float(dtype)
        except TypeError:  # a dtype of JAX alone, such as keys of random numbers
            return array
        if plain:
            return np.asarray(array).astype(dtype, copy=False)
        if (id(array), str(dtype)) in self._known:
            return self._known[id(array), str(dtype)][1]
        number = not hasattr(array, "shape") or array.shape == ()
        key = (str(np.asarray(array, dtype)), str(dtype)) if number else (id(array), str(dtype))
        if key not in self._known:
            self._known[key] = (array, constant(self.tape, np.array(array, dtype)))
        return self._known[key][1]

    def brought(self, found: Any, aval: Any) -> Any:
        """What a program made of nothing that was handed over, as JAX's array; here it stays what it was made of."""
        if not isinstance(found, Numbers | Pair | np.ndarray):
            return found
        with jax.ensure_compile_time_eval():
            # jax.numpy.asarray compiles a program for every shape to make one.
            array = jax.device_put(np.array(found if isinstance(found, np.ndarray) else found.values))
            if aval.weak_type:
                array = _convert_element_type(array, weak_type=True)
        if isinstance(found, Numbers):
            self._known[id(array), str(array.dtype)] = (array, found)
        return array

    def run(self, jaxpr: Any, consts: Sequence[Any], operands: Sequence[Any]) -> list[Any]:
        """The results of a program."""
        jaxpr = getattr(jaxpr, "jaxpr", jaxpr)
        known: dict[Any, Any] = dict(zip(jaxpr.constvars, consts, strict=True))
        known |= dict(zip(jaxpr.invars, operands, strict=True))

        def read(atom: Any) -> Any:
            return self.operand(atom.val, atom.aval.dtype) if hasattr(atom, "val") else known[atom]

        around = remembered()  # what a backward pass of the target's own is traced with says nothing of its lines
        for equation in jaxpr.eqns:
            own = place(equation.source_info.traceback)
            outer, self.tape.now = self.tape.now, own if own and own != around else self.tape.now
            try:
                found = self.apply(equation.primitive, [read(atom) for atom in equation.invars], equation.params)
            finally:
                self.tape.now = outer
            known |= dict(zip(equation.outvars, found, strict=True))
        return [read(atom) for atom in jaxpr.outvars]

    def closed(self, program: Any, operands: Sequence[Any]) -> list[Any]:
        """The results of a program that may hold constants."""
        consts = [self.operand(x, x.dtype) for x in getattr(program, "consts", ())]
        return self.run(program, consts, operands)

    def apply(self, primitive: Any, operands: Sequence[Any], params: Mapping[str, Any]) -> list[Any]:
        """The results of one primitive."""
        name = primitive.name
        if name in HOLDERS:
            return self.closed(params[HOLDERS[name]], operands)
        if name in CONTROL:
            return CONTROL[name](self, operands, params)
        self.tape.library = f"jax.{name}"
        found: Any = NotImplemented
        if all(isinstance(x, Numbers | np.ndarray | Pair) for x in operands):
            if name == "complex" or concerned(operands, params):
                found = by_parts(self.tape, name, operands, params, self._by_rule)
            else:
                found = self._by_rule(name, operands, params)
        if found is NotImplemented:
            return self._unread(primitive, operands, params)
        every = found if isinstance(found, list | tuple) else [found]
        return [x if isinstance(x, Numbers | Pair) else np.asarray(x) for x in every]

    def _by_rule(self, name: str, operands: Sequence[Any], params: Mapping[str, Any]) -> Any:
        """The result, or results; ``NotImplemented`` where there is no rule."""
        tape = self.tape
        if name in SAME:
            return list(operands)
        if name in MOVES:
            (a,) = operands
            return a.move(lambda x: MOVES[name](x, params)) if isinstance(a, Numbers) else MOVES[name](a, params)
        if name in MOVING:
            return MOVING[name](*operands, **params)
        if name in ANY_RULES:
            return ANY_RULES[name](tape, *operands, **params)
        if not any(isinstance(x, Numbers) for x in operands):
            if name in PLAIN:
                return PLAIN[name](*operands)
            if name in PLAIN_REDUCTIONS:
                (a,) = operands
                return PLAIN_REDUCTIONS[name].reduce(a, axis=tuple(params["axes"]), dtype=a.dtype)
            return NotImplemented
        if name in RULES:
            return RULES[name](tape, *operands, **params)
        if name in COMPARISONS:
            return choices.compare(tape, COMPARISONS[name], *operands)
        if name in FLOAT_UNARY:
            return UNARY[FLOAT_UNARY[name]](tape, *operands)
        if name in FLOAT_BINARY:
            return BINARY[FLOAT_BINARY[name]](tape, *operands)
        return NotImplemented

    def _unread(self, primitive: Any, operands: Sequence[Any], params: Mapping[str, Any]) -> list[Any]:
        """Run by JAX itself: what depends on numbers of the program is opaque, anything else a constant."""
        tape, name = self.tape, primitive.name
        every = [part for x in operands for part in getattr(x, "parts", (x,)) if isinstance(part, Numbers)]
        depends = [x for x in every if x.ids.size and not tape.constants(x.ids)]
        try:
            with jax.ensure_compile_time_eval():
                given = [jax.numpy.asarray(x.values if isinstance(x, Numbers | Pair) else x) for x in operands]
                results = primitive.bind(*given, **params)
        except Exception as error:  # whatever JAX raises: nothing is known of the program then, and that is told
            raise NotReadError(f"jax.{name} cannot be read: {error}") from error
        found: list[Any] = []

        def opaque(*arrays: Any) -> list[Numbers]:
            """Numbers of the call: of one call, however many arrays it gives."""
            made: list[Numbers] = []
            for values in arrays:
                again = bool(made) or any(isinstance(x, Numbers | Pair) for x in found)
                ids = tape.opaque(
                    tuple(x.ids for x in depends), values, format_of(values.dtype), f"jax.{name}", again=again
                )
                made.append(Numbers(values, ids))
            return made

        for result in results if primitive.multiple_results else [results]:
            try:
                numbers = is_float(result.dtype)
            except TypeError:
                found.append(result)
                continue
            values = np.asarray(result)
            if depends and is_complex(values.dtype):
                found.append(Pair(*opaque(values.real, values.imag)))
            elif not numbers:
                if depends:
                    choices.note(tape, "index", values, *depends)
                found.append(values)
            elif depends:
                found += opaque(values)
            else:
                found.append(constant(tape, values, name=f"jax.{name}"))
        return found


def _while(programs: Programs, operands: Sequence[Any], params: Mapping[str, Any]) -> list[Any]:
    n, m = params["cond_nconsts"], params["body_nconsts"]
    asked, held, carried = operands[:n], operands[n : n + m], list(operands[n + m :])
    while bool(np.asarray(programs.closed(params["cond_jaxpr"], [*asked, *carried])[0]).any()):
        carried = programs.closed(params["body_jaxpr"], [*held, *carried])
    return carried


def _cond(programs: Programs, operands: Sequence[Any], params: Mapping[str, Any]) -> list[Any]:
    branches = params["branches"]
    index = min(max(int(operands[0]), 0), len(branches) - 1)
    return programs.closed(branches[index], operands[1:])


def _scan(programs: Programs, operands: Sequence[Any], params: Mapping[str, Any]) -> list[Any]:
    n, m, length = params["num_consts"], params["num_carry"], params["length"]
    held, carried, along = operands[:n], list(operands[n : n + m]), operands[n + m :]
    steps = range(length)[::-1] if params["reverse"] else range(length)
    made: dict[int, list[Any]] = {}
    for step in steps:
        rows = [x[step] if isinstance(x, Numbers | Pair) else np.asarray(x[step]) for x in along]
        found = programs.closed(params["jaxpr"], [*held, *carried, *rows])
        carried, made[step] = found[:m], found[m:]
    return [*carried, *_stacked(programs, params["jaxpr"].out_avals[m:], [made[n] for n in range(length)])]


def _stacked(programs: Programs, avals: Sequence[Any], rows: Sequence[Sequence[Any]]) -> list[Any]:
    """The rows of each result, one after another; of no rows, an empty array."""
    found = []
    for n, aval in enumerate(avals):
        parts = [row[n] for row in rows]
        if not parts:
            found.append(programs.operand(np.zeros((0, *aval.shape), aval.dtype), aval.dtype))
        elif isinstance(parts[0], Pair):
            found.append(Pair(*(stack(*part, axis=0) for part in zip(*(x.parts for x in parts), strict=True))))
        else:
            found.append(stack(*parts, axis=0))
    return found


def _shard_map(programs: Programs, operands: Sequence[Any], params: Mapping[str, Any]) -> list[Any]:
    with on_one_device(params["mesh"], params["newly_manual_axes"]):
        return programs.closed(params["jaxpr"], operands)


def _pallas(programs: Programs, operands: Sequence[Any], params: Mapping[str, Any]) -> list[Any]:
    """A kernel that JAX interprets: the loop over its grid that JAX runs in its place."""
    from jax._src.pallas.hlo_interpreter import pallas_call_hlo_interpret  # late: few have kernels

    if params["interpret"] is not True:
        raise NotReadError("kernels of Pallas are read where they are interpreted: interpret=True")
    given = {name: value for name, value in params.items() if name not in {"interpret", "backend"}}
    shapes = [jax.ShapeDtypeStruct(x.shape, x.dtype) for x in operands]
    loop = jax.make_jaxpr(partial(pallas_call_hlo_interpret, **given))(*shapes)
    return programs.closed(loop, operands)


CONTROL: Final[Mapping[str, Callable[[Programs, Sequence[Any], Mapping[str, Any]], list[Any]]]] = MappingProxyType(
    {"while": _while, "cond": _cond, "scan": _scan, "pallas_call": _pallas, "shard_map": _shard_map}
)
