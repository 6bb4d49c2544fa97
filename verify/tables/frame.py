"""Tables as pandas DataFrames: built from rows, checked, written as CSV (and as Parquet where pyarrow is installed),
read again.

dtypes by the type of the column's field in ``attnproof.verify.rows.tables``: text ``string``, numbers ``float64``,
whole numbers ``Int64``, verdict and grade categories; in tables that may have words for ``theory_value`` and
``measured`` these are ``object`` where a row has, numbers as floats. A cell that holds nothing is missing. A table's
units and descriptions are in its ``attrs``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, get_args, get_type_hints

import numpy as np
import pandas as pd

from attnproof.verify.outcome import OUTCOMES
from attnproof.verify.rows.tables import GRADES, TABLES, Column, Number, Said, TableRow, Value, Whole

FOLDERS: Final = ("reports/out", "attnproof-report")  # where reports are put by default: in a checkout, elsewhere
WORDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({"verdict": OUTCOMES, "grade": GRADES})


def columns(name: str) -> Mapping[str, Column]:
    """The columns of a table in order, each with unit and description. Raises ValueError for an unknown table."""
    return MappingProxyType({column: about for column, (about, _) in _schema(_known(name)).items()})


def table(name: str, folder: Path | str | None = None) -> pd.DataFrame:
    """A table of the report in ``folder``: by default ``reports/out`` or ``attnproof-report`` below the current folder.

    Raises ValueError in one line for an unknown table, a folder without reports, a run without that table, a file that
    is no such table.
    """
    _known(name)
    path = _report(folder) / "tables" / f"{name}.csv"
    if not path.is_file():
        there = ", ".join(sorted(each.stem for each in path.parent.glob("*.csv"))) or "none"
        raise ValueError(f"{path}: this run has no table {name!r}; its tables: {there}")
    try:
        cells = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8", on_bad_lines="error")
        return _typed(name, cells)
    except (ValueError, KeyError) as error:  # pandas' own errors are ValueErrors
        raise ValueError(
            f"{path}: expected the table {name!r} as a run writes it ({error})".replace("\n", " ")
        ) from error


def frame(name: str, rows: Sequence[TableRow]) -> pd.DataFrame:
    """The rows as a DataFrame. Raises ValueError for another table's row, an id that stands twice, a wrong cell."""
    return _typed(name, _cells(name, rows))


def write(folder: Path, tables: Mapping[str, Sequence[TableRow]]) -> None:
    """Write every table to ``folder/NAME.csv``, and ``NAME.parquet`` where pyarrow is installed. Equal rows give equal
    CSV files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        cells = _cells(name, rows)
        typed = _typed(name, cells)
        cells.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
        if find_spec("pyarrow") is not None:
            mixed = typed.select_dtypes("object").columns  # Parquet has one type a column
            typed.assign(**{each: cells[each] for each in mixed}).to_parquet(folder / f"{name}.parquet")


def _known(name: str) -> str:
    if name not in TABLES:
        raise ValueError(f"unknown table {name!r}; known tables: {', '.join(TABLES)}")
    return name


def _report(folder: Path | str | None) -> Path:
    tried = [Path(folder)] if folder is not None else [Path(each) for each in FOLDERS]
    for each in tried:
        if (each / "tables").is_dir():
            return each
    raise ValueError(f"{' and '.join(map(str, tried))}: expected the folder of a report; `attnproof verify` makes one")


@cache
def _fields(name: str) -> tuple[tuple[str, Column, Any], ...]:
    """The fields of a table's rows: name, what is in it, type."""
    hints = get_type_hints(TABLES[name], include_extras=True)
    return tuple((each.name, *reversed(get_args(hints[each.name]))) for each in fields(TABLES[name]))


@cache
def _schema(name: str) -> Mapping[str, tuple[Column, Any]]:
    """Column -> what is in it, and the type of its cells."""
    found: dict[str, tuple[Column, Any]] = {}
    for field, about, kind in _fields(name):
        found |= dict.fromkeys(about.spread, (about, str)) or {field: (about, kind)}
    return MappingProxyType(found)


def _cells(name: str, rows: Iterable[TableRow]) -> pd.DataFrame:
    """What stands in the file: numbers as Python writes them, NaN and infinities as words, nothing for None, mappings
    as JSON.
    """
    found: list[dict[str, str]] = []
    for row in rows:
        if row.table != name:
            raise ValueError(f"{row.id}: a row of {row.table!r} among those of {name!r}")
        line: dict[str, Any] = {}
        for field, about, _ in _fields(name):
            line |= getattr(row, field) if about.spread else {field: getattr(row, field)}
        found.append({column: _cell(line.get(column)) for column in _schema(name)})
    return pd.DataFrame(found, columns=list(_schema(name)), dtype=str)


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        return json.dumps(dict(value), ensure_ascii=False)
    return "" if value is None else str(value.item() if isinstance(value, np.generic) else value)


def _typed(name: str, cells: pd.DataFrame) -> pd.DataFrame:
    schema = _schema(name)
    if list(cells.columns) != list(schema):
        raise ValueError(f"columns {', '.join(cells.columns)}; expected {', '.join(schema)}")
    twice = cells["id"][cells["id"].duplicated()]
    if len(twice):
        raise ValueError(f"two rows are called {twice.iloc[0]!r}")
    words = TABLES[name].words
    typed = {
        column: _column(column, Number if kind is Value and not words else kind, cells[column])
        for column, (_, kind) in schema.items()
    }
    found = pd.DataFrame(typed, columns=list(schema))
    row = TABLES[name]
    found.attrs = {
        "table": name,
        "about": (row.__doc__ or "").strip(),
        "columns": {
            column: {"description": about.description, "unit": about.unit} for column, (about, _) in schema.items()
        },
    }
    return found


def _column(name: str, kind: Any, cells: pd.Series[str]) -> pd.Series[Any]:
    """The cells of one column as what they are."""
    present = cells.where(cells != "")
    if name in WORDS:
        unknown = sorted(set(present.dropna()) - set(WORDS[name]))
        if unknown:
            raise ValueError(f"{name} {unknown[0]!r}; expected one of {', '.join(WORDS[name])}")
        return present.astype(pd.CategoricalDtype(list(WORDS[name])))
    if kind is Number:
        return _each(name, "a number", float, present).astype("float64")
    if kind is Whole:
        return _each(name, "a whole number", int, present).astype("Int64")
    if kind is Value:
        found = present.map(_number_or_word, na_action="ignore")
        return found if any(isinstance(each, str) for each in found) else found.astype("float64")
    if kind in (str, str | None, Said):
        return present.astype("string")
    return _each(name, "JSON", json.loads, present)


def _each(name: str, expected: str, read: Callable[[str], Any], cells: pd.Series[str]) -> pd.Series[Any]:
    def value(cell: str) -> Any:
        try:
            return read(cell)
        except ValueError:
            raise ValueError(f"column {name}: {cell!r}; expected {expected}") from None

    return cells.map(value, na_action="ignore")


def _number_or_word(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell
