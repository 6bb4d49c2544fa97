"""Propositions in LaTeX, for a reader: one line of mathematics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sympy import Add, Expr, oo
from sympy.core.function import UndefinedFunction

from attnproof.derivations.language.mean import Outcomes
from attnproof.derivations.language.system import Equation
from attnproof.derivations.propositions.proposition import (
    Array,
    Binder,
    Both,
    Compare,
    Either,
    Every,
    HasMean,
    If,
    Iff,
    Index,
    Limit,
    Map,
    Not,
    Number,
    Outcome,
    Proposition,
    Size,
    Slope,
    Some,
    Space,
    Where,
)
from attnproof.derivations.typesetting.latex import equation_latex, expr_latex, letter_latex

_SIGNS: Final = {"=": "=", "≠": r"\ne", "≤": r"\le", "<": "<"}
_SIDES: Final = {-1: "^-", 0: "", 1: "^+"}
GAP: Final = r",\; "


def latex(says: Proposition) -> str:
    """The proposition, for maths mode."""
    match says:
        case Compare(left, relation, right):
            return f"{expr_latex(left)} {_SIGNS[relation]} {expr_latex(right)}"
        case Both(parts):
            return r" \;\wedge\; ".join(map(_part, parts))
        case Either(parts):
            return r" \;\vee\; ".join(map(_part, parts))
        case Not(of):
            return rf"\neg {_part(of)}"
        case If(hypothesis, conclusion):
            then = _part(conclusion) if isinstance(conclusion, Iff) else latex(conclusion)
            return rf"{_part(hypothesis)} \;\Rightarrow\; {then}"
        case Iff(left, right):
            return rf"{_part(left)} \;\Leftrightarrow\; {_part(right)}"
        case Every(bound, body):
            return rf"\forall\, {_bound(bound)}:\; {latex(body)}"
        case Some(bound, body):
            return rf"\exists\, {_bound(bound)}:\; {latex(body)}"
        case Where(definitions, body):
            return f"{latex(body)}{_where(definitions)}"
        case HasMean(of):
            return rf"{expr_latex(of)} \text{{ exists}}"
        case Limit(of, variable, at, value, side, given):
            where = f"{letter_latex(variable.name)} \\to {_extended(at)}{_SIDES[side]}"
            return rf"\lim_{{{where}}} {expr_latex(of)} = {_extended(value)}{_where(given)}"
        case Slope(of, variable, at, value, given):
            letter = letter_latex(variable.name)
            return (
                rf"\frac{{\partial}}{{\partial {letter}}} \left({expr_latex(of)}\right) = {expr_latex(value)} "
                rf"\;\text{{at}}\; {letter} = {expr_latex(at)}{_where(given)}"
            )


def _where(definitions: Sequence[Equation]) -> str:
    return rf" \quad\text{{where }} {GAP.join(map(equation_latex, definitions))}" if definitions else ""


def _part(says: Proposition) -> str:
    """As a part of a larger one: what binds loosely stands in parentheses."""
    return latex(says) if isinstance(says, Compare | Not | HasMean) else rf"\left({latex(says)}\right)"


def _bound(bound: Sequence[Binder]) -> str:
    return GAP.join(map(_binder, bound))


def _binder(binder: Binder) -> str:
    match binder:
        case Size(symbol, least):
            return rf"{letter_latex(symbol.name)} \ge {least}"
        case Index(symbol, size):
            return f"{letter_latex(symbol.name)} < {expr_latex(size)}"
        case Number(symbol):
            return rf"{letter_latex(symbol.name)} \in \mathbb{{R}}"
        case Array(tensor, results):
            spaces = [axis for axis in tensor.shape if isinstance(axis, Outcomes)]
            sizes = [axis for axis in tensor.shape if not isinstance(axis, Outcomes)]
            shape = r" \times ".join(
                rf"({expr_latex(size)})" if len(sizes) > 1 and isinstance(size, Add) else expr_latex(size)
                for size in sizes
            )
            kind = rf": {expr_latex(spaces[0])} \to" if spaces else r" \in"
            elements = r"(\mathbb{R} \cup \{\infty, -\infty, \mathrm{NaN}\})" if results else r"\mathbb{R}"
            return rf"{letter_latex(tensor.symbol)}{kind} {elements}{f'^{{{shape}}}' if shape else ''}"
        case Map(function, arity, length):
            return _map(function, expr_latex(length) if length is not None else str(arity))
        case Space(symbol):
            return rf"\text{{an expectation on }} {letter_latex(symbol.name)}"
        case Outcome(symbol, space):
            return rf"{letter_latex(symbol.name)} \in {letter_latex(space.name)}"


def _map(function: UndefinedFunction, arity: str) -> str:
    source = r"\mathbb{R}" if arity == "1" else rf"\mathbb{{R}}^{{{arity}}}"
    return rf"{letter_latex(str(function))}: {source} \to \mathbb{{R}}"


def _extended(value: Expr) -> str:
    return {oo: r"\infty", -oo: r"-\infty"}.get(value) or expr_latex(value)
