"""What can be said about a failure: the known faults that it looks like, the call that shows it, what would pass.

A known fault is looked like where its wrong implementation answers the same questions with the same wrong numbers.

The property that failed asks the target again; what it asks is put to every fault's implementation, and to its repaired
twin. A fault is named where all answers agree with its own within the bounds, and not all with the twin's. Where none
does no cause is named: that a property is meant to expose a fault says nothing about what it found.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from attnproof.derivations.scores.following import NORMALISERS, SOFTMAX, alone, followed, normaliser_of, post_of
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.bounds import Bound
from attnproof.verify.checking.checked import Call, Example, Likeness
from attnproof.verify.checking.diagnosis import contract_option
from attnproof.verify.checking.kinds import BY_PROPERTY, OUTRANGED, Told, told, why_out_of_range
from attnproof.verify.faults import Fault, faults
from attnproof.verify.options import DTYPES
from attnproof.verify.outcome import DIFFERS, ERROR, FAIL, PASS
from attnproof.verify.properties import PROPERTIES, Draw
from attnproof.verify.properties.algebra import changed_by
from attnproof.verify.properties.asking import holding, judge, limits_of, unmasked_rows
from attnproof.verify.properties.choosing import settled_choice
from attnproof.verify.properties.masked_row import gets_what_is_declared
from attnproof.verify.properties.pairs import question
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.targets.contract import CHOICES
from attnproof.verify.targets.numbers import NoAnswerError
from attnproof.verify.targets.stored import stored_request
from attnproof.verify.targets.target import FEATURES, Answer, Request, Target

PAIRS: Final = "pairs of features"
MOST_ASKED: Final = 64  # questions of a property that are compared: the first ones
MOST_NAMED: Final = 3
MOST_RANGED: Final = 12  # questions of a property that are looked at for numbers that leave the range: the last ones
TABLES: Final = ("cos_query", "sin_query", "cos_key", "sin_key")  # what ``rotary`` hands over


SAME_ARGUMENTS: Final = ("dot", "scaled_dot")  # scores of the same inputs: the one can be taken for the other


def explained(target: Target, example: Example, draw: Draw, among: Collection[str] | None = None) -> Example:
    """The example with all that can be said about it.

    draw   where the property failed at first
    among  names of known faults that it may look like; None: any
    """
    request, shows = shown_by(target, example)
    found = told(target, request, example.finding) if request is not None and shows else None
    if found == Told("algebra") and example.property == PAIRS:
        found = Told("algebra", _change(target, example.finding.quantity, draw))
    return replace(
        example,
        fault=likely(target, example, among),
        call=None if request is None else _call(stored_request(request, target.stored), shows=shows),
        remedies=tuple(remedies(target, example.property, draw)),
        told=_of_range(target, example, found) or found,
    )


def _change(target: Target, quantity: str, draw: Draw) -> str:
    """The one change with which the derivation is what came where a pair of features failed at first."""
    choice = settled_choice(target, draw.dtype, draw.device, draw.seed)
    return changed_by(target, [question(target, choice, draw)], quantity, draw.seed)


def _of_range(target: Target, example: Example, found: Told | None) -> Told | None:
    """Why a formula that is not known to be wrong leaves the range, at the questions of a property that fails; None
    where that is not what is seen.
    """
    own = example.finding.kind
    kinds = {own, found.kind if found is not None else None, BY_PROPERTY.get(example.property)}
    if kinds - {None, "range", "rounding"} or ((own, found) == (None, None) and example.property not in OUTRANGED):
        return None
    asked = _calls(target, example)[-MOST_RANGED:]
    said = (why_out_of_range(target, request) for request, _ in reversed(asked))
    return next((Told("range", words) for words in said if words), None)


@dataclass(frozen=True, eq=False)
class _Asked:
    request: Request
    answer: Answer
    limits: Mapping[str, Bound]


def likely(target: Target, example: Example, among: Collection[str] | None = None) -> Likeness | None:
    """The likely faults, of those named or of all, or None where none has the same results."""
    found = alike(target, example, among)
    return Likeness(tuple(fault.name for fault in found[:MOST_NAMED])) if found else None


def alike(target: Target, example: Example, among: Collection[str] | None = None) -> list[Fault]:
    """The faults that answer as the target does, those that the property is meant to expose first."""
    candidates = [fault for name, fault in faults().items() if among is None or name in among]
    asked = _asked(target, example) if candidates else []
    found = [fault for fault in candidates if _same(target, asked, fault)]
    return sorted(found, key=lambda fault: example.property not in fault.exposed_by)


def shown_by(target: Target, example: Example) -> tuple[Request | None, bool]:
    """The request whose answer is the failing one, True; where several show it together the last, False; None: nothing
    is answered.
    """
    finding, asked = example.finding, _calls(target, example)
    if not asked:
        return None, False
    for request, answer in asked:
        for rows in (None, unmasked_rows(request.case)):
            for found in judge(target, request, answer, rows=rows) if finding.worst else ():
                if (found.outcome, found.quantity, found.worst) == (FAIL, finding.quantity, finding.worst):
                    return request, True
    return asked[-1][0], False


def _call(request: Request, *, shows: bool) -> Call:
    cotangents = request.seeds if request.gradients != () else {}
    return Call(dict(request.given), dict(cotangents), request.dtype, request.device, shows, dict(request.formats))


def remedies(target: Target, name: str, draw: Draw) -> Iterator[str]:
    """Options under which a property that fails at a draw passes there: another score, another word of the contract."""
    for option, other in _others(target):
        if PROPERTIES[name].applies(other) is not None:
            continue
        found = [finding.outcome for finding in PROPERTIES[name].check(other, draw)]
        if {FAIL, ERROR} & set(found) or not {PASS, DIFFERS} & set(found) or not _right_elsewhere(other, name, draw):
            continue
        # Under another word for rows without a key nothing else is asked of these.
        if other.contract.masked_row == target.contract.masked_row or gets_what_is_declared(other, draw):
            yield option


def _right_elsewhere(target: Target, name: str, draw: Draw) -> bool:
    """Whether the property holds at its other inputs, too: what makes one path right and all others wrong is none."""
    others = PROPERTIES[name].instances(target, "quick", draw.dtype, draw.device, draw.seed)
    return not any(found.outcome in (FAIL, ERROR) for each in others for found in PROPERTIES[name].check(target, each))


def _others(target: Target) -> Iterator[tuple[str, Target]]:
    """The target taken for something else. What is not declared is probed already, but for three of the choices."""
    score, normaliser, post = alone(target.score), normaliser_of(target.score), post_of(target.score)
    if score in SAME_ARGUMENTS:
        other = next(each for each in SAME_ARGUMENTS if each != score)
        yield f"--score {other}", replace(target, score=followed(other, normaliser, post))
    for word in NORMALISERS if normaliser != SOFTMAX else ():
        if word != normaliser:
            yield f"--normaliser {shlex.quote(word)}", replace(target, score=followed(score, word, post))
    contract = target.contract
    words = {field: tuple(w for w in CHOICES[field] if w != getattr(contract, field)) for field in CHOICES}
    words = {field: other for field, other in words.items() if getattr(contract, field) is not None}
    if contract.polarity is None and "mask" in target.takes:
        words["polarity"] = ("true masks",)
    if contract.window is None and "window" in target.takes:
        words["window"] = CHOICES["window"][1:]
    if contract.computes_in is None:
        # The narrower the format, the more would pass in it: only the next one is offered.
        words["computes_in"] = tuple(DTYPES[k + 1] for k, dtype in enumerate(DTYPES[:2]) if dtype in target.dtypes)[:1]
    for field, others in words.items():
        for word in others:
            changed: dict[str, Any] = {field: word}
            yield contract_option(field, word), replace(target, contract=replace(contract, **changed))


def _calls(target: Target, example: Example) -> list[tuple[Request, Answer]]:
    """What the property asks at the example, and what the target answers; only questions that it answers. What is asked
    to learn of the target's choices is none of them: another implementation may choose otherwise.
    """
    seen: list[tuple[Request, Answer]] = []

    def noted(request: Request) -> Answer:
        answer = target.ask(request)
        seen.append((request, answer))
        return answer

    asking, draw = replace(target, ask=noted), example.draw
    settled_choice(asking, draw.dtype, draw.device, draw.seed)  # which is kept
    seen.clear()
    with holding(target.score, draw, example.case):
        list(PROPERTIES[example.property].check(asking, draw))
    return seen


def _asked(target: Target, example: Example) -> list[_Asked]:
    calls = _calls(target, example)[:MOST_ASKED]
    return [_Asked(request, answer, limits_of(target, request)) for request, answer in calls]


def _asks(target: Target, fault: Fault) -> Mapping[str, Any] | None:
    """What a question has to be given besides, to mean the same to the fault's implementation; None: it cannot."""
    if fault.wrong.score == target.score:
        return {}
    if (target.score, fault.wrong.score) == ("dot", "scaled_dot") and "scale" in fault.wrong.takes:
        return {"scale": 1.0}
    return None


def _same(target: Target, asked: Sequence[_Asked], fault: Fault) -> bool:
    besides = _asks(target, fault)
    if besides is None or not asked:
        return False
    differs = False
    for each in asked:
        request = _translated(target, fault.wrong, each.request, besides)
        if request is None:
            return False
        try:
            others = ask(fault.wrong, request), ask(fault.repaired, request)
        except TargetError as error:
            if not error.refuses and not isinstance(error.__cause__, NoAnswerError):  # then it is a mistake of ours
                raise
            return False
        wrong, right = (other.values() for other in others)
        got = each.answer.values()
        shared = [q for q in got if q in wrong and q in right and q in each.limits]
        if not shared or not all(_close(got[q], wrong[q], each.limits[q]) for q in shared):
            return False
        differs |= not all(_close(got[q], right[q], each.limits[q]) for q in shared)
    return differs


def _translated(target: Target, wrong: Target, request: Request, besides: Mapping[str, Any]) -> Request | None:
    """The question in the other's terms, on the CPU; None where it has no such argument, output or format."""
    given = {**besides, **request.given}
    takes = (*wrong.takes, *(TABLES if "rotary" in wrong.takes else ()))
    if any(name not in takes for name in given if name in (*FEATURES, *TABLES)):
        return None
    if request.dtype not in wrong.dtypes:
        return None
    polarities = {target.contract.polarity or "true attends", wrong.contract.polarity or "true attends"}
    if "mask" in given and len(polarities) > 1:
        given["mask"] = ~given["mask"]
    gradients = request.gradients if wrong.gradients else ()
    if gradients != () and any(name.removeprefix("grad_") not in wrong.outputs for name in request.seeds):
        return None
    return replace(request, given=given, device="cpu", gradients=gradients)


def _close(one: Array, other: Array, limit: Bound) -> bool:
    """Within twice the bound of each other (each may be off by one bound), the same NaN and infinities."""
    if one.shape != other.shape:
        return False
    laid_out = one.shape == limit.bound.shape  # as the case is; else heads are merged, say
    bound = limit.bound if laid_out else np.full_like(one, np.max(limit.bound, initial=0.0))
    finite = np.isfinite(one) & np.isfinite(other)
    same = np.isnan(one) & np.isnan(other) | (one == other)
    with np.errstate(invalid="ignore"):
        near = np.abs(one - other) <= 2.0 * bound
    return bool(np.all(np.where(finite, near, same)))
