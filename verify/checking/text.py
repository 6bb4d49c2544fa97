"""A check's result as text: the diagnosis, what to try, the failure that it is about; the rest in a line a kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from textwrap import shorten
from typing import Any, Final

from attnproof.verify.arithmetic.notation import number, pasted
from attnproof.verify.checking.checked import Call, Checked, Example, Verdict
from attnproof.verify.checking.diagnosis import beside, diagnosis, kind_of, leading, reason, tries
from attnproof.verify.checking.kinds import KINDS
from attnproof.verify.checking.reads import read
from attnproof.verify.checking.refusals import COMPOSED, refused
from attnproof.verify.outcome import ABSTAIN, DIFFERS, ERROR, FAIL, OUTCOMES, PASS, SKIPPED, UNSUPPORTED
from attnproof.verify.properties import PROPERTIES, Finding

LONGEST: Final = 160  # letters of a reason that is folded
INSET: Final = "  "
COMPOSED_TOO: Final = frozenset({COMPOSED, "pairs of features"})
BESIDE: Final = 3  # errors beside failures that are printed


def text(checked: Checked, *, verbose: bool = False) -> str:
    """The report; ``verbose``: every property with all its details, not only the first failure."""
    lines = [diagnosis(checked)]
    if (likeness := beside(checked)) is not None:
        lines.append(f"{INSET}{likeness}")
    lines += [f"{INSET}{'try' if place == 0 else '   '}  {each}" for place, each in enumerate(tries(checked))]
    lines += _all(checked) if verbose else _folded(checked)
    lines += _warned(checked)
    return "\n".join(lines)


def _all(checked: Checked) -> Iterator[str]:
    width = max((len(verdict.property) for verdict in checked.verdicts), default=0)
    for verdict in checked.verdicts:
        counts = ", ".join(f"{verdict.counts[o]} {o}" for o in OUTCOMES if verdict.counts[o])
        reason = "" if verdict.outcome == PASS else f": {verdict.finding.reason}"
        yield f"{INSET}{verdict.outcome:<11} {verdict.property:<{width}}  ({counts}){reason}"
        if verdict.outcome == FAIL:
            if kind := kind_of(checked, verdict):
                yield f"{INSET * 3}kind     {kind}: {KINDS[kind]}"
            yield from _details(checked, verdict)
    yield from _left_out(checked)
    if checked.observed:
        found = ", ".join(f"{n} = {v}" for n, v in sorted(checked.observed.items()))
        yield f"{INSET}found by probing: {found}"


def _left_out(checked: Checked) -> Iterator[str]:
    """What rests on samples, what was not lifted, and what was not asked."""
    found, rest = read(checked), checked.not_asked
    yield from _no_gradients(checked)
    for why in () if found is None else found.why:
        yield f"{INSET}rests on samples: {why}"
    if checked.formula is not None and checked.formula.why_not:
        yield f"{INSET}the formula was not lifted: {checked.formula.why_not}"
    if rest is None:
        return
    if rest.asked is not None and rest.asked.alike:
        yield f"{INSET}once equal, all other axes being different: {_axes(rest.asked.alike)}"
    if rest.asked is not None and rest.asked.unlike:
        yield f"{INSET}never equal alone: {_axes(rest.asked.unlike)}"
    for why, pairs in rest.by_reason().items():
        yield f"{INSET}not asked together, {len(pairs)}: {', '.join(pairs)}: {why}"
    for size in rest.sizes:
        yield f"{INSET}not tried: {size}"
    if not rest.complete:
        yield f"{INSET}not looked for: all of the program's own numbers, which are too many"


def _folded(checked: Checked) -> Iterator[str]:
    first = leading(checked)
    if first is not None:
        yield f"{INSET}{FAIL}{_kind(checked, first)}  {first.property}"
        yield from _details(checked, first, folded=True)
    yield from _errors_beside(checked)
    for outcome in (FAIL, ERROR, DIFFERS, ABSTAIN, SKIPPED):
        whys: dict[tuple[str, str], list[str]] = {}
        for verdict in checked.of(outcome):
            if first is None or verdict.property != first.property:
                whys.setdefault((_kind(checked, verdict), _why(checked, verdict)), []).append(verdict.property)
        for (kind, why), names in whys.items():
            yield f"{INSET}{outcome}{kind}  {', '.join(names)}: {shorten(why, LONGEST, placeholder=' …')}"
    passed = [verdict.property for verdict in checked.of(PASS)]
    if passed:
        yield f"{INSET}{PASS}  {', '.join(passed)}"
    yield from _no_gradients(checked)
    yield from _not_asked(checked)


def _not_asked(checked: Checked) -> Iterator[str]:
    """What the verdict does not speak of, counted; features by name, with what the target said to each once."""
    if left := checked.of(UNSUPPORTED):
        yield f"{INSET}not asked  {len(left)} that do not apply (--verbose says why)"
    passed = {verdict.property for verdict in checked.of(PASS)} - COMPOSED_TOO  # what they were refused is counted
    parts = [f for f in checked.findings if f.outcome == UNSUPPORTED and f.property in passed]
    for name, why in dict.fromkeys((each.property, str(each.reason)) for each in parts):
        yield f"{INSET}not asked  {name}: {shorten(why, LONGEST, placeholder=' …')}"
    declined, rest = refused(checked), checked.not_asked
    if declined.questions:
        yield f"{INSET}refused  {_count(declined.questions, 'question')} of features together"
        whys: dict[str, list[str]] = {}
        for names, why in declined.never.items():
            whys.setdefault(why, []).append(names)
        for why, each in whys.items():
            yield f"{INSET * 2}never asked: {', '.join(each)}: {shorten(why, LONGEST, placeholder=' …')}"
    open_ = [finding for finding in checked.findings if finding.outcome == ABSTAIN]
    if open_:
        why = shorten(str(open_[0].reason), LONGEST, placeholder=" …")
        yield f"{INSET}not judged  {_count(len(open_), 'comparison')}: {why}"
    if rest is not None and rest.asked is not None:
        both = _count(rest.asked.pairs, "pair")
        axes = f"; {_count(len(rest.asked.alike), 'pair')} of axes once equal, the others being different"
        questions = _count(rest.asked.questions, "question")
        yield f"{INSET}together  {both} of levels in {questions}{axes if rest.asked.alike else ''}"
    if rest is not None and rest.pairs:
        yield f"{INSET}not together  {_count(len(rest.pairs), 'pair')} of levels (--verbose lists them, and why)"
    if rest is not None and rest.sizes:
        sizes = _count(len(rest.sizes), "size")
        yield f"{INSET}not tried  {sizes} around the program's own numbers (--verbose says which)"


def _axes(pairs: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{one} = {two}" for one, two in pairs)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _no_gradients(checked: Checked) -> Iterator[str]:
    if checked.stored:
        yield f"{INSET}not asked  gradients of {', '.join(checked.stored)}: numbers stored in 8 bits have none"


def _kind(checked: Checked, verdict: Verdict) -> str:
    kind = kind_of(checked, verdict) if verdict.outcome == FAIL else None
    return "" if kind is None else f" ({kind})"


def _errors_beside(checked: Checked) -> Iterator[str]:
    """What the target raised in properties that fail: a failure decides such a verdict, and would hide it."""
    failing = {verdict.property for verdict in checked.of(FAIL)}
    raised = Counter(str(f.reason) for f in checked.findings if f.outcome == ERROR and f.property in failing)
    for why, count in raised.most_common(BESIDE):
        yield f"{INSET}{ERROR}  beside failures, {count}×: {shorten(why, LONGEST, placeholder=' …')}"
    if len(raised) > BESIDE:
        yield f"{INSET}{ERROR}  beside failures: {len(raised) - BESIDE} more (--json has all)"


def _warned(checked: Checked) -> Iterator[str]:
    for message, count in checked.warned.items():
        calls = "1 call" if count == 1 else f"{count} calls"
        yield f"{INSET}warned  in {calls}: {shorten(message, LONGEST, placeholder=' …')}"


def _why(checked: Checked, verdict: Verdict) -> str:
    example = checked.examples.get(verdict.property)
    return str(example.fault if example and example.fault else verdict.finding.reason)


def _details(checked: Checked, verdict: Verdict, *, folded: bool = False) -> Iterator[str]:
    """What was claimed and seen, and the input; ``folded``: without what the diagnosis and what to try say already."""
    example = checked.examples.get(verdict.property)
    finding = verdict.finding if example is None else example.finding
    inset = INSET * 3
    yield f"{inset}claimed  {PROPERTIES[verdict.property].says}"
    yield f"{inset}seen     {reason(checked, verdict)}"
    for word, value in _worst(finding):
        yield f"{inset}{word:<8} {value}"
    if example is not None:
        if example.fault is not None and not folded:
            yield f"{inset}{example.fault}"
        yield from (f"{inset}{line}" for line in _input(checked, example))
    if verdict.property in checked.files and not folded:
        yield f"{inset}again    {checked.commands[verdict.property]}"


def _worst(finding: Finding) -> Iterator[tuple[str, str]]:
    worst = finding.worst
    if not worst:
        return
    yield "at", f"{finding.quantity}[{', '.join(map(str, worst['index']))}]"
    got, exact = float.fromhex(worst["got"]), str(worst["exact"])
    yield "got", number(got)
    yield "exact", number(exact)
    if got - got == 0.0 and float(exact) - float(exact) == 0.0:
        yield "error", number(float(abs(Fraction(got) - Fraction(exact))))
    yield "allowed", number(worst["bound"])


def _input(checked: Checked, example: Example) -> Iterator[str]:
    """The call that shows the failure, to paste."""
    call = example.call
    if call is None:
        return
    which = "the smallest call found that shows it" if call.shows else "the last of the calls that show it together"
    yield f"{which} (of {example.steps} tried), in {call.dtype} on {call.device}:"
    for name, value in {**call.given, **call.cotangents}.items():
        yield f"{INSET}{name} = {_value(checked, example.property, call, name, value)}"


def _value(checked: Checked, property_: str, call: Call, name: str, value: Any) -> str:
    found = pasted(value, call.formats.get(name, call.dtype), checked.framework)
    if found is not None:
        return found
    place = f"in {checked.files[property_]}" if property_ in checked.files else "not saved"
    return f"…  # {' × '.join(map(str, value.shape))} numbers, {place}"
