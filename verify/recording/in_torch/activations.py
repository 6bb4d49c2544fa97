"""Activation functions, forward and backward, as their kernels compute them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from attnproof.verify.recording.in_torch.choices import bounded
from attnproof.verify.recording.in_torch.writer import Writer, rule
from attnproof.verify.recording.recording import Ids

CUBIC = 0.044715  # of x³ in the approximation of GELU by tanh


def _where(w: Writer, x: Ids, condition: Any, yes: Ids, no: Ids) -> Ids:
    w.choose("compare", x, condition)
    return np.where(condition, yes, no)


def _approximate(w: Writer, x: Ids) -> tuple[Ids, Ids]:
    """Gives tanh(√(2/π) (x + 0.044715 x³)) and x²."""
    square = w.op("mul", x, x)
    cubic = w.op("mul", w.op("mul", square, x), w.constant(CUBIC))
    return w.op("tanh", w.op("mul", w.op("add", x, cubic), w.constant(math.sqrt(2 / math.pi)))), square


@rule("gelu")
def _gelu(w: Writer, x: Any, approximate: str = "none") -> Ids:
    """Half of x (1 + erf(x / √2)), or with tanh in the place of erf."""
    ids = w.of(x)
    if approximate == "tanh":
        inside = _approximate(w, ids)[0]
    else:
        inside = w.op("erf", w.op("mul", ids, w.constant(math.sqrt(0.5))))
    return w.op("mul", w.op("mul", ids, w.constant(0.5)), w.op("add", w.constant(1.0), inside))


@rule("gelu_backward")
def _gelu_backward(w: Writer, seed: Any, x: Any, approximate: str = "none") -> Ids:
    ids, g, half, one = w.of(x), w.of(seed), w.constant(0.5), w.constant(1.0)
    if approximate == "tanh":
        inside, square = _approximate(w, ids)
        slope = w.op(
            "mul", w.op("add", w.op("mul", square, w.constant(3 * CUBIC)), one), w.constant(math.sqrt(2 / math.pi))
        )
        rest = w.op("mul", w.op("mul", w.op("sub", one, w.op("mul", inside, inside)), slope), w.op("mul", ids, half))
    else:
        inside = w.op("erf", w.op("mul", ids, w.constant(math.sqrt(0.5))))
        bell = w.op("exp", w.op("mul", w.op("mul", ids, ids), w.constant(-0.5)))
        rest = w.op("mul", ids, w.op("mul", bell, w.constant(1 / math.sqrt(2 * math.pi))))
    return w.op("mul", g, w.op("add", w.op("mul", half, w.op("add", one, inside)), rest))


@rule("silu")
def _silu(w: Writer, x: Any) -> Ids:
    return w.op("mul", w.of(x), w.op("sigmoid", w.of(x)))


@rule("silu_backward")
def _silu_backward(w: Writer, seed: Any, x: Any) -> Ids:
    gate = w.op("sigmoid", w.of(x))
    rest = w.op("mul", w.of(x), w.op("sub", w.constant(1.0), gate))
    return w.op("mul", w.of(seed), w.op("mul", gate, w.op("add", w.constant(1.0), rest)))


@rule("softplus")
def _softplus(w: Writer, x: Any, beta: Any = 1, threshold: Any = 20) -> Ids:
    ids = w.of(x)
    scaled = ids if beta == 1 else w.op("mul", ids, w.of(beta))
    soft = w.op("log1p", w.op("exp", scaled))
    soft = soft if beta == 1 else w.op("div", soft, w.of(beta))
    return _where(w, ids, w.values(scaled) > float(threshold), ids, soft)


@rule("softplus_backward")
def _softplus_backward(w: Writer, seed: Any, x: Any, beta: Any, threshold: Any) -> Ids:
    ids, g = w.of(x), w.of(seed)
    scaled = ids if beta == 1 else w.op("mul", ids, w.of(beta))
    return _where(w, ids, w.values(scaled) > float(threshold), g, w.op("mul", g, w.op("sigmoid", scaled)))


@rule("log_sigmoid_forward")
def _log_sigmoid(w: Writer, x: Any) -> Any:
    """Gives min(x, 0) − ln(1 + e^−|x|); the second result is a buffer with e^−|x|."""
    ids = w.of(x)
    small = w.op("exp", w.op("neg", np.where(w.values(ids) < 0, w.op("neg", ids), ids)))
    out = w.op("sub", bounded(w, ids, None, w.zero()), w.op("log1p", small))
    return out, (small if w.results[1].numel() else None)


@rule("log_sigmoid_backward")
def _log_sigmoid_backward(w: Writer, seed: Any, x: Any, buffer: Any) -> Ids:  # noqa: ARG001
    return w.op("mul", w.of(seed), w.op("sigmoid", w.op("neg", w.of(x))))


@rule("celu")
def _celu(w: Writer, x: Any, alpha: Any = 1) -> Any:
    return _elu(w, x, alpha, 1, 1 / float(alpha))


@rule("elu")
def _elu(w: Writer, x: Any, alpha: Any = 1, scale: Any = 1, input_scale: Any = 1) -> Any:
    ids, outer = w.of(x), w.of(scale)
    inner = w.op("expm1", w.op("mul", ids, w.of(input_scale)))
    below = w.op("mul", w.op("mul", inner, w.of(alpha)), outer)
    return _where(w, ids, w.values(ids) > 0, w.op("mul", ids, outer), below)


@rule("elu_backward")
def _elu_backward(w: Writer, seed: Any, alpha: Any, scale: Any, input_scale: Any, is_result: bool, x: Any) -> Ids:
    """From x, or from the result y: α e^(x) = y + α."""
    ids, g = w.of(x), w.of(seed)
    above = w.op("mul", g, w.of(scale))
    if is_result:
        slope = w.op("mul", w.of(input_scale), w.op("add", ids, w.op("mul", w.of(alpha), w.of(scale))))
    else:
        power = w.op("exp", w.op("mul", ids, w.of(input_scale)))
        slope = w.op("mul", w.op("mul", w.of(input_scale), w.of(scale)), w.op("mul", w.of(alpha), power))
    return _where(w, ids, w.values(ids) > 0, above, w.op("mul", g, slope))


@rule("hardshrink_backward", "softshrink_backward")
def _shrink_backward(w: Writer, seed: Any, x: Any, lambd: Any) -> Ids:
    ids = w.of(x)
    return _where(w, ids, np.abs(w.values(ids)) > float(lambd), w.of(seed), w.zero())


@rule("hardtanh_backward")
def _hardtanh_backward(w: Writer, seed: Any, x: Any, low: Any, high: Any) -> Ids:
    ids, g = w.of(x), w.of(seed)
    outside = (w.values(ids) <= float(low)) | (w.values(ids) >= float(high))
    return _where(w, ids, outside, w.zero(), g)
