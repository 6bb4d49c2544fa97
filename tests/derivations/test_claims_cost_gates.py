"""The claims on cost, gates, separation and bounds: they are decided, every step counts, altered statements are
rejected.
"""

from __future__ import annotations

import contextlib
import io
from dataclasses import replace

import numpy as np
import pytest
from sympy import Expr, Integer, Matrix, Rational, cosh, exp, expand, sech, sqrt, symbols, tanh

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.claims import a5, a6, c1, c2, g1, g2, t6
from attnproof.derivations.claims.checks.costs import elements_held_by, operations_of
from attnproof.derivations.claims.decision import decide
from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, A, D, F, J, R
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import KEY, QUERY, V_HIDDEN, WEIGHT
from attnproof.derivations.lemmas import cauchy_schwarz
from attnproof.derivations.lemmas.checks import separated_tanh as separated
from attnproof.derivations.proof import reasoning
from attnproof.derivations.proof.identities import put
from attnproof.derivations.statements import c2 as formal

MODULES = {"C1": c1, "C2": c2, "G1": g1, "G2": g2, "A5": a5, "A6": a6, "T6": t6}


@pytest.mark.parametrize("name", MODULES)
def test_the_claim_is_decided_by_its_steps(name):
    claim = MODULES[name].CLAIM
    decision = decide(claim)
    assert claim.id == name
    assert decision.verdict == claim.earned, decision.reason
    assert claim.statement
    assert claim.assumptions


def test_one_step_that_does_not_check_makes_the_verdict_fall():
    for name, module in MODULES.items():
        passing = tuple(replace(step, check=lambda: True) for step in module.CLAIM.steps)
        for number in range(len(passing)):
            broken = (*passing[:number], replace(passing[number], check=lambda: False), *passing[number + 1 :])
            decision = decide(replace(module.CLAIM, steps=broken))
            assert (name, decision.verdict, decision.failed) == (name, "not decided", (number,))


@pytest.mark.parametrize("name", [name for name, m in MODULES.items() if m.CLAIM.earned != "proved"])
def test_the_counterexample_is_short_and_runs(name):
    code = MODULES[name].CLAIM.counterexample
    assert len(code.splitlines()) <= 10
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(code, {})  # noqa: S102 - it is there to be pasted and run
    assert output.getvalue()


ALTERED = {
    "G1 a gate made from the other factor": lambda: equal(g1.SCORE, total(g1.GATE * g1.OTHER_GATE, (F, D_K))),
    "G1 a gate within (0, 1)": lambda: g1.gate_at(Matrix([1, 1]), Matrix([[1, 0], [0, 1]]) / 2, Matrix([1, 1]) / 2),
    "G1 a quadratic gate": lambda: equal(
        put(g1.GATE, QUERY, lambda *x: g1.SCALE[()] * QUERY[x]), g1.SCALE[()] ** 2 * g1.GATE
    ),
    "G1 a gate made from the key as well": lambda: g1.made_from(g1.GATE * KEY[J, F], ("query", "weight")),
    "G1 a sum that is no sum of squares": lambda: g1.is_sum_of_squares(total(WEIGHT[R, F], (R, D_Q))),
    "G2 undoubled sigmoid": lambda: g2.function_identity(tanh(g2.X), 2 * g2.sigmoid(g2.X) - 1),
    "G2 sigmoid without the shift": lambda: g2.function_identity(tanh(g2.X), 2 * g2.sigmoid(2 * g2.X)),
    "G2 tanh is positive": lambda: g2.positive_everywhere(g2.sigmoid(g2.X), tanh(g2.X)),
    "G2 a forgotten sum of v": lambda: equal(g2.SCORE, g2.in_sigmoids(g2.SCORE) + total(V_HIDDEN[A], (A, D_A))),
    "G2 a shift of one key only": lambda: equal(exp(g2.SHIFT[()]) * g2.weight(Integer(0)), g2.weight(Integer(0))),
    "G2 an affine unit bends": lambda: g2.bends(Integer(2) - 2 * 1 + 0),
    "G2 the LSTM gate is closed at 0": lambda: g2.opens_like(
        g2.sigmoid(2 * g2.X), Integer(0), 2 * g2.sigmoid(2 * g2.X) * g2.sigmoid(-2 * g2.X)
    ),
    "G2 other slope": lambda: g2.opens_like(tanh(g2.X), Integer(0), 1 / cosh(g2.X)),
    "G2 falling": lambda: g2.opens_like(-tanh(g2.X), Integer(0), -(sech(g2.X) ** 2)),
    "A5 exp(a) for exp(2a)": lambda: reasoning.vanishes(tanh(a5.X + a5.Y) - (1 - 2 / (1 + exp(a5.X) * exp(a5.Y)))),
    "A5 derivative without the square": lambda: reasoning.vanishes(
        1 - tanh(a5.X + a5.Y) ** 2 - 4 * a5.E_X * a5.E_Y / (1 + a5.E_X * a5.E_Y)
    ),
    "A5 one in front of the fraction": lambda: equal(
        a5.by_fractions(a5.SCORE), a5.by_definition(total(V_HIDDEN[A] * (1 - a5.FRACTION), (A, D_A)))
    ),
    "A5 exponentials for each pair": lambda: a5.evaluations(a5.SEPARATED, "exp", N_Q * N_K * D_A),
    "A5 a tanh is left": lambda: a5.evaluations(a5.SEPARATED, "tanh", N_Q * N_K * D_A),
    "A5 product too small, half the bound": lambda: separated.product_too_small(
        (1 - separated.C_SMALL) / (4 * separated.C_SMALL)
    ),
    "A5 product too large, half the bound": lambda: separated.product_too_large((separated.C_LARGE - 1) / 4),
    "A5 six units": lambda: separated.collected(6),
    "A5 overflow within u/16": lambda: separated.overflow_is_harmless(Rational(1, 16)),
    "A5 fp16 one bit more": lambda: separated.normal_and_finite("fp16", 15),
    "A5 fp64 one bit more": lambda: separated.normal_and_finite("fp64", 1023),
    "A5 direct form with one rounding": lambda: separated.direct_relative(
        2 * tanh(separated.POSITIVE) / cosh(separated.POSITIVE) ** 2, separated.UNIT
    ),
    "A5 tanh bends the other way": lambda: separated.direct_relative(
        -2 * tanh(separated.POSITIVE) / cosh(separated.POSITIVE) ** 2, 2 * separated.UNIT + separated.UNIT**2
    ),
    "A5 lost up to u": lambda: separated.rounds_to_one(Rational(2)),
    "A5 derivative kept better": lambda: separated.factor_kept(
        (1 + separated.C_SMALL) / 2, 1 / separated.C_SMALL, separated.C_SMALL
    ),
    "A5 derivative within six units": lambda: separated.collected_backward(6),
    "A5 backward in fp16 one bit more": lambda: separated.backward_in_range("fp16", 4),
    "A5 backward in fp32 one bit more": lambda: separated.backward_in_range("fp32", 32),
    "A5 overflow one exponent lower": lambda: separated.overflows(1),
    "A6 Cauchy and Schwarz twice as sharp": lambda: equal(
        a6.squares(a6.S[R]) * a6.squares(a6.H[R]) - 2 * cauchy_schwarz.PRODUCT**2, cauchy_schwarz.DEFECT
    ),
    "A6 L2 normalisation by d": lambda: equal(D - a6.squares(a6.l2(a6.S)), a6.L2_GAP),
    "A6 RMS normalisation by 1": lambda: equal(1 - a6.squares(a6.rms(a6.S)), a6.RMS_GAP),
    "A6 layer normalisation without the mean": lambda: equal(a6.centred(D - a6.squares(a6.rms(a6.S))), a6.RMS_GAP),
    "A6 d is attained with ε": lambda: equal(a6.squares(a6.rms(a6.S)), D),
    "A6 the gain once less": lambda: equal(
        total((a6.GAIN[R] + a6.SLACK[R] ** 2) * a6.S[R] ** 2, (R, D)) - a6.squares(a6.GAIN[R] * a6.S[R]), a6.GAIN_GAP
    ),
    "A6 a difference of squares": lambda: a6.not_negative(a6.squares(a6.S[R]) - a6.squares(a6.H[R])),
    "A6 a product of unknown sign": lambda: a6.not_negative(total(a6.S[R] * a6.H[R], (R, D))),
    "A6 √d exceeded with the scale": lambda: a6.exceeds((1, 1, 1, 1), (1, 1, 1, 1), Rational(1, 2), sqrt(4)),
    "A6 √d exceeded without offset": lambda: a6.exceeds(
        a6.layer_normed((1, -1), 1, (0, 0)), a6.layer_normed((1, -1), 1, (0, 0)), 1 / sqrt(2), sqrt(2)
    ),
    "A6 bilinear bound without the matrix": lambda: equal(
        put(a6.FORM_BOUND, WEIGHT, lambda *_: Integer(1)) - a6.FORM**2, a6.FORM_DEFECT
    ),
    "A6 cap of κ/2": lambda: a6.strictly_within(
        a6.CAPPED_BY, a6.POSITIVE_CAP / 2, 2 * a6.POSITIVE_CAP / (1 + exp(2 * a6.X / a6.POSITIVE_CAP))
    ),
    "A6 a gap of unknown sign": lambda: a6.strictly_within(a6.CAPPED_BY, Integer(0), -a6.CAPPED_BY),
    "A6 a bias of κ passes the cap": lambda: a6.above(
        a6.logit(Integer(0), a6.POSITIVE_CAP, a6.POSITIVE_CAP), a6.POSITIVE_CAP
    ),
}


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_statement_is_rejected(name):
    assert ALTERED[name]() is False


U16 = 2.0**-11


def half(x):
    """Rounded to fp16 once."""
    return np.asarray(x, np.float64).astype(np.float16)


def separated_in_half(a, b):
    """A·B of fp16 arguments, each operation rounded; exp by double precision, whose own error is 2^-41 of a unit."""
    with np.errstate(over="ignore"):
        return half(np.exp(2 * a.astype(np.float64)))[:, None] * half(np.exp(2 * b.astype(np.float64)))[None, :]


def numbers(limit, count):
    drawn = half(np.random.default_rng(5).uniform(-limit, limit, count))
    edges = half([-limit, limit, 0.0, 2.0**-13, -(2.0**-13), 2.0**-24])
    found = np.concatenate([drawn, edges])
    return found[np.abs(found.astype(np.float64)) <= limit]


def test_the_separated_form_in_half_precision_keeps_its_bounds():
    one, two, four = (np.float16(n) for n in (1, 2, 4))
    a = numbers(separated.safe_forward("fp16") / 2 * np.log(2), 400)
    with np.errstate(over="ignore", invalid="ignore"):
        p = separated_in_half(a, a)
        got = (one - two / (one + p)).astype(np.float64)
        slope = (four * p / (one + p) ** 2).astype(np.float64)
    z = a.astype(np.float64)[:, None] + a.astype(np.float64)[None, :]
    error = np.abs(got - np.tanh(z)) / U16
    assert 2 < error.max() <= a5.FORWARD
    beyond = z >= 17 / 2 * np.log(2)
    assert beyond.any()
    assert np.isnan(slope[beyond]).all()


def test_the_derivative_in_half_precision_keeps_its_bound():
    one, four = np.float16(1), np.float16(4)
    a = numbers(a5.safe_backward("fp16") / 2 * np.log(2), 400)
    p = separated_in_half(a, a)
    got = (four * p / ((one + p) * (one + p))).astype(np.float64)
    z = a.astype(np.float64)[:, None] + a.astype(np.float64)[None, :]
    error = np.abs(got * np.cosh(z) ** 2 - 1) / U16
    assert 2 < error.max() <= a5.BACKWARD


def test_small_sums_are_lost_exactly_where_it_is_said():
    bits = np.arange(1, 0x7C00, dtype=np.uint16)
    a = bits.view(np.float16)[bits.view(np.float16) <= U16 / 4]
    p = separated_in_half(a, half([0.0]))
    assert np.all(np.float16(1) - np.float16(2) / (np.float16(1) + p) == 0)
    assert np.all(np.tanh(a.astype(np.float64)) > 0)


def test_the_threshold_of_tanh_in_half_precision_is_that_of_every_number():
    bits = np.arange(0, 0x7C00, dtype=np.uint16)
    x = bits.view(np.float16).astype(np.float64)
    rounded = half(np.tanh(x)) == 1  # double precision first: no double here is near half way between two halves
    assert np.array_equal(rounded, x >= np.log(2.0**13 - 1) / 2)


def test_rounded_scores_stay_below_the_grown_bound_and_some_exceed_the_sum():
    generator = np.random.default_rng(7)
    above = 0
    for _ in range(200):
        v = half(generator.uniform(0, 1, 64))
        found = np.float16(0)
        for one in v:
            found = np.float16(found + one)
        exact = v.astype(np.float64).sum()
        assert float(found) <= exact * (1 + U16) ** 63
        above += float(found) > exact
    assert above > 0


X_, Y_ = symbols("x y", nonnegative=True)


def test_the_reasoning_on_rational_functions():
    assert reasoning.vanishes((X_**2 - Y_**2) / (X_ - Y_) - X_ - Y_)
    assert not reasoning.vanishes((X_**2 + Y_**2) / (X_ - Y_) - X_ - Y_)
    assert reasoning.no_minus((X_ + 1) ** 2 / (Y_ + 1) - 1 / (Y_ + 1), X_, Y_)
    assert not reasoning.no_minus((X_ - 1) ** 2 - 1, X_)
    assert not reasoning.no_minus(1 / (1 + X_) - 1, X_)


@pytest.mark.parametrize(
    ("stated", "counted"),
    [
        (formal.PARAMETERS, c2.PARAMETERS[0]), (formal.B_PARAMETERS, c2.PARAMETERS[1]),
        (formal.WORK, c2.WORK[0]), (formal.B_WORK, c2.WORK[1]),
        (formal.MEMORY, c2.MEMORY[0]), (formal.B_MEMORY, c2.MEMORY[1]),
        (formal.KEYS_WORK, operations_of("bilinear", "multiply_add", "weight", "key")),
        (formal.KEYS_MEMORY, elements_held_by("bilinear", "weight", "key")),
        (formal.PAIRS_WORK, operations_of("bilinear", "multiply_add", "query", "key")),
        (formal.PAIRS_MEMORY, elements_held_by("bilinear", "query", "key")),
        (formal.ones(N_Q, N_K, D_A), operations_of("additive", "tanh")),
        (formal.ones(N_Q, N_K, D_A), operations_of("additive", "addition")),
    ],
)  # fmt: skip
def test_what_c2_counts_formally_is_what_the_program_counts(stated: Expr, counted: Expr) -> None:
    assert expand(stated.doit() - counted) == 0
