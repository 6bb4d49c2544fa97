from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

sys.path.insert(0, str(Path(__file__).parent))

from distributions import LIBRARIES, Distributions, Installed, build, found, install

Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Makes a folder by its name once in a test run, whichever worker asks first."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, make: Callable[[Path], object]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with FileLock(shared / f"{name}.lock"):
            if not done.exists():
                make(folder)
                done.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def distributions(once: Once) -> Distributions:
    return found(once("distributions", build))


@pytest.fixture(scope="session")
def installed(once: Once, distributions: Distributions) -> Installed:
    """The project with every library that the tests have."""
    return Installed(once("installed", lambda folder: install(distributions.wheel, folder)))


@pytest.fixture(scope="session")
def bare(once: Once, distributions: Distributions) -> Installed:
    """The project without what its extras bring."""
    return Installed(once("bare", lambda folder: install(distributions.wheel, folder, without=LIBRARIES)))
