from dataclasses import replace

import mpmath
import numpy as np
import pytest
from flint import arb
from sympy import Heaviside, Integer, exp, log, tanh

from attnproof.derivations.language.notation import Tensor, index, size
from attnproof.derivations.language.system import Equation, System, total
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle import OracleError, PrecisionError, certified, enclose, quantities_of
from attnproof.verify.oracle.interpreter import evaluate
from attnproof.verify.oracle.named import balls
from attnproof.verify.oracle.softmax import is_masked, softmax


def dot(n_q: int = 2, n_k: int = 3, d: int = 2, scale: float = 1.0, **options: np.ndarray) -> Case:
    inputs = {"query": (n_q, d), "key": (n_k, d), "value": (n_k, 2)}
    rng = np.random.default_rng(4)
    drawn = {n: rng.normal(size=shape) * scale for n, shape in inputs.items()}
    return Case("dot", drawn | options, rng.normal(size=(n_q, 2)))


def test_quantities_are_all_or_those_asked_for():
    case = dot(bias=np.zeros((2, 3)))
    names = ("scores", "weights", "context", "grad.query", "grad.key", "grad.bias", "grad.value")
    assert quantities_of(case) == tuple(enclose(case, 64)) == tuple(certified(case)) == names
    assert tuple(certified(case, quantities=["grad.key", "weights"])) == ("weights", "grad.key")
    with pytest.raises(ValueError, match=r"unknown quantity 'grad.softcap'; known here: scores"):
        enclose(case, 64, ["grad.softcap"])


def test_what_is_not_a_number_is_refused():
    case = dot(bias=np.zeros((2, 3)))
    for name, value in [("query", np.nan), ("value", np.inf), ("key", -np.inf), ("bias", np.inf), ("bias", np.nan)]:
        inputs = {n: a.copy() for n, a in case.inputs.items()}
        inputs[name].flat[0] = value
        with pytest.raises(OracleError, match=rf"dot: {name}\[0, 0\] is {value}"):
            certified(replace(case, inputs=inputs))
    with pytest.raises(OracleError, match=r"grad_context\[0, 0\] is nan"):
        enclose(replace(case, grad_context=np.full((2, 2), np.nan)), 64)


def test_radius_is_far_below_the_bound_wherever_one_is_given():
    case = dot()
    for bound in (1e-3, 2.0**-60, 1e-100, 1e-300, 5e-324):
        bounds = {name: np.full(e.shape, bound) for name, e in enclose(case, 64).items()}
        for enclosure in certified(case, bounds).values():
            assert all(ball.rad() * 1024 <= arb(bound) for ball in enclosure.balls.flat)


@pytest.mark.parametrize(("times", "precision"), [(1025, 128), (1023, 256), (2, 256)])
def test_the_demand_is_two_to_the_tenth_and_no_less(times, precision):
    case = dot(1, 3, 2)
    largest = max(ball.rad() for ball in enclose(case, 128, ["weights"])["weights"].balls.flat)
    bounds = {"weights": np.array(float(largest * times))}
    assert certified(case, bounds, ["weights"])["weights"].precision == precision


def test_the_demand_holds_below_the_range_of_float64():
    """Around 2^-1084 the demanded radius is no float64 any more; the comparison must not round it to 0 or 2^-1074."""
    bound = {"scores": np.array(5e-324)}
    precisions = set()
    for exponent in range(900, 990, 3):
        inputs = {n: np.full((1, 3), 1.0) for n in ("query", "key", "value")}
        inputs["query"] = np.full((1, 3), 2.0**-exponent)
        found = certified(Case("scaled_dot", inputs, np.ones((1, 3))), bound, ["scores"])["scores"]
        assert found.balls[0, 0].rad() * 1024 <= arb(5e-324)
        precisions.add(found.precision)
    assert precisions == {128, 256}


def test_precision_rises_only_where_the_bound_asks_for_it():
    case = dot()
    bounds = {"weights": np.full((2, 3), 1e-200), "context": np.full((2, 2), 1e-20)}
    found = certified(case, bounds, ["weights", "context"])
    assert found["context"].precision < found["weights"].precision


def test_an_unreachable_bound_raises_and_says_where():
    case = dot()
    bounds = {"weights": np.full((2, 3), 1e-10)}
    bounds["weights"][1, 2] = 0.0
    with pytest.raises(
        OracleError, match=r"dot: weights\[1, 2\] has radius .*e-24.. at 8192 bits, more than 2\^-10 of the bound 0.0"
    ):
        certified(case, bounds, ["weights"])


def test_sech_squared_keeps_its_relative_accuracy():
    """1 − tanh² at z = 3000 would need 8700 bits; the gradient through it is right at 64."""
    one = np.ones((1, 1))
    inputs = {"query": 2900 * one, "key": np.array([[100.0], [0.0]]), "value": np.array([[1.0], [0.0]])}
    inputs |= {"weight_query": one, "weight_key": one, "v": np.ones(1)}
    found = enclose(Case("additive", inputs, one), 64)
    with mpmath.workdps(4000):
        weight, slope = mpmath.mpf(1) / 2, mpmath.sech(3000) ** 2  # the weights differ from 1/2 by 10^-2500
        truth = slope * weight * (1 - weight)
        text = mpmath.nstr(truth, 30)
    ball = found["grad.key"].balls[0, 0]
    assert ball.rel_accuracy_bits() > 40
    assert (ball / arb(text) - 1).abs_upper() < 2.0**-40


@pytest.mark.parametrize("scale", [1e18, 1e154, 1e300, 1e-160, 5e-324])
@pytest.mark.parametrize("cap", [None, 5e-324, 1.0, 1e308])
def test_extreme_arguments_are_enclosed(scale, cap):
    options = {} if cap is None else {"softcap": np.array(cap)}
    case = dot(3, 4, 2, scale, **options)
    found = certified(case)
    for enclosure in found.values():
        assert all(ball.is_finite() for ball in enclosure.balls.flat)
    if scale == 1e18 and cap is None:  # scores differ by 10^30 and more: one key takes all
        best = np.argmax(found["scores"].midpoint(), axis=1)
        np.testing.assert_array_equal(found["weights"].midpoint(), np.eye(4)[best])
    if scale <= 1e-160:
        assert np.abs(found["weights"].midpoint() - 0.25).max() < 1e-15


def test_score_that_differs_in_its_last_bits_only():
    """Two scores near 10^308 that differ by 2^-20 after a cancellation no float64 sum would survive."""
    big = 2.0**1000
    inputs = {"query": np.array([[1.0, 1.0, 1.0]]), "value": np.array([[1.0], [0.0]])}
    inputs["key"] = np.array([[big, 2.0**-20, -big], [big, 0.0, -big]])
    found = certified(Case("dot", inputs, np.ones((1, 1))))
    with mpmath.workdps(60):
        truth = 1 / (1 + mpmath.exp(-(mpmath.mpf(2) ** -20)))
        assert abs(mpmath.mpf(found["weights"].decimal((0, 0), 30)) - truth) < mpmath.mpf(10) ** -28


def same(x: arb, y: arb) -> bool:
    return bool(x.mid() == y.mid() and x.rad() == y.rad())


def test_batch_elements_are_independent_and_parameters_sum():
    rng = np.random.default_rng(5)
    whole = Case(
        "bilinear",
        {
            "query": rng.normal(size=(2, 1, 3, 2)),
            "key": rng.normal(size=(3, 4, 2)),
            "value": rng.normal(size=(2, 3, 4, 5)),
            "weight": rng.normal(size=(2, 2)),
        },
        rng.normal(size=(2, 3, 3, 5)),
    )
    found = enclose(whole, 128)
    sums = dict.fromkeys(("grad.query", "grad.key", "grad.weight"), 0)
    for a, b in np.ndindex(2, 3):
        inputs = {**whole.inputs, "query": whole.inputs["query"][a, 0], "key": whole.inputs["key"][b]}
        part = enclose(Case("bilinear", inputs | {"value": whole.inputs["value"][a, b]}, whole.grad_context[a, b]), 128)
        for name in ("scores", "weights", "context", "grad.value"):
            assert all(same(x, y) for x, y in zip(found[name].balls[a, b].flat, part[name].balls.flat, strict=True))
        for name, where in (("grad.query", (a, 0)), ("grad.key", (b,)), ("grad.weight", ())):
            here = np.full(found[name].shape, arb(0), object)
            here[where] = part[name].balls
            sums[name] = sums[name] + here
    for name, value in sums.items():
        assert found[name].shape == whole.inputs[name.removeprefix("grad.")].shape
        assert all(x.overlaps(y) for x, y in zip(found[name].balls.flat, value.flat, strict=True))
        assert found[name].radius().max() < 1e-35


# The interpreter on systems that are not attention.
N, M = size("n"), size("m")
I, J = index("i"), index("j")
X, Y = Tensor("x", "x", (N, N)), Tensor("y", "y", (N + M,))
OUT, VECTOR = Tensor("out", "o", ()), Tensor("vector", "w", (N + M,))
VALUES = {"x": balls(map(arb, range(9)), (3, 3)), "y": balls(map(arb, range(5)), (5,))}
SIZES = {"n": 3, "m": 2}


def run(*equations: Equation) -> list[float]:
    system = System("test", (X, Y), equations, (equations[-1].target.name,))
    name = system.outputs[0]
    return [float(b) for b in np.atleast_1d(evaluate(system, VALUES, SIZES, {name})[name])]


def test_interpreter_reads_diagonals_blocks_repeated_and_constant_sums():
    assert run(Equation(OUT, (), total(X[I, I], (I, N)))) == [12]
    assert run(Equation(OUT, (), total(X[I, 1], (I, N)))) == [12]
    assert run(Equation(OUT, (), total(N * X[0, 2], (I, N), (J, M)))) == [36]
    assert run(Equation(OUT, (), total(Y[N + J] ** 2 / 2, (J, M)))) == [12.5]
    assert run(Equation(OUT, (), total(X[I, J] * X[J, I], (I, N), (J, N)))) == [
        float(np.trace(np.arange(9).reshape(3, 3) @ np.arange(9).reshape(3, 3)))
    ]
    blocks = Equation(VECTOR, (I,), X[I, 0]), Equation(VECTOR, (N + J,), Y[N + J] - 7)
    assert run(*blocks) == [0, 3, 6, -4, -3]
    constant = Equation(VECTOR, (I,), Integer(1)), Equation(VECTOR, (N + J,), Integer(2))
    assert run(*constant) == run(*reversed(constant)) == [1, 1, 1, 2, 2]


def test_nan_is_no_mask():
    assert is_masked(arb("-inf"))
    for value in (arb("nan"), arb(0), arb(-1e308), arb("inf"), arb(0, "inf")):
        assert not is_masked(value)
        row = softmax(balls([value, arb("-inf"), arb(1)], (3,)))
        assert [x.is_finite() for x in row] == [value.is_finite()] * 3  # an undefined logit spoils its row
    inside = Equation(VECTOR, (I,), log(X[0, 0])), Equation(VECTOR, (N + J,), Integer(0))
    with pytest.raises(PrecisionError, match=r"vector\[0\] is nan"):
        run(*inside, Equation(OUT, (), VECTOR[4]))


def test_minus_infinity_is_for_logits_inside_only():
    masked = {**VALUES, "x": balls([arb("-inf")] * 9, (3, 3))}
    shifted = Equation(VECTOR, (I,), X[I, 0] + 1), Equation(VECTOR, (N + J,), X[J, 1] + 1)
    system = System("test", (X,), (*shifted, Equation(OUT, (), exp(VECTOR[0]))), ("out",))
    assert evaluate(system, masked, SIZES, {"out"})["out"][()].is_zero()
    with pytest.raises(PrecisionError, match=r"test: vector\[0\] is .*not a finite ball"):
        evaluate(system, masked, SIZES, {"vector"})


def test_interpreter_raises_for_what_it_does_not_know():
    with pytest.raises(OracleError, match="no ball arithmetic for Heaviside"):
        run(Equation(OUT, (), total(Heaviside(X[I, I] - 1), (I, N))))
    with pytest.raises(OracleError, match=r"no equation gives vector\[3\]"):
        run(Equation(VECTOR, (I,), X[I, 0]))
    with pytest.raises(OracleError, match="no value and no equation for 'nothing'"):
        evaluate(System("empty", (X,), (), ()), VALUES, SIZES, {"nothing"})
    with pytest.raises(OracleError, match=r"places 2\.\.4 of an axis of length 3"):
        run(Equation(OUT, (), total(X[0, M + I], (I, N))))
    with pytest.raises(OracleError, match=r"out\[\] is .*not a finite ball"):
        run(Equation(OUT, (), 1 / tanh(X[0, 0])))
    with pytest.raises(OracleError, match=r"out\[\] is .*not a finite ball"):
        run(Equation(OUT, (), log(X[0, 0])))  # −∞, which only a logit inside may be
