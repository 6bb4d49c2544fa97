"""What every property says of every fault, as recorded: minutes of work, of which a run asks a part again.

``python -m attnproof.verify.detection.record FILE`` makes the record anew; ``recorded/faults.json`` is the one that
runs use.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from attnproof.verify.detection.verdicts import Verdicts, everything
from attnproof.verify.faults import faults
from attnproof.verify.properties import PROPERTIES

SCHEMA: Final = "attnproof.faults/1"
LIBRARIES: Final = ("torch", "numpy", "python-flint")


@dataclass(frozen=True)
class Record:
    """The record.

    day         when it was made, ISO
    seed        of the inputs
    properties  those that were asked, of faults to which they apply
    verdicts    of each fault by its name
    """

    day: str
    seed: int
    properties: tuple[str, ...]
    verdicts: Mapping[str, Verdicts]


@cache
def record() -> Record:
    """The record that came with the package; of properties that still exist."""
    text = (files("attnproof.verify") / "recorded" / "faults.json").read_text(encoding="utf-8")
    found = json.loads(text)
    if found["schema"] != SCHEMA:
        raise ValueError(f"the record of faults has schema {found['schema']!r}; expected {SCHEMA!r}")
    return Record(
        found["started"][:10],
        found["seed"],
        tuple(found["properties"]),
        {name: _read(each) for name, each in found["faults"].items()},
    )


def _read(each: Mapping[str, Any]) -> Verdicts:
    rejected_by = {name: kind for name, kind in each["rejected_by"].items() if name in PROPERTIES}
    return Verdicts(rejected_by, tuple(name for name in each["asked"] if name in PROPERTIES), each["proof"])


def made(keep: Callable[[dict[str, Any]], None], seed: int = 0) -> None:
    """Ask everything; ``keep`` is called with what is known after each fault."""
    found: dict[str, Any] = {
        "schema": SCHEMA,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": seed,
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        "properties": list(PROPERTIES),
        "faults": {},
    }
    # Those that take the same share cases, bounds and enclosures: one after the other.
    for name in sorted(faults(), key=lambda name: (faults()[name].wrong.score, faults()[name].wrong.takes)):
        found["faults"][name] = asdict(everything(faults()[name], seed))
        keep(found | {"faults": {known: found["faults"][known] for known in faults() if known in found["faults"]}})


def main() -> None:
    """Make the record, and say on standard error what has been asked."""
    parser = argparse.ArgumentParser(prog="python -m attnproof.verify.detection.record", description=__doc__)
    parser.add_argument("file", type=Path, help="where the record goes (JSON)")
    file: Path = parser.parse_args().file

    def keep(found: dict[str, Any]) -> None:
        file.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        sys.stderr.write(f"{len(found['faults'])} of {len(faults())} faults\n")

    made(keep)


if __name__ == "__main__":
    main()
