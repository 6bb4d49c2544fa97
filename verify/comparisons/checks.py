"""The checks: every score × quantity × implementation × format × device × sizes × input class against the oracle."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sympy import tanh

from attnproof.derivations.scores.own import is_own, label, unpinned
from attnproof.verify.arithmetic.backends import Arithmetic, arithmetic
from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.bounds import Bound, bounds
from attnproof.verify.implementations.builtin import Implementation, availability
from attnproof.verify.implementations.optional import EVERY
from attnproof.verify.implementations.sample import asked
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.make import classes_for, make_case
from attnproof.verify.inputs.settings import SETTINGS, settings_for
from attnproof.verify.options import Options
from attnproof.verify.oracle import Enclosure, certified
from attnproof.verify.oracle.compare import compare
from attnproof.verify.outcome import ABSTAIN, ERROR, FAIL, PASS
from attnproof.verify.reading.rounding.again import second_opinion
from attnproof.verify.rows.comparison import OPERATIONS, ComparisonRow
from attnproof.verify.targets.own import own_target
from attnproof.verify.targets.target import plain
from attnproof.verify.unit import Unit


def plan(options: Options) -> list[Unit]:
    """One unit for each score, format and setting."""
    return [
        Unit(
            f"checks/{label(score)}/{dtype}/{setting.name}",
            "checks",
            "attnproof.verify.comparisons.checks:run",
            {"score": score, "dtype": dtype, "setting": setting.name},
            cost=1.0 + setting.n_q * setting.n_k * setting.d_a / 200,
        )
        for score in options.scores
        for setting in settings_for(options.profile)
        for dtype in options.dtypes
    ]


def run(arguments: Mapping[str, Any], options: Options) -> list[ComparisonRow]:
    """Every comparison of one score, format and setting, over all input classes, implementations and devices."""
    score, dtype = arguments["score"], arguments["dtype"]
    setting = SETTINGS[arguments["setting"]]
    rows: list[ComparisonRow] = []
    for input_class in classes_for(options.profile, setting, score):
        case = make_case(score, setting, input_class, dtype, options.seed)
        rows += check_case(case, options)
    return rows


def check_case(case: Case, options: Options) -> list[ComparisonRow]:
    """Compare every implementation on one case; one row for each quantity, or one for a combination that cannot run."""
    rows: list[ComparisonRow] = []
    able: list[tuple[Implementation, str, Mapping[str, Bound]]] = []
    for implementation in EVERY.values():
        if is_own(case.score) and not implementation.own_scores:
            continue  # nobody else knows the score
        if not asked(implementation.sample, options.profile, case.score, case.size, case.dtype):
            continue
        for device in options.devices:
            unable = availability(implementation, case.score, case.dtype, device, case.options)
            if unable is None:
                able.append((implementation, device, bounds(case, _arithmetic(case, implementation, device))))
            else:
                outcome, reason = unable
                rows.append(_row(case, implementation, device, "*", outcome=outcome, reason=reason))
    if not able:
        return rows
    exact = certified(case, tightest([limits for _, _, limits in able]))
    for implementation, device, limits in able:
        rows += _compare_all(case, implementation, device, limits, exact, options)
    return rows


def _arithmetic(case: Case, implementation: Implementation, device: str) -> Arithmetic:
    """The implementation's arithmetic; where no tanh is evaluated, how its derivative would be makes no difference."""
    found = arithmetic(implementation, case.dtype, device)
    has_tanh = any(equation.rhs.has(tanh) for equation in case.forward.equations)
    return found if has_tanh else replace(found, tanh_derivative="sech2")


def tightest(limits: Sequence[Mapping[str, Bound]]) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """The smallest bound of each element over all arithmetics: the oracle must be far tighter than that."""
    return {quantity: np.minimum.reduce([limit[quantity].bound for limit in limits]) for quantity in limits[0]}


def _compare_all(
    case: Case,
    implementation: Implementation,
    device: str,
    limits: Mapping[str, Bound],
    exact: Mapping[str, Enclosure],
    options: Options,
) -> list[ComparisonRow]:
    try:
        found = implementation.values(case.score, case.inputs, case.grad_context, case.dtype, device)
    except Exception as error:  # noqa: BLE001 - what an implementation under test raises is a result, reported as `error`
        reason = f"{implementation.name} raised {type(error).__name__}: {error}"
        return [_row(case, implementation, device, "*", outcome=ERROR, reason=reason)]
    declared = [*implementation.outputs, *(f"grad.{name}" for name in case.tensors)]
    judged = {
        quantity: _judged(quantity, declared, found, exact, limits, case.dtype)
        for quantity in (*declared, *(name for name in found if name not in declared))
    }
    judged |= _again(case, implementation, device, found, judged, limits)
    reproduce = (
        f"attnproof verify --profile {options.profile} {_selected(case.score)} --dtype {case.dtype} "
        f"--device {device} --seed {options.seed} --out reproduced"  # not over the report that names it
    )
    return [
        _row(case, implementation, device, quantity, reproduce=reproduce, **columns)
        for quantity, columns in judged.items()
    ]


def _selected(score: str) -> str:
    return f"--score {shlex.quote(unpinned(score))}" if is_own(score) else f"--only {score}"


def _judged(
    quantity: str,
    declared: Collection[str],
    found: Mapping[str, Array],
    exact: Mapping[str, Enclosure],
    limits: Mapping[str, Bound],
    dtype: str,
) -> dict[str, Any]:
    """The judgement of one quantity; what is declared and not returned, or returned and not declared, fails."""
    if quantity not in found:
        return {"outcome": FAIL, "reason": "declared, and not returned"}
    if quantity not in declared:
        return {"outcome": FAIL, "reason": "returned, and not declared: there is nothing to compare it with"}
    return compare(found[quantity], exact[quantity], limits[quantity], FORMATS[dtype]).row()


def _again(
    case: Case,
    implementation: Implementation,
    device: str,
    found: Mapping[str, Array],
    judged: Mapping[str, Mapping[str, Any]],
    limits: Mapping[str, Bound],
) -> dict[str, dict[str, Any]]:
    """What abstained, judged by the operations that the implementation is seen to carry out."""
    doubtful = [quantity for quantity, columns in judged.items() if columns["outcome"] == ABSTAIN]
    if not doubtful or implementation.call is None:
        return {}
    target = own_target(implementation, case.score)
    opinions = second_opinion(target, plain(case, device), found, doubtful, limits, case=case)
    return {q: {**got.row(), "judged_by": OPERATIONS} for q, got in opinions.items() if got.outcome == PASS}


def _row(case: Case, implementation: Implementation, device: str, quantity: str, **rest: Any) -> ComparisonRow:
    names = (case.family.name, implementation.name, case.dtype, device, case.size, case.input_class, quantity)
    keys = ("score", "implementation", "dtype", "device", "size", "input_class", "quantity")
    columns: dict[str, Any] = dict(zip(keys, names, strict=True))
    return ComparisonRow(id="/".join(names), **columns, **rest)
