"""The Coq files: theory and proofs written by hand, definitions and statements printed at this moment."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from attnproof.derivations.statements import STATEMENTS
from attnproof.impl.codegen import statements

HERE: Final = Path(__file__).resolve().parent
#: claims and lemmas that are stated formally and have a file of proofs
PROVED: Final = tuple(name for name in STATEMENTS if (HERE / "proofs" / f"{name}.v").is_file())


def sources() -> Mapping[str, bytes]:
    """The text of every file by its path: ``theory/sums.v``, ``definitions/dot.v``, ``statements/T1.v``,
    ``proofs/T1.v``, ``needs/T1.v``, ``domains/T10.v``.
    """
    from attnproof.impl.codegen import definitions  # every formula: for who builds

    written = {
        f"{folder}/{path.name}": path.read_bytes()
        for folder in ("theory", "proofs", "domains")
        for path in sorted((HERE / folder).glob("*.v"))
    }
    formulas = {path.removeprefix("coq/"): text.encode() for path, text in definitions.sources().items()}
    texts = {f"statements/{name}.v": statements.text(name).encode() for name in PROVED}
    needs = {f"needs/{name}.v": statements.needs(name).encode() for name in PROVED}
    return written | formulas | texts | needs


def domain(name: str) -> str:
    """The proofs by hand that nothing in a proposition is undefined; none where the tactic finds all."""
    path = HERE / "domains" / f"{name}.v"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


@cache
def _theory() -> bytes:
    digest = hashlib.sha256()
    for path in sorted((HERE / "theory").glob("*.v")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.digest()


def digest(name: str) -> str:
    """SHA-256 of all that a claim's or lemma's proofs rest on: the theory, its statements as printed, its proofs."""
    proofs = (HERE / "proofs" / f"{name}.v").read_bytes()
    parts = (_theory(), statements.text(name).encode(), proofs, statements.needs(name).encode(), domain(name).encode())
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
