"""The formula of a target whose algebra is wrong, in words, beside the derivation's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from attnproof.verify.checking.flowing import flowing
from attnproof.verify.checking.seen import seen
from attnproof.verify.composing.row import Row
from attnproof.verify.outcome import FAIL
from attnproof.verify.properties.algebra import changed_by, question_of
from attnproof.verify.properties.property import Draw, Finding
from attnproof.verify.properties.question import TargetError
from attnproof.verify.reading.lifting.handing import CannotRecordError
from attnproof.verify.reading.lifting.promised import WRITTEN
from attnproof.verify.reading.lifting.words import NO_SOFTMAX
from attnproof.verify.reading.recorded import recorder_for
from attnproof.verify.recording.recording import NotReadError
from attnproof.verify.targets.saying import came_to, said_where
from attnproof.verify.targets.target import Target

if TYPE_CHECKING:
    from attnproof.verify.reading.lifting.result import Reading


MOST_OTHERS: Final = 2  # wrong answers beside the first that a change has to explain


@dataclass(frozen=True)
class Formula:
    """How a target's formula differs from the derivation's.

    words    one for each difference; none where none was lifted
    why_not  why there is none; empty where there is one
    seen     what takes part in a result and must not, or must and does not; empty where that is not what differs
    """

    words: tuple[str, ...] = ()
    why_not: str = ""
    seen: str = ""


def formula(target: Target, findings: Sequence[Finding]) -> Formula:
    """Lifted from two further calls; ``findings`` of the algebra say of which quantities.

    Whatever lifting raises is a reason not to have the words, told as whose it is: the failure stands without them.
    """
    failing = [each for each in findings if each.outcome == FAIL]
    found = _lifted(target, [each.quantity for each in failing])
    said = _changed(target, failing)
    if found.words and any(map(forwards, failing)) and not any(words.endswith(NO_SOFTMAX) for words in found.words):
        return replace(found, words=_with(found.words, said)) if said else found
    if found.words and said:  # shorter than two formulas of a gradient
        return replace(found, words=(said, *found.words))
    takes_part = "" if said else _seen(target, failing)
    if found.words:  # which keys are missing says more than a fraction does
        return replace(found, words=(takes_part, *found.words)) if takes_part else found
    return replace(found, seen=said or takes_part)


def _with(words: tuple[str, ...], said: str) -> tuple[str, ...]:
    """What was lifted, and the change: said once where it is the same."""
    same = next((each for each in words if said.startswith(each)), None)
    return (*words, said) if same is None else tuple(said if each == same else each for each in words)


def _lifted(target: Target, wrong: Sequence[str]) -> Formula:
    if unwritten := sorted({*dict(target.always)} - {*WRITTEN, "rotary"}):
        return Formula(why_not=f"{unwritten[0]} that every call has unasked is not lifted")
    try:
        read = _read(target)
    except CannotRecordError as error:
        return Formula(why_not=f"it {came_to(error)}")
    except NotReadError as error:
        return Formula(why_not=str(error))
    except Exception as error:  # noqa: BLE001 - a mistake of ours, told as one: the failure stands without the words
        return Formula(why_not=f"lifting it broke, which is a mistake of the verifier: {said_where(error)}")
    words = tuple(_words(read, wrong))
    return Formula(words, "" if words else _why_not(read))


def forwards(finding: Finding) -> bool:
    """Whether it is about a result, and no gradient."""
    return not finding.quantity.startswith("grad.")


def _seen(target: Target, failing: Sequence[Finding]) -> str:
    """Of the first question whose results are wrong forwards."""
    first = next((each for each in failing if forwards(each) and each.draw is not None), None)
    if first is None or first.draw is None:
        return ""
    apart = first.draw
    if apart.asked and not target.same:  # one tensor in two roles does not tell them apart
        row = Row.of(apart.asked[-1], apart.setting)
        apart = replace(apart, asked=(*apart.asked[:-1], replace(row, tied="").spec))
    try:
        return seen(target, question_of(target, apart))
    except TargetError:  # it answered before; what it raises now has nothing to say about what takes part
        return ""


def _changed(target: Target, failing: Sequence[Finding]) -> str:
    """The one change with which the derivation is what came, of the first question whose result is wrong, else what
    does not flow back.
    """
    first = next((each for each in failing if each.kind == "algebra" and each.draw is not None), None)
    if first is None or first.draw is None:
        return ""
    row, seed = Row.of(first.draw.asked[-1], first.draw.setting), first.draw.seed
    where = f" (with {' and '.join(row.features)} together)" if len(row.features) > 1 else ""
    draws = _alike(failing, first)
    whole = draws if forwards(first) else [_all(each) for each in draws]
    said = changed_by(target, [question_of(target, each) for each in whole], first.quantity, seed)
    if not said and not forwards(first):
        said = changed_by(target, [question_of(target, first.draw)], first.quantity, seed, whole=False)
    if said or forwards(first):
        return said and said + where
    question = question_of(target, first.draw)
    try:
        return flowing(target, question, first.quantity)
    except TargetError:  # it answered before; what it raises at other cotangents has nothing to say
        return ""


def _alike(failing: Sequence[Finding], first: Finding) -> list[Draw]:
    """Of a failure, and of others of the same features at other sizes: what explains one need not explain all."""
    found: dict[str, Draw] = {}
    features: set[str] = set()
    for each in failing:
        if each.draw is None or each.kind != "algebra" or forwards(each) != forwards(first):
            continue
        row = Row.of(each.draw.asked[-1], each.draw.setting)
        if each is first:
            features = set(row.features)
        if set(row.features) == features and not row.tied:
            found.setdefault(row.setting.name, each.draw)
    assert first.draw is not None  # by the caller
    rest = [draw for draw in found.values() if draw is not first.draw]
    return [first.draw, *rest[:MOST_OTHERS]]


def _all(draw: Draw) -> Draw:
    """With the gradients of everything: the more there are the fewer changes explain them all."""
    row = replace(Row.of(draw.asked[-1], draw.setting), gradients="all")
    return replace(draw, asked=(*draw.asked[:-1], row.spec))


def _read(target: Target) -> Reading:
    from attnproof.verify.reading.lifting.handing import recorded
    from attnproof.verify.reading.lifting.reading import reading

    handed, recordings = recorded(target, lambda: recorder_for(target.framework))
    return reading(target.name, handed, recordings, target.score)


def _words(read: Reading, wrong: Sequence[str]) -> Iterator[str]:
    """Of what flows forwards where that is wrong, else of the gradients that are."""
    if any(not quantity.startswith("grad.") for quantity in wrong):
        yield from read.differences
        return
    for name, words in read.gradients.items():
        if f"grad.{name}" in wrong and words in read.told:
            yield words


def _why_not(read: Reading) -> str:
    if read.reasons:
        return "; ".join(f"{name} cannot be lifted: {why}" for name, why in read.reasons.items())
    return "what was lifted, at two sizes and with the features that can be, is the derivation"
