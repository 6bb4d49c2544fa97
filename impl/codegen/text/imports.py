"""The imports that a printed module needs: what its runtime defines or imports itself, and the standard library."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attnproof.impl.codegen.text.emit import WIDTH

ROOT: Final = Path(__file__).resolve().parents[3]  # the folder that holds the rooms, installed or not
PACKAGE: Final = "attnproof"

Import = tuple[str, str, str]  # module, name ("" for the module itself), name in use

STANDARD: Final[tuple[Import, ...]] = (
    ("math", "", "math"),
    ("typing", "Any", "Any"),
    ("typing", "NamedTuple", "NamedTuple"),
    ("numba", "njit", "njit"),
)


def text_of(module: str) -> str:
    """The text of a module of ours. Raises ValueError where there is none."""
    stem = ROOT.joinpath(*module.split(".")[1:])
    for path in (stem.with_suffix(".py"), stem / "__init__.py"):
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise ValueError(f"module {module} has no file below the root of the project")


def headed(docstring: str, body: str, *runtimes: str) -> str:
    """The module with this body, which begins with a constant; ``runtimes``: the modules whose names it may use, the
    first of those that have a name.
    """
    nodes = ast.parse(body).body
    used = names_in(nodes) - {name for node in nodes for name in bound_by(node)}
    known = {one[2]: one for one in STANDARD}
    for runtime in runtimes:
        statements = ast.parse(text_of(runtime)).body
        for one in ((runtime, name, name) for node in statements for name in bound_by(node)):
            known.setdefault(one[2], one)
        for node in statements:
            for one in bindings(node) if isinstance(node, ast.Import | ast.ImportFrom) else ():
                known.setdefault(one[2], one)
    needed = {one for name, one in known.items() if name in used}
    lines = import_lines({("__future__", "annotations", "annotations"), *needed})
    return f"{docstring}\n\n{lines}\n\n{body.rstrip()}\n"


def is_ours(node: ast.stmt) -> bool:
    """Whether a statement imports a module of this project."""
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0] == PACKAGE
    return isinstance(node, ast.Import) and any(alias.name.split(".")[0] == PACKAGE for alias in node.names)


def bindings(node: ast.Import | ast.ImportFrom) -> Iterator[Import]:
    """What an import statement imports."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield node.module or "", alias.name, alias.asname or alias.name
        else:
            yield alias.name, "", alias.asname or alias.name.split(".")[0]


def bound_by(node: ast.stmt) -> list[str]:
    """Names that a statement at the top of a module defines."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    found = [part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)]
    if isinstance(node, ast.If | ast.Try | ast.With):
        inner = [part for part in ast.walk(node) if isinstance(part, ast.FunctionDef | ast.ClassDef)]
        found += [part.name for part in inner]
        imports = [part for part in ast.walk(node) if isinstance(part, ast.Import | ast.ImportFrom)]
        found += [one[2] for part in imports for one in bindings(part)]
    return list(dict.fromkeys(found))


def names_in(nodes: list[ast.stmt]) -> frozenset[str]:
    """Every name that is read, in annotations too."""
    parts = (part for node in nodes for part in ast.walk(node) if isinstance(part, ast.Name))
    found = {part.id for part in parts if not isinstance(part.ctx, ast.Store)}
    return frozenset(found - set(dir(builtins)))


def import_lines(imports: set[Import]) -> str:
    """Sections (future, standard library, others', ours), modules before names from them, in alphabetical order."""
    sections = []
    for section in range(4):
        chosen = [one for one in imports if _section(one[0]) == section]
        whole = sorted((module, used) for module, name, used in chosen if not name)
        lines = [f"import {m}" if used == m.split(".")[0] else f"import {m} as {used}" for m, used in whole]
        for module in sorted({module for module, name, _ in chosen if name}):
            names = sorted(
                (name if name == used else f"{name} as {used}" for m, name, used in chosen if m == module and name),
                key=_import_order,
            )
            lines.append(_from(module, names))
        if lines:
            sections.append("\n".join(lines))
    return "\n\n".join(sections)


def _section(module: str) -> int:
    top = module.split(".", maxsplit=1)[0]
    return 0 if top == "__future__" else 1 if top in sys.stdlib_module_names else 3 if top == PACKAGE else 2


def _import_order(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, as the formatter sorts them."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2), name


def _from(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"from {module} import (", *(f"    {name}," for name in names), ")"])
