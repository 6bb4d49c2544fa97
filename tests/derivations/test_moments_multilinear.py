"""Variances of multilinear scores: known ones, a second road by enumeration, and what is not reached."""

from __future__ import annotations

from pathlib import Path

import pytest
from sympy import Rational, sqrt, tanh

from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, A, D, I, J, R, Tensor
from attnproof.derivations.language.piecewise import leaky_relu, relu
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.language.tensors import KEY_SHARED as K
from attnproof.derivations.language.tensors import QUERY_SHARED as Q
from attnproof.derivations.language.tensors import SCORES, V_HIDDEN
from attnproof.derivations.moments.calculus import Undefined
from attnproof.derivations.moments.multilinear import enumerated, variance
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.scores.own import intermediate, load_score, parameter

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
TAU = parameter("temperature", "tau", positive=True)
Z = intermediate("hidden", "z", N_Q, N_K, D_A)
W = parameter("weight", "W", D_A, D)
DOT = total(Q[I, R] * K[J, R], (R, D))
LENGTH = sqrt(total(Q[I, R] ** 2, (R, D)))


def system(*equations: Equation, inputs: tuple[Tensor, ...] = (Q, K, TAU)) -> System:
    return System("own", inputs, equations, ("scores",))


KNOWN = {
    "dot": (FAMILIES["dot"].system, D),
    "scaled_dot": (FAMILIES["scaled_dot"].system, 1),
    "bilinear": (FAMILIES["bilinear"].system, D_Q * D_K),
    "cosine": (load_score(f"{EXAMPLES / 'cosine.py'}:cosine").system, 1 / (D * TAU[()] ** 2)),
    "gatv2": (load_score(f"{EXAMPLES / 'gatv2.py'}:gatv2").system, Rational(13, 25) * D_A * (D_Q + D_K)),
    "cosine in one equation": (
        system(Equation(SCORES, (I, J), DOT / (TAU[()] * LENGTH * sqrt(total(K[J, R] ** 2, (R, D)))))),
        1 / (D * TAU[()] ** 2),
    ),
    "one length": (system(Equation(SCORES, (I, J), DOT / (TAU[()] * LENGTH))), TAU[()] ** -2),
    "twice the same": (system(Equation(SCORES, (I, J), DOT + DOT / TAU[()])), D * (1 + 1 / TAU[()]) ** 2),
    "slope one half": (
        system(
            Equation(Z, (I, J, A), total(W[A, R] * Q[I, R], (R, D)) + total(W[A, R] * K[J, R], (R, D))),
            Equation(SCORES, (I, J), total(V_HIDDEN[A] * leaky_relu(Z[I, J, A], "1/2"), (A, D_A))),
            inputs=(Q, K, W, V_HIDDEN),
        ),
        Rational(5, 4) * D_A * D,
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_variance_and_its_second_road(name: str) -> None:
    given, expected = KNOWN[name]
    found = variance(given)
    assert not isinstance(found, Undefined)
    assert (found - expected).simplify() == 0
    rows = enumerated(given, found)
    assert len({tuple(row.sizes.values()) for row in rows}) > 1
    assert all(row.holds for row in rows)
    width = given.inputs[0].shape[-1]
    for wrong in (2 * found, found * width):
        assert not all(row.holds for row in enumerated(given, wrong))


NOT_REACHED = {
    "tanh": (FAMILIES["concat"].system, "no rule for the moments of tanh"),
    "square": (system(Equation(SCORES, (I, J), DOT**2)), "multiplied by another of it"),
    "no entry of mean 0": (system(Equation(SCORES, (I, J), DOT + TAU[()])), "without an element of mean 0"),
    "different indices": (
        system(Equation(SCORES, (I, J), DOT + total(Q[I, R] * K[J, A], (R, D), (A, D)))),
        "same tensors at different indices",
    ),
    "length of another row": (
        system(Equation(SCORES, (I, J), total(K[J, R], (R, D)) / LENGTH)),
        "a length divides what is no element of its row",
    ),
    "relu of its own factor": (
        system(
            Equation(Z, (I, J, A), total(W[A, R] * Q[I, R], (R, D)) + 0 * K[J, A]),
            Equation(SCORES, (I, J), total(W[A, R] * relu(Z[I, J, A]), (R, D), (A, D_A))),
            inputs=(Q, K, W),
        ),
        "hidden is not independent of what it is multiplied by",
    ),
    "relu alone": (
        system(
            Equation(Z, (I, J, A), total(W[A, R] * Q[I, R], (R, D))),
            Equation(SCORES, (I, J), total(relu(Z[I, J, A]), (A, D_A))),
            inputs=(Q, K, W),
        ),
        "without an element of mean 0",
    ),
    "tanh inside": (system(Equation(SCORES, (I, J), total(Q[I, R] * tanh(K[J, R]), (R, D)))), "tanh of k[j, r]"),
}


@pytest.mark.parametrize("name", NOT_REACHED)
def test_what_is_not_reached_says_why(name: str) -> None:
    given, why = NOT_REACHED[name]
    found = variance(given)
    assert isinstance(found, Undefined)
    assert why in found.reason
