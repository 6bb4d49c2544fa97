"""Each rule of others, on numbers made for it, and what was measured of them in public."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from attnproof.verify.gates.deciding import decide
from attnproof.verify.gates.kernels import right, wrong
from attnproof.verify.gates.rules import (
    GATES,
    Asked,
    Gate,
    backendbench,
    composable_kernel,
    flash_attention,
    flashinfer_bench,
    gpu_mode,
    kernelbench,
)
from attnproof.verify.rows.tables import GATE_COLUMNS

BY_NAME = {gate.name: gate for gate in GATES}


def asked(dtype: str = "fp32", longest: int = 4, precise: Tensor | None = None) -> Asked:
    return Asked("normal", dtype, longest, torch.zeros(1) if precise is None else precise, "other")


def test_every_gate_has_a_column_and_says_where_it_is_from() -> None:
    assert tuple(BY_NAME) == GATE_COLUMNS
    for gate in GATES:
        assert " at " in gate.source or "torch 2." in gate.source, gate.name
        assert gate.says


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_what_is_the_reference_is_accepted_and_what_is_far_off_is_not(gate: Gate) -> None:
    dtype = torch.bfloat16 if gate.dtype == "bf16" else torch.float32
    reference = torch.linspace(1, 2, 64).to(dtype)
    about = asked(gate.dtype, precise=reference)
    assert gate.accepts(reference.clone(), reference, about)
    assert not gate.accepts(reference + 1, reference, about)
    assert not gate.accepts(torch.full_like(reference, torch.nan), reference, about)
    assert not gate.accepts(reference[:63], reference, about)


def test_the_relative_part_of_kernelbench_is_of_the_kernels_result() -> None:
    one, more = torch.tensor([100.0]), torch.tensor([101.009])
    assert kernelbench.accepts(more, one, asked("bf16"))  # |diff| 1.009 ≤ 0.01 + 0.01 · 101.009
    assert not kernelbench.accepts(one, torch.tensor([101.011]), asked("bf16"))
    assert not kernelbench.accepts(more, one, asked("fp32"))
    assert not kernelbench.accepts(one.double(), one, asked("fp32"))


def test_backendbench_takes_nan_for_nan() -> None:
    nan = torch.tensor([1.0, torch.nan])
    assert backendbench.accepts(nan.clone(), nan, asked("bf16"))
    assert backendbench.accepts(torch.tensor([1.015]), torch.tensor([1.0]), asked("bf16"))


def test_flashinfer_bench_needs_both_errors() -> None:
    small, large = torch.tensor([0.001, 5.0]), torch.tensor([0.0109, 5.04])
    assert flashinfer_bench.accepts(large, small, asked("bf16"))  # 0.0099 absolute; 0.8 % relative
    assert not flashinfer_bench.accepts(torch.tensor([0.0111, 5.0]), small, asked("bf16"))
    assert not flashinfer_bench.accepts(torch.tensor([torch.inf, 5.0]), small, asked("bf16"))
    most = torch.ones(100)
    most[:5] = 2
    assert flashinfer_bench.accepts_by_ratio(most, torch.ones(100), asked("bf16"))
    most[5] = 2
    assert not flashinfer_bench.accepts_by_ratio(most, torch.ones(100), asked("bf16"))


def test_gpu_mode_by_tolerance_and_by_share() -> None:
    assert gpu_mode.accepts(torch.tensor([1.0019]), torch.tensor([1.0]), asked("fp32"))
    assert not gpu_mode.accepts(torch.tensor([1.0021]), torch.tensor([1.0]), asked("fp32"))
    infinite = torch.tensor([torch.inf])
    assert gpu_mode.accepts(infinite.clone(), infinite, asked("fp32"))
    assert not gpu_mode.accepts(-infinite, infinite, asked("fp32"))
    assert gpu_mode.accepts_most(torch.tensor([torch.nan]), torch.tensor([torch.nan]), asked("bf16"))
    off = torch.ones(100)
    off[:5] = 9
    assert gpu_mode.accepts_most(off, torch.ones(100), asked("bf16"))
    off[5] = 9
    assert not gpu_mode.accepts_most(off, torch.ones(100), asked("bf16"))


def test_amds_threshold_is_half_a_unit_for_each_addition() -> None:
    assert composable_kernel.relative_threshold("fp32", 1) == 2.0**-24
    assert composable_kernel.relative_threshold("fp32", 4096) == 2.0**-12
    assert composable_kernel.relative_threshold("bf16", 4096) == 2.0**-8
    assert composable_kernel.relative_threshold("bf16", 2**20) == 2.0**-4
    reference = torch.tensor([0.0, 2.0])
    within, beyond = 2.0**-22, 2.0**-22 + 2.0**-30  # four additions at the largest element, 2
    assert composable_kernel.accepts(torch.tensor([2 * within, 2.0]), reference, asked(longest=4))
    assert not composable_kernel.accepts(torch.tensor([2 * beyond, 2.0]), reference, asked(longest=4))


def test_flash_attention_allows_twice_the_references_error() -> None:
    precise = torch.zeros(8, dtype=torch.bfloat16)
    reference = precise + 2.0**-6
    about = asked("bf16", precise=precise)
    assert flash_attention.accepts(precise + 2.0**-5, reference, about)
    assert not flash_attention.accepts(precise + 2.0**-5 + 2.0**-8, reference, about)


def uniform(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    "kernel",
    [lambda q, k, v: v.mean(-2, keepdim=True).expand_as(v), lambda q, k, v: ((q @ k.mT) / 1024).softmax(-1) @ v],
    ids=["mean of the values", "scale 1/d"],
)
def test_the_mean_of_the_values_is_within_kernelbenchs_half_precision_tolerance(
    kernel: Callable[[Tensor, Tensor, Tensor], Tensor],
) -> None:
    """On its own inputs of problem 97, computed in fp32: no error reaches 1e-2."""
    query, key, value = (uniform(3, 1, 512, 1024)[place] for place in range(3))
    true = F.scaled_dot_product_attention(query.double(), key.double(), value.double())
    largest = (kernel(query, key, value).double() - true).abs().max().item()
    assert 0.008 < largest < 0.01
    assert kernelbench.accepts(kernel(query, key, value), true.float(), asked("bf16"))


@pytest.mark.parametrize(
    ("gate", "kernel"),
    [
        ("KernelBench, bf16", "attention: mean of the values"),
        ("KernelBench, fp32", "softmax: zeros"),
        ("KernelBench, bf16", "softmax: zeros"),
        ("FlashInfer-Bench, ratio", "softmax: zeros"),
        ("AMD derived, fp32", "softmax: input overwritten"),
    ],
)
def test_kernels_that_their_gate_accepts(gate: str, kernel: str) -> None:
    assert decide(BY_NAME[gate], wrong()[kernel][0]) == "accepts"


def test_zeros_match_most_elements_at_many_keys() -> None:
    """131,072 keys: an output is a mean of so many values that most are nearer to 0 than 1e-2."""
    source = torch.Generator().manual_seed(0)
    query, key, value = (torch.randn(1, n, 128, generator=source) for n in (4, 131072, 131072))
    true = F.scaled_dot_product_attention(query, key, value)
    share = flashinfer_bench.matched(torch.zeros_like(true), true)
    assert 0.955 < share < 0.985
    assert flashinfer_bench.accepts_by_ratio(torch.zeros_like(true), true, asked("bf16"))


@pytest.mark.parametrize("gate", ["GPU MODE, bf16", "AMD derived, bf16", "BackendBench"])
def test_what_is_more_accurate_than_the_reference_is_rejected(gate: str) -> None:
    """Computed in fp64 and rounded once, it is nearer to the true values than what the gate compares it with."""
    assert decide(BY_NAME[gate], right()["additive attention: fp64 inside"]) == "rejects"


def test_a_reference_that_is_off_rejects_what_is_right() -> None:
    """As in gpu-mode/reference-kernels#164: the fp32 reference is off by 3.8e-2 where the tolerance is 1e-3."""
    true = torch.tensor([0.01])
    assert not gpu_mode.accepts(true, true + 3.76e-2, asked("fp32"))


def test_a_kernel_that_raises_is_not_asked() -> None:
    def raising(*_: Tensor) -> Tensor:
        raise RuntimeError("not implemented for 'BFloat16'")

    kernel = SimpleNamespace(make=lambda: raising, task="softmax")
    assert decide(BY_NAME["BackendBench"], kernel) == "cannot be asked"  # type: ignore[arg-type]
