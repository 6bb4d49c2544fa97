"""Read a run's result files. Nothing else is read by the page, and a file that is missing or malformed is named."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from attnproof.reports import words

Row = Mapping[str, Any]

SCHEMAS: Final = {
    "run.json": "attnproof.run/1",
    "claims.json": "attnproof.claims/1",
    "derivations.json": "attnproof.derivations/1",
    "results.jsonl": "attnproof.results/1",
    "model.json": "attnproof.model/1",
}
BENCH: Final = "attnproof.bench/1"
BENCH_FIELDS: Final = ("started", "commit", "ours", "device", "versions", "timings", "floors", "memory", "missing")
TABLES: Final = ("saturation", "variance", "bias_invariance", "evidence")
MODEL_TABLES: Final = ("model_variance", "model_saturation", "model_bias_invariance")
OPTIONAL_TABLES: Final = (*MODEL_TABLES, "detection", "tightness", "abstentions", "functions")
COMMON_COLUMNS: Final = ("id", "theory", "theory_value", "measured", "uncertainty", "detectable", "grade", "verdict",
                         "reason", "implementation", "dtype", "device")  # fmt: skip
RUN_FIELDS: Final = ("profile", "seed", "versions", "device", "commit", "counts", "parts")
LEMMA_FIELDS: Final = ("name", "title", "statement", "verdict")
COMPARISON_FIELDS: Final = ("id", "score", "implementation", "dtype", "device", "quantity", "outcome", "reason")


@dataclass(frozen=True)
class Results:
    """Everything a run left behind.

    run          ``run.json``
    comparisons  rows of ``results.jsonl``
    claims       ``claims`` of ``claims.json``
    lemmas       ``lemmas`` of ``claims.json``; empty where a run of an older version has none
    scores       ``scores`` of ``derivations.json``
    tables       rows of each CSV table by its name; a table whose part was not run is empty
    model        ``summary`` of ``model.json``; empty when the trained model was not part of the run
    benches      recorded speed and memory, ``recorded/NAME.json`` of the schema BENCH by name; none is needed
    """

    run: Mapping[str, Any]
    comparisons: tuple[Row, ...]
    claims: tuple[Row, ...]
    lemmas: tuple[Row, ...]
    scores: tuple[Row, ...]
    tables: Mapping[str, tuple[Row, ...]]
    model: tuple[Row, ...]
    benches: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def load(folder: Path) -> Results:
    """All result files of ``folder``.

    Raises ValueError naming the file and what was expected of it.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder}: expected a folder with the result files of a run (run.json, results.jsonl ...)")
    run = _object(folder / "run.json")
    _need(str(folder / "run.json"), run, RUN_FIELDS)
    claims = _list_in(folder / "claims.json", "claims", ("id", "title", "verdict"))
    for claim in claims:
        _check_word(f"{folder / 'claims.json'}: claim {claim['id']}", claim["verdict"], words.VERDICTS)
    lemmas = _list_in(folder / "claims.json", "lemmas", LEMMA_FIELDS, required=False)
    for lemma in lemmas:
        _check_word(f"{folder / 'claims.json'}: lemma {lemma['name']}", lemma["verdict"], words.VERDICTS)
    scores = _list_in(folder / "derivations.json", "scores", ("name", "variants"))
    comparisons = _lines(folder / "results.jsonl")
    parts = run["parts"]
    tables = {name: _table(folder / "tables" / f"{name}.csv", required=name in parts) for name in TABLES}
    tables |= {name: _table(folder / "tables" / f"{name}.csv", required=False) for name in OPTIONAL_TABLES}
    _check_complete(folder, run, {"comparisons": comparisons} | tables)
    model = _list_in(folder / "model.json", "summary", ()) if (folder / "model.json").is_file() else ()
    return Results(run, comparisons, claims, lemmas, scores, tables, model, _benches(folder / "recorded"))


def _benches(folder: Path) -> dict[str, Mapping[str, Any]]:
    """The records of speed in ``folder``, which need not be there; records of other kinds are left out."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        record = _object(path)
        if record.get("schema") == BENCH:
            _need(str(path), record, BENCH_FIELDS)
            found[path.stem] = record
    return found


def _check_complete(folder: Path, run: Row, found: Mapping[str, tuple[Row, ...]]) -> None:
    """Every row that ``run.json`` counts is there: a file cut short at the end of a line looks like a whole one."""
    for name, counts in (run.get("suites") or {}).items():
        if name in found and len(found[name]) != (counted := sum(counts.values())):
            file = "results.jsonl" if name == "comparisons" else f"tables/{name}.csv"
            raise ValueError(
                f"{folder / file}: expected the {counted} rows that run.json counts, found {len(found[name])}"
            )


def _text(path: Path) -> str:
    if not path.is_file():
        raise ValueError(f"{path}: this result file is missing; expected what `attnproof verify` writes there")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: expected UTF-8 text ({error})") from error


def _object(path: Path) -> Mapping[str, Any]:
    """A JSON object, of the schema expected for a file of this name."""
    try:
        data = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: expected JSON ({error})") from error
    if not isinstance(data, dict):
        raise ValueError(f"{path}: expected a JSON object, found {type(data).__name__}")
    _check_schema(str(path), path.name, data)
    return data


def _check_schema(where: str, name: str, data: Mapping[str, Any]) -> None:
    expected = SCHEMAS.get(name)
    if expected is not None and data.get("schema") != expected:
        raise ValueError(f"{where}: expected schema {expected!r}, found {data.get('schema')!r}")


def _list_in(path: Path, name: str, fields: tuple[str, ...], *, required: bool = True) -> tuple[Row, ...]:
    """The list ``name`` in the JSON object at ``path``; each of its objects has ``fields``.

    It may be absent where it is not ``required``: an empty list.
    """
    items = _object(path).get(name, None if required else [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ValueError(f"{path}: expected a list of objects under {name!r}")
    for number, item in enumerate(items):
        _need(f"{path}: {name}[{number}]", item, fields)
    return tuple(items)


def _lines(path: Path) -> tuple[Row, ...]:
    rows = []
    for number, line in enumerate(_text(path).splitlines(), start=1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise ValueError(f"{path}:{number}: expected one JSON object a line ({error})") from error
        if not isinstance(row, dict):
            raise ValueError(f"{path}:{number}: expected a JSON object, found {type(row).__name__}")
        where = f"{path}:{number}"
        _check_schema(where, path.name, row)
        _need(where, row, COMPARISON_FIELDS)
        _check_word(where, row["outcome"], words.OUTCOMES)
        rows.append(row)
    return tuple(rows)


def _table(path: Path, *, required: bool) -> tuple[Row, ...]:
    """The rows of a CSV table, cells as text. An empty file, or none where not ``required``, is an empty table."""
    if not required and not path.is_file():
        return ()
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        rows = tuple(reader)
    except csv.Error as error:
        raise ValueError(f"{path}: expected CSV ({error})") from error
    if rows:
        missing = [name for name in COMMON_COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise ValueError(f"{path}: expected columns {', '.join(COMMON_COLUMNS)}; missing: {', '.join(missing)}")
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise ValueError(f"{path}:{number}: expected {len(reader.fieldnames or ())} cells, as in the header")
        _check_word(f"{path}:{number}", row["verdict"], words.OUTCOMES)
    return rows


def _check_word(where: str, name: Any, known: Mapping[str, words.Word]) -> None:
    if not isinstance(name, str) or not any(name == each or name.startswith(f"{each} ") for each in known):
        raise ValueError(f"{where}: expected one of {', '.join(known)}, found {name!r}")


def _need(where: str, row: Row, fields: tuple[str, ...]) -> None:
    missing = [name for name in fields if name not in row]
    if missing:
        raise ValueError(f"{where}: expected the fields {', '.join(fields)}; missing: {', '.join(missing)}")
