"""Formulas for people: with the project's letters, without the batch, and in short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sympy import Add, Expr, Function, Indexed, Mul, Pow, Sum, Symbol, exp, log

from attnproof.derivations.calculus.monomial import factored, monomial, sum_over
from attnproof.derivations.language.indexing import bounds, relabel
from attnproof.derivations.language.notation import D_A, D_K, D_Q, D_V, N_K, N_Q, D, Tensor
from attnproof.derivations.typesetting.latex import expr_text, letter_text
from attnproof.verify.reading.lifting.reference import BATCH
from attnproof.verify.reading.lifting.sizes import LN2

LETTERS: Final[Mapping[Expr, tuple[str, ...]]] = {
    N_Q: ("i", "x"),
    N_K: ("j", "l", "m"),
    D: ("r", "f"),
    D_Q: ("r", "s"),
    D_K: ("f", "g"),
    D_A: ("a", "t"),
    D_V: ("p", "u"),
    **{size: (letter.name,) for size, letter in BATCH.items()},
}


def displayed(expr: Expr, tensors: Mapping[str, Tensor], taken: frozenset[Symbol], lead: tuple[Symbol, ...]) -> Expr:
    """``expr`` with usual letters, sums as far inside as they go, and without the batch's indices where all agree.

    lead  the letters of the batch
    """
    expr = _pushed(expr.subs(LN2, log(2)) if expr.has(LN2) else expr)
    expr = relabel(expr, taken, LETTERS)
    batched = [tensor for tensor in tensors.values() if tensor.batched and tensor.shape[: len(lead)] and lead]
    elements = [e for e in expr.atoms(Indexed) if any(e.base == tensor.base for tensor in batched)]
    if all(e.indices[: len(lead)] == lead for e in elements):
        shorter = {t.base: Tensor(t.name, t.symbol, t.shape[len(lead) :]).base for t in batched}
        longer = [e for e in elements if len(e.indices) > len(lead)]
        expr = expr.xreplace({e: shorter[e.base][e.indices[len(lead) :]] for e in longer})
    return expr


def _pushed(expr: Expr) -> Expr:
    """Every sum only over the factors that depend on its index: ``Σ_j Σ_r x_r y_j`` as two."""
    if isinstance(expr, Indexed) or not expr.args:
        return expr
    if isinstance(expr, Sum):
        body = _pushed(expr.function)
        if isinstance(body, Add):
            body = factored([monomial(term) for term in body.args]).expression()
        return sum_over(monomial(body), bounds(expr))
    return expr.func(*map(_pushed, expr.args))


def text(
    expr: Expr,
    tensors: Mapping[str, Tensor],
    taken: frozenset[Symbol],
    lead: tuple[Symbol, ...],
    first: tuple[Symbol, ...],
) -> str:
    """A formula in plain text, as ``displayed``; products begin with an element with one of the indices ``first``."""
    return expr_text(displayed(expr, tensors, taken, lead), first)


def short(expr: Expr) -> str:
    """Without indices: ``q·k/√d``, ``v·tanh(W_s·q + W_h·k)``. What differs in indices alone looks the same."""
    return expr_text(_short(expr))


def _short(expr: Expr) -> Expr:
    if isinstance(expr, Indexed):
        return _letter(letter_text(expr.base.label.name))
    if isinstance(expr, Sum):
        factors = Mul.make_args(expr.function)
        front = [factor for factor in factors if not factor.has(Indexed)]
        rest = [_short(factor) for factor in sorted((f for f in factors if f.has(Indexed)), key=_order)]
        name = "·".join(_wrapped(each) for each in rest)
        if len(rest) == 1:
            name = f"Σ {name}"
        return Mul(*front) * _letter(name)
    if not expr.args:
        return expr
    if isinstance(expr, Add | Mul | Pow):
        return expr.func(*map(_short, expr.args))
    return expr.func(*map(_short, expr.args)) if isinstance(expr, Function | exp) else expr


def _letter(name: str) -> Symbol:
    """Real, as elements of tensors are: SymPy takes functions of what may be complex apart, nested ones without end."""
    return Symbol(name, real=True)


def _order(factor: Expr) -> tuple[bool, int, str]:
    """Parameters before queries, queries before keys, functions last."""
    if not isinstance(factor, Indexed):
        return True, 0, str(factor)
    letters = [index.name for index in factor.indices if isinstance(index, Symbol)]
    return False, max((" ij".find(letter) for letter in letters), default=0), str(factor)


def _wrapped(expr: Expr) -> str:
    said = expr_text(expr)
    return f"({said})" if isinstance(expr, Add | Mul) else said
