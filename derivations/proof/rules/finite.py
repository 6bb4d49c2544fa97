"""Finite domains gone through one by one, and values that a named function of the package computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from typing import ClassVar, Final

from sympy import Basic, Expr, Pow, Sum, Symbol, atanh, binomial, factorial, gamma, log, sympify

from attnproof.derivations.proof.points import nonzero_at_points, positive_at_points
from attnproof.derivations.proof.reasoning import same
from attnproof.derivations.proof.rules.closing import put_in
from attnproof.derivations.proof.rules.domain import SIGNS, check_defined, check_part, is_constant, scalars
from attnproof.derivations.proof.rules.rule import Rule, RuleError
from attnproof.derivations.proof.rules.something import check_says
from attnproof.derivations.propositions.latex import latex
from attnproof.derivations.propositions.proposition import (
    Both,
    Compare,
    Either,
    If,
    Iff,
    Not,
    Proposition,
    expressions,
)
from attnproof.derivations.typesetting.latex import expr_latex

PACKAGE: Final = "attnproof.derivations."


@dataclass(frozen=True)
class Cases(Rule):
    """``statement`` holds for every choice of one value for each symbol of ``over``; with one value each it is an
    example, or a counterexample to its contrary.

    Decided for constants: an equality by simplification and balls, an inequality by balls that do not meet.
    """

    ALTERED: ClassVar = ("statement",)
    statement: Proposition
    over: tuple[tuple[Symbol, tuple[Expr, ...]], ...] = ()

    def before(self) -> str:
        """What the step starts from."""
        ranges = [
            f"{expr_latex(s)} = {expr_latex(v[0])}"
            if len(v) == 1
            else rf"{expr_latex(s)} \in \{{{', '.join(map(expr_latex, v))}\}}"
            for s, v in self.over
        ]
        return ",\\; ".join(ranges) or r"\text{constants}"

    def after(self) -> str:
        """What it arrives at."""
        return latex(self.statement)

    def holds(self) -> bool:
        """Decide it."""
        if not all(values for _, values in self.over):
            raise RuleError("no value to go through: anything would hold")
        symbols = [s for s, _ in self.over]
        exprs = tuple(expressions(self.statement))
        scalars(*exprs, *symbols)
        check_says(self.statement)
        if len(set(symbols)) < len(symbols):
            raise RuleError(f"a symbol with values twice: {', '.join(map(str, symbols))}")
        for values in product(*(values for _, values in self.over)):
            at = dict(zip(symbols, values, strict=True))
            _check_values(at)
            for expr in exprs:
                _check_parts(expr, at)
            if not _holds(put_in(self.statement, at)):
                return False
        return True


def _check_values(at: Mapping[Symbol, Expr]) -> None:
    for symbol, value in at.items():
        for name in (*SIGNS, "integer"):
            if getattr(symbol, f"is_{name}") and not getattr(value, f"is_{name}"):
                raise RuleError(f"{symbol} = {value}, which is not {name}")


def _check_parts(expr: Basic, at: Mapping[Symbol, Expr]) -> None:
    """Each root, power and logarithm is a real number: once they are multiplied they may only look like one."""
    for part in expr.atoms(gamma, factorial, binomial, atanh):
        if not part.free_symbols - set(at):
            check_part(part.func(*(each.xreplace(at) for each in part.args), evaluate=False))
    for part in expr.atoms(Pow, log):
        if part.has(Sum) or part.free_symbols - set(at):
            continue  # of a summation index, or of none of the values: looked at when it is a number
        base, *power = (each.xreplace(at) for each in part.args)
        if part.xreplace(at).is_real is False or (base == 0 and power and not part.args[1].is_integer):
            raise RuleError(f"{part} is no real number at {at}")


def _holds(says: Proposition) -> bool:
    """A proposition about constants. Raises RuleError where a symbol is left, or the balls do not tell."""
    match says:
        case Compare(left, relation, right):
            return _compare(left, relation, right)
        case Both(parts):
            return all(map(_holds, parts))
        case Either(parts):
            return any(map(_holds, parts))
        case Not(of):
            return not _holds(of)
        case If(hypothesis, conclusion):
            return not _holds(hypothesis) or _holds(conclusion)
        case Iff(left, right):
            return _holds(left) is _holds(right)
        case _:
            raise RuleError(f"expected relations and their combinations, got {latex(says)}")


def _compare(left: Expr, relation: str, right: Expr) -> bool:
    left, right = left.doit(), right.doit()
    gap = right - left
    if not (is_constant(left) and is_constant(right)):
        raise RuleError(f"{gap} is no constant: give its symbols values")
    check_defined((left, right, gap))
    if same(gap, sympify(0)):
        return relation in {"=", "≤"}
    if not nonzero_at_points(gap):
        raise RuleError(f"{gap} is neither simplified to 0 nor told from it")
    if relation in {"=", "≠"}:
        return relation == "≠"
    return positive_at_points(gap)


@dataclass(frozen=True)
class Computed(Rule):
    """A function of this package, called with ``arguments``, returns ``value``: a count, a table, a program's result.

    function  ``calculus.cost:count``, below ``attnproof.derivations``
    value     numbers, expressions, words, and tuples of them; never a truth value, which would say nothing of what
              was compared
    """

    ALTERED: ClassVar = ("value",)
    function: str
    arguments: tuple[object, ...]
    value: object

    def before(self) -> str:
        """What the step starts from."""
        name = self.function.rpartition(":")[2].replace("_", " ")
        return rf"\text{{{name}}}\left({', '.join(map(_shown, self.arguments))}\right)"

    def after(self) -> str:
        """What it arrives at."""
        return _shown(self.value)

    def holds(self) -> bool:
        """Decide it."""
        if _has_truth(self.value):
            raise RuleError(f"{self.function}: a truth value is no result; expected numbers, expressions or words")
        module, _, name = self.function.partition(":")
        if not (module and name) or name.startswith("_"):
            raise RuleError(f"{self.function!r}: expected module:function, a public one")
        function = getattr(import_module(PACKAGE + module), name, None)
        if getattr(function, "__module__", None) != PACKAGE + module or not callable(function):
            raise RuleError(f"{self.function}: expected a function that this module defines")
        return _alike(function(*self.arguments), self.value)


def _has_truth(value: object) -> bool:
    return isinstance(value, bool) or (isinstance(value, tuple) and any(map(_has_truth, value)))


def _alike(found: object, value: object) -> bool:
    if isinstance(value, tuple):
        return isinstance(found, tuple) and len(found) == len(value) and all(map(_alike, found, value))
    if isinstance(value, Expr) or isinstance(found, Expr):
        return isinstance(found, Expr | int) and same(sympify(found), sympify(value))
    return type(found) is type(value) and found == value


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return rf"\left({', '.join(map(_shown, value))}\right)"
    if isinstance(value, Expr):
        return expr_latex(value)
    if isinstance(value, int | Basic):
        return str(value)
    if isinstance(value, Mapping):
        raise RuleError("a mapping has no order of its own: give a tuple of pairs")
    text = str(value).replace("_", " ")
    return rf"\text{{{text}}}"
