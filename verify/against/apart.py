"""A judgement in a process of its own: somebody's code may print, hang or end the process that it runs in."""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Final

from attnproof.verify.against.judgement import Judgement, Verdict
from attnproof.verify.outcome import FAIL, VerifierError
from attnproof.verify.targets.saying import said_where

POLL: Final = 0.25
Make = Callable[..., Judgement]


def apart(make: Make, given: dict[str, Any], limit: float) -> Judgement:
    """``make(**given, progress=…)``, which has to be importable; what it asks may take ``limit`` seconds a call.

    Raises ValueError where it does, and VerifierError where the judge broke. A call that hangs, or ends the process, is
    a fault of who was called.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(there, make, given), daemon=True)
    process.start()
    there.close()
    asking = ""
    try:
        while True:
            if not here.poll(limit if asking else None):
                return _fault(given, asking, f"a call took longer than {limit:g} seconds")
            try:
                kind, value = here.recv()
            except EOFError:
                process.join(POLL)
                return _fault(given, asking, f"the process ended with status {process.exitcode}")
            if kind == "asking":
                asking = value
            elif kind == "bad":
                raise ValueError(value)
            elif kind == "broke":
                what, where = value
                raise VerifierError(what) from RuntimeError(where)
            else:
                found: Judgement = value
                return found
    finally:
        if process.pid is not None:
            with suppress(OSError):  # it has ended
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.join()
        here.close()


def _fault(given: dict[str, Any], asking: str, words: str) -> Judgement:
    """By whose call it was."""
    names = {"candidate": str(given["candidate"]), "reference": str(given["reference"])}
    side, _, said = asking.partition(": ")
    if side != "candidate":
        raise ValueError(f"the reference {names['reference']}: {words}")
    verdict = Verdict("call", said, FAIL, "error", reason=words)
    return Judgement("", names["candidate"], names["reference"], str(given.get("dtype", "")), (verdict,), asked=(said,))


def _work(pipe: Connection, make: Make, given: dict[str, Any]) -> None:
    if hasattr(os, "setsid"):
        os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's
    quiet = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):  # what it prints is not shown
        os.dup2(quiet, stream)
    try:
        found = make(**given, progress=lambda words: pipe.send(("asking", words)))
        pipe.send(("found", found))
    except ValueError as error:
        pipe.send(("bad", str(error)))
    except ImportError as error:  # a library that is not installed
        pipe.send(("bad", str(error)))
    except Exception as error:  # noqa: BLE001 - told to the parent, which raises: it is no fault of the programs
        pipe.send(("broke", (said_where(error), traceback.format_exc())))
