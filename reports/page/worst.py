"""The worst element of a comparison in words."""

from __future__ import annotations

from dataclasses import dataclass

from attnproof.reports.page.load import Row


@dataclass(frozen=True)
class Worst:
    """Where the error was largest in units of its bound: index, what came out, what is exact, the bound."""

    index: str
    got: str
    got_hex: str
    exact: str
    bound: str


def worst(row: Row) -> Worst | None:
    """The ``worst`` object of a comparison; None when nothing was compared."""
    found = row.get("worst")
    if not found:
        return None
    index = found.get("index")
    return Worst(
        index="[" + ", ".join(map(str, index)) + "]" if isinstance(index, list) else str(index),
        got=_decimal(found.get("got")),
        got_hex=str(found.get("got")),
        exact=str(found.get("exact")),
        bound=_decimal(found.get("bound"), digits=4),
    )


def _decimal(text: object, digits: int = 17) -> str:
    """A hexadecimal float in decimal; other text unchanged."""
    try:
        return f"{float.fromhex(str(text)):.{digits}g}"
    except ValueError:
        return str(text)
