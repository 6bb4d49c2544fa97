"""Makes the helper modules beside these tests importable; JAX has double precision where a test asks JAX."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from target_arrays import double


@pytest.fixture(autouse=True)
def _double_precision(request: pytest.FixtureRequest) -> Iterator[None]:
    callspec = getattr(request.node, "callspec", None)
    with double(callspec.params.get("target") if callspec else None):
        yield
