from __future__ import annotations

import numpy as np
import pytest

from verify.implementations import IMPLEMENTATIONS
from verify.inputs import INPUT_CLASSES, LARGE_DEVIATION, SHIFT, classes_for, make_case
from verify.options import DTYPES, PROFILES, SCORES
from verify.settings import SETTINGS, settings_for

REFERENCE = IMPLEMENTATIONS["reference-numpy"]


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("input_class", INPUT_CLASSES)
@pytest.mark.parametrize("setting", SETTINGS)
def test_every_case_can_be_made(score: str, input_class: str, setting: str) -> None:
    dtype = DTYPES[(len(score) + len(setting)) % len(DTYPES)]  # the shapes do not depend on it: one each is enough
    assert make_case(score, SETTINGS[setting], input_class, dtype, seed=0).dtype == dtype


def test_the_same_seed_gives_the_same_case_and_another_seed_another() -> None:
    one, two, other = (make_case("dot", SETTINGS["base"], "normal", "fp32", seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.inputs["query"], two.inputs["query"])
    assert (one.inputs["query"] != other.inputs["query"]).any()


@pytest.mark.parametrize("score", SCORES)
def test_large_scores_have_the_deviation_that_is_stated(score: str) -> None:
    values = []
    for seed in range(40):
        case = make_case(score, SETTINGS["wide"], "large", "fp64", seed)
        values.append(REFERENCE.forward(score, case.inputs, "fp64", "cpu")["scores"])
    deviation = float(np.std(values))
    # additive scores are bounded: v carries the deviation and |tanh| < 1 takes some of it away
    assert LARGE_DEVIATION / 3 < deviation < LARGE_DEVIATION * 2


@pytest.mark.parametrize("score", SCORES)
def test_tied_inputs_have_several_largest_scores(score: str) -> None:
    case = make_case(score, SETTINGS["base"], "tied", "fp64", 0)
    scores = REFERENCE.forward(score, case.inputs, "fp64", "cpu")["scores"]
    assert ((scores == scores.max(-1, keepdims=True)).sum(-1) >= 2).all()


def test_shifted_inputs_are_shifted_exactly() -> None:
    for dtype in DTYPES:
        case = make_case("dot", SETTINGS["base"], "shifted", dtype, 0)
        assert (case.inputs["bias"] == SHIFT).all()


def test_masks() -> None:
    some = make_case("dot", SETTINGS["masked"], "normal", "fp32", 0).inputs["bias"]
    assert np.isneginf(some).any()
    assert not np.isneginf(some).all(-1).any()
    row = make_case("dot", SETTINGS["masked_row"], "normal", "fp32", 0).inputs["bias"]
    assert np.isneginf(row).all(-1).sum() == 1


def test_unknown_class() -> None:
    with pytest.raises(ValueError, match="unknown input class 'weird'; known classes: normal"):
        make_case("dot", SETTINGS["base"], "weird", "fp64", 0)


def test_profiles_are_nested() -> None:
    names = [{setting.name for setting in settings_for(profile)} for profile in PROFILES]
    assert names[0] < names[1] < names[2] == set(SETTINGS)


def test_every_class_runs_at_every_setting_in_standard_and_somewhere_in_quick() -> None:
    assert all(classes_for("standard", setting) == INPUT_CLASSES for setting in SETTINGS.values())
    quick = {name for setting in settings_for("quick") for name in classes_for("quick", setting)}
    assert quick == set(INPUT_CLASSES)
