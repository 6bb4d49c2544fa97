"""The algebra: the program that was recorded is the derivation, exactly, for every pair of features.

A target is accused only where the ring differs, its numbers differ too, and nothing that the result rests on left the
library or only looks like a constant.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final, Literal

from sympy import factorint
from sympy.core.function import Application

from attnproof.derivations.ring.primes import SMOOTH
from attnproof.derivations.ring.ring import Ring
from attnproof.derivations.scores.following import alone
from attnproof.derivations.scores.own import family
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.composing.coincident import coincident
from attnproof.verify.composing.compose import Composed, base_setting, compose, composed
from attnproof.verify.composing.constants import constants_of
from attnproof.verify.composing.heads import heads_of
from attnproof.verify.composing.own_sizes import own_rows
from attnproof.verify.composing.plan import plan
from attnproof.verify.composing.row import REPEATED, Row
from attnproof.verify.options import Profile
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS, UNSUPPORTED
from attnproof.verify.properties.asked_again import asked_again, told
from attnproof.verify.properties.asking import case_of
from attnproof.verify.properties.choosing import settled_choice
from attnproof.verify.properties.judging import wrong_numbers
from attnproof.verify.properties.property import Draw, Finding, Property
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.properties.raising import changed, raised
from attnproof.verify.reading.algebra import DIFFERS, EQUAL, UNDECIDED, Compared, compared
from attnproof.verify.reading.changing import Wrong
from attnproof.verify.reading.changing import changed as changed_in
from attnproof.verify.reading.recorded import Asked, ask_recorded, recorder_for
from attnproof.verify.reading.stretching import kept
from attnproof.verify.recording.recording import NotReadError
from attnproof.verify.targets.target import Target

ORDER: Final = 4  # coefficients: what differs at order r < 4 in ε is seen
# Of exponentials in exponentials: e^(ε Σ v tanh(ε z)) has the z³ that brings queries and keys together at ε⁴, and the
# z⁵ that tells tanh from other functions at ε⁶; so has a soft-cap.
NESTED: Final = 7
# Of a covering array, whose first rows have the most pairs that are new.
MOST: Final[Mapping[Profile, float]] = {"quick": 10, "standard": math.inf, "thorough": math.inf}
# Questions of the same sizes whose numbers show that a quantity is wrong; after that the ring alone counts them.
ENOUGH: Final = 2
SMALL: Final = 2**14  # numbers in the arrays of a question around a program's own numbers that is asked in quick, too
FEW: Final = 3  # of these questions
REACHED: Final = (32.0, 1024.0)  # scores at which a difference may show that ordinary ones hide


def _applies(target: Target) -> str | None:
    try:
        recorder_for(target.framework)
    except NotReadError as error:
        return str(error)
    return None


def _draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterator[Draw]:
    """In the widest format that the target has, where rounding hides least: casts are identities here."""
    if dtype != target.dtypes[0] or device != "cpu":
        return
    choice = settled_choice(target, dtype, device, seed)
    rows = [row for row in plan(target, choice, dtype).rows if row.number < MOST[profile]]
    rows += coincident(target, choice, dtype).rows if profile != "quick" else ()
    seen: set[str] = set()
    for _, group in groupby(rows, key=lambda row: row.setting.name):
        several = tuple(group)
        again = max(several, key=lambda row: len(set(row.features) - seen))  # new numbers for the same shapes
        seen |= set(again.features)
        yield _draw((*several, replace(again, number=again.number + REPEATED)), dtype, device, seed)
    own = own_rows(target, choice, constants_of(target.ask), dtype, *((SMALL,) if profile == "quick" else ())).rows
    for row in _spread(own) if profile == "quick" else own:
        yield _draw((row,), dtype, device, seed)


def _spread(rows: Sequence[Row]) -> list[Row]:
    """Few of them: of every axis, and of scores that reach far, the largest."""
    largest: dict[str, Row] = {}
    for row in rows:
        axis = row.setting.name.partition(" =")[0]
        size = (max(row.setting.n_q, row.setting.n_k), row.reach)
        kept = largest.get(axis)
        if kept is None or size > (max(kept.setting.n_q, kept.setting.n_k), kept.reach):
            largest[axis] = row
    return list(largest.values())[:FEW]


def _draw(rows: tuple[Row, ...], dtype: str, device: str, seed: int) -> Draw:
    """Of questions of the same sizes."""
    return Draw(rows[-1].setting, "normal", dtype, device, seed, tuple(row.spec for row in rows))


def plainest_first(findings: Sequence[Finding]) -> list[Finding]:
    """Failures first, of what flows forwards, without one tensor in several roles, of few features: they say most."""

    def order(finding: Finding) -> tuple[bool, bool, bool, int]:
        if finding.outcome != FAIL or finding.draw is None or not finding.draw.asked:
            return finding.outcome != FAIL, False, False, 0
        row = Row.of(finding.draw.asked[-1], finding.draw.setting)
        return False, finding.quantity.startswith("grad."), bool(row.tied), len(row.features)

    return sorted(findings, key=order)


def question_of(target: Target, draw: Draw) -> Composed:
    """The question that a draw of this property is about."""
    return _question(target, draw, draw.asked[-1])


def _question(target: Target, draw: Draw, spec: str) -> Composed:
    row = Row.of(spec, draw.setting, draw.input_class, draw.dtype)
    choice = settled_choice(target, draw.dtype, draw.device, draw.seed)
    base = replace(draw, setting=base_setting(row, heads_of(row, choice)), asked=())
    return composed(target, choice, row, case_of(target, base), draw.device, draw.seed)


def _finds(target: Target, draw: Draw) -> Iterator[Finding]:
    questions = [_question(target, draw, spec) for spec in draw.asked]
    try:
        asked = ask_recorded(target, questions)
    except NotReadError as error:
        yield Finding(UNSUPPORTED, f"cannot be read: {error}")
        return
    for place, refused in asked.refused.items():
        own = replace(draw, asked=draw.asked[: place + 1])
        if _is_limit(target, questions[place]):
            yield Finding(UNSUPPORTED, f"takes no sizes as {questions[place].words}: {told(target, refused)}", draw=own)
            continue
        yield replace(raised(target, questions[place], told(target, refused)), draw=own)
    ring = _ring(questions, draw.seed)
    results = compared(asked, ring)
    if any(each.outcome == DIFFERS for call in results for each in call):
        asked, results = asked_again(target, asked, ring, results)
    shown: Counter[str] = Counter()
    wrong_at_first = 0  # questions: a formula that is wrong where nothing was asked before is not asked that again
    for number, call in enumerate(results):
        own = replace(draw, asked=draw.asked[: asked.places[number] + 1])
        if in_place := changed(asked.questions[number], asked.answers[number]):
            yield replace(in_place, draw=own)
        differs = any(each.outcome == DIFFERS for each in call)
        at_first: frozenset[str] = frozenset()
        if differs and wrong_at_first < ENOUGH:
            at_first = _right_at_first(target, asked.questions[number], draw.seed)
            wrong_at_first += not at_first
        # One enclosure, and one second opinion, for all of a question.
        doubted = [each.quantity for each in call if _doubted(asked, each, own, shown)]
        wrong = wrong_numbers(target, asked.questions[number], asked.answers[number], doubted)
        open_ = [each.quantity for each in call if each.outcome == UNDECIDED and each.quantity in wrong]
        if open_ and wrong_at_first < ENOUGH:
            at_first |= _numbers_right_at_first(target, asked.questions[number], open_)
            wrong_at_first += not at_first
        for each in call:
            if each.outcome == DIFFERS and each.quantity not in doubted:
                found = _by_the_ring(asked, number, each, at_first)
            else:
                found = _finding(target, asked, number, each, own, at_first, wrong.get(each.quantity))
                shown[each.quantity] += each.outcome == DIFFERS and found.outcome == FAIL
            yield replace(found, draw=own)


def _is_limit(target: Target, question: Composed) -> bool:
    """Whether a program that raises at a size around one of its own numbers raises at twice that size, too: then it is
    made for no more (a buffer of so many positions), and one that answers there has made a mistake.
    """
    row = question.row
    axes = [name for name in ("n_q", "n_k") if f"{name} = " in row.setting.name]
    if not axes or not row.setting.name.rpartition(" = ")[2].isdigit():
        return False
    twice = {name: 2 * getattr(row.setting, name) for name in axes}
    try:
        larger = compose(target, question.choice, replace(row, setting=replace(row.setting, **twice), gradients="none"))
        ask(target, larger.request)
    except TargetError:
        return True
    except ValueError:  # such a question is not made
        return False
    return False


def _doubted(asked: Asked, each: Compared, draw: Draw, shown: Mapping[str, int]) -> bool:
    """Whether the numbers are looked at: what differs until they have shown it, and what the ring does not decide."""
    if each.outcome == DIFFERS:
        return shown.get(each.quantity, 0) < ENOUGH
    narrow = len(draw.asked) == 1 and _narrowed(asked, draw.dtype)  # casts are identities in the ring
    return each.outcome == UNDECIDED or narrow


def order_of(score: str) -> int:
    """How many coefficients are compared of a score without a soft-cap."""
    equations = family(alone(score)).system.equations
    rules = (rhs for each in equations for rhs in (each.rhs, each.otherwise) if rhs is not None)
    return NESTED if any(rhs.has(Application) for rhs in rules) else ORDER


def _ring(questions: Sequence[Composed], seed: int) -> Ring:
    """For all questions of a recording."""
    capped = any("softcap" in question.case.inputs for question in questions)
    return Ring(NESTED if capped else order_of(questions[0].case.score), seed, _without_root(questions))


def _without_root(questions: Sequence[Composed]) -> tuple[int, ...]:
    """Prime factors of sizes beyond those that have a root in every ring."""
    sizes = {size for question in questions for size in question.case.sizes.values()}
    return tuple(sorted({prime for size in sizes for prime in factorint(size) if prime > SMOOTH}))


def _finding(
    target: Target,
    asked: Asked,
    number: int,
    each: Compared,
    draw: Draw,
    at_first: Collection[str],
    wrong: Finding | None,
) -> Finding:
    """What the ring says, and ``wrong`` numbers where there are any."""
    question = asked.questions[number]
    if each.outcome == UNDECIDED:
        why = each.place or "rests on what the exponential ring has no value for"
        if wrong is not None and each.quantity in at_first:
            why = "is right where nothing was asked before, and is not after other calls"
            return replace(wrong, reason=f"{question.words}: {why}", quantity=each.quantity, kind="state")
        if wrong is not None:  # a size of the program's own may be asked nowhere else
            return replace(wrong, reason=f"{question.words}: {wrong.reason}; not read: {why}", quantity=each.quantity)
        return Finding(ABSTAIN, f"{question.words}: {why}", each.quantity)
    if each.outcome != DIFFERS:
        if wrong is not None:
            return replace(wrong, reason=f"{question.words}: {wrong.reason}", quantity=each.quantity)
        return Finding(PASS, quantity=each.quantity, missed=each.missed)
    found = _by_the_ring(asked, number, each, at_first)
    shown = wrong or _elsewhere(target, question, each)
    if shown is None:
        reason = f"{found.reason}; by less than {draw.dtype} shows at any numbers that were tried"
        return Finding(ABSTAIN, reason, each.quantity)
    return replace(found, ratio=shown.ratio, worst=shown.worst)


def _by_the_ring(asked: Asked, number: int, each: Compared, at_first: Collection[str]) -> Finding:
    """What differs, without numbers."""
    kind: Literal["algebra", "state"] = "algebra"
    where = f"is not the formula's: {each.place}"
    if number and kept(asked.recording, asked.recording.calls[number]):
        where, kind = "rests on arguments of an earlier call", "state"
    elif each.quantity in at_first:
        where, kind = "is the formula's where nothing was asked before, and is not after other calls", "state"
    return Finding(FAIL, f"{asked.questions[number].words}: {where}", each.quantity, kind=kind)


def _narrowed(asked: Asked, dtype: str) -> bool:
    """Whether something is rounded to a narrower format than the arguments'."""
    unit = FORMATS[dtype].unit_roundoff
    narrow = {name for name, fmt in FORMATS.items() if fmt.unit_roundoff > unit}
    recording = asked.recording
    return any(operation.dtype in narrow and recording.rounds(operation) for operation in recording.operations)


def _right_at_first(target: Target, question: Composed, seed: int) -> frozenset[str]:
    """The quantities of a question that are the formula's where the target was asked nothing before."""
    if target.fresh is None:
        return frozenset()
    try:
        fresh = target.fresh()
    except ValueError:  # it cannot be made once more: there is no other answer to compare
        return frozenset()
    return frozenset(q for q, each in by_itself(fresh, question, seed).items() if each.outcome == EQUAL)


def _numbers_right_at_first(target: Target, question: Composed, quantities: Collection[str]) -> frozenset[str]:
    """Those of the quantities, which the ring does not decide, that are within their bounds where nothing was asked
    before.
    """
    if target.fresh is None:
        return frozenset()
    try:
        fresh = target.fresh()
        wrong = wrong_numbers(fresh, question, ask(fresh, question.request), quantities)
    except (ValueError, TargetError):  # it cannot be made once more, or does not answer then
        return frozenset()
    return frozenset(quantities) - wrong.keys()


def changed_by(target: Target, questions: Sequence[Composed], quantity: str, seed: int, *, whole: bool = True) -> str:
    """The one change with which the derivation is what the target answers to questions; empty where none is found.

    whole  look for one that explains all results first, not the quantity alone
    """
    wrong = []
    for question in questions:
        try:
            asked = ask_recorded(target, [question])
        except (NotReadError, ValueError):
            continue
        if not asked.refused:
            wrong.append(Wrong(asked, _ring([question], seed), quantity))
    return changed_in(wrong[0], wrong[1:], whole=whole) if wrong else ""


def by_itself(target: Target, question: Composed, seed: int) -> dict[str, Compared]:
    """What the ring says of each quantity of one question; nothing where it cannot be read or is refused."""
    try:
        asked = ask_recorded(target, [question])
    except (NotReadError, ValueError):
        return {}
    if asked.refused:
        return {}
    return {each.quantity: each for each in compared(asked, _ring([question], seed))[0]}


def _elsewhere(target: Target, question: Composed, each: Compared) -> Finding | None:
    """Wrong numbers at other inputs of the same question: large ones, and scores that reach far."""
    rows = [replace(question.row, input_class="large"), *(replace(question.row, reach=size) for size in REACHED)]
    for row in rows:
        try:
            other = compose(target, question.choice, row)
        except ValueError:
            continue  # such numbers are not made for this question
        if set(other.request.given) != set(question.request.given):
            continue
        shown = wrong_numbers(target, other, ask(target, other.request), (each.quantity,))
        if shown:
            return shown[each.quantity]
    return None


PROPERTIES: Final = (
    Property(
        name="algebra",
        says="values and gradients equal the derivation exactly, for every pair of features: the program was recorded, "
        "and compared in the exponential ring",
        applies=_applies,
        draws=_draws,
        finds=_finds,
    ),
)
