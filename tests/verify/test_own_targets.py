"""Our own programs under the recorders: generated and written by hand, in NumPy, torch and JAX."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from attnproof.impl.generated.torch import _runtime
from attnproof.verify.composing.constants import constants_of
from attnproof.verify.detection import rules
from attnproof.verify.implementations.builtin import ALL_SCORES
from attnproof.verify.implementations.optional import EVERY
from attnproof.verify.outcome import FAIL, PASS
from attnproof.verify.properties.examine import Examination, examine
from attnproof.verify.targets.own import own_target

READ = ("reference-numpy", "generated-numpy", "reference-torch", "generated-torch", "generated-jax")
EACH = [(name, score) for name in READ for score in ALL_SCORES]
FAST = {("generated-numpy", "concat"), ("generated-torch", "additive"), ("reference-numpy", "bilinear"),
        ("reference-torch", "dot"), ("generated-jax", "scaled_dot")}  # fmt: skip

GATV2 = f"{Path(__file__).resolve().parents[2] / 'docs' / 'examples' / 'gatv2.py'}:gatv2"


def read(name: str, score: str) -> Examination:
    if name.endswith("jax"):
        pytest.importorskip("jax")
    return examine(own_target(EVERY[name], score), "quick", properties=("algebra",))


def equal_in_everything(found: Examination, score: str) -> None:
    """Every result of every question, to the last digit, and no input without a gradient."""
    assert set(found.counts) == {PASS}, [each.reason for each in found.findings if each.reason]
    of = {each.quantity for each in found.findings}
    assert {"scores", "weights", "context", "grad.query", "grad.key", "grad.value", "grad.bias", "grad.softcap"} <= of
    assert score != "additive" or {"grad.bias_hidden", "grad.weight_query", "grad.v"} <= of


@pytest.mark.parametrize(
    ("name", "score"), [pytest.param(*each, marks=() if each in FAST else pytest.mark.slow) for each in EACH]
)
def test_values_and_gradients_equal_the_derivation(name: str, score: str) -> None:
    equal_in_everything(read(name, score), score)


def test_so_do_blocks_of_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_runtime, "BLOCK", {"cpu": 1, "other": 1})  # one query at a time
    equal_in_everything(read("generated-torch", "scaled_dot"), "scaled_dot")


def test_a_gradient_that_is_wrong_is_not_equal() -> None:
    right = EVERY["generated-numpy"]
    assert right.back is not None
    back = right.back

    def wrong(score: str) -> Any:
        return lambda **given: (found := back(score)(**given)) | {"key": found["key"] * (1 + 2.0**-20)}

    found = examine(own_target(replace(right, back=wrong), "dot"), "quick", properties=("algebra",))
    wrong_ones = {(each.quantity, each.outcome) for each in found.findings if each.outcome != PASS}
    assert wrong_ones == {("grad.key", FAIL), ("grad.query", FAIL)}  # where query and key are one array
    assert {each.outcome for each in found.findings if each.quantity == "grad.key"} == {FAIL}


def test_numbers_of_the_program_and_no_others_are_found() -> None:
    """Not those of what finds the program."""
    for name in READ[:4]:
        found = constants_of(own_target(EVERY[name], "additive").ask)
        assert found.complete
        places = {place.partition(":")[0] for place in (*found.integers.values(), *found.floats.values())}
        assert places <= {"additive.py", "_runtime.py", "_arguments.py", "numpy_attention.py", "torch_attention.py",
                          "Attention._make"}  # fmt: skip


def test_what_takes_no_arrays_of_its_library_is_no_target() -> None:
    with pytest.raises(ValueError, match="generated-numpy takes no arrays of its library"):
        own_target(replace(EVERY["generated-numpy"], call=None), "dot")


def test_a_compiled_kernel_is_named_and_not_judged() -> None:
    pytest.importorskip("numba")
    import numba

    def double(x: Any) -> Any:
        return 2.0 * x

    twice = numba.njit(double)
    right = EVERY["generated-numpy"]
    assert right.call is not None
    call = right.call

    def compiled(score: str) -> Any:
        def attention(**given: Any) -> Any:
            found = call(score)(**given)
            return SimpleNamespace(**found._asdict() | {"context": twice(found.context) / 2.0})

        return attention

    found = examine(own_target(replace(right, call=compiled), "dot"), "quick", properties=("algebra",))
    judged = {each.quantity: (each.outcome, each.reason) for each in found.findings}
    assert judged["weights"][0] == PASS
    assert judged["context"][0] == "abstain"
    assert "kernel double" in str(judged["context"][1])


@pytest.mark.parametrize(
    "name",
    ["generated-torch", *(pytest.param(each, marks=pytest.mark.slow) for each in ("generated-numpy", "generated-jax"))],
)
def test_scores_with_a_kink_are_equal_on_the_side_that_the_numbers_are_on(name: str) -> None:
    found = read(name, GATV2)
    assert set(found.counts) == {PASS}, [each.reason for each in found.findings if each.reason]
    assert {"grad.query", "grad.key", "grad.weight_query", "grad.v"} <= {each.quantity for each in found.findings}


def test_another_slope_behind_the_kink_is_not_equal() -> None:
    right = EVERY["generated-torch"]

    def steeper(score: str) -> Any:
        del score

        def attention(query: Any, key: Any, value: Any, weight_query: Any, weight_key: Any, v: Any, **rest: Any) -> Any:
            del rest
            hidden = (query @ weight_query.mT)[..., :, None, :] + (key @ weight_key.mT)[..., None, :, :]
            scores = torch.nn.functional.leaky_relu(hidden, 0.25) @ v
            weights = torch.softmax(scores, -1)
            return SimpleNamespace(context=weights @ value, weights=weights, scores=scores)

        return attention

    target = own_target(replace(right, call=steeper, options=()), GATV2)
    found = examine(target, "quick", properties=("algebra",))
    assert "scores" in {each.quantity for each in found.findings if each.outcome == FAIL}
    assert {each.outcome for each in found.findings if each.quantity == "grad.value"} == {FAIL}


def test_torch_s_gradcheck_takes_them() -> None:
    """A rule of the detection table: it wants tensors, or a tuple of them."""
    assert rules._gradcheck(own_target(EVERY["reference-torch"], "dot"), 0) == "accepts"
