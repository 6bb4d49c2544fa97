"""Whether two systems of equations, or two expressions, are equal in the ring: at given sizes, to the last digit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sympy import Expr, Symbol

from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.ring import degree as degrees
from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.evaluate import evaluate
from attnproof.derivations.ring.ring import Ring
from attnproof.derivations.ring.structure import integer
from attnproof.derivations.ring.sureness import degree_of, false_equal

ORDER = 16


@dataclass(frozen=True)
class Comparison:
    """What came out.

    equal        None where it is undecided
    tensor       the first that differs, or is undecided
    place        of its first such element
    probability  at most that of equality by chance, where they are equal; None where no bound is known
    """

    equal: bool | None
    tensor: str = ""
    place: tuple[int, ...] = ()
    probability: float | None = None


def compare(
    left: System,
    right: System,
    sizes: Mapping[str, int],
    outputs: Collection[str],
    *,
    order: int = ORDER,
    seed: int = 0,
    rows: Collection[str] = (),
) -> Comparison:
    """Both systems at the same random inputs.

    sizes    size symbol's name -> value
    outputs  names of tensors that both have
    order    coefficients of the ring: `enough_coefficients` says how many are enough, where anything is
    rows     inputs whose rows (along the last axis) are to have norms with a root

    Raises ValueError where an input of one name has two shapes.
    """
    ring = Ring(order, seed=seed)
    inputs = {tensor.name: tensor for tensor in left.inputs}
    for tensor in right.inputs:
        if inputs.setdefault(tensor.name, tensor).shape != tensor.shape:
            raise ValueError(f"{tensor.name} has shape {inputs[tensor.name].shape} in {left.name}, not {tensor.shape}")
    values: dict[str, Elements] = {}
    for name, tensor in inputs.items():
        shape = [integer(axis, tuple(sizes.items())) for axis in tensor.shape]
        values[name] = ring.random(shape, square_norm=-1 if name in rows else None)
    found = [
        evaluate(system, {t.name: values[t.name] for t in system.inputs}, sizes, outputs) for system in (left, right)
    ]
    return compared(ring, {name: (found[0][name], found[1][name]) for name in outputs})


def equal_in_ring(
    left: Expr,
    right: Expr,
    tensors: Sequence[Tensor],
    free: Sequence[tuple[Symbol, Expr]],
    sizes: Mapping[str, int],
    *,
    order: int = ORDER,
    seed: int = 0,
    rows: Collection[str] = (),
) -> Comparison:
    """Two expressions in index notation, over elements of ``tensors``, for every value of the free indices.

    free  each free index with its size symbol; the other arguments are those of `compare`
    """
    target = Tensor("result", "result", tuple(size for _, size in free), "intermediate")
    indices = tuple(symbol for symbol, _ in free)
    first, second = (
        System(side, tuple(tensors), (Equation(target, indices, expr),), ("result",))
        for side, expr in (("left", left), ("right", right))
    )
    return compare(first, second, sizes, ["result"], order=order, seed=seed, rows=rows)


def compared(ring: Ring, pairs: Mapping[str, tuple[Elements, Elements]]) -> Comparison:
    """Arrays of one shape, by what they are called.

    Raises ValueError for two shapes.
    """
    undecided: Comparison | None = None
    degree = degrees.CONSTANT
    for name, (x, y) in pairs.items():
        equal, decided = ring.equal(x, y)
        if x.shape != y.shape:
            raise ValueError(f"{name} has two shapes, {x.shape} and {y.shape}")
        wrong = decided & ~equal
        for mask, outcome in ((np.asarray(wrong), False), (~np.asarray(decided), None)):
            if mask.any():
                place = tuple(int(k) for k in next(zip(*(mask.nonzero() if mask.ndim else ()), strict=True), ()))
                if outcome is False:
                    return Comparison(False, name, place)
                undecided = undecided or Comparison(None, name, place)
        degree = degrees.largest((degree, degrees.add(degree_of(x), degree_of(y))))
    return undecided or Comparison(True, probability=false_equal(degree, ring))
