"""The words of a report, shared by the page and the terminal: order, mark and meaning of outcomes, verdicts and grades.

The names are those of the result files. A mark always stands beside its word, so that no status is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

Tone = Literal["good", "bad", "care", "quiet"]


@dataclass(frozen=True)
class Word:
    """A status word: its mark (one character), its tone (which colour it may take) and what it means."""

    name: str
    mark: str
    tone: Tone
    meaning: str


OUTCOMES: Final[Mapping[str, Word]] = {
    word.name: word
    for word in (
        Word("pass", "✓", "good", "the error is within the bound, and the bound is tight enough to mean something"),
        Word("fail", "✗", "bad", "the error exceeds the bound: the implementation, the formula or the bound is wrong"),
        Word("error", "!", "bad", "the check itself broke; it counts as a failure of the run"),
        Word(
            "abstain",
            "○",
            "care",
            "no judgement: the bound is too loose, an assumption is not met, or power is lacking",
        ),
        Word(
            "differs by contract", "≠", "care", "the result differs where the convention is open; neither side is wrong"
        ),
        Word("skipped", "–", "quiet", "not run, for the reason given; never counted as a pass"),
        Word("unsupported", "∅", "quiet", "the library has no such format or operation"),
    )
}

JUDGED: Final = frozenset({"pass", "fail", "differs by contract"})  # the outcomes of what was really compared

VERDICTS: Final[Mapping[str, Word]] = {
    word.name: word
    for word in (
        Word("proved", "✓", "good", "true as stated, at every size; each proof step was checked by machine"),
        Word("proved up to size", "✓", "good", "true as stated up to the size given"),
        Word("qualified", "◐", "care", "false as usually stated, true under the condition given"),
        Word("refuted", "✗", "bad", "false; a counterexample that can be run is given"),
        Word("not decided", "?", "quiet", "no complete proof or refutation is recorded, for the reason given"),
    )
}

GRADES: Final[Mapping[str, str]] = {
    "exact": "computed in exact arithmetic, no rounding",
    "exhaustive": "every case was tried",
    "certified enclosure": "an interval that provably contains the value",
    "sampled": "estimated from random samples, judged at a stated false-alarm rate",
    "bound": "compared with an a-priori bound that is proved",
}


def word(name: str) -> Word:
    """The status word called ``name`` (outcome or verdict); ``proved up to size 4`` counts as ``proved up to size``.

    Raises KeyError, with the known words, for anything else.
    """
    if name in OUTCOMES:
        return OUTCOMES[name]
    if name in VERDICTS:
        return VERDICTS[name]
    if name.startswith("proved up to size"):
        base = VERDICTS["proved up to size"]
        return Word(name, base.mark, base.tone, base.meaning)
    raise KeyError(f"unknown status word {name!r}; known: {', '.join([*OUTCOMES, *VERDICTS])}")


def in_order(names: Iterable[str], order: Iterable[str] = OUTCOMES) -> list[str]:
    """``names`` without repetition, in the order of ``order``; names it does not list come last, alphabetically.

    A name that begins with a listed one (``proved up to size 4``) stands with it.
    """
    places = {name: place for place, name in enumerate(order)}

    def rank(name: str) -> tuple[int, str]:
        known = next((place for start, place in places.items() if name.startswith(f"{start} ")), len(places))
        return places.get(name, known), name

    return sorted(set(names), key=rank)
