"""The variance table: its rows, its budget, and what it must reject."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from attnproof.verify.arithmetic.backends import arithmetic
from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS
from attnproof.verify.options import PROFILES, Options
from attnproof.verify.outcome import ABSTAIN, FAIL, OUTCOMES, PASS, SKIPPED, UNSUPPORTED
from attnproof.verify.rows.tables import VarianceRow
from attnproof.verify.statistics import FALSE_ALARM_SHARES, MeanTest, samples_needed
from attnproof.verify.tables.rounding import rounding_of
from attnproof.verify.tables.variance import (
    dot as variance_dot,
)
from attnproof.verify.tables.variance import (
    implementations as variance_implementations,
)
from attnproof.verify.tables.variance import (
    part as variance,
)
from attnproof.verify.tables.variance import samplers as draw
from attnproof.verify.tables.variance import theory
from attnproof.verify.tables.variance.implementations import Config, Sample, difference_from_weights, rows_of, sample_of
from attnproof.verify.tables.variance.judge import ALPHA, TESTS, Source, judge, measure, sample_size
from attnproof.verify.tables.variance.rounding import case_of, computed, moved, reference
from attnproof.verify.tables.variance.theory import DOTS, STATISTICS, Null
from attnproof.verify.unit import Unit, run_unit

QUICK = Options(profile="quick")
NOT_MOVED = np.zeros((4096, 2))  # fp64 rounds none of the inputs
PER_UNIT = {"law": 5, "exact": 0, "distance": 2, "laplace": 1, "bilinear": 10, "additive": 5, "integral": 0, "speed": 0}


def count_of_tests(unit: Unit) -> int:
    """How many tests at level ALPHA a unit makes; all implementations and formats share those of their sample."""
    return PER_UNIT[unit.arguments["kind"]] if "kind" in unit.arguments else len(STATISTICS)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_false_alarm_budget_holds_in_every_profile(profile: str) -> None:
    units = variance.plan(Options(profile=profile))  # type: ignore[arg-type]
    assert len({unit.id for unit in units}) == len(units)
    assert sum(count_of_tests(unit) for unit in units) <= TESTS
    assert FALSE_ALARM_SHARES["variance"] * (1 + 1e-12) >= ALPHA * TESTS


@pytest.fixture(scope="module")
def rows() -> list[VarianceRow]:
    found = [row for unit in variance.plan(QUICK) for row in run_unit(unit, QUICK)]
    return [row for row in found if isinstance(row, VarianceRow)]


def test_rows_are_complete_and_none_fails(rows: list[VarianceRow]) -> None:
    assert len({row.id for row in rows}) == len(rows)
    for row in rows:
        assert row.verdict in OUTCOMES
        assert row.verdict != FAIL, row
        assert (row.reason is None) == (row.verdict == PASS)
        if row.verdict == PASS:
            assert abs(row.measured - row.theory_value) <= row.uncertainty  # type: ignore[operator]
    verdicts = {row.verdict for row in rows}
    assert verdicts >= {PASS, ABSTAIN, UNSUPPORTED}
    assert {row.reason for row in rows if row.verdict == SKIPPED} <= {"no CUDA device"}


def test_every_implementation_and_format_has_rows(rows: list[VarianceRow]) -> None:
    for name in IMPLEMENTATIONS:
        assert {row.dtype for row in rows if row.implementation == name} == set(QUICK.dtypes)
        assert any(row.verdict == PASS for row in rows if row.implementation == name)


def test_a_rerun_is_identical_and_a_seed_matters() -> None:
    unit = next(u for u in variance.plan(QUICK) if u.id == "variance/law/laplace/d=16")
    assert run_unit(unit, QUICK) == run_unit(unit, QUICK)
    assert run_unit(unit, QUICK) != run_unit(unit, replace(QUICK, seed=1))


def test_only_the_wanted_scores_are_planned() -> None:
    assert {
        u.arguments.get("kind", "implementations") for u in variance.plan(replace(QUICK, scores=("bilinear",)))
    } == {
        "bilinear",
        "implementations",
    }
    unit = next(u for u in variance.plan(QUICK) if u.id == "variance/law/normal/d=16")
    assert {row.score for row in run_unit(unit, replace(QUICK, scores=("dot",)))} == {"dot"}


def _found(law: str, width: int, sampler: draw.Sampler, null: Null, count: int = 20000) -> dict[str, str]:
    results = measure(Source("planted", sampler, 1), null, count, np.random.default_rng(7))
    return {name: judge(null, name, results[name])["verdict"] for name in STATISTICS}


WRONG: dict[str, tuple[str, Callable[[int], draw.Sampler], str]] = {
    "the keys do not share the query": (
        "normal_means",
        lambda d: lambda rng, n: (draw.means_law(1, 0.5, d)(rng, n)[0], draw.means_law(1, 0.5, d)(rng, n)[0]),
        "shared part",
    ),
    "variance of the correlated case": ("normal", lambda d: draw.correlated_law(0.5, d), "variance"),
    "mean of the correlated case": ("normal", lambda d: draw.correlated_law(0.5, d), "mean"),
    "Gamma shape d instead of d/2": ("normal", lambda d: draw.normal_law(2 * d), "variance"),
    "normal components instead of Laplace": ("laplace", draw.normal_law, "variance"),
    "a normal score of the right variance": (
        "normal",
        lambda d: lambda rng, n: tuple(math.sqrt(d) * rng.standard_normal((2, n))),  # type: ignore[return-value]
        "excess kurtosis",
    ),
    "one key twice": ("normal", lambda d: lambda rng, n: (draw.normal_law(d)(rng, n)[0],) * 2, "half difference"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_scores_are_rejected(name: str) -> None:
    law, planted, statistic = WRONG[name]
    width = 2
    null = theory.dot_null(law, width)
    count = 400_000 if statistic == "excess kurtosis" else 20_000
    assert _found(law, width, planted(width), null, count)[statistic] == FAIL
    right = next(iter(variance_dot.sources(law, width).values())).sampler
    assert FAIL not in _found(law, width, right, null).values()


@pytest.mark.parametrize(
    "statistic", [pytest.param(each, marks=[pytest.mark.slow] * (each == "excess kurtosis")) for each in STATISTICS]
)
def test_wrong_theory_is_rejected(statistic: str) -> None:
    null = theory.dot_null("normal_means", 4)
    count = sample_size(null, "standard", 1)
    found = measure(Source("law", draw.means_law(1, 0.5, 4), 1), null, count, np.random.default_rng(8))[statistic]
    assert judge(null, statistic, found)["verdict"] == PASS
    off = null.value[statistic] + 2 * MeanTest(null.spread[statistic], count, ALPHA).detectable
    planted = replace(null, value={**null.value, statistic: off})
    found = measure(Source("law", draw.means_law(1, 0.5, 4), 1), planted, count, np.random.default_rng(8))[statistic]
    assert judge(planted, statistic, found)["verdict"] == FAIL


def test_a_row_without_power_abstains_and_says_what_it_needs() -> None:
    null = theory.dot_null("normal", 4096)
    found = measure(Source("law", draw.normal_law(4096), 1), null, 1000, np.random.default_rng(9))
    row = judge(null, "excess kurtosis", found["excess kurtosis"])
    assert row["verdict"] == ABSTAIN
    needed = samples_needed(null.spread["excess kurtosis"], null.scale("excess kurtosis"), ALPHA)
    assert needed > 4e9  # it is about 0.0015
    assert f"{needed} are needed" in row["reason"]
    row = judge(null, "variance", found["variance"], rounding=math.inf)
    assert row["verdict"] == ABSTAIN
    assert judge(null, "variance", replace(found["variance"], deviation=math.nan))["verdict"] == FAIL


def test_a_failed_enumeration_is_a_failed_row(monkeypatch: pytest.MonkeyPatch) -> None:
    good = variance_dot.exact_rows({"d": 2}, QUICK)
    assert {row.verdict for row in good} == {PASS}
    assert {row.grade for row in good} == {"exact"}
    monkeypatch.setattr(theory, "DOTS", {**DOTS, "rademacher": DOTS["normal"]})
    bad = {row.statistic: row.verdict for row in variance_dot.exact_rows({"d": 2}, QUICK)}
    assert bad["excess kurtosis"] == FAIL
    assert bad["variance"] == PASS


def test_the_laws_are_rejected_by_distance_when_they_are_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {"law": "normal", "d": 2}
    options = replace(QUICK, profile="standard")
    assert {row.verdict for row in variance_dot.distance_rows(arguments, options)} == {PASS}
    monkeypatch.setattr(draw, "normal_law", lambda d: lambda rng, n: tuple(math.sqrt(d) * rng.standard_normal((2, n))))
    assert {row.verdict for row in variance_dot.distance_rows(arguments, options)} == {FAIL}
    assert variance_dot.laplace_rows({}, options)[0].verdict == FAIL


def test_an_independent_pair_of_the_right_marginal_is_seen_by_the_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    joint = draw.normal_law
    monkeypatch.setattr(draw, "normal_law", lambda d: lambda rng, n: (joint(d)(rng, n)[0], joint(d)(rng, n)[0]))
    found = variance_dot.distance_rows({"law": "normal", "d": 1}, replace(QUICK, profile="standard"))
    assert [row.verdict for row in found] == [PASS, FAIL]


@pytest.mark.parametrize("width", [1, 63, 64, 65, 200])
def test_rademacher_bits_are_signs(width: int) -> None:
    first, second = draw.rademacher(width)(np.random.default_rng(10), 500)
    for scores in (first, second):
        assert np.all(np.abs(scores) <= width)
        assert np.all((scores - width) % 2 == 0)
    if width == 1:
        assert {*first} == {-1.0, 1.0}


@pytest.mark.parametrize("law", [name for name in DOTS if name != "rademacher"])
def test_laws_have_their_theory_at_one_component(law: str) -> None:
    null = theory.dot_null(law, 1)
    for source in variance_dot.sources(law, 1).values():
        assert FAIL not in _found(law, 1, source.sampler, null, 50000).values()


@pytest.mark.parametrize("law", variance_dot.DIRECTIONS)
def test_lengths_and_directions(law: str) -> None:
    null = theory.direction_null(law, 3)
    assert FAIL not in _found(law, 3, draw.directions(law, 3), null, 50000).values()
    assert _found(law, 3, draw.directions(law, 4), null, 50000)["variance"] == FAIL
    with pytest.raises(KeyError):
        theory.direction_null("cube", 3)


def scores_times(factor: float) -> Callable[..., dict[str, np.ndarray]]:
    good = IMPLEMENTATIONS["reference-numpy"].forward

    def forward(*arguments: object) -> dict[str, np.ndarray]:
        found = good(*arguments)  # type: ignore[arg-type]
        return {**found, "scores": factor * found["scores"]}

    return forward


@pytest.mark.parametrize("config", variance_implementations.CONFIGS["quick"], ids=lambda c: c.id)
def test_a_wrong_implementation_is_rejected(config: Config) -> None:
    sample = sample_of(config, 4096, np.random.default_rng(11))
    given = case_of(sample.config.score, sample.inputs, "fp64")
    right = IMPLEMENTATIONS["reference-numpy"]
    wrong = replace(right, forward=scores_times(math.sqrt(2)))
    good = {row.statistic: row.verdict for row in rows_of(sample, given, NOT_MOVED, right, "fp64", "cpu")}
    bad = {row.statistic: row.verdict for row in rows_of(sample, given, NOT_MOVED, wrong, "fp64", "cpu")}
    assert FAIL not in good.values()
    assert bad["variance"] == FAIL
    assert bad["half difference"] == FAIL


def test_sdpa_with_a_wrong_scale_is_rejected() -> None:
    sample = sample_of(Config("scaled_dot", "normal", 4), 4096, np.random.default_rng(12))
    right = IMPLEMENTATIONS["torch-sdpa"]
    wrong = replace(right, forward=lambda _, *rest: right.forward("dot", *rest))
    given = case_of("scaled_dot", sample.inputs, "fp64")
    good = [row.verdict for row in rows_of(sample, given, NOT_MOVED, right, "fp64", "cpu")]
    bad = [row.verdict for row in rows_of(sample, given, NOT_MOVED, wrong, "fp64", "cpu")]
    assert good == [UNSUPPORTED, PASS]
    assert bad == [UNSUPPORTED, FAIL]


def scores_and_bound(sample: Sample, dtype: str) -> tuple[Array, Array]:
    """A library's scores of the rounded inputs, and the bound of their distance from the exact ones."""
    config, one = sample.config, IMPLEMENTATIONS["reference-torch"]
    given = {name: FORMATS[dtype].round(value) for name, value in sample.inputs.items()}
    exact, rounded = (case_of(config.score, inputs, "fp64") for inputs in (sample.inputs, given))
    bound = computed(case_of(config.score, given, dtype), arithmetic(one, dtype)) + moved(exact, rounded)
    return one.forward(config.score, given, dtype, "cpu")["scores"], bound


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["fp64", "fp32", "bf16", "fp16"])
@pytest.mark.parametrize("config", variance_implementations.CONFIGS["standard"], ids=lambda c: c.id)
def test_rounding_bounds_hold_and_are_not_absurd(config: Config, dtype: str) -> None:
    sample = sample_of(config, 64, np.random.default_rng(13))
    scores, bound = scores_and_bound(sample, dtype)
    error = np.abs(scores - reference(config.score, sample.inputs))
    assert np.all(error <= bound)
    # a worst case over all orders of summation: further above what happens the longer the sum, and 0 errors for signs
    if config.law != "rademacher" and config.d <= 64:
        assert np.max(error / bound) > 1e-3


def test_rounding_bounds_catch_an_error_of_a_few_units() -> None:
    sample = sample_of(Config("dot", "normal", 4), 64, np.random.default_rng(14))
    scores, bound = scores_and_bound(sample, "fp32")
    assert np.all(bound < 1e-5)
    assert np.any(np.abs(scores * (1 + 1e-5) - reference("dot", sample.inputs)) > bound)


def test_differences_from_weights_refuse_underflow() -> None:
    rounding = rounding_of(IMPLEMENTATIONS["torch-sdpa"], "fp16")
    exact = np.array([[0.0, 1.0], [0.0, 40.0]])
    weights = np.exp(exact) / np.exp(exact).sum(-1, keepdims=True)
    gap, bound = difference_from_weights(weights, exact, np.zeros_like(exact), rounding)
    assert gap[0] == pytest.approx(-1.0)
    assert bound[0] < 0.1
    assert np.isinf(bound[1])


def test_unknown_statistic_is_named() -> None:
    zero = np.zeros(1)
    with pytest.raises(KeyError, match="known: mean"):
        theory.per_sample("median", zero, zero, 0.0, 1.0)


@pytest.mark.parametrize("statistic", STATISTICS)
def test_a_moved_score_moves_the_statistic_by_at_most_its_bound(statistic: str) -> None:
    null = theory.dot_null("normal_means", 4)
    rng = np.random.default_rng(15)
    first, second = draw.means_law(1, 0.5, 4)(rng, 2000)
    error, other = 0.3 * rng.random((2, 2000))
    bound = theory.per_sample_bound(statistic, first, second, null, error, other)
    test = MeanTest(null.spread[statistic], 2000, ALPHA)
    here = null.centred(statistic, first, second)
    closest = np.full(2000, np.inf)
    for sign, opposite in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        there = null.centred(statistic, first + sign * error, second + opposite * other)
        own = (
            16 * FORMATS["fp64"].unit_roundoff * (5 + np.abs(there) + np.abs(here))
        )  # rounding of the two float64 values
        assert np.all(np.abs(there - here) <= bound + own)
        closest = np.minimum(closest, bound - np.abs(there - here))
        assert abs(test.deviation(there) - test.deviation(here)) <= np.mean(bound + own)
    assert np.median(closest / bound) < 1e-6  # attained by one of the four corners


@pytest.mark.parametrize("law", DOTS)
def test_the_level_holds_for_every_statistic_of_every_law_at_an_inflated_level(law: str) -> None:
    trials, count, level = 1000, 64, 0.05
    null = theory.dot_null(law, 3)
    sampler = next(iter(variance_dot.sources(law, 3).values())).sampler
    first, second = (e.reshape(trials, count) for e in sampler(np.random.default_rng(16), trials * count))
    for statistic in STATISTICS:
        test = MeanTest(null.spread[statistic], count, level)
        rejected = sum(abs(test.deviation(row)) > test.half_width for row in null.centred(statistic, first, second))
        # 83 of 1000 would be exceeded with probability 4e-6 if each were rejected with probability 0.05
        assert rejected <= 83, statistic
