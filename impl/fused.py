"""One door to the fused kernels: attention that keeps no ``n_q × n_k`` array, for every score that a kernel serves.

Multiplicative scores are dot scores of projected queries, ``(q W)·k``, so torch's ``scaled_dot_product_attention``
serves them; there is little left to win, but with a soft-cap or a bias that needs a gradient, which it does not fuse on
the CPU. Additive scores have kernels generated here: Numba's on the CPU, Triton's on CUDA; the concat score is the
additive one with its matrix cut in two. A user's score, ``file.py:name``, gets a kernel for the CPU from its equations
(``attnproof.impl.codegen.targets.fused.pairs``). ``way`` says which kernel serves a call, or why none does: what has no
kernel is computed by the generated torch program of the score, which keeps ``n_q × n_k`` arrays.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from attnproof.impl.extras import missing
from attnproof.impl.generated import torch as programs

#: the scores that have kernels: products of queries and keys, and sums over units
MULTIPLICATIVE: Final = ("dot", "scaled_dot", "bilinear")
OF_UNITS: Final = ("additive", "concat")
KERNELS: Final = "attnproof.impl.generated.numba"
#: arguments that every score has
#: formats of the CPU's kernels
KINDS: Final = frozenset({torch.float32, torch.float64})
COMMON: Final = frozenset({"query", "key", "value", "softcap", "bias"})


@dataclass(frozen=True)
class Way:
    """How a call is served.

    kernel  ``sdpa``, ``numba``, ``triton``; ``generated``: by no kernel
    reason  why by no kernel; empty otherwise
    """

    kernel: str
    reason: str = ""


def way(score: str, query: Any, *, softcap: bool = False, bias_gradient: bool = False) -> Way:
    """Which kernel serves a score for tensors like ``query`` (its dtype and device count), with or without a soft-cap
    and a bias whose gradient is wanted.

    Raises KeyError for an unknown score, TypeError for what is no floating-point tensor.
    """
    _program(score)
    if not isinstance(query, Tensor) or not query.dtype.is_floating_point:
        raise TypeError(
            f"query must be a floating-point torch tensor, got {getattr(query, 'dtype', type(query).__name__)}"
        )
    if score in MULTIPLICATIVE:
        on_cpu = query.device.type == "cpu" and query.dtype in KINDS and _has("numba")
        if on_cpu and (softcap or bias_gradient):
            return Way("numba")
        return Way("generated", "scaled_dot_product_attention has no soft-cap") if softcap else Way("sdpa")
    if score not in OF_UNITS:
        if query.device.type != "cpu":
            return Way("generated", f"no kernel of a user's score for the device {query.device.type}")
        if reason := _own().why_not_fused(score):
            return Way("generated", reason)
    elif query.device.type == "cuda":
        return Way("triton") if _has("triton") else Way("generated", missing("triton"))
    if query.device.type != "cpu":
        return Way("generated", f"no kernel for the device {query.device.type}")
    if query.dtype not in KINDS:
        return Way("generated", f"the CPU's kernel has no {query.dtype}")
    return Way("numba") if _has("numba") else Way("generated", missing("numba"))


def _own() -> Any:
    """The generator of a user's programs, late: it brings SymPy."""
    return importlib.import_module("attnproof.impl.codegen.own")


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def attention(
    score: str,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *,
    softcap: float | Tensor | None = None,
    bias: Tensor | None = None,
    mask: Tensor | None = None,
    causal: bool = False,
    **parameters: Tensor | None,
) -> Tensor:
    """The context ``c[i,p] = Σ_j softmax_j(t[i,j]) V[j,p]`` of a score, differentiable, the fastest ``way``.

    Parameters
    ----------
    score : dot, scaled_dot, bilinear, additive or concat; or a user's score, ``file.py:name``
    query, key, value : (..., n_q, d_q), (..., n_k, d_k), (..., n_k, d_v), one floating-point dtype and device
    softcap : κ > 0, optional
        the scores e become κ tanh(e/κ)
    bias : (..., n_q, n_k), optional
        added to the capped scores; −∞ masks a key for a query
    mask : (..., n_q, n_k) of bool, optional
        True where a key takes part
    causal : bool
        query i sees the keys j <= i
    parameters :
        the score's own, by name, as its program ``attnproof.impl.generated.torch.SCORE`` has them

    Returns
    -------
    Tensor (..., n_q, d_v), 0 for a query whose keys are all masked.

    Raises
    ------
    KeyError for an unknown score; TypeError for a parameter that the score lacks or has not, for dtypes and devices
    that differ, for a mask that is not of bool; ValueError for shapes that do not fit. Each names the argument.
    """
    with_gradient = bias is not None and bias.requires_grad and torch.is_grad_enabled()
    found = way(score, query, softcap=softcap is not None, bias_gradient=with_gradient)
    program = _program(score)
    own = [name for name in program.SHAPES if name not in COMMON]
    given = {name: value for name, value in parameters.items() if value is not None}
    missing = [name for name in own if name in program.REQUIRED and name not in given]
    for name in (*missing, *(name for name in given if name not in own)):
        raise TypeError(f"score {score} takes the parameters {', '.join(own) or 'none'}; check {name}")
    kind = getattr(mask, "dtype", type(mask).__name__)
    if mask is not None and kind != torch.bool:
        raise TypeError(f"mask must be a tensor of bool, got {kind}")
    if found.kernel == "sdpa":
        return _multiplicative(score, query, key, value, bias, mask, causal=causal, **given)
    options: dict[str, Any] = {"softcap": softcap, "bias": bias}
    if found.kernel == "generated":
        options["bias"] = _added(query, key, bias, mask, causal=causal)
        context: Tensor = program.attention(query, key, value, **given, **options).context
        return context
    if score not in OF_UNITS:
        return _of_pairs(score, {"query": query, "key": key, "value": value, **given, **options}, mask, causal=causal)
    if score == "concat":
        given = _cut(query, key, given)
    return _additive(found.kernel, query, key, value, given, {**options, "mask": mask, "causal": causal})


def _of_pairs(score: str, given: dict[str, Any], mask: Tensor | None, *, causal: bool) -> Tensor:
    """The kernel made from the score's equations."""
    own = ":" in score
    module = _own().program("numba", score) if own else importlib.import_module(f"{KERNELS}.{score}")
    context: Tensor = importlib.import_module(f"{KERNELS}._autograd").by_name(module, given, mask=mask, causal=causal)[
        0
    ]
    return context


@cache
def _program(score: str) -> Any:
    """The torch program of a score. Raises KeyError for an unknown one, ValueError for a mistake in a file."""
    if ":" in score:
        return _own().program("torch", score)
    known = [name for _, name, _ in pkgutil.iter_modules(programs.__path__) if not name.startswith("_")]
    if score not in known:
        raise KeyError(f"unknown score {score!r}; known scores: {', '.join(known)}")
    return importlib.import_module(f"{programs.__name__}.{score}")


def _cut(query: Tensor, key: Tensor, given: dict[str, Tensor]) -> dict[str, Tensor]:
    """``W [q; k] = W_s q + W_h k``: the columns of the query stand first."""
    whole = given["weight_concat"]
    width = query.shape[-1] + key.shape[-1]
    if whole.ndim != 2 or whole.shape[1] != width:
        raise ValueError(f"weight_concat must have shape (d_a, {width}), got {tuple(whole.shape)}")
    cut = query.shape[-1]
    return {"weight_query": whole[:, :cut], "weight_key": whole[:, cut:], "v": given["v"]}


def _additive(
    kernel: str, query: Tensor, key: Tensor, value: Tensor, given: dict[str, Tensor], options: dict[str, Any]
) -> Tensor:
    tensors = (query, key, value, given["weight_query"], given["weight_key"], given["v"], given.get("bias_hidden"))
    if kernel == "numba":
        module = importlib.import_module(f"{KERNELS}.additive")
        autograd = importlib.import_module(f"{KERNELS}._autograd")
        context: Tensor = autograd.attention(module, *tensors, **options)[0]
        return context
    module = importlib.import_module("attnproof.impl.generated.triton.additive")
    of_triton: Tensor = module.attention(*tensors, **options)[0]
    return of_triton


def _added(query: Tensor, key: Tensor, bias: Tensor | None, mask: Tensor | None, *, causal: bool) -> Tensor | None:
    """Bias, mask and causality as one array that is added to the scores; None where there is none of them."""
    visible = mask
    if causal:
        shape = query.shape[-2], key.shape[-2]
        below = torch.ones(shape, dtype=torch.bool, device=query.device).tril()
        visible = below if mask is None else mask & below
    if visible is None:
        return bias
    nothing = query.new_zeros(()) if bias is None else bias
    return torch.where(visible, nothing, -torch.inf)


def _multiplicative(
    score: str,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    bias: Tensor | None,
    mask: Tensor | None,
    *,
    causal: bool,
    weight: Tensor | None = None,
) -> Tensor:
    """``scaled_dot_product_attention`` of the projected query; four axes: only those reach its fused kernels."""
    module = _program(score)
    runtime = importlib.import_module("attnproof.impl.generated.torch._runtime")
    given = {"query": query, "key": key, "value": value, "bias": bias} | ({} if weight is None else {"weight": weight})
    runtime.check(given, module.SHAPES, module.REQUIRED)
    if weight is not None:
        query = query @ weight
    alone = bias is None and mask is None
    extra = mask if bias is None and not causal else None if alone else _added(query, key, bias, mask, causal=causal)
    broadcast: Any = torch.broadcast_shapes
    batch: torch.Size = broadcast(*(x.shape[:-2] for x in (query, key, value, extra) if x is not None))
    query, key, value = (_heads(x, batch) for x in (query, key, value))
    context = scaled_dot_product_attention(
        query,
        key,
        value,
        attn_mask=None if extra is None else _heads(extra, batch),
        is_causal=causal and alone,
        scale=None if score == "scaled_dot" else 1.0,
    )
    return context.reshape(*batch, *context.shape[-2:])


def _heads(x: Tensor, batch: torch.Size) -> Tensor:
    """``x`` with exactly two batch axes: one, and all others in a row."""
    return x.expand(*batch, *x.shape[-2:]).reshape(1, -1, *x.shape[-2:])
