"""Finding what a target's name stands for: ``package.module:attribute`` or ``file.py:attribute``, from the current folder too."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def load(name: str) -> Any:
    """The object. Raises ValueError, naming what is missing and what was expected."""
    place, colon, attribute = name.rpartition(":")
    if not colon or not place or not attribute:
        raise ValueError(f"target {name!r}: expected module:attribute, mypkg.attn:additive say, or file.py:attribute")
    found = _file(place) if place.endswith(".py") else _module(place, name)
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise ValueError(f"target {name!r}: {place} has no {part!r}")
        found = getattr(found, part)
    return found


def _file(place: str) -> Any:
    path = Path(place)
    if not path.is_file():
        raise ValueError(f"target: no file {place!r}")
    spec = importlib.util.spec_from_file_location(f"_attnproof_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"target: {place!r} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    _guarded(lambda: spec.loader.exec_module(module), place)
    return module


def _module(place: str, name: str) -> Any:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    return _guarded(lambda: importlib.import_module(place), name)


def _guarded(run: Any, name: str) -> Any:
    try:
        return run()
    except Exception as error:
        raise ValueError(f"target {name!r}: importing it raised {type(error).__name__}: {error}") from error


def arguments(text: str) -> dict[str, Any]:
    """``dimensions=d, kind='dot'``: values are literals, or names of sizes, which stay text (``Size``), or products of those."""
    if not text.strip():
        return {}
    try:
        tree = ast.parse(f"f({text})", mode="eval").body
        if not isinstance(tree, ast.Call) or tree.args or any(keyword.arg is None for keyword in tree.keywords):
            raise ValueError  # noqa: TRY301 - the same message as for what cannot be parsed
        return {str(keyword.arg): _literal(keyword.value) for keyword in tree.keywords}
    except (SyntaxError, ValueError):
        raise ValueError(
            f"--build {text!r}: expected name=value, … with literals, sizes and products of sizes"
        ) from None


class Size(tuple[str, ...]):
    """A product of sizes."""

    __slots__ = ()


def _literal(node: ast.expr) -> Any:
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
