"""T4's evidence: every row passes by exact enumeration, and each quantity of each case is seen to fail."""

from fractions import Fraction

import pytest

from attnproof.verify.evidence import t4
from attnproof.verify.options import Options


def test_every_row_passes() -> None:
    rows = t4.rows(Options(profile="quick"))
    assert len(rows) == 45
    assert {row.verdict for row in rows} == {"pass"}


def test_nodes_have_the_moments_of_a_normal_variable() -> None:
    moments = [sum(p * 3 ** (m // 2) * a**m for a, p in t4.NODES) for m in (0, 2, 4)]
    assert moments == [1, 1, 3]
    assert t4.RHO**2 + t4.ROOT**2 == 1


@pytest.mark.parametrize(("name", "value"), [("RHO", Fraction(1, 2)), ("ROOT", Fraction(1, 2))])
def test_other_correlations_fail(monkeypatch: pytest.MonkeyPatch, name: str, value: Fraction) -> None:
    monkeypatch.setattr(t4, name, value)
    assert any(row.verdict == "fail" and "correlated" in row.id for row in t4.rows(Options(profile="quick")))


@pytest.mark.parametrize("name", ["RADEMACHER", "SHIFTED"])
def test_other_components_fail(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(t4, name, ((Fraction(0), Fraction(1, 3)), (Fraction(3), Fraction(2, 3))))
    assert any(row.verdict == "fail" and row.reason for row in t4.rows(Options(profile="quick")))


def test_a_shared_part_that_is_lost_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = t4.summary
    monkeypatch.setattr(t4, "summary", lambda law: whole(law) | {"shared": Fraction(0)})
    failed = {row.id for row in t4.rows(Options(profile="quick")) if row.verdict == "fail"}
    assert failed == {f"evidence/T4/{name}/{d}/shared" for name in ("means", "correlated") for d in (1, 2, 5)}
