"""The softmax and the log-sum-exp in ball arithmetic."""

from __future__ import annotations

from flint import arb

from attnproof.verify.oracle.named import Balls, balls

_MINUS_INFINITY = arb("-inf")


def is_masked(logit: arb) -> bool:
    """Exactly −∞. (The opposite is ``not is_masked``: of NaN, arb denies both ``==`` and ``!=``.)"""
    return bool(logit == _MINUS_INFINITY)


def softmax(logits: Balls) -> Balls:
    """``exp(t) / Σ exp(t)`` along the last axis, with exact zeros at ``t = −∞`` and in rows that are −∞ throughout.

    Each row is shifted by the midpoint of its largest logit. The shift is an exact number, under which the quotient
    does not change, so this costs no accuracy; without it exp overflows at |t| ~ 1e308 unless the precision is high.
    """
    flat = logits.reshape(-1, logits.shape[-1])
    return balls([w for row in flat for w in _softmax_row(row)], logits.shape)


def _softmax_row(row: Balls) -> list[arb]:
    present = [t.mid() for t in row if not is_masked(t)]
    if not present:
        return [arb(0)] * len(row)  # fully masked: declared, see the case's contract
    shift = max(present)
    numerators = [(t - shift).exp() for t in row]
    inverse = 1 / sum(numerators, arb(0))
    return [x * inverse for x in numerators]


def logsumexp(logits: Balls) -> Balls:
    """``log Σ exp(t)`` along the last axis, shifted by the midpoint of the row's largest logit; −∞ where all of a row
    are −∞.
    """
    flat = logits.reshape(-1, logits.shape[-1])
    return balls([_logsumexp_row(row) for row in flat], logits.shape[:-1])


def _logsumexp_row(row: Balls) -> arb:
    present = [t.mid() for t in row if not is_masked(t)]
    if not present:
        return _MINUS_INFINITY
    shift = max(present)
    total: arb = sum(((t - shift).exp() for t in row), arb(0))
    return arb(shift + total.log())
