"""What a check found, as data: findings, a verdict for each property, the smallest failing inputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from attnproof.verify.checking.formula import Formula
from attnproof.verify.checking.kinds import Told
from attnproof.verify.checking.unasked import NotAsked
from attnproof.verify.inputs.case import Case
from attnproof.verify.outcome import ABSTAIN, DIFFERS, ERROR, FAIL, JUDGED, PASS, SKIPPED, UNSUPPORTED
from attnproof.verify.properties.property import Draw, Finding

# From what decides the verdict on a property to what does not.
WEIGHT: Final = (FAIL, ERROR, DIFFERS, PASS, ABSTAIN, SKIPPED, UNSUPPORTED)


@dataclass(frozen=True)
class Likeness:
    """Known faults whose results are those of a failure, within the bounds.

    faults  their names: ``wrong scale: no scale``
    """

    faults: tuple[str, ...]

    def __str__(self) -> str:
        listed = " or ".join(f"'{name}'" for name in self.faults)
        return f"looks like {listed}: its results are the same within the bounds"


@dataclass(frozen=True, eq=False)
class Call:
    """One call that shows a failure: what was handed over by our names, arrays in float64, and the cotangents.

    formats  of the arrays that are not in ``dtype``
    shows  whether the failing values are this call's own; else it is the last of several that show the failure together
    """

    given: Mapping[str, Any]
    cotangents: Mapping[str, Any]
    dtype: str
    device: str
    shows: bool
    formats: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Example:
    """The smallest input found at which a property fails.

    held      whether the case has numbers of its own; else they are those that the draw makes
    steps     how many smaller inputs were tried
    fault     what it looks like; None: no known fault
    call      the call that shows it
    remedies  options under which the property passes where it failed: ``--contract "polarity=true masks"``
    told      the kind of failure and the operation that it comes from, where the failing call tells; None: it does not
    """

    property: str
    draw: Draw
    case: Case
    finding: Finding
    held: bool
    steps: int
    fault: Likeness | None = None
    call: Call | None = None
    remedies: tuple[str, ...] = ()
    told: Told | None = None


@dataclass(frozen=True)
class Verdict:
    """One property: its outcome is the worst one found, and ``finding`` where."""

    property: str
    outcome: str
    finding: Finding
    counts: Counter[str]


@dataclass(frozen=True, eq=False)
class Checked:
    """A check's findings.

    findings   all, in the order of properties
    examples   the smallest failing input of each property that fails
    files      where they were saved, by property
    commands   that ask again at what was saved, by property
    framework  of the target: how arrays are printed
    warned     the target's own warnings, with how many calls gave each
    formula    how its formula differs, where the algebra fails; None: not asked
    stored     the format of each array that was handed over in 8 bits
    not_asked  what the composed questions leave out; None: none were composed
    laid_out   layouts that were found by asking, by array
    """

    target: str
    score: str
    findings: tuple[Finding, ...]
    examples: Mapping[str, Example] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    commands: Mapping[str, str] = field(default_factory=dict)
    framework: str = "torch"
    warned: Mapping[str, int] = field(default_factory=dict)
    formula: Formula | None = None
    not_asked: NotAsked | None = None
    laid_out: Mapping[str, str] = field(default_factory=dict)
    stored: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """One for each property."""
        found = []
        for name in dict.fromkeys(finding.property for finding in self.findings):
            own = [finding for finding in self.findings if finding.property == name]
            worst = min(own, key=lambda finding: WEIGHT.index(finding.outcome))
            found.append(Verdict(name, worst.outcome, worst, Counter(finding.outcome for finding in own)))
        return tuple(found)

    def of(self, *outcomes: str) -> tuple[Verdict, ...]:
        """The verdicts with one of these outcomes."""
        return tuple(verdict for verdict in self.verdicts if verdict.outcome in outcomes)

    @property
    def judged(self) -> bool:
        """Whether anything was compared with power."""
        return any(finding.outcome in JUDGED for finding in self.findings)

    @property
    def ok(self) -> bool:
        """Something was judged; no property failed and none met an error."""
        return self.judged and not any(finding.outcome in (FAIL, ERROR) for finding in self.findings)

    @property
    def observed(self) -> dict[str, str]:
        """The contract as probing found it, and the layouts of masks, biases and lengths."""
        found = {name if name == "sizes" else f"{name} layout": axes for name, axes in self.laid_out.items()}
        for finding in self.findings:
            found.update(finding.observed)
        return found
