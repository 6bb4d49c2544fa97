"""What generated functions accept and refuse, and that they leave their arguments alone."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import target_arrays as arrays

from attnproof.derivations.scores import FAMILIES

TARGETS = [arrays.of(target) for target in arrays.TARGETS]
SIZES = {"n_q": 2, "n_k": 3, "d": 4, "d_q": 4, "d_k": 5, "d_a": 2, "d_v": 3}


def module_of(target: str, score: str) -> Any:
    return importlib.import_module(f"attnproof.impl.generated.{target}.{score}")


def arguments(target: str, score: str, *options: str) -> dict[str, Any]:
    module = module_of(target, score)
    rng = np.random.default_rng(1)
    found: dict[str, Any] = {}
    for name, axes in module.SHAPES.items():
        if name in module.REQUIRED or name in options:
            core = tuple(sum(SIZES[part] for part in axis.split(" + ")) for axis in axes if axis != "...")
            found[name] = np.asarray(rng.normal(size=core))
    if "softcap" in found:
        found["softcap"] = np.asarray(2.0)
    return {name: arrays.array(target, values) for name, values in found.items()}


def changed(name: str, change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda given: given | {name: change(given[name])}


WRONG: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], type[Exception], str]] = {
    "width": (changed("key", lambda k: k[:, :3]), ValueError, r"weight_concat must .*d_k = 3 from key, got \(2, 9\)"),
    "number of keys": (changed("value", lambda v: v[:2]), ValueError, r"value must .* n_k = 3 from key, got \(2, 3\)"),
    "rank": (changed("query", lambda q: q[0]), ValueError, r"query must have shape \(\.\.\., n_q, d_q\), got \(4,\)"),
    "batched parameter": (changed("v", lambda v: v[None]), ValueError, r"v must have shape \(d_a\), got \(1, 2\)"),
    "no key": (changed("key", lambda k: k[:0]), ValueError, r"key must .* n_k > 0, got \(0, 5\)"),
    "no array": (changed("query", lambda q: q.tolist()), TypeError, "query must be a .*, got list"),
    "missing": (changed("value", lambda _: None), TypeError, "value must be given"),
    "softcap zero": (changed("softcap", lambda c: c * 0), ValueError, "softcap must be a finite number > 0, got 0.0"),
    "softcap NaN": (changed("softcap", lambda _: float("nan")), ValueError, "softcap must be a finite number > 0"),
    "softcap infinite": (changed("softcap", lambda _: float("inf")), ValueError, "softcap must be a finite number > 0"),
    "softcap text": (changed("softcap", lambda _: "2"), TypeError, "softcap must be a number or a 0-d .*, got str"),
    "softcap vector": (changed("softcap", lambda c: c[None]), ValueError, r"softcap must have shape \(\), got \(1,\)"),
    "bias per key only": (changed("bias", lambda b: b[0]), ValueError, r"bias must have shape .*, got \(3,\)"),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("target", TARGETS)
def test_a_wrong_argument_is_named(target: str, name: str) -> None:
    given = arguments(target, "concat", "softcap", "bias")
    module = module_of(target, "concat")
    module.attention(**given)
    change, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        module.attention(**change(given))


@pytest.mark.parametrize("target", TARGETS)
def test_dtypes_are_not_mixed_and_not_integers(target: str) -> None:
    module = module_of(target, "dot")
    given = arguments(target, "dot")
    single = arrays.array(target, given["key"], "fp32")
    with pytest.raises(TypeError, match=r"key has dtype .*float32, expected .*float64 as for query"):
        module.attention(**(given | {"key": single}))
    whole = given["query"].long() if target == "torch" else given["query"].astype(np.int64)
    with pytest.raises(TypeError, match=r"query must have a floating-point dtype, got .*int64"):
        module.attention(**(given | {"query": whole}))


@pytest.mark.parametrize("target", TARGETS)
def test_batches_that_do_not_broadcast_are_named(target: str) -> None:
    given = arguments(target, "dot")
    for name, count in (("query", 2), ("key", 3)):
        given[name] = arrays.array(target, np.stack([np.asarray(given[name])] * count))
    with pytest.raises(ValueError, match=r"batch dimensions do not broadcast: query \(2,\), key \(3,\)"):
        module_of(target, "dot").attention(**given)


@pytest.mark.parametrize("target", TARGETS)
def test_a_cotangent_of_another_shape_is_named(target: str) -> None:
    given = arguments(target, "dot")
    with pytest.raises(ValueError, match=r"grad_context must have the shape \(2, 3\) of context, got \(2, 4\)"):
        module_of(target, "dot").attention_backward(given["query"], **given)


@pytest.mark.parametrize("score", FAMILIES)
@pytest.mark.parametrize("target", TARGETS)
def test_arguments_are_left_alone_and_share_no_memory_with_results(target: str, score: str) -> None:
    given = arguments(target, score, "bias_hidden", "softcap", "bias")
    before = {name: np.asarray(array).copy() for name, array in given.items()}
    module = module_of(target, score)
    result = module.attention(**given)
    back = module.attention_backward(result.context, **given, grad_weights=result.weights, grad_scores=result.scores)
    for name, array in given.items():
        np.testing.assert_array_equal(np.asarray(array), before[name])
        assert not np.shares_memory(np.asarray(back[name]), np.asarray(array))


@pytest.mark.parametrize("score", FAMILIES)
def test_numpy_keeps_fp32_and_fp16_throughout(score: str) -> None:
    module = module_of("numpy", score)
    for dtype in (np.float32, np.float16):
        given = {
            n: np.asarray(a, dtype) for n, a in arguments("numpy", score, "bias_hidden", "softcap", "bias").items()
        }
        given["softcap"] = 2.0
        result = module.attention(**given)
        back = module.attention_backward(result.context, **given)
        assert {array.dtype for array in (*result, *back.values())} == {np.dtype(dtype)}
        assert set(back) == set(given)
        assert back["softcap"].shape == ()


@pytest.mark.parametrize("target", TARGETS)
def test_nan_and_overflow_pass_through_without_warning(target: str) -> None:
    """Warnings are errors in this suite."""
    given = arguments(target, "scaled_dot", "softcap", "bias")
    query = np.asarray(given["query"]).copy()
    query[0, 0], query[1, :] = np.nan, 1e200
    given["query"] = arrays.array(target, query)
    given["key"] = arrays.array(target, np.full(given["key"].shape, 1e200))
    result = module_of(target, "scaled_dot").attention(**given)
    assert np.isnan(np.asarray(result.weights)[0]).all()
    back = module_of(target, "scaled_dot").attention_backward(result.context, **given)
    assert np.isnan(np.asarray(back["query"])[0]).all()


@pytest.mark.parametrize("target", TARGETS)
def test_sech2_is_accurate_where_one_minus_tanh_squared_is_zero(target: str) -> None:
    runtime = importlib.import_module(f"attnproof.impl.generated.{target}._runtime")
    x = np.array([0.0, 1e-9, 1.0, 18.0, 20.0, 300.0, -300.0, np.inf])
    got = np.asarray(runtime.sech2(arrays.array(target, x)))
    powers = np.exp(-2 * np.abs(x))
    assert got[0] == 1
    # sech² = 4p/(1+p)² ≤ 4p, and ≥ 4p(1−2p); 16 u covers exp and five roundings
    assert (got <= 4 * powers * (1 + 16 * 2.0**-53)).all()
    assert (got >= 4 * powers * (1 - 2 * powers) * (1 - 16 * 2.0**-53)).all()
    assert 1 - np.tanh(20.0) ** 2 == 0
    assert got[4] > 1e-17
    assert got[5] == got[6] > 0
    assert got[7] == 0
