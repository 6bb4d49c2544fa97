"""The README says what is so: verdicts as computed, commands that exist, examples that run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.formulas import formula
from attnproof.derivations.lemmas import LEMMAS
from attnproof.derivations.statements import STATEMENTS, outside
from attnproof.reports.commands import main as cli
from attnproof.reports.commands import status, verify

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("derivations", "impl", "verify", "reports", "src", "tests", "docs")
README = (ROOT / "README.md").read_text(encoding="utf-8")
VERDICTS = re.findall(r"^\| ([A-Z]\d+) \|[^\n]*?\| (\w+(?: \w+)*) \|", README, re.MULTILINE)


def test_there_are_verdicts() -> None:
    assert len(VERDICTS) >= 8


@pytest.mark.parametrize(("claim", "verdict"), VERDICTS)
def test_each_verdict_is_the_one_that_the_steps_decide(claim: str, verdict: str) -> None:
    assert CLAIMS[claim].earned == verdict  # what its steps decide: test_ledger_of_claims.py


def test_every_claim_whose_usual_statement_fails_is_a_headline() -> None:
    rows = dict(re.findall(r"^\| ([A-Z]\d+) \|[^\n]*\| qualified \| (.*?) \|$", README, re.MULTILINE))
    assert rows == {name: claim.headline for name, claim in CLAIMS.items() if claim.earned != "proved"}


def test_steps_cited_facts_and_whole_claims_are_counted() -> None:
    steps = [step for shelf in (CLAIMS, LEMMAS) for subject in shelf.values() for step in subject.steps]
    whole = sum(not outside(name) for name in CLAIMS)
    lemmas = [name for name in LEMMAS if name in STATEMENTS]
    said = re.search(r"The proofs have (\d+) steps\.\s(\d+) cite.*?Coq; (\d+) of the (\d+) say", README, re.DOTALL)
    beside = re.search(r"So are (\d+) of the (\d+) lemmas,\s(\d+) of them whole", README)
    assert said is not None
    assert beside is not None
    assert [int(number) for number in said.groups() + beside.groups()] == [
        len(steps), sum(step.cited for step in steps), whole, len(CLAIMS),
        len(lemmas), len(LEMMAS), sum(not outside(name) for name in lemmas),
    ]  # fmt: skip


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


def test_the_formulas_named_in_the_guide_exist() -> None:
    guide = (ROOT / "docs" / "FORMULAS.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:softmax|dot|scaled_dot|bilinear|additive)\.[\w.+]+)`", guide))
    assert len(named) > 15
    for name in named:
        assert formula(name).name == name


def test_the_files_named_in_the_documents_exist() -> None:
    paths = {f"/{path.relative_to(ROOT)}" for room in ROOMS for path in (ROOT / room).rglob("*.*")}
    for document in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        for name in re.findall(r"`([a-z_0-9/]+\.(?:py|v|j2))`", document.read_text(encoding="utf-8")):
            assert any(path.endswith(f"/{name}") for path in paths), f"{document.name}: {name}"
