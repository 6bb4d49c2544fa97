"""Every fault is rejected, for what is returned and not for a crash; its twin, repaired in one place, is accepted."""

from __future__ import annotations

import warnings

import pytest

from attnproof.verify.faults import faults
from attnproof.verify.options import Profile
from attnproof.verify.outcome import ERROR, FAIL
from attnproof.verify.properties import PROPERTIES
from attnproof.verify.properties.examine import examine
from attnproof.verify.targets.target import Target

ALL = faults()
TWINS = {fault.repaired.name: fault.repaired for fault in ALL.values()}
# Takes every feature, and is asked for every property; the others, which share all but one part with it or another, are
# so where slow tests are.
WHOLE = ("mask by its strides",)


def examined(target: Target, profile: Profile = "quick", **how):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NaN in what is wrong on purpose
        return examine(target, profile, devices=("cpu",), **how)


def test_every_fault_names_properties_that_are_meant_to_expose_it() -> None:
    named = {fault.name: set(fault.exposed_by) for fault in ALL.values()}
    assert {name for name, by in named.items() if not by} == {"wrong expected values"}  # no implementation
    assert set().union(*named.values()) <= set(PROPERTIES)
    assert len(ALL) >= 55


# Found after a long search; test_input_classes.py asks the first for loud values, and others expose the second.
LATE = (("causal leak in half precision", "masked keys unseen"), ("exponential before the mask is looked at", "values"))


@pytest.mark.parametrize(
    ("name", "by"),
    [
        pytest.param(name, by, marks=[pytest.mark.slow] * ((name, by) in LATE))
        for name, fault in ALL.items()
        for by in fault.exposed_by
    ],
)
def test_the_fault_is_caught_by_what_is_meant_to_and_not_by_a_crash(name: str, by: str) -> None:
    for profile in ("quick", "standard"):
        found = examined(ALL[name].wrong, profile, first_failure=True, properties=[by])
        if found.failures:
            break
    assert found.failures, f"{name} is accepted by {by}"
    first = found.failures[0]
    assert (first.outcome, first.property) == (FAIL, by)
    assert first.reason
    assert first.draw is not None


def test_wrong_expectations_are_caught_too() -> None:
    assert examined(ALL["wrong expected values"].wrong, first_failure=True).failures


def twin_in_fp64(twin: Target) -> bool:
    """Whether one format is enough here: every format is asked where it is asked for every property."""
    return "fp64" in twin.dtypes and twin.name not in {"converts numbers", "whole positions"}  # faults of other formats


EXPOSED = {twin: {by for f in ALL.values() if f.repaired.name == twin for by in f.exposed_by} for twin in TWINS}
AGAIN = ("masked with −∞ after the soft-cap", "sets to −∞")  # asked for the same as the one that adds −∞


@pytest.mark.parametrize(
    ("name", "by"),
    [pytest.param(name, by, marks=[pytest.mark.slow] * (name in AGAIN), id=name) for name, by in EXPOSED.items() if by],
)
def test_the_repaired_twin_is_accepted_by_what_exposes_its_fault(name: str, by: set[str]) -> None:
    twin = TWINS[name]
    found = examined(twin, properties=by, dtypes=("fp64",) if twin_in_fp64(twin) else None)
    assert [(f.property, f.quantity, f.reason) for f in found.bad] == []
    assert found.counts["pass"] > 0


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in WHOLE else pytest.mark.slow) for name in TWINS]
)
def test_the_repaired_twin_is_accepted(name: str) -> None:
    found = examined(TWINS[name])
    assert [(f.property, f.quantity, f.reason) for f in found.bad] == []
    assert found.counts["pass"] > 0


def test_a_fault_and_its_twin_take_the_same_arguments() -> None:
    for fault in ALL.values():
        wrong, repaired = fault.wrong, fault.repaired
        assert (wrong.score, wrong.framework, wrong.outputs) == (repaired.score, repaired.framework, repaired.outputs)
        assert wrong.dtypes == repaired.dtypes
        assert wrong.contract == repaired.contract, fault.name


def test_a_target_that_only_raises_is_broken_and_not_caught() -> None:
    def raises(**given):
        raise RuntimeError("no kernel")

    from attnproof.verify.targets import torch_target

    found = examined(torch_target("raises", "scaled_dot", raises, dtypes=("fp32",)))
    assert found.failures == ()
    assert found.counts[ERROR] > 0
    assert "no kernel" in str(found.bad[0].reason)
