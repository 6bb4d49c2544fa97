"""One self-contained source text from a module of this project: what it imports from here is put into it.

Of every module of ours that is imported, the definitions that are reached from the names in use are copied, in their
order, and whatever acts on its own (a call, a loop, a decorator with arguments); nothing else is. So a target's runtime
may be as long as it likes, and may import modules of ours itself.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from attnproof.impl.codegen.text.imports import (
    Import,
    bindings,
    bound_by,
    import_lines,
    is_ours,
    names_in,
    text_of,
)


@dataclass(frozen=True)
class Source:
    """A module taken apart.

    docstring    its text, "" if there is none
    imports      the imports of others' modules that are needed, as lines, sections apart
    definitions  what was put in
    body         everything after the imports, as it was
    """

    docstring: str
    imports: str
    definitions: str
    body: str


def inlined(text: str, sources: Mapping[str, str] | None = None) -> Source:
    """The module ``text`` without imports of this project.

    sources  texts of modules by name that are not, or not yet, files below the root

    Raises ValueError for what cannot be put in: ``import attnproof.impl.x``, a renaming, a star, a relative import, a
    module or a name that does not exist, and two different definitions of one name.
    """
    given = {} if sources is None else sources
    tree = ast.parse(text)
    statements = list(tree.body)
    docstring = ast.get_docstring(tree, clean=False) or ""
    start = _first_after_imports(statements)
    late = [node.lineno for node in statements[start:] if is_ours(node)]
    if late:
        raise ValueError(f"line {late[0]}: imports of this project stand at the top of a module, together")
    before = statements[start - 1].end_lineno or 0 if start else 0
    body = "\n".join(text.splitlines()[before:]).strip("\n")

    found = _Collector(given)
    names = names_in(statements[start:])
    for node in statements[:start]:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.follow(node, names)
    own = {name for node in statements[start:] for name in bound_by(node)}
    if clash := sorted(own & found.defined.keys()):
        raise ValueError(f"{clash[0]} is defined in the module and in {found.defined[clash[0]]}")
    return Source(docstring, import_lines(found.imports), "\n\n\n".join(found.texts), body)


class _Collector:
    """What is reached: definitions in the order of their modules, and imports of others' modules."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.sources = sources
        self.imports: set[Import] = set()
        self.defined: dict[str, str] = {}  # name -> module
        self.texts: list[str] = []

    def follow(self, node: ast.Import | ast.ImportFrom, names: frozenset[str]) -> None:
        """Take up an import: as it is if it is another's, else what ``names`` reach through it."""
        if isinstance(node, ast.ImportFrom) and node.level:
            raise ValueError(f"line {node.lineno}: a relative import cannot be put in: {ast.unparse(node)}")
        if not is_ours(node):
            self.imports |= {one for one in bindings(node) if one[2] in names or one[0] == "__future__"}
            return
        if isinstance(node, ast.Import) or any(alias.asname or alias.name == "*" for alias in node.names):
            raise ValueError(f"line {node.lineno}: only 'from module import name' can be put in: {ast.unparse(node)}")
        assert node.module is not None  # level is 0
        self.take(node.module, frozenset(alias.name for alias in node.names if alias.name in names))

    def take(self, module: str, wanted: frozenset[str]) -> None:
        """The definitions of ``module`` that ``wanted`` reach."""
        text = self._text_of(module)
        statements = ast.parse(text).body
        imports = [node for node in statements if isinstance(node, ast.Import | ast.ImportFrom)]
        parts = [node for node in statements if node not in imports and not _is_docstring(node)]
        offered = {name for node in parts for name in bound_by(node)}
        offered |= {one[2] for node in imports for one in bindings(node)}
        if missing := sorted(wanted - offered):
            raise ValueError(f"{module} has no {missing[0]!r}; it has {', '.join(sorted(offered))}")
        reached, kept = set(wanted), set[int]()
        while True:
            new = [
                n for n, node in enumerate(parts) if n not in kept and (_acts(node) or reached & set(bound_by(node)))
            ]
            if not new:
                break
            kept |= set(new)
            reached |= names_in([parts[n] for n in new])
        for node in imports:
            self.follow(node, frozenset(reached))
        for n in sorted(kept):
            names = bound_by(parts[n])
            if names and all(self.defined.get(name) == module for name in names):
                continue
            if names and _with_comments(text, parts[n]) in self.texts:
                continue  # two runtimes define it alike
            for name in names:
                if name in self.defined:
                    raise ValueError(f"{name} is defined in {self.defined[name]} and in {module}")
                self.defined[name] = module
            self.texts.append(_with_comments(text, parts[n]))

    def _text_of(self, module: str) -> str:
        return self.sources[module] if module in self.sources else text_of(module)


def _first_after_imports(statements: list[ast.stmt]) -> int:
    start = 0
    while start < len(statements):
        node = statements[start]
        if not (isinstance(node, ast.Import | ast.ImportFrom) or (start == 0 and _is_docstring(node))):
            break
        start += 1
    return start


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _acts(node: ast.stmt) -> bool:
    """Whether a statement does more than define names: a call, a loop, a branch, a decorator that may register."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return any(isinstance(decorator, ast.Call) for decorator in node.decorator_list)
    return not isinstance(node, ast.Assign | ast.AnnAssign)


def _with_comments(text: str, node: ast.stmt) -> str:
    """A statement's lines with decorators and the comments that stand right above it."""
    lines = text.splitlines()
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
    first = min([node.lineno, *(one.lineno for one in decorators)]) - 1
    while first > 0 and lines[first - 1].startswith("#"):
        first -= 1
    return "\n".join(lines[first : node.end_lineno])
