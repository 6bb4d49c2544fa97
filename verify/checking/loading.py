"""Finding what a target's name stands for: ``package.module:attribute`` or ``file.py:attribute``, from the current
folder too.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from attnproof.verify.targets.saying import said


def load(name: str) -> Any:
    """The object. Raises ValueError, naming what is missing and what was expected."""
    place, colon, attribute = name.rpartition(":")
    if not colon or not place or not attribute:
        raise ValueError(f"target {name!r}: expected module:attribute, mypkg.attn:additive say, or file.py:attribute")
    try:
        return _found(place, attribute)
    except MissingError as error:
        raise ValueError(f"target {name!r}: {error}") from error
    except KeyboardInterrupt:  # the user's
        raise
    except BaseException as error:  # SystemExit, and whatever else somebody's module may raise
        raise ValueError(f"target {name!r}: importing it raised {said(error)}") from error


@contextmanager
def afresh(*names: str) -> Iterator[None]:
    """While it lasts the modules of these are loaded anew, each once; afterwards those that were are there again."""
    places = {name.rpartition(":")[0] for name in names if name}
    own = {_own_name(Path(place)) if place.endswith(".py") else place for place in places}
    before = {name: sys.modules.pop(name) for name in own if name in sys.modules}
    try:
        yield
    finally:
        for name, module in before.items():
            sys.modules[name] = module
            package, _, last = name.rpartition(".")
            if package in sys.modules:
                setattr(sys.modules[package], last, module)


_texts: WeakKeyDictionary[ModuleType, tuple[Path, bytes]] = WeakKeyDictionary()


class MissingError(ValueError):
    """There is no such file or attribute."""


def _found(place: str, attribute: str) -> Any:
    found = _file(place) if place.endswith(".py") else _module(place)
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise MissingError(f"{place} has no {part!r}")
        found = getattr(found, part)
    return found


class _Source(SourceFileLoader):
    """Leaves no bytecode beside somebody's file."""

    def set_data(self, path: Any, data: Any, *, _mode: int = 0o666) -> None:
        """Nothing is written."""


def _file(place: str) -> Any:
    path = Path(place)
    if not path.is_file():
        raise MissingError(f"no file {place!r}")
    known, text = sys.modules.get(_own_name(path)), path.read_bytes()
    if known is not None and _texts.get(known) == (path.resolve(), text):
        return known  # what two names of one file share, a backward and what its forward keeps say, is one thing
    name = _own_name(path)
    spec = importlib.util.spec_from_file_location(name, path, loader=_Source(name, str(path)))
    if spec is None or spec.loader is None:
        raise MissingError(f"{place!r} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    _texts[module] = path.resolve(), text
    return module


def _own_name(path: Path) -> str:
    return f"_attnproof_{path.stem}"


def _module(place: str) -> Any:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    return importlib.import_module(place)


def arguments(text: str) -> dict[str, Any]:
    """``dimensions=d, kind='dot'``: values are literals, ``inf`` and ``-inf`` among them, or names of sizes, which stay
    text (``Size``), or products of those.
    """
    if not text.strip():
        return {}
    try:
        tree = ast.parse(f"f({text})", mode="eval").body
        if not isinstance(tree, ast.Call) or tree.args or any(keyword.arg is None for keyword in tree.keywords):
            raise ValueError  # noqa: TRY301 - the same message as for what cannot be parsed
        return {str(keyword.arg): _literal(keyword.value) for keyword in tree.keywords}
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last two for brackets within brackets
        raise ValueError(
            f"--build {text!r}: expected name=value, … with literals, sizes and products of sizes"
        ) from None


class Size(tuple[str, ...]):
    """A product of sizes."""

    __slots__ = ()


def _literal(node: ast.expr) -> Any:
    if ast.unparse(node) in ("inf", "-inf"):
        return float(ast.unparse(node))
    if isinstance(node, ast.Name):
        return Size((node.id,))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        left, right = _literal(node.left), _literal(node.right)
        if isinstance(left, Size) and isinstance(right, Size):
            return Size((*left, *right))
        raise ValueError
    return ast.literal_eval(node)


def with_sizes(built: Mapping[str, Any], sizes: Mapping[str, int]) -> dict[str, Any]:
    """The arguments with numbers for the sizes. Raises ValueError for a size that there is not."""
    found: dict[str, Any] = {}
    for name, value in built.items():
        if not isinstance(value, Size):
            found[name] = value
            continue
        product = 1
        for size in value:
            if size not in sizes:
                raise ValueError(f"--build {name}: no size {size!r}; known: {', '.join(sorted(sizes))}")
            product *= sizes[size]
        found[name] = product
    return found
