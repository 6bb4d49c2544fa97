"""A module's parameters in terms of the formula's symbols: a small language, evaluated without ``eval``.

    THEIRS = [SIGN] [FACTOR *] SYMBOL [.T | .query | .key] …        W_q.weight=weight_query    v=0.5*v    W=weight.T
    THEIRS = [ PART PART … ]      columns side by side              W.weight=[weight_concat.key weight_concat.query]
    THEIRS = [ PART; PART; … ]    rows below each other             qkv.weight=[eye; eye; eye]
    THEIRS = eye | 0 | FACTOR                                       identity, zeros, a constant

A factor is a power of two (so that nothing is rounded; the bounds hold as they are). ``.query`` and ``.key`` are the
columns that belong to the query and to the key. Axes of length one may be added or dropped. ``b=bias_hidden`` is zeros
where the formula has no bias; so are features that a module has as parameters (``sinks=sinks``), but a sink that is not
there is −∞.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from attnproof.verify.checking.layouts import NoPlaceError

_TERM: Final = re.compile(
    r"^(?P<sign>-?)(?:(?P<factor>[0-9.]+(?:/[0-9.]+)?)\s*\*\s*)?(?P<symbol>[A-Za-z_]\w*)(?P<after>(?:\.(?:T|query|key))*)$"
)
_NUMBER: Final = re.compile(r"^-?[0-9.]+$")


@dataclass(frozen=True)
class Term:
    """``factor · symbol`` followed by ``.T``, ``.query`` and ``.key``; symbol None: the constant ``factor``."""

    factor: float
    symbol: str | None
    after: tuple[str, ...] = ()


FEATURES: Final = ("sink", "sinks", "slopes")
ABSENT: Final = {"sink": -math.inf, "sinks": -math.inf}  # else 0
Expression = tuple[tuple[Term, ...], ...]  # rows below each other, of columns side by side


def parse(text: str, known: tuple[str, ...]) -> tuple[str, Expression]:
    """The parameter's name and the expression that fills it. Raises ValueError naming what is wrong in the text."""
    theirs, equals, right = (piece.strip() for piece in text.partition("="))
    if not equals or not theirs or not right:
        raise ValueError(f"parameter {text!r}: expected THEIR_NAME=EXPRESSION")
    rows = right[1:-1].split(";") if right.startswith("[") and right.endswith("]") else [right]
    parts = [row.split() if row is not right else [row] for row in rows]
    if not all(parts):
        raise ValueError(f"parameter {text!r}: nothing between the brackets")
    return theirs, tuple(tuple(_term(part, text, known) for part in row) for row in parts)


def symbols(expression: Expression) -> tuple[str, ...]:
    """The symbols that occur."""
    return tuple(term.symbol for row in expression for term in row if term.symbol is not None and term.symbol != "eye")


def _term(part: str, text: str, known: tuple[str, ...]) -> Term:
    if _NUMBER.match(part):
        return Term(_number(part, text), None)
    match = _TERM.match(part)
    if match is None:
        raise ValueError(
            f"parameter {text!r}: cannot read {part!r}; expected a form such as weight_query, 0.5*v, weight.T, eye or 0"
        )
    symbol = match["symbol"]
    if symbol != "eye" and symbol not in known:
        raise ValueError(f"parameter {text!r}: unknown symbol {symbol!r}; known: {', '.join((*known, 'eye'))}")
    above, _, below = (match["factor"] or "1").partition("/")
    factor = _number(above, text) / _number(below or "1", text)
    if factor == 0 or math.frexp(factor)[0] != 0.5:
        raise ValueError(f"parameter {text!r}: the factor {factor} is not a power of two, so that it would be rounded")
    after = tuple(filter(None, match["after"].split(".")))
    return Term(-factor if match["sign"] else factor, symbol, after)


def _number(part: str, text: str) -> float:
    try:
        return float(part)
    except ValueError:
        raise ValueError(f"parameter {text!r}: {part!r} is no number") from None


def evaluate(name: str, expression: Expression, given: Mapping[str, Any], like: Any) -> Any:
    """The tensor for a parameter shaped and typed as ``like``; differentiable in ``given``. Raises NoPlaceError for a
    wrong shape.
    """
    import torch

    found = [[_value(term, given, _part(like, len(expression), len(row))) for term in row] for row in expression]
    columns = [row[0] if len(row) == 1 else torch.cat(row, -1) for row in found]
    whole = columns[0] if len(columns) == 1 else torch.cat(columns, -2)
    if [n for n in whole.shape if n != 1] != [n for n in like.shape if n != 1]:
        raise NoPlaceError(f"parameter {name} has shape {tuple(like.shape)}, its mapping gives {tuple(whole.shape)}")
    return whole.reshape(like.shape).to(like.dtype)


def _part(like: Any, rows: int, columns: int) -> Any:
    """What a constant among several parts is shaped as: parts of one size."""
    if rows == columns == 1 or like.ndim < 2:
        return like
    return like[..., : like.shape[-2] // rows, : like.shape[-1] // columns]


def _value(term: Term, given: Mapping[str, Any], like: Any) -> Any:
    import torch

    if term.symbol is None:
        return torch.full_like(like, term.factor)
    if term.symbol == "eye":
        sides = [n for n in like.shape if n != 1]
        if like.ndim < 2 or len(sides) > 2:
            raise NoPlaceError(f"a parameter of shape {tuple(like.shape)} is no identity")
        return term.factor * torch.eye(*[*sides, 1, 1][:2], dtype=like.dtype, device=like.device)
    if term.symbol not in given:
        return torch.full_like(like, ABSENT.get(term.symbol, 0.0))  # what the formula does not have here
    array = given[term.symbol]
    for step in term.after:
        width = given["query"].shape[-1]
        array = array.mT if step == "T" else array[..., :width] if step == "query" else array[..., width:]
    return term.factor * array
