"""Asking a target composed questions while a recorder listens: one memory across the calls."""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from attnproof.verify.composing.compose import Composed
from attnproof.verify.composing.truth import CONSTANT
from attnproof.verify.recording.active import Recorder, recording
from attnproof.verify.recording.recording import NotReadError, Recording
from attnproof.verify.targets.stored import scale_name
from attnproof.verify.targets.target import Answer, Request, Stored, Target

STRETCH: Final = 1.0001  # changes every number but zero, and hardly any choice by value


@dataclass(frozen=True, eq=False)
class Asked:
    """What a target did at several questions, one after the other.

    questions, answers  those that it answered
    places   which of the questions that were put to it these are
    refused  place of a question -> what the target raised
    """

    questions: tuple[Composed, ...]
    answers: tuple[Answer, ...]
    places: tuple[int, ...]
    recording: Recording
    refused: Mapping[int, Exception]


def recorder_for(framework: str) -> Recorder:
    """A recorder of the library. Raises NotReadError where there is none."""
    if framework == "torch":
        from attnproof.verify.recording.in_torch import TorchRecorder

        return TorchRecorder()
    if framework == "jax":
        from attnproof.verify.recording.in_jax import jax_recorder

        return jax_recorder()
    if framework == "numpy":
        from attnproof.verify.recording.in_numpy.recorder import NumpyRecorder

        return NumpyRecorder()
    raise NotReadError(f"programs of {framework} are not recorded")


def ask_recorded(target: Target, questions: Sequence[Composed], *, stretched: bool = False) -> Asked:
    """Raises NotReadError where the target cannot be recorded.

    stretched  hand over slightly other numbers, to see what depends on them
    """
    recorder = recorder_for(target.framework)
    answers: dict[int, Answer] = {}
    refused: dict[int, Exception] = {}
    known: set[tuple[object, ...]] = set()
    for place, each in enumerate(questions):
        request = stretch(each.request, target.stored) if stretched else each.request
        mark = recorder.tape.mark()
        try:
            with recording(recorder):
                answers[place] = target.ask(request)
        except NotReadError:
            raise
        except Exception as error:  # noqa: BLE001 - what it raises is its answer, told by who asked
            recorder.tape.refused(mark)
            refused[place] = error if _words(error) in known else _own(target, request, error)
            known.add(_words(error))
    found = recorder.tape.finish()
    if len(found.calls) != len(answers):
        raise NotReadError(f"{target.name} takes and returns arrays of another library than it computes in")
    return Asked(tuple(questions[k] for k in answers), tuple(answers.values()), tuple(answers), found, refused)


def _words(error: Exception) -> tuple[object, ...]:
    """What it says, but for numbers, and where: raised once more it is the target's own again."""
    places = traceback.extract_tb(error.__traceback__)
    return type(error), re.sub(r"\d+", "#", str(error)), *((each.filename, each.lineno) for each in places[-1:])


def _own(target: Target, request: Request, seen: Exception) -> Exception:
    """What the target raises when nobody listens. Raises NotReadError where it answers then: the recorder raised."""
    try:
        target.ask(request)
    except Exception as error:  # noqa: BLE001 - told by who asked
        return error
    raise NotReadError(
        f"{target.name} raises {type(seen).__name__}: {seen}, when it is recorded and only then"
    ) from seen


def stretch(request: Request, stored: Sequence[Stored] = ()) -> Request:
    """The same with every number that is not part of the question a little larger; of what is stored in 8 bits, its
    scale.
    """
    kept = (*CONSTANT, *(each.name for each in stored))

    def longer(name: str, value: object) -> object:
        if name in kept or not isinstance(value, np.ndarray) or value.dtype != np.float64:
            return value
        return np.asarray(value * STRETCH)

    given = {name: longer(name, value) for name, value in request.given.items()}
    given |= {scale_name(each.name): STRETCH for each in stored if each.scaled}
    seeds = {name: np.asarray(value * STRETCH) for name, value in request.seeds.items()}
    return replace(request, given=given, cotangents=seeds)
