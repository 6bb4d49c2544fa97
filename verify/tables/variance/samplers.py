"""Drawing pairs of scores (e_1, e_2) that share a query: by brute force from components, or from their exact law.

Every sampler is ``draw(rng, count) -> (e_1, e_2)``, float64 arrays of shape (count,); samples are independent of each
other. The laws cost the same at every width. For normal keys ``e_j | q ~ N(m(q), s(q)²)``, independent over j, where m
and s depend on one or two scalars of q whose joint law is exact: a marginal law of e_1 alone would lose that the keys
share the query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Pair = tuple[Array, Array]
Sampler = Callable[[np.random.Generator, int], Pair]

CHUNK_ELEMENTS: Final = 1 << 18  # components drawn at once: a chunk of queries and two of keys stay in the cache


def chunks(sampler: Sampler, rng: np.random.Generator, count: int, cost: int) -> Iterator[Pair]:
    """``count`` samples in pieces of at most ``CHUNK_ELEMENTS / cost`` (components per sample), at least one."""
    size = max(1, CHUNK_ELEMENTS // cost)
    for start in range(0, count, size):
        yield sampler(rng, min(size, count - start))


# --- by brute force -----------------------------------------------------------------------------------------------

Draw = Callable[[np.random.Generator, tuple[int, int]], Array]
BRUTE: Final[Mapping[str, Draw]] = MappingProxyType(
    {
        "normal": lambda rng, shape: rng.standard_normal(shape),
        "uniform": lambda rng, shape: 2 * rng.random(shape) - 1,
        "laplace": lambda rng, shape: rng.laplace(size=shape),
        "student_t9": lambda rng, shape: rng.standard_t(9, size=shape),
    }
)


def _rows(first: Array, second: Array) -> Array:
    return np.asarray(np.einsum("nd,nd->n", first, second))


def brute(law: str, width: int) -> Sampler:
    """Query and two keys of independent components of a law of ``BRUTE``."""
    component = BRUTE[law]

    def draw(rng: np.random.Generator, count: int) -> Pair:
        query, first, second = (component(rng, (count, width)) for _ in range(3))
        return _rows(query, first), _rows(query, second)

    return draw


def brute_means(mu_q: float, mu_k: float, width: int) -> Sampler:
    """Normal components of variance 1 with means."""

    def draw(rng: np.random.Generator, count: int) -> Pair:
        query, first, second = (rng.standard_normal((count, width)) for _ in range(3))
        query += mu_q
        return _rows(query, first + mu_k), _rows(query, second + mu_k)

    return draw


def brute_correlated(rho: float, width: int) -> Sampler:
    """``k_j = ρ q + √(1−ρ²) g_j``."""
    rest = np.sqrt(1 - rho**2)

    def draw(rng: np.random.Generator, count: int) -> Pair:
        query, first, second = (rng.standard_normal((count, width)) for _ in range(3))
        return _rows(query, rho * query + rest * first), _rows(query, rho * query + rest * second)

    return draw


def rademacher(width: int) -> Sampler:
    """±1 components as bits, 64 to a word: ``q·k = d − 2 · (number of bits that differ)``."""
    words, spare = -(-width // 64), (-width) % 64
    mask = np.uint64((1 << 64) - 1) >> np.uint64(spare)

    def bits(rng: np.random.Generator, count: int) -> NDArray[np.uint64]:
        found = rng.integers(0, 1 << 64, (count, words), dtype=np.uint64)
        found[:, -1] &= mask
        return found

    def draw(rng: np.random.Generator, count: int) -> Pair:
        query, first, second = (bits(rng, count) for _ in range(3))
        one, two = (width - 2.0 * np.bitwise_count(query ^ key).sum(axis=-1) for key in (first, second))
        return one, two

    return draw


def directions(law: str, width: int) -> Sampler:
    """Normal vectors divided by their length (``sphere``), or layer-normalised with ε = 0 (``layer_norm``)."""

    def vector(rng: np.random.Generator, count: int) -> Array:
        found = rng.standard_normal((count, width))
        if law == "layer_norm":
            found -= found.mean(axis=-1, keepdims=True)
        length = np.sqrt(_rows(found, found))[:, None]
        return np.asarray(found * (np.sqrt(width) if law == "layer_norm" else 1.0) / length)

    def draw(rng: np.random.Generator, count: int) -> Pair:
        query, first, second = (vector(rng, count) for _ in range(3))
        return _rows(query, first), _rows(query, second)

    return draw


def brute_bilinear(d_q: int, d_k: int) -> Sampler:
    """``qᵀ W k`` with a fresh W for every sample: normal, variance 1/d_q; q, k standard normal."""

    def draw(rng: np.random.Generator, count: int) -> Pair:
        query, first, second = (rng.standard_normal((count, d)) for d in (d_q, d_k, d_k))
        weight = rng.standard_normal((count, d_q, d_k)) / np.sqrt(d_q)
        projected = np.einsum("nq,nqk->nk", query, weight)
        return _rows(projected, first), _rows(projected, second)

    return draw


# --- from the exact law -------------------------------------------------------------------------------------------


def normal_law(width: int) -> Sampler:
    """``e_j = √(2G) Z_j`` with one G ~ Gamma(d/2, 1) for both keys (``attnproof.derivations.moments.law``)."""

    def draw(rng: np.random.Generator, count: int) -> Pair:
        length = np.sqrt(2 * rng.standard_gamma(width / 2, count))
        return length * rng.standard_normal(count), length * rng.standard_normal(count)

    return draw


def means_law(mu_q: float, mu_k: float, width: int) -> Sampler:
    """``e_j | q ~ N(μ_k Σ q, |q|²)``; in a basis that starts with (1, ..., 1)/√d, ``Σ q = √d x`` and
    ``|q|² = x² + χ²_{d−1}``.
    """

    def draw(rng: np.random.Generator, count: int) -> Pair:
        x = rng.standard_normal(count) + np.sqrt(width) * mu_q
        length = np.sqrt(x**2 + 2 * rng.standard_gamma((width - 1) / 2, count))
        centre = mu_k * np.sqrt(width) * x
        return centre + length * rng.standard_normal(count), centre + length * rng.standard_normal(count)

    return draw


def correlated_law(rho: float, width: int) -> Sampler:
    """``e_j = ρ |q|² + √(1−ρ²) |q| Z_j`` with ``|q|² = 2G``."""
    rest = np.sqrt(1 - rho**2)

    def draw(rng: np.random.Generator, count: int) -> Pair:
        square = 2 * rng.standard_gamma(width / 2, count)
        length = rest * np.sqrt(square)
        return (rho * square + length * rng.standard_normal(count), rho * square + length * rng.standard_normal(count))

    return draw


def bilinear_law(d_q: int, d_k: int) -> Sampler:
    """Given q, ``Wᵀq`` is normal with variance ``|q|²/d_q``, so ``|Wᵀq|² = 2G_q · 2G_k / d_q`` and
    ``e_j = |Wᵀq| Z_j``.
    """

    def draw(rng: np.random.Generator, count: int) -> Pair:
        square = 4 * rng.standard_gamma(d_q / 2, count) * rng.standard_gamma(d_k / 2, count) / d_q
        length = np.sqrt(square)
        return length * rng.standard_normal(count), length * rng.standard_normal(count)

    return draw


def additive_law(units: int, v: float | None, query_variance: float, key_variance: float) -> Sampler:
    """``Σ_a v_a tanh(A_a + B_{j,a})``, A shared by both keys; v_a one number, or standard normal (v is None)."""
    query_deviation, key_deviation = np.sqrt(query_variance), np.sqrt(key_variance)

    def draw(rng: np.random.Generator, count: int) -> Pair:
        shape = (count, units)
        query = query_deviation * rng.standard_normal(shape)
        weight = np.full(shape, v) if v is not None else rng.standard_normal(shape)
        first, second = (np.tanh(query + key_deviation * rng.standard_normal(shape)) for _ in range(2))
        return _rows(weight, first), _rows(weight, second)

    return draw
