"""Several calls: the same answer twice, nothing kept from the call before, inputs left as they were, rows of a batch
apart.

What one call does to another is judged against the target's own answers: a formula that is wrong in the first call too
is no state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final, Literal

import numpy as np

from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.outcome import ABSTAIN, DIFFERS, FAIL, PASS
from attnproof.verify.properties.asking import (
    asked,
    case_of,
    judge,
    limits_of,
    request_of,
    takes,
    unmasked_rows,
    variant,
    wrong,
)
from attnproof.verify.properties.property import Draw, Finding, Property, at
from attnproof.verify.properties.question import ask
from attnproof.verify.targets.target import Answer, Request, Target, plain

# Sizes that no other property uses, so that whatever a target keeps was kept from here.
SETTING: Final = Setting("calls", n_q=3, n_k=6, d_q=4, d_k=5, d_a=3, d_v=2)
MASKED: Final = replace(SETTING, name="calls_masked", mask="some")
OTHERS: Final = (SETTING.n_k + 1, SETTING.n_k + 2)  # numbers of keys of the sequences with a mask
BATCHED: Final = replace(SETTING, name="calls_batch", batch=(3,))
ALONE: Final = "; alone it is wrong already"  # so that a batch need not be what makes it wrong
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
    said = f"two equal calls differ in {differs}" + (", by random numbers" if _drawn(target, request) else "")
    found = [finding for answer in (one, other) for finding in judge(target, request, answer)]
    yield wrong(found, f"{said}, and one of them is wrong") or Finding(
        DIFFERS, f"{said}; both are within bounds", observed={"repeatable": "in rounding only"}
    )


def _drawn(target: Target, request: Request) -> bool:
    """Whether two equal calls give equal results where the random numbers of torch and NumPy are the same for both."""
    import torch

    before, numpy_before = torch.get_rng_state(), np.random.get_state()  # noqa: NPY002 - it is what targets draw from
    answers = []
    for _ in range(2):
        torch.set_rng_state(before)
        np.random.set_state(numpy_before)  # noqa: NPY002
        answers.append(ask(target, request))
    return _difference(*answers) is None


def _nothing_kept(target: Target, draw: Draw) -> Iterator[Finding]:
    """A second call of the same shapes with other numbers, with and without a mask in between, gets its own answer."""
    told = False
    for draws in _sequences(target, draw):
        already: set[str] = set()  # wrong in the first call of these shapes, when nothing can have been kept
        for place, each in enumerate(draws):
            case = case_of(target, each)
            found = asked(target, request_of(target, case, each.device), rows=unmasked_rows(case))
            if not place:
                already = {finding.quantity for finding in found if finding.outcome == FAIL}
            left = [finding for finding in found if finding.quantity not in already]
            told |= bool(left)
            if first := wrong(left, "after other calls of the same shapes"):
                kind: Literal["state"] | None = None if _wrong_at_first(target, case, each, first.quantity) else "state"
                yield replace(first, draw=each, kind=kind)
                return
    reason = "the first call is wrong already: what is kept between calls cannot be told"
    yield Finding(PASS) if told else Finding(ABSTAIN, reason)


def _wrong_at_first(target: Target, case: Case, draw: Draw, quantity: str) -> bool:
    """Whether it is wrong too where nothing was asked before; False where no such target can be made."""
    if target.fresh is None:
        return False
    try:
        fresh = target.fresh()
    except ValueError:  # it cannot be loaded once more
        return False
    found = asked(fresh, request_of(target, case, draw.device), rows=unmasked_rows(case))
    return any(finding.quantity == quantity and finding.outcome == FAIL for finding in found)


def _sequences(target: Target, draw: Draw) -> Iterator[list[Draw]]:
    """Calls of the same shapes, those of each sequence its own: other numbers; a mask first; a mask after none."""
    other = draw.seed + OTHER_SEED
    yield [draw, replace(draw, seed=other), draw]
    masked = replace(draw, setting=MASKED)
    if takes(target, masked):
        one, two = (
            (replace(masked, setting=replace(MASKED, n_k=n)), replace(draw, setting=replace(SETTING, n_k=n)))
            for n in OTHERS
        )
        yield [one[0], replace(one[0], seed=other), one[1]]
        yield [two[1], two[0], replace(two[0], seed=other)]


def _inputs_untouched(target: Target, draw: Draw) -> Iterator[Finding]:
    changed = ask(target, _request(target, draw)).changed
    yield Finding(FAIL, f"the call changed its arguments in place: {', '.join(changed)}") if changed else Finding(PASS)


def _alone(case: Case, place: int) -> Case:
    inputs = {n: (a[place : place + 1] if case.tensors[n].batched else a) for n, a in case.inputs.items()}
    return replace(case, inputs=inputs, grad_context=case.grad_context[place : place + 1])


def _apart_applies(target: Target) -> str | None:
    return "its slopes follow from the axis of the batch" if dict(target.always).keys() & {"slopes"} else None


def _batch_apart(target: Target, draw: Draw) -> Iterable[Finding]:
    """Each element of a batch alone against its row of the whole batch."""
    request = _request(target, draw)
    whole = ask(target, request)
    case = request.case
    limits = limits_of(target, request)
    same = True
    for place in range(case.batch[0]):
        single = plain(variant(case, ("alone", place), partial(_alone, case, place)), draw.device, gradients=())
        answer, own = ask(target, single), limits_of(target, single)
        for name in (each for each in target.outputs if each in limits):  # the log-sum-exp has a property of its own
            alone, beside = answer.outputs[name][0], whole.outputs[name][place]
            if np.array_equal(alone, beside, equal_nan=True):
                continue
            same = False
            allowed = limits[name].bound[place] + own[name].bound[0]
            with np.errstate(invalid="ignore"):
                apart = np.abs(alone - beside)
            if not np.all(apart <= allowed):
                reason = f"row {place} of a batch differs from the same row alone by up to {np.max(apart):.3g}"
                if first := wrong(judge(target, single, answer), reason + ALONE):
                    return [first]
                return [wrong(judge(target, request, whole), reason) or Finding(FAIL, reason, name)]
    if same:
        return [Finding(PASS, observed={"batch": "no influence"})]
    reason = "a row's result depends on its batch, in rounding only: by no more than the bounds of the two"
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
        applies=_apart_applies,
    ),
)
