"""The rooms import in one direction only; and the tree names nothing that a reader of it would not have."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("derivations", "impl", "verify", "reports")
ALLOWED = {
    "derivations": {"derivations"},
    "impl": {"derivations", "impl"},
    "verify": {"derivations", "impl", "verify"},
    "reports": {"reports"},
}
# The command line and what it prints to the terminal put the rooms together.
EXCEPTIONS = {
    "reports/commands/main.py": set(ROOMS),
    "reports/commands/check.py": {"reports", "verify"},
    "reports/commands/show.py": {"reports", "derivations", "impl"},
    "reports/commands/terminal.py": {"reports", "verify"},
}


def rooms_imported(source: str) -> set[str]:
    """The rooms that a module's import statements name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found & set(ROOMS)


def allowed(path: Path) -> set[str]:
    name = path.relative_to(ROOT).as_posix()
    if name.startswith("impl/reference/"):
        return set()  # written by hand, independent of everything else here
    if name.startswith("impl/generated/"):
        return {"impl"}
    return EXCEPTIONS.get(name, ALLOWED[name.split("/")[0]])


MODULES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if "out" not in path.parts]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_go_one_way(path: Path) -> None:
    forbidden = rooms_imported(path.read_text(encoding="utf-8")) - allowed(path)
    assert not forbidden, f"{path.relative_to(ROOT)} may not import from {sorted(forbidden)}"


def test_the_import_check_sees_a_forbidden_import() -> None:
    source = "from attnproof.verify.outcome import PASS\nimport attnproof.impl.generated\n"
    assert rooms_imported(source) == {"verify", "impl"}
    assert rooms_imported(source) - allowed(ROOT / "derivations" / "notation.py") == {"verify", "impl"}


def test_no_forgotten_module() -> None:
    assert len(MODULES) > 30
