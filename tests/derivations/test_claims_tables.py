"""The claims T2, T7 and B1 to B4: they are decided, and every check rejects an altered statement."""

from __future__ import annotations

import contextlib
import io

import pytest
from sympy import Integer, Rational, Symbol, cosh, exp, log, symbols, tanh

from attnproof.derivations.claims import b1, b2, b3, b4, t2, t7
from attnproof.derivations.claims.decision import decide
from attnproof.derivations.proof import reasoning
from attnproof.derivations.proof.identities import equal_twice, variation

MODULES = {"T2": t2, "T7": t7, "B1": b1, "B2": b2, "B3": b3, "B4": b4}


@pytest.mark.parametrize("name", MODULES)
def test_the_claim_is_decided_by_its_steps(name):
    claim = MODULES[name].CLAIM
    decision = decide(claim)
    assert claim.id == name
    assert decision.verdict == claim.earned, decision.reason
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
ALTERED = {
    "T7 first power of sech": lambda: t7.slope_of_tanh(1 / cosh(t7.Z)),
    "T7 first power of tanh": lambda: equal_twice(
        variation(t7.SCORE, ((t7.KEY, t7.KEY_DOT),)), t7.along(1 - tanh(t7.PRE))
    ),
    "T7 stable form without the square": lambda: t7.stable_form(
        4 * exp(-2 * t7.POSITIVE) / (1 + exp(-2 * t7.POSITIVE))
    ),
    "T7 bound of 3 q": lambda: t7.between(t7.LEVEL, 3 * t7.LEVEL),
    "T7 lower bound of 2 q": lambda: t7.between(2 * t7.LEVEL, 4 * t7.LEVEL),
    "T7 lower threshold": lambda: t7.beyond((P + 1) * Rational(1, 2) * log(2)),
    "T7 smaller loss": lambda: t7.loss_in_double(18, Rational(0), Rational(42, 1000)),
    "T7 loss elsewhere": lambda: t7.loss_in_double(17, Rational(42, 1000), Rational(43, 1000)),
    "B4 the shift keeps the key": lambda: b4.key_bias_shift(b4.Q * b4.W * b4.K),
    "B4 shift without W": lambda: b4.key_bias_shift(b4.Q * b4.C),
    "B4 query bias by the sum of keys": lambda: b4.query_bias_shift(b4.C_Q * b4.W * (b4.K_1 + b4.K_2)),
    "B4 zero is a shift": lambda: b4.not_redundant(Integer(0)),
    "B4 no bias, no change": lambda: b4.not_redundant(b4.query_bias_moves(Integer(0))),
    "B4 no hidden bias, no change": lambda: b4.not_redundant(b4.tanh_moves(Integer(0))),
    "B4 the inner product with one key": lambda: b4.is_inner_product(b4.put(b4.SHIFT, b4.SECOND, lambda f: Integer(0))),
    "B4 the inner product with the query": lambda: b4.is_inner_product(
        b4.put(b4.SHIFT, b4.QUERY_BIAS, lambda r: b4.QUERY[r])
    ),
    "B4 opposite shifts are redundant": lambda: b4.redundant_exactly_for(-b4.SHIFT_2),
    "B4 only no shift is redundant": lambda: b4.redundant_exactly_for(Integer(0)),
    "B4 no rotation, no change": lambda: b4.not_redundant(b4.rotary_shift(Integer(0)) - b4.rotary_shift(Integer(0))),
    "B4 the plain softmax reacts": lambda: b4.depends_on_shift(exp(b4.T) * b4.X / (exp(b4.T) * (b4.X + b4.REST))),
    "B4 forgotten hidden bias": lambda: b4.one_bias_inside_tanh(b4.W_S * b4.C_Q + b4.W_H * b4.C),
}


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_statement_is_rejected(name):
    assert ALTERED[name]() is False


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
        (
            lambda: reasoning.tends_to((A + 1) / A, A, Integer(1)),
            lambda: reasoning.tends_to((A + 1) / A, A, Integer(2)),
        ),
        (lambda: reasoning.certainly_nonzero(tanh(1)), lambda: reasoning.certainly_nonzero(tanh(1) - tanh(1))),
    ],
)
def test_the_reasoning_accepts_what_holds_and_rejects_what_does_not(holds, does_not):
    assert holds() is True
    assert does_not() is False
