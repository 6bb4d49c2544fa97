"""The folder of a report on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

DEFAULT_OUT: Final = Path(__file__).resolve().parents[1] / "out"
OUT_HELP: Final = "folder of the report (default: reports/out beside the sources)"


def folder(text: str) -> Path:
    """The folder named on the command line. Raises ArgumentTypeError where it has no name."""
    if not text:
        raise argparse.ArgumentTypeError("the name of the folder is empty")
    return Path(text)
