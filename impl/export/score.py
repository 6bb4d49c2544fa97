"""A score and its attention layer as one self-contained file that imports nothing of this project."""

from __future__ import annotations

import ast
import os
import stat
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

from attnproof import __version__
from attnproof.derivations.attention.extended import LSE
from attnproof.derivations.attention.whole import attention
from attnproof.derivations.scores.own import family, pinned
from attnproof.derivations.typesetting.latex import letter_text, shape_text
from attnproof.impl.codegen.targets import FUSED, TARGETS
from attnproof.impl.codegen.text.documents import GENERATED
from attnproof.impl.codegen.text.module import Module, build
from attnproof.impl.export.inline import Source, inlined
from attnproof.impl.replacing import replacing

LICENCE: Final = "BSD-3-Clause"


class ExistsError(ValueError):
    """The file is there already."""


def exported(score: str, target: str) -> str:
    """The text of one file with ``scores``, ``attention`` and ``attention_backward`` (as the target has them).

    score   a built-in score, or ``file.py:name``
    target  ``numpy``, ``torch`` … (``attnproof.impl.codegen.targets.TARGETS``)

    The file begins with licence and version, then the formulas and every shape. It imports the target's library and
    the standard library only. Raises KeyError with the known names for an unknown score or target, ValueError for a
    mistake in a score's file and for what has no program.
    """
    if target not in targets():
        raise KeyError(f"unknown target {target!r}; known targets: {', '.join(targets())}")
    module = _module(pinned(score))
    printed = {**TARGETS, **FUSED}[target]
    if printed.scores is not None and score not in printed.scores:
        raise ValueError(f"{target} has no program for {score}; it has one for {', '.join(printed.scores)}")
    parts = inlined(printed.render(module))
    name = module.family.name
    origin = (
        f"Exported by attnproof {__version__} (``attnproof export {name} --to {target}``) from equations derived at\n"
        "symbolic sizes, forward and backward. This file is complete: it imports nothing of attnproof."
    )
    docstring = parts.docstring.replace(GENERATED, origin, 1).rstrip("\n")
    head = f'"""{docstring}\n\n{shapes(module, parts.body)}\n"""'
    return f"{notice()}\n{joined(head, parts)}\n"


def targets() -> tuple[str, ...]:
    """Names of the targets that scores are exported to."""
    return (*TARGETS, *FUSED)


def joined(head: str, parts: Source) -> str:
    """A module's text from its docstring, with quotes, and its parts."""
    code = "\n\n\n".join(filter(None, (parts.definitions, parts.body)))
    first = next(line for line in code.splitlines() if not line.startswith("#"))
    gap = "\n\n\n" if first.startswith(("def ", "class ", "@")) else "\n\n"
    return f"{head}\n\n{parts.imports}{gap}{code}"


def shapes(module: Module, body: str) -> str:
    """Every argument and result of ``attention`` with shape and letter, as the text of the printed module has them."""
    program = module.attention
    tensors = {**program.system.tensors, "log_sum_exp": LSE}
    table = _assigned(body, "SHAPES")
    rows = [
        (name, shape_text(tensors[name], batch=True) if name in tensors else f"({', '.join(axes)})")
        for name, axes in table.items()
    ]
    rows += [(t.name, "scalar") for t in program.arguments if t.name not in table]
    given = len(rows)
    # what a fused kernel returns for its own backward pass only is in its docstring
    rows += [(name, shape_text(tensors[name], batch=True)) for name in _fields(body, "Attention") if name in tensors]
    wide, long = max(len(name) for name, _ in rows), max(len(axes) for _, axes in rows)
    lines = []
    for n, (name, axes) in enumerate(rows):
        sign = letter_text(tensors[name].symbol) if name in tensors else ""
        optional = name in program.options or name not in tensors
        remark = "(result)" if n >= given else "(optional)" if optional else ""
        lines.append(f"    {name:<{wide}}  {axes:<{long}}  {sign} {remark}".replace("   (opt", "  (opt").rstrip())
    return "\n".join(["Shapes, gradients having those of what they belong to:", "", *lines])


def _assigned(body: str, name: str) -> dict[str, tuple[str, ...]]:
    """The literal that a module assigns to ``name``."""
    for node in ast.parse(body).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            found: dict[str, tuple[str, ...]] = ast.literal_eval(node.value)
            return found
    raise ValueError(f"the printed module has no table {name}")


def _fields(body: str, name: str) -> list[str]:
    """The annotated fields of a class."""
    (node,) = (one for one in ast.parse(body).body if isinstance(one, ast.ClassDef) and one.name == name)
    return [one.target.id for one in node.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)]


def notice() -> str:
    """Name, version and licence as a comment."""
    licence = (distribution("attnproof").read_text("licenses/LICENSE") or "").strip().splitlines()
    lines = [f"SPDX-License-Identifier: {LICENCE}", f"Written by attnproof {__version__}.", "", *licence]
    return "\n".join(f"# {line}".rstrip() for line in lines)


@cache
def _module(score: str) -> Module:
    return build(family(score), attention(score))


def write(text: str, path: Path, *, force: bool = False) -> None:
    """Write the file in one step, so that nobody ever finds half of it; of a link, the file that it points to.

    Raises ExistsError for a file that is there already, unless ``force``; ValueError for what is there and is no
    regular file (a folder, a device, a pipe), and for a folder that is missing.
    """
    try:
        kind = stat.S_IFMT(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        kind = 0
    except OSError as error:
        raise ValueError(f"{path}: cannot be written: {error.strerror}") from error
    if stat.S_ISDIR(kind):
        raise ValueError(f"{path} is a folder; expected the name of a file")
    if kind and not stat.S_ISREG(kind):
        raise ValueError(f"{path} is a device, a pipe or a socket; expected the name of a regular file")
    if not path.parent.is_dir():
        raise ValueError(f"the folder {path.parent} does not exist")
    if kind and not force:
        raise ExistsError(f"{path} exists already")
    path = Path(os.path.realpath(path))
    try:
        with replacing(path, 0o666 & ~_umask()) as file:
            file.write(text.encode())
    except OSError as error:
        raise ValueError(f"{path}: cannot be written: {error.strerror}") from error


def _umask() -> int:
    """What a new file may not have; there is no way to read it but to set it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
