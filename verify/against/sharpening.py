"""How far errors made on the way reach, by derivatives: what cancels in exact arithmetic cancels in the bound.

``enclosing`` carries bounds through one operation after the other, in magnitudes: through a matrix of width d they grow
by about √d more than errors do, and through a block of a transformer ten thousandfold. Here every element y has, beside
P, a *local* error Λ_y: what its own operation adds to errors that go through it linearly.

*Lemma.* Let r be the float64 values, p_y how far y's polynomial at the computed atoms is from r_y, and J_yk = ∂y/∂k at
r. Then |p_y| ≤ Σ_k |J_yk| Λ_k.
For each operation  p_y = Σ_u (∂y/∂u) p_u + λ_y  with |λ_y| ≤ Λ_y, if Λ_y has the roundings of the arguments of an atom
(or of factors of a matrix product) times slopes, the atom's own error, that of float64, and the second-order term:
½ sup |f″| E² for a function, E_a E_b for a product, within the distances E that are known of the arguments. This is a
triangular linear system of equations, with no term of higher order left; J solves it. ∎
An atom may be computed more than once (a weight for the normaliser, and again for the product), each time with an error
of its own: so |J_yk| is taken as Σ |J_yc| |∂c/∂k| over the operations c that use k, each copy for itself. A factor of a
matrix product is one number in that product.
J by float64: the adjoint of u is off by ε_u, at most κ Σ |parts|, with κ the unit roundoff times all additions there
are; it reaches y as ε_u Σ_k J_uk λ_k, which is at most |ε_u| B_u, with B the lemma's sum by magnitudes. So κ B_u is one
more local error.

Distances E need to be small where they are squared: so elements are bounded by the lemma before they are summed, where
bounds by magnitudes have grown since by ``GROWN``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.formats import FP64, Array
from attnproof.verify.reading.rounding.linear import axes_of, linear
from attnproof.verify.recording.recording import Ids, Operation, Recording

GROWN: Final = 2.0
EVALUATED: Final = 16.0  # roundings of float64 in a slope
ROOM: Final = 1 << 23  # adjoints in memory
WORK: Final = 5 << 28  # adjoints in all, of one recording
LN2: Final = math.log(2.0)
Step = tuple[Operation, Sequence[Array]]
LINEAR: Final = ("add", "sub", "neg", "cast")
SUMS: Final = ("sum", "cumsum", "segment_sum")
PRODUCTS: Final = ("mul", "fma")


class WorkError(Exception):
    """It would take too long."""


class Sharpening:
    """Arrays over the elements of a recording; see the module.

    local    Λ
    linear   B
    gain     by how much bounds by magnitudes may have grown since an element was bounded by the lemma
    """

    def __init__(self, recording: Recording) -> None:
        n = recording.elements
        self.local, self.linear, self.gain = np.zeros(n), np.zeros(n), np.ones(n)
        self._reference = np.zeros(n)
        self._steps: list[Step] = []
        additions = sum(
            EVALUATED + each.output.size + sum(ids.size for ids in each.inputs) for each in recording.operations
        )
        self._kappa = additions * FP64.unit_roundoff
        self._work = 0

    def leaf(self, operation: Operation, reference: Array, off: Array) -> None:
        """An input or a constant, and how far it may be off."""
        out = operation.output
        self._reference[out], self.local[out], self.linear[out] = reference, off, off

    def add(self, operation: Operation, reference: Array, local: Array, factors: Sequence[Array] = ()) -> Array:
        """An operation, its values, its local errors, and those of each factor of a matrix product.

        Returns what bounds p by magnitudes.
        """
        out, ins = operation.output, operation.inputs
        r = [self._reference[ids] for ids in ins]
        self._reference[out], self.local[out] = reference, local
        errors = [self.linear[ids] for ids in ins]
        errors = [a + b for a, b in zip(errors, factors, strict=True)] if factors else errors
        found = linear(operation, r, r).carry(errors) + local
        self.linear[out] = found = np.where(np.isnan(found), np.inf, found)
        grown = max(float(np.max(self.gain[ids], initial=1.0)) for ids in ins)
        self.gain[out] = grown * math.sqrt(_terms(operation))
        self._steps.append((operation, factors))
        return np.asarray(found)

    def wanted(self, operation: Operation) -> list[Ids]:
        """What is to be bounded by the lemma before this operation is carried out: what is added up, or squared."""
        if operation.name in LINEAR or (operation.name in SUMS and _terms(operation) < 2):
            return []
        if operation.name in PRODUCTS and not all(self.linear[ids].any() for ids in operation.inputs[:2]):
            return []
        open_ = [ids[self.gain[ids] > GROWN] for ids in operation.inputs]
        return [np.unique(ids) for ids in open_ if ids.size]

    def computed(self, ids: Ids, rounded: Array) -> None:
        """From here on elements are numbers that were computed, and rounded by that much at most."""
        self.local[ids] += rounded
        self.linear[ids] += rounded

    def bounded(self, ids: Ids) -> Array:
        """The lemma's bound of p at elements, each once. Raises WorkError where that takes too long."""
        steps, first, last = self._towards(ids)
        size = last + 1 - first
        self._work += size * ids.size
        if self._work > WORK:
            raise WorkError
        weights = self.local + self._kappa * self.linear
        some = max(1, ROOM // size)
        with np.errstate(all="ignore"):
            parts = [self._reach(ids[k : k + some], steps, first, size, weights) for k in range(0, ids.size, some)]
        found = (np.concatenate(parts) + self.local[ids]) * (1.0 + self._kappa)
        found = np.minimum(np.where(np.isnan(found), np.inf, found), self.linear[ids])
        self.linear[ids], self.gain[ids] = found, 1.0
        return found

    def _towards(self, ids: Ids) -> tuple[list[Step], int, int]:
        """The operations that lead to elements, the last first, and the first and the last element of all these."""
        needed = np.zeros(self.local.size, bool)
        needed[ids] = True
        kept = []
        for operation, factors in reversed(self._steps):
            if needed[operation.output].any():
                kept.append((operation, factors))
                for given in operation.inputs:
                    needed[given] = True
        ends = [(int(each.output.flat[0]), int(each.output.flat[-1])) for each, _ in kept]
        first = min([int(np.argmax(needed)), *(one for one, _ in ends)])
        return kept, first, max([int(ids.max()), *(other for _, other in ends)])

    def _reach(self, ids: Ids, steps: Sequence[Step], first: int, size: int, weights: Array) -> Array:
        """``Σ |parts| weights`` for each of the elements."""
        adjoint, total = np.zeros((size, ids.size)), np.zeros(ids.size)
        adjoint[ids - first, np.arange(ids.size)] = 1.0
        for operation, factors in steps:
            out = operation.output
            here = adjoint[int(out.flat[0]) - first : int(out.flat[-1]) + 1 - first]
            if not here.any():
                continue
            r = [self._reference[given] for given in operation.inputs]
            pushed = linear(operation, r, r).push(here.reshape(*out.shape, ids.size))
            for k, (given, part) in enumerate(zip(operation.inputs, pushed, strict=True)):
                flat = np.ascontiguousarray(np.broadcast_to(part, (*given.shape, ids.size))).reshape(-1, ids.size)
                weight = (weights[given] + factors[k] if factors else weights[given]).ravel()
                if weight.any():
                    total += weight @ np.abs(flat)
                _add(adjoint, given.ravel() - first, flat)
        return total


def _add(adjoint: Array, places: Ids, part: Array) -> None:
    """Add rows at places, which may occur several times."""
    if places.size == 1 or np.all(np.diff(places) == 1):
        adjoint[places[0] : places[-1] + 1] += part
        return
    order = np.argsort(places, kind="stable")
    ordered = places[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    if len(starts) == len(places):
        adjoint[places] += part
    else:
        adjoint[ordered[starts]] += np.add.reduceat(part[order], starts, axis=0)


def _terms(operation: Operation) -> int:
    given = operation.inputs[0]
    if operation.name == "matmul":
        return int(given.shape[-1])
    if operation.name == "sum":
        return math.prod(given.shape[axis] for axis in axes_of(operation))
    if operation.name == "cumsum":
        return int(given.shape[int(operation.attributes["axis"])])
    return max(1, given.size // max(operation.output.size, 1)) if operation.name == "segment_sum" else 1


def curvature(operation: Operation, x: Array, e: Array) -> Array:
    """``sup |f″|`` within e of x; NaN where that is not bounded."""
    if operation.name == "power":
        p = float(operation.attributes["exponent"])
        place = np.abs(x) + e if p >= 2.0 else _below(np.abs(x), e)
        return np.asarray(abs(p * (p - 1.0)) * place ** (p - 2.0))
    return np.asarray(CURVATURES[operation.name](x, e))


def _below(x: Array, e: Array) -> Array:
    return np.where(x - e > 0.0, x - e, np.nan)


def _exponential(x: Array, e: Array) -> Array:
    return np.asarray(np.exp(x + e))


def _hyperbolic(x: Array, e: Array) -> Array:
    return np.asarray(np.cosh(np.abs(x) + e))


def _constant(most: float) -> Callable[[Array, Array], Array]:
    return lambda x, _: np.full(np.shape(x), most)


# Of tanh 2 tanh sech², at most 4/(3√3); of σ = (1 + tanh(x/2))/2 an eighth of that; of erf (4/√π) x e^−x², at x² = 1/2.
CURVATURES: Final[Mapping[str, Callable[[Array, Array], Array]]] = MappingProxyType(
    {
        "exp": _exponential,
        "expm1": _exponential,
        "exp2": lambda x, e: LN2**2 * np.exp2(x + e),
        "log": lambda x, e: _below(x, e) ** -2.0,
        "log2": lambda x, e: _below(x, e) ** -2.0 / LN2,
        "log1p": lambda x, e: _below(1.0 + x, e) ** -2.0,
        "sqrt": lambda x, e: 0.25 * _below(x, e) ** -1.5,
        "rsqrt": lambda x, e: 0.75 * _below(x, e) ** -2.5,
        "reciprocal": lambda x, e: 2.0 * _below(np.abs(x), e) ** -3.0,
        "tanh": _constant(0.7699),
        "sigmoid": _constant(0.09624),
        "sin": _constant(1.0),
        "cos": _constant(1.0),
        "sinh": _hyperbolic,
        "cosh": _hyperbolic,
        "erf": _constant(0.9679),
    }
)
