"""Small machine checks from which proofs about softmax weights are put together.

A softmax over any number n of keys is written with one or two keys by name and the sum of ``exp(logit)`` over all
others as one positive symbol: what is shown holds at every n.
"""

from __future__ import annotations

from itertools import product

from sympy import Expr, Integer, Poly, Symbol, diff, exp, expand, factor, fraction, simplify, together

from attnproof.derivations.proof.points import equal_at_points, nonnegative_at_points


def same(left: Expr, right: Expr) -> bool:
    """The two expressions are equal: by SymPy's simplification and, in ball arithmetic, at random points.

    False where either road does not find equality.
    """
    if not equal_at_points(left, right):  # what is not equal costs no simplification
        return False
    difference = expand(left - right, trig=True)  # sums in sin, cos and tanh too: cheaper than to simplify
    return bool(difference == 0 or simplify(difference) == 0 or simplify(together(left - right)) == 0)


def nonnegative(expr: Expr) -> bool:
    """``expr`` factors into things whose signs follow from the symbols' assumptions, and random points agree."""
    if not nonnegative_at_points(expr):
        return False
    return bool(factor(together(expr)).is_nonnegative or factor(together(expand(expr))).is_nonnegative)


def vanishes(expr: Expr) -> bool:
    """A rational function of symbols and exponentials (tanh and its like are written in them) whose numerator
    multiplies out to 0; random points agree.
    """
    if not equal_at_points(expr, Integer(0)):
        return False
    numerator, _ = fraction(together(expr.rewrite(exp)))
    return bool(expand(numerator) == 0)


def no_minus(expr: Expr, *variables: Symbol) -> bool:
    """``expr >= 0`` where all ``variables`` are >= 0: numerator and denominator multiply out to coefficients that are
    >= 0.

    The denominator must not vanish identically; False where a coefficient is negative, which proves nothing.
    """
    polynomials = [Poly(part, *variables) for part in fraction(together(expr))]
    return all(coefficient >= 0 for polynomial in polynomials for coefficient in polynomial.coeffs())


def nonnegative_from_zero(expr: Expr, variable: Symbol) -> bool:
    """``expr >= 0`` for ``variable >= 0``: it is 0 at 0 and its derivative is nonnegative."""
    slope, simple = diff(expr, variable), simplify(diff(expr, variable))
    return (
        same(expr.subs(variable, 0), Integer(0))
        and equal_at_points(slope, simple)
        and nonnegative(simple)
        and nonnegative_at_points(expr.subs(variable, Symbol("x", positive=True)))
    )


def bounded_on_box(expr: Expr, box: dict[Symbol, Expr], bound: Expr) -> bool:
    """``|expr| <= bound`` where each symbol of ``box`` lies within ± its entry: ``expr`` is affine in each, so that its
    extremes are at the corners.
    """
    if not all(same(diff(expr, x, 2), Integer(0)) for x in box):
        return False
    for signs in product((-1, 1), repeat=len(box)):
        corner = expr.subs(
            {x: Integer(s) * size for s, (x, size) in zip(signs, box.items(), strict=True)}, simultaneous=True
        )
        if not (nonnegative(bound - corner) and nonnegative(bound + corner)):
            return False
    return True
