"""Asking one side several questions, one after the other, while a recorder listens: one memory across the calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from importlib import import_module

from attnproof.verify.against.problem import Problem, Program
from attnproof.verify.against.question import Answer, Question
from attnproof.verify.against.theirs import RaisedError, in_recorder
from attnproof.verify.reading.recorded import recorder_for
from attnproof.verify.recording.active import recording
from attnproof.verify.recording.recording import NotReadError, Recording
from attnproof.verify.targets.numbers import NoAnswerError
from attnproof.verify.targets.saying import came_to

Progress = Callable[[str], None] | None  # told what is asked before each call, and after it an empty text


@dataclass(frozen=True, eq=False)
class Asked:
    """What a program did.

    answers    place of a question -> what it answered
    refused    place of a question -> what it raised, or that what it returned is no answer
    recording  its operations, all calls in order; None where it was not recorded
    calls      place of a question -> number of its call in the recording
    """

    program: Program
    answers: Mapping[int, Answer]
    refused: Mapping[int, BaseException]
    recording: Recording | None
    why: str = ""

    @property
    def recorded(self) -> Recording:
        """The recording. Raises NotReadError where there is none."""
        if self.recording is None:
            raise NotReadError(f"{self.program.name}: {self.why}")
        return self.recording

    @property
    def calls(self) -> dict[int, int]:
        """Place of a question -> number of its call in the recording."""
        return {place: number for number, place in enumerate(self.answers)}


def ask(
    problem: Problem, program: Program, question: Question, dtype: str | None = None, progress: Progress = None
) -> Answer:
    """One question, in the problem's formats or with everything in one.

    Raises RaisedError for what the program raises, and NoAnswerError where what it returns is none.
    """
    dtypes = {name: dtype or problem.formats.get(name, problem.dtype) for name in problem.names}
    door = import_module(f"attnproof.verify.against.asking_{program.framework}")
    if progress is not None:
        progress(question.said)
    try:
        answer: Answer = door.ask(program, question, dtypes, problem.results)
    finally:
        if progress is not None:
            progress("")
    return answer


def ask_all(
    problem: Problem,
    program: Program,
    questions: Sequence[Question],
    dtype: str | None = None,
    *,
    record: bool = True,
    progress: Progress = None,
) -> Asked:
    """All questions. What cannot be recorded is asked all the same, and ``why`` says so."""
    why = program.unread
    recorder = None
    if record and not why:
        try:
            recorder = recorder_for(program.framework)
        except NotReadError as error:
            why = str(error)

    def unrecorded(words: str) -> Asked:
        found = ask_all(problem, program, questions, dtype, record=False, progress=progress)
        return Asked(program, found.answers, found.refused, None, words)

    answers: dict[int, Answer] = {}
    refused: dict[int, BaseException] = {}
    for place, question in enumerate(questions):
        try:
            with recording(recorder) if recorder is not None else nullcontext():
                answers[place] = ask(problem, program, question, dtype, progress)
        except NotReadError as error:
            return unrecorded(str(error))
        except (RaisedError, NoAnswerError) as error:
            own = error if recorder is None else _refusal(problem, program, question, dtype)
            if own is None:
                return unrecorded(_only_recorded(_theirs(error)))
            refused[place] = _theirs(own)
    found = None if recorder is None else recorder.tape.finish()
    if found is not None and len(found.calls) != len(answers):
        return unrecorded("takes arrays of another library than it computes in")
    return Asked(program, answers, refused, found, why)


def _refusal(
    problem: Problem, program: Program, question: Question, dtype: str | None
) -> RaisedError | NoAnswerError | None:
    """What it raises when nobody listens; None: it answers then."""
    try:
        ask(problem, program, question, dtype)
    except (RaisedError, NoAnswerError) as error:
        return error
    return None


def _only_recorded(error: BaseException) -> str:
    """Why there is no recording, in words: a mistake of the recorder is not told as the program's."""
    place = in_recorder(error)
    if place:
        return f"the recorder {came_to(error)} ({place})"
    return f"{came_to(error)}, when it is recorded and only then"


def _theirs(error: RaisedError | NoAnswerError) -> BaseException:
    return error.theirs if isinstance(error, RaisedError) else error
