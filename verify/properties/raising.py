"""What it means that a target raised at a composed question (a refusal, or an error), or changed what it was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from attnproof.verify.composing.compose import Composed
from attnproof.verify.outcome import FAIL, UNSUPPORTED
from attnproof.verify.properties.property import Finding, failed
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.targets.target import Answer, Target


def raised(target: Target, question: Composed, error: TargetError) -> Finding:
    """To refuse several features together, or a layout, is no wrong result; to break is an error."""
    special = len(question.row.features) > 1 or bool(question.row.tied)
    if not error.fault and ((special and error.refuses) or _refuses_layout(target, question)):
        return Finding(UNSUPPORTED, f"refuses {question.words}: {error}")
    return replace(failed(error), reason=f"{question.words}: {error}")


def refuses_together(error: TargetError, given: Mapping[str, Any]) -> bool:
    """Whether it says that it is not made for what is given, or refuses it where that is several features."""
    return error.unsupported or (error.refuses and not error.fault and len(given) > 1)


def _refuses_layout(target: Target, question: Composed) -> bool:
    """Whether the same arrays are answered where they are contiguous."""
    if question.row.layout == "contiguous":
        return False
    try:
        ask(target, replace(question.request, layout="contiguous", seed_layout="contiguous"))
    except TargetError:
        return False
    return True


def changed(question: Composed, answer: Answer) -> Finding | None:
    """The finding for a call that changed what it was given; None where it did not."""
    if not answer.changed:
        return None
    reason = f"{question.words}: the call changed its arguments in place: {', '.join(answer.changed)}"
    return Finding(FAIL, reason, kind="state")
