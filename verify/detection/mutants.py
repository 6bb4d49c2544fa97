"""Detection power on mutants: every formula of the generated NumPy and torch modules made wrong in one place, and what
rejects it.

A mutant is *rejected* when a property fails (an exception is no catch); *equivalent* when a proof says that it changes
nothing and nothing rejects it; *stillborn* when it only ever raises or returns, bit for bit, what the unaltered program
returns: it answers nothing wrong, so that there is nothing to catch, and exceptions are reported as what they are.
Otherwise it is *accepted*: a hole in the verifier. Properties are asked cheapest and sharpest first, and one process
handles one score, so that cases, bounds and enclosures are made once.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from attnproof.verify.faults.mutants import PROGRAMS, Mutant, Program, mutants, unaltered
from attnproof.verify.faults.mutants.equivalent import proof
from attnproof.verify.options import Options, Profile
from attnproof.verify.outcome import FAIL, PASS
from attnproof.verify.properties.examine import examine
from attnproof.verify.properties.property import Finding
from attnproof.verify.rows.tables import DetectionRow
from attnproof.verify.targets.target import Answer, Request
from attnproof.verify.unit import Unit, generator

COST: Final = 8.0  # rough seconds on one core, for a score with a tanh
TORCH_SHARE: Final = 4
# Properties, formats and depth, in the order in which they are asked until something fails.
STAGES: Final[tuple[tuple[tuple[str, ...], tuple[str, ...], Profile], ...]] = (
    (("combinations",), ("fp64",), "quick"),
    (("combinations",), ("fp64",), "standard"),
    (("values", "masked row"), ("fp64", "fp32"), "quick"),
)


def plan(options: Options) -> list[Unit]:
    """One unit for each score, of both programs, which share cases and enclosures; none in the quick profile."""
    if options.profile == "quick":
        return []
    return [
        Unit(
            f"power/mutants/{score}",
            "power",
            "attnproof.verify.detection.mutants:run",
            {"score": score},
            cost=COST,
        )
        for score in options.scores
    ]


def run(arguments: Mapping[str, Any], options: Options) -> list[DetectionRow]:
    """A row for each mutant of one score that the profile looks at."""
    score = str(arguments["score"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NaN and overflow in wrong implementations
        return [row(mutant, options.seed) for program in PROGRAMS for mutant in chosen(score, program, options)]


def chosen(score: str, program: Program, options: Options) -> tuple[Mutant, ...]:
    """All mutants of the NumPy module; of the torch module all in the thorough profile, else one in TORCH_SHARE of
    every kind, rounded up, drawn by the run's seed.
    """
    made = mutants(score, program)
    if program == "numpy" or options.profile == "thorough":
        return made
    kept: set[int] = set()
    for kind in dict.fromkeys(mutant.kind for mutant in made):
        places = [number for number, mutant in enumerate(made) if mutant.kind == kind]
        rng = generator(options.seed, "mutants", program, score, kind)
        kept.update(rng.choice(places, size=-(-len(places) // TORCH_SHARE), replace=False).tolist())
    return tuple(mutant for number, mutant in enumerate(made) if number in kept)


def row(mutant: Mutant, seed: int = 0) -> DetectionRow:
    """What was decided about a mutant."""
    why = proof(mutant.altered, mutant.score, mutant.program)
    measured, found, how = decide(mutant, seed, equivalent=why is not None)
    theory = "equivalent" if why is not None else "stillborn" if measured == "stillborn" else "rejected"
    words = {
        "rejected": f"{mutant.target.name}: rejected, and proved equivalent: {why}",
        "accepted": f"{mutant.target.name}: accepted by every property, and not proved equivalent",
    }
    return DetectionRow(
        id=f"detection/mutant/{mutant.score}/{mutant.name}",
        kind="mutant",
        name=mutant.name,
        mutation=mutant.kind,
        program=mutant.program,
        score=mutant.score,
        caught_by=found.property if found else "",
        why=_said(found) if found else why or how,
        theory=theory,
        measured=measured,
        grade="exact" if why is not None else "certified enclosure",
        verdict=PASS if measured == theory else FAIL,
        reason=None if measured == theory else words[measured],
        implementation=mutant.target.name,
        dtype=found.draw.dtype if found and found.draw else " ".join(mutant.target.dtypes),
        device="cpu",
    )


def decide(mutant: Mutant, seed: int = 0, *, equivalent: bool = False) -> tuple[str, Finding | None, str]:
    """``rejected`` with the failure, ``stillborn`` with words, ``accepted``; ``equivalent`` for what is proved so,
    unless it is rejected.
    """
    for properties, dtypes, profile in STAGES:
        found = examine(mutant.target, profile, seed, properties=properties, dtypes=dtypes, first_failure=True)
        if found.failures:
            return "rejected", found.failures[0], ""
    if equivalent:
        return "equivalent", None, ""
    raised, same, other = _compared(mutant, seed)
    if raised and not other:
        return (
            "stillborn",
            None,
            f"raises at {raised} requests; at {same} others the same bits as the unaltered program",
        )
    return "accepted", None, ""


def _compared(mutant: Mutant, seed: int) -> tuple[int, int, int]:
    """At how many requests the mutant raises, answers the same bits as the unaltered program, and answers otherwise."""
    counts = {"raised": 0, "same": 0, "other": 0}
    original = unaltered(mutant)

    def watched(request: Request) -> Answer:
        try:
            answer = mutant.target.ask(request)
        except Exception:  # counted, and raised again: what a mutant raises is judged by who asked
            counts["raised"] += 1
            raise
        mine, expected = answer.values(), original.ask(request).values()
        equal = all(np.array_equal(mine[name], expected[name], equal_nan=True) for name in expected)
        counts["same" if equal else "other"] += 1
        return answer

    for properties, dtypes, profile in STAGES:
        examine(replace(mutant.target, ask=watched), profile, seed, properties=properties, dtypes=dtypes)
    return counts["raised"], counts["same"], counts["other"]


def _said(finding: Finding) -> str:
    where = (
        ""
        if finding.draw is None
        else f" ({finding.draw.setting.name}, {finding.draw.input_class}, {finding.draw.dtype})"
    )
    return f"{finding.quantity}: {finding.reason}{where}"
