"""Asking a program of NumPy arrays: for values alone, since NumPy differentiates nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from attnproof.verify.against.problem import Program
from attnproof.verify.against.question import Answer, Question, floating, parts
from attnproof.verify.against.theirs import running
from attnproof.verify.arithmetic.function_errors import NUMPY_DTYPES
from attnproof.verify.recording.active import active
from attnproof.verify.targets.function import NUMPY_NAMES, placed
from attnproof.verify.targets.handing import listening
from attnproof.verify.targets.numbers import reals


def ask(program: Program, question: Question, dtypes: dict[str, str], names: Sequence[str]) -> Answer:
    """Hand over arrays; take the results."""
    given = {name: handed(name, question, dtypes[name]) for name in question.given}
    given |= {name: given[other] for name, other in question.tied.items()}
    before = {name: value.copy() for name, value in given.items() if isinstance(value, np.ndarray)}
    recorder = active()
    if recorder is not None:
        given |= {name: recorder.input(name, given[name]) for name in before if name not in question.tied}
        given |= {name: given[other] for name, other in question.tied.items()}
    with listening(recorder), running():
        returned = program.call(*given.values())
    found = {name: _checked(name, value) for name, value in parts(returned, names).items()}
    with listening(recorder):
        found = {name: _real(value) for name, value in found.items()}
    real = {name: value for name, value in found.items() if np.asarray(value).dtype.kind == "f"}
    if recorder is not None:
        recorder.call(given, {}, real)
    changed = tuple(n for n, value in before.items() if not np.array_equal(value, np.asarray(given[n]), equal_nan=True))
    return Answer(
        {name: np.array(np.asarray(value), np.float64) for name, value in found.items()},
        {name: NUMPY_NAMES.get(np.asarray(value).dtype, str(np.asarray(value).dtype)) for name, value in real.items()},
        changed,
        tuple(name for name in found if name not in real),
    )


def _checked(name: str, value: Any) -> Any:
    if value is not None and not np.iscomplexobj(value) and np.asarray(value).dtype != np.bool_:
        reals(name, value)
    return value


def _real(value: Any) -> Any:
    """Of complex numbers, real and imaginary part along a last axis."""
    return np.stack([np.real(value), np.imag(value)], -1) if np.iscomplexobj(value) else value


def handed(name: str, question: Question, dtype: str) -> Any:
    """An input as it is handed over."""
    value = question.values(name, dtype)
    if not isinstance(value, np.ndarray):
        return value
    data = value.astype(NUMPY_DTYPES[dtype]) if floating(value) else value.copy()
    return placed(data, question.layout)
