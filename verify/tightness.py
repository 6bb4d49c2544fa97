"""How tight the bounds are, and whether one was ever exceeded: rows made of a run's own comparisons, at no cost.

A row is one output, format and implementation. ``measured`` is the number of judged comparisons in which an observed error
exceeded its bound: theory says none. An abstained comparison is counted, and has no part in ``median`` and ``largest``.
In fp32 and fp64 at most ``ABSTAIN_SHARE`` of an implementation's comparisons may abstain (``abstentions``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from statistics import median
from typing import Final

from verify.outcome import ABSTAIN, FAIL, PASS
from verify.unit import Row

ABSTAIN_SHARE: Final = 0.05
FORMATS_LIMITED: Final = ("fp64", "fp32")


def rows(comparisons: Iterable[Row]) -> list[Row]:
    """Rows of ``tables/tightness.csv`` from rows of ``results.jsonl``: median and largest error/bound, and violations.

    Comparisons that were not judged (skipped, unsupported, error) are left out. A group in which every comparison abstained
    abstains; gradients are one output, ``grad``.
    """
    groups: dict[tuple[str, str, str, str], list[Row]] = defaultdict(list)
    for row in comparisons:
        if row["outcome"] in (PASS, FAIL, ABSTAIN) and "ratio" in row:
            output = row["quantity"].partition(".")[0]
            groups[output, row["dtype"], row["implementation"], row["device"]].append(row)
    return [_row(key, groups[key]) for key in sorted(groups)]


def _row(key: tuple[str, str, str, str], group: list[Row]) -> Row:
    output, dtype, implementation, device = key
    ratios = [float(row["ratio"]) for row in group if row["outcome"] != ABSTAIN]
    # A NaN compares with nothing: what is not within its bound is a violation.
    violations = sum(not ratio <= 1.0 for ratio in ratios)
    verdict, reason = PASS, None
    if violations:
        verdict, reason = FAIL, f"{violations} of {len(ratios)} errors exceed their bound"
    elif not ratios:
        verdict, reason = ABSTAIN, "every comparison abstained"
    return {
        "table": "tightness",
        "id": f"tightness/{output}/{dtype}/{implementation}/{device}",
        "theory": "|computed − exact| ≤ bound",
        "theory_value": 0,
        "measured": violations,
        "uncertainty": 0,
        "detectable": 1,
        "grade": "bound",
        "verdict": verdict,
        "reason": reason,
        "implementation": implementation,
        "dtype": dtype,
        "device": device,
        "output": output,
        "comparisons": len(ratios),
        "abstained": len(group) - len(ratios),
        "median": median(ratios) if ratios else None,
        "largest": max(ratios) if ratios else None,
    }


def abstentions(comparisons: Iterable[Row]) -> dict[tuple[str, str], float]:
    """(implementation, format) -> share of the judged comparisons that abstained."""
    judged: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for row in comparisons:
        if row["outcome"] in (PASS, FAIL, ABSTAIN):
            judged[row["implementation"], row["dtype"]].append(row["outcome"] == ABSTAIN)
    return {key: sum(found) / len(found) for key, found in sorted(judged.items())}


def too_many(comparisons: Iterable[Row]) -> dict[tuple[str, str], float]:
    """The implementations that abstain in more than ``ABSTAIN_SHARE`` of their comparisons in fp32 or fp64."""
    return {
        key: share
        for key, share in abstentions(comparisons).items()
        if key[1] in FORMATS_LIMITED and share > ABSTAIN_SHARE
    }
