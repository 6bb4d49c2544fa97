"""The numbers that a program brings itself: in its code, closures, defaults, attributes and the globals it names.

What a program does at one of its own numbers (block sizes, widths, thresholds) no list of usual sizes can know.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import partial
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any, Final

# What is looked into in somebody's library would be the library's own numbers.
LIBRARIES: Final = frozenset(
    {"torch", "numpy", "jax", "jaxlib", "triton", "numba", "llvmlite", "scipy", "einops", "keras"}
)
# What asks the target is looked through to the target; what it keeps of a recorder holds none of its numbers.
RECORDERS: Final = "attnproof.verify.recording"
OURS: Final = (*(f"attnproof.verify.{folder}" for folder in ("targets", "properties", "checking")), RECORDERS)
WRAPPED: Final = ("__wrapped__", "py_func", "fn", "_fn", "_fun", "func", "_orig_mod", "thing", "function")
TUNED: Final = ("configs", "kwargs", "_modules")
MOST: Final = 2000  # things looked at: more is a library that is not known to be one


@dataclass(frozen=True)
class Constants:
    """Numbers with the first place that each was found at, ``file.py:name``.

    integers  from 2 on, whole floats too; floats  their absolute value from 2⁻¹⁰ to 2¹²⁷
    complete  False where there was too much to look into
    """

    integers: Mapping[int, str] = field(default_factory=dict)
    floats: Mapping[float, str] = field(default_factory=dict)
    complete: bool = True


def constants_of(thing: Any) -> Constants:
    """The constants of whatever can be called: a function, a module, a class, a jitted or wrapped one of these.

    Looked into: code objects and those inside, defaults, closures, globals that the code names (numbers, tuples,
    functions and classes of other than numerical libraries), attributes of objects and modules that it names, the
    function behind a Triton or Numba kernel, the graph of what torch has scripted. Numbers in strings and in data files
    are not seen.
    """
    walk = _Walk()
    walk.look(thing, "")
    integers = {n: place for n, place in sorted(walk.integers.items()) if n >= 2}
    floats = {x: place for x, place in sorted(walk.floats.items()) if 2.0**-10 <= abs(x) <= 2.0**127}
    return Constants(integers, floats, walk.left > 0)


class _Walk:
    def __init__(self) -> None:
        self.integers: dict[int, str] = {}
        self.floats: dict[float, str] = {}
        self.seen: set[int] = set()
        self.held: list[Any] = []  # so that no number of an object that was looked at is used again
        self.left = MOST

    def look(self, thing: Any, place: str) -> None:
        """Whatever it is."""
        if isinstance(thing, bool | str | bytes | None.__class__):
            return
        if isinstance(thing, int | float):
            self._number(thing, place)
            return
        # A class may say anything about its module: a descriptor, in a package that builds its own types.
        if id(thing) in self.seen or self.left <= 0 or str(type(thing).__module__).startswith(RECORDERS):
            return
        self.seen.add(id(thing))
        self.held.append(thing)
        self.left -= 1
        for part, where in self._parts(thing, place):
            self.look(part, where)

    def _number(self, value: float, place: str) -> None:
        if isinstance(value, int) or value.is_integer():
            self.integers.setdefault(abs(int(value)), place)
        if isinstance(value, float):
            self.floats.setdefault(value, place)

    def _parts(self, thing: Any, place: str) -> Iterator[tuple[Any, str]]:
        if isinstance(thing, tuple | list | set | frozenset):
            yield from ((part, place) for part in thing)
        elif isinstance(thing, Mapping):
            yield from ((part, f"{place}[{name!r}]") for name, part in thing.items())
        elif isinstance(thing, staticmethod | classmethod):
            yield thing.__func__, place
        elif isinstance(thing, property):
            yield thing.fget, place
        elif isinstance(thing, partial):
            yield from ((part, place) for part in (thing.func, thing.args, thing.keywords))
        elif isinstance(thing, MethodType):
            yield from ((part, place) for part in (thing.__func__, thing.__self__))
        elif isinstance(thing, FunctionType):
            if not _of_library(thing):
                yield from _of_function(thing)
            else:  # a wrapper of ours or of a library: what it wraps is looked at, its own numbers are not
                yield from ((cell, place) for cell in _cells(thing))
            yield from _wrapped(thing, place)
        elif isinstance(thing, type):
            if not _of_library(thing):
                for base in thing.__mro__:
                    if not _of_library(base):
                        yield from ((part, f"{base.__name__}.{n}") for n, part in vars(base).items() if n[:2] != "__")
                yield from ((vars(thing).get(name), f"{thing.__name__}.{name}") for name in ("__call__", "__init__"))
        elif not isinstance(thing, ModuleType | BuiltinFunctionType | CodeType):
            yield from _of_object(thing, place)


def _of_function(function: FunctionType) -> Iterator[tuple[Any, str]]:
    code = function.__code__
    file = code.co_filename.rpartition("/")[2]
    yield from ((part, f"{file}:{function.__qualname__}") for part in (function.__defaults__, function.__kwdefaults__))
    yield from ((part, f"{file}:{function.__qualname__}") for part in _cells(function))
    names: set[str] = set()
    for each in _nested(code):
        yield from (
            (part, f"{file}:{each.co_firstlineno}") for part in each.co_consts if not isinstance(part, CodeType)
        )
        names.update(each.co_names)
    for name in sorted(names):
        found = function.__globals__.get(name)
        if not isinstance(found, ModuleType):
            yield found, f"{file}:{name}"
        elif not _of_library(found):
            yield from ((vars(found).get(other), f"{found.__name__}.{other}") for other in sorted(names))


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _nested(part)


def _cells(function: FunctionType) -> list[Any]:
    found = []
    for cell in function.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # a name that has no value yet
            continue
    return found


def _wrapped(thing: Any, place: str) -> Iterator[tuple[Any, str]]:
    for name in WRAPPED:
        found = inspect.getattr_static(thing, name, None)
        if found is not None and not inspect.isdatadescriptor(found):
            yield found, place


def _of_object(thing: Any, place: str) -> Iterator[tuple[Any, str]]:
    """An instance: attributes and its class's methods; of a library's (a jitted function, a module): what it wraps."""
    name = type(thing).__name__
    if is_dataclass(thing):
        yield from ((getattr(thing, each.name), f"{name}.{each.name}") for each in fields(thing))
    own = getattr(thing, "__dict__", {})
    if not _of_library(type(thing)):
        yield type(thing), name
        yield from ((part, f"{name}.{attribute}") for attribute, part in own.items())
    else:  # of an object of a library its plain numbers, and what a kernel is tuned with
        kept = {n: part for n, part in own.items() if isinstance(part, int | float | tuple) or n in TUNED}
        yield from ((part, f"{name}.{n}") for n, part in kept.items())
    yield from _scripted(thing)
    yield from _wrapped(thing, place)


def _scripted(thing: Any) -> Iterator[tuple[Any, str]]:
    """The numbers of a program that torch has compiled from its source, of which no code object is left."""
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(thing, torch.jit.ScriptFunction | torch.jit.ScriptModule):
        return
    if not hasattr(thing, "inlined_graph"):  # a module without a method of its own
        return
    graph = thing.inlined_graph  # whose nodes live no longer than it does
    place = getattr(thing, "name", "") or type(thing).__name__
    for node in graph.findAllNodes("prim::Constant"):
        if node.hasAttribute("value") and (kind := node.kindOf("value")) in ("i", "f", "t"):
            value = getattr(node, kind)("value")
            if kind != "t" or value.numel() == 1:  # a trace has its numbers as tensors
                yield (value if kind != "t" else value.item()), place
    modules = list(thing.modules()) if isinstance(thing, torch.jit.ScriptModule) else []
    for name in sorted({node.s("name") for node in graph.findAllNodes("prim::GetAttr")}):
        found = (getattr(module, name, None) for module in modules)
        yield from ((value, f"{place}.{name}") for value in found if isinstance(value, int | float))


def _of_library(thing: Any) -> bool:
    module = str(thing.__name__ if isinstance(thing, ModuleType) else getattr(thing, "__module__", None) or "")
    top = module.partition(".")[0]
    return module.startswith(OURS) or top in LIBRARIES or top in sys.stdlib_module_names
