"""How the bounds read a system: its terms, its softmax, and what they do not cover."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Function, Rational, Sum, cos, exp, sech, sqrt, tanh

from attnproof.derivations.attention.whole import attention
from attnproof.derivations.bounds.terms import Factor, flatten, softmax_argument
from attnproof.derivations.language.notation import N_K, N_Q, D, I, J, R, Tensor, size
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import KEY_SHARED, QUERY_SHARED, SCORES, SOFTCAP, WEIGHTS
from attnproof.verify.arithmetic.backends import backend
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.bounds import api, bounds
from attnproof.verify.bounds.interpreter import Interpreter
from attnproof.verify.bounds.operand import exact
from attnproof.verify.inputs.case import Case


def test_flattening():
    q, k, e, kappa = QUERY_SHARED, KEY_SHARED, SCORES, SOFTCAP[()]
    (term,) = flatten(total(q[I, R] * k[J, R], (R, D)) / sqrt(D))
    assert term.coefficient == 1 / sqrt(D)
    assert {f.argument for f in term.factors} == {q[I, R], k[J, R]}
    assert term.over == ((R, D),)
    first, second = flatten((e[I, J] - q[I, R]) * k[J, R])
    assert {first.coefficient, second.coefficient} == {1, -1}
    (capped,) = flatten(kappa * tanh(e[I, J] / kappa))
    assert Factor("tanh", e[I, J] / kappa) in capped.factors
    (slope,) = flatten(sech(e[I, J] / kappa) ** 2 / kappa)
    assert {f.kind for f in slope.factors} == {"sech2", "reciprocal"}
    (square,) = flatten(e[I, J] ** 2)
    assert len(square.factors) == 2
    (both,) = flatten(total(e[I, J], (J, N_K)) * total(e[I, J], (J, N_K)))
    assert len({symbol for symbol, _ in both.over}) == 2  # the second J is renamed
    (root,) = flatten(e[I, J] ** Rational(3, 2))
    assert {factor.kind for factor in root.factors} == {"element", "root"}
    (inverse,) = flatten(e[I, J] ** Rational(-3, 2))
    assert inverse.factors == (Factor("reciprocal", sqrt(e[I, J])),) * 3


@pytest.mark.parametrize(
    "expression", [cos(SCORES[I, J]), sech(SCORES[I, J]), SCORES[I, J] ** Rational(1, 3), Function("f")(SCORES[I, J])]
)
def test_what_no_rule_covers_is_refused(expression):
    with pytest.raises(ValueError, match="no rule bounds"):
        flatten(expression)
    with pytest.raises(ValueError, match="start at 0"):
        flatten(Sum(SCORES[I, J], (J, 1, N_K)))


def test_an_equation_without_a_rule_is_named():
    out = Tensor("odd", "o", (N_Q, N_K), "intermediate")
    system = System("strange", (SCORES,), (Equation(out, (I, J), cos(SCORES[I, J])),), ("odd",))
    run = Interpreter(backend("numpy", "fp32"), {"n_q": 1, "n_k": 1}, 1, {"scores": exact("Zab", np.ones((1, 1, 1)))})
    with pytest.raises(ValueError, match="strange: equation for 'odd': no rule"):
        run.run(system)


def test_the_softmax_is_recognised_and_nothing_else_is():
    weights = next(e for e in attention("dot").equations if e.target == WEIGHTS)
    logits, symbol = softmax_argument(weights.rhs)
    assert symbol == J
    assert logits.indices == (I, J)
    assert softmax_argument(SCORES[I, J] * exp(SCORES[I, J])) is None
    assert softmax_argument(exp(SCORES[I, J]) / (1 + exp(SCORES[I, J]))) is None
    assert softmax_argument(SCORES[I, J]) is None


def test_a_users_own_system_has_bounds():
    """A score nobody wrote a rule for: Σ_r q² k + size-dependent constant times tanh of a product."""
    own = Tensor("own", "w", (N_Q, N_K), "intermediate")
    d = size("d")
    rhs = total(QUERY_SHARED[I, R] ** 2 * KEY_SHARED[J, R], (R, d)) + tanh(QUERY_SHARED[I, R] * 0 + SCORES[I, J]) / d
    system = System("own", (QUERY_SHARED, KEY_SHARED, SCORES), (Equation(own, (I, J), rhs),), ("own",))
    rng = np.random.default_rng(0)
    q, k, e = (FORMATS["fp32"].round(rng.normal(size=s)) for s in ((1, 2, 3), (1, 4, 3), (1, 2, 4)))
    run = Interpreter(
        backend("numpy", "fp32"),
        {"n_q": 2, "n_k": 4, "d": 3},
        1,
        {"query": exact("Zab", q), "key": exact("Zab", k), "scores": exact("Zab", e)},
    )
    run.run(system)
    a, b, c = (x[0].astype(np.float32) for x in (q, k, e))
    got = (a**2) @ b.T + np.tanh(c) / np.float32(3)
    true = (q[0] ** 2) @ k[0].T + np.tanh(e[0]) / 3
    found = run.known["own"]
    assert np.all(np.abs(got - true) <= found.error[0] + found.radius[0])
    assert np.max(found.error) < 1e-5


def test_additions_over_broadcast_batches_count():
    """1 + u + u + … over 200 batches of one query and key: the gradient of the shared value, summed in the format,
    stays 1.
    """
    u, count = FORMATS["fp32"].unit_roundoff, 200
    upstream = np.full((count, 1, 1), u)
    upstream[0] = 1
    case = Case(
        "dot",
        {"query": np.ones((count, 1, 1)), "key": np.ones((1, 1)), "value": np.ones((1, 1))},
        upstream,
        dtype="fp32",
    )
    got = float(np.add.accumulate(upstream.astype(np.float32).ravel())[-1])
    error = abs(got - upstream.sum())
    assert error >= 0.99 * (count - 1) * u
    assert error <= float(bounds(case, backend("numpy", "fp32"))["grad.value"].bound[0, 0])


def one_equation(target, indices, rhs, inputs, sizes, batch, arithmetic):
    run = Interpreter(arithmetic, sizes, batch, inputs)
    run.run(
        System("one", (), (Equation(target, indices, rhs),), (target.name,)).then(System("", (SCORES, SOFTCAP), (), ()))
    )
    return run.known[target.name]


def test_additions_over_the_batch_count_for_a_parameter():
    u, count = FORMATS["fp32"].unit_roundoff, 200
    terms = np.full((count, 1, 1), u)
    terms[0] = 1
    parameter = Tensor("sum", "s", (), "cotangent", batched=False)
    rhs = total(SCORES[I, J], (I, N_Q), (J, N_K))
    known = {"scores": exact("Zab", terms)}
    found = one_equation(parameter, (), rhs, known, {"n_q": 1, "n_k": 1}, count, backend("numpy", "fp32"))
    error = abs(float(np.add.accumulate(terms.astype(np.float32).ravel())[-1]) - terms.sum())
    assert found.labels == ""
    assert 0.99 * (count - 1) * u <= error <= float(found.error)


def test_a_softcap_may_be_multiplied_in_and_divided_out():
    """x κ / κ / κ is x / κ with two more roundings, as autograd computes it: found to exceed two roundings, never the
    bound.
    """
    rng = np.random.default_rng(6)
    quotient = Tensor("quotient", "y", (N_Q, N_K), "intermediate")
    kappa = np.asarray(FORMATS["fp16"].round(np.asarray(2.7)))
    x = FORMATS["fp16"].round(rng.uniform(1, 4, (1, 200, 200)))
    known = {"scores": exact("Zab", x), "softcap": exact("", kappa)}
    sizes = {"n_q": 200, "n_k": 200}
    found = one_equation(quotient, (I, J), SCORES[I, J] / SOFTCAP[()], known, sizes, 1, backend("numpy", "fp16"))
    a, b = x.astype(np.float16), np.float16(kappa)
    ratios = []
    for got in (a * b / b / b, a / b, a * (np.float16(1) / b)):
        error = np.abs(got.astype(np.float64) - x / kappa)
        assert np.all(error <= found.error)
        ratios.append(np.max(error / (x / kappa)) / FORMATS["fp16"].unit_roundoff)
    assert max(ratios) > 1.5
    slope = sech(SCORES[I, J] / SOFTCAP[()]) ** 2
    declared = replace(backend("numpy", "fp16"), tanh_derivative="one_minus_tanh2")
    by_steps = one_equation(quotient, (I, J), slope, known, sizes, 1, declared)
    y = np.tanh(a / b)
    got = (b * (1 - y * y)) / b
    assert np.all(np.abs(got.astype(np.float64) - 1 / np.cosh(x / kappa) ** 2) <= by_steps.error)


def test_the_extra_roundings_of_a_reciprocal_are_counted():
    """Without them the bound of x / κ would be two roundings; four more are allowed for."""
    quotient = Tensor("quotient", "y", (N_Q, N_K), "intermediate")
    known = {"scores": exact("Zab", np.ones((1, 1, 1))), "softcap": exact("", np.asarray(3.0))}
    arguments = (quotient, (I, J), SCORES[I, J] / SOFTCAP[()], known, {"n_q": 1, "n_k": 1}, 1)
    unit = FORMATS["fp32"].unit_roundoff / 3
    found = float(one_equation(*arguments, backend("numpy", "fp32")).error[0, 0, 0])
    assert found == pytest.approx(6 * unit, rel=1e-5)  # the reciprocal, the product, four more


@pytest.mark.parametrize(("d_q", "d_k"), [(2, 9), (9, 2)])
def test_sums_over_different_sizes_under_one_sum_are_all_counted(d_q, d_k):
    """1 + u + u + … in fp32 stays 1: the projections of query and key in one go, whichever is the longer."""
    u = FORMATS["fp32"].unit_roundoff
    terms = np.full(d_q + d_k, u)
    terms[0] = 1.0
    inputs = {
        "query": np.ones((1, d_q)),
        "key": np.ones((1, d_k)),
        "value": np.ones((1, 1)),
        "weight_query": terms[None, :d_q],
        "weight_key": terms[None, d_q:],
        "v": np.ones(1),
    }
    case = Case("additive", inputs, np.ones((1, 1)), dtype="fp32")
    (found,) = api._evaluations(case, backend("numpy", "fp32"))
    computed = np.add.accumulate(terms.astype(np.float32))[-1]
    seen = float(np.sum(terms) - computed)
    assert computed == 1.0
    assert seen == (d_q + d_k - 1) * u
    error = float(found.known["preactivation"].error.item())
    assert seen <= error <= 1.2 * seen
