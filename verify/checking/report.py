"""What a check found: a verdict for each property, the smallest failing inputs, and the likely faults."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from attnproof.verify.inputs.case import Case
from attnproof.verify.outcome import ABSTAIN, DIFFERS, ERROR, FAIL, OUTCOMES, PASS, UNSUPPORTED
from attnproof.verify.properties.property import Draw, Finding

# From what decides the verdict on a property to what does not.
WEIGHT: Final = (FAIL, ERROR, DIFFERS, PASS, ABSTAIN, "skipped", UNSUPPORTED)


@dataclass(frozen=True, eq=False)
class Example:
    """The smallest input found at which a property fails.

    numbers  the case's own numbers where they were shrunk as well; None: those that the draw makes
    steps    how many smaller inputs were tried
    """

    property: str
    draw: Draw
    case: Case
    finding: Finding
    held: bool
    steps: int
    fault: str | None = None


@dataclass(frozen=True)
class Verdict:
    """One property: its outcome is the worst one found, and ``finding`` where."""

    property: str
    outcome: str
    finding: Finding
    counts: Counter[str]


@dataclass(frozen=True, eq=False)
class Report:
    """A check's result.

    findings  all, in the order of properties
    examples  the smallest failing input of each property that fails
    files     where they were saved, by property
    """

    target: str
    score: str
    findings: tuple[Finding, ...]
    examples: Mapping[str, Example] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """One for each property."""
        found = []
        for name in dict.fromkeys(finding.property for finding in self.findings):
            own = [finding for finding in self.findings if finding.property == name]
            worst = min(own, key=lambda finding: WEIGHT.index(finding.outcome))
            found.append(Verdict(name, worst.outcome, worst, Counter(finding.outcome for finding in own)))
        return tuple(found)

    @property
    def judged(self) -> bool:
        """Whether anything was compared with power."""
        return any(finding.outcome in (PASS, FAIL, DIFFERS) for finding in self.findings)

    @property
    def ok(self) -> bool:
        """Something was judged; no property failed and none met an error."""
        return self.judged and not any(finding.outcome in (FAIL, ERROR) for finding in self.findings)

    @property
    def observed(self) -> dict[str, str]:
        """The contract as probing found it."""
        found: dict[str, str] = {}
        for finding in self.findings:
            found.update(finding.observed)
        return found

    def summary(self) -> str:
        """As text: one line for each property, more where it fails."""
        width = max((len(verdict.property) for verdict in self.verdicts), default=0)
        lines = [
            f"{self.target} as {self.score}: {'no fault found' if self.ok else 'NOT OK' if self.judged else 'nothing judged'}"
        ]
        for verdict in self.verdicts:
            counts = ", ".join(f"{verdict.counts[o]} {o}" for o in OUTCOMES if verdict.counts[o])
            reason = "" if verdict.outcome == PASS else f": {verdict.finding.reason}"
            lines.append(f"  {verdict.outcome:<11} {verdict.property:<{width}}  ({counts}){reason}")
            lines += [f"      {line}" for line in self._details(verdict)]
        if self.observed:
            lines.append("  found by probing: " + ", ".join(f"{n} = {v}" for n, v in sorted(self.observed.items())))
        return "\n".join(lines)

    def _details(self, verdict: Verdict) -> list[str]:
        if verdict.outcome != FAIL:
            return []
        example = self.examples.get(verdict.property)
        finding = verdict.finding if example is None else example.finding
        lines = [f"claimed: {_says(verdict.property)}", f"seen: {finding.quantity}: {finding.reason}"]
        if finding.worst:
            lines.append("worst: " + ", ".join(f"{name} {value}" for name, value in finding.worst.items()))
        if example is not None:
            if example.fault:
                lines.append(example.fault)
            lines.append(
                f"smallest failing input, {example.draw.dtype} on {example.draw.device}, after {example.steps} trials:"
            )
            lines += [
                f"  {name} = {_literal(value)}" for name, value in example.case.inputs.items() if value.size <= 40
            ]
        if verdict.property in self.files:
            lines.append(f"reproduce: attnproof replay {self.files[verdict.property]}")
        return lines

    def _repr_html_(self) -> str:
        """A table for notebooks."""
        rows = "".join(
            f"<tr><td>{html.escape(v.property)}</td><td>{html.escape(v.outcome)}</td>"
            f"<td>{html.escape(v.finding.reason or '')}</td></tr>"
            for v in self.verdicts
        )
        head = f"{html.escape(self.target)} as {html.escape(self.score)}"
        return f"<table><caption>{head}</caption><tr><th>property</th><th>verdict</th><th>why</th></tr>{rows}</table>"


def _says(name: str) -> str:
    from attnproof.verify.properties import PROPERTIES

    return PROPERTIES[name].says if name in PROPERTIES else name


def _literal(value: Any) -> str:
    return f"np.array({value.tolist()!r})".replace("-inf", "-np.inf").replace("nan", "np.nan")
