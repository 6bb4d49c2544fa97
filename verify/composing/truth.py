"""The truth of a composed question in the exponential ring, in the names and shapes of what the target returns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from sympy import Indexed, Pow

from attnproof.derivations.language.system import System
from attnproof.derivations.ring.constants import Constant
from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.evaluate import evaluate
from attnproof.derivations.ring.kinds import MINUS
from attnproof.derivations.ring.ring import Ring
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.composing.compose import CORE, Composed
from attnproof.verify.composing.links import Link, numbered

# Arrays whose numbers are part of the question: a target may make the same ones itself, or ask whether they are 0.
CONSTANT: Final = ("dropout", "slopes")


class OwnNumbers:
    """Numbers of tables that programs make themselves, in the ring: random ones, equal where their sizes are, but for
    0 and 1. So a program has a rotation right whatever the angles are; these are looked at by themselves.
    """

    def __init__(self, ring: Ring, tables: Iterable[Array]) -> None:
        every = [np.abs(table).ravel() for table in tables]
        self.sizes = np.setdiff1d(np.concatenate(every) if every else np.zeros(0), (0.0, 1.0))
        self._ring, self._drawn = ring, ring.random((max(len(self.sizes), 1),))

    def has(self, values: Array) -> npt.NDArray[np.bool_]:
        """Which of the values are among them."""
        return np.isin(np.abs(values), self.sizes)

    def of(self, values: Array) -> Elements:
        """The values in the ring: those that are none of these as they are."""
        known = self.has(values)
        at = np.where(known, np.searchsorted(self.sizes, np.abs(values)), 0)
        signed = self._drawn.take(at) * self._ring.constant(np.where(values < 0, -1.0, 1.0))
        if known.all():
            return signed
        return signed.put(~known, self._ring.constant(np.where(known, 0.0, values)))


def drawn(
    question: Composed, ring: Ring, constant: Collection[str] = (), own: OwnNumbers | None = None
) -> dict[str, Elements]:
    """Every floating-point array that is handed over, cotangents too, in the ring: random numbers, −∞ where it is −∞,
    and constants where the numbers are part of the question.

    constant  further names of arrays to be taken at their values
    own       numbers of the tables that the target makes itself, one for all questions of a recording
    Numbers are equal where they may be one place of memory: in an array handed over with stride 0, in one tensor in two
    roles. For scores that take roots, sums of squares over the last axis of query and key have one.
    """
    request = question.request
    found: dict[str, Elements] = {}
    for name, value in {**request.given, **request.seeds}.items():
        if not (isinstance(value, np.ndarray) and value.dtype == np.float64) or name in request.tied:
            continue
        if name in (*CONSTANT, *constant):
            found[name] = ring.constant(value)
            continue
        layout = request.seed_layout if name in request.seeds else request.layout
        squares = name in ("query", "key") and _has_roots(question.case.forward)
        found[name] = _random(ring, value, alike=layout == "broadcast", squares=squares)
    if question.own:
        numbers = own or OwnNumbers(ring, question.own.values())
        found |= {name: numbers.of(table) for name, table in question.own.items()}
    return found | {name: found[other] for name, other in request.tied.items()}


@lru_cache(maxsize=64)
def _has_roots(system: System) -> bool:
    """Whether it takes roots of what is not a size: of a norm."""
    every = (rhs for each in system.equations for rhs in (each.rhs, each.otherwise) if rhs is not None)
    powers = (power for rhs in every for power in rhs.atoms(Pow))
    return any(not power.exp.is_integer and power.base.has(Indexed) for power in powers)


def _random(ring: Ring, value: Array, *, alike: bool, squares: bool) -> Elements:
    if alike:
        _, places = np.unique(value, return_inverse=True)
        found = ring.random((int(places.max()) + 1,)).take(places.reshape(value.shape))
    else:
        found = ring.random(value.shape, square_norm=-1 if squares else None)
    return found.put(np.isneginf(value), ring.zeros(()).special(MINUS))


def truth(question: Composed, ring: Ring, given: Mapping[str, Elements]) -> dict[str, Elements]:
    """``scores``, ``weights``, ``context``, ``lse`` where something flows back through it, and ``grad.NAME`` of every
    array that a gradient is asked of, for the arrays ``given`` (``drawn``), in the shapes of what is handed over.

    A query that sees no key has weights, context and gradients 0; ``question.rows`` says whose results count.
    """
    case, asked = question.case, question.request.gradients or ()
    wanted = {f"grad_{name}" for name, link in question.links.items() if _root(question, link) in asked}
    found = derived(question, ring, given, {*case.outputs, *wanted & _made(question)})
    result = {name: merged(question, name, found[name]) for name in case.outputs}
    if question.base_2 and "lse" in result:
        result["lse"] = result["lse"] * _log2e(ring)
    return result | {f"grad.{name}": carried(question, ring, name, found) for name in asked}


def derived(
    question: Composed, ring: Ring, given: Mapping[str, Elements], wanted: Collection[str] | None = None
) -> dict[str, Elements]:
    """The tensors of the derivation, forward and backward, by its own names and in its own shapes (None: all).

    relu and step choose by the signs that their arguments have at the numbers of the question.
    """
    values = {name: linked(ring, link, given) for name, link in question.links.items()}
    if question.base_2 and "grad_lse" in values:
        values["grad_lse"] = values["grad_lse"] * _log2e(ring)
    case = question.case
    reals = {**case.inputs, **case.cotangents}
    return evaluate(_whole(case.forward, case.backward), values, case.sizes, wanted, reals)


def _log2e(ring: Ring) -> Elements:
    return ring.constant(Constant(Fraction(1), factor="log2e"))


def _made(question: Composed) -> set[str]:
    """The gradients that the derivation has: of inputs, not of cotangents."""
    return {f"grad_{name}" for name in question.case.inputs}


def _root(question: Composed, link: Link) -> str:
    """The array handed over that a link leads to."""
    return question.request.tied.get(link.name, link.name)


@lru_cache(maxsize=64)
def _whole(forward: System, backward: System) -> System:
    return forward.then(backward)


def linked(ring: Ring, link: Link, given: Mapping[str, Elements]) -> Elements:
    """One array of the truth, of what is handed over."""
    plus = _constants(ring, link.plus)
    if not link.name:
        return plus
    source = given[link.name]
    taken = source.reshape(source.size).take(np.maximum(link.ids, 0))
    if (link.ids < 0).any():
        taken = taken.put(link.ids < 0, ring.zeros(()))
    scaled = taken if link.factor == 1.0 else taken * ring.constant(link.factor)
    return scaled if not link.plus.any() else scaled + plus


def _constants(ring: Ring, values: Array) -> Elements:
    """As ``ring.constant``, each different value made once."""
    different, places = np.unique(values, return_inverse=True)
    return ring.constant(different).take(places.reshape(values.shape))


def merged(question: Composed, name: str, found: Elements) -> Elements:
    """An output of the case in the shape in which a target returns it."""
    core = found.shape[found.ndim - CORE[name] :]
    shape = (*question.row.setting.batch, *core)
    ids: npt.NDArray[np.int64] = question.heads.apart(numbered(shape), CORE[name])
    back = np.empty(ids.size, np.int64)
    back[ids.ravel()] = np.arange(ids.size)
    whole = found.broadcast_to(ids.shape)
    return whole.reshape(whole.size).take(back.reshape(shape))


def carried(question: Composed, ring: Ring, name: str, found: Mapping[str, Elements]) -> Elements:
    """A gradient in the shape of the array handed over: the sum over everything that is made of it."""
    shape = np.shape(question.request.given[name])
    size = int(np.prod(shape))
    total = ring.zeros((size,))
    for own, link in question.links.items():
        if f"grad_{own}" not in found or not link.name or _root(question, link) != name:
            continue
        part = found[f"grad_{own}"].broadcast_to(link.ids.shape)
        part = part if link.factor == 1.0 else part * ring.constant(link.factor)
        total = total + part.reshape(part.size).segment_sum(link.ids.ravel(), size)
    return total.reshape(shape)
