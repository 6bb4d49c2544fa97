"""Altered statements before the kernel: the accepted proof of a proposition proves none of its alterations."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from attnproof.derivations.propositions.altered import altered
from attnproof.derivations.propositions.closed import OpenError, check_closed
from attnproof.derivations.propositions.coq import proposition
from attnproof.derivations.propositions.proposition import Proposition, Stated
from attnproof.derivations.statements import load

PATIENCE: Final = 3  # seconds that Coq may compare two statements; one that it gives up on is not accepted
MOST: Final = 120  # alterations of a claim that Coq is asked about, spread evenly over all of each proposition's
HEAD: Final = """From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
From Attnproof Require statements.{id} proofs.{id}.
Open Scope R_scope.
(* Two statements that differ are told apart as they are written, not by computing real numbers. *)
Opaque sum largest rounded delta sech sigmoid relu step exp tanh cosh sinh sin cos ln sqrt Rpower pow INR IZR Rabs Rmax
  Rmin Rdiv Rminus Rplus Rmult Rinv Ropp Nat.mul Nat.add.
"""


def alterations(id_: str) -> Iterator[tuple[Stated, str, str]]:
    """Each proposition of a claim with an alteration of it: in words, and as Coq's text; about ``MOST`` of a claim,
    and three of a proposition at least.
    """
    statement = load(id_)
    most = max(3, MOST // len(statement))
    for stated in statement:
        found = list(altered(stated.says))
        step = max(1, -(-len(found) // most))
        for first in range(0, len(found), step):
            said = ((what, _text(stated, says)) for what, says in found[first : first + step])
            yield from islice(((stated, what, text) for what, text in said if text is not None), 1)


def _text(stated: Stated, says: Proposition) -> str | None:
    """The alteration as Coq's text; None where it cannot be stated, or reads as the proposition does."""
    try:
        check_closed(Stated(stated.name, stated.title, says))
        text = proposition(says)
    except (OpenError, ValueError):  # a difference of sizes, say
        return None
    return text if text != proposition(stated.says) else None


def accepted(folder: Path, id_: str, paths: list[str]) -> tuple[int, list[str]]:
    """How many alterations were tried, and those that the proofs prove as well, in words; none should be.

    folder   where the build is, compiled
    paths    Coq's options for it
    """
    tried = list(alterations(id_))
    own = [stated.name for stated in load(id_)]
    stem = f"altered_{id_}"
    lines = [HEAD.format(id=id_)]
    # the same question about the statements as they are: a question that cannot be answered rejects nothing
    lines += [f"Definition own_{each} : statements.{id_}.{each} := proofs.{id_}.{each}_holds." for each in own]
    for number, (stated, _, text) in enumerate(tried):
        lines += [f"Definition altered_{number} : Prop := {text}."]
        lines += [
            f"Timeout {PATIENCE} Definition held_{number} : altered_{number} := proofs.{id_}.{stated.name}_holds."
        ]
    (folder / f"{stem}.v").write_text("\n".join(lines), encoding="utf-8")
    # coqtop goes on after an error, so that one run asks for all of them
    command = ["coqtop", "-q", "-w", "none", *paths]
    with (folder / f"{stem}.v").open(encoding="utf-8") as text_file:
        done = subprocess.run(command, cwd=folder, stdin=text_file, capture_output=True, text=True, check=False)
    answered = set(re.findall(r"^own_(\w+) is defined", done.stdout, re.MULTILINE))
    if unanswered := [each for each in own if each not in answered]:
        raise RuntimeError(f"{id_}: Coq does not find {unanswered[0]} proved as it stands: {done.stderr[-1000:]}")
    stated_numbers = {int(found) for found in re.findall(r"^altered_(\d+) is defined", done.stdout, re.MULTILINE)}
    if lacking := sorted(set(range(len(tried))) - stated_numbers):
        raise RuntimeError(f"{id_}: Coq does not read the alteration {tried[lacking[0]][2]!r}: {done.stderr[-1000:]}")
    held = sorted({int(found) for found in re.findall(r"^held_(\d+) is defined", done.stdout, re.MULTILINE)})
    return len(tried), [f"{tried[number][0].name}: {tried[number][1]}" for number in held]
