"""What the figures share: which rows to draw, and the sentence that stands in for a figure without data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from markupsafe import Markup

from attnproof.reports import words
from attnproof.reports.page.load import Row
from attnproof.reports.page.numbers import finite, show

# The formats that stand for the rest in a figure, best first; the tables have all of them.
PREFERRED = words.FORMATS


def absent(what: str) -> Markup:
    """A sentence in place of a figure."""
    return Markup('<p class="absent figure">{}</p>').format(what)


def note(text: str) -> Markup:
    """What a figure shows, below it."""
    return caption(f"{text} Faint points abstain, a ring marks a failure.")


def caption(text: str) -> Markup:
    """As :func:`note`, for a figure without points of rows."""
    return Markup('<p class="figure-note">{}</p>').format(text)


def has(rows: Sequence[Row], *columns: str) -> bool:
    """Whether the table has these columns."""
    return bool(rows) and all(column in rows[0] for column in columns)


def measured(rows: Iterable[Row]) -> list[Row]:
    """The rows that hold a number."""
    return [row for row in rows if finite(row.get("measured")) is not None]


def representative(rows: Sequence[Row]) -> tuple[list[Row], str]:
    """The rows of one implementation and format, with its name; the most precise format, then the most rows.

    Where several have as many rows, the first in alphabetical order: the choice does not depend on the rows' order.
    """
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["implementation"], row["dtype"], row["device"]), []).append(row)
    if not groups:
        return [], ""

    def rank(key: tuple[str, str, str]) -> tuple[int, int, tuple[str, str, str]]:
        return (PREFERRED.index(key[1]) if key[1] in PREFERRED else len(PREFERRED), -len(groups[key]), key)

    best = min(groups, key=rank)
    return groups[best], ", ".join(name for name in best if name)


def by(rows: Iterable[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    """Rows grouped by ``key``, groups in order of appearance."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


LOOKS = {"abstain": "weak", "fail": "wrong", "error": "wrong"}


def look(row: Row) -> str:
    """How a row's mark looks: faint where it abstains, ringed where it fails."""
    return LOOKS.get(row["verdict"], "")


def tip(row: Row) -> str:
    """What is shown when one points at a row's mark."""
    text = f"{row['id']} ({row['verdict']}): measured {show(row['measured'])}, theory {show(row.get('theory_value'))}"
    return f"{text}, uncertainty {show(row['uncertainty'])}" if row.get("uncertainty") else text
