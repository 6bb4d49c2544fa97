"""The domain of a rule: its letters with what is assumed of them, and where its expressions are defined.

What SymPy assumes of a symbol is read off and printed as a hypothesis, so that no symbol brings one that is not said.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from sympy import (
    Abs,
    Add,
    Basic,
    Derivative,
    Expr,
    Float,
    I,
    Indexed,
    Integer,
    KroneckerDelta,
    Max,
    Min,
    Mul,
    NumberSymbol,
    Pow,
    Rational,
    Subs,
    Sum,
    Symbol,
    Tuple,
    atanh,
    binomial,
    erf,
    exp,
    factor,
    factorial,
    gamma,
    log,
    nan,
    oo,
    sign,
    zoo,
)  # fmt: skip
from sympy.core.function import AppliedUndef

from attnproof.derivations.language.functions import BALLS
from attnproof.derivations.language.indexing import bounds, symbols_of
from attnproof.derivations.language.piecewise import step
from attnproof.derivations.proof.rules.rule import RuleError
from attnproof.derivations.propositions.latex import latex
from attnproof.derivations.propositions.proposition import Compare, Proposition, le, lt, ne

Least = tuple[tuple[Symbol, int], ...]  # sizes with the least value of each, where that is not what the symbol says
Given = tuple[Compare, ...]  # ``0 < x``, ``0 ≤ x``, ``x ≠ 0``: what an expression's form does not say of a part of it
ZERO = Integer(0)
SIGNS: Final = ("positive", "negative", "nonnegative", "nonpositive", "nonzero")  # what SymPy may assume of a number
JUMPS: Final = (sign, step)
# Defined for all real numbers; of arrays' elements and indices alone, or nothing is known of them.
TOTAL: Final = (
    *(function for function in BALLS if function is not log),
    *(Add, Mul, Sum, erf, Abs, Max, Min, sign, Indexed, AppliedUndef, Derivative, Subs, Tuple, NumberSymbol),
)


def scalars(*exprs: Basic) -> tuple[Symbol, ...]:
    """The free symbols that stand for numbers, sizes and indices, by name.

    Raises RuleError for two of one name, and for one that need not be real.
    """
    arrays = {each.base.label for expr in exprs for each in expr.atoms(Indexed)}
    free = {s for expr in exprs for s in _free(expr) if s not in arrays}
    named: dict[str, Symbol] = {str(label): label for label in arrays}
    for symbol in free:
        if named.setdefault(symbol.name, symbol) != symbol:
            raise RuleError(f"two symbols of the name {symbol.name}, with different assumptions")
        if not symbol.is_extended_real or symbol.is_finite is False:
            raise RuleError(f"{symbol} need not be a real number; expected Symbol({symbol.name!r}, real=True)")
        check_said(symbol)
    for expr in exprs:
        for each in expr.atoms(Indexed, AppliedUndef):
            if any(getattr(each, f"is_{name}") for name in (*SIGNS, "integer")):
                raise RuleError(f"{each}: what is assumed of an array or a function is printed nowhere")
            if isinstance(each, Indexed) and not each.is_real:
                raise RuleError(f"{each} need not be a real number")
    return tuple(sorted(free, key=str))


def check_said(symbol: Symbol) -> None:
    """Raises RuleError for a symbol of which more is assumed than is printed: the sign of a number, or that it is a
    whole number, from 0 or from 1 on where it has a sign.
    """
    known = {name: True for name in (*SIGNS, "integer") if getattr(symbol, f"is_{name}")}
    if symbol.assumptions0 != Symbol(symbol.name, real=True, **known).assumptions0:
        raise RuleError(f"of {symbol} more is assumed than is printed; expected a sign, or a whole number")
    if symbol.is_integer and not symbol.is_nonnegative and any(getattr(symbol, f"is_{name}") for name in SIGNS):
        raise RuleError(f"{symbol} is a whole number below 0, or not 0, which is printed nowhere")


@lru_cache(maxsize=1 << 12)
def _free(expr: Basic) -> frozenset[Symbol]:
    shapes = (axis.free_symbols for element in expr.atoms(Indexed) for axis in element.base.shape or ())
    ranges = (count.free_symbols for each in expr.atoms(Sum) if _is_finite(each) for _, count in bounds(each))
    return symbols_of(expr).union(*shapes, *ranges)


def _is_finite(expr: Sum) -> bool:
    return not any(limit.has(oo, -oo) for limits in expr.limits for limit in limits[1:])


def hypotheses(exprs: Iterable[Basic], least: Least = (), given: Given = ()) -> tuple[Proposition, ...]:
    """What is assumed: the signs of the symbols, sizes above 1, and what the rule is given."""
    lowest = dict(least)
    for symbol, value in least:
        if not (symbol.is_integer and symbol.is_nonnegative and value >= (1 if symbol.is_positive else 0)):
            raise RuleError(f"{symbol} ≥ {value}: expected a size or an index, and no less than its symbol says")
    if any(each.whole for each in given):
        raise RuleError("the least value of a size is said by ``least``")
    found: list[Proposition] = []
    for s in scalars(*exprs):
        if s in lowest:
            found.append(Compare(Integer(lowest[s]), "≤", s, whole=True))
        elif s.is_integer:
            continue  # sizes are at least 1 and indices at least 0, as everywhere
        elif s.is_positive:
            found.append(lt(ZERO, s))
        elif s.is_negative:
            found.append(lt(s, ZERO))
        elif s.is_nonnegative:
            found.append(le(ZERO, s))
        elif s.is_nonpositive:
            found.append(le(s, ZERO))
        elif s.is_nonzero:
            found.append(ne(s, ZERO))
    return (*found, *given)


def shown(found: Iterable[Proposition]) -> str:
    """The hypotheses behind a result, in LaTeX; nothing where there are none."""
    said = ",\\; ".join(latex(each) for each in found)
    return rf" \qquad ({said})" if said else ""


def check_defined(exprs: Iterable[Expr], least: Least = (), given: Given = ()) -> None:
    """Raises RuleError for an expression that is undefined somewhere in the domain, or a sum of fewer than no terms."""
    for expr in exprs:
        hypotheses((expr,), least, given)  # which refuses symbols of which more is assumed than is said
        if expr.has(nan, zoo, oo, -oo, I):
            raise RuleError(f"{expr} is no real number everywhere")
        if expr.has(Float):
            raise RuleError(f"{expr}: a float is rounded; expected whole numbers and fractions")
        for each in expr.atoms(Sum):
            _check_range(each, dict(least))
        _Domain(_shifts(expr, dict(least)), given).check(expr)


def is_constant(expr: Expr) -> bool:
    """Whether nothing in it is unknown: no symbol, and no function without a definition."""
    return not (expr.free_symbols or expr.has(AppliedUndef))


def check_continuous(*exprs: Basic) -> None:
    """Raises RuleError for a function that jumps: its derivative elsewhere says nothing of the jump.

    Where both an expression and what is its derivative but at some points are continuous, it is so at those too.
    """
    for expr in exprs:
        if expr.has(*JUMPS):
            raise RuleError(f"{expr} may jump")


def check_nonzero(expr: Expr) -> None:
    """Raises RuleError unless the form of an expression shows that it is not 0."""
    _Domain(_shifts(expr, {}), ()).check_nonzero(expr)


def check_part(expr: Expr) -> None:
    """Raises RuleError for a function, of constants, that is not defined there."""
    _Domain({}, ()).check_function(expr)


def check_variable(variable: Symbol) -> None:
    """Raises RuleError for a variable that is no real number."""
    scalars(variable)
    if variable.is_integer:
        raise RuleError(f"{variable} is a whole number: expected a variable that moves")


def _check_range(expr: Sum, least: dict[Symbol, int]) -> None:
    if not _is_finite(expr):
        raise RuleError(f"an infinite sum converges or not: {expr}; only finite ones can be rearranged")
    for symbol, count in bounds(expr):
        if symbol.is_positive or not symbol.is_nonnegative:
            raise RuleError(f"{symbol} begins with 0 in a sum: expected an index, a whole number from 0 on")
        check_said(symbol)
        if not count.subs(_shifts(count, least), simultaneous=True).expand().is_nonnegative:
            raise RuleError(
                f"the sum over {symbol} has {count} terms, which may be less than none: state the least size"
            )


def _shifts(expr: Basic, least: dict[Symbol, int]) -> dict[Symbol, Expr]:
    """Each whole number as its least value and what is above it."""
    found = {}
    for s in _free(expr):
        if isinstance(s, Symbol) and s.is_integer and s.is_nonnegative:
            lowest = least.get(s, 1 if s.is_positive else 0)
            found[s] = lowest + Symbol(f"{s.name}'", integer=True, nonnegative=True)
    return found


class _Domain:
    """Where expressions are defined.

    shifts  sizes and indices as their least value and what is above it
    """

    def __init__(self, shifts: dict[Symbol, Expr], given: Given) -> None:
        self.shifts = shifts
        self.positive = {each.right for each in given if each.left == ZERO and each.relation == "<"}
        self.at_least = {each.right for each in given if each.left == ZERO and each.relation == "≤"} | self.positive
        self.nonzero = {each.left for each in given if each.right == ZERO and each.relation == "≠"} | self.positive
        for each in given:
            if each.left != ZERO and not (each.right == ZERO and each.relation == "≠"):
                raise RuleError(f"{latex(each)}: expected 0 < x, 0 ≤ x or x ≠ 0")

    def check(self, expr: Basic) -> None:
        """Raises RuleError for a part that may be undefined."""
        if isinstance(expr, Indexed | Symbol | Rational):
            return
        if isinstance(expr, Pow):
            self._power(expr)
        else:
            self.check_function(expr)
        for part in (expr.function,) if isinstance(expr, Sum) else expr.args:
            self.check(part)

    def check_function(self, expr: Basic) -> None:
        """Raises RuleError for a function that may be undefined at its argument."""
        if isinstance(expr, log) and not self.sign(expr.args[0], strict=True):
            raise RuleError(f"log {expr.args[0]}, which may be 0 or negative")
        if isinstance(expr, gamma) and not self.sign(expr.args[0], strict=True):
            raise RuleError(f"{expr}, of what may be 0 or negative")
        if isinstance(expr, atanh) and not all(self.sign(1 + s * expr.args[0], strict=True) for s in (1, -1)):
            raise RuleError(f"{expr}, of what may not lie between -1 and 1")
        whole = isinstance(expr, factorial | binomial) and self.sign(expr.args[0], strict=False)
        if isinstance(expr, factorial | binomial | KroneckerDelta):
            if not (all(part.is_integer for part in expr.args) and (whole or isinstance(expr, KroneckerDelta))):
                raise RuleError(f"{expr}: expected whole numbers, the first of them from 0 on")
        elif not isinstance(expr, (*TOTAL, log, gamma, atanh)):
            raise RuleError(f"{type(expr).__name__} is no function that is known to be defined for all real numbers")

    def _power(self, expr: Pow) -> None:
        base, power = expr.args
        if power.is_integer and power.is_nonnegative:
            return
        if not power.is_nonnegative:
            self.check_nonzero(base)
        if not power.is_integer and not self.sign(base, strict=not power.is_Rational):
            raise RuleError(f"{expr}: a root or power of {base}, which may be negative")

    def check_nonzero(self, base: Expr) -> None:
        """Raises RuleError for what may be 0."""
        for each in Mul.make_args(base if base.has(Sum, Indexed) else factor(base)):
            bare = each.base if isinstance(each, Pow) else each
            if {bare, -bare, base} & self.nonzero or bare.is_nonzero:
                continue
            if not (self.sign(bare, strict=True) or self.sign(-bare, strict=True)):
                raise RuleError(f"a division by {base}, which may be 0: {bare} has to be given as other than 0")

    def sign(self, expr: Expr, *, strict: bool) -> bool:
        """Whether ``expr`` is positive (``strict``), or not negative, by its form or because it is given."""
        known, said = (self.positive, expr.is_positive) if strict else (self.at_least, expr.is_nonnegative)
        if expr in known or said or isinstance(expr, exp):  # exp of a real number
            return True
        return self._of_parts(expr, strict) or self._of_sizes(expr, strict)

    def _of_parts(self, expr: Expr, strict: bool) -> bool:
        if isinstance(expr, Sum):  # one over no terms is 0
            spare = [(count - 1).subs(self.shifts, simultaneous=True).expand() for _, count in bounds(expr)]
            enough = all(bool(more.is_nonnegative) for more in spare)
            return (enough or not strict) and self.sign(expr.function, strict=strict)
        if isinstance(expr, Mul):
            return all(self.sign(part, strict=strict) for part in expr.args)
        if isinstance(expr, Pow) and expr.exp.is_real:
            return bool(expr.exp.is_even and not strict and expr.base.is_extended_real is not False) or self.sign(
                expr.base, strict=strict
            )
        if isinstance(expr, Add):
            above = [self.sign(part, strict=True) for part in expr.args]
            rest = [part for part, positive in zip(expr.args, above, strict=True) if not positive]
            return (any(above) or not strict) and all(self.sign(part, strict=False) for part in rest)
        return False

    def _of_sizes(self, expr: Expr, strict: bool) -> bool:
        if expr.has(Sum, Indexed, AppliedUndef):
            return False
        moved = factor(expr.subs(self.shifts, simultaneous=True))
        return bool(moved.is_positive if strict else moved.is_nonnegative)
