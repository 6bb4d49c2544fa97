"""The oracle against a second, naive program: plain loops over numbers of another kind, with no array in sight."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb, ctx

from attnproof.derivations.attention.whole import attention
from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.language.system import System
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle import Enclosure, api, enclose, interpreter

SCORES = ("dot", "scaled_dot", "bilinear", "additive", "concat")
OPTIONS = {"bias", "softcap", "bias_hidden"}


def make(
    score: str, batch: tuple[int, ...] = (), options: set[str] = OPTIONS, seed: int = 0, spread: float = 1.0
) -> Case:
    """2 queries, 3 keys; with ``bias`` one key masked for query 1, and with a batch the first row of batch 0
    entirely.
    """
    rng = np.random.default_rng(seed)

    def normal(*shape: int) -> np.ndarray:
        return rng.normal(size=shape)

    d_q, d_k, d_a, d_v = (2, 2, 0, 2) if score in {"dot", "scaled_dot"} else (2, 3, 2, 2)
    inputs = {"query": normal(*batch, 2, d_q), "key": normal(3, d_k), "value": normal(*batch[:-1], 1, 3, d_v)}
    if not batch:
        inputs["value"] = inputs["value"][0]
    parameters = {
        "bilinear": {"weight": (d_q, d_k)},
        "additive": {"weight_query": (d_a, d_q), "weight_key": (d_a, d_k), "v": (d_a,), "bias_hidden": (d_a,)},
        "concat": {"weight_concat": (d_a, d_q + d_k), "v": (d_a,)},
    }.get(score, {})
    inputs |= {n: normal(*shape) for n, shape in parameters.items() if n != "bias_hidden" or n in options}
    if "softcap" in options:
        inputs["softcap"] = np.array(1.25)
    if "bias" in options:
        inputs["bias"] = normal(*batch, 2, 3)
        inputs["bias"][..., 1, 2] = -np.inf
        if batch:
            inputs["bias"][(0,) * len(batch) + (0,)] = -np.inf
    return Case(score, inputs, normal(*batch, 2, d_v))


def elements(case: Case, inputs: Mapping[str, np.ndarray]) -> Iterator[tuple[dict[str, np.ndarray], np.ndarray]]:
    """Every batch element's own inputs and cotangent; ``inputs`` are shaped like the case's, of any kind of number."""
    for place in np.ndindex(case.batch):
        own = {}
        for name, a in inputs.items():
            tensor = case.tensors[name]
            whole = np.broadcast_to(a, case.batch + a.shape[a.ndim - len(tensor.shape) :]) if tensor.batched else a
            own[name] = whole[place] if tensor.batched else whole
        yield own, case.grad_context[place]


def naive(score: str, x: dict[str, np.ndarray], exp: Callable, tanh: Callable, sqrt: Callable) -> dict[str, Any]:
    """Scores, weights, context as nested lists; numbers of any kind, masks are the float −∞."""
    q, k, value = x["query"], x["key"], x["value"]

    def score_of(i: int, j: int) -> Any:
        if score in {"dot", "scaled_dot"}:
            e = sum(q[i][r] * k[j][r] for r in range(len(q[i])))
            return e / sqrt(len(q[i])) if score == "scaled_dot" else e
        if score == "bilinear":
            return sum(q[i][r] * x["weight"][r][f] * k[j][f] for r in range(len(q[i])) for f in range(len(k[j])))
        e = 0
        for a in range(len(x["v"])):
            if score == "additive":
                z = sum(x["weight_query"][a][r] * q[i][r] for r in range(len(q[i])))
                z += sum(x["weight_key"][a][f] * k[j][f] for f in range(len(k[j])))
                z += x["bias_hidden"][a] if "bias_hidden" in x else 0
            else:
                both = [*q[i], *k[j]]
                z = sum(x["weight_concat"][a][m] * both[m] for m in range(len(both)))
            e += x["v"][a] * tanh(z)
        return e

    out: dict[str, Any] = {"scores": [], "weights": [], "context": []}
    for i in range(len(q)):
        e = [score_of(i, j) for j in range(len(k))]
        cap = x["softcap"][()] if "softcap" in x else None
        t = {j: cap * tanh(e[j] / cap) if cap is not None else e[j] for j in range(len(k))}
        if "bias" in x:
            t = {j: t[j] + x["bias"][i][j] for j in t if x["bias"][i][j] != -np.inf}
        total = sum(exp(t[j]) for j in t)
        weights = [exp(t[j]) / total if j in t else 0 for j in range(len(k))]
        out["scores"].append(e)
        out["weights"].append(weights)
        out["context"].append([sum(w * value[j][p] for j, w in enumerate(weights)) for p in range(len(value[0]))])
    return out


def in_mpmath(array: np.ndarray) -> np.ndarray:
    return np.vectorize(lambda a: a if a == -np.inf else mpmath.mpf(a), otypes=[object])(array)


DIGITS = 200
STEP = mpmath.mpf(10) ** -60
TRUNCATION = mpmath.mpf(10) ** -100  # of a central difference: h² f'''/6 with f''' < 10^15; roundings are ~10^-140


def by_mpmath(case: Case) -> dict[str, list[mpmath.mpf]]:
    """Every quantity, flat: forward by formula, gradients by central differences of Σ grad_context · context."""

    def run(inputs: Mapping[str, np.ndarray]) -> list[tuple[dict[str, Any], np.ndarray]]:
        return [(naive(case.score, x, mpmath.exp, mpmath.tanh, mpmath.sqrt), c) for x, c in elements(case, inputs)]

    def loss(name: str, index: tuple[int, ...], shift: mpmath.mpf) -> mpmath.mpf:
        moved = {**inputs, name: inputs[name].copy()}
        moved[name][index] += shift
        return sum(np.sum(in_mpmath(c) * np.array(r["context"], object)) for r, c in run(moved))

    with mpmath.workdps(DIGITS):
        inputs = {n: in_mpmath(a) for n, a in case.inputs.items()}
        forward = run(inputs)
        truth = {
            name: list(np.array([r[name] for r, _ in forward], object).ravel())
            for name in ("scores", "weights", "context")
        }
        for name, a in case.inputs.items():
            truth["grad." + name] = [
                mpmath.mpf(0)  # declared for a masked key
                if a[index] == -np.inf
                else (loss(name, index, STEP) - loss(name, index, -STEP)) / (2 * STEP)
                for index in np.ndindex(a.shape)
            ]
    return truth


def wrong(truth: Mapping[str, list[mpmath.mpf]], found: Mapping[str, Enclosure]) -> list[str]:
    """The quantities with a ball that certainly does not contain the value that mpmath puts within TRUNCATION."""
    assert set(truth) == set(found)
    with mpmath.workdps(DIGITS), ctx.workprec(1000):
        return [
            name
            for name, values in truth.items()
            for ball, value in zip(found[name].balls.flat, values, strict=True)
            if not ball.overlaps(arb(mpmath.nstr(value, 180), arb(mpmath.nstr(TRUNCATION, 5))))
        ]


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("options", [set(), OPTIONS], ids=["plain", "all options"])
def test_forward_and_gradients_agree_with_mpmath(score, options):
    case = make(score, (2,), options)
    found = enclose(case, 160)
    for name, enclosure in found.items():
        assert enclosure.radius().max() < 1e-44, name
    assert wrong(by_mpmath(case), found) == []


def mutated(system: System, position: int) -> System:
    """One equation scaled by 1 + 2^-100."""
    equations = list(system.equations)
    equations[position] = replace(equations[position], rhs=equations[position].rhs * (1 + sympy.Rational(1, 2**100)))
    return replace(system, equations=tuple(equations))


@pytest.mark.parametrize("score", SCORES)
def test_a_batch_gives_the_very_balls_of_its_elements(score):
    """All elements are evaluated together: nothing of one is in another, nor in how it is rounded."""
    case = make(score, (2, 2))
    whole = enclose(case, 96)
    for place, (inputs, seed) in zip(np.ndindex(case.batch), elements(case, case.inputs), strict=True):
        alone = enclose(Case(score, inputs, seed), 96)
        for name in ("scores", "weights", "context"):
            for one, other in zip(whole[name].balls[place].flat, alone[name].balls.flat, strict=True):
                assert (one.mid(), one.rad()) == (other.mid(), other.rad())


@pytest.mark.parametrize("score", SCORES)
def test_every_equation_perturbed_in_its_100th_bit_is_seen(score, monkeypatch):
    case = make(score)
    forward = attention(score).resolve(*case.options)
    truth = by_mpmath(case)
    system = forward.then(adjoint(forward, ("context",), tuple(case.tensors)))
    for position, equation in enumerate(system.equations):
        monkeypatch.setattr(api, "_system", lambda *_, p=position: mutated(system, p))
        assert wrong(truth, enclose(case, 160)), f"{equation.target.name} unseen"


def test_a_wrong_elementwise_function_is_seen(monkeypatch):
    case = make("additive")
    truth = by_mpmath(case)
    for function in (sympy.tanh, sympy.sech):
        right = interpreter.FUNCTIONS[function]
        off = {**interpreter.FUNCTIONS, function: lambda x, f=right: f(x) * (1 + arb(2) ** -100)}
        with monkeypatch.context() as patch:
            patch.setattr(interpreter, "FUNCTIONS", off)
            assert wrong(truth, enclose(case, 160)), f"{function} unseen"


class Dual:
    """value + ε · slope in ball arithmetic."""

    def __init__(self, value: Any, slope: Any = 0) -> None:
        self.value, self.slope = arb(value), arb(slope)

    def __add__(self, other: Any) -> "Dual":
        o = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.value + o.value, self.slope + o.slope)

    def __mul__(self, other: Any) -> "Dual":
        o = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.value * o.value, self.value * o.slope + self.slope * o.value)

    def __truediv__(self, other: Any) -> "Dual":
        o = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.value / o.value, (self.slope * o.value - self.value * o.slope) / o.value**2)

    __radd__, __rmul__ = __add__, __mul__

    def exp(self) -> "Dual":
        e = self.value.exp()
        return Dual(e, e * self.slope)

    def tanh(self) -> "Dual":
        return Dual(self.value.tanh(), self.slope / self.value.cosh() ** 2)


def tangent_gap(case: Case, precision: int, seed: int) -> tuple[arb, arb]:
    """⟨x̄, ẋ⟩ from the oracle's gradients and ⟨c̄, ċ⟩ from dual numbers, for a random direction ẋ."""
    rng = np.random.default_rng(seed)
    gradients = enclose(case, precision)
    with ctx.workprec(precision):
        left, inputs = arb(0), {}
        for name, array in case.inputs.items():
            direction = np.where(np.isinf(array), 0.0, rng.integers(-8, 9, array.shape))
            left += sum(
                (g * d for g, d in zip(gradients["grad." + name].balls.flat, direction.flat, strict=True)), arb(0)
            )
            inputs[name] = np.empty(array.shape, object)
            for index in np.ndindex(array.shape):
                masked = array[index] == -np.inf
                inputs[name][index] = -np.inf if masked else Dual(float(array[index]), float(direction[index]))
        right = arb(0)
        for x, cotangent in elements(case, inputs):
            context = naive(case.score, x, Dual.exp, Dual.tanh, lambda n: arb(n).sqrt())["context"]
            for entry, seed_ in zip(np.array(context, object).flat, cotangent.flat, strict=True):
                right += entry.slope * float(seed_) if isinstance(entry, Dual) else 0  # 0: a fully masked row
        return left, right


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("batch", [(), (2,), (2, 3)])
def test_gradients_agree_with_dual_numbers(score, batch):
    for seed, precision in ((1, 64), (2, 128), (3, 400)):
        case = make(score, batch, seed=seed)
        left, right = tangent_gap(case, precision, seed)
        with ctx.workprec(precision):
            assert left.overlaps(right)
            assert not (left * (1 + arb(2) ** (30 - precision))).overlaps(
                right
            )  # a relative error of this size is seen


@pytest.mark.parametrize("score", SCORES)
def test_a_higher_precision_lies_inside_a_lower_one(score):
    case = make(score, (2,))
    lower = enclose(case, 53)
    for precision in (64, 100, 256, 1000):
        higher = enclose(case, precision)
        for name, enclosure in higher.items():
            assert all(a.contains(b) for a, b in zip(lower[name].balls.flat, enclosure.balls.flat, strict=True)), name
        lower = higher
