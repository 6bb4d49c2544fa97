"""The kernels are what they are said to be, by true values that share nothing with them."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from mpmath import mp

from attnproof.verify.gates.kernels import right, shown, wrong
from attnproof.verify.gates.kernels.kernel import Kernel, stateless
from attnproof.verify.gates.tasks import TASKS, truths


def test_there_are_enough_of_each() -> None:
    by_task = Counter(kernel.task for kernel, _ in wrong().values())
    assert sum(by_task.values()) >= 200
    assert set(by_task) == set(TASKS) == {kernel.task for kernel in right().values()}
    assert len(right()) >= 50
    kinds = {kernel.kind for kernel in right().values()}
    assert {"fused", "tiles", "split", "base 2", "more precise", "pairwise", "compensated", "library"} <= kinds


def test_a_wrong_one_is_off_by_more_than_any_right_one_may_be() -> None:
    assert all(how.ratio > 1.0 for _, how in wrong().values())
    assert not {name for name, (kernel, _) in wrong().items() if kernel.right}


@pytest.mark.parametrize("name", list(right()))
def test_a_right_one_is_within_what_a_right_one_may_be_off_by(name: str) -> None:
    assert shown.right(right()[name]).ratio <= 1.0


@pytest.mark.parametrize("task", list(TASKS))
def test_plain_program_reference_and_truth_agree(task: str) -> None:
    for function in (TASKS[task].plain, TASKS[task].reference):
        kernel = stateless("as it is", task, "plain", function, right=True)
        assert shown.right(kernel).ratio <= 1.0


def test_a_constant_off_by_a_ten_thousandth_is_shown() -> None:
    kernel = stateless("a ten thousandth more", "softmax", "1 % more", lambda x: x.softmax(-1) * (1 + 1e-4))
    found = shown.wrong(kernel)
    assert found is not None
    assert found.where.startswith("normal/8")


@pytest.mark.parametrize("task", list(TASKS))
def test_the_inputs_are_of_the_size_that_the_room_is_derived_for(task: str) -> None:
    for asked in shown.inputs_of(task):
        arrays = zip(TASKS[task].names, asked.inputs, strict=True)
        sizes = {name: float(each.abs().max()) for name, each in arrays if each.is_floating_point()}
        most = 0.5 if asked.room == shown.SMALL else 4.0
        free = {name: size for name, size in sizes.items() if name not in shown.ANGLES}
        assert asked.where in ("+1024", "-1024") or max(free.values()) <= most, asked.where
        assert all(size <= most / 2 for name, size in free.items() if name.startswith("weight")), asked.where
        if "normalisation" in task and "equal" not in asked.where:
            x = asked.inputs[0].double()
            assert x.var(-1, correction=0).min() >= 2.0**-10 or task.startswith("RMS")
            assert x.square().mean(-1).min() >= 2.0**-10


def test_what_only_raises_or_has_other_sizes_than_squares_against_it_is_not_wrong() -> None:
    def raising(x: torch.Tensor) -> torch.Tensor:
        raise ValueError

    assert shown.wrong(stateless("raises", "softmax", "", raising)) is None
    turned = stateless("needs a square", "softmax", "", lambda x: x @ x)
    assert shown.wrong(turned) is None


def test_state_is_seen_by_calling_again() -> None:
    for name in ("result of the previous call", "right once, then zeros", "input overwritten", "sums up its calls"):
        assert f"attention: {name}" in wrong()


def test_the_truth_has_many_digits_whatever_the_caller_works_with() -> None:
    with mp.workdps(5):
        (value,) = truths.softmax([0.0])
        half = truths.softmax([0.0, 0.0])[0]
        third = truths.softmax([0.0, 0.0, 0.0])[0]
    with mp.workdps(60):
        assert value == 1
        assert half == mp.mpf(1) / 2
        assert abs(third - mp.mpf(1) / 3) < mp.mpf(10) ** -58


def test_an_instance_is_new_each_time() -> None:
    kernel: Kernel = wrong()["attention: right once, then zeros"][0]
    assert kernel.make() is not kernel.make()
