"""Every function of scores of one's own is known in every room; a kink is handled the same way in all of them."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
import torch
from flint import arb, fmpq
from sympy import Symbol, diff

from attnproof.derivations.bounds.terms import FUNCTIONS as FLATTENED
from attnproof.derivations.calculus.partials import DERIVATIVES
from attnproof.derivations.language.piecewise import leaky_relu, relu, step
from attnproof.derivations.language.tensors import PREACTIVATION
from attnproof.derivations.recheck import real
from attnproof.derivations.recheck.atoms import Atoms
from attnproof.derivations.recheck.dual import Dual
from attnproof.derivations.scores.own_rules import FUNCTIONS
from attnproof.derivations.typesetting.latex import expr_latex, expr_text
from attnproof.impl.codegen.targets import TARGETS
from attnproof.impl.codegen.targets.loops import LOOPS
from attnproof.impl.generated.torch import _runtime
from attnproof.verify.bounds.elementwise import RULES
from attnproof.verify.oracle.error import PrecisionError
from attnproof.verify.oracle.functions import FUNCTIONS as BALLS

X = Symbol("x", real=True)
TABLES = [
    importlib.import_module(f"attnproof.impl.codegen.targets.{target}.functions").SYNTAX.functions for target in TARGETS
]
TABLES += [target.functions for target in LOOPS.values()]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_room_knows_the_function(name: str) -> None:
    function = FUNCTIONS[name]
    assert function in DERIVATIVES
    at = fmpq(1, 3)
    exact = Atoms("")(name, Dual(at, {0: fmpq(1)}))
    assert exact.value == Atoms("")(name, at)
    sharp = real.VALUES[name](arb(at) + arb(2) ** -40) - real.VALUES[name](arb(at))
    assert abs(sharp * arb(2) ** 40 - real.SLOPES[name](arb(at))) < 1e-3
    assert real.VALUES.keys() == real.SLOPES.keys()
    assert function in BALLS
    assert FLATTENED[function] in RULES
    for functions in TABLES:
        assert name in functions
    assert name in expr_latex(function(X))
    assert name in expr_text(function(X))


def test_roots_are_known_in_every_room_too() -> None:
    assert "root" in RULES
    for functions in TABLES:
        assert "sqrt" in functions
    for functions in TABLES[: len(TARGETS)]:  # loops write squares as products
        assert "square" in functions


POINTS = (-2.0, -0.5, 0.0, 0.25, 3.0)


@pytest.mark.parametrize("x", POINTS)
def test_relu_and_its_derivative_at_numbers(x: float) -> None:
    exact = fmpq(int(4 * x), 4)
    dual = Atoms("")("relu", Dual(exact, {0: fmpq(1)}))
    torch_x = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    torch.relu(torch_x).backward()
    assert dual.value == fmpq(int(4 * max(x, 0)), 4)
    assert float(dual.slope[0].p) == float(BALLS[step](arb(x))) == float(torch_x.grad)  # step(0) = 0, as torch has it
    assert float(BALLS[relu](arb(x))) == max(x, 0.0)
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
    both = BALLS[relu](around)
    assert both.contains(0)
    assert both.contains(arb(0.5))
    with pytest.raises(PrecisionError, match="jump of step"):
        BALLS[step](around)
    with pytest.raises(ZeroDivisionError, match="kink"):
        real.Reals("")("step", around)  # type: ignore[arg-type]
