"""How the hypotheses of a lemma are met where a proof uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Assumed:
    """It is assumed here too: an assumption of the proof's own, by as many of its first words as tell it from the
    others.
    """

    words: str


@dataclass(frozen=True)
class Shown:
    """A step of the same proof, before the lemma is used, shows or cites it: by as many of its first words."""

    words: str


@dataclass(frozen=True)
class Because:
    """It holds of what the lemma is applied to, for the reason given."""

    why: str


How = Assumed | Shown | Because
# By lemma: each of its assumptions, by its whole text, with how it is met.
Met = Mapping[str, Mapping[str, tuple[How, ...]]]


def text_of(how: How, assumptions: Iterable[str], steps: Iterable[str]) -> str | None:
    """What ``how`` refers to, in whole; None where it refers to nothing, or to more than one thing."""
    if isinstance(how, Because):
        return how.why if how.why.strip() else None
    meant = [text for text in (assumptions if isinstance(how, Assumed) else steps) if text.startswith(how.words)]
    return meant[0] if len(meant) == 1 and how.words.strip() else None


def left_out(met: Mapping[str, tuple[How, ...]], assumptions: Iterable[str]) -> list[str]:
    """The assumptions of a lemma of which nothing is said, and what is said of none of them."""
    needed = list(assumptions)
    return [text for text in needed if not met.get(text)] + [text for text in met if text not in needed]


@dataclass(frozen=True)
class Use:
    """What rests on lemmas and is no proof: a rule for bounds, a probability that is printed.

    what         in words, as the page has it: ``the bound of tanh``
    assumptions  its own
    met          of each lemma that it rests on, how each of its assumptions is met; ``Shown`` refers to nothing here
    """

    what: str
    assumptions: tuple[str, ...]
    met: Met

    def unmet(self, needs: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
        """The lemmas with an assumption of which it is not said how it is met, or that refers to nothing.

        needs  the assumptions of a lemma, by its name
        """
        return tuple(
            lemma
            for lemma, met in self.met.items()
            if left_out(met, needs(lemma))
            or any(text_of(how, self.assumptions, ()) is None for hows in met.values() for how in hows)
        )
