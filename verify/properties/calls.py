"""Several calls: the same answer twice, nothing kept from the call before, inputs left as they were, rows of a batch
apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.outcome import DIFFERS, FAIL, PASS
from attnproof.verify.properties.asking import asked, case_of, judge, request_of, takes, unmasked_rows, variant, wrong
from attnproof.verify.properties.property import Draw, Finding, Property, at
from attnproof.verify.properties.question import ask
from attnproof.verify.targets.target import Answer, Request, Target, plain

# Sizes that no other property uses, so that whatever a target keeps was kept from here.
SETTING: Final = Setting("calls", n_q=3, n_k=6, d_q=4, d_k=5, d_a=3, d_v=2)
MASKED: Final = replace(SETTING, name="calls_masked", mask="some")
BATCHED: Final = replace(SETTING, name="calls_batch", batch=(3,))
OTHER_SEED: Final = 7919  # added to the seed for the second call's numbers: any other number does


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


def _repeatable(target: Target, draw: Draw) -> Iterator[Finding]:
    """Equal calls. Bits may differ where sums are ordered by threads; then both answers still have to be right."""
    request = _request(target, draw)
    one, other = ask(target, request), ask(target, request)
    differs = _difference(one, other)
    if differs is None:
        yield Finding(PASS, observed={"repeatable": "bit for bit"})
        return
    said = f"two equal calls differ in {differs}"
    found = [finding for answer in (one, other) for finding in judge(target, request, answer)]
    yield wrong(found, f"{said}, and one of them is wrong") or Finding(
        DIFFERS, f"{said}; both are within bounds", observed={"repeatable": "in rounding only"}
    )


def _nothing_kept(target: Target, draw: Draw) -> Iterator[Finding]:
    """A second call of the same shapes with other numbers, with and without a mask in between, gets its own answer."""
    other = draw.seed + OTHER_SEED
    draws = [draw, replace(draw, seed=other)]
    masked = replace(draw, setting=MASKED)
    if takes(target, masked):
        draws += [masked, replace(masked, seed=other), draw]
    for each in draws:
        case = case_of(target, each)
        found = asked(target, request_of(target, case, each.device), rows=unmasked_rows(case))
        if first := wrong(found, "after other calls of the same shapes"):
            yield replace(first, draw=each)
            return
    yield Finding(PASS)


def _inputs_untouched(target: Target, draw: Draw) -> Iterator[Finding]:
    changed = ask(target, _request(target, draw)).changed
    yield Finding(FAIL, f"the call changed its arguments in place: {', '.join(changed)}") if changed else Finding(PASS)


def _alone(case: Case, place: int) -> Case:
    inputs = {n: (a[place : place + 1] if case.tensors[n].batched else a) for n, a in case.inputs.items()}
    return replace(case, inputs=inputs, grad_context=case.grad_context[place : place + 1])


def _batch_apart(target: Target, draw: Draw) -> Iterable[Finding]:
    """Each element of a batch alone against its row of the whole batch."""
    request = _request(target, draw)
    whole = ask(target, request)
    case = request.case
    if first := wrong(judge(target, request, whole)):
        return [first]
    same = True
    for place in range(case.batch[0]):
        single = plain(variant(case, ("alone", place), partial(_alone, case, place)), draw.device, gradients=())
        answer = ask(target, single)
        if first := wrong(judge(target, single, answer)):
            return [first]
        same &= all(np.array_equal(answer.outputs[q][0], whole.outputs[q][place]) for q in target.outputs)
    if same:
        return [Finding(PASS, observed={"batch": "no influence"})]
    reason = "a row's result depends on its batch, in rounding only: both are within bounds"
    return [Finding(DIFFERS, reason, "context", observed={"batch": "in rounding only"})]


PROPERTIES: Final = (
    Property(
        name="repeatable",
        says="two equal calls give equal results (evaluation has nothing random)",
        draws=at(SETTING),
        finds=_repeatable,
    ),
    Property(
        name="nothing kept",
        says="a call's result depends on its own arguments only, not on earlier keys or masks",
        draws=at(SETTING),
        finds=_nothing_kept,
    ),
    Property(
        name="inputs untouched", says="arguments are not changed in place", draws=at(SETTING), finds=_inputs_untouched
    ),
    Property(
        name="batch apart",
        says="rows of a batch do not influence each other",
        draws=at(BATCHED),
        finds=_batch_apart,
    ),
)
