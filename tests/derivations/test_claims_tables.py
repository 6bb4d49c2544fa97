"""The claims T2, T7 and B1 to B4: they are decided, and every check rejects an altered statement."""

from __future__ import annotations

import contextlib
import io

import pytest
from sympy import Symbol, exp, symbols

from attnproof.derivations.claims import b1, b2, b3, b4, t2, t7
from attnproof.derivations.proof import reasoning

MODULES = {"T2": t2, "T7": t7, "B1": b1, "B2": b2, "B3": b3, "B4": b4}


@pytest.mark.parametrize("name", MODULES)
def test_the_claim_has_its_statement(name):
    claim = MODULES[name].CLAIM
    assert claim.id == name
    assert claim.statement
    assert claim.assumptions
    assert claim.tables


@pytest.mark.parametrize("name", [name for name, m in MODULES.items() if m.CLAIM.counterexample])
def test_the_counterexample_is_short_and_runs(name):
    code = MODULES[name].CLAIM.counterexample
    assert len(code.splitlines()) <= 10
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(code, {})  # noqa: S102 - it is there to be pasted and run
    assert output.getvalue()


P = t7.PRECISION
X, Y = symbols("x y", real=True)
A = Symbol("a", positive=True)


@pytest.mark.parametrize(
    ("holds", "does_not"),
    [
        (lambda: reasoning.same((X + 1) ** 2, X**2 + 2 * X + 1), lambda: reasoning.same((X + 1) ** 2, X**2 + 1)),
        (lambda: reasoning.nonnegative(A**2 + 2 * A), lambda: reasoning.nonnegative(A**2 - A)),
        (
            lambda: reasoning.nonnegative_from_zero(1 - exp(-A), A),
            lambda: reasoning.nonnegative_from_zero(exp(-A) - 1, A),
        ),
        (lambda: reasoning.nonnegative_from_zero(A**3, A), lambda: reasoning.nonnegative_from_zero(A**3 + 1, A)),
        (
            lambda: reasoning.bounded_on_box(X + Y, {X: A, Y: A}, 2 * A),
            lambda: reasoning.bounded_on_box(X + Y, {X: A, Y: A}, A),
        ),
        (
            lambda: reasoning.bounded_on_box(X * Y, {X: A, Y: A}, A**2),
            lambda: reasoning.bounded_on_box(X**2, {X: A}, A**2),
        ),
    ],
)
def test_the_reasoning_accepts_what_holds_and_rejects_what_does_not(holds, does_not):
    assert holds() is True
    assert does_not() is False
