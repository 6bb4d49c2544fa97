"""What the kernels of pairs are handed: features of queries and keys side by side, heads, and threads.

A kernel works on items, blocks of queries of some head, and does the same for an item whoever computes it: the results
have the same bits for any number of threads. Threads are Python's, for the kernels release its lock; nothing is left
running that a fork would lose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from math import prod
from typing import Any, NamedTuple

import numba
import numpy as np

from attnproof.impl.generated._arguments import check_arguments
from attnproof.impl.generated.numba._packs import BYTES
from attnproof.impl.generated.numba._runtime import ARRAYS, Array, aligned, check_like, up_to
from attnproof.impl.generated.numpy._runtime import sum_to

ROWS, TILE, PACKS = 64, 256, 4  # queries of a block, keys of a tile, packs of a strip of keys
CHUNKS = 16  # of queries, whose sums for the keys are kept apart; fewer where there are several heads
check = partial(check_arguments, ARRAYS)
WORTH = 1 << 23  # multiply-adds for which starting threads pays


class Form(NamedTuple):
    """What a score's kernels read and add up.

    query, key, given  features of a query, a key, neither: name, and the size that its units have; "": no units
    totals   name, side whose it is ("": of neither), size of its units, whether it is a matrix product
    layout   names of the places that the kernels are told
    product  are the scores made of matrix products?
    """

    query: tuple[tuple[str, str], ...]
    key: tuple[tuple[str, str], ...]
    given: tuple[tuple[str, str], ...]
    totals: tuple[tuple[str, str, str, bool], ...]
    layout: tuple[str, ...]
    product: bool


class Kernels(NamedTuple):
    """A score's compiled functions."""

    scores: Any
    forward: Any
    backward: Any


class Layer(NamedTuple):
    """The arguments behind the score."""

    value: Array
    bias: Array | None
    mask: Array | None
    causal: bool
    cap: float | None
    batch: tuple[int, ...]


class Features(NamedTuple):
    """As a kernel takes them: ``of_query`` (parts, n_q, columns), ``of_key`` (parts, strips, columns, strip)."""

    of_query: Array
    of_key: Array
    key_rows: Array
    given: Array
    layout: Array
    places: Mapping[str, int]
    batches: tuple[tuple[int, ...], tuple[int, ...]]
    n_q: int
    n_k: int


def features(form: Form, found: Mapping[str, Array], numbers: tuple[float, ...]) -> Features:
    """Put features side by side; a query or key that is there to fill up is the last one again."""
    query, key = found["query"], found["key"]
    dtype, n_q, n_k = query.dtype, query.shape[-2], key.shape[-2]
    n = BYTES // dtype.itemsize
    unit = n if form.product else 1
    places: dict[str, int] = {}
    for name, size in (*form.query, *form.key, *form.given):
        if size:
            places[f"width_{size}"] = found[name].shape[-1]
            places[f"padded_{size}"] = up_to(found[name].shape[-1], n)
    of_query = _side_by_side(form.query, found, places, "at", unit, n_q, 4, dtype)
    rows = _side_by_side(form.key, found, places, "at", 1, n_k, PACKS * n, dtype)
    parts, keys, columns = rows.shape
    of_key = aligned((parts, keys // (PACKS * n), columns, PACKS * n), dtype)
    of_key[...] = rows.reshape(parts, -1, PACKS * n, columns).swapaxes(2, 3)
    key_rows = rows
    if form.product:
        key_rows = _side_by_side(form.key, found, places, "rows_at", n, n_k, PACKS * n, dtype)
    column, vector = 0, []
    for name, _ in form.given:
        places[f"at_{name}"] = column
        vector.append(found[name].reshape(-1))
        column += found[name].size
    places["at_numbers"] = column
    given = np.concatenate([*vector, np.array([*numbers, 0.0], dtype)])
    slots = {("query", False): 0, ("key", False): 0, ("", False): 0, ("query", True): 0, ("key", True): 0}
    for name, side, size, product in form.totals:
        places[f"at_{name}"] = slots[side, product]
        slots[side, product] += 1 if not size else up_to(places[f"width_{size}"], n if product else 1)
    places |= {"query_slots": slots["query", False], "key_slots": slots["key", False], "none_slots": slots["", False]}
    places |= {"query_products": slots["query", True], "key_products": slots["key", True]}
    layout = np.array([places[name] for name in form.layout], np.int64)
    batches = query.shape[:-2], key.shape[:-2]
    return Features(of_query, of_key, key_rows, given, layout, places, batches, n_q, n_k)


def _side_by_side(
    names: tuple[tuple[str, str], ...],
    found: Mapping[str, Array],
    places: dict[str, int],
    called: str,
    unit: int,
    count: int,
    rows: int,
    dtype: Any,
) -> Array:
    """Features as columns, each beginning at a multiple of ``unit``, of a multiple of ``rows`` rows."""
    column = 0
    for name, size in names:
        places[f"{called}_{name}"] = column
        column += up_to(found[name].shape[-1], unit) if size else 1
    parts = prod(found[names[0][0]].shape[: -2 if names[0][1] else -1])
    result = aligned((parts, up_to(count, rows), up_to(column, unit)), dtype, zero=unit > 1)
    for name, size in names:
        at, array = places[f"{called}_{name}"], found[name]
        width = array.shape[-1] if size else 1
        result[:, :count, at : at + width] = array.reshape(parts, count, width)
    result[:, count:] = result[:, count - 1 : count]
    return result


def scores_of_all(
    form: Form, kernels: Kernels, found: Mapping[str, Array], numbers: tuple[float, ...], threads: int | None
) -> Array:
    """Scores of every key against every query."""
    these = features(form, found, numbers)
    batch = np.broadcast_shapes(*these.batches)
    result = np.empty((prod(batch), these.n_q, these.n_k), found["query"].dtype)
    places = _places(batch, *these.batches)
    tile = _tile(these)
    run(
        kernels.scores,
        _blocks(these) * len(result),
        _work(these, len(result), 0),
        threads,
        these.of_query,
        these.of_key,
        these.given,
        these.layout,
        places,
        these.n_q,
        these.n_k,
        tile,
        result,
    )
    return result.reshape(*batch, these.n_q, these.n_k)


def forward_pass(
    form: Form,
    kernels: Kernels,
    found: Mapping[str, Array],
    numbers: tuple[float, ...],
    layer: Layer,
    threads: int | None,
) -> tuple[Array, Array]:
    """Context (..., n_q, d_v), and largest logit and ln of the mass of each query (..., 2, n_q)."""
    these = features(form, found, numbers)
    heads, d_v = prod(layer.batch), layer.value.shape[-1]
    dtype = layer.value.dtype
    context = np.empty((heads, these.n_q, d_v), dtype)
    normaliser = np.empty((heads, 2, these.n_q), dtype)
    columns = up_to(d_v, BYTES // dtype.itemsize)
    run(
        kernels.forward,
        heads * _blocks(these),
        _work(these, heads, columns),
        threads,
        these.of_query,
        these.of_key,
        these.given,
        these.layout,
        _places_of(layer, these),
        _rows(layer.value, these.key_rows.shape[1], columns),
        *_visible(layer, dtype),
        layer.causal,
        dtype.type(layer.cap or 0),
        these.n_q,
        these.n_k,
        _tile(these),
        context,
        normaliser,
    )
    batch = layer.batch
    return context.reshape(*batch, these.n_q, d_v), normaliser.reshape(*batch, 2, these.n_q)


def backward_pass(
    form: Form,
    kernels: Kernels,
    found: Mapping[str, Array],
    numbers: tuple[float, ...],
    layer: Layer,
    grad_context: Array,
    grad_log_sum_exp: Array | None,
    context: Array,
    normaliser: Array,
    with_bias: bool,
    threads: int | None,
) -> tuple[dict[str, Array], dict[str, Array]]:
    """The sums over pairs by name, (..., n_q or n_k, units); and the gradients of ``value``, ``bias``, ``softcap``."""
    these = features(form, found, numbers)
    batch, n_q, n_k, d_v = layer.batch, these.n_q, these.n_k, layer.value.shape[-1]
    heads, dtype = prod(batch), layer.value.dtype
    check_like("grad_context", grad_context, (*batch, n_q, d_v), dtype)
    if grad_log_sum_exp is not None:
        check_like("grad_log_sum_exp", grad_log_sum_exp, (*batch, n_q), dtype)
    check_like("forward.context", context, (*batch, n_q, d_v), dtype)
    check_like("forward.normaliser", normaliser, (*batch, 2, n_q), dtype)
    columns, strip = up_to(d_v, BYTES // dtype.itemsize), PACKS * (BYTES // dtype.itemsize)
    keys = these.key_rows.shape[1]
    rows = _rows(layer.value, keys, columns)
    panels = np.ascontiguousarray(rows.reshape(len(rows), -1, strip, columns).swapaxes(2, 3))
    # a query without a key has weights 0: e^{t − ∞}
    norm = np.where(np.isneginf(normaliser), dtype.type(np.inf), normaliser).reshape(heads, 2, n_q)
    rest = np.einsum("...ip,...ip->...i", grad_context, context)
    if grad_log_sum_exp is not None:
        rest = rest - grad_log_sum_exp
    order, starts = _groups(layer, with_bias=with_bias)
    groups, blocks = len(starts) - 1, _blocks(these)
    chunks = min(blocks, max(1, CHUNKS // groups))
    at = these.places
    query_totals = np.empty((heads, n_q, at["query_slots"] + at["query_products"]), dtype)
    key_totals = np.zeros((heads, chunks, keys // strip, at["key_slots"], strip), dtype)
    key_products = np.zeros((heads, chunks, keys if form.product else 0, at["key_products"]), dtype)
    none_totals = np.empty((groups * chunks, at["none_slots"] + 1), dtype)
    grad_value = np.zeros((heads, chunks, keys, columns), dtype)
    grad_bias = np.zeros((groups, n_q, n_k) if with_bias else (0, 0, 0), dtype)
    run(
        kernels.backward,
        groups * chunks,
        3 * _work(these, heads, columns),
        threads,
        these.of_query,
        these.of_key,
        these.key_rows,
        these.given,
        these.layout,
        _places_of(layer, these),
        panels,
        _rows(grad_context, up_to(n_q, 4), columns),
        rest.reshape(heads, n_q),
        norm,
        *_visible(layer, dtype),
        layer.causal,
        dtype.type(layer.cap or 0),
        n_q,
        n_k,
        _tile(these),
        order,
        starts,
        chunks,
        query_totals,
        key_totals,
        key_products,
        none_totals,
        grad_value,
        grad_bias,
    )
    by_key = key_totals.sum(axis=1).swapaxes(2, 3).reshape(heads, keys, at["key_slots"])
    products = key_products.sum(axis=1)
    neither = none_totals.sum(axis=0)
    totals = {}
    for name, side, size, product in form.totals:
        place = at[f"at_{name}"] + (at["query_slots"] if product and side == "query" else 0)
        width = at[f"width_{size}"] if size else 1
        source = {"query": query_totals, "key": products if product else by_key, "": neither}[side]
        part = source[..., place : place + width] if size else source[..., place]
        if side == "key":
            part = part[:, :n_k]
        totals[name] = part.reshape(*batch, *part.shape[1:]) if side else np.asarray(part)
    gradients = {"value": sum_to(grad_value.sum(axis=1)[:, :n_k, :d_v].reshape(*batch, n_k, d_v), layer.value)}
    if with_bias and layer.bias is not None:
        gradients["bias"] = grad_bias.reshape(layer.bias.shape)
    if layer.cap is not None:
        gradients["softcap"] = np.asarray(neither[-1])
    return totals, gradients


def run(kernel: Callable[..., None], count: int, work: int, threads: int | None, *arguments: Any) -> None:
    """``kernel(first, last, *arguments)`` for all items 0 … count − 1, by several threads where that pays."""
    threads = numba.get_num_threads() if threads is None else threads
    shares = min(count, 4 * threads)
    if threads == 1 or shares < 2 or work < WORTH:
        kernel(0, count, *arguments)
        return
    cuts = [count * n // shares for n in range(shares + 1)]
    with ThreadPoolExecutor(min(threads, shares)) as pool:
        list(pool.map(lambda first, last: kernel(first, last, *arguments), cuts[:-1], cuts[1:]))


def _work(these: Features, heads: int, columns: int) -> int:
    return heads * these.n_q * these.n_k * int(these.of_query.shape[2] + columns)


def _blocks(these: Features) -> int:
    return -(-these.n_q // ROWS)


def _tile(these: Features) -> int:
    return min(TILE, int(these.key_rows.shape[1]))


def _places(batch: tuple[int, ...], *parts: tuple[int, ...]) -> Array:
    """For each argument with these batch axes which of its parts belongs to each head."""
    heads = prod(batch)
    if heads == 1:
        return np.zeros((len(parts), 1), np.int64)
    found = [np.broadcast_to(np.arange(prod(part)).reshape(part), batch).reshape(heads) for part in parts]
    return np.array(found, np.int64)


def _places_of(layer: Layer, these: Features) -> Array:
    more = [() if x is None else x.shape[:-2] for x in (layer.value, layer.bias, layer.mask)]
    return _places(layer.batch, *these.batches, *more)


def _groups(layer: Layer, *, with_bias: bool) -> tuple[Array, Array]:
    """Heads, those that share a bias's gradient together, and where each group begins."""
    heads = prod(layer.batch)
    if not with_bias or layer.bias is None:
        return np.arange(heads), np.arange(heads + 1)
    (parts,) = _places(layer.batch, layer.bias.shape[:-2])
    order = np.argsort(parts, kind="stable")
    return order, np.searchsorted(parts[order], np.arange(prod(layer.bias.shape[:-2]) + 1))


def _rows(x: Array, rows: int, columns: int) -> Array:
    """(..., rows, columns) as (parts, rows, columns) with zeros below and to the right; itself where it is so."""
    parts = prod(x.shape[:-2])
    if x.shape[-2:] == (rows, columns) and x.flags.c_contiguous and x.flags.writeable:
        return x.reshape(parts, rows, columns)
    found = aligned((parts, rows, columns), x.dtype, zero=True)
    found[:, : x.shape[-2], : x.shape[-1]] = x.reshape(parts, *x.shape[-2:])
    return found


def _visible(layer: Layer, dtype: Any) -> tuple[Array, Array]:
    """Bias and mask of all heads; empty: none."""
    found = []
    for x, kind in ((layer.bias, dtype), (layer.mask, np.bool_)):
        if x is None:
            found.append(np.empty((0, 0, 0), kind))
        else:
            found.append(np.require(x, requirements=("C", "W")).reshape(-1, *x.shape[-2:]))
    return found[0], found[1]
