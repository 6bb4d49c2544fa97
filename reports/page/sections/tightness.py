"""How tight the bounds are, how often they say nothing, and what they rest on: the errors of exp, tanh and log."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any, Final

from attnproof.reports import words
from attnproof.reports.page.load import Results, Row
from attnproof.reports.page.numbers import finite, show
from attnproof.reports.page.section import Section, fill

OUTPUTS: Final = ("scores", "weights", "context", "grad", "grad, summed")
SHOWN: Final = {"grad": "gradients", "grad, summed": "summed gradients"}
LIMITED: Final = ("fp64", "fp32")
PATTERNS: Final = {"fp32": 1 << 32, "bf16": 1 << 16, "fp16": 1 << 16}  # what every input of a format is


def section(results: Results) -> Section:
    """Error/bound by output and format, abstentions by implementation and format, errors of the functions."""
    rows = results.tables.get("tightness", ())
    functions = results.tables.get("functions", ())
    drawn = [row for row in rows if row["of"] == "inputs"]
    html = fill(
        "tightness.html.j2",
        rows=rows,
        table_rows=by_output(results.comparisons, drawn),
        headline=headline(results.comparisons, drawn),
        broken=[
            row
            for row in (*rows, *results.tables.get("abstentions", ()), *functions)
            if row["verdict"] in ("fail", "error")
        ],
        abstentions=abstentions(results.tables.get("abstentions", ())),
        listed=listed(results.comparisons),
        functions=by_function(functions),
        ways=by_way(functions),
        profile=results.run["profile"],
        shown=SHOWN,
    )
    return Section(
        "tightness",
        "Tightness of the bounds",
        html,
        (("tightness-abstained", "Bounds that say nothing"), ("tightness-functions", "Errors of exp, tanh and log")),
    )


def by_output(comparisons: Iterable[Row], drawn: Iterable[Row]) -> list[dict[str, Any]]:
    """For each output and format count, median and largest error/bound: of the run's comparisons, of inputs drawn.

    Medians of the inputs are known for each score and implementation: the least and the largest of them.
    """
    own: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in comparisons:
        if row["outcome"] in ("pass", "fail") and (ratio := finite(row.get("ratio"))) is not None:
            own[str(row["quantity"]).partition(".")[0], row["dtype"]].append(ratio)
    searched: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in drawn:
        if finite(row["largest"]) is not None:
            searched[row["output"], row["dtype"]].append(row)
    keys = [
        (output, dtype)
        for output in OUTPUTS
        for dtype in words.FORMATS
        if (output, dtype) in own.keys() | searched.keys()
    ]
    return [{"output": o, "dtype": d, **_own(own[o, d]), **_searched(searched[o, d])} for o, d in keys]


def _own(ratios: Sequence[float]) -> dict[str, Any]:
    if not ratios:
        return {"comparisons": None, "median": None, "largest": None}
    return {"comparisons": len(ratios), "median": median(ratios), "largest": max(ratios)}


def _searched(rows: Sequence[Row]) -> dict[str, Any]:
    if not rows:
        return {"inputs": None, "medians": None, "closest": None, "where": ""}
    worst = max(rows, key=lambda row: finite(row["largest"]) or 0.0)
    medians = sorted(finite(row["median"]) or 0.0 for row in rows)
    # Implementations are asked about the same inputs.
    inputs: dict[str, int] = defaultdict(int)
    for row in rows:
        inputs[row["score"]] = max(inputs[row["score"]], int(row["judged"]))
    return {
        "inputs": sum(inputs.values()),
        "medians": f"{show(medians[0], 2)} to {show(medians[-1], 2)}",
        "closest": finite(worst["largest"]),
        "where": f"{worst['score']}, {worst['implementation']}, {worst['worst']}",
    }


def headline(comparisons: Iterable[Row], drawn: Sequence[Row]) -> str:
    """How many errors were looked at and how many exceeded their bound; nothing for a run without any."""
    judged = [row for row in comparisons if row["outcome"] in ("pass", "fail") and "ratio" in row]
    beyond = sum(not (finite(row["ratio"]) or 0.0) <= 1 or row["ratio"] in ("nan", "inf") for row in judged)
    beyond += sum(int(finite(row["measured"]) or 0) for row in drawn)
    searched = sum(int(row["judged"]) for row in drawn)
    if not judged and not searched:
        return ""
    what = "no error exceeded" if not beyond else f"{beyond} errors exceeded"
    return f"In {len(judged)} comparisons of the run and {searched} of the search for the worst, {what} its bound."


def abstentions(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """For each implementation, device and format that was judged: share, word, and the reasons with their counts."""
    return [
        {
            "implementation": row["implementation"],
            "device": row["device"],
            "dtype": row["dtype"],
            "share": f"{100 * (finite(row['measured']) or 0.0):.1f} %",
            "abstained": row["abstained"],
            "comparisons": row["comparisons"],
            "word": words.word(row["verdict"]),
            "why": row["reason"],
            "reasons": list(json.loads(row["reasons"] or "{}").items()),
        }
        for row in sorted(rows, key=lambda row: (row["device"], row["implementation"], _rank(row["dtype"])))
    ]


def listed(comparisons: Iterable[Row]) -> list[tuple[tuple[str, ...], int, str]]:
    """Every abstention in fp64 and fp32: how many, and of which quantities.

    By (score, size, inputs, format, implementation, reason).
    """
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for row in comparisons:
        if row["outcome"] == "abstain" and row["dtype"] in LIMITED:
            names = (row["score"], row["size"], row["input_class"], row["dtype"], row["implementation"], row["reason"])
            found[tuple(str(name) for name in names)].append(str(row["quantity"]))
    return [(key, len(found[key]), ", ".join(found[key])) for key in sorted(found)]


def by_function(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """For each function, library and format what the bounds allow for, and the largest error measured in this run."""
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:  # torch's softmax has an exp of its own
        name = f"{row['function']} in softmax" if row["way"] == "inside softmax" else row["function"]
        groups[name, row["implementation"], row["dtype"]].append(row)
    return [
        {
            "function": key[0],
            "library": key[1],
            "dtype": key[2],
            "allowed": finite(groups[key][0]["bounds_allow"]),
            "grade": groups[key][0]["bounds_grade"],
            "origin": groups[key][0]["origin"],
            **_measured(groups[key]),
        }
        for key in sorted(groups, key=lambda key: (*key[:2], _rank(key[2])))
    ]


def by_way(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """In fp32, for each function, library and way of calling it: the largest error measured."""
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row["dtype"] == "fp32":
            groups[row["function"], row["implementation"], row["way"]].append(row)
    return [
        {"function": function, "library": library, "way": way, **_measured(group)}
        for (function, library, way), group in sorted(groups.items())
    ]


def _measured(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Samples and shares of all inputs together: the largest error, how many inputs, whether they were all of them."""
    whole: Counter[str] = Counter()
    for row in rows:
        whole[row["way"]] += int(row["inputs"]) if row["grade"] == "exhaustive" else 0
    return {
        "measured": max(finite(row["measured"]) or 0.0 for row in rows),
        "inputs": sum(int(row["inputs"]) for row in rows),
        "all": max(whole.values()) == PATTERNS.get(rows[0]["dtype"]),
    }


def _rank(dtype: str) -> int:
    return words.FORMATS.index(dtype) if dtype in words.FORMATS else len(words.FORMATS)
