"""Open choices of a contract, found out by reading: the word under which the program is the derivation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from attnproof.derivations.ring.ring import Ring
from attnproof.verify.composing.compose import compose
from attnproof.verify.composing.row import Row
from attnproof.verify.composing.semantics import undefined
from attnproof.verify.composing.sizes import sizes_for
from attnproof.verify.reading.algebra import DIFFERS, EQUAL, compared
from attnproof.verify.reading.recorded import ask_recorded
from attnproof.verify.targets.contract import CHOICES
from attnproof.verify.targets.target import Target

# field of the contract -> features at which its words give different results; of several, the first that a target takes
SHOWN_BY: Final[Mapping[str, tuple[Mapping[str, str], ...]]] = {
    "polarity": ({"mask": "shared"},),
    "causal": ({"causal": "on"}, {"window": "1"}),
    "groups": ({"groups": "several"},),
    "rotary": ({"rotary": "on"},),
    "alibi": ({"slopes": "on"},),
    "dropout": ({"dropout": "rated"},),
    "softcap": ({"softcap": "on", "mask": "shared"}, {"softcap": "on", "causal": "on"}),
    "sink": ({"sink": "on", "softcap": "on"}, {"sinks": "on", "softcap": "on"}),
    "lse_base": ({"lse": "on"},),
    "lse_sink": ({"lse": "on", "sink": "on"}, {"lse": "on", "sinks": "on"}),
}
NOT_COUNTED: Final = "nan"  # a row without keys whose contract is open: neither it nor what flows back is compared


def chosen(target: Target, words: Mapping[str, str], declared: Collection[str], ring: Ring) -> Mapping[str, str]:
    """``words`` with every field that is not declared as the program has it, where that shows.

    A target that cannot be recorded, or raises, shows nothing.
    """
    found = dict(words)
    if "masked_row" not in declared:
        found["masked_row"] = NOT_COUNTED
    for name, features in SHOWN_BY.items():
        if name not in declared:
            found[name] = _fitting(target, found, name, features, ring)
    return found


def _fitting(
    target: Target, words: Mapping[str, str], name: str, features: tuple[Mapping[str, str], ...], ring: Ring
) -> str:
    """The word under which the program is the derivation; else one under which nothing is asked, so that nobody is
    accused for a choice that is not known; else the one there was.
    """
    taken = next((each for each in features if all(_takes(target, feature) for feature in each)), None)
    if taken is None:
        return words[name]
    not_asked = words[name]
    for word in CHOICES[name]:
        choice = {**words, name: word}
        row = _row(target, choice, taken)
        if row is None:
            not_asked = word
            continue
        try:
            asked = ask_recorded(target, [compose(target, choice, row)])
            outcomes = {each.outcome for each in compared(asked, ring)[0]}
        except Exception:  # noqa: BLE001, S112 - the property that asks the same says what was raised
            continue
        if EQUAL in outcomes and DIFFERS not in outcomes:
            return word
    return not_asked


def _takes(target: Target, feature: str) -> bool:
    if feature == "lse":
        return "lse" in target.outputs and target.gradients
    return feature in target.takes and (feature != "dropout" or "dropout_rate" in target.takes)


def _row(target: Target, choice: Mapping[str, str], features: Mapping[str, str]) -> Row | None:
    """The first size at which the features have a meaning, with fewer queries than keys where that decides."""
    rows = (Row(setting, features) for setting in sizes_for(target) if setting.n_q < setting.n_k)
    return next((row for row in rows if undefined(target, choice, row) is None), None)
