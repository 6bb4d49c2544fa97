"""What the package requires it imports, and what it imports it requires."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("derivations", "impl", "verify", "reports", "src")
OURS = {"attnproof"}
# packages that are imported under another name, and not installed everywhere
IMPORTED_AS = {"python-flint": "flint", "z3-solver": "z3"}
# modules that come with a package which is declared
COMES_WITH = {"dask": "distributed", "llvmlite": "numba", "markupsafe": "jinja2", "ml_dtypes": "jax"}
# modules that are imported where they are there by necessity, or for measurements of speed alone (group ``bench``)
THERE = {
    "verify/checking/pytest_plugin.py": {"pytest"},
    "verify/bench/peers.py": {"keras", "pykeops"},
    "verify/formats/flashinfer_bench/evaluator.py": {"flashinfer_bench"},  # it is theirs that asks
}
IMPORTING = {"import_module", "find_spec"}  # functions, of a module or by themselves


def normal(requirement: str) -> str:
    """The name in a requirement such as ``torch>=2.11; extra == "x"``."""
    name = requirement
    for end in (";", "[", "<", ">", "=", "!", "~", " "):
        name = name.split(end, 1)[0]
    return name.strip().lower().replace("_", "-")


def declared() -> tuple[set[str], set[str]]:
    """The required packages, and those of the extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {normal(each) for group in project["optional-dependencies"].values() for each in group}
    return {normal(each) for each in project["dependencies"]}, extras


def imported(source: str) -> Iterator[str]:
    """The top-level names of other people's modules that a source imports, wherever it does."""
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in IMPORTING:
            names = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        for name in names:
            if (top := name.split(".")[0]) not in sys.stdlib_module_names | OURS:
                yield top


@cache
def modules() -> dict[str, list[str]]:
    """Imported module -> the files that import it."""
    found: dict[str, list[str]] = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            adapter = path.parent == ROOT / "verify" / "league" / "members"  # imported where its package is installed
            if "out" not in path.parts and not adapter and not any(parent.is_symlink() for parent in path.parents):
                for name in set(imported(path.read_text(encoding="utf-8"))):
                    found.setdefault(name, []).append(path.relative_to(ROOT).as_posix())
    return found


INSTALLED = packages_distributions()


def distributions(module: str) -> set[str]:
    """The packages that a module may come from."""
    named = {package for package, name in IMPORTED_AS.items() if name == module} | {COMES_WITH.get(module, module)}
    return named | {normal(each) for each in INSTALLED.get(module, ())} | {module.replace("_", "-")}


def test_what_is_required_is_imported() -> None:
    required, _ = declared()
    used = {each for module in modules() for each in distributions(module)}
    assert required - used == set()


def test_what_is_imported_is_declared() -> None:
    required, extras = declared()
    missing = [
        (module, file)
        for module, files in modules().items()
        for file in files
        if not distributions(module) & (required | extras) and module not in THERE.get(file, ())
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import matplotlib.pyplot as plt", ["matplotlib"]),
        ("def f():\n    from pandas import DataFrame", ["pandas"]),
        ("import json\nfrom attnproof import verify\nfrom . import x", []),
        ("importlib.import_module('jax.numpy')", ["jax"]),
    ],
)
def test_imports_are_seen(source: str, names: list[str]) -> None:
    assert list(imported(source)) == names


def test_requirements_are_read() -> None:
    assert [normal(each) for each in ("torch>=2.11", 'triton>=3.6; sys_platform == "linux"', "a_b[c]")] == [
        "torch",
        "triton",
        "a-b",
    ]
