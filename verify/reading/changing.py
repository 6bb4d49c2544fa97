"""With which one change of the derivation a program's wrong answers are what it gives."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.ring import Ring
from attnproof.verify.composing.truth import derived, truth
from attnproof.verify.reading.algebra import EQUAL, compared_one, elements_of
from attnproof.verify.reading.altered import altered, alters
from attnproof.verify.reading.edits.beside import Beside
from attnproof.verify.reading.edits.search import explains, fitting, own_numbers
from attnproof.verify.reading.misplaced import cut_exponents, misplaced, of_result
from attnproof.verify.reading.recorded import Asked


class Wrong:
    """The first answer of a recording, of which one quantity is not the derivation's."""

    def __init__(self, asked: Asked, ring: Ring, quantity: str) -> None:
        self.recording, self.ring, self.quantity = asked.recording, ring, quantity
        self.store, (self.given, *_) = elements_of(asked, ring)
        self.call, self.question = asked.recording.calls[0], asked.questions[0]
        self.due = truth(self.question, ring, self.given)

    @property
    def backwards(self) -> bool:
        """Whether it is a gradient."""
        return self.quantity.startswith("grad.")

    def same(self, name: str, expected: Elements) -> bool:
        """Whether a quantity is these elements, where they count."""
        ids = self.call.results[name]
        if expected.shape != ids.shape:
            return False
        return compared_one(self.question, name, ids, self.store, self.ring, expected).outcome == EQUAL

    @property
    def is_wrong(self) -> bool:
        """Whether it was returned, the derivation has it, and it is another."""
        there = self.quantity in self.call.results and self.quantity in self.due
        return there and not self.same(self.quantity, self.due[self.quantity])

    @cached_property
    def beside(self) -> Beside:
        """The derivation of all that flows as the quantity does; what is known to be wrong tells first."""
        names = [n for n in self.call.results if n in self.due and n.startswith("grad.") == self.backwards]
        names.sort(key=lambda name: name != self.quantity)
        return Beside(self.question, self.ring, self.given, names, own_numbers(self.recording, self.ring))

    def edited(self, others: Sequence[Wrong]) -> str:
        """By one change that explains all results, those of the others too."""
        ways = fitting(self.beside, self.same)
        return next((words for words in ways if all(explains(e.beside, e.same, words) for e in others)), "")

    @cached_property
    def altered(self) -> str:
        """By a change of one feature, of the quantity alone."""
        return altered(self.question, self.ring, self.given, self.quantity, lambda e: self.same(self.quantity, e))

    def altered_by(self, words: str) -> bool:
        """Whether that change explains it, too."""
        found = (self.question, self.ring, self.given, self.quantity)
        return alters(*found, lambda e: self.same(self.quantity, e), words)

    def placed(self) -> str:
        """By elements that stand elsewhere in the program, or are cut off."""
        ids = self.call.results[self.quantity]
        if self.quantity == "context" and (said := of_result(ids, self.store, self.due[self.quantity])):
            return said
        found = derived(self.question, self.ring, self.given)
        said = misplaced(self.recording, self.store, found)
        return said or cut_exponents(self.recording, self.store, found["logits"])


def changed(wrong: Wrong, others: Sequence[Wrong] = (), *, whole: bool = True) -> str:
    """In words; empty where no change is found, or it is equal.

    others  further answers that are wrong: one question may look like several changes
    whole   look for one that explains all results, before those of the quantity alone
    """
    if not wrong.is_wrong:
        return ""
    others = [each for each in others if each.is_wrong]
    first = wrong.edited(others) if whole and wrong.backwards else ""
    if first:
        return first
    if wrong.altered and all(each.altered_by(wrong.altered) for each in others):
        return wrong.altered
    if wrong.backwards:
        return ""
    # Where there are several faults no change explains every answer.
    return wrong.edited(others) or wrong.placed() or wrong.altered
