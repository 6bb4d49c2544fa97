"""Gradients and rates a second time in the exponential ring, where ``exp(x + y) = exp(x) exp(y)`` to the last digit.

Every tensor t moves by ``ṫ``: how the target of an equation moves is SymPy's derivative in one scalar, without the
index calculus (``variation``). At random residues and directions

    Σ seed · ċ  =  Σ x̄ · ẋ        for each input x that moves alone, with the gradient x̄ as it is derived

is decided by evaluation, and that ``ẏ`` as it is derived is ``ẏ``. What comes out equal is so but for a probability
that ``attnproof.derivations.lemmas.ring_equality`` bounds, and what differs is different.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.derivations.calculus.tangent import tangent
from attnproof.derivations.calculus.writing import accented
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.ranges import tensors_in
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.proof.identities import variation
from attnproof.derivations.recheck.row import Recheck, Sizes, used_sizes
from attnproof.derivations.ring.compare import ORDER, Comparison, compared
from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.evaluate import evaluate
from attnproof.derivations.ring.ring import Ring
from attnproof.derivations.ring.structure import integer
from attnproof.derivations.ring.sureness import printed

# The widths are different primes; three keys, for which the ring's coefficients are enough where nothing is nested.
RING_SIZES: Final[tuple[Sizes, ...]] = (
    {"n_q": 2, "n_k": 3, "d": 5, "d_q": 7, "d_k": 11, "d_a": 13, "d_v": 17},
    {"n_q": 1, "n_k": 1, "d": 1, "d_q": 1, "d_k": 1, "d_a": 1, "d_v": 1},
)


def recheck_in_ring(
    forward: System,
    adjoint: System,
    outputs: Sequence[str] = ("context",),
    *,
    rooted: bool = False,
    second: bool = True,
    seed: int = 0,
) -> tuple[Recheck, ...]:
    """Every gradient that ``adjoint`` gives, in the exponential ring.

    forward  options decided
    rooted   it takes roots of norms of rows
    second   also how each gradient moves when the inputs do, their seeds held fixed
    """
    wrt = tuple(tensor.name for tensor in forward.inputs if f"grad_{tensor.name}" in adjoint.outputs)
    names = tuple(f"grad_{name}" for name in wrt)
    found: list[Recheck] = []
    for sizes in RING_SIZES:
        by_name = partial(gradients_in_ring, forward, adjoint, outputs, wrt, sizes, rooted=rooted, seed=seed)
        found += _rows(forward, adjoint, sizes, names, by_name)
    if second:
        both, sizes = forward.then(adjoint), RING_SIZES[0]
        by_name = partial(rates_in_ring, both, tangent(both, names, wrt), names, sizes, rooted=rooted, seed=seed)
        found += _rows(forward, adjoint, sizes, [f"tangent_{name}" for name in names], by_name)
    return tuple(found)


def verdict(ask: Callable[[], Mapping[str, Comparison]]) -> bool | None:
    """Whether all are equal; None where one is undecided and none differs, and for what the ring does not know."""
    try:
        answers = [each.equal for each in ask().values()]
    except ValueError:  # an expression that the ring does not know
        return None
    return False if False in answers else None if None in answers else True


def _rows(
    forward: System,
    adjoint: System,
    sizes: Sizes,
    quantities: Sequence[str],
    by_name: Callable[[], dict[str, Comparison]],
) -> list[Recheck]:
    """One row for each quantity, in the order in which ``by_name`` has them."""
    used = used_sizes(forward, sizes)
    try:
        said = [_said(found) for found in by_name().values()]
    except ValueError as error:  # an expression that the ring does not know
        said = [(None, f"not decided: {error}")] * len(quantities)
    return [
        Recheck(adjoint.name, "ring", used, quantity, holds, detail)
        for quantity, (holds, detail) in zip(quantities, said, strict=True)
    ]


def _said(found: Comparison) -> tuple[bool | None, str]:
    if found.equal is None:
        return None, "not decided: a root or function that the ring has no value for"
    if not found.equal:
        return False, "differs"
    if found.probability is None:
        return True, "equal; with what probability a wrong one is not known"
    return True, f"equal; a wrong one with probability at most {printed(found.probability)}"


def gradients_in_ring(
    forward: System,
    adjoint: System,
    outputs: Sequence[str],
    wrt: Sequence[str],
    sizes: Sizes,
    *,
    rooted: bool = False,
    seed: int = 0,
) -> dict[str, Comparison]:
    """Whether each gradient of ``Σ seed · output`` that ``adjoint`` gives is right, by the input's name.

    forward  options decided
    sizes    size symbol's name -> value
    rooted   the rows of inputs are to have norms with a root

    Raises ValueError for an expression that the ring does not know.
    """
    point = _Point(forward, sizes, seed, rooted)
    seeds = {name: _seed_of(adjoint, name) for name in outputs}
    for tensor in seeds.values():
        point.draw(tensor)
    derived = point.values(forward.then(adjoint), [f"grad_{name}" for name in wrt])
    moving = [_direction(forward.tensors[name]) for name in wrt]
    for number, tensor in enumerate(moving):
        point.draw(tensor, alone=(number, len(moving)))
    moved = point.values(varied(forward, wrt), [f"tangent_{name}" for name in outputs])
    found = {}
    for number, (name, direction) in enumerate(zip(wrt, moving, strict=True)):
        ways = [_pairing(derived[tensor.name], moved[f"tangent_{out}"][number]) for out, tensor in seeds.items()]
        left = ways[0]
        for more in ways[1:]:
            left = left + more
        right = _pairing(derived[f"grad_{name}"], moved[direction.name][number])
        found[name] = compared(point.ring, {f"grad_{name}": (left, right)})
    return found


def rates_in_ring(
    system: System, after: System, outputs: Sequence[str], sizes: Sizes, *, rooted: bool = False, seed: int = 0
) -> dict[str, Comparison]:
    """Whether ``after`` moves each output rightly when every input that has a direction there moves, by its name.

    Raises ValueError for an expression that the ring does not know.
    """
    point = _Point(system, sizes, seed, rooted)
    wrt = [tensor.name for tensor in system.inputs if _direction(tensor) in after.inputs]
    for name in wrt:
        point.draw(_direction(system.tensors[name]))
    names = [f"tangent_{name}" for name in outputs]
    derived, moved = (point.values(each, names) for each in (system.then(after), varied(system, wrt)))
    return {
        out: compared(point.ring, {name: (derived[name], moved[name])})
        for out, name in zip(outputs, names, strict=True)
    }


def varied(system: System, wrt: Sequence[str]) -> System:
    """The system with how each of its tensors moves when the inputs ``wrt`` do: ``tangent_NAME``, by variation."""
    directions = {name: _direction(system.tensors[name]) for name in wrt}
    equations = list(system.equations)
    for equation in system.equations:
        used = [tensor for tensor in tensors_in(equation.rhs, system) if tensor.name in directions]
        moving = tuple((tensor, directions[tensor.name]) for tensor in used)
        if moving:
            target = directions.setdefault(equation.target.name, _direction(equation.target))
            equations.append(Equation(target, equation.indices, variation(equation.rhs, moving)))
    inputs = (*system.inputs, *(directions[name] for name in wrt))
    return System(f"{system.name}.varied", inputs, tuple(equations), ())


@dataclass
class _Point:
    """Random inputs of a system in the ring, and in float64 for the signs by which a relu chooses."""

    system: System
    sizes: Sizes
    seed: int
    rooted: bool
    elements: dict[str, Elements] = field(default_factory=dict)
    reals: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ring = Ring(ORDER, seed=self.seed)
        self.real = np.random.default_rng(self.seed)
        for tensor in self.system.inputs:
            self.draw(tensor, rooted=self.rooted and bool(tensor.shape))

    def draw(self, tensor: Tensor, *, rooted: bool = False, alone: tuple[int, int] | None = None) -> None:
        """Random values of a tensor. alone: the place at which it is not 0, of so many along an axis of the batch."""
        shape = tuple(integer(axis, tuple(self.sizes.items())) for axis in tensor.shape)
        drawn = self.ring.random(shape, square_norm=-1 if rooted else None)
        real = np.abs(self.real.standard_normal(shape)) if tensor.positive else self.real.standard_normal(shape)
        if alone is not None:
            place, count = alone
            drawn = self.ring.stack([drawn if n == place else drawn.like(0).broadcast_to(shape) for n in range(count)])
            real = np.stack([real * (n == place) for n in range(count)])
        self.elements[tensor.name], self.reals[tensor.name] = drawn, real

    def values(self, system: System, wanted: Sequence[str]) -> dict[str, Elements]:
        """The inputs of ``system`` and what is wanted of it."""
        names = [tensor.name for tensor in system.inputs]
        given, reals = {name: self.elements[name] for name in names}, {name: self.reals[name] for name in names}
        return evaluate(system, given, self.sizes, wanted, reals)


def _direction(of: Tensor) -> Tensor:
    return accented(of, "tangent", "dot", "tangent")


def _seed_of(adjoint: System, output: str) -> Tensor:
    given = {tensor.name: tensor for tensor in adjoint.inputs}
    return given[f"seed_{output}"] if f"seed_{output}" in given else given[f"grad_{output}"]


def _pairing(left: Elements, right: Elements) -> Elements:
    """``Σ x y``"""
    product = left * right
    return product.reshape([product.size]).sum(0)
