"""A property: one thing that a correct implementation does, and how to find out whether a target does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from attnproof.verify.composing.sizes import fitted, of_one
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.outcome import ERROR, FAIL, NEEDS_REASON, OUTCOMES, UNSUPPORTED
from attnproof.verify.properties.question import Question, TargetError
from attnproof.verify.targets.target import Target


@dataclass(frozen=True)
class Draw:
    """One instance of a property's inputs: everything that they are made from, so that they can be made again and
    shrunk.

    setting      sizes, batch and options
    input_class  what the numbers are like (``attnproof.verify.inputs.make``)
    dtype, device
    seed         of the numbers
    asked        questions composed of features, in turn, as texts (``Row.spec``); the last is the one that is meant
    """

    setting: Setting
    input_class: str = "normal"
    dtype: str = "fp32"
    device: str = "cpu"
    seed: int = 0
    asked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What came of one property at one draw.

    outcome   one of ``attnproof.verify.outcome``; ``reason`` says why unless it passed
    quantity  which output or gradient it is about; ``*`` for all
    ratio     largest error/bound, where there is one
    worst     index, got, exact, bound of the worst element, unless it passed
    observed  what probing found, for a property that finds out a choice: ``{"masked_row": "nan"}``
    draw, property  where and of what: ``Property.check`` fills in both
    missed    of a pass without samples: if the result differed it would have passed with at most this probability;
              None where no bound is known
    kind      of a failure whose property knows it: ``algebra``, ``state``, ``contract``; None: what was seen tells
    """

    outcome: str
    reason: str | None = None
    quantity: str = "*"
    ratio: float | None = None
    worst: Mapping[str, Any] = field(default_factory=dict)
    observed: Mapping[str, str] = field(default_factory=dict)
    draw: Draw | None = None
    property: str = ""
    missed: float | None = None
    kind: Literal["algebra", "state", "contract"] | None = None

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise ValueError(f"outcome {self.outcome!r}; expected one of {', '.join(OUTCOMES)}")
        if self.outcome in NEEDS_REASON and not self.reason:
            raise ValueError(f"outcome {self.outcome!r} needs a reason{f' ({self.property})' if self.property else ''}")

    def prefixed(self, words: str) -> Finding:
        """The same with words before the reason."""
        return replace(self, reason=f"{words}: {self.reason}")


Applies = Callable[[Target], str | None]
Draws = Callable[[Target, Profile, str, str, int], Iterable[Draw]]  # target, profile, dtype, device, seed
Choice = Mapping[str, str]  # a field of the contract -> what it is taken to be
Questions = Callable[[Target, Draw, Choice], Iterable[Question]]


def always(target: Target) -> None:
    """Nothing stands against asking."""
    del target


def needs(*names: str, otherwise: str) -> Applies:
    """Asked of targets that take one of the arguments; ``otherwise`` says why not of others."""
    return lambda target: None if set(names) & set(target.takes) else otherwise


def drawn(settings: Callable[[Target, Profile, str], Iterable[Setting]]) -> Draws:
    """Standard normal numbers at the settings for a target, a profile and a format."""
    return lambda target, profile, dtype, device, seed: (
        Draw(setting, "normal", dtype, device, seed) for setting in settings(target, profile, dtype)
    )


def at(*settings: Setting) -> Draws:
    """Standard normal numbers at each setting."""
    return drawn(lambda *_: settings)


def also_of_one(*settings: Setting) -> Draws:
    """The same where their batch is there by the way: without it for what takes single sequences."""
    return drawn(lambda target, *_: (of_one(target, setting) for setting in settings))


@dataclass(frozen=True, kw_only=True)
class Property:
    """A named check of targets. What it exposes is said by the faults: ``attnproof.verify.faults.fault``.

    name       ``masked row``; stable
    says       what holds for a correct implementation, one sentence
    draws      the instances that a profile looks at, for a target, format and device
    finds      judges the target at one draw; TargetError where that raises. Any other exception is an error of the
               verifier and propagates
    applies    None when it can be asked of the target, else why not (``takes no mask``)
    questions  its requests under a choice, for those who judge answers by other rules; None: its own rules are needed
    """

    name: str
    says: str
    draws: Draws
    finds: Callable[[Target, Draw], Iterable[Finding]]
    applies: Applies = always
    questions: Questions | None = None

    def instances(self, target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterator[Draw]:
        """The draws, at sizes that the target can have."""
        for draw in self.draws(target, profile, dtype, device, seed):
            yield replace(draw, setting=fitted(target, draw.setting))

    def check(self, target: Target, draw: Draw) -> list[Finding]:
        """What comes of the target at a draw. A target that raises where it should answer gives one finding that says
        so: an outcome of its own, never a pass and never a catch.
        """
        try:
            found = list(self.finds(target, draw))
        except TargetError as error:
            found = [failed(error)]
        return [replace(each, property=self.name, draw=each.draw or draw) for each in found]


def failed(error: TargetError) -> Finding:
    """The finding for a target that raised."""
    return Finding(UNSUPPORTED if error.unsupported else FAIL if error.fault else ERROR, str(error))
