"""The score that a target is checked against, by any of its names: a built-in one or ``file.py:name``, and options of
the formula with a plus, as in the names of formulas: ``additive+bias_hidden``.
"""

from __future__ import annotations

from attnproof.derivations.attention.rotary import rotates
from attnproof.derivations.attention.whole import attention
from attnproof.derivations.scores.own import family, is_own, label, pinned
from attnproof.verify.options import SCORES, one_of
from attnproof.verify.targets.target import FEATURES

OF_LAYER = ("sink", "dropout")  # options of the layer that are no inputs of the plain one


def named(text: str) -> tuple[str, tuple[str, ...]]:
    """The score, one's own with the digest of its file, and the features that its options stand for: what has an
    option of the formula takes the argument.

    Raises ValueError, on one line, for an unknown score or option, and for a mistake in a file; a file that hangs or
    crashes is stopped (``attnproof.derivations.scores.own``).
    """
    file, colon, rest = text.rpartition(":")
    name, *options = rest.split("+")
    score = file + colon + name
    if not is_own(score):
        one_of("score", score, (*SCORES, "file.py:name"))
    score = pinned(score)
    optional = family(score).system.options
    if other := [option for option in optional if option not in FEATURES]:
        raise ValueError(
            f"{label(score)}: a check asks for no option {other[0]!r}; of a score's own options it knows bias_hidden"
        )
    known = [*attention(score).options, *OF_LAYER, *(["rotary"] if rotates(family(score)) else [])]
    for option in options:
        one_of(f"option of {label(score)}", option, known)
    return score, tuple(options)
