"""Read a run's result files. Nothing else is read by the page, and a file that is missing or malformed is named."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match

from attnproof.reports import words

Row = Mapping[str, Any]

BENCH: Final = "attnproof.bench/1"
TABLES: Final = ("saturation", "variance", "bias_invariance", "evidence")
MODEL_TABLES: Final = ("model_variance", "model_saturation", "model_bias_invariance")
OPTIONAL_TABLES: Final = (
    *MODEL_TABLES,
    "detection",
    "found_by",
    "leave_one_out",
    "gates",
    "gate_rules",
    "tightness",
    "abstentions",
    "functions",
)
COMMON_COLUMNS: Final = ("id", "theory", "theory_value", "measured", "uncertainty", "detectable", "grade", "verdict",
                         "reason", "implementation", "dtype", "device")  # fmt: skip
COMPARISON_FIELDS: Final = ("id", "score", "implementation", "dtype", "device", "quantity", "outcome", "reason")


def _object_with(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": [*required], "properties": properties}


def _listed(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "array", "items": _object_with(*required, **properties)}


def _named(schema: str, *required: str, **properties: Any) -> dict[str, Any]:
    return _object_with("schema", *required, **{"schema": {"const": schema}, **properties})


# A word, or one followed by more: "proved up to size 4".
VERDICT: Final = {
    "type": "string",
    "pattern": f"^({'|'.join(words.VERDICTS)})( |$)",
    "description": f"one of {', '.join(words.VERDICTS)}",
}
SCHEMAS: Final[Mapping[str, Mapping[str, Any]]] = {
    "run.json": _named(
        "attnproof.run/1", "profile", "seed", "versions", "device", "commit", "counts", "parts",
        suites={"type": ["object", "null"]}, parts={"type": "object"},
    ),
    "claims.json": _named(
        "attnproof.claims/1", "claims", claims=_listed("id", "title", "verdict", verdict=VERDICT),
        lemmas=_listed("name", "title", "statement", "verdict", verdict=VERDICT),
    ),
    "derivations.json": _named("attnproof.derivations/1", "scores", scores=_listed("name", "variants")),
    "model.json": _named("attnproof.model/1", "summary", summary=_listed()),
    BENCH: _named(
        BENCH, "started", "commit", "ours", "device", "versions", "timings", "floors", "memory", "missing"
    ),
}  # fmt: skip
RESULTS: Final = "attnproof.results/1"


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
    league       whether the league's page lies beside
    """

    run: Mapping[str, Any]
    comparisons: tuple[Row, ...]
    claims: tuple[Row, ...]
    lemmas: tuple[Row, ...]
    scores: tuple[Row, ...]
    tables: Mapping[str, tuple[Row, ...]]
    model: tuple[Row, ...]
    benches: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    league: bool = False


def load(folder: Path) -> Results:
    """All result files of ``folder``.

    Raises ValueError naming the file and what was expected of it.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder}: expected a folder with the result files of a run (run.json, results.jsonl ...)")
    run = _object(folder / "run.json")
    ledger = _object(folder / "claims.json")
    scores = _object(folder / "derivations.json")["scores"]
    comparisons = _lines(folder / "results.jsonl")
    parts = run["parts"]
    tables = {name: _table(folder / "tables" / f"{name}.csv", required=name in parts) for name in TABLES}
    tables |= {name: _table(folder / "tables" / f"{name}.csv", required=False) for name in OPTIONAL_TABLES}
    others = (path for path in sorted((folder / "tables").glob("*.csv")) if path.stem not in tables)
    tables |= {path.stem: _table(path, required=True) for path in others}
    _check_complete(folder, run, {"comparisons": comparisons} | tables)
    model = _object(folder / "model.json")["summary"] if (folder / "model.json").is_file() else ()
    claims, lemmas = tuple(ledger["claims"]), tuple(ledger.get("lemmas", ()))
    benches = _benches(folder / "recorded")
    return Results(
        run,
        comparisons,
        claims,
        lemmas,
        tuple(scores),
        tables,
        tuple(model),
        benches,
        (folder / "league.html").is_file(),
    )


def _benches(folder: Path) -> dict[str, Mapping[str, Any]]:
    """The records of speed in ``folder``, which need not be there; records of other kinds are left out."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        record = _object(path)
        if record.get("schema") == BENCH:
            _check(path, record, BENCH)
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
    if path.name in SCHEMAS:
        _check(path, data, path.name)
    return data


def _check(path: Path, data: Mapping[str, Any], name: str) -> None:
    error = best_match(Draft202012Validator(SCHEMAS[name]).iter_errors(data))
    if error is not None:
        place = "".join(f"[{part!r}]" for part in error.absolute_path)
        raise ValueError(f"{path}{place}: expected {_expected(error)}")


def _expected(error: ValidationError) -> str:
    # What failed says which rule, on what, within which schema: objects, since our schemas are.
    rule: Any = error.validator_value
    schema: Any = error.schema
    instance: Any = error.instance
    if error.validator == "required":
        missing = ", ".join(name for name in rule if name not in instance)
        return f"the fields {', '.join(rule)}; missing: {missing}"
    wanted = schema.get("description") or f"{error.validator} {rule!r}"
    found = type(error.instance).__name__ if isinstance(error.instance, (dict, list)) else repr(error.instance)
    return f"{wanted}, found {found}"


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
        if row.get("schema") != RESULTS:
            raise ValueError(f"{where}: expected schema {RESULTS!r}, found {row.get('schema')!r}")
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
