"""Files that are replaced in one step: whoever reads one finds the old text or the new one, never half of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

READABLE: Final = 0o644  # by everybody; a temporary file is the owner's alone


@contextmanager
def replacing(path: Path, mode: int = READABLE) -> Iterator[BinaryIO]:
    """A file beside ``path`` that takes its place at the end; where something is raised nothing has changed."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        temporary.chmod(mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)  # gone already where all went well
