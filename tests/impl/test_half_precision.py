"""Half precision: no sum stops growing, in whatever order arrays lie in memory, and user scores overflow late."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from attnproof.derivations.formulas import formula
from attnproof.impl.codegen import own
from attnproof.impl.codegen.targets import TARGETS
from attnproof.impl.export.formula import code
from attnproof.impl.reference import numpy_attention
from attnproof.verify.implementations.builtin import generated

COSINE = f"{Path(__file__).resolve().parents[2] / 'docs' / 'examples' / 'cosine.py'}:cosine"
MANY = 4096  # a sum of ones in float16 stops at 2048
HALVES = {"numpy": ("float16",), "torch": ("float16", "bfloat16"), "jax": ("float16", "bfloat16")}
CASES = [(target, dtype) for target, dtypes in HALVES.items() for dtype in dtypes]


def array(target: str, dtype: str, values: NDArray[Any]) -> Any:
    if target == "torch":
        return torch.tensor(values, dtype=getattr(torch, dtype))
    if target == "jax":
        jnp = pytest.importorskip("jax.numpy")
        return jnp.asarray(values, dtype=dtype)
    return values.astype(dtype)


def numbers(result: Any) -> NDArray[Any]:
    return np.asarray(result.double().detach() if isinstance(result, torch.Tensor) else result).astype(np.float64)


def exported(name: str, target: str) -> Callable[..., Any]:
    names: dict[str, Any] = {}
    exec(code(formula(name), target), names)  # noqa: S102 - the printed code is what is tested
    found: Callable[..., Any] = names[name.rpartition(".")[2]]
    return found


@pytest.mark.parametrize("order", ["C", "F"])
def test_weights_of_equal_rows_sum_to_one_in_every_order_of_memory(order: Any) -> None:
    rows = np.zeros((3, MANY), np.float16, order=order)
    weights = exported("softmax.weights", "numpy")(rows)
    assert weights.dtype == np.float16
    assert weights.astype(np.float64).sum(-1).tolist() == [1.0, 1.0, 1.0]


def long_case(order: Any) -> dict[str, NDArray[Any]]:
    """Equal scores, values and cotangents: each gradient and context is a sum of MANY equal terms."""
    return {
        "query": np.zeros((MANY, 2), np.float16, order=order),
        "key": np.ones((2, 2), np.float16, order=order),
        "value": np.array([[0.0], [2.0]], np.float16),
        "bias": np.zeros((1, 2), np.float16, order=order)[None].repeat(2, 0)[:, :1].repeat(MANY, 1),
        "softcap": np.asarray(1.0, np.float16),
    }


def reference(seed: NDArray[Any], **given: NDArray[Any]) -> Mapping[str, Any]:
    return numpy_attention.gradients("scaled_dot", given, seed)


def from_equations(seed: NDArray[Any], **given: NDArray[Any]) -> Mapping[str, Any]:
    return dict(generated("numpy", "scaled_dot").attention_backward(seed, **given))


@pytest.mark.parametrize("gradients", [reference, from_equations])
@pytest.mark.parametrize("order", ["C", "F"])
def test_gradients_summed_over_many_queries(order: Any, gradients: Callable[..., Mapping[str, Any]]) -> None:
    given = long_case(order)
    found = gradients(np.ones((2, MANY, 1), np.float16), **given)
    assert {name: part.dtype for name, part in found.items()} == dict.fromkeys(given, np.dtype(np.float16))
    assert found["value"].ravel().tolist() == [MANY, MANY]  # two batches, weights of a half
    assert found["softcap"] == 0.0


def test_sums_over_pairs_of_an_additive_score() -> None:
    ones = np.ones((1, 2), np.float16)
    given = {
        "query": np.zeros((MANY, 2), np.float16),
        "key": np.array([[0.0, 0.0], [1.0, 1.0]], np.float16),
        "value": np.array([[0.0], [1.0]], np.float16),
        "weight_query": ones,
        "weight_key": ones,
        "v": np.ones(1, np.float16),
    }
    seed = np.ones((MANY, 1))
    exact = numpy_attention.gradients("additive", {name: part.astype(float) for name, part in given.items()}, seed)
    for found in (
        numpy_attention.gradients("additive", given, seed.astype(np.float16)),
        generated("numpy", "additive").attention_backward(seed.astype(np.float16), **given),
    ):
        for name, part in found.items():
            assert np.allclose(part, exact[name], rtol=2**-10, atol=2**-24), name


@pytest.mark.parametrize(("target", "dtype"), CASES)
def test_a_user_score_has_room_for_squares_in_half_precision(target: str, dtype: str) -> None:
    rows = array(target, dtype, np.full((2, 4), 300.0))
    value, one = array(target, dtype, np.eye(2)), array(target, dtype, np.asarray(1.0))
    module = own.program(target, COSINE)
    scores = module.scores(rows, rows, one)
    layer = module.attention(rows, rows, value, one)
    back = module.attention_backward(value, rows, rows, value, one)
    assert {str(part.dtype).removeprefix("torch.") for part in (scores, *layer, *back.values())} == {dtype}
    assert (numbers(scores) == 1.0).all()
    assert (numbers(layer.weights) == 0.5).all()
    assert all(np.isfinite(numbers(part)).all() for part in back.values())
    shown = exported(f"{COSINE}.scores", target)(rows, rows, one)
    assert (numbers(shown) == 1.0).all()


def test_autograd_of_a_user_score_in_half_precision() -> None:
    rows = torch.full((2, 4), 300.0, dtype=torch.float16, requires_grad=True)
    context = own.program("torch", COSINE).attention(rows, rows, torch.eye(2, dtype=torch.float16), 1.0).context
    context.sum().backward()
    assert rows.grad is not None
    assert rows.grad.dtype == torch.float16
    assert bool(rows.grad.isfinite().all())


@pytest.mark.parametrize("target", TARGETS)
def test_arguments_of_two_formats_are_still_refused(target: str) -> None:
    half, single = (array(target, dtype, np.ones((2, 4))) for dtype in ("float16", "float32"))
    with pytest.raises(TypeError, match="key has dtype"):
        own.program(target, COSINE).scores(half, single, 1.0)
