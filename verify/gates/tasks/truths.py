"""The true values, by another road: mpmath at 60 digits, on nested lists, element by element from the definitions.

No array library takes part, no maximum is subtracted, and nothing is shared with the plain programs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from mpmath import mp, mpf

DIGITS: Final = 60
Row = Sequence[Any]
Matrix = Sequence[Row]


def precise(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with DIGITS digits, whatever the caller's precision is."""

    def with_digits(*arguments: Any) -> Any:
        with mp.workdps(DIGITS):
            return function(*arguments)

    return with_digits


def batched(function: Callable[..., Any], depth: int, shared: int = 0) -> Callable[..., Any]:
    """Over ``depth`` leading dimensions of all arguments but the last ``shared``."""

    def over(*arguments: Any) -> Any:
        own, others = arguments[: len(arguments) - shared], arguments[len(arguments) - shared :]
        if depth == 0:
            return function(*arguments)
        inner = batched(function, depth - 1, shared)
        return [inner(*each, *others) for each in zip(*own, strict=True)]

    return over


def _dot(first: Row, second: Row) -> Any:
    return mp.fsum(mpf(a) * mpf(b) for a, b in zip(first, second, strict=True))


def _softmax(row: Row) -> list[Any]:
    total = mp.fsum(mp.exp(mpf(x)) for x in row)
    return [mp.exp(mpf(x)) / total for x in row]


def _mixed(scores: Row, value: Matrix) -> list[Any]:
    weights = _softmax(scores)
    return [_dot(weights, [row[p] for row in value[: len(weights)]]) for p in range(len(value[0]))]


@precise
def attention(query: Matrix, key: Matrix, value: Matrix) -> Any:
    """``softmax(q kᵀ/√d) V``."""
    return [_mixed([_dot(q, k) / mp.sqrt(len(q)) for k in key], value) for q in query]


@precise
def causal_attention(query: Matrix, key: Matrix, value: Matrix) -> Any:
    """The same with the keys up to the query alone."""
    return [_mixed([_dot(q, k) / mp.sqrt(len(q)) for k in key[: i + 1]], value) for i, q in enumerate(query)]


@precise
def softmax(x: Row) -> Any:
    """Over the last dimension."""
    return _softmax(x)


@precise
def layer_norm(x: Row, gain: Row, offset: Row) -> Any:
    """Over the last dimension."""
    mean = mp.fsum(map(mpf, x)) / len(x)
    deviation = mp.sqrt(mp.fsum((mpf(each) - mean) ** 2 for each in x) / len(x) + mpf("1e-5"))
    return [(mpf(each) - mean) / deviation * mpf(g) + mpf(o) for each, g, o in zip(x, gain, offset, strict=True)]


@precise
def rms_norm(x: Row, gain: Row) -> Any:
    """Over the last dimension."""
    size = mp.sqrt(_dot(x, x) / len(x) + mpf("1e-5"))
    return [mpf(each) * mpf(g) / size for each, g in zip(x, gain, strict=True)]


@precise
def mlp(x: Row, weight_in: Matrix, bias_in: Row, weight_out: Matrix, bias_out: Row) -> Any:
    """Two layers with GELU between them."""
    hidden = [_dot(row, x) + mpf(b) for row, b in zip(weight_in, bias_in, strict=True)]
    gated = [h * mp.ncdf(h) for h in hidden]
    return [_dot(row, gated) + mpf(b) for row, b in zip(weight_out, bias_out, strict=True)]


@precise
def log_sum_exp(x: Row) -> Any:
    """Over the last dimension."""
    return mp.log(mp.fsum(mp.exp(mpf(each)) for each in x))


@precise
def cross_entropy(logits: Matrix, target: Sequence[int]) -> Any:
    """The mean over the rows."""
    return -mp.fsum(mp.log(_softmax(row)[t]) for row, t in zip(logits, target, strict=True)) / len(target)


@precise
def additive_attention(query: Matrix, key: Matrix, value: Matrix, w_s: Matrix, w_h: Matrix, v: Row) -> Any:
    """``softmax(vᵀ tanh(W_s q + W_h k)) V``."""

    def score(q: Row, k: Row) -> Any:
        return _dot(v, [mp.tanh(_dot(s, q) + _dot(h, k)) for s, h in zip(w_s, w_h, strict=True)])

    return [_mixed([score(q, k) for k in key], value) for q in query]


@precise
def rotary(x: Row, cosine: Row, sine: Row) -> Any:
    """Feature g and d/2 + g as the parts of a complex number, times cos + i sin."""
    turned = [
        mp.mpc(x[g], x[len(cosine) + g]) * mp.mpc(c, s) for g, (c, s) in enumerate(zip(cosine, sine, strict=True))
    ]
    return [z.real for z in turned] + [z.imag for z in turned]
