"""The rule for the softmax with its row maximum subtracted.

    m̂ = max_l t̂_l,   p̂_j = exp(t̂_j − m̂),   ŝ = Σ p̂_l,   α̂_j = p̂_j / ŝ            from logits |t̂_j − t_j| ≤ E_j

*Exponents.* The maximum is exact. The difference is rounded, (t̂_j − m̂)(1 + δ): its absolute error, at most
``g_j = ARGUMENT_ROUNDINGS u |t̂_j − m̂|``, shifts the exponent, and so does exp's relative error ε:
``−log1p(−ε) ≥ log1p(ε)``. So p̂_j = exp(t_j − m̂ + d_j) with ``|d_j| ≤ D_j = E_j + g_j − log1p(−ε)``, apart from what
underflows. For a whole difference that overflows to −∞, exp gives 0: that is part of what underflows.

*Quotient.* exp(−m̂) cancels. The largest value of ``α_j e^{d_j} / Σ_l α_l e^{d_l}`` over all admissible d has d_j = D_j
and d_l = −D_l elsewhere, the smallest the opposite; written without cancellation,

    up:    α_j Σ_{l≠j} α_l (e^{D_j} − e^{−D_l}) / (α_j e^{D_j} + Σ_{l≠j} α_l e^{−D_l})
    down:  α_j Σ_{l≠j} α_l (e^{D_l} − e^{−D_j}) / (α_j e^{−D_j} + Σ_{l≠j} α_l e^{D_l})

(for D_l = D small: at most 2 α_j (1 − α_j) D, which is why saturated rows are accurate).

*Rounding.* Sum of n positive terms: relative, n − 1 roundings in whatever order, fewer in a declared one; a quotient,
or a reciprocal and a product. *Underflow.* exp loses at most ω absolutely; the largest p̂ is exp(0), so ŝ ≥ (1 − ε),
and ω costs ω/ŝ in α_j and n ω/ŝ relative in ŝ. The quotient loses η.
*Cap.* ŝ ≥ p̂_j up to rounding, so α̂_j ≤ 1 + rounding whatever the logits were: the bound never exceeds that.
*Fused kernels* merge tiles of keys: each merge costs one more exp and one more product. The exponents add up to t_j −
m̂ (telescoping), so g_j stays. In their backward pass α̂_j = exp(t̂_j − L̂) with the log-sum-exp L: see
``from_logsumexp``.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from attnproof.verify.arithmetic.backends import OWN, Arithmetic
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.bounds.operand import Operand
from attnproof.verify.bounds.rounding import UP, Mask, below, compound, growth, underflow, up

# The difference; where exp is evaluated as exp2, also the product with log2 e, and that constant.
ARGUMENT_ROUNDINGS: Final = 3
# A quotient, or a reciprocal and a product; one more, in fused kernels, for rounding p̂ to the format before the sum
# with V.
QUOTIENT_ROUNDINGS: Final = 3
# A row with a larger shift gets the cap; e^600 is far from float64's overflow, and see ``rounding`` for the evaluation.
LARGEST_EXPONENT: Final = 600.0


def softmax_rule(logits: Operand, arithmetic: Arithmetic, *, recomputed: bool = False) -> Operand:
    """Softmax over the last axis of ``logits``; masked keys have weight exactly 0, and so have rows without any key.

    recomputed: bound the weights that a fused kernel's backward pass recomputes from the log-sum-exp.
    """
    allowed = np.ones(logits.value.shape, bool) if logits.masked is None else ~logits.masked
    value = _softmax(logits.value, allowed)
    radius = np.where(allowed, _own_radius(logits, value, allowed), 0.0)
    size = np.where(allowed, np.minimum((value + radius) * UP, 1.0), 0.0)
    least = np.where(allowed, below(value, radius), 0.0)
    error = np.where(allowed, _error(logits, size, least, allowed, arithmetic, recomputed=recomputed), 0.0)
    return Operand(logits.labels, value, radius, error, size)


def _softmax(logits: Array, allowed: Mask) -> Array:
    shift = np.max(np.where(allowed, logits, -np.inf), axis=-1, keepdims=True)
    powers = np.where(allowed, np.exp(np.where(allowed, logits - np.where(np.isfinite(shift), shift, 0.0), 0.0)), 0.0)
    total = np.sum(powers, axis=-1, keepdims=True)
    return np.asarray(powers / np.where(total > 0, total, 1.0))


def exponent_errors(logits: Operand, error: Array, allowed: Mask, backend: Arithmetic, exps: int) -> Array:
    """D_j: largest shift of the exponent of each key, with ``exps`` evaluations of exp behind each weight."""
    u = backend.format.unit_roundoff
    highest = _highest(logits, error, allowed)
    with np.errstate(all="ignore"):
        gap = highest - logits.value + logits.radius + error
        gap = gap + 2.0**-50 * (np.abs(highest) + np.abs(logits.value))  # the subtraction may cancel; see ``up``
    relative = backend.softmax_exp.relative * u
    of_exp = -np.log1p(-relative) if relative < 1.0 else np.inf
    return np.asarray((error + ARGUMENT_ROUNDINGS * u * gap * UP + exps * of_exp) * UP)


def _highest(logits: Operand, error: Array, allowed: Mask) -> Array:
    """An upper bound of the row maximum of the computed logits."""
    return np.asarray(
        np.max(
            np.where(allowed, logits.value + logits.radius + error, -np.inf), axis=-1, keepdims=True, initial=-np.inf
        )
    )


def _own_radius(logits: Operand, value: Array, allowed: Mask) -> Array:
    """|x̃ − α| from x̃ alone: α_j/x̃_j lies between e^{∓(D_j + max D)} times the roundings, whichever of the two is
    exact.
    """
    n = logits.value.shape[-1]
    shift = exponent_errors(logits, logits.radius, allowed, OWN, 1)
    largest = np.max(np.where(allowed, shift, 0.0), axis=-1, keepdims=True, initial=0.0)
    exponent = shift + largest + np.log1p(growth(OWN, n + QUOTIENT_ROUNDINGS, 0))
    omega = (n + 1) * (OWN.softmax_exp.absolute + 1.0) * underflow(OWN)
    with np.errstate(over="ignore"):
        moved = (value + omega) * np.expm1(np.minimum(exponent, LARGEST_EXPONENT)) * UP + omega
    return np.where(exponent < LARGEST_EXPONENT, np.minimum(up(moved, n), 1.0), 1.0)


def _error(
    logits: Operand, size: Array, least: Array, allowed: Mask, backend: Arithmetic, *, recomputed: bool
) -> Array:
    n = logits.value.shape[-1]
    if not np.isfinite(backend.softmax_exp.relative):
        return np.full_like(size, np.inf)
    merges = -(-n // backend.tile) - 1 if backend.tile is not None else 0
    shift = exponent_errors(logits, logits.error, allowed, backend, 1 + merges)
    if recomputed:
        shift = shift + _logsumexp_error(logits, allowed, backend)
    exponent = np.where(allowed, np.minimum(shift, LARGEST_EXPONENT), 0.0)
    moved = np.maximum(
        _deviation(size, least, exponent, -exponent, recomputed=recomputed),
        _deviation(size, least, -exponent, exponent, recomputed=recomputed),
    )
    relative = backend.softmax_exp.relative * backend.format.unit_roundoff
    omega = (backend.softmax_exp.absolute + merges + 1.0) * underflow(backend)
    with np.errstate(all="ignore"):
        lost = omega / max(1.0 - relative, 0.0) if relative < 1.0 else np.inf  # ω / ŝ, and n ω / ŝ relative in the sum
    rounding = compound(
        growth(backend, QUOTIENT_ROUNDINGS + merges, 0),
        growth(backend, 1 + merges, backend.order.count(n)),
        2.0 * n * lost,
    )
    cap = np.maximum(size, 1.0) * (1.0 + rounding)
    bound = up(moved + rounding * (size + moved) + lost * (1.0 + rounding) + underflow(backend), n)
    beyond = np.any(np.where(allowed, ~(shift < LARGEST_EXPONENT), False), axis=-1, keepdims=True)
    usable = np.all(np.where(allowed, np.isfinite(logits.error), True), axis=-1, keepdims=True)
    capped = np.where(beyond, cap, np.minimum(bound, cap))
    if recomputed:  # nothing normalises what is recomputed, so no cap
        capped = np.where(beyond, np.inf, bound)
    too_long = n * (1.0 + rounding) > backend.format.max  # the sum itself
    reliable = np.isfinite(rounding) and n * lost <= 0.5  # so that 1 / (1 − n lost) ≤ 1 + 2 n lost above
    return np.where(usable & reliable & (not too_long), capped, np.inf)


def _deviation(size: Array, least: Array, own: Array, other: Array, *, recomputed: bool) -> Array:
    """``α_j Σ_l α_l |e^{own_j} − e^{other_l}| / (α_j e^{own_j} + Σ_{l≠j} α_l e^{other_l})``, from bounds of α on both
    sides.

    own and other have opposite signs, so the difference of the exponentials is a sum of two |expm1|. l = j takes part
    only where the weight is recomputed: then the normaliser has an α_j of its own, with its own error.
    """
    rest = _others if not recomputed else _total
    difference = np.abs(np.expm1(own)) * rest(size) + rest(size * np.abs(np.expm1(other)))
    normaliser = rest(least * np.exp(other)) + (0.0 if recomputed else least * np.exp(own))
    with np.errstate(all="ignore"):
        ratio = size * difference / normaliser
    return np.where(size > 0, np.where(normaliser > 0, ratio * UP, np.inf), 0.0)


def _total(terms: Array) -> Array:
    return np.asarray(np.sum(terms, axis=-1, keepdims=True))


def _others(terms: Array) -> Array:
    """``Σ_{l≠j} terms_l`` along the last axis, without subtraction: sums from the left and from the right."""
    zero = np.zeros_like(terms[..., :1])
    left = np.concatenate([zero, np.cumsum(terms, axis=-1)[..., :-1]], axis=-1)
    right = np.concatenate([np.cumsum(terms[..., ::-1], axis=-1)[..., ::-1][..., 1:], zero], axis=-1)
    return np.asarray(left + right)


def _logsumexp_error(logits: Operand, allowed: Mask, backend: Arithmetic) -> Array:
    """How far L̂ = m̂ + log ŝ, and the difference t̂_j − L̂, may be off, beyond what the quotient's rule already
    counts.

    log ŝ: ŝ ∈ [1, n] has the relative error of the sum, which becomes absolute; log errs relative to ``log ŝ ≤ log n``;
    the sum is rounded, u |L̂|; so is the difference, u |t̂_j − L̂| ≤ u (|t̂_j − m̂| + log n). The logits are computed a
    second time, with errors of their own: ``_deviation`` takes care of that.
    """
    n = logits.value.shape[-1]
    u = backend.format.unit_roundoff
    spread = np.log(n) + 1.0
    highest = _highest(logits, logits.error, allowed)
    lowest = np.max(np.where(allowed, logits.value - logits.radius - logits.error, -np.inf), axis=-1, keepdims=True)
    with np.errstate(all="ignore"):
        level = np.maximum(np.abs(highest), np.abs(np.where(np.isfinite(lowest), lowest, 0.0))) + spread
    of_log = backend.log.relative * u * spread + backend.log.absolute * underflow(backend)
    of_sum = np.log1p(growth(backend, 1, backend.order.count(n) + 1))
    return np.asarray((2.0 * u * level + ARGUMENT_ROUNDINGS * u * spread + of_log + of_sum) * UP)
