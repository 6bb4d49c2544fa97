"""Formal propositions as rows: what they say, as the kernel reads it, and what the kernel said."""

from __future__ import annotations

from collections.abc import Sequence

from attnproof.derivations.propositions.coq import proposition
from attnproof.derivations.propositions.latex import latex
from attnproof.derivations.statements import STATEMENTS, load
from attnproof.verify.kernel.record import standing
from attnproof.verify.unit import Row

_SAID = {
    "accepted": "accepted by Coq {coq} on {date}, and nothing that it rests on has changed since",
    "stale": "accepted before something changed: nox -s kernel asks again",
    "rejected": "not accepted by Coq {coq} on {date}",
    "unproved": "not yet asked of the kernel",
}


def propositions(subject: str) -> list[Row]:
    """``{name, title, latex, coq, kernel, found}`` for each; none for what is not stated formally."""
    if subject not in STATEMENTS:
        return []
    found = standing(subject)
    return [
        {
            "name": stated.name,
            "title": stated.title,
            "latex": latex(stated.says),
            "coq": proposition(stated.says),
            "kernel": found.state,
            "found": _SAID[found.state].format(coq=found.coq, date=found.date),
        }
        for stated in load(subject)
    ]


def kernel_evidence(stated: Sequence[Row], outside: Sequence[str]) -> list[dict[str, str]]:
    """The evidence of the highest grade: all propositions of a claim accepted by the kernel, as they are printed.

    stated   what ``propositions`` gave for the claim
    outside  what of its statement they do not say
    """
    if not stated or any(each["kernel"] != "accepted" for each in stated):
        return []
    whole = "the statement but for what is named beside it" if outside else "the whole statement"
    what = f"{len(stated)} formal proposition{'s' * (len(stated) != 1)}: {whole}; nothing in them is undefined"
    return [{"grade": "kernel", "what": what, "value": str(stated[0]["found"])}]


def kernel_objection(stated: Sequence[Row]) -> str | None:
    """Why a claim or lemma has no verdict although its steps hold: a proposition that the kernel has not accepted as it
    is now. None where every one is accepted, or none is stated.
    """
    if not (against := [each for each in stated if each["kernel"] != "accepted"]):
        return None
    names = ", ".join(str(each["name"]) for each in against[:3]) + (" …" if len(against) > 3 else "")
    return f"{len(against)} of its {len(stated)} formal propositions ({names}): {against[0]['found']}"
