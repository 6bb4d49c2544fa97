"""Detection power: every fault and its twin, and every correct implementation, before the verifier and before the rules
in common use.

Rows of ``tables/detection.csv``: one for each fault (theory: rejected), each repaired twin and correct implementation
(theory: accepted). The verdict is the verifier's: ``pass`` when it decides as theory says. The columns ``RULE`` and
``RULE, our inputs`` say what the rules in common use decide; they are reported as they are and have no verdict.
``repaired`` names a fault's twin, whose row says whether a rule tells the two apart. Of each fault a row of
``tables/found_by.csv`` (``attnproof.verify.detection.found_by``), too.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

import torch

from attnproof.verify.detection import found_by
from attnproof.verify.detection.correct import correct
from attnproof.verify.detection.found_by import DEPTH
from attnproof.verify.detection.rules import NAMES, judged
from attnproof.verify.faults import Fault, faults
from attnproof.verify.inputs.make import WITH_TANH
from attnproof.verify.options import Options
from attnproof.verify.outcome import FAIL, PASS
from attnproof.verify.properties import PROPERTIES
from attnproof.verify.properties.examine import Examination, Formats, examine
from attnproof.verify.rows.tables import DetectionRow, FoundByRow
from attnproof.verify.targets.target import Target
from attnproof.verify.unit import Unit, generator

# Rough seconds for a target outside ``thorough``: what is accepted is examined to the end.
COSTS: Final[Mapping[str, float]] = {"fault": 0.3, "repaired twin": 0.3, "correct": 1.2}
TANH: Final = 1.8  # times as long for scores with a tanh
READ: Final = "algebra"
CHUNK: Final = 30  # targets in a unit, unless more of them are asked the same
Job = tuple[str, str]  # kind and name


def plan(options: Options) -> list[Unit]:
    """Units of targets that are asked the same, about CHUNK each; none in the quick profile."""
    if options.profile == "quick":
        return []
    units = []
    for score in options.scores:
        for number, jobs in enumerate(_chunks(score)):
            cost = (TANH if score in WITH_TANH else 1.0) * sum(COSTS[kind] for kind, _ in jobs)
            arguments = {"score": score, "number": number}
            units.append(
                Unit(f"power/{score}/{number}", "power", "attnproof.verify.detection.power:run", arguments, cost=cost)
            )
    return units


@cache
def _chunks(score: str) -> tuple[tuple[Job, ...], ...]:
    """What is put before verifier and rules, in units: those that take and return the same share questions, cases,
    bounds and enclosures.
    """
    groups: dict[tuple[object, ...], list[Job]] = {}
    for job in _jobs(score):
        target = _target(job)
        groups.setdefault((target.takes, target.outputs, target.gradients, target.dtypes), []).append(job)
    units: list[list[Job]] = [[]]
    for jobs in sorted(groups.values(), key=len, reverse=True):
        if units[-1] and len(units[-1]) + len(jobs) > CHUNK:
            units.append([])
        units[-1] += jobs
    return tuple(map(tuple, units))


def _jobs(score: str) -> list[Job]:
    """Faults and twins first, each twin once."""
    own = [fault for fault in faults().values() if fault.wrong.score == score]
    twins = dict.fromkeys(fault.repaired.name for fault in own)
    others = [name for name, target in correct().items() if target.score == score]
    named = (("fault", [f.name for f in own]), ("repaired twin", list(twins)), ("correct", others))
    return [(kind, name) for kind, names in named for name in names]


def _target(job: Job) -> Target:
    kind, name = job
    if kind == "correct":
        return correct()[name]
    return faults()[name].wrong if kind == "fault" else _of_twin(name)[0].repaired


def _of_twin(name: str) -> list[Fault]:
    """The faults that are repaired in it."""
    return [fault for fault in faults().values() if fault.repaired.name == name]


def run(arguments: Mapping[str, Any], options: Options) -> list[DetectionRow | FoundByRow]:
    """The rows of one unit; of a fault, which shares what is known of its cases, those of both tables."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what kernels say about those they do not take; NaN in wrong implementations
        jobs = _chunks(str(arguments["score"]))[int(arguments["number"])]
        rows = [_alone(kind, name, options) for kind, name in jobs]
        return [*rows, *(found_by.row(faults()[name], options) for kind, name in jobs if kind == "fault")]


def _alone(kind: str, name: str, options: Options) -> DetectionRow:
    """One row. A fault that draws at random does so from torch's own generator: what came before must not show in its
    row.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(options.seed)
        return _row(kind, name, options)


def _row(kind: str, name: str, options: Options) -> DetectionRow:
    stem: dict[str, Any] = {"id": f"detection/{kind.rsplit(maxsplit=1)[-1]}/{name}", "kind": kind, "name": name}
    if kind == "fault":
        fault = faults()[name]
        stem |= {"seen_in": ", ".join(fault.seen_in), "repaired": fault.repaired.name}
        found = _examined(fault.wrong, options, until=fault.exposed_by)
        if not found.failures:  # some show at more inputs only: what is meant to expose them is asked at those
            found = _examined(fault.wrong, replace(options, profile="thorough"), only=fault.exposed_by)
        return _decided(fault.wrong, found, "rejected", options, **stem)
    if kind == "repaired twin":
        own = _of_twin(name)
        target, only = own[0].repaired, None if options.profile == "thorough" else asked_of_twin(own)
    else:
        target = correct()[name]
        only = None if options.profile == "thorough" else asked_of_right(target, options.seed)
    stem["asked"] = ", ".join(only or ["everything"])
    return _decided(target, _examined(target, options, only=only), "accepted", options, **stem)


def asked_of_twin(own: Sequence[Fault]) -> tuple[str, ...]:
    """What a twin is asked outside ``thorough``: the properties that expose the faults that it is the twin of, and the
    algebra.
    """
    return tuple(dict.fromkeys([READ, *(name for fault in own for name in fault.exposed_by)]))


def asked_of_right(target: Target, seed: int) -> tuple[str, ...]:
    """What is right in every way is asked outside ``thorough``: every second property that applies, and the others in a
    run of the next seed.
    """
    applying = [name for name, each in PROPERTIES.items() if each.applies(target) is None]
    start = seed + int(generator(0, "asked", target.name).integers(2))  # not the same half of every target
    return tuple(applying[start % 2 :: 2])


def _examined(
    target: Target, options: Options, until: tuple[str, ...] | None = None, only: tuple[str, ...] | None = None
) -> Examination:
    """Everything, or ``only`` some properties, for what ought to be accepted; for what ought not until the first
    failure, the properties ``until`` first.
    """
    return examine(
        target,
        DEPTH[options.profile],
        options.seed,
        properties=only,
        dtypes=_formats(target, options, every=until is not None),
        devices=("cpu",),
        first_failure=until is not None,
        first=until or (),
    )


def _formats(target: Target, options: Options, *, every: bool) -> Formats:
    """Those that are wanted. Outside ``thorough`` what ought to be accepted is asked each property in one: the widest
    or another one, drawn by the run's seed; in the first of the others where it asks nothing in these. Targets of a
    score have the same two, and share cases and enclosures.
    """
    wanted = tuple(dtype for dtype in target.dtypes if dtype in options.dtypes) or target.dtypes
    if every or options.profile == "thorough":
        return wanted
    two = wanted[0], str(generator(options.seed, "formats", target.score).choice(wanted[1:] or wanted))

    def of_property(name: str) -> tuple[str, ...]:
        first = str(generator(options.seed, "formats", target.name, name).choice(two))
        each, depth = PROPERTIES[name], DEPTH[options.profile]
        asking = (d for d in (first, *two, *wanted) if any(each.instances(target, depth, d, "cpu", options.seed)))
        return (next(asking, first),)

    return of_property


def _decided(target: Target, found: Examination, theory: str, options: Options, **stem: Any) -> DetectionRow:
    """The verifier's decision, with what decided it, and those of the rules. A target that only raises is not rejected:
    a crash is no catch.
    """
    rejected = bool(found.failures)
    measured = "rejected" if rejected else "broke" if found.bad else "accepted"
    reason = None
    if measured != theory:
        first = next(iter(found.bad), None)
        reason = f"{target.name}: {measured}, and should be {theory}" + (
            f" ({first.property}: {first.reason})" if first else ""
        )
    rules = judged(target, options.seed)
    return DetectionRow(
        **stem,
        score=target.score,
        caught_by=", ".join(found.caught_by),
        why=str(found.failures[0].reason) if rejected else "",
        theory=theory,
        measured=measured,
        grade="certified enclosure",
        verdict=PASS if measured == theory else FAIL,
        reason=reason,
        implementation=target.name,
        dtype=" ".join(dict.fromkeys(f.draw.dtype for f in found.findings if f.draw is not None)),
        device="cpu",
        rules={name: rules[name][0] for name in NAMES} | {f"{name}, our inputs": rules[name][1] for name in NAMES},
    )
