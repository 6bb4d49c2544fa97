"""What a judge says of a candidate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np

from attnproof.derivations.ring.sureness import printed
from attnproof.verify.against.question import Question
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS

KINDS: Final = ("error", "formula", "values", "shape", "state", "range", "rounding")  # the first that there is leads
WRITTEN: Final = 24  # numbers of an array that are written out in a text
WHOLE: Final = 4096  # the same for programs
Kind = Literal["", "error", "formula", "values", "shape", "state", "range", "rounding"]


@dataclass(frozen=True)
class Verdict:
    """One quantity at one question.

    quantity  a result's name, or ``grad.NAME`` of an input's gradient
    question  in words
    outcome   ``pass``, ``fail``, ``abstain``
    kind      of a failure: of ``KINDS``
    algebra   ``equal``, ``differs``, ``undecided``; empty where it was not asked
    reason    why it failed or abstained
    index, got, exact, error, allowed  the worst element, where there is one
    """

    quantity: str
    question: str
    outcome: str
    kind: Kind = ""
    algebra: str = ""
    reason: str = ""
    index: tuple[int, ...] = ()
    got: float = np.nan
    exact: float = np.nan
    error: float = np.nan
    allowed: float = np.nan
    missed: float | None = None

    def line(self) -> str:
        """One line."""
        where = f" at {self.index}" if self.index else ""
        figures = (
            ""
            if np.isnan(self.error)
            else (f": {self.got:.9g}, exact {self.exact:.9g}, error {self.error:.2g}, allowed {self.allowed:.2g}")
        )
        words = f"; {self.reason}" if self.reason else ""
        kind = f" ({self.kind})" if self.kind else ""
        return f"{self.outcome}{kind}  {self.quantity}{where}, {self.question}{figures}{words}"

    def plain(self) -> dict[str, Any]:
        """For programs: what there is of it, numbers that are not finite as text."""
        return {key: _number(value) for key, value in vars(self).items() if not _missing(value)}


@dataclass(frozen=True, eq=False)
class Example:
    """The smallest input found at which a candidate fails.

    sizes      that were chosen
    questions  to be asked in this order; the last one shows it
    verdict    of the last one
    trials     inputs that were tried; 0: it is as it was found
    file       where it is saved, and ``again`` the command that asks again; empty where it is not
    """

    sizes: Mapping[str, int]
    questions: tuple[Question, ...]
    verdict: Verdict
    trials: int
    file: str = ""
    again: str = ""

    def lines(self) -> Iterator[str]:
        """For the report."""
        sizes = "".join(f"{name} = {size}, " for name, size in self.sizes.items())
        yield f"  {'smallest found' if self.trials else 'as found'}: {sizes}{self.verdict.line().partition('  ')[2]}"
        for name, value in self.questions[-1].given.items():
            yield f"    {name} = {_written(value)}"
        if len(self.questions) > 1:
            yield f"    after: {'; '.join(question.said for question in self.questions[:-1])}"
        if self.again:
            yield f"  asks again there: {self.again}"

    def plain(self) -> dict[str, Any]:
        """For programs."""
        return {
            "sizes": dict(self.sizes),
            "asked": [question.said for question in self.questions],
            "inputs": {name: _written(value, WHOLE) for name, value in self.questions[-1].given.items()},
            "verdict": self.verdict.plain(),
            **({"file": self.file, "again": self.again} if self.file else {}),
        }


def _written(value: Any, most: int = WRITTEN) -> str:
    """An input in Python's words; a large array by its shape."""
    if not isinstance(value, np.ndarray):
        return repr(value)
    return str(value.tolist()) if value.size <= most else f"{value.dtype} of shape {value.shape}"


@dataclass(frozen=True)
class Judgement:
    """All verdicts on one candidate.

    dtype    the format of the inputs
    order    of the ring: differences below ε^order are seen
    unread   what of either side is known by its values alone, in words
    asked    the questions, in words, and sizes that were asked beside those given
    example  the smallest input found at which it fails, where one was looked for
    """

    name: str
    candidate: str
    reference: str
    dtype: str
    verdicts: tuple[Verdict, ...]
    order: int = 0
    unread: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    example: Example | None = None

    @property
    def outcome(self) -> str:
        """``fail``, ``pass``, or ``abstain`` where nothing was judged."""
        found = {verdict.outcome for verdict in self.verdicts}
        return FAIL if FAIL in found else PASS if PASS in found else ABSTAIN

    @property
    def ok(self) -> bool:
        """No fault, and something was judged."""
        return self.outcome == PASS

    @property
    def leading(self) -> Verdict | None:
        """The failure that the diagnosis is about: of the first kind that there is, results before gradients."""
        failures = [verdict for verdict in self.verdicts if verdict.outcome == FAIL]
        return min(failures, key=_rank, default=None)

    @property
    def kind(self) -> str:
        """Of the leading failure; empty without one."""
        return "" if self.leading is None else self.leading.kind

    @property
    def diagnosis(self) -> str:
        """One line."""
        first = self.leading
        head = f"{self.candidate} against {self.reference}"
        if first is not None:
            return f"{head}: FAULT FOUND ({first.kind}), {first.line().partition('  ')[2]}"
        if self.outcome == ABSTAIN:
            why = next((v.reason for v in self.verdicts if v.reason), "no question was answered by both")
            return f"{head}: NOTHING JUDGED, {why}"
        return f"{head}: NO FAULT FOUND, {self._counts()}"

    def _counts(self) -> str:
        passed = [verdict for verdict in self.verdicts if verdict.outcome == PASS]
        equal = [verdict for verdict in passed if verdict.algebra == "equal"]
        quantities = dict.fromkeys(verdict.quantity for verdict in passed)
        words = f"{', '.join(quantities)}: {len(equal)} of {len(passed)} comparisons exactly equal"
        known = [verdict.missed for verdict in equal]
        if equal and all(each is not None for each in known):
            worst = max(float(each) for each in known if each is not None)
            words += f" (a wrong one passes with probability at most {printed(worst)}, below ε^{self.order})"
        elif equal:
            words += f" (below ε^{self.order})"
        left = len(self.verdicts) - len(passed)
        silent = dict.fromkeys(each.quantity for each in self.verdicts if each.quantity not in quantities)
        words += f", and nothing could be said of {', '.join(silent)}" if silent else ""
        return words + (f", {left} not judged" if left else "") + f", in {self.dtype}"

    def text(self, *, verbose: bool = False) -> str:
        """The diagnosis first, then what belongs to it."""
        return "\n".join([self.diagnosis, *self._lines(verbose=verbose)])

    def _lines(self, *, verbose: bool) -> Iterator[str]:
        first = self.leading
        if self.example is not None:
            yield from self.example.lines()
        failures = sorted((v for v in self.verdicts if v.outcome == FAIL and v is not first), key=_rank)
        most = len(failures) if verbose else 5
        yield from (f"  {verdict.line()}" for verdict in failures[:most])
        if len(failures) > most:
            yield f"  and {len(failures) - most} more that failed"
        for words in self.unread:
            yield f"  not read: {words}"
        for words in self.notes:
            yield f"  {words}"
        open_ = [v for v in self.verdicts if v.outcome == ABSTAIN]
        for verdict in open_ if verbose else open_[:3]:
            yield f"  {verdict.line()}"
        if len(open_) > 3 and not verbose:
            yield f"  and {len(open_) - 3} more that were not judged"
        yield f"  asked: {'; '.join(self.asked)}"

    def plain(self) -> dict[str, Any]:
        """For programs: numbers that are not finite as text."""
        return {
            "schema": "attnproof.against/1",
            "name": self.name,
            "candidate": self.candidate,
            "reference": self.reference,
            "dtype": self.dtype,
            "outcome": self.outcome,
            "kind": self.kind,
            "diagnosis": self.diagnosis,
            "unread": list(self.unread),
            "notes": list(self.notes),
            "asked": list(self.asked),
            "verdicts": [verdict.plain() for verdict in self.verdicts],
            **({"example": self.example.plain()} if self.example is not None else {}),
        }


def _rank(verdict: Verdict) -> tuple[int, bool]:
    return KINDS.index(verdict.kind) if verdict.kind in KINDS else len(KINDS), verdict.quantity.startswith("grad.")


def _missing(value: object) -> bool:
    return value in ("", (), None) or (isinstance(value, float) and np.isnan(value))


def _number(value: Any) -> Any:
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
