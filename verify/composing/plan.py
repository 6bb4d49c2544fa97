"""Which questions a target is asked: every pair of features, sizes and layouts together in at least one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from typing import Any, Final, get_args

from attnproof.derivations.scores.following import alone
from attnproof.verify.composing.covering import Assignment, Pair, covering
from attnproof.verify.composing.row import GRADIENTS, LEVELS, Row
from attnproof.verify.composing.semantics import Choice, levels, tied, undefined
from attnproof.verify.composing.sizes import sizes_for
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.targets.contract import CHOICES, Contract
from attnproof.verify.targets.target import Answer, Layout, Request, Target

ABSENT: Final = ""
FEW_GRADIENTS: Final = ("all", "query", "value")
FEW_LAYOUTS: Final = ("contiguous", "transposed")
FEW_SEED_LAYOUTS: Final = ("contiguous", "broadcast", "transposed")


@dataclass(frozen=True)
class Planned:
    """The questions, and what is not among them.

    rows       in an order in which questions with the same sizes follow each other: what a target keeps between
               calls of the same shapes is then of another question
    not_asked  pair of levels -> why
    pairs      how many pairs of levels some question has
    """

    rows: tuple[Row, ...]
    not_asked: Mapping[Pair, str]
    pairs: int


def factors_for(target: Target, sizes: Sequence[Setting], *, few: bool = False) -> dict[str, tuple[str, ...]]:
    """What is varied for a target, and the levels of each; the usual one first.

    few  every level of the features, and of the rest those that most often show something
    """
    strided = target.framework != "jax"  # JAX's arrays have no strides
    found: dict[str, tuple[str, ...]] = {"sizes": tuple(each.name for each in sizes)}
    for name in LEVELS:
        if name in target.takes or (name == "lse" and "lse" in target.outputs and target.gradients):
            found[name] = (ABSENT, *levels(target, name))
    if target.gradients:
        found["gradients"] = FEW_GRADIENTS if few else GRADIENTS
    found["tied"] = tied(target)
    if strided:
        found["layout"] = FEW_LAYOUTS if few else get_args(Layout)
        if target.gradients:
            found["seed_layout"] = FEW_SEED_LAYOUTS if few else get_args(Layout)
    return found


def row_of(assignment: Mapping[str, str], sizes: Mapping[str, Setting], number: int, dtype: str) -> Row:
    """The row that an assignment, also of part of the factors, stands for."""
    rest: dict[str, Any] = {
        name: assignment[name] for name in ("gradients", "tied", "layout", "seed_layout") if name in assignment
    }
    features = {name: assignment[name] for name in LEVELS if assignment.get(name)}
    return Row(sizes[assignment["sizes"]], features, dtype=dtype, number=number, **rest)


def plan(
    target: Target, choice: Choice, dtype: str = "fp64", sizes: Sequence[Setting] | None = None, *, few: bool = False
) -> Planned:
    """The questions for a target under a choice.

    sizes  default: every class (``attnproof.verify.composing.sizes``), of the few the first
    few    as ``factors_for`` has it
    """
    settings = tuple(sizes_for(target, few=few) if sizes is None else sizes)
    return _plan(_like(target), tuple(sorted(choice.items())), dtype, settings, few)


def _like(target: Target) -> Target:
    """What the questions depend on: they are planned once for all that differ in name, function and contract only. What
    is taken of a contract is in the choice.
    """
    return replace(target, name="", ask=_nobody, contract=Contract())


def _nobody(request: Request) -> Answer:
    raise NotImplementedError(f"nobody is asked for {request.case.score}")


@lru_cache(maxsize=64)
def _plan(
    target: Target, choice: tuple[tuple[str, str], ...], dtype: str, settings: tuple[Setting, ...], few: bool
) -> Planned:
    named = {each.name: each for each in settings}
    chosen = dict(choice)
    factors = factors_for(target, settings, few=few)
    reasons = _Reasons(target, chosen, named, dtype)
    found, left = covering(factors, reasons.possible)
    rows = [row_of(each, named, number, dtype) for number, each in enumerate(found)]
    places = {name: place for place, name in enumerate(named)}
    rows.sort(key=lambda row: places[row.setting.name])
    pairs = sum(len(one) * len(two) for one, two in combinations(factors.values(), 2)) - len(left)
    return Planned(tuple(rows), {pair: reasons.why(dict(pair)) for pair in left}, pairs)


class _Reasons:
    """Whether an assignment has a meaning, found out once for each."""

    def __init__(self, target: Target, choice: Choice, sizes: Mapping[str, Setting], dtype: str) -> None:
        self.target, self.choice, self.sizes, self.dtype = target, choice, sizes, dtype
        self.found: dict[tuple[tuple[str, str], ...], str | None] = {}

    def possible(self, assignment: Assignment) -> bool:
        """Whether nothing stands against it, at some size where none is named yet."""
        return self._reason(assignment) is None

    def why(self, assignment: Assignment) -> str:
        """What stands against it."""
        return self._reason(assignment) or "no row has both, whatever else it has"

    def _reason(self, assignment: Assignment) -> str | None:
        if assignment.get("gradients") == "rest" and not self._has_rest(assignment):
            return "there is nothing but query, key and value"
        if assignment.get("gradients") == "none" and assignment.get("lse"):
            return "nothing flows back"
        names = (assignment["sizes"],) if "sizes" in assignment else tuple(self.sizes)
        # A sink gives queries without a key a meaning: while it is not decided it may still come.
        kinds: list[str] = [name for name in ("sink", "sinks") if name in self.target.takes]
        sinks: list[Assignment] = [{}, *({name: "on"} for name in kinds)]
        undecided = not {"sink", "sinks"} & set(assignment)
        reason: str | None = None
        for name in names:
            for sink in sinks if undecided else sinks[:1]:
                found = self._at({**assignment, "sizes": name, **sink})
                if found is None:
                    return None
                reason = reason or found
        return reason

    def _has_rest(self, assignment: Assignment) -> bool:
        parameters = alone(self.target.score) not in ("dot", "scaled_dot")
        able = ("bias", "softcap", "bias_hidden", "sink", "sinks")
        # A factor that is not decided yet may still bring one.
        return parameters or any(assignment.get(name, name in self.target.takes) for name in able)

    def _at(self, assignment: Assignment) -> str | None:
        key = tuple(sorted((n, v) for n, v in assignment.items() if n in LEVELS or n in ("sizes", "tied")))
        if key not in self.found:
            self.found[key] = undefined(self.target, self.choice, row_of(assignment, self.sizes, 0, self.dtype))
        return self.found[key]


def first_words(choice: Choice | None = None) -> Choice:
    """Every field of the contract, as chosen, and where nothing is said as most implementations have it."""
    return {field: words[0] for field, words in CHOICES.items()} | dict(choice or {})
