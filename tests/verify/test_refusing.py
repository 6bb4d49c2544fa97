"""A mistake in a program is no refusal, unless a statement of the target's own raises it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from attnproof.verify.properties.refusing import refuses
from attnproof.verify.targets import Unsupported
from attnproof.verify.targets.numbers import NoAnswerError


def raising(error: BaseException) -> Callable[[], object]:
    def target() -> object:
        raise error

    return target


def asserting() -> None:
    assert torch.ones(2).sum() == 3, "two or more"


def torch_refuses() -> object:
    return torch.ones(2, 3) @ torch.ones(2, 3)


def torch_is_misused() -> object:
    return torch.ones(2).softmax("last")  # type: ignore[arg-type]


def numpy_refuses() -> object:
    return np.linalg.inv(np.ones((2, 3)))


def numpy_is_misused() -> object:
    return np.ones((2, 3)).swapaxes(0, 5)


def python_breaks() -> object:
    found: dict[str, object] = {}
    return found["mask"]


def divides() -> object:
    return 1 // 0


def unbound() -> object:
    return missing  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (raising(Unsupported("no masks")), True),
        (raising(NotImplementedError("no masks")), True),
        (raising(ValueError("no masks")), True),
        (raising(TypeError("no masks")), True),  # as it says itself
        (asserting, True),
        (torch_refuses, True),
        (torch_is_misused, False),
        (numpy_refuses, True),
        (numpy_is_misused, False),
        (python_breaks, False),
        (divides, False),
        (unbound, False),
        (raising(NoAnswerError("returned 1 result; expected 2")), False),
        (raising(SystemExit(1)), False),
    ],
)
def test_a_mistake_is_no_refusal(target: Callable[[], object], expected: bool) -> None:
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - of any kind
        target()
    assert refuses(caught.value) is expected
