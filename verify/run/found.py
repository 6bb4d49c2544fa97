"""What the units of a run found, sorted by the file that it goes to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from attnproof.verify.outcome import ERROR
from attnproof.verify.proofs.derive import DerivationRow
from attnproof.verify.proofs.ledger import ClaimRow, LemmaRow
from attnproof.verify.rows.comparison import ComparisonRow
from attnproof.verify.rows.drawing import Drawing
from attnproof.verify.rows.tables import TABLES, TableRow
from attnproof.verify.run.execute import Done
from attnproof.verify.tables.model.row import ModelSummary
from attnproof.verify.unit import Result, RunFigure


@dataclass(frozen=True)
class Found:
    """Results by the file that they go to.

    drawn    figures that are drawn beside a claim
    figures  numbers of the whole run
    tables   rows of each table by its name
    """

    comparisons: list[ComparisonRow] = field(default_factory=list)
    claims: list[ClaimRow] = field(default_factory=list)
    lemmas: list[LemmaRow] = field(default_factory=list)
    derivations: list[DerivationRow] = field(default_factory=list)
    drawn: list[Drawing] = field(default_factory=list)
    models: list[ModelSummary] = field(default_factory=list)
    figures: list[RunFigure] = field(default_factory=list)
    tables: dict[str, list[TableRow]] = field(default_factory=dict)

    def put_first(self, table: str, rows: Sequence[TableRow]) -> None:
        """Rows made of the run's comparisons, before those of the table's units; no table where there are neither."""
        if rows:
            self.tables[table] = [*rows, *self.tables.get(table, ())]


def found(done: Iterable[Done]) -> Found:
    """The results of all units; a unit that raised becomes an ``error`` comparison, a table whose every unit broke an
    empty one.

    Raises TypeError for what is no ``Result``.
    """
    by_class: dict[type[Result], list[Any]] = defaultdict(list)
    parts = set()
    for item in done:
        parts.add(item.unit.part)
        for row in item.rows if item.error is None else [_broken(item, item.error), *item.rows]:
            if not isinstance(row, Result):
                raise TypeError(f"unit {item.unit.id!r} gave {type(row).__name__}; expected a Result")
            by_class[type(row)].append(row)
    tables = {name: by_class[row] for name, row in TABLES.items() if by_class[row] or name in parts}
    return Found(
        comparisons=by_class[ComparisonRow],
        claims=by_class[ClaimRow],
        lemmas=by_class[LemmaRow],
        derivations=by_class[DerivationRow],
        drawn=by_class[Drawing],
        models=by_class[ModelSummary],
        figures=by_class[RunFigure],
        tables=tables,
    )


def _broken(item: Done, error: str) -> ComparisonRow:
    reason = f"unit raised: {error.strip().splitlines()[-1]}"
    return ComparisonRow(id=item.unit.id, outcome=ERROR, reason=reason, traceback=error)
