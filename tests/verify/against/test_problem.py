"""What a problem refuses, and what it draws."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from attnproof.verify.against.problem import Problem, Program

DOUBLE = Program("double", lambda x, times: x * times, "numpy")
PROBLEM = Problem(
    "doubled", DOUBLE, DOUBLE, ("x", "times"), {"own": lambda seed: (np.full(2, float(seed)), 2)}, gradients=("x",)
)


def test_inputs_by_name_in_order() -> None:
    drawn = PROBLEM.drawn(3)
    assert list(drawn) == ["x", "times"]
    assert drawn["times"] == 2
    assert drawn["x"].tolist() == [3.0, 3.0]


def test_the_first_draw_is_the_problems_own() -> None:
    both = replace(PROBLEM, draws={**PROBLEM.draws, "zeros": lambda _: (np.zeros(2), 2)})
    assert both.drawn(5)["x"][0] == 5.0
    assert both.drawn(5, "zeros")["x"][0] == 0.0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"draws": {}}, "no way to make"),
        ({"names": ("x", "x")}, "one name"),
        ({"gradients": ("y",)}, "no input 'y'"),
        ({"formats": {"y": "fp16"}}, "no input 'y'"),
        ({"dtype": "float32"}, "unknown format 'float32'"),
        ({"formats": {"x": "fp12"}}, "unknown format 'fp12'"),
    ],
)
def test_what_cannot_be_asked_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replace(PROBLEM, **change)


def test_an_unknown_framework_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown framework 'tf'"):
        replace(DOUBLE, framework="tf")


def test_a_draw_of_another_number_of_inputs_is_refused() -> None:
    with pytest.raises(ValueError, match="1 inputs are drawn, and 2 are named"):
        replace(PROBLEM, draws={"own": lambda _: (np.zeros(2),)}).drawn(0)
