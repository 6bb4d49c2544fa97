"""A call that raises midway leaves nothing in the recording, and what it says is asked for once."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from attnproof.verify.composing.compose import Composed, compose
from attnproof.verify.composing.plan import first_words
from attnproof.verify.composing.row import Row
from attnproof.verify.composing.sizes import CLASSES
from attnproof.verify.reading.recorded import ask_recorded
from attnproof.verify.targets import Target, numpy_target, torch_target
from attnproof.verify.targets.in_jax import jax_target

MASK, PLAIN = {"mask": "shared"}, {}


def questions(target: Target, *features: dict[str, str]) -> list[Composed]:
    rows = [Row(CLASSES[0], each, number=k, gradients="none") for k, each in enumerate(features)]
    return [compose(target, first_words(), row) for row in rows]


def made(framework: str, counted: list[str] | None = None) -> Target:
    """Refuses masks when it has computed the scores."""
    door: Callable[..., Target] = {"torch": torch_target, "numpy": numpy_target, "jax": jax_target}[framework]
    if framework == "jax":
        pytest.importorskip("jax")

    def attention(query: Any, key: Any, value: Any, mask: Any = None) -> Any:
        scores = query @ key.swapaxes(-1, -2) / math.sqrt(query.shape[-1])
        if counted is not None:
            counted.append("mask" if mask is not None else "plain")
        if mask is not None:
            if bool((scores == 0.0).all()):
                return value
            raise NotImplementedError(f"no masks of shape {tuple(mask.shape)}")
        library = __import__({"torch": "torch", "numpy": "numpy", "jax": "jax.numpy"}[framework], fromlist=["exp"])
        weights = library.exp(scores)
        return weights / weights.sum(-1)[..., None] @ value

    return door(framework, "scaled_dot", attention, takes=("mask",))


@pytest.mark.parametrize("framework", ["torch", "numpy", "jax"])
def test_nothing_of_it_is_recorded(framework: str) -> None:
    target = made(framework)
    plain, refused, again = questions(target, PLAIN, MASK, PLAIN)
    with_it, without = ask_recorded(target, [plain, refused, again]), ask_recorded(target, [plain, again])
    assert list(with_it.refused) == [1]
    assert with_it.places == (0, 2)
    names = [[each.name for each in asked.recording.operations] for asked in (with_it, without)]
    assert names[0] == names[1]
    assert len(with_it.recording.choices) == len(without.recording.choices) == 0
    assert with_it.recording.left == without.recording.left == ()


def test_what_it_kept_and_computes_with_later_is_constant() -> None:
    kept: list[Any] = []

    def attention(query: Any, key: Any, value: Any, mask: Any = None) -> Any:
        if mask is not None:
            kept.append((key * 2.0).detach())
            raise NotImplementedError("no masks")
        own = kept[0] / 2.0 if kept else key
        return (query @ own.mT / math.sqrt(query.shape[-1])).softmax(-1) @ value

    target = torch_target("keeps", "scaled_dot", attention, takes=("mask",))
    found = ask_recorded(target, questions(target, PLAIN, MASK, PLAIN)).recording
    defined = np.zeros(len(found.values), bool)
    for each in found.operations:
        assert all(defined[ids].all() for ids in each.inputs), each.name
        defined[each.output] = True
    handed = {each.attributes["call"] for each in found.operations if each.name == "input"}
    assert handed == {0, 1}
    assert any(each.name == "constant" for each in found.operations)


@pytest.mark.parametrize("framework", ["torch", "jax"])
def test_the_same_words_are_asked_for_once(framework: str) -> None:
    calls: list[str] = []
    target = made(framework, calls)
    asked = ask_recorded(target, questions(target, MASK, MASK, MASK, PLAIN))
    assert list(asked.refused) == [0, 1, 2]
    assert {str(error) for error in asked.refused.values()} == {"no masks of shape (3, 7)"}
    assert calls.count("mask") == 4  # when somebody listens, and the first of them when nobody does
