"""Whether the numbers of a composed question are wrong: every result in the shapes of what was handed over."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.bounds import Bound
from attnproof.verify.composing.compose import Composed
from attnproof.verify.oracle.exactness import certain
from attnproof.verify.outcome import FAIL
from attnproof.verify.properties.asking import judge, limits_of
from attnproof.verify.properties.property import Finding
from attnproof.verify.properties.reconsidering import operations_bound
from attnproof.verify.targets.target import Answer, Target


def wrong_numbers(
    target: Target, question: Composed, answer: Answer, quantities: Collection[str]
) -> dict[str, Finding]:
    """The findings that say so, by quantity; nothing of those that are within their bounds."""
    if not quantities:
        return {}
    placed = question.in_case(answer)
    links = {f"grad.{link.name}": f"grad.{own}" for own, link in question.links.items() if link.one_to_one}
    names = {quantity: links.get(quantity, quantity) for quantity in quantities}
    judged = [own for own in dict.fromkeys(names.values()) if own in placed.values()]
    rows = None if question.rows.all() else question.rows
    found = judge(target, question.request, placed, quantities=judged, rows=rows) if judged else []
    wrong = {each.quantity: each for each in reversed(found) if each.outcome == FAIL}
    shown = {quantity: wrong[own] for quantity, own in names.items() if own in wrong}
    for quantity, own in names.items():
        if own not in judged and (carried := _wrong_sum(target, question, answer, quantity)):
            shown[quantity] = carried
    return shown


def _wrong_sum(target: Target, question: Composed, answer: Answer, quantity: str) -> Finding | None:
    """Of the gradient of an array that stands in several places of the truth."""
    got = answer.values().get(quantity)
    if got is None or not quantity.startswith("grad."):
        return None
    exact, limit = _carried(target, question, quantity.removeprefix("grad."), np.shape(got))
    error, allowed = np.abs(got - exact), limit.bound
    if (error <= allowed).all():
        return None
    if (own := operations_bound(target, question.request, quantity, limit)) is not None:
        allowed = allowed + own  # the first is of the truth's own sum, too
    wrong = ~(error <= allowed)
    if not wrong.any():
        return None
    place = tuple(int(k) for k in np.argwhere(wrong)[0])
    worst = {"index": list(place), "got": float(got[place]).hex()}
    worst |= {"exact": repr(float(exact[place])), "bound": float(allowed[place]).hex()}
    return Finding(FAIL, f"beyond its bound at {list(place)}", quantity, None, worst)


def _carried(target: Target, question: Composed, name: str, shape: tuple[int, ...]) -> tuple[Array, Bound]:
    """The gradient of an array that stands in several places of the truth, and a bound of its error: the sum of theirs,
    and of as many roundings as are added up.
    """
    limits = limits_of(target, question.request)
    fmt = FORMATS[question.case.dtype]
    size = int(np.prod(shape))
    exact, allowed, magnitude, terms = np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size)
    tied = question.request.tied
    links = {f"grad.{own}": link for own, link in question.links.items() if tied.get(link.name, link.name) == name}
    links = {grad: link for grad, link in links.items() if grad in limits}
    found = certain(question.case, list(links))
    for grad, link in links.items():
        value = np.broadcast_to(found[grad].midpoint(), link.ids.shape)
        limit: Bound = limits[grad]
        bound = np.broadcast_to(limit.bound, link.ids.shape)
        exact += link.carried(value, size)
        allowed += np.abs(link.carried(bound, size))
        magnitude += np.abs(link.carried(np.abs(value) + bound, size))
        terms += np.abs(link.carried(np.ones(link.ids.shape), size) / link.factor)
    # A sum of t terms errs by γ_t = t u/(1 − t u) times the sum of their sizes, at most 2 t u of it for t u ≤ 1/2.
    allowed += 2.0 * terms * fmt.unit_roundoff * magnitude + terms * fmt.smallest_subnormal
    return exact.reshape(shape), Bound(allowed.reshape(shape), magnitude.reshape(shape))
