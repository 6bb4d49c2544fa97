"""The derived error bounds: as formulas, and against an adversary who chooses every rounding error."""

from __future__ import annotations

from functools import lru_cache
from random import Random

import pytest
from flint import arb, ctx
from sympy import Integer, exp, sqrt

from attnproof.derivations.attention.derive import derive, option_sets
from attnproof.derivations.attention.extended import extended
from attnproof.derivations.bounds import PAIRWISE, UNKNOWN, ErrorBounds, Order, error_bounds, growth, products, system
from attnproof.derivations.bounds.parameters import PARAMETERS
from attnproof.derivations.bounds.printing import short_inequality, short_latex
from attnproof.derivations.bounds.rules import RULES
from attnproof.derivations.bounds.uniform import uniform_bounds
from attnproof.derivations.calculus.adjoint import adjoint
from attnproof.derivations.language.notation import N_K, N_Q, D, I, J, Tensor
from attnproof.derivations.language.system import Equation, System
from attnproof.derivations.language.tensors import SCORES
from attnproof.derivations.lemmas import LEMMAS
from attnproof.derivations.recheck.adversary import Adversary, run, signs
from attnproof.derivations.recheck.bounds import PRECISION, evaluate
from attnproof.derivations.recheck.exact import positions
from attnproof.derivations.scores import FAMILIES

SIZES = {"n_q": 2, "n_k": 3, "d": 4, "d_q": 2, "d_k": 3, "d_a": 3, "d_v": 2}
LARGE = (
    dict.fromkeys(PARAMETERS, 2.0**-6)
    | {"eta": 2.0**-20}
    | {f"omega_{f}": 2.0**-20 for f in ("exp", "sech", "tanh", "log")}
)
CASES = {
    **{
        score: (score, (), ("bias_hidden",) * (score == "additive"))
        for score in ("dot", "scaled_dot", "bilinear", "additive", "concat")
    },
    "capped": ("dot", (), ("softcap", "bias")),
    "everything": ("scaled_dot", ("rotary", "sink_score", "dropout", "lse"), ("softcap", "bias")),
}


@lru_cache(maxsize=64)
def whole(name: str) -> System:
    """Values and gradients of a case in one system."""
    score, features, options = CASES[name]
    forward = extended(score, features).resolve(*options)
    return forward.then(adjoint(forward, ("context", *(("lse",) if "lse" in features else ()))))


@lru_cache(maxsize=64)
def values_of(name: str) -> System:
    """The values alone."""
    score, features, options = CASES[name]
    return extended(score, features).resolve(*options)


def inputs_of(bounds: ErrorBounds, seed: int = 0) -> dict[str, dict[tuple[int, ...], float]]:
    """Random inputs between 1/4 and 1, of both signs; the soft-cap positive."""
    random = Random(seed)
    return {
        tensor.name: {
            where: random.randint(16, 64) / 64 * (1 if tensor.name == "softcap" else random.choice((-1, 1)))
            for where in positions(tensor, SIZES)
        }
        for tensor in bounds.whole.inputs
    }


def worst(
    bounds: ErrorBounds,
    strategies: tuple[str, ...],
    parameters=LARGE,
    *,
    tree: bool = False,
    positive: bool = False,
    zero: str | None = None,
) -> dict[str, float]:
    """For each computed tensor the largest error over its bound, over the adversary's strategies."""
    inputs = inputs_of(bounds)
    if positive:
        inputs = {name: {where: abs(value) for where, value in array.items()} for name, array in inputs.items()}
    if zero is not None:
        inputs[zero] = dict.fromkeys(inputs[zero], 0.0)
    before, ctx.prec = ctx.prec, PRECISION
    try:
        limits = evaluate(bounds, SIZES, inputs, parameters)
        found = {}
        for strategy in strategies:
            balls = {name: arb(value) for name, value in parameters.items()}
            given = {name: {where: arb(value) for where, value in array.items()} for name, array in inputs.items()}
            got = run(bounds, SIZES, given, Adversary(balls, signs(strategy)), tree=tree)
            for name in bounds.rules:
                for where, limit in limits[f"error_{name}"].items():
                    error = abs(got[name][where] - limits[name][where])
                    ratio = float(error / limit) if limit > 0 else (0.0 if error < arb(2) ** -100 else float("inf"))
                    found[name] = max(found.get(name, 0.0), ratio)
        return found
    finally:
        ctx.prec = before


def test_in_plain_text() -> None:
    found = error_bounds(derive("scaled_dot").forward)
    assert found.text("scores") == (
        "Δe[i,j] = ((1 / (1 - u)^(6 + d) - 1) / √d) Σ_r |k[j,r]| |q[i,r]|"
        " + η (4 Σ_r |k[j,r]| + 4 Σ_r |q[i,r]| + 4 d) / (1 - u)^(6 + d)"
    )
    assert found.text("logits") == "Δt[i,j] = Δu[i,j]"
    assert found.text("weights") == "Δα[i,j] = (H - 1) (α[i,j] + β[i,j]) + β[i,j] + η + H λ"
    pairwise = error_bounds(derive("dot").forward, order=PAIRWISE)
    assert pairwise.text("context").startswith(
        "Δc[i,p] = (1 / (1 - u)^(1 + ⌈log(n_k) / log(2)⌉)) Σ_j |V[j,p]| (α[i,j] + Δα[i,j])"
    )
    wide = error_bounds(derive("dot").forward, wide=True)
    assert (
        wide.text("scores")
        == "Δe[i,j] = (1 / ((1 - u)² (1 - w)^(d)) - 1) Σ_r |k[j,r]| |q[i,r]| + d η / ((1 - u)² (1 - w)^(d))"
    )
    assert wide.parameters == ("u", "w", "eta", "epsilon_exp", "omega_exp")
    with pytest.raises(KeyError, match="no bound for 'query'; known: scores"):
        found.equation("query")


def test_in_short() -> None:
    """``x⁺`` for a size and its error, which a logit and its error are not; ``G_n`` for the growth."""
    found = error_bounds(derive("bilinear").forward)
    equations = {equation.target.name: short_latex(found, equation) for equation in found.equations}
    assert equations["error_context"] == (
        r"\Delta c_{ip} = G_{n_{k}} \sum_{j<n_{k}} \alpha^{+}_{ij} |V_{jp}| + \eta n_{k} G_{n_{k}}"
        r" - \sum_{j<n_{k}} \alpha_{ij} |V_{jp}|"
    )
    assert equations["largest_logits"] == r"\mu_{i} = \max_{l<n_{k}} (t_{il} + \Delta t_{il})"
    assert equations["lost"] == r"\lambda = \frac{\eta + \omega_{\exp}}{1 - \epsilon_{\exp}}"
    closed = uniform_bounds(found)
    assert short_inequality(closed.symbols["context"], closed.errors["context"]) == (
        r"\Delta c \le \eta n_{k} G_{n_{k}} + V_{\max} G_{n_{k}} (1 + \sigma) - V_{\max}"
    )
    assert closed.latex("weights").startswith(r"\Delta \alpha \le \left(H - 1\right)")


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("tree", [False, True], ids=["any order", "pairwise"])
def test_no_adversary_exceeds_a_bound(name: str, tree: bool) -> None:
    bounds = error_bounds(whole(name), order=PAIRWISE if tree else UNKNOWN)
    assert set(bounds.rules.values()) <= set(RULES)
    found = worst(bounds, ("up", "down", "first", "second"), tree=tree)
    assert max(found.values()) <= 1.0, {name: ratio for name, ratio in found.items() if ratio > 1}
    assert max(found.values()) > 0.3


def test_every_score_and_option_has_bounds() -> None:
    for score in FAMILIES:
        found = derive(score, *option_sets(score)[-1])
        bounds = error_bounds(found.forward.then(found.adjoint))
        assert {f"grad_{tensor.name}" for tensor in found.forward.inputs} <= set(bounds.rules)


@pytest.mark.parametrize("name", CASES)
def test_exact_arithmetic_has_no_error(name: str) -> None:
    bounds = error_bounds(whole(name))
    found = evaluate(bounds, SIZES, inputs_of(bounds), dict.fromkeys(PARAMETERS, 0))
    for computed in bounds.rules:
        assert all(abs(error) < arb(2) ** -100 for error in found[f"error_{computed}"].values()), computed


def test_a_wider_accumulation_and_one_minus_tanh2() -> None:
    wide = error_bounds(whole("additive"), wide=True)
    narrow = error_bounds(whole("additive"))
    parameters = LARGE | {"w": 2.0**-20}
    a, b = (evaluate(bounds, SIZES, inputs_of(bounds), parameters) for bounds in (wide, narrow))
    assert all(a["error_scores"][where] < b["error_scores"][where] for where in b["error_scores"])
    other = error_bounds(whole("additive"), tanh_derivative="one_minus_tanh2")
    assert "error_sech2_preactivation" in {equation.target.name for equation in other.equations}
    assert other.equation("sech2_preactivation") != narrow.equation("sech2_preactivation")


# Planted errors: what is changed, how, in which case, what shows it.
def _fewer_additions(monkeypatch: pytest.MonkeyPatch) -> None:
    real = growth.grown_sum
    monkeypatch.setattr(products, "grown_sum", lambda m, over, terms, how: real(m - 1, over, terms, how))


def _no_underflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "underflow", lambda term, computed: Integer(0))


def _no_propagation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system._Deriving, "_error", lambda self, element: Integer(0))


def _first_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sum of the additions' roundings in place of their growth."""
    monkeypatch.setattr(growth, "grown", lambda n, m=growth.ZERO: 1 + n * growth.U / 2 + m)


def _tanh_without_its_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    real = system.tanh_error
    monkeypatch.setattr(system, "tanh_error", lambda argument, error: real(argument, Integer(0)))


def _no_slope_of_sech2(monkeypatch: pytest.MonkeyPatch) -> None:
    real = system.sech2_error
    monkeypatch.setattr(system, "sech2_error", lambda z, error, derivative: real(z, Integer(0), derivative))


def _unmoved_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "moved", lambda *rest: Integer(0))


def _no_rounding_of_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "rounding", lambda count, how, lam: Integer(1))


def _no_shift_by_exp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "shift", lambda logit, error, highest: error)


def _half_the_log_sum_exp(monkeypatch: pytest.MonkeyPatch) -> None:
    real = system.log_sum_exp_error
    monkeypatch.setattr(system, "log_sum_exp_error", lambda *rest: real(*rest) / 4)


def _unshifted_log_sum_exp(monkeypatch: pytest.MonkeyPatch) -> None:
    real = system.log_sum_exp_error
    monkeypatch.setattr(
        system, "log_sum_exp_error", lambda size, error, theta, *rest: real(size, error, 0 * theta, *rest)
    )


TINY = dict.fromkeys(PARAMETERS, 2.0**-60)
EXP = TINY | {"epsilon_exp": 2.0**-6}
ROUNDING = TINY | {"u": 2.0**-6}
# what is planted, in which case, by which tensor it is seen, with which parameters, and which input is 0
PLANTED = {
    "one addition fewer": (_fewer_additions, "dot", "scores", LARGE, None),
    "no underflow": (_no_underflow, "dot", "scores", TINY | {"eta": 2.0**-6}, None),
    "errors do not propagate": (_no_propagation, "additive", "scores", LARGE, None),
    "half of the roundings": (_first_order, "dot", "scores", LARGE, None),
    "tanh without the error of its argument": (
        _tanh_without_its_argument,
        "additive",
        "tanh_preactivation",
        ROUNDING,
        None,
    ),
    "sech² without the error of its argument": (_no_slope_of_sech2, "additive", "sech2_preactivation", ROUNDING, None),
    "weights that do not move": (_unmoved_weights, "dot", "weights", EXP, None),
    "weights that are not rounded": (_no_rounding_of_weights, "dot", "weights", ROUNDING, "query"),
    "exponents shifted by the logits only": (_no_shift_by_exp, "dot", "weights", EXP, None),
    "a log-sum-exp whose exponents do not shift": (_unshifted_log_sum_exp, "everything", "lse", EXP, None),
    "a quarter of the log-sum-exp's": (_half_the_log_sum_exp, "everything", "lse", LARGE, None),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_error_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, case, shown_by, parameters, zero = PLANTED[name]
    of = whole(case) if shown_by.startswith("sech2") else values_of(case)
    strategies = ("up", "down", "first", "second", "third")
    right = worst(error_bounds(of), strategies, parameters, positive=True, zero=zero)
    plant(monkeypatch)
    system._error_bounds.cache_clear()
    try:
        wrong = worst(error_bounds(of), strategies, parameters, positive=True, zero=zero)
    finally:
        system._error_bounds.cache_clear()
    assert max(right.values()) <= 1.0
    assert wrong[shown_by] > 1.0


def test_what_no_rule_covers_is_named() -> None:
    out = Tensor("odd", "o", (N_Q, N_K), "intermediate")
    odd = System("strange", (SCORES,), (Equation(out, (I, J), exp(SCORES[I, J])),), ("odd",))
    with pytest.raises(ValueError, match=r"strange: equation for 'odd': no rule derives the rounding errors of exp"):
        error_bounds(odd)
    with pytest.raises(ValueError, match="decide the options softcap"):
        error_bounds(extended("dot"))


def test_what_is_missing_is_named() -> None:
    bounds = error_bounds(derive("dot").forward)
    inputs = inputs_of(bounds)
    with pytest.raises(KeyError, match="parameter 'eta': smallest subnormal"):
        evaluate(bounds, SIZES, inputs, {"u": 0})
    with pytest.raises(KeyError, match="input 'key'"):
        evaluate(bounds, SIZES, {"query": inputs["query"]}, LARGE)
    with pytest.raises(ValueError, match="'query' has other elements"):
        evaluate(bounds, SIZES | {"n_q": 1}, inputs, LARGE)


def test_rules_rest_on_lemmas_that_exist() -> None:
    assert {name for rule in RULES.values() for name in rule.lemmas} <= set(LEMMAS)


@pytest.mark.parametrize(
    ("order", "counts", "over_two"),
    [
        (UNKNOWN, (0, 1, 2, 7, 8, 999), 14),
        (PAIRWISE, (0, 1, 2, 3, 4, 10), 2 + 3),
        (Order("blocked", 4), (0, 1, 2, 4, 5, 252), 3 + 3),
        (Order("pairwise", 4), (0, 1, 2, 4, 5, 11), 2 + 4),
    ],
)
def test_additions_of_an_order(order: Order, counts: tuple[int, ...], over_two: int) -> None:
    assert tuple(order.count(n) for n in (1, 2, 3, 8, 9, 1000)) == counts
    assert order.count(3, 5) == int(order.nested([N_Q, N_K]).subs({N_Q: 3, N_K: 5})) == over_two
    assert int(order.additions(D).subs(D, 9)) == order.count(9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tree",), "unknown order of summation 'tree'; expected one of unknown, pairwise, blocked"),
        (("blocked", 0), "at least one term"),
        (("blocked", sqrt(D)), "at least one term"),
        (("unknown", 2), "an unknown order has no blocks, got 2"),
    ],
)
def test_an_order_that_is_none_is_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Order(*arguments)
