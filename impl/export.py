"""A score and its attention layer as one self-contained file, forward and backward, that imports nothing of this project."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Final

from derivations.attention import attention
from derivations.own import family, pinned
from impl.codegen.formula import letter, shape
from impl.codegen.module import Module, build
from impl.codegen.targets import TARGETS
from impl.codegen.targets.text import GENERATED
from impl.inline import ROOT, Source, inlined

LICENCE: Final = "BSD-3-Clause"


class ExistsError(ValueError):
    """The file is there already."""


def exported(score: str, target: str) -> str:
    """The text of one file with ``scores``, ``attention`` and ``attention_backward`` (as the target has them).

    score   a built-in score, or ``file.py:name``
    target  ``numpy``, ``torch`` … (``impl.codegen.targets.TARGETS``)

    The file begins with licence and version, then the formulas and every shape. It imports the target's library and the
    standard library only. Raises KeyError with the known names for an unknown score or target, ValueError for a mistake in
    a score's file and for what has no program.
    """
    if target not in TARGETS:
        raise KeyError(f"unknown target {target!r}; known targets: {', '.join(TARGETS)}")
    module = _module(pinned(score))
    runtime = TARGETS[target].runtime.read_text(encoding="utf-8")
    parts = inlined(TARGETS[target].render(module), {f"impl.generated.{target}._runtime": runtime})
    name = module.family.name
    origin = (
        f"Exported by attnproof {version()} (``attnproof export {name} --to {target}``) from equations derived at symbolic\n"
        "sizes, forward and backward. This file is complete: it imports nothing of attnproof."
    )
    docstring = parts.docstring.replace(GENERATED, origin, 1).rstrip("\n")
    head = f'"""{docstring}\n\n{shapes(module)}\n"""'
    return f"{notice()}\n{joined(head, parts)}\n"


def joined(head: str, parts: Source) -> str:
    """A module's text from its docstring, with quotes, and its parts."""
    code = "\n\n\n".join(filter(None, (parts.definitions, parts.body)))
    gap = "\n\n\n" if code.startswith(("def ", "class ", "@", "#")) else "\n\n"
    return f"{head}\n\n{parts.imports}{gap}{code}"


def shapes(module: Module) -> str:
    """``Shapes`` of every argument and result, with its letter."""
    program = module.attention
    rows = [(t.name, shape(t) if t.shape or t.batched else "scalar", letter(t.symbol), t) for t in program.arguments]
    rows += [(n, shape(t), letter(t.symbol), t) for n in program.outputs for t in [program.system.tensors[n]]]
    wide, long = max(len(row[0]) for row in rows), max(len(row[1]) for row in rows)
    lines = []
    for name, axes, sign, _ in rows:
        remark = " (optional)" if name in program.options else " (result)" if name in program.outputs else ""
        lines.append(f"    {name:<{wide}}  {axes:<{long}}  {sign}{remark}")
    return "\n".join(["Shapes, gradients having those of what they belong to:", "", *lines])


def notice() -> str:
    """Name, version and licence as a comment."""
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8").strip().splitlines()
    lines = [f"SPDX-License-Identifier: {LICENCE}", f"Written by attnproof {version()}.", "", *licence]
    return "\n".join(f"# {line}".rstrip() for line in lines)


@cache
def version() -> str:
    """The version of this project."""
    return installed_version("attnproof")


@cache
def _module(score: str) -> Module:
    return build(family(score), attention(score))


def write(text: str, path: Path, *, force: bool = False) -> None:
    """Write the file in one step, so that nobody ever finds half of it.

    Raises ExistsError for a file that is there already, unless ``force``; ValueError for a folder, or one that is missing.
    """
    if path.is_dir():
        raise ValueError(f"{path} is a folder; expected the name of a file")
    if not path.parent.is_dir():
        raise ValueError(f"the folder {path.parent} does not exist")
    if path.exists() and not force:
        raise ExistsError(f"{path} exists already")
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise ValueError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)  # gone already where all went well


def _umask() -> int:
    """What a new file may not have; there is no way to read it but to set it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
