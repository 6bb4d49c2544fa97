"""Every input class exposes what it says, through the properties that ask about it, and the two of singular numbers do
so alone.
"""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

from attnproof.verify.detection.correct import correct
from attnproof.verify.faults import faults
from attnproof.verify.inputs.classes import CLASSES, NUMBERS
from attnproof.verify.inputs.make import INPUT_CLASSES, make_case
from attnproof.verify.inputs.settings import SETTINGS
from attnproof.verify.outcome import FAIL
from attnproof.verify.properties import PROPERTIES
from attnproof.verify.properties.property import Draw, TargetError

FAULTS = [(name, fault) for name, each in CLASSES.items() for fault in each.exposes if fault in faults()]


def exposed(name, fault):
    """Whether a property that asks about the class rejects the fault at its inputs."""
    wrong = faults()[fault].wrong
    for asked in CLASSES[name].asked_by:
        rule = PROPERTIES[asked]
        if rule.applies(wrong) is not None:
            continue
        for dtype in wrong.dtypes:
            draws = list(rule.draws(wrong, "standard", dtype, "cpu", 0))
            if asked == "values" and CLASSES[name].numbers:
                draws = [draw for draw in draws if draw.input_class == name]
            for draw in draws[:12]:
                if any(found.outcome == FAIL for found in rule.check(wrong, draw)):
                    return True
    return False


@pytest.mark.parametrize(("name", "fault"), FAULTS)
@pytest.mark.filterwarnings("ignore")
def test_a_class_exposes_what_it_says(name, fault):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert exposed(name, fault), f"{name} does not expose {fault}"


def test_the_classes_of_numbers_are_those_that_are_made():
    assert INPUT_CLASSES == NUMBERS
    assert all(name in PROPERTIES for each in CLASSES.values() for name in each.asked_by)


def rejects(target, input_class, dtype="fp32"):
    draw = Draw(SETTINGS["base"], input_class, dtype)
    return any(found.outcome == FAIL for found in PROPERTIES["values"].check(target, draw))


def answering(change):
    """The hand-written NumPy dot attention with its answer changed."""
    target = correct()["reference-numpy dot"]

    def ask(request):
        answer = target.ask(request)
        return replace(answer, outputs=change(request, dict(answer.outputs)))

    return replace(target, ask=ask)


def test_flushed_subnormals_are_exposed_by_them_alone():
    def flushed(request, outputs):
        tiny = np.finfo(np.float32).smallest_normal
        context = outputs["context"]
        return outputs | {"context": np.where(np.abs(context) < tiny, 0.0, context)}

    target = answering(flushed)
    assert [name for name in NUMBERS if name not in ("deep", "saturated") and rejects(target, name)] == ["subnormal"]


def test_an_inverted_gram_matrix_is_exposed_by_low_rank():
    """Keys whitened and coloured again: exact in exact arithmetic for keys of full rank, NaN or far off for those of
    rank one.
    """

    def whitened(request, outputs):
        key = np.asarray(request.case.inputs["key"], dtype=np.float64)
        gram = key.swapaxes(-1, -2) @ key
        try:
            back = gram @ np.linalg.inv(gram)
        except np.linalg.LinAlgError:
            back = np.full(gram.shape, np.nan)
        near = np.abs(back - np.eye(len(back))).max() < 1e-9
        return outputs if near else outputs | {"context": np.full_like(outputs["context"], np.nan)}

    target = answering(whitened)
    assert rejects(target, "low_rank")
    assert not any(rejects(target, name) for name in ("normal", "large", "subnormal"))


def test_low_rank_and_subnormal_are_what_they_say():
    case = make_case("bilinear", SETTINGS["base"], "low_rank", "fp64", 3)
    assert np.linalg.matrix_rank(case.inputs["query"]) == np.linalg.matrix_rank(case.inputs["key"]) == 1
    case = make_case("bilinear", SETTINGS["base"], "subnormal", "fp32", 3)
    assert 0 < np.abs(case.inputs["value"]).max() < np.finfo(np.float32).smallest_normal


def test_a_target_that_raises_exposes_nothing():
    target = correct()["reference-numpy dot"]

    def ask(request):
        raise TargetError("no")

    assert not rejects(replace(target, ask=ask), "normal")
