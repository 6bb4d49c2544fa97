"""The arithmetic of backends: exhaustive measurements in half formats, assumptions that samples must not contradict."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from attnproof.verify.arithmetic import function_errors
from attnproof.verify.arithmetic.backends import arithmetic, backend, function_error
from attnproof.verify.arithmetic.formats import BF16, FORMATS, FP16, FP32
from attnproof.verify.arithmetic.function_errors import (
    FUNCTIONS,
    RECORDED,
    FunctionError,
    measure,
    patterns,
    sample,
    ulps,
)

HALF = [("numpy", "fp16"), ("torch", "fp16"), ("torch", "bf16")]
WIDE = [(framework, dtype) for framework in ("numpy", "torch") for dtype in ("fp32", "fp64")]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(("framework", "dtype"), HALF)
def test_half_formats_are_measured_at_every_input(framework, dtype, function):
    found = measure(framework, function, dtype)
    assert found.grade == "exhaustive"
    assert 0.5 <= found.relative <= 8.0  # nothing is better than correct rounding, and 4 ulp is what anyone promises
    assert found.absolute <= 4.0
    assert function_error(framework, function, dtype) is found


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(("framework", "dtype"), HALF)
def test_the_measurement_is_the_one_recorded(framework, dtype, function):
    if (np.__version__, torch.__version__.split("+")[0], torch.backends.cpu.get_cpu_capability()) != RECORDED.at:
        pytest.skip(f"recorded with {RECORDED.at}; the bounds use what is measured here")
    found = measure(framework, function, dtype)
    assert (found.relative, found.absolute) == pytest.approx(RECORDED.figures[framework, function, dtype], rel=1e-9)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(("framework", "dtype"), WIDE)
def test_no_sample_contradicts_an_assumption(framework, dtype, function):
    assumed, seen = (
        function_error(framework, function, dtype, documented=True),
        sample(framework, function, dtype, 4000),
    )
    assert assumed.grade == "assumed"
    assert assumed.origin
    assert seen.relative > 0.5  # it did measure something: no library rounds every result correctly
    assert not assumed.contradicts(seen)
    assert not function_error(framework, function, dtype).contradicts(seen)


def test_a_sample_would_contradict_a_wrong_assumption():
    assert ulps(0.4, "too good").contradicts(sample("numpy", "exp", "fp32", 4000))


def test_a_wrong_function_is_measured_as_wrong(monkeypatch):
    real = function_errors._apply

    def off_by_one_in_a_thousand(*args, **kwargs):
        return real(*args, **kwargs) * 1.001

    monkeypatch.setattr(function_errors, "_apply", off_by_one_in_a_thousand)
    assert measure.__wrapped__("torch", "tanh", "fp16").relative > 0.001 / FP16.unit_roundoff
    assert sample("torch", "tanh", "fp32", 1000).relative > 0.0009 / FP32.unit_roundoff


def test_a_nan_in_a_function_is_an_error(monkeypatch):
    real = function_errors._apply

    def with_nan(*args, **kwargs):
        result = real(*args, **kwargs)
        result[100] = np.nan
        return result

    monkeypatch.setattr(function_errors, "_apply", with_nan)
    with pytest.raises(ValueError, match="torch exp in bf16"):
        measure.__wrapped__("torch", "exp", "bf16")


def test_patterns_are_all_values():
    for fmt in (FP16, BF16):
        values = patterns(fmt)
        assert len(values) == 65536
        assert np.max(values[np.isfinite(values)]) == fmt.max
        assert np.min(values[values > 0]) == fmt.smallest_subnormal
    with pytest.raises(ValueError, match="not fp32"):
        patterns(FP32)


def test_ulps_in_units_of_u():
    assert ulps(2.0, "x") == FunctionError(4.0, 2.0, "assumed", "x")


@pytest.mark.parametrize("dtype", FORMATS)
def test_an_implementation_gets_the_arithmetic_of_its_framework(dtype):
    declared = SimpleNamespace(
        name="reference-torch", framework="torch", tanh_derivative="one_minus_tanh2", arithmetic=None
    )
    found = arithmetic(declared, dtype)
    assert found == backend("torch", dtype, tanh_derivative="one_minus_tanh2")
    assert not found.fused
    assert (found.accumulation == FP32) == (dtype in ("bf16", "fp16"))
    fused = arithmetic(
        SimpleNamespace(name="torch-sdpa", framework="torch", tanh_derivative="sech2", arithmetic=None), dtype
    )
    assert fused.fused
    assert fused.softmax_exp.relative >= found.exp.relative
    cuda = arithmetic(declared, dtype, "cuda")
    assert cuda.accumulation is None


def test_numpy_has_no_bf16_and_an_unknown_format_is_named():
    assert backend("numpy", "bf16").exp.relative == np.inf
    with pytest.raises(KeyError, match="fp8"):
        backend("torch", "fp8")


@pytest.mark.parametrize("dtype", ["fp16", "bf16"])
def test_torch_on_the_cpu_sums_half_formats_in_fp32(dtype):
    """What ``accumulation`` declares: 1 + n·u/2 stays 1 when it is summed in the format."""
    torch_dtype = {"fp16": torch.float16, "bf16": torch.bfloat16}[dtype]
    n, u = 1024, FORMATS[dtype].unit_roundoff
    x = torch.full((n,), u / 2, dtype=torch_dtype)
    x[0] = 1
    one, rows = torch.ones(n, dtype=torch_dtype), x.expand(8, n).contiguous()
    columns = one[:, None].expand(n, 8).contiguous()
    expected = torch.tensor(1 + (n - 1) * u / 2).to(torch_dtype)
    sums = {
        "sum of a row": x.sum(),
        "sum of a column": rows.T.contiguous().sum(0)[0],
        "sum of two axes": x.reshape(32, 32)[None].sum((1, 2))[0],
        "dot": x @ one,
        "matrix by vector": (rows @ one)[0],
        "transposed by vector": (rows.T.contiguous().T @ one)[0],
        "matrix by matrix": (rows @ columns)[0, 0],
        "transposed by matrix": (rows.T.contiguous().T @ columns)[0, 0],
        "batched": torch.bmm(rows.expand(3, 8, n).contiguous(), columns.expand(3, n, 8).contiguous())[0, 0, 0],
        "einsum": torch.einsum("bin,bn->bi", rows.expand(3, 8, n).contiguous(), one.expand(3, n).contiguous())[0, 0],
    }
    assert {name: float(value) for name, value in sums.items()} == dict.fromkeys(sums, float(expected))
