"""An attention sink: one more place in the softmax that takes its share of the weight and has no value."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties.additions import additions, beside, request_for
from attnproof.verify.properties.asking import case_of, variant
from attnproof.verify.properties.property import Choice, Draw, Finding, Property, also_of_one, needs
from attnproof.verify.properties.question import Question
from attnproof.verify.properties.settling import settled
from attnproof.verify.targets.target import Target

SETTING: Final = Setting("sink", n_q=4, n_k=5, d_q=4, d_k=5, d_a=3, d_v=2, batch=(2,))
BESIDE: Final = ("bias", "softcap", "dropout")
# A sink before the soft-cap is another tensor of the layer: ``attnproof.derivations.attention.extended``.
TENSORS: Final = {"after the soft-cap": "sink", "before the soft-cap": "sink_score"}


def questions(target: Target, draw: Draw, choice: Choice) -> Iterator[Question]:
    """A sink alone, and beside each of the other things that the target takes and all of them."""
    case = case_of(target, draw)
    place = choice.get("sink", "after the soft-cap")  # the same thing where there is no soft-cap
    for others in additions(target, BESIDE):
        names = (*others, TENSORS[place])
        truth = variant(case, ("sink", names), partial(beside, case, names))
        words = f"with a sink {place}{''.join(f', {name}' for name in others)}"
        yield Question(request_for(target, truth, draw.device), words)


def _finds(target: Target, draw: Draw) -> list[Finding]:
    return settled(questions, *(("sink",) if "softcap" in target.takes else ()))(target, draw)


PROPERTIES: Final = (
    Property(
        name="sink",
        says="a sink takes part in the normaliser and adds nothing to the context, alone and with mask, soft-cap and "
        "dropout",
        applies=needs("sink", otherwise="takes no sink"),
        draws=also_of_one(SETTING),
        finds=_finds,
        questions=questions,
    ),
)
