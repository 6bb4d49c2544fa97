"""The tests of sampled statements hold their level at small samples of heavy-tailed values, and find what they
promise.
"""

import math
import re
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnproof.verify import statistics
from attnproof.verify.detection.correct import correct
from attnproof.verify.faults import faults
from attnproof.verify.options import PROFILES
from attnproof.verify.properties import PROPERTIES, unbiased
from attnproof.verify.statistics import (
    FALSE_ALARM,
    FALSE_ALARM_SHARES,
    FALSE_ALARM_TOTAL,
    MISS,
    MeanTest,
    band,
    influence,
    one_sample,
    samples_for_distance,
    samples_for_signs,
    samples_needed,
    sign_width,
    two_sample,
)
from attnproof.verify.tables.saturation.stats import bounded_mean_interval

TRIALS = 2000
ALPHA = 0.05


def most_rejections(trials: int, level: float, chance: float = 1e-6) -> int:
    """The smallest count that a binomial (trials, level) exceeds with probability at most ``chance``."""
    below, count = 0.0, 0
    log_odds = math.log(level / (1 - level))
    term = trials * math.log1p(-level)
    while True:
        below += math.exp(term)
        if below >= 1 - chance:
            return count
        term += math.log((trials - count) / (count + 1)) + log_odds
        count += 1


def fourth_powers(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Centred fourth powers of Student-t (ν = 9): a finite variance, and no moment beyond 2.25."""
    return rng.standard_t(9, shape) ** 4 - 3 * 81 / 35


FOURTH_VARIANCE = 6561 - (3 * 81 / 35) ** 2


def test_the_budget_is_spent_at_most_once() -> None:
    assert math.fsum(FALSE_ALARM_SHARES.values()) == FALSE_ALARM <= FALSE_ALARM_TOTAL


@given(st.floats(-50, 50))
def test_the_influence_function_obeys_both_inequalities(x: float) -> None:
    psi = float(influence(np.array(x)))
    assert math.exp(psi) <= (1 + x + x * x / 2) * (1 + 1e-12)
    assert math.exp(-psi) <= (1 - x + x * x / 2) * (1 + 1e-12)


@given(st.floats(-50, 50), st.floats(0, 5))
def test_the_influence_function_has_slope_at_most_one(x: float, step: float) -> None:
    low, high = influence(np.array([x, x + step]))
    assert -1e-12 <= high - low <= step + 1e-12


@pytest.mark.parametrize("count", [10, 50, 400])
def test_the_level_holds_for_a_fourth_moment_that_barely_exists(count: int) -> None:
    rng = np.random.default_rng(1)
    test = MeanTest(FOURTH_VARIANCE, count, ALPHA)
    values = fourth_powers(rng, (TRIALS, count))
    rejected = sum(abs(test.deviation(row)) > test.half_width for row in values)
    assert rejected <= most_rejections(TRIALS, ALPHA)


def test_a_z_test_does_not_hold_its_level_there() -> None:
    rng = np.random.default_rng(1)
    values = fourth_powers(rng, (TRIALS, 50))
    z = values.mean(axis=1) / values.std(axis=1, ddof=1) * math.sqrt(50)
    rejected = int(np.sum(np.abs(z) > NormalDist().inv_cdf(1 - ALPHA / 2)))
    assert rejected > most_rejections(TRIALS, ALPHA)


@pytest.mark.parametrize("law", ["two points", "normal"])
def test_the_level_holds_for_skewed_and_light_tails(law: str) -> None:
    rng = np.random.default_rng(2)
    count, rare = 60, 0.02
    if law == "normal":
        values, variance = rng.standard_normal((TRIALS, count)), 1.0
    else:
        values, variance = (rng.random((TRIALS, count)) < rare) - rare, rare * (1 - rare)
    test = MeanTest(variance, count, ALPHA)
    rejected = sum(abs(test.deviation(row)) > test.half_width for row in values)
    assert rejected <= most_rejections(TRIALS, ALPHA)


def test_a_detectable_deviation_is_found() -> None:
    rng = np.random.default_rng(3)
    count = 400
    test = MeanTest(1.0, count, ALPHA)
    assert test.half_width < test.detectable < 3 * test.half_width
    values = rng.standard_normal((TRIALS, count)) + test.detectable
    missed = sum(abs(test.deviation(row)) <= test.half_width for row in values)
    assert missed <= most_rejections(TRIALS, MISS)


def test_the_width_is_near_that_of_a_normal_test() -> None:
    level = 1e-10
    test = MeanTest(1.0, 10**6, level)
    normal = NormalDist().inv_cdf(1 - level / 2) / 1000
    assert normal < test.half_width < 1.08 * normal


def test_chunks_add_up() -> None:
    values = np.random.default_rng(4).standard_normal(1000)
    test = MeanTest(1.0, 1000, ALPHA)
    parts = sum(test.partial(values[k : k + 130]) for k in range(0, 1000, 130)) / 1000
    assert parts == pytest.approx(test.deviation(values), rel=1e-12)


def test_constant_values_must_be_equal() -> None:
    test = MeanTest(0.0, 8, ALPHA)
    assert test.half_width == test.detectable == 0
    assert test.deviation(np.zeros(8)) == 0
    assert abs(test.deviation(np.full(8, 1e-12))) > test.half_width
    assert samples_needed(0.0, 1.0, ALPHA) == 1


def test_samples_needed_is_the_smallest_number() -> None:
    count = samples_needed(2.0, 0.05, 1e-9)
    assert MeanTest(2.0, count, 1e-9).detectable <= 0.05 < MeanTest(2.0, count - 1, 1e-9).detectable


def test_too_few_samples_detect_nothing() -> None:
    assert MeanTest(1.0, 20, 1e-10).detectable == math.inf


def test_bad_parameters_are_named() -> None:
    with pytest.raises(ValueError, match="level"):
        MeanTest(1.0, 10, 0.0)
    with pytest.raises(ValueError, match="variance"):
        MeanTest(math.inf, 10, 0.1)
    with pytest.raises(ValueError, match="at least one value"):
        MeanTest(1.0, 0, 0.1)
    with pytest.raises(ValueError, match="planned for 10"):
        MeanTest(1.0, 10, 0.1).deviation(np.zeros(9))
    with pytest.raises(ValueError, match="positive"):
        samples_needed(1.0, 0.0, 0.1)
    with pytest.raises(ValueError, match="positive count"):
        band(0, 0.1)


@pytest.mark.parametrize("sizes", [(20, 30), (200, 100)])
def test_distances_hold_their_level_and_find_a_difference(sizes: tuple[int, int]) -> None:
    rng = np.random.default_rng(5)
    trials, alarms, single, missed = 500, 0, 0, 0
    for _ in range(trials):
        first, second = rng.random(sizes[0]), rng.random(sizes[1])
        found = two_sample(first, second, ALPHA)
        alarms += found.distance > found.half_width
        ordered = np.sort(first)
        alone = one_sample(ordered, ordered, ALPHA)
        single += alone.distance > alone.half_width
        shift = min(1.0, found.detectable)  # sup |F − G| of two uniform laws that are shifted by s is s
        missed += two_sample(first, second + shift, ALPHA).distance <= found.half_width
    assert alarms <= most_rejections(trials, ALPHA)
    assert single <= most_rejections(trials, ALPHA)
    if found.detectable < 1:
        assert missed <= most_rejections(trials, MISS)


def test_the_distance_is_the_largest_gap() -> None:
    assert two_sample(np.array([1.0, 2.0, 2.0]), np.array([2.0, 3.0]), ALPHA).distance == pytest.approx(0.5)
    assert one_sample(np.array([0.1, 0.9]), np.array([0.1, 0.9]), ALPHA).distance == pytest.approx(0.4)


SPENDERS = {
    "variance": "tables/variance/judge.py",
    "saturation": "tables/saturation/stats.py",
    "properties": "properties/unbiased.py",
}


def test_each_share_is_spent_in_one_place_and_none_elsewhere() -> None:
    room = Path(statistics.__file__).parent
    uses = {
        str(path.relative_to(room)): re.findall(r'FALSE_ALARM_SHARES\["(\w+)"\]', path.read_text())
        for path in room.rglob("*.py")
    }
    assert {path: names for path, names in uses.items() if names} == {path: [name] for name, path in SPENDERS.items()}
    assert set(SPENDERS) == set(FALSE_ALARM_SHARES)


def test_no_other_part_fails_anything_because_of_a_sample() -> None:
    """Who uses a test of this module belongs to a part with a share."""
    room = Path(statistics.__file__).parent
    tests = re.compile(r"\b(MeanTest|one_sample|two_sample|sign_width|bounded_mean_interval|band)\(")
    users = {str(path.relative_to(room)) for path in room.rglob("*.py") if tests.search(path.read_text())}
    assert users - {"statistics.py"} == {
        "properties/unbiased.py",
        "tables/saturation/part.py",
        "tables/saturation/law.py",
        "tables/saturation/stats.py",
        "tables/saturation/tanh.py",
        "tables/variance/dot.py",
        "tables/variance/implementations.py",
        "tables/variance/judge.py",
    }


@pytest.mark.parametrize(
    "needed",
    [
        lambda deviation, level: samples_needed(0.25, deviation, level),
        samples_for_signs,
        samples_for_distance,
        lambda distance, level: samples_for_distance(distance, level, samples=2),
    ],
)
def test_more_samples_are_needed_for_smaller_deviations_and_levels(needed) -> None:
    counts = [[needed(deviation, level) for deviation in (0.5, 0.2, 0.1, 0.03)] for level in (0.1, 1e-3, 1e-9)]
    for row in counts:
        assert row == sorted(set(row))
    for column in zip(*counts, strict=True):
        assert list(column) == sorted(set(column))


def test_samples_for_a_distance_are_the_smallest_number() -> None:
    count = samples_for_distance(0.1, 1e-6)
    assert band(count, 1e-6) + band(count, MISS) <= 0.1 < band(count - 1, 1e-6) + band(count - 1, MISS)
    half = samples_for_distance(0.1, 1e-6, samples=2)
    for number, holds in ((half, True), (half - 1, False)):
        points = np.arange(number) / number
        assert (two_sample(points, points, 1e-6).detectable <= 0.1) == holds


def test_samples_for_signs_are_the_smallest_number_and_find_the_bias() -> None:
    bias = 0.2
    count = samples_for_signs(bias, ALPHA)
    slack = math.sqrt(2 * math.log(1 / MISS))
    assert sign_width(count, ALPHA) + slack / math.sqrt(count) <= bias
    assert sign_width(count - 1, ALPHA) + slack / math.sqrt(count - 1) > bias
    rng = np.random.default_rng(5)
    for mean, most in ((bias, MISS), (0.0, ALPHA)):
        signs = np.where(rng.random((TRIALS, count)) < (1 + mean) / 2, 1, -1)
        found = np.abs(signs.mean(axis=1)) > sign_width(count, ALPHA)
        wrong = int(np.sum(found != bool(mean)))
        assert wrong <= most_rejections(TRIALS, most)


def test_samples_for_a_distance_find_it() -> None:
    distance = 0.25
    count = samples_for_distance(distance, ALPHA)
    rng = np.random.default_rng(6)
    # a uniform distribution on [distance, 1] is at that distance from the one on [0, 1]
    missed = 0
    for _ in range(TRIALS):
        sample = np.sort(distance + (1 - distance) * rng.random(count))
        result = one_sample(sample, sample, ALPHA)
        missed += result.distance <= result.half_width
    assert missed <= most_rejections(TRIALS, MISS)


@pytest.mark.parametrize("mean", [0.5, 0.1])
def test_the_planned_number_gives_betting_the_wanted_power(mean: float) -> None:
    """The variance of values in [0, 1] is at most m (1 − m), attained by 0 and 1: the interval then excludes a mean
    that far off.
    """
    deviation, trials = 0.08, 200
    count = samples_needed(mean * (1 - mean), deviation, ALPHA)
    rng = np.random.default_rng(7)
    missed = 0
    for _ in range(trials):
        interval = bounded_mean_interval((rng.random(count) < mean).astype(float), ALPHA)
        missed += interval.low <= mean + deviation <= interval.high
    assert missed <= most_rejections(trials, MISS)


def test_bad_wishes_are_named() -> None:
    with pytest.raises(ValueError, match=r"got 0\.0"):
        samples_for_signs(0.0, 0.1)
    with pytest.raises(ValueError, match=r"got 1\.5"):
        samples_for_distance(1.5, 0.1)
    with pytest.raises(ValueError, match=r"got 0\.5 and 3"):
        samples_for_distance(0.5, 0.1, samples=3)
    with pytest.raises(ValueError, match="a positive count"):
        sign_width(0, 0.1)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_share_of_the_properties_covers_every_question(profile: str) -> None:
    """What ought to be accepted: correct implementations and repaired twins."""
    right = [*correct().values(), *{fault.repaired.name: fault.repaired for fault in faults().values()}.values()]
    asked, rounding = 0, PROPERTIES["unbiased rounding"]
    for target in right:
        if rounding.applies(target) is None:
            asked += sum(1 for dtype in target.dtypes for _ in rounding.draws(target, profile, dtype, "cpu", 0))
    assert 20 < asked <= unbiased.CHECKS
    assert FALSE_ALARM_SHARES["properties"] * (1 + 1e-12) >= unbiased.CHECKS * unbiased.LEVEL
