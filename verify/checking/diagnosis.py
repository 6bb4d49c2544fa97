"""What a check found in one line, and what to try next. A cause is named only where results were compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attnproof.verify.checking.checked import Checked, Likeness, Verdict
from attnproof.verify.outcome import ABSTAIN, DIFFERS, ERROR, FAIL, JUDGED, NO_CUDA, PASS, UNSUPPORTED
from attnproof.verify.targets.contract import CHOICES

UNKNOWN_ARGUMENT: Final = re.compile(r"unexpected keyword argument '(\w+)'")


def diagnosis(checked: Checked) -> str:
    """What is wrong, that no fault was found, or that nothing was judged; and how much was judged."""
    return f"{checked.target} as {checked.score}: {_found(checked)}; {extent(checked)}"


def leading(checked: Checked) -> Verdict | None:
    """The property that the diagnosis is about: the first failing one with a likeness, else the first; or None."""
    failing = checked.of(FAIL)
    known = (v for v in failing if _likeness(checked, v) is not None)
    return next(known, failing[0] if failing else None)


def _found(checked: Checked) -> str:
    verdict = leading(checked)
    if verdict is not None:
        example, likeness = checked.examples.get(verdict.property), _likeness(checked, verdict)
        if likeness is not None:
            return f"FAULT FOUND, {likeness}"
        finding = verdict.finding if example is None else example.finding
        what = "" if finding.quantity == "*" else f"{finding.quantity}: "
        return f"FAULT FOUND in {verdict.property!r}, {what}{finding.reason}"
    errors = checked.of(ERROR)
    if errors:
        return f"ERROR in {errors[0].property!r}, {errors[0].finding.reason}"
    if not checked.judged:
        return "NOTHING JUDGED"
    return "NO FAULT FOUND"


def _likeness(checked: Checked, verdict: Verdict) -> Likeness | None:
    example = checked.examples.get(verdict.property)
    return None if example is None else example.fault


def extent(checked: Checked) -> str:
    """How much was judged, and how."""
    counts = {outcome: len(checked.of(outcome)) for outcome in (FAIL, ERROR, PASS, DIFFERS)}
    judged = [finding for finding in checked.findings if finding.outcome in JUDGED]
    total = len(checked.verdicts)
    properties = "property" if total == 1 else "properties"
    if not judged:
        return f"none of {total} {properties} could be judged"
    formats = dict.fromkeys(f.draw.dtype for f in judged if f.draw is not None)
    devices = dict.fromkeys(f.draw.device for f in judged if f.draw is not None)
    how = f" in {', '.join(formats)} on {', '.join(devices)}" if formats else ""
    words = {FAIL: "failed", ERROR: "ended in an error", PASS: "passed", DIFFERS: "differed by contract"}
    parts = ", ".join(f"{count} {words[outcome]}" for outcome, count in counts.items() if count)
    return f"of {total} {properties} {parts} ({len(judged)} comparisons{how})"


def tries(checked: Checked) -> tuple[str, ...]:
    """What to try next: options and commands, each with what it does."""
    return tuple(_tries(checked))


def _tries(checked: Checked) -> Iterator[str]:
    yield from _remedies(checked)
    yield from _arguments(checked)
    verdict = leading(checked)
    if verdict is not None and verdict.property in checked.files:
        yield f"{checked.commands[verdict.property]}  asks again at the smallest failing input"
    words = _contract(checked)
    if words and checked.ok:
        yield f"{' '.join(words)}  declares what was found, so that another behaviour is a fault from then on"
    if checked.ok and any("takes neither a mask" in str(v.finding.reason) for v in checked.of(UNSUPPORTED)):
        yield "--takes mask,causal,…  names further arguments of the target, so that they are judged too"
    if not checked.judged and any(f.reason == NO_CUDA for f in checked.findings):
        yield "--device cpu  judges what can be judged here"
    if not checked.judged and any(f.outcome == ABSTAIN for f in checked.findings):
        yield "--dtype fp64,fp32  judges in formats whose bounds tell right from wrong"


def _remedies(checked: Checked) -> Iterator[str]:
    """The options with which every property that fails passes at the inputs at which it failed."""
    examples = [checked.examples.get(verdict.property) for verdict in checked.of(FAIL)]
    for option in examples[0].remedies if examples and examples[0] is not None else ():
        if all(example is not None and option in example.remedies for example in examples):
            what = "all that failed passes with it at the same inputs: right if the target is meant to do this"
            yield f"{option}  {what}"


def _arguments(checked: Checked) -> Iterator[str]:
    unknown = dict.fromkeys(name for v in checked.of(ERROR) for name in UNKNOWN_ARGUMENT.findall(str(v.finding.reason)))
    for name in unknown:
        yield f"--argument {name}=THEIRS  hands {name} over under the target's own name for it"
    if unknown:
        yield "--positional  hands arguments over by place, in the order of --argument"


def _contract(checked: Checked) -> list[str]:
    """The choices found out, where they differ from ours."""
    found = {name: word for v in checked.of(DIFFERS) for name, word in v.finding.observed.items() if name in CHOICES}
    return [contract_option(name, word) for name, word in found.items()]


def contract_option(name: str, word: str) -> str:
    """``--contract "masked_row=mean value"``"""
    return f'--contract "{name}={word}"' if " " in word else f"--contract {name}={word}"
