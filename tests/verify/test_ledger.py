"""A ledger row carries the cells of a claim, and none where a step does not check."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derivations.claims import CLAIMS
from verify import ledger
from verify.options import Options

OPTIONS = Options(profile="quick")


def test_cells_stand_in_the_row() -> None:
    (row,) = ledger.run({"claim": "X2"}, OPTIONS)
    assert row["cells"] == [dict(cell) for cell in CLAIMS["X2"].cells]
    assert row["cells"]


def test_no_cell_is_shown_without_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    first, *others = CLAIMS["X2"].steps
    broken = replace(CLAIMS["X2"], steps=(replace(first, check=lambda: False), *others))
    monkeypatch.setattr(ledger, "CLAIMS", {"X2": broken})
    (row,) = ledger.run({"claim": "X2"}, OPTIONS)
    assert row["verdict"] == "not decided"
    assert row["cells"] == []
