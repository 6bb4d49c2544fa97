"""What is declared of every call, written into a derivation: one tensor for key and value, arrays in 8 bits beside
scales, and what is always done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sympy import Expr, Integer, Sum, Symbol, exp

from attnproof.derivations.language.notation import N_K, N_Q, Tensor
from attnproof.derivations.language.system import System
from attnproof.derivations.language.tensors import CONTEXT, WEIGHTS
from attnproof.derivations.proof.identities import put
from attnproof.verify.reading.lifting.patterns import CAUSAL, diagonals
from attnproof.verify.reading.lifting.sizes import Pair, exact
from attnproof.verify.recording.recording import Values
from attnproof.verify.targets.stored import scale_name, stored_request
from attnproof.verify.targets.target import Request, Target

WRITTEN: Final = ("causal", "window", "softcap", "sink")  # of what may be always there
LETTERS: Final = {"query": "s_q", "key": "s_k", "value": "s_V"}


@dataclass(frozen=True)
class Promised:
    """What is declared of every call.

    always  features with their numbers
    same    arguments that are one tensor with another one
    scales  symbol of a scale -> its two numbers
    stored  what was handed over for arrays in 8 bits in the first recording: numbers and scales
    reach   what a window leaves, by the word of the contract
    """

    always: Mapping[str, float] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)
    scales: Mapping[Symbol, Pair] = field(default_factory=dict)
    stored: Mapping[str, Values] = field(default_factory=dict)
    tensors: Mapping[str, Tensor] = field(default_factory=dict)
    reach: str = "both inclusive"

    @classmethod
    def of(cls, target: Target, requests: tuple[Request, Request]) -> Promised:
        """Those of a target, asked these two questions."""
        both = [stored_request(request, target.stored).given if target.stored else {} for request in requests]
        scaled = [each.name for each in target.stored if each.scaled]
        tensors = {scale_name(n): Tensor(scale_name(n), LETTERS[n], (), "parameter", batched=False) for n in scaled}
        scales = {
            tensor.base: (float(both[0][name].flat[0]), float(both[1][name].flat[0]))
            for name, tensor in tensors.items()
        }
        names = [*(each.name for each in target.stored), *tensors]
        return cls(
            {name: number for name, number in target.always if name in WRITTEN},
            dict(target.same),
            scales,
            {name: both[0][name] for name in names},
            tensors,
            target.contract.window or "both inclusive",
        )

    @property
    def cap(self) -> Expr | None:
        """The number at which every call caps scores."""
        return exact(self.always["softcap"]) if "softcap" in self.always else None

    def written(self, system: System) -> System:
        """The derivation's system with all this in it."""
        found = system
        for name, tensor in self.tensors.items():
            array = next((each for each in system.inputs if scale_name(each.name) == name), None)
            if array is not None:
                found = _with(found, array, lambda *at, scale=tensor, own=array: scale[()] * own[at])
                found = replace(found, inputs=(*found.inputs, tensor))
        for role, root in self.same.items():
            by_name = {each.name: each for each in system.inputs}
            found = _with(found, by_name[role], lambda *at, own=by_name[root]: own[at])
            found = replace(found, inputs=tuple(each for each in found.inputs if each.name != role))
            if role == "value":
                found = _as_wide(found, by_name[root].shape[-1])
        if "sink" in self.always:
            own = exp(exact(self.always["sink"]))
            weights = next(each for each in found.equations if each.target.name == WEIGHTS.name)
            below = next(iter(weights.rhs.atoms(Sum)))  # over the keys
            with_sink = replace(weights, rhs=weights.rhs.xreplace({below: below + own}))
            found = replace(found, equations=tuple(with_sink if each is weights else each for each in found.equations))
        return found

    def missing(self, has: Mapping[str, Expr]) -> Iterator[str]:
        """Masks that every call is declared to have, and that are none of those that the program has."""
        if "causal" in self.always and not has.keys() & set(CAUSAL):
            yield "causal is not used"
        if "window" not in self.always or self.reach == "pair":
            return
        side, end = self.reach.split()
        width = Integer(int(self.always["window"])) - (1 if end == "exclusive" else 0)
        sides = [("≥", -width)] if side != "right" else []
        sides += [("≤", width)] if side != "left" and "causal" not in self.always else []
        for relation, offset in sides:
            if not has.keys() & {diagonals(relation, first + offset) for first in (Integer(0), N_K - N_Q)}:
                yield f"the window keeps no {diagonals(relation, offset)}"


def _as_wide(system: System, width: Expr) -> System:
    """The system with a context as wide as keys that are values."""
    narrow = next(each.target for each in system.equations if each.target.name == CONTEXT.name)
    wide = Tensor(narrow.name, narrow.symbol, (narrow.shape[0], width), narrow.role, narrow.batched)
    found = _with(system, narrow, lambda *at: wide[at])
    equations = tuple(replace(each, target=wide) if each.target.name == wide.name else each for each in found.equations)
    return replace(found, equations=equations)


def _with(system: System, tensor: Tensor, value: object) -> System:
    """The system with every element of a tensor replaced."""
    equations = tuple(replace(each, rhs=put(each.rhs, tensor, value)) for each in system.equations)  # type: ignore[arg-type]
    return replace(system, equations=equations)
