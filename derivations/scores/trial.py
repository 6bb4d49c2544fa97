"""Trying somebody's code in a copy of this process, which may hang, die or take all memory instead of this one."""

from __future__ import annotations

import faulthandler
import os
import re
import signal
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import wait
from pathlib import Path
from typing import Final, NoReturn

# docs/examples load in 0.02 s; a thousand times that is no slow machine, but a loop.
SECONDS: Final = 20.0
GRACE: Final = 10.0  # to tell the line at which it is, and to end, on a machine that has other things to do
LOOK: Final = 0.1  # seconds between looks at whether the copy is still there
MEMORY: Final = 2 * 2**30  # bytes beyond what this process has, where the system can be told so
DONE: Final = b"\0done"
LONGEST: Final = 4000  # bytes of a message


def tried(run: Callable[[], object], path: Path) -> None:
    """``run`` what comes of the file, in a copy of this process; nothing where the system has no copies (fork).

    Raises ValueError on one line with what ``run`` raises, or, for code that does not end within SECONDS or ends its
    process, naming the file, and the line where it is known.
    """
    if not hasattr(os, "fork"):
        return
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Python and JAX warn of threads that the copy does not have: it uses none of theirs.
        warnings.simplefilter("ignore")
        pid = os.fork()
    if pid == 0:
        _run(run, writing)
    os.close(writing)
    try:
        said, late = _heard(reading, pid, time.monotonic() + SECONDS + GRACE)
    finally:
        os.close(reading)
        status = _ended(pid)
    if said == DONE:
        return
    text = said.removesuffix(DONE).decode(errors="replace")
    at = re.search(rf'File "{re.escape(str(path))}", line (\d+)', text)
    place = f"{path}:{at[1]}" if at else f"{path}"
    if late or text.startswith("Timeout"):
        raise ValueError(f"{place}: did not end within {SECONDS:g} s")
    if said.endswith(DONE):
        raise ValueError(text)
    raise ValueError(f"{place}: ended its process with status {status}")


def _run(run: Callable[[], object], writing: int) -> NoReturn:
    """In the copy: what ``run`` raises, or where it hangs or crashes, goes into the pipe."""
    try:
        os.setpgid(0, 0)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        _limit_memory()
        faulthandler.enable(writing, all_threads=False)
        faulthandler.dump_traceback_later(SECONDS, exit=True, file=writing)
        said = _message(run)
        faulthandler.cancel_dump_traceback_later()
        os.write(writing, said + DONE)
    finally:
        os._exit(0)


def _message(run: Callable[[], object]) -> bytes:
    try:
        run()
    except BaseException as error:  # noqa: BLE001 - told to the parent, whatever it is
        text = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        return text.encode(errors="replace")[:LONGEST]
    return b""


def _limit_memory() -> None:
    if sys.platform == "linux":
        import resource

        now = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5]) * os.sysconf("SC_PAGE_SIZE")
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = now + MEMORY
        resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _heard(reading: int, pid: int, until: float) -> tuple[bytes, bool]:
    """What the copy wrote, and whether it was waited for in vain."""
    said = b""
    while len(said) < 2 * LONGEST and not said.endswith(DONE):
        if wait([reading], LOOK):
            piece = os.read(reading, LONGEST)
            if not piece:
                break
            said += piece
        elif os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            break  # what it has started may hold the pipe, and says nothing
        elif time.monotonic() > until:
            return said, True
    return said, False


def _ended(pid: int) -> int:
    """Kill the copy and what it has started; its status.

    One that is about to end by itself has GRACE for it: what it wrote may be longer than what is read, and its status
    says why.
    """
    until = time.monotonic() + GRACE
    while not os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) and time.monotonic() < until:
        time.sleep(LOOK / 10)
    with suppress(OSError):  # it has no group yet, or is gone
        os.killpg(pid, signal.SIGKILL)
    with suppress(OSError):
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
