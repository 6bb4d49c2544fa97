"""How much of a check rests on reading the program, how sure that is, and what rests on samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from sympy.core.function import Application

from attnproof.derivations.ring.sureness import enough_coefficients, printed
from attnproof.derivations.scores.following import alone
from attnproof.derivations.scores.own import family
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS, UNSUPPORTED
from attnproof.verify.properties.algebra import ORDER, order_of

if TYPE_CHECKING:
    from attnproof.verify.checking.checked import Checked

Way = Literal["forward", "backward"]
WAYS: Final[tuple[Way, ...]] = ("forward", "backward")
NAME: Final = "algebra"
MOST_KEYS: Final = 64  # more than any number of coefficients that is used decides


@dataclass(frozen=True)
class Read:
    """What reading said.

    differs  questions of which something is not the derivation's
    equal    questions whose every quantity is the derivation's, in each coefficient below ε^order
    missed   the probability that one of them that is not would have come out equal, at most; None: no bound is known
    order    coefficients that were compared
    keys     ``forward``, ``backward`` -> up to how many keys that many decide, without a soft-cap; None: for no number
    samples  questions of which something could not be decided, so that it rests on samples; why, each once
    """

    differs: int
    equal: int
    missed: float | None
    order: int
    keys: Mapping[str, int] | None
    samples: int
    why: tuple[str, ...]


def read(checked: Checked) -> Read | None:
    """None where the algebra was not asked."""
    found = [finding for finding in checked.findings if finding.property == NAME]
    if not found:
        return None
    questions: dict[object, list[str]] = {}
    for finding in found:
        draw = finding.draw
        key = None if draw is None else (draw.setting, draw.dtype, draw.device, draw.seed, draw.asked)
        questions.setdefault(key, []).append(finding.outcome)
    outcomes = [set(each) for each in questions.values()]
    passed = [finding.missed for finding in found if finding.outcome == PASS]
    known = [each for each in passed if each is not None]
    left = [finding for finding in found if finding.outcome in (ABSTAIN, UNSUPPORTED)]
    return Read(
        sum(FAIL in each for each in outcomes),
        sum(each == {PASS} for each in outcomes),
        max(known) if known and len(known) == len(passed) else None,
        order_of(checked.score),
        {way: _keys(way) for way in WAYS} if _flat(checked.score) else None,
        sum(bool(each & {ABSTAIN, UNSUPPORTED}) for each in outcomes),
        tuple(dict.fromkeys(str(finding.reason) for finding in left)),
    )


def _flat(score: str) -> bool:
    """Whether a softmax follows a score without exponentials, or anything else but roots and powers, so that those of
    the softmax are not nested (``enough_coefficients``).
    """
    if alone(score) != score:  # another normaliser, or the context is no end
        return False
    rules = (rhs for each in family(score).system.equations for rhs in (each.rhs, each.otherwise) if rhs is not None)
    return not any(rhs.has(Application) for rhs in rules)


def _keys(way: Way) -> int:
    """The most keys that ``ORDER`` coefficients decide."""
    return max(n for n in range(1, MOST_KEYS) if enough_coefficients(n, way) <= ORDER)


def in_words(found: Read) -> str:
    """For the line that says how much was judged."""
    parts = []
    if found.differs:
        differ = "1 question differs" if found.differs == 1 else f"{found.differs} questions differ"
        parts.append(f"{differ} from the derivation")
    if found.equal:
        questions = "1 question equals" if found.equal == 1 else f"{found.equal} questions equal"
        how = f" ({_sure(found)}; {_complete(found)})"
        parts.append(f"{questions} it exactly" if found.differs else f"{questions} the derivation exactly{how}")
    if found.samples:
        rest = "1 question rests" if found.samples == 1 else f"{found.samples} questions rest"
        parts.append(f"{rest} on samples: {found.why[0]}" + (" …" if len(found.why) > 1 else ""))
    return f"read: {', '.join(parts) or 'nothing'}"


def _sure(found: Read) -> str:
    if found.missed is None:
        return "with what probability a wrong one passes is not known"
    return f"a wrong one passes with probability at most {printed(found.missed)}"


def _complete(found: Read) -> str:
    below = f"below ε^{found.order}"
    if found.keys is None:
        return f"{below}, which is not known to be all"
    forward, backward = found.keys["forward"], found.keys["backward"]
    return f"{below}, which is all for n_k ≤ {forward}, of gradients for n_k ≤ {backward}, without a soft-cap"
