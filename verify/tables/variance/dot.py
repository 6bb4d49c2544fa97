"""Rows of the dot score: float64 samples of each law, exact enumeration, and the exact laws against brute force."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from sympy import Rational

from attnproof.derivations.moments import exact
from attnproof.verify.options import Options, Profile
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.rows.tables import VarianceRow
from attnproof.verify.statistics import Distance, one_sample, samples_for_distance, two_sample
from attnproof.verify.tables.rows import Columns
from attnproof.verify.tables.variance import samplers as draw
from attnproof.verify.tables.variance import theory
from attnproof.verify.tables.variance.judge import ALPHA, ELEMENTS, Source, judge, measure, sample_size, sampled_row
from attnproof.verify.tables.variance.theory import COMPONENTS, DEGREE, MU_K, MU_Q, RHO, STATISTICS
from attnproof.verify.unit import RunFigure, generator

WIDTHS: Final[Mapping[Profile, tuple[int, ...]]] = {
    "quick": (1, 16, 4096),
    "standard": (1, 2, 4, 16, 64, 256, 1024, 4096),
    "thorough": (1, 2, 3, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096),
}
EXACT_WIDTHS: Final[Mapping[Profile, tuple[int, ...]]] = {
    "quick": (1, 2),
    "standard": (1, 2, 3, 4, 6, 8),
    "thorough": (1, 2, 3, 4, 5, 6, 8, 10, 12),
}
DISTANCE_WIDTHS: Final[Mapping[Profile, tuple[int, ...]]] = {
    "quick": (2, 64),
    "standard": (2, 64, 1024),
    "thorough": (1, 2, 64, 1024, 4096),
}
DIRECTIONS: Final = ("sphere", "layer_norm")
# not 2: layer-normalised vectors of width 2 have the score ±2, a constant square, of which only the rounding would be
# seen
DIRECTION_WIDTHS: Final[Mapping[Profile, tuple[int, ...]]] = {
    "quick": (16,),
    "standard": (3, 16, 256),
    "thorough": (3, 4, 16, 64, 256, 1024),
}
SPEED_WIDTH: Final = 4096
SPEED_ROUNDS: Final = 5
# sup |F − G| of the two scores at widths d and 2d, in the normal limit: Φ(x) − Φ(x/√2) at x² = 2 ln 2
DOUBLED_WIDTH: Final = 0.5 * (math.erf(math.sqrt(math.log(2))) - math.erf(math.sqrt(math.log(2) / 2)))
# the distance between the exact law and brute force to be found where the budget allows it; of the closed form a
# quarter of it
WANTED_DISTANCE: Final[Mapping[Profile, float]] = {"quick": 0.075, "standard": 0.019, "thorough": 0.0048}


def sources(law: str, width: int) -> dict[str, Source]:
    """The samplers of a law by method. Raises KeyError for an unknown law."""
    mu_q, mu_k, rho = float(MU_Q), float(MU_K), float(RHO)
    known: dict[str, Callable[[], dict[str, Source]]] = {
        "normal": lambda: _two(draw.normal_law(width), draw.brute("normal", width), width),
        "normal_means": lambda: _two(draw.means_law(mu_q, mu_k, width), draw.brute_means(mu_q, mu_k, width), width),
        "correlated": lambda: _two(draw.correlated_law(rho, width), draw.brute_correlated(rho, width), width),
        "rademacher": lambda: {"brute force": Source("brute force", draw.rademacher(width), -(-width // 64))},
    }
    if law in known:
        return known[law]()
    if law in DIRECTIONS:
        return {"brute force": Source("brute force", draw.directions(law, width), width)}
    return {"brute force": Source("brute force", draw.brute(law, width), width)}


def _two(law: draw.Sampler, brute: draw.Sampler, width: int) -> dict[str, Source]:
    return {"law": Source("law", law, 1), "brute force": Source("brute force", brute, width)}


def _null(law: str, width: int) -> theory.Null:
    return theory.dot_null(law, width) if law in theory.DOTS else theory.direction_null(law, width)


def law_rows(arguments: Mapping[str, Any], options: Options) -> list[VarianceRow]:
    """Raw and scaled rows of one law and width."""
    law, width = str(arguments["law"]), int(arguments["d"])
    null = _null(law, width)
    source = next(iter(sources(law, width).values()))
    count = sample_size(null, options.profile, source.cost)
    found = measure(source, null, count, generator(options.seed, "variance", "law", law, str(width)))
    rows: list[VarianceRow] = []
    for score, factor in (("dot", 1.0), ("scaled_dot", 1 / math.sqrt(width))):
        if score not in options.scores:
            continue
        rows += [
            sampled_row(
                f"law/{score}/{law}/d={width}",
                statistic,
                judge(null, statistic, found[statistic], factor),
                score=score,
                components=COMPONENTS[law],
                d=width,
                method=source.method,
                theory=scaled_formula(null.formula[statistic], statistic, score),
            )
            for statistic in STATISTICS
        ]
    return rows


def scaled_formula(formula: str, statistic: str, score: str) -> str:
    """The formula of the scaled score's statistic: a power of 1/√d times that of the raw score."""
    if score == "dot" or formula == "0" or not DEGREE[statistic]:
        return formula
    return f"({formula})/{'sqrt(d)' if DEGREE[statistic] == 1 else 'd'}"


def exact_rows(arguments: Mapping[str, Any], options: Options) -> list[VarianceRow]:
    """Rademacher components: every outcome enumerated in rational arithmetic against the calculus, raw and scaled,
    equal or not.
    """
    width = int(arguments["d"])
    score_of = theory.DOTS["rademacher"](Rational(width))
    expected = (score_of.mean, score_of.variance, score_of.excess_kurtosis, score_of.shared, score_of.half_difference)
    found = exact.summary(exact.pair_law(exact.RADEMACHER, exact.RADEMACHER, width))
    names = ("mean", "variance", "excess kurtosis", "shared", "half difference")
    rows: list[VarianceRow] = []
    for score in ("dot", "scaled_dot"):
        if score not in options.scores:
            continue
        for statistic, name, value in zip(STATISTICS, names, expected, strict=True):
            # the mean is 0, and only its scaling would be irrational
            divisor = Rational(width) if score == "scaled_dot" and DEGREE[statistic] == 2 else Rational(1)
            got = Rational(found[name].numerator, found[name].denominator) / divisor
            want = value / divisor
            equal = bool(got == want)
            rows.append(
                sampled_row(
                    f"exact/{score}/rademacher/d={width}",
                    statistic,
                    {
                        "theory_value": float(want),
                        "measured": float(got),
                        "uncertainty": 0.0,
                        "detectable": 0.0,
                        "grade": "exact",
                        "verdict": PASS if equal else FAIL,
                        "reason": None if equal else f"enumeration gives {got}, the calculus {want}",
                    },
                    score=score,
                    components=COMPONENTS["rademacher"],
                    d=width,
                    method="enumeration",
                    theory=scaled_formula(theory.dot_formulas("rademacher")[statistic], statistic, score),
                    implementation="rational arithmetic",
                    dtype="exact",
                )
            )
    return rows


def distance_rows(arguments: Mapping[str, Any], options: Options) -> list[VarianceRow]:
    """The exact law against brute force: e_1, and e_1 − e_2 (which sees that the keys share their query)."""
    law, width = str(arguments["law"]), int(arguments["d"])
    found = sources(law, width)
    pairs: dict[str, draw.Pair] = {}
    for method, source in found.items():
        rng = generator(options.seed, "variance", "distance", law, str(width), method)
        wanted = samples_for_distance(WANTED_DISTANCE[options.profile], ALPHA, samples=2)
        count = min(wanted, max(64, 4 * ELEMENTS[options.profile] // source.cost))
        pieces = list(draw.chunks(source.sampler, rng, count, source.cost))
        pairs[method] = (np.concatenate([p[0] for p in pieces]), np.concatenate([p[1] for p in pieces]))
    law_pair, brute_pair = pairs["law"], pairs["brute force"]
    rows = []
    samples = {
        "score": (law_pair[0], brute_pair[0]),
        "difference": (law_pair[0] - law_pair[1], brute_pair[0] - brute_pair[1]),
    }
    for name, (by_law, by_force) in samples.items():
        distance = two_sample(by_law, by_force, ALPHA)
        rows.append(
            sampled_row(
                f"distance/dot/{law}/d={width}",
                f"distribution of the {name}",
                _distance(distance, len(brute_pair[0])),
                score="dot",
                components=COMPONENTS[law],
                d=width,
                method="law against brute force",
                theory=f"sup |F - G| = 0 for the {name}: exact law and brute force",
            )
        )
    return rows


def laplace_rows(arguments: Mapping[str, Any], options: Options) -> list[VarianceRow]:
    """At d = 2 the law's generating function is ``1/(1 − t²)``, that of the Laplace distribution: a closed distribution
    function.
    """
    del arguments
    count = samples_for_distance(WANTED_DISTANCE[options.profile] / 4, ALPHA)  # sampling here costs little
    first, _ = draw.normal_law(2)(generator(options.seed, "variance", "laplace"), count)
    ordered = np.sort(first)
    half = 0.5 * np.exp(-np.abs(ordered))
    distance = one_sample(ordered, np.where(ordered < 0, half, 1 - half), ALPHA)
    return [
        sampled_row(
            "distance/dot/normal/d=2/laplace",
            "distribution of the score",
            _distance(distance, count),
            score="dot",
            components=COMPONENTS["normal"],
            d=2,
            method="law against a closed form",
            theory="sup |F_n - F| = 0, F Laplace(1)",
        )
    ]


def speed_rows(arguments: Mapping[str, Any], options: Options) -> list[RunFigure]:
    """Seconds per sample of the law and of brute force at the largest width, in turns: figures of the run, not rows."""
    del arguments
    found = sources("normal", SPEED_WIDTH)
    counts = {"law": 1 << 15, "brute force": 1 << 6}
    seconds = dict.fromkeys(found, math.inf)
    rng = generator(options.seed, "variance", "speed")
    for _ in range(SPEED_ROUNDS):
        for method, source in found.items():
            start = time.perf_counter()
            for _pair in draw.chunks(source.sampler, rng, counts[method], source.cost):
                pass
            seconds[method] = min(seconds[method], (time.perf_counter() - start) / counts[method])
    stem = f"variance_d{SPEED_WIDTH}"
    return [RunFigure(f"{stem}_{name.replace(' ', '_')}_seconds", value) for name, value in seconds.items()]


def _distance(found: Distance, count: int) -> Columns:
    verdict, reason = PASS, None
    if found.distance > found.half_width:
        verdict, reason = FAIL, f"distance {found.distance:.3g}, more than {found.half_width:.3g}"
    elif found.detectable > DOUBLED_WIDTH:
        verdict = ABSTAIN
        reason = (
            f"no power: could not tell d from 2d (distance {DOUBLED_WIDTH:.3g}), finds {found.detectable:.3g} or more"
        )
    return {
        "theory_value": 0.0,
        "measured": found.distance,
        "uncertainty": found.half_width,
        "detectable": found.detectable,
        "grade": "sampled",
        "verdict": verdict,
        "reason": reason,
        "samples": count,
    }
