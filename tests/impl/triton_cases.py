"""Inputs for the Triton kernels, by what is asked: scores, layers, extremes, a textbook layer of several blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from attnproof.derivations.kernels.exponential import exponential
from attnproof.derivations.kernels.ranges import SPARE

Array = np.ndarray[Any, np.dtype[Any]]
DTYPES = ("float32", "float64")
HALVES = ("bfloat16", "float16")
HEIGHTS = (-1e4, -float(np.finfo(np.float32).max))
LAYERS: dict[str, dict[str, Any]] = {
    "plain": {},
    "spread": {"spread": 8.0},
    "masked": {"masked": True},
    "capped": {"softcap": 1.5, "masked": True},
    "bent": {"softcap": 0.0625},
}
HOSTILE = (
    "plain",
    "opposite",
    "beyond",
    "edges",
    "past the edge",
    "saturated",
    "no v",
    "huge v",
    "fold 6",
    "fold 4",
    "fold 3",
    "fold 2",
)
UNITS = 12  # of the hostile inputs: three groups
CLOSE = {"float32": 61.0, "float64": 500.0}  # beyond the exponentials' range


@dataclass(frozen=True)
class Request:
    """What the other process is asked for.

    dtype    of the tensors there; the arrays hold numbers of that dtype
    arrays   arguments by name; ``grad_context`` and ``grad_log_sum_exp`` are the seeds of the gradients
    options  ``causal``; ``only_scores``; ``broadcast``: expand value's batch without a copy;
             ``twice``: compare with ``attention_backward``
    """

    dtype: str
    arrays: Mapping[str, Array]
    options: Mapping[str, Any] = field(default_factory=dict)


def limit(dtype: str) -> float:
    """The largest |a| that has an exponential."""
    return exponential(dtype).edge / 2


def most(dtype: str) -> float:
    """The largest product of 1 + AB that a folded form may have, ``‖v‖₁ <= 1``."""
    return 2.0 ** (exponential(dtype).largest - SPARE)


def hostile(name: str, dtype: str) -> dict[str, Array]:
    """Pre-activations of queries (6) and keys (9) as queries and keys, unit matrices, and v."""
    rng = np.random.default_rng(3)
    kind = np.dtype(dtype).type
    edge = kind(limit(dtype))
    a, b, v = rng.standard_normal((6, UNITS)), rng.standard_normal((9, UNITS)), rng.standard_normal(UNITS)
    match name:
        case "opposite":  # a + b about 0, sizes from nothing to the format's limit
            sizes = np.array([1e-30, 1e-9, 0.3, 1.02 * edge, CLOSE[dtype], float(np.finfo(kind).max) / 4])
            a = sizes[:, None] * rng.choice([-1.0, 1.0], (6, UNITS))
            b = np.concatenate([-a, np.nextafter(-a.astype(kind), kind(0))[:3].astype(float)])
        case "beyond":  # both exponentials leave the format, their product does not
            a = CLOSE[dtype] * rng.choice([-1.0, 1.0], (6, UNITS))
            b = np.concatenate([-a, -a[:3]])
        case "edges":  # of the exponentials' range; in the first group alone
            a[:3, :4] = np.array([np.nextafter(edge, kind(0)), edge, np.nextafter(edge, kind(np.inf))])[:, None]
            b[:6, :4] = -a[:, :4]
        case "past the edge":  # where the exponential's 2^k would have the wrong sign, and no other number is large
            a[3, :4], b[3, :4] = 1.05 * edge, -1.05 * edge
        case "fold 6" | "fold 4" | "fold 3" | "fold 2":
            # as many factors 1 + e^{2(a + b)} of the first group reach the limit; one more rounding is beyond it
            size = np.log(most(dtype)) / (4 * int(name[-1]))
            a[:, :4], b[:, :4] = size, size
            a[0, :4] = np.nextafter(kind(size), kind(np.inf))
        case "saturated":
            a, b = 20 * a, 20 * b
        case "no v":
            v[::2] = 0
        case "huge v":
            v = v * 1e30
    one = np.eye(UNITS, dtype=dtype)  # projects exactly
    return {"query": a.astype(kind), "key": b.astype(kind), "weight_query": one, "weight_key": one, "v": v.astype(kind)}


def layer(
    dtype: str,
    n_q: int,
    n_k: int,
    *,
    spread: float = 1.0,
    masked: bool = False,
    softcap: float | None = None,
    narrow: bool = False,
) -> dict[str, Array]:
    """Inputs of ragged sizes with numbers of float32 (``narrow``: of bfloat16 and float16); the bias is there so that
    its gradient is.
    """
    rng = np.random.default_rng(5)
    shapes = {
        "query": (n_q, 3),
        "key": (n_k, 4),
        "value": (n_k, 5),
        "weight_query": (7, 3),
        "weight_key": (7, 4),
        "v": (7,),
    }
    shapes["grad_context"] = (n_q, 5)
    if softcap is not None:
        shapes["bias_hidden"] = (7,)
    found = {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
    found["query"] *= np.float32(spread)
    found["key"] *= np.float32(spread)
    if narrow:
        found = {name: (np.round(x * 32) / 32).astype(np.float32) for name, x in found.items()}
    found["bias"] = np.zeros((n_q, n_k), np.float32)
    if masked:
        found["bias"][rng.random((n_q, n_k)) < 0.4] = -np.inf
        found["bias"][1] = -np.inf
    if softcap is not None:
        found["softcap"] = np.asarray(softcap, np.float32)
    return {name: x.astype(dtype) for name, x in found.items()}


def low_logits(dtype: str, height: float) -> dict[str, Array]:
    """Some rows have one very low number instead of a bias."""
    found = layer(dtype, 5, 20)
    found["bias"][1::2] = height
    return found


def tiny_cap(dtype: str) -> dict[str, Array]:
    """A soft-cap in whose units every score overflows."""
    found = layer(dtype, 3, 4)
    return found | {"softcap": np.asarray(np.finfo(dtype).smallest_subnormal), "grad_context": np.ones((3, 5), dtype)}


def large_v(dtype: str, keys: int) -> dict[str, Array]:
    """Every score is −‖v‖₁, and −2 Σ v f twice as large, beyond the largest number."""
    one, rows = np.eye(2, dtype=dtype), np.zeros((3, 2), dtype)
    v = np.full(2, np.finfo(dtype).max / np.dtype(dtype).type(2) * np.dtype(dtype).type(0.9))
    value = np.arange(keys, dtype=dtype)[:, None]
    arrays = {
        "query": rows,
        "key": np.full((keys, 2), -100, dtype),
        "value": value,
        "weight_query": one,
        "weight_key": one,
    }
    return arrays | {"v": v, "grad_context": np.ones((3, 1), dtype)}


def wide() -> dict[str, Array]:
    """Values of more columns than a program takes, one query, one key more than a tile has."""
    draw = np.random.default_rng(10).standard_normal
    shapes = {
        "query": (1, 3),
        "key": (33, 4),
        "value": (33, 130),
        "weight_query": (2, 3),
        "weight_key": (2, 4),
        "v": (2,),
    }
    return {name: draw(shape).astype(np.float32) for name, shape in (shapes | {"grad_context": (1, 130)}).items()}


def textbook_inputs() -> dict[str, Array]:
    """Several blocks and tiles, two heads, everything ragged; keys without a batch axis, values of one head for
    both.
    """
    draw = np.random.default_rng(8).standard_normal
    shapes = {
        "query": (2, 33, 6),
        "key": (40, 8),
        "value": (1, 40, 5),
        "weight_query": (3, 6),
        "weight_key": (3, 8),
        "v": (3,),
    }
    return {
        name: draw(shape)
        for name, shape in (shapes | {"grad_context": (2, 33, 5), "grad_log_sum_exp": (2, 33)}).items()
    }


VISIBLE = np.random.default_rng(9).random((33, 40)) < 0.6
VISIBLE[:, 0] = True
BELOW = np.tri(33, 40, dtype=bool)
SEEN = {"all": np.ones_like(BELOW), "causal": BELOW, "both": VISIBLE & BELOW}


def textbook(name: str) -> Request:
    arrays = textbook_inputs()
    if name == "both":
        arrays["mask"] = VISIBLE
    options = {"causal": name != "all", "broadcast": name == "all", "twice": name == "both"}
    return Request("float64", arrays, options)
