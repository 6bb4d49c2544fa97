"""The oracle where every value is rational: against exact arithmetic, which must lie in the balls."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle import Enclosure, certified, enclose

N_Q, N_K, D, D_A, D_V = 2, 3, 4, 3, 2  # D = 4, so that the scale is 1/2


def exactly(array: np.ndarray) -> np.ndarray:
    return np.vectorize(Fraction, otypes=[object])(array)


def in_ball(exact: Fraction, ball: arb) -> bool:
    """Decided in integers: |exact − midpoint| <= radius."""
    (m, e), (r, f) = ball.mid().man_exp(), ball.rad().man_exp()
    return abs(exact - int(m) * Fraction(2) ** int(e)) <= int(r) * Fraction(2) ** int(f)


def assert_encloses(found: Enclosure, exact: np.ndarray, radius: float) -> None:
    assert found.shape == exact.shape
    assert found.radius().max() <= radius
    assert all(in_ball(e, b) for e, b in zip(exact.flat, found.balls.flat, strict=True))


def wild(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Values of very different magnitudes, so that sums cancel and a plain float64 sum would be wrong."""
    return rng.normal(size=shape) * 2.0 ** rng.integers(-300, 300, shape)


@pytest.mark.parametrize("score", ["dot", "scaled_dot", "bilinear"])
def test_polynomial_scores_are_exact_at_enough_precision(score):
    rng = np.random.default_rng(1)
    q, k, w = wild(rng, N_Q, D), wild(rng, N_K, D), wild(rng, D, D)
    inputs = {"query": q, "key": k, "value": np.ones((N_K, D_V))} | ({"weight": w} if score == "bilinear" else {})
    case = Case(score, inputs, np.ones((N_Q, D_V)))
    q, k, w = exactly(q), exactly(k), exactly(w)
    exact = {"dot": q @ k.T, "scaled_dot": q @ k.T / 2, "bilinear": q @ w @ k.T}[score]
    assert_encloses(enclose(case, 4000, ["scores"])["scores"], exact, 0.0)
    assert_encloses(enclose(case, 64, ["scores"])["scores"], exact, np.inf)
    zero_bound = {"scores": np.zeros((N_Q, N_K))}  # only an exact enclosure meets it
    assert_encloses(certified(case, zero_bound, ["scores"])["scores"], exact, 0.0)


def test_the_comparison_with_exact_values_can_fail():
    with ctx.workprec(64):
        third = arb(fmpq(1, 3))
    assert in_ball(Fraction(1, 3), third)
    assert not in_ball(Fraction(1, 3) + Fraction(1, 2**60), third)
    assert not in_ball(Fraction(1, 2**2000), arb(0))


def tied(score: str, rng: np.random.Generator, **options: np.ndarray) -> Case:
    """Scores that are all 0: query 0 (additive and concat: key 0 too, so that tanh 0 = 0 and sech 0 = 1)."""
    q, k = np.zeros((N_Q, D)), rng.integers(-9, 9, (N_K, D)).astype(float)
    draw = lambda *shape: rng.integers(-9, 10, shape).astype(float)
    parameters = {
        "bilinear": {"weight": draw(D, D)},
        "additive": {"weight_query": draw(D_A, D), "weight_key": draw(D_A, D), "v": draw(D_A)},
        "concat": {"weight_concat": draw(D_A, 2 * D), "v": draw(D_A)},
    }.get(score, {})
    if score in {"additive", "concat"}:
        k = np.zeros((N_K, D))
    return Case(score, {"query": q, "key": k, "value": draw(N_K, D_V), **parameters, **options}, draw(N_Q, D_V))


def tied_by_hand(case: Case) -> dict[str, np.ndarray]:
    """The textbook gradients at tied scores, in rational arithmetic; the soft-cap has slope 1 and gradient 0 at 0."""
    x = {name: exactly(np.where(np.isinf(a), 0.0, a)) for name, a in case.inputs.items() if name != "softcap"}
    masked = np.isinf(case.inputs.get("bias", np.zeros((N_Q, N_K))))
    c_bar = exactly(case.grad_context)
    alpha = np.array([[Fraction(0 if m else 1, max(1, int((~row).sum()))) for m in row] for row in masked], object)
    alpha_bar = c_bar @ x["value"].T
    e_bar = alpha * (alpha_bar - (alpha * alpha_bar).sum(1, keepdims=True))
    zero = {name: a * 0 for name, a in x.items()}
    out = {"weights": alpha, "context": alpha @ x["value"], "grad.value": alpha.T @ c_bar, "scores": alpha * 0}
    k = x["key"]
    if case.score in {"dot", "scaled_dot"}:
        out |= {"grad.query": e_bar @ k / (2 if case.score == "scaled_dot" else 1), "grad.key": zero["key"]}
    elif case.score == "bilinear":
        out |= {"grad.query": e_bar @ k @ x["weight"].T, "grad.key": zero["key"], "grad.weight": zero["weight"]}
    else:
        weights = x.get("weight_concat")
        w_q, w_k = (x["weight_query"], x["weight_key"]) if weights is None else (weights[:, :D], weights[:, D:])
        out |= {
            "grad." + name: zero[name] for name in ("weight_query", "weight_key", "weight_concat", "v") if name in x
        }
        out |= {
            "grad.query": np.outer(e_bar.sum(1), x["v"] @ w_q),
            "grad.key": np.outer(e_bar.sum(0), x["v"] @ w_k),
        }
        if "bias_hidden" in case.inputs:
            out["grad.bias_hidden"] = e_bar.sum() * x["v"]
    if "bias" in case.inputs:
        out["grad.bias"] = e_bar
    if "softcap" in case.inputs:
        out["grad.softcap"] = np.array(Fraction(0), object)
    return out


@pytest.mark.parametrize("score", ["dot", "scaled_dot", "bilinear", "additive", "concat"])
@pytest.mark.parametrize("masks", ["no bias", "equal bias", "masked"])
def test_tied_scores_are_rational(score, masks):
    options = {"softcap": np.array(0.75)} if masks != "no bias" else {}
    if score == "additive" and masks != "no bias":
        options["bias_hidden"] = np.zeros(D_A)
    if masks != "no bias":
        options["bias"] = np.zeros((N_Q, N_K))
    if masks == "masked":
        options["bias"][0, 1] = options["bias"][1] = -np.inf  # one key, and the whole second row
    case = tied(score, np.random.default_rng(2), **options)
    found, exact = enclose(case, 128), tied_by_hand(case)
    assert set(found) == set(exact)
    for name, enclosure in found.items():
        assert_encloses(enclosure, exact[name], 1e-33)
    if masks == "masked":
        masked = np.isinf(case.inputs["bias"])
        for name in ("weights", "grad.bias"):
            assert all(ball.is_zero() for ball in found[name].balls[masked]), "declared zeros are exact"
        for name in ("context", "grad.query"):
            assert all(ball.is_zero() for ball in found[name].balls[1]), "a fully masked row is exactly zero"


def test_one_key_has_weight_one_and_no_gradient_at_all():
    rng = np.random.default_rng(3)
    case = Case("dot", {n: rng.normal(size=(1, 4)) for n in ("query", "key", "value")}, rng.normal(size=(1, 4)))
    found = enclose(case, 400)
    assert found["weights"].balls[0, 0] == 1
    for name in ("grad.query", "grad.key"):
        assert_encloses(found[name], exactly(np.zeros((1, 4))), 0.0)
    assert_encloses(found["context"], exactly(case.inputs["value"]), 0.0)
    assert_encloses(found["grad.value"], exactly(case.grad_context), 0.0)
