"""The claims' propositions as Coq files, one a claim: what the kernel's proofs prove."""

from __future__ import annotations

from typing import Final

from attnproof.derivations.propositions.coq import definition
from attnproof.derivations.statements import STATEMENTS, load

FOLDER: Final = "coq/statements"
HEAD: Final = """(* {id}. Printed from derivations/statements/{module}.py by nox -s generate; do not edit. *)
From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.
"""


def text(id_: str) -> str:
    """The Coq file of a claim's propositions."""
    parts = [HEAD.format(id=id_, module=id_.lower()), *map(definition, load(id_))]
    return "\n".join(parts)


def sources() -> dict[str, str]:
    """The text of every statement file, by its path below ``impl/generated/``."""
    return {f"{FOLDER}/{id_}.v": text(id_) for id_ in STATEMENTS}
