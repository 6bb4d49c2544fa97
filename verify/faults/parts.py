"""A correct torch implementation put together from parts, so that a fault and its repaired twin differ in one part
only.

    q, k, V = prepare(…)    q', k' = rotate(q), rotate(k)    e = score(q', k')    u = cap(e)    t = u + bias, −∞ where
                            masked
    α = normalise(t)    ℓ = level(t)    c = combine(α, V)

The parts below are the correct ones. ``assemble()`` is the repaired twin of every fault that does not say otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import torch
from torch import Tensor

from attnproof.verify.targets import Target, torch_target
from attnproof.verify.targets.contract import Contract

TAKES: Final = (
    "bias",
    "mask",
    "causal",
    "scale",
    "softcap",
    "window",
    "lengths",
    "sink",
    "dropout",
    "dropout_rate",
    "slopes",
    "rotary",
    "groups",
)
WITHOUT_SINK: Final = tuple(name for name in TAKES if name != "sink")
FOR_PRODUCTS: Final = ("scale", "rotary")  # what only scores have that are dot products
CONTRACT: Final = Contract(
    masked_row="zero",
    polarity="true attends",
    causal="bottom-right",
    window="both inclusive",
    softcap="cap then mask",
    scale="before the product",
    tanh_derivative="one_minus_tanh2",
    masked_nan="blocked",
    rotary="half-split",
    alibi="distance",
    sink="after the soft-cap",
    dropout="applied",
    groups="consecutive",
    lse_base="e",
    lse_sink="included",
    masked_lse="-inf",
)


def prepare(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Arguments as they come."""
    return query, key, value


def spread(heads: int, array: Tensor) -> Tensor:
    """Keys or values with a head for each of the queries' heads, each used by several consecutive ones."""
    own = array.shape[-3] if array.ndim > 2 else 1
    return array.repeat_interleave(heads // own, -3) if 1 < own < heads else array


def rotate(features: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Features g and d/2 + g turned by an angle of their own at each position."""
    first, second = features.chunk(2, -1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


def alibi(scores: Tensor, slopes: Tensor) -> Tensor:
    """``−m |i − j|``, a slope for each head; the last query stands where the last key does."""
    n_q, n_k = scores.shape[-2:]
    rows = torch.arange(n_q, device=scores.device)[:, None] + (n_k - n_q)
    distance = (rows - torch.arange(n_k, device=scores.device)[None, :]).abs()
    return -slopes[:, None, None] * distance.to(scores.dtype)


def scaled(query: Tensor, key: Tensor, scale: float | None) -> Tensor:
    """``scale · q kᵀ``, 1/√d by default. The query is scaled first, so that half precision overflows late."""
    factor = query.shape[-1] ** -0.5 if scale is None else scale
    return (query * factor) @ key.mT


def hidden(query: Tensor, key: Tensor, w_s: Tensor, w_h: Tensor, bias_hidden: Tensor | None) -> Tensor:
    """``W_s q + W_h k + b``."""
    found = (query @ w_s.mT)[..., :, None, :] + (key @ w_h.mT)[..., None, :, :]
    return found if bias_hidden is None else found + bias_hidden


def additive_with(function: Callable[[Tensor], Tensor]) -> Callable[..., Tensor]:
    """``Σ_a v_a f(W_s q + W_h k + b)``: the additive score where f is tanh."""

    def score(query: Tensor, key: Tensor, w_s: Tensor, w_h: Tensor, v: Tensor, bias_hidden: Tensor | None) -> Tensor:
        return function(hidden(query, key, w_s, w_h, bias_hidden)) @ v

    return score


additive: Final = additive_with(torch.tanh)


def both_ends(window: int | tuple[int, int]) -> tuple[int, int]:
    """How far a window reaches to either side; a negative number has no end."""
    return window if isinstance(window, tuple) else (window, window)


def visible(
    scores: Tensor,
    mask: Tensor | None,
    causal: bool,
    window: int | tuple[int, int] | None,
    lengths: Tensor | None,
) -> Tensor | None:
    """Which keys each query may see, boolean (…, n_q, n_k); None: all. Causal to the bottom right."""
    n_q, n_k = scores.shape[-2:]
    allowed: Tensor | None = None
    rows = torch.arange(n_q, device=scores.device)[:, None] + (n_k - n_q)
    columns = torch.arange(n_k, device=scores.device)[None, :]
    if causal:
        allowed = columns <= rows
    if window is not None:
        left, right = (float("inf") if end < 0 else end for end in both_ends(window))
        near = (rows - columns <= left) & (columns - rows <= right)
        allowed = near if allowed is None else allowed & near
    if lengths is not None:
        # One for each element of the first axis of the batch, be there heads or not.
        present = columns < lengths.reshape(lengths.shape + (1,) * (scores.ndim - lengths.ndim))
        allowed = present if allowed is None else allowed & present
    if mask is not None:
        allowed = mask if allowed is None else allowed & mask
    return allowed


def logits(scores: Tensor, softcap: float | None, bias: Tensor | None, allowed: Tensor | None) -> Tensor:
    """Soft-cap, then bias, then mask. A bias of −∞ is a mask: were it added, a NaN score would stay NaN."""
    capped = scores if softcap is None else softcap * torch.tanh(scores / softcap)
    shifted = capped
    if bias is not None:
        shifted = torch.where(torch.isneginf(bias), -torch.inf, capped + bias.to(capped.dtype))
    return shifted if allowed is None else shifted.masked_fill(~allowed, -torch.inf)


def where_keys(values: Tensor, function: Callable[[Tensor], Tensor], dim: int = -1) -> Tensor:
    """``function`` of the values; zeros where a whole row is −∞, which is kept out of it, and of gradients."""
    dead = torch.isneginf(values).all(dim, keepdim=True)
    return torch.where(dead, 0.0, function(torch.where(dead, 0.0, values)))


def normalise(values: Tensor, sink: Tensor | None) -> Tensor:
    """Softmax over the keys; a row without any key gets zeros. A sink takes its share of the weight and has no
    value.
    """
    if sink is None:
        return where_keys(values, lambda safe: safe.softmax(-1))
    place = sink.to(values.dtype).expand_as(values[..., :1])
    return where_keys(values, lambda safe: torch.cat([safe, place], -1).softmax(-1)[..., :-1])


def level(values: Tensor, sink: Tensor | None) -> Tensor:
    """Natural log-sum-exp over the keys and the sink; −∞ where there is neither."""
    if sink is not None:
        values = torch.cat([values, sink.to(values.dtype).expand_as(values[..., :1])], -1)
    dead = torch.isneginf(values).all(-1)
    safe = torch.where(dead[..., None], 0.0, values)
    return torch.where(dead, -torch.inf, safe.logsumexp(-1))


def rescaled(dropout: Tensor, rate: float) -> Tensor:
    """What is kept weighs 1/(1 − p) times as much."""
    return dropout / (1.0 - rate)


def combine(weights: Tensor, value: Tensor, dropout: Tensor | None) -> Tensor:
    """``Σ_j α_ij V_jp``; what has weight 0 for every query does not take part, were it NaN."""
    kept = weights if dropout is None else weights * dropout
    used = (kept != 0).any(-2)[..., None]
    return kept @ torch.where(used, value, 0.0)


def assemble(
    *,
    prepare: Callable[..., Any] = prepare,
    score: Callable[..., Tensor] | None = None,
    visible: Callable[..., Tensor | None] = visible,
    logits: Callable[..., Tensor] = logits,
    normalise: Callable[..., Tensor] = normalise,
    combine: Callable[..., Tensor] = combine,
    spread: Callable[..., Tensor] = spread,
    rotate: Callable[..., Tensor] = rotate,
    alibi: Callable[..., Tensor] = alibi,
    rescaled: Callable[..., Tensor] = rescaled,
    level: Callable[..., Tensor] | None = None,
    family: str = "scaled_dot",
) -> Callable[..., Any]:
    """A function ``f(query, key, value, …) -> context`` of tensors, or ``-> (context, lse)`` where there is a
    ``level``.
    """
    scoring: Callable[..., Tensor] = score or (additive if family == "additive" else scaled)

    def attention(
        query: Tensor,
        key: Tensor,
        value: Tensor,
        *,
        bias: Tensor | None = None,
        mask: Tensor | None = None,
        causal: bool = False,
        scale: float | None = None,
        softcap: Tensor | None = None,
        window: int | tuple[int, int] | None = None,
        lengths: Tensor | None = None,
        sink: Tensor | None = None,
        dropout: Tensor | None = None,
        dropout_rate: float | None = None,
        slopes: Tensor | None = None,
        cos_query: Tensor | None = None,
        sin_query: Tensor | None = None,
        cos_key: Tensor | None = None,
        sin_key: Tensor | None = None,
        **parameters: Tensor,
    ) -> Any:
        q, k, v = prepare(query, key, value)
        if q.ndim > 2:
            k, v = spread(q.shape[-3], k), spread(q.shape[-3], v)
        if cos_query is not None:
            q, k = rotate(q, cos_query, sin_query), rotate(k, cos_key, sin_key)
        if family == "additive":
            scores = scoring(
                q,
                k,
                parameters["weight_query"],
                parameters["weight_key"],
                parameters["v"],
                parameters.get("bias_hidden"),
            )
        else:
            scores = scoring(q, k, scale)
        if slopes is not None:
            positional = alibi(scores, slopes)
            bias = positional if bias is None else bias + positional
        if dropout is not None and dropout_rate is not None:
            dropout = rescaled(dropout, dropout_rate)
        values = logits(scores, softcap, bias, visible(scores, mask, causal, window, lengths))
        context = combine(normalise(values, sink), v, dropout)
        return context if level is None else (context, level(values, sink))

    return attention


def target(name: str, function: Callable[..., Any], family: str = "scaled_dot", **declared: Any) -> Target:
    """The function as a target with the contract and the arguments of the correct one."""
    takes = TAKES if family != "additive" else (*(f for f in TAKES if f not in FOR_PRODUCTS), "bias_hidden")
    return torch_target(name, family, function, **({"takes": takes, "contract": CONTRACT} | declared))
