"""Peak memory of one side, each in a process of its own: what it needs beyond what was there before it was called."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

STATUS: Final = Path("/proc/self/status")
CLEAR: Final = Path("/proc/self/clear_refs")
# glibc then maps every larger array apart, and unmaps it when it is freed, instead of keeping it for the next.
EAGER_TO_RETURN: Final = {"MALLOC_MMAP_THRESHOLD_": str(1 << 16)}
RESET_PEAK: Final = "5"  # proc(5): resets the peak resident set size to the current one


class MemoryUnknownError(RuntimeError):
    """The system does not say how much memory a process takes."""


def kilobytes(field: str) -> int:
    """A field of ``/proc/self/status``: ``VmRSS`` now, ``VmHWM`` at its largest."""
    if not STATUS.is_file():
        raise MemoryUnknownError("peak memory is read from /proc, which this system does not have")
    for line in STATUS.read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1])
    raise MemoryUnknownError(f"{STATUS} has no {field}")


def peak(name: str, n: int, d: int, dtype: str, *, backward: bool) -> int:
    """Bytes that a side of ``attnproof.verify.bench.additive`` needs at its largest beyond its arguments, in a fresh
    process.

    It has been called once before, so that code that it compiles or loads is there, and what that call left has been
    given back. Raises RuntimeError with its last words where it fails (out of memory, say).
    """
    words = [sys.executable, "-m", "attnproof.verify.bench.memory", json.dumps([name, n, d, dtype, backward])]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=os.environ | EAGER_TO_RETURN)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
        raise RuntimeError(f"{name} at n = {n}: {last}")
    return int(done.stdout.strip().splitlines()[-1])


def _measure(name: str, n: int, d: int, dtype: str, *, backward: bool) -> int:
    import torch

    from attnproof.verify.bench.additive import side
    from attnproof.verify.bench.peers import Problem

    torch.set_num_threads(1)
    call = side(name, Problem.make(n, d, dtype), backward=backward)
    call()
    gc.collect()
    if hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)
    CLEAR.write_text(RESET_PEAK, encoding="ascii")
    before = kilobytes("VmRSS")
    result = call()
    after = kilobytes("VmHWM")
    del result
    return 1024 * max(0, after - before)


if __name__ == "__main__":
    arguments = json.loads(sys.argv[1])
    print(_measure(*arguments[:4], backward=arguments[4]))  # noqa: T201 - to the parent process
