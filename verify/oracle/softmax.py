"""The softmax and the log-sum-exp in ball arithmetic."""

from __future__ import annotations

from flint import arb
from sympy import Symbol

from attnproof.verify.oracle.named import Balls, Named, balls

_MINUS_INFINITY = arb("-inf")


def is_masked(logit: arb) -> bool:
    """Exactly −∞. (The opposite is ``not is_masked``: of NaN, arb denies both ``==`` and ``!=``.)"""
    return bool(logit == _MINUS_INFINITY)


def softmax(logits: Named, over: Symbol) -> Named:
    """``exp(t) / Σ exp(t)`` along ``over``, with exact zeros at ``t = −∞`` and in rows that are −∞ throughout.

    Each row is shifted by the midpoint of its largest logit. The shift is an exact number, under which the quotient
    does not change, so this costs no accuracy; without it exp overflows at |t| ~ 1e308 unless the precision is high.
    """
    last = tuple(axis for axis in logits.axes if axis != over)
    rows = logits.ordered([*last, over])
    flat = rows.reshape(-1, rows.shape[-1])
    return Named((*last, over), balls([w for row in flat for w in _softmax_row(row)], rows.shape))


def _softmax_row(row: Balls) -> list[arb]:
    present = [t.mid() for t in row if not is_masked(t)]
    if not present:
        return [arb(0)] * len(row)  # fully masked: declared, see the case's contract
    shift = max(present)
    numerators = [(t - shift).exp() for t in row]
    inverse = 1 / sum(numerators, arb(0))
    return [x * inverse for x in numerators]


def logsumexp(logits: Named, over: Symbol) -> Named:
    """``log Σ exp(t)`` along ``over``, shifted by the midpoint of the row's largest logit; −∞ where all of a row are
    −∞.
    """
    kept = tuple(axis for axis in logits.axes if axis != over)
    rows = logits.ordered([*kept, over])
    flat = rows.reshape(-1, rows.shape[-1])
    return Named(kept, balls([_logsumexp_row(row) for row in flat], rows.shape[:-1]))


def _logsumexp_row(row: Balls) -> arb:
    present = [t.mid() for t in row if not is_masked(t)]
    if not present:
        return _MINUS_INFINITY
    shift = max(present)
    total: arb = sum(((t - shift).exp() for t in row), arb(0))
    return arb(shift + total.log())
