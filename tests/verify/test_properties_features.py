"""What people add to attention today: choices found out or held to, and the truth of each property against programs
written here.
"""

from __future__ import annotations

import warnings
from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from attnproof.verify.detection.correct import correct, other_choices
from attnproof.verify.faults import faults, features, parts
from attnproof.verify.outcome import ABSTAIN, DIFFERS, ERROR, FAIL, PASS, UNSUPPORTED
from attnproof.verify.properties import PROPERTIES, Finding
from attnproof.verify.properties import alibi as alibi_property
from attnproof.verify.properties.additions import arrays
from attnproof.verify.properties.asking import case_of
from attnproof.verify.properties.examine import examine
from attnproof.verify.properties.property import Draw
from attnproof.verify.properties.rotary import SETTING as ROTARY
from attnproof.verify.properties.rotary import tables
from attnproof.verify.properties.settling import settle
from attnproof.verify.targets import Target, torch_target
from attnproof.verify.targets.contract import CHOICES, Contract

NAMES = ("log-sum-exp", "grouped heads", "rotary positions", "ALiBi", "sink", "dropout mask")
OWN = {name: fault for name, fault in faults().items() if fault.repaired.outputs == ("context", "lse")}
OTHERS = {
    "lse_base": "2",
    "lse_sink": "left out",
    "masked_lse": "zero",
    "groups": "strided",
    "rotary": "interleaved",
    "alibi": "signed",
    "sink": "before the soft-cap",
    "dropout": "included",
}
FIRST = {field: CHOICES[field][0] for field in OTHERS}


def found(target: Target, *names: str, dtypes=("fp32",)):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NaN in what is wrong on purpose
        return examine(target, "quick", properties=names or NAMES, dtypes=dtypes)


def sound(**declared) -> Target:
    return parts.target("sound", parts.assemble(level=parts.level), outputs=("context", "lse"), **declared)


@pytest.mark.parametrize("dtype", ["fp64", "fp32", "bf16", "fp16"])
def test_a_correct_implementation_passes_in_every_format(dtype):
    result = found(sound(), dtypes=(dtype,))
    assert [(f.property, f.quantity, f.reason) for f in result.bad] == []
    assert {f.property for f in result.findings if f.outcome == PASS} == set(NAMES)
    assert result.observed == FIRST


@pytest.mark.parametrize("dtypes", [("fp32",), pytest.param(("fp32", "fp16"), marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", OWN)
def test_each_fault_is_caught_by_what_it_is_about(name, dtypes):
    expected = {"group": "grouped heads", "rotary": "rotary positions", "ALiBi": "ALiBi", "dropout": "dropout mask"}
    caught = found(OWN[name].wrong, dtypes=dtypes).caught_by
    assert expected.get(name.split()[0], name.split()[0]) in caught
    assert set(caught) <= {expected.get(name.split()[0], name.split()[0]), "log-sum-exp"}


def test_there_are_faults_of_every_kind():
    assert {name.split()[0] for name in OWN} == {"group", "rotary", "ALiBi", "dropout", "sink", "log-sum-exp"}
    assert len(OWN) >= 14


@pytest.mark.parametrize("dtype", [pytest.param("fp64", marks=pytest.mark.slow), "fp32"])
def test_what_is_not_declared_is_found_out_and_never_wrong(dtype):
    result = found(other_choices(), dtypes=(dtype,))
    assert result.bad == ()
    assert result.observed == OTHERS
    assert {f.property for f in result.findings if f.outcome == DIFFERS} == set(NAMES)
    undeclared = found(sound(contract=Contract()), dtypes=(dtype,))
    assert undeclared.observed == FIRST
    assert undeclared.counts[DIFFERS] == 0


@pytest.mark.parametrize("field", OTHERS)
def test_a_choice_is_held_to_where_it_is_declared(field):
    """The same function passes under its own declaration and fails under the other."""
    rest = {**OTHERS, field: None}
    right = found(other_choices(contract=Contract(**{**rest, field: OTHERS[field]})))
    wrong = found(other_choices(contract=Contract(**{**rest, field: FIRST[field]})))
    assert right.counts[DIFFERS] == 0
    assert right.bad == ()
    assert wrong.counts[FAIL] > 0


def test_every_choice_is_a_field_of_the_contract():
    assert set(CHOICES) == {field.name for field in fields(Contract)}
    for field in OTHERS:
        with pytest.raises(ValueError, match=f"{field} is 'x'; expected one of"):
            Contract(**{field: "x"})


def test_every_property_of_this_kind_is_among_the_properties():
    assert set(NAMES) <= set(PROPERTIES)


def test_a_target_without_them_is_not_asked():
    bare = torch_target("bare", "scaled_dot", parts.assemble(), dtypes=("fp32",))
    result = found(bare)
    assert result.counts == {UNSUPPORTED: len(NAMES)}
    assert all(f.reason for f in result.findings)


def test_a_target_that_raises_is_an_error_and_not_a_catch():
    def raises(**given):
        raise RuntimeError("no kernel")

    target = parts.target("raises", raises, outputs=("context", "lse"))
    result = found(target)
    assert result.counts[FAIL] == result.counts[PASS] == 0
    assert {f.property for f in result.findings if f.outcome == ERROR} == set(NAMES)


def test_every_grouped_kernel_of_torch_is_accepted():
    result = found(correct()["torch SDPA, grouped heads"], "grouped heads", dtypes=("fp64", "fp32", "bf16", "fp16"))
    assert result.bad == ()
    assert result.observed == {"groups": "consecutive"}


def test_a_result_of_the_wrong_heads_is_a_failure_and_no_crash():
    def repeated(**given):
        return parts.assemble()(**given).repeat_interleave(2, -3)

    target = torch_target("twice the heads", "scaled_dot", repeated, takes=("groups",), dtypes=("fp32",))
    result = found(target, "grouped heads")
    assert result.counts[FAIL] > 0
    assert result.counts[ERROR] == 0


def test_wrong_gradients_alone_are_caught():
    """Context right, gradients cut: each property looks at the gradients as well."""

    def cut(**given):
        context, level = parts.assemble(level=parts.level)(**given)
        stopped = {n: a.detach() if isinstance(a, torch.Tensor) else a for n, a in given.items()}
        other, _ = parts.assemble(level=parts.level)(**stopped)
        return other + 0.5 * (context - context.detach()), level

    target = parts.target("half the gradient", cut, outputs=("context", "lse"))
    assert set(found(target).caught_by) == set(NAMES)


def test_a_level_made_again_in_the_backward_pass_is_within_its_bound():
    """Autograd's own derivative of logsumexp is exp(t − ℓ), which errs by u|ℓ|: large beside a stored weight's
    error.
    """
    additive = correct()["assembled additive with log-sum-exp"]
    assert found(additive, "log-sum-exp", dtypes=("fp64", "fp32")).bad == ()
    half = correct()["assembled scaled_dot with log-sum-exp"]
    for seed in range(5):
        result = examine(half, "quick", seed, properties=["log-sum-exp"], dtypes=("fp64",))
        assert result.bad == ()


def test_without_a_rate_there_is_nothing_to_choose():
    target = replace(sound(contract=Contract()), takes=("dropout",), outputs=("context",))
    result = found(target, "dropout mask")
    assert result.observed == {}
    assert result.counts[PASS] == len(result.findings)


def settled(outcomes: dict[str, str], declared: str | None = None):
    def attempt(choice):
        outcome = outcomes[choice["rotary"]]
        return [Finding(outcome, None if outcome == PASS else f"under {choice['rotary']}")]

    return settle(sound(contract=Contract(rotary=declared)), ("rotary",), attempt)


def test_what_fits_every_choice_shows_none():
    (_, last) = settled({"half-split": PASS, "interleaved": PASS})
    assert (last.outcome, last.observed) == (PASS, {})


def test_what_fits_no_choice_fails_for_the_first():
    (only,) = settled({"half-split": FAIL, "interleaved": FAIL})
    assert only.outcome == FAIL
    assert only.reason == "under no choice of rotary; under rotary 'half-split': under half-split"
    (only,) = settled({"half-split": PASS, "interleaved": FAIL}, "interleaved")
    assert (only.outcome, only.reason) == (FAIL, "under interleaved")


def test_what_is_too_loose_settles_nothing():
    assert [f.outcome for f in settled({"half-split": ABSTAIN, "interleaved": ABSTAIN})] == [ABSTAIN]
    (_, last) = settled({"half-split": FAIL, "interleaved": PASS})
    assert (last.outcome, last.observed) == (DIFFERS, {"rotary": "interleaved"})


def test_tables_are_those_of_consecutive_positions():
    made = tables(ROTARY.n_q, ROTARY.n_k, ROTARY.d_q, "fp64")
    assert made["cos_query"].shape == (ROTARY.n_q, ROTARY.d_q // 2)
    assert np.array_equal(made["cos_query"], made["cos_key"][-ROTARY.n_q :])
    assert np.allclose(made["cos_key"] ** 2 + made["sin_key"] ** 2, 1.0, rtol=0, atol=1e-15)


def test_alibi_is_added_per_head():
    made = alibi_property.added(3, "distance", 4)
    assert made[0].tolist() == [[0.0, -0.25, -0.5], [-0.25, 0.0, -0.25], [-0.5, -0.25, 0.0]]
    assert np.array_equal(
        alibi_property.added(3, "signed", 4)[1], 2.0**-4 * np.subtract.outer(range(3), range(3)) * -1.0
    )
    assert alibi_property.added(2, "distance", 3)[:, 0, 1].tolist() == [-(2.0**-4), -(2.0**-8), -0.25]


def test_no_query_loses_all_its_keys_beside_a_sink():
    case = case_of(sound(), Draw(ROTARY))
    mask = arrays(case, ["bias"])["bias"]
    assert np.isneginf(mask).any()
    assert not np.isneginf(mask).all(-1).any()


def test_the_rotations_of_both_conventions_are_the_same_up_to_order():
    x, angle = torch.randn(4, 6, dtype=torch.float64), torch.randn(4, 3, dtype=torch.float64)
    order = [0, 2, 4, 1, 3, 5]
    split = parts.rotate(x[:, order], angle.cos(), angle.sin())
    assert torch.equal(features.interleaved(x, angle.cos(), angle.sin())[:, order], split)
