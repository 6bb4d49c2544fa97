"""The check itself: from a declaration, or a function in hand, to a report."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from attnproof.impl.extras import require
from attnproof.verify.checking.checked import Example
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.making import make_target
from attnproof.verify.checking.replaying import command, save
from attnproof.verify.checking.report import Report
from attnproof.verify.checking.running import isolated, seconds
from attnproof.verify.checking.working import Event, Plan, chosen, events
from attnproof.verify.options import Profile
from attnproof.verify.properties import Finding

MOST_LETTERS: Final = 80  # of a name in a file's name


def check(
    function: Callable[..., Any] | str,
    score: str,
    *,
    profile: Profile = "standard",
    seed: int = 0,
    properties: Sequence[str] = (),
    limit: float | None = None,
    shrink: bool = True,
    save_to: str | Path | None = None,
    progress: Callable[[str], None] | None = None,
    backward: Callable[..., Any] | str = "",
    **declared: Any,
) -> Report:
    """Find out whether an attention computes ``score``.

    function    a function, module, class or its name ``module:attribute``; a name is asked in a process of its own
    limit       seconds that one call may take (names only; 60 by default)
    properties  names; none: all
    save_to     folder for the smallest failing inputs (``attnproof replay FILE``); None: not saved
    backward    for NumPy: the function, or its name, that returns the gradients by our names, given the arguments and
                ``grad_context``
    declared    fields of ``Declaration``: layout, arguments, outputs, takes, contract, framework, parameters, build …

    Raises ValueError, naming what is wrong, for a declaration that is not one and a target that cannot be loaded;
    MissingExtraError (an ImportError) for a framework that is not installed.
    """
    named = backward if isinstance(backward, str) else name_of(backward)
    if isinstance(function, str):
        if not isinstance(backward, str):
            raise ValueError(
                "backward is a function and the target a name; expected the name of both, module:attribute"
            )
        declaration = Declaration(function, score, backward=backward, **declared)
    else:
        if limit is not None:
            raise ValueError(
                "limit needs the target's name, module:attribute, since only another process can be stopped"
            )
        declaration = Declaration(name_of(function), score, backward=named, **declared)
    if declaration.framework == "jax":
        require("jax")
    elif declaration.stored and declaration.framework != "torch":
        require("ml_dtypes")
    plan = Plan(profile, seed, chosen(properties), shrink)
    if save_to is not None:
        usable_folder(Path(save_to))
    stream: Iterator[Event]
    if isinstance(function, str):
        stream = isolated(declaration, plan, 60.0 if limit is None else seconds(limit))
    else:
        stream = events(make_target(declaration, function, None if isinstance(backward, str) else backward), plan)
    return _gathered(declaration, stream, None if save_to is None else Path(save_to), progress)


def _gathered(
    declared: Declaration, stream: Iterator[Event], folder: Path | None, progress: Callable[[str], None] | None
) -> Report:
    findings: list[Finding] = []
    examples: dict[str, Example] = {}
    files: dict[str, str] = {}
    warned: Counter[str] = Counter()
    told: dict[str, Any] = {}
    for event in stream:
        if event.kind == "bad":
            raise ValueError(event.value)
        if event.kind == "property" and progress is not None:
            progress(event.value)
        elif event.kind == "findings":
            findings += event.value
        elif event.kind == "warned":
            warned.update(event.value)
        elif event.kind in ("formula", "not asked", "laid out"):
            told[event.kind.replace(" ", "_")] = event.value
        elif event.kind == "example":
            example: Example = event.value
            examples[example.property] = example
            if folder is not None:
                path = folder / f"{_slug(declared.target)}-{_slug(example.property)}.npz"
                save(path, declared, example)
                files[example.property] = str(path)
    commands = {name: command(path, declared) for name, path in files.items()}
    return Report(
        declared.target,
        declared.formula,
        tuple(findings),
        examples,
        files,
        commands,
        declared.framework,
        warned,
        stored={each.name: each.format for each in declared.stored_arrays()},
        **told,
    )


def usable_folder(folder: Path) -> None:
    """Raise ValueError where failing inputs could not be saved: found before anything is computed, not after."""
    try:
        there = next(each for each in (folder, *folder.absolute().parents) if os.path.lexists(each))
        if not stat.S_ISDIR(there.stat().st_mode):
            raise ValueError(f"--save {folder}: {there} is no folder")
        with tempfile.TemporaryFile(dir=there):  # permissions alone do not tell
            pass
    except OSError as error:
        raise ValueError(f"--save {folder}: cannot be written to: {error.strerror}") from error


def name_of(thing: Any) -> str:
    """The name of an object given in Python."""
    name = getattr(thing, "__qualname__", type(thing).__qualname__)
    return f"{getattr(thing, '__module__', '?')}:{name}"


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")[-MOST_LETTERS:]
