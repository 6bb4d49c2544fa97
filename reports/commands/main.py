"""The command line ``attnproof``: its commands, and what becomes of errors.

Exit status: 0 nothing failed, 1 something failed or broke, 2 bad input, 3 nothing could be judged (no CUDA device, say),
130 interrupted, 143 terminated. Bad input is found before anything is computed and costs one line.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from types import FrameType
from typing import Final, NoReturn

from attnproof.reports.commands import check, claim, report, show, verify
from attnproof.reports.commands.status import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_MEANINGS,
    EXIT_TERMINATED,
    EXIT_USAGE,
    TerminatedError,
    UsageError,
    usage,
)
from attnproof.verify.run.execute import ExecutorError

UNTOUCHED: Final = "the previous report is untouched"
COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = {
    "verify": verify.run,
    "report": report.run,
    "claim": claim.run,
    "check": usage(check.run_check),
    "replay": usage(check.run_replay),
    "list": usage(show.run),
    "show": usage(show.run),
    "export": usage(show.run),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    given = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return COMMANDS[given.command](given)
    except UsageError as error:
        _say(f"error: {error}")
        return EXIT_USAGE
    except BrokenProcessPool as error:
        _say(f"a worker process died ({error}); {UNTOUCHED}")
        return EXIT_FAILED
    except ExecutorError as error:
        _say(f"{error}; {UNTOUCHED}")
        return EXIT_FAILED
    except OSError as error:
        _say(f"error: {error}; {UNTOUCHED}")
        return EXIT_FAILED
    except TerminatedError:
        _say(f"terminated; {UNTOUCHED}")
        return EXIT_TERMINATED
    except KeyboardInterrupt:
        _say(f"interrupted; {UNTOUCHED}")
        return EXIT_INTERRUPTED


def _say(message: str) -> None:
    """One line on standard error, whatever the message quotes."""
    print("attnproof:", " ".join(message.split()), file=sys.stderr)  # noqa: T201 - the command line's own output


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise TerminatedError


class _OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line; the usage is a --help away."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"{self.prog}: error: {message} (see {self.prog} --help)\n")


def parser() -> argparse.ArgumentParser:
    """The parser of every command's arguments."""
    found = _OneLineParser(
        prog="attnproof",
        description="What is really true about attention scores, derived symbolically and checked numerically.",
        epilog=f"Start with: attnproof verify --profile quick. {EXIT_MEANINGS.capitalize()}.",
    )
    commands = found.add_subparsers(
        dest="command", required=True, metavar="verify | report | claim | check | replay | list | show | export"
    )
    check.add_commands(commands)
    show.add_commands(commands)
    for command in (verify, report, claim):
        command.add_command(commands)
    return found


if __name__ == "__main__":
    sys.exit(main())
