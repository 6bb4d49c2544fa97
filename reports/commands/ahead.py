"""Formulas are typeset while other units still run, not at the end, where everything would wait for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, Final

from attnproof.reports.page.mathml import LONGEST, formula, mixed
from attnproof.verify.proofs.ledger import ClaimRow, LemmaRow

FORMULAS: Final = frozenset({"before", "after", "latex"})
PROSE: Final = frozenset({"statement", "title", "usual", "rule", "what"})


def typeset(rows: Iterable[object]) -> None:
    """Typeset what claims and lemmas print; the page takes the same texts, and none of them twice."""
    for row in rows:
        if isinstance(row, ClaimRow | LemmaRow):
            _texts({each.name: getattr(row, each.name) for each in fields(row)})


def _texts(part: Any) -> None:
    if isinstance(part, Mapping):
        for name, value in part.items():
            if isinstance(value, str):
                if name in PROSE:
                    mixed(value)
                elif name in FORMULAS and 0 < len(value) < LONGEST:
                    formula(value)
            else:
                _texts(value)
    elif isinstance(part, list | tuple):
        for each in part:
            _texts(each)
