"""Two names exchanged in one step of the file system, so that neither is ever missing."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import tempfile
from pathlib import Path
from typing import Final

_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2  # <linux/fs.h>; RENAME_SWAP of <sys/stdio.h> is 2 too
_UNKNOWN: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})


def exchange(one: Path, other: Path) -> None:
    """Exchange two names in one folder. Raises OSError, and then nothing has changed.

    Where the system or the file system has no such step, it takes three: a process that is killed between them leaves
    ``other`` under another name beside it.
    """
    if _in_one_step(one, other):
        return
    spare = Path(tempfile.mkdtemp(prefix=f"{other.name}-", dir=other.parent)) / other.name
    try:
        other.rename(spare)
        try:
            one.rename(other)
        except OSError:
            spare.rename(other)
            raise
        spare.rename(one)
    finally:
        spare.parent.rmdir()


def _in_one_step(one: Path, other: Path) -> bool:
    """Whether the system did it."""
    system = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if hasattr(system, "renameat2"):
        failed = system.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE)
    elif sys.platform == "darwin":
        failed = system.renamex_np(*names, _RENAME_EXCHANGE)
    else:
        return False
    number = ctypes.get_errno()
    if failed and number not in _UNKNOWN:
        raise OSError(number, os.strerror(number), str(one), None, str(other))
    return not failed
