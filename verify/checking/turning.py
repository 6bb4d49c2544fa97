"""Rotary positions that a target makes itself, found by recording one question, and the tables that it has for others.

The truth of a question is then that of queries and keys turned by these very tables; what stands in them is a question
of its own (``attnproof.verify.properties.angles``).
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import PurePath
from typing import Any, Final

import numpy as np

from attnproof.derivations.attention.rotary import rotates
from attnproof.derivations.scores.following import alone
from attnproof.derivations.scores.own import family
from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.composing.rotating import PARTS, TABLE_NAMES
from attnproof.verify.composing.sizes import fitted, one_tensor
from attnproof.verify.composing.standing import standing
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties.choosing import settled_choice
from attnproof.verify.properties.question import TargetError, ask
from attnproof.verify.properties.refusing import of_its_own
from attnproof.verify.reading.recorded import recorder_for
from attnproof.verify.reading.rotations import ROLES, Turned, rotations
from attnproof.verify.recording.active import recording
from attnproof.verify.recording.recording import NotReadError
from attnproof.verify.targets.stored import on_grid
from attnproof.verify.targets.target import Answer, Request, Target, Unsupported

FIRST: Final = Setting("tables", n_q=3, n_k=5, d_q=8, d_k=8, d_v=8)
BATCHES: Final[tuple[tuple[int, ...], ...]] = ((2, 2), (2,), ())
# What libraries say by: torch by RuntimeError, NumPy by ValueError, JAX by TypeError.
SHAPES: Final = (IndexError, RuntimeError, TypeError, ValueError)
Pairs = tuple[tuple[int, int], ...]


@dataclass(eq=False)
class OwnTables:
    """Cosines and sines, (n, pairs), that a target has for sizes, a format and a device.

    A query or key that is not turned there, or in other pairs of features than ``word`` says, has cosines 1 and sines
    0: the truth is then of what is not turned, and what the target does is wrong.
    """

    target: Target
    word: str
    part: int
    kept: dict[tuple[int, int, int, str, str, int], Mapping[str, Array]] = field(default_factory=dict)

    def __call__(self, setting: Setting, dtype: str, device: str, apart: int = 1) -> Mapping[str, Array]:
        """By the names of arguments; ``apart``: how far positions are from each other that the target is told."""
        n_q, n_k, width = setting.n_q, setting.n_k, setting.d_q
        key = (n_q, n_k, width, dtype, device, apart)
        if key not in self.kept:
            wanted = _pairs(width // self.part, self.word)
            batches = dict.fromkeys((setting.batch, *BATCHES))
            each_batch = (replace(setting, batch=b, key_batch=None) for b in batches)
            every = (turned(self.target, each, dtype, device, apart) for each in each_batch)
            found = next((each for each in every if each), {})
            made: dict[str, Array] = {}
            for role, n in zip(ROLES, (n_q, n_k), strict=True):
                own = found.get(role)
                right = own is not None and own.pairs == wanted and own.cos.shape[0] == n
                still = np.ones((n, len(wanted))), np.zeros((n, len(wanted)))
                cos, sin = (own.cos, own.sin) if own is not None and right else still
                made |= {f"cos_{role}": cos, f"sin_{role}": sin}
            self.kept[key] = {name: made[name] for name in TABLE_NAMES}
        return self.kept[key]


def turning(target: Target) -> Target:
    """The target; where it turns queries and keys by tables of its own, with these among what it always does; where
    what it does unasked can be done in two ways, with the one that it has.
    """
    return _aligned(_turning(target))


def _aligned(target: Target) -> Target:
    """With the alignment of a causal mask that every call has, found by asking where none is declared: the truth of
    every question depends on it.
    """
    if "causal" not in dict(target.always) or target.contract.causal is not None:
        return target
    found: dict[str, Any] = {"causal": settled_choice(target, target.dtypes[0], target.devices[0], 0)["causal"]}
    return replace(target, contract=replace(target.contract, **found))


def _turning(target: Target) -> Target:
    if not rotates(family(alone(target.score))) or "rotary" in target.takes:
        return target
    widest = max(target.dtypes, key=lambda each: FORMATS[each].precision)
    for batch in BATCHES:
        setting = fitted(target, replace(FIRST, batch=batch))
        found = turned(target, setting, widest, "cpu")
        if found:
            break
    else:
        return target
    word = _word(next(iter(found.values())).pairs, setting.d_q)
    if word is None:
        return target
    pairs, part = word
    own: dict[str, Any] = {
        "rotary": target.contract.rotary or pairs,
        "rotary_part": target.contract.rotary_part or next(name for name, n in PARTS.items() if n == part),
    }
    contract = replace(target.contract, **own)
    lines = frozenset().union(*(each.lines for each in found.values()))
    tables = OwnTables(target, contract.rotary or pairs, PARTS[contract.rotary_part or "all"])

    def asked(request: Request) -> Answer:
        width = np.shape(request.given["query"])[-1]
        if width % (2 * tables.part):
            raise Unsupported(f"it turns features in pairs, and {width} features have no such pairs")
        try:
            return target.ask(request)
        except Exception as error:  # raised again, unless it says that a table ends: then the question is not answered
            # The first queries then stand at positions that no table has. It is no pass: the question is listed as not
            # answered, with the error. What breaks elsewhere is an error, and so is this where no query is too many.
            few = np.shape(request.given["query"])[-2] <= np.shape(request.given["key"])[-2]
            if few or not (of_its_own(error) or _at_the_end(error, lines)):
                raise
            why = f"more queries than keys: the first ones stand before every key ({type(error).__name__}: {error})"
            raise Unsupported(why) from error

    always = (*target.always, ("rotary", 1.0))
    fresh = None if target.fresh is None else partial(_turning_anew, target.fresh)
    return replace(target, ask=asked, always=always, contract=contract, tables=tables, fresh=fresh)


def _at_the_end(error: Exception, lines: Collection[str]) -> bool:
    """Whether it is of a shape or an index, at a line at which tables are taken or multiplied by."""
    if not isinstance(error, SHAPES):
        return False
    frames = traceback.extract_tb(error.__traceback__)
    return any(f"{PurePath(each.filename).name}:{each.lineno}" in lines for each in frames)


def _turning_anew(fresh: Callable[[], Target]) -> Target:
    return turning(fresh())


def turned(target: Target, setting: Setting, dtype: str, device: str, apart: int = 1) -> dict[str, Turned]:
    """What the target turns at these sizes; nothing where it raises or is not recorded: that is for others to say."""
    case = one_tensor(target, on_grid(make_case(target.score, setting, "normal", dtype, 0), target.stored))
    told = standing(setting.n_q, setting.n_k, target.takes, apart) if apart > 1 else {}
    request = Request(case, {**case.inputs, **told}, device, gradients=())
    try:
        recorder = recorder_for(target.framework)
        with recording(recorder):
            ask(target, request)
    except (NotReadError, TargetError):
        return {}
    found = recorder.tape.finish()
    if not found.calls or not set(ROLES) <= set(found.calls[-1].inputs):
        return {}
    return rotations(found, found.calls[-1], request.given)


def _pairs(rotated: int, word: str) -> Pairs:
    """The features that are turned together."""
    half = rotated // 2
    return tuple((2 * g, 2 * g + 1) if word == "interleaved" else (g, half + g) for g in range(half))


def _word(pairs: Pairs, width: int) -> tuple[str, int] | None:
    """How pairs are made, and one in how many features is turned; None for what no contract says."""
    rotated = 2 * len(pairs)
    part = next((n for n in PARTS.values() if n * rotated == width), None)
    word = next((word for word in ("half-split", "interleaved") if _pairs(rotated, word) == pairs), None)
    return None if part is None or word is None else (word, part)
