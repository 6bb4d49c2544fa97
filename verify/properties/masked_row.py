"""What a query gets whose keys are all masked: a matter of contract, but the same in every format and for every way of
masking.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from attnproof.derivations.scores.following import post_of
from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.composing.compose import Composed, compose
from attnproof.verify.composing.row import Row
from attnproof.verify.composing.semantics import able, undefined
from attnproof.verify.composing.sizes import sizes_for
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import SETTINGS, Setting
from attnproof.verify.outcome import DIFFERS, FAIL, PASS, UNSUPPORTED
from attnproof.verify.properties.asking import Mask, case_of, handed_over, mask_of, masked_rows
from attnproof.verify.properties.choosing import SHOWN_BY, settled_choice
from attnproof.verify.properties.property import Draw, Finding, Property, at, needs
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.targets.target import Request, Target

OURS: Final = "zero"
BIAS: Final = "bias of −∞"
LENGTH: Final = "length of 0"
TALL: Final = Setting("masked_twice", n_q=4, n_k=2, d_q=4, d_k=4, d_a=3, d_v=2)  # two queries before the first key
# A mean of n values is a sum of products of a weight 1/n, rounded, with a value: n + 2 roundings, each of at most u
# times Σ|V|/n; bounded with the second-order terms by n + 4 of them for n u < 1/8.
EXTRA_ROUNDINGS: Final = 4


def _finds(target: Target, draw: Draw) -> Iterable[Finding]:
    """The row in every way of masking and every format; one finding, about the format of the draw."""
    found: dict[str, str] = {}
    for dtype in dict.fromkeys((draw.dtype, *target.dtypes)):
        case = case_of(target, replace(draw, dtype=dtype))
        for way, request in (*_ways(target, case, draw.device), *_twice(target, replace(draw, dtype=dtype))):
            if (what := _observed(target, request)) is not None:
                found[f"{way} in {dtype}"] = what
        if (what := _by_length(target, replace(draw, dtype=dtype))) is not None:
            found[f"{LENGTH} in {dtype}"] = what
    if not found:
        return [Finding(UNSUPPORTED, "it has no mask for all keys of one query")]
    declared = target.contract.masked_row
    # A bias is numbers: a row of −∞ may come out as those do, where nothing else is promised, and a mask otherwise. An
    # element of length 0 may be left out before anything is computed.
    groups: dict[str, dict[str, str]] = {kind: {} for kind in ("", BIAS, LENGTH)}
    for where, what in found.items():
        kind = next((each for each in (BIAS, LENGTH) if where.startswith(each)), "")
        groups[kind if declared is None else ""][where] = what
    groups = {kind: group for kind, group in groups.items() if group}
    here, *_ = next(iter(groups.values())).values()
    for kind, group in groups.items():
        first, *_ = group
        if group[first].startswith("neither") and (kind == LENGTH or group[first] == here):
            by = f" by a {LENGTH}" if first.startswith(LENGTH) else ""
            return [Finding(FAIL, f"a query whose keys are all masked{by} gets {group[first]}")]
        if other := next((where for where in group if not _agree(group[where], group[first])), None):
            reason = f"a query whose keys are all masked gets {group[first]} ({first}), but {group[other]} ({other})"
            return [Finding(FAIL, reason)]
    observed = {"masked_row": here}
    if declared is not None and not _agree(here, declared):
        reason = f"a query whose keys are all masked gets {here}; declared: {declared}"
        return [Finding(FAIL, reason, observed=observed)]
    firsts = {kind: next(iter(group.values())) for kind, group in groups.items() if kind}
    if apart := next((kind for kind, what in firsts.items() if not _agree(what, here)), None):
        reason = f"a query whose keys are all masked gets {here}, and {firsts[apart]} by a {apart}; not declared"
        return [Finding(DIFFERS, reason, observed=observed)]
    if declared is None and here != OURS:
        reason = f"a query whose keys are all masked gets {here}; not declared, and ours get {OURS}"
        return [Finding(DIFFERS, reason, observed=observed)]
    return [Finding(PASS, observed=observed)]


def _agree(one: str, other: str) -> bool:
    """Equal weights and the mean of the values are the same thing seen with and without the weights."""
    same = {"uniform": "mean value"}
    return same.get(one, one) == same.get(other, other)


def _ways(target: Target, case: Case, device: str) -> Iterable[tuple[str, Request]]:
    forward = handed_over(target, case, device, gradients=())
    if forward is not None:
        yield (BIAS if "bias" in forward.given else "mask"), forward
    if {"bias", "mask"} <= set(target.takes):
        given: dict[str, Any] = {name: value for name, value in case.inputs.items() if name != "bias"}
        given["mask"] = mask_of(target, np.isneginf(case.inputs["bias"]))
        yield "mask", Request(case, given, device, gradients=())


def _twice(target: Target, draw: Draw) -> Iterable[tuple[str, Request]]:
    """The first queries hidden by position and by a mask or bias, too: constants that stand for −∞ add up."""
    how = next((name for name in ("mask", "bias") if name in target.takes), None)
    choice = settled_choice(target, draw.dtype, draw.device, draw.seed)
    if "causal" not in target.takes or how is None or choice["causal"] != "bottom-right":
        return
    case = case_of(target, replace(draw, setting=TALL))
    hidden = np.zeros((TALL.n_q, TALL.n_k), bool)
    hidden[: TALL.n_q - TALL.n_k] = True
    seen = np.tri(TALL.n_q, TALL.n_k, TALL.n_k - TALL.n_q, dtype=bool)
    given: dict[str, Any] = {**case.inputs, "causal": True}
    given[how] = mask_of(target, hidden) if how == "mask" else np.where(hidden, -np.inf, 0.0)
    truth = case.having(bias=np.where(seen, 0.0, -np.inf))
    yield f"causal and {how}", Request(truth, given, draw.device, gradients=())


def _observed(target: Target, request: Request, question: Composed | None = None) -> str | None:
    """What the masked queries got, in the words of ``attnproof.verify.targets.contract``, or ``neither …``; None where
    the target is not made for the request.

    question  that the request is of, which says where its heads are
    Raises TargetError where the target raises without such a query, too: that says nothing about them.
    """
    try:
        answer = ask(target, request)
    except TargetError as error:
        if error.unsupported:
            return None
        if error.fault:
            return f"neither 0, NaN nor the mean of the values: {error}"
        ask(target, replace(request, given=_visible(target, request.given)))
        return "raises"
    outputs = answer.outputs if question is None else question.in_case(answer).outputs
    return _word(target, request.case, outputs, masked_rows(request.case))


def _by_length(target: Target, draw: Draw) -> str | None:
    """What the queries of a sequence of length 0 get; None where there are no lengths, or none of 0."""
    choice = settled_choice(target, draw.dtype, draw.device, draw.seed)
    for way in ({"lengths": "zero"}, {"lengths": "each zero"}):
        row = Row(sizes_for(target, few=True)[0], way, gradients="none", dtype=draw.dtype)
        if able(target, way) and undefined(target, choice, row) is None:
            question = compose(target, choice, row, draw.device, draw.seed)
            return _observed(target, question.request, question)
    return None


def gets_what_is_declared(target: Target, draw: Draw) -> bool:
    """Whether a query that sees no key gets what the contract declares, where it can be asked, by lengths too."""
    choice = settled_choice(target, draw.dtype, draw.device, draw.seed)
    declared = target.contract.masked_row
    for way in SHOWN_BY["masked_row"]:
        if declared is not None and able(target, way):
            row = Row(sizes_for(target, few=True)[0], way, gradients="none", dtype=draw.dtype)
            question = compose(target, choice, row, draw.device, draw.seed)
            what = _observed(target, question.request, question)
            return what is not None and _agree(what, declared)
    return True


def _visible(target: Target, given: Mapping[str, Any]) -> dict[str, Any]:
    """The same with every key seen by every query."""
    changed: dict[str, Any] = {}
    if "lengths" in given:
        changed["lengths"] = np.full_like(given["lengths"], given["key"].shape[-2])
    if "bias" in given:
        changed["bias"] = np.where(np.isneginf(given["bias"]), 0.0, given["bias"])
    if "mask" in given:
        changed["mask"] = mask_of(target, np.zeros_like(given["mask"]))
    return {**given, **changed}


def _word(target: Target, case: Case, outputs: Mapping[str, Array], dead: Mask) -> str:
    whole = outputs["context"].shape
    dead = np.broadcast_to(dead, whole[:-1])
    context = outputs["context"][dead]
    if np.all(np.isnan(context)):
        return "nan"
    if np.all(context == 0.0):
        return "zero"
    value = case.inputs["value"]
    n, fmt = value.shape[-2], FORMATS[case.dtype]
    # What is computed in another format is rounded to this one at last; the coarser of the two is what it errs by.
    unit = max(fmt.unit_roundoff, FORMATS[target.contract.computes_in or case.dtype].unit_roundoff)
    mean, size = np.mean(value, axis=-2), np.mean(np.abs(value), axis=-2)
    allowed = (n + EXTRA_ROUNDINGS) * (unit * size + fmt.smallest_subnormal)
    mean, allowed = (np.broadcast_to(each[..., None, :], whole)[dead] for each in (mean, allowed))
    if np.all(np.abs(context - mean) <= allowed):
        return "mean value"
    return f"neither 0, NaN nor the mean of the values: {context.ravel()[:3].tolist()}"


MASKS: Final = needs("bias", "mask", "lengths", otherwise="takes neither a mask nor a bias, nor lengths")


def _applies(target: Target) -> str | None:
    if post_of(target.score):
        return "makes something else of the context, in which the words of the contract are not to be seen"
    return MASKS(target)


PROPERTIES: Final = (
    Property(
        name="masked row",
        says="a query whose keys are all masked gets what the contract says, the same in every format and however it "
        "is masked",
        applies=_applies,
        draws=at(SETTINGS["masked_row"]),
        finds=_finds,
    ),
)
