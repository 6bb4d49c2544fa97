"""The rules in common use do what their names say; what they miss and whom they accuse is reported as it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from attnproof.verify.detection.correct import correct
from attnproof.verify.detection.power import _decided, _formats, asked_of_right, plan
from attnproof.verify.detection.rules import NAMES, USUAL, Compared, judged
from attnproof.verify.faults import faults, parts
from attnproof.verify.options import Options
from attnproof.verify.outcome import FAIL, PASS
from attnproof.verify.properties import PROPERTIES, Finding
from attnproof.verify.properties.examine import Examination
from attnproof.verify.targets import Target


def compared(error: float, dtype: str = "fp32", size: float = 1.0, reference: float | None = None) -> Compared:
    true = np.full(3, size)
    low = {} if reference is None else {"context": true + reference}
    return Compared(dtype, {"context": (true + error, true)}, low, True)


def test_tolerances() -> None:
    assert USUAL["1e-3"].accepts(compared(1.9e-3))
    assert not USUAL["1e-3"].accepts(compared(2.1e-3))
    assert USUAL["0.01"].accepts(compared(0.009, size=1e-6))
    assert not USUAL["0.01"].accepts(compared(0.011, size=1e6))
    assert USUAL["assert_close"].accepts(compared(1.1e-5))
    assert not USUAL["assert_close"].accepts(compared(1.2e-5))


def test_assert_close_is_that_of_torch() -> None:
    import torch

    for dtype, kind in (("fp32", torch.float32), ("fp64", torch.float64), ("bf16", torch.bfloat16)):
        for error in (1e-8, 1e-6, 1.1e-5, 1.2e-5, 1e-3, 1e-2, 2e-2):
            found = torch.tensor([1.0 + error], dtype=kind)
            value = float(found)
            try:
                torch.testing.assert_close(found, torch.ones(1, dtype=kind))
                said = True
            except AssertionError:
                said = False
            assert USUAL["assert_close"].accepts(compared(value - 1.0, dtype)) is said, (dtype, error)


def test_twice_the_reference_speaks_about_half_precision_only() -> None:
    rule = USUAL["twice the reference"]
    assert rule.accepts(compared(0.1, "fp32", reference=0.1)) is None
    assert rule.accepts(compared(0.19, "bf16", reference=0.1))
    assert not rule.accepts(compared(0.21, "bf16", reference=0.1))


def test_nan_is_within_no_tolerance() -> None:
    for name in ("assert_close", "1e-3", "0.01"):
        assert not USUAL[name].accepts(compared(np.nan)), name


@pytest.mark.slow
def test_a_usual_test_misses_what_it_does_not_look_at() -> None:
    found = judged(faults()["negative scale gives NaN"].wrong)
    assert set(found) == set(NAMES)
    assert {found[name][0] for name in NAMES} == {"accepts"}


@pytest.mark.slow
def test_a_gross_fault_is_seen_by_all_but_gradcheck() -> None:
    found = judged(faults()["wrong scale: no scale"].wrong)
    assert {found[name][0] for name in USUAL} == {"rejects"}
    assert found["gradcheck"][0] == "accepts"  # the gradient of the wrong function is right


def row(theory: str, *findings: Finding):
    target = parts.target("sound", parts.assemble(), dtypes=("fp32",))
    return _decided(target, Examination("sound", findings), theory, Options())


@pytest.mark.slow
def test_the_verdict_is_that_of_the_verifier() -> None:
    wrong, right, broke = (
        Finding(FAIL, "off", property="values"),
        Finding(PASS),
        Finding("error", "raised"),
    )
    assert row("rejected", wrong).verdict == PASS
    assert row("accepted", right).verdict == PASS
    assert row("rejected", right).verdict == FAIL
    assert row("accepted", wrong).verdict == FAIL
    assert row("rejected", broke).verdict == FAIL  # a crash is not a catch
    assert row("accepted", broke).verdict == FAIL
    assert row("rejected", wrong).caught_by == "values"


def test_the_quick_profile_leaves_it_out() -> None:
    assert plan(Options(profile="quick")) == []
    assert {unit.part for unit in plan(Options())} == {"power"}
    assert all(unit.arguments["score"] == "dot" for unit in plan(Options(scores=("dot",))))


def test_every_target_is_in_one_unit_with_those_that_are_asked_the_same() -> None:
    from attnproof.verify.detection.power import CHUNK, _chunks, _target

    units = [jobs for score in Options().scores for jobs in _chunks(score)]
    jobs = [job for unit in units for job in unit]
    named = {("fault", name) for name in faults()} | {("correct", name) for name in correct()}
    twins = {("repaired twin", fault.repaired.name) for fault in faults().values()}
    assert set(jobs) == named | twins
    assert len(jobs) == len(set(jobs))
    assert len(units) == len(plan(Options()))
    for unit in units:
        targets = [_target(job) for job in unit]
        alike = {(target.takes, target.outputs, target.gradients, target.dtypes) for target in targets}
        assert len(unit) <= CHUNK or len(alike) == 1


def asked(target: Target, options: Options) -> dict[str, str]:
    """The one format in which what is right is asked each property that applies."""
    formats = _formats(target, options, every=False)
    assert callable(formats)
    return {each.name: only_one(formats(each.name)) for each in PROPERTIES.values() if each.applies(target) is None}


def only_one(formats: Sequence[str]) -> str:
    (found,) = formats
    return found


def test_what_is_right_is_asked_each_property_in_one_format_and_in_all_where_it_is_thorough() -> None:
    target = correct()["einsum, keys scaled"]
    drawn = [asked(target, Options(seed=seed)) for seed in range(20)]
    assert all("fp64" in each.values() for each in drawn)
    assert {dtype for each in drawn for dtype in each.values()} == {"fp64", "fp32", "bf16", "fp16"}
    assert {each["values"] for each in drawn} >= {"fp64", "fp32"}  # another one in another run
    assert {each["unbiased rounding"] for each in drawn} <= {"bf16", "fp16"}  # it asks nothing in the others
    assert set(asked(target, Options(dtypes=("bf16",))).values()) == {"bf16"}
    assert _formats(target, Options(profile="thorough"), every=False) == target.dtypes
    assert _formats(target, Options(), every=True) == target.dtypes  # a fault may show in any
    half = correct()["half precision with fp32 inside"]
    assert set(asked(half, Options(dtypes=("fp64",))).values()) == set(half.dtypes)  # it has none that is wanted


def test_what_is_right_is_asked_everything_in_the_runs_of_two_seeds() -> None:
    first = []
    for target in correct().values():
        applying = [each.name for each in PROPERTIES.values() if each.applies(target) is None]
        halves = [asked_of_right(target, seed) for seed in (0, 1)]
        assert sorted(halves[0] + halves[1]) == sorted(applying), target.name
        assert abs(len(halves[0]) - len(halves[1])) <= 1
        first.append("algebra" in halves[0])
    assert len(set(first)) == 2  # each property is asked of some, in every run


@pytest.mark.slow
def test_what_a_target_takes_beside_arrays_is_part_of_an_ordinary_test() -> None:
    found = judged(faults()["group order mixed"].wrong)
    assert {found[name][0] for name in USUAL} == {"rejects"}
    without = judged(faults()["log-sum-exp without gradient"].wrong)
    assert without["gradcheck"][0] == "rejects"  # every output takes part
    loud = judged(faults()["log-sum-exp without the maximum"].wrong)
    assert {loud[name][0] for name in USUAL} == {"accepts"}  # large scores are no ordinary inputs
    assert loud["1e-3"][1] == "rejects"
    assert {verdicts[0] for verdicts in judged(faults()["group order mixed"].repaired).values()} == {"accepts"}


@pytest.mark.slow
def test_what_is_not_declared_is_no_reason_to_reject() -> None:
    found = judged(correct()["every other choice"])
    assert {found[name][0] for name in NAMES} == {"accepts"}


@pytest.mark.slow
def test_a_row_does_not_depend_on_what_was_drawn_before() -> None:
    import torch

    from attnproof.verify.detection.power import _alone

    rows = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        rows.append(_alone("fault", "dropout active in evaluation", Options(dtypes=("fp32",))))
        assert torch.initial_seed() == seed
    assert rows[0] == rows[1]
    assert "differ" in rows[0].why
