"""A second opinion excuses what is within a bound of the recorded operations, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from attnproof.verify.detection.correct import correct
from attnproof.verify.inputs.settings import SETTINGS
from attnproof.verify.outcome import FAIL, PASS
from attnproof.verify.properties import PROPERTIES, Draw
from attnproof.verify.properties.examine import examine
from attnproof.verify.targets.function import numpy_target

WIDE = ("fp64", "fp32")


def right(query: Any, key: Any, value: Any) -> Any:
    scores = query @ np.swapaxes(key, -1, -2) / np.sqrt(np.asarray(query.shape[-1], query.dtype))
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True) @ value


def one_call_late() -> Callable[..., Any]:
    """With the keys of the call before, where they have this shape: asked again it is right."""
    kept: dict[tuple[Any, ...], Any] = {}

    def attention(query: Any, key: Any, value: Any) -> Any:
        place = (key.shape, key.dtype)
        before = kept.get(place, key)
        kept[place] = np.array(key)
        return right(query, before, value)

    return attention


def outcomes(function: Callable[..., Any], name: str) -> dict[str, set[str]]:
    target = numpy_target("own", "scaled_dot", function, dtypes=WIDE)
    found = examine(target, "quick", properties=(name,)).findings
    return {dtype: {each.outcome for each in found if each.draw and each.draw.dtype == dtype} for dtype in WIDE}


@pytest.mark.parametrize("name", ["values", "nothing kept"])
def test_what_is_right_when_asked_again_is_still_wrong(name: str) -> None:
    assert all(FAIL in each for each in outcomes(one_call_late(), name).values())


def test_a_bound_that_tells_nothing_excuses_nothing() -> None:
    for lost in (np.nan, np.inf):
        found = outcomes(lambda query, key, value, by=lost: right(query, key, value) * by, "values")
        assert found == {dtype: {FAIL} for dtype in WIDE}


def test_errors_of_its_own_are_excused() -> None:
    """A shift of the scores by what rounds them away costs digits: within the bounds of these operations."""

    def shifted(query: Any, key: Any, value: Any) -> Any:
        scores = query @ np.swapaxes(key, -1, -2) / np.sqrt(np.asarray(query.shape[-1], query.dtype))
        far = np.asarray(4096.0, query.dtype)
        powers = np.exp((scores + far) - (scores + far).max(-1, keepdims=True))
        return powers / powers.sum(-1, keepdims=True) @ value

    assert outcomes(shifted, "values") == {dtype: {PASS} for dtype in WIDE}


def test_rows_that_do_not_count_leave_nothing_open() -> None:
    """A row that sees no key is NaN, as the contract may have it: it is no reason to know nothing of the others."""

    def masked(query: Any, key: Any, value: Any, bias: Any = 0.0) -> Any:
        scores = query @ np.swapaxes(key, -1, -2) * np.asarray(query.shape[-1] ** -0.5, query.dtype) + bias
        with np.errstate(invalid="ignore"):
            powers = np.exp(scores - scores.max(-1, keepdims=True))
        return powers / powers.sum(-1, keepdims=True) @ value

    target = numpy_target("own", "scaled_dot", masked, dtypes=("fp16",), takes=("bias",))
    draw = Draw(SETTINGS["masked_row"], "shifted", "fp16")
    (found,) = PROPERTIES["values"].check(target, draw)
    assert (found.quantity, found.outcome, found.reason) == ("context", PASS, None)


def test_what_a_target_always_does_is_in_the_truth() -> None:
    """The bounds of fp16 tell nothing about such a question: its operations do."""
    found = PROPERTIES["values"].check(correct()["always causal and capped"], Draw(SETTINGS["masked"], "deep", "fp16"))
    assert {each.outcome for each in found} == {PASS}
