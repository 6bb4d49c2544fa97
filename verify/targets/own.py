"""Our own implementations as targets: through the doors of their libraries, and so recorded as anyone's are."""

from __future__ import annotations

from typing import Any

from attnproof.verify.implementations.builtin import Implementation
from attnproof.verify.targets.contract import OURS, Contract
from attnproof.verify.targets.function import numpy_target, torch_target
from attnproof.verify.targets.in_jax import jax_target
from attnproof.verify.targets.target import Target


def own_target(implementation: Implementation, score: str) -> Target:
    """An implementation as a target of one score.

    Raises ValueError for one that takes no arrays of its library (``Implementation.call``).
    """
    if implementation.call is None:
        raise ValueError(f"{implementation.name} takes no arrays of its library: it cannot be a target")
    call, outputs = implementation.call(score), implementation.outputs
    backward = None if implementation.back is None else implementation.back(score)

    def function(**given: Any) -> tuple[Any, ...]:
        found = call(**given)
        return tuple(getattr(found, name) for name in outputs)

    declared: dict[str, Any] = {
        "takes": tuple(name for name in implementation.options if name != "bias_hidden" or score == "additive"),
        "outputs": implementation.outputs,
        "contract": Contract(
            masked_row=OURS.masked_row,
            softcap=OURS.softcap,
            tanh_derivative=implementation.tanh_derivative,
            masked_nan="leaks",
        ),
    }
    if implementation.dtypes is not None:
        declared["dtypes"] = implementation.dtypes
    name = f"{implementation.name} {score}"
    if implementation.framework == "torch":
        return torch_target(name, score, function, **declared)
    if implementation.framework == "jax":
        return jax_target(name, score, function, **declared)
    return numpy_target(name, score, function, backward, **declared)
