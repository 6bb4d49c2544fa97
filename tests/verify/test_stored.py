"""Query, key and value in 8 bits beside scales: exact parts, right programs accepted, wrong ones caught."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from attnproof.verify.arithmetic.formats import E4M3, FORMATS, STORED, STORED_TYPES
from attnproof.verify.checking.check import check
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.making import make_target
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import SETTINGS
from attnproof.verify.properties import PROPERTIES
from attnproof.verify.properties.property import Draw
from attnproof.verify.targets.stored import on_grid, stored_request
from attnproof.verify.targets.target import Stored, Unsupported, plain

EVERY = tuple(Stored(name, "fp8_e4m3") for name in ("query", "key", "value"))
HEADS = "query=b h q d, key=b h k d, value=b h k v, context=b h q v, scale_query=h, scale_key=b h, scale_value=b h"


def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return torch.softmax(query @ key.mT * query.shape[-1] ** -0.5, -1) @ value


def right(query: Tensor, key: Tensor, value: Tensor, scale_query: Any, scale_key: Any, scale_value: Any) -> Tensor:
    return attend(query.float() * scale_query, key.float() * scale_key, value.float() * scale_value)


def in_bf16(query: Tensor, key: Tensor, value: Tensor, scale_query: Any, scale_key: Any, scale_value: Any) -> Tensor:
    pairs = ((query, scale_query), (key, scale_key), (value, scale_value))
    return attend(*((array.float() * scale).bfloat16() for array, scale in pairs))


def late(query: Tensor, key: Tensor, value: Tensor, scale_query: Any, scale_key: Any, scale_value: Any) -> Tensor:
    """Scales of the scores after the product, of the values after theirs."""
    scores = query.float() @ key.float().mT * (scale_query * scale_key * query.shape[-1] ** -0.5)
    return torch.softmax(scores, -1) @ value.float() * scale_value


def cached(query: Tensor, key: Tensor, value: Tensor, k_scale: Tensor, v_scale: Tensor) -> Tensor:
    """Only keys and values are stored."""
    return attend(query, key.to(query.dtype) * k_scale, value.to(query.dtype) * v_scale)


def of_heads(query: Tensor, key: Tensor, value: Tensor, scale_query: Any, scale_key: Any, scale_value: Any) -> Tensor:
    scales = (scale[..., None, None] for scale in (scale_query, scale_key, scale_value))
    return right(query, key, value, *scales)


def forgotten(query: Tensor, key: Tensor, value: Tensor, scale_query: Any, scale_key: Any, scale_value: Any) -> Tensor:
    del scale_key
    return right(query, key, value, scale_query, 1.0, scale_value)


def of_the_key(query: Tensor, key: Tensor, value: Tensor, scale_query: Any, scale_key: Any, scale_value: Any) -> Tensor:
    del scale_query
    return right(query, key, value, scale_key, scale_key, scale_value)


def after_softmax(
    query: Tensor, key: Tensor, value: Tensor, scale_query: Any, scale_key: Any, scale_value: Any
) -> Tensor:
    weights = torch.softmax(query.float() @ key.float().mT * query.shape[-1] ** -0.5, -1)
    return weights * (scale_query * scale_key) @ (value.float() * scale_value)


def twice(query: Tensor, key: Tensor, value: Tensor, scale_query: Any, scale_key: Any, scale_value: Any) -> Tensor:
    return right(query, key, value, scale_query, scale_key, scale_value * scale_value)


def misread(query: Tensor, key: Tensor, value: Tensor, scale_query: Any, scale_key: Any, scale_value: Any) -> Tensor:
    """E5M2 taken for E4M3."""
    return right(query, key.view(torch.float8_e4m3fn), value, scale_query, scale_key, scale_value)


def rounded(query: Tensor, key: Tensor, value: Tensor, scale_query: Any, scale_key: Any, scale_value: Any) -> Tensor:
    """A scale in half precision."""
    return right(query, key, value, scale_query.bfloat16().float(), scale_key, scale_value)


def next_head(query: Tensor, key: Tensor, value: Tensor, scale_query: Any, scale_key: Any, scale_value: Any) -> Tensor:
    return of_heads(query, key, value, scale_query, scale_key.roll(1, -1), scale_value)


def outcomes(
    function: Callable[..., Any], stored: str, dtypes: tuple[str, ...] = ("fp32",), **declared: Any
) -> set[str]:
    """Of the property of values, and of one set of questions of the algebra."""
    declaration = Declaration("x", "scaled_dot", stored=(stored,), dtypes=dtypes, **declared)
    target = make_target(declaration, function)
    values = PROPERTIES["values"]
    draws = [Draw(SETTINGS["base"], "normal", target.dtypes[0]), Draw(SETTINGS["base"], "large", target.dtypes[0])]
    found = [finding for draw in draws for finding in values.check(target, draw)]
    algebra = PROPERTIES["algebra"]
    draw = next(iter(algebra.draws(target, "quick", target.dtypes[0], "cpu", 0)))
    return {finding.outcome for finding in (*found, *algebra.check(target, replace(draw, asked=draw.asked[:1])))}


@pytest.mark.parametrize("fmt", STORED)
def test_formats_are_those_of_torch_and_ml_dtypes(fmt: str) -> None:
    """Every one of the 256 patterns."""
    ml_dtypes = pytest.importorskip("ml_dtypes")
    bits = np.arange(256, dtype=np.uint8)
    values = torch.tensor(bits).view(getattr(torch, STORED_TYPES[fmt])).to(torch.float64).numpy()
    assert np.array_equal(values, bits.view(getattr(ml_dtypes, STORED_TYPES[fmt])).astype(np.float64), equal_nan=True)
    finite = values[np.isfinite(values)]
    assert STORED[fmt].representable(finite).all()
    assert finite.max() == STORED[fmt].max
    assert np.abs(finite[finite != 0]).min() == STORED[fmt].smallest_subnormal
    between = (np.unique(finite)[1:] + np.unique(finite)[:-1]) / 2
    assert not STORED[fmt].representable(between).any()
    assert bool(STORED[fmt].representable(np.array([np.inf]))[0]) == bool(np.isinf(values).any())


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("fmt", STORED)
def test_products_are_exact_in_the_format_that_is_computed_in(fmt: str, dtype: str) -> None:
    stored = tuple(Stored(name, fmt, along=(True,)) for name in ("query", "key", "value"))
    for name in ("normal", "large", "tied", "low_rank"):
        case = on_grid(make_case("scaled_dot", SETTINGS["base"], name, dtype, 0), stored)  # raises where one is not
        request = stored_request(plain(case), stored)
        for each in stored:
            numbers, scale = request.given[each.name], request.given[f"scale_{each.name}"]
            assert STORED[fmt].representable(numbers).all()
            assert np.abs(numbers).max() > STORED[fmt].max / 4 or dtype == "fp16"
            whole = numbers * (scale[..., None, None] if scale.ndim else scale)
            assert np.array_equal(whole, case.inputs[each.name])
            assert np.array_equal(scale, np.float32(scale))
        assert request.formats == dict.fromkeys(("query", "key", "value"), fmt) | dict.fromkeys(
            ("scale_query", "scale_key", "scale_value"), "fp32"
        )


def test_numbers_that_are_no_scale_times_eight_bits_are_not_asked() -> None:
    case = make_case("scaled_dot", SETTINGS["base"], "normal", "fp32", 0)
    with pytest.raises(Unsupported, match="query that are no scale times fp8_e4m3"):
        stored_request(plain(case), EVERY)
    grid = on_grid(case, EVERY)
    value = grid.inputs["value"].copy()
    value[0] = np.nan
    request = plain(grid)
    given = {**request.given, "value": value}
    assert np.isnan(stored_request(replace(request, given=given), EVERY).given["value"][0]).all()
    value[0] = np.inf
    with pytest.raises(Unsupported, match="value that are no scale"):
        stored_request(replace(request, given=given), EVERY)


@pytest.mark.parametrize(
    ("function", "stored", "declared"),
    [
        (right, "fp8_e4m3", {}),
        (right, "fp8_e5m2", {}),
        (late, "fp8_e4m3", {}),
        (in_bf16, "fp8_e4m3", {"dtypes": ("bf16",)}),
        (of_heads, "fp8_e4m3", {"layout": HEADS}),
    ],
)
def test_right_programs_are_not_accused(function: Callable[..., Any], stored: str, declared: Any) -> None:
    assert outcomes(function, stored, **declared) == {"pass"}


def test_only_keys_and_values_may_be_stored() -> None:
    named = ("scale_key=k_scale", "scale_value=v_scale")
    declaration = Declaration("x", "scaled_dot", stored=("key=fp8_e4m3", "value=fp8_e5m2"), arguments=named)
    target = make_target(declaration, cached)
    assert target.dtypes == ("fp32",)
    found = PROPERTIES["values"].check(target, Draw(SETTINGS["base"], "normal", "fp32"))
    assert {finding.quantity for finding in found} == {"context", "grad.query"}
    assert {finding.outcome for finding in found} == {"pass"}


@pytest.mark.parametrize(
    ("function", "stored", "declared"),
    [
        (forgotten, "fp8_e4m3", {}),
        (of_the_key, "fp8_e4m3", {}),
        (after_softmax, "fp8_e4m3", {}),
        (twice, "fp8_e4m3", {}),
        (misread, "fp8_e5m2", {}),
        (rounded, "fp8_e4m3", {}),
        (next_head, "fp8_e4m3", {"layout": HEADS}),
    ],
)
def test_wrong_programs_are_caught(function: Callable[..., Any], stored: str, declared: Any) -> None:
    assert "fail" in outcomes(function, stored, **declared)


def in_numpy(query: Any, key: Any, value: Any, scale_query: Any, scale_key: Any, scale_value: Any) -> Any:
    q, k, v = (a.astype(np.float32) * s for a, s in ((query, scale_query), (key, scale_key), (value, scale_value)))
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(np.float32(q.shape[-1]))
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True) @ v


@pytest.mark.parametrize(("factor", "expected"), [(1.0, {"pass"}), (2.0, {"fail"})])
def test_arrays_of_ml_dtypes(factor: float, expected: set[str]) -> None:
    pytest.importorskip("ml_dtypes")

    def function(scale_key: Any, **given: Any) -> Any:
        return in_numpy(scale_key=scale_key * np.float32(factor), **given)

    assert outcomes(function, "fp8_e4m3", framework="numpy") == expected


def test_arrays_of_jax() -> None:
    jax = pytest.importorskip("jax")

    def function(query: Any, key: Any, value: Any, scale_query: Any, scale_key: Any, scale_value: Any) -> Any:
        pairs = ((query, scale_query), (key, scale_key), (value, scale_value))
        q, k, v = (array.astype(np.float32) * scale for array, scale in pairs)
        return (jax.nn.softmax(q @ k.mT * q.shape[-1] ** -0.5, -1) @ v).astype(jax.numpy.bfloat16)

    declaration = Declaration("x", "scaled_dot", stored=("fp8_e5m2",), framework="jax")
    target = make_target(declaration, function)
    assert target.dtypes == ("bf16",)  # that of its results
    found = PROPERTIES["values"].check(target, Draw(SETTINGS["base"], "normal", "bf16"))
    assert {finding.outcome for finding in found} == {"pass"}


def test_the_report_says_what_is_stored_and_that_it_has_no_gradients() -> None:
    report = check(twice, "scaled_dot", stored=("fp8_e4m3",), properties=("values",))
    text = report.summary()
    assert ", query and key and value in fp8_e4m3: FAULT FOUND" in text
    assert "not asked  gradients of query, key, value: numbers stored in 8 bits have none" in text
    assert re.search(r"query = torch\.tensor\(.*, dtype=torch\.float8_e4m3fn\)", text)
    assert re.search(r"scale_query = torch\.tensor\(.*, dtype=torch\.float32\)", text)


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"stored": ("fp8",)}, "unknown format to store in 'fp8'; expected one of fp8_e4m3, fp8_e5m2"),
        ({"stored": ("weight=fp8_e4m3",)}, "unknown array that is stored 'weight'; expected one of query, key, value"),
        ({"layout": "scale_key=h"}, "scale_key is of nothing that is stored in 8 bits"),
        ({"stored": ("fp8_e4m3",), "layout": "scale_key=b k"}, "scale_key has an axis 'k'; scales vary along leading"),
        ({"arguments": ("scale_key=s",)}, "unknown argument 'scale_key'"),
    ],
)
def test_what_is_no_declaration(declared: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Declaration("x", "scaled_dot", **declared)


def test_e4m3_has_no_infinities() -> None:
    assert E4M3.max == 448.0
    assert E4M3.overflow_threshold == 464.0
