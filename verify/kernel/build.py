"""Compile everything with Coq, and ask the kernel what each theorem rests on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from attnproof.derivations.statements import load
from attnproof.verify.kernel.altered import accepted
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
_FOLDERS: Final = ("theory", "definitions", "statements", "proofs")
PATHS: Final = [word for each in _FOLDERS for word in ("-Q", each, f"Attnproof.{each}")]
_TIMED: Final = re.compile(r"^(\w+/\w+)\.vo \(real: [\d.]+, user: ([\d.]+), sys: ([\d.]+)", re.MULTILINE)


class MissingCoqError(RuntimeError):
    """Coq, or make, is not installed; the message says how to install them."""


@dataclass(frozen=True)
class Checked:
    """What the kernel says of one claim.

    digest    of the files that it rests on
    seconds   CPU time of compiling its proofs
    theorems  by proposition: the axioms that its proof rests on; None for one that has no accepted proof
    altered   how many altered statements were tried
    problem   why not every proposition is accepted; None when all are
    """

    digest: str
    seconds: float
    theorems: Mapping[str, tuple[str, ...] | None]
    altered: int = 0
    problem: str | None = None


@dataclass(frozen=True)
class Build:
    """One build: the version of Coq, CPU seconds of all files, and what was found, by claim.

    leaves  by rule of the ledger's proofs: facts that tactics closed, and all that Coq was asked about; none unless
            every claim was asked for
    """

    version: str
    seconds: float
    claims: Mapping[str, Checked]
    leaves: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def version() -> str:
    """Coq's version. Raises MissingCoqError."""
    missing = [tool for tool in ("coqc", "coq_makefile", "make") if shutil.which(tool) is None]
    if missing:
        raise MissingCoqError(f"{', '.join(missing)} not found; {INSTALL}")
    return _run(["coqc", "--print-version"], Path.cwd()).split()[0]


def build(claims: tuple[str, ...] = PROVED, say: Callable[[str], None] = lambda _: None) -> Build:
    """Compile theory, statements and proofs of ``claims`` in a folder of their own, and audit every theorem.

    Raises MissingCoqError.
    """
    found = version()
    with tempfile.TemporaryDirectory(prefix="attnproof-kernel-") as name:
        folder = Path(name)
        written = _lay_out(folder)
        lines = [" ".join(PATHS), "-arg -q -arg -w -arg none", *written]
        (folder / "_CoqProject").write_text("\n".join(lines) + "\n", encoding="utf-8")
        _run(["coq_makefile", "-f", "_CoqProject", "-o", "Makefile"], folder)
        wanted = {f"proofs/{id_}.v" for id_ in claims} if claims != PROVED else written
        log = _make(folder, sorted(path + "o" for path in wanted), say)
        times = {path: float(user) + float(system) for path, user, system in _TIMED.findall(log)}
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # each waits for Coq
            checked = pool.map(lambda id_: _audit(folder, id_, times.get(f"proofs/{id_}", 0.0), log), claims)
            audited = dict(zip(claims, checked, strict=True))
        return Build(found, sum(times.values()), audited, close(folder, PATHS) if claims == PROVED else {})


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
    """Whether each proposition has a proof of exactly that type, and what it rests on."""
    names = [stated.name for stated in load(id_)]
    if not (folder / "proofs" / f"{id_}.vo").is_file():
        return Checked(digest(id_), seconds, dict.fromkeys(names), problem=_complaint(log, id_))
    theorems = _axioms(folder, id_, names)
    return replace(Checked(digest(id_), seconds, theorems), **_judged(folder, id_, theorems))


def _judged(folder: Path, id_: str, theorems: Mapping[str, tuple[str, ...] | None]) -> dict[str, Any]:
    """What is wrong with theorems that compile, the altered statements that they prove as well included."""
    if lacking := [name for name, axioms in theorems.items() if axioms is None]:
        return {"problem": f"no proof of {', '.join(lacking)}"}
    if beyond := sorted({axiom for axioms in theorems.values() for axiom in axioms or ()} - ALLOWED):
        return {"problem": f"rests on {', '.join(beyond)}"}
    tried, held = accepted(folder, id_, PATHS)
    return {"altered": tried, "problem": f"proved although altered: {'; '.join(held)}" if held else None}


def _axioms(folder: Path, id_: str, names: list[str]) -> dict[str, tuple[str, ...] | None]:
    """By proposition what its proof rests on; None where there is no theorem ``NAME_holds`` of exactly that type."""
    stem = f"audit_{id_}"
    lines = [f"From Attnproof Require statements.{id_} proofs.{id_}."]
    for name in names:
        lines += [
            f"Definition {name} : Attnproof.statements.{id_}.{name} := Attnproof.proofs.{id_}.{name}_holds.",
            f'Redirect "{stem}_{name}" Print Assumptions {name}.',
        ]
    (folder / f"{stem}.v").write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = ["coqc", "-q", "-w", "none", *PATHS, f"{stem}.v"]
    if subprocess.run(command, cwd=folder, capture_output=True, timeout=LIMIT, check=False).returncode == 0:
        return {name: _read((folder / f"{stem}_{name}.out").read_text(encoding="utf-8")) for name in names}
    if len(names) == 1:
        return {names[0]: None}
    return {name: found for each in names for name, found in _axioms(folder, id_, [each]).items()}


def _read(said: str) -> tuple[str, ...]:
    """The axioms in what ``Print Assumptions`` printed."""
    if said.strip() == "Closed under the global context":
        return ()
    found = re.findall(r"^([\w.']+)\s*:", said.partition("Axioms:")[2], re.MULTILINE)
    if not found:
        raise RuntimeError(f"Coq's list of assumptions is not understood: {said[:500]!r}")
    return tuple(sorted(set(found)))


def _complaint(log: str, id_: str) -> str:
    """What Coq printed about the claim's proofs, or that they were not compiled."""
    found = re.search(rf'File "\./proofs/{id_}\.v".*?(?=^make|^COQC|\Z)', log, re.MULTILINE | re.DOTALL)
    return found[0].strip() if found else "not compiled: something that it needs was not"
