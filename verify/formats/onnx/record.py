"""What each version of each party answers to every row of the contract, as recorded.

``python -m attnproof.verify.formats.onnx.record FILE`` asks the versions that are installed and puts their answers into
the file, beside those of others. ``recorded/onnx_attention.json`` is the one that pages show.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from attnproof.verify.formats.onnx.cases import CASES
from attnproof.verify.formats.onnx.specified import Case

SCHEMA: Final = "attnproof.onnx_attention/1"


@cache
def record() -> Mapping[str, Any]:
    """The record that came with the package.

    rows   name -> what the specification says, the set of operators, the threads where it was discussed, and the
           question: inputs with their formats, attributes, outputs
    cells  party -> version -> name of a row -> ``does``, or the fields of ``comparing.Answered``
    """
    text = (files("attnproof.verify") / "recorded" / "onnx_attention.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    if found["schema"] != SCHEMA:
        raise ValueError(f"the record of ONNX's Attention has schema {found['schema']!r}; expected {SCHEMA!r}")
    return found


def row(case: Case) -> dict[str, Any]:
    """A row of the contract as it is written."""
    inputs = {name: {"dtype": x.dtype.name, "values": _plain(x.tolist())} for name, x in case.inputs.items()}
    return {
        "says": case.says,
        "opset": case.opset,
        "threads": list(case.threads),
        "inputs": inputs,
        "attributes": dict(case.attributes),
        "outputs": list(case.outputs),
    }


def cells() -> dict[str, dict[str, Any]]:
    """What the installed versions answer: party -> version -> row -> cell."""
    from attnproof.verify.formats.onnx.comparing import answered
    from attnproof.verify.formats.onnx.models import PARTIES

    found: dict[str, dict[str, Any]] = {}
    for party, (package, ask) in PARTIES.items():
        answers = {name: answered(case, ask) for name, case in CASES.items()}
        found[party] = {
            version(package): {
                name: "does" if each.verdict == "does" else {key: text for key, text in asdict(each).items() if text}
                for name, each in answers.items()
            }
        }
    return found


def _plain(values: Any) -> Any:
    """Infinities as words: JSON has none."""
    if isinstance(values, list):
        return [_plain(each) for each in values]
    return values if isinstance(values, bool) or abs(values) != float("inf") else ("inf" if values > 0 else "-inf")


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask, and write the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("file", type=Path)
    path: Path = parser.parse_args(arguments).file
    old = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.is_file() else {}
    for party, versions in cells().items():
        merged = {**old.get(party, {}), **versions}
        old[party] = dict(sorted(merged.items(), key=lambda each: [int(part) for part in each[0].split(".")]))
    found = {"schema": SCHEMA, "rows": {name: row(case) for name, case in CASES.items()}, "cells": old}
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
