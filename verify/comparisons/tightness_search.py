"""Looking for errors that exceed their bound: random and adversarial inputs, and a search from the worst of them.

Inputs come from the input classes, from every kind of ``attnproof.verify.inputs.adversarial``, and from small changes
to those in which some output came closest to its bound. A batch is a case of BATCH instances that share the score's
parameters. ``judged`` counts instances, and for what is summed over a batch (gradients of parameters and of the
soft-cap: output ``grad, summed``) batches. Rows of ``tables/tightness.csv`` with ``of`` = ``inputs``: one for each
score, output, format and implementation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Final

import numpy as np

from attnproof.verify.arithmetic.backends import arithmetic
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.bounds import Bound, bounds
from attnproof.verify.comparisons.checks import tightest
from attnproof.verify.comparisons.tightness import row
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS, Implementation, availability
from attnproof.verify.inputs.adversarial import KINDS, adversarial, changed, instance, with_instances
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.make import classes_for, make_case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import DTYPES, SCORES, Options, Profile
from attnproof.verify.oracle import certified
from attnproof.verify.oracle.compare import ratios
from attnproof.verify.outcome import SKIPPED
from attnproof.verify.rows.tables import TightnessRow
from attnproof.verify.unit import Unit, generator

BATCH: Final = 8
# What each implementation is asked about at least, for each score and format.
INPUTS: Final[Mapping[Profile, int]] = {"quick": 0, "standard": 48, "thorough": 10_000}
# Cases from one draw, each but the first a small change of the one before.
ROUNDS: Final[Mapping[Profile, int]] = {"quick": 0, "standard": 2, "thorough": 8}
SUMMED: Final = "grad, summed"
_SIZES: Final[dict[str, Any]] = {"n_q": 2, "n_k": 4, "d_q": 3, "d_k": 3, "d_a": 3, "batch": (BATCH,)}
SETTINGS: Final = (
    Setting("small", **_SIZES),
    Setting("masked", **_SIZES, mask="some", bias=True, bias_batch=(BATCH,)),
    Setting("every option", **_SIZES, mask="some", softcap=True, bias=True, bias_hidden=True, bias_batch=(BATCH,)),
    Setting("long", **_SIZES | {"n_q": 1, "n_k": 12, "d_q": 12, "d_k": 12, "d_a": 8}),
)

Place = tuple[str, str]  # implementation, device


@dataclass
class Found:
    """What was seen of one output: the largest error/bound of each input, how many have no finite bound, and the
    worst's description.
    """

    ratios: list[float] = field(default_factory=list)
    unbounded: int = 0
    worst: tuple[float, str] = (-1.0, "")


def plan(options: Options) -> list[Unit]:
    """One unit for each score and format; none in the quick profile."""
    inputs = INPUTS[options.profile]
    if not inputs:
        return []
    arguments = [{"score": score, "dtype": dtype} for score in options.scores for dtype in options.dtypes]
    return [
        Unit(
            "tightness/{score}/{dtype}".format(**each),
            "tightness",
            "attnproof.verify.comparisons.tightness_search:run",
            each,
            cost=inputs / 100,
        )
        for each in arguments
    ]


def run(arguments: Mapping[str, Any], options: Options) -> list[TightnessRow]:
    """The rows of one score and format."""
    score, dtype = str(arguments["score"]), str(arguments["dtype"])
    places = _places(score, dtype, options)
    skipped = [  # a row for each implementation on a device that is not there
        row(("any", dtype, *place), [], 0, "", score, skipped=why)
        for place, why in places.items()
        if why is not None and why[0] == SKIPPED
    ]
    if None not in places.values():
        return skipped
    found: dict[tuple[str, Place], Found] = defaultdict(Found)
    rng = generator(options.seed, "tightness", score, dtype)
    # With few inputs different scores and formats begin at different classes, kinds and settings, so that together they
    # take all.
    first = SCORES.index(score) + DTYPES.index(dtype)
    classes = _classes(options.profile, score, first)
    for setting, name in classes:
        look(make_case(score, setting, name, dtype, options.seed), options, found)
    for number in count():
        if _asked(found) >= INPUTS[options.profile]:
            break
        kind = list(KINDS)[(first + number) % len(KINDS)]
        # Every kind meets every setting: there are twice as many kinds, so that each time round the settings move on by
        # one.
        setting = SETTINGS[(first + number + number // len(KINDS)) % len(SETTINGS)]
        case = adversarial(score, dtype, setting, kind, rng)
        for _ in range(ROUNDS[options.profile]):
            case = _next(case, look(case, options, found), rng)
    return skipped + [
        row((output, dtype, *place), seen.ratios, seen.unbounded, seen.worst[1], score)
        for (output, place), seen in sorted(found.items())
    ]


def _places(score: str, dtype: str, options: Options) -> dict[Place, tuple[str, str] | None]:
    """The implementations and devices, with why one cannot run; None: it can."""
    every = [(one, device) for one in IMPLEMENTATIONS.values() for device in options.devices]
    return {(one.name, device): availability(one, score, dtype, device) for one, device in every}


def _asked(found: Mapping[tuple[str, Place], Found]) -> int:
    """How many inputs every implementation has been asked about at least."""
    return min(len(seen.ratios) + seen.unbounded for (output, _), seen in found.items() if output == "context")


def _classes(profile: Profile, score: str, first: int) -> list[tuple[Setting, str]]:
    """Input classes, each at the setting that has what it needs: all in ``thorough``, else one."""
    plain, masked = SETTINGS[:2]
    names = classes_for(profile, masked, score)
    chosen = names if profile == "thorough" else (names[first % len(names)],)
    return [(masked if name == "deep" else plain, name) for name in chosen]


def _next(case: Case, best: Mapping[str, int], rng: np.random.Generator) -> Case:
    """Each instance a small change of one of those in which some output came closest to its bound, in turn; these
    themselves are kept.
    """
    parents = list(dict.fromkeys(best.values()))
    kept = {number: instance(case, number) for number in parents}
    children = [number for number in range(BATCH) if number not in kept]
    moved = {number: changed(kept[parents[k % len(parents)]], case.dtype, rng) for k, number in enumerate(children)}
    return replace(with_instances(case, moved), input_class=f"{case.input_class.removesuffix(', changed')}, changed")


def look(case: Case, options: Options, found: dict[tuple[str, Place], Found]) -> dict[str, int]:
    """Compare every implementation that can run; for each output the instance in which any implementation came closest
    to its bound.
    """
    able: dict[Place, tuple[Implementation, Mapping[str, Bound]]] = {}
    for one in IMPLEMENTATIONS.values():
        for device in options.devices:
            if availability(one, case.score, case.dtype, device, case.options) is None:
                able[one.name, device] = one, bounds(case, arithmetic(one, case.dtype, device))
    if not able:
        return {}
    exact = certified(case, tightest([limit for _, limit in able.values()]))
    closest: dict[str, tuple[float, int]] = {}
    for place, (one, limit) in able.items():
        got = one.values(case.score, case.inputs, case.grad_context, case.dtype, place[1])
        each = {q: ratios(value, exact[q], limit[q]) for q, value in got.items()}
        for output, (largest, bounded) in _by_input(each, limit).items():
            _keep(found[output, place], largest, bounded, case)
            top = int(np.argmax(largest))
            if output != SUMMED and largest[top] > closest.get(output, (-1.0, 0))[0]:
                closest[output] = float(largest[top]), top
    return {output: top for output, (_, top) in closest.items()}


def _by_input(
    each: Mapping[str, Array], limit: Mapping[str, Bound]
) -> dict[str, tuple[Array, np.ndarray[Any, np.dtype[np.bool_]]]]:
    """For each output the largest ratio of each input, and which inputs have a finite bound anywhere."""
    parts: dict[str, list[tuple[Array, Array]]] = defaultdict(list)
    for quantity, ratio in each.items():
        output = quantity.partition(".")[0]
        own = ratio.ndim > 2 and ratio.shape[0] == BATCH
        rows = BATCH if own else 1
        finite = np.isfinite(limit[quantity].bound)
        parts[output if own else SUMMED].append((ratio.reshape(rows, -1), finite.reshape(rows, -1)))
    found = {}
    for output, pairs in parts.items():
        largest = np.concatenate([ratio for ratio, _ in pairs], axis=1).max(axis=1)
        bounded = np.concatenate([finite for _, finite in pairs], axis=1).any(axis=1)
        found[output] = largest, bounded.astype(bool)
    return found


def _keep(seen: Found, largest: Array, bounded: np.ndarray[Any, np.dtype[np.bool_]], case: Case) -> None:
    seen.ratios += [float(value) for value in largest[bounded]]
    seen.unbounded += int(np.sum(~bounded))
    top = float(np.max(largest))
    if bounded.any() and top > seen.worst[0]:
        seen.worst = top, f"{case.size}: {case.input_class}"
