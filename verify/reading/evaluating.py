"""A recording in the exponential ring: the elements of every operation, from those of the arrays handed over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from functools import partial
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.kinds import UNDECIDED
from attnproof.derivations.ring.ring import Ring
from attnproof.derivations.ring.store import Store
from attnproof.verify.recording.recording import Ids, Operation, Recording

Rule = Callable[..., Elements]
ELEMENTARY: Final = (
    *("exp", "exp2", "expm1", "log", "log2", "log1p", "tanh", "sigmoid", "sin", "cos", "erf", "sinh", "cosh"),
    *("sqrt", "rsqrt"),
)


def _elementary(a: Elements, *, name: str) -> Elements:
    found: Elements = getattr(a, name)()
    return found


# Every operation of the language but those that bring elements: ``input``, ``constant``, ``opaque``. A cast is no
# change: rounding is another question.
RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "cast": lambda a: a,
        "add": lambda a, b, begun=0: a + b,  # noqa: ARG005 - begun says how it was rounded
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b,
        "neg": lambda a: -a,
        "reciprocal": lambda a: a.reciprocal(),
        "fma": lambda a, b, c: a * b + c,
        "power": lambda a, exponent: a.power(Fraction(exponent)),
        "sum": lambda a, axes: a.sum(axes),
        "product": lambda a, axes: a.prod(axes),
        "cumsum": lambda a, axis: a.cumsum(axis),
        "matmul": lambda a, b: a @ b,
        **{name: partial(_elementary, name=name) for name in ELEMENTARY},
    }
)
BRING: Final = ("input", "constant", "opaque")


def evaluated(
    recording: Recording,
    ring: Ring,
    given: Sequence[tuple[Ids, Elements]],
    unknown: Collection[int] = (),
) -> Store:
    """Every element of the recording in the ring.

    given    what is known: element numbers, and what they are, in the same shape; of the arrays handed over, and of
             what the program made and is taken as handed over
    unknown  elements that are constant in the recording only: nothing may follow from them (``undecided``)
    Where the ring cannot tell the sign of an infinity, the program's own value says it. Constants that nothing is made
    of (parameters before they get their values) stay 0.
    """
    store = ring.store(recording.elements)
    for ids, elements in given:
        store.put(ids, elements)
    handed = np.zeros(recording.elements, bool)
    for ids, _ in given:
        handed[ids] = True
    plain = recording.used & ~handed
    lost = np.fromiter(unknown, np.int64)
    for operation in recording.operations:
        _apply(ring, store, recording, operation, plain, handed)
        if lost.size and (moved := np.isin(operation.output, lost)).any():
            store.put(operation.output[moved], ring.zeros(()).special(UNDECIDED).broadcast_to((int(moved.sum()),)))
    return store


def _apply(
    ring: Ring,
    store: Store,
    recording: Recording,
    operation: Operation,
    plain: npt.NDArray[np.bool_],
    handed: npt.NDArray[np.bool_],
) -> None:
    """Constants are evaluated where they are ``plain``: used, and not handed over; other elements where they are not
    ``handed`` over.
    """
    if operation.name == "opaque":
        store.put(operation.output, ring.zeros(()).special(UNDECIDED).broadcast_to(operation.output.shape))
    elif operation.name in BRING:
        rest = operation.output[plain[operation.output]]
        if rest.size:
            store.put(rest, ring.recognised(recording.values[rest], operation.dtype))
    else:
        inputs = [store.take(ids).settle(recording.values[ids]) for ids in operation.inputs]
        found, known = _applied(operation, inputs), handed[operation.output].ravel()
        if known.any():
            store.put(operation.output.ravel()[~known], found.reshape(found.size).take(np.flatnonzero(~known)))
        else:
            store.put(operation.output, found)


def _applied(operation: Operation, inputs: list[Elements]) -> Elements:
    if operation.name == "segment_sum":
        return inputs[0].segment_sum(operation.attributes["segments"], operation.output.size)
    return RULES[operation.name](*inputs, **operation.attributes)
