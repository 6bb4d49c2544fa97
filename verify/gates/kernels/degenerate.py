"""Wrong kernels that do not compute the task at all, or not always: what a search for fast programs comes up with.

Zeros, a mean, uniform weights, another input's values, the previous call's result, a right result once, a part of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor

from attnproof.verify.gates.kernels.kernel import Function, Kernel, stateless
from attnproof.verify.gates.tasks import TASKS, Task

KIND = "degenerate"
STATE = "state"
PART = "part of the result"


def degenerate() -> Iterator[Kernel]:
    """Those of every task, and those of some."""
    for task in TASKS.values():
        yield from _of_any(task)
    yield from _of_attention()
    yield from _of_others()


def _after(plain: Function, change: Callable[[Tensor], Tensor]) -> Function:
    def function(*arguments: Tensor) -> Tensor:
        return change(plain(*arguments))

    return function


def _zeroed(place: Any, result: Tensor) -> Tensor:
    found = result.clone()
    found[place] = 0
    return found


def _not_a_number(result: Tensor) -> Tensor:
    found = result.clone()
    found[(-1,) * found.ndim] = torch.nan
    return found


def _nan_at_ties(plain: Function) -> Function:
    """NaN where the first input's largest element occurs twice: a division by a count of zero, once."""

    def function(*arguments: Tensor) -> Tensor:
        first = arguments[0]
        tied = (first == first.amax()).sum() > 1
        found = plain(*arguments)
        return torch.where(tied, torch.nan, found)

    return function


def _of_any(task: Task) -> Iterator[Kernel]:
    def of(name: str, kind: str, change: Callable[[Tensor], Tensor]) -> Kernel:
        return stateless(name, task.name, kind, _after(task.plain, change))

    yield of("zeros", KIND, torch.zeros_like)
    yield of("ones", KIND, torch.ones_like)
    yield of("the mean of the result everywhere", KIND, lambda r: torch.ones_like(r) * r.mean())
    yield of("negated", KIND, torch.neg)
    yield of("1 % too large", "1 % more", lambda r: 1.01 * r)
    yield of("0.1 % too large", "0.1 % more", lambda r: 1.001 * r)
    yield of("0.001 too large", "offset", lambda r: r + 0.001)
    yield of("rounded to three decimals", "precision", lambda r: (r * 1000).round() / 1000)
    yield of("NaN in the last element", "NaN", _not_a_number)
    if task.name != "cross-entropy":
        yield of(
            "last row zero", PART, partial(_zeroed, (..., -1) if task.name == "log-sum-exp" else (..., -1, slice(None)))
        )
        yield of("last element zero", PART, partial(_zeroed, (-1,) * (1 if task.name == "log-sum-exp" else 2)))
        yield of("rows reversed", "index shift", lambda r: r.flip(0))
        yield of("result of the first row everywhere", PART, lambda r: r[:1].expand_as(r).clone())
    yield stateless("NaN where the largest element occurs twice", task.name, "NaN", _nan_at_ties(task.plain))
    yield Kernel(
        f"{task.name}: result of the previous call", task.name, STATE, partial(_Previous, task.plain), right=False
    )
    yield Kernel(f"{task.name}: result of the first call", task.name, STATE, partial(_First, task.plain), right=False)
    yield Kernel(f"{task.name}: right once, then zeros", task.name, STATE, partial(_Once, task.plain), right=False)
    yield Kernel(f"{task.name}: sums up its calls", task.name, STATE, partial(_Sum, task.plain), right=False)
    yield Kernel(f"{task.name}: input overwritten", task.name, STATE, partial(_overwriting, task.plain), right=False)


class _Previous:
    """The result of the call before, once there is one of the shape."""

    def __init__(self, plain: Function) -> None:
        self.plain = plain
        self.kept: Tensor | None = None

    def __call__(self, *arguments: Tensor) -> Tensor:
        found = self.plain(*arguments)
        before, self.kept = self.kept, found
        return found if before is None or before.shape != found.shape else before.to(found.dtype)


class _First:
    """The result of the first call of the shape, always."""

    def __init__(self, plain: Function) -> None:
        self.plain = plain
        self.kept: dict[tuple[int, ...], Tensor] = {}

    def __call__(self, *arguments: Tensor) -> Tensor:
        key = tuple(arguments[0].shape)
        if key not in self.kept:
            self.kept[key] = self.plain(*arguments)
        return self.kept[key].to(arguments[0].dtype)


class _Once:
    """Right in the first call."""

    def __init__(self, plain: Function) -> None:
        self.plain, self.called = plain, False

    def __call__(self, *arguments: Tensor) -> Tensor:
        found = self.plain(*arguments)
        if self.called:
            return torch.zeros_like(found)
        self.called = True
        return found


class _Sum:
    """A buffer of sums that is not cleared between calls."""

    def __init__(self, plain: Function) -> None:
        self.plain = plain
        self.kept: Tensor | None = None

    def __call__(self, *arguments: Tensor) -> Tensor:
        found = self.plain(*arguments)
        if self.kept is not None and self.kept.shape == found.shape:
            found = found + self.kept.to(found.dtype)
        self.kept = found
        return found


def _overwriting(plain: Function) -> Function:
    """Right, and its first input is zeros afterwards: who hands it over again gets another result."""

    def function(*arguments: Tensor) -> Tensor:
        found = plain(*arguments).clone()
        arguments[0].zero_()
        return found

    return function


def _of_attention() -> Iterator[Kernel]:
    for name in ("attention", "causal attention"):
        causal = name == "causal attention"
        of = partial(stateless, task=name, kind=KIND)
        yield of("mean of the values", function=lambda _q, _k, v: v.mean(-2, keepdim=True).expand_as(v).clone())
        yield of("the values", function=lambda _q, _k, v: v.clone())
        yield of("the value of the best key", function=partial(_best, causal))
        yield of("mean of the visible values", function=_running_mean)
        yield of("queries for keys", function=lambda q, _k, v, c=causal: _weighted(q, q, v, c))
        yield of("keys for values", function=lambda q, k, _v, c=causal: _weighted(q, k, k, c))
        yield of("weights transposed", function=partial(_transposed, causal))
        yield of("scale 1/d", function=lambda q, k, v, c=causal: _weighted(q / math.sqrt(q.shape[-1]), k, v, c))
        yield of("no scale", function=lambda q, k, v, c=causal: _weighted(q * math.sqrt(q.shape[-1]), k, v, c))
        yield of("last key left out", function=partial(_without_last_key, causal))
        yield of("weights of the first head", function=lambda q, k, v, c=causal: _weighted(q[:1], k[:1], v, c))
    yield stateless("causal for all", "attention", KIND, lambda q, k, v: _weighted(q, k, v, True))
    yield stateless("not causal", "causal attention", KIND, lambda q, k, v: _weighted(q, k, v, False))


def _scores(query: Tensor, key: Tensor, causal: bool) -> Tensor:
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    if causal:
        scores = scores.masked_fill(torch.ones_like(scores, dtype=torch.bool).triu(1), -torch.inf)
    return scores


def _weighted(query: Tensor, key: Tensor, value: Tensor, causal: bool) -> Tensor:
    return _scores(query, key, causal).softmax(-1) @ value


def _best(causal: bool, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    best = _scores(query, key, causal).argmax(-1)
    return value.gather(-2, best[..., None].expand(*best.shape, value.shape[-1]))


def _running_mean(_query: Tensor, _key: Tensor, value: Tensor) -> Tensor:
    counts = torch.arange(1, value.shape[-2] + 1)[:, None].to(value.dtype)
    return value.cumsum(-2) / counts


def _transposed(causal: bool, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return _scores(query, key, causal).softmax(-1).mT @ value


def _without_last_key(causal: bool, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scores = _scores(query, key, causal).clone()
    scores[..., -1:, -1] = -torch.inf
    return scores.softmax(-1) @ value


def _of_others() -> Iterator[Kernel]:
    yield stateless("uniform weights", "softmax", KIND, lambda x: torch.ones_like(x) / x.shape[-1])
    yield stateless("one-hot weights", "softmax", KIND, lambda x: (x == x.amax(-1, keepdim=True)).to(x.dtype))
    yield stateless("the maximum alone", "log-sum-exp", KIND, lambda x: x.amax(-1))
    yield stateless("the maximum and log n", "log-sum-exp", KIND, lambda x: x.amax(-1) + math.log(x.shape[-1]))
    yield stateless("the mean and log n", "log-sum-exp", KIND, lambda x: x.mean(-1) + math.log(x.shape[-1]))
    yield stateless("log of the number of classes", "cross-entropy", KIND, _classes)
    yield stateless("without gain and offset", "layer normalisation", KIND, lambda x, _g, _o: _standard(x))
    yield stateless(
        "without the mean", "layer normalisation", KIND, lambda x, g, o: x / x.std(-1, keepdim=True) * g + o
    )
    yield stateless(
        "without gain", "RMS normalisation", KIND, lambda x, g: TASKS["RMS normalisation"].plain(x, g * 0 + 1)
    )
    yield stateless("the input", "RMS normalisation", KIND, lambda x, _g: x.clone())
    yield stateless("the input", "rotary positions", KIND, lambda x, _c, _s: x.clone())
    yield stateless("ReLU for GELU", "GELU MLP", KIND, lambda x, a, b, c, d: (x @ a.mT + b).relu() @ c.mT + d)
    yield stateless("the last bias alone", "GELU MLP", KIND, lambda x, a, _b, c, d: (x @ a.mT @ c.mT) * 0 + d)
    yield stateless(
        "mean of the values",
        "additive attention",
        KIND,
        lambda q, _k, v, _s, _h, _w: v.mean(-2, keepdim=True).expand(*q.shape[:-1], v.shape[-1]).clone(),
    )
    yield stateless("tanh left out", "additive attention", KIND, _linear_scores)


def _standard(x: Tensor) -> Tensor:
    return (x - x.mean(-1, keepdim=True)) / (x.var(-1, keepdim=True, correction=0) + 1e-5).sqrt()


def _classes(logits: Tensor, _target: Tensor) -> Tensor:
    return torch.log(torch.tensor(float(logits.shape[-1]))).to(logits.dtype)


def _linear_scores(query: Tensor, key: Tensor, value: Tensor, w_s: Tensor, w_h: Tensor, v: Tensor) -> Tensor:
    scores = ((query @ w_s.mT)[..., :, None, :] + (key @ w_h.mT)[..., None, :, :]) @ v
    return scores.softmax(-1) @ value
