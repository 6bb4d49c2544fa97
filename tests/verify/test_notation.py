"""Numbers in one notation, and arrays that can be pasted."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from attnproof.verify.arithmetic.notation import MOST_PASTED, number, pasted


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1 (0x1.999999999999ap-4)"),
        ("-0x1.8p+1", "-3.0 (-0x1.8p+1)"),
        ("0.25", "0.25 (0x1p-2)"),
        (0.0, "0.0 (0x0p+0)"),
        (float("-inf"), "-inf"),
        ("nan", "nan"),
        (5e-324, "5e-324 (0x0.0000000000001p-1022)"),
    ],
)
def test_number(value: float | str, text: str) -> None:
    assert number(value) == text


def test_both_notations_are_exact() -> None:
    for value in np.random.default_rng(0).standard_normal(200) * 2.0 ** np.arange(-100, 100):
        decimal, hexadecimal = number(float(value)).rstrip(")").split(" (")
        assert float(decimal) == float.fromhex(hexadecimal) == value


@pytest.mark.parametrize("dtype", ["fp64", "fp32", "bf16", "fp16"])
def test_what_is_pasted_has_the_same_bits(dtype: str) -> None:
    kind = {"fp64": torch.float64, "fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[dtype]
    tensor = torch.randn(3, 4, generator=torch.Generator().manual_seed(0)).to(kind)
    tensor[0, 0], tensor[1, 1] = -torch.inf, torch.nan
    found = eval(str(pasted(tensor.double().numpy(), dtype, "torch")), {"torch": torch})
    assert found.dtype == kind
    assert torch.equal(found.nan_to_num(7.0), tensor.nan_to_num(7.0))
    assert torch.equal(found.isnan(), tensor.isnan())
    if dtype != "bf16":
        array = eval(str(pasted(tensor.double().numpy(), dtype, "numpy")), {"np": np})
        assert np.array_equal(array, tensor.numpy(), equal_nan=True)
        assert array.dtype == tensor.numpy().dtype


def test_masks_lengths_flags_and_big_arrays() -> None:
    assert pasted(np.array([[True, False]]), "fp32", "torch") == "torch.tensor([[True, False]], dtype=torch.bool)"
    assert pasted(np.array([2, 3]), "fp32", "numpy") == "np.array([2, 3], dtype=np.int64)"
    assert pasted(np.array(2.0), "bf16", "jax") == "jnp.array(2.0, dtype=jnp.bfloat16)"
    assert pasted(True, "fp32", "torch") == "True"
    assert pasted(np.zeros(MOST_PASTED + 1), "fp32", "torch") is None
