"""Tables that programs compute of positions: powers of a constant, whose exponents are rounded too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from attnproof.verify.against.judge import judge
from attnproof.verify.against.making import problem_of


def rotary(base: Any, library: Any) -> Callable[[Any], Any]:
    """Rotated pairs at half of the width, their table computed in the format of the array."""
    cat = torch.cat if library is torch else np.concatenate

    def rotated(x: Any) -> Any:
        n, d = x.shape
        exponents = -library.arange(0, d, 2, dtype=x.dtype) / d
        angles = library.arange(n, dtype=x.dtype)[:, None] * base**exponents
        c, s = library.cos(angles), library.sin(angles)
        a, b = x[:, : d // 2], x[:, d // 2 :]
        return cat([a * c - b * s, b * c + a * s], -1)

    return rotated


@pytest.mark.parametrize("library", [torch, np], ids=["torch", "numpy"])
@pytest.mark.parametrize(("base", "outcome"), [(10000.0, "pass"), (10010.0, "fail"), (1000.0, "fail")])
def test_a_table_of_powers_may_err_in_its_exponents(base: float, outcome: str, library: Any) -> None:
    frameworks = (library.__name__, "torch")
    problem = problem_of(rotary(base, library), rotary(10000.0, torch), "x=5 6", frameworks=frameworks)
    found = judge(problem, sizes=False)
    assert found.outcome == outcome, found.diagnosis
