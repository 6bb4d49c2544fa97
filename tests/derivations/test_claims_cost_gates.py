"""The claims on cost, separation and bounds, against programs in half precision."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Expr, expand

from attnproof.derivations.claims import a5, c2
from attnproof.derivations.claims.checks.costs import elements_held_by, operations_of
from attnproof.derivations.language.notation import D_A, N_K, N_Q
from attnproof.derivations.lemmas.checks import separated_tanh as separated
from attnproof.derivations.statements import c2 as formal

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
