"""Examining a target: every property that applies to it, in every format and on every device asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from attnproof.verify.options import Profile
from attnproof.verify.outcome import ERROR, FAIL, NO_CUDA, SKIPPED, UNSUPPORTED
from attnproof.verify.properties import PROPERTIES, Draw, Finding, Property
from attnproof.verify.targets.target import Target

Formats: TypeAlias = Sequence[str] | Callable[[str], Sequence[str]]  # those, or those of each property


@dataclass(frozen=True)
class Examination:
    """What was found about a target.

    findings  in the order of properties, formats, devices and draws
    """

    target: str
    findings: tuple[Finding, ...]

    @property
    def bad(self) -> tuple[Finding, ...]:
        """Failures and errors."""
        return tuple(finding for finding in self.findings if finding.outcome in (FAIL, ERROR))

    @property
    def failures(self) -> tuple[Finding, ...]:
        """Failures: what was returned is wrong. An error — the target raised — is no failure in this sense."""
        return tuple(finding for finding in self.findings if finding.outcome == FAIL)

    @property
    def caught_by(self) -> tuple[str, ...]:
        """The properties that found a failure, each once, in order."""
        return tuple(dict.fromkeys(finding.property for finding in self.failures))

    @property
    def counts(self) -> Counter[str]:
        """Number of findings by outcome."""
        return Counter(finding.outcome for finding in self.findings)

    @property
    def observed(self) -> dict[str, str]:
        """What probing found out about choices that the contract leaves open, or confirmed."""
        found: dict[str, str] = {}
        for finding in self.findings:
            found.update(finding.observed)
        return found


def examine(
    target: Target,
    profile: Profile = "standard",
    seed: int = 0,
    *,
    properties: Collection[str] | None = None,
    dtypes: Formats | None = None,
    devices: Sequence[str] | None = None,
    first_failure: bool = False,
    first: Collection[str] = (),
    check: Callable[[Property, Target, Draw], Iterable[Finding]] = Property.check,
) -> Examination:
    """Ask the target for every property.

    properties     names; None: all
    dtypes, devices  None: those that the target declares; formats also by the property that is asked in them
    first_failure  stop as soon as something fails
    first          names of properties to be asked before the others
    check          finds what comes of a property of the target at a draw
    Raises ValueError for an unknown property and when nothing is left to ask: a selection that checks nothing must not
    read as a success.
    """
    unknown = sorted(set(properties or ()) - set(PROPERTIES))
    if unknown:
        raise ValueError(f"unknown property {unknown[0]!r}; known properties: {', '.join(PROPERTIES)}")
    chosen = [each for name, each in PROPERTIES.items() if properties is None or name in properties]
    chosen.sort(key=lambda each: each.name not in first)
    found: list[Finding] = []
    formats = dtypes if callable(dtypes) else lambda _: dtypes or target.dtypes
    for finding in _findings(target, chosen, profile, seed, formats, devices or target.devices, check):
        found.append(finding)
        if first_failure and finding.outcome == FAIL:
            break
    if not found:
        raise ValueError(f"nothing to ask {target.name}: no property, format or device is left")
    return Examination(target.name, tuple(found))


def _findings(
    target: Target,
    chosen: Sequence[Property],
    profile: Profile,
    seed: int,
    formats: Callable[[str], Sequence[str]],
    devices: Sequence[str],
    check: Callable[[Property, Target, Draw], Iterable[Finding]],
) -> Iterator[Finding]:
    for each in chosen:
        why_not = each.applies(target)
        if why_not is not None:
            yield Finding(UNSUPPORTED, why_not, property=each.name)
            continue
        for device in devices:
            if device == "cuda" and not _has_cuda():
                yield Finding(SKIPPED, NO_CUDA, property=each.name)
                continue
            for dtype in formats(each.name):
                for draw in each.instances(target, profile, dtype, device, seed):
                    yield from check(each, target, draw)


def _has_cuda() -> bool:
    import torch

    return bool(torch.cuda.is_available())
