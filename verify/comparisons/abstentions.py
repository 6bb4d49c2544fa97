"""How often an implementation's comparisons abstain, and why: rows of ``tables/abstentions.csv``, made of a run's own
comparisons.

What abstains is what neither its bound nor the operations that were recorded tell anything about. At most the part in
LIMITS may. The limit is on all scores together: a run of some scores only is not held to it, nor an implementation of
scores with a tanh alone (nearly all abstentions there are of gradients through 1 − tanh² where tanh is ±1 up to
rounding, which two of five scores have).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from attnproof.verify.inputs.make import WITH_TANH
from attnproof.verify.options import SCORES, Options
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS, SKIPPED
from attnproof.verify.rows.comparison import ComparisonRow
from attnproof.verify.rows.tables import AbstentionsRow

LIMITS: Final[Mapping[str, float]] = MappingProxyType({"fp64": 0.005, "fp32": 0.005, "bf16": 0.03, "fp16": 0.03})


def rows(comparisons: Iterable[ComparisonRow], options: Options) -> list[AbstentionsRow]:
    """One row for each implementation, format and device with a judged comparison: the share that abstained, and the
    reasons' counts.
    """
    judged: Counter[tuple[str, str, str]] = Counter()
    reasons: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    scores: dict[str, set[str]] = defaultdict(set)
    for each in comparisons:
        key = each.implementation, each.dtype, each.device
        if each.outcome in (PASS, FAIL, ABSTAIN):
            judged[key] += 1
            scores[each.implementation].add(each.score)
        if each.outcome == ABSTAIN:
            reasons[key][str(each.reason)] += 1
    every = set(options.scores) == set(SCORES)
    held = {name: every and not seen <= set(WITH_TANH) for name, seen in scores.items()}
    return [_row(key, count, reasons[key], held[key[0]]) for key, count in sorted(judged.items())]


def _row(key: tuple[str, str, str], count: int, reasons: Counter[str], held: bool) -> AbstentionsRow:
    implementation, dtype, device = key
    share = sum(reasons.values()) / count
    limit = LIMITS[dtype]
    if not held:
        verdict, reason = SKIPPED, "the limit is on all scores together, with a tanh and without"
    elif share > limit:
        verdict, reason = FAIL, f"{sum(reasons.values())} of {count} comparisons abstain; at most {limit:.1%} may"
    else:
        verdict, reason = PASS, None
    return AbstentionsRow(
        id=f"abstentions/{implementation}/{dtype}/{device}",
        theory=f"share of the comparisons that abstain ≤ {limit}",
        theory_value=limit,
        measured=share,
        uncertainty=0,
        detectable=1 / count,
        grade="exact",
        verdict=verdict,
        reason=reason,
        implementation=implementation,
        dtype=dtype,
        device=device,
        comparisons=count,
        abstained=sum(reasons.values()),
        reasons=dict(reasons.most_common()),
    )
