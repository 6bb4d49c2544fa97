"""The part ``model`` of a run: units and rows.

Units ``model/heads`` (variance, saturation and the local bias rows; summary) and ``model/output`` (end-to-end bias
rows), whose ``ModelSummary`` is an object of ``model.json``.

Without the package every unit gives one row ``skipped`` in each of its tables; another file than the expected one
raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from attnproof.verify.options import Options
from attnproof.verify.outcome import SKIPPED
from attnproof.verify.rows.tables import ModelBiasInvarianceRow, ModelRow, ModelSaturationRow, ModelVarianceRow
from attnproof.verify.tables.model import bias_local, bias_output, files, forward, saturation, text, variance
from attnproof.verify.tables.model.row import ModelSummary, row
from attnproof.verify.unit import Result, Row, Unit, generator

Array = NDArray[Any]

SENTENCES: Final = {"quick": 14, "standard": 55, "thorough": 55}
OUTPUT_SENTENCES: Final = {"quick": 2, "standard": 6, "thorough": 24}
COST: Final = {"quick": 2.0, "standard": 6.0, "thorough": 20.0}
TABLES: Final[Mapping[str, tuple[type[ModelRow], ...]]] = {
    "heads": (ModelVarianceRow, ModelSaturationRow, ModelBiasInvarianceRow),
    "output": (ModelBiasInvarianceRow,),
}


def plan(options: Options) -> list[Unit]:
    """Two units, if the scaled dot score, the CPU, and fp64 or fp32 are wanted. The heads are measured in fp64."""
    if "scaled_dot" not in options.scores or "cpu" not in options.devices:
        return []
    wanted = [
        name for name, needed in (("heads", {"fp64"}), ("output", {"fp64", "fp32"})) if needed & set(options.dtypes)
    ]
    cost = COST[options.profile]
    return [
        Unit(f"model/{name}", "model", "attnproof.verify.tables.model.part:run", {"rows": name}, cost=cost)
        for name in wanted
    ]


def run(arguments: Mapping[str, Any], options: Options) -> list[Result]:
    """Rows of one unit. ValueError when a file of the installed package is not the expected one."""
    which = arguments["rows"]
    try:
        model, tokenizer = files.load()
    except files.NotInstalledError as absent:
        return _skipped(which, str(absent))
    random = random_biases(model, options.seed)
    if which == "heads":
        ids = text.token_ids(tokenizer, text.spread(SENTENCES[options.profile]))
        return _heads(model, ids, random, options)
    ids = text.token_ids(tokenizer, text.spread(OUTPUT_SENTENCES[options.profile]))
    direction = generator(options.seed, "model", "direction").standard_normal((len(ids), files.WIDTH))
    dtypes = [dtype for dtype in ("fp64", "fp32") if dtype in options.dtypes]
    found = bias_output.rows(model, ids, random, direction, dtypes)
    return [*found, _output_summary(found, model)]


def random_biases(model: files.Model, seed: int) -> list[Array]:
    """For each layer a random direction times the length of the trained query bias, float32 (exact in fp64 too)."""
    vectors = []
    for number, layer in enumerate(model.layers):
        drawn = generator(seed, "model", "bias", str(number)).standard_normal(files.WIDTH)
        vectors.append((drawn / np.linalg.norm(drawn) * np.linalg.norm(layer["query.bias"])).astype(np.float32))
    return vectors


def _heads(model: files.Model, ids: tuple[tuple[int, ...], ...], random: list[Array], options: Options) -> list[Result]:
    _, seen = forward.encode(forward.cast(model, "fp64"), ids)
    found: list[ModelRow] = []
    for number, (layer, sentences) in enumerate(zip(model.layers, seen, strict=True)):
        draws = generator(options.seed, "model", "normal scores", str(number))
        query_bias, key_bias = (np.asarray(layer[f"{side}.bias"], dtype=np.float64) for side in ("query", "key"))
        found += variance.rows(number, sentences)
        found += saturation.rows(number, sentences, draws)
        found += bias_local.rows(number, sentences, query_bias, key_bias, random[number].astype(np.float64))
    return [*found, _heads_summary(found, ids)]


def _heads_summary(rows: list[ModelRow], ids: tuple[tuple[int, ...], ...]) -> ModelSummary:
    def pick(kind: type[ModelRow], quantity: str) -> list[Any]:
        return [one for one in rows if isinstance(one, kind) and one.quantity == quantity]

    def name(one: ModelRow) -> str:
        return f"layer {one.layer}, head {one.head}"

    ratios, halves = pick(ModelVarianceRow, "variance"), pick(ModelVarianceRow, "half difference")
    correlated = pick(ModelVarianceRow, "variance, correlated")
    concentrated = sorted(pick(ModelSaturationRow, "sum of squares"), key=lambda one: float(one.measured))
    entropies = pick(ModelSaturationRow, "entropy")
    content = {
        "package": f"{files.PACKAGE} {files.VERSION}",
        **{f"sha256 {file}": digest for file, digest in files.SHA256.items()},
        "text": f"{len(ids)} sentences, {sum(map(len, ids))} tokens",
        "score variance over that of independent components, smallest": min(one.ratio for one in ratios),
        "score variance over that of independent components, largest": max(one.ratio for one in ratios),
        "score variance over that of correlated components, smallest": min(one.ratio for one in correlated),
        "score variance over that of correlated components, largest": max(one.ratio for one in correlated),
        "half difference over that of independent components, smallest": min(one.ratio for one in halves),
        "half difference over that of independent components, largest": max(one.ratio for one in halves),
        "most saturated head": name(concentrated[-1]),
        "its sum of squared weights": concentrated[-1].measured,
        "least saturated head": name(concentrated[0]),
        "its sum of squared weights, least": concentrated[0].measured,
        "fewest effective keys": min(one.effective_keys for one in entropies),
        "most effective keys": max(one.effective_keys for one in entropies),
    }
    return ModelSummary(content)


def _output_summary(rows: list[ModelBiasInvarianceRow], model: files.Model) -> ModelSummary:
    summary: Row = {}
    for side in ("key", "query"):
        norms = [float(np.linalg.norm(layer[f"{side}.bias"])) for layer in model.layers]
        summary[f"length of the {side} biases by layer"] = [round(norm, 4) for norm in norms]
    for one in rows:
        if one.quantity == "output":
            summary[f"largest change of an embedding: {one.intervention}, {one.dtype}"] = one.embedding_change
    summary["why the key biases are tiny"] = (
        "a key bias adds the same amount to every score of a row, softmax drops it, so its gradient is zero in exact "
        "arithmetic and training leaves it near its initial value, zero"
    )
    return ModelSummary(summary)


def _skipped(which: str, reason: str) -> list[Result]:
    rows = [row(table, f"{which}/skipped", verdict=SKIPPED, reason=reason) for table in TABLES[which]]
    return [*rows, ModelSummary({"rows": which, "skipped": reason})]
