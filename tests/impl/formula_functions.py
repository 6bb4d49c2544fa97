"""One formula with a row for every function of a table, and what each of them is worth at some points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from loops_with_bounds import F, mp
from sympy import Abs, Expr, Integer, Pow, Rational, atan, cos, cosh, exp, log, sech, sin, sinh, sqrt, tanh

from attnproof.derivations.formulas import Formula
from attnproof.derivations.formulas.formula import Proof
from attnproof.derivations.language.notation import Tensor, index, size
from attnproof.derivations.language.piecewise import relu, step
from attnproof.derivations.language.system import Equation, System

N = size("n")
J, O = index("j"), index("o")
X = Tensor("x", "x", (N,))
POINTS = np.array([-3.0, -0.5, -0.1, 0.0, 2.0**-60, 0.125, 0.49999999, 0.5, 1.0, 2.5, 6.0])
U = 2.0**-53
ROUNDED = F * U  # the libraries' functions, see loops_with_bounds

# name -> right-hand side, exact value, relative error: of the function, and of what is computed with it
_Row = tuple[Expr, Any, float]


def rows() -> dict[str, _Row]:
    """Every function that a table may have; NaN outside of its domain."""
    x = X[J]
    third = Rational(1, 3)
    return {
        "exp": (exp(x), mp.exp, ROUNDED),
        "log": (log(x), lambda t: mp.log(t) if t > 0 else -mp.inf if t == 0 else mp.nan, ROUNDED),
        "sqrt": (sqrt(x), lambda t: mp.sqrt(t) if t >= 0 else mp.nan, U),
        "pow": (Pow(x, third), lambda t: t ** (mp.mpf(1) / 3) if t >= 0 else mp.nan, ROUNDED + 8 * U),  # 1/3 is rounded
        "abs": (Abs(x), abs, 0),
        "relu": (relu(x), lambda t: max(t, mp.mpf(0)), 0),
        "step": (step(x), lambda t: mp.mpf(int(t > 0)), 0),
        "sin": (sin(x), mp.sin, ROUNDED),
        "cos": (cos(x), mp.cos, ROUNDED),
        "sinh": (sinh(x), mp.sinh, ROUNDED),
        "cosh": (cosh(x), mp.cosh, ROUNDED),
        "tanh": (tanh(x), mp.tanh, ROUNDED),
        "atan": (atan(x), mp.atan, ROUNDED),
        "sech": (sech(x), mp.sech, 2 * ROUNDED + 6 * U),
        "sech2": (sech(x) ** 2, lambda t: mp.sech(t) ** 2, 2 * ROUNDED + 6 * U),
        "a third": (x * third, lambda t: t / 3, U),
        "10^30 / 7 + x": (x + Rational(10**30, 7), lambda t: t + mp.mpf(10**30) / 7, 2 * U),
        "10^30 x / 7": (x * Rational(10**30, 7), lambda t: t * 10**30 / 7, 3 * U),
        "5/((2 + x^2)(3 + x^2))": (5 / ((2 + x**2) * (3 + x**2)), lambda t: 5 / ((2 + t**2) * (3 + t**2)), 8 * U),
        "x^3": (x**3, lambda t: t**3, 2 * U),
        "1/(1 + x^2)": (1 / (1 + x**2), lambda t: 1 / (1 + t**2), 3 * U),
    }


def table(functions: Mapping[str, str]) -> tuple[Formula, list[_Row]]:
    """``y[k,j] = f_k(x[j])`` for those functions of ``rows`` that are in the table, and whatever needs none."""
    every = rows()
    assert functions.keys() <= every.keys()
    chosen = [row for name, row in every.items() if name in functions or not name.isalnum()]
    target = Tensor("y", "y", (Integer(len(chosen)), N), "intermediate")
    equations = tuple(
        # the block of row k begins at k and ends where the next one begins
        Equation(target, (O + k if k else O, J), rhs)
        for k, (rhs, _, _) in enumerate(chosen)
    )
    system = System("table", (X,), equations, ("y",))
    return Formula("table", "every function", system, "y", (), Proof(""), "here"), chosen


def wrong(got: np.ndarray, chosen: list[_Row]) -> list[str]:
    """Elements that are off by more than the function's error."""
    found = []
    for row, (rhs, value, error) in zip(got, chosen, strict=True):
        for x, y in zip(POINTS, row, strict=True):
            exact = mp.mpf(value(mp.mpf(float(x))))
            if mp.isnan(exact) or mp.isinf(exact):
                fits = np.isnan(y) if mp.isnan(exact) else y == float(exact)
            else:
                fits = abs(mp.mpf(float(y)) - exact) <= error * abs(exact)
            if not fits:
                found.append(f"{rhs} at {x}: {y!r}, {exact}")
    return found
