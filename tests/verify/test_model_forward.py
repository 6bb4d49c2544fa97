"""The encoder in NumPy against torch's own encoder layers, and the rounding bound against rounding errors that are
seen.
"""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import torch

from attnproof.verify.tables.model import files, forward, in_torch, rounding, text

try:
    files.locate()
except files.NotInstalledError:
    pytest.skip(f"package {files.PACKAGE} is not installed", allow_module_level=True)

TEXTS = (
    "A thermometer does not measure the temperature of the soup.",
    "If the thermometer is large, the soup cools down.",
    "The judge asked the witness to repeat the sentence slowly.",
)
U32 = rounding.UNIT_ROUNDOFF["fp32"]


@pytest.fixture(scope="module")
def model():
    return files.load()[0]


@pytest.fixture(scope="module")
def ids():
    return text.token_ids(files.load()[1], TEXTS)


@pytest.fixture(scope="module")
def recording(model, ids):
    return in_torch.record(model, ids)


def bounds(recording, direction):
    sites, _ = recording.adjoints(torch.from_numpy(direction))
    return rounding.bound(sites, rounding.local_errors(recording)).numpy()


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["fp64", "fp32"])
def test_three_roads_agree_within_the_rounding_bound(model, ids, recording, dtype):
    """NumPy, torch's TransformerEncoderLayer, and the recorded evaluation, along several directions."""
    u = rounding.UNIT_ROUNDOFF[dtype]
    by_numpy = forward.encode(forward.cast(model, dtype), ids)[0]
    by_torch = in_torch.embed(model, ids, {"fp64": torch.float64, "fp32": torch.float32}[dtype])
    assert by_numpy.dtype == by_torch.dtype == np.dtype({"fp64": "float64", "fp32": "float32"}[dtype])
    recorded = recording.sites["result"].detach().numpy()
    for direction in np.random.default_rng(0).standard_normal((3, len(ids), files.WIDTH)):
        bound = bounds(recording, direction)
        for other in (by_torch, recorded):
            change = np.abs(np.sum(direction * (by_numpy.astype(float) - other.astype(float)), axis=1))
            assert np.all(change <= 2 * u * bound)
            assert dtype == "fp32" or np.all(2 * u * bound < 1e-7)  # for the direction's length, about 20


def test_embeddings_have_length_one_and_mean_something(model, ids):
    embeddings = forward.encode(forward.cast(model, "fp64"), ids)[0]
    # n products and additions, root and division, twice (there and here): γ_(2n + 8)
    assert np.all(np.abs(np.sum(embeddings**2, axis=1) - 1) <= (2 * files.WIDTH + 8) * 2.0**-53)
    near, far, other = embeddings[0] @ embeddings[1], embeddings[0] @ embeddings[2], embeddings[1] @ embeddings[2]
    assert near > 0.5  # two sentences about one thing
    assert max(far, other) < 0.3  # and one about another


@pytest.mark.slow
def test_sentences_do_not_interact(model, ids, recording):
    """The embedding of a sentence does not depend on its neighbours in the batch, in either implementation."""
    alone = [forward.encode(forward.cast(model, "fp64"), [one])[0][0] for one in ids]
    together = forward.encode(forward.cast(model, "fp64"), ids)[0]
    direction = np.eye(files.WIDTH)[[3] * len(ids)]
    assert np.all(np.abs(together[:, 3] - [one[3] for one in alone]) <= 2 * 2.0**-53 * bounds(recording, direction))


def test_a_wrong_parameter_is_seen(model, ids, recording):
    """Planted: biases of query and value exchanged in one layer; epsilon and GELU are covered by the bound itself."""
    layers = list(model.layers)
    layers[3] = {**layers[3], "query.bias": layers[3]["value.bias"], "value.bias": layers[3]["query.bias"]}
    wrong = forward.encode(forward.cast(files.Model(model.embeddings, tuple(layers)), "fp64"), ids)[0]
    change = wrong - recording.sites["result"].detach().numpy()
    direction = change / np.linalg.norm(change, axis=1, keepdims=True)
    assert np.all(np.sum(direction * change, axis=1) > 1e5 * 2.0**-53 * bounds(recording, direction))


def test_gelu_and_layer_norm_against_mpmath():
    """To 8 u of the error function's size, and to the rounding bound of layer normalisation."""
    x = np.linspace(-6, 6, 41)
    exact = np.array([float(mpmath.mpf(v) * mpmath.ncdf(v)) for v in x])
    site = torch.from_numpy(x)
    allowed = 2.0**-53 * (rounding.gelu(site, torch.from_numpy(exact)).numpy() + np.abs(exact))
    assert np.all(np.abs(forward.gelu(x) - exact) <= allowed)
    generator = np.random.default_rng(1)
    rows, weight, bias = generator.standard_normal((4, 7)), generator.standard_normal(7), generator.standard_normal(7)
    for row, found in zip(rows, forward.layer_norm(rows, weight, bias), strict=True):
        values = [mpmath.mpf(v) for v in row]
        mean = sum(values) / len(values)
        root = mpmath.sqrt(sum((v - mean) ** 2 for v in values) / len(values) + mpmath.mpf(files.LAYER_NORM_EPS))
        expected = [float((v - mean) / root * w + b) for v, w, b in zip(values, weight, bias, strict=True)]
        parameters = {"n.weight": torch.from_numpy(weight), "n.bias": torch.from_numpy(bias)}
        site, result = torch.from_numpy(row), torch.tensor(expected)
        allowed = 2.0**-53 * (rounding.layer_norm(site, result, parameters, "n").numpy() + np.abs(expected))
        assert np.all(np.abs(found - expected) <= allowed)


def local_cases():
    """Each operation in fp32 on numbers that fp32 holds, its exact result in fp64, its local bound."""
    generator = torch.Generator().manual_seed(3)

    def draw(*shape, scale=1.0):
        return (scale * torch.randn(*shape, generator=generator)).float().double()

    x = draw(6, 384)
    layer = {"a.weight": draw(50, 384, scale=0.1), "a.bias": draw(50)}
    exact = torch.nn.functional.linear(x, layer["a.weight"], layer["a.bias"])
    seen = torch.nn.functional.linear(x.float(), layer["a.weight"].float(), layer["a.bias"].float())
    yield "linear", seen, exact, rounding.linear(x, layer, "a")

    scores, mask = draw(2, 3, 9, 9, scale=6.0), torch.tensor([[True] * 9, [True] * 5 + [False] * 4])
    hidden = torch.where(mask, 0.0, -torch.inf)[:, None, None, :]
    exact = torch.softmax(scores + hidden.double(), dim=-1)
    yield "softmax", torch.softmax(scores.float() + hidden, dim=-1), exact, rounding.softmax(scores, exact, mask)

    x, norm = draw(6, 384) + 3, {"n.weight": draw(384), "n.bias": draw(384)}
    exact = torch.nn.functional.layer_norm(x, (384,), norm["n.weight"], norm["n.bias"], files.LAYER_NORM_EPS)
    seen = torch.from_numpy(forward.layer_norm(*(t.float().numpy() for t in (x, norm["n.weight"], norm["n.bias"]))))
    yield "layer norm", seen, exact, rounding.layer_norm(x, exact, norm, "n")

    x = draw(5000, scale=2.0)
    exact = torch.nn.functional.gelu(x)
    yield "gelu", torch.from_numpy(forward.gelu(x.float().numpy())), exact, rounding.gelu(x, exact)
    yield "gelu of torch", torch.nn.functional.gelu(x.float()), exact, rounding.gelu(x, exact)


@pytest.mark.parametrize(
    ("name", "seen", "exact", "local"), list(local_cases()), ids=lambda v: v if isinstance(v, str) else ""
)
def test_local_bounds_hold_and_are_not_empty(name, seen, exact, local):
    ratio = ((seen.double() - exact).abs() / (U32 * local).clamp_min(1e-300)).max()
    assert 1e-4 < ratio <= 1


def test_gradients_of_biases_are_those_of_the_model(model, ids, recording):
    """f(b + hδ) - f(b) - h g·δ is of second order: halving h divides it by about 4. Wrong gradients would divide it by
    2.
    """
    direction = np.random.default_rng(5).standard_normal((len(ids), files.WIDTH))
    gradients = recording.adjoints(torch.from_numpy(direction))[1]
    step = np.random.default_rng(6).standard_normal((files.LAYERS, files.WIDTH))

    def functional(h):
        biases = [
            layer["query.bias"].astype(float) + h * delta for layer, delta in zip(model.layers, step, strict=True)
        ]
        moved = forward.with_biases(model, {"query": biases})
        return np.sum(direction * forward.encode(forward.cast(moved, "fp64"), ids)[0])

    slope = sum(float(g["query"] @ torch.from_numpy(delta)) for g, delta in zip(gradients, step, strict=True))
    start = functional(0.0)
    first, second = (functional(h) - start - h * slope for h in (2e-3, 1e-3))
    assert 3.5 < first / second < 4.5
    assert abs(first) < 0.1 * abs(2e-3 * slope)
