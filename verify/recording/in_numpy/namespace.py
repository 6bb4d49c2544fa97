"""What makes arrays out of other things has no hook in NumPy: while a program is recorded these names are others.

``numpy.zeros``, ``asarray`` and the like, and the functions of ``math``, are replaced wherever a module holds them
(``from numpy import zeros`` too), and put back afterwards.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import MappingProxyType, ModuleType
from typing import Any, Final

import numpy as np

from attnproof.verify.recording.in_numpy import compiled
from attnproof.verify.recording.in_numpy.array import Recorded, made, recorded
from attnproof.verify.recording.in_numpy.memory import Memory
from attnproof.verify.recording.rules.numbers import is_float

CONVERSIONS: Final = (
    "asarray",
    "array",
    "asanyarray",
    "ascontiguousarray",
    "asfortranarray",
    "asarray_chkfinite",
    "require",
)
MAKERS: Final = ("zeros", "empty", "ones", "full", "eye", "identity", "linspace", "arange", "tri")
OF_LISTS: Final = ("sum", "max", "min", "amax", "amin", "mean", "prod", "argmax", "argmin", "dot", "cumsum")
READERS: Final = ("nditer", "nested_iters", "frombuffer")  # of memory itself, past any hook
MATH: Final[Mapping[str, Any]] = MappingProxyType(
    {
        **{name: getattr(np, name) for name in ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt",
                                                "sin", "cos", "tan", "sinh", "cosh", "tanh", "fabs", "isnan", "isinf",
                                                "isfinite", "hypot", "fmod", "copysign", "atanh")},
        "pow": np.power,
    }
)  # fmt: skip
ORIGINAL, OTHER = 2, 3  # places in a name's row
# Modules of these packages keep theirs: they are no target, or call NumPy as NumPy itself does; nor has Python's own
# library NumPy's functions, or ``math``'s but for a few modules.
OTHERS: Final = ("torch", "torchgen", "jax", "jaxlib", "pandas", "sympy", "mpmath", "flint", "jinja2", "z3")
TESTING: Final = ("hypothesis", "pytest", "_pytest")
NUMERIC: Final = frozenset({"math", "random", "statistics", "fractions"})
LEFT_ALONE: Final = frozenset({"numpy", *OTHERS, *TESTING, *sys.stdlib_module_names}) - NUMERIC


def holds(value: Any) -> bool:
    """Whether a recorded array lies in nested lists."""
    if isinstance(value, list | tuple):
        return any(map(holds, value))
    return isinstance(value, Recorded)


def _replacements(memory: Memory) -> dict[int, tuple[Any, Any]]:
    """What each function is replaced with, by identity."""

    def convert(original: Callable[..., Any]) -> Callable[..., Any]:
        def converted(value: Any = None, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
            if memory.busy or not holds(value):
                found = (
                    original(value, dtype, *args, **kwargs) if args or dtype is not None else original(value, **kwargs)
                )
                return found if memory.busy or found is value else known(found)
            with memory.at_work(original.__name__):
                if not isinstance(value, Recorded):
                    found = made(memory, memory.gathered(value))
                elif original is np_array and any(kwargs.get("copy", True) is x for x in (True, np._CopyMode.ALWAYS)):
                    found = np.copy(value, order=kwargs.get("order", "K"))
                elif original is np_contiguous and not value.flags.c_contiguous:
                    found = np.copy(value, order="C")
                elif original is np_fortran and not value.flags.f_contiguous:
                    found = np.copy(value, order="F")
                else:
                    found = value
                found = found if dtype is None or isinstance(dtype, list) else found.astype(dtype, copy=False)
                short = kwargs.get("ndmin", 0) - found.ndim
                return found.reshape(*(1 for _ in range(short)), *found.shape) if short > 0 else found

        return converted

    def known(found: Any) -> Any:
        """A new array of constants."""
        if isinstance(found, np.ndarray) and is_float(found.dtype) and not isinstance(found, Recorded):
            memory.owner(found)
            return recorded(memory, found)
        return found

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def maker(*args: Any, **kwargs: Any) -> Any:
            if memory.busy:
                return original(*args, **kwargs)
            filling = kwargs.get("fill_value", args[1] if original is np_full and len(args) > 1 else None)
            if isinstance(filling, Recorded):
                shape = kwargs.get("shape", args[0] if args else ())
                found = known(np.empty(shape, kwargs.get("dtype", filling.dtype)))
                found[...] = filling
                return found
            return known(original(*args, **kwargs))

        return maker

    def of_list(original: Callable[..., Any]) -> Callable[..., Any]:
        def function(value: Any, *args: Any, **kwargs: Any) -> Any:
            if not memory.busy and isinstance(value, list | tuple) and holds(value):
                value = made(memory, memory.gathered(value))
            return original(value, *args, **kwargs)

        return function

    def elementary(original: Callable[..., Any], ufunc: np.ufunc) -> Callable[..., Any]:
        def function(*args: Any) -> Any:
            if memory.busy or not any(isinstance(x, Recorded) for x in args):
                return original(*args)
            first = memory.tape.elements
            found = ufunc(*(x.astype(np.float64, copy=False) if isinstance(x, Recorded) else x for x in args))
            if isinstance(found, Recorded):
                with memory.at_work(original.__name__):
                    memory.settle(first, found, original(*map(float, args)))
            return found

        return function

    def reader(original: Callable[..., Any]) -> Callable[..., Any]:
        def read(given: Any, *args: Any, **kwargs: Any) -> Any:
            for x in given if isinstance(given, list | tuple) else (given,):
                if isinstance(x, Recorded):
                    x._leave(original.__name__)
            return original(given, *args, **kwargs)

        return read

    np_array, np_full = np.array, np.full
    np_contiguous, np_fortran = np.ascontiguousarray, np.asfortranarray
    found: dict[int, tuple[Any, Any]] = {}
    for names, how in ((CONVERSIONS, convert), (MAKERS, make), (OF_LISTS, of_list), (READERS, reader)):
        for name in names:
            original = getattr(np, name)
            found[id(original)] = (original, how(original))
    for name, ufunc in MATH.items():
        original = getattr(math, name, None)
        if original is not None:
            found[id(original)] = (original, elementary(original, ufunc))
    return found


def _modules() -> Iterator[ModuleType]:
    yield np
    for name, module in list(sys.modules.items()):
        if _of_a_program(name) and hasattr(module, "__dict__"):
            yield module


@cache
def _of_a_program(name: str) -> bool:
    """Whether a module of this name may make arrays for a program."""
    ours = name.startswith("attnproof.") and not name.startswith("attnproof.impl")
    return name.partition(".")[0] not in LEFT_ALONE and not ours


def _vectorized(memory: Memory) -> Callable[..., Any]:
    """``numpy.vectorize(function)(…)``, element by element, on recorded arrays."""
    original = np.vectorize.__call__

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if memory.busy or not holds(args) or kwargs or self.signature is not None or self.excluded:
            return original(self, *args, **kwargs)
        arrays = np.broadcast_arrays(*(x if isinstance(x, Recorded) else np.asarray(x) for x in args))
        found = [self.pyfunc(*(x[place] for x in arrays)) for place in np.ndindex(arrays[0].shape)]
        if found and isinstance(found[0], tuple):
            return tuple(np.array(list(part)).reshape(arrays[0].shape) for part in zip(*found, strict=True))
        return np.array(found).reshape(arrays[0].shape)

    return call


@contextmanager
def replaced(memory: Memory) -> Iterator[None]:
    """While it lasts arrays that a program makes are recorded ones."""
    replacements = _replacements(memory)
    changed: list[tuple[Any, str, Any, Any]] = []  # where, the name, what it is and what it is meanwhile
    for module in _modules():
        names = vars(module)
        if replacements.keys().isdisjoint(map(id, names.values())):  # nearly all: told without a loop in Python
            continue
        for name in [name for name, value in names.items() if id(value) in replacements]:
            original, other = replacements[id(names[name])]
            if names[name] is original:
                changed.append((names, name, original, other))

    def put(which: int) -> None:
        for each in changed:
            each[0][each[1]] = each[which]

    depth = 0  # compiling one kernel compiles others

    @contextmanager
    def put_back() -> Iterator[None]:
        nonlocal depth
        depth += 1
        put(ORIGINAL)
        try:
            yield
        finally:
            depth -= 1
            put(ORIGINAL if depth else OTHER)

    vectorize: Any = np.vectorize
    methods = [(vectorize, "__call__", _vectorized(memory)), *compiled.methods(memory, put_back)]
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in methods]
    try:
        for owner, name, function in methods:
            setattr(owner, name, function)
        put(OTHER)
        yield
    finally:
        put(ORIGINAL)
        for owner, name, function in before:
            setattr(owner, name, function)
