"""Asking one target for each property in turn, as a stream of events; and in a process of its own, which may hang or die."""

from __future__ import annotations

import multiprocessing
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any, Final

from attnproof.verify.checking.declared import Declaration, make_target
from attnproof.verify.checking.layouts import NoPlaceError
from attnproof.verify.checking.replaying import again
from attnproof.verify.inputs.case import Case
from attnproof.verify.options import Profile
from attnproof.verify.outcome import ERROR, FAIL, SKIPPED, UNSUPPORTED
from attnproof.verify.properties import PROPERTIES, Draw, Finding
from attnproof.verify.properties.examine import examine
from attnproof.verify.targets.target import Answer, Request, Target

MOST_LOST: Final = 3  # processes that may hang or die before the rest is left out
START_SECONDS: Final = 120.0  # to start Python, and to import the libraries and the target


@dataclass(frozen=True)
class Plan:
    """What to ask."""

    profile: Profile
    seed: int
    properties: tuple[str, ...]
    shrink: bool


@dataclass(frozen=True, eq=False)
class Saved:
    """One property at saved numbers."""

    property: str
    draw: Draw
    case: Case


@dataclass(frozen=True)
class Event:
    """``property`` begins; ``asking`` / ``answered`` around each call of the target; ``findings``; ``example``; ``end``; ``bad``."""

    kind: str
    value: Any = None


def events(target: Target, plan: Plan) -> Iterator[Event]:
    """Every property's findings, then the smallest failing input where it fails."""
    from attnproof.verify.checking.explaining import explained
    from attnproof.verify.checking.shrinking import smallest

    for name in plan.properties:
        yield Event("property", name)
        if not any(_asked(target, name, plan)):
            why = "nothing of it can be asked of this target"
            yield Event("findings", [Finding(name, UNSUPPORTED, why)])
            continue
        found = [_no_place(each) for each in examine(target, plan.profile, plan.seed, properties=(name,)).findings]
        yield Event("findings", found)
        worst = next((each for each in found if each.outcome == FAIL), None)
        example = smallest(target, worst) if plan.shrink and worst is not None else None
        if example is not None and worst is not None and worst.draw is not None:
            yield Event("example", explained(target, example, worst.draw))


def _asked(target: Target, name: str, plan: Plan) -> Iterator[bool]:
    each = PROPERTIES[name]
    if each.applies(target) is not None:
        yield True  # examine says why not
        return
    for device in target.devices:
        for dtype in target.dtypes:
            yield device == "cuda" or any(True for _ in each.draws(target, plan.profile, dtype, device, plan.seed))


def _no_place(finding: Finding) -> Finding:
    """Sizes that the declared layout has no place for are no error of the target."""
    if finding.outcome == ERROR and f"{NoPlaceError.__name__}:" in (finding.reason or ""):
        return replace(finding, outcome=UNSUPPORTED)
    return finding


def isolated(declared: Declaration, plan: Plan, limit: float) -> Iterator[Event]:
    """The same events from a spawned process, stopped where one call takes longer than ``limit`` seconds.

    A hang or a crash becomes a finding, and the next property gets a fresh process; after MOST_LOST of them the rest is left out.
    """
    left, lost = list(plan.properties), 0
    while left:
        if lost == MOST_LOST:
            why = f"left out: the target hung or crashed {lost} times before"
            yield Event("findings", [Finding(name, SKIPPED, why) for name in left])
            return
        why_ended = None
        for event in _one_process(declared, replace(plan, properties=tuple(left)), limit):
            if event.kind == "property":
                left = left[left.index(event.value) :]
            elif event.kind == "lost":
                why_ended = event.value
                continue
            yield event
        if why_ended is None:
            return
        lost += 1
        yield Event("findings", [Finding(left[0], ERROR, f"{declared.target} {why_ended}")])
        left = left[1:]


def replayed(declared: Declaration, name: str, draw: Draw, case: Case, limit: float) -> list[Finding]:
    """What a property finds at saved numbers, asked in a process of its own. Raises ValueError for a target that cannot be loaded."""
    found: list[Finding] = []
    for event in _one_process(declared, Saved(name, draw, case), limit):
        if event.kind == "bad":
            raise ValueError(event.value)
        if event.kind == "findings":
            found += event.value
        elif event.kind == "lost":
            found.append(Finding(name, ERROR, f"{declared.target} {event.value}"))
    return found


def _one_process(declared: Declaration, plan: Plan | Saved, limit: float) -> Iterator[Event]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(declared, plan, there), daemon=True)
    process.start()
    there.close()
    wait: float | None = START_SECONDS
    doing = "start"
    try:
        while True:
            if not here.poll(wait):
                yield Event("lost", f"did not answer within {wait:g} s ({doing})")
                return
            event = here.recv()
            if event.kind == "end":
                return
            if event.kind == "broke":
                raise RuntimeError(f"the verifier itself broke, which says nothing about the target:\n{event.value}")
            wait = limit if event.kind == "asking" else None
            doing = str(event.value) if event.kind == "asking" else doing
            if event.kind not in ("asking", "answered"):
                yield event
    except EOFError:
        process.join()
        yield Event("lost", f"ended its process with status {process.exitcode} ({doing})")
    finally:
        process.kill()
        process.join()
        here.close()


def _work(declared: Declaration, plan: Plan | Saved, connection: Connection) -> None:
    sys.stdout = sys.stderr  # what a target prints is no result
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    import torch

    torch.set_num_threads(1)
    try:
        target = make_target(declared)
    except ValueError as error:
        connection.send(Event("bad", str(error)))
    else:
        target = announced(target, connection.send)
        try:
            _tell(target, plan, connection.send)
        except Exception:  # noqa: BLE001 - told to the parent, which raises: it is no fault of the target
            connection.send(Event("broke", traceback.format_exc()))
    connection.send(Event("end"))


def _tell(target: Target, plan: Plan | Saved, send: Callable[[Event], None]) -> None:
    if isinstance(plan, Saved):
        send(Event("findings", again(target, plan.property, plan.draw, plan.case)))
        return
    for event in events(target, plan):
        send(event)


def announced(target: Target, send: Callable[[Event], None]) -> Target:
    """The target, saying when it is asked and when it has answered."""

    def ask(request: Request) -> Answer:
        case = request.case
        send(Event("asking", f"{case.size}, {case.input_class}, {case.dtype} on {request.device}"))
        try:
            return target.ask(request)
        finally:
            send(Event("answered"))

    return replace(target, ask=ask)


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """The properties named, in order; all for none. Raises ValueError for an unknown one."""
    for name in names:
        if name not in PROPERTIES:
            raise ValueError(f"unknown property {name!r}; known properties: {', '.join(PROPERTIES)}")
    return tuple(name for name in PROPERTIES if not names or name in names)
