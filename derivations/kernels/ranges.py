"""Where the folded forms of ``attnproof.derivations.kernels.folding`` hold, and how they round: proved from the same
assignments that are printed.

``corner``: every d is put together from A, B > 0 and 1 by additions and multiplications alone, and every d is at least
1. Rounding is monotone, so whatever a program computes for a tile is at most what it computes at the tile's largest A
and B, and partial products are at most the whole one. A kernel that finds the whole product D at the corner at most
``2^(e_max − SPARE)/max(1, ‖v‖₁)`` therefore meets no overflow: numerators are at most ``‖v‖₁ D``, roundings less than a
factor 2. D's reciprocal is a normal number. Nothing is said about A or B that are not normal numbers: those are ∞ in
the kernels, and so is D then.

``forward_units`` and ``fraction_units`` count roundings: with |v| for v every value is a sum of positive terms, so each
is off by a factor within ``(1 ± u)^count``.

A derivative is ``4 (f − f²) = 1 − T²``, ``T = 1 − 2 f``, rounded once: off by at most ``2 |T̂ − T|`` and a rounding.
That is absolute, as ``1 − tanh²`` is, not relative to the derivative.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flint import arb, ctx
from sympy import Add, Expr, Integer, Mul, Poly, Symbol, cancel, expand, fraction, preorder_traversal

from attnproof.derivations.kernels.exponential import BITS, FORMATS, relative_error
from attnproof.derivations.kernels.folding import (
    FRACTION,
    PRODUCT,
    Assignments,
    derivative_in_fraction,
    derivative_in_product,
    exponential,
    folded,
    inserted,
    parameter,
    reciprocals,
    unit_in_product,
)

SPARE: Final = 2  # bits between the largest product that is let through and the largest number
FORWARD: Final = (8, 4, 2)  # units that share a division in the score
BACKWARD: Final = (4, 2)  # and in the gradients


def same_sum(count: int) -> bool:
    """The folded program computes ``Σ_k v_k/(1 + A_k B_k)``: its denominators are those, and so is what it returns."""
    steps, result = folded(count)
    _, _, inverse = unit_in_product()
    leaves, merges = steps[:count], steps[count:]
    first = all(cancel(leaf.value * inverse.subs(PRODUCT, _product(k)) - 1) == 0 for k, leaf in enumerate(leaves))
    top, bottom = (expand(inserted(merges, part)) for part in fraction(result))
    whole = Mul(*(leaf.target for leaf in leaves))
    wanted = sum((parameter(k) * whole / leaf.target for k, leaf in enumerate(leaves)), Integer(0))
    return first and bottom == whole and bool(expand(top - wanted) == 0)


def same_reciprocals(count: int) -> bool:
    """``f_k = 1/(1 + A_k B_k)``."""
    steps, _ = reciprocals(count)
    _, _, inverse = unit_in_product()
    return all(cancel(inserted(steps, Symbol(f"f{k}")) - inverse.subs(PRODUCT, _product(k))) == 0 for k in range(count))


def same_derivative() -> bool:
    """The derivative in the fraction is the one in P."""
    number, rest = derivative_in_fraction()
    _, _, inverse = unit_in_product()
    return bool(number.is_number and cancel(number * rest.subs(FRACTION, inverse) - derivative_in_product()) == 0)


def rises(steps: Assignments) -> bool:
    """Every denominator is put together from A, B > 0 and numbers > 0 by + and · alone, and denominators are at least
    1.

    At least 1: a denominator is 1 + something, or a product of denominators.
    """
    for step in steps:
        name, value = step.target.name, step.value
        if name[0] != "d":
            continue
        built = all(isinstance(x, Add | Mul | Symbol) or (x.is_number and x > 0) for x in preorder_traversal(value))
        of_ones = isinstance(value, Mul) and all(str(x).startswith("d") for x in value.args)
        if not built or not (of_ones or (isinstance(value, Add) and value.args[0] >= 1)):
            return False
        if any(str(x)[0] not in "dAB" for x in value.free_symbols):
            return False
    return True


def numerators_stay(count: int, factor: Expr) -> bool:
    """``|numerator| <= factor ‖v‖₁ D`` on the way and at the end: with denominators 1 + e, e > 0, the difference has no
    negative coefficient, w >= 0 standing for |v|.
    """
    steps, _ = folded(count)
    merges = steps[count:]
    put = {parameter(k): Symbol(f"w{k}", positive=True) for k in range(count)}
    put |= {Symbol(f"d{k}"): 1 + Symbol(f"e{k}", positive=True) for k in range(count)}
    norm = sum((put[parameter(k)] for k in range(count)), Integer(0))
    for n, step in enumerate(merges):
        if step.target.name.startswith("n"):
            below = Symbol("d" + step.target.name[1:])
            value, whole = (inserted(merges[: n + 2], part).subs(put) for part in (step.target, below))
            if any(c < 0 for c in Poly(factor * norm * whole - value).coeffs()):
                return False
    return True


def no_overflow(name: str, units: int, spare: int) -> bool:
    """With the corner's product within the limit, ``units`` roundings keep all below ``2^e_max``, and 1/D normal."""
    precision, largest, _ = FORMATS[name]
    with ctx.workprec(BITS):
        u = arb(2) ** -precision
        grown = ((1 + u) / (1 - u)) ** units
        finite = arb(2) ** (largest - spare) * grown < arb(2) ** largest
        normal = arb(2) ** (spare - largest) / grown >= arb(2) ** (1 - largest)
    return bool(finite) and bool(normal)


def counted(steps: Assignments, given: Mapping[Symbol, int]) -> dict[Symbol, int]:
    """How many roundings each target carries; ``given`` those of the symbols that are not assigned (default 0).

    A product adds its factors' and one; ``x y + z`` is rounded once (fused), of two products either may be the rounded
    one; a quotient adds both and one.
    """
    known = dict(given)
    for step in steps:
        known[step.target] = _count(step.value, known)
    return known


def _count(expr: Expr, known: Mapping[Symbol, int]) -> int:
    if isinstance(expr, Symbol) or expr.is_number:
        return known.get(expr, 0)
    top, bottom = fraction(expr)
    if bottom != 1:
        return _count(top, known) + _count(bottom, known) + 1
    if isinstance(expr, Mul):
        return sum(_count(x, known) for x in expr.args) + 1
    if isinstance(expr, Add):
        products = [x for x in expr.args if isinstance(x, Mul)]
        return max(_count(x, known) - (products == [x]) for x in expr.args) + 1
    raise ValueError(f"cannot count the roundings of {expr}")


def forward_units(count: int) -> int:
    """Roundings of ``Σ v/(1 + AB)`` by the folded program, A and B given."""
    steps, result = folded(count)
    return _count(result, counted(steps, {}))


def fraction_units(count: int) -> int:
    """Roundings of ``f``, A and B given, the worst unit."""
    known = counted(reciprocals(count)[0], {})
    return max(known[Symbol(f"f{k}")] for k in range(count))


def unit_error(name: str) -> float:
    """A bound of ``|T̂ − tanh(a + b)|/u`` for a unit in any form, all groups' fractions summed exactly.

    Twice the roundings of f <= 1, and what the errors ε of A and B do: ``|P f'(P)| <= 1/4``. The direct form's are
    fewer: one exponential, a sum, a quotient and a product.
    """
    precision, _, _ = FORMATS[name]
    with ctx.workprec(BITS):
        u = arb(2) ** -precision
        off = (1 + relative_error(name) * u) ** 2 - 1
        most = max([*map(forward_units, FORWARD), *(fraction_units(count) + 1 for count in BACKWARD)])
        rounded = ((1 + u) / (1 - u)) ** most - 1
        return float(((2 * rounded + 2 * off / (4 * (1 - off))) / u).upper())


def _product(unit: int) -> Expr:
    return exponential("A", unit) * exponential("B", unit)


def proved() -> bool:
    """Everything that the kernels rely on."""
    most = max(forward_units(FORWARD[0]), fraction_units(BACKWARD[0]))
    return (
        all(same_sum(count) and numerators_stay(count, Integer(1)) and rises(folded(count)[0]) for count in FORWARD)
        and same_derivative()
        and all(same_reciprocals(count) and rises(reciprocals(count)[0]) for count in BACKWARD)
        and all(no_overflow(name, most, SPARE) for name in FORMATS)
    )
