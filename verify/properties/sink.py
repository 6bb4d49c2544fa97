"""An attention sink: one more place in the softmax that takes its share of the weight and has no value."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Final

from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.properties.additions import additions, arrays, request_for
from attnproof.verify.properties.asking import case_of, variant
from attnproof.verify.properties.property import Draw, Finding, Property
from attnproof.verify.properties.settling import Choice, Question, all_judged, settle
from attnproof.verify.targets.target import Target

NAME: Final = "sink"
FIELDS: Final = ("sink",)
SETTING: Final = Setting("sink", n_q=4, n_k=5, d_q=4, d_k=5, d_a=3, d_v=2, batch=(2,))
BESIDE: Final = ("bias", "softcap", "dropout")
# A sink before the soft-cap is another tensor of the layer: ``attnproof.derivations.attention.extended``.
TENSORS: Final = {"after the soft-cap": "sink", "before the soft-cap": "sink_score"}


def _applies(target: Target) -> str | None:
    return None if "sink" in target.takes else "takes no sink"


def _draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterable[Draw]:
    del target, profile
    yield Draw(SETTING, "normal", dtype, device, seed)


def _with(case: Case, names: tuple[str, ...]) -> Case:
    return Case(case.score, {**case.inputs, **arrays(case, names)}, case.grad_context, dtype=case.dtype)


def questions(target: Target, draw: Draw, choice: Choice) -> Iterable[Question]:
    """A sink alone, and beside each of the other things that the target takes and all of them."""
    case = case_of(target, draw)
    place = choice.get("sink", "after the soft-cap")  # the same thing where there is no soft-cap
    for beside in additions(target, BESIDE):
        names = (*beside, TENSORS[place])
        truth = variant(case, ("sink", names), partial(_with, case, names))
        words = f"with a sink {place}{''.join(f', {name}' for name in beside)}"
        yield Question(request_for(target, truth, draw.device), words)


def _check(target: Target, draw: Draw) -> Iterable[Finding]:
    fields = FIELDS if "softcap" in target.takes else ()
    return settle(
        NAME, target, draw, fields, lambda choice: all_judged(target, questions(target, draw, choice), NAME, draw)
    )


SINK = Property(
    NAME,
    "a sink takes part in the normaliser and adds nothing to the context, alone and with mask, soft-cap and dropout",
    (
        "sink left out of the normaliser",
        "sink given a value",
        "sink soft-capped",
    ),
    _applies,
    _draws,
    _check,
)
