"""The truth of a composed question in the exponential ring: every tensor of the derivation, forward and backward."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.evaluate import evaluate
from attnproof.derivations.ring.kinds import MINUS
from attnproof.derivations.ring.ring import Ring
from attnproof.verify.composing.compose import Composed
from attnproof.verify.composing.links import Link

# Arrays whose numbers are part of the question: a target may make the same ones itself, or ask whether they are 0.
CONSTANT: Final = ("dropout", "slopes")


def drawn(composed: Composed, ring: Ring) -> dict[str, Elements]:
    """Every floating-point array that is handed over, cotangents too, in the ring: random numbers; constants where the
    number is part of the question.
    """
    arrays = {**composed.request.given, **composed.request.seeds}
    found: dict[str, Elements] = {}
    for name, value in arrays.items():
        other = composed.request.tied.get(name)
        if other is not None:
            found[name] = found[other]
        elif isinstance(value, np.ndarray) and value.dtype == np.float64:
            found[name] = ring.constant(value) if name in CONSTANT else _random(ring, name, value, composed)
    return found


def _random(ring: Ring, name: str, value: np.ndarray, composed: Composed) -> Elements:  # type: ignore[type-arg]
    masked = np.isneginf(value)
    shared = composed.request.seed_layout if name in composed.request.seeds else composed.request.layout
    found = _alike(ring, value) if shared == "broadcast" else _square(ring, value)
    return found.put(masked, ring.zeros(()).broadcast_to(value.shape).special(MINUS)) if masked.any() else found


def _square(ring: Ring, value: np.ndarray) -> Elements:  # type: ignore[type-arg]
    """Rows whose norm has a root, where there are rows: scores may divide by it."""
    return ring.random(value.shape, square_norm=-1) if value.ndim > 1 else ring.random(value.shape)


def _alike(ring: Ring, value: np.ndarray) -> Elements:  # type: ignore[type-arg]
    """Equal numbers where those handed over are equal: they may be one place of memory."""
    _, places = np.unique(value, return_inverse=True)
    return ring.random((int(places.max()) + 1,)).take(places.reshape(value.shape))


def truth(composed: Composed, ring: Ring, given: Mapping[str, Elements]) -> dict[str, Elements]:
    """Every tensor of the derivation by its name (``scores``, ``weights``, ``context``, ``grad_query`` …).

    Raises ValueError for an expression that has no value in the ring.
    """
    case = composed.case
    names = {*case.inputs, *case.cotangents}
    values = {name: _linked(ring, link, given) for name, link in composed.links.items() if name in names}
    return evaluate(case.forward.then(case.backward), values, case.sizes)


def _linked(ring: Ring, link: Link, given: Mapping[str, Elements]) -> Elements:
    plus = ring.constant(link.plus)
    if not link.name:
        return plus
    source = given[link.name]
    flat = ring.concatenate([source.reshape(source.size), ring.zeros((1,))])  # −1: nothing of it
    taken = flat.take(link.ids)
    return (taken if link.factor == 1.0 else taken * ring.constant(link.factor)) + plus


def gradients(composed: Composed, ring: Ring, found: Mapping[str, Elements]) -> dict[str, Elements]:
    """``grad.NAME`` of every array handed over that a gradient is asked of: what the derivation gives for the truth's
    inputs, carried back.
    """
    request = composed.request
    total: dict[str, Elements] = {}
    for name, link in composed.links.items():
        target = request.tied.get(link.name, link.name)
        if target not in (request.gradients or ()) or f"grad_{name}" not in found:
            continue
        shape = np.shape(request.given[target])
        kept = link.ids >= 0
        part = found[f"grad_{name}"].broadcast_to(link.ids.shape)
        if link.factor != 1.0:
            part = part * ring.constant(link.factor)
        size = int(np.prod(shape))
        part = part[kept].segment_sum(link.ids[kept], size).reshape(shape)
        total[target] = total[target] + part if target in total else part
    return {f"grad.{name}": value for name, value in total.items()}
