"""The words of a report, shared by the page and the terminal: order, mark and meaning of outcomes, verdicts and grades.

The names are those of the result files. A mark always stands beside its word: no status is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

Tone = Literal["good", "bad", "care", "quiet"]

#: in the order in which a page shows them, the widest first
FORMATS: Final = ("fp64", "fp32", "bf16", "fp16")
DEVICES: Final = ("cpu", "cuda")


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

#: of cells of the league
LEAGUE: Final[Mapping[str, Word]] = {
    word.name: word
    for word in (
        Word("does", "✓", "good", "does what the row says, within derived bounds or at zero tolerance"),
        Word("differs by contract", "≠", "care", "follows another convention, which is no fault; the cell says which"),
        Word("does not", "✗", "bad", "does not, and an independent computation on the smallest input confirms it"),
        Word("open", "?", "care", "something failed or raised, and nothing independent has confirmed it: no verdict"),
        Word("not asked", "–", "quiet", "not asked, for the reason given; never counted as a pass"),
    )
}

#: of cells of the operator's specification in ONNX
ONNX: Final[Mapping[str, Word]] = {
    "does": LEAGUE["does"],
    "differs": Word("differs", "✗", "bad", "another value than the specification has, which mpmath computed"),
    "refuses": Word("refuses", "!", "care", "raises where the specification has a value"),
    "not asked": LEAGUE["not asked"],
}

GRADES: Final[Mapping[str, str]] = {
    "exact": "computed in exact arithmetic, no rounding",
    "exhaustive": "every case was tried",
    "certified enclosure": "an interval that provably contains the value",
    "sampled": "estimated from random samples, judged at a stated false-alarm rate",
    "bound": "compared with an a-priori bound that is proved",
}

# What a row of each table of a run is.
TABLES: Final[Mapping[str, str]] = {
    "saturation": "A row is one quantity (weight, entropy, surviving gradient) of one score at one width or spread.",
    "variance": "A row is one statistic of one score at one width, for components of one distribution.",
    "bias_invariance": "A row is one bias of one size, and the largest change of a weight that it makes.",
    "evidence": "A row is one measurement for one claim; it stands with the claim too.",
    "model_variance": "A row is the variance of the scores in one head of the trained model, against a law for it.",
    "model_saturation": "A row is one quantity of the weights in one head of the trained model.",
    "model_bias_invariance": "A row is one change of the trained model's biases, and the largest change that it makes.",
    "detection": "A row is one fault, repaired twin, correct implementation or mutant, and what became of it.",
    "found_by": "A row is one fault: which kinds of evidence reject it, and which properties not written for it.",
    "leave_one_out": "A row is one property or kind of evidence, and how many faults are still rejected without it.",
    "gates": "A row is one kernel, wrong or right, and what the gates of others and this judge say of it.",
    "gate_rules": "A row is one gate: its rule, how many wrong kernels it accepts and how many right ones it rejects.",
    "tightness": "A row is one output of one implementation in one format: its errors in units of their bounds.",
    "abstentions": "A row is one implementation in one format: how many of its comparisons were not judged.",
    "functions": "A row is one function of one library in one format: its largest error in roundoffs.",
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


def counted(names: Iterable[str], order: Iterable[str] = OUTCOMES) -> list[tuple[Word, int]]:
    """How often each status word occurs, in the order of ``order``."""
    found = list(names)
    return [(word(name), found.count(name)) for name in in_order(found, order)]
