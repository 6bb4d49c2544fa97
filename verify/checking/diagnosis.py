"""What a check found in one line, and what to try next. A cause is named only where results were compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attnproof.derivations.scores.own import shown
from attnproof.verify.checking.checked import Checked, Likeness, Verdict
from attnproof.verify.checking.kinds import BY_PROPERTY, KINDS, Kind, by_numbers
from attnproof.verify.checking.reads import NAME as ALGEBRA
from attnproof.verify.checking.reads import in_words, read
from attnproof.verify.outcome import ABSTAIN, DIFFERS, ERROR, FAIL, JUDGED, NO_CUDA, PASS, UNSUPPORTED
from attnproof.verify.properties import Finding
from attnproof.verify.targets.contract import CHOICES

ORDER: Final = tuple(KINDS)  # from what decides a diagnosis to what follows from it
UNKNOWN_ARGUMENT: Final = re.compile(r"unexpected keyword argument '(\w+)'")


def diagnosis(checked: Checked) -> str:
    """What is wrong, that no fault was found, or that nothing was judged; and how much was judged."""
    return f"{checked.target} as {shown(checked.score)}{_stored(checked)}: {_found(checked)}; {extent(checked)}"


def _stored(checked: Checked) -> str:
    """The formats of 8 bits, each with what is stored in it."""
    named = {fmt: [n for n, each in checked.stored.items() if each == fmt] for fmt in checked.stored.values()}
    return "".join(f", {' and '.join(names)} in {fmt}" for fmt, names in named.items())


def leading(checked: Checked) -> Verdict | None:
    """The property that the diagnosis is about, or None: the algebra, then by kind, those with a likeness first. Where
    two equal calls differ it is that, unless the algebra has found what was kept: no formula is that of both.
    """
    found = {verdict.property: verdict for verdict in checked.of(FAIL)}
    if "repeatable" in found and (ALGEBRA not in found or kind_of(checked, found[ALGEBRA]) != "state"):
        return found["repeatable"]
    return min(checked.of(FAIL), key=lambda v: _rank(checked, v), default=None)


def _rank(checked: Checked, verdict: Verdict) -> tuple[bool, int, bool]:
    kind = kind_of(checked, verdict)
    place = len(ORDER) if kind is None else ORDER.index(kind)
    return verdict.property != ALGEBRA, place, _likeness(checked, verdict) is None


def kind_of(checked: Checked, verdict: Verdict) -> Kind | None:
    """One of ``attnproof.verify.checking.kinds``; None where the formula was neither read nor recorded where it fails,
    so that nothing tells them apart.
    """
    example = checked.examples.get(verdict.property)
    finding = _seen(checked, verdict)
    if _options(checked, verdict):
        return "contract"
    own = verdict.finding.kind or BY_PROPERTY.get(verdict.property)
    if own is not None:
        return own
    algebra = next((each for each in checked.verdicts if each.property == ALGEBRA), None)
    if example is not None and example.told is not None:
        # Alone, a call that rests on another one is just wrong.
        stale = example.told.kind == "algebra" and algebra is not None and algebra.finding.kind == "state"
        return "state" if stale else example.told.kind
    if algebra is not None and algebra.outcome == PASS:
        return by_numbers(finding)
    return None


def _options(checked: Checked, verdict: Verdict) -> list[str]:
    """Another word of the contract under which it passes; a narrower format would be a matter of rounding."""
    example = checked.examples.get(verdict.property)
    offered = () if example is None else example.remedies
    return [each for each in offered if each.startswith("--contract") and "computes_in" not in each]


def _seen(checked: Checked, verdict: Verdict) -> Finding:
    example = checked.examples.get(verdict.property)
    return verdict.finding if example is None else example.finding


def _found(checked: Checked) -> str:
    verdict = leading(checked)
    if verdict is not None:
        kind, likeness = kind_of(checked, verdict), _likeness(checked, verdict)
        fault = f"FAULT FOUND ({kind})" if kind else "FAULT FOUND"
        if (options := _options(checked, verdict)) and kind == "contract":
            return f"{fault}, right under {options[0]}: {reason(checked, verdict)}"
        if verdict.property == ALGEBRA:
            return f"{fault}, {_algebra(checked, verdict)}"
        if likeness is not None and not _cause(checked, verdict):
            return f"{fault}, {likeness}"
        return f"{fault} in {verdict.property!r}, {reason(checked, verdict)}"
    errors = checked.of(ERROR)
    if errors:
        return f"ERROR in {errors[0].property!r}, {errors[0].finding.reason}"
    if not checked.judged:
        return "NOTHING JUDGED"
    return "NO FAULT FOUND"


def _algebra(checked: Checked, verdict: Verdict) -> str:
    """The formula's difference where it was lifted, else the place."""
    if checked.formula is not None and checked.formula.words:
        return "; ".join(checked.formula.words)
    first = verdict.finding  # where sizes are as small as they can be steps of the derivation fall together
    seen = f"{checked.formula.seen}: " if checked.formula is not None and checked.formula.seen else ""
    cause = f": {told}" if first.kind is None and (told := _cause(checked, verdict)) else ""  # of numbers, not the ring
    return f"{seen}{_named(first)}{first.reason}{cause}"


def reason(checked: Checked, verdict: Verdict) -> str:
    """What was seen where a property fails, and the operation that it comes from."""
    finding, cause = _seen(checked, verdict), _cause(checked, verdict)
    return f"{_named(finding)}{finding.reason}" + (f": {cause}" if cause else "")


def _named(finding: Finding) -> str:
    """The quantity that it is about, before its reason; nothing for all."""
    return "" if finding.quantity == "*" else f"{finding.quantity}: "


def _cause(checked: Checked, verdict: Verdict) -> str:
    example = checked.examples.get(verdict.property)
    return example.told.cause if example is not None and example.told is not None else ""


def _likeness(checked: Checked, verdict: Verdict) -> Likeness | None:
    example = checked.examples.get(verdict.property)
    return None if example is None else example.fault


def beside(checked: Checked) -> Likeness | None:
    """Of a failure of the algebra, which has a cause of its own: the known faults that answer as the target does, as
    far as other failures that look like something look like them too.
    """
    first = leading(checked)
    if first is None or _likeness(checked, first) is None:
        return None
    if first.property != ALGEBRA:
        return None
    found = [each for v in checked.of(FAIL) if (each := _likeness(checked, v)) is not None]
    shared = tuple(name for name in found[0].faults if all(name in each.faults for each in found))
    return Likeness(shared) if shared else None


def extent(checked: Checked) -> str:
    """How much was judged, and how."""
    counts = {outcome: len(checked.of(outcome)) for outcome in (FAIL, ERROR, PASS, DIFFERS)}
    judged = [finding for finding in checked.findings if finding.outcome in JUDGED]
    total = len(checked.verdicts)
    properties = "property" if total == 1 else "properties"
    found = read(checked)
    rests = "" if found is None else f"; {in_words(found)}"
    if not judged:
        return f"none of {total} {properties} could be judged{rests}"
    formats = dict.fromkeys(f.draw.dtype for f in judged if f.draw is not None)
    devices = dict.fromkeys(f.draw.device for f in judged if f.draw is not None)
    how = f" in {', '.join(formats)} on {', '.join(devices)}" if formats else ""
    words = {FAIL: "failed", ERROR: "ended in an error", PASS: "passed", DIFFERS: "differed by contract"}
    parts = ", ".join(f"{count} {words[outcome]}" for outcome, count in counts.items() if count)
    return f"of {total} {properties} {parts} ({len(judged)} comparisons{how}){rests}"


def tries(checked: Checked) -> tuple[str, ...]:
    """What to try next: options and commands, each with what it does."""
    return tuple(_tries(checked))


def _tries(checked: Checked) -> Iterator[str]:
    yield from _remedies(checked)
    yield from _arguments(checked)
    if "arrays" in checked.laid_out:
        yield f'--layout "{checked.laid_out["arrays"]}"  declares the layout in which it was asked: found by trying'
    if "sizes" in checked.laid_out:
        yield f"--equal {checked.laid_out['sizes']}  declares sizes that are one number: it refuses others"
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
        yield "--positional  hands arguments over by place, in the order of --argument, or query, key, value …"


def _contract(checked: Checked) -> list[str]:
    """The choices found out, where they differ from ours."""
    found = {name: word for v in checked.of(DIFFERS) for name, word in v.finding.observed.items() if name in CHOICES}
    return [contract_option(name, word) for name, word in found.items()]


def contract_option(name: str, word: str) -> str:
    """``--contract "masked_row=mean value"``"""
    return f'--contract "{name}={word}"' if " " in word else f"--contract {name}={word}"
