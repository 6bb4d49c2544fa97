"""Asking one target for each property in turn, as a stream of events; and in a process of its own, which may hang or
die.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from attnproof.verify.checking import process
from attnproof.verify.checking.declared import Declaration, make_target
from attnproof.verify.checking.layouts import NoPlaceError
from attnproof.verify.checking.process import Worker
from attnproof.verify.checking.replaying import again
from attnproof.verify.inputs.case import Case
from attnproof.verify.options import PROFILES, Profile, one_of
from attnproof.verify.outcome import ERROR, FAIL, SKIPPED, UNSUPPORTED, VerifierError
from attnproof.verify.properties import PROPERTIES, Draw, Finding
from attnproof.verify.properties.examine import examine
from attnproof.verify.properties.question import TargetError, ask, said
from attnproof.verify.targets.target import Answer, Request, Target

MOST_LOST: Final = 3  # processes that may hang or die before the rest is left out
START_SECONDS: Final = 120.0  # to start Python, and to import the libraries
LOOK_SECONDS: Final = 0.5  # between looks at whether the process is still there
LONGEST_LIMIT: Final = 86400.0
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
class Event:
    """What happens, by kind.

    ``asking``, ``answered`` around the import and each call of the target; ``property`` begins, its ``findings`` and
    ``example``; ``end``; ``bad`` input; the verifier itself ``broke``; the worker is ``lost``.
    """

    kind: str
    value: Any = None


def events(target: Target, plan: Plan) -> Iterator[Event]:
    """Every property's findings, then the smallest failing input where it fails."""
    from attnproof.verify.checking.explaining import explained
    from attnproof.verify.checking.shrinking import smallest

    odd: list[str] = []
    target = _noting_shapes(target, odd)
    for name in plan.properties:
        yield Event("property", name)
        if not any(_asked(target, name, plan)):
            why = "nothing of it can be asked of this target"
            yield Event("findings", [Finding(UNSUPPORTED, why, property=name)])
            continue
        examined = partial(_examined, target, plan, name)
        found = [_no_place(each) for each in _unless_odd(examined, name, odd)]
        yield Event("findings", found)
        worst = next((each for each in found if each.outcome == FAIL), None)
        example = smallest(target, worst) if plan.shrink and worst is not None else None
        if example is not None and worst is not None and worst.draw is not None:
            yield Event("example", explained(target, example, worst.draw))


def _examined(target: Target, plan: Plan, name: str) -> Iterable[Finding]:
    return examine(target, plan.profile, plan.seed, properties=(name,)).findings


def _noting_shapes(target: Target, odd: list[str]) -> Target:
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


def _unless_odd(found: Callable[[], Iterable[Finding]], name: str, odd: list[str]) -> list[Finding]:
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
            yield device == "cuda" or any(True for _ in each.draws(target, plan.profile, dtype, device, plan.seed))


def _no_place(finding: Finding) -> Finding:
    """Sizes that the declared layout has no place for are no error of the target."""
    if finding.outcome == ERROR and f"{NoPlaceError.__name__}:" in (finding.reason or ""):
        return replace(finding, outcome=UNSUPPORTED)
    return finding


def isolated(declared: Declaration, plan: Plan, limit: float) -> Iterator[Event]:
    """The same events from a spawned process, stopped where one call takes longer than ``limit`` seconds.

    A hang or a crash becomes a finding, and the next property gets a fresh process; after MOST_LOST of them the rest is
    left out.
    """
    left, lost = list(plan.properties), 0
    while left:
        if lost == MOST_LOST:
            why = f"left out: the target hung or crashed {lost} times before"
            yield Event("findings", [Finding(SKIPPED, why, property=name) for name in left])
            return
        why_ended = None
        for event in _one_process(declared, replace(plan, properties=tuple(left)), limit):
            if event.kind == "property":
                left = left[left.index(event.value) :]
            elif event.kind == "lost":
                why_ended = event.value
                continue
            yield event
            if event.kind == "bad":
                return
        if why_ended is None:
            return
        lost += 1
        yield Event("findings", [Finding(ERROR, f"{declared.target} {why_ended}", property=left[0])])
        left = left[1:]


def replayed(declared: Declaration, name: str, draw: Draw, case: Case, limit: float) -> list[Finding]:
    """What a property finds at saved numbers, asked in a process of its own. Raises ValueError for a target that cannot
    be loaded.
    """
    found: list[Finding] = []
    for event in _one_process(declared, Saved(name, draw, case), limit):
        if event.kind == "bad":
            raise ValueError(event.value)
        if event.kind == "findings":
            found += event.value
        elif event.kind == "lost":
            found.append(Finding(ERROR, f"{declared.target} {event.value}", property=name))
    return found


def seconds(limit: float) -> float:
    """The limit. Raises ValueError where it is no number of seconds that one can wait."""
    if not 0 < limit <= LONGEST_LIMIT:
        raise ValueError(f"--limit is {limit:g}; expected a number of seconds > 0, at most {LONGEST_LIMIT:g} (a day)")
    return limit


class _LostError(Exception):
    """The process does not answer, or is no more; the message says which."""


def _one_process(declared: Declaration, plan: Plan | Saved, limit: float) -> Iterator[Event]:
    """Events of a worker. Import and each call have ``limit`` seconds; ``bad`` where it is lost before it was
    imported.
    """
    worker = process.worker()
    with suppress(BrokenPipeError):  # it has ended already: ``_next`` says how
        worker.pipe.send((declared, plan))
    until: float | None = time.monotonic() + START_SECONDS
    doing, imported = "starting Python", False
    try:
        while (event := _next(worker, until)).kind != "end":
            if event.kind == "broke":
                what, where = event.value
                broke = f"the verifier itself broke, which says nothing about the target: {what}"
                raise VerifierError(broke) from RuntimeError(where)
            if event.kind == "asking":
                doing, until = event.value, time.monotonic() + limit
            elif event.kind == "answered":
                imported, until = True, None
            else:
                yield event
    except _LostError as lost:
        why = f"{lost} ({doing})"
        yield Event("lost", why) if imported else Event("bad", f"target {declared.target!r} {why}")
    finally:
        worker.end()


def _next(worker: Worker, until: float | None) -> Event:
    """The next event. Looks after the process itself too: what it has forked may hold the other end of the pipe."""
    started = time.monotonic()
    while not worker.pipe.poll(LOOK_SECONDS):
        if until is not None and time.monotonic() > until:
            raise _LostError(f"did not answer within {until - started:.3g} s")
        if not worker.process.is_alive() and not worker.pipe.poll():
            break
    try:
        event: Event = worker.pipe.recv()
    except (EOFError, OSError):
        worker.process.join(LOOK_SECONDS)
        raise _LostError(f"ended its process with status {worker.process.exitcode}") from None
    return event


def work(connection: Connection) -> None:
    """What a worker does: receive a declaration and a plan, send events."""
    _alone(connection)
    try:
        declared, plan = connection.recv()
    except EOFError:  # nobody needs it
        return
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    import torch

    torch.set_num_threads(1)
    _less_memory()
    connection.send(Event("asking", "importing it"))
    try:
        target = make_target(declared)
    except (ValueError, KeyboardInterrupt) as error:
        text = (
            str(error)
            if isinstance(error, ValueError)
            else f"target {declared.target!r}: importing it raised {said(error)}"
        )
        connection.send(Event("bad", text))
    else:
        connection.send(Event("answered"))
        try:
            _tell(announced(target, connection.send), plan, connection.send)
        except Exception as error:  # noqa: BLE001 - told to the parent, which raises: it is no fault of the target
            last = traceback.extract_tb(error.__traceback__)[-1]
            what = f"{said(error)} ({Path(last.filename).name}:{last.lineno})"
            connection.send(Event("broke", (what, traceback.format_exc())))
    connection.send(Event("end"))


def _alone(connection: Connection) -> None:
    """Cut the worker off: its target's prints are no result, its forks have no pipe, Ctrl-C is the parent's."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=connection.close)


def _less_memory() -> None:
    """Leave half of the machine's memory to others, where the system can be told so; beyond it is a MemoryError."""
    if sys.platform == "linux":
        import resource

        most = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _tell(target: Target, plan: Plan | Saved, send: Callable[[Event], None]) -> None:
    if isinstance(plan, Saved):
        odd: list[str] = []
        target = _noting_shapes(target, odd)
        asked = partial(again, target, plan.property, plan.draw, plan.case)
        send(Event("findings", _unless_odd(asked, plan.property, odd)))
        return
    for event in events(target, plan):
        send(event)


def announced(target: Target, send: Callable[[Event], None]) -> Target:
    """The target, saying when it is asked and when it has answered."""

    def answered(request: Request) -> Answer:
        case = request.case
        send(Event("asking", f"{case.size}, {case.input_class}, {case.dtype} on {request.device}"))
        try:
            return ask(target, request)
        except KeyboardInterrupt as error:  # nobody else's: the worker does not listen to Ctrl-C
            raise TargetError(f"{target.name} raised {said(error)}") from error
        finally:
            send(Event("answered"))

    return replace(target, ask=answered)


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """The properties named, in order; all for none. Raises ValueError for an unknown one."""
    for name in names:
        one_of("property", name, PROPERTIES)
    return tuple(name for name in PROPERTIES if not names or name in names)
