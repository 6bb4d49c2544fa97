"""Each way a comparison can end is seen here, fail above all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.bounds import Bound, bounds
from attnproof.verify.comparisons.checks import _arithmetic
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import SETTINGS
from attnproof.verify.oracle import certified
from attnproof.verify.oracle.compare import compare

REFERENCE = IMPLEMENTATIONS["reference-numpy"]


@pytest.fixture(scope="module")
def given():
    case = make_case("additive", SETTINGS["base"], "normal", "fp32", 0)
    limits = bounds(case, _arithmetic(case, REFERENCE, "cpu"))["context"]
    exact = certified(case, {"context": limits.bound}, ("context",))["context"]
    computed = REFERENCE.forward("additive", case.inputs, "fp32", "cpu")["context"]
    return computed, exact, limits


def judge(computed, exact, limits):
    return compare(computed, exact, limits, FORMATS["fp32"])


def test_pass(given) -> None:
    found = judge(*given)
    assert (found.outcome, found.reason) == ("pass", None)
    assert 0 < found.ratio < 1
    assert found.error == pytest.approx(found.bound * found.ratio, rel=10)
    assert float.fromhex(found.worst["got"]) == given[0][tuple(found.worst["index"])]


@pytest.mark.parametrize("factor", [1.5, 100.0])
def test_an_error_beyond_the_bound_fails_and_is_located(given, factor: float) -> None:
    computed, exact, limits = given
    wrong = computed.copy()
    wrong[1, 1] = exact.midpoint()[1, 1] + factor * limits.bound[1, 1]
    found = judge(wrong, exact, limits)
    assert found.outcome == "fail"
    assert found.reason == "error exceeds its bound at 1 of 6 elements"
    assert found.worst["index"] == [1, 1]
    assert found.ratio == pytest.approx(factor, rel=1e-6)  # the midpoint is rounded to float64, 2^-29 of the bound


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_never_pass(given, value: float) -> None:
    computed, exact, limits = given
    wrong = computed.copy()
    wrong[0, 0] = value
    found = judge(wrong, exact, limits)
    assert found.outcome == "fail"
    assert "NaN or infinite" in (found.reason or "")


def test_a_wrong_shape_fails(given) -> None:
    computed, exact, limits = given
    assert judge(computed.T.copy(), exact, limits).outcome == "fail"


def test_a_bound_as_large_as_the_quantity_abstains(given) -> None:
    computed, exact, limits = given
    loose = replace(limits, bound=limits.scale * 2)
    found = judge(computed, exact, loose)
    assert (found.outcome, found.reason) == ("abstain", "the bound would let through an answer half of which is wrong")


def test_no_finite_bound_abstains_with_its_reason(given) -> None:
    computed, exact, limits = given
    none = Bound(np.full_like(limits.bound, np.inf), limits.scale, (), ("may overflow fp32",))
    found = judge(computed, exact, none)
    assert (found.outcome, found.reason) == ("abstain", "may overflow fp32")


def test_a_loose_bound_at_one_element_does_not_hide_a_failure_at_another(given) -> None:
    computed, exact, limits = given
    partly = limits.bound.copy()
    partly[0, 0] = np.inf
    wrong = computed.copy()
    wrong[2, 1] += 1.0
    assert judge(wrong, exact, replace(limits, bound=partly)).outcome == "fail"


def test_nothing_to_compare_is_an_error(given) -> None:
    _, exact, limits = given
    empty = np.zeros((0,))
    with pytest.raises(ValueError, match="no elements"):
        judge(empty, exact, replace(limits, bound=empty))
