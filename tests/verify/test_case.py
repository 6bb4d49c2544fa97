import numpy as np
import pytest

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.inputs.case import Case

RNG = np.random.default_rng(0)


def concat(**changes: np.ndarray | None) -> Case:
    inputs = {
        "query": RNG.normal(size=(2, 3, 4)),
        "key": RNG.normal(size=(5, 3)),
        "value": RNG.normal(size=(1, 5, 6)),
        "weight_concat": RNG.normal(size=(7, 7)),
        "v": RNG.normal(size=7),
        **changes,
    }
    return Case("concat", {n: a for n, a in inputs.items() if a is not None}, RNG.normal(size=(2, 3, 6)))


def test_sizes_and_batch_are_read_from_the_shapes():
    with pytest.raises(ValueError, match=r"size d_k \+ d_q: expected 7 from the other inputs, weight_concat has 8"):
        concat(weight_concat=np.ones((7, 8)))
    case = concat(weight_concat=np.ones((7, 7)), bias=np.zeros((2, 1, 3, 5))[:, 0], softcap=np.array(2.0))
    assert case.batch == (2,)
    assert case.sizes == {"n_q": 3, "d_q": 4, "n_k": 5, "d_k": 3, "d_a": 7, "d_v": 6}
    assert case.options == ("softcap", "bias")
    assert list(case.tensors) == ["query", "key", "weight_concat", "v", "softcap", "bias", "value"]
    assert concat().options == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": np.ones((4, 6))}, "size n_k: key has 5, value has 4"),
        ({"value": np.ones((3, 5, 6))}, r"batch dimensions do not broadcast: query \(2,\), value \(3,\)"),
        ({"value": np.ones((2, 5, 5))}, r"grad_context has shape \(2, 3, 6\), expected \(2, 3, 5\)"),
        ({"v": np.ones((2, 7))}, r"v has shape \(2, 7\), expected \(d_a\)"),
        ({"v": np.ones(())}, "v has shape"),
        ({"key": np.ones(5)}, r"key has shape \(5,\), expected batch \+ \(n_k, d_k\)"),
        ({"key": np.ones((0, 3))}, "every axis needs at least one element|size n_k"),
        ({"key": np.ones((5, 3), np.float32)}, "key must be a float64 array, got float32"),
        ({"softcap": np.array(0.0)}, "softcap must be > 0, got 0.0"),
        ({"softcap": np.array(np.nan)}, "softcap must be > 0, got nan"),
        ({"bias_hidden": np.ones(7)}, "concat: unknown input 'bias_hidden'; known inputs: bias, key"),
        ({"v": None}, "concat: missing input 'v'"),
    ],
)
def test_bad_input_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        concat(**change)


def test_unknown_score_and_dtype_list_the_known_ones():
    with pytest.raises(KeyError, match="known scores: dot, scaled_dot"):
        Case("cosine", {}, np.ones((1, 1)))
    with pytest.raises(ValueError, match="unknown dtype 'tf32'; known dtypes: fp64"):
        Case("dot", {}, np.ones((1, 1)), dtype="tf32")


@pytest.mark.parametrize(
    ("dtype", "significand", "largest", "smallest"),
    [("fp32", 24, 2.0**128, 2.0**-149), ("bf16", 8, 2.0**128, 2.0**-133), ("fp16", 11, 65536.0, 2.0**-24)],
)
def test_values_must_belong_to_the_format(dtype, significand, largest, smallest):
    inside = np.array([0.0, -0.0, 1.0 - 2.0**-significand, smallest, 3 * smallest, largest * (1 - 2.0**-significand)])
    outside = np.array([1.0 + 2.0**-significand, smallest / 2, 1.5 * smallest, largest, 1e308])
    assert FORMATS[dtype].representable(inside).all()
    assert FORMATS[dtype].representable(np.array([np.inf, -np.inf, np.nan])).all()
    assert not FORMATS[dtype].representable(outside).any()
    one = np.ones((1, 1))
    Case("dot", {"query": one, "key": one, "value": one}, one, dtype)
    with pytest.raises(ValueError, match=rf"key\[0, 0\] = 0x.* is not a value of {dtype}"):
        Case("dot", {"query": one, "key": one / 3, "value": one}, one, dtype)


def test_masks_are_let_through():
    one = np.ones((1, 1))
    case = Case("dot", {"query": one, "key": one, "value": one, "bias": np.array([[-np.inf]])}, one, "fp16")
    assert case.options == ("bias",)
