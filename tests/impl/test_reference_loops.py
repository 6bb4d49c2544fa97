"""The references against scalar loops in 50-digit arithmetic that carry an error bound along.

``Tracked`` pairs an exact value (to 50 digits) with a bound on the error of any program that evaluates the same
expression in floating point with unit roundoff u. Each elementary operation is charged two roundings, not one, so that
the bound also holds for other groupings of the same products (``x / (κ κ)`` for ``(x / κ) / κ``); a sum of n terms is
charged γ_n for any order of summation; exp and tanh are charged 4 ulp, the largest error that NumPy and torch (SLEEF)
state for their vector versions. The gradient formulas of the loops are checked in turn against central differences in
50-digit arithmetic, whose truncation error h² f'''/6 with h = 1e-15 is 1e-30, far below what is compared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import mpmath
import numpy as np
import pytest
import torch

from attnproof.impl.reference import numpy_attention, torch_attention

U = {"fp64": 2.0**-53, "fp32": 2.0**-24, "bf16": 2.0**-8, "fp16": 2.0**-11}
# Everything below is far from underflow except bf16/fp16 products, for which one smallest number per operation is
# added.
TINY = {"fp64": 5e-324, "fp32": 1.5e-45, "bf16": 9.2e-41, "fp16": 6e-8}
NUMPY = {"fp64": np.float64, "fp32": np.float32, "fp16": np.float16}
TORCH = {"fp64": torch.float64, "fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
MP = mpmath.mp.clone()
MP.dps = 50


@dataclass(frozen=True)
class Tracked:
    value: mpmath.mpf
    error: float
    u: float
    tiny: float

    def lift(self, other):
        return other if isinstance(other, Tracked) else Tracked(MP.mpf(other), 0.0, self.u, self.tiny)

    def rounded(self, value, error, roundings=2.0):
        return Tracked(value, error + roundings * self.u * (float(abs(value)) + error) + self.tiny, self.u, self.tiny)

    @property
    def size(self):
        return float(abs(self.value))

    def __add__(self, other):
        other = self.lift(other)
        return self.rounded(self.value + other.value, self.error + other.error)

    def __neg__(self):
        return Tracked(-self.value, self.error, self.u, self.tiny)

    def __sub__(self, other):
        return self + (-self.lift(other))

    def __rsub__(self, other):
        return self.lift(other) - self

    def __mul__(self, other):
        other = self.lift(other)
        error = self.size * other.error + other.size * self.error + self.error * other.error
        return self.rounded(self.value * other.value, error)

    __rmul__ = __mul__

    def __truediv__(self, other):
        other = self.lift(other)
        smallest = other.size - other.error
        assert smallest > 0, "the bound says nothing: the divisor may vanish"
        quotient = self.value / other.value
        return self.rounded(quotient, (self.error + float(abs(quotient)) * other.error) / smallest)

    def exp(self):
        value = MP.exp(self.value)
        return self.rounded(value, float(value) * math.expm1(self.error), roundings=8)

    def tanh(self):
        return self.rounded(MP.tanh(self.value), self.error, roundings=8)  # |tanh'| <= 1


def total(terms):
    terms = list(terms)
    first = terms[0]
    gamma = len(terms) * first.u / (1 - len(terms) * first.u)
    error = sum(term.error for term in terms)
    error += gamma * sum(term.size + term.error for term in terms) + len(terms) * first.tiny
    return Tracked(sum((term.value for term in terms), MP.mpf(0)), error, first.u, first.tiny)


def sech_squared(z):
    small = (z * (-2 if z.value > 0 else 2)).exp()
    return small * 4 / ((small + 1) * (small + 1))


def one_minus_tanh_squared(z):
    return 1 - z.tanh() * z.tanh()


def loops(score, x, upstream, slope):
    """Scores, weights, context and all gradients by scalar loops over (nested lists of) Tracked numbers."""
    query, key, value = x["query"], x["key"], x["value"]
    n_q, n_k, d_v, d_q, d_k = len(query), len(key), len(value[0]), len(query[0]), len(key[0])
    hidden = range(len(x["v"])) if "v" in x else ()

    def pre(i, j, a):
        if score == "concat":
            row = x["weight_concat"][a]
            return total(w * y for w, y in zip(row, [*query[i], *key[j]], strict=True))
        terms = [w * y for w, y in zip(x["weight_query"][a], query[i], strict=True)]
        terms += [w * y for w, y in zip(x["weight_key"][a], key[j], strict=True)]
        return total(terms + ([x["bias_hidden"][a]] if "bias_hidden" in x else []))

    def one_score(i, j):
        if score in {"dot", "scaled_dot"}:
            dot = total(query[i][r] * key[j][r] for r in range(d_q))
            return dot / MP.sqrt(d_q) if score == "scaled_dot" else dot
        if score == "bilinear":
            return total(query[i][r] * x["weight"][r][f] * key[j][f] for r in range(d_q) for f in range(d_k))
        return total(x["v"][a] * pre(i, j, a).tanh() for a in hidden)

    scores = [[one_score(i, j) for j in range(n_k)] for i in range(n_q)]
    kappa = x.get("softcap")
    capped = [[(e / kappa).tanh() * kappa for e in row] for row in scores] if kappa else scores
    open_keys = [[j for j in range(n_k) if "bias" not in x or x["bias"][i][j] is not None] for i in range(n_q)]
    zero = Tracked(MP.mpf(0), 0.0, value[0][0].u, value[0][0].tiny)
    weights = [[zero] * n_k for _ in range(n_q)]
    for i in range(n_q):
        logits = {j: capped[i][j] + x["bias"][i][j] if "bias" in x else capped[i][j] for j in open_keys[i]}
        if logits:
            largest = max(logits.values(), key=lambda t: t.value)
            powers = {j: (t - largest).exp() for j, t in logits.items()}
            for j, power in powers.items():
                weights[i][j] = power / total(powers.values())
    context = [[total(weights[i][j] * value[j][p] for j in range(n_k)) for p in range(d_v)] for i in range(n_q)]

    grad = {
        "value": [[total(weights[i][j] * upstream[i][p] for i in range(n_q)) for p in range(d_v)] for j in range(n_k)]
    }
    g = [[zero] * n_k for _ in range(n_q)]  # gradient of the logits
    for i in range(n_q):
        incoming = {j: total(upstream[i][p] * value[j][p] for p in range(d_v)) for j in open_keys[i]}
        if incoming:
            rho = total(weights[i][j] * incoming[j] for j in open_keys[i])
            for j in open_keys[i]:
                g[i][j] = weights[i][j] * (incoming[j] - rho)
    pairs = [(i, j) for i in range(n_q) for j in range(n_k)]
    if "bias" in x:
        grad["bias"] = g
    if kappa:
        ratio = {(i, j): scores[i][j] / kappa for i, j in pairs}
        terms = [g[i][j] * ratio[i, j].tanh() for i, j in pairs]
        terms += [-(g[i][j] * ratio[i, j] * slope(ratio[i, j])) for i, j in pairs]
        grad["softcap"] = total(terms)
        g = [[g[i][j] * slope(ratio[i, j]) for j in range(n_k)] for i in range(n_q)]
    if score in {"dot", "scaled_dot"}:
        if score == "scaled_dot":
            g = [[entry / MP.sqrt(d_q) for entry in row] for row in g]
        grad["query"] = [[total(g[i][j] * key[j][r] for j in range(n_k)) for r in range(d_q)] for i in range(n_q)]
        grad["key"] = [[total(g[i][j] * query[i][r] for i in range(n_q)) for r in range(d_q)] for j in range(n_k)]
    elif score == "bilinear":
        w = x["weight"]
        both_q, both_k = (
            [(j, f) for j in range(n_k) for f in range(d_k)],
            [(i, r) for i in range(n_q) for r in range(d_q)],
        )
        grad["query"] = [
            [total(g[i][j] * key[j][f] * w[r][f] for j, f in both_q) for r in range(d_q)] for i in range(n_q)
        ]
        grad["key"] = [
            [total(g[i][j] * query[i][r] * w[r][f] for i, r in both_k) for f in range(d_k)] for j in range(n_k)
        ]
        grad["weight"] = [
            [total(g[i][j] * query[i][r] * key[j][f] for i, j in pairs) for f in range(d_k)] for r in range(d_q)
        ]
    else:
        z = {(i, j, a): pre(i, j, a) for i, j in pairs for a in hidden}
        h = {(i, j, a): g[i][j] * x["v"][a] * slope(z[i, j, a]) for i, j, a in z}
        grad["v"] = [total(g[i][j] * z[i, j, a].tanh() for i, j in pairs) for a in hidden]
        w_q = x["weight_query"] if score == "additive" else [row[:d_q] for row in x["weight_concat"]]
        w_k = x["weight_key"] if score == "additive" else [row[d_q:] for row in x["weight_concat"]]
        grad["query"] = [
            [total(h[i, j, a] * w_q[a][r] for j in range(n_k) for a in hidden) for r in range(d_q)] for i in range(n_q)
        ]
        grad["key"] = [
            [total(h[i, j, a] * w_k[a][f] for i in range(n_q) for a in hidden) for f in range(d_k)] for j in range(n_k)
        ]
        of_query = [[total(h[i, j, a] * query[i][r] for i, j in pairs) for r in range(d_q)] for a in hidden]
        of_key = [[total(h[i, j, a] * key[j][f] for i, j in pairs) for f in range(d_k)] for a in hidden]
        if score == "concat":
            grad["weight_concat"] = [left + right for left, right in zip(of_query, of_key, strict=True)]
        else:
            grad |= {"weight_query": of_query, "weight_key": of_key}
            if "bias_hidden" in x:
                grad["bias_hidden"] = [total(h[i, j, a] for i, j in pairs) for a in hidden]
    return {"scores": scores, "weights": weights, "context": context}, grad


def tracked(array, dtype):
    """Nested lists of exact Tracked numbers; -inf becomes None."""
    if np.ndim(array):
        return [tracked(part, dtype) for part in array]
    return None if np.isneginf(array) else Tracked(MP.mpf(float(array)), 0.0, U[dtype], TINY[dtype])


def example(score, dtype, *, n_q=3, n_k=4, d_q=3, d_k=2, d_a=3, d_v=2, options=True, spread=1.0):
    """Inputs as float64 arrays whose values exist in ``dtype`` (multiples of 1/16 below 8)."""
    generator = np.random.default_rng([ord(letter) for letter in score])

    def draw(*shape):
        return np.clip(np.round(generator.standard_normal(shape) * spread * 16), -127, 127) / 16

    d_k = d_q if score in {"dot", "scaled_dot"} else d_k
    inputs = {"query": draw(n_q, d_q), "key": draw(n_k, d_k), "value": draw(n_k, d_v)}
    if score == "bilinear":
        inputs["weight"] = draw(d_q, d_k)
    if score == "additive":
        inputs |= {"weight_query": draw(d_a, d_q), "weight_key": draw(d_a, d_k), "v": draw(d_a)}
        inputs |= {"bias_hidden": draw(d_a)} if options else {}
    if score == "concat":
        inputs |= {"weight_concat": draw(d_a, d_q + d_k), "v": draw(d_a)}
    if options:
        bias = draw(n_q, n_k)
        bias[0, 0] = -np.inf
        bias[-1] = -np.inf  # a row without any key
        inputs |= {"softcap": np.array(1.75), "bias": bias}
    return inputs, draw(n_q, d_v)


def check(name, got, expected, worst):
    """Every element within its bound; the bound itself has to say something for most elements."""
    if isinstance(expected, list):
        assert len(got) == len(expected)
        for position, (one, other) in enumerate(zip(got, expected, strict=True)):
            check(f"{name}[{position}]", one, other, worst)
        return
    error = float(abs(MP.mpf(float(got)) - expected.value))
    assert error <= expected.error, (
        f"{name}: {float(got)!r} is {error:.3e} from {expected.value}, bound {expected.error:.3e}"
    )
    worst.append(error / expected.error if expected.error else 0.0)


def run_numpy(score, inputs, upstream, dtype):
    given = {name: array.astype(NUMPY[dtype]) for name, array in inputs.items()}
    forward = numpy_attention.attention(score, given)._asdict()
    found = numpy_attention.gradients(score, given, upstream.astype(NUMPY[dtype]))
    for result in (*forward.values(), *found.values()):
        assert result.dtype == NUMPY[dtype]
    return forward, found


def run_torch(score, inputs, upstream, dtype, device="cpu"):
    given = {name: torch.tensor(array, dtype=TORCH[dtype], device=device) for name, array in inputs.items()}
    forward = torch_attention.attention(score, given)._asdict()
    found = torch_attention.gradients(score, given, torch.tensor(upstream, dtype=TORCH[dtype], device=device))
    for result in (*forward.values(), *found.values()):
        assert result.dtype == TORCH[dtype]
        assert result.device.type == device
    return tuple({name: t.double().cpu().numpy() for name, t in results.items()} for results in (forward, found))


CASES = [("numpy", dtype) for dtype in NUMPY] + [("torch", dtype) for dtype in TORCH]


@pytest.mark.parametrize("options", [True, False], ids=["options", "plain"])
@pytest.mark.parametrize(("library", "dtype"), CASES)
@pytest.mark.parametrize("score", numpy_attention.SCORES)
def test_within_the_tracked_bound(score, library, dtype, options):
    # With 8 bits the bound of a large score would exceed 1 and say nothing about its exponential.
    inputs, upstream = example(score, dtype, options=options, spread=0.5 if dtype == "bf16" else 1.0)
    runner, slope = (run_numpy, sech_squared) if library == "numpy" else (run_torch, one_minus_tanh_squared)
    forward, found = runner(score, inputs, upstream, dtype)
    exact = {name: tracked(array, dtype) for name, array in inputs.items()}
    expected_forward, expected = loops(score, exact, tracked(upstream, dtype), slope)
    assert set(found) == set(inputs) == set(expected)
    worst: list[float] = []
    for name in expected_forward:
        check(name, forward[name], expected_forward[name], worst)
    for name in expected:
        check(f"grad.{name}", found[name], expected[name], worst)
    assert max(worst) > 1e-4  # the bound is not so loose that it could not be missed


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("dtype", list(TORCH))
@pytest.mark.parametrize("score", torch_attention.SCORES)
def test_torch_on_cuda(score, dtype):
    inputs, upstream = example(score, dtype, spread=0.5 if dtype == "bf16" else 1.0)
    forward, found = run_torch(score, inputs, upstream, dtype, "cuda")
    exact = {name: tracked(array, dtype) for name, array in inputs.items()}
    expected_forward, expected = loops(score, exact, tracked(upstream, dtype), one_minus_tanh_squared)
    for name in expected_forward:
        check(name, forward[name], expected_forward[name], [])
    for name in expected:
        check(f"grad.{name}", found[name], expected[name], [])


@pytest.mark.parametrize("score", numpy_attention.SCORES)
def test_the_loops_agree_with_central_differences_in_50_digits(score):
    inputs, upstream = example(score, "fp64", n_q=2, n_k=2, d_q=2, d_k=2, d_a=2, d_v=1)
    inputs["bias"] = np.where(np.isneginf(inputs["bias"]), 0.5, inputs["bias"])
    inputs["bias"][0, 1] = -np.inf
    step = MP.mpf(10) ** -15

    def objective(changed):
        context = loops(score, changed, tracked(upstream, "fp64"), sech_squared)[0]["context"]
        pairs = zip(np.ravel(upstream), (entry for row in context for entry in row), strict=True)
        return sum((MP.mpf(float(g)) * entry.value for g, entry in pairs), MP.mpf(0))

    exact = {name: tracked(array, "fp64") for name, array in inputs.items()}
    grad = loops(score, exact, tracked(upstream, "fp64"), sech_squared)[1]
    for name, array in inputs.items():
        for position in np.ndindex(array.shape):
            if np.isneginf(array[position]):
                continue
            values = []
            for sign in (1, -1):
                moved = {other: tracked(entry, "fp64") for other, entry in inputs.items()}
                moved[name] = shifted(moved[name], position, sign * step)
                values.append(objective(moved))
            expected = grad[name]
            for axis in position:
                expected = expected[axis]
            assert abs((values[0] - values[1]) / (2 * step) - expected.value) < 1e-26, (name, position)


def shifted(nested, position, amount):
    if not position:
        return Tracked(nested.value + amount, 0.0, nested.u, nested.tiny)
    head, *rest = position
    return [shifted(part, tuple(rest), amount) if at == head else part for at, part in enumerate(nested)]


@pytest.mark.parametrize("score", ["additive", "concat"])
def test_numpy_keeps_the_derivative_of_tanh_accurate_where_it_is_tiny(score):
    """At |z| about 40, 1 - tanh² is 0 in double precision; the sech² form keeps full relative accuracy."""
    inputs, upstream = example(score, "fp64", options=False)
    for name in ("weight_query", "weight_concat"):
        if name in inputs:
            inputs[name][:, :3] = 0
            inputs[name][:, 0] = 8.0
    inputs["query"][:, 0] = 5.0
    inputs["key"] /= 8
    exact = {name: tracked(array, "fp64") for name, array in inputs.items()}
    expected = loops(score, exact, tracked(upstream, "fp64"), sech_squared)[1]["key"]
    found = run_numpy(score, inputs, upstream, "fp64")[1]["key"]
    check("grad.key", found, expected, [])
    relative = [float(entry.error / entry.size) for row in expected for entry in row if entry.size]
    assert max(relative, default=1) < 1e-6  # so the comparison just made was one of relative accuracy
    assert 0 < np.abs(found).max() < 1e-25
