"""Makes the helper modules beside these tests importable; JAX has double precision where a test asks JAX."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from target_arrays import double
from triton_process import DEVICES, Ran


@pytest.fixture(autouse=True)
def _double_precision(request: pytest.FixtureRequest) -> Iterator[None]:
    callspec = getattr(request.node, "callspec", None)
    with double(callspec.params.get("target") if callspec else None):
        yield


@pytest.fixture(scope="session", params=DEVICES)
def triton_ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    shared = tmp_path_factory.getbasetemp()
    return Ran(request.param, shared.parent if hasattr(request.config, "workerinput") else shared)
