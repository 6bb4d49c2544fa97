"""Without what the extras bring: what needs it says so in one line; all else works."""

from __future__ import annotations

from pathlib import Path

import pytest
from distributions import Installed

from attnproof.impl.extras import EXTRAS

IN_JAX = "import jax\n\ndef attend(query, key, value):\n    return jax.nn.softmax(query @ key.mT, -1) @ value\n"
GENERATED = {
    "jax.additive": "jax",
    "jax_separated.additive": "jax",
    "numba.additive": "numba",
    "triton.additive": "triton",
}
IMPORTING = """
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(f"attnproof.impl.generated.{name}")
    except ImportError as error:
        print(f"{name} {error.name}: {error}")
"""
PRINTING = """
from pathlib import Path
from attnproof.impl.export.formula import targets as printed
from attnproof.impl.export.score import targets as exported
from attnproof.reports.commands.main import main
for target in printed():
    assert main(["show", "additive.scores", "--as", target]) == 0
for target in exported():
    assert main(["export", "additive", "--to", target, "-o", f"{target}.py"]) == 0
"""
ASKING = """
import attnproof, torch
from attnproof.impl.fused import way
print(way("additive", torch.zeros(1)))
try:
    attnproof.check(lambda query, key, value: value, "dot", framework="jax")
except ImportError as error:
    print(error)
"""


def hint(library: str) -> str:
    return f"{library} is not installed: pip install 'attnproof[{EXTRAS[library]}]'"


@pytest.mark.parametrize(
    ("library", "command"),
    [
        pytest.param(
            "jax",
            ("check", "mine.py:attend", "--score", "dot", "--framework", "jax"),
            marks=pytest.mark.slow,  # Python is told the same, below
        ),
        ("distributed", ("verify", "--executor", "attnproof.verify.run.executors:dask", "--out", "report")),
    ],
)
def test_a_command_says_what_is_missing(
    library: str, command: tuple[str, ...], bare: Installed, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(IN_JAX, encoding="utf-8")
    done = bare.run("attnproof", *command, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"attnproof: error: {hint(library)}\n")
    assert {path.name for path in tmp_path.iterdir()} <= {"mine.py", "__pycache__"}


def test_an_import_says_what_is_missing(bare: Installed, tmp_path: Path) -> None:
    done = bare.run("python", "-c", IMPORTING, *GENERATED, cwd=tmp_path)
    assert done.stdout.splitlines() == [f"{name} {lib}: {hint(lib)}" for name, lib in GENERATED.items()], done.stderr


def test_every_target_is_printed_without_its_library(bare: Installed, tmp_path: Path) -> None:
    done = bare.run("python", "-c", PRINTING, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    written = {path.stem: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.py")}
    assert written.keys() >= {"numpy", "torch", "jax", "numba", "triton", "torch_separated", "jax_separated"}
    for text in written.values():
        assert "SPDX-License-Identifier: BSD-3-Clause" in text
        assert "Redistribution and use in source and binary forms" in text
        assert "import attnproof" not in text
        assert "from attnproof" not in text


def test_python_is_told_what_is_missing(bare: Installed, tmp_path: Path) -> None:
    done = bare.run("python", "-c", ASKING, cwd=tmp_path)
    way, raised = done.stdout.splitlines()
    assert "generated" in way
    assert hint("numba") in way
    assert raised == hint("jax")
