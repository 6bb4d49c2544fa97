"""Compile everything with Coq, and ask the kernel what each theorem rests on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from attnproof.derivations.statements import load
from attnproof.verify.kernel.altered import ask
from attnproof.verify.kernel.leaves import close
from attnproof.verify.kernel.sources import PROVED, digest, sources

#: What the real numbers of Coq's standard library, and nothing of ours, take for granted.
ALLOWED: Final = frozenset({
    "ClassicalDedekindReals.sig_forall_dec",
    "ClassicalDedekindReals.sig_not_dec",
    "FunctionalExtensionality.functional_extensionality_dep",
    "Classical_Prop.classic",
})  # fmt: skip
INSTALL: Final = (
    "on Debian: apt-get install coq libcoq-coquelicot libcoq-interval libcoq-flocq libcoq-mathcomp-ssreflect make"
)
LIMIT: Final = 3600.0  # seconds for the whole build
_FOLDERS: Final = ("theory", "definitions", "statements", "needs", "proofs", "domains")
PATHS: Final = [word for each in _FOLDERS for word in ("-Q", each, f"Attnproof.{each}")]
_TIMED: Final = re.compile(r"^(\w+/\w+)\.vo \(real: [\d.]+, user: ([\d.]+), sys: ([\d.]+)", re.MULTILINE)


class MissingCoqError(RuntimeError):
    """Coq, or make, is not installed; the message says how to install them."""


@dataclass(frozen=True)
class Checked:
    """What the kernel says of one claim or lemma.

    digest    of the files that it rests on
    seconds   CPU time of compiling its proofs
    theorems  the propositions that have a proof
    defined   those with a part that might be undefined, and that have a proof that none is
    axioms    what all these proofs rest on
    altered   how many altered statements were tried
    problem   why not every proposition is accepted; None when all are
    """

    digest: str
    seconds: float
    theorems: tuple[str, ...]
    defined: tuple[str, ...] = ()
    axioms: tuple[str, ...] = ()
    altered: int = 0
    problem: str | None = None


@dataclass(frozen=True)
class Build:
    """One build: the version of Coq, CPU seconds of all files, and what was found, by claim and lemma.

    leaves  by rule of the ledger's proofs: facts that tactics closed, and all that Coq was asked about; none unless
            every claim and lemma was asked for
    """

    version: str
    seconds: float
    subjects: Mapping[str, Checked]
    leaves: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def version() -> str:
    """Coq's version. Raises MissingCoqError."""
    missing = [tool for tool in ("coqc", "coq_makefile", "make") if shutil.which(tool) is None]
    if missing:
        raise MissingCoqError(f"{', '.join(missing)} not found; {INSTALL}")
    return _run(["coqc", "--print-version"], Path.cwd()).split()[0]


def build(names: tuple[str, ...] = PROVED, say: Callable[[str], None] = lambda _: None) -> Build:
    """Compile theory, statements and proofs of ``names`` in a folder of their own, and audit every theorem.

    Raises MissingCoqError.
    """
    found = version()
    with tempfile.TemporaryDirectory(prefix="attnproof-kernel-") as name:
        folder = Path(name)
        written = _lay_out(folder)
        lines = [" ".join(PATHS), "-arg -q -arg -w -arg none", *written]
        (folder / "_CoqProject").write_text("\n".join(lines) + "\n", encoding="utf-8")
        _run(["coq_makefile", "-f", "_CoqProject", "-o", "Makefile"], folder)
        theirs = {f"{folder}/{each}.v" for each in names for folder in ("needs", "proofs", "domains")}
        wanted = (theirs | {"theory/defined.v"}).intersection(written) if names != PROVED else written
        log = _make(folder, sorted(path + "o" for path in wanted), say)
        times = {path: float(user) + float(system) for path, user, system in _TIMED.findall(log)}
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # each waits for Coq
            checked = pool.map(lambda each: _audit(folder, each, times.get(f"proofs/{each}", 0.0), log), names)
            audited = dict(zip(names, checked, strict=True))
        return Build(found, sum(times.values()), audited, close(folder, PATHS) if names == PROVED else {})


def _lay_out(folder: Path) -> list[str]:
    for each in _FOLDERS:
        (folder / each).mkdir()
    written = sources()
    for path, text in written.items():
        (folder / path).write_bytes(text)
    return sorted(written)


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LIMIT, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def _make(folder: Path, wanted: list[str], say: Callable[[str], None]) -> str:
    """What is wanted and compiles, compiled, and what make printed."""
    command = ["make", "-k", "TIMED=1", f"-j{os.cpu_count() or 1}", *wanted]
    lines = []
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as made:
        assert made.stdout is not None  # a pipe was asked for
        for line in made.stdout:
            lines.append(line)
            if done := _TIMED.match(line):
                say(done[1])
    return "".join(lines)


def _audit(folder: Path, id_: str, seconds: float, log: str) -> Checked:
    """Whether each proposition has a proof of exactly that type, on few axioms, that proves nothing altered."""
    if not (folder / "proofs" / f"{id_}.vo").is_file():
        return Checked(digest(id_), seconds, (), problem=_complaint(log, id_))
    asked = ask(folder, id_, PATHS)
    problem = None
    if lacking := [stated.name for stated in load(id_) if stated.name not in asked.proved]:
        problem = f"no proof of {', '.join(lacking)}"
    elif asked.open:
        problem = f"no proof that nothing is undefined in {', '.join(asked.open)}"
    elif beyond := sorted(set(asked.axioms) - ALLOWED):
        problem = f"rests on {', '.join(beyond)}"
    elif asked.held:
        problem = f"proved although altered: {'; '.join(asked.held)}"
    return Checked(digest(id_), seconds, asked.proved, asked.defined, asked.axioms, asked.tried, problem)


def _complaint(log: str, id_: str) -> str:
    """What Coq printed about the proofs, or that they were not compiled."""
    found = re.search(rf'File "\./proofs/{id_}\.v".*?(?=^make|^COQC|\Z)', log, re.MULTILINE | re.DOTALL)
    return found[0].strip() if found else "not compiled: something that it needs was not"
