"""What is found of a claim or lemma apart from what it rests on: its rules asked, its steps and propositions printed.

Each of these is a question of its own, so that several processes can share them.
"""

from __future__ import annotations

import signal
import sys
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Final

from attnproof.derivations.proof.claim import Claim, Lemma, asked
from attnproof.derivations.statements import STATEMENTS, outside
from attnproof.derivations.statements.lemmas import UNSTATED
from attnproof.verify.proofs.formal import propositions
from attnproof.verify.unit import Row

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

Question = Callable[[], Any]
THREADED: Final = frozenset({"jax", "torch"})


@dataclass(frozen=True)
class Examined:
    """Of one claim or lemma.

    answers       of the rules that its proof asks
    steps         LaTeX of each step, before and after
    propositions  as ``attnproof.verify.proofs.formal`` has them
    outside       what of the statement they do not say; None where nothing is said of it
    """

    answers: list[bool]
    steps: list[tuple[str, str]]
    propositions: list[Row]
    outside: list[str] | None


def examined(subjects: Sequence[Claim | Lemma], processes: int = 1) -> list[Examined]:
    """Each of them, in order; on Linux the questions are shared among copies of this process, unless it has imported
    JAX or torch, for whose threads a copy might wait.
    """
    whole: list[Question] = [partial(_formally, subject.called) for subject in subjects]
    whole += [partial(_printed, subject) for subject in subjects]
    rules = [asked(subject) for subject in subjects]
    found = _answers([*whole, *(rule.holds for each in rules for rule in each)], processes)
    stated, printed, said = found[: len(subjects)], found[len(subjects) : len(whole)], iter(found[len(whole) :])
    return [
        Examined([next(said) for _ in each], steps, *formal)
        for each, steps, formal in zip(rules, printed, stated, strict=True)
    ]


def _formally(name: str) -> tuple[list[Row], list[str] | None]:
    """Together, so that only the copy that prints the propositions has to make them."""
    return propositions(name), list(outside(name)) if name in (*STATEMENTS, *UNSTATED) else None


def _printed(subject: Claim | Lemma) -> list[tuple[str, str]]:
    return [(step.before, step.after) for step in subject.steps]


def _answers(questions: Sequence[Question], processes: int) -> list[Any]:
    # macOS has fork too, and libraries that do not bear it; so have JAX and torch, once they have threads of their own.
    if processes < 2 or sys.platform != "linux" or THREADED & sys.modules.keys():
        return [question() for question in questions]
    context = get_context("fork")
    taken = context.Value("i", 0)
    # A copy has the questions already: proofs are no data that one sends, and what it answers is.
    with ProcessPoolExecutor(processes, context, _share, (questions, taken)) as pool:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", r".*\bfork\b", DeprecationWarning)  # NumPy's threads: a copy uses none
            shares = [pool.submit(_answer) for _ in range(processes)]
        try:
            found = {number: answer for share in shares for number, answer in share.result().items()}
        finally:
            taken.value = len(questions)  # where one raised, or somebody interrupts, the others stop
    return [found[number] for number in range(len(questions))]


_SHARED: list[tuple[Sequence[Question], Synchronized[int]]] = []


def _share(questions: Sequence[Question], taken: Synchronized[int]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who interrupts is answered once, by the process that asked
    _SHARED.append((questions, taken))


def _answer() -> dict[int, Any]:
    """Question by question, the next that no other copy has taken: none waits for another while there is one."""
    ((questions, taken),) = _SHARED
    found: dict[int, Any] = {}
    while True:
        with taken.get_lock():
            number = taken.value
            taken.value += 1
        if number >= len(questions):
            return found
        found[number] = questions[number]()
