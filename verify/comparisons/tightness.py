"""How tight the bounds are, and whether one was ever exceeded: rows of ``tables/tightness.csv``.

A row is one output, format and implementation. ``measured`` is the number of judged comparisons (``of`` =
``comparisons``: a run's own, at no cost) or inputs (``of`` = ``inputs``:
``attnproof.verify.comparisons.tightness_search``) in which an observed error exceeded its bound: theory says none.
``median`` and ``largest`` are of the largest error/bound of each; what has no finite bound, or one that tells nothing
(it abstained, or was judged by the recorded operations), is counted and has no part in them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final, Literal

from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.rows.comparison import ComparisonRow
from attnproof.verify.rows.tables import TightnessRow

THEORY: Final = "|computed − exact| ≤ bound"


def rows(comparisons: Iterable[ComparisonRow]) -> list[TightnessRow]:
    """Rows of ``tables/tightness.csv`` from rows of ``results.jsonl``: median and largest error/bound, and violations.

    Comparisons that were not judged (skipped, unsupported, error) are left out. A group in which every comparison
    abstained abstains; gradients are one output, ``grad``.
    """
    groups: dict[tuple[str, str, str, str], list[ComparisonRow]] = defaultdict(list)
    for each in comparisons:
        if each.outcome in (PASS, FAIL, ABSTAIN) and each.ratio is not None:
            output = each.quantity.partition(".")[0]
            groups[output, each.dtype, each.implementation, each.device].append(each)
    return [_of_comparisons(key, groups[key]) for key in sorted(groups)]


def _of_comparisons(key: tuple[str, str, str, str], group: Sequence[ComparisonRow]) -> TightnessRow:
    ratios = [
        each.ratio for each in group if each.ratio is not None and each.outcome != ABSTAIN and each.judged_by is None
    ]
    return row(key, ratios, len(group) - len(ratios), of="comparisons")


def row(
    key: tuple[str, str, str, str],
    ratios: Sequence[float],
    unbounded: int,
    worst: str = "",
    score: str | None = None,
    *,
    of: Literal["inputs", "comparisons"] = "inputs",
    skipped: tuple[str, str] | None = None,
) -> TightnessRow:
    """One row: output, format, implementation and device; error/bound of each input or comparison, and how many have no
    useful bound.

    worst    what the one with the largest error/bound is like
    skipped  outcome and reason where nothing could be looked at
    """
    output, dtype, implementation, device = key
    # A NaN compares with nothing: what is not within its bound is a violation.
    violations = sum(not ratio <= 1.0 for ratio in ratios)
    verdict, reason = skipped or (PASS, None)
    if violations:
        verdict = FAIL
        reason = f"{violations} of {len(ratios)} errors exceed their bound ({worst or 'see the comparisons'})"
    elif not ratios and skipped is None:
        verdict, reason = ABSTAIN, f"no {of[:-1]} has a bound that says anything"
    return TightnessRow(
        id="/".join(("tightness", of, *([score] if score else []), output, dtype, implementation, device)),
        theory=THEORY,
        theory_value=0,
        measured=violations,
        uncertainty=0,
        detectable=1,
        grade="certified enclosure",
        verdict=verdict,
        reason=reason,
        implementation=implementation,
        dtype=dtype,
        device=device,
        score=score,
        of=of,
        output=output,
        judged=len(ratios),
        unbounded=unbounded,
        median=median(ratios) if ratios else None,
        largest=max(ratios) if ratios else None,
        worst=worst,
    )
