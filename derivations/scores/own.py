"""User scores: a file of ten lines, named ``file.py:name``, in place of the name of a built-in score.

The file defines a ``ScoreFamily``, most easily with ``score``, ``parameter`` and ``intermediate`` from here and the
sizes, indices and tensors of ``attnproof.derivations.language.notation`` and
``attnproof.derivations.language.tensors``; docs/SCORES.md shows how. Wherever a score is named (``attention``,
``derive``, cases, options) ``file.py:name`` will do. ``pinned`` adds the digest of the file's content,
``/folder/file.py:name#0123456789ab``: a run that names its scores so stops when the file changes under it.

Loading a file executes it, as importing it would: first in a copy of the process
(``attnproof.derivations.scores.trial``), so that a file that hangs or crashes costs one line.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import stat
import sys
import traceback
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Final

from sympy import Expr

from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.language.wellformed import MistakeError
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.scores.family import ScoreFamily
from attnproof.derivations.scores.following import BAR, alone, with_following
from attnproof.derivations.scores.trial import tried
from attnproof.derivations.scores.user_rules import check_family

DIGEST: Final = 12  # hexadecimal digits of the SHA-256 of the file
MOST_BYTES: Final = 2**20  # of a file of about ten lines
LONGEST: Final = 200  # characters of a line or a message that are repeated


def parameter(name: str, letter: str, *shape: Expr, positive: bool = False) -> Tensor:
    """A parameter: an input without batch dimensions; no shape makes it a scalar, written ``tensor[()]``.

    positive  for a scalar: it has to be greater than 0, and programs refuse anything else
    """
    return Tensor(name, letter, shape, "parameter", batched=False, positive=positive)


def intermediate(name: str, letter: str, *shape: Expr) -> Tensor:
    """A tensor that an equation defines and later equations use."""
    return Tensor(name, letter, shape, "intermediate")


def score(
    name: str,
    inputs: Sequence[Tensor],
    equations: Sequence[Equation],
    *,
    title: str | None = None,
    domain: str = "real queries and keys",
    source: str = "defined by its user",
) -> ScoreFamily:
    """A score from its equations, in order of evaluation; the last one defines ``SCORES[I, J]``.

    name      a Python identifier, which names the generated modules
    inputs    query, key, then parameters
    title     how a reader calls it (default: its name with spaces, and "score")
    domain    what the inputs may be, in words
    """
    system = System(name, tuple(inputs), tuple(equations), ("scores",))
    return ScoreFamily(name, title or f"{name.replace('_', ' ')} score", system, domain, source)


def is_own(name: str) -> bool:
    """Whether a score is named by file and attribute."""
    return ":" in name


def family(name: str | ScoreFamily) -> ScoreFamily:
    """The score family of any name: a built-in one, or ``file.py:name``. One that is resolved already stays as it is.

    Raises KeyError with the known names for an unknown score, and what ``load_score`` does.
    """
    if isinstance(name, ScoreFamily):
        return name
    if BAR in name:
        return with_following(family(alone(name)), name)
    if is_own(name):
        return load_score(name)
    if name not in FAMILIES:
        raise KeyError(f"unknown score {name!r}; known scores: {', '.join(FAMILIES)}, or file.py:name")
    return FAMILIES[name]


def label(name: str) -> str:
    """What a score is called in results: ``cosine`` for ``/folder/my_score.py:cosine#...``."""
    return family(name).name


def load_score(spec: str) -> ScoreFamily:
    """The score ``file.py:name``, checked. With a digest (``pinned``) the file must have that content.

    Raises ValueError, on one line, that names the file and the line or the equation with the mistake.
    """
    path, attribute, digest = _parts(spec)
    if digest is not None:
        return _loaded(path, attribute, digest)
    return _loaded(path, attribute, _digest(_read(path)))


def pinned(name: str) -> str:
    """A name that stays the same score in every process: file and attribute with the digest of the content.

    The name of a built-in score is returned as it is. Raises ValueError as ``load_score`` does.
    """
    if not is_own(name):
        return name
    path, attribute, digest = _parts(name)
    digest = digest or _digest(_read(path))
    _loaded(path, attribute, digest)
    return f"{path}:{attribute}#{digest}"


def unpinned(name: str) -> str:
    """The same name without digest, for people."""
    return name.rpartition("#")[0] if is_own(name) and "#" in name.rpartition(":")[2] else name


def shown(name: str) -> str:
    """The name for people: without digest, and the file from the current folder where it lies below that."""
    score, bar, rest = name.partition(BAR)
    score = unpinned(score)
    if not is_own(score):
        return name
    path, _, attribute = score.rpartition(":")
    file, here = Path(path), Path.cwd()
    return f"{file.relative_to(here) if file.is_relative_to(here) else file}:{attribute}{bar}{rest}"


def _parts(spec: str) -> tuple[Path, str, str | None]:
    """File, attribute and digest of a name."""
    file, _, rest = spec.rpartition(":")
    attribute, _, digest = rest.partition("#")
    if not file or not attribute.isidentifier():
        raise ValueError(f"{spec!r} names no score; expected file.py:name, such as my_score.py:cosine")
    return Path(file).absolute(), attribute, digest or None


def _read(path: Path) -> bytes:
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):  # reading a pipe or a device may never end
            raise ValueError(f"{path}: no regular file; expected a file of Python")
        if about.st_size > MOST_BYTES:
            raise ValueError(f"{path}: {about.st_size} bytes; a score's file has at most {MOST_BYTES}")
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:DIGEST]


@lru_cache(maxsize=64)
def _loaded(path: Path, attribute: str, digest: str) -> ScoreFamily:
    content = _read(path)
    if _digest(content) != digest:
        raise ValueError(f"{path}: the file has changed since the run began")
    tried(lambda: _checked(path, attribute, content, BaseException), path)
    return _checked(path, attribute, content, Exception)


def _checked(path: Path, attribute: str, content: bytes, raised: type[BaseException]) -> ScoreFamily:
    found = vars(_executed(path, content, raised))
    value = found.get(attribute)
    if not isinstance(value, ScoreFamily):
        names = [name for name, other in found.items() if isinstance(other, ScoreFamily)]
        near = difflib.get_close_matches(attribute, names, 1, cutoff=0.5)
        hint = f"did you mean {near[0]}? " if near else ""
        wrong = f"{attribute} is a {type(value).__name__}, not a score" if attribute in found else f"no {attribute!r}"
        raise ValueError(f"{path}: {wrong}; {hint}scores in the file: {', '.join(names) or 'none'}")
    try:
        check_family(value)
    except MistakeError as error:
        raise ValueError(f"{path}:{attribute}: {error}{_pointed(error)}") from error
    return value


def _pointed(error: MistakeError) -> str:
    """The equation that has the mistake, as its author wrote it."""
    if error.equation is None:
        return ""
    return f", in {error.equation.lhs} = {error.equation.rhs}"


def _executed(path: Path, content: bytes, raised: type[BaseException]) -> ModuleType:
    """The file as a module; nothing is written beside it, nor printed.

    What it raises, if it is one of ``raised``, becomes a ValueError on one line with its place.
    """
    module = ModuleType(f"attnproof_own_{_digest(content)}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # dataclasses look their module up
    try:
        with (
            Path(os.devnull).open("w", encoding="utf-8") as nowhere,
            redirect_stdout(nowhere),
            redirect_stderr(nowhere),
        ):
            exec(compile(content, str(path), "exec"), vars(module))  # noqa: S102 - a score is Python, of its user
    except SyntaxError as error:
        raise ValueError(f"{path}:{error.lineno}: {error.msg}: {(error.text or '').strip()[:LONGEST]}") from error
    except raised as error:
        places = [place for place in traceback.extract_tb(error.__traceback__) if place.filename == str(path)]
        line = f":{places[-1].lineno}" if places else ""
        text = _line(content, places[-1].lineno) if places else ""
        kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
        raise ValueError(f"{path}{line}: {kind}{str(error)[:LONGEST]}{text}") from error
    return module


def _line(content: bytes, number: int | None) -> str:
    lines = content.decode(errors="replace").splitlines()
    return f", in {lines[number - 1].strip()[:LONGEST]}" if number and number <= len(lines) else ""
