"""The order in which factors and terms are written, and where fractions, roots and parentheses stand.

What the pieces look like is a ``Style``: ``attnproof.derivations.typesetting.latex`` has one for LaTeX and one for
plain text.

A product reads: sign, numbers, sizes, scalars, tensor elements so that neighbours share an index (``α[i,j] V[j,p]``),
functions, parentheses, sums. A sum of terms reads: sums first, then other terms, negative terms last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sympy import (
    Add,
    Derivative,
    Expr,
    Indexed,
    IndexedBase,
    KroneckerDelta,
    Max,
    Min,
    Mul,
    Number,
    NumberSymbol,
    Pow,
    Rational,
    Subs,
    Sum,
    Symbol,
    binomial,
    factorial,
    nan,
    oo,
)
from sympy.core.function import AppliedUndef

from attnproof.derivations.language.indexing import Bounds, bounds
from attnproof.derivations.language.largest import Largest
from attnproof.derivations.language.mean import Mean
from attnproof.derivations.language.ranges import leaves
from attnproof.derivations.language.results import Operation, added, divided, subtracted, value
from attnproof.derivations.language.rounded import rounded

ORDER = "ijlrfapm"  # i before j, features of the query before those of the key

_NO_NUMBERS: Final = {oo: ("", "infty"), -oo: ("-", "infty"), nan: ("", "NaN")}  # what a program may give

ADD, MUL, POWER, ATOM = range(4)  # how tightly a piece of text holds together


@dataclass(frozen=True)
class Style:
    """How the pieces look.

    symbol      a letter such as ``W_s_bar``
    element     letter and indices already rendered
    number      a non-negative number
    fraction    numerator and denominator as (text, strength) pairs; the result with its strength
    root        square root
    power       base (parenthesised already) and exponent
    function    name, exponent or None, argument
    total       the sum sign with its bounds, followed by the body
    largest     the same for the maximum over an index
    mean        the letter of an outcome and the body
    wrap        parentheses
    times       between factors
    """

    symbol: Callable[[str], str]
    element: Callable[[str, Sequence[str]], str]
    number: Callable[[Expr], str]
    fraction: Callable[[tuple[str, int], tuple[str, int]], tuple[str, int]]
    root: Callable[[str], str]
    power: Callable[[str, str], str]
    function: Callable[[str, str | None, str], str]
    total: Callable[[Bounds, str], str]
    largest: Callable[[Bounds, str], str]
    mean: Callable[[str, str], str]
    wrap: Callable[[str], str]
    times: str


def typeset(expr: Expr, style: Style, first: Sequence[Symbol] = ()) -> str:
    """``expr`` as text; products begin with an element that has one of the indices ``first`` where there is one."""
    return _remembered(expr, style, tuple(first))


@lru_cache(maxsize=1 << 14)
def _remembered(expr: Expr, style: Style, first: tuple[Symbol, ...]) -> str:
    return _render(expr, style, first)[0]


def _render(expr: Expr, style: Style, first: tuple[Symbol, ...]) -> tuple[str, int]:
    if isinstance(expr, Indexed):
        return style.element(expr.base.label.name, [_render(w, style, ())[0] for w in expr.indices]), ATOM
    if isinstance(expr, KroneckerDelta):
        return style.element("delta", [_render(w, style, ())[0] for w in expr.args]), ATOM
    if isinstance(expr, Symbol):
        return style.symbol(expr.name), ATOM
    if isinstance(expr, IndexedBase):  # a whole array, where a function takes one
        return style.symbol(expr.label.name), ATOM
    if isinstance(expr, NumberSymbol):  # π, e
        return style.symbol(str(expr).lower()), ATOM
    if isinstance(expr, Add):
        return _terms(expr, style, first), ADD
    if expr in _NO_NUMBERS:
        minus, letter = _NO_NUMBERS[expr]
        return minus + style.symbol(letter), MUL if minus else ATOM
    if isinstance(expr, Mul | Number) or (isinstance(expr, Pow) and _is_below(expr.exp)):
        return _product(expr, style, first)
    if isinstance(expr, Sum | Largest):
        body, strength = _render(expr.function, style, first)
        sign = style.total if isinstance(expr, Sum) else style.largest
        return sign(bounds(expr), style.wrap(body) if strength == ADD else body), MUL
    if isinstance(expr, Mean):
        return style.mean(style.symbol(expr.outcome.name), _render(expr.body, style, first)[0]), ATOM
    if isinstance(expr, Max | Min):
        parts = sorted(expr.args, key=lambda part: (isinstance(part, Number), str(part)))
        inner = ", ".join(_render(part, style, first)[0] for part in parts)
        return style.function(expr.func.__name__.lower(), None, inner), ATOM
    if isinstance(expr, Pow):
        if expr.exp == Rational(1, 2):
            return style.root(_render(expr.base, style, first)[0]), ATOM
        exponent = _render(expr.exp, style, ())[0]
        if expr.base.is_Function and len(expr.base.args) == 1:
            inner = _render(expr.base.args[0], style, first)[0]
            return style.function(expr.base.func.__name__, exponent, inner), ATOM
        base, strength = _render(expr.base, style, first)
        return style.power(base if strength == ATOM else style.wrap(base), exponent), POWER
    if isinstance(expr, rounded):
        body, *form = (_render(part, style, first)[0] for part in expr.args)
        return style.element("fl", form) + style.wrap(body), ATOM
    if isinstance(expr, value):  # the result that is this number
        return _render(expr.args[0], style, first)
    if isinstance(expr, Operation):
        return _operation(expr, style, first), ATOM
    if isinstance(expr, Derivative) or (isinstance(expr, Subs) and isinstance(expr.expr, Derivative)):
        return _slope(expr, style, first)
    if isinstance(expr, factorial):
        inner, strength = _render(expr.args[0], style, first)
        return f"{inner if strength == ATOM else style.wrap(inner)}!", ATOM
    if isinstance(expr, binomial):
        return style.function("binom", None, ", ".join(_render(part, style, first)[0] for part in expr.args)), ATOM
    if isinstance(expr, AppliedUndef):
        inner = ", ".join(_render(part, style, first)[0] for part in expr.args)
        return style.function(expr.func.__name__, None, inner), ATOM
    if expr.is_Function and len(expr.args) == 1:
        return style.function(expr.func.__name__, None, _render(expr.args[0], style, first)[0]), ATOM
    raise ValueError(f"no typesetting for {expr.func.__name__}: {expr}")


def _operation(expr: Operation, style: Style, first: tuple[Symbol, ...]) -> str:
    """The operation that is rounded, behind the format: ``IEEE[p,e_max](a - b)``."""
    *operands, bits, largest = expr.args
    found = [_render(operand, style, first) for operand in operands]
    if isinstance(expr, divided):
        body = style.fraction(found[0], found[1])[0]
    elif isinstance(expr, added | subtracted):
        parts = [style.wrap(text) if strength == ADD else text for text, strength in found]
        body = (" + " if isinstance(expr, added) else " - ").join(parts)
    else:
        body = style.function("exp", None, found[0][0])
    return style.element("IEEE", [_render(part, style, ())[0] for part in (bits, largest)]) + style.wrap(body)


def _slope(expr: Derivative | Subs, style: Style, first: tuple[Symbol, ...]) -> tuple[str, int]:
    """A derivative, at a point, of a function of one variable that has no definition: primes behind its name."""
    slope, where = (expr.expr, expr.point[0]) if isinstance(expr, Subs) else (expr, expr.variables[0])
    if not isinstance(slope.expr, AppliedUndef) or len(slope.expr.args) != 1:
        raise ValueError(f"no typesetting for {expr}: expected a derivative of a function of one variable")
    name = slope.expr.func.__name__ + "'" * len(slope.variables)
    return style.function(name, None, _render(where, style, first)[0]), ATOM


@lru_cache(maxsize=1 << 14)
def _plain(expr: Expr) -> str:
    """By which terms and factors are ordered."""
    return str(expr)


def _terms(expr: Add, style: Style, first: tuple[Symbol, ...]) -> str:
    def key(term: Expr) -> tuple[bool, bool, list[int], str]:
        letters = [ORDER.find(s.name) for sum_ in term.atoms(Sum) for s, _ in bounds(sum_)]
        return _is_negative(term), not term.has(Sum), sorted(letters), _plain(term).swapcase()

    text = ""
    for term in sorted(expr.args, key=key):
        sign = " - " if _is_negative(term) else " + "
        body, strength = _render(-term if sign == " - " else term, style, first)
        text += (sign if text else sign.strip().replace("+", "")) + (style.wrap(body) if strength == ADD else body)
    return text


def _is_negative(expr: Expr) -> bool:
    return bool(expr.as_coeff_Mul()[0] < 0)


def _is_below(exponent: Expr) -> bool:
    """Whether a power with this exponent stands in a denominator: every term of it is negative."""
    return all(_is_negative(term) for term in Add.make_args(exponent))


def _product(expr: Expr, style: Style, first: tuple[Symbol, ...]) -> tuple[str, int]:
    coefficient, rest = expr.as_coeff_Mul()
    above: list[Expr] = []
    below: list[Expr] = []
    for factor in Mul.make_args(rest):
        if isinstance(factor, Pow) and _is_below(factor.exp):
            below.append(factor.base ** (-factor.exp))
        elif factor != 1:
            above.append(factor)
    sign = "-" if coefficient < 0 else ""
    top, bottom = abs(coefficient).as_numer_denom()
    numbers = [top] if top != 1 else []
    divisor = ([bottom] if bottom != 1 else []) + below
    sums = [factor for factor in above if isinstance(factor, Sum)]
    if divisor and sums:  # 1/√d Σ ... rather than a sum on a fraction line
        outside = [factor for factor in above if not isinstance(factor, Sum)]
        front, strength = style.fraction(_factors([*numbers, *outside], style, first), _factors(divisor, style, ()))
        front = style.wrap(front) if strength == MUL else front
        return sign + front + style.times + _factors(sums, style, first)[0], MUL
    body = _factors([*numbers, *above], style, first)
    if divisor:
        body = style.fraction(body, _factors(divisor, style, ()))
    return sign + body[0], MUL if sign else body[1]


def _factors(factors: Sequence[Expr], style: Style, first: tuple[Symbol, ...]) -> tuple[str, int]:
    """A product of factors without sign or denominator, in reading order; nothing is 1."""
    if not factors:
        return "1", ATOM
    ordered = _reading_order(factors, first)
    if len(ordered) == 1:
        if isinstance(ordered[0], Number):
            return style.number(ordered[0]), ATOM
        return _render(ordered[0], style, first)
    pieces = []
    for position, factor in enumerate(ordered):
        if isinstance(factor, Number):
            pieces.append(style.number(factor))
            continue
        body, strength = _render(factor, style, first)
        open_end = isinstance(factor, Sum) and position + 1 < len(ordered)  # a sum reaches to the end of its term
        pieces.append(style.wrap(body) if strength == ADD or open_end else body)
    return style.times.join(pieces), MUL


def _reading_order(factors: Sequence[Expr], first: tuple[Symbol, ...]) -> list[Expr]:
    def rank(factor: Expr) -> int:
        base = factor.base if isinstance(factor, Pow) else factor
        if isinstance(base, Number):
            return 0
        if not any(isinstance(leaf, Indexed) for leaf in leaves(base)):
            return 1 if base.is_Symbol or base.is_NumberSymbol or base.is_Pow else 3
        return 2 if isinstance(base, Indexed) else 5 if isinstance(base, Sum) else 4 if isinstance(base, Add) else 3

    if len(factors) == 1:
        return list(factors)
    by_rank = sorted(factors, key=lambda factor: (rank(factor), _plain(factor)))
    elements = [factor for factor in by_rank if rank(factor) == 2]
    chain: list[Expr] = []
    wanted = list(first)
    while elements:
        best = min(elements, key=lambda e: next((n for n, s in enumerate(wanted) if s in e.free_symbols), len(wanted)))
        elements.remove(best)
        chain.append(best)
        wanted = [s for s in best.free_symbols if isinstance(s, Symbol) and s.is_nonnegative and s not in first]
        wanted = sorted(wanted, key=lambda s: s.name) + list(first)
    position = sum(rank(factor) < 2 for factor in by_rank)
    return [*by_rank[:position], *chain, *(factor for factor in by_rank if rank(factor) > 2)]
