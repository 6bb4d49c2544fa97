"""What a target refused of the questions put to it: which features, and which two of them, it never answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from attnproof.verify.checking.checked import Checked
from attnproof.verify.composing.row import Row
from attnproof.verify.outcome import UNSUPPORTED
from attnproof.verify.properties import Finding

COMPOSED = "algebra"  # asks every pair of features, and says of each question what it asked


@dataclass(frozen=True)
class Refused:
    """Of the questions composed of features.

    questions  how many were refused
    never      a feature, or two as ``causal with window``, that no answered question has -> what the target said
    """

    questions: int
    never: dict[str, str]


def refused(checked: Checked) -> Refused:
    """Of every question that the algebra put."""
    own = [each for each in checked.findings if each.property == COMPOSED and each.draw and each.draw.asked]
    answered = {key for finding in own if finding.outcome != UNSUPPORTED for key in _parts(finding)}
    messages: dict[str, str] = {}
    questions = set()
    for finding in own:
        if finding.outcome == UNSUPPORTED and str(finding.reason).startswith("refuses "):
            questions.add((finding.draw, finding.reason))
            missing = [part for part in _parts(finding) if part not in answered]
            # Two features are not told where one of them is refused alone.
            for part in missing:
                if not any(set(other) < set(part) for other in missing):
                    messages.setdefault(" with ".join(part), _said(checked.target, str(finding.reason)))
    return Refused(len(questions), messages)


def _said(target: str, reason: str) -> str:
    """What the target said, without what it was asked."""
    return reason[max(reason.find(f"{target} "), 0) :]


def _parts(finding: Finding) -> Iterable[tuple[str, ...]]:
    assert finding.draw is not None
    row = Row.of(finding.draw.asked[-1], finding.draw.setting)
    names = tuple(row.features)
    return [*((name,) for name in names), *combinations(names, 2)]
