"""Which kinds of evidence reject a fault: every property asked, each until it rejects, and the formula that is read."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Final, Literal

import torch

from attnproof.verify.checking.kinds import BY_PROPERTY
from attnproof.verify.faults import MODULES, Fault
from attnproof.verify.options import Profile
from attnproof.verify.outcome import FAIL
from attnproof.verify.properties import PROPERTIES, Finding, Property, pairs, ranges
from attnproof.verify.reading.lifting.handing import READ, CannotRecordError, recorded
from attnproof.verify.reading.lifting.reading import reading
from attnproof.verify.reading.lifting.sizes import CannotLiftError
from attnproof.verify.reading.recorded import recorder_for
from attnproof.verify.recording.recording import NotReadError
from attnproof.verify.targets.target import Target

Evidence = Literal["algebra", "proof", "rounding", "coverage", "state"]
Word = Literal["rejects", "accepts", "not applicable"]
# What each says of a fault that it rejects.
EVIDENCE: Final[Mapping[Evidence, str]] = {
    "algebra": "the recorded program differs from the derivation in the exponential ring, at zero tolerance",
    "proof": "the formula lifted from the program, at every size, is another one",
    "rounding": "an answer is beyond its bound at inputs that a property was written with",
    "coverage": "the same at inputs made by construction: pairs of features, sizes, the whole range",
    "state": "an answer depends on earlier calls, or a call changes what it was given",
}
BY_CONSTRUCTION: Final = frozenset(each.name for module in (pairs, ranges) for each in module.PROPERTIES)


@dataclass(frozen=True)
class Verdicts:
    """What was found of one fault.

    rejected_by  property -> the kind of evidence that it rejects the fault by
    asked        the properties that apply to it
    proof        whether the lifted formula differs; ``not applicable`` where none is lifted that tells
    """

    rejected_by: Mapping[str, Evidence]
    asked: tuple[str, ...]
    proof: Word

    def word(self, kind: Evidence) -> Word:
        """What a kind of evidence says of the fault."""
        if kind == "proof":
            return self.proof
        if kind in self.rejected_by.values():
            return "rejects"
        return "accepts" if any(_usual(name) == kind for name in self.asked) else "not applicable"

    def others(self, fault: Fault) -> tuple[str, ...]:
        """The properties that reject the fault and were not written for it."""
        return tuple(name for name in self.rejected_by if name not in fault.exposed_by)


def verdicts(
    name: str, profile: Profile, seed: int = 0, properties: Collection[str] | None = None, *, proof: bool = True
) -> Verdicts:
    """What the properties (None: all) say of the fault of this name, in every format on the CPU.

    Each of them, and the reading, has an implementation of its own, so that nothing that one call leaves behind is in
    another's result.
    """
    found: dict[str, Evidence] = {}
    asked = []
    for each in PROPERTIES.values():
        if properties is None or each.name in properties:
            target = made_again(name).wrong
            if each.applies(target) is None:
                asked.append(each.name)
                first = _first_failure(target, each, profile, seed)
                if first is not None:
                    kind = first.kind
                    found[each.name] = _usual(each.name) if kind is None or kind == "contract" else kind
    return Verdicts(found, tuple(asked), by_formula(made_again(name).wrong) if proof else "not applicable")


def everything(fault: Fault, seed: int = 0) -> Verdicts:
    """What every property says of a fault in the profile ``quick``; where none that was written for it rejects it
    there, those say what they do in ``standard``: some faults show at more inputs only.
    """
    found = verdicts(fault.name, "quick", seed)
    if not fault.exposed_by or set(fault.exposed_by) & set(found.rejected_by):
        return found
    own = verdicts(fault.name, "standard", seed, fault.exposed_by, proof=False)
    return replace(found, rejected_by={**found.rejected_by, **own.rejected_by})


def made_again(name: str) -> Fault:
    """The fault with nothing kept from earlier calls. Raises KeyError for an unknown one."""
    for module in MODULES:
        made: Iterable[Fault] = import_module(f"attnproof.verify.faults.{module}").faults()
        for fault in made:
            if fault.name == name:
                return fault
    raise KeyError(f"unknown fault {name!r}")


def by_formula(target: Target) -> Word:
    """What the lifted formulas say, of plain attention and with each feature alone: ``rejects`` where one of them is
    another, ``accepts`` where those that are lifted, context and gradients, are proved equal at every size.
    """
    if target.always:
        return "not applicable"
    features = [(), *((name,) for name in READ if name in target.takes)]
    words = {_formula(replace(target, takes=each)) for each in features}
    return next((word for word in ("rejects", "accepts") if word in words), "not applicable")


def _formula(target: Target) -> Word:
    """What cannot be recorded or lifted is no evidence, for or against."""
    try:
        handed, recordings = recorded(target, lambda: recorder_for(target.framework))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read = reading(target.name, handed, recordings, target.score)
    except (CannotLiftError, CannotRecordError, NotReadError):
        return "not applicable"
    if read.verdict == "different" or read.differences or read.told:
        return "rejects"
    return "accepts" if read.equal else "not applicable"


def _usual(name: str) -> Evidence:
    """The kind of evidence that a property gives where its failure says nothing else."""
    if name == "algebra":
        return "algebra"
    if BY_PROPERTY.get(name) == "state":
        return "state"
    return "coverage" if name in BY_CONSTRUCTION else "rounding"


def _first_failure(target: Target, each: Property, profile: Profile, seed: int) -> Finding | None:
    """The first failure of a property. A fault that draws at random does so from torch's own generator."""
    with warnings.catch_warnings(), torch.random.fork_rng(devices=[]):
        warnings.simplefilter("ignore")  # NaN and overflow in what is wrong on purpose
        torch.manual_seed(seed)
        for dtype in target.dtypes:
            for draw in each.draws(target, profile, dtype, "cpu", seed):
                for finding in each.check(target, draw):
                    if finding.outcome == FAIL:
                        return finding
    return None
