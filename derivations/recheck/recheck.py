"""Every derived adjoint is re-checked by roads that do not use the index calculus.

* ``exact``: dual numbers over the rationals at random points (``attnproof.derivations.recheck.exact``), every element
  of every gradient, at several sets of sizes;
* ``enclosed``: the same in ball arithmetic (``attnproof.derivations.recheck.real``), in place of the other two where a
  system takes roots of tensors, which no choice of independent atoms obeys;
* ``scalar``: one symbol for each element and ``sympy.diff`` at small sizes (``attnproof.derivations.recheck.scalar``);
* ``ring``: SymPy's derivative of each equation, put together at random residues in the exponential ring
  (``attnproof.derivations.recheck.in_ring``); second derivatives too. It may have no answer.

``attnproof.derivations.recheck.planted`` shows that wrong adjoints do not pass.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isqrt

from flint import ctx, fmpq
from sympy import Indexed, Pow

from attnproof.derivations.attention.derive import Derivation
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.system import System
from attnproof.derivations.recheck.atoms import Atoms
from attnproof.derivations.recheck.dual import Scalar, value_of
from attnproof.derivations.recheck.exact import Array, evaluate, gradients, positions
from attnproof.derivations.recheck.real import PRECISION, Reals, agree
from attnproof.derivations.recheck.row import Recheck, Road, Sizes, used_sizes
from attnproof.derivations.recheck.scalar import differences

# Every width of which a square root is taken is a perfect square, so that the root is rational.
EXACT_SIZES: tuple[Sizes, ...] = (
    {"n_q": 2, "n_k": 3, "d": 4, "d_q": 2, "d_k": 3, "d_a": 2, "d_v": 2},
    {"n_q": 3, "n_k": 2, "d": 1, "d_q": 3, "d_k": 1, "d_a": 1, "d_v": 3},
    {"n_q": 1, "n_k": 1, "d": 1, "d_q": 1, "d_k": 1, "d_a": 1, "d_v": 1},
    {"n_q": 1, "n_k": 4, "d": 9, "d_q": 1, "d_k": 2, "d_a": 3, "d_v": 1},
)
SCALAR_SIZES: tuple[Sizes, ...] = (
    {"n_q": 1, "n_k": 2, "d": 1, "d_q": 1, "d_k": 1, "d_a": 1, "d_v": 1},
    {"n_q": 2, "n_k": 1, "d": 4, "d_q": 1, "d_k": 2, "d_a": 1, "d_v": 2},
)
LARGEST = 5000  # numerators, so many that two elements of one point are rarely equal by chance
ATTEMPTS = 20  # points drawn until one is not a pole


@dataclass(frozen=True)
class Point:
    """A random rational point of a forward system, with the exact derivatives of ``Σ seed · output`` there.

    values     every forward tensor and every seed
    gradients  for each input
    atoms      the functions at this point: independent atoms, or real ones where roots of tensors are taken
    """

    sizes: Sizes
    values: Mapping[str, Array]
    gradients: Mapping[str, Array]
    atoms: Atoms


def recheck(
    forward: System,
    adjoint: System,
    outputs: Sequence[str] = ("context",),
    *,
    exact_sizes: Iterable[Sizes] = EXACT_SIZES,
    scalar_sizes: Iterable[Sizes] = SCALAR_SIZES,
    seed: int = 0,
) -> tuple[Recheck, ...]:
    """Re-check every gradient that ``adjoint`` gives, by every road that applies.

    forward  options decided; adjoint  its adjoint for the seeds of ``outputs``

    Raises ValueError when the systems use what a road does not know, and when no random point is free of poles.
    """
    wrt = tuple(tensor.name for tensor in forward.inputs if f"grad_{tensor.name}" in adjoint.outputs)
    found: list[Recheck] = []
    rooted = takes_roots(forward)
    road: Road = "enclosed" if rooted else "exact"
    for sizes in exact_sizes:
        point = random_point(forward, adjoint, outputs, with_squares(forward, sizes), seed)
        wrong = mismatches(point, adjoint)
        found.extend(_row(forward, adjoint, road, point.sizes, name, wrong[name]) for name in wrt)
    for sizes in () if rooted else scalar_sizes:
        differ = differences(forward, adjoint, sizes, tuple(outputs), wrt)
        found.extend(_row(forward, adjoint, "scalar", sizes, name, differ[name]) for name in wrt)
    return tuple(found)


def recheck_derivation(
    derivation: Derivation, *, quick: bool = False, second: bool = True, seed: int = 0
) -> tuple[Recheck, ...]:
    """Re-check one derivation by every road.

    quick   scalar expansion at one set of sizes, and only where no option is present
    second  second derivatives too, in the ring
    """
    scalar = SCALAR_SIZES if not quick else SCALAR_SIZES[:1] if not derivation.present else ()
    from attnproof.derivations.recheck.in_ring import recheck_in_ring  # it takes NumPy, and showing a formula does not

    forward, back = derivation.forward, derivation.adjoint
    first = recheck(forward, back, scalar_sizes=scalar, seed=seed)
    return first + recheck_in_ring(forward, back, rooted=takes_roots(forward), second=second, seed=seed)


def random_point(forward: System, adjoint: System, outputs: Sequence[str], sizes: Sizes, seed: int | str = 0) -> Point:
    """A point that depends on the system's name, the sizes and the seed only."""
    given = {tensor.name: tensor for tensor in adjoint.inputs}
    least = LARGEST // 2 if takes_roots(forward) else None
    for attempt in range(ATTEMPTS):
        stream = f"{seed}/{forward.name}/{sorted(sizes.items())}/{attempt}"
        rng = random.Random(stream)
        inputs = {tensor.name: _draw(tensor, sizes, rng, least) for tensor in forward.inputs}
        seeds: dict[str, Array] = {}
        names: dict[str, str] = {}
        for name in outputs:
            names[name] = f"seed_{name}" if f"seed_{name}" in given else f"grad_{name}"
            seeds[name] = _draw(forward.tensors[name], sizes, rng, least)
        atoms = Reals(stream) if takes_roots(forward) else Atoms(stream)
        try:
            with ctx.workprec(PRECISION):
                values, derivatives = gradients(forward, sizes, inputs, seeds, tuple(inputs), atoms)
        except ZeroDivisionError:
            continue  # a pole; draw another point
        return Point(sizes, {**values, **{names[n]: array for n, array in seeds.items()}}, derivatives, atoms)
    raise ValueError(f"{forward.name}: no random point of {ATTEMPTS} is free of a division by zero")


def _draw(tensor: Tensor, sizes: Sizes, rng: random.Random, least: int | None) -> Array:
    """Random numbers up to LARGEST, or up to 2 with denominators from ``least`` on: real functions saturate beyond."""

    def number() -> Scalar:
        below = rng.randint(1, 7) if least is None else rng.randint(least, LARGEST)
        return fmpq(rng.choice((-1, 1)) * rng.randint(1, LARGEST), below)

    return {where: number() for where in positions(tensor, sizes)}


def mismatches(point: Point, adjoint: System) -> dict[str, tuple[tuple[int, ...], ...]]:
    """For each gradient that ``adjoint`` gives, the elements in which it differs from the dual numbers."""
    inputs = {tensor.name: point.values[tensor.name] for tensor in adjoint.inputs}
    with ctx.workprec(PRECISION):
        derived = evaluate(adjoint, point.sizes, inputs, point.atoms)
        return {
            name: tuple(
                where
                for where, slope in expected.items()
                if not agree(value_of(derived[f"grad_{name}"][where]), value_of(slope))
            )
            for name, expected in point.gradients.items()
            if f"grad_{name}" in adjoint.outputs
        }


@lru_cache(maxsize=256)
def takes_roots(system: System) -> bool:
    """Whether a root of anything but numbers and sizes stands in an equation."""
    return any(power.atoms(Indexed) or power.free_symbols & set(system.by_base) for power in _roots(system))


def with_squares(system: System, sizes: Sizes) -> Sizes:
    """``sizes`` with those of which the system takes a root squared, unless they are squares already."""
    rooted = rooted_sizes(system)
    return {name: n if name not in rooted or isqrt(n) ** 2 == n else n * n for name, n in sizes.items()}


def rooted_sizes(system: System) -> frozenset[str]:
    """The names of the sizes of which the system takes a root."""
    powers = (power for power in _roots(system) if not power.has(Indexed))
    return frozenset(symbol.name for power in powers for symbol in power.free_symbols - set(system.by_base))


def _roots(system: System) -> Iterator[Pow]:
    """Every power with an exponent that is a rational number and no integer."""
    for equation in system.equations:
        for rhs in (equation.rhs, equation.otherwise):
            if rhs is not None:
                yield from (p for p in rhs.atoms(Pow) if p.exp.is_Rational and not p.exp.is_Integer)


def _row(
    forward: System, adjoint: System, road: Road, sizes: Sizes, name: str, wrong: tuple[tuple[int, ...], ...]
) -> Recheck:
    used = used_sizes(forward, sizes)
    count = len(tuple(positions(forward.tensors[name], sizes)))
    detail = f"{len(wrong)} of {count} elements differ, first {list(wrong[0])}" if wrong else f"{count} elements agree"
    return Recheck(adjoint.name, road, used, f"grad_{name}", not wrong, detail)
