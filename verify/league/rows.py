"""The rows of the league: what each asks for among the findings of ``attnproof check``."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from attnproof.verify.league.member import HERE
from attnproof.verify.options import DTYPES, one_of
from attnproof.verify.properties import PROPERTIES
from attnproof.verify.targets.contract import CHOICES
from attnproof.verify.targets.target import FEATURES

ALL: Final = "*"  # the quantity of a finding about a whole call


@dataclass(frozen=True)
class Row:
    """A question.

    properties  whose findings count; ``read``: whether the formula was read
    quantity    pattern of the outputs and gradients that count
    dtypes      formats that count; none: all
    settings    pattern of the names of settings that count
    features    that all have to be there, in what was asked
    observed    the choice of the contract that it is about: what is done, and what the documentation says
    reasons     pattern of the reasons of failures that are about it; others are another row's
    """

    id: str
    group: str
    title: str
    says: str
    properties: tuple[str, ...] = ()
    quantity: str = ""
    dtypes: tuple[str, ...] = ()
    settings: str = ""
    features: tuple[str, ...] = ()
    observed: str = ""
    reasons: str = ""

    def __post_init__(self) -> None:
        for name in self.properties:
            one_of("property", name, (*PROPERTIES, "read"))
        for name in self.dtypes:
            one_of("format", name, DTYPES)
        for name in self.features:
            one_of("feature", name, FEATURES)
        if self.observed:
            one_of("choice", self.observed, CHOICES)

    def counts(self, finding: Mapping[str, Any], among: Collection[str] = ()) -> bool:
        """Whether a finding is about this row; ``among``: the quantities that one about a whole call is about."""
        draw = finding["draw"]
        if finding["property"] not in self.properties or (draw is None and (self.dtypes or self.settings)):
            return False
        quantity, dtype = finding["quantity"], "" if draw is None else draw["dtype"]
        return (
            (not self.quantity or any(re.search(self.quantity, q) for q in (among if quantity == ALL else (quantity,))))
            and (not self.dtypes or dtype in self.dtypes)
            and (not self.settings or re.search(self.settings, draw["setting"]["name"]) is not None)
            and (not self.features or _has(draw, self.features))
        )


def _has(draw: Mapping[str, Any] | None, features: tuple[str, ...]) -> bool:
    """Whether the question that is meant, the last of those that were asked in turn, has these features."""
    if draw is None or not draw["asked"]:
        return False
    has: dict[str, str] = json.loads(draw["asked"][-1])["features"]
    return has.keys() >= set(features)


def rows(folder: Path = HERE) -> list[Row]:
    """All, in the order of the page. Raises ValueError for a row that is none."""
    path = folder / "rows.toml"
    found = list(_rows(path))
    if len({each.id for each in found}) != len(found):
        raise ValueError(f"{path}: two rows of one id")
    return found


def _rows(path: Path) -> Iterator[Row]:
    for group, listed in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for data in listed:
            if unknown := data.keys() - {each.name for each in fields(Row)} | data.keys() & {"group"}:
                raise ValueError(f"{path}: {data.get('id')}: unknown fields {sorted(unknown)}")
            given: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in data.items()}
            yield Row(group=group, **given)
