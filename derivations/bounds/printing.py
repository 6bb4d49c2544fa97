r"""Bounds in short: ``G_{n}`` for ``(1 - u)^{-n}``, ``x^{+}`` for ``|x| + Δx``, and nothing set larger than it must be.

Δc_ip = G_n_k Σ_j α⁺_ij |V_jp| + η n_k G_n_k − Σ_j α_ij |V_jp|
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from sympy import Abs, Add, Expr, Indexed, IndexedBase, Pow, Symbol

from attnproof.derivations.bounds.parameters import U
from attnproof.derivations.bounds.system import ErrorBounds
from attnproof.derivations.language.ranges import split
from attnproof.derivations.language.system import Equation
from attnproof.derivations.typesetting.latex import LATEX, letter_latex
from attnproof.derivations.typesetting.typeset import Style, typeset

GROWTH: Final = IndexedBase(Symbol("G", positive=True))
ABBREVIATIONS: Final = (("G_{n}", r"(1 - u)^{-n}"), ("x^{+}", r"|x| + \Delta x"))
_NONNEGATIVE: Final = ("softmax", "sech2")  # rules of what is written without bars
_TALL: Final = (r"\frac", r"\sum", r"\max")
_PLUS: Final = "_plus"


def _wrapped(body: str) -> str:
    return LATEX.wrap(body) if any(command in body for command in _TALL) else f"({body})"


def _function(name: str, exponent: str | None, argument: str) -> str:
    if name == "exp" and exponent is None:
        return f"e^{{{argument}}}"
    usual = LATEX.function(name, exponent, argument)
    if any(command in argument for command in _TALL):
        return usual
    if name == "Abs":
        return f"|{argument}|"
    return usual.replace(r"\left(", "(").replace(r"\right)", ")")


def _element(letter: str, indices: Sequence[str]) -> str:
    if not letter.endswith(_PLUS):
        return LATEX.element(letter, indices)
    base, below = letter_latex(letter.removesuffix(_PLUS)), "".join(indices)
    return f"({base})^{{+}}_{{{below}}}" if "_" in base or "^" in base else f"{base}^{{+}}_{{{below}}}"


SHORT: Final[Style] = replace(LATEX, times=" ", wrap=_wrapped, function=_function, element=_element)


def short_latex(bounds: ErrorBounds, equation: Equation) -> str:
    """An equation of ``bounds`` in short."""
    free = tuple(split(where)[1] for where in equation.indices)
    positive = {bounds.system.tensors[name].base for name, rule in bounds.rules.items() if rule in _NONNEGATIVE}
    rhs = equation.rhs.replace(lambda part: isinstance(part, Add), partial(_with_plus, positive))
    return f"{typeset(equation.lhs, SHORT)} = {_short(rhs, free)}"


def short_inequality(symbol: Symbol, bound: Expr) -> str:
    r"""``symbol \le bound`` in short."""
    return rf"{typeset(symbol, SHORT)} \le {_short(bound)}"


def _short(expr: Expr, first: Sequence[Symbol] = ()) -> str:
    return typeset(expr.replace(_is_growth, lambda power: GROWTH[-power.exp]), SHORT, first)


def _is_growth(expr: Expr) -> bool:
    return isinstance(expr, Pow) and bool(expr.base == 1 - U)


def _with_plus(positive: set[Expr], total: Expr) -> Expr:
    """``|x| + Δx`` among the terms of a sum as ``x⁺``."""
    terms = set(total.args)
    for error in total.args:
        if isinstance(error, Indexed) and error.base.label.name.endswith("_err"):
            letter = error.base.label.name.removesuffix("_err")
            for size in terms - {error}:
                inner = size.args[0] if isinstance(size, Abs) else size
                bare = isinstance(inner, Indexed) and inner.base.label.name == letter and inner.indices == error.indices
                if bare and (size is not inner or inner.base in positive):
                    plus = IndexedBase(Symbol(letter + _PLUS, real=True))[error.indices]
                    terms = (terms - {error, size}) | {plus}
    return Add(*terms)
