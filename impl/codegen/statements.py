"""Propositions as Coq files, one for each claim or lemma: what the kernel's proofs prove."""

from __future__ import annotations

from functools import cache
from typing import Final

from attnproof.derivations.propositions.coq import definition, need
from attnproof.derivations.statements import FILES, load

FOLDER: Final = "coq/statements"
HEAD: Final = """(* {name}. Printed from derivations/statements/{file}.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.
"""


def text(name: str) -> str:
    """The Coq file of the propositions of a claim or lemma."""
    parts = [HEAD.format(name=name, file=FILES[name]), *map(definition, load(name))]
    return "\n".join(parts)


@cache
def needs(name: str) -> str:
    """The Coq file that says of each proposition that nothing in it is undefined."""
    parts = [HEAD.format(name=name, file=FILES[name]), *filter(None, map(need, load(name)))]
    return "\n".join(parts)


def sources() -> dict[str, str]:
    """The text of every statement file, by its path below ``impl/generated/``."""
    return {f"{FOLDER}/{name}.v": text(name) for name in FILES}
