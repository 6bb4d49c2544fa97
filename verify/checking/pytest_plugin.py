"""The fixture ``attnproof_check`` for tests of attention in other repositories.

def test_my_attention(attnproof_check):
    attnproof_check(my_attention, "scaled_dot", takes=("mask",))
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from attnproof.verify.checking.report import Report


@pytest.fixture
def attnproof_check(tmp_path: Any) -> Callable[..., Report]:
    """``attnproof.check`` that fails the test unless the report is ok; failing inputs are saved in its ``tmp_path``."""

    def checked(function: Callable[..., Any] | str, score: str, **options: Any) -> Report:
        __tracebackhide__ = True
        from attnproof.verify.checking.check import check

        report = check(function, score, **({"save_to": tmp_path, "profile": "quick"} | options))
        if not report.ok:
            pytest.fail(report.summary(), pytrace=False)
        return report

    return checked


def attention_test(function: Callable[..., Any] | str, score: str, **options: Any) -> Callable[..., None]:
    """A test in one line, one case for each property that applies: ``test_mine = attention_test(mine, "additive")``."""
    from attnproof.verify.properties import PROPERTIES

    def test(attnproof_property: str, tmp_path: Any) -> None:
        from attnproof.verify.checking.check import check

        chosen = {"save_to": tmp_path, "profile": "quick"} | options | {"properties": (attnproof_property,)}
        report = check(function, score, **chosen)
        if not report.judged and not any(finding.outcome == "error" for finding in report.findings):
            pytest.skip(report.findings[0].reason or "nothing was judged")
        if not report.ok:
            pytest.fail(report.summary(), pytrace=False)

    names = list(options.pop("properties", PROPERTIES))
    marked: Callable[..., None] = pytest.mark.parametrize("attnproof_property", names)(test)
    return marked
