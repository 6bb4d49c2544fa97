"""One pass over a recording: what exact arithmetic gives on its path, what every operation added, how errors move.

R is the *reference*: the recorded operations carried out exactly on the exact inputs, along the path that was taken
(values of choices are element numbers, so a choice costs nothing). It is known as float64 ``reference ± radius``. With
x the recorded values, every element's error x − R̃ (R̃ the float64 reference) is, exactly,

    x_o − R̃_o  =  map_o(x_in − R̃_in)  +  η_o,        η_o = (x_o − f_o(x_in)) − (R̃_o − f_o(R̃_in)),

with the linear map of ``linear``: no term of second order. The first bracket of η is what the program's operation added
to its inputs' function, the second what NumPy's float64 did. For each of them ``allowed`` bounds η as the operation's
format promises it (``own``), ``seen`` as it was.

*Kept inside.* What a library keeps to itself (``kept``) is recorded as float64 made it, not as the library did. The two
differ by at most ``inside``, which the same rules bound; where a library's result appears again, ``allowed`` includes
what that makes. An η there is no error of the program: recorders put a library's results in place of what they had
computed with already.

*Lost.* Where the program has an infinity or NaN and exact arithmetic has a number (or the other way round) errors are
no numbers. An operation whose results differ by no more than it may err itself (exp of two very low scores) starts
afresh; what depends on anything else that is lost has no bound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from attnproof.verify.arithmetic.formats import FORMATS, Array, Format
from attnproof.verify.reading.rounding.kept import LEAVES, Mask, formats_within, kept
from attnproof.verify.reading.rounding.linear import (
    Linear,
    elementwise_rule,
    is_elementwise,
    linear,
    reached,
    sloped,
    terms,
    value,
)
from attnproof.verify.reading.rounding.meaning import ROUNDINGS, meant
from attnproof.verify.reading.rounding.own import OWN, Machine, own_error
from attnproof.verify.reading.rounding.scale import scale_of
from attnproof.verify.recording.recording import Ids, Operation, Recording

Exact = Callable[[Array, str], Array]  # constants as recorded, and their format -> what they stand for, in float64
EVALUATION = 16.0  # roundings of float64, at most, in a coefficient; sums aside


@dataclass(frozen=True)
class Step:
    """An operation with its map; ``place`` is its number in the recording."""

    place: int
    operation: Operation
    map: Linear


@dataclass
class Swept:
    """Arrays over the elements of a recording.

    reference  R̃; radius: |R̃ − R|
    local      η, signed, as far as it is the program's
    allowed    what |η| may be; seen: what it is, and never more than allowed
    brought    what errors of constants make of an operation's result: what they stand for is not what they are
    inside     how far a recorded element may be from what the library kept
    running    a bound of |x − R|, by adding up magnitudes forwards
    first      the same to first order: ``Σ paths ∏ |coefficients| · allowed``
    depth      roundings of float64 in the coefficients that lead to an element
    scale      the size of what an element is a sum of
    inexact    1 where there may be any error at all, be it too small for float64; else 0
    lost       no bound
    leaf       not made by an operation: an input, a constant, or what follows from constants alone (a scale that is
               rounded to a narrower format): shared by everything, so its error is counted where it is used
    fixed      leaves that are no inputs
    kept       what a library kept to itself
    """

    recording: Recording
    machine: Machine
    reference: Array = field(init=False)
    radius: Array = field(init=False)
    local: Array = field(init=False)
    allowed: Array = field(init=False)
    seen: Array = field(init=False)
    brought: Array = field(init=False)
    inside: Array = field(init=False)
    running: Array = field(init=False)
    first: Array = field(init=False)
    depth: Array = field(init=False)
    scale: Array = field(init=False)
    inexact: Array = field(init=False)
    lost: Mask = field(init=False)
    leaf: Mask = field(init=False)
    fixed: Mask = field(init=False)
    kept: Mask = field(init=False)
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        n = self.recording.elements
        self.reference, self.radius, self.local, self.allowed, self.seen, self.brought = np.zeros((6, n))
        self.inside, self.running, self.first, self.depth, self.scale, self.inexact = np.zeros((6, n))
        self.lost, self.leaf, self.fixed = np.zeros((3, n), bool)
        self.kept = kept(self.recording)


def sweep(recording: Recording, machine: Machine, exact: Exact = meant) -> Swept:
    """Everything that is known after one pass forwards."""
    found = Swept(recording, machine)
    precision = np.full(recording.elements, 53, np.int16)
    within = formats_within(recording, found.kept)
    with np.errstate(all="ignore"):
        for place, operation in enumerate(recording.operations):
            if operation.dtype in FORMATS:
                precision[operation.output] = FORMATS[operation.dtype].precision
            if operation.name in LEAVES:
                _leaf(found, operation, exact)
            elif operation.output.size:
                wider = [_first_rounded_to(machine, operation, ids, precision) for ids in operation.inputs]
                _step(found, place, operation, wider, within.get(place, ""))
    return found


def _first_rounded_to(
    machine: Machine, operation: Operation, ids: Ids, precision: npt.NDArray[np.int16]
) -> Format | None:
    """The format that an operation rounds an input to before anything else: that it computes in, of what is wider; of a
    single number that it stores in, for libraries take numbers of the host language for numbers of the array's format.
    """
    computed, stored = machine.format(operation.computed), machine.format(operation.dtype)
    single = ids.size > 0 and bool(np.all(ids == ids.flat[0]))
    target = stored if single and stored.precision < computed.precision else computed
    return target if np.any(precision[ids] > target.precision) else None


def _leaf(found: Swept, operation: Operation, exact: Exact) -> None:
    """Inputs are exact; constants may stand for what they are only near to; of what is opaque nothing is known."""
    out = operation.output
    x = found.recording.values[out]
    found.leaf[out] = True
    found.reference[out] = x
    found.scale[out] = np.abs(x)
    if operation.name == "opaque":
        found.lost[out], found.reference[out] = True, np.nan
    elif operation.name == "constant":
        found.fixed[out] = True
        stands_for = exact(x, operation.dtype)
        moved = (stands_for != x) & np.isfinite(x)
        found.reference[out] = np.where(moved, stands_for, x)
        found.radius[out] = np.where(moved, np.abs(stands_for) * ROUNDINGS * 2.0**-53, 0.0)
        found.local[out] = np.where(moved, x - stands_for, 0.0)
        found.inexact[out] = moved
        for part in (found.allowed, found.seen, found.running, found.first):
            part[out] = np.abs(found.local[out]) + found.radius[out]


def _step(found: Swept, place: int, operation: Operation, wider: list[Format | None], within: str) -> None:
    out, ins = operation.output, operation.inputs
    values = found.recording.values
    x, r, recorded = [values[ids] for ids in ins], [found.reference[ids] for ids in ins], values[out]
    made, reference = value(operation, x), value(operation, r)
    limit, mine = _limits(found, operation, x, r, (made, reference), wider, within)
    hidden = found.kept[out]
    map_, again, lost = _mapped(found, operation, x, r, recorded, reference, limit + mine)
    made = np.where(again, reference, made)
    local = np.where((recorded == made) | lost, 0.0, recorded - made)
    size = np.abs(local)
    found.inside[out] = np.where(hidden, limit + size, 0.0)
    found.reference[out], found.local[out], found.lost[out] = reference, local, lost
    found.allowed[out] = np.where(hidden, size, limit) + mine
    found.seen[out] = np.where(hidden, size, np.minimum(size, limit)) + mine
    found.radius[out] = np.where(
        np.isfinite(reference), _number(reached(operation, r, [found.radius[ids] for ids in ins])) + mine, 0.0
    )
    flags = reached(operation, r, [found.inexact[ids] for ids in ins])
    found.inexact[out] = ~((flags == 0.0) & (found.allowed[out] == 0.0) & (local == 0.0))
    # towards R from the recorded values, with everything that lies between
    fresh = size + mine + found.radius[out]
    running = _number(reached(operation, x, [found.running[ids] for ids in ins])) + found.allowed[out]
    found.running[out] = np.where(again, fresh, running)
    constants = [np.where(found.leaf[ids], found.allowed[ids], 0.0) for ids in ins]
    found.brought[out] = _number(map_.carry(constants)) if any(part.any() for part in constants) else 0.0
    found.first[out] = _number(map_.carry([found.first[ids] for ids in ins])) + found.allowed[out]
    found.scale[out] = scale_of(operation, reference, [found.scale[ids] for ids in ins], r)
    deepest = max(float(found.depth[ids].max(initial=0.0)) for ids in ins)  # a sum may be over nothing
    found.depth[out] = deepest + EVALUATION + 2.0 * terms(operation)
    if all(found.fixed[ids].all() for ids in ins):
        found.leaf[out] = found.fixed[out] = True
        size = np.abs(np.where(recorded == reference, 0.0, recorded - reference)) + found.radius[out]
        # A scale that went through a format that is not allowed errs no more than in one that is, whatever came after.
        most = found.allowed[out] + _number(map_.carry([found.allowed[ids] for ids in ins]))
        size = np.minimum(size, most + found.radius[out])
        for part in (found.allowed, found.seen, found.running, found.first):
            part[out] = size
        found.brought[out] = 0.0
        return
    found.steps.append(Step(place, operation, map_))


def _limits(
    found: Swept,
    operation: Operation,
    x: list[Array],
    r: list[Array],
    values: tuple[Array, Array],
    wider: list[Format | None],
    within: str,
) -> tuple[Array, Array]:
    """What the operation may add, and what float64 does, here and in the reference."""
    made, reference = values
    inside = [found.inside[ids] for ids in operation.inputs]
    limit = own_error(operation, x, inside, made, found.machine, wider, within)
    if any(part.any() for part in inside):
        limit = limit + _number(reached(operation, x, inside))
    limit = np.where(np.isfinite(made), _number(limit), 0.0)
    exactly = [np.zeros_like(part) for part in x]
    mine = own_error(operation, x, exactly, made, OWN), own_error(operation, r, exactly, reference, OWN)
    return limit, np.asarray(sum(np.where(np.isfinite(part), part, 0.0) for part in mine))


def _mapped(
    found: Swept, operation: Operation, x: list[Array], r: list[Array], recorded: Array, reference: Array, limit: Array
) -> tuple[Linear, Mask, Mask]:
    """The map, where it starts afresh, and where the result is lost."""
    gone = [found.lost[ids] for ids in operation.inputs]
    same = (recorded == reference) | (np.abs(recorded - reference) <= limit)
    odd = ~(np.isfinite(recorded) & np.isfinite(reference)) & (recorded != reference)
    if not is_elementwise(operation):
        lost = np.zeros(recorded.shape, bool)
        if any(part.any() for part in gone):
            ones = [np.ones_like(part) for part in x]
            lost = np.asarray(reached(operation, ones, [part.astype(np.float64) for part in gone]) > 0.0)
        return linear(operation, x, r), np.zeros(recorded.shape, bool), lost | odd
    slopes = [np.broadcast_to(s, recorded.shape) for s in elementwise_rule(operation).secants(x, r)]
    unclear = np.any([*gone, *(~np.isfinite(slope) for slope in slopes)], axis=0)
    again = unclear & same
    return sloped([np.where(unclear, 0.0, slope) for slope in slopes]), again, (unclear & ~same) | odd


def _number(array: Array) -> Array:
    """NaN made ∞."""
    return np.asarray(np.where(np.isnan(array), np.inf, array))
