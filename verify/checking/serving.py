"""What a worker process does: load a target, ask it what it is told to, and send what comes of it."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection

from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.making import make_target
from attnproof.verify.checking.replaying import again
from attnproof.verify.checking.working import Event, Job, Look, Saved, events, noting_shapes, unless_odd
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.targets.saying import said, said_where
from attnproof.verify.targets.target import Answer, Request, Target
from attnproof.verify.unit import GARBAGE


def work(connection: Connection) -> None:
    """What a worker does: receive a declaration and a plan, send events."""
    _alone(connection)
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    import torch  # before it waits: the other process imports what it has to hand over in the meantime

    torch.set_num_threads(1)
    gc.freeze()  # what was imported is not looked at again
    gc.set_threshold(*GARBAGE)
    gc.enable()
    try:
        declared, job = connection.recv()
    except EOFError:  # nobody needs it
        return
    _less_memory()
    connection.send(Event("asking", "importing it"))
    try:
        target = _loaded(declared, job, connection.send)
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
            _tell(target, job, connection.send)
        except Exception as error:  # noqa: BLE001 - told to the parent, which raises: it is no fault of the target
            connection.send(Event("broke", (said_where(error), traceback.format_exc())))
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


def _loaded(declared: Declaration, job: Job, send: Callable[[Event], None]) -> Target:
    def heard(target: Target) -> Target:
        send(Event("answered"))  # it is imported
        return announced(target, send)

    if isinstance(job, Look):
        from attnproof.verify.checking.lifted import loaded

        return loaded(declared, job.score, heard)
    return make_target(declared, heard=heard)


def _tell(target: Target, job: Job, send: Callable[[Event], None]) -> None:
    if isinstance(job, Look):
        from attnproof.verify.checking.lifted import CannotRecordError, found_in

        try:
            send(Event("read", found_in(timed(target, send), job.score)))
        except CannotRecordError as error:
            send(Event("unread", str(error)))
        return
    target = announced(target, send)
    if isinstance(job, Saved):
        from attnproof.verify.checking.own_polarity import SHOWN_BY, in_own_polarity
        from attnproof.verify.checking.turning import turning

        odd: list[str] = []
        target = noting_shapes(turning(target), odd)
        target = target if job.property == SHOWN_BY else in_own_polarity(target, job.draw.seed)
        asked = partial(again, target, job.property, job.draw, job.case)
        send(Event("findings", unless_odd(asked, job.property, odd)))
        return
    for event in events(target, job):
        send(event)


def timed(target: Target, send: Callable[[Event], None]) -> Target:
    """The target, saying when it is asked and when it has answered."""

    def answered(request: Request) -> Answer:
        case = request.case
        doing = ", ".join(filter(None, (case.size, case.input_class, f"{case.dtype} on {request.device}")))
        send(Event("asking", doing))
        try:
            return target.ask(request)
        except KeyboardInterrupt as error:  # nobody else's: the worker does not listen to Ctrl-C
            raise TargetError(f"{target.name} raised {said(error)}") from error
        finally:
            send(Event("answered"))

    return replace(target, ask=answered)


def announced(target: Target, send: Callable[[Event], None]) -> Target:
    """The same, and what it raises is told as a TargetError."""
    heard = timed(target, send)
    fresh = target.fresh
    again = None if fresh is None else lambda: announced(fresh(), send)
    return replace(target, ask=partial(ask, heard), fresh=again)
