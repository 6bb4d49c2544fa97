"""The commands ``attnproof list``, ``show NAME`` and ``export SCORE``: their arguments and what they print."""

from __future__ import annotations

import argparse
import difflib
import fnmatch
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from attnproof.reports.commands.status import EXIT_OK, usage

if TYPE_CHECKING:
    from attnproof.derivations.formulas import Formula

READ_AS: Final[Mapping[str, Callable[[Formula], str]]] = MappingProxyType(
    {
        "text": lambda formula: formula.described(),
        "latex": lambda formula: formula.latex(),
        "mathml": lambda formula: formula.mathml(),
        "sympy": lambda formula: formula.sympy_code(),
        "coq": lambda formula: formula.coq(),
    }
)


def arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """What ``list``, ``show`` and ``export`` take."""
    {"list": _list_arguments, "show": _show_arguments, "export": _export_arguments}[command](parser)


def _list_arguments(listing: argparse.ArgumentParser) -> None:
    listing.description = (
        "Name every derived formula, with what it is. Options of a score follow with a plus: additive.context+softcap."
    )
    listing.add_argument(
        "pattern",
        nargs="?",
        metavar="PATTERN",
        help="part of a name, or a pattern such as '*.adjoint.query'; additive+bias_hidden: that score with options",
    )


def _show_arguments(show: argparse.ArgumentParser) -> None:
    show.description = (
        "Show one formula: additive.scores, additive.adjoint.query, softmax.jacobian … (attnproof list has them all)."
    )
    show.add_argument("name", metavar="NAME")
    show.add_argument(
        "--as",
        dest="form",
        default="text",
        metavar="FORM",
        help=f"{', '.join(READ_AS)}, or a target: numpy, torch, jax, numba, … (default: text)",
    )


def _export_arguments(export: argparse.ArgumentParser) -> None:
    export.description = (
        "Write one self-contained file, forward and backward, that imports nothing of attnproof. "
        "Exit status: 0 written, 2 bad input."
    )
    export.add_argument("score", metavar="SCORE", help="a built-in score, or file.py:name")
    export.add_argument("--to", dest="target", required=True, metavar="TARGET", help="numpy, torch, …")
    export.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: standard output")
    export.add_argument("--force", action="store_true", help="replace FILE if it exists")


@usage
def run(given: argparse.Namespace) -> int:
    """Do what one of the commands asks for; returns the exit status. Raises UsageError for bad input."""
    try:
        return {"list": _list, "show": _show, "export": _export}[given.command](given)
    except KeyError as error:  # an unknown name; its message has the known or the nearest ones
        raise ValueError(str(error.args[0])) from error


def _list(given: argparse.Namespace) -> int:
    from attnproof.impl.codegen.listing import listed

    pattern: str = given.pattern or ""
    known = listed()
    score, *present = pattern.split("+")
    own = ":" in score and "." not in score.rpartition(":")[2]  # file.py:name, and no formula of it
    if own or (present and score in known.options):
        titles, options = _of_score(score, *present)
    elif score in known.options:
        titles, options = _matching(f"{score}.*", known.titles), known.options
    else:
        wanted = pattern if set(pattern) & set("*?[") else f"*{pattern}*"
        titles, options = _matching(wanted, known.titles), known.options
    if not titles:
        near = _near(pattern, known.titles)
        raise ValueError(f"no formula's name matches {pattern!r}; attnproof list names them all{near}")
    wide = max(map(len, titles))
    _out("\n".join(f"{name:<{wide}}  {title}" for name, title in titles.items()))
    for one in [score] if own else dict.fromkeys(name.partition(".")[0] for name in titles):
        if one in options:
            print(f"options of {one}, after a plus: {', '.join(options[one])}", file=sys.stderr)  # noqa: T201 - a hint
    return EXIT_OK


def _matching(pattern: str, titles: Mapping[str, str]) -> dict[str, str]:
    return {name: title for name, title in titles.items() if fnmatch.fnmatchcase(name, pattern)}


def _of_score(score: str, *present: str) -> tuple[dict[str, str], Mapping[str, Sequence[str]]]:
    """What is not kept, but derived: titles of a score with options, or of somebody's own; and its options."""
    from attnproof.derivations.formulas import formula, names, options

    return {name: formula(name).title for name in names(score, *present)}, {score: options(score)}


def _show(given: argparse.Namespace) -> int:
    from attnproof.derivations.formulas import formula

    if given.form in READ_AS:  # without what code takes to be written: a third of a second
        _out(READ_AS[given.form](formula(given.name)))
        return EXIT_OK
    from attnproof.impl.export.formula import code, targets

    known = (*READ_AS, *targets())
    if given.form not in known:
        raise ValueError(
            f"--as: unknown form {given.form!r}; expected one of {', '.join(known)}{_near(given.form, known)}"
        )
    _out(code(formula(given.name), given.form))
    return EXIT_OK


def _export(given: argparse.Namespace) -> int:
    from attnproof.derivations.scores import FAMILIES
    from attnproof.derivations.scores.own import is_own
    from attnproof.impl.export.score import ExistsError, exported, targets, write

    if given.target not in targets():
        near = _near(given.target, targets())
        raise ValueError(f"--to: unknown target {given.target!r}; expected one of {', '.join(targets())}{near}")
    if not is_own(given.score) and given.score not in FAMILIES:
        near = _near(given.score, FAMILIES)
        raise ValueError(f"unknown score {given.score!r}; expected one of {', '.join(FAMILIES)}, or file.py:name{near}")
    text = exported(given.score, given.target)
    if given.output is None:
        _out(text.rstrip("\n"))
        return EXIT_OK
    try:
        write(text, given.output, force=given.force)
    except ExistsError as error:
        raise ValueError(f"{error}; --force replaces it") from error
    _out(f"{given.output}: {given.score} for {given.target}, {len(text.splitlines())} lines")
    return EXIT_OK


def _near(name: str, known: Any) -> str:
    near = difflib.get_close_matches(name, list(known), 1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else ""


def _out(text: str) -> None:
    """The command's result; whoever reads it may stop reading."""
    try:
        print(text.rstrip("\n"), flush=True)  # noqa: T201 - the command's result
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
