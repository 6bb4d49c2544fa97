"""What is done to an expression before the canonical form sees it: logarithms of products, and masks."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sympy import Add, Expr, Indexed, IndexedBase, Mul, Pow, Sum, exp, log

from attnproof.derivations.calculus.canonical import canonical, equal
from attnproof.derivations.calculus.effort import decided
from attnproof.derivations.language.indexing import bounds, summed, symbols_of

MOST_STEPS: Final = 5_000  # of one question; those about programs as people write them take less than 500


def same(left: Expr, right: Expr, masks: Collection[IndexedBase] = (), absorbing: Collection[IndexedBase] = ()) -> bool:
    """Whether two expressions are equal at every size, as far as the canonical form decides it.

    masks      tensors of 0 and −∞: ``e^(2M) = e^M``
    absorbing  tensors that have the factor ``e^M`` of every mask already: ``α e^M = α``
    """
    return decided(lambda: equal(settled(left, masks, absorbing), settled(right, masks, absorbing)), MOST_STEPS)


def settled(expr: Expr, masks: Collection[IndexedBase] = (), absorbing: Collection[IndexedBase] = ()) -> Expr:
    """The expression with logarithms of products taken apart and repeated masks as one."""
    if expr.has(log):
        expr = _logs(expr)
    if masks and any(expr.has(mask) for mask in masks):
        expr = _masks(canonical(expr), frozenset(masks), frozenset(absorbing))
    return expr


def _logs(expr: Expr) -> Expr:
    """``log(e^a x)`` as ``a + log x``, also where ``e^a`` stands inside a sum that it does not depend on."""
    if isinstance(expr, Indexed) or not expr.args or not expr.has(log):
        return expr
    if isinstance(expr, Sum):
        return summed(_logs(expr.function), bounds(expr))
    arguments = [_logs(argument) for argument in expr.args]
    if not isinstance(expr, log):
        return expr.func(*arguments)
    outside, inside = _taken_out(canonical(arguments[0]))
    return outside + log(inside)


def _taken_out(expr: Expr) -> tuple[Expr, Expr]:
    """``a`` and ``x`` of an expression ``e^a x``."""
    if isinstance(expr, Add):
        return Add(), expr
    found: list[Expr] = []
    rest: list[Expr] = []
    for factor in Mul.make_args(expr):
        if isinstance(factor, exp):
            found.append(factor.args[0])
        elif isinstance(factor, Sum):
            own = {symbol for symbol, _ in bounds(factor)}
            free: list[Expr] = []
            bound: list[Expr] = []
            for inner in _factors(factor.function):
                (bound if symbols_of(inner) & own else free).append(inner)
            found += [inner.args[0] for inner in free if isinstance(inner, exp)]
            rest += [inner for inner in free if not isinstance(inner, exp)]
            rest.append(summed(Mul(*bound), bounds(factor)))
        else:
            rest.append(factor)
    return Add(*found), Mul(*rest)


def _factors(expr: Expr) -> list[Expr]:
    """The factors of a product, with ``e^(a + b)`` as two."""
    found: list[Expr] = []
    for factor in Mul.make_args(expr):
        if isinstance(factor, exp):
            found += [exp(term) for term in Add.make_args(factor.args[0])]
        else:
            found.append(factor)
    return found


def _masks(expr: Expr, masks: frozenset[IndexedBase], absorbing: frozenset[IndexedBase]) -> Expr:
    """``e^(n M)`` as ``e^M`` for n ≥ 1, and as 1 beside a tensor that has the factor already, at the same indices."""
    if isinstance(expr, Indexed) or not expr.args:
        return expr
    if isinstance(expr, Sum):
        return summed(_masks(expr.function, masks, absorbing), bounds(expr))
    if isinstance(expr, Mul | exp | Pow):
        factors = _factors(expr)
        if len(factors) > 1 or isinstance(factors[0], exp):
            covered = [e.indices for e in factors if isinstance(e, Indexed) and e.base in absorbing]
            kept: list[Expr] = []
            seen: set[Expr] = set()
            for factor in factors:
                mask = _mask_of(factor, masks)
                if mask is None:
                    kept.append(_masks(factor, masks, absorbing) if not isinstance(factor, exp) else factor)
                elif mask not in seen and not any(set(mask.indices) <= set(where) for where in covered):
                    seen.add(mask)
                    kept.append(exp(mask))
            return Mul(*kept)
    return expr.func(*(_masks(argument, masks, absorbing) for argument in expr.args))


def _mask_of(factor: Expr, masks: frozenset[IndexedBase]) -> Indexed | None:
    """M of ``e^(n M)`` with a whole n ≥ 1."""
    if not isinstance(factor, exp):
        return None
    number, rest = factor.args[0].as_coeff_Mul()
    return rest if isinstance(rest, Indexed) and rest.base in masks and number.is_Integer and number >= 1 else None
