"""What the algebra says of a target whose formula is wrong, and of one that raises."""

from __future__ import annotations

from collections import Counter

from torch import Tensor

from attnproof.verify.outcome import FAIL
from attnproof.verify.properties.algebra import ENOUGH
from attnproof.verify.properties.examine import examine
from attnproof.verify.targets import torch_target


def test_numbers_show_that_a_quantity_is_wrong_in_two_questions_of_the_same_sizes() -> None:
    def unscaled(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return (query @ key.mT).softmax(-1) @ value

    target = torch_target("unscaled", "scaled_dot", unscaled)
    found = [f for f in examine(target, "quick", 0, properties=("algebra",)).findings if f.outcome == FAIL]
    numbers = Counter((f.draw.setting.name, f.quantity) for f in found if f.draw is not None and f.worst)
    assert {"context", "grad.query"} <= {quantity for _, quantity in numbers}
    assert max(numbers.values()) == ENOUGH
    assert len(found) > numbers.total()  # the others count by the ring
