"""Inputs chosen to make rounding errors large: kinds of numbers as data, a case made of them, and small changes for a
search.

Every kind is ``(generator, name, shape, format) -> array``, name being that of the tensor, last axes its own; what
comes out is rounded to the format afterwards.

normal       independent standard normal components
one sign     all in [1, 2): no cancellation, every error of the same sign adds up
rounds up    a sum of one large term and many just above half its last place, so that each addition rounds up
cancels      terms nearly equal in size with alternating signs
ratios       sizes log-uniform over many binades, both signs
subnormal    products and values below the normal range
ties         odd significands of half the precision and one bit more: many products lie halfway between two numbers
near powers  just above powers of two, where the relative error of one rounding is largest
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS, Array, Format
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import Setting

Kind = Callable[[np.random.Generator, str, tuple[int, ...], Format], Array]

MOST_BINADES: Final = (
    12  # of "ratios" to either side of 1: scores stay finite in fp16, whose sums would overflow beyond
)
CHANGED: Final = 0.15  # of the elements, in a small change
UPSTREAM: Final = ("query", "grad_context", "v")  # factors that carry the signs in "cancels"
DRAWN: Final = ("query", "key", "value")  # what every instance of a batch has of its own, beside the cotangent


def _normal(rng: np.random.Generator, name: str, shape: tuple[int, ...], fmt: Format) -> Array:
    del name, fmt
    return rng.standard_normal(shape)


def _one_sign(rng: np.random.Generator, name: str, shape: tuple[int, ...], fmt: Format) -> Array:
    del name, fmt
    return rng.uniform(1.0, 2.0, shape)


def _rounds_up(rng: np.random.Generator, name: str, shape: tuple[int, ...], fmt: Format) -> Array:
    """The query's and the value's sums; the other factors are 1 up to a sign and a power of two."""
    factor = rng.choice([-1.0, 1.0]) * 2.0 ** rng.integers(-2, 3)
    if name not in ("query", "value"):
        return np.full(shape, factor)
    terms = np.full(shape, fmt.unit_roundoff * (1 + 4 * fmt.unit_roundoff))
    terms[(..., 0) if name == "query" else (..., 0, slice(None))] = 1.0
    return np.asarray(factor * terms, dtype=np.float64)


def _cancels(rng: np.random.Generator, name: str, shape: tuple[int, ...], fmt: Format) -> Array:
    near = np.asarray(1.5 * (1 + 2 * fmt.unit_roundoff * rng.integers(-8, 9, shape)))
    signs = 1.0 - 2.0 * (np.arange(shape[-1]) % 2)
    return np.asarray(near * signs if name in UPSTREAM else near)


def _ratios(rng: np.random.Generator, name: str, shape: tuple[int, ...], fmt: Format) -> Array:
    del name
    most = min(MOST_BINADES, fmt.emax // 3)
    return np.asarray(rng.choice([-1.0, 1.0], shape) * 2.0 ** rng.uniform(-most, most, shape))


def _subnormal(rng: np.random.Generator, name: str, shape: tuple[int, ...], fmt: Format) -> Array:
    if name == "value":
        return np.asarray(fmt.smallest_subnormal * rng.integers(-9, 10, shape))
    return rng.standard_normal(shape) * (2.0 ** (fmt.emin // 2 - 1) if name in ("query", "key") else 1.0)


def _ties(rng: np.random.Generator, name: str, shape: tuple[int, ...], fmt: Format) -> Array:
    del name
    bits = fmt.precision // 2 + 1
    odd = 2 * rng.integers(2 ** (bits - 2), 2 ** (bits - 1), shape) + 1
    return np.asarray(rng.choice([-1.0, 1.0], shape) * odd * 2.0 ** (1 - bits))


def _near_powers(rng: np.random.Generator, name: str, shape: tuple[int, ...], fmt: Format) -> Array:
    del name
    above = 1 + 2 * fmt.unit_roundoff * rng.integers(0, 4, shape)
    return np.asarray(rng.choice([-1.0, 1.0], shape) * above * 2.0 ** rng.integers(-2, 3, shape))


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "normal": _normal,
        "one sign": _one_sign,
        "rounds up": _rounds_up,
        "cancels": _cancels,
        "ratios": _ratios,
        "subnormal": _subnormal,
        "ties": _ties,
        "near powers": _near_powers,
    }
)


def adversarial(score: str, dtype: str, setting: Setting, kind: str, rng: np.random.Generator) -> Case:
    """A case whose instances are of all kinds in turn, and whose parameters are of one.

    setting  with one batch dimension: an instance is one of its elements. Bias, masks and soft-cap are those of
             ``make_case``.
    kind     of the score's parameters, which all instances share
    Raises KeyError for an unknown kind.
    """
    fmt = FORMATS[dtype]
    case = make_case(score, setting, "normal", dtype, int(rng.integers(1 << 32)))
    inputs = dict(case.inputs)
    for name, array in case.inputs.items():
        if name not in (*DRAWN, "bias", "softcap"):
            inputs[name] = fmt.round(KINDS[kind](rng, name, array.shape, fmt))
    (batch,) = setting.batch
    order = list(KINDS)
    kinds = [order[k % len(order)] for k in range(batch)]

    def draw(name: str, shape: tuple[int, ...]) -> Array:
        return fmt.round(np.stack([KINDS[each](rng, name, shape[1:], fmt) for each in kinds]))

    inputs |= {name: draw(name, inputs[name].shape) for name in DRAWN}
    return replace(case, inputs=inputs, grad_context=draw("grad_context", case.grad_context.shape), input_class=kind)


def instance(case: Case, number: int) -> dict[str, Array]:
    """What one instance of a batch has of its own."""
    return {**{name: case.inputs[name][number] for name in DRAWN}, "grad_context": case.grad_context[number]}


def with_instances(case: Case, instances: Mapping[int, Mapping[str, Array]]) -> Case:
    """The case with some of its instances exchanged."""
    arrays = {name: case.inputs[name].copy() for name in DRAWN} | {"grad_context": case.grad_context.copy()}
    for number, own in instances.items():
        for name, array in own.items():
            arrays[name][number] = array
    seed = arrays.pop("grad_context")
    return replace(case, inputs={**case.inputs, **arrays}, grad_context=seed)


def changed(own: Mapping[str, Array], dtype: str, rng: np.random.Generator) -> dict[str, Array]:
    """An instance with a few elements moved by some units in the last place, negated, scaled by a power of two, or made
    equal to another.
    """
    fmt = FORMATS[dtype]
    found = {}
    for name, array in own.items():
        moves = (
            array * (1 + 2 * fmt.unit_roundoff * rng.integers(-4, 5, array.shape)),
            -array,
            array * 2.0 ** rng.integers(-1, 2, array.shape),
            rng.permutation(array.ravel()).reshape(array.shape),
        )
        which = rng.integers(len(moves), size=array.shape)
        moved = np.where(rng.random(array.shape) < CHANGED, np.choose(which, moves), array)
        rounded = fmt.round(moved)
        found[name] = np.where(np.isfinite(rounded), rounded, array)
    return found
