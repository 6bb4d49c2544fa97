"""A check's result as JSON, for ``attnproof check --json``; the schema is ``verify/schemas/check.schema.json``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

import numpy as np

from attnproof.derivations.scores.own import shown
from attnproof.verify.arithmetic.notation import MOST_PASTED
from attnproof.verify.checking.checked import Checked, Example, Verdict
from attnproof.verify.checking.diagnosis import beside, diagnosis, kind_of, leading, tries
from attnproof.verify.checking.reads import read
from attnproof.verify.checking.refusals import refused
from attnproof.verify.outcome import ERROR, FAIL, OUTCOMES
from attnproof.verify.properties import PROPERTIES, Finding

SCHEMA: Final = "attnproof.check/1"


def plain(checked: Checked) -> dict[str, Any]:
    """Mappings, lists, text and numbers; infinities and NaN as text."""
    first = leading(checked)
    result: dict[str, Any] = {
        "schema": SCHEMA,
        "target": checked.target,
        "score": shown(checked.score),
        "result": _result(checked),
        "diagnosis": diagnosis(checked),
        "try": list(tries(checked)),
        "leading": None if first is None else first.property,
        "kind": None if first is None else kind_of(checked, first),
        "like": [] if (like := beside(checked)) is None else list(like.faults),
        "formula": None if checked.formula is None else asdict(checked.formula),
        "read": None if (found := read(checked)) is None else asdict(found),
        "stored": dict(checked.stored),
        "asked": None if (rest := checked.not_asked) is None or rest.asked is None else asdict(rest.asked),
        "not_asked": _not_asked(checked),
        "observed": checked.observed,
        "warned": dict(checked.warned),
        "properties": [_property(checked, verdict) for verdict in checked.verdicts],
        "findings": [_finding(finding) for finding in checked.findings],
    }
    return result


def _not_asked(checked: Checked) -> dict[str, Any] | None:
    rest = checked.not_asked
    if rest is None:
        return None
    pairs = [{"levels": dict(pair), "why": why} for pair, why in rest.pairs.items()]
    never = [{"features": names.split(" with "), "why": why} for names, why in refused(checked).never.items()]
    return {"pairs": pairs, "refused": never, "sizes": list(rest.sizes), "complete": rest.complete}


def _result(checked: Checked) -> str:
    if checked.of(FAIL):
        return "fault found"
    if checked.of(ERROR):
        return "error"
    return "no fault found" if checked.judged else "nothing judged"


def _property(checked: Checked, verdict: Verdict) -> dict[str, Any]:
    example = checked.examples.get(verdict.property)
    return {
        "property": verdict.property,
        "says": PROPERTIES[verdict.property].says,
        "outcome": verdict.outcome,
        "kind": kind_of(checked, verdict) if verdict.outcome == FAIL else None,
        "reason": verdict.finding.reason,
        "counts": {outcome: verdict.counts[outcome] for outcome in OUTCOMES if verdict.counts[outcome]},
        "example": None if example is None else _example(checked, example),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "property": finding.property,
        "outcome": finding.outcome,
        "reason": finding.reason,
        "quantity": finding.quantity,
        "missed": finding.missed,
        "ratio": None if finding.ratio is None else _number(finding.ratio),
        "worst": dict(finding.worst),
        "draw": None if finding.draw is None else asdict(finding.draw),
    }


def _example(checked: Checked, example: Example) -> dict[str, Any]:
    fault, call = example.fault, example.call
    saved = example.property in checked.files
    return {
        "finding": _finding(example.finding),
        "tried": example.steps,
        "likeness": None if fault is None else {"faults": list(fault.faults)},
        "told": None if example.told is None else asdict(example.told),
        "remedies": list(example.remedies),
        "call": None
        if call is None
        else {
            "dtype": call.dtype,
            "device": call.device,
            "shows": call.shows,
            "formats": dict(call.formats),
            "given": {name: _value(value) for name, value in call.given.items()},
            "cotangents": {name: _value(value) for name, value in call.cotangents.items()},
        },
        "file": checked.files.get(example.property),
        "replay": checked.commands[example.property] if saved else None,
    }


def _value(value: Any) -> Any:
    """An array with its shape, and its numbers unless it is big: then they are in the file."""
    if not isinstance(value, np.ndarray):
        return value
    numbers = None if value.size > MOST_PASTED else [_number(each) for each in value.ravel().tolist()]
    return {"shape": list(value.shape), "numbers": numbers}


def _number(value: Any) -> Any:
    if isinstance(value, float) and not np.isfinite(value):
        return repr(value)
    return value
