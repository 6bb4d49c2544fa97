"""The rule for the log-sum-exp with its row maximum subtracted.

    m̂ = max_l t̂_l,   ŝ = Σ exp(t̂_l − m̂),   L̂ = m̂ + log ŝ            from logits |t̂_l − t_l| ≤ E_l

*Exponents.* As in ``softmax``: ŝ e^m̂ = Σ exp(t_l + d_l) with |d_l| ≤ D_l. A log-sum-exp moves by at most the largest
move of its arguments, so the exponents cost ``max_l D_l``.
*Sum.* Relative errors of ŝ become absolute ones of its logarithm: n − 1 roundings (fewer in a declared order), and what
exp loses to underflow, n ω/ŝ with ŝ ≥ 1 − ε. *Logarithm.* Relative to ``log ŝ ≤ log n``. *Last sum.* One rounding of a
result of at most ``max|t̂| + log n``. A row whose keys are all masked has −∞, without any error.
"""

from __future__ import annotations

import numpy as np

from attnproof.verify.arithmetic.backends import OWN, Arithmetic
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.bounds.operand import Operand
from attnproof.verify.bounds.rounding import UP, Mask, growth, underflow, up
from attnproof.verify.bounds.softmax import exponent_errors


def logsumexp_rule(logits: Operand, arithmetic: Arithmetic) -> Operand:
    """Log-sum-exp over the last axis of ``logits``; rows without any key are −∞ (``masked``)."""
    allowed = np.ones(logits.value.shape, bool) if logits.masked is None else ~logits.masked
    some = np.any(allowed, axis=-1)
    shift = np.max(np.where(allowed, logits.value, -np.inf), axis=-1, initial=-np.inf)
    shift = np.where(some, shift, 0.0)
    powers = np.where(allowed, np.exp(np.where(allowed, logits.value - shift[..., None], 0.0)), 0.0)
    with np.errstate(divide="ignore"):
        value = np.where(some, shift + np.log(np.sum(powers, axis=-1)), 0.0)
    size = np.max(np.where(allowed, np.abs(logits.value) + logits.radius, 0.0), axis=-1, initial=0.0)
    n = logits.value.shape[-1]
    scale = np.where(some, size + np.log(n), 0.0)
    radius = np.where(some, _bound(logits, logits.radius, allowed, size, OWN), 0.0)
    error = np.where(some, _bound(logits, logits.error, allowed, size, arithmetic), 0.0)
    return Operand(logits.labels[:-1], value, radius, error, scale, None if np.all(some) else ~some)


def _bound(logits: Operand, error: Array, allowed: Mask, size: Array, backend: Arithmetic) -> Array:
    n = logits.value.shape[-1]
    u = backend.format.unit_roundoff
    relative = backend.softmax_exp.relative * u
    if not relative < 1.0:
        return np.full(size.shape, np.inf)
    merges = -(-n // backend.tile) - 1 if backend.tile is not None else 0
    moved = np.max(np.where(allowed, exponent_errors(logits, error, allowed, backend, 1 + merges), 0.0), axis=-1)
    omega = (backend.softmax_exp.absolute + merges + 1.0) * underflow(backend)
    lost = n * omega / (1.0 - relative)
    if not lost <= 0.5 or not n * (1.0 + relative) < backend.format.max:
        return np.full(size.shape, np.inf)
    of_sum = np.log1p(growth(backend, 1 + merges, backend.order.count(n))) + 2.0 * lost
    level = size + np.max(np.where(allowed, error, 0.0), axis=-1) + np.log(n) + of_sum + moved
    spread = np.log(n) + of_sum + relative
    of_log = backend.log.relative * u * spread + backend.log.absolute * underflow(backend)
    total = moved + of_sum + of_log + u * (level + of_log) * UP
    return np.where(level > backend.format.max, np.inf, up(total, n))
