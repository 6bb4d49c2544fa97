"""The public face: light to import, typed, and the same names by every road."""

from __future__ import annotations

import ast
import importlib
import json
import re
from importlib.metadata import version
from pathlib import Path

import pytest
from distributions import ROOT, Installed

import attnproof

HEAVY = ("numpy", "pandas", "sympy", "torch")
LIGHT = """
import json, sys
import attnproof, attnproof.verify.checking.pytest_plugin
print(json.dumps([sorted(sys.modules), dir(attnproof), attnproof.__version__]))
"""


def typed() -> dict[str, str]:
    """The names that a type checker finds, and the modules that it finds them in."""
    tree = ast.parse(Path(attnproof.__file__).read_text(encoding="utf-8"))
    return {
        alias.name: str(node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and f"{node.module}.".startswith("attnproof.")
        for alias in node.names
    }


def test_importing_it_imports_nothing_heavy(installed: Installed, tmp_path: Path) -> None:
    done = installed.run("python", "-c", LIGHT, cwd=tmp_path)
    modules, listed, told = json.loads(done.stdout)
    assert not {*HEAVY} & {*modules}
    assert {*attnproof.__all__} <= {*listed}
    assert told == attnproof.__version__


def test_names_are_what_a_type_checker_sees() -> None:
    assert typed().keys() == {*attnproof.__all__}
    for name, module in typed().items():
        assert getattr(attnproof, name) is getattr(importlib.import_module(module), name)


def test_layers_can_be_imported_by_either_name(installed: Installed, tmp_path: Path) -> None:
    lines = "import attnproof; print(attnproof.nn.AdditiveAttention.__name__); from attnproof.nn import ScoreAttention"
    done = installed.run("python", "-W", "error", "-c", lines, cwd=tmp_path)
    assert done.stdout == "AdditiveAttention\n", done.stderr


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'attnproof' has no attribute 'formulae'"):
        attnproof.formulae  # type: ignore[attr-defined]  # noqa: B018 - asked for to fail


def test_the_version_is_the_same_everywhere(installed: Installed, tmp_path: Path) -> None:
    (citation,) = re.findall(r"^version: (.*)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    done = installed.run("attnproof", "--version", cwd=tmp_path)
    assert done.stdout == f"attnproof {attnproof.__version__}\n"
    assert attnproof.__version__ == citation == version("attnproof")


def test_a_claim_is_decided() -> None:
    found = attnproof.claim(" s1 ")
    assert (found.id, found.verdict, found.reason) == ("S1", found.row["verdict"], None)
    assert found.text().startswith(f"S1  {found.title}\n")
    assert "verdict='proved'" in repr(found)
    assert "'steps'" not in repr(found), "which nobody could read"


def test_an_unknown_claim_is_told_the_nearest() -> None:
    with pytest.raises(KeyError, match="unknown claim 'T55'; did you mean T5"):
        attnproof.claim("T55")
