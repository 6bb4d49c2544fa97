"""Keys that are values have their width, whichever score it is: one of a user's too, whose queries have it as well."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from attnproof.verify.composing.row import Row
from attnproof.verify.composing.semantics import undefined
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties.choosing import usual
from attnproof.verify.targets import numpy_target

COSINE: Final = Path(__file__).resolve().parents[3] / "docs" / "examples" / "cosine.py"


@pytest.mark.parametrize(("score", "able"), [("dot", False), ("bilinear", True), (f"{COSINE}:cosine", False)])
def test_the_width_of_keys_is_that_of_queries_where_there_is_one(score: str, able: bool) -> None:
    target = numpy_target("any", score, lambda **_: None)
    row = Row(Setting("", n_q=1, n_k=1, d_q=2, d_k=1, d_v=1), tied="key is value")
    assert (undefined(target, usual(target), row) is None) == able
