"""The section of error bounds: what is shared stands once, what is missing is said, and it is small."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from attnproof.derivations.attention.derive import derive
from attnproof.derivations.scores import FAMILIES
from attnproof.reports.page.sections.bounds import section
from attnproof.verify.proofs.derive_bounds import bounds_of

BUILT_IN = ("dot", "scaled_dot", "bilinear", "additive", "concat")
SMALL = 60_000  # bytes


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [{"name": name, "title": FAMILIES[name].title, "bounds": bounds_of(derive(name))} for name in BUILT_IN]


def html(*scores: dict[str, Any]) -> str:
    return str(section(SimpleNamespace(scores=scores)).html)  # type: ignore[arg-type]  # the section reads the scores alone


def test_every_formula_is_rendered_and_shared_ones_stand_once(rows: list[dict[str, Any]]) -> None:
    found = html(*rows)
    assert "unrendered" not in found
    assert found.count(r'alttext="\Delta c_{ip} = ') == 1
    assert found.count(r'alttext="\Delta z_{ija} = ') == 2  # additive and concat
    assert found.count(r'alttext="\Delta T_{ija} = ') == 1  # concat names the additive score for it
    assert "as for <code>additive</code>" in found
    for score in BUILT_IN:
        assert f"<code>{score}</code>" in found
    assert found.count(r'alttext="\Delta e \le ') == 4
    assert "unit roundoff of the format" in found.lower()
    assert 'href="#lemma-softmax_error"' in found
    assert len(found.encode()) < SMALL


def test_one_score_alone_shows_everything(rows: list[dict[str, Any]]) -> None:
    found = html(rows[0])
    assert found.count(r'alttext="\Delta c_{ip} = ') == 1
    assert "for every score" not in found


def test_a_run_without_bounds_says_so(rows: list[dict[str, Any]]) -> None:
    quick = {"name": "dot", "bounds": {}}
    assert "No error bounds were derived in this run." in html(quick)
    assert "No error bounds were derived in this run." in html({"name": "dot"})
    odd = {"name": "odd", "bounds": {"reason": "no rule derives the rounding errors of step(e)"}}
    assert "No bounds for <code>odd</code>: no rule derives the rounding errors of step(e)." in html(rows[0], odd)


def test_a_copy_is_left_out_and_all_gradients_are_carried(rows: list[dict[str, Any]]) -> None:
    for name, row in zip(BUILT_IN, rows, strict=True):
        targets = [found["target"] for found in row["bounds"]["equations"]]
        assert "error_logits" not in targets
        inputs = {tensor.name for tensor in derive(name).forward.inputs}
        assert {f"error_grad_{tensor}" for tensor in inputs} <= set(targets)
        assert {"error_scores", "error_weights", "error_context"} <= set(targets)
        assert {"scores", "weights", "context"} <= {found["target"] for found in row["bounds"]["closed"]}
