"""Rows of the bilinear score with random W and of the additive score: float64 samples against the calculus.

And the integrals that the additive score's variance needs: two certified enclosures by different methods must overlap.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from attnproof.verify.options import Options
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.rows.tables import VarianceRow
from attnproof.verify.tables.variance import samplers as draw
from attnproof.verify.tables.variance import theory
from attnproof.verify.tables.variance.integrals import tanh_moment, tanh_moment_by_trapezoids
from attnproof.verify.tables.variance.judge import Source, judge, measure, sample_size, sampled_row
from attnproof.verify.tables.variance.theory import STATISTICS
from attnproof.verify.unit import generator

BILINEAR_SIZES: Final = {"quick": ((8, 16),), "standard": ((1, 1), (8, 16), (64, 64), (1024, 64))}
# hidden units, value of every v_a (None: standard normal), variance of the query's and of the key's part of z
ADDITIVE_CASES: Final[Mapping[str, tuple[tuple[int, float | None, float, float], ...]]] = {
    "quick": ((16, 0.25, 1.0, 1.0),),
    "standard": (
        (1, 1.0, 0.5, 0.5),
        (16, 0.25, 0.03125, 0.03125),
        (16, 0.25, 0.5, 0.5),
        (16, 0.25, 8.0, 8.0),
        (16, 0.25, 0.0, 1.0),
        (16, 0.25, 8.0, 0.5),
        (64, None, 0.5, 0.5),
    ),
}

# Enclosures of an integral that are to agree have at least so small a relative width: the digits that float64 shows.
WIDEST: Final = 2.0**-53


def bilinear_rows(arguments: Mapping[str, Any], options: Options) -> list[VarianceRow]:
    """q, k and W all random: the exact law, and at small sizes brute force with a fresh W for every sample."""
    d_q, d_k = int(arguments["d_q"]), int(arguments["d_k"])
    null = theory.bilinear_random_null(d_q, d_k)
    found = {"law": Source("law", draw.bilinear_law(d_q, d_k), 1)}
    if d_q * d_k <= 256:
        found["brute force"] = Source("brute force", draw.brute_bilinear(d_q, d_k), d_q * d_k)
    rows = []
    for method, source in found.items():
        name = f"{method.replace(' ', '-')}/bilinear/d_q={d_q}/d_k={d_k}"
        count = sample_size(null, options.profile, source.cost)
        results = measure(source, null, count, generator(options.seed, "variance", name))
        rows += [
            sampled_row(
                name,
                statistic,
                judge(null, statistic, results[statistic]),
                score="bilinear",
                components="q, k normal(0, 1), W normal(0, 1/d_q), all random",
                d=d_q,
                d_k=d_k,
                method=method,
                theory=null.formula[statistic],
            )
            for statistic in STATISTICS
        ]
    return rows


def additive_rows(arguments: Mapping[str, Any], options: Options) -> list[VarianceRow]:
    """Independent normal pre-activations whose query part is shared by both keys; certified moments of tanh."""
    units, v, query_variance, key_variance = arguments["case"]
    null = theory.additive_null(units, v, query_variance, key_variance)
    source = Source("brute force", draw.additive_law(units, v, query_variance, key_variance), units)
    weight = "normal" if v is None else f"{v:g}"
    name = f"additive/d_a={units}/v={weight}/query={query_variance:g}/key={key_variance:g}"
    count = sample_size(null, options.profile, source.cost)
    results = measure(source, null, count, generator(options.seed, "variance", name))
    return [
        sampled_row(
            name,
            statistic,
            judge(null, statistic, results[statistic]),
            score="additive",
            components=f"z normal, variances {query_variance:g} (query) + {key_variance:g} (key), v {weight}",
            d_a=units,
            method="brute force",
            theory=null.formula[statistic],
        )
        for statistic in STATISTICS
    ]


def integral_rows(arguments: Mapping[str, Any], options: Options) -> list[VarianceRow]:
    """``E[tanh^m(σZ)]`` for m = 2, 4, 6, 8: adaptive Gauss-Legendre against the trapezoidal rule, both with proven
    errors.
    """
    del options
    sigma = float(np.sqrt(arguments["variance"]))
    rows = []
    for order in (2, 4, 6, 8):
        first, second = tanh_moment(order, sigma), tanh_moment_by_trapezoids(order, sigma)
        agree = bool(first.overlaps(second))
        width = float(first.rad()) + float(second.rad())
        shown = width + 2.0**-52 * abs(float(first.mid()))  # what is printed are the midpoints, rounded to float64
        verdict, reason = PASS, None
        if not agree:
            verdict, reason = FAIL, f"the enclosures {first} and {second} are disjoint"
        elif not width < WIDEST * abs(float(first.mid())):
            verdict, reason = ABSTAIN, f"the enclosures {first} and {second} are too wide to tell anything"
        row = sampled_row(
            f"integral/sigma^2={arguments['variance']:g}",
            f"E[tanh^{order}]",
            {
                "theory_value": float(first.mid()),
                "measured": float(second.mid()),
                "uncertainty": shown,
                "detectable": 2 * shown,
                "grade": "certified enclosure",
                "verdict": verdict,
                "reason": reason,
                "enclosure": first.str(30, radius=False),
            },
            score="additive",
            components=f"Z normal(0, 1), sigma^2 = {arguments['variance']:g}",
            method="quadrature",
            theory=f"E[tanh(sigma*Z)^{order}]",
            implementation="ball arithmetic",
            dtype="exact",
        )
        rows.append(row)
    return rows
