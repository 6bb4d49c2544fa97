"""Asking one target for each property in turn, as a stream of events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from attnproof.verify.checking.checked import Example
from attnproof.verify.checking.evaluated import check
from attnproof.verify.checking.warned import noting_warnings
from attnproof.verify.composing.row import Row
from attnproof.verify.inputs.case import Case
from attnproof.verify.options import PROFILES, Profile, one_of
from attnproof.verify.outcome import FAIL, PASS, UNSUPPORTED
from attnproof.verify.properties import PROPERTIES, Draw, Finding
from attnproof.verify.properties.examine import examine
from attnproof.verify.properties.reconsidering import decided
from attnproof.verify.targets.target import Answer, Request, Target

SHAPES: Final = "layout"  # what tells of an output of another shape than it can have
LARGEST_SEED: Final = 2**63  # that a replay file holds


@dataclass(frozen=True)
class Plan:
    """What to ask."""

    profile: Profile
    seed: int
    properties: tuple[str, ...]
    shrink: bool

    def __post_init__(self) -> None:
        one_of("profile", self.profile, PROFILES)
        if not 0 <= self.seed <= LARGEST_SEED:
            raise ValueError(f"--seed is {self.seed}; expected a whole number from 0 to 2^63")


@dataclass(frozen=True, eq=False)
class Saved:
    """One property at saved numbers."""

    property: str
    draw: Draw
    case: Case


@dataclass(frozen=True)
class Look:
    """Read the program, beside this score; None: beside the nearest one."""

    score: str | None


Job = Plan | Saved | Look  # what a worker may be told to do


@dataclass(frozen=True)
class Event:
    """What happens, by kind.

    ``asking``, ``answered`` around the import and each call of the target; ``property`` begins, its ``findings`` and
    ``example``; ``laid out``: layouts found by asking; ``not asked``, and the ``formula`` where the algebra fails;
    ``warned``: the target's own warnings, a mapping to how many calls gave them; what was ``read`` of the program, or
    why it is ``unread``; ``end``; ``bad`` input; the verifier itself ``broke``; the worker is ``lost``.
    """

    kind: str
    value: Any = None


def events(target: Target, plan: Plan) -> Iterator[Event]:
    """Every property's findings, then an input at which it fails: the smallest; after a wrong formula, the first."""
    from attnproof.verify.checking.formula import formula
    from attnproof.verify.checking.own_format import in_own_format
    from attnproof.verify.checking.own_polarity import SHOWN_BY, in_own_polarity
    from attnproof.verify.checking.turning import turning
    from attnproof.verify.checking.unasked import not_asked
    from attnproof.verify.properties.algebra import plainest_first

    if target.laid_out:
        yield Event("laid out", dict(target.laid_out))
    told = SHAPES if SHAPES in plan.properties else plan.properties[0]
    lost = [Finding(FAIL, why, name, property=told, kind="contract") for name, why in target.misshapen]
    yield Event("findings", lost)
    odd: list[str] = []
    warned = Counter(dict(target.warned))
    first: Example | None = None  # of a formula that is wrong
    wrong = False  # whether it is, whatever else is asked
    target = turning(noting_warnings(noting_shapes(target, odd), warned))
    try:
        target, narrowed = in_own_format(target, plan.profile, plan.seed)
    except (ValueError, IndexError):
        if not odd:
            raise
        narrowed = None  # outputs of another shape, which the property that asks for them finds
    if narrowed is not None:
        told = narrowed.property if narrowed.property in plan.properties else plan.properties[0]
        yield Event("findings", [replace(narrowed, property=told)])
    declared = target
    otherwise = in_own_polarity(declared, plan.seed) if SHOWN_BY in plan.properties else declared
    for name in plan.properties:
        yield Event("property", name)
        target = declared if name == SHOWN_BY else otherwise
        if not any(_asked(target, name, plan)):
            why = "nothing of it can be asked of this target"
            yield Event("findings", [Finding(UNSUPPORTED, why, property=name)])
            continue
        examined = partial(_examined, target, plan, name)
        with decided(wrong):
            found = unless_odd(examined, name, odd)
        found = plainest_first(found) if name == "algebra" else found
        yield Event("findings", found)
        if name == "algebra":
            yield Event("not asked", not_asked(target, plan.seed, plan.profile))
            if any(each.kind == "algebra" for each in found):
                yield Event("formula", formula(target, found))
        worst = next((each for each in found if each.outcome == FAIL), None)
        if plan.shrink and worst is not None and worst.draw is not None:
            with decided(wrong):
                example = _example(target, worst, first)
            if example is not None:
                yield Event("example", example)
            if name == "algebra" and worst.kind == "algebra":
                first = example
            if name == "algebra" and "algebra" in (worst.kind, example and example.told and example.told.kind):
                wrong = _plainly_wrong(found, worst.quantity)
    if warned:
        yield Event("warned", warned)


def _plainly_wrong(found: Sequence[Finding], quantity: str) -> bool:
    """Whether a formula that is wrong is so in most questions without any feature, and not in a corner: failures in
    numbers then follow, and need no second opinion.
    """
    plain = [
        each
        for each in found
        if each.quantity == quantity
        and each.draw is not None
        and not Row.of(each.draw.asked[-1], each.draw.setting).features
    ]
    return sum(each.outcome == FAIL for each in plain) > sum(each.outcome == PASS for each in plain)


def _example(target: Target, worst: Finding, first: Example | None) -> Example | None:
    """The smallest input that fails, with what can be said about it. Where a wrong formula decides the diagnosis, with
    the ``first`` example, this failure follows from it: it stands where it was found, and is compared with what that
    one looks like.
    """
    from attnproof.verify.checking.explaining import explained
    from attnproof.verify.checking.shrinking import as_found, smallest

    example = smallest(target, worst) if first is None else as_found(target, worst)
    if example is None or worst.draw is None:
        return None
    among = None if first is None else () if first.fault is None else first.fault.faults
    return explained(target, example, worst.draw, among)


def _examined(target: Target, plan: Plan, name: str) -> Iterable[Finding]:
    return examine(
        target, plan.profile, plan.seed, properties=(name,), check=partial(check, profile=plan.profile)
    ).findings


def noting_shapes(target: Target, odd: list[str]) -> Target:
    """The target, noting outputs of a shape that they cannot have been meant to have."""

    def noted(request: Request) -> Answer:
        answer = target.ask(request)
        case = request.case
        rows = (*case.batch, case.sizes["n_q"])
        for name, array in answer.outputs.items():
            expected = rows if name == "lse" else (*rows, case.sizes["d_v" if name == "context" else "n_k"])
            if array.shape != expected and not odd:
                odd.append(f"{name} has shape {array.shape}; expected {expected}")
        return answer

    return replace(target, ask=noted)


def unless_odd(found: Callable[[], Iterable[Finding]], name: str, odd: list[str]) -> list[Finding]:
    """The findings; where a property breaks after an output of another shape, that shape is what it finds."""
    odd.clear()
    try:
        return list(found())
    except (ValueError, IndexError):
        if not odd:
            raise  # then it is the verifier's own
        return [Finding(FAIL, odd[0], property=name)]


def _asked(target: Target, name: str, plan: Plan) -> Iterator[bool]:
    each = PROPERTIES[name]
    if each.applies(target) is not None:
        yield True  # examine says why not
        return
    for device in target.devices:
        for dtype in target.dtypes:
            yield device == "cuda" or any(True for _ in each.instances(target, plan.profile, dtype, device, plan.seed))


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """The properties named, in order; all for none. Raises ValueError for an unknown one."""
    for name in names:
        one_of("property", name, PROPERTIES)
    return tuple(name for name in PROPERTIES if not names or name in names)
