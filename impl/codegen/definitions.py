"""Every derived formula without options as a Coq definition, a file for each score and one for softmax."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from attnproof.derivations.formulas import formula, names

FOLDER: Final = "coq/definitions"
HEAD: Final = """(* Printed from the derivations by nox -s generate; do not edit. *)
From Coq Require Import Reals Arith Bool.
From Attnproof.theory Require Import prelude.
Open Scope R_scope.
"""


def sources() -> dict[str, str]:
    """The text of every file of definitions, by its path below ``impl/generated/``."""
    found = defaultdict(list)
    for name in names():
        found[name.partition(".")[0]].append(formula(name).coq())
    return {f"{FOLDER}/{subject}.v": "\n".join([HEAD, *texts]) for subject, texts in found.items()}
