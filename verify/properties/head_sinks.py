"""A sink for each head: every head is what it would be alone with a sink of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties.asking import case_of, variant
from attnproof.verify.properties.property import Choice, Draw, Property, at, needs
from attnproof.verify.properties.question import Question
from attnproof.verify.properties.settling import all_judged
from attnproof.verify.targets.target import Request, Target

SINKS: Final = (1.5, -0.75, 3.0)  # far enough apart that one head's is not taken for another's
SETTING: Final = Setting("head_sinks", n_q=3, n_k=5, d_q=4, d_k=5, d_a=3, d_v=2, batch=(2, len(SINKS)))
PER_HEAD: Final = (
    "query",
    "key",
    "value",
)  # gradients of what the heads share are sums over them: looked at with one sink


def _alone(case: Case, head: int) -> Case:
    inputs = {n: a[:, head] if case.tensors[n].batched else a for n, a in case.inputs.items()}
    return replace(case, inputs={**inputs, "sink": np.asarray(SINKS[head])}, grad_context=case.grad_context[:, head])


def questions(target: Target, draw: Draw, choice: Choice) -> Iterator[Question]:
    """All heads in one request, of which one question looks at one head."""
    del choice  # nothing is left open
    case = case_of(target, draw)
    for head in range(len(SINKS)):
        truth = variant(case, ("sink of head", head), partial(_alone, case, head))
        request = Request(
            truth,
            {**case.inputs, "sinks": np.asarray(SINKS)},
            draw.device,
            gradients=tuple(name for name in target.differentiable(truth) if name in PER_HEAD),
            cotangents={"grad_context": case.grad_context},
        )

        def own(array: Array, head: int = head) -> Array:
            """The head's part; an array without heads is left as it is, to be judged by its shape."""
            return array[:, head] if array.ndim > 2 and array.shape[1] == len(SINKS) else array

        quantities = ("scores", "weights", "context", "lse", *(f"grad.{name}" for name in PER_HEAD))
        yield Question(request, f"a sink for each of {len(SINKS)} heads, head {head}", dict.fromkeys(quantities, own))


PROPERTIES: Final = (
    Property(
        name="sinks of heads",
        says="given a sink for each head, every head has its own in the normaliser",
        applies=needs("sinks", otherwise="takes no sink for each head"),
        draws=at(SETTING),
        finds=lambda target, draw: all_judged(target, questions(target, draw, {})),
        questions=questions,
    ),
)
