"""Makes what several folders of tests share importable (``made_reports``), and leaves out what is asked for by name."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

# As for the workers of a run: the tests already fill the cores, and threads that wait for one another burn them.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # read when NumPy and torch are imported, here and in processes that tests start

# What is imported and collected stays: looking through it for garbage again and again took a tenth of the time.
gc.disable()

# A busy machine is no fault of what is tested.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

ASKED_FOR = ("slow", "thorough")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that take long run where they are asked for, by -m slow or -m thorough, and are left out, not skipped,
    elsewhere.

    ``.ci/run`` asks for the slow ones. A test that is named, by its file and name, is asked for.
    """
    if config.option.markexpr or any("::" in word for word in config.invocation_params.args):
        return
    left_out = [item for item in items if any(item.get_closest_marker(name) for name in ASKED_FOR)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()
