from __future__ import annotations

import numpy as np
import pytest

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS
from attnproof.verify.inputs.make import (
    DEEP_BITS,
    INPUT_CLASSES,
    LARGE_DEVIATION,
    SHIFT,
    WITH_TANH,
    classes_for,
    make_case,
    saturation_of,
    shift_of,
)
from attnproof.verify.inputs.settings import SETTINGS, settings_for
from attnproof.verify.options import DTYPES, PROFILES, SCORES

REFERENCE = IMPLEMENTATIONS["reference-numpy"]


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("input_class", INPUT_CLASSES)
@pytest.mark.parametrize("setting", SETTINGS)
def test_every_case_can_be_made(score: str, input_class: str, setting: str) -> None:
    if input_class == "saturated" and score not in WITH_TANH:
        with pytest.raises(ValueError, match="has no tanh to saturate"):
            make_case(score, SETTINGS[setting], input_class, "fp32", seed=0)
        return
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


def test_every_class_runs_where_it_says_in_standard_and_the_older_ones_somewhere_in_quick() -> None:
    common = {"normal", "large", "tied", "shifted"}
    for setting in SETTINGS.values():
        deep = {"deep"} if setting.mask == "some" else set()
        deep |= {"low_rank", "subnormal"} if setting.name == "base" else set()
        assert set(classes_for("standard", setting, "dot")) == common | deep
        assert set(classes_for("standard", setting, "concat")) == common | deep | {"saturated"}
    quick = {name for setting in settings_for("quick") for name in classes_for("quick", setting, "additive")}
    assert quick == common


@pytest.mark.parametrize("dtype", DTYPES)
def test_deep_shifts_lie_below_finite_masks_and_are_exact(dtype: str) -> None:
    shift = shift_of("deep", dtype)
    assert shift < -1e4
    assert FORMATS[dtype].round(np.array(shift)) == shift
    if dtype in ("fp64", "fp32"):
        assert FORMATS[dtype].unit_roundoff * -shift <= 2.0**-DEEP_BITS
    bias = make_case("dot", SETTINGS["masked"], "deep", dtype, 0).inputs["bias"]
    assert set(np.unique(bias)) == {-np.inf, shift}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("setting", ["base", "width_one", "every_option", "wide"])
def test_saturated_pre_activations_lie_around_the_point_where_tanh_rounds_to_one(dtype: str, setting: str) -> None:
    given = make_case("additive", SETTINGS[setting], "saturated", dtype, 0).inputs
    hidden = (given["query"] @ given["weight_query"].T)[..., :, None, :]
    hidden = hidden + (given["key"] @ given["weight_key"].T)[..., None, :, :] + given.get("bias_hidden", 0.0)
    level = saturation_of(dtype)
    size = np.abs(hidden) / level
    assert 0.8 < np.median(size) < 1.2
    assert ((size > 0.3) & (size < 1.9)).all()
    form = FORMATS[dtype]
    assert form.round(np.tanh(np.array(level))) == 1.0
    assert form.round(np.tanh(np.array(0.9 * level))) < 1.0
