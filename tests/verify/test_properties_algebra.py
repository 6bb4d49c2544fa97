"""What the algebra says of a target whose formula is wrong, and of one that raises."""

from __future__ import annotations

import math
from collections import Counter
from functools import partial

import pytest
import torch
from torch import Tensor

from attnproof.verify.outcome import FAIL
from attnproof.verify.properties.algebra import ENOUGH
from attnproof.verify.properties.examine import examine
from attnproof.verify.targets import torch_target
from attnproof.verify.targets.contract import Contract
from attnproof.verify.targets.target import Target


def test_numbers_show_that_a_quantity_is_wrong_in_two_questions_of_the_same_sizes() -> None:
    def unscaled(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return (query @ key.mT).softmax(-1) @ value

    target = torch_target("unscaled", "scaled_dot", unscaled)
    found = [f for f in examine(target, "quick", 0, properties=("algebra",)).findings if f.outcome == FAIL]
    numbers = Counter((f.draw.setting.name, f.quantity) for f in found if f.draw is not None and f.worst)
    assert {"context", "grad.query"} <= {quantity for _, quantity in numbers}
    assert max(numbers.values()) == ENOUGH
    assert len(found) > numbers.total()  # the others count by the ring


def masked_in_place(
    query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None, *, causal: bool = False
) -> Tensor:
    """Right, but that a causal mask is put into the bias of the caller."""
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    hidden = torch.ones(scores.shape[-2:], dtype=torch.bool).tril(scores.shape[-1] - scores.shape[-2]).logical_not()
    if causal and bias is not None:
        bias.data.masked_fill_(hidden, -math.inf)
    elif causal:
        scores = scores.masked_fill(hidden, -math.inf)
    return (scores if bias is None else scores + bias).softmax(-1)


def test_a_call_that_changes_what_it_was_given_with_another_feature_fails() -> None:
    def attend(query: Tensor, key: Tensor, value: Tensor, copied: bool, **given: Tensor) -> Tensor:
        if copied and "bias" in given:
            given["bias"] = given["bias"].clone()
        return masked_in_place(query, key, value, **given).nan_to_num() @ value

    said = []
    for copied in (False, True):
        function = partial(attend, copied=copied)
        target = torch_target("attend", "scaled_dot", function, takes=("bias", "causal"), contract=Contract("zero"))
        found = examine(target, "quick", 0, properties=("algebra",)).findings
        said.append([f for f in found if f.outcome == FAIL])
    assert not said[1]
    assert {f.kind for f in said[0]} == {"state"}
    assert "in place: bias" in str(said[0][0].reason)


def _outcomes(target: Target) -> set[str]:
    found = examine(target, "quick", 0, properties=("algebra",)).findings
    return {f.outcome for f in found if f.quantity == "context"}


@pytest.mark.parametrize("wrong", ["", "without query", "arctangent"])
def test_exponentials_in_exponentials_are_compared_to_where_queries_meet_keys(wrong: str) -> None:
    """Below ε⁴ a query adds the same to all scores of its row, which the softmax takes away again; and tanh and arctan
    have the same z³.
    """

    def attend(
        query: Tensor, key: Tensor, value: Tensor, weight_query: Tensor, weight_key: Tensor, v: Tensor
    ) -> Tensor:
        hidden = (query @ weight_query.mT)[..., :, None, :] + (key @ weight_key.mT)[..., None, :, :]
        hidden = hidden - (query @ weight_query.mT)[..., :, None, :] if wrong == "without query" else hidden
        return ((hidden.atan() if wrong == "arctangent" else hidden.tanh()) @ v).softmax(-1) @ value

    found = _outcomes(torch_target("nested", "additive", attend))
    assert found - {"pass"} == ({"fail"} if wrong else set())


def test_a_soft_cap_is_seen() -> None:
    def uncapped(query: Tensor, key: Tensor, value: Tensor, softcap: Tensor | None = None) -> Tensor:
        return (query @ key.mT / math.sqrt(query.shape[-1])).softmax(-1) @ value

    assert "fail" in _outcomes(torch_target("uncapped", "scaled_dot", uncapped, takes=("softcap",)))
