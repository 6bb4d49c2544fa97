"""Detection power: every fault and its twin, and every correct implementation, before the verifier and before the rules in common use.

Rows of ``tables/detection.csv``: one for each fault (theory: rejected), each repaired twin and correct implementation (theory: accepted). The
verdict is the verifier's: ``pass`` when it decides as theory says. The columns ``RULE`` and ``RULE, our inputs`` say what the rules in common
use decide; they are reported as they are and have no verdict.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, Final

from verify.examine import Examination, examine
from verify.faults import faults
from verify.options import Options, Profile
from verify.outcome import FAIL, PASS
from verify.rules import NAMES, judged
from verify.targets.correct import correct
from verify.targets.target import Target
from verify.unit import Row, Unit

# Targets of one score share cases, bounds and enclosures, which are made once in a process.
DEPTH: Final[Mapping[Profile, Profile]] = {"quick": "quick", "standard": "quick", "thorough": "standard"}
COST: Final = 1.0  # rough seconds for a target


def plan(options: Options) -> list[Unit]:
    """One unit for each kind and score; none in the quick profile."""
    if options.profile == "quick":
        return []
    units = []
    for kind, names in (("fault", _fault_scores()), ("correct", _correct_scores())):
        for score, count in names.items():
            if score in options.scores:
                arguments = {"kind": kind, "score": score}
                units.append(Unit(f"power/{kind}/{score}", "power", "verify.power:run", arguments, cost=COST * count))
    return units


def _fault_scores() -> dict[str, int]:
    found: dict[str, int] = {}
    for fault in faults().values():
        found[fault.wrong.score] = found.get(fault.wrong.score, 0) + 2
    return found


def _correct_scores() -> dict[str, int]:
    found: dict[str, int] = {}
    for target in correct().values():
        found[target.score] = found.get(target.score, 0) + 1
    return found


def run(arguments: Mapping[str, Any], options: Options) -> list[Row]:
    """The rows of one kind and score."""
    kind, score = str(arguments["kind"]), str(arguments["score"])
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # what kernels say about kernels that they do not take; NaN in wrong implementations
        return _faults(score, options) if kind == "fault" else _correct(score, options)


def _faults(score: str, options: Options) -> list[Row]:
    rows: list[Row] = []
    twins: dict[str, Row] = {}
    for name, fault in faults().items():
        if fault.wrong.score != score:
            continue
        wrong = _examined(fault.wrong, options, until=fault.key)
        row = {
            "id": f"detection/fault/{name}",
            "kind": "fault",
            "row": fault.row,
            "name": name,
            "seen_in": ", ".join(fault.seen_in),
        }
        rows.append(row | _decided(fault.wrong, wrong, "rejected", options))
        if fault.repaired.name not in twins:
            accepted = _decided(fault.repaired, _examined(fault.repaired, options), "accepted", options)
            head = {"id": f"detection/twin/{fault.repaired.name}", "kind": "repaired twin", "row": fault.row}
            twins[fault.repaired.name] = head | {"name": fault.repaired.name, "seen_in": ""} | accepted
    return rows + list(twins.values())


def _correct(score: str, options: Options) -> list[Row]:
    return [
        {"id": f"detection/correct/{name}", "kind": "correct", "row": None, "name": name, "seen_in": ""}
        | _decided(target, _examined(target, options), "accepted", options)
        for name, target in correct().items()
        if target.score == score
    ]


def _examined(target: Target, options: Options, until: int | str | None = None) -> Examination:
    """Everything for what ought to be accepted; until the first failure for what ought not, what exposes ``until`` first."""
    wanted = tuple(dtype for dtype in target.dtypes if dtype in options.dtypes)
    return examine(
        target,
        DEPTH[options.profile],
        options.seed,
        dtypes=wanted or target.dtypes,
        devices=("cpu",),
        first_failure=until is not None,
        expected=until,
    )


def _decided(target: Target, found: Examination, theory: str, options: Options) -> Row:
    """The verifier's decision, with what decided it, and those of the rules. A target that only raises is not rejected: a crash is no catch."""
    rejected = bool(found.failures)
    measured = "rejected" if rejected else "broke" if found.bad else "accepted"
    reason = None
    if measured != theory:
        first = next(iter(found.bad), None)
        reason = f"{target.name}: {measured}, and should be {theory}" + (
            f" ({first.property}: {first.reason})" if first else ""
        )
    rules = judged(target, options.seed)
    return {
        "table": "detection",
        "score": target.score,
        "caught_by": ", ".join(found.caught_by),
        "why": str(found.failures[0].reason) if rejected else "",
        "theory": theory,
        "theory_value": None,
        "measured": measured,
        "uncertainty": None,
        "detectable": None,
        "grade": "certified enclosure",
        "verdict": PASS if measured == theory else FAIL,
        "reason": reason,
        "implementation": target.name,
        "dtype": " ".join(target.dtypes),
        "device": "cpu",
        **{name: rules[name][0] for name in NAMES},
        **{f"{name}, our inputs": rules[name][1] for name in NAMES},
    }
