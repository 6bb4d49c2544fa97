"""What is handed over for the features of a row beside query, key, value and the score's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.composing.heads import Heads
from attnproof.verify.composing.links import Link, constant, linked, numbered
from attnproof.verify.composing.rotating import TABLE_NAMES, part_of, table_link
from attnproof.verify.composing.row import REPEATED, Row
from attnproof.verify.composing.semantics import SLOPES, Choice
from attnproof.verify.composing.visible import Mask, drawn, lengths_of, positions, sees, window_of

SCALES: Final = {"negative": -0.25, "large": 2.0, "zero": 0.0}  # powers of two and 0: exact in every format
SOFTCAP: Final = 2.0  # about one deviation of a typical score: tanh is then neither linear nor flat
SINKS: Final = (1.5, -0.75, 3.0)  # far enough apart that one head's is not taken for another's
SINK_STEP: Final = 0.25
RATE: Final = 0.75  # of dropout: 1/(1 − p) is exact in every format, and is not 1/p
SLOWEST: Final = 100.0  # the base of the angles' geometric sequence: no pair stands still over a few positions
QUARTERS: Final = 4  # a bias beside ALiBi is a multiple of 1/4 below 1: their sum is exact in every format


@dataclass(frozen=True, eq=False)
class Featured:
    """Arguments by name, and the truth's inputs that are made of them.

    own  tables of rotary positions that the target makes itself, by the names of arguments
    """

    given: dict[str, Any]
    links: dict[str, Link]
    own: dict[str, Array] = field(default_factory=dict)


def featured(
    row: Row,
    choice: Choice,
    heads: Heads,
    rng: np.random.Generator,
    unasked: Mapping[str, float],
    ahead: int = 0,
    tables: Mapping[str, Array] | None = None,
) -> Featured:
    """Of everything but groups, the scale and the order of rotary pairs, which change query and key themselves.

    ahead    by how many rotary positions the last query stands after the last key
    unasked  features that are not handed over, with their numbers: the target has them in every call
    tables   of rotary positions, where the target has its own
    """
    found = _handed(row, choice, heads, rng, unasked, tables or _tables(row, part_of(choice), ahead))
    for name, number in unasked.items():
        if name == "rotary":
            found.own.update({table: found.given.pop(table) for table in TABLE_NAMES})
            continue
        del found.given[name]
        made = {own: link for own, link in found.links.items() if link.name == name}
        found.links.update({own: constant(link.values(np.asarray(number))) for own, link in made.items()})
    return found


def _handed(
    row: Row,
    choice: Choice,
    heads: Heads,
    rng: np.random.Generator,
    unasked: Mapping[str, float],
    tables: Mapping[str, Array],
) -> Featured:
    found = Featured({}, {})
    for name, value in (("softcap", SOFTCAP), ("sink", SINKS[0])):
        if name in row.features:
            own = 0.0 if row.features[name] == "zero" else value
            found.given[name] = np.asarray(unasked.get(name, own))
            before_cap = name == "sink" and "softcap" in row.features and choice.get("sink") == "before the soft-cap"
            found.links["sink_score" if before_cap else name] = linked(name, numbered(()))
    if "sinks" in row.features:
        count = np.arange(row.setting.batch[-1])
        found.given["sinks"] = np.asarray(SINKS)[count % len(SINKS)] + SINK_STEP * (count // len(SINKS))
        before_cap = "softcap" in row.features and choice.get("sink") == "before the soft-cap"
        ids = heads.apart(numbered(count.shape), 0)
        found.links["sink_score" if before_cap else "sink"] = linked("sinks", ids)
    if "rotary" in row.features:
        found.given.update(tables)
        found.links.update({name: table_link(name, table, row.setting.d_q) for name, table in tables.items()})
    if "dropout" in row.features:
        _drop(row, choice, heads, rng, found)
    if "scale" in row.features:
        found.given["scale"] = SCALES[row.features["scale"]]
    _add_and_mask(row, choice, heads, rng, found)
    return found


def _drop(row: Row, choice: Choice, heads: Heads, rng: np.random.Generator, found: Featured) -> None:
    rated, factor = row.features["dropout"] == "rated", 1.0 / (1.0 - RATE)
    kept = rng.random((*row.setting.batch, row.setting.n_q, row.setting.n_k)) < 0.5
    found.given["dropout"] = np.where(kept, 1.0 if rated else factor, 0.0)
    if rated:
        found.given["dropout_rate"] = RATE
    applied = rated and choice.get("dropout") != "included"
    ids = heads.apart(numbered(kept.shape), 2)
    found.links["dropout"] = linked("dropout", ids, factor if applied else 1.0)


def _tables(row: Row, part: int, ahead: int) -> dict[str, Array]:
    """Cosines and sines of the usual angles at positions that do not start at 0, and are others for every number;
    further apart for a question that is asked again, since scores see only how far apart they are.
    """
    n_q, n_k, width = row.setting.n_q, row.setting.n_k, row.setting.d_q // part
    speeds = SLOWEST ** (-np.arange(width // 2) * 2.0 / width)
    step = 1 + row.number // REPEATED
    last = 3 + row.number % 5 + max(n_q, n_k)
    ends = ((n_q, last + ahead), (n_k, last))
    tables = [f(step * np.arange(end - n, end)[:, None] * speeds) for n, end in ends for f in (np.cos, np.sin)]
    return {name: FORMATS[row.dtype].round(table) for name, table in zip(TABLE_NAMES, tables, strict=True)}


def _add_and_mask(row: Row, choice: Choice, heads: Heads, rng: np.random.Generator, found: Featured) -> None:
    """Everything that becomes the truth's bias: a bias, ALiBi, and −∞ where a key is not seen."""
    has, sizes = row.features, row.setting
    seen = sees(row, choice)
    if "causal" in has:
        found.given["causal"] = True
    if "window" in has:
        found.given["window"] = window_of(row, choice.get("window", ""))
    if "lengths" in has:
        found.given["lengths"] = lengths_of(row)
    if "mask" in has:
        shape = (*(() if has["mask"] == "shared" else _per_element(row)), sizes.n_q, sizes.n_k)
        kept = drawn(seen, (*shape[:-2], 1, sizes.n_k) if has["mask"] == "keys" else shape, rng)
        mask = np.broadcast_to(kept, shape).copy()
        if has["mask"] == "whole row":
            mask[..., row.number % sizes.n_q, :] = False
        found.given["mask"] = ~mask if choice.get("polarity") == "true masks" else mask
        seen = seen & mask
    ids = np.full((1, 1), -1)
    if "bias" in has:
        bias = _bias(row, seen, rng)
        found.given["bias"] = bias
        ids = heads.apart(numbered(bias.shape), 2)
    plus = heads.apart(np.where(seen, 0.0, -np.inf), 2)
    if "slopes" in has:
        slopes = np.asarray(SLOPES[sizes.batch[-1]])
        found.given["slopes"] = slopes
        plus = plus + heads.apart(alibi(row, choice, slopes), 2)
    if {"bias", "slopes", "causal", "window", "lengths", "mask"} & set(has):
        found.links["bias"] = linked("bias", ids, plus=plus) if "bias" in has else constant(plus)


def _per_element(row: Row) -> tuple[int, ...]:
    """The batch of a mask that all heads share."""
    return (*row.setting.batch[:1], *(1,) * (len(row.setting.batch) - 1))


def _bias(row: Row, seen: Mask, rng: np.random.Generator) -> Array:
    level = row.features["bias"]
    lead = {"batch": row.setting.batch, "keys": _per_element(row)}.get(level, ())
    shape = (*lead, 1 if level == "keys" else row.setting.n_q, row.setting.n_k)
    if "slopes" in row.features:
        values = rng.integers(-QUARTERS + 1, QUARTERS, shape) / QUARTERS
    else:
        values = FORMATS[row.dtype].round(rng.standard_normal(shape))
    if level in ("masking", "keys"):
        values = np.where(drawn(seen, shape, rng), values, -np.inf)
    return np.asarray(values)


def alibi(row: Row, choice: Choice, slopes: Array) -> Array:
    """What ALiBi adds to the scores, (heads, n_q, n_k), by the alignment and the sign of the choice."""
    rows, columns = positions(row, choice)
    gap = (rows - columns).astype(np.float64)
    return np.asarray(-slopes[:, None, None] * (gap if choice.get("alibi") == "signed" else np.abs(gap)))


__all__ = ["TABLE_NAMES", "Featured", "alibi", "featured"]
