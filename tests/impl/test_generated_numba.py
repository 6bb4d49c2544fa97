"""The fused kernels against balls: scores within their derived bound on hostile inputs, gradients within a bound from
theirs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from flint import arb, ctx

from attnproof.derivations.kernels.exponential import relative_error
from attnproof.derivations.kernels.ranges import fraction_units, unit_error
from attnproof.verify.arithmetic.backends import Arithmetic
from attnproof.verify.arithmetic.formats import FP32
from attnproof.verify.arithmetic.function_errors import FunctionError
from attnproof.verify.bounds import bounds as error_bounds
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle import certified

pytest.importorskip("numba")
from attnproof.impl.generated.numba import additive
from attnproof.impl.generated.numba._autograd import attention as torch_attention

Array = np.ndarray[Any, np.dtype[Any]]
DTYPES = ("float32", "float64")
NAMES = (
    "plain",
    "opposite",
    "beyond",
    "edges",
    "saturated",
    "no v",
    "huge v",
    "fold 8",
    "fold 6",
    "fold 4",
    "fold 3",
    "fold 2",
)
UNITS = 16  # of the hostile inputs: two groups, so that each query meets several forms


def exact_scores(a: Array, b: Array, v: Array) -> list[list[arb]]:
    """``Σ_d v_d tanh(a_id + b_jd)`` as balls."""
    with ctx.workprec(256):
        return [
            [
                sum(
                    (arb(float(w)) * (arb(float(x)) + arb(float(y))).tanh() for x, y, w in zip(r, s, v, strict=True)),
                    arb(0),
                )
                for s in b
            ]
            for r in a
        ]


def hostile(name: str, dtype: str) -> tuple[Array, Array, Array]:
    """Pre-activations of queries and keys, and v."""
    rng = np.random.default_rng(3)
    kind = np.dtype(dtype).type
    edge = kind(additive.EDGE[dtype])
    a, b, v = rng.standard_normal((6, UNITS)), rng.standard_normal((9, UNITS)), rng.standard_normal(UNITS)
    match name:
        case "opposite":  # about 0, sizes from nothing to the format's limit
            sizes = np.array(
                [
                    1e-30,
                    1e-9,
                    0.3,
                    1.02 * edge,
                    {"float32": 61.0, "float64": 500.0}[dtype],
                    float(np.finfo(kind).max) / 4,
                ]
            )
            a = sizes[:, None] * rng.choice([-1.0, 1.0], (6, UNITS))
            b = np.concatenate([-a, np.nextafter(-a.astype(kind), kind(0))[:3].astype(float)])
        case "beyond":  # both exponentials leave the format, their product does not
            a = {"float32": 61.0, "float64": 500.0}[dtype] * rng.choice([-1.0, 1.0], (6, UNITS))
            b = np.concatenate([-a, -a[:3]])
        case "edges":  # of the exponentials' range, and of each form's
            steps = [np.nextafter(edge, kind(0)), edge, np.nextafter(edge, kind(np.inf))]
            a[:3] = np.array(steps)[:, None]
            b[:6] = -a
        case "fold 8" | "fold 6" | "fold 4" | "fold 3" | "fold 2":
            # as many factors 1 + e^{2(a + b)} reach the limit, in the last rows one after it
            size = kind(np.log(2) * np.log2(additive.MOST[dtype]) / (4 * int(name[-1])))
            a[:], b[:] = size, size
            a[:3], b[:4] = np.nextafter(size, kind(0)), -size
            a[0, :] = np.nextafter(size, kind(np.inf))
        case "saturated":
            a, b = 20 * a, 20 * b
        case "no v":
            v[::2] = 0
        case "huge v":
            v = v * 1e30
    return a.astype(kind), b.astype(kind), v.astype(kind)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_scores_are_within_the_derived_bound(name: str, dtype: str) -> None:
    a, b, v = hostile(name, dtype)
    one = np.eye(UNITS, dtype=dtype)  # projects exactly
    got = additive.scores(a, b, one, one, v)
    assert np.isfinite(got).all()
    wanted = exact_scores(a, b, v)
    u = float(np.finfo(dtype).eps) / 2
    # each unit's; the sum over groups of terms up to 2|v|, and the sum of v in front, in any order
    groups = UNITS // 8 + 1
    bound = (
        (unit_error(dtype) + 2 * 1.01 * groups + 1.01 * (UNITS + 1)) * u * float(np.sum(np.abs(v), dtype=np.float64))
    )
    worst = max(float(abs(arb(float(got[i, j])) - wanted[i][j]).upper()) for i, j in np.ndindex(*got.shape))
    assert worst <= bound, f"off by {worst}, at most {bound} is proved"


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_form_is_reached(dtype: str) -> None:
    seen: set[int] = set()
    for name in NAMES:
        a, b, v = hostile(name, dtype)
        one = np.eye(UNITS, dtype=dtype)
        head = additive._head(a, b, one, one, v, None)
        tiles, width = head.top.shape[0] - 1, UNITS
        with np.errstate(all="ignore"):
            for i, c in np.ndindex(len(a), width // 8):
                x = (1 + head.exp_a[i, 8 * c : 8 * c + 8].astype(float) * head.top[tiles, 8 * c : 8 * c + 8]).reshape(
                    -1, 2
                )
                pairs = np.prod(x, axis=1)
                fits = [n for n in (8, 4, 2) if (np.prod(pairs.reshape(-1, n // 2), axis=1) <= float(head.room)).all()]
                seen.add(max(fits, default=0))
    assert seen == {0, 2, 4, 8}, seen


def given(dtype: str, spread: float, n_q: int, n_k: int, **options: Any) -> dict[str, Array]:
    """Inputs of ragged sizes; the bias is there so that its gradient is."""
    rng = np.random.default_rng(5)
    sizes = {
        "query": (n_q, 3),
        "key": (n_k, 4),
        "value": (n_k, 5),
        "weight_query": (11, 3),
        "weight_key": (11, 4),
        "v": (11,),
    }
    found = {name: rng.standard_normal(shape).astype(np.float32).astype(dtype) for name, shape in sizes.items()}
    found["query"] *= np.dtype(dtype).type(spread)
    found["key"] *= np.dtype(dtype).type(spread)
    found["bias"] = np.zeros((n_q, n_k), dtype)
    if "masked" in options:
        found["bias"][rng.random((n_q, n_k)) < 0.4] = -np.inf
        found["bias"][1] = -np.inf
    if "softcap" in options:
        found["softcap"] = np.asarray(options["softcap"], dtype)
        found["bias_hidden"] = rng.standard_normal(11).astype(np.float32).astype(dtype)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("spread", "options"),
    [
        (1.0, {}),
        (8.0, {}),
        (1.0, {"masked": True}),
        (1.0, {"softcap": 1.5, "masked": True}),
        (1.0, {"softcap": 0.0625}),
    ],
)
def test_context_and_gradients_are_the_oracle_s(dtype: str, spread: float, options: dict[str, Any]) -> None:
    inputs = given(dtype, spread, 5, 7, **options)
    seed = np.random.default_rng(6).standard_normal((5, 5)).astype(np.float32).astype(dtype)
    case = Case("additive", {n: x.astype(np.float64) for n, x in inputs.items()}, seed.astype(np.float64), dtype="fp32")
    exact = certified(case)
    found = {f"grad.{n}": x for n, x in additive.attention_backward(seed, **inputs).items()}
    found["context"] = additive.attention(**inputs).context
    bounds = error_bounds(case, arithmetic(len(inputs["v"])))
    # Σ ds (1 − 2f) leaves Σ ds = 0 out: what ds is off by counts twice however small tanh is, and so do the roundings
    # of f and of the sum
    (n_q, n_k) = inputs["bias"].shape
    # polynomials in u without a negative coefficient: fp64's errors are at most fp32's bounds times the ratio of the u
    ratio = float(np.finfo(dtype).eps / np.finfo(np.float32).eps)
    u = FP32.unit_roundoff
    of_ds = bounds["grad.bias"].bound
    sizes = np.abs(exact["grad.bias"].midpoint()) + of_ds
    extra = np.sum(2 * of_ds + sizes * u * (unit_error("float32") + 2.1 * n_q * n_k))
    for name, got in found.items():
        bound = ratio * (bounds[name].bound + (extra if name == "grad.v" else 0))
        off = np.abs(got.astype(np.float64) - exact[name].midpoint())
        assert np.isfinite(bound).all(), name
        assert (off <= bound * (1 + 1e-9)).all(), f"{name}: {np.max(off / bound)} times its bound"


def arithmetic(width: int) -> Arithmetic:
    """Fused, tanh off by an absolute error: that of a unit, and of the sums in and over groups and of v that precede
    the cancellation.

    The groups are the backward pass's, of at least 4: it has the most sums.
    """
    fmt, dtype = FP32, "float32"
    u = fmt.unit_roundoff
    of_exp = float(relative_error(dtype).upper())
    flushed = 2.0 ** (fmt.precision - 1)  # below the smallest normal number, in units of the smallest
    unit = unit_error(dtype) + 2.1 * (width // 4 + 6) + 1.1 * (width + 1)
    return Arithmetic(
        "fused",
        fmt,
        exp=FunctionError(fraction_units(4) + 2 * of_exp, flushed, "assumed", "f from A and B"),
        softmax_exp=FunctionError(of_exp, flushed, "assumed", "attnproof.derivations.kernels.exponential"),
        tanh=FunctionError(0.0, unit * u / fmt.smallest_subnormal, "assumed", "attnproof.derivations.kernels.ranges"),
        log=FunctionError(8.0, 0.0, "assumed", "NumPy: at most 4 ulp"),
        tanh_derivative="one_minus_tanh2",
        fused=True,
        tile=32,
    )


def test_torch_gets_the_same_gradients_and_options_agree() -> None:
    rng = torch.Generator().manual_seed(0)

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=rng, dtype=torch.float64).requires_grad_()

    tensors = [normal(2, 33, 8), normal(70, 8), normal(2, 70, 5), normal(12, 8), normal(12, 8), normal(12)]
    visible = torch.ones(33, 70, dtype=torch.bool).tril()
    bias = torch.zeros(33, 70, dtype=torch.float64).masked_fill(~visible, -torch.inf)
    context, mass = torch_attention(additive, *tensors, causal=True)
    masked, _ = torch_attention(additive, *tensors, mask=visible)
    biased, _ = torch_attention(additive, *tensors, bias=bias)
    assert torch.equal(context, masked)
    assert torch.equal(context, biased)
    seed, seed_mass = (
        torch.randn(context.shape, generator=rng).double(),
        torch.randn(mass.shape, generator=rng).double(),
    )
    query, key, value, weight_query, weight_key, v = tensors
    scores = torch.tanh((query @ weight_query.T)[..., :, None, :] + (key @ weight_key.T)[..., None, :, :]) @ v + bias
    wanted = torch.softmax(scores, -1) @ value
    got = torch.autograd.grad((context * seed).sum() + (mass * seed_mass).sum(), tensors)
    true = torch.autograd.grad((wanted * seed).sum() + (torch.logsumexp(scores, -1) * seed_mass).sum(), tensors)
    for one, other in zip((context, mass, *got), (wanted, torch.logsumexp(scores, -1), *true), strict=True):
        # two ways in fp64; what differs by more than rounding differs by far more
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("height", [-1e4, -1e9, -float(np.finfo(np.float32).max)])
def test_weights_sum_to_one_in_the_backward_pass_however_large_the_logits(dtype: str, height: float) -> None:
    # a large number instead of −∞ is a common mask: beside it the logarithm of a row's mass is lost, were they one
    # number
    inputs = given(dtype, 1.0, 5, 70)
    inputs["bias"][1::2] = height
    seed = np.random.default_rng(1).standard_normal((5, 5)).astype(dtype)
    for_value = additive.attention_backward(seed, **inputs)["value"].sum(axis=0, dtype=np.float64)
    wanted = seed.sum(axis=0, dtype=np.float64)
    u = float(np.finfo(dtype).eps) / 2
    # of exp, of the logarithm (at most 4 ulp of ln 70 < 5) and of the sums of 70 weights and 5 queries, once each way
    bound = (2 * float(relative_error(dtype).upper()) + 50 + 2 * 70 + 5) * u * np.abs(seed).sum(axis=0)
    assert (np.abs(for_value - wanted) <= bound).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_v_close_to_the_largest_number(dtype: str) -> None:
    kind = np.dtype(dtype).type
    size = np.finfo(dtype).max / kind(16) * kind(0.9)
    one, rows = np.eye(16, dtype=dtype), np.zeros((3, 16), dtype)
    value = np.arange(5, dtype=dtype)[:, None]
    # every score is −‖v‖₁, and −2 Σ v f twice as large
    low = np.full((5, 16), -100, dtype)
    found = additive.attention(rows, low, value, one, one, np.full(16, size))
    u = float(np.finfo(dtype).eps) / 2
    assert np.allclose(found.log_sum_exp.astype(np.longdouble) / (16 * np.longdouble(size)), -1, rtol=20 * u, atol=0)
    assert np.allclose(found.context, 2, rtol=20 * u, atol=0)
    # one key: no gradient reaches the score, times 4 v must not be 0 · ∞
    gradients = additive.attention_backward(
        np.ones((3, 1), dtype), rows, low[:1], value[:1], one, one, np.full(16, size)
    )
    for name in ("query", "key", "weight_query", "weight_key", "v"):
        assert (gradients[name] == 0).all(), name


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_soft_cap_so_small_that_the_scores_overflow_in_its_units(dtype: str) -> None:
    inputs = given(dtype, 1.0, 3, 4)
    smallest = float(np.finfo(dtype).smallest_subnormal)
    seed = np.ones((3, 5), dtype)
    gradients = additive.attention_backward(seed, **inputs, softcap=smallest)
    # κ tanh(e/κ) is κ sign(e), the weights are all 1/n
    names = ("query", "key", "weight_query", "weight_key", "v")
    e = additive.scores(**{name: inputs[name] for name in names})
    ahead = inputs["value"].sum(axis=1, dtype=np.float64)
    wanted = np.sum(np.sign(e) * (ahead - ahead.mean())) / 4
    scale = 3 * np.abs(inputs["value"]).sum(dtype=np.float64)
    assert abs(float(gradients["softcap"]) - wanted) <= 100 * float(np.finfo(dtype).eps) * scale
    assert all((gradients[name] == 0).all() for name in names)


def test_what_does_not_fit_is_named() -> None:
    inputs = given("float32", 1.0, 3, 4)
    for too_small_or_large in (1e-50, 1e39):
        with pytest.raises(ValueError, match="softcap must be a finite number > 0 in float32"):
            additive.attention(**inputs, softcap=too_small_or_large)
    with pytest.raises(ValueError, match="value must have shape"):
        additive.attention(**{**inputs, "value": inputs["value"][:2]})
    with pytest.raises(TypeError, match="float32 or float64"):
        additive.attention(**{**inputs, "v": inputs["v"].astype(np.float16)})
    with pytest.raises(ValueError, match="softcap must be a finite number > 0"):
        additive.attention(**inputs, softcap=0.0)
    with pytest.raises(TypeError, match="mask must have dtype bool"):
        additive.attention(**inputs, mask=np.ones((3, 4)))
    with pytest.raises(TypeError, match="must be on the CPU"):
        torch_attention(additive, *(torch.empty(2, 2, device="meta") for _ in range(5)), torch.empty(2))


def test_second_derivatives_are_refused_rather_than_incomplete() -> None:
    # although the gradient that comes in, ones, needs none itself
    tensors = [torch.ones(2, 2, dtype=torch.float64, requires_grad=True) for _ in range(5)]
    v = torch.ones(2, dtype=torch.float64, requires_grad=True)
    context, _ = torch_attention(additive, *tensors, v)
    with pytest.raises(RuntimeError, match="no second derivatives"):
        torch.autograd.grad(context.sum(), tensors[0], create_graph=True)
