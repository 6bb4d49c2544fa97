"""In somebody's project that has folders named as our rooms: its tests run, our commands work, site-packages stay as
they were.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from distributions import Installed

ROOMS = ("derivations", "impl", "verify", "reports")
ATTEND = "import torch\n\ndef attend(query, key, value):\n    return torch.softmax(query @ key.mT, -1) @ value\n"
TESTS = f"""
import sys
import {", ".join(ROOMS)}

def test_these_are_our_own():
    assert {{room.OWNER for room in ({", ".join(ROOMS)})}} == {{"me"}}

def test_nobody_imports_what_takes_long():
    assert not {{"numpy", "sympy", "torch", "pandas"}} & {{*sys.modules}}
"""
USING = """
import torch
from attnproof.nn import MultiplicativeAttention
from impl.attention import attend

def test_mine(attnproof_check):
    attnproof_check(attend, "dot", properties=("values",), dtypes=("fp64",))

def test_theirs():
    query, key, value = (torch.randn(2, length, 4) for length in (3, 5, 5))
    context, weights = MultiplicativeAttention(score="dot")(query, key, value)
    torch.testing.assert_close(context, attend(query, key, value))
"""
BEFORE = "import sys, attnproof, pytest; sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider']))"
PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
WAYS = {
    "as ever": PYTEST,
    "warnings of Python are errors": ("-W", "error", *PYTEST),
    "warnings of pytest are errors": (*PYTEST, "-W", "error"),
    "without the plugin": (*PYTEST, "-p", "no:attnproof"),
    "with the plugin named as well": (*PYTEST, "-p", "attnproof"),
    "isolated from the site": ("-S", *PYTEST),
    "after an import of the project": ("-W", "error", "-c", BEFORE),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for room in ROOMS:
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").write_text('OWNER = "me"\n', encoding="utf-8")
    (tmp_path / "impl" / "attention.py").write_text(ATTEND, encoding="utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_own.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\nfilterwarnings = ["error"]\n', encoding="utf-8"
    )
    return tmp_path


@pytest.mark.parametrize("way", WAYS)
def test_its_own_tests_run(way: str, bare: Installed, project: Path) -> None:
    path = {"PYTHONPATH": f"{project}:{bare.packages}"} if "-S" in WAYS[way] else {}
    done = bare.run("python", *WAYS[way], cwd=project, env=path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
    assert not done.stderr


@pytest.mark.slow
def test_its_tests_may_use_the_fixture(bare: Installed, project: Path) -> None:
    (project / "tests" / "test_using.py").write_text(USING, encoding="utf-8")
    done = bare.run("python", *PYTEST, "tests/test_using.py", cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


@pytest.mark.slow
def test_the_commands_work_and_write_below_the_current_folder(bare: Installed, project: Path) -> None:
    def command(*words: str) -> str:
        done = bare.run("attnproof", *words, cwd=project, env={"PYTHONPATH": "."})
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    before, files = digests(bare.packages), {path.name for path in project.iterdir()}
    assert "Σ_r q[i,r] k[j,r]" in command("show", "dot.scores")
    command("export", "dot", "--to", "torch", "-o", "dot.py")
    assert "pass " in command(
        "check", "impl.attention:attend", "--score", "dot", "--property", "values", "--profile", "quick"
    )
    command("verify", "--profile", "quick", "--only", "A1", "--workers", "1")
    assert (project / "attnproof-report" / "index.html").is_file()
    made = {path.name for path in project.iterdir()} - files
    assert made == {"dot.py", "attnproof-report"}
    read = bare.run("python", "-c", "import attnproof; print(set(attnproof.table('evidence')['claim']))", cwd=project)
    assert read.stdout == "{'A1'}\n", read.stderr
    assert digests(bare.packages) == before, "site-packages may be read-only"


def digests(folder: Path) -> Mapping[str, str]:
    """A digest for every file that is no copy of Python's own; of what is linked to, the name alone."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for top in folder.iterdir()
        for path in ([top] if top.is_symlink() else top.rglob("*"))
        if "__pycache__" not in path.parts
    }
