"""Proof that an altered softmax of the torch programs is the same function: executed on the two kinds of rows that
there are.

A row of logits either has a finite entry or is −∞ throughout. The code, which tells them apart by ``isneginf`` of the
row's maximum, is executed on a symbol for each kind; the answers have to be the same expression. ``torch.softmax`` of a
row gives ``exp(t)/Σ exp(t)``, of a row of −∞ NaN, of a row of equal numbers 1/n. Operations beside these are refused,
and with them the proof.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

from sympy import Expr, Integer, Symbol, exp

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.notation import N_K, I, J, L
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import LOGITS

NAN: Final = Symbol("nan")
QUOTIENT: Final = exp(LOGITS[I, J]) / total(exp(LOGITS[I, L]), (L, N_K))


@dataclass(frozen=True)
class _Row:
    """A row whose element j is ``value``; ``infinite``: of −∞ throughout. Where ``value`` is no element, a number of
    the row.
    """

    value: Expr
    infinite: bool

    def masked_fill(self, where: object, value: object) -> _Row:
        """The row itself, or a row of ``value``."""
        if not isinstance(where, bool) or not isinstance(value, int):
            raise TypeError("not filled row by row with a number")
        return _Row(Integer(value), False) if where else self


def _maximum(row: _Row, dim: int, keepdim: bool) -> _Row:
    if dim != -1 or not keepdim or row.value != LOGITS[I, J]:
        raise ValueError("not the maximum of a row of logits")
    return _Row(Symbol("m"), row.infinite)


def _is_neginf(row: _Row) -> bool:
    if row.value != Symbol("m"):
        raise ValueError("not asked of a maximum")
    return row.infinite


def _softmax(row: _Row, dim: int) -> _Row:
    if dim != -1:
        raise ValueError("not a softmax over the keys")
    if row.infinite:
        return _Row(NAN, False)
    if row.value == LOGITS[I, J]:
        return _Row(QUOTIENT, False)
    if not row.value.is_Integer:
        raise ValueError("neither logits nor a row of equal numbers")
    return _Row(1 / N_K, False)


def _narrow(value: object) -> bool:
    """Rounding leaves a truth value as it is; what it does to a number is not an expression."""
    if not isinstance(value, bool):
        raise TypeError("a number was rounded")
    return value


_TORCH: Final = SimpleNamespace(amax=_maximum, isneginf=_is_neginf, softmax=_softmax)


def same(one: str, other: str, compiled: Callable[[str, dict[str, Any]], Callable[..., Any]]) -> bool:
    """Whether two sources of ``softmax`` give the same on both kinds of rows; False also where that cannot be told.

    compiled  makes the function of a source, in a name space
    """
    for infinite in (False, True):
        found = []
        for source in (one, other):
            try:
                row = compiled(source, {"torch": _TORCH, "_narrow": _narrow})(_Row(LOGITS[I, J], infinite), axis=-1)
            except (TypeError, ValueError, AttributeError, NameError):
                return False
            if not isinstance(row, _Row):
                return False
            found.append(row.value)
        if NAN in found and found[0] != found[1]:
            return False
        if NAN not in found and not equal(*found):
            return False
    return True
