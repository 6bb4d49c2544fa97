"""Algebra that holds for every input, drawn by Hypothesis; batches, masks and gradcheck.

Queries, keys and values are small integers, so that scores, shifted scores and sums of values are exact in every format
used here (at most 8 bits): what is compared is then exact, or differs only by the roundings counted in the comments.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attnproof.impl.reference import numpy_attention, torch_attention

FORMATS = {"numpy-fp64": 2.0**-53, "numpy-fp32": 2.0**-24, "torch-fp32": 2.0**-24, "torch-bf16": 2.0**-8}
EXP_ROUNDINGS = 8  # 4 ulp, what NumPy and torch state for their vector exp, is at most 8 u
each_format = pytest.mark.parametrize("format_", FORMATS)


def run(format_, inputs):
    """Attention of float64 arrays in a format, back as float64 arrays."""
    library, dtype = format_.split("-")
    if library == "numpy":
        kind = {"fp64": np.float64, "fp32": np.float32}[dtype]
        result = numpy_attention.attention("dot", {name: array.astype(kind) for name, array in inputs.items()})
        return numpy_attention.Attention(*(array.astype(np.float64) for array in result))
    kind = {"fp32": torch.float32, "bf16": torch.bfloat16}[dtype]
    result = torch_attention.attention("dot", {name: torch.tensor(array, dtype=kind) for name, array in inputs.items()})
    return numpy_attention.Attention(*(tensor.double().numpy() for tensor in result))


def gamma(roundings, u):
    """Relative error of ``roundings`` successive roundings (Higham, Accuracy and Stability, lemma 3.1)."""
    assert roundings * u < 1
    return roundings * u / (1 - roundings * u)


@st.composite
def integers(draw):
    """Integer query, key, value and bias: |score + bias| <= 2 * 9 + 4 = 22, so exp(t - max) is far from underflow."""
    n_q, n_k, d, d_v = draw(st.tuples(*[st.integers(1, 4), st.integers(1, 7), st.integers(1, 2), st.integers(1, 3)]))
    seed = draw(st.integers(0, 2**32 - 1))
    generator = np.random.default_rng(seed)
    return {
        "query": generator.integers(-3, 4, (n_q, d)).astype(float),
        "key": generator.integers(-3, 4, (n_k, d)).astype(float),
        "value": generator.integers(-9, 10, (n_k, d_v)).astype(float),
        "bias": generator.integers(-4, 5, (n_q, n_k)).astype(float),
    }


@each_format
@given(inputs=integers(), shift=st.integers(-200, 200))
@settings(max_examples=25)
def test_shift_invariance_is_exact_when_the_shift_is(format_, inputs, shift):
    """Integers up to 222 are exact in 8 bits, so t - max(t) is the same number and every later step repeats exactly."""
    shifted = {**inputs, "bias": inputs["bias"] + shift}
    for plain, moved in zip(run(format_, inputs)[:2], run(format_, shifted)[:2], strict=True):
        np.testing.assert_array_equal(plain, moved)


@each_format
@given(inputs=integers(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_permuting_keys_permutes_weights_and_keeps_the_context(format_, inputs, seed):
    """Either run of a weight has one exp error in the numerator, at most as many in each term of the sum, n - 1
    additions and a division; both runs together are charged twice that. The context adds a product and n - 1 additions.
    """
    u, n = FORMATS[format_], inputs["key"].shape[0]
    order = np.random.default_rng(seed).permutation(n)
    permuted = {name: array[order] for name, array in inputs.items() if name in {"key", "value"}}
    permuted |= {"query": inputs["query"], "bias": inputs["bias"][:, order]}
    plain, moved = run(format_, inputs), run(format_, permuted)
    np.testing.assert_array_equal(plain.scores[:, order], moved.scores)
    weight_error = gamma(2 * (2 * EXP_ROUNDINGS + n), u)
    assert np.all(np.abs(plain.weights[:, order] - moved.weights) <= weight_error * plain.weights[:, order])
    magnitude = plain.weights @ np.abs(inputs["value"])
    context_error = gamma(2 * (2 * EXP_ROUNDINGS + 2 * n), u)
    assert np.all(np.abs(plain.context - moved.context) <= context_error * magnitude * (1 + 2 * n * u))


@each_format
@given(inputs=integers())
@settings(max_examples=25)
def test_context_lies_in_the_convex_hull_of_the_values(format_, inputs):
    """Computed weights are non-negative and sum to 1 within γ_n (n - 1 additions, one division; errors of exp cancel,
    as the same exponentials stand above and below); the context adds a product and n - 1 additions. So with all values
    shifted by their extremes it can leave the interval by at most γ_2n max|V|. In the direction of any functional that
    is the same statement, so checking columns and random directions checks the hull; the two products with a direction
    add d_v + 1 roundings each."""
    u, (n, d_v) = FORMATS[format_], inputs["value"].shape
    result = run(format_, inputs)
    assert np.all(result.weights >= 0)
    assert np.all(np.abs(result.weights.sum(-1) - 1) <= gamma(n + 1, u))
    generator = np.random.default_rng(0)
    directions = np.concatenate(
        [np.eye(inputs["value"].shape[1]), generator.standard_normal((8, inputs["value"].shape[1]))]
    )
    along, reached = inputs["value"] @ directions.T, result.context @ directions.T
    slack = gamma(2 * n + 2 * (d_v + 1), u) * (np.abs(inputs["value"]).max(axis=0) @ np.abs(directions.T))
    assert np.all(reached <= along.max(axis=0) + slack)
    assert np.all(reached >= along.min(axis=0) - slack)


@each_format
@given(inputs=integers(), factor=st.integers(-3, 3), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_context_is_linear_in_the_values(format_, inputs, factor, seed):
    """Sums of these integers are exact. The three contexts share their weights, so each differs from the exact
    combination of those weights by a product and n - 1 additions; combining them here adds two: γ_{n+2} Σ α |V|, and
    one rounding more because the weights in that bound are rounded themselves."""
    u, n = FORMATS[format_], inputs["key"].shape[0]
    other = np.random.default_rng(seed).integers(-9, 10, inputs["value"].shape).astype(float)
    combined = inputs["value"] + factor * other
    one, two, both = (run(format_, {**inputs, "value": value}).context for value in (inputs["value"], other, combined))
    weights = run(format_, inputs).weights
    magnitude = weights @ (np.abs(inputs["value"]) + abs(factor) * np.abs(other) + np.abs(combined))
    assert np.all(np.abs(both - (one + factor * two)) <= gamma(n + 3, u) * magnitude)


@each_format
@given(inputs=integers(), exponent=st.integers(-20, 20))
@settings(max_examples=15)
def test_scaling_the_values_by_a_power_of_two_is_exact(format_, inputs, exponent):
    scaled = {**inputs, "value": np.ldexp(inputs["value"], exponent)}
    np.testing.assert_array_equal(np.ldexp(run(format_, inputs).context, exponent), run(format_, scaled).context)


def random_inputs(score, generator, *, query=(), key=(), value=(), bias=()):
    """Every option; batch shapes as given; the second query of the mask has no key at all."""
    n_q, n_k, d_q, d_v, d_a = 3, 4, 5, 2, 6
    d_k = d_q if score in {"dot", "scaled_dot"} else 3
    shapes = {
        "query": (*query, n_q, d_q),
        "key": (*key, n_k, d_k),
        "value": (*value, n_k, d_v),
        "bias": (*bias, n_q, n_k),
    }
    shapes |= {"bilinear": {"weight": (d_q, d_k)}, "concat": {"weight_concat": (d_a, d_q + d_k), "v": (d_a,)}}.get(
        score, {}
    )
    if score == "additive":
        shapes |= {"weight_query": (d_a, d_q), "weight_key": (d_a, d_k), "v": (d_a,), "bias_hidden": (d_a,)}
    inputs = {name: generator.standard_normal(shape) for name, shape in shapes.items()}
    inputs["bias"][..., 0, :2] = -np.inf
    inputs["bias"][..., 1, :] = -np.inf
    return {**inputs, "softcap": np.array(1.25)}


BATCHES = {
    "same": {"query": (2,), "key": (2,), "value": (2,), "bias": (2,)},
    "broadcast": {"query": (3, 1), "key": (2,), "value": (), "bias": (1, 2)},
    "value only": {"value": (2,)},
}


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("score", numpy_attention.SCORES)
def test_a_batch_is_the_loop_over_its_members(score, batch):
    """Both libraries against one call for each member, gradients summed over what was broadcast.

    Both sides do the same operations in different order; the inputs are of order 1 and at most 200 roundings stand on
    any path, times amplification by at most 100 (checked: all results here are below 100), so 200 * 100 u < 1e-11
    covers it.
    """
    generator = np.random.default_rng(7)
    inputs = random_inputs(score, generator, **BATCHES[batch])
    result = numpy_attention.attention(score, inputs)
    upstream = generator.standard_normal(result.context.shape)
    found = numpy_attention.gradients(score, inputs, upstream)
    tensors = {name: torch.tensor(array) for name, array in inputs.items()}
    by_torch = torch_attention.attention(score, tensors)
    torch_found = torch_attention.gradients(score, tensors, torch.tensor(upstream))

    full = result.context.shape[:-2]
    batched = {name for name in ("query", "key", "value", "bias") if name in inputs}
    wide = {name: np.broadcast_to(a, full + a.shape[-2:]) if name in batched else a for name, a in inputs.items()}
    sums = {name: np.zeros(wide[name].shape) for name in inputs}
    for member in np.ndindex(full):
        single = {name: array[member] if name in batched else array for name, array in wide.items()}
        alone = numpy_attention.attention(score, single)
        np.testing.assert_allclose(result.context[member], alone.context, rtol=0, atol=1e-11)
        for name, gradient in numpy_attention.gradients(score, single, upstream[member]).items():
            assert np.abs(gradient).max() < 100
            sums[name][member if name in batched else ()] += gradient
    for name, array in inputs.items():
        extra = sums[name].ndim - array.ndim
        expected = sums[name].sum(axis=tuple(range(extra)))
        for axis, length in enumerate(array.shape):
            expected = expected.sum(axis=axis, keepdims=True) if length == 1 else expected
        assert found[name].shape == array.shape == tuple(torch_found[name].shape)
        np.testing.assert_allclose(found[name], expected, rtol=0, atol=1e-11)
        np.testing.assert_allclose(torch_found[name].numpy(), expected, rtol=0, atol=1e-11)
    np.testing.assert_allclose(by_torch.context.numpy(), result.context, rtol=0, atol=1e-11)


@pytest.mark.parametrize("score", numpy_attention.SCORES)
def test_masked_keys_and_fully_masked_rows(score):
    """Zero weight and zero gradient, exactly; the masked entries of the bias included."""
    inputs = random_inputs(score, np.random.default_rng(3))
    tensors = {name: torch.tensor(array) for name, array in inputs.items()}
    upstream = np.ones((3, 2))
    masked = np.isneginf(inputs["bias"])
    for result, found in (
        (numpy_attention.attention(score, inputs), numpy_attention.gradients(score, inputs, upstream)),
        (torch_attention.attention(score, tensors), torch_attention.gradients(score, tensors, torch.tensor(upstream))),
    ):
        context, weights, scores = (np.asarray(array) for array in result)
        assert np.all(np.isfinite(scores))
        assert np.all(weights[masked] == 0)
        assert np.all(weights[~masked] > 0)
        assert np.all(context[1] == 0)
        assert np.all(np.asarray(found["bias"])[masked] == 0)
        assert np.all(np.asarray(found["query"])[1] == 0)
        assert all(np.all(np.isfinite(np.asarray(gradient))) for gradient in found.values())


@pytest.mark.slow
@pytest.mark.parametrize("score", torch_attention.SCORES)
def test_gradcheck(score):
    inputs = random_inputs(score, np.random.default_rng(5), query=(2,), key=(1,))
    names = list(inputs)
    leaves = [torch.tensor(inputs[name], requires_grad=True) for name in names]

    def context(*tensors):
        return torch_attention.attention(score, dict(zip(names, tensors, strict=True))).context

    assert torch.autograd.gradcheck(context, leaves)


def test_huge_scores_do_not_overflow():
    """The row maximum is subtracted: scores of 1e4 give the limit, a one-hot row, not NaN."""
    inputs = {"query": np.array([[100.0]]), "key": np.array([[100.0], [-100.0]]), "value": np.array([[3.0], [5.0]])}
    tensors = {name: torch.tensor(array) for name, array in inputs.items()}
    for result in (numpy_attention.attention("dot", inputs), torch_attention.attention("dot", tensors)):
        assert np.array_equal(np.asarray(result.weights), [[1.0, 0.0]])
        assert np.array_equal(np.asarray(result.context), [[3.0]])
