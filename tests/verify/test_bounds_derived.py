"""The running bounds against the derived ones, evaluated in ball arithmetic without the running bounds' code.

Left out, because the running bounds deliberately allow for more there: flushed subnormals, fused kernels, overflow,
masked keys, the gradients of a log-sum-exp made again as exp(t − ℓ), and sums over batch dimensions.
"""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Float

from attnproof.derivations.attention.extended import extended
from attnproof.derivations.bounds import PAIRWISE, Order, error_bounds
from attnproof.derivations.bounds.uniform import uniform_bounds
from attnproof.derivations.recheck.bounds import evaluate
from attnproof.verify.arithmetic.backends import arithmetic, backend
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.bounds import bounds, contraction
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS, availability
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle import certified

SIZES = {"n_q": 2, "n_k": 3, "d": 4, "d_q": 2, "d_k": 5, "d_a": 3, "d_v": 2}
# |tanh z| in the derived bounds, min(|z| + …, 1) in the running ones: at most 1/tanh(1) of the function's own part.
# What the running bounds' evaluation in float64 adds is 2⁻²⁸ for each rule (``attnproof.verify.bounds.rounding``), and,
# where a logit is computed to fp64, 2⁻⁵⁰ of it.
WITH_TANH, WITHOUT = 1.0 / np.tanh(1.0), 1.0 + 1e-6
# A product may lose no more than itself: a minimum that the running bounds take in narrow formats and the derived ones
# leave out. Some products of these cases in fp16 are that small.
SMALL_PRODUCTS = 1.0 - 1e-4
CASES = {
    "dot": ("dot", (), ()),
    "scaled_dot": ("scaled_dot", (), ("bias",)),
    "bilinear": ("bilinear", (), ()),
    "additive": ("additive", (), ("bias_hidden",)),
    "concat": ("concat", (), ()),
    "capped": ("dot", (), ("softcap", "bias")),
    "rotary, sink": ("scaled_dot", ("rotary", "sink"), ()),
    "capped sink, dropout": ("additive", ("sink_score", "dropout"), ("softcap",)),
    "log-sum-exp": ("bilinear", ("lse",), ()),
}


def case_of(name, dtype, seed=0):
    score, features, options = CASES[name]
    rng, fmt = np.random.default_rng(seed), FORMATS[dtype]
    inputs = {}
    for tensor in extended(score, features).resolve(*options).inputs:
        shape = tuple(int(axis.subs({s: SIZES[s.name] for s in axis.free_symbols})) for axis in tensor.shape)
        inputs[tensor.name] = fmt.round(rng.normal(size=shape) if tensor.name != "softcap" else np.asarray(1.5))
    upstream = fmt.round(rng.normal(size=(SIZES["n_q"], SIZES["d_v"])))
    grad_lse = fmt.round(rng.normal(size=SIZES["n_q"])) if "lse" in features else None
    return Case(score, inputs, upstream, dtype=dtype, grad_lse=grad_lse)


def parameters_of(rule):
    """The parameters of an arithmetic, from its own figures."""
    u, eta = rule.format.unit_roundoff, rule.format.smallest_subnormal
    found = {"u": u, "eta": eta}
    if rule.accumulation is not None:
        found["w"] = rule.accumulation.unit_roundoff
    errors = {"exp": rule.softmax_exp, "sech": rule.exp, "tanh": rule.tanh, "log": rule.log}
    for name, error in errors.items():
        found |= {f"epsilon_{name}": error.relative * u, f"omega_{name}": error.absolute * eta}
    return found


def derived(case, rule):
    """The derived bound of every quantity, float64, rounded to nearest."""
    system = case.forward.then(case.backward)
    limits = error_bounds(
        system, order=rule.order, wide=rule.accumulation is not None, tanh_derivative=rule.tanh_derivative
    )
    given = {**case.inputs, **case.cotangents}
    inputs = {name: {where: float(array[where]) for where in np.ndindex(array.shape)} for name, array in given.items()}
    found = evaluate(limits, case.sizes, inputs, parameters_of(rule))
    shapes = {name: limit.bound.shape for name, limit in bounds(case, rule).items()}
    return {
        name: np.array(
            [float(found["error_" + name.replace("grad.", "grad_")][where]) for where in np.ndindex(shape)]
        ).reshape(shape)
        for name, shape in shapes.items()
    }


def ratios(case, rule):
    limits = derived(case, rule)
    names = [name for name in limits if case.grad_lse is None or not name.startswith("grad.")]
    return {name: bounds(case, rule)[name].bound / limits[name] for name in names}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(("framework", "dtype"), [("numpy", "fp32"), ("torch", "fp64"), ("torch", "fp16")])
def test_running_and_derived_bounds_agree(name, framework, dtype):
    case, rule = case_of(name, dtype), backend(framework, dtype)
    has_tanh = "additive" in case.score or "concat" in case.score or "softcap" in case.inputs
    most = WITH_TANH if has_tanh else WITHOUT
    for quantity, ratio in ratios(case, rule).items():
        assert np.all(ratio >= (SMALL_PRODUCTS if dtype == "fp16" else 1.0 - 1e-9)), (quantity, ratio.min())
        assert np.all(ratio <= most), (quantity, ratio.max())


@pytest.mark.parametrize("order", [PAIRWISE, Order("blocked", 2), Order("pairwise", 2)], ids=str)
@pytest.mark.parametrize("wide", [False, True], ids=["fp32", "wide"])
def test_they_agree_on_a_declared_order(order, wide):
    for name in ("bilinear", "capped"):
        case = case_of(name, "fp32")
        rule = replace(backend("torch", "fp32"), order=order, accumulation=FORMATS["fp64"] if wide else None)
        for quantity, ratio in ratios(case, rule).items():
            assert np.all(ratio >= 1.0 - 1e-9), (quantity, ratio.min())
            assert np.all(ratio <= (WITH_TANH if name == "capped" else WITHOUT)), (quantity, ratio.max())


def test_they_agree_on_one_minus_tanh2():
    case = case_of("additive", "fp32")
    for quantity, ratio in ratios(case, backend("torch", "fp32", tanh_derivative="one_minus_tanh2")).items():
        assert np.all((ratio >= 1.0 - 1e-9) & (ratio <= WITH_TANH)), quantity


PLANTED = {
    "one addition fewer in the running bound": (
        "_roundings",
        lambda real: lambda *rest: (real(*rest)[0], real(*rest)[1] - 1),
    ),
    "no growth in the running bound": ("growth", lambda real: lambda *rest: 0.0),
}


@pytest.mark.parametrize("name", PLANTED)
def test_an_error_planted_on_one_side_is_seen(name, monkeypatch):
    part, wrong = PLANTED[name]
    monkeypatch.setattr(contraction, part, wrong(getattr(contraction, part)))
    case, rule = case_of("bilinear", "fp32", seed=1), backend("numpy", "fp32")
    assert any(np.any(ratio < 1.0 - 1e-9) for ratio in ratios(case, rule).values())


@pytest.mark.parametrize("dtype", ["fp64", "fp32"])
@pytest.mark.parametrize("name", ["dot", "scaled_dot", "bilinear", "additive", "concat", "capped"])
def test_no_implementation_exceeds_the_derived_bound(name, dtype):
    case = case_of(name, dtype, seed=7)
    able = [i for i in IMPLEMENTATIONS.values() if availability(i, case.score, dtype, "cpu", case.options) is None]
    able = [i for i in able if not arithmetic(i, dtype).fused]
    limits = {i.name: derived(case, arithmetic(i, dtype)) for i in able}
    truth = certified(
        case, {q: np.minimum.reduce([limit[q] for limit in limits.values()]) for q in next(iter(limits.values()))}
    )
    for implementation in able:
        got = dict(implementation.forward(case.score, case.inputs, dtype, "cpu"))
        found = implementation.gradients(case.score, case.inputs, case.grad_context, dtype, "cpu")
        got |= {f"grad.{quantity}": value for quantity, value in found.items()}
        for quantity, value in got.items():
            assert np.all(truth[quantity].error(value) <= limits[implementation.name][quantity]), quantity


@pytest.mark.parametrize("name", ["scaled_dot", "additive", "capped"])
def test_the_closed_form_covers_the_derived_bound(name):
    case, rule = case_of(name, "fp32"), backend("numpy", "fp32")
    closed = uniform_bounds(error_bounds(case.forward))
    limits = derived(case, rule)
    numbers = {key: Float(value, 40) for key, value in parameters_of(rule).items()} | dict(case.sizes)
    for tensor in case.forward.inputs:
        numbers[f"{tensor.symbol}_max" if tensor.shape else tensor.symbol] = Float(
            float(np.max(np.abs(case.inputs[tensor.name]))), 40
        )
    for quantity in ("scores", "weights", "context"):
        formula = closed.closed(quantity)
        value = float(formula.subs({symbol: numbers[symbol.name] for symbol in formula.free_symbols}).evalf(30))
        assert np.all(limits[quantity] <= value), quantity
        assert value <= 60 * limits[quantity].max(), quantity


def test_the_closed_form_is_the_bound_where_all_are_equally_large():
    ones = {"query": np.full((2, 4), 0.5), "key": np.full((3, 4), -1.5), "value": np.ones((3, 2))}
    case = Case("scaled_dot", ones, np.ones((2, 2)), dtype="fp32")
    rule = backend("numpy", "fp32")
    closed = uniform_bounds(error_bounds(case.forward))
    numbers = parameters_of(rule) | dict(case.sizes) | {"q_max": 0.5, "k_max": 1.5, "V_max": 1.0}
    formula = closed.closed("scores")
    value = float(formula.subs({symbol: Float(numbers[symbol.name], 40) for symbol in formula.free_symbols}).evalf(30))
    assert value == pytest.approx(derived(case, rule)["scores"].max(), rel=1e-12)
    assert closed.latex("scores").startswith(r"\Delta e \le")
    with pytest.raises(KeyError, match="no bound for 'query'"):
        closed.closed("query")
