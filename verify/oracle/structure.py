"""What the interpreter needs to know about an expression's structure; computed once for each expression."""

from __future__ import annotations

from functools import lru_cache

from sympy import Expr, Indexed, Integer, Mul, Pow, Sum, Symbol, exp, log

from attnproof.verify.oracle.error import OracleError

Sizes = tuple[tuple[str, int], ...]  # size symbol's name and value; hashable


@lru_cache(maxsize=4096)
def leaves(expr: Expr) -> tuple[Expr, ...]:
    """The elements of tensors and the symbols in an expression."""
    return tuple(expr.atoms(Indexed, Symbol))


@lru_cache(maxsize=4096)
def free_symbols(expr: Expr) -> frozenset[Symbol]:
    """The free symbols of an expression."""
    return frozenset(expr.free_symbols)


@lru_cache(maxsize=4096)
def integer(expr: Expr, sizes: Sizes) -> int:
    """The value of an expression in size symbols."""
    values = dict(sizes)
    value = expr.xreplace({s: Integer(values[s.name]) for s in expr.free_symbols if s.name in values})
    if not value.is_Integer:
        raise OracleError(f"{expr} is not an integer expression in the sizes {', '.join(values)}")
    return int(value)


@lru_cache(maxsize=4096)
def place(index: Expr, sizes: Sizes) -> tuple[Symbol | None, int]:
    """``offset + symbol`` as (symbol, offset); a constant place has no symbol."""
    known = dict(sizes)
    symbols = [s for s in index.free_symbols if s.name not in known]
    if len(symbols) > 1:
        raise OracleError(f"index {index} is not of the form offset + index")
    symbol = symbols[0] if symbols else None
    return symbol, integer(index - symbol if symbol is not None else index, sizes)


@lru_cache(maxsize=1024)
def softmax_parts(expr: Mul) -> tuple[Expr, Symbol, Symbol] | None:
    """``exp(x[j]) / Σ_l exp(x[l])`` as (x[l], l, j); None for any other product."""
    if len(expr.args) != 2:
        return None
    top = next((a for a in expr.args if isinstance(a, exp)), None)
    bottom = next((a.base for a in expr.args if isinstance(a, Pow) and a.exp == -1 and isinstance(a.base, Sum)), None)
    if top is None or bottom is None or len(bottom.limits) != 1 or not isinstance(bottom.function, exp):
        return None
    summed = bottom.limits[0][0]
    logits = bottom.function.args[0]
    for free in top.free_symbols:
        if free not in bottom.free_symbols and logits.xreplace({summed: free}) == top.args[0]:
            return logits, summed, free
    return None


@lru_cache(maxsize=1024)
def logsumexp_parts(expr: Expr) -> tuple[Expr, Symbol, Expr] | None:
    """``log Σ_l exp(x[l])`` as (x[l], l, number of l); None for anything else."""
    if not isinstance(expr, log) or not isinstance(expr.args[0], Sum):
        return None
    total = expr.args[0]
    if len(total.limits) != 1 or not isinstance(total.function, exp) or total.limits[0][1] != 0:
        return None
    summed, _, last = total.limits[0]
    return total.function.args[0], summed, last + 1
