"""The variance table: mean, variance, kurtosis of scores, and what all keys share, against the calculus of moments.

Four kinds of rows. *Laws*: float64 samples of (e_1, e_2), by brute force or from the exact law, five statistics, raw and scaled.
*Exact*: enumeration in rational arithmetic. *Distances*: the laws against brute force, as whole distributions.
*Implementations* (``variance_implementations``): the scores that each implementation returns in each format.

False alarms: one test for each statistic of each sample, at the level ``ALPHA``. Raw and scaled rows, and the rows of all
implementations and formats, are judged from one and the same test (a factor changes nothing; rounding is bounded sample by sample,
and the bound added), so no further alarm can come from them. Float64 rounding of the law samples themselves is at most
``(d + 8) 2^−53 Σ|q_r k_r|``, below 1e-12 of a deviation, and half-widths are above 1e-3 of it: it is not added.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sympy import Rational

from derivations.moments import exact
from verify.options import Options, Profile
from verify.outcome import ABSTAIN, FAIL, PASS
from verify.statistics import FALSE_ALARM_SHARES, Distance, MeanTest, one_sample, samples_needed, two_sample
from verify.tables import variance_samplers as draw
from verify.tables import variance_theory as theory
from verify.tables.variance_theory import COMPONENTS, DEGREE, MU_K, MU_Q, RHO, STATISTICS, Null
from verify.unit import Row, Unit, generator

TESTS: Final = 1024  # an upper bound on the number of tests in any profile; a test counts them
ALPHA: Final = FALSE_ALARM_SHARES["variance"] / TESTS

WIDTHS: Final[Mapping[Profile, tuple[int, ...]]] = {
    "quick": (1, 16, 4096),
    "standard": (1, 2, 4, 16, 64, 256, 1024, 4096),
    "thorough": (1, 2, 3, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096),
}
# components of queries drawn for one sample of scores, and scores at most
ELEMENTS: Final[Mapping[Profile, int]] = {"quick": 1 << 19, "standard": 1 << 23, "thorough": 1 << 27}
MOST: Final[Mapping[Profile, int]] = {"quick": 1 << 16, "standard": 1 << 20, "thorough": 1 << 24}
# what a row wants to find: the share of the deviation (mean), of the variance, of the excess kurtosis
WANTED: Final[Mapping[Profile, tuple[float, float, float]]] = {
    "quick": (0.2, 0.2, 0.9),
    "standard": (0.05, 0.05, 0.5),
    "thorough": (0.02, 0.02, 0.2),
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
# sup |F − G| of the two scores at widths d and 2d, in the normal limit: Φ(x) − Φ(x/√2) at x² = 2 ln 2
DOUBLED_WIDTH: Final = 0.5 * (math.erf(math.sqrt(math.log(2))) - math.erf(math.sqrt(math.log(2) / 2)))


@dataclass(frozen=True)
class Source:
    """Where samples come from: a sampler, what it is called, and the components drawn for each sample."""

    method: str
    sampler: draw.Sampler
    cost: int


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
    return {"brute force": Source("brute force", draw.brute(law, width), width)}


def _two(law: draw.Sampler, brute: draw.Sampler, width: int) -> dict[str, Source]:
    return {"law": Source("law", law, 1), "brute force": Source("brute force", brute, width)}


def plan(options: Options) -> list[Unit]:
    """Units of the wanted scores; the dot score's laws belong to ``dot`` and ``scaled_dot``."""
    from verify.tables import variance_implementations

    units: list[Unit] = []
    profile: Profile = options.profile
    if {"dot", "scaled_dot"} & set(options.scores):
        for law in theory.DOTS:
            units += [_unit("law", f"{law}/d={d}", {"law": law, "d": d}) for d in WIDTHS[profile]]
        units += [_unit("exact", f"d={d}", {"d": d}) for d in EXACT_WIDTHS[profile]]
        for law in ("normal", "normal_means", "correlated"):
            units += [_unit("distance", f"{law}/d={d}", {"law": law, "d": d}) for d in DISTANCE_WIDTHS[profile]]
        units.append(_unit("laplace", "d=2", {}))
    if "bilinear" in options.scores:
        for d_q, d_k in BILINEAR_SIZES.get(profile, BILINEAR_SIZES["standard"]):
            units.append(_unit("bilinear", f"d_q={d_q}/d_k={d_k}", {"d_q": d_q, "d_k": d_k}))
    if {"additive", "concat"} & set(options.scores):
        for number, case in enumerate(ADDITIVE_CASES.get(profile, ADDITIVE_CASES["standard"])):
            units.append(_unit("additive", f"{number}", {"case": list(case)}))
    return units + variance_implementations.plan(options)


def _unit(kind: str, name: str, arguments: Mapping[str, Any]) -> Unit:
    return Unit(
        f"variance/{kind}/{name}",
        "variance",
        "verify.tables.variance:run",
        {"kind": kind, **arguments},
        cost=0.2 + 0.0003 * float(arguments.get("d", 100)),
    )


def run(arguments: Mapping[str, Any], options: Options) -> list[Row]:
    """The rows of one unit."""
    kinds = {
        "law": law_rows,
        "exact": exact_rows,
        "distance": distance_rows,
        "laplace": laplace_rows,
        "bilinear": bilinear_rows,
        "additive": additive_rows,
    }
    rest = {name: value for name, value in arguments.items() if name != "kind"}
    return kinds[arguments["kind"]](rest, options)


def sample_size(null: Null, profile: Profile, cost: int) -> int:
    """Samples for the wanted power, as far as the budget of the profile allows; a kurtosis out of reach is not chased."""
    most = max(64, min(MOST[profile], ELEMENTS[profile] // cost))
    share = dict(zip(("mean", "variance", "excess kurtosis"), WANTED[profile], strict=True))
    share |= dict.fromkeys(("shared part", "half difference"), share["variance"])
    needed = {name: samples_needed(null.spread[name], share[name] * null.scale(name), ALPHA) for name in STATISTICS}
    if needed["excess kurtosis"] > most and _reach(null, most) > null.scale("excess kurtosis"):
        needed["excess kurtosis"] = 1
    return min(most, max(needed.values()))


def _reach(null: Null, count: int) -> float:
    return MeanTest(null.spread["excess kurtosis"], count, ALPHA).detectable


@dataclass(frozen=True)
class Found:
    """What a sample gave for one statistic."""

    test: MeanTest
    deviation: float
    plain: float


def measure(source: Source, null: Null, count: int, rng: np.random.Generator) -> dict[str, Found]:
    """All statistics of ``count`` samples in one pass, in bounded memory."""
    tests = {name: MeanTest(null.spread[name], count, ALPHA) for name in STATISTICS}
    robust, plain = dict.fromkeys(STATISTICS, 0.0), dict.fromkeys(STATISTICS, 0.0)
    for first, second in draw.chunks(source.sampler, rng, count, source.cost):
        for name, test in tests.items():
            centred = null.centred(name, first, second)
            robust[name] += test.partial(centred)
            plain[name] += float(centred.sum())
    return {name: Found(tests[name], robust[name] / count, plain[name] / count) for name in STATISTICS}


def judge(null: Null, statistic: str, found: Found, factor: float = 1.0, rounding: float = 0.0) -> Row:
    """The columns that decide a row. ``factor`` multiplies the score; ``rounding`` bounds what rounding adds to the deviation."""
    power = factor ** DEGREE[statistic]
    value = null.value[statistic]
    width = (found.test.half_width + rounding) * power
    detectable = (found.test.detectable + 2 * rounding) * power
    deviation, scale = found.deviation * power, null.scale(statistic) * power
    verdict, reason = PASS, None
    needed = samples_needed(null.spread[statistic], null.scale(statistic), ALPHA)
    if not math.isfinite(rounding):
        verdict, reason = ABSTAIN, "no finite bound for the rounding of this format"
    elif not abs(deviation) <= width:
        verdict = FAIL
        reason = f"{abs(deviation):.3g} from theory, more than {width:.3g}"
    elif detectable > scale:
        verdict = ABSTAIN
        what = (
            "the rounding bound alone is too wide" if 2 * rounding > null.scale(statistic) else f"{needed} are needed"
        )
        reason = f"no power: finds deviations of {detectable:.3g} or more, theory is about {scale:.3g} ({found.test.count} samples, {what})"
    return {
        "theory_value": value * power,
        "measured": value * power + deviation,
        "uncertainty": width,
        "detectable": detectable,
        "grade": "sampled",
        "verdict": verdict,
        "reason": reason,
        "plain_mean": value * power + found.plain * power,
        "rounding": rounding * power,
        "samples": found.test.count,
    }


def _law_row(name: str, statistic: str, decided: Row, **own: Any) -> Row:
    return {
        "id": f"variance/{name}/{statistic.replace(' ', '-')}",
        "statistic": statistic,
        "implementation": "float64 samples",
        "dtype": "fp64",
        "device": "cpu",
        **own,
        **decided,
    }


def law_rows(arguments: Mapping[str, Any], options: Options) -> list[Row]:
    """Raw and scaled rows of one law and width."""
    law, width = str(arguments["law"]), int(arguments["d"])
    null = theory.dot_null(law, width)
    source = next(iter(sources(law, width).values()))
    count = sample_size(null, options.profile, source.cost)
    found = measure(source, null, count, generator(options.seed, "variance", "law", law, str(width)))
    rows: list[Row] = []
    for score, factor in (("dot", 1.0), ("scaled_dot", 1 / math.sqrt(width))):
        if score not in options.scores:
            continue
        rows += [
            _law_row(
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


def exact_rows(arguments: Mapping[str, Any], options: Options) -> list[Row]:
    """Rademacher components: every outcome enumerated in rational arithmetic against the calculus, raw and scaled, equal or not."""
    width = int(arguments["d"])
    score_of = theory.DOTS["rademacher"](Rational(width))
    expected = (
        score_of.mean,
        score_of.variance,
        score_of.excess_kurtosis,
        score_of.shared,
        score_of.half_difference,
    )
    found = exact.summary(exact.pair_law(exact.RADEMACHER, exact.RADEMACHER, width))
    names = ("mean", "variance", "excess kurtosis", "shared", "half difference")
    rows: list[Row] = []
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
                _law_row(
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
                )
                | {"implementation": "rational arithmetic", "dtype": "exact"}
            )
    return rows


def distance_rows(arguments: Mapping[str, Any], options: Options) -> list[Row]:
    """The exact law against brute force: e_1, and e_1 − e_2 (which sees that the keys share their query)."""
    law, width = str(arguments["law"]), int(arguments["d"])
    found = sources(law, width)
    pairs: dict[str, draw.Pair] = {}
    for method, source in found.items():
        rng = generator(options.seed, "variance", "distance", law, str(width), method)
        count = min(MOST[options.profile] // 4, max(64, ELEMENTS[options.profile] // source.cost))
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
            _law_row(
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


def laplace_rows(arguments: Mapping[str, Any], options: Options) -> list[Row]:
    """At d = 2 the law's generating function is ``1/(1 − t²)``, that of the Laplace distribution: a closed distribution function."""
    del arguments
    count = MOST[options.profile]
    first, _ = draw.normal_law(2)(generator(options.seed, "variance", "laplace"), count)
    ordered = np.sort(first)
    half = 0.5 * np.exp(-np.abs(ordered))
    distance = one_sample(ordered, np.where(ordered < 0, half, 1 - half), ALPHA)
    return [
        _law_row(
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


def _distance(found: Distance, count: int) -> Row:
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


def bilinear_rows(arguments: Mapping[str, Any], options: Options) -> list[Row]:
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
            _law_row(
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


def additive_rows(arguments: Mapping[str, Any], options: Options) -> list[Row]:
    """Independent normal pre-activations whose query part is shared by both keys; certified moments of tanh."""
    units, v, query_variance, key_variance = arguments["case"]
    null = theory.additive_null(units, v, query_variance, key_variance)
    source = Source("brute force", draw.additive_law(units, v, query_variance, key_variance), units)
    weight = "normal" if v is None else f"{v:g}"
    name = f"additive/d_a={units}/v={weight}/query={query_variance:g}/key={key_variance:g}"
    count = sample_size(null, options.profile, source.cost)
    results = measure(source, null, count, generator(options.seed, "variance", name))
    return [
        _law_row(
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
