"""What the units of a run found, sorted by the file that it goes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from attnproof.verify.outcome import ERROR
from attnproof.verify.run.execute import Done
from attnproof.verify.unit import Row

TABLES: Final = (
    "saturation",
    "variance",
    "bias_invariance",
    "evidence",
    "detection",
    "functions",
    "tightness",
    "abstentions",
    "model_variance",
    "model_saturation",
    "model_bias_invariance",
)
# Rows that are no table's, by the name that they carry under "table": the field of ``Found`` that holds them.
_LISTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "checks": "comparisons",
        "claims": "claims",
        "lemmas": "lemmas",
        "derivations": "derivations",
        "figures": "drawn",
        "model_summary": "models",
    }
)


@dataclass(frozen=True)
class Found:
    """Rows by the file that they go to.

    figures   numbers of the whole run by name (``run.json``)
    drawn     figures that are drawn beside a claim
    tables    rows of each table by its name
    """

    comparisons: list[Row] = field(default_factory=list)
    claims: list[Row] = field(default_factory=list)
    lemmas: list[Row] = field(default_factory=list)
    derivations: list[Row] = field(default_factory=list)
    drawn: list[Row] = field(default_factory=list)
    models: list[Row] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def put_first(self, table: str, rows: Sequence[Row]) -> None:
        """Rows made of the run's comparisons, before those of the table's units; no table where there are neither."""
        if rows:
            self.tables[table] = [*rows, *self.tables.get(table, ())]


def found(done: Iterable[Done]) -> Found:
    """The rows of all units; a unit that raised becomes an ``error`` row, a table whose every unit broke an empty one.

    Raises ValueError for a row of an unknown table.
    """
    result = Found()
    for item in done:
        if item.unit.part in TABLES:
            result.tables.setdefault(item.unit.part, [])
        if item.error is not None:
            result.comparisons.append(_broken(item, item.error))
        for row in item.rows:
            table = row.get("table", item.unit.part)
            if table == "figure":
                result.figures[row["name"]] = row["value"]
            elif table in _LISTS:
                getattr(result, _LISTS[table]).append({key: value for key, value in row.items() if key != "table"})
            elif table in TABLES:
                result.tables.setdefault(table, []).append(row)
            else:
                raise ValueError(f"unit {item.unit.id!r} gave a row for an unknown table {table!r}")
    return result


def _broken(item: Done, error: str) -> Row:
    return {
        "schema": "attnproof.results/1",
        "id": item.unit.id,
        "score": "",
        "implementation": "",
        "dtype": "",
        "device": "",
        "size": "",
        "input_class": "",
        "quantity": "*",
        "outcome": ERROR,
        "reason": f"unit raised: {error.strip().splitlines()[-1]}",
        "traceback": error,
    }
