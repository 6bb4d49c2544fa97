"""The checked-in files are what the derivations give, and a file that is not is found."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from attnproof.derivations.scores import FAMILIES
from attnproof.impl.codegen import generate as generator
from attnproof.impl.codegen.generate import ROOT, generate, main, sources
from attnproof.impl.codegen.targets import TARGETS

REPOSITORY = ROOT.parents[1]


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return sources()


def test_the_checked_in_files_are_up_to_date(written: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator, "sources", lambda: written)  # made once for this file
    assert generate(check=True) == []
    assert main(["--check"]) == 0


def test_every_score_has_a_module_for_every_target(written: dict[str, str]) -> None:
    assert {f"{target}/{score}.py" for target in TARGETS for score in FAMILIES} < set(written)


def test_an_edited_a_missing_and_an_extra_file_are_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {"numpy/one.py": "1\n", "numpy/two.py": "2\n", "torch/three.py": "3\n"}
    monkeypatch.setattr(generator, "sources", lambda: made)
    assert len(generate(root=tmp_path)) == 3
    assert generate(root=tmp_path, check=True) == []
    (tmp_path / "numpy/one.py").write_text("1 \n")
    (tmp_path / "numpy/two.py").unlink()
    (tmp_path / "torch/extra.py").write_text("")
    (tmp_path / "torch/_runtime.py").write_text("")  # written by hand: none of the generator's business
    stale = [tmp_path / name for name in ("numpy/one.py", "numpy/two.py", "torch/extra.py")]
    assert generate(root=tmp_path, check=True) == stale
    assert generate(root=tmp_path, check=True) == stale  # checking changes nothing
    assert generate(root=tmp_path) == stale
    assert generate(root=tmp_path, check=True) == []
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == [
        "_runtime.py",
        "one.py",
        "three.py",
        "two.py",
    ]


def test_the_command_reports_a_stale_file(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator, "generate", lambda *, check: [ROOT / "numpy/dot.py"] if check else [])
    assert main(["--check"]) == 1
    assert capsys.readouterr().out == "stale: impl/generated/numpy/dot.py\n"


@pytest.mark.slow
def test_generation_does_not_depend_on_the_hash_seed(written: dict[str, str]) -> None:
    code = "from attnproof.impl.codegen.generate import generate; import sys; sys.exit(len(generate(check=True)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, env={**os.environ, "PYTHONHASHSEED": "4711"}, check=False
    )
    assert done.returncode == 0


@pytest.mark.parametrize("command", [("format", "--check"), ("check",)], ids=" ".join)
def test_ruff_accepts_the_generated_files_as_they_are(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "--no-cache", "impl/generated"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_lines_of_templates_end_at_120() -> None:
    templates = sorted((REPOSITORY / "impl/codegen").rglob("*.j2"))
    assert templates
    for path in templates:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            assert len(line) <= 120, f"{path}:{number}"


def test_no_module_knows_a_score_by_name() -> None:
    """Nothing is looked up from a list of known scores: the generator's own source names none."""
    for path in (REPOSITORY / "impl/codegen").rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        for score in ("bilinear", "scaled_dot", "additive", "concat"):
            assert f'"{score}"' not in code, path
