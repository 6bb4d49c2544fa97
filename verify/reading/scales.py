"""What is stored beside a scale, in the ring: the scale is a random element S, what is stored the array over S.

The truth is of the array; a program that multiplies the two, wherever it does, has S · (X/S) = X exactly.
"""

from __future__ import annotations

from collections.abc import Mapping

from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.ring import Ring
from attnproof.verify.composing.compose import Composed
from attnproof.verify.recording.recording import Call
from attnproof.verify.targets.stored import ARRAYS, scale_name


def taken_apart(call: Call, question: Composed, given: Mapping[str, Elements], ring: Ring) -> dict[str, Elements]:
    """Elements of everything that was handed over in a call, for the arrays that the question hands over.

    An array in two roles has one scale.
    """
    found = dict(given)
    scales: dict[str, Elements] = {}
    for name in ARRAYS:
        if scale_name(name) not in call.inputs:
            continue
        shape = call.inputs[scale_name(name)].shape
        own = scales.setdefault(question.request.tied.get(name, name), ring.random(shape))
        found[scale_name(name)] = own
        found[name] = given[name] / own.reshape((*shape, 1, 1) if shape else ())
    return found
