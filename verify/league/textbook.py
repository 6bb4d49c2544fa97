"""The textbook's attention, element by element in mpmath: shares nothing with what is asked or with the check.

Axes of a batch broadcast; arrays go by our names, as ``attnproof check --json`` prints the call of an example.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, Final

from mpmath import inf, mp, mpf

KNOWN: Final = {
    "query", "key", "value", "mask", "bias", "causal", "scale", "softcap", "lengths", "sink", "sinks", "window",
    "weight", "weight_query", "weight_key", "v", "weight_concat",
}  # fmt: skip
SCORES: Final = ("dot", "scaled_dot", "bilinear", "additive", "concat")

Place = tuple[int, ...]


class NotCoveredError(ValueError):
    """The textbook has no such thing, and which."""


class Given:
    """Arrays by index, and their shapes."""

    def __init__(self, call: Mapping[str, Any]) -> None:
        self.arrays: dict[str, dict[Place, Any]] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.cotangents = list(call["cotangents"])
        for name, value in {**call["given"], **call["cotangents"]}.items():
            if isinstance(value, Mapping):
                if value["numbers"] is None:
                    raise NotCoveredError(f"the smallest input has too many numbers in {name}")
                self._put(name, value["shape"], value["numbers"])
            else:
                self._put(name, (), [value])
        if unknown := call["given"].keys() - KNOWN:
            raise NotCoveredError(f"{', '.join(sorted(unknown))}: no independent computation has it")

    def _put(self, name: str, shape: Sequence[int], numbers: Sequence[Any]) -> None:
        places = list(product(*map(range, shape)))
        self.shapes[name] = tuple(shape)
        self.arrays[name] = {place: mpf(number) for place, number in zip(places, numbers, strict=True)}

    def at(self, name: str, batch: Place, *inner: int) -> Any:
        """One number; axes that an array lacks, or has once, are repeated; of grouped heads those of a key's head."""
        shape = self.shapes[name]
        lead = shape[: len(shape) - len(inner)]
        places = [*batch[len(batch) - len(lead) :], *inner]
        if name in ("key", "value") and lead and 1 < lead[-1] < (heads := self.shapes["query"][len(lead) - 1]):
            places[len(lead) - 1] //= heads // lead[-1]
        return self.arrays[name][tuple(0 if n == 1 else i for n, i in zip(shape, places, strict=True))]

    def batch(self) -> Place:
        """The batch's sizes: the largest of query, key and value."""
        leads = [self.shapes[name][:-2] for name in ("query", "key", "value") if name in self.shapes]
        rank = max(map(len, leads))
        filled = [(1,) * (rank - len(lead)) + lead for lead in leads]
        return tuple(max(sizes) for sizes in zip(*filled, strict=True))


class Attention:
    """One attention as the textbook has it."""

    def __init__(self, given: Given, score: str, contract: Mapping[str, str]) -> None:
        self.given, self.score, self.contract = given, score, contract
        if score not in SCORES:
            raise NotCoveredError(f"{score}: no independent computation has it")
        self.n_q, self.d_q = given.shapes["query"][-2:]
        self.n_k, self.d_k = given.shapes["key"][-2:]
        self.heads = given.batch()

    def total(self) -> Any:
        """Σ grad_context · context."""
        sizes = (*self.heads, self.n_q, self.given.shapes["value"][-1])
        places = product(*map(range, sizes))
        return mp.fsum(self.given.at("grad_context", p[:-2], *p[-2:]) * self.context(p[:-2], *p[-2:]) for p in places)

    def context(self, batch: Place, i: int, a: int) -> Any:
        """One number of the context."""
        weights = self._weights(batch, i)
        return mp.fsum(w * self.given.at("value", batch, j, a) for j, w in enumerate(weights) if w)

    def queries(self) -> list[Place]:
        """Every query's place."""
        return list(product(*map(range, (*self.heads, self.n_q))))

    def seen_keys(self, batch: Place, i: int) -> list[int]:
        """The keys that a query sees."""
        return [j for j in range(self.n_k) if self._logit(batch, i, j) != -inf]

    def weight(self, batch: Place, i: int, j: int) -> Any:
        """One weight."""
        return self._weights(batch, i)[j]

    def _weights(self, batch: Place, i: int) -> list[Any]:
        logits = [self._logit(batch, i, j) for j in range(self.n_k)]
        sink = [self.given.at("sink", ())] if "sink" in self.given.arrays else []
        sink += [self.given.at("sinks", (), batch[-1])] if "sinks" in self.given.arrays else []
        top = max(logits + sink)
        if top == -inf:
            raise NotCoveredError("a query that sees no key has no value that everybody agrees on")
        terms = [mp.exp(each - top) if each != -inf else mpf(0) for each in logits]
        whole = mp.fsum([*terms, *(mp.exp(each - top) for each in sink)])
        return [term / whole for term in terms]

    def _logit(self, batch: Place, i: int, j: int) -> Any:
        given = self.given
        if not self._seen(batch, i, j):
            return -inf
        score = self._score(batch, i, j)
        if "softcap" in given.arrays and (cap := given.at("softcap", ())) > 0:
            score = cap * mp.tanh(score / cap)
        return score + (given.at("bias", batch, i, j) if "bias" in given.arrays else 0)

    def _seen(self, batch: Place, i: int, j: int) -> bool:
        given = self.given
        if "mask" in given.arrays:
            said = bool(given.at("mask", batch, i, j))
            if said == (self.contract.get("polarity", "true attends") == "true masks"):
                return False
        if "causal" in given.arrays and given.at("causal", ()) and j > i + self._diagonal():
            return False
        if "window" in given.arrays:
            if self.contract.get("window") != "both inclusive":
                raise NotCoveredError("of windows the independent computation has those that are inclusive both ways")
            if abs(j - i - self._diagonal()) > given.at("window", ()):
                return False
        if "lengths" in given.arrays:
            shape = given.shapes["lengths"]
            inner = (batch[0],) if len(shape) == 1 else (batch[0], i)
            return bool(j < given.at("lengths", (), *inner))
        return True

    def _diagonal(self) -> int:
        """The key at which the first query stands."""
        if "causal" not in self.contract and self.n_q != self.n_k:
            raise NotCoveredError("where the diagonal begins was neither declared nor observed")
        return 0 if self.contract.get("causal") == "top-left" else self.n_k - self.n_q

    def _score(self, batch: Place, i: int, j: int) -> Any:
        given = self.given
        q = [given.at("query", batch, i, a) for a in range(self.d_q)]
        k = [given.at("key", batch, j, a) for a in range(self.d_k)]
        scale = given.at("scale", ()) if "scale" in given.arrays else None
        if self.score in ("dot", "scaled_dot"):
            product_ = mp.fsum(x * y for x, y in zip(q, k, strict=True))
            own = 1 / mp.sqrt(self.d_k) if self.score == "scaled_dot" else mpf(1)
            return product_ * (own if scale is None else scale)
        if scale is not None:
            raise NotCoveredError("a scale beside parameters: no independent computation has it")
        if self.score == "bilinear":
            matrix = self._matrix("weight")
            return mp.fsum(q[a] * matrix[a, b] * k[b] for a in range(self.d_q) for b in range(self.d_k))
        units = range(given.shapes["v"][-1])
        if self.score == "concat":
            both, matrix = [*q, *k], self._matrix("weight_concat")
            inner = [mp.fsum(matrix[u, a] * x for a, x in enumerate(both)) for u in units]
        else:
            left, right = self._matrix("weight_query"), self._matrix("weight_key")
            inner = [
                mp.fsum([*(left[u, a] * x for a, x in enumerate(q)), *(right[u, a] * x for a, x in enumerate(k))])
                for u in units
            ]
        return mp.fsum(given.at("v", (), u) * mp.tanh(z) for u, z in zip(units, inner, strict=True))

    def _matrix(self, name: str) -> Mapping[Place, Any]:
        if len(self.given.shapes[name]) != 2:
            raise NotCoveredError(f"{name} has a batch: no independent computation has it")
        return self.given.arrays[name]
