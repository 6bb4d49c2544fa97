"""The command line ``attnproof``: its commands, and what becomes of errors.

Exit status: 0 nothing failed, 1 something failed or broke, 2 bad input, 3 nothing could be judged (no CUDA device,
say), 130 interrupted, 141 nobody reads the output any more, 143 terminated. Bad input is found before anything is
computed and costs one line.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import importlib
import io
import select
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any, Final, NoReturn

from attnproof import __version__
from attnproof.impl.extras import MissingExtraError
from attnproof.reports.commands.status import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_MEANINGS,
    EXIT_TERMINATED,
    EXIT_UNREAD,
    EXIT_USAGE,
    FailedError,
    InterruptedByUserError,
    TerminatedError,
    UsageError,
)


@dataclass(frozen=True)
class Command:
    """A command: ``attnproof.reports.commands.MODULE`` has its ``arguments(command, parser)`` and ``run(given)``.

    The module is imported when the command is used, since what it needs may take long to import.
    """

    module: str
    help: str

    def arguments(self, name: str, parser: argparse.ArgumentParser) -> None:
        """Give the command's parser its arguments."""
        self._load().arguments(name, parser)

    def run(self, given: argparse.Namespace) -> int:
        """Do what the command does; returns the exit status."""
        status: int = self._load().run(given)
        return status

    def _load(self) -> Any:
        return importlib.import_module(f"attnproof.reports.commands.{self.module}")


COMMANDS: Final[Mapping[str, Command]] = {
    "verify": Command("verify", "derive, generate, check and report"),
    "report": Command("report", "render index.html again from the result files of a run"),
    "claim": Command("claim", "decide one claim now and print it with its proof"),
    "check": Command("check", "examine anyone's attention"),
    "replay": Command("check", "ask again at a saved failing input"),
    "read": Command("read", "print what anyone's attention computes, as formulas"),
    "list": Command("show", "name every derived formula"),
    "show": Command("show", "show a formula, as mathematics or as code"),
    "export": Command("show", "write a score and its attention layer as one file of its own"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    signal.signal(signal.SIGTERM, _terminate)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # in the background of a shell it is ignored
        signal.signal(signal.SIGINT, _interrupt)
    atexit.register(gc.freeze)  # else Python looks for cycles in all that is left before it drops it: 0.2 s of a claim
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without Greek gets \u03b1, no exception
    try:
        status = _run(_parsed(arguments))
        _flush()
    except (UsageError, MissingExtraError) as error:
        return _ended(EXIT_USAGE, f"error: {error}", error)
    except FailedError as error:
        return _ended(EXIT_FAILED, str(error), error)
    except TerminatedError as error:
        return _ended(EXIT_TERMINATED, "terminated", error)
    except KeyboardInterrupt as error:
        return _ended(EXIT_INTERRUPTED, "interrupted", error)
    except OSError as error:
        if isinstance(error, BrokenPipeError) and _nobody_reads():  # not a pipe to a worker, say
            return EXIT_UNREAD
        return _ended(EXIT_FAILED, f"error: {error}", error)
    return status


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    try:
        return parser().parse_args(arguments)
    except SystemExit:  # --help
        _flush()
        raise


def _flush() -> None:
    if sys.stdout is not None:  # what nobody can read is an error now, not when Python ends
        sys.stdout.flush()


def _run(given: argparse.Namespace) -> int:
    """The command's status. What ends Python is an error here: somebody's file or a part of the run raised it."""
    try:
        return COMMANDS[given.command].run(given)
    except (KeyboardInterrupt, UsageError, FailedError, OSError):
        raise
    except BaseException as error:
        if isinstance(error, Exception) and not isinstance(error, MemoryError | RecursionError):
            raise  # a mistake of ours, which its traceback finds
        failed = FailedError(f"error: {type(error).__name__}: {error}")
        for note in getattr(error, "__notes__", ()):
            failed.add_note(note)
        raise failed from error


def _ended(status: int, message: str, error: BaseException) -> int:
    """Say in one line on standard error how it ended, whatever the message quotes; returns ``status``."""
    said = "; ".join((message, *getattr(error, "__notes__", ())))
    print("attnproof:", " ".join(said.split()), file=sys.stderr)  # noqa: T201 - the command line's own output
    return status


def _nobody_reads() -> bool:
    """Whether standard output is a pipe that has no reader any more."""
    try:
        output = sys.stdout.fileno()
    except (AttributeError, ValueError):  # there is none, or it is no file
        return False
    asked = select.poll()
    asked.register(output, 0)
    return any(found & select.POLLERR for _, found in asked.poll(0))


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise InterruptedByUserError


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise TerminatedError


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line (the usage is a --help away), and learns its arguments when it is used."""

    def __init__(
        self, *words: Any, fill: Callable[[argparse.ArgumentParser], None] | None = None, **options: Any
    ) -> None:
        super().__init__(*words, **options)
        self.fill = fill

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As of every parser, with the arguments of a command filled in first."""
        if (fill := self.fill) is not None:
            self.fill = None
            fill(self)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        said = UsageError(f"error: {message} (see {self.prog} --help)")
        self.exit(_ended(EXIT_USAGE, str(said), said))


def parser() -> argparse.ArgumentParser:
    """The parser of every command's arguments."""
    found = _Parser(
        prog="attnproof",
        description="What is really true about attention scores, derived symbolically and checked numerically.",
        epilog=f"Start with: attnproof verify --profile quick. {EXIT_MEANINGS.capitalize()}.",
    )
    found.add_argument("--version", action="version", version=f"attnproof {__version__}")
    commands = found.add_subparsers(dest="command", required=True, metavar=" | ".join(COMMANDS))
    for name, command in COMMANDS.items():
        commands.add_parser(name, help=command.help, fill=partial(command.arguments, name))
    return found


if __name__ == "__main__":
    sys.exit(main())
