"""The kernel accepts what is proved as it is stated, and nothing else; the record is that of the files at hand."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from attnproof.derivations.propositions.coq import proposition
from attnproof.derivations.statements import load
from attnproof.impl.codegen import statements
from attnproof.verify.kernel import altered as altering
from attnproof.verify.kernel import build as building
from attnproof.verify.kernel import sources as files
from attnproof.verify.kernel.__main__ import main
from attnproof.verify.kernel.record import _recorded, standing

needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="no Coq")
PRELUDE = (files.HERE / "theory" / "prelude.v").read_bytes()
STATED = """From Coq Require Import Reals.
Open Scope R_scope.
Definition small : Prop := {says}.
"""
PROOF = """From Coq Require Import Reals Lra.
From Attnproof.statements Require Import T1.
Open Scope R_scope.
Theorem small_holds : small.
Proof. unfold small. {script}
"""
AXIOM = "Abort. Axiom any : False. Theorem small_holds : small. Proof. destruct any. Qed."


def test_the_record_is_that_of_the_files_at_hand() -> None:
    """Run ``nox -s kernel`` after a change, and commit what it writes."""
    assert set(_recorded()["subjects"]) == set(files.PROVED)
    assert {id_: standing(id_).state for id_ in files.PROVED} == dict.fromkeys(files.PROVED, "accepted")


def test_the_record_has_a_proof_that_nothing_is_undefined_wherever_a_part_might_be() -> None:
    for name in files.PROVED:
        asked = re.findall(r"^Definition (\w+)_defined ", statements.needs(name), re.MULTILINE)
        assert _recorded()["subjects"][name]["defined"] == asked, name


@needs_coq
@pytest.mark.slow
def test_the_tactic_finds_nothing_defined_that_is_not(tmp_path: Path) -> None:
    (tmp_path / "theory").mkdir()
    paths = ["-q", "-w", "none", "-Q", "theory", "Attnproof.theory"]
    for name in ("prelude", "sums", "outcomes", "formats", "defined"):
        shutil.copy(files.HERE / "theory" / f"{name}.v", tmp_path / "theory")
        subprocess.run(["coqc", *paths, f"theory/{name}.v"], cwd=tmp_path, check=True)
    needs = {
        "forall x : R, 0 < x -> x <> 0": True,
        "forall x : R, x <> 0": False,
        "forall x : R, 0 <= x -> x <> 0": False,
        "forall (n : nat) (e : nat -> R), (1 <= n)%nat -> sum n (fun l => exp (e l)) <> 0": True,
        "forall (n : nat) (e : nat -> R), sum n (fun l => exp (e l)) <> 0": False,
        "forall (n : nat) (e : nat -> R), (1 <= n)%nat -> sum n (fun l => e l) <> 0": False,
        "forall x : R, 0 <= x - 1": False,
        "forall n k : nat, (k < n)%nat -> (k + 1 <= n)%nat": True,
        "forall n k : nat, (k < n)%nat -> (k + 2 <= n)%nat": False,
        "forall (W : outcomes) (f : W -> R), has_mean W f -> has_mean W (fun o => 2 * f o)": True,
        "forall (W : outcomes) (f : W -> R), has_mean W f -> has_mean W (fun o => f o * f o)": False,
    }
    lines = [
        "From Coq Require Import Reals.",
        "From Attnproof.theory Require Import prelude defined.",
        "Open Scope R_scope.",
    ]
    for number, need in enumerate(needs):
        lines += [f"Lemma need_{number} : {need}.", "Proof. defined. Qed.", "Abort All."]
        lines += [f"Definition found_{number} := need_{number}."]
    asked = "\n".join([*lines, ""])
    done = subprocess.run(["coqtop", *paths], cwd=tmp_path, input=asked, capture_output=True, text=True, check=False)
    found = {int(number) for number in re.findall(r"^found_(\d+) is defined", done.stdout, re.MULTILINE)}
    assert found == {number for number, holds in enumerate(needs.values()) if holds}


def test_no_proof_takes_a_thing_for_granted() -> None:
    """``Print Assumptions`` tells it of what a theorem rests on; this tells it of everything written."""
    for path in sorted(files.HERE.rglob("*.v")):
        text = re.sub(r"\(\*.*?\*\)", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not granted(text), path.name


def granted(text: str) -> list[str]:
    """Words that grant something; what a section supposes is a hypothesis of its lemmas once it has ended."""
    found, depth = [], 0
    for word in re.findall(
        r"\b(?:Section|End|Admitted|admit|Axiom|Parameter|Conjecture|Hypothes[ie]s|Variables?)\b", text
    ):
        if word in {"Section", "End"}:
            depth += 1 if word == "Section" else -1
        elif depth == 0 or word in {"Admitted", "admit", "Axiom", "Parameter", "Conjecture"}:
            found.append(word)
    return found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Lemma a : True. Proof. Admitted.", ["Admitted"]),
        ("Variable n : nat.", ["Variable"]),
        ("Section s. Variable n : nat. Hypothesis h : n = n. End s.", []),
        ("Section s. Axiom a : False. End s. Hypothesis h : False.", ["Axiom", "Hypothesis"]),
    ],
)
def test_what_grants_something_is_seen(text: str, words: list[str]) -> None:
    assert granted(text) == words


class _Stated:
    def __init__(self, name: str) -> None:
        self.name = name


def _checked(monkeypatch: pytest.MonkeyPatch, says: str, script: str, altered: str = "True") -> building.Checked:
    """What the kernel says of one small proposition in place of T1's, and of one alteration of it."""
    texts: Mapping[str, bytes] = {
        "theory/prelude.v": PRELUDE,
        "statements/T1.v": STATED.format(says=says).encode(),
        "proofs/T1.v": PROOF.format(script=script).encode(),
    }
    monkeypatch.setattr(building, "sources", lambda: texts)
    monkeypatch.setattr(building, "load", lambda _: (_Stated("small"),))
    monkeypatch.setattr(altering, "load", lambda _: (_Stated("small"),))
    monkeypatch.setattr(altering, "needs", lambda _: "")
    monkeypatch.setattr(building, "digest", lambda _: "")
    monkeypatch.setattr(altering, "alterations", lambda _: [(_Stated("small"), "something else", altered)])
    return building.build(("T1",)).subjects["T1"]


@needs_coq
@pytest.mark.slow
def test_what_is_proved_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _checked(monkeypatch, "forall x : R, 0 <= x * x", "intro x. apply Rle_0_sqr. Qed.")
    assert found.problem is None
    assert found.theorems == ("small",)
    assert set(found.axioms) <= building.ALLOWED
    assert found.altered == 1


@needs_coq
@pytest.mark.slow
def test_an_altered_statement_that_the_proof_proves_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here it is the same statement with another letter."""
    found = _checked(
        monkeypatch, "forall x : R, 0 <= x * x", "intro x. apply Rle_0_sqr. Qed.", "forall y : R, 0 <= y * y"
    )
    assert found.problem == "proved although altered: small: something else"


@needs_coq
@pytest.mark.slow
def test_a_question_that_finds_no_proof_accepts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(altering, "HEAD", altering.HEAD.replace("proofs.{id}", ""))
    found = _checked(monkeypatch, "forall x : R, 0 <= x * x", "intro x. apply Rle_0_sqr. Qed.")
    assert found.problem == "no proof of small"


@needs_coq
@pytest.mark.slow
@pytest.mark.parametrize(
    ("says", "script", "problem"),
    [
        ("forall x : R, 0 < x * x", "intro x. apply Rle_0_sqr. Qed.", "Error"),  # the statement altered
        ("forall x : R, 0 <= x * x", "Admitted.", "rests on"),
        ("forall x : R, 0 <= x * x", AXIOM, "rests on"),
        ("forall x : R, 0 <= x * x", "Abort. Theorem small_holds : 0 <= 1. Proof. lra. Qed.", "no proof of small"),
    ],
)  # fmt: skip
def test_what_is_not_proved_is_not_accepted(
    monkeypatch: pytest.MonkeyPatch, says: str, script: str, problem: str
) -> None:
    found = _checked(monkeypatch, says, script)
    assert problem in (found.problem or "")


def test_alterations_are_spread_over_all_propositions() -> None:
    found = list(altering.alterations("T1"))
    by_name = Counter(stated.name for stated, _, _ in found)
    assert by_name.keys() == {stated.name for stated in load("T1")}
    assert min(by_name.values()) >= 3
    assert len(found) <= altering.MOST + 3 * len(by_name)
    assert all(text != proposition(stated.says) for stated, _, text in found)


def test_without_coq_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert main([]) == 2
    said = capsys.readouterr().err
    assert said.startswith("skipped (no Coq): ")
    assert "apt-get install coq" in said


def test_an_unknown_claim_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["T99"]) == 2
    assert "T99" in capsys.readouterr().err


def test_statements_are_what_is_printed_now() -> None:
    for path, text in statements.sources().items():
        assert (Path(statements.__file__).parents[1] / "generated" / path).read_text(encoding="utf-8") == text
