"""What every gate says of every kernel, as recorded: minutes of work.

``python -m attnproof.verify.gates.record FILE`` makes the record anew, or the judge's part of it where nothing else has
changed; ``recorded/gates.json`` is the one that runs
use. It is bound to the files of this folder and of the judge by their digest: where one has changed since, its rows
abstain.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import torch

from attnproof.verify.faults import faults
from attnproof.verify.gates import on_faults, ours
from attnproof.verify.gates.deciding import decide
from attnproof.verify.gates.kernels import Kernel, right, wrong
from attnproof.verify.gates.rules import GATES

SCHEMA: Final = "attnproof.gates/1"
LIBRARIES: Final = ("torch", "numpy", "mpmath", "python-flint")
FOLDERS: Final = ("gates", "against")
READERS: Final = ("gates/part.py", "gates/record.py")  # what writes and reads the record does not change what is said
HERE: Final = Path(__file__).resolve().parents[1]
FAULT: Final = "fault seen in the wild"


@dataclass(frozen=True)
class Said:
    """What is recorded of a kernel.

    name   with the task's
    task   what it claims to compute
    kind   of fault, or how a right one goes about it
    right  whether it is
    shown  the input at which a wrong one is shown to be wrong, and how far it is off; of a right one the largest error,
           in units of what a right one may be off by
    gates  gate -> accepts, rejects, cannot be asked
    ours   rejects, accepts, undecided, cannot be asked
    why    what it says
    """

    name: str
    task: str
    kind: str
    right: bool
    shown: str
    gates: Mapping[str, str]
    ours: str
    why: str


@dataclass(frozen=True)
class Record:
    """The record: ``day`` it was made, seconds it took, and whether the files it rests on are those of then."""

    day: str
    seconds: float
    fresh: bool
    gates: tuple[Mapping[str, Any], ...]
    tasks: Mapping[str, Mapping[str, Any]]
    kernels: tuple[Said, ...]


def digests() -> dict[str, str]:
    """SHA-256 of the programs of each folder that the record rests on."""
    found = {}
    for folder in FOLDERS:
        digest = hashlib.sha256()
        for path in sorted((HERE / folder).rglob("*.py")):
            name = path.relative_to(HERE).as_posix()
            if name not in READERS:
                digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
        found[folder] = digest.hexdigest()
    return found


@cache
def record() -> Record:
    """The record that came with the package. Raises ValueError for another schema."""
    found = json.loads((files("attnproof.verify") / "recorded" / "gates.json").read_text(encoding="utf-8"))
    if found["schema"] != SCHEMA:
        raise ValueError(f"the record of gates has schema {found['schema']!r}; expected {SCHEMA!r}")
    return Record(
        found["started"][:10],
        found["seconds"],
        found["digests"] == digests(),
        tuple(found["gates"]),
        found["tasks"],
        tuple(Said(**each) for each in found["kernels"]),
    )


def described() -> list[dict[str, Any]]:
    """The gates in words."""
    return [
        {
            "name": gate.name,
            "says": gate.says,
            "source": gate.source,
            "threads": list(gate.threads),
            "dtype": gate.dtype,
            "law": gate.law,
            "trials": gate.trials,
        }
        for gate in GATES
    ]


def made(
    keep: Callable[[str], None], seed: int = 0, before: Mapping[str, Any] | None = None, processes: int = 1
) -> dict[str, Any]:
    """Ask everything. ``keep`` is called with a line about what has been asked.

    before     an earlier record: what gates say is taken from it where gates, kernels and libraries are the same
    processes  in which the judge is asked, each with one thread
    """
    start, rests_on = time.monotonic(), digests()
    # By task and gate, so that what a gate draws is drawn once.
    kernels = sorted([*(k for k, _ in wrong().values()), *right().values()], key=lambda k: k.task)
    said = _said_before(before, seed) or _said_now(kernels, keep, seed)
    found = []
    for number, each in enumerate(_asked([(kernel.name, said[kernel.name]) for kernel in kernels], processes)):
        found.append(each)
        keep(f"{number + 1} of {len(kernels)}: {each.name}: {each.ours}")
    found += [of_fault(name, seed) for name in faults()]
    return {
        "schema": SCHEMA,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - start, 1),
        "seed": seed,
        "digests": rests_on,
        "versions": _versions(),
        "gates": described(),
        "tasks": _tasks(),
        "kernels": [asdict(each) for each in found],
    }


def _said_now(kernels: Sequence[Kernel], keep: Callable[[str], None], seed: int) -> dict[str, dict[str, str]]:
    said: dict[str, dict[str, str]] = {kernel.name: {} for kernel in kernels}
    for gate in GATES:
        for kernel in kernels:
            said[kernel.name][gate.name] = decide(gate, kernel, seed)
        keep(f"{gate.name}: {len(kernels)} kernels")
    return said


def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES}


def _said_before(before: Mapping[str, Any] | None, seed: int) -> dict[str, dict[str, str]] | None:
    same = {"schema": SCHEMA, "seed": seed, "versions": _versions()}
    if before is None or {name: before.get(name) for name in same} != same:
        return None
    if before["digests"]["gates"] != digests()["gates"]:
        return None
    return {each["name"]: each["gates"] for each in before["kernels"]}


def _asked(jobs: Sequence[tuple[str, Mapping[str, str]]], processes: int) -> Iterator[Said]:
    """Kernels by name, with what gates say of them, before the judge, in order."""
    if processes == 1:
        yield from map(_named, jobs)
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _alone) as pool:
        yield from pool.map(_named, jobs)


def _alone() -> None:
    torch.set_num_threads(1)  # sums in one order
    warnings.simplefilter("ignore")  # NaN and overflow in wrong kernels


def _named(job: tuple[str, Mapping[str, str]]) -> Said:
    name, said = job
    return of_kernel(right()[name] if name in right() else wrong()[name][0], said)


def of_kernel(kernel: Kernel, said: Mapping[str, str]) -> Said:
    """A kernel, with what the judge says of it."""
    judged = ours.judged(kernel)
    shown = ours.shown_by(kernel)
    return Said(kernel.name, kernel.task, kernel.kind, kernel.right, shown, said, judged.word, judged.why)


def of_fault(name: str, seed: int) -> Said:
    """A fault of ``attnproof.verify.faults``, with what ``attnproof check`` says of it."""
    said = {gate.name: on_faults.decide_fault(gate, name, seed) for gate in GATES}
    judged = ours.checked(name)
    return Said(
        name, f"{faults()[name].wrong.score} with options", FAULT, False, judged.shown, said, judged.word, judged.why
    )


def _tasks() -> dict[str, dict[str, Any]]:
    from attnproof.verify.gates.tasks import TASKS

    return {
        name: {"says": t.says, "sizes": {k or "others": dict(v) for k, v in t.sizes.items()}, "reduced": t.reduced}
        for name, t in TASKS.items()
    }


def written(found: Mapping[str, Any]) -> str:
    """The record as a file: a line for each kernel."""
    head = {name: value for name, value in found.items() if name != "kernels"}
    lines = ",\n".join("  " + json.dumps(each, ensure_ascii=False) for each in found["kernels"])
    return json.dumps(head, ensure_ascii=False, indent=1)[:-2] + f',\n "kernels": [\n{lines}\n ]\n}}\n'


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")


def main() -> None:
    """Make the record, and say on standard error what has been asked."""
    parser = argparse.ArgumentParser(prog="python -m attnproof.verify.gates.record", description=__doc__)
    parser.add_argument("file", type=Path, help="where the record goes (JSON)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="in which the judge is asked")
    options = parser.parse_args()
    file: Path = options.file
    before = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
    with warnings.catch_warnings():
        _alone()
        found = made(_tell, before=before, processes=options.processes)
    file.write_text(written(found), encoding="utf-8")


if __name__ == "__main__":
    main()
