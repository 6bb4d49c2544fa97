"""A target asked in a process of its own, which may hang or die."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Final

from attnproof.verify.checking import process
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.process import Worker
from attnproof.verify.checking.working import Event, Job, Plan, Saved
from attnproof.verify.inputs.case import Case
from attnproof.verify.outcome import ERROR, SKIPPED, VerifierError
from attnproof.verify.properties import Draw, Finding

MOST_LOST: Final = 3  # processes that may hang or die before the rest is left out
START_SECONDS: Final = 120.0  # to start Python, and to import the libraries
LOOK_SECONDS: Final = 0.5  # between looks at whether the process is still there
END_SECONDS: Final = 10.0  # to end, for a process that answers no more: it gives its memory back, maybe a core file too
LONGEST_LIMIT: Final = 86400.0


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
        for event in one_process(declared, replace(plan, properties=tuple(left)), limit):
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
    for event in one_process(declared, Saved(name, draw, case), limit):
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


def one_process(declared: Declaration, job: Job, limit: float) -> Iterator[Event]:
    """Events of a worker. Import and each call have ``limit`` seconds; ``bad`` where it is lost before it was
    imported.
    """
    worker = process.worker()
    with suppress(BrokenPipeError):  # it has ended already: ``_next`` says how
        worker.pipe.send((declared, job))
    until: float | None = time.monotonic() + START_SECONDS
    doing, imported = "starting Python", False
    try:
        while (event := _next(worker, until)).kind != "end":
            if event.kind == "broke":
                what, where = event.value
                raise VerifierError(what) from RuntimeError(where)
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
        status = _status(worker)
        how = "closed the pipe for answers" if status is None else f"ended its process with status {status}"
        raise _LostError(how) from None
    return event


def _status(worker: Worker) -> int | None:
    """How the process ended; None: it does not end. (Its ``join`` waits for ever where it closed all its files.)"""
    until = time.monotonic() + END_SECONDS
    while (status := worker.process.exitcode) is None and time.monotonic() < until:
        time.sleep(END_SECONDS / 1000)
    return status
