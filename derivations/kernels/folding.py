"""Additive scores by folded fractions: what a fused kernel evaluates for each query, key and unit, derived.

With ``A = e^{2a}`` and ``B = e^{2b}`` a unit is ``tanh(a + b) = 1 − 2 f``, ``f = 1/(1 + AB)`` (claim A5), and its
derivative ``1 − tanh² = 4 (f − f²)``. Fractions are merged two by two over a common denominator, so that one division
serves several units; the reciprocals of several denominators come from the reciprocal of their product. Every program
below is a list of assignments, checked by putting them into each other (``attnproof.derivations.kernels.ranges``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Expr, Poly, Symbol, apart, cancel, diff, exp, fraction, log, simplify, symbols, tanh, together

Z = Symbol("z", real=True)
PRODUCT = Symbol("P", positive=True)
FRACTION = Symbol("f", positive=True)
FIRST, SECOND = symbols("n_1 d_1 n_2 d_2")[:2], symbols("n_1 d_1 n_2 d_2")[2:]


@dataclass(frozen=True)
class Assignment:
    """``target = value``."""

    target: Symbol
    value: Expr


Assignments = tuple[Assignment, ...]


def exponential(letter: str, unit: int) -> Symbol:
    """``A_k`` or ``B_k``."""
    return Symbol(f"{letter}{unit}", positive=True)


def parameter(unit: int) -> Symbol:
    """``v_k``."""
    return Symbol(f"v{unit}", real=True)


def unit_in_product() -> tuple[Expr, Expr, Expr]:
    """``tanh(a + b)`` as ``constant + factor · fraction(P)`` with ``P = e^{2a} e^{2b}``; the three in P.

    Written in exponentials and split into partial fractions by SymPy.
    """
    half_log = log(PRODUCT) / 2  # P = e^{2z}
    split = apart(simplify(tanh(Z).rewrite(exp).subs(Z, half_log)), PRODUCT)
    constant, rest = split.as_independent(PRODUCT, as_Add=True)
    top, bottom = fraction(rest)
    return constant, top, 1 / bottom


def derivative_in_product() -> Expr:
    """The derivative of ``tanh(a + b)`` with respect to a, in P: ``dP/da = 2P``."""
    constant, factor, inverse = unit_in_product()
    return cancel(diff(constant + factor * inverse, PRODUCT) * 2 * PRODUCT)


def merged() -> tuple[Expr, Expr]:
    """``n₁/d₁ + n₂/d₂`` over a common denominator: numerator and denominator."""
    (n, d), (m, e) = FIRST, SECOND
    top, bottom = fraction(together(n / d + m / e))
    return top, bottom


def denominators(count: int) -> Assignments:
    """``d_k = 1 + A_k B_k``."""
    _, _, inverse = unit_in_product()
    return tuple(
        Assignment(Symbol(f"d{k}"), (1 / inverse).subs(PRODUCT, exponential("A", k) * exponential("B", k)))
        for k in range(count)
    )


def folded(count: int) -> tuple[Assignments, Expr]:
    """``Σ_k v_k / (1 + A_k B_k)``, k < ``count``, a power of two, with one division: assignments, and the result."""
    top, bottom = merged()
    steps = list(denominators(count))
    level: list[tuple[Expr, Symbol, str]] = [(parameter(k), Symbol(f"d{k}"), str(k)) for k in range(count)]
    while len(level) > 1:
        above = []
        for (n, d, left), (m, e, right) in zip(level[::2], level[1::2], strict=True):
            put = dict(zip((*FIRST, *SECOND), (n, d, m, e), strict=True))
            name = left + right
            steps.append(Assignment(Symbol(f"n{name}"), top.subs(put, simultaneous=True)))
            steps.append(Assignment(Symbol(f"d{name}"), bottom.subs(put, simultaneous=True)))
            above.append((Symbol(f"n{name}"), Symbol(f"d{name}"), name))
        level = above
    ((n, d, _),) = level
    return tuple(steps), n / d


def reciprocals(count: int) -> tuple[Assignments, Expr]:
    """``f_k = 1/(1 + A_k B_k)`` with one division: assignments to ``d_k … f_k``, and the product of all ``d_k``.

    A product's reciprocal times one factor is the other's reciprocal.
    """
    steps = list(denominators(count))
    tree: dict[str, tuple[str, str]] = {}
    level = [str(k) for k in range(count)]
    while len(level) > 1:
        above = []
        for left, right in zip(level[::2], level[1::2], strict=True):
            steps.append(Assignment(Symbol(f"d{left}{right}"), Symbol(f"d{left}") * Symbol(f"d{right}")))
            tree[left + right] = left, right
            above.append(left + right)
        level = above
    steps.append(Assignment(Symbol(f"f{level[0]}"), 1 / Symbol(f"d{level[0]}")))
    for whole in reversed(tree):
        left, right = tree[whole]
        steps.append(Assignment(Symbol(f"f{left}"), Symbol(f"f{whole}") * Symbol(f"d{right}")))
        steps.append(Assignment(Symbol(f"f{right}"), Symbol(f"f{whole}") * Symbol(f"d{left}")))
    return tuple(steps), Symbol(f"d{level[0]}")


def derivative_in_fraction() -> tuple[Expr, Expr]:
    """The derivative of ``tanh(a + b)``, ``1 − tanh²``, as a number times a polynomial in f: ``4`` and ``f − f²``."""
    constant, factor, _ = unit_in_product()
    number, rest = Poly(1 - (constant + factor * FRACTION) ** 2, FRACTION).primitive()
    return number, rest.as_expr()


def inserted(steps: Sequence[Assignment], result: Expr) -> Expr:
    """``result`` with every assignment put in, last one first."""
    for step in reversed(steps):
        result = result.subs(step.target, step.value)
    return result
