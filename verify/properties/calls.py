"""Several calls: the same answer twice, nothing kept from the call before, inputs left as they were, rows of a batch
apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.outcome import DIFFERS, FAIL, PASS
from attnproof.verify.properties.asking import ask, case_of, handed_over, judge, unmasked_rows, variant
from attnproof.verify.properties.property import Draw, Finding, Property, TargetError, failed
from attnproof.verify.targets.target import Answer, Request, Target, plain

# Sizes that no other property uses, so that whatever a target keeps was kept from here.
SETTING: Final = Setting("calls", n_q=3, n_k=6, d_q=4, d_k=5, d_a=3, d_v=2)
MASKED: Final = replace(SETTING, name="calls_masked", mask="some")
BATCHED: Final = replace(SETTING, name="calls_batch", batch=(3,))
OTHER_SEED: Final = 7919  # added to the seed for the second call's numbers: any other number does

Check = Callable[[Target, Draw], Iterable[Finding]]


def _applies(target: Target) -> str | None:
    del target
    return None


def _one(setting: Setting) -> Callable[[Target, Profile, str, str, int], Iterable[Draw]]:
    def draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterable[Draw]:
        del target, profile
        yield Draw(setting, "normal", dtype, device, seed)

    return draws


def _guarded(name: str, check: Check) -> Check:
    """A target that raises gives one finding that says so."""

    def guarded(target: Target, draw: Draw) -> Iterable[Finding]:
        try:
            return list(check(target, draw))
        except TargetError as error:
            return [failed(name, error, draw)]

    return guarded


def _request(target: Target, draw: Draw) -> Request:
    case = case_of(target, draw)
    return plain(case, draw.device, gradients=target.differentiable(case))


def _difference(one: Answer, other: Answer) -> str | None:
    """The first quantity in which two answers are not the same bit for bit, and by how much; None: the same."""
    first, second = one.values(), other.values()
    for name, value in first.items():
        if not np.array_equal(value, second[name], equal_nan=True):
            with np.errstate(invalid="ignore"):
                return f"{name} by up to {np.nanmax(np.abs(value - second[name])):.3g}"
    return None


def _repeatable(target: Target, draw: Draw) -> Iterable[Finding]:
    """Equal calls. Bits may differ where sums are ordered by threads; then both answers still have to be right."""
    name = "repeatable"
    request = _request(target, draw)
    one, other = ask(target, request), ask(target, request)
    differs = _difference(one, other)
    if differs is None:
        yield Finding(name, PASS, observed={"repeatable": "bit for bit"})
        return
    wrong = [f for answer in (one, other) for f in judge(target, request, answer, name, draw) if f.outcome == FAIL]
    if wrong:
        yield replace(
            wrong[0], reason=f"two equal calls differ in {differs}, and one of them is wrong: {wrong[0].reason}"
        )
        return
    yield Finding(
        name,
        DIFFERS,
        f"two equal calls differ in {differs}; both are within bounds",
        observed={"repeatable": "in rounding only"},
    )


def _nothing_kept(target: Target, draw: Draw) -> Iterable[Finding]:
    """A second call of the same shapes with other numbers, with and without a mask in between, gets its own answer."""
    name = "nothing kept"
    draws = [draw, replace(draw, seed=draw.seed + OTHER_SEED)]
    masked = replace(draw, setting=MASKED)
    if handed_over(target, case_of(target, masked)) is not None:
        draws += [masked, replace(masked, seed=draw.seed + OTHER_SEED), draw]
    for each in draws:
        case: Case = case_of(target, each)
        request = handed_over(target, case, each.device)
        if request is None:
            raise ValueError(f"{target.name} cannot be asked for {each.setting.name}")
        answer = ask(target, request)
        for finding in judge(target, request, answer, name, each, rows=unmasked_rows(case)):
            if finding.outcome == FAIL:
                reason = f"after other calls of the same shapes: {finding.reason}"
                yield replace(finding, reason=reason)
                return
    yield Finding(name, PASS)


def _inputs_untouched(target: Target, draw: Draw) -> Iterable[Finding]:
    name = "inputs untouched"
    answer = ask(target, _request(target, draw))
    if answer.changed:
        yield Finding(name, FAIL, f"the call changed its arguments in place: {', '.join(answer.changed)}")
    else:
        yield Finding(name, PASS)


def _alone(case: Case, place: int) -> Case:
    inputs = {n: (a[place : place + 1] if case.tensors[n].batched else a) for n, a in case.inputs.items()}
    return Case(case.score, inputs, case.grad_context[place : place + 1], dtype=case.dtype)


def _batch_apart(target: Target, draw: Draw) -> Iterable[Finding]:
    """Each element of a batch alone against its row of the whole batch."""
    name = "batch apart"
    request = _request(target, draw)
    whole = ask(target, request)
    case = request.case
    findings = [f for f in judge(target, request, whole, name, draw) if f.outcome == FAIL]
    if findings:
        yield findings[0]
        return
    same = True
    for place in range(case.batch[0]):
        alone = variant(case, ("alone", place), partial(_alone, case, place))
        single = plain(alone, draw.device, gradients=())
        answer = ask(target, single)
        wrong = [f for f in judge(target, single, answer, name, draw) if f.outcome == FAIL]
        if wrong:
            yield wrong[0]
            return
        same &= all(np.array_equal(answer.outputs[q][0], whole.outputs[q][place]) for q in target.outputs)
    if same:
        yield Finding(name, PASS, observed={"batch": "no influence"})
    else:
        reason = "a row's result depends on its batch, in rounding only: both are within bounds"
        yield Finding(name, DIFFERS, reason, "context", observed={"batch": "in rounding only"})


CALLS: Final = (
    Property(
        "repeatable",
        "two equal calls give equal results (evaluation has nothing random)",
        (25,),
        _applies,
        _one(SETTING),
        _guarded("repeatable", _repeatable),
    ),
    Property(
        "nothing kept",
        "a call's result depends on its own arguments only, not on earlier keys or masks",
        (26,),
        _applies,
        _one(SETTING),
        _guarded("nothing kept", _nothing_kept),
    ),
    Property(
        "inputs untouched",
        "arguments are not changed in place",
        (27,),
        _applies,
        _one(SETTING),
        _guarded("inputs untouched", _inputs_untouched),
    ),
    Property(
        "batch apart",
        "rows of a batch do not influence each other",
        (29,),
        _applies,
        _one(BATCHED),
        _guarded("batch apart", _batch_apart),
    ),
)
