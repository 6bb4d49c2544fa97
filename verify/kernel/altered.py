"""Proofs before the kernel: each of exactly its proposition, on few axioms, and of none of its alterations."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from pathlib import Path
from typing import Final

from attnproof.derivations.propositions.altered import altered
from attnproof.derivations.propositions.closed import OpenError, check_closed
from attnproof.derivations.propositions.coq import proposition
from attnproof.derivations.propositions.proposition import Proposition, Stated
from attnproof.derivations.statements import load
from attnproof.impl.codegen.statements import needs
from attnproof.verify.kernel.sources import domain

LONGEST: Final = 60  # seconds for the tactic that finds nothing undefined
PATIENCE: Final = 3  # seconds that Coq may compare two statements; one that it gives up on is not accepted
MOST: Final = 120  # alterations of a claim or lemma that Coq is asked about, spread evenly over all of them
HEAD: Final = """From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
From Attnproof Require statements.{id} proofs.{id}.
Open Scope R_scope.
(* Two statements that differ are told apart as they are written, not by computing real numbers. *)
Opaque sum largest rounded delta sech sigmoid relu step exp tanh cosh sinh sin cos ln sqrt Rpower pow INR IZR Rabs Rmax
  Rmin Rdiv Rminus Rplus Rmult Rinv Ropp Nat.mul Nat.add result_of added subtracted divided exponential highest.
"""


def alterations(id_: str) -> Iterator[tuple[Stated, str, str]]:
    """Each proposition of a claim or lemma with an alteration, in words and as Coq's text: about ``MOST`` of one,
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


@dataclass(frozen=True)
class Asked:
    """What Coq answered about compiled proofs.

    proved   the propositions of which there is a theorem ``NAME_holds`` of exactly that type
    defined  those with a part that might be undefined, and of which it is proved that none is
    open     those of which it is not proved
    axioms   what all of it rests on together; empty where not every proposition is proved
    tried    how many alterations were tried
    held     those that the proofs prove as well, in words; none should be
    """

    proved: tuple[str, ...]
    defined: tuple[str, ...]
    open: tuple[str, ...]
    axioms: tuple[str, ...]
    tried: int
    held: tuple[str, ...]


def ask(folder: Path, id_: str, paths: list[str]) -> Asked:
    """Ask Coq of a claim or lemma whether each proposition has a proof, what these rest on, and what they prove beside.

    folder   where the build is, compiled
    paths    Coq's options for it
    """
    tried = list(alterations(id_))
    own = [stated.name for stated in load(id_)]
    stem = f"asked_{id_}"
    domains = re.findall(r"^Definition (\w+)_defined ", needs(id_), re.MULTILINE)
    lines = [*_domains(id_, domains), HEAD.format(id=id_)]
    lines += [f"Definition own_{each} : statements.{id_}.{each} := proofs.{id_}.{each}_holds." for each in own]
    # one proof of all: to go through what a proof rests on takes a second, however little it is
    parts = [*own, *(f"{each}_defined" for each in domains)]
    together = reduce(lambda rest, each: f"(conj own_{each} {rest})", parts[:-1], f"own_{parts[-1]}")
    lines += [f"Definition together := {together}.", f'Redirect "{stem}" Print Assumptions together.']
    for number, (stated, _, text) in enumerate(tried):
        lines += [f"Definition altered_{number} : Prop := {text}."]
        # the kernel is asked at once: elaboration before it would compare the statements too, in several times as long
        proof = f"ltac:(exact_no_check proofs.{id_}.{stated.name}_holds)"
        lines += [f"Timeout {PATIENCE} Definition held_{number} : altered_{number} := {proof}."]
    # coqtop goes on after an error, so that one run asks for all of them
    command = ["coqtop", "-q", "-w", "none", *paths]
    asked = "\n".join([*lines, ""])
    done = subprocess.run(command, cwd=folder, input=asked, capture_output=True, text=True, check=False)
    defined = set(re.findall(r"^(\w+) is defined", done.stdout, re.MULTILINE))
    proved = tuple(each for each in own if f"own_{each}" in defined)
    if lacking := [number for number in range(len(tried)) if f"altered_{number}" not in defined]:
        raise RuntimeError(f"{id_}: Coq does not read the alteration {tried[lacking[0]][2]!r}: {done.stderr[-1000:]}")
    axioms = _read((folder / f"{stem}.out").read_text(encoding="utf-8")) if "together" in defined else ()
    held = tuple(f"{tried[k][0].name}: {tried[k][1]}" for k in range(len(tried)) if f"held_{k}" in defined)
    in_domain = tuple(each for each in domains if f"own_{each}_defined" in defined)
    return Asked(proved, in_domain, tuple(each for each in domains if each not in in_domain), axioms, len(tried), held)


def _domains(id_: str, names: list[str]) -> list[str]:
    """That nothing in the propositions ``names`` is undefined: by a proof written for it, or by the tactic."""
    by_hand = set(re.findall(r"^Theorem (\w+)_defined_holds ", domain(id_), re.MULTILINE))
    read = f"From Attnproof Require needs.{id_}{f' domains.{id_}' if by_hand else ''}."
    lines = [read, "From Attnproof.theory Require Import defined."]
    for each in names:
        need = f"needs.{id_}.{each}_defined"
        proof = f"exact domains.{id_}.{each}_defined_holds" if each in by_hand else f"unfold {need}; defined"
        lines += [f"Lemma needed_{each} : {need}.", f"Proof. Timeout {LONGEST} {proof}. Qed.", "Abort All."]
        lines += [f"Definition own_{each}_defined := needed_{each}."]
    return lines


def _read(said: str) -> tuple[str, ...]:
    """The axioms in what ``Print Assumptions`` printed."""
    if said.strip() == "Closed under the global context":
        return ()
    found = re.findall(r"^([\w.']+)\s*:", said.partition("Axioms:")[2], re.MULTILINE)
    if not found:
        raise RuntimeError(f"Coq's list of assumptions is not understood: {said[:500]!r}")
    return tuple(sorted(set(found)))
