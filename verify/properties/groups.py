"""Grouped and multi-query heads: several heads of queries share one of keys and values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties.asking import case_of
from attnproof.verify.properties.property import Choice, Draw, Property, at, needs
from attnproof.verify.properties.question import Question
from attnproof.verify.properties.settling import settled
from attnproof.verify.targets.target import Request, Target

# The truth broadcasts: batch, heads of keys, queries' heads for each of them.
GROUPED: Final = Setting("groups", n_q=3, n_k=4, d_q=4, d_k=5, d_a=3, d_v=2, batch=(2, 2, 3), key_batch=(2, 2, 1))
SINGLE: Final = replace(GROUPED, name="multi_query", batch=(2, 1, 3), key_batch=(2, 1, 1))


def _merged(array: Array, *, strided: bool) -> Array:
    """(batch, h_k, g, …) as (batch, h_k g, …): head ``g h + j``, or ``h_k j + h`` where strided."""
    moved = np.swapaxes(array, 1, 2) if strided else array
    return np.ascontiguousarray(moved.reshape(array.shape[0], -1, *array.shape[3:]))


def _apart(array: Array, shape: tuple[int, int, int], *, strided: bool) -> Array:
    """The other way round; an array of another number of heads is left as it is, to be judged by its shape."""
    batch, heads, group = shape
    if array.shape[:2] != (batch, heads * group):
        return array
    order = (batch, group, heads) if strided else shape
    found = array.reshape(*order, *array.shape[2:])
    return np.swapaxes(found, 1, 2) if strided else found


def questions(target: Target, draw: Draw, choice: Choice) -> Iterator[Question]:
    """One request, the queries' heads in the order that the choice asks for."""
    case = case_of(target, draw)
    strided = choice["groups"] == "strided"
    shape = (case.batch[0], case.batch[1], case.batch[2])
    given: dict[str, Any] = {**case.inputs, "query": _merged(case.inputs["query"], strided=strided)}
    given |= {name: case.inputs[name][:, :, 0] for name in ("key", "value")}

    def apart(array: Array) -> Array:
        return _apart(array, shape, strided=strided)

    def own(array: Array) -> Array:
        return array[:, :, None]

    request = Request(
        case,
        given,
        draw.device,
        gradients=target.differentiable(case),
        cotangents={"grad_context": _merged(case.grad_context, strided=strided)},
    )
    reshaped = dict.fromkeys(("scores", "weights", "context", "grad.query"), apart)
    reshaped |= dict.fromkeys(("grad.key", "grad.value"), own)
    words = f"{shape[1] * shape[2]} heads of queries on {shape[1]} of keys, {choice['groups']}"
    yield Question(request, words, reshaped)


PROPERTIES: Final = (
    Property(
        name="grouped heads",
        says="queries' heads that share a head of keys and values get its context, and its gradients are the sums over "
        "them",
        applies=needs("groups", otherwise="takes as many heads of keys as of queries"),
        draws=at(GROUPED, SINGLE),
        finds=settled(questions, "groups"),
        questions=questions,
    ),
)
