"""The folder of a report on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attnproof.reports.commands.status import UsageError

_ROOT: Final = Path(__file__).resolve().parents[2]
_IN_CHECKOUT: Final = (_ROOT / "noxfile.py").is_file()  # nobody would look for a report in site-packages
DEFAULT_OUT: Final = _ROOT / "reports" / "out" if _IN_CHECKOUT else Path("attnproof-report")
OUT_HELP: Final = (
    "folder of the report (default: reports/out of the checkout; installed, attnproof-report below the current folder)"
)


def folder(text: str) -> Path:
    """The folder named on the command line. Raises ArgumentTypeError where it has no name."""
    if not text:
        raise argparse.ArgumentTypeError("the name of the folder is empty")
    return Path(text)


@contextmanager
def report_kept(out: Path) -> Iterator[None]:
    """Whatever ends what is done here early says in a note what became of the report at ``out``, if there is one."""
    from attnproof.verify.run.place import report_at

    before = report_at(out)
    try:
        yield
    except UsageError:
        raise
    except BaseException as error:
        now = report_at(out)
        if now is not None:
            error.add_note("the previous report is untouched" if now == before else "the new report is in place")
        raise
