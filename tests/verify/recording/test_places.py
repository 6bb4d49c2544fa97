"""The line that an operation comes from: the package's own, beside whatever library its name resembles."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
import torch

from attnproof.verify.checking import calling
from attnproof.verify.recording.in_numpy.memory import SKIPPED, here
from attnproof.verify.recording.in_torch.places import Places


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (f"{Path(torch.__file__).parent}_multi/attend.py", "own"),
        (str(Path(torch.__file__).parent / "nn" / "functional.py"), "between"),
        (calling.__file__, "between"),
    ],
)
def test_whose_file_it_is(path: str, kind: str) -> None:
    assert Places()._kind(str(path)) == kind


def test_a_package_whose_name_begins_like_numpy_is_no_numpy(tmp_path: Path) -> None:
    assert not f"{Path(np.__file__).parent}_attention/attend.py".startswith(SKIPPED)
    (tmp_path / "attend.py").write_text("def called(here):\n    return here()\n", encoding="utf-8")
    spec = spec_from_file_location("attend", tmp_path / "attend.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.called(here) == "attend.py:2"
