"""The variance table: mean, variance, kurtosis of scores, and what all keys share, against the calculus of moments.

``variance_dot``              float64 samples of every law and width, enumeration, exact laws against brute force
``variance_weights``          bilinear scores with random W, additive scores
``variance_implementations``  the scores that each implementation returns in each format
``variance_judge``            budgets, tests, verdicts and the false-alarm rate
``variance_theory``, ``variance_integrals``  what is expected; ``variance_samplers``  where samples come from
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attnproof.verify.inputs.make import WITH_TANH
from attnproof.verify.options import Options, Profile
from attnproof.verify.tables.variance import dot, implementations, theory, weights
from attnproof.verify.unit import Result, Unit


def plan(options: Options) -> list[Unit]:
    """Units of the wanted scores; the dot score's laws belong to ``dot`` and ``scaled_dot``."""
    units: list[Unit] = []
    profile: Profile = options.profile
    if {"dot", "scaled_dot"} & set(options.scores):
        for law in theory.DOTS:
            units += [_unit("law", f"{law}/d={d}", {"law": law, "d": d}) for d in dot.WIDTHS[profile]]
        units += [_unit("exact", f"d={d}", {"d": d}) for d in dot.EXACT_WIDTHS[profile]]
        for law in ("normal", "normal_means", "correlated"):
            units += [_unit("distance", f"{law}/d={d}", {"law": law, "d": d}) for d in dot.DISTANCE_WIDTHS[profile]]
        for law in dot.DIRECTIONS:
            units += [_unit("law", f"{law}/d={d}", {"law": law, "d": d}) for d in dot.DIRECTION_WIDTHS[profile]]
        units += [_unit("laplace", "d=2", {}), _unit("speed", f"d={dot.SPEED_WIDTH}", {})]
    if "bilinear" in options.scores:
        for d_q, d_k in weights.BILINEAR_SIZES.get(profile, weights.BILINEAR_SIZES["standard"]):
            units.append(_unit("bilinear", f"d_q={d_q}/d_k={d_k}", {"d_q": d_q, "d_k": d_k}))
    if set(WITH_TANH) & set(options.scores):
        for number, case in enumerate(weights.ADDITIVE_CASES.get(profile, weights.ADDITIVE_CASES["standard"])):
            units.append(_unit("additive", f"{number}", {"case": list(case)}))
        totals = sorted(
            {case[2] + case[3] for case in weights.ADDITIVE_CASES.get(profile, weights.ADDITIVE_CASES["standard"])}
        )
        units += [_unit("integral", f"sigma^2={total:g}", {"variance": total}) for total in totals]
    return units + implementations.plan(options)


def _unit(kind: str, name: str, arguments: Mapping[str, Any]) -> Unit:
    return Unit(
        f"variance/{kind}/{name}",
        "variance",
        "attnproof.verify.tables.variance.part:run",
        {"kind": kind, **arguments},
        cost=0.2 + 0.0003 * float(arguments.get("d", 100)),
    )


def run(arguments: Mapping[str, Any], options: Options) -> Sequence[Result]:
    """The rows of one unit."""
    kinds: Mapping[str, Callable[[Mapping[str, Any], Options], Sequence[Result]]] = {
        "law": dot.law_rows,
        "exact": dot.exact_rows,
        "distance": dot.distance_rows,
        "laplace": dot.laplace_rows,
        "speed": dot.speed_rows,
        "bilinear": weights.bilinear_rows,
        "additive": weights.additive_rows,
        "integral": weights.integral_rows,
    }
    rest = {name: value for name, value in arguments.items() if name != "kind"}
    return kinds[arguments["kind"]](rest, options)
