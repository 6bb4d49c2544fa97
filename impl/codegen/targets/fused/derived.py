"""What the templates of the fused targets are filled with: scores, statements and numbers, beginnings of functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from sympy import Symbol, tanh

from attnproof.derivations.kernels.exponential import exponential
from attnproof.derivations.kernels.folding import (
    FRACTION,
    Assignments,
    derivative_in_fraction,
    folded,
    reciprocals,
    unit_in_product,
)
from attnproof.derivations.kernels.ranges import SPARE
from attnproof.derivations.scores import FAMILIES
from attnproof.impl.codegen.targets.fused.printer import text
from attnproof.impl.codegen.text import pieces
from attnproof.impl.codegen.text.module import Program, signature

#: of the tensors of a score that the templates are written for
INPUTS: Final = ("query", "key", "weight_query", "weight_key", "v", "bias_hidden")
#: the scores that are a sum of ``v tanh(a + b)``, a from the query alone, b from the key alone, with no other input
SCORES: Final = tuple(
    name
    for name, family in FAMILIES.items()
    if {tensor.name for tensor in family.system.inputs} == set(INPUTS) and family.system.equations[-1].rhs.has(tanh)
)
DTYPES: Final = ("float32", "float64")


class Numbers(NamedTuple):
    """Those of an exponential's program; ``horner``: coefficients of h, highest first, with ``e^x = 2^k (1 + h r)``."""

    log2e: float
    magic: float
    high: float
    low: float
    edge: float
    horner: tuple[float, ...]


class Folded(NamedTuple):
    """Statements, and the expression of their result."""

    steps: list[str]
    result: str


def numbers(dtype: str) -> Numbers:
    """The numbers of ``e^x`` in a format."""
    program = exponential(dtype)
    *horner, one = [float(c) for c in reversed(program.coefficients)]
    assert one == 1
    high, low = float(program.high), float(program.low)
    return Numbers(float(program.log2e), float(program.magic), high, low, program.edge, tuple(horner))


def folded_sum(count: int) -> Folded:
    """``Σ v f`` of as many units with one division, from A0, B0, v0 …"""
    steps, result = folded(count)
    return Folded(_lines(steps), text(result))


def fractions(count: int) -> list[str]:
    """Statements for f0, f1 … of as many units with one division, from A0, B0 …"""
    return _lines(reciprocals(count)[0])


def derivative(fraction: str) -> str:
    """``f − f²``."""
    return text(derivative_in_fraction()[1].subs(FRACTION, Symbol(fraction)))


def _lines(steps: Assignments) -> list[str]:
    return [f"{step.target} = {text(step.value)}" for step in steps]


def edges(key: str) -> str:
    """A dict from dtypes to the largest |a|, |b| whose ``e^{2a}`` is normal; ``key``: how a dtype is written."""
    return _table(key, [repr(exponential(dtype).edge / 2) for dtype in DTYPES])


def limits(key: str) -> str:
    """The same of what products of ``1 + AB`` are kept below."""
    return _table(key, [f"2.0**{exponential(dtype).largest - SPARE}" for dtype in DTYPES])


def _table(key: str, shown: Sequence[str]) -> str:
    entries = (f"{key.format(dtype)}: {value}" for dtype, value in zip(DTYPES, shown, strict=True))
    return f"{{{', '.join(entries)}}}"


def statements() -> dict[str, object]:
    """What templates of kernels are filled with. Raises ValueError where they are written for another formula."""
    constant, factor, _ = unit_in_product()
    slope, _ = derivative_in_fraction()
    if constant != 1 or not slope.is_Integer or not factor.is_Integer:
        raise ValueError("the templates are for tanh(a + b) = 1 + factor·f with derivative slope·p(f)")
    return {
        "factor": float(factor),
        "slope": float(slope),
        "exponentials": {dtype: numbers(dtype) for dtype in DTYPES},
        "folded_sum": folded_sum,
        "fractions": fractions,
        "derivative": derivative,
    }


def opening(
    program: Program, returns: str, array: str, doc: str, more: Sequence[str] = (), *, backward: bool = False
) -> str:
    """A function's signature and docstring; ``more``: parameters by keyword, behind those of the equations."""
    own = [pieces.public_parameter(tensor, program, array) for tensor in program.arguments]
    first = [f"grad_{program.outputs[0]}: {array}"] if backward else []
    name = f"{program.name}_backward" if backward else program.name
    return f"{signature(name, [*first, *own, *(['*', *more] if more else [])], returns)}\n{doc}"


def given(program: Program, *more: str, scalars: bool = True, **renamed: str) -> str:
    """The statement that puts the arguments into a dict, by name; ``renamed``: where a value has another name."""
    names = [t.name for t in program.arguments if scalars or not pieces.is_scalar(t)]
    return pieces.table("given", [(name, renamed.get(name, name)) for name in (*names, *more)])
