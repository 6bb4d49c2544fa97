"""The command line ``attnproof``: its commands, and what becomes of errors.

Exit status: 0 nothing failed, 1 something failed or broke, 2 bad input, 3 nothing could be judged (no CUDA device, say),
130 interrupted, 143 terminated. Bad input is found before anything is computed and costs one line.
"""

from __future__ import annotations

import argparse
import importlib
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
    EXIT_USAGE,
    FailedError,
    TerminatedError,
    UsageError,
)

UNTOUCHED: Final = "the previous report is untouched"


@dataclass(frozen=True)
class Command:
    """A command: the module ``attnproof.reports.commands.MODULE`` has its ``arguments(command, parser)`` and ``run(given)``.

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
    "list": Command("show", "name every derived formula"),
    "show": Command("show", "show a formula, as mathematics or as code"),
    "export": Command("show", "write a score and its attention layer as one file of its own"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    given = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return COMMANDS[given.command].run(given)
    except (UsageError, MissingExtraError) as error:
        _say(f"error: {error}")
        return EXIT_USAGE
    except FailedError as error:
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


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line (the usage is a --help away), and learns its arguments when it is used."""

    def __init__(
        self, *words: Any, fill: Callable[[argparse.ArgumentParser], None] | None = None, **options: Any
    ) -> None:
        super().__init__(*words, **options)
        self.fill = fill

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As of every parser, with the arguments of a command filled in first."""
        if self.fill is not None:
            self.fill, fill = None, self.fill
            fill(self)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"{self.prog}: error: {message} (see {self.prog} --help)\n")


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
