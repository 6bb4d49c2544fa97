"""The separated modules: scores against balls within the derived bound on hostile inputs, gradients against the
textbook formula in fp64.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from flint import arb, ctx

import attnproof.impl.generated.torch_separated.additive as of_torch
from attnproof.derivations.kernels.separated import edge, edge_holds, steepest_holds, unit_error
from attnproof.impl.export.score import exported

# torch.compile makes one while it traces an autograd function
pytestmark = pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")
Array = np.ndarray[Any, np.dtype[Any]]
DTYPES = ("float32", "float64")
NAMES = ("plain", "opposite", "edges", "beyond", "saturated", "no v", "huge v", "largest v")
UNITS = 16
# units of u = half an ulp: torch's exponential is off by 1 ulp, XLA's by 4 (attnproof.verify.arithmetic.backends); tanh
# by as much
EXP = {"torch": 2.0, "jax": 8.0}


def hostile(name: str, dtype: str) -> tuple[Array, Array, Array]:
    """Pre-activations of queries and keys, and v."""
    rng = np.random.default_rng(3)
    kind = np.dtype(dtype).type
    last, most = kind(edge(dtype)), np.finfo(kind).max
    a, b, v = rng.standard_normal((6, UNITS)), rng.standard_normal((9, UNITS)), rng.standard_normal(UNITS)
    match name:
        case "opposite":  # a + b is about 0, the sizes go to the format's limit
            a = np.array([1e-30, 1e-9, 0.3, 50.0, 1e9, float(most) / 4])[:, None] * rng.choice([-1.0, 1.0], (6, UNITS))
            b = np.concatenate([-a, np.nextafter(-a.astype(kind), kind(0))[:3].astype(float)])
        case "edges":  # still separated: products from the smallest numbers to beyond the largest
            a[:3], b[:6] = last, -last
            a[3:], b[6:] = -last, last
        case "beyond":
            a = 1.5 * float(last) * rng.choice([-1.0, 1.0], (6, UNITS))  # 0 · ∞, were they separated
            b = np.concatenate([-a, a[:3]])
        case "saturated":
            a, b = 10 * a, 10 * b
        case "no v":
            v[::2] = 0
        case "huge v":
            v = v * 1e30
        case "largest v":  # Σ v overflows, no score does
            a[:], b[:] = 0.01, -0.01 + 0.001 * b
            v[:] = float(most) / 4
    return a.astype(kind), b.astype(kind), v.astype(kind)


def exact_scores(a: Array, b: Array, v: Array) -> list[list[arb]]:
    """``Σ_d v_d tanh(a_id + b_jd)`` as balls."""
    a, b, v = (x.astype(np.float64) for x in (a, b, v))
    with ctx.workprec(256):
        return [
            [sum((arb(w) * (arb(x) + arb(y)).tanh() for x, y, w in zip(r, s, v, strict=True)), arb(0)) for s in b]
            for r in a
        ]


def torch_scores(a: Array, b: Array, v: Array) -> Array:
    one = torch.eye(UNITS, dtype=torch.from_numpy(v).dtype)  # projects exactly
    return of_torch.scores(torch.from_numpy(a), torch.from_numpy(b), one, one, torch.from_numpy(v)).numpy()


def compiled_scores(a: Array, b: Array, v: Array) -> Array:
    """The whole expression that a compiler sees, run as it is."""
    found = torch.compile(of_torch.scores, fullgraph=True, backend="aot_eager")
    one = torch.eye(UNITS, dtype=torch.from_numpy(v).dtype)
    with torch.no_grad():
        return found(torch.from_numpy(a), torch.from_numpy(b), one, one, torch.from_numpy(v)).numpy()


def jax_scores(a: Array, b: Array, v: Array) -> Array:
    jax = pytest.importorskip("jax")
    from attnproof.impl.generated.jax_separated import additive

    with jax.enable_x64(v.dtype == np.float64):
        return np.asarray(jax.jit(additive._scores)(*map(jax.numpy.asarray, (a, b, v))))


WAYS: dict[str, Callable[[Array, Array, Array], Array]] = {
    "torch": torch_scores,
    "torch compiled": compiled_scores,
    "jax": jax_scores,
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("way", ["torch", pytest.param("torch compiled", marks=pytest.mark.slow), "jax"])
def test_scores_are_within_the_derived_bound(way: str, dtype: str) -> None:
    units = EXP[way.split(maxsplit=1)[0]]
    assert edge_holds(dtype, units)
    assert steepest_holds()
    unit = max(
        unit_error(dtype, units), units + 1
    )  # the direct form: tanh's own error and the sum's, |z| tanh'(z) < 1/2
    u = float(np.finfo(dtype).eps) / 2
    for name in NAMES:
        a, b, v = hostile(name, dtype)
        got = WAYS[way](a, b, v)
        wanted = exact_scores(a, b, v)
        norm = float(np.sum(np.abs(v), dtype=np.longdouble) * u)
        # 2 Σ v f with f <= 1 and Σ v: as many roundings each as there are terms, and the last difference
        bound = (unit + 1.01 * (2 * UNITS + (UNITS - 1) + 1)) * norm
        worst = max(float(abs(arb(float(got[i, j])) - wanted[i][j]).upper()) for i, j in np.ndindex(*got.shape))
        assert worst <= bound, f"{name}: off by {worst}, at most {bound} is proved"


def given(spread: float) -> dict[str, torch.Tensor]:
    """Inputs with two batches that broadcast, every option, masked keys and a query without any."""
    rng = torch.Generator().manual_seed(1)

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=rng, dtype=torch.float64)

    bias = normal(5, 7).masked_fill(torch.rand(5, 7, generator=rng) < 0.3, -torch.inf)
    bias[1] = -torch.inf
    found = {"query": spread * normal(2, 5, 3), "key": spread * normal(3, 1, 7, 4), "value": normal(3, 1, 7, 2)}
    found |= {"weight_query": normal(6, 3), "weight_key": normal(6, 4), "v": normal(6), "bias_hidden": normal(6)}
    return {**found, "softcap": torch.tensor(1.5, dtype=torch.float64), "bias": bias}


def textbook(**x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    a, b = x["query"] @ x["weight_query"].T + x["bias_hidden"], x["key"] @ x["weight_key"].T
    scores = torch.tanh(a[..., :, None, :] + b[..., None, :, :]) @ x["v"]
    logits = x["softcap"] * torch.tanh(scores / x["softcap"]) + x["bias"]
    masked = torch.isneginf(logits.amax(-1, keepdim=True))
    logits = logits.masked_fill(masked, 0)
    weights = torch.softmax(logits, -1).masked_fill(masked, 0)
    return weights @ x["value"], torch.logsumexp(logits, -1).masked_fill(masked[..., 0], -torch.inf)


def differentiated(function: Callable[..., Any], spread: float) -> list[torch.Tensor]:
    """Context, log-sum-exp and the gradients of a sum of both."""
    leaves = {name: x.requires_grad_() for name, x in given(spread).items()}
    context, mass = function(**leaves)
    seed, seed_mass = torch.cos(torch.arange(context.numel())), torch.sin(torch.arange(mass.numel()))
    loss = (context.flatten() * seed).sum() + (mass.flatten() * seed_mass)[~mass.flatten().isinf()].sum()
    return [context.detach(), mass.detach(), *torch.autograd.grad(loss, list(leaves.values()))]


@pytest.mark.parametrize(
    ("spread", "compiled"),  # separated; direct
    [(1.0, False), (300.0, False), (1.0, True), pytest.param(300.0, True, marks=pytest.mark.slow)],
)
def test_torch_has_the_textbook_s_gradients(spread: float, compiled: bool) -> None:
    way = torch.compile(of_torch.attention, fullgraph=True, backend="aot_eager") if compiled else of_torch.attention
    for got, wanted in zip(differentiated(way, spread), differentiated(textbook, spread), strict=True):
        # two ways in fp64; what differs by more than rounding differs by far more
        torch.testing.assert_close(got, wanted, rtol=1e-9, atol=1e-9 * spread)


def test_blocks_of_any_size_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = differentiated(of_torch.attention, 1.0)
    for rows in (1, 2, 3):
        monkeypatch.setattr(of_torch, "BLOCK", (0, rows * 7 * 6 * 8))
        for got, other in zip(differentiated(of_torch.attention, 1.0), wanted, strict=True):
            torch.testing.assert_close(got, other, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("spread", [1.0, pytest.param(300.0, marks=pytest.mark.slow)])
def test_jax_has_them_too_and_vmap_works(spread: float) -> None:
    jax = pytest.importorskip("jax")
    from attnproof.impl.generated.jax_separated import additive

    context, mass, *gradients = differentiated(textbook, spread)
    with jax.enable_x64(True):
        arrays = {name: jax.numpy.asarray(x.numpy()) for name, x in given(spread).items()}
        seed = torch.cos(torch.arange(context.numel())).numpy().reshape(context.shape)
        seed_mass = np.where(
            np.isinf(mass.numpy()), 0, torch.sin(torch.arange(mass.numel())).numpy().reshape(mass.shape)
        )

        def loss(arrays: dict[str, Any]) -> Any:
            found = additive.attention(**arrays)
            finite = jax.numpy.where(np.isinf(mass.numpy()), 0, found.log_sum_exp)
            return (found.context * seed).sum() + (finite * seed_mass).sum(), found

        got, found = jax.jit(jax.grad(loss, has_aux=True))(arrays)
        mapped = jax.jit(jax.vmap(lambda key, value: additive.attention(**{**arrays, "key": key, "value": value})))
        by_key = mapped(arrays["key"], arrays["value"])
    np.testing.assert_allclose(np.asarray(found.context), context, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(np.asarray(by_key.context), context, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(np.asarray(found.log_sum_exp), mass, rtol=1e-9, atol=1e-9)
    for name, wanted in zip(arrays, gradients, strict=True):
        np.testing.assert_allclose(np.asarray(got[name]), wanted, rtol=1e-9, atol=1e-9 * spread, err_msg=name)


def test_a_format_without_a_bound_is_refused() -> None:
    x = {name: tensor.to(torch.bfloat16) for name, tensor in given(1.0).items()}
    with pytest.raises(TypeError, match=r"query must have dtype float32 or float64, got torch\.bfloat16"):
        of_torch.attention(**x)


@pytest.mark.parametrize("spread", [1.0, 300.0])
def test_second_derivatives_are_the_textbook_s(spread: float) -> None:
    def twice(function: Callable[..., Any]) -> tuple[torch.Tensor, ...]:
        leaves = {name: x.requires_grad_() for name, x in given(spread).items() if name != "bias"}
        (first,) = torch.autograd.grad(function(**leaves, bias=None)[0].sin().sum(), leaves["query"], create_graph=True)
        return torch.autograd.grad(first.cos().sum(), list(leaves.values()))

    def plain(**x: Any) -> tuple[torch.Tensor, torch.Tensor]:
        return textbook(**{**x, "bias": torch.zeros(5, 7, dtype=torch.float64)})

    for got, wanted in zip(twice(of_torch.attention), twice(plain), strict=True):
        torch.testing.assert_close(got, wanted, rtol=1e-9, atol=1e-9 * spread**2)


@pytest.mark.parametrize("target", ["torch_separated", "jax_separated"])
def test_exported_files_are_complete(target: str) -> None:
    text = exported("additive", target)
    assert "from attnproof" not in text
    compile(text, target, "exec")
    assert f"--to {target}" in text
