"""The fields of each record of a function agree, every room knows it, and a kink is handled the same way in all of
them.
"""

from __future__ import annotations

import importlib
from dataclasses import replace
from functools import partial

import mpmath
import numpy as np
import pytest
import torch
from flint import arb, fmpq
from sympy import Symbol, diff, lambdify

from attnproof.derivations.language.functions import BALLS, ELEMENTARY, TARGETS, USER
from attnproof.derivations.language.piecewise import leaky_relu, relu, step
from attnproof.derivations.language.tensors import PREACTIVATION
from attnproof.derivations.recheck.atoms import Atoms
from attnproof.derivations.recheck.dual import Dual
from attnproof.derivations.recheck.real import Reals
from attnproof.derivations.typesetting.latex import expr_latex, expr_text
from attnproof.impl.codegen.targets import TARGETS as FOLDERS
from attnproof.impl.codegen.targets.fused.pairs.lines import FUNCTIONS
from attnproof.impl.codegen.targets.loops import LOOPS
from attnproof.impl.generated.torch import _runtime
from attnproof.verify.bounds.elementwise import FUNCTION_BOUNDS
from attnproof.verify.oracle.elementwise import elementwise
from attnproof.verify.oracle.error import PrecisionError
from attnproof.verify.oracle.named import balls

X = Symbol("x", real=True)
TABLES = {
    target: importlib.import_module(f"attnproof.impl.codegen.targets.{target}").SYNTAX.functions for target in FOLDERS
} | {name: target.functions for name, target in LOOPS.items()}
TABLES["packs"] = {**FUNCTIONS, "sqrt": "square_root({0})"}
ELSEWHERE = {"relu": lambda x: max(x, mpmath.mpf(0)), "step": lambda x: mpmath.mpf(x > 0)}  # mpmath has neither


def enclosed(function: type, x: arb) -> arb:
    """By the oracle."""
    return elementwise(BALLS[function], balls([x], ())).item()


@pytest.mark.parametrize("name", ELEMENTARY)
def test_the_fields_of_a_record_agree(name: str) -> None:
    function = ELEMENTARY[name]
    at, tiny = fmpq(1, 3), arb(2) ** -40
    exact = Atoms("")(name, Dual(at, {0: fmpq(1)}))
    assert exact.value == Atoms("")(name, at)
    slope = Reals("")(name, Dual(at, {0: fmpq(1)})).slope.get(0, fmpq(0))
    assert abs((function.ball(arb(at) + tiny) - function.ball(arb(at))) / tiny - slope) < 1e-3
    derivative = lambdify(X, function.derivative(X), ["mpmath", ELSEWHERE])
    assert float(arb(slope)) == pytest.approx(float(derivative(mpmath.mpf(1) / 3)), rel=1e-14)


@pytest.mark.parametrize("name", ELEMENTARY)
@pytest.mark.parametrize("x", [-2.5, -0.75, 0.5, 3.25])
def test_enclosures_and_array_texts_agree_with_mpmath(name: str, x: float) -> None:
    if name == "log":
        x = abs(x)
    expected = (ELSEWHERE.get(name) or getattr(mpmath, name))(mpmath.mpf(x))
    assert float(ELEMENTARY[name].ball(arb(x))) == pytest.approx(float(expected), rel=1e-14, abs=0)
    space = {"np": np, "torch": torch, "sech": _runtime.sech, "step": _runtime.step}
    for target, value in (("numpy", np.float64(x)), ("torch", torch.tensor(x, dtype=torch.float64))):
        text = ELEMENTARY[name].texts[target].format("x")
        if target == "torch" or "sech" not in text:
            assert float(eval(text, {**space, "x": value})) == pytest.approx(float(expected), rel=1e-14, abs=0)


@pytest.mark.parametrize("name", USER.values())
def test_every_room_knows_the_functions_of_user_scores(name: str) -> None:
    function = ELEMENTARY[name]
    assert name in FUNCTION_BOUNDS
    assert set(TABLES) == set(TARGETS)
    for functions in TABLES.values():
        assert name in functions
    assert name in expr_latex(function.symbol(X))
    assert name in expr_text(function.symbol(X))


def test_a_user_function_without_a_text_is_refused() -> None:
    with pytest.raises(ValueError, match="tanh: user scores may take it, but it has no text for jax"):
        replace(ELEMENTARY["tanh"], texts={name: "f({0})" for name in TARGETS if name != "jax"})


def test_roots_are_known_in_every_room_too() -> None:
    assert "root" in FUNCTION_BOUNDS
    for functions in TABLES.values():
        assert "sqrt" in functions
    for target in FOLDERS:  # loops write squares as products
        assert "square" in TABLES[target]


POINTS = (-2.0, -0.5, 0.0, 0.25, 3.0)


@pytest.mark.parametrize("x", POINTS)
def test_relu_and_its_derivative_at_numbers(x: float) -> None:
    exact = fmpq(int(4 * x), 4)
    dual = Atoms("")("relu", Dual(exact, {0: fmpq(1)}))
    torch_x = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    torch.relu(torch_x).backward()
    assert dual.value == fmpq(int(4 * max(x, 0)), 4)
    assert (
        float(dual.slope[0].p) == float(enclosed(step, arb(x))) == float(torch_x.grad)
    )  # step(0) = 0, as torch has it
    assert float(enclosed(relu, arb(x))) == max(x, 0.0)
    assert float(np.heaviside(x, 0)) == float(_runtime.step(torch.tensor(x))) == float(torch_x.grad)


def test_leaky_relu_has_torchs_values_and_derivative_at_the_kink_too() -> None:
    formula, slope = leaky_relu(X, "1/5"), diff(leaky_relu(X, "1/5"), X)
    for x in POINTS:
        given = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        expected = torch.nn.functional.leaky_relu(given, 0.2)
        expected.backward()
        assert float(formula.subs(X, int(4 * x)) / 4) == pytest.approx(expected.item())
        assert float(slope.subs(X, int(4 * x))) == pytest.approx(float(given.grad))


@pytest.mark.parametrize("slope", ["2", "-1/5", 0.2])
def test_a_slope_that_is_no_slope(slope: object) -> None:
    with pytest.raises(ValueError, match="exact number from 0 to 1"):
        leaky_relu(PREACTIVATION[0, 0, 0], slope)  # type: ignore[arg-type]


def test_nan_passes_through_step() -> None:
    assert torch.isnan(_runtime.step(torch.tensor(float("nan"))))
    assert np.isnan(np.heaviside(np.nan, 0))


def test_a_ball_around_the_kink_encloses_both_branches_or_asks_for_precision() -> None:
    around = arb(0, 0.5)
    both = enclosed(relu, around)
    assert both.contains(0)
    assert both.contains(arb(0.5))
    with pytest.raises(PrecisionError, match="jump of step"):
        enclosed(step, around)
    with pytest.raises(ZeroDivisionError, match="jump"):
        Reals("")("step", around)  # type: ignore[arg-type]


@pytest.mark.parametrize("x", [fmpq(-7, 3), fmpq(0), fmpq(2, 5)])
def test_atoms_obey_the_relations_that_a_formula_may_use(x: fmpq) -> None:
    at, minus = (partial(Atoms("").value, x=y) for y in (x, -x))
    assert (
        at("tanh") ** 2 + at("sech") ** 2 == at("cos") ** 2 + at("sin") ** 2 == at("cosh") ** 2 - at("sinh") ** 2 == 1
    )
    assert at("exp") * minus("exp") == 1
    assert all(at(name) == -minus(name) for name in ("tanh", "sinh", "sin", "atan"))
    assert all(at(name) == minus(name) for name in ("sech", "cosh", "cos"))
