"""Imports run one way, between rooms, between the folders of a room and between modules.

``SHELVES`` lists every folder once, in the order of flow: a folder imports only from those that stand before it. What a
room may not import at all stands in ``CLOSED``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "attnproof"
ROOMS = ("derivations", "impl", "verify", "reports")
SHELVES = (
    *(f"derivations/{shelf}" for shelf in (
        "language", "scores", "calculus", "typesetting", "propositions", "attention", "ring", "proof", "bounds",
        "recheck", "moments", "kernels", "statements", "lemmas", "claims", "formulas",
    )),
    *(f"impl/{shelf}" for shelf in (
        "extras", "replacing", "reference", "generated", "codegen", "export", "fused", "nn",
    )),
    *(f"verify/{shelf}" for shelf in (
        "options", "unit", "outcome", "statistics", "rows", "arithmetic", "inputs",
        "implementations", "bounds", "oracle", "kernel", "recording", "targets", "composing", "reading", "comparisons",
        "tables", "properties", "faults", "proofs", "evidence", "checking", "against", "formats",
        "detection", "gates", "run", "bench", "league",
    )),
    *(f"reports/{shelf}" for shelf in ("words", "page", "commands")),
)  # fmt: skip
# Rooms that a folder may not import from, although they stand before it.
CLOSED = {
    "impl/reference": ROOMS,  # written by hand, independent of everything else here
    "impl/generated": ("derivations", "verify", "reports"),
    "reports/words": ("derivations", "impl", "verify"),  # pages are functions of result files
    "reports/page": ("derivations", "impl", "verify"),
}
BUT = {"reports/page": ("impl/replacing",)}  # it writes files and knows nothing of ours

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for room in ROOMS
    for path in sorted((ROOT / room).rglob("*.py"))
    if "out" not in path.relative_to(ROOT).parts
}


@cache
def imports(module: str) -> tuple[str, ...]:
    return tuple(imported(MODULES[module].read_text(encoding="utf-8")))


def imported(source: str) -> Iterator[str]:
    """The modules of ours that the import statements of a module name, without the package, late imports too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            package, _, inside = name.partition(".")
            if package == PACKAGE and inside.split(".")[0] in ROOMS:
                yield inside if inside in MODULES else inside.rpartition(".")[0]


def shelf(module: str) -> str | None:
    """The folder, or module beside the folders, of a room that a module is on; None for the room itself."""
    parts = module.split(".")
    return "/".join(parts[:2]) if len(parts) > 1 else None


def wrong(module: str, names: Iterable[str]) -> list[str]:
    """Which of the modules that ``module`` imports it may not."""
    here = shelf(module)
    found = []
    for name in names:
        there = shelf(name)
        if there is None or there == here:
            continue
        closed = there.split("/")[0] in CLOSED.get(here or "", ()) and there not in BUT.get(here or "", ())
        later = here is not None and SHELVES.index(there) > SHELVES.index(here)
        if (closed and there != here) or later:
            found.append(name)
    return found


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_one_way(module: str) -> None:
    assert not wrong(module, imports(module))


def test_every_folder_has_a_place() -> None:
    assert {shelf(module) for module in MODULES} - {None} == set(SHELVES)
    assert len(set(SHELVES)) == len(SHELVES)


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("derivations.language.notation", "from attnproof.verify.outcome import PASS"),
        ("derivations.language.notation", "from attnproof.derivations.calculus import adjoint"),
        ("derivations.lemmas.rounding", "def late():\n    from attnproof.derivations.claims import a4"),
        ("impl.reference.numpy_attention", "import attnproof.derivations.scores"),
        ("impl.generated.numpy.dot", "from attnproof.derivations import scores"),
        ("reports.page.render", "from attnproof.verify.outcome import PASS"),
        ("verify.bounds.api", "from attnproof.verify.properties.masking import PROPERTIES"),
    ],
)
def test_an_import_against_the_order_is_seen(module: str, line: str) -> None:
    assert wrong(module, imported(line))


def test_no_circle_of_modules() -> None:
    """Modules that import each other, be it late, could only be understood, and moved, together."""
    graph = {module: {name for name in imports(module) if name in MODULES} - {module} for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {' -> '.join(error.args[1])}")


def test_nothing_loose_at_the_root_of_a_room() -> None:
    loose = {module for module, path in MODULES.items() if path.parent.parent == ROOT and path.name != "__init__.py"}
    assert loose == {
        "impl.extras",
        "impl.fused",
        "impl.replacing",
        "verify.options",
        "verify.outcome",
        "verify.statistics",
        "verify.unit",
        "reports.words",
    }
