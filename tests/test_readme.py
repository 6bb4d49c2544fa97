"""The README says what is so: verdicts as computed, commands that exist, examples that run."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import torch

from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.claims.decision import decide
from attnproof.derivations.formulas import formula
from attnproof.reports.commands import main as cli
from attnproof.reports.commands import status, verify

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
VERDICTS = re.findall(r"^\| ([A-Z]\d+) \|[^\n]*?\| (\w+(?: \w+)*) \|", README, re.MULTILINE)


def test_there_are_verdicts() -> None:
    assert len(VERDICTS) >= 8


@pytest.mark.parametrize(("claim", "verdict"), VERDICTS)
def test_each_verdict_is_the_computed_one(claim: str, verdict: str) -> None:
    assert decide(CLAIMS[claim]).verdict == verdict


def test_every_claim_whose_usual_statement_fails_is_a_headline() -> None:
    rows = dict(re.findall(r"^\| ([A-Z]\d+) \|[^\n]*\| qualified \| (.*?) \|$", README, re.MULTILINE))
    assert rows == {name: claim.headline for name, claim in CLAIMS.items() if claim.earned != "proved"}


def test_the_sessions_exist() -> None:
    sessions = set(re.findall(r"nox -s (\w+)", README))
    defined = set(re.findall(r"^def (\w+)\(session", (ROOT / "noxfile.py").read_text(encoding="utf-8"), re.MULTILINE))
    assert sessions <= defined
    assert {"verify", "tests", "lint", "types", "generate", "report", "bench"} <= defined


def test_ci_runs_the_readme_command() -> None:
    command = next(line for line in README.splitlines() if line.endswith("nox -s tests"))
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_arguments_shown_are_understood() -> None:
    for line in re.findall(r"nox -s verify -- ([^\n#]*)", README):
        assert verify.options(cli.parser().parse_args(["verify", *line.split()]))


def test_the_exit_statuses_are_those_of_the_command() -> None:
    listed = re.search(r"Exit status (\d+) only if nothing failed \((.*?)\)", README, re.DOTALL)
    assert listed is not None
    statuses = [int(listed[1]), *map(int, re.findall(r"(\d+): ", listed[2]))]
    assert statuses == [
        status.EXIT_OK, status.EXIT_FAILED, status.EXIT_USAGE, status.EXIT_NOTHING_JUDGED, status.EXIT_INTERRUPTED,
    ]  # fmt: skip


def test_the_examples_run(capsys: pytest.CaptureFixture[str]) -> None:
    found: list[dict[str, Any]] = []
    for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        found.append({})
        exec(compile(block, "README", "exec"), found[-1])  # noqa: S102 - the README's own example is what is tested
    shown, fused, generated = found
    printed = unicodedata.normalize("NFC", capsys.readouterr().out)
    assert shown["found"].text().splitlines()[-1] in printed
    assert "J[i,j,l] = α[i,j] (δ[j,l] - α[i,l])" in printed
    assert "False" not in printed, "every check holds"
    assert fused["context"].shape == fused["v"].grad.shape * 2
    assert generated["scores"].shape == generated["weights"].shape == (5, 5)


def test_the_examples_about_kernels_run(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("numba")
    guide = (ROOT / "docs" / "KERNELS.md").read_text(encoding="utf-8")
    door, arrays, tensors = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)[:3]
    space: dict[str, Any] = {"torch": torch}
    exec(compile(arrays, "KERNELS", "exec"), space)  # noqa: S102 - the guide's own examples are what is tested
    exec(compile(tensors, "KERNELS", "exec"), space)  # noqa: S102
    assert torch.equal(space["context"], torch.from_numpy(space["found"].context))
    names = ("query", "key", "value", "w_q", "w_k", "v")
    given = {name: torch.from_numpy(space[name]).requires_grad_() for name in names}
    own: dict[str, Any] = dict(given)
    exec(compile(door, "KERNELS", "exec"), own)  # noqa: S102
    assert torch.equal(own["context"].detach(), space["context"])
    assert all(tensor.grad is not None for tensor in given.values())
    assert "Way(kernel='numba', reason='')" in capsys.readouterr().out


def test_the_examples_about_formulas_run(capsys: pytest.CaptureFixture[str]) -> None:
    guide = (ROOT / "docs" / "FORMULAS.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(block, {})  # noqa: S102 - the guide's own examples are what is tested
    printed = capsys.readouterr().out
    assert "'chain rule, every equation, at every size': True" in printed
    assert "def scores(" in printed


def test_the_formulas_named_in_the_guide_exist() -> None:
    guide = (ROOT / "docs" / "FORMULAS.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:softmax|dot|scaled_dot|bilinear|additive)\.[\w.+]+)`", guide))
    assert len(named) > 15
    for name in named:
        assert formula(name).name == name


def test_the_commands_about_formulas_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = re.findall(r"^attnproof ((?:list|show|export) ?[^#\n]*)", README, re.MULTILINE)
    assert [line.split()[0] for line in lines] == ["list", "show", "export", "show"]
    monkeypatch.chdir(ROOT)
    for line in lines:
        words = [str(tmp_path / word) if word.endswith(".py") else word for word in line.split()]
        assert cli.main(words) == 0
    assert "def attention(" in (tmp_path / "additive_attention.py").read_text(encoding="utf-8")
    assert "additive.adjoint.query" in capsys.readouterr().out
