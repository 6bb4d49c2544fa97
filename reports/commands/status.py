"""Exit statuses, and the errors that lead to them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Final

EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_NOTHING_JUDGED, EXIT_INTERRUPTED, EXIT_TERMINATED = 0, 1, 2, 3, 130, 143
EXIT_UNREAD: Final = 141  # of SIGPIPE, as shells have it
EXIT_MEANINGS: Final = (
    "exit status: 0 nothing failed, 1 something failed, 2 bad input, 3 nothing could be judged, 130 interrupted, "
    "143 terminated"
)


class UsageError(ValueError):
    """Bad input on the command line: one message that names it and what was expected."""


def usage(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """``run`` with every ValueError as bad input: what it says is one line for the user."""

    def told(given: argparse.Namespace) -> int:
        try:
            return run(given)
        except ValueError as error:
            raise UsageError(str(error)) from error

    return told


class FailedError(RuntimeError):
    """What was asked for could not be finished, through nothing the user wrote: one message that says why."""


class InterruptedByUserError(KeyboardInterrupt):
    """Ctrl-C.

    A class of its own, since Python takes a bare KeyboardInterrupt for unhandled once it has left a text that was
    executed (a dataclass writes such texts): under ``python -m`` the process then ends by the signal, whatever status
    it returns.
    """


class TerminatedError(KeyboardInterrupt):
    """The process was asked to end (SIGTERM); what heeds Ctrl-C heeds this."""
