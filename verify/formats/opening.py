"""One door to all formats: the problem that two files state."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from attnproof.verify.against.problem import Problem

# name -> the module that has ``recognises(path)`` and ``problem(candidate, reference, **options)``
FORMATS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "kernelbench": "attnproof.verify.formats.kernelbench.problem",
        "flashinfer_bench": "attnproof.verify.formats.flashinfer_bench.problem",
        "onnx": "attnproof.verify.formats.onnx.problem",
    }
)


def open_problem(candidate: str, reference: str, format_: str | None = None, **options: Any) -> Problem:
    """The problem of a candidate's file, or of ``file.py:name``, against a reference's file.

    format_  of ``FORMATS``; None: found by what the reference's file holds
    options  what the format's own ``problem`` takes
    Raises ValueError, in one line, for a file that is not there, is of no format, or lacks what its format asks for,
    and for an option that its format has not.
    """
    for each in (reference, candidate if ":" not in candidate else reference):
        if not Path(each).is_file():
            raise ValueError(f"no file {each!r}")
    name = format_ or format_of(reference)
    module = _module(name)
    taken = inspect.signature(module.problem).parameters
    if unknown := sorted(set(options) - set(taken)):
        raise ValueError(f"{unknown[0]} is nothing that files of the format {name} are judged with")
    found: Problem = module.problem(candidate, reference, **options)
    return found


def format_of(reference: str) -> str:
    """The format of a reference's file, by what it holds. Raises ValueError where it is of none."""
    for name in FORMATS:
        if _module(name).recognises(Path(reference)):
            return name
    raise ValueError(f"{reference} is of no format that is read here; known: {', '.join(FORMATS)}")


def _module(name: str) -> Any:
    if name not in FORMATS:
        raise ValueError(f"unknown format {name!r}; known: {', '.join(FORMATS)}")
    return importlib.import_module(FORMATS[name])
