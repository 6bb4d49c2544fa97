"""An editable install follows the checkout, also where an older version has left its metadata at the root.

Slow: the session that runs the tests is itself such an install.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from distributions import LEFTOVERS, Installed, copied, install

pytestmark = pytest.mark.slow
USING = "def test_mine(attnproof_check):\n    assert callable(attnproof_check)\n"


@pytest.fixture(scope="module")
def checkout(once: Callable[..., Path]) -> Path:
    folder = once("checkout", copied)
    assert (folder / "attnproof.egg-info" / "entry_points.txt").read_text("utf-8") in LEFTOVERS.values()
    return folder


@pytest.fixture(scope="module")
def editable(once: Callable[..., Path], checkout: Path) -> Installed:
    return Installed(once("editable", lambda folder: install(checkout, folder, "--editable")))


def test_a_new_file_is_seen(checkout: Path, editable: Installed, tmp_path: Path) -> None:
    (checkout / "impl" / "new.py").write_text("ANSWER = 42\n", encoding="utf-8")
    done = editable.run("python", "-c", "from attnproof.impl.new import ANSWER; print(ANSWER)", cwd=tmp_path)
    assert done.stdout == "42\n", done.stderr


def test_an_editor_finds_the_sources_by_a_path(checkout: Path, editable: Installed) -> None:
    (path,) = editable.packages.glob("__editable__.*.pth")
    assert path.read_text(encoding="utf-8").strip() == str(checkout / "src"), "a path, no hook that only Python follows"


def test_pytest_at_the_root_has_the_plugin_once(checkout: Path, editable: Installed) -> None:
    (checkout / "tests" / "test_one.py").write_text(USING, encoding="utf-8")
    done = editable.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_one.py", cwd=checkout)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_and_its_workers_run_at_the_root(checkout: Path, editable: Installed) -> None:
    words = ("verify", "--profile", "quick", "--only", "A1", "--workers", "1", "--out", "report")
    done = editable.run("python", "-m", "attnproof", *words, cwd=checkout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (checkout / "report" / "index.html").is_file()
